//! The prices of a plan, and the choice that they make for a customer.

/// The prices of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// The price of one unit of cost.
    pub budget: f64,
    /// The price of a contact by each campaign.
    pub campaigns: Vec<f64>,
    /// The subsidy for a contact in each group with a floor.
    pub groups: Vec<f64>,
}

/// The campaign that a customer gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The campaign's position.
    pub campaign: usize,
    /// The benefit after all prices.
    pub advantage: f64,
}

impl Prices {
    /// No prices: everybody gets the campaign of the highest benefit.
    pub fn none(campaigns: usize, groups: usize) -> Self {
        Self { budget: 0.0, campaigns: vec![0.0; campaigns], groups: vec![0.0; groups] }
    }

    /// Returns the subsidy of a group; 0 for a customer of no group with a floor.
    #[inline]
    pub fn subsidy(&self, group: Option<usize>) -> f64 {
        group.and_then(|group| self.groups.get(group)).copied().unwrap_or(0.0)
    }

    /// The advantage of a campaign. Plans hold what they promise because there is no other formula.
    #[inline]
    pub fn advantage(&self, campaign: usize, benefit: f64, cost: f64, subsidy: f64) -> f64 {
        benefit - self.budget * cost - self.campaigns[campaign] + subsidy
    }

    /// Chooses the campaign of the highest advantage above 0, the first one of equals. A benefit of NaN
    /// stands for a campaign that is not eligible.
    #[inline]
    pub fn choose(&self, benefits: &[f64], costs: &[f64], subsidy: f64) -> Option<Choice> {
        let mut best = Choice { campaign: usize::MAX, advantage: 0.0 };
        for (campaign, (&benefit, &cost)) in benefits.iter().zip(costs).enumerate() {
            let advantage = self.advantage(campaign, benefit, cost, subsidy);
            if advantage > best.advantage {
                best = Choice { campaign, advantage };
            }
        }
        (best.campaign != usize::MAX).then_some(best)
    }
}
