//! The comparison of new customers with the training rows, for one feature.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::{
    counts::Counts,
    expected::{Feature, Values},
};

/// A chance below this is no chance.
const SIGNIFICANT: f64 = 0.001;
/// A stability index beyond that of chance, and a change of the share without a value, that matter.
const LARGE: f64 = 0.05;
/// A share of unknown values that matters.
const MANY_UNKNOWN: f64 = 0.005;
/// Fewer customers than this are no drift.
const MIN_CUSTOMERS: f64 = 3.0;

/// The drift of a feature, or of the uplift.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The feature's name; `None` for the uplift.
    pub feature: Option<String>,
    /// The number of new customers.
    pub rows: u64,
    /// The mean over the training rows; `None` for a category.
    pub mean_trained: Option<f64>,
    /// The mean over the new customers.
    pub mean_new: Option<f64>,
    /// The difference of the means, in standard deviations of the training rows.
    pub shift_in_deviations: Option<f64>,
    /// The population stability index over tenths of the training rows, or over categories.
    pub psi: Option<f64>,
    /// Its expected value if nothing changed.
    pub psi_by_chance: Option<f64>,
    /// The chance of an index as large if nothing changed.
    pub p_value: Option<f64>,
    /// The share of the training rows without a value.
    pub missing_trained: f64,
    /// The share of the new customers without a value.
    pub missing_new: f64,
    /// The share of the values whose category the training rows did not have; `None` where rare
    /// categories have one input together.
    pub unseen_share: Option<f64>,
    /// The share of the values beyond the range of the training rows.
    pub outside_share: Option<f64>,
    /// Set where the change is large and no chance.
    pub drifted: bool,
}

/// A stability index, with the number of degrees of freedom.
struct Stability {
    psi: f64,
    freedom: f64,
    /// The variance of a share of 1, in both samples together.
    noise: f64,
}

impl Finding {
    pub(super) fn new(feature: &Feature, counts: &Counts, rows: u64) -> Self {
        let values = (rows - counts.missing) as f64;
        let trained = feature.rows * (1.0 - feature.missing);
        let share_of_values = |count: u64| (values > 0.0).then(|| count as f64 / values);
        let stability = Stability::of(&feature.shares, counts, [values, trained]);
        let missing_new = if rows > 0 { counts.missing as f64 / rows as f64 } else { 0.0 };
        let finding = Self {
            feature: feature.name.clone(),
            rows,
            mean_trained: None,
            mean_new: None,
            shift_in_deviations: None,
            psi: stability.as_ref().map(|stability| stability.psi),
            psi_by_chance: stability.as_ref().map(Stability::by_chance),
            p_value: stability.as_ref().map(Stability::p_value),
            missing_trained: feature.missing,
            missing_new,
            unseen_share: None,
            outside_share: None,
            drifted: stability.is_some_and(|stability| stability.is_drift())
                || is_gap(feature.missing, missing_new, [feature.rows, rows as f64])
                || is_beyond_chance(counts.unknown, [values, trained]),
        };
        let mean = (values > 0.0).then(|| counts.sum.value() / values);
        finding.with_values(feature, trained, mean, share_of_values(counts.unknown))
    }

    /// Adds the figures of a number or of a category.
    fn with_values(
        self,
        feature: &Feature,
        trained: f64,
        mean_new: Option<f64>,
        unknown: Option<f64>,
    ) -> Self {
        match &feature.values {
            Values::Number { mean, deviation, .. } => {
                let mean_trained = (trained > 0.0).then_some(*mean);
                let difference =
                    mean_new.zip(mean_trained).filter(|_| *deviation > 0.0).map(|(a, b)| a - b);
                Self {
                    mean_trained,
                    mean_new,
                    shift_in_deviations: difference.map(|difference| difference / deviation),
                    outside_share: unknown,
                    ..self
                }
            }
            Values::Category { levels } => {
                let knows_all = feature.shares.len() == levels.len();
                Self { unseen_share: unknown.filter(|_| knows_all), ..self }
            }
        }
    }
}

impl Stability {
    /// Compares the bins of new and trained values; `None` without any.
    fn of(shares: &[f64], counts: &Counts, [new, trained]: [f64; 2]) -> Option<Self> {
        if new < 1.0 || trained < 1.0 {
            return None;
        }
        // An empty bin counts as half a row.
        let of_bin = |(&share, &count): (&f64, &u64)| {
            let (p, q) = (share.max(0.5 / trained), (count as f64).max(0.5) / new);
            (q - p) * (q / p).ln()
        };
        let psi = shares.iter().zip(&counts.bins).map(of_bin).sum();
        let freedom = shares.len().saturating_sub(1) as f64;
        Some(Self { psi, freedom, noise: 1.0 / new + 1.0 / trained })
    }

    fn by_chance(&self) -> f64 {
        self.freedom * self.noise
    }

    fn p_value(&self) -> f64 {
        upper_tail(self.psi / self.noise, self.freedom)
    }

    fn is_drift(&self) -> bool {
        self.psi - self.by_chance() > LARGE && self.p_value() < SIGNIFICANT
    }
}

/// Tells if the shares without a value differ much, and by more than chance.
fn is_gap(trained: f64, new: f64, [rows, customers]: [f64; 2]) -> bool {
    let change = (new - trained).abs();
    if change <= LARGE || change * customers < MIN_CUSTOMERS {
        return false;
    }
    let pooled = (trained * rows + new * customers) / (rows + customers);
    let variance = pooled * (1.0 - pooled) * (1.0 / rows + 1.0 / customers);
    variance <= 0.0 || upper_tail(change.powi(2) / variance, 1.0) < SIGNIFICANT
}

/// Tells if unknown values are many, and more than new values of the same distribution would be: of k
/// extreme values among both, all are new with a chance of (new / both)^k, at either end.
fn is_beyond_chance(unknown: u64, [new, trained]: [f64; 2]) -> bool {
    let unknown = unknown as f64;
    let chance = (unknown + 1.0) * (new / (new + trained)).powf(unknown);
    unknown >= MIN_CUSTOMERS.max(MANY_UNKNOWN * new) && chance < SIGNIFICANT
}

/// The chance that a chi-square variable is larger.
fn upper_tail(value: f64, freedom: f64) -> f64 {
    ChiSquared::new(freedom).map_or(1.0, |distribution| distribution.sf(value))
}
