//! Rows whose features are numbers of fixed width, read where they lie: PostgreSQL's own way to the
//! columns of a row costs more than a network does.

use pgrx::pg_sys;

use super::{
    array::Plain,
    row::Row,
    scalar::{Number, Reader},
};

/// Where the features stand in rows of one type.
pub struct FixedColumns {
    columns: Vec<FixedColumn>,
    /// Where the features start in a row without NULLs, if they are neighbours of one type, in order.
    run: Option<(usize, Number)>,
    features: usize,
    /// The features of the row read last.
    numbers: Vec<[u8; size_of::<f64>()]>,
}

/// A column of the row, up to the last feature.
struct FixedColumn {
    length: usize,
    alignment: usize,
    /// Where it starts in a row without NULLs.
    start: usize,
    /// Which feature it is.
    feature: Option<(usize, Number)>,
}

impl FixedColumns {
    /// None where a feature is not a number of fixed width, or stands behind a column without one.
    pub fn new<'r>(
        columns: impl Iterator<Item = pg_sys::FormData_pg_attribute>,
        features: impl ExactSizeIterator<Item = (usize, &'r Reader)>,
    ) -> Option<Self> {
        let count = features.len();
        let mut wanted = Vec::new();
        for (feature, (place, reader)) in features.enumerate() {
            wanted.resize(wanted.len().max(place + 1), None);
            wanted[place] = Some((feature, reader.number()?));
        }
        let mut end = 0_usize;
        let columns: Vec<FixedColumn> = columns
            .zip(wanted)
            .map(|(column, feature)| {
                let length = usize::try_from(column.attlen).ok()?;
                let alignment = alignment(column.attalign)?;
                let start = end.next_multiple_of(alignment);
                end = start + length;
                Some(FixedColumn { length, alignment, start, feature })
            })
            .collect::<Option<_>>()?;
        Some(Self {
            run: run(&columns, count),
            columns,
            features: count,
            numbers: vec![[0; _]; count],
        })
    }

    /// The features of a row of that type. None where its columns must be asked for one by one: it is
    /// older than the last of them.
    pub fn numbers<'a>(&'a mut self, row: &'a Row) -> Option<Plain<'a>> {
        if row.width() < self.columns.len() {
            return None;
        }
        let data = row.data()?;
        match row.nulls() {
            Some(nulls) => self.read_around_nulls(data, nulls)?,
            None => match self.run {
                Some((start, Number::Float4)) => {
                    let run = data.get(start..)?.as_chunks().0.get(..self.features)?;
                    return Some(Plain::Singles(run));
                }
                Some((start, _)) => {
                    let run = data.get(start..)?.as_chunks().0.get(..self.features)?;
                    return Some(Plain::Doubles(run));
                }
                None => self.read(data)?,
            },
        }
        Some(Plain::Doubles(&self.numbers))
    }

    fn read(&mut self, data: &[u8]) -> Option<()> {
        for column in &self.columns {
            if let Some((feature, number)) = column.feature {
                self.numbers[feature] = number.read(data.get(column.start..)?)?.to_ne_bytes();
            }
        }
        Some(())
    }

    /// `nulls`: a bit a column, set where it is not NULL. Such a column takes no room.
    fn read_around_nulls(&mut self, data: &[u8], nulls: &[u8]) -> Option<()> {
        let mut end = 0_usize;
        for (place, column) in self.columns.iter().enumerate() {
            let is_null = nulls.get(place / 8)? & (1 << (place % 8)) == 0;
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

/// Where the features start, if they can be taken as they stand.
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

/// PostgreSQL's letter for an alignment, in bytes.
fn alignment(letter: std::ffi::c_char) -> Option<usize> {
    match letter as u8 {
        pg_sys::TYPALIGN_CHAR => Some(1),
        pg_sys::TYPALIGN_SHORT => Some(2),
        pg_sys::TYPALIGN_INT => Some(4),
        pg_sys::TYPALIGN_DOUBLE => Some(8),
        _ => None,
    }
}
