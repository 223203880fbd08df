//! A hash table of the places of keys in a list.

/// A slot without a place.
const FREE: u32 = u32::MAX;
/// 2^64 over the golden ratio: products with it spread neighbouring keys over the slots.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The place of each key. The keys themselves are in the list.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// A power of two of them, or none.
    slots: Vec<u32>,
}

impl Places {
    /// Makes room for more keys beside the known ones, in the order of their places.
    pub fn make_room(&mut self, more: usize, keys: impl ExactSizeIterator<Item = u64>) {
        let needed = (keys.len() + more) * 3 / 2;
        if needed < self.slots.len() {
            return;
        }
        self.slots = vec![FREE; (needed + 1).next_power_of_two()];
        for (place, key) in keys.enumerate() {
            let mut slot = self.slot(key);
            while self.slots[slot] != FREE {
                slot = self.next(slot);
            }
            self.slots[slot] = place as u32;
        }
    }

    /// Returns the place that a key has unless others came before it. There is room.
    #[inline]
    pub fn guess(&self, key: u64) -> u32 {
        self.slots[self.slot(key)]
    }

    /// Returns the place of a key; a key that has none gets the new place. There is room.
    pub fn find(&mut self, key: u64, new: usize, key_at: impl Fn(usize) -> u64) -> usize {
        let mut slot = self.slot(key);
        loop {
            match self.slots[slot] {
                FREE => {
                    self.slots[slot] = new as u32;
                    return new;
                }
                place if key_at(place as usize) == key => return place as usize,
                _ => slot = self.next(slot),
            }
        }
    }

    /// Forgets all places.
    pub fn clear(&mut self) {
        self.slots.clear();
    }

    /// Returns the memory that the table holds.
    pub fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }

    #[inline]
    fn slot(&self, key: u64) -> usize {
        let unused = u64::BITS - self.slots.len().trailing_zeros();
        // The upper bits are folded in, because the keys of whole numbers differ in these alone.
        (key ^ key >> 32).wrapping_mul(SPREAD).checked_shr(unused).unwrap_or(0) as usize
    }

    fn next(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}
