//! A dense ReLU network with a linear skip from the inputs to the logits.

mod adam;
mod batch;
mod trace;

pub use adam::Adam;
pub use batch::Batch;
pub use trace::Trace;

use kernels::{Dense, RowNetwork};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The largest number of hidden layers of a network.
pub const MAX_LAYERS: usize = 4;
/// The largest number of units of a hidden layer.
pub const MAX_WIDTH: usize = 1024;

/// The sizes of a network's layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub inputs: usize,
    pub hidden: Vec<usize>,
    pub outputs: usize,
}

/// The places of one dense layer among the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    pub inputs: usize,
    pub outputs: usize,
    /// First weight; weights are row-major, inputs × outputs.
    pub weights: usize,
    pub biases: usize,
}

impl Layer {
    fn weight_range(&self) -> std::ops::Range<usize> {
        self.weights..self.biases
    }

    fn bias_range(&self) -> std::ops::Range<usize> {
        self.biases..self.biases + self.outputs
    }
}

impl Shape {
    /// The dense layers in order; the skip's weights (inputs × outputs) follow the last of them.
    pub fn layers(&self) -> impl Iterator<Item = Layer> + '_ {
        let mut start = 0;
        let mut inputs = self.inputs;
        self.hidden.iter().chain(std::iter::once(&self.outputs)).map(move |&outputs| {
            let layer = Layer { inputs, outputs, weights: start, biases: start + inputs * outputs };
            start = layer.biases + outputs;
            inputs = outputs;
            layer
        })
    }

    /// The number of parameters of a network of this shape; `None` where it overflows.
    pub fn parameters(&self) -> Option<usize> {
        let mut total = self.inputs.checked_mul(self.outputs)?;
        let mut inputs = self.inputs;
        for &outputs in self.hidden.iter().chain(std::iter::once(&self.outputs)) {
            let weights = inputs.checked_mul(outputs)?.checked_add(outputs)?;
            total = total.checked_add(weights)?;
            inputs = outputs;
        }
        Some(total)
    }

    /// Tells if the options allow these hidden layers.
    fn is_allowed(&self) -> bool {
        self.hidden.len() <= MAX_LAYERS
            && self.hidden.iter().all(|width| (1..=MAX_WIDTH).contains(width))
    }

    fn last_layer(&self) -> Layer {
        // layers() always ends with the output layer.
        self.layers().last().unwrap_or(Layer {
            inputs: self.inputs,
            outputs: self.outputs,
            weights: 0,
            biases: self.inputs * self.outputs,
        })
    }

    fn skip_start(&self) -> usize {
        let last = self.last_layer();
        last.biases + last.outputs
    }
}

/// A network: its shape and its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    shape: Shape,
    parameters: Vec<f32>,
}

impl Network {
    /// A new network: He initialisation (sd √(2/fan_in)), √(1/fan_in) in the last layer, skip and
    /// biases 0.
    pub fn new(shape: Shape, rng: &mut impl Rng) -> Self {
        let mut parameters = vec![0.0; shape.skip_start() + shape.inputs * shape.outputs];
        for (index, layer) in shape.layers().enumerate() {
            let gain = if index < shape.hidden.len() { 2.0 } else { 1.0 };
            let deviation = (gain / layer.inputs.max(1) as f64).sqrt();
            for weight in &mut parameters[layer.weight_range()] {
                let normal: f64 = StandardNormal.sample(rng);
                *weight = (normal * deviation) as f32;
            }
        }
        Self { shape, parameters }
    }

    /// A network of these parameters, which [`Network::is_sound`] checks.
    pub fn from_parameters(shape: Shape, parameters: Vec<f32>) -> Self {
        Self { shape, parameters }
    }

    /// Sets an output's bias and scales its weights in the last layer.
    pub fn adjust_output(&mut self, output: usize, bias: f32, weight_factor: f32) {
        let last = self.shape.last_layer();
        self.parameters[last.biases + output] = bias;
        for row in self.parameters[last.weight_range()].chunks_exact_mut(last.outputs) {
            row[output] *= weight_factor;
        }
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Tells if the parameters are finite and as many as the shape says.
    pub fn is_sound(&self) -> bool {
        self.shape.is_allowed()
            && self.shape.parameters() == Some(self.parameters.len())
            && self.parameters.iter().all(|p| p.is_finite())
    }

    /// Lays the network out for one row at a time.
    pub fn for_rows(&self) -> RowNetwork {
        let dense = |layer: Layer| Dense {
            weights: &self.parameters[layer.weight_range()],
            biases: &self.parameters[layer.bias_range()],
        };
        let hidden: Vec<Dense> =
            self.shape.layers().take(self.shape.hidden.len()).map(dense).collect();
        let skip = &self.parameters[self.shape.skip_start()..];
        RowNetwork::new(&hidden, dense(self.shape.last_layer()), skip)
    }
}

#[cfg(test)]
mod tests;
