//! A dense network that scores one row at a time.
//!
//! Each layer is a vector-matrix product, which uses every weight once; `panel` lays the weights
//! out in the order in which they are read.

mod panel;
#[cfg(test)]
mod tests;

use pulp::{Arch, Simd, WithSimd};

use crate::aligned::{Aligned, LINE};
use crate::thin::THIN;
pub use panel::Dense;
use panel::PanelLayer;

/// A dense ReLU network with a linear skip from its inputs to its outputs.
#[derive(Debug, Clone)]
pub struct RowNetwork {
    arch: Arch,
    hidden: Vec<PanelLayer>,
    outputs: Vec<Output>,
    /// The number of inputs, padded to whole cache lines.
    inputs: usize,
}

/// One output: its weights of the last hidden layer, its skip weights of the inputs, and its bias.
#[derive(Debug, Clone)]
struct Output {
    weights: Aligned,
    skip: Aligned,
    bias: f32,
}

/// Reusable memory for the activations of a row; it grows as needed.
#[derive(Debug, Default)]
pub struct RowScratch {
    current: Aligned,
    next: Aligned,
}

impl RowNetwork {
    /// Copies the layers into the layout that a pass reads.
    ///
    /// `hidden` are the ReLU layers in order and `last` is the output layer. The product of the
    /// inputs and `skip` (row-major, inputs × outputs) is added to the outputs.
    ///
    /// # Panics
    /// Panics if there are more than [`THIN`] outputs.
    pub fn new(hidden: &[Dense], last: Dense, skip: &[f32]) -> Self {
        Self::on(Arch::new(), hidden, last, skip)
    }

    fn on(arch: Arch, hidden: &[Dense], last: Dense, skip: &[f32]) -> Self {
        let outputs = last.biases.len();
        assert!(outputs <= THIN, "{outputs} outputs are not thin");
        let column = |weights: &[f32], output| {
            Aligned::of(&weights.iter().skip(output).step_by(outputs).copied().collect::<Vec<_>>())
        };
        let output = |(place, &bias)| Output {
            weights: column(last.weights, place),
            skip: column(skip, place),
            bias,
        };
        Self {
            arch,
            hidden: hidden.iter().copied().map(PanelLayer::new).collect(),
            outputs: last.biases.iter().enumerate().map(output).collect(),
            inputs: (skip.len() / outputs.max(1)).next_multiple_of(LINE),
        }
    }

    /// Returns zeros for the inputs of a row, padded as [`logits`](Self::logits) needs them.
    pub fn inputs(&self) -> Aligned {
        Aligned::zeros(self.inputs)
    }

    /// Computes the outputs of one row; the numbers after the last output are 0.
    ///
    /// `inputs` is a list that [`inputs`](Self::inputs) made, filled from its start.
    ///
    /// # Panics
    /// Panics if `inputs` is shorter than such a list.
    pub fn logits(&self, inputs: &Aligned, scratch: &mut RowScratch) -> [f32; THIN] {
        let widest = self.hidden.iter().map(PanelLayer::padded_outputs).max();
        if widest > Some(scratch.current.numbers().len()) {
            *scratch = RowScratch {
                current: Aligned::zeros(widest.unwrap_or(0)),
                next: Aligned::zeros(widest.unwrap_or(0)),
            };
        }
        self.arch.dispatch(Pass {
            network: self,
            inputs: &inputs.numbers()[..self.inputs],
            scratch,
        })
    }
}

/// One row's pass through the network, for `pulp` to dispatch.
struct Pass<'a> {
    network: &'a RowNetwork,
    inputs: &'a [f32],
    scratch: &'a mut RowScratch,
}

impl WithSimd for Pass<'_> {
    type Output = [f32; THIN];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f32; THIN] {
        let Self { network, inputs, scratch: RowScratch { current, next } } = self;
        let mut is_first = true;
        for layer in &network.hidden {
            let input = if is_first { inputs } else { current.numbers() };
            layer.apply(simd, input, next.numbers_mut());
            std::mem::swap(current, next);
            is_first = false;
        }
        let last = if is_first { inputs } else { current.numbers() };
        let mut logits = [0.0; THIN];
        for (logit, output) in logits.iter_mut().zip(&network.outputs) {
            let sum = dot(simd, last, output.weights.numbers(), simd.splat_f32s(0.0));
            let sum = dot(simd, inputs, output.skip.numbers(), sum);
            *logit = output.bias + simd.reduce_sum_f32s(sum);
        }
        logits
    }
}

/// Adds `a` · `b` to `sum`, lane by lane.
#[inline(always)]
fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32], sum: S::f32s) -> S::f32s {
    let (a, b) = (S::as_simd_f32s(a).0, S::as_simd_f32s(b).0);
    a.iter().zip(b).fold(sum, |sum, (&a, &b)| simd.mul_add_e_f32s(a, b, sum))
}
