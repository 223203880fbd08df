//! The report of a training, stored in the model: counts, estimates, history, warnings.

use std::cmp::Ordering;

use super::{
    distribution::{Distribution, NumberDistribution},
    evaluation::{Evaluation, OutOfFold},
    exposure::ExposureFindings,
    intent::Slope,
    origin::Origin,
    segment_rule::SegmentSizes,
    uplift::SignedSlope,
};
use crate::sample::Counts;

/// The way in which a training tells a campaign's effect from what customers do anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Every customer was exposed; the labels and their frequency tell.
    Simple,
    /// Exposed and unexposed customers are compared.
    Exposure,
}

impl Mode {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Exposure => "exposure",
        }
    }
}

/// The source of the probability of exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropensitySource {
    /// It is the same for every row: the option `exposure_rate`, or the observed share.
    Constant,
    /// The rows gave it.
    Given,
    /// It was estimated from the features.
    Estimated,
}

impl PropensitySource {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Given => "given",
            Self::Estimated => "estimated",
        }
    }
}

/// The stage of training that an epoch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Campaign-driven or organic, among the engaged: finds missing labels.
    LabelCorrection,
    /// The three segments.
    Segmentation,
    /// The three segments, as a committee sees them.
    Distillation,
    /// The probability to engage, if exposed and if not.
    Uplift,
}

impl Stage {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::LabelCorrection => "label correction",
            Self::Segmentation => "segmentation",
            Self::Distillation => "distillation",
            Self::Uplift => "uplift",
        }
    }
}

/// One epoch of one stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    /// The stage.
    pub stage: Stage,
    /// The member of a committee, from 0.
    pub member: u8,
    /// The number of the epoch, from 0.
    pub epoch: u32,
    /// The mean loss over the training rows.
    pub training_loss: f64,
    /// The mean loss over the held-out rows; `None` before validation starts.
    pub validation_loss: Option<f64>,
    /// Rows recorded organic whose label counted as campaign-driven (t > 0.5) in this epoch.
    pub corrected: Option<u64>,
    /// Set where the network of this epoch is the one that was kept.
    pub kept: bool,
}

/// A model's figures on rows that the first member held out, against the labels as observed.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The model's name.
    pub model: String,
    /// AUC of the intent among exposed engaged customers; `None` without both labels.
    pub auc: Option<f64>,
    /// Macro-F1 of the three segments of exposed customers; `None` without any campaign label.
    pub macro_f1: Option<f64>,
    /// Qini coefficient of the uplift, in exposure mode.
    pub qini: Option<f64>,
    /// Its standard error.
    pub qini_se: Option<f64>,
}

/// The findings of the uplift networks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpliftFindings {
    /// The slope of the signed uplift.
    pub slope: SignedSlope,
    /// The mean uplift of the fifth with the lowest uplift, in standard errors; `None` where it was not tested.
    pub put_off_ratio: Option<f64>,
    /// Set where the campaign puts some customers off.
    pub puts_off: bool,
    /// Rows of customers whom the campaign would put off, if it puts any off.
    pub rows_put_off: f64,
    /// The slope of the intent, where the networks of the model have it in them.
    pub intent_slope: Option<Slope>,
}

/// Tells if a figure is more than two of its standard errors above 0.
pub fn is_significant((figure, error): (f64, f64)) -> bool {
    figure > 2.0 * error
}

/// Tells if a campaign share is more than two of its standard errors below 0.
pub(crate) fn is_inverted((share, error): (f64, f64)) -> bool {
    share < -2.0 * error
}

/// The counts and findings of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Counts of the rows that the aggregate read.
    pub counts: Counts,
    /// Rows that the training used.
    pub rows: u64,
    /// Used rows of engaged customers.
    pub rows_engaged: u64,
    /// Exposed rows recorded as campaign-driven.
    pub rows_labelled: u64,
    /// The mode.
    pub mode: Mode,
    /// π, the campaign's share of the engagement of exposed customers, and its standard error.
    pub campaign_share: Option<(f64, f64)>,
    /// Engaged rows recorded organic and corrected (t > 0.5).
    pub corrected: u64,
    /// The sum of t over engaged rows recorded organic.
    pub corrected_total: f64,
    /// Columns that were constant.
    pub constant_features: Vec<String>,
    /// Each feature's share of what moves the intent, in the order of the columns. The shares add
    /// up to 1, or are all 0 where nothing moves it.
    pub importance: Vec<f64>,
    /// This model's first member, and the standard models.
    pub comparison: Vec<Comparison>,
    /// The warnings, each one sentence.
    pub warnings: Vec<String>,
    /// The epochs of all stages.
    pub history: Vec<Epoch>,
    /// The sizes of the segments, expected and given.
    pub segments: SegmentSizes,
    /// The source of the probability of exposure; `None` in simple mode.
    pub propensity: Option<PropensitySource>,
    /// The number of customers, where option `customer` is given.
    pub customers: Option<u64>,
    /// The findings of the uplift networks, where there were any.
    pub uplift: Option<UpliftFindings>,
    /// The distribution of each feature, in the order of the columns.
    pub distributions: Vec<Distribution>,
    /// The exposure of the rows; `None` in a model that was stored without it.
    pub exposure: Option<ExposureFindings>,
    /// The origin; `None` if nobody told it.
    pub origin: Option<Origin>,
    /// The out-of-fold scores; `None` where no row was held out.
    pub out_of_fold: Option<OutOfFold>,
    /// The evaluation of the out-of-fold scores.
    pub evaluation: Option<Evaluation>,
    /// The distribution of the uplift that the model gives the rows that it was trained on.
    pub uplift_scores: NumberDistribution,
}

impl Report {
    /// The sign of the campaign's mean effect on engagement, as far as the rows show; `None` in simple
    /// mode.
    pub fn mean_effect(&self) -> Option<Ordering> {
        self.campaign_share.map(|share| match share {
            share if is_significant(share) => Ordering::Greater,
            share if is_inverted(share) => Ordering::Less,
            _ => Ordering::Equal,
        })
    }

    /// Tells if exposed customers engaged like others, on average and each of them, as far as the rows
    /// show.
    pub fn shows_no_effect(&self) -> bool {
        let differs = self.uplift.is_some_and(|uplift| uplift.slope.is_significant());
        self.mean_effect() == Some(Ordering::Equal) && !differs
    }
}
