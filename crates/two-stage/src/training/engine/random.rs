//! The streams of random numbers of a training: one seed, independent streams.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// The purpose of a stream.
#[derive(Debug, Clone, Copy)]
pub(in crate::training) enum Stream {
    /// The rows that one network holds out.
    Split,
    /// The folds of the pilots.
    PilotFolds,
    /// The pilot that does not see this fold.
    Pilot(u8),
    /// The folds of a committee.
    Folds,
    /// Stage 2 of a member.
    LabelCorrection(u8),
    /// Stage 1 of a member.
    Segmentation(u8),
    /// The network that is fitted to a committee.
    Distillation,
    /// A standard model.
    Comparison(u8),
    /// The folds of the pilots for few rows.
    RoughPilotFolds,
    /// The network that estimates the propensity of this fold.
    Propensity(u8),
    /// The uplift network of a member.
    Uplift(u8),
}

/// The stream of this purpose.
pub(in crate::training) fn stream(seed: u64, stream: Stream) -> ChaCha8Rng {
    let (purpose, number) = match stream {
        Stream::Split => (0, 0),
        Stream::PilotFolds => (1, 0),
        Stream::Pilot(fold) => (2, fold),
        Stream::Folds => (3, 0),
        Stream::LabelCorrection(member) => (4, member),
        Stream::Segmentation(member) => (5, member),
        Stream::Distillation => (6, 0),
        Stream::Comparison(number) => (7, number),
        Stream::RoughPilotFolds => (8, 0),
        Stream::Propensity(fold) => (9, fold),
        Stream::Uplift(member) => (10, member),
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(purpose << 8 | u64::from(number));
    rng
}
