use proptest::prelude::*;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use kernels::RowScratch;

use super::*;

/// The definition, in f64: the logits of one row.
fn logits(shape: &Shape, parameters: &[f64], row: &[f64]) -> Vec<f64> {
    let mut activations = row.to_vec();
    for (index, layer) in shape.layers().enumerate() {
        let mut next = parameters[layer.bias_range()].to_vec();
        for (x, weights) in
            activations.iter().zip(parameters[layer.weight_range()].chunks_exact(layer.outputs))
        {
            next.iter_mut().zip(weights).for_each(|(sum, w)| *sum += x * w);
        }
        if index < shape.hidden.len() {
            next.iter_mut().for_each(|value| *value = value.max(0.0));
        }
        activations = next;
    }
    for (x, weights) in row.iter().zip(parameters[shape.skip_start()..].chunks_exact(shape.outputs))
    {
        activations.iter_mut().zip(weights).for_each(|(sum, w)| *sum += x * w);
    }
    activations
}

fn shapes() -> impl Strategy<Value = Shape> {
    (0_usize..6, prop::collection::vec(1_usize..7, 0..3), 1_usize..4)
        .prop_map(|(inputs, hidden, outputs)| Shape { inputs, hidden, outputs })
}

/// A network with no parameter at 0, so that the skip and the biases count, and a block of rows.
fn example(shape: Shape, rows: usize, seed: u64) -> (Network, Vec<f32>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut network = Network::new(shape, &mut rng);
    let mut normal = || -> f32 {
        let value: f64 = StandardNormal.sample(&mut rng);
        value as f32
    };
    network.parameters.iter_mut().for_each(|parameter| *parameter = normal());
    let inputs = (0..rows * network.shape.inputs).map(|_| normal()).collect();
    (network, inputs)
}

fn forward(network: &Network, inputs: &[f32], rows: usize) -> Batch {
    let mut batch = Batch::new(&network.shape, rows);
    batch.inputs_mut(rows, network.shape.inputs).copy_from_slice(inputs);
    batch.forward(network);
    batch
}

fn close(actual: f64, expected: f64, tolerance: f64) -> bool {
    (actual - expected).abs() <= tolerance * (1.0 + expected.abs())
}

proptest! {
    #[test]
    fn both_forward_passes_agree_with_the_definition(
        shape in shapes(), rows in 1_usize..5, seed: u64
    ) {
        let (network, inputs) = example(shape, rows, seed);
        let Shape { inputs: width, outputs, .. } = network.shape;
        let batch = forward(&network, &inputs, rows);
        let parameters: Vec<f64> = network.parameters.iter().map(|&p| p.into()).collect();
        let for_rows = network.for_rows();
        let mut room = RowScratch::default();
        for row in 0..rows {
            let input = &inputs[row * width..(row + 1) * width];
            let exact: Vec<f64> = input.iter().map(|&x| x.into()).collect();
            let expected = logits(&network.shape, &parameters, &exact);
            let mut inputs = for_rows.inputs();
            inputs.numbers_mut()[..width].copy_from_slice(input);
            let single = for_rows.logits(&inputs, &mut room);
            let block = &batch.logits()[row * outputs..(row + 1) * outputs];
            for ((&expected, &single), &block) in expected.iter().zip(&single).zip(block) {
                prop_assert!(close(single.into(), expected, 1e-5));
                prop_assert!(close(block.into(), expected, 1e-5));
            }
        }
    }

    #[test]
    fn the_backward_pass_agrees_with_finite_differences(
        shape in shapes(), rows in 1_usize..4, seed: u64
    ) {
        // The loss is a weighted sum of the logits, its weights the upstream gradient.
        let (network, inputs) = example(shape, rows, seed);
        let shape = &network.shape;
        let upstream: Vec<f32> =
            (0..rows * shape.outputs).map(|i| (i as f32 * 0.37 + 0.1).sin()).collect();
        let mut gradients = vec![0.0; network.parameters.len()];
        forward(&network, &inputs, rows).backward(&network, &upstream, &mut gradients);

        let parameters: Vec<f64> = network.parameters.iter().map(|&p| p.into()).collect();
        let exact: Vec<f64> = inputs.iter().map(|&x| x.into()).collect();
        let loss = |parameters: &[f64]| -> f64 {
            (0..rows)
                .flat_map(|row| {
                    logits(shape, parameters, &exact[row * shape.inputs..(row + 1) * shape.inputs])
                })
                .zip(&upstream)
                .map(|(z, &u)| z * f64::from(u))
                .sum()
        };
        for index in 0..parameters.len() {
            let moved = |by: f64| {
                let mut parameters = parameters.clone();
                parameters[index] += by;
                loss(&parameters)
            };
            let slope = |step: f64| (moved(step) - moved(-step)) / (2.0 * step);
            // Two steps that disagree straddle a kink of a ReLU: there is no derivative there.
            if close(slope(1e-6), slope(1e-7), 1e-5) {
                prop_assert!(close(gradients[index].into(), slope(1e-6), 1e-4), "parameter {}", index);
            }
        }
    }
}

#[test]
fn parameters_of_a_shape_past_the_machine_are_not_counted() {
    let shape = Shape { inputs: usize::MAX, hidden: vec![2], outputs: 3 };
    assert_eq!(shape.parameters(), None);
}

#[test]
fn adam_follows_its_definition() {
    let shape = Shape { inputs: 1, hidden: vec![], outputs: 1 };
    let mut network = Network { shape: shape.clone(), parameters: vec![1.0, 2.0, 4.0] };
    let mut adam = Adam::new(&shape, 0.1, 0.5, 0.25);
    // Weight, bias, skip; the penalty is 0.5·1, none, 0.25·4.
    adam.step(&mut network, &[1.5, 0.0, -1.0]);
    // The first step moves each parameter by the learning rate against its gradient's sign.
    let moved: Vec<f32> = network.parameters.iter().map(|p| (p * 1e4).round() / 1e4).collect();
    assert_eq!(moved, [0.9, 2.0, 4.0], "the skip's gradient and its penalty cancel");
}
