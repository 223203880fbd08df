//! The encoding of one column: its inputs, and how a value becomes a word.

use crate::{
    Error, ErrorKind, Result,
    column::{Column, Kind, Value},
    word::{Word, number_word},
};

/// Standardised inputs are clipped to ± this.
pub(super) const CLIP: f32 = 5.0;

/// One network input: its mean and the inverse of its standard deviation over the training rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Input {
    pub mean: f32,
    pub inverse_deviation: f32,
}

impl Input {
    /// The input of a value that varies, with these moments of numbers that f32 holds.
    pub fn of_varying(mean: f64, deviation: f64) -> Self {
        // The inverse of the smallest deviations would be infinite.
        let inverse = (1.0 / deviation).min(f32::MAX.into());
        Self { mean: mean as f32, inverse_deviation: inverse as f32 }
    }

    /// The input of an indicator that is raised in this part of the total weight; `None` where it
    /// is always or never raised.
    pub fn of_indicator(raised: f64, total: f64) -> Option<Self> {
        let share = if total > 0.0 { raised / total } else { 0.0 };
        let deviation = (share * (1.0 - share)).max(0.0).sqrt();
        let constant = deviation <= 1e-9 + 1e-7 * share;
        (!constant).then(|| Self::of_varying(share, deviation))
    }

    /// The standardised indicator.
    pub fn indicate(self, raised: bool) -> f32 {
        let value = f32::from(u8::from(raised));
        ((value - self.mean) * self.inverse_deviation).clamp(-CLIP, CLIP)
    }

    fn is_finite(self) -> bool {
        self.mean.is_finite() && self.inverse_deviation.is_finite()
    }
}

/// The origin and the unit that a number is measured by before its logarithm is taken, where its own
/// would leave the logarithm a straight line, or only tell the sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    pub origin: f32,
    /// A power of two, so that it costs no precision.
    pub inverse_unit: f32,
}

impl Measure {
    pub fn apply(self, number: f32) -> f32 {
        ((number - self.origin) * self.inverse_unit).clamp(f32::MIN, f32::MAX)
    }

    fn is_sound(self) -> bool {
        self.origin.is_finite() && self.inverse_unit.is_finite() && self.inverse_unit > 0.0
    }
}

/// A frequent category, and its indicator.
pub(crate) type Level = (String, Option<Input>);

/// The inputs of one column. An absent input was constant in training.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Encoding {
    /// A number, a boolean or a date. The mean of `value` is that of the rows that have a value, so
    /// a missing one becomes 0.
    Number {
        logarithmic: bool,
        value: Option<Input>,
        missing: Option<Input>,
        measure: Option<Measure>,
    },
    /// A category: an indicator for each frequent level (sorted bytewise), one for all others, and
    /// one for NULL.
    Category { levels: Vec<Level>, other: Option<Input>, missing: Option<Input> },
}

/// The encoding of a column, for a person to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// The number of inputs; 0 where the column was constant.
    pub inputs: usize,
    /// "standardised", "logarithm, standardised", "categories" or "constant".
    pub transformation: &'static str,
    /// The mean of the transformed value over the training rows.
    pub mean: Option<f64>,
    /// Its standard deviation.
    pub deviation: Option<f64>,
    /// The categories with an input of their own.
    pub levels: Vec<String>,
    /// The share of training rows that has each of these categories.
    pub level_shares: Vec<f64>,
    /// Set where training saw missing values.
    pub has_missing: bool,
}

/// A category as the encoder sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// The index of its level.
    Level(usize),
    /// A rare category, or one that training never saw.
    Other,
}

/// Finds a text among the levels.
pub(super) fn level(levels: &[Level], text: &str) -> Cell {
    match levels.binary_search_by(|(name, _)| name.as_str().cmp(text)) {
        Ok(place) => Cell::Level(place),
        Err(_) => Cell::Other,
    }
}

impl Encoding {
    /// The levels of a category, and the share of rows with each. A level without an input has all rows
    /// if nothing varies, else none.
    pub fn shares(&self) -> Vec<(&str, f64)> {
        let Self::Category { levels, .. } = self else { return Vec::new() };
        let constant = if self.inputs() == 0 { 1.0 } else { 0.0 };
        let share = |input: &Option<Input>| input.map_or(constant, |input| input.mean.into());
        levels.iter().map(|(name, input)| (name.as_str(), share(input))).collect()
    }

    /// The number of inputs.
    pub fn inputs(&self) -> usize {
        match self {
            Self::Number { value, missing, .. } => {
                usize::from(value.is_some()) + usize::from(missing.is_some())
            }
            Self::Category { levels, other, missing } => {
                levels.iter().filter(|(_, input)| input.is_some()).count()
                    + usize::from(other.is_some())
                    + usize::from(missing.is_some())
            }
        }
    }

    pub fn describe(&self) -> Description {
        let inputs = self.inputs();
        let (transformation, value, levels) = match self {
            _ if inputs == 0 => ("constant", None, Vec::new()),
            Self::Number { logarithmic: true, value, .. } => {
                ("logarithm, standardised", *value, Vec::new())
            }
            Self::Number { value, .. } => ("standardised", *value, Vec::new()),
            Self::Category { levels, .. } => {
                ("categories", None, levels.iter().map(|(name, _)| name.clone()).collect())
            }
        };
        let level_shares = match inputs {
            0 => Vec::new(),
            _ => self.shares().into_iter().map(|(_, share)| share).collect(),
        };
        let has_missing = match self {
            Self::Number { missing, .. } | Self::Category { missing, .. } => missing.is_some(),
        };
        Description {
            inputs,
            transformation,
            mean: value.map(|input| input.mean.into()),
            deviation: value.map(|input| 1.0 / f64::from(input.inverse_deviation)),
            levels,
            level_shares,
            has_missing,
        }
    }

    /// The word of a value: the bits of a number, or the index of a category among the levels, the
    /// one behind them for every other category.
    pub fn word(&self, value: Value, column: &Column) -> Result<Word> {
        match (self, value) {
            (Self::Number { .. }, Value::Missing) => Ok(Word::MISSING_NUMBER),
            (Self::Category { .. }, Value::Missing) => Ok(Word::MISSING_CATEGORY),
            (Self::Number { .. }, Value::Number(number)) => number_word(number, column),
            (Self::Category { levels, .. }, Value::Category(text)) => {
                Ok(Word::of_code(match level(levels, text) {
                    Cell::Level(place) => place,
                    Cell::Other => levels.len(),
                } as u32))
            }
            _ => Err(Error::new(
                ErrorKind::KindMismatch,
                format!("feature \"{}\" must be a {}", column.name, column.kind.name()),
            )
            .with_hint("Give the feature the kind that it had in training.")),
        }
    }

    /// Checks bytes from a table: they describe an encoding of this kind of column.
    pub fn is_sound(&self, kind: Kind) -> bool {
        let finite = |input: &Option<Input>| input.is_none_or(Input::is_finite);
        match self {
            Self::Number { value, missing, measure, .. } => {
                let measured = measure.is_none_or(Measure::is_sound);
                kind != Kind::Category && finite(value) && finite(missing) && measured
            }
            Self::Category { levels, other, missing } => {
                kind == Kind::Category
                    && levels.is_sorted_by(|(a, _), (b, _)| a < b)
                    && levels.iter().all(|(_, input)| finite(input))
                    && finite(other)
                    && finite(missing)
            }
        }
    }
}
