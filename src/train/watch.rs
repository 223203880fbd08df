//! Watches over a training: shows its progress, and starts its threads.

use std::time::{Duration, Instant};

use two_stage::{
    Error, ErrorKind,
    model::TwoStageModel,
    options::Options,
    sample::Sample,
    training::{self, Observer, Outcome, Progress, Step},
};

use crate::{
    features::roles::left_out_notice,
    memory::megabytes,
    pg::{self, Activity, BlockedSignals, Failure, settings},
};

const BETWEEN_NOTICES: Duration = Duration::from_secs(2);

/// Trains on a sample, and reports its warnings. Returns `None` if there is nothing to learn from.
pub fn train(
    sample: &mut Sample,
    options: &Options,
    is_group: bool,
) -> Result<Option<Box<TwoStageModel>>, Failure> {
    if !sample.left_out().is_empty() {
        pg::notice(left_out_notice(sample.left_out()), None);
    }
    let outcome = training::train(sample, options, &mut Watch::new())
        .map_err(|error| if is_group { in_group(error) } else { error })?;
    if let Some((used, read)) = sample.sampled() {
        pg::notice(
            format!(
                "training uses {used} of {read} rows, an even sample that stays within \
                 pg_intent.training_memory = {}",
                megabytes(settings::training_memory())
            ),
            Some("Raise pg_intent.training_memory to train on more rows."),
        );
    }
    match outcome {
        Outcome::Model(model) => {
            for warning in &model.report().warnings {
                pg::warning(warning);
            }
            Ok(Some(model))
        }
        Outcome::NoRows => Ok(None),
        Outcome::Failed(error) => {
            pg::warning(format!("no model: {}", error.message));
            Ok(None)
        }
    }
}

/// Gives the error for a group that teaches nothing the hint by which other groups keep their models.
fn in_group(error: Error) -> Error {
    match error.kind {
        ErrorKind::InsufficientData => error.with_hint(
            "Add the option {\"on_failure\": \"null\"}, so that such a group gets NULL and the others a model.",
        ),
        _ => error,
    }
}

/// Sees every step of a training.
struct Watch {
    shows_progress: bool,
    last_notice: Instant,
    step: Option<Step>,
    step_began: Instant,
    activity: Option<Activity>,
}

impl Watch {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            shows_progress: settings::progress(),
            last_notice: now,
            step: None,
            step_began: now,
            activity: None,
        }
    }

    fn show(&mut self, progress: &Progress) {
        let line = describe(progress, self.step_began.elapsed());
        self.activity.get_or_insert_with(Activity::new).show(&line);
        pg::notice(format!("training: {line}"), None);
    }
}

impl Observer for Watch {
    fn progress(&mut self, progress: &Progress) {
        if !self.shows_progress {
            return;
        }
        if self.step != Some(progress.step) || progress.epoch == 0 {
            (self.step, self.step_began) = (Some(progress.step), Instant::now());
        }
        if self.last_notice.elapsed() >= BETWEEN_NOTICES {
            self.last_notice = Instant::now();
            self.show(progress);
        }
    }

    fn threads(&self) -> usize {
        settings::training_threads()
    }

    fn start_threads(&mut self, start: &mut dyn FnMut()) {
        let _signals = BlockedSignals::new();
        start();
    }
}

/// Describes the progress. It assumes that each epoch takes as long as those after the first.
fn describe(progress: &Progress, since_first_epoch: Duration) -> String {
    let &Progress { step, epoch, epochs, loss } = progress;
    let mut line = step.name().to_owned();
    if epochs > 0 {
        line += &format!(", epoch {epoch} of at most {epochs}");
    }
    if let Some(loss) = loss {
        line += &format!(", validation loss {loss:.4}");
    }
    if epoch > 1 {
        let seconds = since_first_epoch.as_secs_f64() / (epoch - 1) as f64;
        line += &format!(", at most {:.0} s left", seconds * (epochs - epoch) as f64);
    }
    line
}
