//! Compiles a loop once per kind of CPU and picks the right one at run time.

/// Runs a block that is compiled for the CPU at hand. A closure would not do: the compiler may keep
/// its body out of line, where it is compiled without AVX.
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

/// Lists the scalar code path and every vector one that this CPU supports.
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
