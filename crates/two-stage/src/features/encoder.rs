//! From a customer's values to the network's inputs: transformed, standardised, clipped.

use serde::{Deserialize, Serialize};

use super::{Column, Kind, Value};
use crate::{
    Error, ErrorKind, Result,
    sample::{self, MISSING_CODE},
};

/// Standardised inputs are clipped to ±this.
pub(super) const CLIP: f32 = 5.0;

/// One network input: its mean and the inverse of its standard deviation over the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Input {
    pub mean: f32,
    pub inverse_deviation: f32,
}

impl Input {
    fn standardise(self, value: f32) -> f32 {
        ((value - self.mean) * self.inverse_deviation).clamp(-CLIP, CLIP)
    }

    pub(super) fn indicate(self, raised: bool) -> f32 {
        self.standardise(f32::from(u8::from(raised)))
    }

    fn is_finite(self) -> bool {
        self.mean.is_finite() && self.inverse_deviation.is_finite()
    }
}

/// A frequent category, and its indicator.
pub(super) type Level = (String, Option<Input>);

/// The inputs of one column; an absent input was constant in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Encoding {
    /// Numbers, booleans and dates. `value`'s mean is over the rows that have one, so a missing
    /// value is 0.
    Number { logarithmic: bool, value: Option<Input>, missing: Option<Input> },
    /// One indicator a frequent level (sorted bytewise), one for all others, one for NULL.
    Category { levels: Vec<Level>, other: Option<Input>, missing: Option<Input> },
}

/// How a column becomes inputs, for a person to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// How many inputs it has; 0 where it was constant.
    pub inputs: usize,
    /// "standardised", "logarithm, standardised", "categories" or "constant".
    pub transformation: &'static str,
    /// Of the transformed value, over the training rows.
    pub mean: Option<f64>,
    pub deviation: Option<f64>,
    /// The categories with an input of their own.
    pub levels: Vec<String>,
    /// Whether training saw missing values.
    pub has_missing: bool,
}

/// What a category is to the encoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// The place among the levels.
    Level(usize),
    /// A rare category, or one never seen.
    Other,
}

/// How the columns of a model become inputs; fitted on the training rows, stored in the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    pub(super) encodings: Vec<Encoding>,
}

impl Encoder {
    /// How many inputs the network has.
    pub fn inputs(&self) -> usize {
        self.encodings.iter().map(Encoding::inputs).sum()
    }

    /// How many inputs each column has; a row's inputs are in the order of the columns.
    pub(crate) fn input_counts(&self) -> impl Iterator<Item = usize> + '_ {
        self.encodings.iter().map(Encoding::inputs)
    }

    /// The columns that are constant, and so have no input.
    pub fn constant_columns(&self) -> impl Iterator<Item = usize> + '_ {
        let constant = |(_, encoding): &(usize, &Encoding)| encoding.inputs() == 0;
        self.encodings.iter().enumerate().filter(constant).map(|(column, _)| column)
    }

    /// Puts one customer's values, exactly one per column, into words: the bits of a number (NaN =
    /// missing), or the place of a category among the levels, the place behind them for all others.
    pub(crate) fn words<'a>(
        &self,
        columns: &[Column],
        mut values: impl Iterator<Item = Value<'a>>,
        words: &mut Vec<u32>,
    ) -> Result<()> {
        words.clear();
        for (encoding, column) in self.encodings.iter().zip(columns) {
            let value = values.next().ok_or_else(|| {
                Error::new(ErrorKind::Internal, format!("no value for feature \"{}\"", column.name))
            })?;
            words.push(encoding.word(value, column)?);
        }
        Ok(())
    }

    /// How each column becomes inputs.
    pub fn describe(&self) -> impl Iterator<Item = Description> + '_ {
        self.encodings.iter().map(Encoding::describe)
    }

    /// Whether bytes from a table describe an encoder of these columns.
    pub(crate) fn is_sound(&self, columns: &[Column]) -> bool {
        let fits = |(encoding, column): (&Encoding, &Column)| encoding.is_sound(column.kind);
        self.encodings.len() == columns.len() && self.encodings.iter().zip(columns).all(fits)
    }
}

pub(super) fn level(levels: &[Level], text: &str) -> Cell {
    match levels.binary_search_by(|(name, _)| name.as_str().cmp(text)) {
        Ok(place) => Cell::Level(place),
        Err(_) => Cell::Other,
    }
}

impl Encoding {
    pub(super) fn inputs(&self) -> usize {
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

    fn describe(&self) -> Description {
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
        let has_missing = match self {
            Self::Number { missing, .. } | Self::Category { missing, .. } => missing.is_some(),
        };
        Description {
            inputs,
            transformation,
            mean: value.map(|input| input.mean.into()),
            deviation: value.map(|input| 1.0 / f64::from(input.inverse_deviation)),
            levels,
            has_missing,
        }
    }

    fn word(&self, value: Value, column: &Column) -> Result<u32> {
        match (self, value) {
            (Self::Number { .. }, Value::Missing) => Ok(f32::NAN.to_bits()),
            (Self::Category { .. }, Value::Missing) => Ok(MISSING_CODE),
            (Self::Number { .. }, Value::Number(number)) => {
                Ok(sample::to_f32(number, &column.name)?.to_bits())
            }
            (Self::Category { levels, .. }, Value::Category(text)) => {
                Ok(match level(levels, text) {
                    Cell::Level(place) => place,
                    Cell::Other => levels.len(),
                } as u32)
            }
            _ => Err(Error::new(
                ErrorKind::KindMismatch,
                format!("feature \"{}\" must be a {}", column.name, column.kind.name()),
            )
            .with_hint("Give the feature the kind that it had in training.")),
        }
    }

    fn is_sound(&self, kind: Kind) -> bool {
        let finite = |input: &Option<Input>| input.is_none_or(Input::is_finite);
        match self {
            Self::Number { value, missing, .. } => {
                kind != Kind::Category && finite(value) && finite(missing)
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
