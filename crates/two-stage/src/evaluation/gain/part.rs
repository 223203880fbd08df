//! A part of the customers, such as those whom a score ranks highest: their uplift, and the influence of
//! each customer on it. The standard error takes the part as given.

use super::{Arm, Block, Contact};

/// Some customers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Part {
    /// The unexposed customers, then the exposed ones.
    arms: [Arm; 2],
}

impl Part {
    /// Adds a share of the customers of a block.
    pub fn add(&mut self, block: &Block, share: f64) {
        for (sum, arm) in self.arms.iter_mut().zip(block.arms) {
            sum.add(Arm { weight: share * arm.weight, outcome: share * arm.outcome });
        }
    }

    /// Tells if there are unexposed customers.
    pub fn has_unexposed(&self) -> bool {
        self.arms[0].weight > 0.0
    }

    /// Tells if there are exposed customers.
    pub fn has_exposed(&self) -> bool {
        self.arms[1].weight > 0.0
    }

    /// The difference of the mean outcomes of exposed and unexposed customers, where nobody has a mean
    /// of 0.
    pub fn uplift(&self) -> f64 {
        self.arms[1].mean() - self.arms[0].mean()
    }

    /// The influence of one of the customers on the difference.
    pub fn influence(&self, contact: &Contact) -> f64 {
        let arm = self.arms[usize::from(contact.exposed)];
        let sign = if contact.exposed { 1.0 } else { -1.0 };
        if arm.weight > 0.0 {
            sign * contact.inverse() / arm.weight * (contact.outcome - arm.mean())
        } else {
            0.0
        }
    }
}

/// The customers whom a score ranks highest.
#[derive(Debug, Clone, Copy)]
pub struct Top {
    /// The share of all customers.
    share: f64,
    /// The last block of which some are among them, and the share of it.
    last: usize,
    share_of_last: f64,
    part: Part,
}

impl Top {
    /// This share of all customers; `blocks` has those with the highest scores first.
    pub fn new(blocks: &[Block], share: f64) -> Self {
        let wanted = share * blocks.iter().map(Block::weight).sum::<f64>();
        let (mut part, mut reached) = (Part::default(), 0.0);
        for (last, block) in blocks.iter().enumerate() {
            if reached + block.weight >= wanted {
                let share_of_last = (wanted - reached) / block.weight;
                part.add(block, share_of_last);
                return Self { share, last, share_of_last, part };
            }
            part.add(block, 1.0);
            reached += block.weight;
        }
        Self { share, last: blocks.len(), share_of_last: 0.0, part }
    }

    /// The influence of a customer of a block on the gain of contacting them.
    pub fn influence(&self, block: usize, contact: &Contact) -> f64 {
        let share = match block.cmp(&self.last) {
            std::cmp::Ordering::Less => 1.0,
            std::cmp::Ordering::Equal => self.share_of_last,
            std::cmp::Ordering::Greater => return 0.0,
        };
        self.share * share * self.part.influence(contact)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::GainCurve, *};

    /// Blocks of equal scores, the highest first, of the reference's 60 customers.
    fn blocks_of_reference(weighted: bool) -> Vec<Vec<Contact>> {
        let of = |i: u32| Contact {
            score: f64::from(i * 7 % 12),
            exposed: i * 5 % 7 < 4,
            outcome: f64::from(u8::from(i * 11 % 5 < 2)),
            weight: if weighted { f64::from(1 + i % 3) } else { 1.0 },
            propensity: if weighted { 0.3 + 0.1 * f64::from(i % 4) } else { 0.5 },
        };
        let of_score =
            |score: u32| (0..60).filter(|i| i * 7 % 12 == score).map(of).collect::<Vec<_>>();
        (0..12).rev().map(of_score).collect()
    }

    #[test]
    fn errors_of_a_gain_are_those_of_the_reference() {
        let shares = [0.1, 0.3, 0.5, 1.0];
        let expected = [
            [0.03718714456262753, 0.0672404280088677, 0.0900757446873625, 0.12828539611796372],
            [0.04461771778946948, 0.072147774789517, 0.10001725579884202, 0.14420484258729038],
        ];
        for (weighted, expected) in [false, true].into_iter().zip(expected) {
            let contacts = blocks_of_reference(weighted);
            let blocks: Vec<Block> = contacts.iter().map(|of| Block::of(of)).collect();
            for (share, expected) in shares.into_iter().zip(expected) {
                let top = Top::new(&blocks, share);
                let influences = contacts.iter().enumerate().flat_map(|(block, of)| {
                    of.iter().map(move |contact| top.influence(block, contact))
                });
                let error = influences.map(|influence| influence * influence).sum::<f64>().sqrt();
                assert!((error - expected).abs() < 1e-12, "{share}: {error}");
            }
        }
    }

    #[test]
    fn all_customers_have_the_uplift_of_the_curve() {
        let contacts = blocks_of_reference(true);
        let blocks: Vec<Block> = contacts.iter().map(|of| Block::of(of)).collect();
        let mut all = Part::default();
        assert!(!all.has_exposed() && !all.has_unexposed() && all.uplift() == 0.0);
        assert_eq!(all.influence(&contacts[0][0]), 0.0);
        blocks.iter().for_each(|block| all.add(block, 1.0));
        let curve = GainCurve::of(&blocks).unwrap();
        assert!((all.uplift() - curve.uplift()).abs() < 1e-12);
        let of_curve = curve.influence(3, &contacts[3][0]).uplift;
        assert!((all.influence(&contacts[3][0]) - of_curve).abs() < 1e-12);
    }
}
