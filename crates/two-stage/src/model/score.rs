//! A customer's score: the probabilities of the three segments, if exposed to the campaign.

/// P(segment | features, exposed to the campaign); the three add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// P(not engaged).
    pub low_engagement: f64,
    /// P(engaged, also without the campaign).
    pub organic: f64,
    /// P(engaged because of the campaign).
    pub campaign_driven: f64,
    /// P(not engaged because of the campaign), a part of `low_engagement`; 0 unless the training
    /// found that the campaign puts some customers off.
    pub put_off: f64,
}

impl Score {
    /// P(campaign-driven | engaged).
    pub fn intent(&self) -> f64 {
        let engaged = self.organic + self.campaign_driven;
        if engaged > 0.0 { self.campaign_driven / engaged } else { 0.0 }
    }

    /// The difference that exposure makes to the probability to engage.
    pub fn uplift(&self) -> f64 {
        self.campaign_driven - self.put_off
    }

    /// The score of a customer who engages with this probability if exposed, and with this difference
    /// to an unexposed one. Where nobody is put off, a negative difference counts as 0.
    pub(crate) fn of_uplift(engaged: f64, uplift: f64, puts_off: bool) -> Self {
        let campaign_driven = uplift.max(0.0).min(engaged);
        let put_off = if puts_off { (-uplift).max(0.0).min(1.0 - engaged) } else { 0.0 };
        Self {
            low_engagement: 1.0 - engaged,
            organic: engaged - campaign_driven,
            campaign_driven,
            put_off,
        }
    }

    /// The score of segments' probabilities, and the share of low engagement that is put off.
    pub(crate) fn with_put_off([low, organic, driven]: [f64; 3], share: f64) -> Self {
        Self::of_uplift(organic + driven, driven - low * share, true)
    }

    pub(crate) fn is_finite(&self) -> bool {
        (self.low_engagement + self.campaign_driven + self.put_off).is_finite()
    }
}

impl From<[f64; 3]> for Score {
    /// Takes them in the order of [`Segment::ALL`](crate::segment::Segment::ALL).
    fn from([low_engagement, organic, campaign_driven]: [f64; 3]) -> Self {
        Self { low_engagement, organic, campaign_driven, put_off: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_signed_score_is_one_of_probabilities(
            engaged in 0.0..=1.0, share in 0.0..=1.0, puts_off: bool
        ) {
            // The uplift of a customer is at least that of one who always engages if unexposed.
            let uplift = engaged - share;
            let score = Score::of_uplift(engaged, uplift, puts_off);
            let parts = [score.low_engagement, score.organic, score.campaign_driven];
            prop_assert!((parts.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(parts.iter().all(|p| (0.0..=1.0).contains(p)));
            prop_assert!((0.0..=score.low_engagement).contains(&score.put_off));
            prop_assert_eq!(score.campaign_driven * score.put_off, 0.0);
            let expected = if puts_off { uplift } else { uplift.max(0.0) };
            prop_assert!((score.uplift() - expected).abs() < 1e-12);
        }
    }
}
