//! Prices whose choices break no bound: prices that a bound needs higher are raised, to the middle of the
//! interval in which the choices stay the same.

use xxhash_rust::xxh3::xxh3_64;

use super::{
    bounds::{Market, Totals},
    cut::{Item, boundary, next_above, next_below},
    near::Near,
    prices::Prices,
};

/// Rounds over all bounds at most.
const MAX_ROUNDS: usize = 60;

/// A value nearer to the bound than this share of it is not improved.
const NEAR: f64 = 1e-4;

/// Trials to improve a value or to meet the floors at most, and their rows together.
const MAX_TRIALS: usize = 50;
const MAX_ROWS_OF_TRIALS: usize = 1 << 20;

/// Trials to meet the floors at most.
const MAX_TRIALS_OF_FLOORS: usize = 4;

/// Raises of a price that aim at the bound itself; later ones aim lower, twice as much each time.
const EXACT_RAISES: u32 = 6;

/// Rounds prices, and returns what they come to. If floors cannot be met, they stay broken, while budget
/// and caps hold. Near to `bound` a value is high enough.
pub fn round(market: &Market, prices: &mut Prices, bound: f64) -> Totals {
    let near = Near::of(market, prices);
    let mut rounded = prices.clone();
    if Rounding::new(&near.market(market)).best(&mut rounded, bound).is_some() {
        let totals = market.totals(&rounded);
        // A price may have changed by more than little.
        if market.holds(&totals) {
            *prices = rounded;
            return totals;
        }
    }
    let mut all = Rounding::new(market);
    all.best(prices, bound).unwrap_or_else(|| all.without_floors(prices))
}

/// Prices that are being raised.
struct Rounding<'m> {
    market: &'m Market<'m>,
    totals: Totals,
    items: Vec<Item>,
    groups: Vec<Vec<Item>>,
    /// Raises of the budget's price, of each campaign's, and of the subsidies.
    raises: Vec<u32>,
    with_floors: bool,
}

impl<'m> Rounding<'m> {
    fn new(market: &'m Market<'m>) -> Self {
        let campaigns = market.bounds.caps.len();
        Self {
            totals: market.base.clone(),
            items: Vec::new(),
            groups: vec![Vec::new(); market.bounds.needs.len()],
            raises: vec![0; campaigns + 2],
            with_floors: true,
            market,
        }
    }

    /// Raises prices until no bound is broken, from there and from prices nearby, and takes those of the
    /// highest value; `None` if floors cannot be met.
    fn best(&mut self, prices: &mut Prices, bound: f64) -> Option<Totals> {
        let mut best: Option<Totals> = None;
        let trials = MAX_TRIALS.min(MAX_ROWS_OF_TRIALS / self.market.first.max(1));
        for trial in 0..=trials {
            let mut other = if trial == 0 { prices.clone() } else { nearby(prices, trial as u64) };
            self.totals = self.market.totals(&other);
            let value = |totals: &Totals| totals.value.value();
            let is_better =
                |totals: &Totals| best.as_ref().is_none_or(|best| value(totals) > value(best));
            if self.raise_all(&mut other, trial) && is_better(&self.totals) {
                *prices = other;
                best = Some(self.totals.clone());
            }
            let is_enough = |best: &Totals| value(best) >= bound * (1.0 - NEAR);
            if best.as_ref().map_or(trial == MAX_TRIALS_OF_FLOORS, is_enough) {
                break;
            }
        }
        best
    }

    /// Raises prices until budget and caps hold.
    fn without_floors(&mut self, prices: &mut Prices) -> Totals {
        self.totals = self.market.totals(prices);
        self.with_floors = false;
        if !self.raise_all(prices, 0) {
            self.switch_off(prices);
        }
        self.totals.clone()
    }

    /// Leaves only contacts that cost nothing if the budget is passed, and no campaign past its cap.
    fn switch_off(&mut self, prices: &mut Prices) {
        if !self.market.fits(&self.totals) {
            prices.budget = f64::MAX;
            self.totals = self.market.totals(prices);
        }
        // A campaign that is switched off sends its customers to another, which may then pass its cap.
        while let Some(campaign) = self.past_bound(prices) {
            prices.campaigns[campaign] = f64::MAX;
            self.totals = self.market.totals(prices);
        }
    }

    /// Returns a campaign past its cap, or one with costs if the budget is passed.
    fn past_bound(&self, prices: &Prices) -> Option<usize> {
        let fits = self.market.fits(&self.totals);
        (0..prices.campaigns.len()).find(|&campaign| {
            let contacts = self.totals.campaigns[campaign];
            let is_past = self.market.bounds.caps[campaign].is_some_and(|cap| contacts > cap);
            let has_costs = || self.market.rows().any(|row| row.costs[campaign] > 0.0);
            prices.campaigns[campaign] < f64::MAX && (is_past || !fits && has_costs())
        })
    }

    /// Raises prices, another one first in each trial, until no bound is broken; tells if that was
    /// possible.
    fn raise_all(&mut self, prices: &mut Prices, trial: usize) -> bool {
        self.raises.fill(0);
        let places = self.raises.len();
        let first = trial % places;
        for _ in 0..MAX_ROUNDS {
            let mut raised = false;
            for place in (first..places).chain(0..first) {
                raised |= match place {
                    0 => self.raise_budget(prices),
                    place if place + 1 < places => self.raise_campaign(prices, place - 1),
                    _ => self.with_floors && self.raise_groups(prices),
                };
            }
            if !raised {
                return true;
            }
        }
        false
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
        let room = lower - self.market.base.cost.value();
        prices.budget = self.raised(prices.budget, room);
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
        let room = lower - self.market.base.campaigns[campaign];
        prices.campaigns[campaign] = self.raised(prices.campaigns[campaign], room);
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
            let room = needs[group] - self.market.base.groups[group] - 0.5;
            if self.totals.groups[group] < needs[group]
                && let Some(last) = boundary(items, room, self.market.poll)
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

/// Returns prices that differ by up to a hundredth, most of them lower, drawn anew for each trial.
fn nearby(prices: &Prices, trial: u64) -> Prices {
    let mut other = prices.clone();
    let drawn = |place: u64| {
        let hash = xxh3_64(&[trial.to_le_bytes(), place.to_le_bytes()].concat());
        hash as f64 / 2_f64.powi(64)
    };
    let scale = 10_f64.powf(-2.0 - 2.0 * drawn(0));
    let all = other.campaigns.iter_mut().chain(&mut other.groups).chain([&mut other.budget]);
    for (price, place) in all.zip(1..) {
        *price *= 1.0 + scale * (2.0 * drawn(place) - 1.5);
    }
    other
}
