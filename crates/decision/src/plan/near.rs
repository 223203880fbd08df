//! The customers whose choice small changes of the prices can change. They are few, so that the last steps
//! of the descent and the rounding take little time.

use super::{
    bounds::{Market, Totals},
    prices::Prices,
    rows::{Row, Rows},
};

/// The change of a price that counts as small, as a share of the mean benefit of a contact.
const CHANGE: f64 = 0.03;

/// The customers near to another choice, and what all others come to.
pub struct Near {
    rows: Rows,
    base: Totals,
}

/// The largest changes of prices.
struct Changes {
    budget: f64,
    other: f64,
}

impl Near {
    pub fn of(market: &Market, prices: &Prices) -> Self {
        let changes = Changes::of(&market.totals(prices), prices);
        let mut near = Self { rows: Rows::new(market.rows.campaigns()), base: market.base.clone() };
        for (place, row) in market.rows().enumerate() {
            match changes.settled(row, prices) {
                Some(choice) => near.base.add(row, choice),
                None => {
                    let rows = market.rows;
                    near.rows.push(rows.numbers(place), rows.group(place), rows.count(place));
                }
            }
        }
        near
    }

    /// Returns the market of these customers.
    pub fn market<'m>(&'m self, market: &Market<'m>) -> Market<'m> {
        Market { rows: &self.rows, first: self.rows.len(), base: &self.base, ..*market }
    }
}

impl Changes {
    fn of(totals: &Totals, prices: &Prices) -> Self {
        let share = |of: f64| if of > 0.0 { totals.value.value() / of } else { 0.0 };
        Self {
            budget: CHANGE * share(totals.cost.value()).max(prices.budget),
            other: CHANGE * share(totals.contacts()),
        }
    }

    /// Returns the choice that no small change alters, which may be none; `None` if one does.
    fn settled(&self, row: Row, prices: &Prices) -> Option<Option<usize>> {
        let subsidy = prices.subsidy(row.group);
        let change = |campaign: usize| 2.0 * self.other + self.budget * row.costs[campaign];
        let advantage = |campaign: usize| {
            prices.advantage(campaign, row.benefits[campaign], row.costs[campaign], subsidy)
        };
        let choice = prices.choose(row.benefits, row.costs, subsidy);
        let least = choice.map_or(0.0, |choice| choice.advantage - change(choice.campaign));
        let chosen = choice.map(|choice| choice.campaign);
        // A campaign that is not eligible has a NaN, which is not at least anything.
        let is_open = |campaign: usize| {
            Some(campaign) != chosen && advantage(campaign) + change(campaign) >= least
        };
        let is_settled = (chosen.is_none() || least > 0.0) && !(0..row.benefits.len()).any(is_open);
        is_settled.then_some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use two_stage::poll::Poll;

    use super::*;
    use crate::{
        evaluation::testing::Random,
        plan::{bounds::Bounds, grid::Grid},
    };

    fn customers(random: &mut Random) -> Rows {
        let mut rows = Rows::new(3);
        for place in 0..5000 {
            let benefits = [(); 3].map(|()| 4.0 * random.uniform() - 1.0);
            let costs = [(); 3].map(|()| random.uniform());
            let group = (place % 2 == 0).then_some(0);
            rows.push(&[benefits, costs].concat(), group, 1 + place % 3);
        }
        rows
    }

    #[test]
    fn small_changes_of_prices_change_no_customer_that_is_left_out() {
        let mut random = Random(1);
        let rows = customers(&mut random);
        let bounds = Bounds { budget: None, caps: vec![None; 3], needs: vec![0.0] };
        let (base, grid, poll) = (Totals::none(3, 1), Grid::default(), Poll::NEVER);
        let market = Market { rows: &rows, first: 5000, bounds: &bounds, base: &base, grid, poll };
        let prices = Prices { budget: 0.7, campaigns: vec![0.5, 0.0, 0.3], groups: vec![0.2] };
        let near = Near::of(&market, &prices);
        assert!((500..2000).contains(&near.rows.len()), "{}", near.rows.len());
        let changes = Changes::of(&market.totals(&prices), &prices);
        let mut changed =
            |price: f64, most: f64| (price + most * (2.0 * random.uniform() - 1.0)).max(0.0);
        for _ in 0..100 {
            let other = Prices {
                budget: changed(prices.budget, changes.budget),
                campaigns: prices.campaigns.iter().map(|&p| changed(p, changes.other)).collect(),
                groups: vec![changed(prices.groups[0], changes.other)],
            };
            let (few, all) = (near.market(&market).totals(&other), market.totals(&other));
            assert_eq!((few.campaigns, few.groups), (all.campaigns, all.groups));
            assert_eq!(few.cost.value(), all.cost.value());
        }
    }
}
