//! Tests of a row's pass against its definition, on every kind of CPU.

use proptest::prelude::*;

use super::*;
use crate::dispatch::kinds_of_cpu;

/// Returns `count` pseudo-random numbers from -1 to 1.
fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|i| ((i + 1) * (seed + 7) * 7919 % 2003) as f32 / 1001.0 - 1.0).collect()
}

/// Computes the logits by their definition, in f64.
fn exact(layers: &[(Vec<f32>, Vec<f32>)], skip: &[f32], x: &[f32]) -> Vec<f64> {
    let product = |x: &[f64], weights: &[f32], output: usize, outputs: usize| -> f64 {
        let column = weights.iter().skip(output).step_by(outputs);
        x.iter().zip(column).map(|(x, &w)| x * f64::from(w)).sum()
    };
    let x: Vec<f64> = x.iter().map(|&x| x.into()).collect();
    let mut current = x.clone();
    for (place, (weights, biases)) in layers.iter().enumerate() {
        let is_last = place + 1 == layers.len();
        let outputs = biases.len();
        let output = |(j, &bias): (usize, &f32)| {
            let sum = f64::from(bias) + product(&current, weights, j, outputs);
            if is_last { sum + product(&x, skip, j, outputs) } else { sum.max(0.0) }
        };
        current = biases.iter().enumerate().map(output).collect();
    }
    current
}

#[test]
fn every_kind_of_cpu_agrees_with_the_definition() {
    let shapes: [&[usize]; 8] = [
        &[32, 64, 32, 3],
        &[1, 3],
        &[5, 1],
        &[40, 2],
        &[7, 130, 3],
        &[33, 17, 48, 5, 3],
        &[128, 96, 16, 1],
        &[16, 1000, 2],
    ];
    for (seed, shape) in shapes.into_iter().enumerate() {
        agree(&Sketch::new(shape, |count, _, kind| numbers(count, seed + kind)));
    }
}

proptest! {
    #[test]
    fn every_kind_of_cpu_agrees_on_random_networks(
        inputs in 1_usize..150,
        hidden in prop::collection::vec(1_usize..150, 0..4),
        outputs in 1..=THIN,
        pool in prop::collection::vec(-1.0_f32..1.0, 10_007),
    ) {
        let shape = [vec![inputs], hidden, vec![outputs]].concat();
        let mut drawn = pool.iter().cycle();
        // Weights of this scale, as in a new network, keep the size of the activations.
        agree(&Sketch::new(&shape, |count, fan_in, _| {
            let scale = (6.0 / fan_in as f32).sqrt();
            drawn.by_ref().take(count).map(|number| scale * number).collect()
        }));
    }
}

/// The weights and biases of a network, and a row of inputs.
struct Sketch {
    layers: Vec<(Vec<f32>, Vec<f32>)>,
    skip: Vec<f32>,
    x: Vec<f32>,
}

impl Sketch {
    /// Draws each part by `numbers(count, terms of each sum, kind of part)`.
    fn new(shape: &[usize], mut numbers: impl FnMut(usize, usize, usize) -> Vec<f32>) -> Self {
        let (inputs, outputs) = (shape[0], shape[shape.len() - 1]);
        let mut layer =
            |pair: &[usize]| (numbers(pair[0] * pair[1], pair[0], 0), numbers(pair[1], pair[0], 1));
        let layers = shape.windows(2).map(&mut layer).collect();
        let skip = numbers(inputs * outputs, inputs, 2);
        Self { layers, skip, x: numbers(inputs, 6, 3) }
    }
}

/// Asserts that every kind of CPU gives the exact logits, also with used scratch memory.
fn agree(Sketch { layers, skip, x }: &Sketch) {
    let dense: Vec<Dense> =
        layers.iter().map(|(weights, biases)| Dense { weights, biases }).collect();
    let (last, hidden) = dense.split_last().unwrap();
    let exact = exact(layers, skip, x);
    let size: f64 = exact.iter().map(|z| z.abs()).sum::<f64>() + 1.0;
    for arch in kinds_of_cpu() {
        let network = RowNetwork::on(arch, hidden, *last, skip);
        let mut row = network.inputs();
        row.numbers_mut()[..x.len()].copy_from_slice(x);
        let mut scratch = RowScratch::default();
        for _ in 0..2 {
            let logits = network.logits(&row, &mut scratch);
            for (z, exact) in logits.iter().zip(&exact) {
                let difference = (f64::from(*z) - exact).abs();
                assert!(difference < 1e-5 * size, "{arch:?}: {z} {exact}");
            }
        }
    }
}
