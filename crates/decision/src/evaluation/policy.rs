//! The value of a policy, which recommends a campaign or nothing, from customers who were sent something
//! by chance.
//!
//! The mean outcome of each cell (recommended, sent) is a ratio of sums weighted by the inverse chance of
//! what was sent (Hájek). A policy's value is the mean of its cells, by the share of the customers whom
//! each campaign is recommended to. Standard errors are those of the influence of each row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use two_stage::{Error, ErrorKind, Result};

use self::cell::Cell;
use super::optional::{Chances, weight};

mod cell;
mod metrics;

pub use metrics::PolicyMetrics;

/// The largest number of campaigns.
pub const MAX_CAMPAIGNS: usize = 64;
/// The name of the chance in errors.
const PROBABILITY: &str = "probability";

/// A campaign by its place among those that were met, or 0 for nobody.
type Code = u8;

/// The rows so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Policy {
    ignored: u64,
    chances: Chances,
    /// The baseline, once a row has told it; `None` within is nobody.
    baseline: Option<Option<String>>,
    codes: BTreeMap<String, Code>,
    /// The sums by the campaign that is recommended and the one that was sent.
    cells: BTreeMap<(Code, Code), Cell>,
}

/// A row. A campaign that is `None` is nobody.
#[derive(Debug, Clone, Copy)]
pub struct PolicyRow<'r> {
    /// The campaign that the policy recommends.
    pub recommended: Option<&'r str>,
    /// The campaign that was sent.
    pub sent: Option<&'r str>,
    /// The outcome; the row is left out if it is not known.
    pub outcome: Option<f64>,
    /// The chance of what was sent.
    pub probability: Option<f64>,
    /// The weight.
    pub weight: Option<f64>,
    /// The campaign that the policy is compared with, the same in all rows.
    pub baseline: Option<&'r str>,
}

impl Policy {
    /// Adds a row.
    pub fn add(&mut self, row: &PolicyRow) -> Result<()> {
        self.compare_with(row.baseline)?;
        let weight = weight(row.weight)?;
        let Some(outcome) = row.outcome.filter(|_| weight > 0.0) else {
            self.ignored += 1;
            return Ok(());
        };
        if !outcome.is_finite() {
            return Err(Error::new(
                ErrorKind::InvalidParameter,
                format!("a row has outcome {outcome}, which is not finite"),
            )
            .with_hint("Pass a finite outcome, or NULL to leave the row out."));
        }
        let chance = self.chances.read(row.probability, PROBABILITY)?;
        let key = (self.code(row.recommended)?, self.code(row.sent)?);
        self.cells.entry(key).or_default().add(outcome, weight, weight / chance);
        Ok(())
    }

    /// Adds the rows of another state.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        if let Some(baseline) = &other.baseline {
            self.compare_with(baseline.as_deref())?;
        }
        self.ignored += other.ignored;
        self.chances.merge(other.chances, PROBABILITY)?;
        let mut own = BTreeMap::from([(0, 0)]);
        for (name, &code) in &other.codes {
            own.insert(code, self.code(Some(name))?);
        }
        for ((recommended, sent), cell) in other.cells {
            let (Some(&recommended), Some(&sent)) = (own.get(&recommended), own.get(&sent)) else {
                return Err(Error::new(ErrorKind::Internal, "a cell has no campaign"));
            };
            self.cells.entry((recommended, sent)).or_default().merge(&cell);
        }
        Ok(())
    }

    /// The bytes of memory that it holds, about.
    pub fn bytes(&self) -> usize {
        const NODE: usize = 64;
        let names: usize = self.codes.keys().map(|name| NODE + name.len()).sum();
        size_of::<Self>() + names + self.cells.len() * (size_of::<Cell>() + NODE)
    }

    /// Checks a state that another process has sent.
    pub fn is_sound(&self) -> bool {
        let mut codes: Vec<Code> = self.codes.values().copied().collect();
        codes.sort_unstable();
        let is_known = |code: Code| usize::from(code) <= codes.len();
        codes.len() <= MAX_CAMPAIGNS
            && codes.iter().zip(1..).all(|(&code, place)| code == place)
            && self.cells.keys().all(|&(recommended, sent)| is_known(recommended) && is_known(sent))
    }

    /// Refuses another baseline than that of the earlier rows.
    fn compare_with(&mut self, baseline: Option<&str>) -> Result<()> {
        match &self.baseline {
            None => self.baseline = Some(baseline.map(str::to_owned)),
            Some(known) if known.as_deref() == baseline => {}
            Some(known) => {
                let [known, other] = [known.as_deref(), baseline].map(quoted);
                return Err(Error::new(
                    ErrorKind::InvalidParameter,
                    format!("baseline is {other} in a row, but {known} in earlier ones"),
                )
                .with_hint("Pass the same baseline for all rows of a group."));
            }
        }
        Ok(())
    }

    fn code(&mut self, campaign: Option<&str>) -> Result<Code> {
        let Some(name) = campaign else { return Ok(0) };
        if let Some(&code) = self.codes.get(name) {
            return Ok(code);
        }
        if self.codes.len() == MAX_CAMPAIGNS {
            return Err(Error::new(
                ErrorKind::LimitExceeded,
                format!(
                    "campaign {} is one more than the {MAX_CAMPAIGNS} that a policy can have",
                    quoted(campaign)
                ),
            )
            .with_hint("Evaluate fewer campaigns at once."));
        }
        let code = self.codes.len() as Code + 1;
        self.codes.insert(name.to_owned(), code);
        Ok(code)
    }
}

/// Quotes a name for a message, but only the start of a long one.
fn quoted(name: Option<&str>) -> String {
    const MAX_CHARACTERS: usize = 63;
    let Some(name) = name else { return "NULL".to_owned() };
    match name.char_indices().nth(MAX_CHARACTERS) {
        None => format!("\"{name}\""),
        Some((end, _)) => format!("\"{}…\"", &name[..end]),
    }
}

#[cfg(test)]
mod tests;
