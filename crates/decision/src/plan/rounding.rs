//! Prices whose choices break no bound: prices that a bound needs higher are raised, to the middle of the
//! interval in which the choices stay the same.

use super::{
    bounds::{Market, Totals},
    cut::{Item, boundary, next_above, next_below},
    prices::Prices,
};

/// Rounds over all bounds at most.
const MAX_ROUNDS: usize = 120;

/// Raises of a price that aim at the bound itself; later ones aim lower, twice as much each time.
const EXACT_RAISES: u32 = 6;

/// Prices that are being raised.
pub struct Rounding<'m> {
    market: &'m Market<'m>,
    totals: Totals,
    items: Vec<Item>,
    groups: Vec<Vec<Item>>,
    /// Raises of the budget's price, of each campaign's, and of the subsidies.
    raises: Vec<u32>,
}

impl<'m> Rounding<'m> {
    pub fn new(market: &'m Market<'m>, prices: &Prices) -> Self {
        Self {
            totals: market.totals(prices),
            items: Vec::new(),
            groups: vec![Vec::new(); market.bounds.needs.len()],
            raises: vec![0; prices.campaigns.len() + 2],
            market,
        }
    }

    /// Raises prices until no bound is broken, then lowers those that need not be as high. If floors cannot
    /// be met, they stay broken, while budget and caps hold.
    pub fn round(mut self, prices: &mut Prices) -> Totals {
        let start = prices.clone();
        if !self.raise_all(prices, true) {
            *prices = start;
            self.totals = self.market.totals(prices);
            self.raises.fill(0);
            if !self.raise_all(prices, false) {
                prices.campaigns.fill(f64::MAX);
                return self.market.totals(prices);
            }
        }
        while self.lower_all(prices) {}
        self.totals
    }

    fn raise_all(&mut self, prices: &mut Prices, with_floors: bool) -> bool {
        for _ in 0..MAX_ROUNDS {
            let mut raised = self.raise_budget(prices);
            for campaign in 0..prices.campaigns.len() {
                raised |= self.raise_campaign(prices, campaign);
            }
            raised |= with_floors && self.raise_groups(prices);
            if !raised {
                return true;
            }
        }
        false
    }

    /// Lowers the price of the budget or of a campaign to the lowest that the bound needs; tells if that
    /// raised the value.
    fn lower_all(&mut self, prices: &mut Prices) -> bool {
        let market = self.market;
        let mut lowered = false;
        for place in 0..=prices.campaigns.len() {
            let mut lower = prices.clone();
            let (price, bound) = match place.checked_sub(1) {
                None => (&mut lower.budget, market.bounds.budget),
                Some(campaign) => (&mut lower.campaigns[campaign], market.bounds.caps[campaign]),
            };
            let Some(bound) = bound.filter(|_| *price > 0.0) else { continue };
            match place.checked_sub(1) {
                None => market.budget_prices(prices, &mut self.items),
                Some(campaign) => market.campaign_prices(prices, campaign, &mut self.items),
            }
            *price = boundary(&mut self.items, bound, market.poll).map_or(0.0, |last| {
                0.5 * last + 0.5 * next_above(&self.items, last).unwrap_or(last)
            });
            lowered |= self.accept(prices, lower);
        }
        lowered
    }

    /// Takes other prices if they break no bound and are worth more.
    fn accept(&mut self, prices: &mut Prices, other: Prices) -> bool {
        let totals = self.market.totals(&other);
        let better = totals.value.value() > self.totals.value.value() && self.market.holds(&totals);
        if better {
            (self.totals, *prices) = (totals, other);
        }
        better
    }

    fn raise_budget(&mut self, prices: &mut Prices) -> bool {
        let Some(budget) = self.market.bounds.budget.filter(|_| !self.market.fits(&self.totals))
        else {
            return false;
        };
        let (cost, contacts) = (self.totals.cost.value(), self.totals.contacts());
        let room = self.market.grid.room(cost, contacts, budget);
        let lower = self.lowered(0, room, f64::EPSILON * budget);
        self.market.budget_prices(prices, &mut self.items);
        prices.budget = self.raised(prices.budget, lower);
        self.totals = self.market.totals(prices);
        true
    }

    fn raise_campaign(&mut self, prices: &mut Prices, campaign: usize) -> bool {
        let contacts = self.totals.campaigns[campaign];
        let Some(cap) = self.market.bounds.caps[campaign].filter(|&cap| contacts > cap) else {
            return false;
        };
        let lower = self.lowered(campaign + 1, cap, 1.0);
        self.market.campaign_prices(prices, campaign, &mut self.items);
        prices.campaigns[campaign] = self.raised(prices.campaigns[campaign], lower);
        self.totals = self.market.totals(prices);
        true
    }

    /// Returns the bound to aim at.
    fn lowered(&mut self, place: usize, bound: f64, unit: f64) -> f64 {
        self.raises[place] += 1;
        match self.raises[place].checked_sub(EXACT_RAISES + 1) {
            None => bound,
            Some(more) => bound - unit * 2_f64.powi(more as i32),
        }
    }

    /// Returns the price at which the items above it weigh no more than `room`.
    fn raised(&mut self, price: f64, room: f64) -> f64 {
        let Some(last) = boundary(&mut self.items, room, self.market.poll) else {
            return price * (1.0 + f64::EPSILON);
        };
        let next = next_above(&self.items, last).unwrap_or(2.0 * last);
        // Halves first: the sum of both may be infinite.
        (0.5 * last + 0.5 * next).max(price).min(f64::MAX)
    }

    fn raise_groups(&mut self, prices: &mut Prices) -> bool {
        let needs = &self.market.bounds.needs;
        let is_short = |(contacts, need): (&f64, &f64)| contacts < need;
        if !self.totals.groups.iter().zip(needs).any(is_short) {
            return false;
        }
        let place = self.raises.len() - 1;
        self.raises[place] += 1;
        let rounding = 2_f64.powi(self.raises[place] as i32 - 50);
        self.market.group_advantages(prices, &mut self.groups);
        for (group, items) in self.groups.iter_mut().enumerate() {
            if self.totals.groups[group] < needs[group]
                && let Some(last) = boundary(items, needs[group] - 0.5, self.market.poll)
            {
                let next = next_below(items, last).unwrap_or(last - last.abs());
                let enough = (-0.5 * last - 0.5 * next).max(-last + rounding * last.abs());
                prices.groups[group] = enough.clamp(prices.groups[group], f64::MAX);
            }
        }
        self.totals = self.market.totals(prices);
        true
    }
}
