//! Interrupts: long work polls every few milliseconds, so that its caller can stop it.

use std::cmp::Ordering;

/// Items of a loop between two polls; each takes about a microsecond at most.
pub(crate) const POLL_ITEMS: usize = 4096;

/// Comparisons of a sort between two polls.
const COMPARISONS: u32 = 1 << 16;

/// A function that long work calls every few milliseconds. It may unwind to stop the work, as
/// PostgreSQL's check for interrupts does.
#[derive(Debug, Clone, Copy)]
pub struct Poll(fn());

impl Poll {
    /// Work that nothing stops.
    pub const NEVER: Self = Self(|| ());

    /// Polls by calling `check`.
    pub fn new(check: fn()) -> Self {
        Self(check)
    }

    /// Polls.
    pub fn now(self) {
        (self.0)();
    }

    /// Polls now and then while a list is gone through.
    pub fn each<T>(self, list: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        list.enumerate().map(move |(place, item)| {
            if place.is_multiple_of(POLL_ITEMS) {
                self.now();
            }
            item
        })
    }

    /// Polls as [`Self::each`] does, more often where an item takes so many times the work.
    pub fn each_of<T>(self, work: usize, list: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        let items = (POLL_ITEMS / work.max(1)).max(1);
        let mut left = 0;
        list.inspect(move |_| {
            if left == 0 {
                self.now();
                left = items;
            }
            left -= 1;
        })
    }

    /// Sorts a list, and polls between comparisons.
    pub fn sort<T>(self, list: &mut [T], compare: &impl Fn(&T, &T) -> Ordering) {
        self.now();
        let mut left = COMPARISONS;
        sort(list, &mut |a, b| {
            left -= 1;
            if left == 0 {
                self.now();
                left = COMPARISONS;
            }
            compare(a, b)
        });
    }
}

/// Sorts a list in parts. Equal items keep no order, so another algorithm would change models.
fn sort<T>(list: &mut [T], compare: &mut impl FnMut(&T, &T) -> Ordering) {
    const MAX_PART: usize = 1 << 16;
    if list.len() <= MAX_PART {
        list.sort_unstable_by(compare);
    } else {
        let (lower, _, upper) = list.select_nth_unstable_by(list.len() / 2, &mut *compare);
        sort(lower, compare);
        sort(upper, compare);
    }
}

impl Default for Poll {
    fn default() -> Self {
        Self::NEVER
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static POLLS: Cell<usize> = const { Cell::new(0) };
    }

    fn counting() -> Poll {
        POLLS.set(0);
        Poll::new(|| POLLS.set(POLLS.get() + 1))
    }

    #[test]
    fn a_long_sort_polls_between_its_comparisons() {
        let list: Vec<u32> = (0..1 << 20).map(|item: u32| item.wrapping_mul(0x9e37_79b9)).collect();
        let (mut sorted, mut expected) = (list.clone(), list);
        let compared = Cell::new(0);
        counting().sort(&mut sorted, &|a, b| {
            compared.set(compared.get() + 1);
            a.cmp(b)
        });
        assert_eq!(POLLS.get(), 1 + compared.get() / COMPARISONS as usize);
        expected.sort_unstable();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn items_of_much_work_are_polled_one_by_one() {
        for (work, polls) in [(1, 1), (64, 2), (1 << 12, 100), (1 << 20, 100)] {
            assert_eq!(counting().each_of(work, 0..100).count(), 100);
            assert_eq!(POLLS.get(), polls, "{work}");
        }
    }
}
