//! Numbers that start at a cache line, filled up with zeros to whole ones.

/// Numbers of a cache line, which no vector of a CPU is wider than.
pub(crate) const LINE: usize = 16;

#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

/// A list of numbers, padded with zeros.
#[derive(Debug, Clone, Default)]
pub struct Aligned {
    lines: Vec<Line>,
}

impl Aligned {
    /// Zeros, at least so many.
    pub fn zeros(count: usize) -> Self {
        Self { lines: vec![Line([0.0; LINE]); count.div_ceil(LINE)] }
    }

    pub(crate) fn of(numbers: &[f32]) -> Self {
        let mut aligned = Self::zeros(numbers.len());
        aligned.numbers_mut()[..numbers.len()].copy_from_slice(numbers);
        aligned
    }

    /// All of them, with the padding.
    #[inline(always)]
    pub fn numbers(&self) -> &[f32] {
        // SAFETY: a line is `LINE` numbers and nothing else, and lines stand side by side.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.lines.len() * LINE) }
    }

    #[inline(always)]
    pub fn numbers_mut(&mut self) -> &mut [f32] {
        let count = self.lines.len() * LINE;
        // SAFETY: as above, and borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), count) }
    }
}
