//! The source of a model's intent: its networks, rescaled where held-out rows showed the slope, or
//! one number for everybody.

use super::score::Score;
use crate::probability::{MAX_LOGIT, logit, sigmoid};

/// The intent's slope: its logit becomes intercept + slope · (logit − center).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// The rescaled logit of an average intent.
    pub intercept: f64,
    /// The factor of the logit's distance from the centre.
    pub slope: f64,
    /// The mean logit over the held-out rows.
    pub center: f64,
    /// The slope in standard errors, before one of them was taken off.
    pub ratio: f64,
}

impl Slope {
    fn rescale(&self, intent: f64) -> f64 {
        sigmoid(self.rescaled_logit(logit(intent)))
    }

    /// The rescaled intent's logit, from the logit of the intent.
    pub(crate) fn rescaled_logit(&self, logit: f64) -> f64 {
        self.intercept + self.slope * (logit.clamp(-MAX_LOGIT, MAX_LOGIT) - self.center)
    }

    /// The derivative of [`Slope::rescaled_logit`].
    pub(crate) fn derivative(&self, logit: f64) -> f64 {
        if logit.abs() < MAX_LOGIT { self.slope } else { 0.0 }
    }

    fn is_finite(&self) -> bool {
        [self.intercept, self.slope, self.center].iter().all(|number| number.is_finite())
    }
}

/// The source of the intent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Intent {
    /// The segmentation's probabilities.
    Learned,
    /// The segmentation's probabilities, with the slope that held-out rows showed.
    Rescaled(Slope),
    /// One number: the campaign moved nobody, or everybody who engaged.
    Constant(f64),
}

impl Intent {
    /// Gives a score this intent; its probability of engagement stays.
    pub(crate) fn apply(&self, score: Score) -> Score {
        let intent = match self {
            Self::Learned => return score,
            Self::Rescaled(slope) => slope.rescale(score.intent()),
            Self::Constant(intent) => *intent,
        };
        let engaged = score.organic + score.campaign_driven;
        Score { organic: engaged * (1.0 - intent), campaign_driven: engaged * intent, ..score }
    }

    /// Checks bytes from a table.
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Self::Learned => true,
            Self::Rescaled(slope) => slope.is_finite(),
            Self::Constant(intent) => (0.0..=1.0).contains(intent),
        }
    }
}
