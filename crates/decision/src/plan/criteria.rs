//! The values of one price at which customers change their campaign, while all other prices stay.

use super::{bounds::Market, cut::Item, prices::Prices, rows::Row};

impl Market<'_> {
    /// Collects the prices below which a campaign is chosen.
    pub fn campaign_prices(&self, prices: &Prices, campaign: usize, items: &mut Vec<Item>) {
        items.clear();
        for row in self.rows() {
            let subsidy = prices.subsidy(row.group);
            let own = row.benefits[campaign] - prices.budget * row.costs[campaign] + subsidy;
            let mut other = 0.0_f64;
            for (place, (&benefit, &cost)) in row.benefits.iter().zip(row.costs).enumerate() {
                if place != campaign {
                    other = other.max(prices.advantage(place, benefit, cost, subsidy));
                }
            }
            // A campaign that is not eligible has a NaN, which is above nothing.
            if own - other > 0.0 {
                items.push((own - other, row.count));
            }
        }
    }

    /// Collects the prices of the budget below which a customer costs more, each with the cost.
    pub fn budget_prices(&self, prices: &Prices, items: &mut Vec<Item>) {
        items.clear();
        // Each step of a row goes through its campaigns.
        let work = self.rows.campaigns().pow(2);
        for row in self.poll.each_of(work, self.rows.first(self.first)) {
            steps(row, prices, items);
        }
    }

    /// Collects for each group the advantages of its customers without a subsidy.
    pub fn group_advantages(&self, prices: &Prices, groups: &mut [Vec<Item>]) {
        groups.iter_mut().for_each(Vec::clear);
        for row in self.rows() {
            let Some(items) = row.group.and_then(|group| groups.get_mut(group)) else { continue };
            let advantages = row.benefits.iter().zip(row.costs).enumerate();
            let best = advantages
                .map(|(place, (&benefit, &cost))| prices.advantage(place, benefit, cost, 0.0))
                .fold(f64::NAN, f64::max);
            if !best.is_nan() {
                items.push((best, row.count));
            }
        }
    }
}

/// Walks from an infinite price of the budget down, from the cheapest choice to dearer ones.
fn steps(row: Row, prices: &Prices, items: &mut Vec<Item>) {
    let subsidy = prices.subsidy(row.group);
    let net = |place: usize| row.benefits[place] - prices.campaigns[place] + subsidy;
    let (mut gain, mut cost) = (0.0_f64, 0.0);
    for (place, _) in row.costs.iter().enumerate().filter(|(_, cost)| **cost == 0.0) {
        gain = gain.max(net(place));
    }
    loop {
        let mut next: Option<(f64, f64, f64)> = None;
        for (place, &dearer) in row.costs.iter().enumerate() {
            let at = (net(place) - gain) / (dearer - cost);
            if dearer > cost && at > 0.0 && next.is_none_or(|next| (at, dearer) > (next.0, next.2))
            {
                next = Some((at, net(place), dearer));
            }
        }
        let Some((at, more, dearer)) = next else { return };
        items.push((at, (dearer - cost) * row.count));
        (gain, cost) = (more, dearer);
    }
}
