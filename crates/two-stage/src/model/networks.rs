//! The networks that a score comes from: one, or the mean of a committee, with the model's intent,
//! and uplift networks where the model has them.

use kernels::{Aligned, RowNetwork, RowScratch, softmax_of_row};

use super::{
    intent::Intent,
    score::Score,
    uplift::{Engagement, SignedSlope, UpliftNetworks, UpliftRole},
};
use crate::{network::Network, probability::sigmoid};

/// Outputs of a network that tells beside the segments who is put off.
pub(crate) const WITH_PUT_OFF: usize = 4;

/// The parts of a model that make a score.
#[derive(Clone, Copy)]
pub(crate) struct Networks<'m> {
    pub segmentation: &'m [Network],
    pub intent: Intent,
    pub uplift: Option<&'m UpliftNetworks>,
}

/// The networks of a model, ready to score one customer after the other.
pub(crate) struct ScoringNetworks {
    networks: Vec<RowNetwork>,
    intent: Intent,
    /// Set where the one network tells who is put off.
    tells_put_off: bool,
    uplift: Option<UpliftScoring>,
    room: RowScratch,
}

/// Uplift networks, ready to score.
struct UpliftScoring {
    networks: Vec<RowNetwork>,
    slope: SignedSlope,
    role: UpliftRole,
    puts_off: bool,
}

impl Networks<'_> {
    /// Tells if the one network has an output for those who are put off.
    pub fn tells_put_off(&self) -> bool {
        matches!(self.segmentation, [network] if network.shape().outputs == WITH_PUT_OFF)
    }
}

impl ScoringNetworks {
    pub fn new(of: Networks) -> Self {
        let for_rows = |networks: &[Network]| networks.iter().map(Network::for_rows).collect();
        Self {
            networks: for_rows(of.segmentation),
            intent: of.intent,
            tells_put_off: of.tells_put_off(),
            uplift: of.uplift.map(|uplift| UpliftScoring {
                networks: for_rows(&uplift.networks),
                slope: uplift.slope,
                role: uplift.role,
                puts_off: uplift.puts_off,
            }),
            room: RowScratch::default(),
        }
    }

    /// The score of a customer with these inputs.
    #[inline]
    pub fn score(&mut self, inputs: &Aligned) -> Score {
        let share = 1.0 / self.networks.len() as f64;
        let mut mean = [0.0; 3];
        let mut put_off = 0.0;
        for network in &self.networks {
            let [a, b, c, d] = network.logits(inputs, &mut self.room);
            for (mean, p) in mean.iter_mut().zip(softmax_of_row([a, b, c])) {
                *mean += share * p;
            }
            put_off = d;
        }
        if self.tells_put_off {
            return Score::with_put_off(mean, sigmoid(put_off.into()));
        }
        let score = self.intent.apply(mean.into());
        match &self.uplift {
            None => score,
            Some(uplift) => uplift.join(score, inputs, &mut self.room),
        }
    }
}

impl UpliftScoring {
    /// Joins the mean opinion of the networks to the segmentation's score.
    fn join(&self, score: Score, inputs: &Aligned, room: &mut RowScratch) -> Score {
        let share = 1.0 / self.networks.len() as f64;
        let mut mean = Engagement { exposed: 0.0, unexposed: 0.0 };
        for network in &self.networks {
            let [z0, z1, ..] = network.logits(inputs, room);
            let of_one = Engagement::of_logits(z0, z1, self.slope.exposed_share);
            mean.exposed += share * of_one.exposed;
            mean.unexposed += share * of_one.unexposed;
        }
        self.role.join(score, self.slope.apply(mean), self.puts_off)
    }
}
