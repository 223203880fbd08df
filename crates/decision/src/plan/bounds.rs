//! The bounds of a plan, and what a choice by prices comes to beside them.

use two_stage::poll::Poll;

use super::{
    grid::Grid,
    options::Options,
    prices::Prices,
    rows::{Row, Rows},
};
use crate::sum::Sum;

/// The bounds on the customers of a market.
#[derive(Debug, Clone)]
pub struct Bounds {
    pub budget: Option<f64>,
    /// The most contacts of each campaign.
    pub caps: Vec<Option<f64>>,
    /// The fewest contacts in each group with a floor.
    pub needs: Vec<f64>,
}

/// Customers that the same prices choose for, the first of some rows.
#[derive(Clone, Copy)]
pub struct Market<'m> {
    pub rows: &'m Rows,
    pub first: usize,
    pub bounds: &'m Bounds,
    /// The sums over other customers, whose choice the prices do not change.
    pub base: &'m Totals,
    pub grid: Grid,
    pub poll: Poll,
}

/// Sums over the customers that are contacted.
#[derive(Debug, Clone)]
pub struct Totals {
    pub campaigns: Vec<f64>,
    pub groups: Vec<f64>,
    pub cost: Sum,
    pub value: Sum,
}

impl Bounds {
    /// The bounds for some rows, of which `share` is the share among all customers.
    pub fn new(options: &Options, customers: &[f64], names: &[String], share: f64) -> Self {
        let cap = |name: &String| {
            let cap = options.caps.iter().find(|(known, _)| known == name);
            cap.map(|(_, cap)| (*cap as f64 * share).floor())
        };
        let floors = options.floors.iter().zip(customers);
        Self {
            budget: options.budget.map(|budget| budget * share),
            caps: names.iter().map(cap).collect(),
            needs: floors.map(|((_, floor), &customers)| need(*floor, customers)).collect(),
        }
    }

    /// The bounds for a part of the rows.
    pub fn scaled(&self, share: f64) -> Self {
        Self {
            budget: self.budget.map(|budget| budget * share),
            caps: self.caps.iter().map(|cap| cap.map(|cap| (cap * share).floor())).collect(),
            needs: self.needs.iter().map(|need| (need * share).floor()).collect(),
        }
    }
}

/// The fewest contacts that are a share of some customers.
pub fn need(share: f64, customers: f64) -> f64 {
    let most = (share * customers).ceil();
    if customers > 0.0 && (most - 1.0) / customers >= share { most - 1.0 } else { most }.max(0.0)
}

impl Totals {
    /// Nobody is contacted.
    pub fn none(campaigns: usize, groups: usize) -> Self {
        Self {
            campaigns: vec![0.0; campaigns],
            groups: vec![0.0; groups],
            cost: Sum::default(),
            value: Sum::default(),
        }
    }

    /// Adds customers with the campaign that is chosen for each.
    #[inline]
    pub fn add(&mut self, row: Row, choice: Option<usize>) {
        let Some(campaign) = choice else { return };
        self.campaigns[campaign] += row.count;
        if let Some(group) = row.group {
            self.groups[group] += row.count;
        }
        add(&mut self.cost, row.costs[campaign], row.count);
        add(&mut self.value, row.benefits[campaign], row.count);
    }

    pub fn contacts(&self) -> f64 {
        self.campaigns.iter().sum()
    }
}

impl Market<'_> {
    /// Returns the customers, and polls between them.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.poll.each_of(self.rows.campaigns(), self.rows.first(self.first))
    }

    /// Returns what the choices by prices come to.
    pub fn totals(&self, prices: &Prices) -> Totals {
        let mut totals = self.base.clone();
        for row in self.rows() {
            let choice = prices.choose(row.benefits, row.costs, prices.subsidy(row.group));
            totals.add(row, choice.map(|choice| choice.campaign));
        }
        totals
    }

    /// Returns the dual value: no choice within the bounds is worth more.
    pub fn dual(&self, prices: &Prices) -> f64 {
        let mut dual = self.base.value;
        let budget = self.bounds.budget.unwrap_or(0.0);
        dual.add_product(prices.budget, budget - self.base.cost.value());
        let caps = self.bounds.caps.iter().zip(&self.base.campaigns);
        for (&price, (cap, contacts)) in prices.campaigns.iter().zip(caps) {
            dual.add_product(price, cap.unwrap_or(0.0) - contacts);
        }
        let needs = self.bounds.needs.iter().zip(&self.base.groups);
        for (&subsidy, (need, contacts)) in prices.groups.iter().zip(needs) {
            dual.add_product(-subsidy, need - contacts);
        }
        for row in self.rows() {
            let subsidy = prices.subsidy(row.group);
            if let Some(choice) = prices.choose(row.benefits, row.costs, subsidy) {
                add(&mut dual, choice.advantage, row.count);
            }
        }
        dual.value()
    }

    /// Tells if no bound is broken.
    pub fn holds(&self, totals: &Totals) -> bool {
        let within = |(contacts, cap): (&f64, &Option<f64>)| cap.is_none_or(|cap| *contacts <= cap);
        let enough = |(contacts, need): (&f64, &f64)| contacts >= need;
        self.fits(totals)
            && totals.campaigns.iter().zip(&self.bounds.caps).all(within)
            && totals.groups.iter().zip(&self.bounds.needs).all(enough)
    }

    /// Tells if the contacts stay within the budget.
    pub fn fits(&self, totals: &Totals) -> bool {
        let fits = |budget| self.grid.fits(totals.cost.value(), totals.contacts(), budget);
        self.bounds.budget.is_none_or(fits)
    }
}

/// Adds a value as often as it came; most came once, which needs no product.
fn add(sum: &mut Sum, value: f64, count: f64) {
    if count == 1.0 { sum.add(value) } else { sum.add_product(value, count) }
}
