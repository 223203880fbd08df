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
}

impl Score {
    /// P(campaign-driven | engaged).
    pub fn intent(&self) -> f64 {
        let engaged = self.organic + self.campaign_driven;
        if engaged > 0.0 { self.campaign_driven / engaged } else { 0.0 }
    }
}

impl From<[f64; 3]> for Score {
    /// Takes them in the order of [`Segment::ALL`](crate::segment::Segment::ALL).
    fn from([low_engagement, organic, campaign_driven]: [f64; 3]) -> Self {
        Self { low_engagement, organic, campaign_driven }
    }
}
