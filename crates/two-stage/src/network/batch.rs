//! Forward and backward passes over a block of rows.

use kernels::{
    Destination, Matrix, THIN, ThinScratch, add_bias, mask_inactive, matrix_product, sum_columns,
};

use super::{Layer, Network, Shape};

/// Inputs, activations and logits of one block of rows; its buffers are reused from block to block.
pub struct Batch {
    layers: Vec<Layer>,
    rows: usize,
    inputs: Vec<f32>,
    /// The activations after each hidden layer.
    hidden: Vec<Vec<f32>>,
    logits: Vec<f32>,
    /// dL/d(activation) of the layer at work, and of the one before it.
    upstream: Vec<f32>,
    downstream: Vec<f32>,
    products: Products,
}

impl Batch {
    /// Allocates buffers for `capacity` rows.
    pub fn new(shape: &Shape, capacity: usize) -> Self {
        let widest = shape.hidden.iter().copied().max().unwrap_or(0);
        let with_capacity = |width: usize| Vec::with_capacity(capacity * width);
        Self {
            layers: shape.layers().collect(),
            rows: 0,
            inputs: with_capacity(shape.inputs),
            hidden: shape.hidden.iter().map(|&width| with_capacity(width)).collect(),
            logits: with_capacity(shape.outputs),
            upstream: with_capacity(widest),
            downstream: with_capacity(widest),
            products: Products::default(),
        }
    }

    /// The inputs of the next block, `rows` × `width`, to be filled by the caller.
    pub fn inputs_mut(&mut self, rows: usize, width: usize) -> &mut [f32] {
        self.rows = rows;
        self.inputs.resize(rows * width, 0.0);
        &mut self.inputs
    }

    /// The logits of the block, rows × outputs.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    pub fn forward(&mut self, network: &Network) {
        let Self { layers, rows, inputs, hidden, logits, products, .. } = self;
        let shape = &network.shape;
        for (index, layer) in layers.iter().enumerate() {
            let (before, after) = hidden.split_at_mut(index);
            let source: &[f32] = before.last().unwrap_or(inputs);
            let is_hidden = !after.is_empty();
            let output = after.first_mut().unwrap_or(&mut *logits);
            output.resize(*rows * layer.outputs, 0.0);
            let weights = &network.parameters[layer.weight_range()];
            products.forward(source, weights, output, layer.outputs, Destination::Replace);
            add_bias(output, &network.parameters[layer.bias_range()], is_hidden);
        }
        let skip = &network.parameters[shape.skip_start()..];
        products.forward(inputs, skip, logits, shape.outputs, Destination::Add);
    }

    /// Writes dL/d(parameters), without any penalty, from dL/d(logits); after `forward`.
    pub fn backward(&mut self, network: &Network, logit_gradients: &[f32], gradients: &mut [f32]) {
        let Self { layers, rows, inputs, hidden, upstream, downstream, products, .. } = self;
        let shape = &network.shape;
        let skip = &mut gradients[shape.skip_start()..];
        products.weight_gradient(inputs, logit_gradients, skip, shape.outputs);
        upstream.clear();
        upstream.extend_from_slice(logit_gradients);
        for (index, layer) in layers.iter().enumerate().rev() {
            let source = if index == 0 { &*inputs } else { &hidden[index - 1] };
            let weight_gradient = &mut gradients[layer.weight_range()];
            products.weight_gradient(source, upstream, weight_gradient, layer.outputs);
            sum_columns(upstream, &mut gradients[layer.bias_range()]);
            if index == 0 {
                break;
            }
            downstream.resize(*rows * layer.inputs, 0.0);
            let weights = &network.parameters[layer.weight_range()];
            products.backward(upstream, weights, downstream, layer);
            mask_inactive(downstream, source);
            std::mem::swap(upstream, downstream);
        }
    }
}

/// The three products of a layer: blocked, or thin where it has few outputs.
#[derive(Default)]
struct Products {
    scratch: ThinScratch,
}

impl Products {
    /// `out` = or += `source` · `weights`.
    fn forward(
        &mut self,
        source: &[f32],
        weights: &[f32],
        out: &mut [f32],
        outputs: usize,
        destination: Destination,
    ) {
        if outputs <= THIN {
            if destination == Destination::Replace {
                out.fill(0.0);
            }
            self.scratch.add_product(source, weights, out, outputs);
        } else {
            let (rows, inputs) = (out.len() / outputs, weights.len() / outputs);
            let source = Matrix::new(source, rows, inputs);
            matrix_product(source, Matrix::new(weights, inputs, outputs), out, destination);
        }
    }

    /// `out` = `source`ᵀ · `upstream`.
    fn weight_gradient(
        &mut self,
        source: &[f32],
        upstream: &[f32],
        out: &mut [f32],
        outputs: usize,
    ) {
        if outputs <= THIN {
            self.scratch.weight_gradient(source, upstream, out, outputs);
        } else {
            let (rows, inputs) = (upstream.len() / outputs, out.len() / outputs);
            let source = Matrix::new(source, rows, inputs).transposed();
            let upstream = Matrix::new(upstream, rows, outputs);
            matrix_product(source, upstream, out, Destination::Replace);
        }
    }

    /// `out` = `upstream` · `weights`ᵀ.
    fn backward(&mut self, upstream: &[f32], weights: &[f32], out: &mut [f32], layer: &Layer) {
        let &Layer { inputs, outputs, .. } = layer;
        if outputs <= THIN {
            self.scratch.backward(upstream, weights, out, outputs);
        } else {
            let upstream = Matrix::new(upstream, upstream.len() / outputs, outputs);
            let weights = Matrix::new(weights, inputs, outputs).transposed();
            matrix_product(upstream, weights, out, Destination::Replace);
        }
    }
}
