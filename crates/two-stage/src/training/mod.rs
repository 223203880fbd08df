//! Training: from a sample to a model. [`train`] reads as the table of contents of the method,
//! which docs/method.md tells in full.

mod balance;
mod binary;
mod campaign_share;
mod committee;
mod customers;
mod distillation;
mod engine;
mod errors;
mod exposure;
mod few_values;
mod folds;
mod influence;
mod label_correction;
mod label_frequency;
mod losses;
mod method;
mod observer;
mod out_of_fold;
mod parts;
mod per_row;
mod propensity;
mod report;
mod ridge;
mod row;
mod rows;
mod run;
mod scores;
mod segment_rule;
mod segmentation;
mod slope;
mod unseen;
mod uplift;

pub(crate) use label_correction::is_corrected_by_splc;
pub use observer::{Observer, Progress, Step};

use crate::{
    Error, ErrorKind, Result,
    model::{Mode, NumberDistribution, Offsets, Report, ScoringModel, SegmentSizes, TwoStageModel},
    options::{Correction, OnFailure, Options},
    sample::Sample,
};
use campaign_share::CampaignShare;
use committee::Committee;
use engine::with_pool;
use folds::Member;
use label_correction::corrections;
use method::Method;
use report::{
    distributions, evaluation, exposed_rows, feature_values, guards, importance, leaks,
    random_exposure,
};
use rows::TrainingRows;
use run::Run;

/// The end of a training that was not an error.
#[derive(Debug)]
pub enum Outcome {
    /// A model.
    Model(Box<TwoStageModel>),
    /// No row was read.
    NoRows,
    /// The rows teach nothing, and option `on_failure` = null.
    Failed(Error),
}

/// Trains a model. The sample is put into its canonical order, otherwise only read.
pub fn train(
    sample: &mut Sample,
    options: &Options,
    observer: &mut dyn Observer,
) -> Result<Outcome> {
    if sample.counts().read == 0 {
        return Ok(Outcome::NoRows);
    }
    let trained = with_pool(observer, |observer, pool| {
        let poll = sample.poll();
        let (warnings, history) = (Vec::new(), Vec::new());
        train_rows(sample, options, Run { observer, pool, poll, warnings, history })
    });
    match trained {
        Ok(model) => Ok(Outcome::Model(Box::new(model))),
        Err(error)
            if options.on_failure() == OnFailure::Null
                && error.kind == ErrorKind::InsufficientData =>
        {
            Ok(Outcome::Failed(error))
        }
        Err(error) => Err(error),
    }
}

/// The steps of the method. It is longer than 35 lines because it is the table of contents.
fn train_rows(sample: &mut Sample, options: &Options, mut run: Run) -> Result<TwoStageModel> {
    run.enter(Step::OrderingRows);
    sample.canonicalise();

    run.enter(Step::Encoding);
    customers::check_sample(sample)?;
    let rows = TrainingRows::new(sample, options, &mut run.warnings)?;
    customers::check_count(&rows)?;
    feature_values::warn(&rows, &mut run);
    guards::contradicted_propensity(&rows, &mut run);
    let difference = random_exposure::warn(&rows, &mut run);
    let rows = propensity::estimate(rows, &mut run)?;

    let rows = rows.balanced();
    let knows_effect = rows.mode() == Mode::Exposure;
    let share = knows_effect.then(|| CampaignShare::estimate(&rows)).transpose()?;
    let members = Member::all(&rows);
    let uplift = uplift::fit(&rows, &mut run, &members)?;
    let slope = uplift.as_ref().map(|uplift| &uplift.slope);
    let method = Method::choose(&rows, share, slope, &mut run)?;
    let committee = committee::fit(&rows, &mut run, &method, members, uplift)?;
    let rows = rows.unbalanced();
    let scored = segment_rule::score(&rows, &committee);
    let uplift_scores = distributions::of_uplift(&scored, rows.poll());
    let (offsets, sizes) = segment_rule::estimate(&rows, &mut run, &scored);
    let evaluated = evaluation::measure(&rows, &mut run, &committee, &offsets)?;
    let importance = importance::estimate(&rows, &mut run, &committee);
    leaks::warn(&rows, &mut run, &committee, &importance);
    let report = Report {
        comparison: evaluated.comparison,
        importance,
        distributions: distributions::measure(&rows, &mut run),
        exposure: Some(exposed_rows::measure(&rows, committee.corrected_labels(), difference)),
        out_of_fold: evaluated.out_of_fold,
        evaluation: evaluated.evaluation,
        uplift_scores,
        ..report(&rows, run, &committee, share, sizes)
    };
    Ok(into_model(rows, committee, report, offsets))
}

/// The counts and findings; the rest of the report is still to come. It is longer than 35 lines because each
/// field has its line.
fn report(
    rows: &TrainingRows,
    run: Run,
    committee: &Committee,
    share: Option<CampaignShare>,
    segments: SegmentSizes,
) -> Report {
    let labels = committee.corrected_labels();
    let (corrected, corrected_total) = labels.map_or((0, 0.0), |labels| corrections(rows, labels));
    let name = |column: usize| rows.sample.features()[column].name.clone();
    Report {
        counts: propensity::counts(rows),
        rows: rows.len() as u64,
        rows_engaged: rows.engaged() as u64,
        rows_labelled: rows.labelled() as u64,
        mode: rows.mode(),
        campaign_share: share.map(|share| (share.share, share.error)),
        corrected,
        corrected_total,
        constant_features: rows.encoder.constant_columns().map(name).collect(),
        importance: Vec::new(),
        comparison: Vec::new(),
        warnings: run.warnings,
        history: run.history,
        segments,
        propensity: rows.propensity_source(),
        customers: rows.customers(),
        uplift: committee.findings,
        distributions: Vec::new(),
        exposure: None,
        origin: None,
        out_of_fold: None,
        evaluation: None,
        uplift_scores: NumberDistribution::default(),
    }
}

fn into_model(
    rows: TrainingRows,
    committee: Committee,
    report: Report,
    offsets: Offsets,
) -> TwoStageModel {
    let options = rows.options.clone();
    let scoring = ScoringModel {
        columns: rows.sample.features().to_vec(),
        positional: rows.sample.positional(),
        encoder: rows.encoder,
        segmentation: committee.scoring.segmentation,
        correction: committee.correction,
        label_frequency: committee.label_frequency,
        corrects_by_threshold: options.correction() == Correction::Splc,
        intent: committee.scoring.intent,
        offsets,
        uplift: committee.scoring.uplift,
    };
    TwoStageModel { scoring, options, report }
}

#[cfg(test)]
mod tests;
