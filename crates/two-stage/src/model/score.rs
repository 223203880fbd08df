//! A customer's score: the probabilities of the three segments, if exposed to the campaign.

use crate::segment::Segment;

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
    /// The most probable segment.
    pub fn segment(&self) -> Segment {
        if self.campaign_driven > self.organic && self.campaign_driven > self.low_engagement {
            Segment::CampaignDriven
        } else if self.organic > self.low_engagement {
            Segment::Organic
        } else {
            Segment::LowEngagement
        }
    }

    /// P(campaign-driven | engaged).
    pub fn intent(&self) -> f64 {
        let engaged = self.organic + self.campaign_driven;
        if engaged > 0.0 { self.campaign_driven / engaged } else { 0.0 }
    }
}

impl From<[f64; 3]> for Score {
    /// Takes them in the order of [`Segment::ALL`].
    fn from([low_engagement, organic, campaign_driven]: [f64; 3]) -> Self {
        Self { low_engagement, organic, campaign_driven }
    }
}
