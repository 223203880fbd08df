//! Guards: warnings where the rows contradict what the training assumes.

use crate::{
    model::{Mode, SignedSlope},
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

/// The effect of the campaign on engagement, as far as the rows show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::training) enum Effect {
    /// It moves customers.
    Positive,
    /// It moves some customers, but on average nobody, or it puts more of them off than it moves.
    Mixed,
    /// There is none.
    None,
}

/// Tells the effect, and warns unless it is positive. `uplift` is the slope of the signed uplift,
/// where there are networks for it.
pub(in crate::training) fn effect(
    share: Option<CampaignShare>,
    uplift: Option<&SignedSlope>,
    run: &mut Run,
) -> Effect {
    let Some(share) = share.filter(|share| !share.is_significant()) else {
        return Effect::Positive;
    };
    let CampaignShare { share: pi, error, .. } = share;
    let figures = format!("share {pi:.3}, standard error {error:.3}");
    if share.is_inverted() {
        run.warn(format!("those sent it engage less ({figures}): is exposed inverted?"));
        return Effect::Mixed;
    }
    if let Some(slope) = uplift.filter(|slope| slope.is_significant()) {
        run.warn(format!(
            "the campaign shows no effect on engagement on average ({figures}), but customers differ in it ({:.1} standard errors): no label is corrected, and segments follow the uplift alone",
            slope.ratio
        ));
        return Effect::Mixed;
    }
    run.warn(format!(
        "the campaign shows no effect on engagement ({figures}): no label is corrected"
    ));
    Effect::None
}

/// Warns of an uplift that does not differ between customers, as far as the rows show.
pub(in crate::training) fn equal_uplift(slope: &SignedSlope, run: &mut Run) {
    if slope.slope == 0.0 {
        run.warn(format!(
            "the uplift does not differ between customers as far as the rows can tell ({:.1} standard errors): train on more customers",
            slope.ratio
        ));
    }
}

/// Warns of customers who are put off.
pub(in crate::training) fn put_off(rows: &TrainingRows, count: f64, run: &mut Run) {
    let customers = if rows.have_customers() { "rows are of customers who" } else { "customers" };
    run.warn(format!(
        "about {count:.0} {customers} are put off by the campaign: leave out those whose campaign_uplift is negative"
    ));
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
        let advice = rows.or_say_exposure();
        run.warn(format!(
            "the label frequency is estimated at {c:.3}, below {LOW_FREQUENCY}: give missing_rate{advice}"
        ));
    }
}
