//! The gain curve over the blocks of equal scores, and the influence of their customers on its area.

use two_stage::evaluation::gain::{self, GainCurve};

use super::{blocks::Block, sums::Influence};

/// The curve of blocks, the highest score first; `None` unless both exposed and unexposed customers are
/// there.
pub fn curve(blocks: impl Iterator<Item = Block>) -> Option<GainCurve> {
    let sums = |Block { sums, .. }| {
        gain::Block::of_sums(sums.weight, sums.arms.map(|arm| [arm.v, arm.vy]))
    };
    GainCurve::of(&blocks.map(sums).collect::<Vec<_>>())
}

/// The influences of the customers of each block on the area.
pub fn influences_on_area(curve: &GainCurve) -> impl Iterator<Item = Influence> {
    curve.influences_on_area().map(|gain::InfluenceOnArea { slopes, levels, rest }| Influence {
        slopes,
        levels,
        rest,
    })
}
