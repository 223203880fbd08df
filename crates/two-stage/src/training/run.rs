//! One run of a training: who watches it, its threads, and what it leaves in the report.

use super::{
    engine::Pool,
    observer::{Observer, Progress, Step},
};
use crate::{
    model::{Epoch, Stage},
    poll::Poll,
};

/// A running training.
pub(super) struct Run<'a> {
    pub observer: &'a mut dyn Observer,
    pub pool: &'a Pool,
    pub poll: Poll,
    pub warnings: Vec<String>,
    pub history: Vec<Epoch>,
}

impl Run<'_> {
    /// Polls, and reports the progress.
    pub fn progress(&mut self, progress: &Progress) {
        self.poll.now();
        self.observer.progress(progress);
    }

    /// Polls, and reports that the training is at a step.
    pub fn enter(&mut self, step: Step) {
        self.progress(&Progress { step, epoch: 0, epochs: 0, loss: None });
    }

    pub fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// Keeps a member's epochs of a stage for the report.
    pub fn keep_history(&mut self, stage: Stage, member: u8, records: &[EpochRecord]) {
        let epochs = records.iter().enumerate().map(|(epoch, record)| Epoch {
            stage,
            member,
            epoch: epoch as u32,
            training_loss: record.training_loss,
            validation_loss: record.validation_loss,
            corrected: record.corrected,
            kept: record.kept,
        });
        self.history.extend(epochs);
    }
}

/// One epoch of a fit.
pub(super) struct EpochRecord {
    pub training_loss: f64,
    /// `None` before validation starts.
    pub validation_loss: Option<f64>,
    /// Labels that counted as corrected, where the objective corrects any.
    pub corrected: Option<u64>,
    /// Set where the network of this epoch was kept.
    pub kept: bool,
}
