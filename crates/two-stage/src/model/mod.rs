//! The trained model: what is stored after training, and scored with.

mod distribution;
mod evaluation;
mod exposure;
mod intent;
mod label_frequency;
mod networks;
mod origin;
mod report;
mod score;
mod scoring;
mod segment_rule;
mod uplift;

pub use distribution::{CategoryDistribution, Distribution, NumberDistribution};
pub(crate) use evaluation::{BINS, CURVE_POINTS, INTENT_QUANTILES, UPLIFT_QUANTILES};
pub use evaluation::{Bin, Evaluation, OutOfFold, UpliftCurve};
pub use exposure::{ExposureFindings, FeatureDifference};
pub use intent::{Intent, Slope};
pub use label_frequency::{GroupValue, LabelFrequency};
pub(crate) use networks::{Networks, ScoringNetworks, WITH_PUT_OFF};
pub use origin::{Origin, RoleColumn};
pub(crate) use report::is_inverted;
pub use report::{
    Comparison, Epoch, Mode, PropensitySource, Report, Stage, UpliftFindings, is_significant,
};
pub use score::Score;
pub(crate) use scoring::CorrectionNetwork;
pub use scoring::ScoringModel;
pub(crate) use segment_rule::MAX_OFFSET;
pub(crate) use segment_rule::Namer;
pub use segment_rule::{Offsets, Rule, SegmentSizes};
pub use uplift::SignedSlope;
pub(crate) use uplift::{Engagement, UpliftNetworks, UpliftRole};

use std::rc::Rc;

use crate::{
    column::Column,
    encoding::{Description, Encoding},
    options::Options,
};

/// A trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoStageModel {
    pub(crate) scoring: ScoringModel,
    pub(crate) options: Options,
    pub(crate) report: Report,
}

impl TwoStageModel {
    /// The features, in the order in which values are scored.
    pub fn columns(&self) -> &[Column] {
        &self.scoring.columns
    }

    /// Tells if features are matched by position (arrays) rather than by name.
    pub fn positional(&self) -> bool {
        self.scoring.positional
    }

    /// The report of its training.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Tells if the uplift is the same for every customer, so that it ranks nobody.
    pub fn has_equal_uplift(&self) -> bool {
        matches!(self.intent(), Intent::Constant(intent) if intent == 0.0)
            || self.report.constant_features.len() == self.columns().len()
    }

    /// Adds a warning of the caller's to the report.
    pub fn add_warning(&mut self, warning: String) {
        self.report.warnings.push(warning);
    }

    /// Says where the model comes from.
    pub fn set_origin(&mut self, origin: Origin) {
        self.report.origin = Some(origin);
    }

    /// Says which columns of the training query had a role.
    pub fn set_roles(&mut self, roles: Vec<RoleColumn>) {
        if let Some(origin) = &mut self.report.origin {
            origin.roles = roles;
        }
    }

    /// The source of its intent.
    pub fn intent(&self) -> Intent {
        self.scoring.intent
    }

    /// The label frequency; `None` where no label counts as missing.
    pub fn label_frequency(&self) -> Option<&LabelFrequency> {
        self.scoring.label_frequency.as_ref()
    }

    /// The mean label frequency; `None` where no row carries a campaign label, or none counts as
    /// missing.
    pub fn mean_label_frequency(&self) -> Option<f64> {
        let frequency = self.label_frequency().filter(|_| self.report.rows_labelled > 0);
        frequency.map(LabelFrequency::mean)
    }

    /// The slope of the intent, where held-out rows showed it.
    pub fn intent_slope(&self) -> Option<Slope> {
        match self.scoring.intent {
            Intent::Rescaled(slope) => Some(slope),
            _ => self.report.uplift.and_then(|uplift| uplift.intent_slope),
        }
    }

    /// Tells if the campaign puts some customers off, so that their uplift is negative.
    pub fn puts_off(&self) -> bool {
        self.report.uplift.is_some_and(|uplift| uplift.puts_off)
    }

    /// The options that it was trained with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The encoding of each column, in the order of the columns.
    pub fn encodings(&self) -> impl Iterator<Item = Description> + '_ {
        self.scoring.encodings()
    }

    /// The categories with an input of their own, and the share of rows with each; none for numbers.
    pub fn levels(&self, column: usize) -> Vec<(&str, f64)> {
        self.scoring.encoder.encodings.get(column).map_or_else(Vec::new, Encoding::shares)
    }

    /// Checks the report from a table, which belongs to a sound scoring model.
    pub(crate) fn is_sound(&self) -> bool {
        let Report {
            importance,
            warnings,
            comparison,
            distributions,
            uplift_scores,
            exposure,
            origin,
            ..
        } = &self.report;
        let names = comparison.iter().map(|measured| &measured.model);
        let columns = self.columns().len();
        importance.len() == columns
            && distributions.len() == columns
            && distributions.iter().all(Distribution::is_sound)
            && uplift_scores.is_sound()
            && importance.iter().all(|share| (0.0..=1.0).contains(share))
            && exposure.is_none_or(|exposure| exposure.is_sound(columns))
            && origin.as_ref().is_none_or(|origin| origin.is_sound(columns))
            && warnings.iter().chain(names).all(|text| !text.contains('\0'))
            && self.report.out_of_fold.as_ref().is_none_or(OutOfFold::is_sound)
            && self.report.evaluation.as_ref().is_none_or(Evaluation::is_sound)
    }
}

impl From<TwoStageModel> for Rc<ScoringModel> {
    fn from(model: TwoStageModel) -> Self {
        Self::new(model.scoring)
    }
}
