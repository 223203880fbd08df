//! What a fit goes by: its rows, its random numbers, its network.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Member, rows::TrainingRows};
use crate::{model::Stage, network::Shape};

/// What each stream of random numbers is for; streams of one seed are independent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Split,
    PilotFolds,
    Pilot(u8),
    Folds,
    /// Each member of a committee has its own.
    LabelCorrection(u8),
    Segmentation(u8),
    Distillation,
    Comparison(u8),
}

pub(super) fn stream(seed: u64, stream: Stream) -> ChaCha8Rng {
    let (purpose, number) = match stream {
        Stream::Split => (0, 0),
        Stream::PilotFolds => (1, 0),
        Stream::Pilot(fold) => (2, fold),
        Stream::Folds => (3, 0),
        Stream::LabelCorrection(member) => (4, member),
        Stream::Segmentation(member) => (5, member),
        Stream::Distillation => (6, 0),
        Stream::Comparison(number) => (7, number),
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(purpose << 8 | u64::from(number));
    rng
}

/// More rows do not tell one epoch from the next any better.
const MOST_HELD_OUT: usize = 50_000;

/// A fit's rows and how it goes about them.
pub(super) struct Plan {
    pub training: Vec<u32>,
    /// Where empty, the training rows validate.
    pub validation: Vec<u32>,
    /// No epoch before this is validated or kept.
    pub first_validation: usize,
    pub stream: Stream,
    pub hidden_layers: Vec<usize>,
    /// The share of option `weight_decay` that holds here.
    pub decay_share: f64,
    pub stage: Stage,
    pub name: &'static str,
}

impl Plan {
    /// A member's fit of one of the two stages.
    pub fn of_member(
        rows: &TrainingRows,
        member: &Member,
        stream: Stream,
        uses: impl Fn(usize) -> bool,
        first_validation: usize,
    ) -> Self {
        let (training, validation) = member.split(rows, uses);
        let (stage, name) = match stream {
            Stream::LabelCorrection(_) => (Stage::LabelCorrection, super::correction::NAME),
            _ => (Stage::Segmentation, super::segmentation::NAME),
        };
        let hidden_layers = rows.sample.options().hidden_layers.clone();
        let decay_share = 1.0;
        Self {
            training,
            validation,
            first_validation,
            stream,
            hidden_layers,
            decay_share,
            stage,
            name,
        }
    }

    pub fn shape(&self, rows: &TrainingRows, outputs: usize) -> Shape {
        Shape { inputs: rows.encoder.inputs(), hidden: self.hidden_layers.clone(), outputs }
    }

    /// The rows that validate.
    pub fn held_out(&self) -> Vec<u32> {
        let rows = match self.validation.as_slice() {
            [] => &self.training,
            rows => rows,
        };
        evenly(rows, MOST_HELD_OUT)
    }

    pub fn member(&self) -> u8 {
        match self.stream {
            Stream::LabelCorrection(member) | Stream::Segmentation(member) => member,
            _ => 0,
        }
    }
}

/// All rows of a list, or so many of them from everywhere in it: copies of one row stand together.
pub(super) fn evenly(rows: &[u32], most: usize) -> Vec<u32> {
    let count = rows.len().min(most);
    (0..count).map(|i| rows[i * rows.len() / count]).collect()
}

/// A number from 0 to `folds` − 1 for each of `rows`.
pub(super) fn folds<T>(rows: impl Iterator<Item = T>, folds: u8, rng: &mut ChaCha8Rng) -> Vec<u8> {
    rows.map(|_| rng.random_range(0..folds)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_many_rows_come_from_everywhere() {
        let rows: Vec<u32> = (0..1000).map(|i| i / 100).collect();
        assert_eq!(evenly(&rows, 1000), rows);
        assert_eq!(evenly(&rows, 5000), rows);
        assert_eq!(evenly(&rows, 10), (0..10).collect::<Vec<_>>());
        assert_eq!(evenly(&rows, 3), [0, 3, 6]);
        assert!(evenly(&[], 3).is_empty());
    }
}
