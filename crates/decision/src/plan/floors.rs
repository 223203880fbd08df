//! Floors that cannot be met, with what is possible.

use two_stage::{Error, ErrorKind, Result, poll::Poll};

use super::{
    bounds::{Bounds, Market, Totals},
    cut::Item,
    options::Options,
    rows::Row,
};

/// Customers of each group, and what its floor takes at least.
pub struct Groups {
    pub customers: Vec<f64>,
    eligible: Vec<f64>,
    /// The least cost of a contact with each eligible customer.
    cheapest: Vec<Vec<Item>>,
}

impl Groups {
    /// Counts the customers that some campaign is eligible for, beside others of each group.
    pub fn of<'r>(ineligible: Vec<f64>, rows: impl Iterator<Item = Row<'r>>) -> Self {
        let groups = ineligible.len();
        let mut all = Self {
            customers: ineligible,
            eligible: vec![0.0; groups],
            cheapest: vec![Vec::new(); groups],
        };
        for row in rows {
            let Some(group) = row.group else { continue };
            all.customers[group] += row.count;
            let eligible =
                row.benefits.iter().zip(row.costs).filter(|(benefit, _)| !benefit.is_nan());
            if let Some(cost) = eligible.map(|(_, &cost)| cost).min_by(f64::total_cmp) {
                all.eligible[group] += row.count;
                all.cheapest[group].push((cost, row.count));
            }
        }
        all
    }

    /// Refuses floors that cannot be met for a simple reason.
    pub fn check(&mut self, options: &Options, bounds: &Bounds, poll: Poll) -> Result<()> {
        self.check_eligible(options, &bounds.needs)?;
        self.check_caps(options, bounds)?;
        self.check_budget(options, bounds, poll)
    }

    /// Returns the groups with a floor that no customer is of.
    pub fn empty(&self, options: &Options) -> Vec<String> {
        let groups = options.floors.iter().zip(&self.customers);
        groups.filter(|(_, count)| **count == 0.0).map(|((name, _), _)| name.clone()).collect()
    }

    /// Refuses a floor above the share of the customers that any campaign is eligible for.
    fn check_eligible(&self, options: &Options, needs: &[f64]) -> Result<()> {
        let short = self.eligible.iter().zip(needs).position(|(eligible, need)| eligible < need);
        match short {
            None => Ok(()),
            Some(group) => {
                let message = self.message(options, group, self.eligible[group], "are eligible");
                let share = self.possible_share(group, self.eligible[group]);
                Err(invalid(message).with_hint(format!("Lower the floor to {share}.")))
            }
        }
    }

    /// Refuses floors that take more than the budget, even by the cheapest contacts.
    fn check_budget(&mut self, options: &Options, bounds: &Bounds, poll: Poll) -> Result<()> {
        let Some(budget) = bounds.budget else { return Ok(()) };
        self.cheapest.iter_mut().for_each(|items| poll.sort(items, &|a, b| a.0.total_cmp(&b.0)));
        let groups = self.cheapest.iter().zip(&bounds.needs);
        let costs: Vec<f64> = groups.map(|(items, &need)| cost_of(items, need)).collect();
        let total: f64 = costs.iter().sum();
        // The rounding sees to what is nearer than that.
        if total <= budget * (1.0 + 1e-9) {
            return Ok(());
        }
        let dearest =
            (0..costs.len()).max_by(|&a, &b| costs[a].total_cmp(&costs[b]).then(b.cmp(&a)));
        dearest.map_or(Ok(()), |group| {
            let left = budget - (total - costs[group]);
            let possible = contacts_for(&self.cheapest[group], left);
            Err(self.error(options, group, possible, "can be contacted within the budget"))
        })
    }

    /// Refuses floors that take more contacts than all caps together.
    fn check_caps(&self, options: &Options, bounds: &Bounds) -> Result<()> {
        let Some(most) = bounds.caps.iter().copied().sum::<Option<f64>>() else { return Ok(()) };
        let needs = &bounds.needs;
        let total: f64 = needs.iter().sum();
        let largest =
            (0..needs.len()).max_by(|&a, &b| needs[a].total_cmp(&needs[b]).then(b.cmp(&a)));
        match largest.filter(|_| total > most) {
            None => Ok(()),
            Some(group) => {
                let possible = (most - (total - needs[group])).max(0.0);
                Err(self.error(options, group, possible, "can be contacted within the caps"))
            }
        }
    }

    /// Refuses floors that the rounded prices do not meet.
    pub fn check_met(&self, options: &Options, market: &Market, totals: &Totals) -> Result<()> {
        let lacking = |group: usize| market.bounds.needs[group] - totals.groups[group];
        let groups = 0..self.customers.len();
        let short = groups.max_by(|&a, &b| lacking(a).total_cmp(&lacking(b)).then(b.cmp(&a)));
        match short.filter(|&group| lacking(group) > 0.0) {
            None => Ok(()),
            Some(group) => {
                let reached = totals.groups[group];
                let (name, floor) = &options.floors[group];
                let customers = self.customers[group];
                Err(self.hinted(group, reached, format!(
                    "the floor of group \"{name}\" is {floor}, but the plan reaches only {reached} of its {customers} customers within the other bounds"
                )))
            }
        }
    }

    fn error(&self, options: &Options, group: usize, possible: f64, why: &str) -> Error {
        self.hinted(group, possible, self.message(options, group, possible, why))
    }

    fn hinted(&self, group: usize, possible: f64, message: String) -> Error {
        let share = self.possible_share(group, possible);
        invalid(message)
            .with_hint(format!("Lower the floor to {share}, or loosen the other bounds."))
    }

    fn message(&self, options: &Options, group: usize, possible: f64, why: &str) -> String {
        let (name, floor) = &options.floors[group];
        let customers = self.customers[group];
        format!(
            "the floor of group \"{name}\" is {floor}, but only {possible} of its {customers} customers {why}"
        )
    }

    /// Returns a share of a group that is possible, rounded down.
    fn possible_share(&self, group: usize, possible: f64) -> f64 {
        (possible / self.customers[group] * 1e4).floor() / 1e4
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

/// The cost of the first contacts.
fn cost_of(items: &[Item], mut contacts: f64) -> f64 {
    let mut cost = 0.0;
    for &(each, count) in items {
        cost += each * count.min(contacts);
        contacts = (contacts - count).max(0.0);
    }
    cost
}

/// The number of the first contacts that a budget is enough for.
fn contacts_for(items: &[Item], mut budget: f64) -> f64 {
    let mut contacts = 0.0;
    for &(each, count) in items {
        let possible = if each > 0.0 {
            (budget.max(0.0) / each + 1e-9).floor().clamp(0.0, count)
        } else {
            count
        };
        contacts += possible;
        budget -= possible * each;
        if possible < count {
            break;
        }
    }
    contacts
}
