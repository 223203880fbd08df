//! From a customer's values to the network's inputs: transformed, standardised, clipped.

use kernels::signed_log;
use serde::{Deserialize, Serialize};

use super::{Column, Kind, Value};
use crate::{Error, ErrorKind, Result, sample};

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

/// The inputs of one column; an absent input was constant in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Encoding {
    /// Numbers, booleans and dates. `value`'s mean is over the rows that have one, so a missing
    /// value is 0.
    Number { logarithmic: bool, value: Option<Input>, missing: Option<Input> },
    /// One indicator a frequent level (sorted bytewise), one for all others, one for NULL.
    Category { levels: Vec<(String, Option<Input>)>, other: Option<Input>, missing: Option<Input> },
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

/// A value after its category was looked up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Missing,
    Number(f32),
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

    /// The columns that are constant, and so have no input.
    pub fn constant_columns(&self) -> impl Iterator<Item = usize> + '_ {
        let constant = |(_, encoding): &(usize, &Encoding)| encoding.inputs() == 0;
        self.encodings.iter().enumerate().filter(constant).map(|(column, _)| column)
    }

    /// Encodes one customer, exactly one value per column, into `inputs`.
    pub fn encode<'a>(
        &self,
        columns: &[Column],
        mut values: impl Iterator<Item = Value<'a>>,
        inputs: &mut [f32],
    ) -> Result<()> {
        let mut rest = inputs;
        for (encoding, column) in self.encodings.iter().zip(columns) {
            let value = values.next().ok_or_else(|| {
                Error::new(ErrorKind::Internal, format!("no value for feature \"{}\"", column.name))
            })?;
            let cell = encoding.cell(value, column)?;
            rest = encoding.write(cell, rest);
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

fn number_cell(number: f32) -> Cell {
    if number.is_nan() { Cell::Missing } else { Cell::Number(number) }
}

pub(super) fn level(levels: &[(String, Option<Input>)], text: &str) -> Cell {
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

    fn cell(&self, value: Value, column: &Column) -> Result<Cell> {
        match (self, value) {
            (_, Value::Missing) => Ok(Cell::Missing),
            (Self::Number { .. }, Value::Number(number)) => {
                Ok(number_cell(sample::to_f32(number, &column.name)?))
            }
            (Self::Category { levels, .. }, Value::Category(text)) => Ok(level(levels, text)),
            _ => Err(Error::new(
                ErrorKind::KindMismatch,
                format!("feature \"{}\" must be a {}", column.name, column.kind.name()),
            )
            .with_hint("Give the feature the kind that it had in training.")),
        }
    }

    /// Writes this column's inputs; returns the room behind them.
    fn write<'o>(&self, cell: Cell, out: &'o mut [f32]) -> &'o mut [f32] {
        let mut written = 0;
        let mut put = |value: f32| {
            out[written] = value;
            written += 1;
        };
        match self {
            Self::Number { logarithmic, value, missing } => {
                if let Some(input) = value {
                    put(match cell {
                        Cell::Number(v) if *logarithmic => input.standardise(signed_log(v)),
                        Cell::Number(v) => input.standardise(v),
                        _ => 0.0,
                    });
                }
                if let Some(input) = missing {
                    put(input.indicate(cell == Cell::Missing));
                }
            }
            Self::Category { levels, other, missing } => {
                // Where training saw no NULL, a NULL is no level and no other: the average customer.
                let average = cell == Cell::Missing && missing.is_none();
                let mut raise = |input: Input, raised: bool| {
                    put(if average { 0.0 } else { input.indicate(raised) });
                };
                for (place, (_, input)) in levels.iter().enumerate() {
                    if let Some(input) = input {
                        raise(*input, cell == Cell::Level(place));
                    }
                }
                if let Some(input) = other {
                    raise(*input, cell == Cell::Other);
                }
                if let Some(input) = missing {
                    raise(*input, cell == Cell::Missing);
                }
            }
        }
        &mut out[written..]
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
