//! Fits a network to an objective: shuffled mini-batches, Adam, early stopping on held-out rows.

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Observer, Progress, Training, rows::TrainingRows};
use crate::{
    Error, ErrorKind, Result,
    model::{Epoch, Stage},
    network::{Adam, Batch, Network, Shape},
    options::Options,
};

/// An improvement of the validation loss counts above this.
const IMPROVEMENT: f64 = 1e-5;
/// Rows of a block where no gradient is taken.
const BLOCK: usize = 1024;
/// The skip's share of the weight decay.
const SKIP_DECAY: f64 = 0.2;

/// What each stream of random numbers is for; streams of one seed are independent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Split,
    LabelCorrection,
    Segmentation,
    PilotFolds,
    Pilot(u8),
}

pub(super) fn stream(seed: u64, stream: Stream) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(match stream {
        Stream::Split => 0,
        Stream::LabelCorrection => 1,
        Stream::Segmentation => 2,
        Stream::PilotFolds => 3,
        Stream::Pilot(fold) => 16 + u64::from(fold),
    });
    rng
}

/// What a network learns.
pub(super) trait Objective {
    fn begin_epoch(&mut self, _epoch: usize) {}

    /// Writes dL/d(logits) of each row's weighted loss; returns the sum of those losses.
    fn gradients(&mut self, rows: &[u32], logits: &[f32], gradients: &mut [f32]) -> f64;

    /// The sum of the rows' weighted validation losses; it uses no true label.
    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64;

    /// Labels corrected in this epoch, where that is what this objective does.
    fn corrected(&self) -> Option<u64> {
        None
    }
}

/// A fit's rows and how it goes about them.
pub(super) struct Plan<'a> {
    pub training: &'a [u32],
    /// Where empty, the training rows validate.
    pub validation: &'a [u32],
    /// No epoch before this is validated or kept.
    pub first_validation: usize,
    pub rng: ChaCha8Rng,
    pub stage: Stage,
    pub name: &'static str,
}

/// A network of the options' hidden layers for these rows.
pub(super) fn network(rows: &TrainingRows, outputs: usize, rng: &mut ChaCha8Rng) -> Network {
    let shape = Shape {
        inputs: rows.encoder.inputs(),
        hidden: rows.sample.options().hidden_layers.clone(),
        outputs,
    };
    Network::new(shape, rng)
}

/// Fits the network; returns that of the best epoch, and the history.
pub(super) fn fit(
    rows: &TrainingRows,
    observer: &mut dyn Observer,
    network: Network,
    objective: &mut impl Objective,
    plan: Plan,
) -> Result<(Network, Vec<Epoch>)> {
    Fit::new(rows, observer, network, objective, plan).run()
}

struct Fit<'a, O> {
    rows: &'a TrainingRows<'a>,
    options: &'a Options,
    observer: &'a mut dyn Observer,
    network: Network,
    objective: &'a mut O,
    plan: Plan<'a>,
    adam: Adam,
    batch: Batch,
    gradients: Vec<f32>,
    logit_gradients: Vec<f32>,
    progress: Progress,
}

impl<'a, O: Objective> Fit<'a, O> {
    fn new(
        rows: &'a TrainingRows<'a>,
        observer: &'a mut dyn Observer,
        network: Network,
        objective: &'a mut O,
        plan: Plan<'a>,
    ) -> Self {
        let options = rows.sample.options();
        let shape = network.shape();
        let decay = options.weight_decay;
        Self {
            rows,
            options,
            observer,
            adam: Adam::new(shape, options.learning_rate, decay, decay * SKIP_DECAY),
            batch: Batch::new(shape, options.batch_size.max(BLOCK)),
            gradients: vec![0.0; network.parameters().len()],
            logit_gradients: Vec::new(),
            progress: Progress { stage: plan.name, epoch: 0, epochs: options.epochs, loss: None },
            network,
            objective,
            plan,
        }
    }

    fn run(mut self) -> Result<(Network, Vec<Epoch>)> {
        let mut order = self.plan.training.to_vec();
        let mut best: Option<(f64, Network)> = None;
        let mut history = Vec::new();
        let mut without_gain = 0;
        for epoch in 0..self.options.epochs {
            self.progress.epoch = epoch;
            self.objective.begin_epoch(epoch);
            order.shuffle(&mut self.plan.rng);
            let training_loss = self.train_epoch(&order);
            let validation_loss = (epoch >= self.plan.first_validation).then(|| self.validate());
            self.progress.loss = validation_loss.or(self.progress.loss);
            history.push(Epoch {
                stage: self.plan.stage,
                epoch: epoch as u32,
                training_loss,
                validation_loss,
                corrected: self.objective.corrected(),
            });
            let Some(loss) = validation_loss else {
                continue;
            };
            if loss < best.as_ref().map_or(f64::INFINITY, |(least, _)| least - IMPROVEMENT) {
                best = Some((loss, self.network.clone()));
                without_gain = 0;
            } else {
                without_gain += 1;
                if without_gain >= self.options.patience {
                    break;
                }
            }
        }
        match best {
            Some((_, network)) if network.is_sound() => Ok((network, history)),
            _ => Err(self.diverged()),
        }
    }

    fn diverged(&self) -> Error {
        let rate = self.options.learning_rate;
        Error::new(
            ErrorKind::InvalidParameter,
            format!("{} diverged with learning_rate {rate}", self.plan.name),
        )
        .with_hint("Give a smaller learning_rate.")
    }

    /// One pass over the rows; returns the mean loss while it went.
    fn train_epoch(&mut self, order: &[u32]) -> f64 {
        let mut loss = 0.0;
        for rows in order.chunks(self.options.batch_size) {
            self.observer.poll(&self.progress);
            self.forward(rows);
            self.logit_gradients.resize(self.batch.logits().len(), 0.0);
            loss += self.objective.gradients(rows, self.batch.logits(), &mut self.logit_gradients);
            let mean = 1.0 / rows.len() as f32;
            for gradient in &mut self.logit_gradients {
                *gradient *= mean;
            }
            self.batch.backward(&self.network, &self.logit_gradients, &mut self.gradients);
            self.adam.step(&mut self.network, &self.gradients);
        }
        loss / order.len().max(1) as f64
    }

    fn forward(&mut self, rows: &[u32]) {
        forward(self.rows, &self.network, rows, &mut self.batch);
    }

    fn validate(&mut self) -> f64 {
        let rows = match self.plan.validation {
            [] => self.plan.training,
            rows => rows,
        };
        let mut loss = 0.0;
        for rows in rows.chunks(BLOCK) {
            self.observer.poll(&self.progress);
            self.forward(rows);
            loss += self.objective.validation(rows, self.batch.logits());
        }
        loss / rows.len().max(1) as f64
    }
}

fn forward(rows: &TrainingRows, network: &Network, block: &[u32], batch: &mut Batch) {
    rows.encode(block, batch.inputs_mut(block.len(), network.shape().inputs));
    batch.forward(network);
}

/// Calls `each` with every row and its logits.
pub(super) fn predict(
    rows: &TrainingRows,
    observer: &mut dyn Observer,
    network: &Network,
    which: &[u32],
    name: &'static str,
    mut each: impl FnMut(usize, &[f32]),
) {
    let mut batch = Batch::new(network.shape(), BLOCK);
    for block in which.chunks(BLOCK) {
        observer.poll(&Progress { stage: name, epoch: 0, epochs: 0, loss: None });
        forward(rows, network, block, &mut batch);
        for (&row, logits) in block.iter().zip(batch.logits().chunks_exact(network.shape().outputs))
        {
            each(row as usize, logits);
        }
    }
}

impl Training<'_> {
    /// A stage's rows: those that train and those held out.
    pub(super) fn split_rows(&self, uses: impl Fn(usize) -> bool) -> (Vec<u32>, Vec<u32>) {
        let rows = &self.rows;
        let part = |held_out: bool| rows.select(|row| uses(row) && rows.held_out[row] == held_out);
        (part(false), part(true))
    }
}

/// A number from 0 to `folds` − 1 for each of `count` rows.
pub(super) fn folds(count: usize, folds: u8, rng: &mut ChaCha8Rng) -> Vec<u8> {
    (0..count).map(|_| rng.random_range(0..folds)).collect()
}
