//! Both stages, from a sample to a model.

mod correction;
mod engagement;
mod fit;
mod label_frequency;
mod loss;
mod rows;
mod segmentation;

use crate::{
    Error, ErrorKind, Result,
    model::{CorrectionNetwork, Epoch, Intent, LabelFrequency, Mode, Report, TwoStageModel},
    options::{Correction, Options},
    sample::Sample,
};
use engagement::CampaignShare;
use rows::TrainingRows;

/// Where a training is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// "ordering rows", "label frequency", "label correction" or "segmentation".
    pub stage: &'static str,
    /// From 0.
    pub epoch: usize,
    pub epochs: usize,
    /// The last validation loss of this stage.
    pub loss: Option<f64>,
}

/// Called every few milliseconds. It may unwind to stop the training (PostgreSQL's cancel does).
pub trait Observer {
    fn poll(&mut self, progress: &Progress);
}

/// Trains; None where no row was read. The sample is put in its canonical order, otherwise only read.
pub fn train(sample: &mut Sample, observer: &mut dyn Observer) -> Result<Option<TwoStageModel>> {
    if sample.counts().read == 0 {
        return Ok(None);
    }
    observer.poll(&Progress { stage: "ordering rows", epoch: 0, epochs: 0, loss: None });
    sample.canonicalise();
    let mut warnings = Vec::new();
    let rows = TrainingRows::new(sample, &mut warnings)?;
    Training { rows, warnings, history: Vec::new(), observer }.run().map(Some)
}

/// What the steps share.
struct Training<'a> {
    rows: TrainingRows<'a>,
    warnings: Vec<String>,
    history: Vec<Epoch>,
    observer: &'a mut dyn Observer,
}

/// What stage 2 left for stage 1.
struct Corrected {
    /// t of every row: how likely it is campaign-driven, given that it is engaged.
    posterior: Vec<f32>,
    network: Option<CorrectionNetwork>,
    label_frequency: Option<LabelFrequency>,
    intent: Intent,
    /// Whether an unexposed, not engaged row may be campaign-driven if exposed.
    candidates: bool,
}

impl Training<'_> {
    fn run(mut self) -> Result<TwoStageModel> {
        let share = match self.rows.mode {
            Mode::Exposure => Some(CampaignShare::estimate(&self.rows)?),
            Mode::Simple => None,
        };
        let corrected = self.correct_labels(share)?;
        let segmentation = segmentation::fit(&mut self, &corrected)?;
        Ok(self.finish(share, corrected, segmentation))
    }

    /// Steps 0 to 2: the label frequency, stage 2, and the corrected labels.
    fn correct_labels(&mut self, share: Option<CampaignShare>) -> Result<Corrected> {
        let correction = self.options().correction;
        let has_effect = self.check_effect(share);
        let exposure_teaches =
            self.rows.mode == Mode::Exposure && has_effect && correction != Correction::None;
        if self.rows.labelled() == 0 && !exposure_teaches {
            self.warnings.push(
                "no engaged customer is labelled campaign_driven, so campaign_intent is 0 for everybody"
                    .into(),
            );
            return Ok(self.constant_intent(0.0));
        }
        if self.rows.mode == Mode::Simple && !self.rows.has_organic() {
            self.warnings.push(
                "every engaged customer is labelled campaign_driven, so campaign_intent is 1 for everybody"
                    .into(),
            );
            return Ok(self.constant_intent(1.0));
        }
        if correction == Correction::None || !has_effect {
            return correction::fit_observed(self);
        }
        let frequency = label_frequency::choose(self, share)?;
        correction::fit(self, frequency)
    }

    /// Guard 6: whether the campaign moved anybody, as far as the rows can tell.
    fn check_effect(&mut self, share: Option<CampaignShare>) -> bool {
        let Some(share) = share.filter(|share| !share.is_significant()) else {
            return true;
        };
        self.warnings.push(format!(
            "the campaign shows no effect on engagement (share {:.3}, standard error {:.3}): no label is corrected",
            share.share, share.error
        ));
        false
    }

    /// The corrected labels where every engaged customer is of one kind.
    fn constant_intent(&self, intent: f64) -> Corrected {
        Corrected {
            posterior: vec![intent as f32; self.rows.len()],
            network: None,
            label_frequency: None,
            intent: Intent::Constant(intent),
            candidates: false,
        }
    }

    fn finish(
        self,
        share: Option<CampaignShare>,
        corrected: Corrected,
        segmentation: crate::network::Network,
    ) -> TwoStageModel {
        let Self { rows, warnings, history, .. } = self;
        let sample = rows.sample;
        let columns = sample.columns().unwrap_or_default().to_vec();
        let (count, total) = match corrected.intent {
            Intent::Learned => rows.corrections(&corrected.posterior),
            Intent::Constant(_) => (0, 0.0),
        };
        let report = Report {
            rows_read: sample.counts().read,
            rows_unlabelled: sample.counts().unlabelled,
            rows: rows.len() as u64,
            rows_engaged: rows.engaged() as u64,
            rows_labelled: rows.labelled() as u64,
            mode: rows.mode,
            label_frequency: corrected.label_frequency,
            campaign_share: share.map(|share| (share.share, share.error)),
            corrected: count,
            corrected_total: total,
            constant_features: rows
                .encoder
                .constant_columns()
                .map(|column| columns[column].name.clone())
                .collect(),
            warnings,
            history,
        };
        TwoStageModel {
            columns,
            positional: sample.positional(),
            options: sample.options().clone(),
            encoder: rows.encoder,
            segmentation,
            correction: corrected.network,
            intent: corrected.intent,
            report,
        }
    }

    fn options(&self) -> &Options {
        self.rows.sample.options()
    }
}

fn insufficient(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::InsufficientData, message).with_hint(hint)
}

#[cfg(test)]
mod tests;
