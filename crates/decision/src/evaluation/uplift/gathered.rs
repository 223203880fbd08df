//! The customers of an evaluation: each row is checked, and added to the block of its score.

use serde::{Deserialize, Serialize};
use two_stage::{Error, ErrorKind, Result};

use super::sums::{Row, Sums};
use crate::{
    evaluation::{
        optional::{Chances, weight},
        score_bins::ScoreBins,
    },
    sum::Sum,
};

const PROPENSITY: &str = "propensity";

/// A row of an evaluation, as it is given.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    /// The score that customers are ranked by.
    pub score: Option<f64>,
    /// Set where the customer was exposed to the campaign.
    pub exposed: Option<bool>,
    /// The outcome, such as 1 for an engagement.
    pub outcome: Option<f64>,
    /// The chance of exposure.
    pub propensity: Option<f64>,
    /// The weight, 1 if it is not given.
    pub weight: Option<f64>,
}

/// The rows of an evaluation, by their scores.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UpliftRows {
    rows_exposed: u64,
    ignored: u64,
    is_weighted: bool,
    /// Set while each outcome is 0 or 1.
    is_binary: bool,
    chances: Chances,
    /// The sum of weights by propensities.
    propensity: Sum,
    /// The weight of exposed customers.
    exposed: Sum,
    bins: ScoreBins<Sums>,
}

impl Default for UpliftRows {
    fn default() -> Self {
        Self {
            rows_exposed: 0,
            ignored: 0,
            is_weighted: false,
            is_binary: true,
            chances: Chances::default(),
            propensity: Sum::default(),
            exposed: Sum::default(),
            bins: ScoreBins::default(),
        }
    }
}

impl UpliftRows {
    /// Adds a row; one without a score, exposure, outcome or weight is left out and counted.
    pub fn add(&mut self, customer: &Customer) -> Result<()> {
        let Customer { score, exposed, outcome, propensity, weight: given } = *customer;
        let weight = weight(given)?;
        self.is_weighted |= given.is_some();
        let (Some(score), Some(exposed), Some(outcome)) = (score, exposed, outcome) else {
            self.ignored += 1;
            return Ok(());
        };
        if weight == 0.0 {
            self.ignored += 1;
            return Ok(());
        }
        check(score, outcome)?;
        let chance = self.chances.read(propensity, PROPENSITY)?;
        let inverse = match propensity {
            None => weight,
            Some(_) if exposed => weight / chance,
            Some(_) => weight / (1.0 - chance),
        };
        if propensity.is_some() {
            self.propensity.add_product(weight, chance);
        }
        self.is_binary &= outcome == 0.0 || outcome == 1.0;
        if exposed {
            self.rows_exposed += 1;
            self.exposed.add(weight);
        }
        let signed_inverse = if exposed { inverse } else { -inverse };
        self.bins.add(score, Row { outcome, weight, signed_inverse });
        Ok(())
    }

    /// Adds the rows of another part.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.ignored += other.ignored;
        self.rows_exposed += other.rows_exposed;
        self.is_weighted |= other.is_weighted;
        self.is_binary &= other.is_binary;
        self.chances.merge(other.chances, PROPENSITY)?;
        self.propensity.merge(other.propensity);
        self.exposed.merge(other.exposed);
        self.bins.merge(other.bins);
        Ok(())
    }

    /// Returns the memory that the rows hold.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.bins.bytes()
    }

    /// Tells if the rows can be some that were written.
    pub fn is_sound(&self) -> bool {
        self.rows_exposed <= self.chances.rows()
            && self.propensity.is_finite()
            && self.exposed.is_finite()
            && self.bins.is_sound()
    }

    /// The number of rows that were left out.
    pub(super) fn ignored(&self) -> u64 {
        self.ignored
    }

    /// The number of rows that were used.
    pub(super) fn rows(&self) -> u64 {
        self.chances.rows()
    }

    /// The number of exposed rows that were used.
    pub(super) fn rows_exposed(&self) -> u64 {
        self.rows_exposed
    }

    /// The weight of exposed customers.
    pub(super) fn exposed(&self) -> f64 {
        self.exposed.value()
    }

    /// The sum of weights by propensities; `None` if no propensity was given.
    pub(super) fn propensity(&self) -> Option<f64> {
        self.chances.is_given().then(|| self.propensity.value())
    }

    /// Tells if each customer counts alike and engages or not, for figures that are defined only then.
    pub(super) fn is_plain(&self) -> bool {
        self.is_binary && !self.is_weighted && !self.chances.is_given()
    }

    /// The blocks of equal scores.
    pub(super) fn bins(&mut self) -> &mut ScoreBins<Sums> {
        &mut self.bins
    }
}

fn check(score: f64, outcome: f64) -> Result<()> {
    if score.is_nan() {
        return Err(invalid("a row has score NaN".into(), "Pass NULL to leave the row out."));
    }
    if !outcome.is_finite() {
        return Err(invalid(
            format!("a row has outcome {outcome}, which is not finite"),
            "Pass NULL to leave the row out.",
        ));
    }
    Ok(())
}

fn invalid(message: String, hint: &str) -> Error {
    Error::new(ErrorKind::InvalidParameter, message).with_hint(hint)
}
