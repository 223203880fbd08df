//! Prefetches memory into the CPU's caches.

/// Starts to load `items` into the CPU's second-level cache; does nothing except on x86-64.
#[inline]
pub fn prefetch<T>(items: &[T]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        const LINE_BYTES: usize = 64;
        let start = items.as_ptr().cast::<i8>();
        let load = |offset| {
            // SAFETY: a prefetch is a hint, which neither faults nor changes memory at any address.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(start.wrapping_add(offset)) };
        };
        let bytes = size_of_val(items);
        for offset in (0..bytes).step_by(LINE_BYTES) {
            load(offset);
        }
        // A slice that starts inside a cache line may end one line further.
        if bytes > 0 {
            load(bytes - 1);
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = items;
}
