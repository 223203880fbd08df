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

/// Checks the values and costs of campaigns. A campaign without a value or a cost is not eligible.
pub fn offers(
    campaigns: &[&str],
    values: &[Option<f64>],
    costs: &[Option<f64>],
) -> Result<Vec<Option<Offer>>> {
    let terms = campaigns.iter().zip(values.iter().zip(costs));
    terms.map(|(campaign, (&value, &cost))| offer(campaign, value, cost)).collect()
}

fn offer(campaign: &str, value: Option<f64>, cost: Option<f64>) -> Result<Option<Offer>> {
    if let Some(value) = value.filter(|value| !value.is_finite()) {
        return Err(invalid(format!("the value of campaign \"{campaign}\" is {value}"))
            .with_hint("Pass a finite value, or NULL where the campaign is not eligible."));
    }
    if let Some(cost) = cost.filter(|&cost| !(0.0..f64::INFINITY).contains(&cost)) {
        return Err(invalid(format!("the cost of campaign \"{campaign}\" is {cost}"))
            .with_hint("Pass a cost of 0 or more, or NULL where the campaign is not eligible."));
    }
    Ok(value.zip(cost).map(|(value, cost)| Offer { value, cost }))
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

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

#[cfg(test)]
mod tests;
