//! Customers with the benefits and costs of their campaigns.

use serde::{Deserialize, Serialize};

/// The group of a customer whose group has no floor.
const NO_GROUP: u32 = u32::MAX;

/// Customers; equal ones are one row with a count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    campaigns: usize,
    /// The benefits of a row, then its costs.
    numbers: Vec<f64>,
    tags: Vec<Tag>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Tag {
    group: u32,
    count: u32,
}

/// A customer, or several equal ones.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    /// The benefits; NaN where a campaign is not eligible.
    pub benefits: &'r [f64],
    pub costs: &'r [f64],
    pub group: Option<usize>,
    pub count: f64,
}

impl Row<'_> {
    fn is_sound(&self) -> bool {
        let is_benefit = |benefit: &f64| benefit.is_finite() || benefit.is_nan();
        let is_cost = |cost: &f64| cost.is_finite() && *cost >= 0.0;
        self.benefits.iter().all(is_benefit) && self.costs.iter().all(is_cost)
    }
}

impl Rows {
    pub fn new(campaigns: usize) -> Self {
        Self { campaigns, ..Self::default() }
    }

    pub fn campaigns(&self) -> usize {
        self.campaigns
    }

    pub fn len(&self) -> usize {
        self.tags.len()
    }

    pub fn push(&mut self, numbers: &[f64], group: Option<usize>, count: u32) {
        self.numbers.extend_from_slice(numbers);
        let group = group.map_or(NO_GROUP, |group| group as u32);
        self.tags.push(Tag { group, count });
    }

    pub fn append(&mut self, other: &Self) {
        self.numbers.extend_from_slice(&other.numbers);
        self.tags.extend_from_slice(&other.tags);
    }

    /// Adds the count of another row to the last one.
    pub fn add_to_last(&mut self, count: u32) {
        if let Some(last) = self.tags.last_mut() {
            last.count = last.count.saturating_add(count);
        }
    }

    /// Makes room for rows without more than that.
    pub fn reserve(&mut self, rows: usize) {
        self.numbers.reserve_exact(rows * self.width());
        self.tags.reserve_exact(rows);
    }

    /// Returns the number of rows that fit without more memory.
    pub fn capacity(&self) -> usize {
        self.tags.capacity().min(self.numbers.capacity() / self.width().max(1))
    }

    /// Returns the numbers of a row: its benefits, then its costs.
    pub fn numbers(&self, row: usize) -> &[f64] {
        &self.numbers[row * self.width()..(row + 1) * self.width()]
    }

    pub fn group(&self, row: usize) -> Option<usize> {
        let group = self.tags[row].group;
        (group != NO_GROUP).then_some(group as usize)
    }

    pub fn count(&self, row: usize) -> u32 {
        self.tags[row].count
    }

    /// Returns the number of rows before equal ones were merged.
    pub fn copies(&self) -> u64 {
        self.tags.iter().map(|tag| u64::from(tag.count)).sum()
    }

    /// Returns all rows.
    pub fn all(&self) -> impl Iterator<Item = Row<'_>> {
        self.first(self.len())
    }

    /// Returns the first rows, or all if there are fewer.
    pub fn first(&self, rows: usize) -> impl Iterator<Item = Row<'_>> {
        let numbers = self.numbers.chunks_exact(self.width().max(1));
        numbers.zip(&self.tags).take(rows).map(|(numbers, tag)| {
            let (benefits, costs) = numbers.split_at(self.campaigns);
            let group = (tag.group != NO_GROUP).then_some(tag.group as usize);
            Row { benefits, costs, group, count: f64::from(tag.count) }
        })
    }

    /// Bytes of one row.
    pub fn row_bytes(campaigns: usize) -> usize {
        2 * campaigns * size_of::<f64>() + size_of::<Tag>()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<f64>() + self.tags.capacity() * size_of::<Tag>()
    }

    /// Tells if each row has its numbers, as a customer has them, and each group is one of the plan's.
    pub fn is_sound(&self, groups: usize) -> bool {
        let known =
            |tag: &Tag| (tag.group == NO_GROUP || (tag.group as usize) < groups) && tag.count > 0;
        let width = self.campaigns.checked_mul(2);
        width.and_then(|width| self.tags.len().checked_mul(width)) == Some(self.numbers.len())
            && (self.campaigns > 0 || self.tags.is_empty())
            && self.tags.iter().all(known)
            && self.all().all(|row| row.is_sound())
    }

    fn width(&self) -> usize {
        2 * self.campaigns
    }
}
