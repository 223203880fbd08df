//! The three segments and their SQL names.

use crate::{Error, ErrorKind, Result};

/// A segment. Every triple of probabilities is in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Not engaged.
    LowEngagement,
    /// Engaged, and would be without the campaign.
    Organic,
    /// Engaged because of the campaign.
    CampaignDriven,
}

impl Segment {
    /// All three, in order.
    pub const ALL: [Segment; 3] = [Self::LowEngagement, Self::Organic, Self::CampaignDriven];

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::LowEngagement => "low_engagement",
            Self::Organic => "organic",
            Self::CampaignDriven => "campaign_driven",
        }
    }

    /// The segment of that name; any other text is an error that lists the three.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|segment| segment.name() == name).ok_or_else(|| {
            Error::new(ErrorKind::InvalidParameter, format!("unknown segment \"{name}\""))
                .with_hint(
                    "Use campaign_driven, organic, low_engagement, or NULL where nothing is known.",
                )
        })
    }

    /// Tells if a customer of this segment engaged.
    pub fn engaged(self) -> bool {
        self != Self::LowEngagement
    }
}
