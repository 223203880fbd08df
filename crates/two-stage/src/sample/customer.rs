//! The customer whose row it is (option `customer`), as a hash of the value that names it.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::word::Word;

/// Words that hold a customer.
pub(super) const CUSTOMER_WORDS: usize = 2;

/// A customer who may have several rows. Its hash is never 0, which stands for no customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Customer(u64);

/// The place of a customer in the order, or of a row that is a customer of its own: the upper half
/// of its key, the customer, and the lower half where there is no customer.
pub(super) type Place = (u32, Option<Customer>, u32);

impl Customer {
    /// The customer that these bytes name.
    pub fn named(name: &[u8]) -> Self {
        Self(xxh3_64(name).max(1))
    }

    /// A number that orders and deals customers, whatever they are named.
    pub(crate) fn key(self, seed: u64) -> u64 {
        xxh3_64_with_seed(&self.0.to_le_bytes(), seed)
    }

    /// The words of a customer, or of none.
    pub(super) fn words(customer: Option<Self>) -> [Word; CUSTOMER_WORDS] {
        let hash = customer.map_or(0, |customer| customer.0);
        [hash, hash >> u32::BITS].map(|half| Word::of_code(half as u32))
    }

    /// The customer of these words.
    pub(super) fn of_words([low, high]: [Word; CUSTOMER_WORDS]) -> Option<Self> {
        let hash = u64::from(high.bits()) << u32::BITS | u64::from(low.bits());
        (hash > 0).then_some(Self(hash))
    }
}

#[cfg(test)]
mod tests;
