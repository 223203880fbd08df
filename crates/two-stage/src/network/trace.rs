//! One row through a network and back, in f64, for explanations: these sum up many gradients, and few
//! customers are explained.

use super::Network;

/// The activations of a row: the inputs, the hidden layers, the logits.
pub struct Trace<'n> {
    network: &'n Network,
    activations: Vec<Vec<f64>>,
}

impl Network {
    pub fn trace(&self, inputs: &[f64]) -> Trace<'_> {
        let parameters = &self.parameters;
        let mut activations = vec![inputs.to_vec()];
        for (index, layer) in self.shape.layers().enumerate() {
            let mut next: Vec<f64> =
                parameters[layer.bias_range()].iter().copied().map(f64::from).collect();
            add_product(&activations[index], &parameters[layer.weight_range()], &mut next);
            if index < self.shape.hidden.len() {
                next.iter_mut().for_each(|value| *value = value.max(0.0));
            } else {
                add_product(inputs, &parameters[self.shape.skip_start()..], &mut next);
            }
            activations.push(next);
        }
        Trace { network: self, activations }
    }
}

impl Trace<'_> {
    pub fn logits(&self) -> &[f64] {
        self.activations.last().map_or(&[], Vec::as_slice)
    }

    /// dL/d(inputs), from dL/d(logits).
    pub fn input_gradient(&self, logits: &[f64]) -> Vec<f64> {
        let Network { shape, parameters } = self.network;
        let layers: Vec<_> = shape.layers().collect();
        let mut gradient = logits.to_vec();
        for (index, layer) in layers.iter().enumerate().rev() {
            gradient = product(&parameters[layer.weight_range()], layer.inputs, &gradient);
            // A ReLU that held its value back passes no gradient; the inputs come from no ReLU.
            if index > 0 {
                for (gradient, &activation) in gradient.iter_mut().zip(&self.activations[index]) {
                    *gradient = if activation > 0.0 { *gradient } else { 0.0 };
                }
            }
        }
        let skip = product(&parameters[shape.skip_start()..], shape.inputs, logits);
        gradient.iter_mut().zip(skip).for_each(|(sum, skip)| *sum += skip);
        gradient
    }
}

/// `sums` += `row` · `weights`, inputs × outputs.
fn add_product(row: &[f64], weights: &[f32], sums: &mut [f64]) {
    for (x, weights) in row.iter().zip(weights.chunks_exact(sums.len().max(1))) {
        sums.iter_mut().zip(weights).for_each(|(sum, &weight)| *sum += x * f64::from(weight));
    }
}

/// `weights`, inputs × outputs, · `outputs`.
fn product(weights: &[f32], inputs: usize, outputs: &[f64]) -> Vec<f64> {
    let rows = weights.chunks_exact(outputs.len().max(1)).take(inputs);
    rows.map(|row| row.iter().zip(outputs).map(|(&w, out)| f64::from(w) * out).sum()).collect()
}
