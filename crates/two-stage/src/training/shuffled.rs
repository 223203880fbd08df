//! The order of rows in an epoch.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// There are at least so many blocks, where there are so many rows.
const LEAST_BLOCKS: usize = 1 << 16;
const MOST_IN_BLOCK: usize = 16;

/// The rows of an epoch in a random order. Of many rows, neighbours stay together: their canonical
/// order is random already, and to fetch single rows from anywhere in memory takes as long as to
/// learn from them.
pub(super) struct Shuffled {
    blocks: Vec<u32>,
    block_size: usize,
    pub rows: Vec<u32>,
}

impl Shuffled {
    /// `has_copies`: neighbours are often copies of one row, which must not come together.
    pub fn new(training: &[u32], has_copies: bool) -> Self {
        let block_size =
            if has_copies { 1 } else { (training.len() / LEAST_BLOCKS).clamp(1, MOST_IN_BLOCK) };
        let blocks = (0..training.len().div_ceil(block_size) as u32).collect();
        Self { blocks, block_size, rows: Vec::with_capacity(training.len()) }
    }

    pub fn shuffle(&mut self, training: &[u32], rng: &mut ChaCha8Rng) {
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
        for (count, has_copies, block_size) in
            [(1000, false, 1), (200_001, false, 3), (200_001, true, 1), (2_000_001, false, 16)]
        {
            let training: Vec<u32> = (0..count).map(|row| row * 2).collect();
            let mut order = Shuffled::new(&training, has_copies);
            assert_eq!(order.block_size, block_size);
            order.shuffle(&training, &mut ChaCha8Rng::seed_from_u64(1));
            assert!(order.rows != training);
            let together = order.rows.windows(2).filter(|pair| pair[1] == pair[0] + 2).count();
            let expected = training.len() - training.len().div_ceil(block_size);
            assert!(together >= expected && together < expected + 100, "{together} {expected}");
            order.rows.sort_unstable();
            assert!(order.rows == training);
        }
    }
}
