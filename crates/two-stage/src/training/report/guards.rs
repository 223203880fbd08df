//! Guards: warnings where the rows contradict what the training assumes.

use crate::{
    model::Mode,
    segment::Segment,
    training::{
        campaign_share::CampaignShare,
        influence::error_over_customers,
        rows::{PerRow, TrainingRows},
        run::Run,
    },
};

/// More corrections than this multiple of what the label frequency says are implausible.
const IMPLAUSIBLE: f64 = 1.25;
/// Below this label frequency too little is known.
const LOW_FREQUENCY: f64 = 0.1;
/// A given exposure may be off by this many standard errors.
const MAX_ERRORS: f64 = 3.0;

/// Warns of a given probability of exposure that the rows contradict.
pub(in crate::training) fn contradicted_propensity(rows: &TrainingRows, run: &mut Run) {
    if rows.mode() == Mode::Simple || !rows.propensity_is_given() {
        return;
    }
    let (mut exposed, mut expected, mut total, mut squares) = (0.0, 0.0, 0.0, 0.0);
    for row in rows.each() {
        let (count, weight) = (f64::from(row.count), row.weight);
        exposed += count * weight * f64::from(u8::from(row.exposed));
        expected += count * weight * row.propensity;
        total += count * weight;
        squares += count * weight * weight;
    }
    let (share, expected) = (exposed / total, expected / total);
    let independent = (share * (1.0 - share) * squares).sqrt() / total;
    let influences = rows.copies().map(|row| {
        let excess = f64::from(u8::from(row.exposed)) - row.propensity;
        (row.index, row.weight * (excess - (share - expected)) / total)
    });
    let error = error_over_customers(rows, independent, influences);
    if (share - expected).abs() > MAX_ERRORS * error {
        run.warn(format!(
            "the share of exposed rows is {share:.4}, but the given exposure rate or propensity says {expected:.4}"
        ));
    }
}

/// Tells if the campaign moved anybody, as far as the rows show, and warns where not.
pub(in crate::training) fn has_effect(share: Option<CampaignShare>, run: &mut Run) -> bool {
    let Some(share) = share.filter(|share| !share.is_significant()) else {
        return true;
    };
    run.warn(format!(
        "the campaign shows no effect on engagement (share {:.3}, standard error {:.3}): no label is corrected",
        share.share, share.error
    ));
    false
}

/// Warns of implausibly many corrections, and of a low label frequency c. `labels` are those that
/// stage 1 learns from.
pub(in crate::training) fn corrections(
    rows: &TrainingRows,
    run: &mut Run,
    labels: &PerRow<f32>,
    c: f64,
) {
    let (mut labelled, mut hidden) = (0.0, 0.0);
    for row in rows.copies() {
        match row.segment {
            Segment::CampaignDriven => labelled += row.weight,
            Segment::Organic => hidden += row.weight * f64::from(labels[row.index]),
            Segment::LowEngagement => {}
        }
    }
    if labelled == 0.0 {
        return;
    }
    let plausible = labelled * (1.0 - c) / c;
    if hidden > IMPLAUSIBLE * plausible {
        run.warn(format!(
            "{hidden:.0} labels count as missing, but a label frequency of {c:.2} makes about {plausible:.0} plausible"
        ));
    }
    if c < LOW_FREQUENCY {
        run.warn(format!(
            "the label frequency is estimated at {c:.3}, below {LOW_FREQUENCY}: give missing_rate, or say who was exposed"
        ));
    }
}
