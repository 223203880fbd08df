//! Fits a network to an objective: shuffled mini-batches, Adam, early stopping on held-out rows.
//!
//! A batch is cut into parts of a fixed number of rows. In each round every thread works on one
//! part; the parts' gradients are then added up in the order of the parts, so that the number of
//! threads changes no bit of the result. A round is the work between two looks at the clock.

use std::ops::Range;

use rand_chacha::ChaCha8Rng;

use super::{
    epoch_order::EpochOrder,
    objective::{Objective, Tally},
    plan::Plan,
    pool::together,
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
    /// The sums over the parts of the batch so far.
    gradients: Vec<f32>,
    held_out: Vec<RowIndex>,
    progress: Progress,
}

/// The buffers of one thread, and the sums over the part that it worked on last.
struct Worker {
    batch: Batch,
    logit_gradients: Vec<f32>,
    gradients: Vec<f32>,
    tally: Tally,
}

/// The rows of a round: of one batch, and at most a part for each worker.
struct Round {
    batch: Range<usize>,
    rows: Range<usize>,
}

impl Round {
    /// The round that starts at a row; batches of `size` rows follow each other.
    fn at(start: usize, size: usize, count: usize, workers: usize) -> Self {
        let first = start - start % size;
        let batch = first..count.min(first + size);
        let end = batch.end.min(start + workers * PART);
        Self { batch, rows: start..end }
    }

    fn is_first(&self) -> bool {
        self.rows.start == self.batch.start
    }

    fn is_last(&self) -> bool {
        self.rows.end == self.batch.end
    }
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
        let worker = |_| Worker {
            batch: Batch::new(network.shape(), BLOCK),
            logit_gradients: Vec::new(),
            gradients: vec![0.0; parameters],
            tally: Tally::default(),
        };
        let decay = options.weight_decay() * plan.decay_share;
        Self {
            rows,
            plan,
            objective,
            adam: Adam::new(network.shape(), options.learning_rate(), decay, decay * SKIP_DECAY),
            rng,
            order: EpochOrder::new(&plan.training, rows.have_alike_neighbours()),
            workers: (0..threads).map(worker).collect(),
            gradients: vec![0.0; parameters],
            held_out: plan.held_out(),
            progress: Progress { step: plan.step, epoch: 0, epochs: plan.epochs, loss: None },
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
                if start < count {
                    let round = Round::at(start, size, count, self.workers.len());
                    self.train_round(epoch, &round, &mut tally);
                    start = round.rows.end;
                }
                start < count
            },
        );
        tally
    }

    /// Adds up the gradients of a round, and after the last of a batch takes a step along their mean.
    fn train_round(&mut self, epoch: usize, round: &Round, tally: &mut Tally) {
        let Self { rows, objective, network, order, workers, .. } = self;
        let order = &order.rows;
        let coming = &order[round.rows.end..order.len().min(round.rows.end + round.rows.len())];
        let mut parts: Vec<_> = order[round.rows.clone()].chunks(PART).enumerate().collect();
        let count = parts.len();
        together(workers, &mut parts, &|worker, (number, part)| {
            rows.prefetch(coming.chunks(PART).nth(*number).unwrap_or_default());
            worker.learn(rows, *objective, network, epoch, part);
        });
        if round.is_first() {
            self.gradients.fill(0.0);
        }
        let factor = 1.0 / round.batch.len() as f32;
        for worker in &self.workers[..count] {
            kernels::add_scaled(&worker.gradients, factor, &mut self.gradients);
            tally.add(worker.tally);
        }
        if round.is_last() {
            self.adam.step(&mut self.network, &self.gradients);
        }
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
                together(workers, now, &|worker, (block, loss)| {
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
    /// Works on a part of a batch.
    fn learn(
        &mut self,
        rows: &TrainingRows,
        objective: &impl Objective,
        network: &Network,
        epoch: usize,
        part: &[RowIndex],
    ) {
        forward(rows, network, part, &mut self.batch);
        let logits = self.batch.logits();
        self.logit_gradients.resize(logits.len(), 0.0);
        self.tally = objective.gradients(epoch, part, logits, &mut self.logit_gradients);
        self.batch.backward(network, &self.logit_gradients, &mut self.gradients);
    }
}
