//! The cut-off of a budget: the least benefit per cost at which the customers above it cost at most the
//! budget.

use serde::{Deserialize, Serialize};

use two_stage::{Error, ErrorKind, Result, poll::Poll};

use crate::{
    plan::{Grid, check_benefit, check_cost},
    sum::Sum,
};

/// Rows after which those that no budget reaches are dropped for the first time.
const FIRST_DROP: usize = 1 << 16;

/// The customers that a budget is cut off from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cutoff {
    budget: Option<f64>,
    rows: Vec<Payer>,
    grid: Grid,
    /// The number of rows at which those past the budget are dropped again.
    drop_at: usize,
    #[serde(skip)]
    poll: Poll,
}

/// A customer whose contact has a cost.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Payer {
    /// The largest cut-off at which the customer is contacted.
    most: f64,
    cost: f64,
}

impl Cutoff {
    /// No customers yet.
    pub fn new(budget: Option<f64>, poll: Poll) -> Result<Self> {
        if let Some(budget) = budget.filter(|budget| !(budget.is_finite() && *budget >= 0.0)) {
            return Err(invalid(format!("budget cannot be {budget}"))
                .with_hint("Give a finite budget of 0 or more."));
        }
        Ok(Self { budget, rows: Vec::new(), grid: Grid::default(), drop_at: FIRST_DROP, poll })
    }

    /// Adds a customer. Without a benefit or a cost it does not count.
    pub fn push(
        &mut self,
        benefit: Option<f64>,
        cost: Option<f64>,
        budget: Option<f64>,
    ) -> Result<()> {
        // NaN is not the same as itself.
        if budget.map(f64::to_bits) != self.budget.map(f64::to_bits) {
            self.check_budget(Self::new(budget, self.poll)?.budget)?;
        }
        check_benefit(benefit)?;
        check_cost(cost)?;
        let (Some(benefit), Some(cost), Some(_)) = (benefit, cost, budget) else { return Ok(()) };
        if benefit > 0.0 && cost > 0.0 {
            self.grid.add(cost);
            self.rows.push(Payer { most: threshold(benefit, cost), cost });
            self.drop_unreachable();
        }
        Ok(())
    }

    /// Adds customers that were gathered elsewhere.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.check_budget(other.budget)?;
        self.grid.merge(other.grid);
        self.rows.extend(other.rows);
        self.drop_unreachable();
        Ok(())
    }

    /// Polls by another function from now on, because a state that came as bytes has none.
    pub fn set_poll(&mut self, poll: Poll) {
        self.poll = poll;
    }

    /// Returns the smallest cut-off, 0 or more, at which `benefit > 0 AND benefit >= cutoff * cost`,
    /// computed in float8, costs at most the budget; `None` without a budget.
    pub fn value(&mut self) -> Result<Option<f64>> {
        if self.budget.is_none() {
            return Ok(None);
        }
        let Some(last) = self.first_past_budget() else { return Ok(Some(0.0)) };
        let Payer { most, cost } = self.rows[last];
        let cutoff = most.next_up();
        if cutoff.is_finite() {
            return Ok(Some(cutoff));
        }
        Err(Error::new(
            ErrorKind::ValueOutOfRange,
            format!("no finite cut-off leaves out a customer of cost {cost}"),
        )
        .with_hint("Give costs and benefits in units that are nearer to each other."))
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Payer>()
    }

    /// Tells if a state that came as bytes can be used.
    pub fn is_sound(&self) -> bool {
        let is_sound = |row: &Payer| row.most >= 0.0 && row.cost > 0.0 && row.cost.is_finite();
        // After rows were dropped there are only more.
        let drop_at = FIRST_DROP..=FIRST_DROP.max(2 * self.rows.len());
        Self::new(self.budget, Poll::NEVER).is_ok()
            && self.rows.iter().all(is_sound)
            && drop_at.contains(&self.drop_at)
    }

    fn check_budget(&self, other: Option<f64>) -> Result<()> {
        if self.budget == other {
            return Ok(());
        }
        let written =
            |budget: Option<f64>| budget.map_or("NULL".to_owned(), |budget| budget.to_string());
        let (one, other) = (written(self.budget), written(other));
        Err(invalid(format!("budget differs between rows: {one} and {other}"))
            .with_hint("Pass one budget for all rows of a group."))
    }

    /// Drops the customers below the first that the budget does not reach. Further rows only add to the
    /// cost above them.
    fn drop_unreachable(&mut self) {
        if self.rows.len() < self.drop_at {
            return;
        }
        if let Some(last) = self.first_past_budget() {
            let most = self.rows[last].most;
            self.rows.truncate(self.rows.partition_point(|row| row.most >= most));
        }
        self.drop_at = FIRST_DROP.max(2 * self.rows.len());
    }

    /// Sorts the customers, and returns one of the first ones with equal cut-offs that are too dear.
    fn first_past_budget(&mut self) -> Option<usize> {
        let budget = self.budget?;
        let order =
            |a: &Payer, b: &Payer| b.most.total_cmp(&a.most).then(b.cost.total_cmp(&a.cost));
        self.poll.sort(&mut self.rows, &order);
        let mut cost = Sum::default();
        let mut is_past = |place: usize, row: &Payer| {
            cost.add(row.cost);
            !self.grid.fits(cost.value(), (place + 1) as f64, budget)
        };
        self.poll
            .each(self.rows.iter().enumerate())
            .find(|(place, row)| is_past(*place, row))
            .map(|(place, _)| place)
    }
}

/// Returns the largest number r at which `benefit >= r * cost` in float8.
fn threshold(benefit: f64, cost: f64) -> f64 {
    let is_in = |cutoff: f64| benefit >= cutoff * cost;
    let near = (benefit / cost).min(f64::MAX);
    for candidate in [near, near.next_down(), near.next_up()] {
        if is_in(candidate) && (candidate == f64::MAX || !is_in(candidate.next_up())) {
            return candidate;
        }
    }
    // Products near the smallest numbers are rounded coarsely. Numbers from 0 on are ordered as their bits.
    let (mut low, mut high) = (0, f64::MAX.to_bits());
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if is_in(f64::from_bits(middle)) { low = middle } else { high = middle - 1 }
    }
    f64::from_bits(low)
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cutoff(rows: &[(f64, f64)], budget: f64) -> f64 {
        let mut cutoff = Cutoff::new(Some(budget), Poll::NEVER).unwrap();
        for &(benefit, cost) in rows {
            cutoff.push(Some(benefit), Some(cost), Some(budget)).unwrap();
        }
        cutoff.value().unwrap().unwrap()
    }

    /// The cost by the WHERE clause as documented, in the order of the rows.
    fn cost(rows: &[(f64, f64)], cutoff: f64) -> f64 {
        rows.iter().filter(|(b, c)| *b > 0.0 && *b >= cutoff * c).map(|(_, c)| c).sum()
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            4 => (0..8_i32).prop_map(f64::from),
            2 => 0.0..3.0_f64,
            1 => prop::sample::select(vec![0.1, 0.3, 1e-300, 5e-324, 3e-320, 1e150]),
        ]
    }

    fn rows() -> impl Strategy<Value = Vec<(f64, f64)>> {
        prop::collection::vec((number(), number()), 0..40)
    }

    proptest! {
        #[test]
        fn the_clause_never_costs_more_than_the_budget(rows in rows(), share in 0.0..1.2_f64) {
            let budget = share * cost(&rows, 0.0);
            let mut cutoff_of = Cutoff::new(Some(budget), Poll::NEVER).unwrap();
            for &(benefit, cost) in &rows {
                cutoff_of.push(Some(benefit), Some(cost), Some(budget)).unwrap();
            }
            if let Ok(Some(cutoff)) = cutoff_of.value() {
                prop_assert!(cutoff.is_finite() && cost(&rows, cutoff) <= budget);
                let free = |(b, c): &&(f64, f64)| *b > 0.0 && *c == 0.0;
                prop_assert!(rows.iter().filter(free).all(|(b, c)| *b >= cutoff * c));
            }
        }

        #[test]
        fn a_smaller_cut_off_costs_more(
            rows in prop::collection::vec((0..9_i32, 0..5_i32), 1..40), budget in 0..60_i32
        ) {
            let rows: Vec<_> = rows.iter().map(|&(b, c)| (f64::from(b), f64::from(c))).collect();
            let cutoff = cutoff(&rows, f64::from(budget));
            let below = cutoff > 0.0 && cost(&rows, cutoff.next_down()) <= f64::from(budget);
            prop_assert!(!below, "{cutoff}");
        }

        #[test]
        fn rows_that_are_dropped_change_nothing(
            rows in rows(), budget in 0.0..20.0_f64, split in 0..40_usize
        ) {
            let filled = |rows: &[(f64, f64)]| {
                let mut part = Cutoff::new(Some(budget), Poll::NEVER).unwrap();
                for &(benefit, cost) in rows {
                    part.drop_at = 1;
                    part.push(Some(benefit), Some(cost), Some(budget)).unwrap();
                }
                part
            };
            let split = split.min(rows.len());
            let mut parts = filled(&rows[split..]);
            parts.merge(filled(&rows[..split])).unwrap();
            let mut whole = Cutoff::new(Some(budget), Poll::NEVER).unwrap();
            rows.iter().for_each(|&(b, c)| whole.push(Some(b), Some(c), Some(budget)).unwrap());
            prop_assert_eq!(parts.value(), whole.value());
        }
    }

    #[test]
    fn edges_are_as_documented() {
        assert_eq!(cutoff(&[], 1.0), 0.0);
        assert_eq!(cutoff(&[(3.0, 1.0), (2.0, 1.0)], 2.0), 0.0);
        assert_eq!(cutoff(&[(3.0, 1.0), (2.0, 1.0)], 1.0), 2_f64.next_up());
        assert_eq!(cutoff(&[(2.0, 1.0), (4.0, 2.0)], 2.0), 2_f64.next_up(), "equal ratios");
        assert_eq!(cutoff(&[(2.0, 1.0), (-1.0, 1.0), (1.0, 0.0)], 0.0), 2_f64.next_up());
    }

    #[test]
    fn without_a_budget_nothing_is_gathered_but_numbers_are_checked() {
        let mut without = Cutoff::new(None, Poll::NEVER).unwrap();
        without.push(Some(1.0), Some(1.0), None).unwrap();
        assert_eq!((without.value().unwrap(), without.bytes()), (None, 0));
        assert!(without.push(Some(1.0), Some(-1.0), None).is_err());
        let mut cutoff = Cutoff::new(Some(1.0), Poll::NEVER).unwrap();
        assert!(cutoff.push(None, Some(-1.0), Some(1.0)).is_err());
        assert!(cutoff.push(Some(f64::NAN), None, Some(1.0)).is_err());
        assert!(cutoff.push(None, Some(1.0), Some(1.0)).is_ok());
    }

    #[test]
    fn states_that_no_rows_make_are_unsound() {
        let with = |drop_at: usize, cost: f64| {
            let mut cutoff = Cutoff::new(Some(1.0), Poll::NEVER).unwrap();
            cutoff.rows = vec![Payer { most: 1.0, cost }];
            Cutoff { drop_at, ..cutoff }.is_sound()
        };
        assert!(with(FIRST_DROP, 1.0));
        assert!(!with(0, 1.0) && !with(usize::MAX, 1.0) && !with(FIRST_DROP, f64::NAN));
    }
}
