//! The label frequency c: the probability that a truly campaign-driven customer carries the
//! campaign label.

use std::fmt;

use crate::column::Value;

/// The label frequency, one number or several.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelFrequency {
    /// One for all customers.
    Pooled(f64),
    /// One for each value of the feature that `attribution_by` names, and one for all others.
    Grouped {
        /// The index of the feature.
        column: usize,
        /// Its values, each with its label frequency.
        groups: Vec<(GroupValue, f64)>,
        /// The label frequency of a value that training did not see.
        pooled: f64,
    },
    /// Learned for each customer by the correction network's second output.
    Learned {
        /// The mean over the campaign-driven training rows, each counted by its t.
        mean: f64,
    },
}

impl LabelFrequency {
    /// The mean over the campaign-driven training rows, or the one estimate.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Pooled(c) | Self::Grouped { pooled: c, .. } | Self::Learned { mean: c } => *c,
        }
    }

    /// The label frequency of a customer with these values; the pooled one for a group that
    /// training did not see.
    pub(crate) fn of(&self, values: &[Value]) -> f64 {
        let Self::Grouped { column, groups, .. } = self else {
            return self.mean();
        };
        let value = values.get(*column).map(|value| match value {
            Value::Number(number) if number.is_finite() => GroupValue::Number(*number as f32 + 0.0),
            Value::Category(text) => GroupValue::Category((*text).to_owned()),
            _ => GroupValue::Missing,
        });
        groups
            .iter()
            .find(|(group, _)| Some(group) == value.as_ref())
            .map_or(self.mean(), |(_, c)| *c)
    }

    /// The values of the groups that are texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let groups = match self {
            Self::Grouped { groups, .. } => groups.as_slice(),
            _ => &[],
        };
        groups.iter().filter_map(|(value, _)| match value {
            GroupValue::Category(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Checks bytes from a table.
    pub(super) fn is_sound(&self) -> bool {
        let chance = |c: &f64| (0.0..=1.0).contains(c);
        match self {
            Self::Pooled(c) | Self::Learned { mean: c } => chance(c),
            Self::Grouped { groups, pooled, .. } => {
                chance(pooled) && groups.iter().all(|(_, c)| chance(c))
            }
        }
    }
}

/// A value of the feature that `attribution_by` names.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupValue {
    /// NULL.
    Missing,
    /// A number, a boolean or a date.
    Number(f32),
    /// A category.
    Category(String),
}

impl GroupValue {
    /// The value as text; `None` where it is missing.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Number(number) => Some(number.to_string()),
            Self::Category(text) => Some(text.clone()),
        }
    }
}

impl fmt::Display for GroupValue {
    /// Writes it as warnings name it.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.text() {
            Some(text) => write!(f, "\"{text}\""),
            None => f.write_str("NULL"),
        }
    }
}
