//! The canonical order of the rows, and the even sample past the memory limit.
//!
//! A row's key is a hash of its content. Where the row has a customer, the upper half is that of a
//! hash of the customer instead, so that a customer's rows stand together and stay or go together.

use std::cmp::Ordering;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{
    Dictionary, Sample,
    customer::{Customer, Place},
};
use crate::{
    column::Kind,
    poll::{POLL_ITEMS, Poll},
    word::{RowIndex, Word},
};

/// Memory for sorting a row beside its words: a key and an index.
const BYTES_TO_SORT: usize = size_of::<(u64, u32)>();

/// The lower half of a key.
const LOWER_HALF: u64 = u32::MAX as u64;

/// The smallest buffer, in rows.
const MIN_ROWS: usize = 64;

impl Sample {
    /// Rows that the memory limit allows in the buffer, beside the samples that two workers send. It
    /// is the same number without workers, so that all plans train on the same rows. A sixteenth
    /// of the limit is left for the process itself.
    fn capacity(&self) -> usize {
        let row = self.stride() * size_of::<Word>();
        let sent = 2 * (row - row / 4);
        let limit = self.memory_limit - self.memory_limit / 16;
        (limit / (row + BYTES_TO_SORT + sent)).max(MIN_ROWS)
    }

    /// Distinct rows that a sample keeps. The number follows from the columns and the limit alone,
    /// and leaves a quarter of the buffer free, so that sorting costs a row a constant share.
    pub(super) fn sample_size(&self) -> usize {
        let capacity = self.capacity();
        capacity - capacity / 4
    }

    /// Makes room for one row: it enlarges the buffer, or merges and samples where it may not grow.
    pub(super) fn make_room(&mut self) {
        let (stride, most) = (self.stride(), self.capacity() * self.stride());
        if self.words.len() + stride <= self.words.capacity() {
            return;
        }
        if self.words.len() >= most {
            self.order();
        } else {
            // Twice as large, as Vec would grow, but never past the limit.
            let more = self.words.len().max(MIN_ROWS * stride).min(most - self.words.len());
            self.words.reserve_exact(more);
        }
    }

    /// Puts the rows into an order that depends on the seed and their content alone, equal ones
    /// merged, whatever the order in which they came.
    pub fn canonicalise(&mut self) {
        if self.ordered || self.columns.is_none() {
            return;
        }
        self.sort_dictionaries();
        self.order();
        // The training's own lists take the memory that the sample left free.
        self.words.shrink_to_fit();
        self.ordered = true;
    }

    /// Sorts the texts of each category column, and gives every row the new codes.
    fn sort_dictionaries(&mut self) {
        let stride = self.stride();
        for (column, dictionary) in self.dictionaries.iter_mut().enumerate() {
            let codes = dictionary.sort(self.poll);
            if codes.is_empty() {
                continue;
            }
            for row in self.poll.each(self.words.chunks_exact_mut(stride)) {
                if let Some(&code) = codes.get(row[column].code()) {
                    row[column] = code;
                }
            }
        }
    }

    /// Sorts by key, merges equal rows, and keeps the smallest keys.
    pub(super) fn order(&mut self) {
        let stride = self.stride();
        let keys = self.sorted_keys();
        let mut order: Vec<u32> = Vec::with_capacity(keys.len());
        let mut merged: Vec<u32> = Vec::new();
        let mut cut =
            Cut { most: self.sample_size(), from: self.dropped_from, last: None, at: None };
        for (key, index) in self.poll.each(keys.into_iter()) {
            match order.last() {
                Some(&last) if self.content(last) == self.content(index) => {
                    let count = self.row(RowIndex::new(index as usize)).count();
                    let total = &mut self.words[(last as usize + 1) * stride - 1];
                    *total = Word::of_code(total.bits().saturating_add(count));
                    merged.push(index);
                }
                _ => {
                    cut.pass(order.len(), self.place(key, index));
                    order.push(index);
                }
            }
        }
        let distinct = order.len();
        order.append(&mut merged);
        permute(&mut self.words, stride, &mut order, self.poll);
        self.words.truncate(cut.at.map_or(distinct, |(rows, _)| rows) * stride);
        self.drop_from(cut.at.map(|(_, place)| place));
    }

    /// Lets no row at or after a place stay.
    pub(super) fn drop_from(&mut self, place: Option<Place>) {
        self.dropped_from = self.dropped_from.into_iter().chain(place).min();
    }

    fn place(&self, key: u64, index: u32) -> Place {
        let customer = self.customer(index);
        let lower = if customer.is_none() { key as u32 } else { 0 };
        ((key >> u32::BITS) as u32, customer, lower)
    }

    /// Every row's key and index, sorted. Keys are hashes, so their first bits deal them evenly into
    /// buckets, and each bucket is sorted in little time.
    fn sorted_keys(&self) -> Vec<(u64, u32)> {
        let hashes = self.category_hashes();
        let mut bytes = Vec::with_capacity(self.stride() * size_of::<Word>());
        let rows = self.rows().len();
        let bits = (rows / POLL_ITEMS).max(1).ilog2() + 1;
        let bucket = |key: u64| (key >> (u64::BITS - bits)) as usize;
        let mut ends = vec![0_usize; 1 << bits];
        for index in self.poll.each(0..rows) {
            ends[bucket(self.key(index as u32, &hashes, &mut bytes))] += 1;
        }
        let mut end = 0;
        for next in &mut ends {
            end += *next;
            *next = end;
        }
        let mut keys = vec![(0, 0); rows];
        let mut starts = ends.clone();
        for index in self.poll.each((0..rows).rev()) {
            let key = self.key(index as u32, &hashes, &mut bytes);
            let place = &mut starts[bucket(key)];
            *place -= 1;
            keys[*place] = (key, index as u32);
        }
        for (start, end) in starts.into_iter().zip(ends) {
            self.poll.sort(&mut keys[start..end], &|a, b| self.compare(*a, *b));
        }
        keys
    }

    /// Compares two keys by their upper halves, customers, lower halves, and content.
    fn compare(&self, a: (u64, u32), b: (u64, u32)) -> Ordering {
        let upper = (a.0 >> u32::BITS).cmp(&(b.0 >> u32::BITS));
        upper
            .then_with(|| self.customer(a.1).cmp(&self.customer(b.1)))
            .then_with(|| (a.0 as u32).cmp(&(b.0 as u32)))
            .then_with(|| self.content(a.1).cmp(self.content(b.1)))
    }

    /// A hash of each text of each category column, so that a key does not depend on codes.
    fn category_hashes(&self) -> Vec<Option<Vec<Word>>> {
        let hashes = |texts: &Dictionary| {
            self.poll
                .each(texts.texts())
                .map(|text| Word::of_code(xxh3_64(text.as_bytes()) as u32))
                .collect()
        };
        let columns = self.features().iter().zip(&self.dictionaries);
        columns
            .map(|(column, texts)| (column.kind == Kind::Category).then(|| hashes(texts)))
            .collect()
    }

    fn key(&self, index: u32, hashes: &[Option<Vec<Word>>], bytes: &mut Vec<u8>) -> u64 {
        bytes.clear();
        let content = self.content(index);
        for (&word, hashes) in content.iter().zip(hashes) {
            let word = match hashes {
                Some(hashes) => hashes.get(word.code()).copied().unwrap_or(Word::MISSING_CATEGORY),
                None => word,
            };
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        for word in &content[hashes.len()..] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        let of_content = xxh3_64_with_seed(bytes, self.seed);
        match self.customer(index) {
            None => of_content,
            Some(customer) => customer.key(self.seed) & !LOWER_HALF | of_content & LOWER_HALF,
        }
    }

    fn customer(&self, index: u32) -> Option<Customer> {
        self.row(RowIndex::new(index as usize)).customer()
    }

    /// A row's words without its count.
    fn content(&self, index: u32) -> &[Word] {
        let words = self.row_words(RowIndex::new(index as usize));
        &words[..words.len() - 1]
    }
}

/// The search for the first place that must go, over distinct rows in their order.
struct Cut {
    /// The most rows that may stay.
    most: usize,
    /// A place that had to go before.
    from: Option<Place>,
    /// The last place, and the number of rows before it.
    last: Option<(usize, Place)>,
    /// The place that must go, and the number of rows before it.
    at: Option<(usize, Place)>,
}

impl Cut {
    /// Passes a row with so many rows before it.
    fn pass(&mut self, before: usize, place: Place) {
        let last = self.last.filter(|(_, last)| *last == place).unwrap_or((before, place));
        self.last = Some(last);
        if self.at.is_none() && (before >= self.most || self.from.is_some_and(|from| place >= from))
        {
            self.at = Some(last);
        }
    }
}

/// Moves row `order[i]` to place i, for all i, within the buffer; `order` is used up.
fn permute(words: &mut [Word], stride: usize, order: &mut [u32], poll: Poll) {
    let mut first = vec![Word::of_code(0); stride];
    let mut moves = 0_usize;
    for start in 0..order.len() {
        if order[start] as usize == start {
            continue;
        }
        first.copy_from_slice(&words[start * stride..(start + 1) * stride]);
        let mut place = start;
        loop {
            moves += 1;
            if moves.is_multiple_of(POLL_ITEMS) {
                poll.now();
            }
            let source = std::mem::replace(&mut order[place], place as u32) as usize;
            if source == start {
                words[place * stride..(place + 1) * stride].copy_from_slice(&first);
                break;
            }
            words.copy_within(source * stride..(source + 1) * stride, place * stride);
            place = source;
        }
    }
}
