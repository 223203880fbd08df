//! From customers and bounds to a plan.

use two_stage::{Result, poll::Poll};

use super::{
    bounds::{Bounds, Market, Totals},
    descent::{descend, descend_nearby},
    floors::Groups,
    gathering::{Customers, Planned},
    grid::Grid,
    prices::Prices,
    rounding::round,
    rows::Rows,
};

/// Customers that the first prices are found with.
const FIRST: usize = 1 << 14;

/// Customers that a price needs to be found with.
const FOR_EACH_PRICE: usize = 64;

/// A plan: the prices, and what they come to on the planned rows.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The names of the campaigns.
    pub campaigns: Vec<String>,
    /// The groups with a floor.
    pub groups: Vec<String>,
    /// The groups with a floor that no customer is of.
    pub empty_groups: Vec<String>,
    /// The prices.
    pub prices: Prices,
    /// The customers that were read.
    pub rows: u64,
    /// The customers that the plan was made with.
    pub rows_used: u64,
    /// The contacts of each campaign.
    pub contacts: Vec<u64>,
    /// The cost of all contacts.
    pub cost: f64,
    /// The benefit of all contacts.
    pub value: f64,
    /// The benefit that no choice within the bounds is above.
    pub value_bound: f64,
}

/// Plans; `None` if there are no customers.
pub fn solve(customers: &mut Customers, poll: Poll) -> Result<Option<Plan>> {
    customers.canonicalise(poll);
    if customers.read() == 0 {
        return Ok(None);
    }
    let Planned { rows, share, ineligible, ineligible_of } = customers.planned();
    let (rows, options) = (rows.as_ref(), customers.options());
    let mut groups = Groups::of(ineligible_of, poll.each_of(rows.campaigns(), rows.all()));
    let used = ineligible + rows.all().map(|row| row.count as u64).sum::<u64>();
    let names = options.names(rows.campaigns());
    let bounds = Bounds::new(options, &groups.customers, &names, share);
    groups.check(options, &bounds, poll)?;
    let base = Totals::none(rows.campaigns(), options.floors.len());
    let (first, grid) = (rows.len(), grid(rows, poll));
    let market = Market { rows, first, bounds: &bounds, base: &base, grid, poll };
    let (mut prices, bound) = best_prices(&market);
    let totals = round(&market, &mut prices, bound);
    groups.check_met(options, &market, &totals)?;
    let plan = Plan {
        campaigns: names,
        groups: options.floors.iter().map(|(name, _)| name.clone()).collect(),
        empty_groups: groups.empty(options),
        prices,
        rows: customers.read(),
        rows_used: used,
        contacts: totals.campaigns.iter().map(|&count| count as u64).collect(),
        cost: totals.cost.value(),
        value: totals.value.value(),
        // The bound may be the value itself, and be summed with another rounding.
        value_bound: bound.max(totals.value.value()),
    };
    Ok(Some(if share < 1.0 { plan.scaled(1.0 / share) } else { plan }))
}

impl Plan {
    /// Scales what a sample comes to.
    fn scaled(mut self, scale: f64) -> Self {
        for count in &mut self.contacts {
            *count = (*count as f64 * scale).round() as u64;
        }
        self.cost *= scale;
        self.value *= scale;
        self.value_bound *= scale;
        self
    }
}

fn grid(rows: &Rows, poll: Poll) -> Grid {
    let mut grid = Grid::default();
    for row in poll.each_of(rows.campaigns(), rows.all()) {
        row.costs.iter().for_each(|&cost| grid.add(cost));
    }
    grid
}

/// Returns the prices at the minimum of the dual, with the dual. They are found with a part of the
/// customers first. Rows stand in the order of hashes, so the first of them are an even sample.
fn best_prices(market: &Market) -> (Prices, f64) {
    let groups = market.bounds.needs.len();
    let campaigns = market.rows.campaigns();
    let mut prices = Prices::none(campaigns, groups);
    let mut first = FIRST.max(FOR_EACH_PRICE * (campaigns + groups));
    if 4 * first > market.first {
        let dual = descend(market, &mut prices);
        return (prices, dual);
    }
    let weight = |first| market.rows.first(first).map(|row| row.count).sum::<f64>();
    let all = weight(market.first);
    while 4 * first <= market.first {
        let bounds = market.bounds.scaled(weight(first) / all);
        descend(&Market { first, bounds: &bounds, ..*market }, &mut prices);
        first *= 8;
    }
    let dual = descend_nearby(market, &mut prices);
    (prices, dual)
}
