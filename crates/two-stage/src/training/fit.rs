//! Fits a network to an objective: shuffled mini-batches, Adam, early stopping on held-out rows.
//!
//! All threads of a fit go through the same steps with networks of their own. Of each batch they
//! share out the parts; then each adds up all parts' gradients, in the order of the parts, and takes
//! the same step. So the number of threads changes no bit of the result.

use std::sync::{
    PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    atomic::{AtomicU64, Ordering},
};

use rand_chacha::ChaCha8Rng;

use super::{
    Observer, Progress, Run,
    plan::{Plan, stream},
    rows::TrainingRows,
    shuffled::Shuffled,
    team::{Place, together},
};
use crate::{
    Error, ErrorKind, Result,
    model::Epoch,
    network::{Adam, Batch, Network},
    options::Options,
};

/// An improvement of the validation loss counts above this.
const IMPROVEMENT: f64 = 1e-5;
/// Rows of a part of a batch, which one thread works on.
const PART: usize = 128;
/// Rows of a block where no gradient is taken.
const BLOCK: usize = 1024;
/// The skip's share of the weight decay.
const SKIP_DECAY: f64 = 0.2;

/// What a network learns. Epochs count from 0.
pub(super) trait Objective: Sync {
    /// Writes dL/d(logits) of each row's weighted loss.
    fn gradients(&self, epoch: usize, rows: &[u32], logits: &[f32], gradients: &mut [f32])
    -> Tally;

    /// The sum of the rows' weighted validation losses; it uses no true label.
    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64;

    /// Whether this objective corrects labels, and counts them.
    fn corrects(&self) -> bool {
        false
    }
}

/// What the rows of a batch, or of an epoch, add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tally {
    pub loss: f64,
    /// Labels that count as corrected.
    pub corrected: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.corrected += other.corrected;
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
    plan: &Plan,
    objective: &impl Objective,
    prepare: impl Fn(&mut Network) + Sync,
) -> Result<Fitted> {
    let shape = plan.shape(rows, outputs);
    let shared = Shared::new(rows, plan, objective, shape.parameters().unwrap_or(0));
    let threads = observer.threads().min(shared.parts[0].len());
    together(threads, observer, |place, observer| {
        let mut rng = stream(rows.sample.options().seed, plan.stream);
        let mut network = Network::new(shape.clone(), &mut rng);
        prepare(&mut network);
        Fit::new(&shared, place, observer, network, rng).run()
    })
}

/// Fits a network of one of the two stages and keeps its history.
pub(super) fn stage(
    rows: &TrainingRows,
    run: &mut Run,
    outputs: usize,
    plan: &Plan,
    objective: &impl Objective,
) -> Result<Fitted> {
    let mut fitted = fit(rows, run.observer, outputs, plan, objective, |_| ())?;
    run.history.append(&mut fitted.history);
    Ok(fitted)
}

/// What the threads of a fit share.
struct Shared<'a, O> {
    rows: &'a TrainingRows<'a>,
    options: &'a Options,
    plan: &'a Plan,
    objective: &'a O,
    order: RwLock<Shuffled>,
    /// The parts of a batch. Those of the next batch are others: somebody may still read these.
    parts: [Vec<RwLock<Part>>; 2],
    held_out: Vec<u32>,
    /// The validation loss of each block of them, as bits.
    losses: Vec<AtomicU64>,
}

/// What a part of a batch adds to the gradients.
#[derive(Clone)]
struct Part {
    gradients: Vec<f32>,
    tally: Tally,
}

impl<'a, O: Objective> Shared<'a, O> {
    fn new(
        rows: &'a TrainingRows<'a>,
        plan: &'a Plan,
        objective: &'a O,
        parameters: usize,
    ) -> Self {
        let options = rows.sample.options();
        let parts = options.batch_size.min(plan.training.len()).div_ceil(PART);
        let part = || Part { gradients: vec![0.0; parameters], tally: Tally::default() };
        let of_a_batch = || (0..parts).map(|_| RwLock::new(part())).collect();
        let held_out = plan.held_out();
        let blocks = held_out.len().div_ceil(BLOCK);
        Self {
            rows,
            options,
            plan,
            objective,
            order: RwLock::new(Shuffled::new(&plan.training, rows.has_copies())),
            parts: [of_a_batch(), of_a_batch()],
            held_out,
            losses: (0..blocks).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

/// One thread of a fit.
struct Fit<'a, 'o, O> {
    shared: &'a Shared<'a, O>,
    place: Place<'a>,
    /// Of the calling thread.
    observer: Option<&'o mut (dyn Observer + 'o)>,
    network: Network,
    rng: ChaCha8Rng,
    adam: Adam,
    batch: Batch,
    gradients: Vec<f32>,
    logit_gradients: Vec<f32>,
    progress: Progress,
}

impl<'a, 'o, O: Objective> Fit<'a, 'o, O> {
    fn new(
        shared: &'a Shared<'a, O>,
        place: Place<'a>,
        observer: Option<&'o mut (dyn Observer + 'o)>,
        network: Network,
        rng: ChaCha8Rng,
    ) -> Self {
        let &Shared { options, plan, .. } = shared;
        let shape = network.shape();
        let decay = options.weight_decay * plan.decay_share;
        Self {
            shared,
            place,
            observer,
            adam: Adam::new(shape, options.learning_rate, decay, decay * SKIP_DECAY),
            batch: Batch::new(shape, BLOCK),
            gradients: vec![0.0; network.parameters().len()],
            logit_gradients: Vec::new(),
            progress: Progress { stage: plan.name, epoch: 0, epochs: options.epochs, loss: None },
            network,
            rng,
        }
    }

    fn run(mut self) -> Result<Fitted> {
        let &Shared { options, plan, .. } = self.shared;
        let mut best: Option<(f64, usize, Network)> = None;
        let mut history = Vec::new();
        for epoch in 0..options.epochs {
            let record = self.epoch(epoch);
            let validation_loss = record.validation_loss;
            history.push(record);
            let Some(loss) = validation_loss else { continue };
            if loss < best.as_ref().map_or(f64::INFINITY, |(least, ..)| least - IMPROVEMENT) {
                best = Some((loss, epoch, self.network.clone()));
            }
            let last_gain = best.as_ref().map_or(plan.first_validation, |(_, epoch, _)| *epoch);
            if epoch - last_gain >= options.patience {
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

    fn epoch(&mut self, epoch: usize) -> Epoch {
        let &Shared { plan, objective, .. } = self.shared;
        self.progress.epoch = epoch;
        if self.place.number == 0 {
            write(&self.shared.order).shuffle(&plan.training, &mut self.rng);
        }
        self.place.meet();
        let tally = self.train_epoch(epoch);
        let validation_loss = (epoch >= plan.first_validation).then(|| self.validate());
        self.progress.loss = validation_loss.or(self.progress.loss);
        Epoch {
            stage: plan.stage,
            member: plan.member(),
            epoch: epoch as u32,
            training_loss: tally.loss / plan.training.len().max(1) as f64,
            validation_loss,
            corrected: objective.corrects().then_some(tally.corrected),
            kept: false,
        }
    }

    fn diverged(&self) -> Error {
        let &Shared { options, plan, .. } = self.shared;
        let rate = options.learning_rate;
        Error::new(
            ErrorKind::InvalidParameter,
            format!("{} diverged with learning_rate {rate}", plan.name),
        )
        .with_hint("Give a smaller learning_rate.")
    }

    /// One pass over the rows.
    fn train_epoch(&mut self, epoch: usize) -> Tally {
        let shared = self.shared;
        let order = read(&shared.order);
        let size = shared.options.batch_size;
        let mut tally = Tally::default();
        for (step, batch) in order.rows.chunks(size).enumerate() {
            self.poll();
            let coming = order.rows.chunks(size).nth(step + 1).unwrap_or_default();
            let parts = &shared.parts[step % 2][..batch.len().div_ceil(PART)];
            for part in self.place.share(parts.len()) {
                shared.rows.prefetch(part_of(coming, part));
                self.learn(epoch, part_of(batch, part), &mut write(&parts[part]));
            }
            self.place.meet();
            self.step(parts, batch.len(), &mut tally);
        }
        tally
    }

    /// The gradients of a part of a batch.
    fn learn(&mut self, epoch: usize, rows: &[u32], part: &mut Part) {
        forward(self.shared.rows, &self.network, rows, &mut self.batch);
        let logits = self.batch.logits();
        self.logit_gradients.resize(logits.len(), 0.0);
        let objective = self.shared.objective;
        part.tally = objective.gradients(epoch, rows, logits, &mut self.logit_gradients);
        self.batch.backward(&self.network, &self.logit_gradients, &mut part.gradients);
    }

    /// A step along the mean gradient of a batch.
    fn step(&mut self, parts: &[RwLock<Part>], rows: usize, tally: &mut Tally) {
        self.gradients.fill(0.0);
        for part in parts {
            let part = read(part);
            kernels::add_scaled(&part.gradients, 1.0 / rows as f32, &mut self.gradients);
            tally.add(part.tally);
        }
        self.adam.step(&mut self.network, &self.gradients);
    }

    /// The mean loss of the rows held out.
    fn validate(&mut self) -> f64 {
        let shared = self.shared;
        let held_out = &shared.held_out;
        for block in self.place.share(shared.losses.len()) {
            self.poll();
            let rows = &held_out[block * BLOCK..held_out.len().min((block + 1) * BLOCK)];
            forward(shared.rows, &self.network, rows, &mut self.batch);
            let loss = shared.objective.validation(rows, self.batch.logits());
            shared.losses[block].store(loss.to_bits(), Ordering::Relaxed);
        }
        self.place.meet();
        let losses = shared.losses.iter().map(|loss| f64::from_bits(loss.load(Ordering::Relaxed)));
        losses.sum::<f64>() / held_out.len().max(1) as f64
    }

    fn poll(&mut self) {
        match &mut self.observer {
            Some(observer) => observer.poll(&self.progress),
            None => self.place.check(),
        }
    }
}

/// Rows of the part of a batch with this number.
fn part_of(batch: &[u32], part: usize) -> &[u32] {
    batch.chunks(PART).nth(part).unwrap_or_default()
}

/// A thread that failed while it held the lock ends the whole fit in any case.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
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
