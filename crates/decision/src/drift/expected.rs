//! The distributions that customers should have: those of the training rows.

use serde::{Deserialize, Serialize};
use two_stage::model::{CategoryDistribution, Distribution, NumberDistribution, TwoStageModel};

/// A tenth is complete when its cut is this near to it.
const NEAR: f64 = 0.02;

/// The distributions of a model's features over its training rows, and of its uplift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The features in the model's order, then the uplift.
    pub(super) features: Vec<Feature>,
}

/// The distribution of a feature, or of the uplift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Feature {
    /// The name; `None` for the uplift.
    pub name: Option<String>,
    /// The training rows, and the share of them without a value.
    pub rows: f64,
    pub missing: f64,
    pub values: Values,
    /// The share of the values in each bin.
    pub shares: Vec<f64>,
}

/// The bins of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Values {
    Number {
        /// The largest value of each bin but the last.
        cuts: Vec<f32>,
        range: Option<(f32, f32)>,
        mean: f64,
        deviation: f64,
    },
    Category {
        /// The category of each bin, sorted. One more bin has all others, if training saw any.
        levels: Vec<String>,
    },
}

impl Expected {
    /// Takes them from a model.
    pub fn of(model: &TwoStageModel) -> Self {
        let report = model.report();
        let rows = report.rows as f64;
        let named = model.columns().iter().map(|column| Some(column.name.clone()));
        let of_features = report.distributions.iter().enumerate();
        let features = named.zip(of_features).map(|(name, (column, of))| match of {
            Distribution::Number(numbers) => Feature::of_numbers(name, rows, numbers),
            Distribution::Category(categories) => {
                Feature::of_categories(name, rows, categories, &model.levels(column))
            }
        });
        let uplift = Feature::of_numbers(None, rows, &report.uplift_scores);
        Self { features: features.chain([uplift]).collect() }
    }
}

impl Feature {
    pub fn of_numbers(name: Option<String>, rows: f64, of: &NumberDistribution) -> Self {
        let (cuts, shares) = deciles(of);
        let values = Values::Number {
            cuts,
            range: of.range,
            mean: of.mean.into(),
            deviation: of.deviation.into(),
        };
        Self { name, rows, missing: of.missing.into(), values, shares }
    }

    pub fn of_categories(
        name: Option<String>,
        rows: f64,
        of: &CategoryDistribution,
        levels: &[(&str, f64)],
    ) -> Self {
        let missing = f64::from(of.missing);
        let present = 1.0 - missing;
        let share = |share: f64| if present > 0.0 { (share / present).min(1.0) } else { 0.0 };
        let mut shares: Vec<f64> = levels.iter().map(|&(_, of_rows)| share(of_rows)).collect();
        if of.other > 0.0 {
            shares.push(share(of.other.into()));
        }
        let levels = levels.iter().map(|&(level, _)| level.to_owned()).collect();
        Self { name, rows, missing, values: Values::Category { levels }, shares }
    }
}

/// Joins the bins of a distribution of numbers to tenths, as far as equal values allow.
fn deciles(of: &NumberDistribution) -> (Vec<f32>, Vec<f64>) {
    let (mut cuts, mut shares) = (Vec::new(), Vec::new());
    let (mut share, mut reached, mut next) = (0.0, 0.0, 0.1);
    for (&cut, &of_bin) in of.cuts.iter().zip(&of.shares) {
        share += f64::from(of_bin);
        reached += f64::from(of_bin);
        if reached >= next - NEAR && next < 0.95 {
            cuts.push(cut);
            shares.push(share);
            share = 0.0;
            next = ((reached + NEAR) * 10.0).floor() / 10.0 + 0.1;
        }
    }
    shares.push((1.0 - shares.iter().sum::<f64>()).max(0.0));
    (cuts, shares)
}
