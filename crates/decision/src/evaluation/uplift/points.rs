//! The gain curve at equal steps of the share of customers, with standard errors.

use super::{
    curve::curve,
    estimate::Estimate,
    gathered::UpliftRows,
    metrics::totals,
    top::{Top, tops},
};

/// A point of the gain curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpliftPoint {
    /// The share of customers who are contacted, the highest scores first.
    pub share: f64,
    /// Their weight.
    pub customers: f64,
    /// The lowest score among them; `None` if nobody is contacted.
    pub score: Option<f64>,
    /// The gain per customer; its error is `None` unless both arms are among them.
    pub gain: f64,
    /// The standard error of the gain.
    pub gain_error: Option<f64>,
    /// The gain of contacting as many in a random order.
    pub random_gain: f64,
}

/// The curve at this number of equal steps, share 0 first; `None` unless both exposed and unexposed
/// customers are there.
pub fn uplift_curve(rows: &mut UpliftRows, steps: u32) -> Option<Vec<UpliftPoint>> {
    let blocks = rows.blocks().blocks();
    let curve = curve(blocks.clone())?;
    let totals = totals(blocks.clone());
    let share_of = |step: u32| f64::from(step) / f64::from(steps);
    let nobody = Top { uplift: Some(Estimate { value: 0.0, error: 0.0 }), score: None };
    let tops = std::iter::once(nobody).chain(tops(blocks, &totals, (1..=steps).map(share_of)));
    let point = |(step, top): (u32, Top)| {
        let share = share_of(step);
        UpliftPoint {
            share,
            customers: f64::from(step) * totals.weight / f64::from(steps),
            score: top.score,
            gain: if step > 0 { curve.gain(share) } else { 0.0 },
            gain_error: top.uplift.map(|uplift| share * uplift.error),
            random_gain: share * curve.uplift(),
        }
    };
    Some((0..).zip(tops).map(point).collect())
}
