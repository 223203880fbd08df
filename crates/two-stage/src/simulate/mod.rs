//! Customers whose true segment is known: a retailer's customers with a latent kind, exposed at
//! random to a campaign whose attribution misses some of those it moved.
//!
//! Every customer is of one kind, whatever happens: `organic` engages with or without the campaign,
//! `campaign_driven` only if exposed, `low_engagement` never. What came true, and what attribution
//! recorded of it, follow from the kind, the exposure and the missing rate.

mod drivers;
mod features;

pub use features::FEATURES;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Error, ErrorKind, Result, segment::Segment};
use features::{Distributions, chance};

/// One simulated customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// In the order of [`FEATURES`]; booleans are 0 or 1.
    pub features: [f64; 30],
    /// Set where the campaign reached this customer.
    pub exposed: bool,
    /// The segment that attribution recorded: the truth, except that a campaign-driven customer without the
    /// campaign label is recorded as organic.
    pub observed: Segment,
    /// The segment that came true: a campaign-driven kind that was not exposed did not engage.
    pub truth: Segment,
    /// The segment that the customer belongs to, exposed or not.
    pub kind: Segment,
}

/// Makes customers by index.
///
/// A customer depends on the seed and the index alone, so the first customers are the same however
/// many are asked for. Missing rate and exposed share change exposure and labels, never features
/// and kind: simulations of one seed differ in these alone.
#[derive(Debug, Clone)]
pub struct Simulator {
    missing_rate: f64,
    exposed_share: f64,
    /// Keyed by the seed; a customer's numbers are the stream of its index.
    random: ChaCha8Rng,
    distributions: Distributions,
}

impl Simulator {
    /// `missing_rate`: the chance that a campaign-driven customer lacks its campaign label, 0 to 1.
    /// `exposed_share`: the chance of being exposed, above 0 and at most 1.
    pub fn new(missing_rate: f64, exposed_share: f64, seed: u64) -> Result<Self> {
        if !(0.0..=1.0).contains(&missing_rate) {
            return Err(out_of_range(
                "missing_rate",
                missing_rate,
                "between 0 and 1",
                "Give the share of campaign labels that are missing, such as 0.4.",
            ));
        }
        if !(exposed_share > 0.0 && exposed_share <= 1.0) {
            return Err(out_of_range(
                "exposed_share",
                exposed_share,
                "above 0 and at most 1",
                "Give the share of customers who are exposed to the campaign, such as 0.6.",
            ));
        }
        Ok(Self {
            missing_rate,
            exposed_share,
            random: ChaCha8Rng::seed_from_u64(seed),
            distributions: Distributions::new()?,
        })
    }

    /// The customer of that index.
    pub fn customer(&self, index: u64) -> Customer {
        let mut random = self.random.clone();
        random.set_stream(index);
        let (features, drivers) = self.distributions.draw(&mut random);

        let probabilities = drivers.kind_probabilities();
        let draw: f64 = random.random();
        let kind = if draw <= probabilities[0] {
            Segment::LowEngagement
        } else if draw <= probabilities[0] + probabilities[1] {
            Segment::Organic
        } else {
            Segment::CampaignDriven
        };

        let exposed = chance(&mut random, self.exposed_share);
        let label_missing = chance(&mut random, self.missing_rate);
        let truth = match kind {
            Segment::CampaignDriven if !exposed => Segment::LowEngagement,
            other => other,
        };
        let observed = match truth {
            Segment::CampaignDriven if label_missing => Segment::Organic,
            other => other,
        };
        Customer { features, exposed, observed, truth, kind }
    }
}

fn out_of_range(name: &str, value: f64, range: &str, hint: &str) -> Error {
    Error::new(ErrorKind::InvalidParameter, format!("{name} must be {range}, not {value}"))
        .with_hint(hint)
}

#[cfg(test)]
mod tests;
