//! Loops compiled for each kind of CPU, the right one chosen at run time.

/// Runs a block, compiled for the CPU at hand. A closure would not do: the compiler may leave the
/// call of one out of line, where it is compiled for the oldest CPU of the kind.
macro_rules! for_this_cpu {
    (|$($name:ident: $type:ty),+| $body:block) => {{
        struct Operation<'a> {
            $($name: $type),+
        }
        impl pulp::WithSimd for Operation<'_> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: pulp::Simd>(self, _: S) {
                let Self { $($name),+ } = self;
                $body
            }
        }
        pulp::Arch::new().dispatch(Operation { $($name),+ })
    }};
}

/// The plain kind of CPU, and each that this one is.
#[cfg(test)]
pub(crate) fn kinds_of_cpu() -> Vec<pulp::Arch> {
    use pulp::Arch;
    #[cfg(target_arch = "x86_64")]
    {
        let v3 = pulp::x86::V3::try_new().map(Arch::V3);
        let v4 = pulp::x86::V4::try_new().map(Arch::V4);
        [Some(Arch::Scalar), v3, v4].into_iter().flatten().collect()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        vec![Arch::Scalar, Arch::new()]
    }
}
