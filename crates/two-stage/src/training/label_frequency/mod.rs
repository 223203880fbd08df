//! The label frequency c: the probability that a truly campaign-driven customer carries the
//! campaign label. It is given, told by exposure, or estimated from the most campaign-like rows.

mod groups;
mod pilot;
mod rough_pilot;
mod top_share;

use super::{
    campaign_share::CampaignShare, label_correction::RowFrequency, report::uneven_attribution,
    rows::TrainingRows, run::Run,
};
use crate::{Result, model::Mode};
use groups::Groups;
#[cfg(test)]
pub(super) use top_share::labelled_share;

/// The label frequency where there is no label at all: exposure alone teaches.
const NO_LABELS: f64 = 0.001;
/// The smallest campaign share that the label frequency is divided by.
const MIN_CAMPAIGN_SHARE: f64 = 1e-3;
/// The automatic estimate needs this many engaged and labelled rows.
const MIN_ENGAGED: usize = 500;
const MIN_LABELLED: usize = 50;
/// With fewer than this many it is rough: regressions stand for networks.
const FULL_ENGAGED: usize = 1500;
const FULL_LABELLED: usize = 150;

/// Chooses c of every row.
pub(super) fn choose(
    rows: &TrainingRows,
    run: &mut Run,
    share: Option<CampaignShare>,
) -> Result<RowFrequency> {
    let column = groups::attribution_column(rows)?;
    let given = rows.options.missing_rate();
    if column.is_some() && (given.is_some() || rows.mode() == Mode::Exposure) {
        let why = if given.is_some() { "missing_rate is given" } else { "exposure is known" };
        run.warn(format!("attribution_by has no effect, because {why}"));
    }
    if let Some(missing_rate) = given {
        return Ok(RowFrequency::pooled(rows, 1.0 - missing_rate));
    }
    match share {
        Some(share) => Ok(from_exposure(rows, share)),
        None => estimate(rows, run, column),
    }
}

/// Exposure mode: the second output of stage 2 learns c(x), and starts at the labelled share over the
/// campaign's share.
fn from_exposure(rows: &TrainingRows, share: CampaignShare) -> RowFrequency {
    if share.labelled == 0.0 {
        return RowFrequency::pooled(rows, NO_LABELS);
    }
    let start = share.labelled / share.share.max(MIN_CAMPAIGN_SHARE);
    let start = start.clamp(top_share::MIN_FREQUENCY, 1.0);
    RowFrequency { head: Some(start), ..RowFrequency::pooled(rows, start) }
}

/// Simple mode: the labelled share among the rows that score highest out of fold, within each value
/// of the attribution column.
fn estimate(rows: &TrainingRows, run: &mut Run, column: Option<usize>) -> Result<RowFrequency> {
    let engaged = rows.select(|row| row.engaged());
    if engaged.len() < MIN_ENGAGED || rows.labelled() < MIN_LABELLED {
        run.warn(format!(
            "{} engaged and {} labelled rows are too few to estimate the missing rate ({MIN_ENGAGED} and {MIN_LABELLED} are needed): no label is corrected",
            engaged.len(),
            rows.labelled()
        ));
        return Ok(RowFrequency::pooled(rows, 1.0));
    }
    let groups = column.map(|column| Groups::new(rows, &engaged, column)).transpose()?;
    let rough = engaged.len() < FULL_ENGAGED || rows.labelled() < FULL_LABELLED;
    let scored = if rough {
        run.warn(format!(
            "the missing rate is a rough estimate: {} engaged and {} labelled rows are few ({FULL_ENGAGED} and {FULL_LABELLED} tell it better)",
            engaged.len(),
            rows.labelled()
        ));
        rough_pilot::scored(rows, run, &engaged)
    } else {
        pilot::scored(rows, run, &engaged)?
    };
    let pooled = top_share::labelled_share(rows, &scored, |_| true);
    Ok(match groups {
        Some(groups) => groups.frequency(rows, run, &scored, pooled),
        None => {
            if !rough {
                uneven_attribution::warn(rows, run, &scored);
            }
            RowFrequency::pooled(rows, pooled)
        }
    })
}
