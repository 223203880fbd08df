//! One row through a dense network: what scoring does for each customer.
//!
//! A row is a product of a vector and a matrix for each layer, so that every weight is read once and
//! used once. The weights are laid out as they are read: in panels of outputs whose sums fit into a
//! CPU's registers, each panel input by input.

use pulp::{Arch, Simd, WithSimd};

use crate::aligned::{Aligned, LINE};
use crate::thin::THIN;

/// A dense ReLU network with a linear skip from its inputs to its outputs.
#[derive(Debug, Clone)]
pub struct RowNetwork {
    arch: Arch,
    hidden: Vec<Layer>,
    /// One for each output: the weights of the last hidden layer, and of the inputs.
    outputs: Vec<Output>,
    inputs: usize,
}

#[derive(Debug, Clone)]
struct Layer {
    inputs: usize,
    /// Outputs of each panel: the widest first.
    panels: Vec<usize>,
    weights: Aligned,
    biases: Aligned,
}

#[derive(Debug, Clone)]
struct Output {
    weights: Aligned,
    skip: Aligned,
    bias: f32,
}

/// Room for the layers of a row.
#[derive(Debug, Default)]
pub struct Room {
    current: Aligned,
    next: Aligned,
}

/// A dense layer: row-major weights, inputs × outputs, and the biases of the outputs.
#[derive(Clone, Copy)]
pub struct Dense<'a> {
    pub weights: &'a [f32],
    pub biases: &'a [f32],
}

impl RowNetwork {
    /// `skip`: row-major, inputs × outputs.
    ///
    /// # Panics
    /// Past `THIN` outputs.
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
            hidden: hidden.iter().copied().map(Layer::new).collect(),
            outputs: last.biases.iter().enumerate().map(output).collect(),
            inputs: (skip.len() / outputs.max(1)).next_multiple_of(LINE),
        }
    }

    /// Room for a row's inputs.
    pub fn inputs(&self) -> Aligned {
        Aligned::zeros(self.inputs)
    }

    /// The outputs of a row; 0 behind the last.
    ///
    /// # Panics
    /// Where there are fewer inputs than the network has.
    pub fn logits(&self, inputs: &Aligned, room: &mut Room) -> [f32; THIN] {
        let widest = self.hidden.iter().map(|layer| layer.biases.numbers().len()).max();
        if widest > Some(room.current.numbers().len()) {
            *room = Room {
                current: Aligned::zeros(widest.unwrap_or(0)),
                next: Aligned::zeros(widest.unwrap_or(0)),
            };
        }
        self.arch.dispatch(Pass { network: self, inputs: &inputs.numbers()[..self.inputs], room })
    }
}

struct Pass<'a> {
    network: &'a RowNetwork,
    inputs: &'a [f32],
    room: &'a mut Room,
}

impl WithSimd for Pass<'_> {
    type Output = [f32; THIN];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f32; THIN] {
        let Self { network, inputs, room: Room { current, next } } = self;
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

impl Layer {
    fn new(layer: Dense) -> Self {
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

    #[inline(always)]
    fn apply<S: Simd>(&self, simd: S, input: &[f32], out: &mut [f32]) {
        let input = &input[..self.inputs];
        let (mut weights, mut biases) = (self.weights.numbers(), self.biases.numbers());
        let mut out = out;
        for &width in &self.panels {
            let panel = Panel { input, weights: &weights[..width * self.inputs], biases };
            let (here, behind) = out.split_at_mut(width);
            // As many sums as hide how long one takes, and as the registers hold.
            match width / S::F32_LANES {
                _ if S::F32_LANES == 1 => panel.apply_plainly(width, here),
                1 => panel.apply::<S, 1, 8>(simd, here),
                2 => panel.apply::<S, 2, 4>(simd, here),
                4 => panel.apply::<S, 4, 2>(simd, here),
                8 => panel.apply::<S, 8, 1>(simd, here),
                _ => panel.apply::<S, 16, 1>(simd, here),
            }
            weights = &weights[width * self.inputs..];
            biases = &biases[width..];
            out = behind;
        }
    }
}

/// The outputs of the next panel, where so many are left.
fn width(left: usize) -> usize {
    [4 * LINE, 2 * LINE].into_iter().find(|&width| left >= width).unwrap_or(LINE)
}

/// Some outputs of a layer.
struct Panel<'a> {
    input: &'a [f32],
    weights: &'a [f32],
    biases: &'a [f32],
}

impl Panel<'_> {
    /// `N` vectors of outputs, summed over every `SETS`th input.
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

    /// The same for a CPU without the vectors that we know.
    #[inline(always)]
    fn apply_plainly(self, width: usize, out: &mut [f32]) {
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

/// `sum` + `a` · `b`, lane by lane.
#[inline(always)]
fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32], sum: S::f32s) -> S::f32s {
    let (a, b) = (S::as_simd_f32s(a).0, S::as_simd_f32s(b).0);
    a.iter().zip(b).fold(sum, |sum, (&a, &b)| simd.mul_add_e_f32s(a, b, sum))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dispatch::kinds_of_cpu;

    /// Numbers that look random, from -1 to 1.
    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| ((i + 1) * (seed + 7) * 7919 % 2003) as f32 / 1001.0 - 1.0).collect()
    }

    /// By the definition, in f64.
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
            // As networks start: what comes out is as large as what went in.
            agree(&Sketch::new(&shape, |count, fan_in, _| {
                let scale = (6.0 / fan_in as f32).sqrt();
                drawn.by_ref().take(count).map(|number| scale * number).collect()
            }));
        }
    }

    /// A network's numbers, and a row of inputs.
    struct Sketch {
        layers: Vec<(Vec<f32>, Vec<f32>)>,
        skip: Vec<f32>,
        x: Vec<f32>,
    }

    impl Sketch {
        /// `numbers`: so many, each for a sum of so many terms, of one of four kinds.
        fn new(shape: &[usize], mut numbers: impl FnMut(usize, usize, usize) -> Vec<f32>) -> Self {
            let (inputs, outputs) = (shape[0], shape[shape.len() - 1]);
            let mut layer = |pair: &[usize]| {
                (numbers(pair[0] * pair[1], pair[0], 0), numbers(pair[1], pair[0], 1))
            };
            let layers = shape.windows(2).map(&mut layer).collect();
            let skip = numbers(inputs * outputs, inputs, 2);
            Self { layers, skip, x: numbers(inputs, 6, 3) }
        }
    }

    /// Every kind of CPU gives the logits of the definition, also in room that was used before.
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
            let mut room = Room::default();
            for _ in 0..2 {
                let logits = network.logits(&row, &mut room);
                for (z, exact) in logits.iter().zip(&exact) {
                    let difference = (f64::from(*z) - exact).abs();
                    assert!(difference < 1e-5 * size, "{arch:?}: {z} {exact}");
                }
            }
        }
    }
}
