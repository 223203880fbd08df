//! The networks that a score comes from: one, or the mean of a committee, with the model's intent.

use kernels::{Aligned, RowNetwork, RowScratch, softmax_of_row};

use super::{intent::Intent, score::Score};
use crate::network::Network;

/// The segmentation of a model, ready to score one customer after the other.
pub(crate) struct ScoringNetworks {
    networks: Vec<RowNetwork>,
    intent: Intent,
    room: RowScratch,
}

impl ScoringNetworks {
    pub fn new(segmentation: &[Network], intent: Intent) -> Self {
        let networks = segmentation.iter().map(Network::for_rows).collect();
        Self { networks, intent, room: RowScratch::default() }
    }

    /// The score of a customer with these inputs.
    #[inline]
    pub fn score(&mut self, inputs: &Aligned) -> Score {
        let share = 1.0 / self.networks.len() as f64;
        let mut mean = [0.0; 3];
        for network in &self.networks {
            let [a, b, c, _] = network.logits(inputs, &mut self.room);
            for (mean, p) in mean.iter_mut().zip(softmax_of_row([a, b, c])) {
                *mean += share * p;
            }
        }
        self.intent.apply(mean.into())
    }
}
