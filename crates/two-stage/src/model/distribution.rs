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
#[derive(Debug, Clone, PartialEq)]
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
