//! The customers of a plan: a bounded state that merges.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use two_stage::{Result, poll::Poll};

use super::{
    arguments::{benefit, check_pair, cost, wrong_length},
    buffer::Buffer,
    options::Options,
    rows::Rows,
};

/// The customers of a plan that were gathered so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Customers {
    options: Options,
    /// The customers that a campaign is eligible for.
    buffer: Buffer,
    read: u64,
    /// The customers that no campaign is eligible for, in all and of each group with a floor.
    ineligible: u64,
    ineligible_of: Vec<u64>,
    /// The numbers of the row that is added.
    #[serde(skip)]
    numbers: Vec<f64>,
}

/// The customers that a plan is made with: all, or an even sample.
pub struct Planned<'c> {
    pub rows: Cow<'c, Rows>,
    /// The share of all customers.
    pub share: f64,
    /// The customers that no campaign is eligible for, in all and of each group with a floor.
    pub ineligible: u64,
    pub ineligible_of: Vec<f64>,
}

impl Customers {
    /// No customers yet. `memory_limit` is in bytes.
    pub fn new(options: Options, memory_limit: usize, poll: Poll) -> Self {
        Self {
            ineligible_of: vec![0; options.floors.len()],
            options,
            buffer: Buffer::new(memory_limit, poll),
            read: 0,
            ineligible: 0,
            numbers: Vec::new(),
        }
    }

    /// Returns the options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Polls by another function from now on, because a state that came as bytes has none.
    pub fn set_poll(&mut self, poll: Poll) {
        self.buffer.set_poll(poll);
    }

    /// Adds a customer. A campaign with a NULL benefit or cost is not eligible.
    pub fn push(
        &mut self,
        benefits: &[Option<f64>],
        costs: &[Option<f64>],
        group: Option<&str>,
    ) -> Result<()> {
        check_pair(benefits.len(), costs.len())?;
        self.check_campaigns(benefits.len())?;
        self.numbers.clear();
        for pair in benefits.iter().zip(costs) {
            self.numbers.push(benefit(pair)?);
        }
        for pair in benefits.iter().zip(costs) {
            self.numbers.push(cost(pair)?);
        }
        let group = group.and_then(|group| self.options.group(group));
        self.read += 1;
        if self.numbers[..benefits.len()].iter().all(|benefit| benefit.is_nan()) {
            self.ineligible += 1;
            if let Some(group) = group {
                self.ineligible_of[group] += 1;
            }
        } else {
            self.buffer.push(&self.numbers, group);
        }
        Ok(())
    }

    fn check_campaigns(&mut self, campaigns: usize) -> Result<()> {
        let known = self.buffer.campaigns();
        if known == 0 {
            self.options.check_count(campaigns)?;
            self.buffer.set_campaigns(campaigns);
        } else if known != campaigns {
            return Err(wrong_length(format!(
                "benefits have {campaigns} elements, but those of other rows have {known}"
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
        if other.buffer.campaigns() == 0 {
            return Ok(());
        }
        self.check_campaigns(other.buffer.campaigns())?;
        self.read = self.read.saturating_add(other.read);
        self.ineligible = self.ineligible.saturating_add(other.ineligible);
        for (count, other) in self.ineligible_of.iter_mut().zip(&other.ineligible_of) {
            *count = count.saturating_add(*other);
        }
        self.buffer.merge(other.buffer);
        Ok(())
    }

    /// Puts the rows into an order that depends on their content alone, equal ones merged.
    pub fn canonicalise(&mut self, poll: Poll) {
        self.buffer.set_poll(poll);
        self.buffer.order();
    }

    /// Returns the customers to plan with.
    pub fn planned(&self) -> Planned<'_> {
        let sample = self.buffer.sample(self.read - self.ineligible);
        let share = sample.as_ref().map_or(1.0, |sample| sample.share);
        let part = |count: u64| (count as f64 * share).round();
        Planned {
            rows: sample
                .map_or(Cow::Borrowed(self.buffer.rows()), |sample| Cow::Owned(sample.rows)),
            share,
            ineligible: part(self.ineligible) as u64,
            ineligible_of: self.ineligible_of.iter().map(|&count| part(count)).collect(),
        }
    }

    /// Returns the number of customers that were added.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.buffer.bytes() + self.ineligible_of.capacity() * size_of::<u64>()
    }

    /// Tells if a state that came as bytes can be used.
    pub fn is_sound(&self) -> bool {
        let campaigns = self.buffer.campaigns();
        let (floors, rows) = (self.options.floors.len(), self.buffer.rows());
        self.options.is_sound()
            && (campaigns == 0 || self.options.check_count(campaigns).is_ok())
            && self.buffer.is_sound(floors)
            && self.ineligible_of.len() == floors
            && self.ineligible_of.iter().all(|&count| count <= self.ineligible)
            && rows.copies().checked_add(self.ineligible).is_some_and(|rows| rows <= self.read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customers() -> Customers {
        let options = r#"{"budget": 5, "caps": {"1": 3}, "floors": {"a": 0.1, "b": 0.2}}"#;
        let options = Options::from_json(options).unwrap();
        let mut customers = Customers::new(options, 1, Poll::NEVER);
        for place in 0..200 {
            let costs = [Some(1.0), (place % 3 > 0).then_some(0.5)];
            customers.push(&[Some(f64::from(place)), Some(2.0)], &costs, Some("a")).unwrap();
            customers.push(&[None; 2], &costs, Some("b")).unwrap();
        }
        customers.canonicalise(Poll::NEVER);
        customers
    }

    #[test]
    fn states_that_no_rows_make_are_unsound() {
        assert!(customers().is_sound());
        assert!(Customers::new(Options::default(), 1, Poll::NEVER).is_sound());
        let changes: [fn(&mut Customers); 9] = [
            |customers| customers.read = 201,
            |customers| customers.ineligible = u64::MAX,
            |customers| customers.ineligible_of[0] = 201,
            |customers| customers.ineligible_of.clear(),
            |customers| customers.options.budget = Some(f64::NAN),
            |customers| customers.options.caps[0].0 = "3".to_owned(),
            |customers| customers.options.floors.swap(0, 1),
            |customers| customers.options.floors[0].1 = 2.0,
            |customers| customers.options.campaigns = Some(vec!["1".to_owned(); 3]),
        ];
        for (place, change) in changes.iter().enumerate() {
            let mut changed = customers();
            change(&mut changed);
            assert!(!changed.is_sound(), "change {place}");
        }
        let rows: [(&[f64], usize); 5] = [
            (&[f64::INFINITY, 1.0, 1.0, 1.0], 2),
            (&[1.0, 1.0, -1.0, 1.0], 2),
            (&[1.0, 1.0, 1.0, f64::NAN], 2),
            (&[1.0, 1.0], 2),
            (&[], 0),
        ];
        for (numbers, campaigns) in rows {
            let mut rows = Rows::new(campaigns);
            rows.push(numbers, None, 1);
            assert!(!rows.is_sound(2), "{numbers:?}");
        }
    }
}
