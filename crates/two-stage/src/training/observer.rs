//! The caller's view of a training: its progress, and the threads that it may use.

/// A step of the training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows are put into canonical order.
    OrderingRows,
    /// The encoder is fitted.
    Encoding,
    /// The label frequency is estimated.
    LabelFrequency,
    /// Stage 2: missing labels are corrected.
    LabelCorrection,
    /// Stage 1: the three segments are learned.
    Segmentation,
    /// One network is fitted to a committee.
    Distillation,
    /// Standard models are trained for comparison.
    Comparison,
    /// The importance of the features is estimated.
    Importance,
    /// The probability of exposure is estimated.
    Propensity,
    /// The engagement of exposed and unexposed customers is learned.
    Uplift,
}

impl Step {
    /// Its name in progress messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderingRows => "ordering rows",
            Self::Encoding => "encoding",
            Self::LabelFrequency => "label frequency",
            Self::LabelCorrection => "label correction",
            Self::Segmentation => "segmentation",
            Self::Distillation => "distillation",
            Self::Comparison => "comparison",
            Self::Importance => "importance",
            Self::Propensity => "propensity",
            Self::Uplift => "uplift",
        }
    }
}

/// The position of a training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// The step.
    pub step: Step,
    /// The epoch, from 0.
    pub epoch: usize,
    /// The number of epochs at most; 0 in a step without epochs.
    pub epochs: usize,
    /// The last validation loss of this step.
    pub loss: Option<f64>,
}

/// The caller of a training.
pub trait Observer {
    /// Takes note of the progress, every few milliseconds.
    fn progress(&mut self, progress: &Progress);

    /// The number of threads that may train. They change no bit of the model.
    fn threads(&self) -> usize {
        1
    }

    /// Calls `start`, which starts threads. A caller that handles signals blocks them meanwhile: a
    /// thread inherits the signal mask of the one that starts it.
    fn start_threads(&mut self, start: &mut dyn FnMut()) {
        start();
    }
}
