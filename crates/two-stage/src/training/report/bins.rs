//! Predicted against observed figures in tenths of the rows.

use super::ranking::Ranking;
use crate::{
    evaluation::gain::{Block, Contact, Part},
    model::{BINS, Bin},
    training::{influence::Influences, rows::TrainingRows},
    word::RowIndex,
};

/// The figure that is observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::training) enum Observed {
    /// The uplift of the outcome.
    Uplift,
    /// The mean outcome; every row counts as exposed.
    Mean,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    rows: u64,
    weight: f64,
    predicted: f64,
    part: Part,
}

/// The bins of some rows, whose scores are the predictions, the highest first. Rows with equal scores
/// stay together, in the tenth that has the middle of them. Empty bins are left out.
pub(in crate::training) fn measure(
    rows: &TrainingRows,
    list: impl Iterator<Item = (RowIndex, Contact)>,
    figure: Observed,
) -> Vec<Bin> {
    let ranking = Ranking::new(rows, list);
    let bins = bins_of(&ranking.blocks);
    let mut sums = [Sums::default(); BINS];
    for (block, &bin) in ranking.blocks.iter().zip(&bins) {
        sums[bin].part.add(block, 1.0);
    }
    for ranked in rows.poll().each(ranking.rows.iter()) {
        let sums = &mut sums[bins[ranked.block]];
        sums.rows += 1;
        sums.weight += ranked.contact.weight;
        sums.predicted += ranked.contact.weight * ranked.contact.score;
    }
    let errors = errors(rows, &ranking, &bins, &sums);
    let used = sums.iter().zip(errors).filter(|(sums, _)| sums.rows > 0);
    used.map(|(sums, error)| sums.bin(error, figure)).collect()
}

/// The bin of each block.
fn bins_of(blocks: &[Block]) -> Vec<usize> {
    let total: f64 = blocks.iter().map(Block::weight).sum();
    let mut start = 0.0;
    let bin = |block: &Block| {
        let middle = (start + block.weight() / 2.0) / total;
        start += block.weight();
        ((middle * BINS as f64) as usize).min(BINS - 1)
    };
    blocks.iter().map(bin).collect()
}

/// The standard error of each bin's observed figure.
fn errors(rows: &TrainingRows, ranking: &Ranking, bins: &[usize], sums: &[Sums]) -> Vec<f64> {
    let mut influences = Influences::new(rows, BINS);
    for ranked in rows.poll().each(ranking.rows.iter()) {
        let own = bins[ranked.block];
        let influence = sums[own].part.influence(&ranked.contact);
        let on_bins = (0..BINS).map(|bin| if bin == own { influence } else { 0.0 });
        influences.add(ranked.row, on_bins);
    }
    influences.errors()
}

impl Sums {
    fn bin(&self, error: f64, figure: Observed) -> Bin {
        let can_compare = figure == Observed::Mean || self.part.has_unexposed();
        let is_observed = can_compare && self.part.has_exposed();
        Bin {
            rows: self.rows,
            predicted: (self.predicted / self.weight) as f32,
            observed: is_observed.then_some((self.part.uplift() as f32, error as f32)),
        }
    }
}
