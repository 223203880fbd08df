//! The prices at the minimum of the dual, by cyclic coordinate descent; each step is exact.

use super::{
    bounds::Market,
    cut::{Item, boundary},
    near::Near,
    prices::Prices,
};

/// Rounds of steps over all prices at most.
const MAX_SWEEPS: usize = 60;

/// A round that lowers the dual by less than this share of it is the last.
const TOLERANCE: f64 = 1e-6;

/// A dual by the near customers that differs by less than this share from that by all is right.
const SAME: f64 = 1e-9;

/// Lowers the dual, starting from prices that are near to its minimum, and returns it.
pub fn descend_nearby(market: &Market, prices: &mut Prices) -> f64 {
    let near = Near::of(market, prices);
    let mut lower = prices.clone();
    let by_near = descend(&near.market(market), &mut lower);
    let dual = market.dual(&lower);
    if (dual - by_near).abs() > SAME * dual.abs() {
        // A price changed by more than little.
        return descend(market, prices);
    }
    *prices = lower;
    dual
}

/// Lowers the dual, starting from some prices, and returns it.
pub fn descend(market: &Market, prices: &mut Prices) -> f64 {
    let mut items = Vec::new();
    let mut groups = vec![Vec::new(); market.bounds.needs.len()];
    let mut last = market.dual(prices);
    for _ in 0..MAX_SWEEPS {
        step_budget(market, prices, &mut items);
        step_campaigns(market, prices, &mut items);
        step_groups(market, prices, &mut groups);
        let dual = market.dual(prices);
        if last - dual <= TOLERANCE * dual.abs() {
            return dual;
        }
        last = dual;
    }
    last
}

fn step_budget(market: &Market, prices: &mut Prices, items: &mut Vec<Item>) {
    if let Some(budget) = market.bounds.budget {
        market.budget_prices(prices, items);
        let room = budget - market.base.cost.value();
        prices.budget = boundary(items, room, market.poll).unwrap_or(0.0).min(f64::MAX);
    }
}

fn step_campaigns(market: &Market, prices: &mut Prices, items: &mut Vec<Item>) {
    for (campaign, cap) in market.bounds.caps.iter().enumerate() {
        if let Some(cap) = *cap {
            market.campaign_prices(prices, campaign, items);
            let room = cap - market.base.campaigns[campaign];
            let price = boundary(items, room, market.poll).unwrap_or(0.0);
            prices.campaigns[campaign] = price.min(f64::MAX);
        }
    }
}

fn step_groups(market: &Market, prices: &mut Prices, groups: &mut [Vec<Item>]) {
    if groups.is_empty() {
        return;
    }
    market.group_advantages(prices, groups);
    for (group, items) in groups.iter_mut().enumerate() {
        let need = market.bounds.needs[group];
        let room = need - market.base.groups[group] - 0.5;
        let last = boundary(items, room, market.poll).filter(|_| need > 0.0);
        prices.groups[group] = last.map_or(0.0, |advantage| (-advantage).clamp(0.0, f64::MAX));
    }
}
