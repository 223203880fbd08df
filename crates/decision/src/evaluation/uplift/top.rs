//! The customers whom a score ranks highest: their uplift, and its standard error, which takes them as
//! given.

use super::{blocks::Block, estimate::Estimate, sums::Sums};
use crate::evaluation::score_bins::BlockSums;

/// A smaller part of all customers is rounding of the share.
pub const ROUNDING: f64 = 1e-12;

/// The customers of a share.
pub struct Top {
    /// The uplift among them; `None` unless both exposed and unexposed customers are among them.
    pub uplift: Option<Estimate>,
    /// The lowest score among them.
    pub score: Option<f64>,
}

/// Returns the customers of ascending shares, each above 0; blocks have the highest score first. A block
/// of which only a part is in the share is taken in proportion.
pub fn tops(
    mut blocks: impl Iterator<Item = Block>,
    totals: &Sums,
    shares: impl Iterator<Item = f64>,
) -> Vec<Top> {
    let (mut before, mut block) = (Sums::default(), blocks.next());
    let mut tops = Vec::new();
    for share in shares {
        let wanted = share * totals.weight;
        let enough = wanted - ROUNDING * totals.weight;
        while let Some(whole) = block.filter(|whole| before.weight + whole.sums.weight < enough) {
            // The last block stays, so that rounding leaves no share beyond the end.
            let Some(next) = blocks.next() else { break };
            before.add(&whole.sums);
            block = Some(next);
        }
        let Some(block) = block else { break };
        let part = ((wanted - before.weight) / block.sums.weight).clamp(0.0, 1.0);
        tops.push(Top { uplift: uplift(&before, &block.sums, part), score: Some(block.score) });
    }
    tops
}

fn uplift(before: &Sums, block: &Sums, part: f64) -> Option<Estimate> {
    let top = before.with_share(part, block);
    top.has_both().then(|| {
        let influence = top.influence_on_uplift();
        let mut squared = before.squared(&influence);
        squared += block.squared(&influence) * (part * part);
        Estimate { value: top.uplift(), error: squared.root() }
    })
}

/// Returns the first-order sums of the customers of one share.
pub fn top(blocks: impl Iterator<Item = Block>, totals: &Sums, share: f64) -> Sums {
    let (mut top, wanted) = (Sums::default(), share * totals.weight);
    for block in blocks {
        let rest = wanted - top.weight;
        if rest <= ROUNDING * totals.weight {
            break;
        }
        top = top.with_share((rest / block.sums.weight).min(1.0), &block.sums);
    }
    top
}
