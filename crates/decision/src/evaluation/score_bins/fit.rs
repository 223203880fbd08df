//! The number of bits that keys must lose so that few enough are left.

/// Returns the least number of bits to drop so that at most `MAX` different keys are left. Both lists
/// are ascending; the second may repeat keys.
pub fn level_that_fits<const MAX: usize>(known: &[u64], others: impl Iterator<Item = u64>) -> u32 {
    let mut heights = Heights::default();
    let mut known = known.iter().copied().peekable();
    for other in others {
        while let Some(key) = known.next_if(|&key| key < other) {
            heights.add(key);
        }
        heights.add(other);
    }
    known.for_each(|key| heights.add(key));
    heights.level_that_fits(MAX)
}

/// Counts of neighbouring keys by the number of bits to drop until they are equal.
struct Heights {
    last: Option<u64>,
    counts: [usize; 65],
}

impl Default for Heights {
    fn default() -> Self {
        Self { last: None, counts: [0; 65] }
    }
}

impl Heights {
    /// Adds a key that is not below the last.
    fn add(&mut self, key: u64) {
        let differing = self.last.map_or(u64::MAX, |last| last ^ key);
        self.counts[(u64::BITS - differing.leading_zeros()) as usize] += 1;
        self.last = Some(key);
    }

    fn level_that_fits(&self, max: usize) -> u32 {
        let mut left: usize = self.counts[1..].iter().sum();
        let mut level = 0;
        while left > max && level + 1 < u64::BITS {
            level += 1;
            left -= self.counts[level as usize];
        }
        level
    }
}
