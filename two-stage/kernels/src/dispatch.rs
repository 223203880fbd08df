//! Loops compiled for each kind of CPU, the right one chosen at run time.

/// Runs a block, compiled for the CPU at hand. A closure would not do: the compiler may leave the
/// call of one out of line, where it is compiled for the oldest CPU of the kind.
macro_rules! for_this_cpu {
    ($([const $n:ident])? |$($name:ident: $type:ty),+| $body:block) => {{
        struct Operation<'a $(, const $n: usize)?> {
            $($name: $type),+
        }
        impl $(<const $n: usize>)? pulp::WithSimd for Operation<'_ $(, $n)?> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: pulp::Simd>(self, _: S) {
                let Self { $($name),+ } = self;
                $body
            }
        }
        pulp::Arch::new().dispatch(Operation $(::<$n>)? { $($name),+ })
    }};
}
