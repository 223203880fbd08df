//! The signed uplift: the probability to engage if exposed and if not, by networks of their own, and
//! how it joins the probabilities of the segments.

use super::score::Score;
use crate::{
    network::Network,
    probability::{EPSILON, logit, sigmoid},
};

/// The probability that a customer engages, if exposed and if not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Engagement {
    pub exposed: f64,
    pub unexposed: f64,
}

impl Engagement {
    /// The opinion of an uplift network, whose logit is z0 + (a − ē)·z1 for exposure a.
    #[inline]
    pub fn of_logits(z0: f32, z1: f32, exposed_share: f64) -> Self {
        let (z0, z1) = (f64::from(z0), f64::from(z1));
        Self {
            exposed: sigmoid(z0 + (1.0 - exposed_share) * z1),
            unexposed: sigmoid(z0 - exposed_share * z1),
        }
    }

    /// The logits of both.
    pub fn logits(self) -> [f64; 2] {
        [self.exposed, self.unexposed].map(|h| logit(h.clamp(EPSILON, 1.0 - EPSILON)))
    }

    /// The difference that exposure makes.
    pub fn uplift(self) -> f64 {
        self.exposed - self.unexposed
    }
}

/// The slope of the signed uplift: the difference of the log-odds becomes
/// intercept + slope · (difference − center).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedSlope {
    /// The weighted share of exposed rows.
    pub exposed_share: f64,
    /// The amount added to the mean log-odds of exposed and unexposed.
    pub shift: f64,
    /// The rescaled difference of an average customer.
    pub intercept: f64,
    /// The factor of the difference's distance from the centre.
    pub slope: f64,
    /// The mean difference over the held-out rows.
    pub center: f64,
    /// The slope in standard errors, before one of them was taken off.
    pub ratio: f64,
    /// The standard error of the slope.
    pub error: f64,
}

impl SignedSlope {
    /// Rescales the probabilities to engage.
    pub(crate) fn apply(&self, engagement: Engagement) -> Engagement {
        let [exposed, unexposed] = self.rescaled_logits(engagement.logits()).map(sigmoid);
        Engagement { exposed, unexposed }
    }

    /// The rescaled logits of both.
    pub(crate) fn rescaled_logits(&self, [exposed, unexposed]: [f64; 2]) -> [f64; 2] {
        let e = self.exposed_share;
        let mean = self.shift + e * exposed + (1.0 - e) * unexposed;
        let difference = self.intercept + self.slope * (exposed - unexposed - self.center);
        [mean + (1.0 - e) * difference, mean - e * difference]
    }

    /// Tells if the uplift differs between customers by more than chance.
    pub fn is_significant(&self) -> bool {
        self.ratio > 2.0 && self.slope > 0.0
    }

    fn is_sound(&self) -> bool {
        let numbers = [self.shift, self.intercept, self.slope, self.center];
        (0.0..=1.0).contains(&self.exposed_share) && numbers.iter().all(|n| n.is_finite())
    }
}

/// The part that the uplift networks have in a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpliftRole {
    /// The probabilities are the mean of the segmentation's and of theirs.
    Half,
    /// They alone make the probabilities.
    Alone,
    /// They tell only who is put off.
    PutOffOnly,
}

/// The uplift networks that a score needs beside the segmentation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UpliftNetworks {
    pub networks: Vec<Network>,
    pub slope: SignedSlope,
    pub role: UpliftRole,
    /// Set where some customers are put off by the campaign.
    pub puts_off: bool,
}

impl UpliftNetworks {
    /// Checks bytes from a table, given a check of a network's outputs.
    pub fn is_sound(&self, network: impl Fn(&Network, usize) -> bool) -> bool {
        !self.networks.is_empty()
            && self.networks.iter().all(|of| network(of, 2))
            && self.slope.is_sound()
    }
}

impl UpliftRole {
    /// The probability to engage if exposed, and the signed uplift, from the segmentation's score and
    /// the rescaled opinion of the uplift networks.
    pub fn signed(self, score: &Score, engagement: Engagement) -> (f64, f64) {
        match self {
            Self::Alone => (engagement.exposed, engagement.uplift()),
            Self::Half | Self::PutOffOnly => (
                0.5 * (1.0 - score.low_engagement + engagement.exposed),
                0.5 * (score.campaign_driven + engagement.uplift()),
            ),
        }
    }

    /// The score that both make together.
    pub fn join(self, score: Score, engagement: Engagement, puts_off: bool) -> Score {
        let (engaged, uplift) = self.signed(&score, engagement);
        match self {
            Self::PutOffOnly if puts_off && uplift < 0.0 => {
                Score::of_uplift(1.0 - score.low_engagement, uplift, true)
            }
            Self::PutOffOnly => score,
            Self::Half | Self::Alone => Score::of_uplift(engaged, uplift, puts_off),
        }
    }
}
