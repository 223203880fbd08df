//! Element-wise loops over blocks of rows, compiled for each kind of CPU.
//!
//! They use no fused multiply-add, so that each lane rounds as scalar code does.

/// Computes sign(v)·log(1+|v|), which makes skewed columns nearly symmetric. NaN stays NaN.
#[inline(always)]
fn signed_log(value: f32) -> f32 {
    log_1p(value.abs()).copysign(value)
}

/// Replaces each value v by sign(v)·log(1+|v|), in place. NaN stays NaN.
pub fn signed_logs(values: &mut [f32]) {
    for_this_cpu!(|values: &'a mut [f32]| {
        for value in values {
            *value = signed_log(*value);
        }
    });
}

/// Computes log(1+a) for a ≥ 0 to about one unit in the last place.
///
/// The argument is reduced to 2^k·m with m in [√½, √2); the polynomial is that of `log1pf` in
/// fdlibm. There is no branch, so that loops over it vectorise.
#[inline(always)]
pub(crate) fn log_1p(a: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    const LN2_HIGH: f32 = f32::from_bits(0x3f31_7180);
    const LN2_LOW: f32 = f32::from_bits(0x3717_f7d1);
    const L: [f32; 4] = [0.666_666_6, 0.400_009_72, 0.284_987_87, 0.242_790_79];
    let u = 1.0 + a;
    let bits = u.to_bits().wrapping_add(1.0_f32.to_bits() - SQRT_HALF);
    let k = ((bits >> 23) as i32 - 127) as f32;
    let f = f32::from_bits((bits & 0x007f_ffff) + SQRT_HALF) - 1.0;
    // The rounding error of 1 + a, relative to 1 + a.
    let lost = (a - (u - 1.0)) / u;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let r = w * (L[1] + w * L[3]) + z * (L[0] + w * L[2]);
    let half = 0.5 * f * f;
    s * (half + r) + (k * LN2_LOW + lost) - half + f + k * LN2_HIGH
}

/// The standardisation of the inputs of a row: an optional logarithm, then (v − mean) / deviation.
#[derive(Debug, Clone, Default)]
pub struct Scale {
    /// One mask per input: all bits set if the logarithm is taken first, else 0.
    logarithmic: Vec<u32>,
    any_logarithmic: bool,
    mean: Vec<f32>,
    inverse_deviation: Vec<f32>,
}

impl Scale {
    /// Appends the standardisation of the next input.
    ///
    /// With `logarithmic`, the mean and deviation are those of the input's signed logarithm.
    pub fn push(&mut self, logarithmic: bool, mean: f32, inverse_deviation: f32) {
        self.logarithmic.push(if logarithmic { u32::MAX } else { 0 });
        self.any_logarithmic |= logarithmic;
        self.mean.push(mean);
        self.inverse_deviation.push(inverse_deviation);
    }

    /// Standardises row-major `rows` (rows × inputs) in place and clips them to ±`clip`; NaN
    /// becomes 0. An incomplete last row is left as it is.
    pub fn apply(&self, rows: &mut [f32], clip: f32) {
        if self.mean.is_empty() {
            return;
        }
        let scale = self;
        for_this_cpu!(|rows: &'a mut [f32], scale: &'a Scale, clip: f32| {
            for row in rows.chunks_exact_mut(scale.mean.len()) {
                if scale.any_logarithmic {
                    for (value, &mask) in row.iter_mut().zip(&scale.logarithmic) {
                        let logarithm = signed_log(*value).to_bits();
                        *value = f32::from_bits(logarithm & mask | value.to_bits() & !mask);
                    }
                }
                let inputs = scale.mean.iter().zip(&scale.inverse_deviation);
                for (value, (&mean, &inverse)) in row.iter_mut().zip(inputs) {
                    let standard = ((*value - mean) * inverse).clamp(-clip, clip);
                    *value = if standard.is_nan() { 0.0 } else { standard };
                }
            }
        });
    }
}

/// Adds `bias` to each row of row-major `rows` (rows × `bias.len()`); with `relu`, negative sums
/// become 0.
pub fn add_bias(rows: &mut [f32], bias: &[f32], relu: bool) {
    if bias.is_empty() {
        return;
    }
    let floor = if relu { 0.0 } else { f32::NEG_INFINITY };
    for_this_cpu!(|rows: &'a mut [f32], bias: &'a [f32], floor: f32| {
        for row in rows.chunks_exact_mut(bias.len()) {
            for (value, &bias) in row.iter_mut().zip(bias) {
                *value = (*value + bias).max(floor);
            }
        }
    });
}

/// Applies the gradient of a ReLU: sets each gradient to 0 whose activation is not above 0.
pub fn mask_inactive(gradients: &mut [f32], activations: &[f32]) {
    for_this_cpu!(|gradients: &'a mut [f32], activations: &'a [f32]| {
        for (gradient, &activation) in gradients.iter_mut().zip(activations) {
            *gradient = if activation > 0.0 { *gradient } else { 0.0 };
        }
    });
}

/// Writes the column sums of a row-major `matrix` (rows × `sums.len()`) to `sums`.
pub fn sum_columns(matrix: &[f32], sums: &mut [f32]) {
    sums.fill(0.0);
    if sums.is_empty() {
        return;
    }
    for_this_cpu!(|matrix: &'a [f32], sums: &'a mut [f32]| {
        for row in matrix.chunks_exact(sums.len()) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
    });
}

/// Adds `factor` · `values` to `sums`.
///
/// # Panics
/// Panics if the lengths differ.
pub fn add_scaled(values: &[f32], factor: f32, sums: &mut [f32]) {
    assert_eq!(values.len(), sums.len(), "length");
    for_this_cpu!(|values: &'a [f32], factor: f32, sums: &'a mut [f32]| {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += factor * value;
        }
    });
}

/// The coefficients of one step of the Adam optimiser.
#[derive(Debug, Clone, Copy)]
pub struct AdamStep {
    /// The learning rate, multiplied by both bias corrections.
    pub rate: f32,
    /// The decay rate of the first moments.
    pub beta1: f32,
    /// The decay rate of the second moments.
    pub beta2: f32,
    /// The constant added to the root of each second moment.
    pub epsilon: f32,
    /// The L2 penalty: this times the parameter is added to its gradient.
    pub decay: f32,
}

impl AdamStep {
    /// Updates `parameters` and their moment estimates `first` and `second` from `gradients`.
    ///
    /// # Panics
    /// Panics if the slices differ in length.
    pub fn apply(
        self,
        parameters: &mut [f32],
        gradients: &[f32],
        first: &mut [f32],
        second: &mut [f32],
    ) {
        let count = parameters.len();
        assert!([gradients.len(), first.len(), second.len()].iter().all(|&len| len == count));
        let step = self;
        for_this_cpu!(|step: AdamStep,
                       parameters: &'a mut [f32],
                       gradients: &'a [f32],
                       first: &'a mut [f32],
                       second: &'a mut [f32]| {
            let AdamStep { rate, beta1, beta2, epsilon, decay } = step;
            let moments = first.iter_mut().zip(second);
            for ((parameter, &gradient), (first, second)) in
                parameters.iter_mut().zip(gradients).zip(moments)
            {
                let gradient = gradient + decay * *parameter;
                *first = beta1 * *first + (1.0 - beta1) * gradient;
                *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
                *parameter -= rate * *first / (second.sqrt() + epsilon);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_agrees_with_its_definition() {
        let mut value = 1e-30_f32;
        while value < f32::MAX / 2.0 {
            let exact = f64::from(value).ln_1p();
            assert!((f64::from(signed_log(value)) - exact).abs() <= 2e-7 * exact, "{value}");
            assert_eq!(signed_log(-value), -signed_log(value));
            let mut several = [value, -value, 0.0, value];
            signed_logs(&mut several);
            assert_eq!(several, [value, -value, 0.0, value].map(signed_log));
            value *= 1.07;
        }
        assert_eq!((signed_log(0.0), signed_log(f32::MAX).is_finite()), (0.0, true));
        assert!(signed_log(f32::NAN).is_nan());
    }

    #[test]
    fn rows_are_standardised_clipped_and_their_gaps_filled() {
        let mut scale = Scale::default();
        scale.push(false, 1.0, 2.0);
        scale.push(true, 0.0, 1.0);
        scale.push(false, 0.0, 1.0);
        let mut rows = [2.0, 1.0, 9.0, f32::NAN, -1.0, -9.0];
        scale.apply(&mut rows, 5.0);
        let log2 = std::f32::consts::LN_2;
        assert_eq!(rows, [2.0, log2, 5.0, 0.0, -log2, -5.0]);
    }
}
