//! The training rows: a bounded, mergeable buffer whose final content depends on the rows alone,
//! not on the order in which they came or on the workers that read them.
//!
//! A row is a fixed number of 32-bit words: its features, then its target. Past the memory limit
//! equal rows are merged into one with a count, and the rows with the smallest keys stay; a key is a
//! hash of the seed and the row's content. This is an even sample of the distinct rows, with their
//! full counts, and it merges in any order. A sample that keeps customers (option `customer`) has
//! a customer's hash in each row, and samples whole customers.

mod counts;
mod customer;
mod dictionary;
mod order;
mod partial;
mod row;
mod spans;
mod target;
mod types;
mod view;

pub use counts::Counts;
pub use customer::Customer;
pub use partial::Partial;
pub(crate) use partial::PartialWords;
pub use row::SampleRow;
pub use target::Target;

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Result,
    column::{Column, Kind, Value, check_count, require_same},
    poll::Poll,
    word::{Word, number_word},
};
use customer::{CUSTOMER_WORDS, Place};
use dictionary::Dictionary;
use spans::Spans;
use target::TARGET_WORDS;

/// Bounds of the memory for the texts of all category columns together: a quarter of the memory
/// limit, within these.
const MAX_DICTIONARY_BYTES: usize = 64 << 20;
const MIN_DICTIONARY_BYTES: usize = 64 << 10;

/// Training rows within a memory limit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    seed: u64,
    memory_limit: usize,
    positional: bool,
    columns: Option<Vec<Column>>,
    /// One for each column; only those of categories hold texts.
    dictionaries: Vec<Dictionary>,
    /// Not serialised: a [`Partial`] carries them beside the rest.
    #[serde(skip)]
    words: Vec<Word>,
    counts: Counts,
    /// Bytes that the dictionaries may still take.
    dictionary_room: usize,
    /// Rows that entered the buffer.
    kept_before_sampling: u64,
    /// The first place in the order that had to go; no row at or after it stays.
    dropped_from: Option<Place>,
    /// Set while the rows stand in canonical order, equal ones merged.
    ordered: bool,
    #[serde(skip)]
    poll: Poll,
    spans: Spans,
    /// Columns that were left out, because their names are those of roles.
    left_out: Vec<String>,
    keeps_customers: bool,
    types: Vec<String>,
}

impl Sample {
    /// An empty sample. `seed` decides which rows stay past `memory_limit`, in bytes.
    pub fn new(seed: u64, memory_limit: usize, poll: Poll) -> Self {
        Self {
            seed,
            memory_limit,
            positional: false,
            columns: None,
            dictionaries: Vec::new(),
            words: Vec::new(),
            counts: Counts::default(),
            dictionary_room: (memory_limit / 4).clamp(MIN_DICTIONARY_BYTES, MAX_DICTIONARY_BYTES),
            kept_before_sampling: 0,
            dropped_from: None,
            ordered: false,
            poll,
            spans: Spans::default(),
            left_out: Vec::new(),
            keeps_customers: false,
            types: Vec::new(),
        }
    }

    /// Keeps the customer of each row from now on, if that is wanted. No row has been added yet.
    #[must_use]
    pub fn with_customers(mut self, wanted: bool) -> Self {
        self.keeps_customers = wanted;
        self
    }

    /// Interrupts of long work on the sample; if a poll unwinds, the sample is lost.
    pub(crate) fn poll(&self) -> Poll {
        self.poll
    }

    /// Counts of the rows that were read.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The features, once a row has named them.
    pub fn columns(&self) -> Option<&[Column]> {
        self.columns.as_deref()
    }

    /// The features; none as long as no row has named them.
    pub(crate) fn features(&self) -> &[Column] {
        self.columns.as_deref().unwrap_or_default()
    }

    /// Tells if the features come as arrays and are matched by position.
    pub fn positional(&self) -> bool {
        self.positional
    }

    /// Names the features, or compares them with those named before. `positional`: they come as
    /// arrays and are matched by position.
    pub fn set_columns(&mut self, columns: Vec<Column>, positional: bool) -> Result<()> {
        check_count(columns.len())?;
        match &self.columns {
            None => {
                self.dictionaries = columns.iter().map(|_| Dictionary::default()).collect();
                self.spans = Spans::new(columns.len());
                self.columns = Some(columns);
                self.positional = positional;
                Ok(())
            }
            Some(known) => require_same(known, &columns),
        }
    }

    /// Remembers columns that are not features, because their names are those of roles.
    pub fn leave_out(&mut self, names: &[String]) {
        self.left_out.extend_from_slice(names);
        self.left_out.sort_unstable();
        self.left_out.dedup();
    }

    /// Counts a row whose features are NULL as a whole.
    pub fn skip_null(&mut self) {
        self.counts.read += 1;
        self.counts.null_features += 1;
    }

    /// Adds a row: exactly one value for each column, in the order of the columns.
    pub fn push<'a>(
        &mut self,
        values: impl Iterator<Item = Value<'a>>,
        target: Target,
    ) -> Result<()> {
        self.push_row(target, |sample| sample.push_values(values))
    }

    /// Adds a row of numbers alone, one for each column; NaN is missing.
    pub fn push_numbers(
        &mut self,
        numbers: impl Iterator<Item = f64> + Clone,
        target: Target,
    ) -> Result<()> {
        self.push_row(target, |sample| {
            let start = sample.words.len();
            sample.words.extend(numbers.clone().map(|number| {
                if number.is_nan() { Word::MISSING_NUMBER } else { Word::of_f64(number) }
            }));
            // A fold without a branch is compiled to vector instructions.
            if numbers.clone().fold(false, |any, number| any | number.is_infinite()) {
                sample.words.truncate(start);
                sample.push_values(numbers.map(Value::number))?;
            } else {
                sample.spans.add_numbers(numbers);
            }
            match sample.columns.as_ref().map(Vec::len) {
                Some(length) if length == sample.words.len() - start => Ok(()),
                _ => Err(Error::new(ErrorKind::Internal, "not one number for each column")),
            }
        })
    }

    fn push_row(
        &mut self,
        target: Target,
        push_features: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let target_words = target.words()?;
        self.counts.read += 1;
        self.counts.unknown_exposure += u64::from(target.exposed.is_none());
        self.counts.unexposed += u64::from(target.exposed == Some(false));
        let Some((before_customer, customer)) = target_words else {
            match target.segment {
                None => self.counts.unlabelled += 1,
                Some(_) if target.weight == Some(0.0) => self.counts.zero_weight += 1,
                Some(_) => self.counts.no_overlap += 1,
            }
            return Ok(());
        };
        self.make_room();
        let start = self.words.len();
        if let Err(error) = push_features(self) {
            self.words.truncate(start);
            return Err(error);
        }
        self.words.extend_from_slice(&before_customer);
        if self.keeps_customers {
            self.words.extend_from_slice(&customer);
        }
        self.words.push(Word::of_code(1));
        self.kept_before_sampling += 1;
        self.ordered = false;
        Ok(())
    }

    fn push_values<'a>(&mut self, mut values: impl Iterator<Item = Value<'a>>) -> Result<()> {
        let Some(columns) = &self.columns else {
            return Err(Error::new(
                ErrorKind::Internal,
                "a row came before its columns were named",
            ));
        };
        for (feature, (column, dictionary)) in
            columns.iter().zip(&mut self.dictionaries).enumerate()
        {
            let value = values.next();
            let word = match (value, column.kind) {
                (Some(Value::Missing), Kind::Category) => Word::MISSING_CATEGORY,
                (Some(Value::Missing), _) => Word::MISSING_NUMBER,
                (Some(Value::Category(text)), Kind::Category) => {
                    dictionary.code(text, &column.name, &mut self.dictionary_room)?
                }
                (Some(Value::Number(number)), kind) if kind != Kind::Category => {
                    number_word(number, column)?
                }
                _ => {
                    return Err(Error::new(
                        ErrorKind::Internal,
                        format!("no value of its kind for feature \"{}\"", column.name),
                    ));
                }
            };
            self.words.push(word);
            self.spans.add(feature, value.unwrap_or(Value::Missing));
        }
        Ok(())
    }

    /// The span of each feature's numbers, and its infinite dates.
    pub(crate) fn spans(&self) -> &Spans {
        &self.spans
    }

    /// Words of one row.
    pub(crate) fn stride(&self) -> usize {
        let customer = if self.keeps_customers { CUSTOMER_WORDS } else { 0 };
        self.features().len() + TARGET_WORDS + customer
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let dictionaries: usize = self.dictionaries.iter().map(Dictionary::heap_bytes).sum();
        self.words.capacity() * size_of::<Word>() + dictionaries
    }

    /// Once the memory limit was passed: rows that are used, and rows that could have been.
    pub fn sampled(&self) -> Option<(u64, u64)> {
        self.dropped_from.map(|_| (self.len(), self.kept_before_sampling))
    }

    /// Rows that could teach: those that entered the buffer, and those without overlap.
    pub(crate) fn usable(&self) -> u64 {
        self.kept_before_sampling + self.counts.no_overlap
    }

    /// The number of rows, each counted as often as it came.
    pub fn len(&self) -> u64 {
        self.rows().map(|row| u64::from(row.count())).sum()
    }

    /// Tells if no row is in the buffer.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

#[cfg(test)]
mod tests;
