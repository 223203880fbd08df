//! Partial samples: rows that were gathered apart, by a parallel worker or on another machine, on
//! their way into the sample that trains.

use super::{Dictionary, Sample};
use crate::{Error, ErrorKind, Result, word::Word};

/// A sample that was gathered apart, to be merged.
pub struct Partial<'a> {
    /// Everything but the rows.
    pub(crate) sample: Sample,
    pub(crate) words: PartialWords<'a>,
}

/// The words of a partial sample's rows.
pub(crate) enum PartialWords<'a> {
    /// Little-endian bytes, as another process sent them. They are read in place, so that the rows
    /// are not held twice.
    Sent(&'a [u8]),
    /// Words that this process gathered.
    Own(Vec<Word>),
}

impl From<Sample> for Partial<'_> {
    /// The sample that this process gathered.
    fn from(mut sample: Sample) -> Self {
        let words = PartialWords::Own(std::mem::take(&mut sample.words));
        Self { sample, words }
    }
}

impl Sample {
    /// Merges equal rows and drops those that no sample keeps, before the rest is sent.
    pub fn trim(&mut self) {
        if self.rows().len() > self.sample_size() {
            self.order();
        }
    }

    /// Turns a partial sample into one that rows can be added to.
    pub fn received(partial: Partial, poll: crate::poll::Poll) -> Self {
        let Partial { mut sample, words } = partial;
        sample.poll = poll;
        match words {
            PartialWords::Own(words) => sample.words = words,
            PartialWords::Sent(_) => sample.append(words, &[]),
        }
        sample
    }

    /// Adds a partial sample's rows. Both must have the same columns, as far as they have any.
    pub fn merge(&mut self, partial: Partial) -> Result<()> {
        let Partial { sample: other, words } = partial;
        if other.keeps_customers != self.keeps_customers {
            return Err(Error::new(ErrorKind::Internal, "rows with and without customers"));
        }
        self.counts.add(other.counts);
        self.leave_out(&other.left_out);
        let Some(columns) = other.columns else {
            return Ok(());
        };
        self.set_columns(columns, other.positional)?;
        self.see_types(other.types);
        self.spans.merge(&other.spans);
        self.drop_from(other.dropped_from);
        let codes = self.take_dictionaries(&other.dictionaries)?;
        self.append(words, &codes);
        self.kept_before_sampling += other.kept_before_sampling;
        self.ordered = false;
        Ok(())
    }

    /// Our code for each of the other's codes, by column.
    fn take_dictionaries(&mut self, others: &[Dictionary]) -> Result<Vec<Vec<Word>>> {
        let columns = self.columns.as_deref().unwrap_or_default();
        let room = &mut self.dictionary_room;
        let pairs = self.dictionaries.iter_mut().zip(others).zip(columns);
        pairs
            .map(|((ours, other), column)| {
                other.texts().map(|text| ours.code(text, &column.name, room)).collect()
            })
            .collect()
    }

    /// Adds rows. `codes` has our code for each of their codes, by column; without it codes stay.
    fn append(&mut self, words: PartialWords, codes: &[Vec<Word>]) {
        let stride = self.stride();
        match words {
            PartialWords::Sent(bytes) => {
                let rows = bytes.as_chunks().0.chunks_exact(stride);
                let word = |&bytes: &[u8; 4]| Word::from_le_bytes(bytes);
                self.append_rows(rows.map(|row| row.iter().map(word)), codes);
            }
            PartialWords::Own(words) => {
                self.append_rows(words.chunks_exact(stride).map(|row| row.iter().copied()), codes);
            }
        }
    }

    fn append_rows(
        &mut self,
        rows: impl Iterator<Item = impl Iterator<Item = Word>>,
        codes: &[Vec<Word>],
    ) {
        for row in self.poll.each(rows) {
            self.make_room();
            let start = self.words.len();
            self.words.extend(row);
            for (word, codes) in self.words[start..].iter_mut().zip(codes) {
                if let Some(&code) = codes.get(word.code()) {
                    *word = code;
                }
            }
        }
    }
}
