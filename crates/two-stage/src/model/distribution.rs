//! The distribution of a feature's values over the training rows, for a comparison with later customers.

/// The weighted distribution of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    /// The distribution of a number, a boolean or a date.
    Number(NumberDistribution),
    /// The distribution of a category.
    Category(CategoryDistribution),
}

/// The distribution of numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NumberDistribution {
    /// Quantiles of the values at steps of 5 %, ascending, equal ones once. Of a large table they come
    /// from an even part of the rows.
    pub cuts: Vec<f32>,
    /// The share of the values up to the first cut, between each cut and the next (which is included),
    /// and above the last one. They add up to 1, or there are no values.
    pub shares: Vec<f32>,
    /// The least and the largest value; `None` where all are missing.
    pub range: Option<(f32, f32)>,
    /// The most frequent value, and its share of the values.
    pub commonest: Option<(f32, f32)>,
    /// The share of rows without a value.
    pub missing: f32,
    /// The mean of the values; 0 where all are missing.
    pub mean: f32,
    /// Their standard deviation.
    pub deviation: f32,
}

/// The distribution of categories. The encoding knows the shares of its levels.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryDistribution {
    /// The share of rows with a category that has no input of its own.
    pub other: f32,
    /// The share of rows without a value.
    pub missing: f32,
    /// The number of distinct categories.
    pub distinct: u64,
}

impl Distribution {
    /// Checks bytes from a table.
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Self::Number(numbers) => numbers.is_sound(),
            Self::Category(CategoryDistribution { other, missing, .. }) => {
                is_share(*other) && is_share(*missing)
            }
        }
    }
}

impl NumberDistribution {
    /// Checks bytes from a table.
    pub(super) fn is_sound(&self) -> bool {
        let Self { cuts, shares, range, commonest, missing, mean, deviation } = self;
        let numbers = cuts.iter().chain([mean, deviation]);
        let ends = range.iter().flat_map(|(least, largest)| [least, largest]);
        let is_ascending = cuts.windows(2).all(|pair| pair[0] < pair[1]);
        shares.len() == cuts.len() + 1
            && is_ascending
            && numbers.chain(ends).all(|number| number.is_finite())
            && shares.iter().chain([missing]).all(|&share| is_share(share))
            && commonest.is_none_or(|(value, share)| value.is_finite() && is_share(share))
            && *deviation >= 0.0
    }
}

fn is_share(share: f32) -> bool {
    // The sum of rounded shares may pass 1.
    (0.0..=1.001).contains(&share)
}
