//! All sections of a model, and those that scoring needs.

use super::{
    distributions::{Distribution, Distributions},
    exposure::ExposureFindings,
    history::{Comparison, Comparisons, Epoch, History},
    origin::Origin,
    out_of_fold::{Evaluation, OutOfFold},
    scoring,
    sections::{Section, Sections, append},
    training::{Findings, Importance, Options, Rows, Warnings},
    uplift::UpliftFindings,
};
use crate::{
    Result,
    model::{Report, ScoringModel, TwoStageModel},
    options,
    serial::corrupt,
};

/// Appends the sections of a model, in the order of their tags.
pub(crate) fn write(model: &TwoStageModel, body: &mut Vec<u8>) -> Result<()> {
    let report = &model.report;
    scoring::write(&model.scoring, body)?;
    append(&Options { json: model.options.to_json() }, body)?;
    append(&Rows::from(report), body)?;
    append(&Findings::from(report), body)?;
    append(&Importance { shares: report.importance.clone() }, body)?;
    append(&Warnings { texts: report.warnings.clone() }, body)?;
    let models = report.comparison.iter().map(Comparison::from).collect();
    append(&Comparisons { models }, body)?;
    let epochs = report.history.iter().map(Epoch::from).collect();
    append(&History { epochs }, body)?;
    let features = report.distributions.iter().map(Distribution::from).collect();
    append(&Distributions { features, uplift: (&report.uplift_scores).into() }, body)?;
    append_some(report.uplift.as_ref().map(UpliftFindings::from), body)?;
    append_some(report.out_of_fold.as_ref().map(OutOfFold::from), body)?;
    append_some(report.evaluation.as_ref().map(Evaluation::from), body)?;
    append_some(report.exposure.as_ref().map(ExposureFindings::from), body)?;
    append_some(report.origin.as_ref().map(Origin::from), body)
}

/// Appends a section that not every model has.
fn append_some<S: Section>(section: Option<S>, body: &mut Vec<u8>) -> Result<()> {
    section.map_or(Ok(()), |section| append(&section, body))
}

/// Decodes what scoring needs of a body.
pub(crate) fn read_scoring(body: &[u8]) -> Result<ScoringModel> {
    checked_scoring(&Sections::split(body, &scoring::TAGS)?)
}

/// Decodes all that this version knows of a body.
pub(crate) fn read(body: &[u8]) -> Result<TwoStageModel> {
    let sections = Sections::split(body, &scoring::TAGS)?;
    let scoring = checked_scoring(&sections)?;
    let Options { json } = sections.require()?;
    let options = options::Options::from_stored_json(&json)
        .map_err(|error| corrupt("model", &error.message))?;
    let report = report(&sections, &scoring)?;
    let model = TwoStageModel { scoring, options, report };
    if model.is_sound() { Ok(model) } else { Err(does_not_fit()) }
}

/// Refuses a body that scoring cannot use, or whose report is damaged. A model may have none.
pub(crate) fn check(body: &[u8]) -> Result<()> {
    let has_report = Sections::split(body, &scoring::TAGS)?.has::<Rows>();
    if has_report { read(body).map(drop) } else { read_scoring(body).map(drop) }
}

fn checked_scoring(sections: &Sections) -> Result<ScoringModel> {
    let model = scoring::read(sections)?;
    if model.is_sound() { Ok(model) } else { Err(does_not_fit()) }
}

fn does_not_fit() -> crate::Error {
    corrupt("model", "its parts do not fit together")
}

fn report(sections: &Sections, scoring: &ScoringModel) -> Result<Report> {
    let rows: Rows = sections.require()?;
    let findings: Findings = sections.require()?;
    let Importance { shares } = sections.require()?;
    let Warnings { texts } = sections.require()?;
    let Comparisons { models } = sections.require()?;
    let History { epochs } = sections.require()?;
    let Distributions { features, uplift } = sections.require()?;
    Ok(Report {
        counts: rows.counts.into(),
        rows: rows.used,
        rows_engaged: rows.engaged,
        rows_labelled: rows.labelled,
        mode: findings.mode.into(),
        campaign_share: findings.campaign_share,
        corrected: findings.corrected,
        corrected_total: findings.corrected_total,
        constant_features: scoring.constant_features(),
        importance: shares,
        comparison: models.into_iter().map(Into::into).collect(),
        warnings: texts,
        history: epochs.into_iter().map(Into::into).collect(),
        segments: findings.segments.into(),
        propensity: findings.propensity.map(Into::into),
        customers: findings.customers,
        uplift: sections.get::<UpliftFindings>()?.map(Into::into),
        distributions: features.into_iter().map(Into::into).collect(),
        exposure: sections.get::<ExposureFindings>()?.map(Into::into),
        origin: sections.get::<Origin>()?.map(TryInto::try_into).transpose()?,
        out_of_fold: sections.get::<OutOfFold>()?.map(Into::into),
        evaluation: sections.get::<Evaluation>()?.map(Into::into),
        uplift_scores: uplift.into(),
    })
}
