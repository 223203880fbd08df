//! A dense ReLU layer for one row, its weights stored in panels.
//!
//! A panel is a group of outputs whose sums fit into the registers of a CPU. Its weights are stored
//! input by input, so that a pass reads all weights in the order in which they lie in memory.

use pulp::Simd;

use crate::aligned::{Aligned, LINE};

/// A borrowed dense layer.
#[derive(Clone, Copy)]
pub struct Dense<'a> {
    /// Row-major weights, inputs × outputs.
    pub weights: &'a [f32],
    /// One bias per output.
    pub biases: &'a [f32],
}

/// A hidden layer in panels.
#[derive(Debug, Clone)]
pub(super) struct PanelLayer {
    /// The number of inputs, padded to whole cache lines.
    inputs: usize,
    /// The number of outputs of each panel, the widest first.
    panels: Vec<usize>,
    weights: Aligned,
    biases: Aligned,
}

impl PanelLayer {
    /// Copies a layer into panels.
    pub(super) fn new(layer: Dense) -> Self {
        let outputs = layer.biases.len();
        let inputs = layer.weights.len() / outputs.max(1);
        let padded = inputs.next_multiple_of(LINE);
        let mut panels = Vec::new();
        let mut weights = Vec::new();
        let mut start = 0;
        while start < outputs {
            let width = width(outputs - start);
            panels.push(width);
            let end = outputs.min(start + width);
            for row in layer.weights.chunks_exact(outputs) {
                weights.extend_from_slice(&row[start..end]);
                weights.resize(weights.len() + start + width - end, 0.0);
            }
            weights.resize(weights.len() + (padded - inputs) * width, 0.0);
            start += width;
        }
        let weights = Aligned::of(&weights);
        Self { inputs: padded, panels, weights, biases: Aligned::of(layer.biases) }
    }

    /// Returns the number of outputs, padded to whole cache lines.
    pub(super) fn padded_outputs(&self) -> usize {
        self.biases.numbers().len()
    }

    /// Computes the activations `out` of a row's padded `input`.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(&self, simd: S, input: &[f32], out: &mut [f32]) {
        let input = &input[..self.inputs];
        let (mut weights, mut biases) = (self.weights.numbers(), self.biases.numbers());
        let mut out = out;
        for &width in &self.panels {
            let panel = Panel { input, weights: &weights[..width * self.inputs], biases };
            let (here, rest) = out.split_at_mut(width);
            // `N` × `SETS` independent sums hide the latency of an addition and fit the registers.
            match width / S::F32_LANES {
                _ if S::F32_LANES == 1 => panel.apply_scalar(width, here),
                1 => panel.apply::<S, 1, 8>(simd, here),
                2 => panel.apply::<S, 2, 4>(simd, here),
                4 => panel.apply::<S, 4, 2>(simd, here),
                8 => panel.apply::<S, 8, 1>(simd, here),
                _ => panel.apply::<S, 16, 1>(simd, here),
            }
            weights = &weights[width * self.inputs..];
            biases = &biases[width..];
            out = rest;
        }
    }
}

/// Returns the width of the next panel if `left` outputs remain.
fn width(left: usize) -> usize {
    [4 * LINE, 2 * LINE].into_iter().find(|&width| left >= width).unwrap_or(LINE)
}

/// The weights and biases of one panel of outputs, and the inputs of the layer.
struct Panel<'a> {
    input: &'a [f32],
    weights: &'a [f32],
    biases: &'a [f32],
}

impl Panel<'_> {
    /// Computes `N` vectors of outputs, each as `SETS` sums that take every `SETS`th input.
    #[inline(always)]
    fn apply<S: Simd, const N: usize, const SETS: usize>(self, simd: S, out: &mut [f32]) {
        let weights = S::as_simd_f32s(self.weights).0.as_chunks::<N>().0.as_chunks::<SETS>().0;
        let mut sums = [[simd.splat_f32s(0.0); N]; SETS];
        for (inputs, weights) in self.input.as_chunks::<SETS>().0.iter().zip(weights) {
            for set in 0..SETS {
                let input = simd.splat_f32s(inputs[set]);
                for n in 0..N {
                    sums[set][n] = simd.mul_add_e_f32s(input, weights[set][n], sums[set][n]);
                }
            }
        }
        let biases = S::as_simd_f32s(self.biases).0;
        let out = S::as_mut_simd_f32s(out).0;
        for n in 0..N {
            let sum = sums.iter().fold(biases[n], |sum, set| simd.add_f32s(sum, set[n]));
            out[n] = simd.max_f32s(sum, simd.splat_f32s(0.0));
        }
    }

    /// Computes the outputs on a CPU for which `pulp` has no vectors.
    #[inline(always)]
    fn apply_scalar(self, width: usize, out: &mut [f32]) {
        for start in (0..width).step_by(LINE) {
            let mut sums = [0.0; LINE];
            for (input, weights) in self.input.iter().zip(self.weights.chunks_exact(width)) {
                for (sum, weight) in sums.iter_mut().zip(&weights[start..]) {
                    *sum += input * weight;
                }
            }
            let biases = &self.biases[start..];
            for ((out, sum), bias) in out[start..].iter_mut().zip(sums).zip(biases) {
                *out = (bias + sum).max(0.0);
            }
        }
    }
}
