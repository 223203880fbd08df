//! The encoder: every column's encoding, fitted on the training rows and stored in the model.

use super::{
    categories,
    encodings::{Description, Encoding},
    numbers,
    weighted_rows::WeightedRows,
};
use crate::{
    Error, ErrorKind, Result,
    column::{Column, Kind, Value},
    sample::{Sample, SampleRow},
    word::Word,
};

/// The encodings of a model's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    pub(crate) encodings: Vec<Encoding>,
}

impl Encoder {
    /// Fits every column. `weight` is that of all copies of a row, 0 where the row is not used.
    pub(crate) fn fit(sample: &Sample, weight: impl Fn(SampleRow) -> f64) -> Result<Self> {
        let columns = sample.features();
        let rows = WeightedRows::new(sample, weight);
        let of_kind = |category: bool| -> Vec<usize> {
            let is_kind = |&c: &usize| (columns[c].kind == Kind::Category) == category;
            (0..columns.len()).filter(is_kind).collect()
        };
        let mut encodings: Vec<Option<Encoding>> = vec![None; columns.len()];
        for (column, encoding) in numbers::fit(&rows, columns, of_kind(false)) {
            encodings[column] = Some(encoding);
        }
        for (column, encoding) in categories::fit(&rows, columns, of_kind(true))? {
            encodings[column] = Some(encoding);
        }
        Ok(Self { encodings: encodings.into_iter().flatten().collect() })
    }

    /// The number of the network's inputs.
    pub fn inputs(&self) -> usize {
        self.encodings.iter().map(Encoding::inputs).sum()
    }

    /// The number of inputs of each column; a row's inputs are in the order of the columns.
    pub(crate) fn input_counts(&self) -> impl Iterator<Item = usize> + '_ {
        self.encodings.iter().map(Encoding::inputs)
    }

    /// The columns that are constant, and so have no input.
    pub fn constant_columns(&self) -> impl Iterator<Item = usize> + '_ {
        let constant = |(_, encoding): &(usize, &Encoding)| encoding.inputs() == 0;
        self.encodings.iter().enumerate().filter(constant).map(|(column, _)| column)
    }

    /// Writes one customer's values, exactly one for each column, as words.
    pub(crate) fn words<'a>(
        &self,
        columns: &[Column],
        mut values: impl Iterator<Item = Value<'a>>,
        words: &mut Vec<Word>,
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

    /// The encoding of each column, for a person to read.
    pub fn describe(&self) -> impl Iterator<Item = Description> + '_ {
        self.encodings.iter().map(Encoding::describe)
    }

    /// Checks bytes from a table: they describe an encoder of these columns.
    pub(crate) fn is_sound(&self, columns: &[Column]) -> bool {
        let fits = |(encoding, column): (&Encoding, &Column)| encoding.is_sound(column.kind);
        self.encodings.len() == columns.len() && self.encodings.iter().zip(columns).all(fits)
    }
}
