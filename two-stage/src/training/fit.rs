//! Fits a network to an objective: shuffled mini-batches, Adam, early stopping on held-out rows.

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Member, Observer, Progress, Run, rows::TrainingRows};
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
    PilotFolds,
    Pilot(u8),
    Folds,
    /// Each member of a committee has its own.
    LabelCorrection(u8),
    Segmentation(u8),
    Distillation,
    Comparison(u8),
}

pub(super) fn stream(seed: u64, stream: Stream) -> ChaCha8Rng {
    let (purpose, number) = match stream {
        Stream::Split => (0, 0),
        Stream::PilotFolds => (1, 0),
        Stream::Pilot(fold) => (2, fold),
        Stream::Folds => (3, 0),
        Stream::LabelCorrection(member) => (4, member),
        Stream::Segmentation(member) => (5, member),
        Stream::Distillation => (6, 0),
        Stream::Comparison(number) => (7, number),
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(purpose << 8 | u64::from(number));
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
pub(super) struct Plan {
    pub training: Vec<u32>,
    /// Where empty, the training rows validate.
    pub validation: Vec<u32>,
    /// No epoch before this is validated or kept.
    pub first_validation: usize,
    pub stream: Stream,
    pub hidden_layers: Vec<usize>,
    /// The share of option `weight_decay` that holds here.
    pub decay_share: f64,
    pub stage: Stage,
    pub name: &'static str,
}

impl Plan {
    /// A member's fit of one of the two stages.
    pub fn of_member(
        rows: &TrainingRows,
        member: &Member,
        stream: Stream,
        uses: impl Fn(usize) -> bool,
        first_validation: usize,
    ) -> Self {
        let (training, validation) = member.split(rows, uses);
        let (stage, name) = match stream {
            Stream::LabelCorrection(_) => (Stage::LabelCorrection, super::correction::NAME),
            _ => (Stage::Segmentation, super::segmentation::NAME),
        };
        let hidden_layers = rows.sample.options().hidden_layers.clone();
        let decay_share = 1.0;
        Self {
            training,
            validation,
            first_validation,
            stream,
            hidden_layers,
            decay_share,
            stage,
            name,
        }
    }

    fn member(&self) -> u8 {
        match self.stream {
            Stream::LabelCorrection(member) | Stream::Segmentation(member) => member,
            _ => 0,
        }
    }
}

/// The network of the best epoch, and how it came about.
pub(super) struct Fitted {
    pub network: Network,
    pub history: Vec<Epoch>,
}

/// Fits a network that `prepare` may change before the first step.
pub(super) fn fit(
    rows: &TrainingRows,
    observer: &mut dyn Observer,
    outputs: usize,
    plan: Plan,
    objective: &mut impl Objective,
    prepare: impl FnOnce(&mut Network),
) -> Result<Fitted> {
    let mut rng = stream(rows.sample.options().seed, plan.stream);
    let hidden = plan.hidden_layers.clone();
    let shape = Shape { inputs: rows.encoder.inputs(), hidden, outputs };
    let mut network = Network::new(shape, &mut rng);
    prepare(&mut network);
    Fit::new(rows, observer, network, objective, plan, rng).run()
}

/// Fits a network of one of the two stages and keeps its history.
pub(super) fn stage(
    rows: &TrainingRows,
    run: &mut Run,
    outputs: usize,
    plan: Plan,
    objective: &mut impl Objective,
) -> Result<Fitted> {
    let mut fitted = fit(rows, run.observer, outputs, plan, objective, |_| ())?;
    run.history.append(&mut fitted.history);
    Ok(fitted)
}

struct Fit<'a, O> {
    rows: &'a TrainingRows<'a>,
    options: &'a Options,
    observer: &'a mut dyn Observer,
    network: Network,
    objective: &'a mut O,
    plan: Plan,
    rng: ChaCha8Rng,
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
        plan: Plan,
        rng: ChaCha8Rng,
    ) -> Self {
        let options = rows.sample.options();
        let shape = network.shape();
        let decay = options.weight_decay * plan.decay_share;
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
            rng,
        }
    }

    fn run(mut self) -> Result<Fitted> {
        let mut order = self.plan.training.clone();
        let mut best: Option<(f64, usize, Network)> = None;
        let mut history = Vec::new();
        for epoch in 0..self.options.epochs {
            let record = self.epoch(epoch, &mut order);
            let validation_loss = record.validation_loss;
            history.push(record);
            let Some(loss) = validation_loss else { continue };
            if loss < best.as_ref().map_or(f64::INFINITY, |(least, ..)| least - IMPROVEMENT) {
                best = Some((loss, epoch, self.network.clone()));
            }
            let last_gain =
                best.as_ref().map_or(self.plan.first_validation, |(_, epoch, _)| *epoch);
            if epoch - last_gain >= self.options.patience {
                break;
            }
        }
        match best {
            Some((_, best_epoch, network)) if network.is_sound() => {
                history[best_epoch].kept = true;
                Ok(Fitted { network, history })
            }
            _ => Err(self.diverged()),
        }
    }

    fn epoch(&mut self, epoch: usize, order: &mut [u32]) -> Epoch {
        self.progress.epoch = epoch;
        self.objective.begin_epoch(epoch);
        order.shuffle(&mut self.rng);
        let training_loss = self.train_epoch(order);
        let validation_loss = (epoch >= self.plan.first_validation).then(|| self.validate());
        self.progress.loss = validation_loss.or(self.progress.loss);
        Epoch {
            stage: self.plan.stage,
            member: self.plan.member(),
            epoch: epoch as u32,
            training_loss,
            validation_loss,
            corrected: self.objective.corrected(),
            kept: false,
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
            forward(self.rows, &self.network, rows, &mut self.batch);
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

    fn validate(&mut self) -> f64 {
        let rows = match self.plan.validation.as_slice() {
            [] => &self.plan.training,
            rows => rows,
        };
        let mut loss = 0.0;
        for rows in rows.chunks(BLOCK) {
            self.observer.poll(&self.progress);
            forward(self.rows, &self.network, rows, &mut self.batch);
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

/// A number from 0 to `folds` − 1 for each of `count` rows.
pub(super) fn folds(count: usize, folds: u8, rng: &mut ChaCha8Rng) -> Vec<u8> {
    (0..count).map(|_| rng.random_range(0..folds)).collect()
}
