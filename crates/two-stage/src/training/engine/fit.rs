//! Fits a network to an objective: shuffled mini-batches, Adam, early stopping on held-out rows.
//!
//! A batch is cut into parts of a fixed number of rows, which the threads share out. The parts'
//! gradients are then added up in the order of the parts, so that the number of threads changes no
//! bit of the result.

use rand_chacha::ChaCha8Rng;

use super::{
    epoch_order::EpochOrder,
    objective::{Objective, Tally},
    plan::Plan,
    pool::share,
    predict::{BLOCK, forward},
    random::stream,
};
use crate::{
    Error, ErrorKind, Result,
    network::{Adam, Batch, Network},
    training::{
        observer::Progress,
        rows::TrainingRows,
        run::{EpochRecord, Run},
    },
    word::RowIndex,
};

/// An improvement of the validation loss counts above this.
const IMPROVEMENT: f64 = 1e-5;
/// Rows of a part of a batch.
const PART: usize = 128;
/// The skip's share of the weight decay.
const SKIP_DECAY: f64 = 0.2;

/// The network of the best epoch, and all epochs.
pub(in crate::training) struct Fitted {
    pub network: Network,
    pub epochs: Vec<EpochRecord>,
}

/// Fits a network, which `prepare` may change before the first step.
pub(in crate::training) fn fit(
    rows: &TrainingRows,
    run: &mut Run,
    outputs: usize,
    plan: &Plan,
    objective: &impl Objective,
    prepare: impl FnOnce(&mut Network),
) -> Result<Fitted> {
    let mut rng = stream(rows.options.seed(), plan.stream);
    let mut network = Network::new(plan.shape(rows, outputs), &mut rng);
    prepare(&mut network);
    Fit::new(rows, run.pool.workers(), plan, objective, network, rng).fit(run)
}

/// A running fit.
struct Fit<'a, O> {
    rows: &'a TrainingRows<'a>,
    plan: &'a Plan,
    objective: &'a O,
    network: Network,
    adam: Adam,
    rng: ChaCha8Rng,
    order: EpochOrder,
    workers: Vec<Worker>,
    parts: Vec<Part>,
    gradients: Vec<f32>,
    held_out: Vec<RowIndex>,
    progress: Progress,
}

/// The buffers of one thread.
struct Worker {
    batch: Batch,
    logit_gradients: Vec<f32>,
}

/// A part of a batch, and its sums.
struct Part {
    number: usize,
    gradients: Vec<f32>,
    tally: Tally,
}

impl<'a, O: Objective> Fit<'a, O> {
    fn new(
        rows: &'a TrainingRows<'a>,
        threads: usize,
        plan: &'a Plan,
        objective: &'a O,
        network: Network,
        rng: ChaCha8Rng,
    ) -> Self {
        let options = rows.options;
        let parameters = network.parameters().len();
        let parts = options.batch_size().min(plan.training.len()).div_ceil(PART);
        let part =
            |number| Part { number, gradients: vec![0.0; parameters], tally: Tally::default() };
        let worker =
            |_| Worker { batch: Batch::new(network.shape(), BLOCK), logit_gradients: Vec::new() };
        let decay = options.weight_decay() * plan.decay_share;
        let epochs = options.epochs();
        Self {
            rows,
            plan,
            objective,
            adam: Adam::new(network.shape(), options.learning_rate(), decay, decay * SKIP_DECAY),
            rng,
            order: EpochOrder::new(&plan.training, rows.has_copies()),
            workers: (0..threads).map(worker).collect(),
            parts: (0..parts).map(part).collect(),
            gradients: vec![0.0; parameters],
            held_out: plan.held_out(),
            progress: Progress { step: plan.step, epoch: 0, epochs, loss: None },
            network,
        }
    }

    fn fit(mut self, run: &mut Run) -> Result<Fitted> {
        let plan = self.plan;
        let mut best: Option<(f64, usize, Network)> = None;
        let mut epochs = Vec::new();
        for epoch in 0..self.progress.epochs {
            let record = self.epoch(run, epoch);
            let validation_loss = record.validation_loss;
            epochs.push(record);
            let Some(loss) = validation_loss else { continue };
            if loss < best.as_ref().map_or(f64::INFINITY, |(least, ..)| least - IMPROVEMENT) {
                best = Some((loss, epoch, self.network.clone()));
            }
            let last_gain = best.as_ref().map_or(plan.first_validation, |(_, epoch, _)| *epoch);
            if epoch - last_gain >= self.rows.options.patience() {
                break;
            }
        }
        match best {
            Some((_, best_epoch, network)) if network.is_sound() => {
                epochs[best_epoch].kept = true;
                Ok(Fitted { network, epochs })
            }
            _ => Err(self.diverged()),
        }
    }

    fn epoch(&mut self, run: &mut Run, epoch: usize) -> EpochRecord {
        self.progress.epoch = epoch;
        self.order.shuffle(&self.plan.training, &mut self.rng);
        let tally = self.train_epoch(run, epoch);
        let is_validated = epoch >= self.plan.first_validation;
        let validation_loss = is_validated.then(|| self.validate(run));
        self.progress.loss = validation_loss.or(self.progress.loss);
        EpochRecord {
            training_loss: tally.loss / self.plan.training.len().max(1) as f64,
            validation_loss,
            corrected: self.objective.corrects().then_some(tally.corrected),
            kept: false,
        }
    }

    fn diverged(&self) -> Error {
        let rate = self.rows.options.learning_rate();
        Error::new(
            ErrorKind::InvalidParameter,
            format!("{} diverged with learning_rate {rate}", self.plan.step.name()),
        )
        .with_hint("Give a smaller learning_rate.")
    }

    /// One pass over the rows.
    fn train_epoch(&mut self, run: &mut Run, epoch: usize) -> Tally {
        let (pool, progress) = (run.pool, self.progress);
        let (count, size) = (self.order.rows.len(), self.rows.options.batch_size());
        let mut tally = Tally::default();
        let mut start = 0;
        pool.run_in_slices(
            || run.progress(&progress),
            || {
                let end = count.min(start + size);
                if start < end {
                    self.train_batch(epoch, start..end, &mut tally);
                }
                start = end;
                start < count
            },
        );
        tally
    }

    /// One step along the mean gradient of a batch.
    fn train_batch(&mut self, epoch: usize, batch: std::ops::Range<usize>, tally: &mut Tally) {
        let Self { rows, objective, network, order, workers, parts, .. } = self;
        let order = &order.rows;
        let coming = &order[batch.end..order.len().min(batch.end + batch.len())];
        let batch = &order[batch];
        let parts = &mut parts[..batch.len().div_ceil(PART)];
        share(workers, parts, &|worker, part| {
            rows.prefetch(part_of(coming, part.number));
            worker.learn(rows, *objective, network, epoch, part_of(batch, part.number), part);
        });
        self.gradients.fill(0.0);
        for part in parts {
            kernels::add_scaled(&part.gradients, 1.0 / batch.len() as f32, &mut self.gradients);
            tally.add(part.tally);
        }
        self.adam.step(&mut self.network, &self.gradients);
    }

    /// The mean loss of the rows held out.
    fn validate(&mut self, run: &mut Run) -> f64 {
        let (pool, progress) = (run.pool, self.progress);
        let Self { rows, objective, network, workers, held_out, .. } = self;
        let mut blocks: Vec<_> = held_out.chunks(BLOCK).map(|rows| (rows, 0.0)).collect();
        let mut rest = blocks.as_mut_slice();
        pool.run_in_slices(
            || run.progress(&progress),
            || {
                let blocks = std::mem::take(&mut rest);
                let (now, later) = blocks.split_at_mut(workers.len().min(blocks.len()));
                share(workers, now, &|worker, (block, loss)| {
                    forward(rows, network, block, &mut worker.batch);
                    *loss = objective.validation(block, worker.batch.logits());
                });
                rest = later;
                !rest.is_empty()
            },
        );
        blocks.iter().map(|(_, loss)| loss).sum::<f64>() / held_out.len().max(1) as f64
    }
}

impl Worker {
    /// Writes the gradients of a part of a batch.
    fn learn(
        &mut self,
        rows: &TrainingRows,
        objective: &impl Objective,
        network: &Network,
        epoch: usize,
        list: &[RowIndex],
        part: &mut Part,
    ) {
        forward(rows, network, list, &mut self.batch);
        let logits = self.batch.logits();
        self.logit_gradients.resize(logits.len(), 0.0);
        part.tally = objective.gradients(epoch, list, logits, &mut self.logit_gradients);
        self.batch.backward(network, &self.logit_gradients, &mut part.gradients);
    }
}

/// The rows of the part of a batch with this number.
fn part_of(batch: &[RowIndex], number: usize) -> &[RowIndex] {
    batch.chunks(PART).nth(number).unwrap_or_default()
}
