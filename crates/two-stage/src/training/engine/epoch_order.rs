//! The order of rows in an epoch.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::word::RowIndex;

/// The smallest number of blocks, where there are as many rows.
const MIN_BLOCKS: usize = 1 << 16;
/// The largest number of rows in a block.
const MAX_BLOCK: usize = 16;

/// The rows of an epoch in a random order. Where there are many rows, neighbours stay together in
/// blocks: their canonical order is random already, and fetching single rows from anywhere in memory
/// takes as long as learning from them.
pub(super) struct EpochOrder {
    blocks: Vec<u32>,
    block_size: usize,
    pub rows: Vec<RowIndex>,
}

impl EpochOrder {
    /// `alike`: neighbours are often copies of one row, or rows of one customer, which must not be
    /// learned together.
    pub fn new(training: &[RowIndex], alike: bool) -> Self {
        let block_size = if alike { 1 } else { (training.len() / MIN_BLOCKS).clamp(1, MAX_BLOCK) };
        let blocks = (0..training.len().div_ceil(block_size) as u32).collect();
        Self { blocks, block_size, rows: Vec::with_capacity(training.len()) }
    }

    pub fn shuffle(&mut self, training: &[RowIndex], rng: &mut ChaCha8Rng) {
        self.blocks.shuffle(rng);
        self.rows.clear();
        for &block in &self.blocks {
            let start = block as usize * self.block_size;
            let end = training.len().min(start + self.block_size);
            self.rows.extend_from_slice(&training[start..end]);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn every_row_comes_once_in_blocks_of_neighbours() {
        for (count, alike, block_size) in
            [(1000, false, 1), (200_001, false, 3), (200_001, true, 1), (2_000_001, false, 16)]
        {
            let training: Vec<RowIndex> = (0..count).map(|row| RowIndex::new(row * 2)).collect();
            let mut order = EpochOrder::new(&training, alike);
            assert_eq!(order.block_size, block_size);
            order.shuffle(&training, &mut ChaCha8Rng::seed_from_u64(1));
            assert!(order.rows != training);
            let together =
                order.rows.windows(2).filter(|pair| pair[1].get() == pair[0].get() + 2).count();
            let expected = training.len() - training.len().div_ceil(block_size);
            assert!(together >= expected && together < expected + 100, "{together} {expected}");
            order.rows.sort_unstable();
            assert!(order.rows == training);
        }
    }
}
