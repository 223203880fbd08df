//! The training rows: a bounded, mergeable buffer whose content in the end depends on the rows
//! alone, not on the order in which they came or the workers that read them.
//!
//! A row is a fixed number of 32-bit words: its features (f32 bits, or a category's code), then
//! what it says beside them. Past the memory limit equal rows are merged into one with a count,
//! and the rows with the smallest keys stay, a key being a hash of seed and content: an even
//! sample of the distinct rows, with their full counts, that merges in any order.

mod dictionary;
mod order;
mod row;

pub(crate) use row::{MISSING_CODE, nearest_f32, refuse_infinity, to_f32};
pub use row::{Row, Target};

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Result,
    features::{Column, Kind, Value, check_count},
    options::Options,
};
use dictionary::Dictionary;
use row::{FIELDS_BESIDE, number_word};

/// What was read, beside the rows themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub read: u64,
    pub null_features: u64,
    pub unlabelled: u64,
    pub zero_weight: u64,
    pub unknown_exposure: u64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.read += other.read;
        self.null_features += other.null_features;
        self.unlabelled += other.unlabelled;
        self.zero_weight += other.zero_weight;
        self.unknown_exposure += other.unknown_exposure;
    }
}

/// What the texts of all category columns may take together; less where the memory limit is low.
const MOST_DICTIONARY_BYTES: usize = 64 << 20;
const LEAST_DICTIONARY_BYTES: usize = 64 << 10;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    options: Options,
    memory_limit: usize,
    positional: bool,
    columns: Option<Vec<Column>>,
    /// One for each column; empty but for categories.
    dictionaries: Vec<Dictionary>,
    /// Sent beside the rest: [`Partial`].
    #[serde(skip)]
    words: Vec<u32>,
    counts: Counts,
    /// What the dictionaries may still take, in bytes.
    dictionary_room: usize,
    /// Rows that entered the buffer, and whether some of them had to go.
    kept_before_sampling: u64,
    sampled: bool,
    /// Whether the rows stand in their canonical order, equal ones merged.
    ordered: bool,
    /// Called every few milliseconds while rows are merged and sampled.
    #[serde(skip, default = "no_poll")]
    poll: fn(),
}

fn no_poll() -> fn() {
    || ()
}

/// What was gathered elsewhere, to be merged.
pub struct Partial<'a> {
    /// All but the rows.
    pub(crate) sample: Sample,
    pub(crate) words: Words<'a>,
}

/// The words of rows.
pub(crate) enum Words<'a> {
    /// Little-endian, as another process sent them: the rows are read from the bytes they came in, so
    /// that they are not held twice.
    Sent(&'a [u8]),
    Own(Vec<u32>),
}

impl From<Sample> for Partial<'_> {
    /// What this process gathered itself.
    fn from(mut sample: Sample) -> Self {
        let words = Words::Own(std::mem::take(&mut sample.words));
        Self { sample, words }
    }
}

impl Sample {
    /// `memory_limit` bounds the rows, in bytes.
    pub fn new(options: Options, memory_limit: usize) -> Self {
        Self {
            options,
            memory_limit,
            positional: false,
            columns: None,
            dictionaries: Vec::new(),
            words: Vec::new(),
            counts: Counts::default(),
            dictionary_room: (memory_limit / 4)
                .clamp(LEAST_DICTIONARY_BYTES, MOST_DICTIONARY_BYTES),
            kept_before_sampling: 0,
            sampled: false,
            ordered: false,
            poll: no_poll(),
        }
    }

    /// `poll` is called every few milliseconds while all rows are gone through. It may unwind;
    /// the sample is lost then.
    pub fn set_poll(&mut self, poll: fn()) {
        self.poll = poll;
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The features, once the first row with features has named them.
    pub fn columns(&self) -> Option<&[Column]> {
        self.columns.as_deref()
    }

    /// Whether the features came as an array and are matched by position.
    pub fn positional(&self) -> bool {
        self.positional
    }

    /// `positional`: the features come as an array and are matched by position.
    pub fn set_columns(&mut self, columns: Vec<Column>, positional: bool) -> Result<()> {
        check_count(columns.len())?;
        match &self.columns {
            None => {
                self.dictionaries = columns.iter().map(|_| Dictionary::default()).collect();
                self.columns = Some(columns);
                self.positional = positional;
                Ok(())
            }
            Some(known) => same_columns(known, &columns),
        }
    }

    /// Counts a row whose features are NULL as a whole.
    pub fn skip_null(&mut self) {
        self.counts.read += 1;
        self.counts.null_features += 1;
    }

    /// Adds a row: exactly one value per column, in the order of `columns()`.
    pub fn push<'a>(
        &mut self,
        values: impl Iterator<Item = Value<'a>>,
        target: Target,
    ) -> Result<()> {
        self.push_row(target, |sample| sample.push_features(values))
    }

    /// The same of numbers alone, where all columns are numbers. NaN is missing.
    pub fn push_numbers(
        &mut self,
        numbers: impl Iterator<Item = f64> + Clone,
        target: Target,
    ) -> Result<()> {
        self.push_row(target, |sample| {
            let start = sample.words.len();
            sample.words.extend(numbers.clone().map(|number| {
                let number = nearest_f32(number);
                if number.is_nan() { f32::NAN.to_bits() } else { number.to_bits() }
            }));
            // Without a branch in it, the loop becomes one over vectors.
            if numbers.clone().fold(false, |any, number| any | number.is_infinite()) {
                refuse_infinity(numbers, sample.columns.iter().flatten())?;
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
        let beside = target.checked()?;
        self.counts.read += 1;
        self.counts.unknown_exposure += u64::from(target.exposed.is_none());
        let Some(beside) = beside else {
            match target.segment {
                None => self.counts.unlabelled += 1,
                Some(_) => self.counts.zero_weight += 1,
            }
            return Ok(());
        };
        self.make_room();
        let start = self.words.len();
        if let Err(error) = push_features(self) {
            self.words.truncate(start);
            return Err(error);
        }
        self.words.extend_from_slice(&beside);
        self.kept_before_sampling += 1;
        self.ordered = false;
        Ok(())
    }

    fn push_features<'a>(&mut self, mut values: impl Iterator<Item = Value<'a>>) -> Result<()> {
        let Some(columns) = &self.columns else {
            return Err(Error::new(
                ErrorKind::Internal,
                "a row came before its columns were named",
            ));
        };
        for (column, dictionary) in columns.iter().zip(&mut self.dictionaries) {
            let word = match (values.next(), column.kind) {
                (Some(Value::Missing), Kind::Category) => MISSING_CODE,
                (Some(Value::Missing), _) => f32::NAN.to_bits(),
                (Some(Value::Category(text)), Kind::Category) => {
                    dictionary.code(text, &column.name, &mut self.dictionary_room)?
                }
                (Some(Value::Number(number)), kind) if kind != Kind::Category => {
                    number_word(number, &column.name)?
                }
                _ => {
                    return Err(Error::new(
                        ErrorKind::Internal,
                        format!("no value of its kind for feature \"{}\"", column.name),
                    ));
                }
            };
            self.words.push(word);
        }
        Ok(())
    }

    /// Merges equal rows and samples them where there are more than a sample keeps: no others have to
    /// be sent to another process.
    pub fn trim(&mut self) {
        if self.rows().len() > self.sample_size() {
            let poll = self.poll;
            self.order(&mut || poll());
        }
    }

    /// The sample that was gathered elsewhere.
    pub fn received(other: Partial, poll: fn()) -> Self {
        let Partial { mut sample, words } = other;
        sample.poll = poll;
        match words {
            Words::Own(words) => sample.words = words,
            Words::Sent(_) => sample.append(words, &[]),
        }
        sample
    }

    /// Adds the other's rows; options and columns must be equal (columns may still be unknown on
    /// either side).
    pub fn merge(&mut self, other: Partial) -> Result<()> {
        let Partial { sample: other, words } = other;
        if self.options != other.options {
            return Err(Error::new(ErrorKind::InvalidParameter, "options differ between rows")
                .with_hint("Give the same options for all rows of one model."));
        }
        self.counts.add(other.counts);
        let Some(columns) = other.columns else {
            return Ok(());
        };
        self.set_columns(columns, other.positional)?;
        let codes = self.take_dictionaries(&other.dictionaries)?;
        self.append(words, &codes);
        self.kept_before_sampling += other.kept_before_sampling;
        self.sampled |= other.sampled;
        self.ordered = false;
        Ok(())
    }

    /// `codes`: our code for each of the codes in the words, by column; the same where there are none.
    fn append(&mut self, words: Words, codes: &[Vec<u32>]) {
        let stride = self.stride();
        match words {
            Words::Sent(bytes) => {
                let rows = bytes.as_chunks().0.chunks_exact(stride);
                let word = |&bytes: &[u8; 4]| u32::from_le_bytes(bytes);
                self.append_rows(rows.map(|row| row.iter().map(word)), codes);
            }
            Words::Own(words) => {
                self.append_rows(words.chunks_exact(stride).map(|row| row.iter().copied()), codes);
            }
        }
    }

    fn append_rows(
        &mut self,
        rows: impl Iterator<Item = impl Iterator<Item = u32>>,
        codes: &[Vec<u32>],
    ) {
        for (index, row) in rows.enumerate() {
            if index.is_multiple_of(order::POLL_ROWS) {
                (self.poll)();
            }
            self.make_room();
            let start = self.words.len();
            self.words.extend(row);
            for (word, codes) in self.words[start..].iter_mut().zip(codes) {
                if let Some(&code) = codes.get(*word as usize) {
                    *word = code;
                }
            }
        }
    }

    /// Our code for each of the other's codes, by column.
    fn take_dictionaries(&mut self, others: &[Dictionary]) -> Result<Vec<Vec<u32>>> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let room = &mut self.dictionary_room;
        self.dictionaries
            .iter_mut()
            .zip(others)
            .zip(columns)
            .map(|((ours, other), column)| {
                other.texts().map(|text| ours.code(text, &column.name, room)).collect()
            })
            .collect()
    }

    /// Words of one row.
    pub(crate) fn stride(&self) -> usize {
        self.columns.as_ref().map_or(0, Vec::len) + FIELDS_BESIDE
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let dictionaries: usize = self.dictionaries.iter().map(Dictionary::heap_bytes).sum();
        self.words.capacity() * size_of::<u32>() + dictionaries
    }

    /// Some((rows used, rows that could have been)) once the memory limit made a sample of them.
    pub fn sampled(&self) -> Option<(u64, u64)> {
        self.sampled.then(|| (self.len(), self.kept_before_sampling))
    }

    /// How many rows the buffer stands for, each counted as often as it came.
    pub fn len(&self) -> u64 {
        self.rows().map(|row| u64::from(row.count())).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Every few milliseconds; it may unwind.
    pub(crate) fn poll(&self) {
        (self.poll)();
    }

    pub(crate) fn words(&self) -> &[u32] {
        &self.words
    }

    /// The distinct rows of the buffer.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.words.chunks_exact(self.stride()).map(Row::new)
    }

    /// Goes through something that every row has, and polls now and then.
    pub(crate) fn polled<T>(&self, list: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        list.enumerate().map(|(place, each)| {
            if place.is_multiple_of(order::POLL_ROWS) {
                (self.poll)();
            }
            each
        })
    }

    /// The row at a place in the buffer.
    pub fn row(&self, index: usize) -> Row<'_> {
        let stride = self.stride();
        Row::new(&self.words[index * stride..(index + 1) * stride])
    }

    /// Starts to bring rows into the CPU's caches: rows in a random order are far apart, and to wait
    /// for each of them takes longer than to copy it.
    pub(crate) fn prefetch(&self, rows: &[u32]) {
        let stride = self.stride();
        for &row in rows {
            kernels::prefetch(&self.words[row as usize * stride..][..stride]);
        }
    }

    /// The texts of a category column, by code.
    pub fn categories(&self, column: usize) -> impl ExactSizeIterator<Item = &str> {
        self.dictionaries[column].texts()
    }
}

fn same_columns(known: &[Column], given: &[Column]) -> Result<()> {
    const HINT: &str = "Give every row the same features.";
    if known.len() != given.len() {
        return Err(Error::new(
            ErrorKind::WrongLength,
            format!("a row has {} features, earlier ones have {}", given.len(), known.len()),
        )
        .with_hint(HINT));
    }
    match known.iter().zip(given).enumerate().find(|(_, (k, g))| k != g) {
        None => Ok(()),
        Some((place, (known, given))) => Err(Error::new(
            ErrorKind::KindMismatch,
            format!(
                "feature {} is \"{}\" ({}) in a row, but \"{}\" ({}) in earlier ones",
                place + 1,
                given.name,
                given.kind.name(),
                known.name,
                known.kind.name()
            ),
        )
        .with_hint(HINT)),
    }
}

#[cfg(test)]
mod tests;
