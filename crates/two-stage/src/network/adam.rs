//! Adam with an L2 penalty added to the gradient (Kingma and Ba 2015, algorithm 1).

use kernels::AdamStep;

use super::{Network, Shape};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

/// The optimiser's state for one network.
pub struct Adam {
    learning_rate: f64,
    /// The L2 penalty on dense weights and on the skip; biases have none.
    weight_decay: f32,
    skip_decay: f32,
    first: Vec<f32>,
    second: Vec<f32>,
    steps: i32,
}

impl Adam {
    pub fn new(shape: &Shape, learning_rate: f64, weight_decay: f64, skip_decay: f64) -> Self {
        let count = shape.parameters().unwrap_or(0);
        Self {
            learning_rate,
            weight_decay: weight_decay as f32,
            skip_decay: skip_decay as f32,
            first: vec![0.0; count],
            second: vec![0.0; count],
            steps: 0,
        }
    }

    /// One step along the gradient of a batch's mean loss.
    pub fn step(&mut self, network: &mut Network, gradients: &[f32]) {
        self.steps = self.steps.saturating_add(1);
        let correction = (1.0 - BETA2.powi(self.steps)).sqrt() / (1.0 - BETA1.powi(self.steps));
        let rate = (self.learning_rate * correction) as f32;
        let Network { shape, parameters } = network;
        for layer in shape.layers() {
            self.update(layer.weight_range(), self.weight_decay, rate, parameters, gradients);
            self.update(layer.bias_range(), 0.0, rate, parameters, gradients);
        }
        let skip = shape.skip_start()..parameters.len();
        self.update(skip, self.skip_decay, rate, parameters, gradients);
    }

    fn update(
        &mut self,
        range: std::ops::Range<usize>,
        decay: f32,
        rate: f32,
        parameters: &mut [f32],
        gradients: &[f32],
    ) {
        let (beta1, beta2) = (BETA1 as f32, BETA2 as f32);
        let step = AdamStep { rate, beta1, beta2, epsilon: EPSILON, decay };
        let (first, second) = (&mut self.first[range.clone()], &mut self.second[range.clone()]);
        step.apply(&mut parameters[range.clone()], &gradients[range], first, second);
    }
}
