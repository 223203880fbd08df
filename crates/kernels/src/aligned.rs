//! A buffer of f32 that starts on a cache line and is padded with zeros to whole lines.

/// The number of f32 in a cache line of 64 bytes; no CPU has wider vectors.
pub(crate) const LINE: usize = 16;

#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

/// A list of f32, aligned to 64 bytes and padded with zeros to a multiple of 16 numbers.
#[derive(Debug, Clone, Default)]
pub struct Aligned {
    lines: Vec<Line>,
}

impl Aligned {
    /// Creates a list of `count` zeros, rounded up to whole cache lines.
    pub fn zeros(count: usize) -> Self {
        Self { lines: vec![Line([0.0; LINE]); count.div_ceil(LINE)] }
    }

    pub(crate) fn of(numbers: &[f32]) -> Self {
        let mut aligned = Self::zeros(numbers.len());
        aligned.numbers_mut()[..numbers.len()].copy_from_slice(numbers);
        aligned
    }

    /// Returns all numbers, including the padding.
    #[inline(always)]
    pub fn numbers(&self) -> &[f32] {
        // SAFETY: a `Line` is exactly `LINE` numbers without padding, and the lines of a `Vec` are
        // contiguous, so the pointer is valid for lines × `LINE` numbers.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.lines.len() * LINE) }
    }

    /// Returns all numbers for writing, including the padding.
    #[inline(always)]
    pub fn numbers_mut(&mut self) -> &mut [f32] {
        let count = self.lines.len() * LINE;
        // SAFETY: as in `numbers`, and `self` is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), count) }
    }
}
