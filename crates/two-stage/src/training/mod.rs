//! Both stages, from a sample to a model.

mod committee;
mod comparison;
mod correction;
mod engagement;
mod fit;
mod importance;
mod label_frequency;
mod loss;
mod observed;
mod plan;
mod rows;
mod scan;
mod segmentation;
mod shuffled;
mod slope;
mod splc;
mod team;

pub(crate) use loss::{posterior, sigmoid};
pub(crate) use splc::THRESHOLD as SPLC_THRESHOLD;
pub use team::Stop;

use crate::{
    Error, ErrorKind, Result,
    model::{CorrectionNetwork, Epoch, Mode, TwoStageModel},
    options::{Correction, OnFailure},
    sample::Sample,
};
use correction::RowFrequency;
use engagement::CampaignShare;
use rows::TrainingRows;

/// Where a training is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// "ordering rows", "label frequency", "label correction", "segmentation", …
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

    /// How many threads may train, the calling one among them. They change no bit of the model.
    fn threads(&self) -> usize {
        1
    }

    /// Calls `start`, which starts threads. Who handles signals blocks them meanwhile: a thread
    /// starts with the signal mask of the one that starts it.
    fn start_threads(&mut self, start: &mut dyn FnMut()) {
        start();
    }

    /// Called where threads run beside the calling one. A process that may end without unwinding stops
    /// them before it frees what they work on.
    fn threads_run(&mut self, _stop: &Stop) {}
}

/// What became of a training that was not an error.
#[derive(Debug)]
pub enum Outcome {
    Model(Box<TwoStageModel>),
    /// No row was read.
    NoRows,
    /// The rows cannot be learned from, and option `on_failure` = null.
    Failed(Error),
}

/// Trains. The sample is put in its canonical order, otherwise only read.
pub fn train(sample: &mut Sample, observer: &mut dyn Observer) -> Result<Outcome> {
    if sample.counts().read == 0 {
        return Ok(Outcome::NoRows);
    }
    let on_failure = sample.options().on_failure;
    match train_rows(sample, observer) {
        Ok(model) => Ok(Outcome::Model(Box::new(model))),
        Err(error)
            if on_failure == OnFailure::Null && error.kind == ErrorKind::InsufficientData =>
        {
            Ok(Outcome::Failed(error))
        }
        Err(error) => Err(error),
    }
}

fn train_rows(sample: &mut Sample, observer: &mut dyn Observer) -> Result<TwoStageModel> {
    let ordering = Progress { stage: "ordering rows", epoch: 0, epochs: 0, loss: None };
    sample.canonicalise(&mut || observer.poll(&ordering));
    let mut run = Run { observer, warnings: Vec::new(), history: Vec::new() };
    let encoding = Progress { stage: "encoding", ..ordering };
    let mut poll = || run.observer.poll(&encoding);
    let rows = TrainingRows::new(sample, &mut run.warnings, &mut poll)?;
    let share = match rows.mode {
        Mode::Exposure => Some(CampaignShare::estimate(&rows)?),
        Mode::Simple => None,
    };
    let method = Method::choose(&rows, share, &mut run)?;
    let fitted = committee::fit(&rows, &mut run, &method)?;
    let comparison = comparison::compare(&rows, &mut run, &fitted)?;
    let importance = importance::estimate(&rows, &mut run, &fitted);
    Ok(fitted.into_model(rows, run, share, comparison, importance))
}

/// What a training tells while it runs, and what it leaves in the report.
struct Run<'a> {
    observer: &'a mut dyn Observer,
    warnings: Vec<String>,
    history: Vec<Epoch>,
}

impl Run<'_> {
    /// Between steps that take a few milliseconds each.
    fn poll(&mut self, stage: &'static str) {
        self.observer.poll(&Progress { stage, epoch: 0, epochs: 0, loss: None });
    }

    fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }
}

/// One of the networks that are trained alike: the only one, or one of a committee.
struct Member {
    /// Which streams of random numbers it draws.
    number: u8,
    /// Whether each copy of each row chooses its best epochs, or trains it.
    held_out: Vec<bool>,
}

impl Member {
    /// The rows that it trains on and those that it holds out.
    fn split(&self, rows: &TrainingRows, uses: impl Fn(usize) -> bool) -> (Vec<u32>, Vec<u32>) {
        let (mut training, mut held_out) = (Vec::new(), Vec::new());
        for (row, &is_held_out) in rows.copies().zip(&self.held_out).filter(|(row, _)| uses(*row)) {
            if is_held_out { &mut held_out } else { &mut training }.push(row as u32);
        }
        (training, held_out)
    }
}

/// How stage 2 goes about the labels.
enum Method {
    /// All engaged customers are of one kind: the intent is the same for everybody.
    Constant(f64),
    /// The labels as they stand.
    Observed,
    /// Self-paced loss correction with a fixed threshold.
    Splc,
    /// The posterior of the current network, with this label frequency.
    Posterior(RowFrequency),
}

impl Method {
    fn choose(rows: &TrainingRows, share: Option<CampaignShare>, run: &mut Run) -> Result<Self> {
        let correction = rows.sample.options().correction;
        let has_effect = check_effect(share, run);
        let exposure_teaches =
            rows.mode == Mode::Exposure && has_effect && correction == Correction::Posterior;
        if rows.labelled() == 0 && !exposure_teaches {
            run.warn(
                "no exposed engaged customer is labelled campaign_driven, so campaign_intent is 0 for everybody",
            );
            return Ok(Self::Constant(0.0));
        }
        if rows.mode == Mode::Simple && !rows.has_organic() {
            run.warn(
                "every engaged customer is labelled campaign_driven, so campaign_intent is 1 for everybody",
            );
            return Ok(Self::Constant(1.0));
        }
        match correction {
            Correction::Posterior if has_effect => {
                label_frequency::choose(rows, run, share).map(Self::Posterior)
            }
            Correction::Splc if has_effect => Ok(Self::Splc),
            _ => Ok(Self::Observed),
        }
    }
}

/// Guard 6: whether the campaign moved anybody, as far as the rows can tell.
fn check_effect(share: Option<CampaignShare>, run: &mut Run) -> bool {
    let Some(share) = share.filter(|share| !share.is_significant()) else {
        return true;
    };
    run.warn(format!(
        "the campaign shows no effect on engagement (share {:.3}, standard error {:.3}): no label is corrected",
        share.share, share.error
    ));
    false
}

/// What stage 2 left for stage 1.
struct Corrected {
    /// t of every row: how likely it is campaign-driven, given that it is engaged.
    labels: Vec<f32>,
    /// c of every row, where labels count as missing.
    frequency: Option<Vec<f32>>,
    network: Option<CorrectionNetwork>,
    /// Whether an unexposed, not engaged row may be campaign-driven if exposed.
    candidates: bool,
}

/// Labels that stand as they were observed.
fn observed_labels(rows: &TrainingRows) -> Vec<f32> {
    (0..rows.places()).map(|row| f32::from(u8::from(rows.is_labelled(row)))).collect()
}

fn insufficient(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::InsufficientData, message).with_hint(hint)
}

#[cfg(test)]
mod tests;
