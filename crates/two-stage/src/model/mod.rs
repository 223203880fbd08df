//! The trained model: what is stored after training, and scored with.

mod intent;
mod label_frequency;
mod networks;
mod report;
mod score;
mod segment_rule;

pub use intent::{Intent, Slope};
pub use label_frequency::{GroupValue, LabelFrequency};
pub(crate) use networks::ScoringNetworks;
pub(crate) use report::is_significant;
pub use report::{Comparison, Epoch, Mode, PropensitySource, Report, Stage};
pub use score::Score;
pub(crate) use segment_rule::MAX_OFFSET;
pub(crate) use segment_rule::Namer;
pub use segment_rule::{Offsets, Rule, SegmentSizes};

use serde::{Deserialize, Serialize};

use crate::{
    column::{Column, MAX_FEATURES},
    encoding::{Description, Encoder},
    network::Network,
    options::Options,
};

/// Stage 2: P(campaign-driven | engaged, exposed), and with a second output the label frequency c(x).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CorrectionNetwork {
    pub network: Network,
    pub learns_label_frequency: bool,
}

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TwoStageModel {
    pub(crate) columns: Vec<Column>,
    pub(crate) positional: bool,
    pub(crate) options: Options,
    pub(crate) encoder: Encoder,
    /// One network, or those of a committee.
    pub(crate) segmentation: Vec<Network>,
    /// Stage 2 of each member; none where it corrects no label.
    pub(crate) correction: Vec<CorrectionNetwork>,
    pub(crate) intent: Intent,
    pub(crate) report: Report,
    /// The offsets of the segments, which a score's segment needs.
    pub(crate) offsets: Offsets,
}

impl TwoStageModel {
    /// The features, in the order in which values are scored.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Tells if features are matched by position (arrays) rather than by name.
    pub fn positional(&self) -> bool {
        self.positional
    }

    /// The report of its training.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Tells if the uplift is the same for every customer, so that it ranks nobody.
    pub fn has_equal_uplift(&self) -> bool {
        matches!(self.intent, Intent::Constant(intent) if intent == 0.0)
            || self.report.constant_features.len() == self.columns.len()
    }

    /// Adds a warning of the caller's to the report.
    pub fn add_warning(&mut self, warning: String) {
        self.report.warnings.push(warning);
    }

    /// The source of its intent.
    pub fn intent(&self) -> Intent {
        self.intent
    }

    /// The options that it was trained with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The encoding of each column, in the order of the columns.
    pub fn encodings(&self) -> impl Iterator<Item = Description> + '_ {
        self.encoder.describe()
    }

    /// Checks bytes from a table: they describe a model that can be scored without further checks.
    pub(crate) fn is_sound(&self) -> bool {
        let frequency = self.report.label_frequency.as_ref().is_none_or(LabelFrequency::is_sound);
        self.networks_are_sound()
            && self.intent.is_sound()
            && self.offsets.is_sound()
            && frequency
            && self.importance_is_sound()
            && self.names_are_sound()
    }

    fn networks_are_sound(&self) -> bool {
        let inputs = self.encoder.is_sound(&self.columns).then(|| self.encoder.inputs());
        let sound = |network: &Network, outputs: usize| {
            network.is_sound()
                && Some(network.shape().inputs) == inputs
                && network.shape().outputs == outputs
        };
        let correction = self.correction.iter().all(|correction| {
            sound(&correction.network, 1 + usize::from(correction.learns_label_frequency))
        });
        let segmentation = self.segmentation.iter().all(|network| sound(network, 3));
        !self.segmentation.is_empty() && segmentation && correction
    }

    fn importance_is_sound(&self) -> bool {
        let importance = &self.report.importance;
        importance.len() == self.columns.len()
            && importance.iter().all(|share| (0.0..=1.0).contains(share))
    }

    /// Checks that every column has a name of its own, and that no text would end early in SQL.
    fn names_are_sound(&self) -> bool {
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        let distinct = names.windows(2).all(|pair| pair[0] != pair[1]);
        let levels: Vec<String> = self.encodings().flat_map(|encoding| encoding.levels).collect();
        let report = &self.report;
        let mut texts = names
            .into_iter()
            .chain(report.label_frequency.iter().flat_map(LabelFrequency::texts))
            .chain(levels.iter().map(String::as_str))
            .chain(report.constant_features.iter().map(String::as_str))
            .chain(report.warnings.iter().map(String::as_str));
        self.columns.len() <= MAX_FEATURES && distinct && texts.all(|text| !text.contains('\0'))
    }
}
