//! Asks for memory before it is needed.

/// Starts to bring `numbers` into the CPU's caches, where the CPU can be asked to.
#[inline]
pub fn prefetch<T>(numbers: &[T]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        let line = (64 / size_of::<T>().max(1)).max(1);
        for cached in numbers.chunks(line) {
            // SAFETY: a hint about memory that is there; it changes nothing and cannot fault.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(cached.as_ptr().cast()) };
        }
        if let Some(last) = numbers.last() {
            // SAFETY: as above.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(last).cast()) };
        }
    }
}
