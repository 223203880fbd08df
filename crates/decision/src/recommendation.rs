//! The recommendation of the campaign that is worth most for a customer.

use two_stage::{Error, ErrorKind, Result};

/// The money behind a campaign for one customer: what a response is worth, and what a contact costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    value: f64,
    cost: f64,
}

/// A model's estimate of what a campaign does to a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The engagement that the campaign adds.
    pub uplift: f64,
    /// P(campaign-driven | engaged).
    pub intent: f64,
}

/// A campaign that pays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recommended {
    /// The position of the campaign, from 0.
    pub place: usize,
    /// The estimate for this campaign.
    pub estimate: Estimate,
    /// Uplift × value − cost, above 0.
    pub expected_value: f64,
}

impl Offer {
    /// Checks a value and a cost. A campaign without one of them is not eligible. `campaign` tells its
    /// name.
    #[inline]
    pub fn new<'n>(
        value: Option<f64>,
        cost: Option<f64>,
        campaign: impl FnOnce() -> &'n str,
    ) -> Result<Option<Self>> {
        let is_cost = |cost: f64| (0.0..f64::INFINITY).contains(&cost);
        if value.is_some_and(|value| !value.is_finite()) || cost.is_some_and(|cost| !is_cost(cost))
        {
            return Err(refused(value, cost, campaign()));
        }
        Ok(value.zip(cost).map(|(value, cost)| Self { value, cost }))
    }
}

/// Chooses the campaign of the highest expected value above 0, the first of equal ones. `estimate` is
/// asked about the eligible campaigns alone.
pub fn recommend<E>(
    offers: &[Option<Offer>],
    mut estimate: impl FnMut(usize) -> std::result::Result<Estimate, E>,
) -> std::result::Result<Option<Recommended>, E> {
    let mut best: Option<Recommended> = None;
    for (place, offer) in offers.iter().enumerate() {
        let Some(offer) = offer else { continue };
        let estimate = estimate(place)?;
        let expected_value = estimate.uplift * offer.value - offer.cost;
        if expected_value > best.map_or(0.0, |best| best.expected_value) {
            best = Some(Recommended { place, estimate, expected_value });
        }
    }
    Ok(best)
}

fn refused(value: Option<f64>, cost: Option<f64>, campaign: &str) -> Error {
    const ELIGIBLE: &str = "or NULL where the campaign is not eligible";
    let (message, hint) = match (value, cost) {
        (Some(value), _) if !value.is_finite() => {
            (format!("the value of campaign \"{campaign}\" is {value}"), "Pass a finite value")
        }
        (_, cost) => {
            let cost = cost.unwrap_or(f64::NAN);
            (format!("the cost of campaign \"{campaign}\" is {cost}"), "Pass a cost of 0 or more")
        }
    };
    Error::new(ErrorKind::InvalidParameter, message).with_hint(format!("{hint}, {ELIGIBLE}."))
}

#[cfg(test)]
mod tests;
