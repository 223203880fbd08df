//! The networks that make a score, of the first member, of all members, or distilled from them.

use super::{distillation::distil, rows::TrainingRows, run::Run};
use crate::{
    Result,
    model::{Intent, Networks, UpliftNetworks},
    network::Network,
};

/// The parts that make a score.
pub(super) struct Parts {
    pub segmentation: Vec<Network>,
    pub intent: Intent,
    pub uplift: Option<UpliftNetworks>,
}

impl Parts {
    pub fn networks(&self) -> Networks<'_> {
        let Self { segmentation, intent, uplift } = self;
        Networks { segmentation, intent: *intent, uplift: uplift.as_ref() }
    }

    /// The first of the networks, with the intent of all if uplift networks join them.
    pub fn first(&self) -> Self {
        let one = |networks: &[Network]| networks.iter().take(1).cloned().collect();
        Self {
            segmentation: one(&self.segmentation),
            intent: if self.uplift.is_some() { self.intent } else { Intent::Learned },
            uplift: self.uplift.as_ref().map(|uplift| UpliftNetworks {
                networks: one(&uplift.networks),
                slope: uplift.slope,
                ..*uplift
            }),
        }
    }

    /// One network that has learned from all of them.
    pub fn distilled(self, rows: &TrainingRows, run: &mut Run, members: usize) -> Result<Self> {
        let network = distil(rows, run, self.networks(), members)?;
        // The targets have the slope in them where uplift networks joined.
        let intent = if self.uplift.is_some() { Intent::Learned } else { self.intent };
        Ok(Self { segmentation: vec![network], intent, uplift: None })
    }
}
