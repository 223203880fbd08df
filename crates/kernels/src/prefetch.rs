//! Asks for memory before it is needed.

/// Starts to bring `numbers` into the CPU's caches, where the CPU can be asked to.
#[inline]
pub fn prefetch(numbers: &[u32]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        const LINE: usize = 64 / size_of::<u32>();
        for line in numbers.chunks(LINE) {
            // SAFETY: a hint about memory that is there; it changes nothing and cannot fault.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
        }
        if let Some(last) = numbers.last() {
            // SAFETY: as above.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(last).cast()) };
        }
    }
}
