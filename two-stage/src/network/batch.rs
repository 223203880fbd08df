//! Forward and backward passes over a block of rows.

use kernels::{Destination, Matrix, matrix_product};

use super::{Layer, Network, Shape};

/// Inputs, activations and logits of one block of rows; its buffers are reused from block to block.
pub struct Batch {
    rows: usize,
    inputs: Vec<f32>,
    /// The activations after each hidden layer.
    hidden: Vec<Vec<f32>>,
    logits: Vec<f32>,
    /// dL/d(activation) of the layer at work, and of the one before it.
    upstream: Vec<f32>,
    downstream: Vec<f32>,
}

impl Batch {
    /// Room for `capacity` rows.
    pub fn new(shape: &Shape, capacity: usize) -> Self {
        let widest = shape.hidden.iter().copied().max().unwrap_or(0);
        let with_capacity = |width: usize| Vec::with_capacity(capacity * width);
        Self {
            rows: 0,
            inputs: with_capacity(shape.inputs),
            hidden: shape.hidden.iter().map(|&width| with_capacity(width)).collect(),
            logits: with_capacity(shape.outputs),
            upstream: with_capacity(widest),
            downstream: with_capacity(widest),
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
        let Self { rows, inputs, hidden, logits, .. } = self;
        let rows = *rows;
        let shape = &network.shape;
        for (index, layer) in shape.layers().enumerate() {
            let (before, after) = hidden.split_at_mut(index);
            let source: &[f32] = before.last().unwrap_or(inputs);
            match after.first_mut() {
                Some(output) => {
                    dense(network, layer, source, output, rows);
                    for value in output.iter_mut() {
                        *value = value.max(0.0);
                    }
                }
                None => dense(network, layer, source, logits, rows),
            }
        }
        let skip = &network.parameters[shape.skip_start()..];
        matrix_product(
            Matrix::new(inputs, rows, shape.inputs),
            Matrix::new(skip, shape.inputs, shape.outputs),
            logits,
            Destination::Add,
        );
    }

    /// Writes dL/d(parameters), without any penalty, from dL/d(logits); after `forward`.
    pub fn backward(&mut self, network: &Network, logit_gradients: &[f32], gradients: &mut [f32]) {
        let shape = &network.shape;
        let rows = self.rows;
        matrix_product(
            Matrix::new(&self.inputs, rows, shape.inputs).transposed(),
            Matrix::new(logit_gradients, rows, shape.outputs),
            &mut gradients[shape.skip_start()..],
            Destination::Replace,
        );
        let layers: Vec<Layer> = shape.layers().collect();
        self.upstream.clear();
        self.upstream.extend_from_slice(logit_gradients);
        for (index, &layer) in layers.iter().enumerate().rev() {
            let source = match index {
                0 => &self.inputs,
                _ => &self.hidden[index - 1],
            };
            let upstream = Matrix::new(&self.upstream, rows, layer.outputs);
            matrix_product(
                Matrix::new(source, rows, layer.inputs).transposed(),
                upstream,
                &mut gradients[layer.weight_range()],
                Destination::Replace,
            );
            sum_columns(&self.upstream, &mut gradients[layer.bias_range()]);
            if index == 0 {
                break;
            }
            self.downstream.resize(rows * layer.inputs, 0.0);
            let weights = &network.parameters[layer.weight_range()];
            matrix_product(
                upstream,
                Matrix::new(weights, layer.inputs, layer.outputs).transposed(),
                &mut self.downstream,
                Destination::Replace,
            );
            for (gradient, &activation) in self.downstream.iter_mut().zip(source) {
                if activation <= 0.0 {
                    *gradient = 0.0;
                }
            }
            std::mem::swap(&mut self.upstream, &mut self.downstream);
        }
    }
}

fn dense(network: &Network, layer: Layer, source: &[f32], output: &mut Vec<f32>, rows: usize) {
    output.clear();
    for _ in 0..rows {
        output.extend_from_slice(&network.parameters[layer.bias_range()]);
    }
    matrix_product(
        Matrix::new(source, rows, layer.inputs),
        Matrix::new(&network.parameters[layer.weight_range()], layer.inputs, layer.outputs),
        output,
        Destination::Add,
    );
}

fn sum_columns(matrix: &[f32], sums: &mut [f32]) {
    sums.fill(0.0);
    for row in matrix.chunks_exact(sums.len()) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}
