//! Checks and counts of the rows of an evaluation.

use serde::{Deserialize, Serialize};
use two_stage::{Error, ErrorKind, Result};

use super::sums::Row;
use crate::{
    evaluation::optional::{Chances, weight},
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

/// The counts of rows, and what holds for all of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tally {
    rows_exposed: u64,
    ignored: u64,
    is_weighted: bool,
    /// Set while each outcome is 0 or 1.
    is_binary: bool,
    chances: Chances,
    /// The sum of weights by propensities.
    propensity: Sum,
    /// The exposed rows that give no weight.
    exposed_unweighted: u64,
    /// The weight of the other exposed rows.
    exposed_weight: Sum,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            rows_exposed: 0,
            ignored: 0,
            is_weighted: false,
            is_binary: true,
            chances: Chances::default(),
            propensity: Sum::default(),
            exposed_unweighted: 0,
            exposed_weight: Sum::default(),
        }
    }
}

impl Tally {
    /// Checks and counts a row with these scores. `None` if it is left out, because one of its scores, its
    /// exposure or outcome is NULL, or its weight is 0.
    #[inline]
    pub fn read(&mut self, customer: &Customer, scores: &[Option<f64>]) -> Result<Option<Row>> {
        let Customer { exposed, outcome, propensity, weight: given, .. } = *customer;
        let weight = weight(given)?;
        self.is_weighted |= given.is_some();
        let (Some(exposed), Some(outcome)) = (exposed, outcome) else {
            self.ignored += 1;
            return Ok(None);
        };
        if weight == 0.0 || scores.contains(&None) {
            self.ignored += 1;
            return Ok(None);
        }
        check(scores, outcome)?;
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
            match given {
                Some(weight) => self.exposed_weight.add(weight),
                None => self.exposed_unweighted += 1,
            }
        }
        let signed_inverse = if exposed { inverse } else { -inverse };
        Ok(Some(Row { outcome, weight, signed_inverse }))
    }

    /// Adds the counts of another part.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.ignored += other.ignored;
        self.rows_exposed += other.rows_exposed;
        self.is_weighted |= other.is_weighted;
        self.is_binary &= other.is_binary;
        self.propensity.merge(other.propensity);
        self.exposed_unweighted += other.exposed_unweighted;
        self.exposed_weight.merge(other.exposed_weight);
        self.chances.merge(other.chances, PROPENSITY)
    }

    /// Tells if the counts can be some that were written.
    pub fn is_sound(&self) -> bool {
        self.rows_exposed <= self.chances.rows()
            && self.propensity.is_finite()
            && self.exposed_unweighted <= self.rows_exposed
            && self.exposed_weight.is_finite()
    }

    /// The number of rows that were used.
    pub fn rows(&self) -> u64 {
        self.chances.rows()
    }

    /// The number of exposed rows that were used.
    pub fn rows_exposed(&self) -> u64 {
        self.rows_exposed
    }

    /// The weight of exposed customers.
    pub fn exposed(&self) -> f64 {
        self.exposed_unweighted as f64 + self.exposed_weight.value()
    }

    /// The sum of weights by propensities; `None` if no propensity was given.
    pub fn propensity(&self) -> Option<f64> {
        self.chances.is_given().then(|| self.propensity.value())
    }

    /// The number of rows that were left out.
    pub fn ignored(&self) -> u64 {
        self.ignored
    }

    /// Tells if each customer counts alike and engages or not, for figures that are defined only then.
    pub fn is_plain(&self) -> bool {
        self.is_binary && !self.is_weighted && !self.chances.is_given()
    }
}

#[inline]
fn check(scores: &[Option<f64>], outcome: f64) -> Result<()> {
    if scores.iter().flatten().any(|score| score.is_nan()) {
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
