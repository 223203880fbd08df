//! The customers of a plan: a bounded, mergeable buffer whose content depends on the rows alone, not on the
//! order in which they came or on the workers that read them.
//!
//! Past the memory limit equal rows are merged into one with a count, and the rows with the smallest keys
//! stay; a key is a hash of the row's content. This is an even sample of the distinct rows.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use two_stage::{Error, ErrorKind, Result, poll::Poll};

use super::{options::Options, rows::Rows};

/// Memory for sorting a row: a key and an index.
const BYTES_TO_SORT: usize = size_of::<(u64, u32)>();

/// The smallest buffer, in rows.
const MIN_ROWS: usize = 64;

/// The customers of a plan that were gathered so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Customers {
    options: Options,
    memory_limit: usize,
    rows: Rows,
    read: u64,
    /// The first key that had to go; no row at or after it stays.
    dropped_from: Option<u64>,
    #[serde(skip)]
    poll: Poll,
    /// The numbers of the row that is added.
    #[serde(skip)]
    numbers: Vec<f64>,
}

impl Customers {
    /// No customers yet. `memory_limit` is in bytes.
    pub fn new(options: Options, memory_limit: usize, poll: Poll) -> Self {
        Self {
            options,
            memory_limit,
            rows: Rows::default(),
            read: 0,
            dropped_from: None,
            poll,
            numbers: Vec::new(),
        }
    }

    /// Returns the options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Polls by another function from now on, because a state that came as bytes has none.
    pub fn set_poll(&mut self, poll: Poll) {
        self.poll = poll;
    }

    /// Adds a customer. A campaign with a NULL benefit or cost is not eligible.
    pub fn push(
        &mut self,
        benefits: &[Option<f64>],
        costs: &[Option<f64>],
        group: Option<&str>,
    ) -> Result<()> {
        self.check_lengths(benefits.len(), costs.len())?;
        self.numbers.clear();
        for pair in benefits.iter().zip(costs) {
            self.numbers.push(benefit(pair)?);
        }
        for pair in benefits.iter().zip(costs) {
            self.numbers.push(cost(pair)?);
        }
        self.make_room();
        let group = group.and_then(|group| self.options.group(group));
        self.rows.push(&self.numbers, group, 1);
        self.read += 1;
        Ok(())
    }

    fn check_lengths(&mut self, benefits: usize, costs: usize) -> Result<()> {
        check_pair(benefits, costs)?;
        let known = self.rows.campaigns();
        if known == 0 {
            self.options.check_count(benefits)?;
            self.rows = Rows::new(benefits);
        } else if known != benefits {
            return Err(wrong_length(format!(
                "benefits have {benefits} elements, but those of other rows have {known}"
            ))
            .with_hint(
                "Pass one benefit and one cost for each campaign, NULL if it is not eligible.",
            ));
        }
        Ok(())
    }

    /// Adds customers that were gathered elsewhere.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.options.require_same(&other.options)?;
        if other.rows.campaigns() == 0 {
            return Ok(());
        }
        self.check_lengths(other.rows.campaigns(), other.rows.campaigns())?;
        self.read += other.read;
        self.dropped_from = self.dropped_from.into_iter().chain(other.dropped_from).min();
        self.rows.append(&other.rows);
        drop(other.rows);
        if self.rows.len() > self.most() {
            self.order();
        }
        Ok(())
    }

    /// Puts the rows into an order that depends on their content alone, equal ones merged.
    pub fn canonicalise(&mut self, poll: Poll) {
        self.poll = poll;
        self.order();
    }

    /// Returns the rows.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Returns the number of customers that were added.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Tells if the rows are a sample of all that were added.
    pub fn is_sampled(&self) -> bool {
        self.dropped_from.is_some()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.rows.bytes()
    }

    /// Tells if a state that came as bytes can be used.
    pub fn is_sound(&self) -> bool {
        self.rows.is_sound(self.options.floors.len())
    }

    /// Rows that the memory limit allows in the buffer, beside the copy and the values that a plan sorts.
    /// A sixteenth of the limit is left for the process itself.
    fn most(&self) -> usize {
        let campaigns = self.rows.campaigns();
        let sorted = BYTES_TO_SORT * (campaigns + 1);
        let limit = self.memory_limit - self.memory_limit / 16;
        (limit / (2 * Rows::row_bytes(campaigns) + sorted)).max(MIN_ROWS)
    }

    /// Distinct rows that a sample keeps.
    fn sample_size(&self) -> usize {
        self.most() - self.most() / 4
    }

    /// Makes room for a row.
    fn make_room(&mut self) {
        if self.rows.len() < self.rows.capacity() {
            return;
        }
        let most = self.most();
        if self.rows.len() >= most {
            self.order();
        } else {
            // Twice as large, as Vec would grow, but never past the limit.
            self.rows.reserve(self.rows.len().max(MIN_ROWS).min(most - self.rows.len()));
        }
    }

    /// Sorts by key, merges equal rows, and keeps the smallest keys.
    fn order(&mut self) {
        let keys = self.sorted_keys();
        let mut kept = Rows::new(self.rows.campaigns());
        kept.reserve(keys.len());
        let mut last: Option<(u64, u32)> = None;
        for key in self.poll.each(keys.into_iter()) {
            let (hash, row) = (key.0, key.1 as usize);
            if last.is_some_and(|last| self.compare(last, key) == Ordering::Equal) {
                kept.add_to_last(self.rows.count(row));
                continue;
            }
            let is_new_key = last.is_none_or(|last| last.0 != hash);
            if self.dropped_from.is_some_and(|from| hash >= from) {
                break;
            }
            if is_new_key && kept.len() >= self.sample_size() {
                self.dropped_from = Some(hash);
                break;
            }
            kept.push(self.rows.numbers(row), self.rows.group(row), self.rows.count(row));
            last = Some(key);
        }
        self.rows = kept;
    }

    fn sorted_keys(&self) -> Vec<(u64, u32)> {
        let mut bytes = Vec::new();
        let rows = self.poll.each(0..self.rows.len());
        let mut keys: Vec<_> = rows.map(|row| (self.key(row, &mut bytes), row as u32)).collect();
        self.poll.sort(&mut keys, &|&a, &b| self.compare(a, b));
        keys
    }

    fn key(&self, row: usize, bytes: &mut Vec<u8>) -> u64 {
        bytes.clear();
        bytes.extend(self.rows.numbers(row).iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend(self.rows.group(row).unwrap_or(usize::MAX).to_le_bytes());
        xxh3_64(bytes)
    }

    fn compare(&self, a: (u64, u32), b: (u64, u32)) -> Ordering {
        let content = |row: u32| {
            let numbers = self.rows.numbers(row as usize).iter();
            (self.rows.group(row as usize), numbers.map(|number| number.to_bits()))
        };
        a.0.cmp(&b.0).then_with(|| {
            let (a, b) = (content(a.1), content(b.1));
            a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1))
        })
    }
}

/// Refuses arrays of different lengths, and empty ones.
pub fn check_pair(benefits: usize, costs: usize) -> Result<()> {
    if benefits != costs {
        return Err(wrong_length(format!("benefits have {benefits} elements and costs {costs}"))
            .with_hint(
                "Pass one benefit and one cost for each campaign, NULL if it is not eligible.",
            ));
    }
    if benefits == 0 {
        return Err(wrong_length("benefits have no elements".to_owned())
            .with_hint("Pass one benefit and one cost for each campaign."));
    }
    Ok(())
}

/// Reads the benefit of a campaign; NaN if it is not eligible.
pub fn benefit(pair: (&Option<f64>, &Option<f64>)) -> Result<f64> {
    match pair {
        (Some(benefit), _) if !benefit.is_finite() => Err(not_finite("benefit", *benefit)),
        // Adding 0 makes -0 equal to 0.
        (Some(benefit), Some(_)) => Ok(benefit + 0.0),
        _ => Ok(f64::NAN),
    }
}

/// Reads the cost of a campaign; 0 if it is not eligible.
pub fn cost(pair: (&Option<f64>, &Option<f64>)) -> Result<f64> {
    match pair {
        (_, Some(cost)) if !cost.is_finite() => Err(not_finite("cost", *cost)),
        (_, Some(cost)) if *cost < 0.0 => {
            Err(Error::new(ErrorKind::InvalidParameter, format!("cost cannot be {cost}"))
                .with_hint("Give a cost of 0 or more, or NULL if the campaign is not eligible."))
        }
        (Some(_), Some(cost)) => Ok(cost + 0.0),
        _ => Ok(0.0),
    }
}

fn not_finite(what: &str, value: f64) -> Error {
    Error::new(ErrorKind::InvalidParameter, format!("{what} cannot be {value}"))
        .with_hint(format!("Give a finite {what}, or NULL if the campaign is not eligible."))
}

fn wrong_length(message: String) -> Error {
    Error::new(ErrorKind::WrongLength, message)
}
