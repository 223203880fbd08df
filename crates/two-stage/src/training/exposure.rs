//! The mode that the rows allow, and each row's probability of exposure.

use super::errors::insufficient;
use crate::{
    Error, ErrorKind, Result,
    model::Mode,
    options::Options,
    probability::COMPARABLE_EXPOSURE,
    sample::{Counts, Sample, SampleRow},
};

/// More rows without overlap than one of this many are an error.
const TOLERATED: u64 = 20;

/// The exposure of the rows: the mode it allows, and its probability.
pub(super) struct Exposure {
    pub mode: Mode,
    /// P(exposed) of a row that does not give its own.
    rate: f64,
    /// Set where the probability comes from an option or an argument.
    pub given: bool,
    /// Set where it comes from an argument.
    pub given_by_rows: bool,
    /// Set where some row is unexposed, even if the mode leaves it out.
    pub known: bool,
}

impl Exposure {
    const SIMPLE: Self =
        Self { mode: Mode::Simple, rate: 1.0, given: false, given_by_rows: false, known: false };

    pub fn of(sample: &Sample, options: &Options, warnings: &mut Vec<String>) -> Result<Self> {
        warn_of_unknown(sample.counts(), warnings);
        let (mut exposed, mut total) = (0.0, 0.0);
        let (mut unexposed_rows, mut given_by_rows) = (0_u64, false);
        for row in sample.poll().each(sample.rows()) {
            total += row.total_weight();
            if row.exposed() {
                exposed += row.total_weight();
            } else {
                unexposed_rows += u64::from(row.count());
            }
            given_by_rows |= row.propensity().is_some();
        }
        if unexposed_rows == 0 {
            return Ok(Self::SIMPLE);
        }
        if exposed == 0.0 {
            return Err(insufficient(
                format!("none of the {unexposed_rows} rows was exposed to the campaign"),
                "Give rows of exposed customers, or leave the exposed argument out.",
            ));
        }
        let option = options.exposure_rate();
        let share: f64 = exposed / total;
        if option.is_none() && !given_by_rows && !COMPARABLE_EXPOSURE.contains(&share) {
            warnings.push(format!(
                "the share of exposed rows is {share:.4}, too far from one half to compare: {unexposed_rows} unexposed rows are left out"
            ));
            return Ok(Self { known: true, ..Self::SIMPLE });
        }
        let (low, high) = COMPARABLE_EXPOSURE.into_inner();
        let rate = option.unwrap_or(share.clamp(low, high));
        let given = option.is_some() || given_by_rows;
        Ok(Self { mode: Mode::Exposure, rate, given, given_by_rows, known: true })
    }

    /// Tells if training uses the row: simple mode leaves unexposed rows out.
    pub fn uses(&self, row: SampleRow) -> bool {
        self.mode == Mode::Exposure || row.exposed()
    }

    /// e, P(exposed) of the row; 1 in simple mode.
    pub fn propensity(&self, row: SampleRow) -> f64 {
        match self.mode {
            Mode::Simple => 1.0,
            Mode::Exposure => row.propensity().unwrap_or(self.rate as f32).into(),
        }
    }
}

/// Warns of rows whose exposure is NULL: they count as exposed.
fn warn_of_unknown(counts: Counts, warnings: &mut Vec<String>) {
    let (unknown, rows) = (counts.unknown_exposure, counts.with_features());
    if unknown > 0 {
        let percent = 100.0 * unknown as f64 / rows as f64;
        warnings.push(format!(
            "exposed is NULL in {unknown} of {rows} rows ({percent:.1} %), which count as exposed: say for each customer if the campaign was sent, or leave such rows out"
        ));
    }
}

/// Warns of rows left out because their propensity is too near 0 or 1, and refuses too many of them.
pub(super) fn check_overlap(sample: &Sample, warnings: &mut Vec<String>) -> Result<()> {
    let (outside, usable) = (sample.counts().no_overlap, sample.usable());
    let (low, high) = COMPARABLE_EXPOSURE.into_inner();
    if outside * TOLERATED > usable {
        return Err(Error::new(
            ErrorKind::ValueOutOfRange,
            format!("the propensity of {outside} of {usable} rows is outside {low} to {high}"),
        )
        .with_hint("Give a propensity from 0.02 to 0.98, or leave such customers out."));
    }
    if outside > 0 {
        warnings.push(format!(
            "{outside} of {usable} rows are left out, because their propensity is outside {low} to {high}"
        ));
    }
    Ok(())
}
