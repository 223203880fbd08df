//! Interrupts: long work polls every few milliseconds, so that its caller can stop it.

/// Items of a loop between two polls; each takes about a microsecond at most.
pub(crate) const POLL_ITEMS: usize = 4096;

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

    /// Sorts a list, and polls between parts of it.
    pub fn sort<T>(self, list: &mut [T], compare: &impl Fn(&T, &T) -> std::cmp::Ordering) {
        const MAX_PART: usize = 1 << 16;
        self.now();
        if list.len() <= MAX_PART {
            list.sort_unstable_by(compare);
        } else {
            let (lower, _, upper) = list.select_nth_unstable_by(list.len() / 2, compare);
            self.sort(lower, compare);
            self.sort(upper, compare);
        }
    }
}

impl Default for Poll {
    fn default() -> Self {
        Self::NEVER
    }
}
