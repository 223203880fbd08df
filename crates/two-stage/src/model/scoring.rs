//! The part of a model that scores, names segments and corrects labels.

use super::{
    intent::Intent,
    label_frequency::LabelFrequency,
    networks::{Networks, WITH_PUT_OFF},
    segment_rule::Offsets,
    uplift::{UpliftNetworks, UpliftRole},
};
use crate::{
    column::{Column, MAX_FEATURES},
    encoding::{Description, Encoder},
    network::Network,
};

/// Stage 2: P(campaign-driven | engaged, exposed), and with a second output the label frequency c(x).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CorrectionNetwork {
    pub network: Network,
    pub learns_label_frequency: bool,
}

/// Everything of a model that changes a score.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoringModel {
    pub(crate) columns: Vec<Column>,
    pub(crate) positional: bool,
    pub(crate) encoder: Encoder,
    /// One network, or those of a committee.
    pub(crate) segmentation: Vec<Network>,
    /// Stage 2 of each member; none where it corrects no label.
    pub(crate) correction: Vec<CorrectionNetwork>,
    /// The label frequency; `None` where no label counts as missing.
    pub(crate) label_frequency: Option<LabelFrequency>,
    /// Set where a fixed threshold corrects labels.
    pub(crate) corrects_by_threshold: bool,
    pub(crate) intent: Intent,
    /// The offsets of the segments, which a score's segment needs.
    pub(crate) offsets: Offsets,
    /// The uplift networks that a score needs; none where the one network has learned from them.
    pub(crate) uplift: Option<UpliftNetworks>,
}

impl ScoringModel {
    /// The features, in the order in which values are scored.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Tells if features are matched by position (arrays) rather than by name.
    pub fn positional(&self) -> bool {
        self.positional
    }

    /// The encoding of each column, in the order of the columns.
    pub fn encodings(&self) -> impl Iterator<Item = Description> + '_ {
        self.encoder.describe()
    }

    /// The parts that make a score.
    pub(crate) fn networks(&self) -> Networks<'_> {
        Networks {
            segmentation: &self.segmentation,
            intent: self.intent,
            uplift: self.uplift.as_ref(),
        }
    }

    /// The names of the columns that were constant.
    pub(crate) fn constant_features(&self) -> Vec<String> {
        let name = |column: usize| self.columns[column].name.clone();
        self.encoder.constant_columns().map(name).collect()
    }

    /// Checks bytes from a table: they describe a model that can be scored without further checks.
    pub(crate) fn is_sound(&self) -> bool {
        let frequency = self.label_frequency.as_ref().is_none_or(LabelFrequency::is_sound);
        self.networks_are_sound()
            && self.intent.is_sound()
            && self.offsets.is_sound()
            && frequency
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
        let outputs = if self.networks().tells_put_off() { WITH_PUT_OFF } else { 3 };
        let segmentation = self.segmentation.iter().all(|network| sound(network, outputs));
        let alone = self.uplift.as_ref().is_some_and(|uplift| uplift.role == UpliftRole::Alone);
        let uplift = self.uplift.as_ref().is_none_or(|uplift| uplift.is_sound(sound));
        (alone || !self.segmentation.is_empty()) && segmentation && correction && uplift
    }

    /// Checks that every column has a name of its own, and that no text would end early in SQL.
    fn names_are_sound(&self) -> bool {
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        let distinct = names.windows(2).all(|pair| pair[0] != pair[1]);
        let levels: Vec<String> = self.encodings().flat_map(|encoding| encoding.levels).collect();
        let mut texts = names
            .into_iter()
            .chain(self.label_frequency.iter().flat_map(LabelFrequency::texts))
            .chain(levels.iter().map(String::as_str));
        self.columns.len() <= MAX_FEATURES && distinct && texts.all(|text| !text.contains('\0'))
    }
}
