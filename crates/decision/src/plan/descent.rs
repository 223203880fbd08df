//! The prices at the minimum of the dual, by cyclic coordinate descent; each step is exact.

use super::{
    bounds::Market,
    cut::{Item, boundary},
    prices::Prices,
};

/// Rounds of steps over all prices at most.
const MAX_SWEEPS: usize = 60;

/// A round that lowers the dual by less than this share of it is the last.
const TOLERANCE: f64 = 1e-6;

/// Lowers the dual, starting from some prices.
pub fn descend(market: &Market, prices: &mut Prices) {
    let mut items = Vec::new();
    let mut groups = vec![Vec::new(); market.bounds.needs.len()];
    let mut last = market.dual(prices);
    for _ in 0..MAX_SWEEPS {
        step_budget(market, prices, &mut items);
        step_campaigns(market, prices, &mut items);
        step_groups(market, prices, &mut groups);
        let dual = market.dual(prices);
        if last - dual <= TOLERANCE * dual.abs() {
            return;
        }
        last = dual;
    }
}

fn step_budget(market: &Market, prices: &mut Prices, items: &mut Vec<Item>) {
    if let Some(budget) = market.bounds.budget {
        market.budget_prices(prices, items);
        prices.budget = boundary(items, budget, market.poll).unwrap_or(0.0).min(f64::MAX);
    }
}

fn step_campaigns(market: &Market, prices: &mut Prices, items: &mut Vec<Item>) {
    for (campaign, cap) in market.bounds.caps.iter().enumerate() {
        if let Some(cap) = *cap {
            market.campaign_prices(prices, campaign, items);
            prices.campaigns[campaign] = boundary(items, cap, market.poll).unwrap_or(0.0);
        }
    }
}

fn step_groups(market: &Market, prices: &mut Prices, groups: &mut [Vec<Item>]) {
    if groups.is_empty() {
        return;
    }
    market.group_advantages(prices, groups);
    for ((items, &need), subsidy) in
        groups.iter_mut().zip(&market.bounds.needs).zip(&mut prices.groups)
    {
        let last = boundary(items, need - 0.5, market.poll);
        *subsidy = last.filter(|_| need > 0.0).map_or(0.0, |advantage| (-advantage).max(0.0));
    }
}
