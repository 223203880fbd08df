//! Rows whose features are numbers of fixed width, read in place: PostgreSQL takes longer to split a
//! row into its columns than a network takes to score it.

use super::{
    raw_numbers::RawNumbers,
    scalar::{Number, Reader},
};
use crate::pg::{PhysicalColumn, Record};

/// The offsets of the features in rows of one type.
pub struct FixedColumns {
    columns: Vec<FixedColumn>,
    /// The offset and the type of the features in a row without NULLs, if they are side by side, of one
    /// type and in order.
    run: Option<(usize, Number)>,
    features: usize,
    /// The features of the row that was read last.
    numbers: Vec<[u8; size_of::<f64>()]>,
}

/// A column of the row, up to the last feature.
struct FixedColumn {
    length: usize,
    alignment: usize,
    /// Its offset in a row without NULLs.
    start: usize,
    /// The feature that it is, and the type of its numbers.
    feature: Option<(usize, Number)>,
}

impl FixedColumns {
    /// Returns `None` if a feature is not a number of fixed width, or follows a column without one.
    /// `features` are the place and the reader of each feature.
    pub fn new<'r>(
        physical: Vec<PhysicalColumn>,
        features: impl ExactSizeIterator<Item = (usize, &'r Reader)>,
    ) -> Option<Self> {
        let count = features.len();
        let mut wanted = Vec::new();
        for (feature, (place, reader)) in features.enumerate() {
            wanted.resize(wanted.len().max(place + 1), None);
            wanted[place] = Some((feature, reader.number()?));
        }
        if wanted.len() > physical.len() {
            return None;
        }
        let mut end = 0_usize;
        let columns: Vec<FixedColumn> = physical
            .into_iter()
            .zip(wanted)
            .map(|(PhysicalColumn { length, alignment }, feature)| {
                let start = end.next_multiple_of(alignment);
                end = start + length;
                FixedColumn { length, alignment, start, feature }
            })
            .collect();
        Some(Self {
            run: run(&columns, count),
            columns,
            features: count,
            numbers: vec![[0; _]; count],
        })
    }

    /// Reads the features of a row of that type. Returns `None` if the row is older than the last of
    /// their columns, which PostgreSQL must then fill in.
    #[inline]
    pub fn numbers<'a>(&'a mut self, row: Record<'a>) -> Option<RawNumbers<'a>> {
        if row.width() < self.columns.len() {
            return None;
        }
        let data = row.data()?;
        match row.not_null() {
            Some(not_null) => self.read_around_nulls(data, not_null)?,
            None => match self.run {
                Some((start, Number::Float4)) => {
                    let run = data.get(start..)?.as_chunks().0.get(..self.features)?;
                    return Some(RawNumbers::Singles(run));
                }
                Some((start, _)) => {
                    let run = data.get(start..)?.as_chunks().0.get(..self.features)?;
                    return Some(RawNumbers::Doubles(run));
                }
                None => self.read(data)?,
            },
        }
        Some(RawNumbers::Doubles(&self.numbers))
    }

    fn read(&mut self, data: &[u8]) -> Option<()> {
        for column in &self.columns {
            if let Some((feature, number)) = column.feature {
                self.numbers[feature] = number.read(data.get(column.start..)?)?.to_ne_bytes();
            }
        }
        Some(())
    }

    /// Reads a row with NULLs, which take no room in it. `not_null` is the null bitmap.
    fn read_around_nulls(&mut self, data: &[u8], not_null: &[u8]) -> Option<()> {
        let mut end = 0_usize;
        for (place, column) in self.columns.iter().enumerate() {
            let is_null = not_null.get(place / 8)? & (1 << (place % 8)) == 0;
            let start = end.next_multiple_of(column.alignment);
            if !is_null {
                end = start + column.length;
            }
            if let Some((feature, number)) = column.feature {
                let value = if is_null { f64::NAN } else { number.read(data.get(start..)?)? };
                self.numbers[feature] = value.to_ne_bytes();
            }
        }
        Some(())
    }
}

/// Returns the offset and the type of the features if they need no conversion.
fn run(columns: &[FixedColumn], features: usize) -> Option<(usize, Number)> {
    let first = columns.len().checked_sub(features)?;
    let (start, kind) =
        columns.get(first).and_then(|column| Some((column.start, column.feature?.1)))?;
    let is_next = |(place, column): (usize, &FixedColumn)| {
        column.feature == Some((place, kind)) && column.start == start + place * column.length
    };
    let is_run = columns[first..].iter().enumerate().all(is_next);
    (is_run && matches!(kind, Number::Float4 | Number::Float8)).then_some((start, kind))
}
