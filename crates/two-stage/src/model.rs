//! What is stored after training, and how it scores a customer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    features::{Column, Description, Encoder, MAX_FEATURES, Value},
    network::Network,
    options::Options,
    sample::Counts,
    segment::Segment,
};

/// P(segment | features, exposed to the campaign); the three add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    pub low_engagement: f64,
    pub organic: f64,
    pub campaign_driven: f64,
}

impl Score {
    /// The most probable segment.
    pub fn segment(&self) -> Segment {
        if self.campaign_driven > self.organic && self.campaign_driven > self.low_engagement {
            Segment::CampaignDriven
        } else if self.organic > self.low_engagement {
            Segment::Organic
        } else {
            Segment::LowEngagement
        }
    }

    /// P(campaign-driven | engaged).
    pub fn intent(&self) -> f64 {
        let engaged = self.organic + self.campaign_driven;
        if engaged > 0.0 { self.campaign_driven / engaged } else { 0.0 }
    }
}

impl From<[f64; 3]> for Score {
    /// In the order of [`Segment::ALL`].
    fn from([low_engagement, organic, campaign_driven]: [f64; 3]) -> Self {
        Self { low_engagement, organic, campaign_driven }
    }
}

/// How a campaign's effect was told from what customers do anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Every customer was exposed; only labels and their frequency tell.
    Simple,
    /// Exposed and unexposed customers are compared.
    Exposure,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Exposure => "exposure",
        }
    }
}

/// c, the chance that a truly campaign-driven customer carries the campaign label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LabelFrequency {
    /// One for all customers.
    Pooled(f64),
    /// One for each value of the feature named by `attribution_by`, and one for all others.
    Grouped { column: usize, groups: Vec<(GroupValue, f64)>, pooled: f64 },
    /// Learned for each customer by stage 2's second output; the mean over the campaign-driven
    /// training rows, each counted by its t.
    Learned { mean: f64 },
}

impl LabelFrequency {
    /// Its mean over the campaign-driven training rows, or the one estimate.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Pooled(c) | Self::Grouped { pooled: c, .. } | Self::Learned { mean: c } => *c,
        }
    }

    fn is_sound(&self) -> bool {
        let chance = |c: &f64| (0.0..=1.0).contains(c);
        match self {
            Self::Pooled(c) | Self::Learned { mean: c } => chance(c),
            Self::Grouped { groups, pooled, .. } => {
                chance(pooled) && groups.iter().all(|(_, c)| chance(c))
            }
        }
    }

    /// That of a customer with these values; a group unseen in training has the pooled one.
    pub(crate) fn of(&self, values: &[Value]) -> f64 {
        let Self::Grouped { column, groups, .. } = self else {
            return self.mean();
        };
        let value = values.get(*column).map(|value| match value {
            Value::Number(number) if !number.is_nan() => GroupValue::Number(*number as f32 + 0.0),
            Value::Category(text) => GroupValue::Category((*text).to_owned()),
            _ => GroupValue::Missing,
        });
        groups
            .iter()
            .find(|(group, _)| Some(group) == value.as_ref())
            .map_or(self.mean(), |(_, c)| *c)
    }
}

/// A value of the feature named by `attribution_by`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum GroupValue {
    Missing,
    Number(f32),
    Category(String),
}

impl GroupValue {
    /// None where the value is missing.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Number(number) => Some(number.to_string()),
            Self::Category(text) => Some(text.clone()),
        }
    }
}

/// As warnings name it.
impl fmt::Display for GroupValue {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.text() {
            Some(text) => write!(f, "\"{text}\""),
            None => f.write_str("NULL"),
        }
    }
}

/// Which of the two networks an epoch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Campaign-driven or organic, among the engaged: finds missing labels.
    LabelCorrection,
    /// The three segments.
    Segmentation,
    /// The three segments, as a committee sees them.
    Distillation,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Self::LabelCorrection => "label correction",
            Self::Segmentation => "segmentation",
            Self::Distillation => "distillation",
        }
    }
}

/// One epoch of one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    pub stage: Stage,
    /// Which network of a committee, from 0.
    pub member: u8,
    /// From 0.
    pub epoch: u32,
    pub training_loss: f64,
    /// None before validation starts.
    pub validation_loss: Option<f64>,
    /// Rows recorded organic whose label counted as campaign-driven (t > 0.5) in this epoch.
    pub corrected: Option<u64>,
    /// Whether the network of this epoch is the one that was kept.
    pub kept: bool,
}

/// A model's scores on rows that the first member held out, against the labels as observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub model: String,
    /// AUC of the intent among exposed engaged customers; None without both labels.
    pub auc: Option<f64>,
    /// Macro-F1 of the three segments of exposed customers.
    pub macro_f1: f64,
    /// Qini coefficient of P(campaign-driven), in exposure mode.
    pub qini: Option<f64>,
}

/// What a training counted and found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What the aggregate read.
    pub counts: Counts,
    /// Rows that training used.
    pub rows: u64,
    pub rows_engaged: u64,
    /// Exposed rows recorded as campaign-driven.
    pub rows_labelled: u64,
    pub mode: Mode,
    /// None where no label counts as missing.
    pub label_frequency: Option<LabelFrequency>,
    /// π, the campaign's share of the engagement of exposed customers, and its standard error.
    pub campaign_share: Option<(f64, f64)>,
    /// Engaged rows recorded organic and corrected (t > 0.5), and the sum of t over those rows.
    pub corrected: u64,
    pub corrected_total: f64,
    pub constant_features: Vec<String>,
    /// Each feature's share of what moves the intent, in the order of the columns: the shares add up
    /// to 1, or are all 0 where nothing does.
    pub importance: Vec<f64>,
    /// This model's first member, and the standard models.
    pub comparison: Vec<Comparison>,
    pub warnings: Vec<String>,
    pub history: Vec<Epoch>,
}

/// Stage 2: P(campaign | engaged, exposed), and with a second output the label frequency c(x).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrectionNetwork {
    pub network: Network,
    pub learns_label_frequency: bool,
}

/// Step 4: the intent's logit becomes intercept + slope · (logit − center).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Slope {
    pub intercept: f64,
    pub slope: f64,
    pub center: f64,
    /// The slope in standard errors, before one of them was taken off.
    pub ratio: f64,
}

/// A logit past this says no more.
const MOST_LOGIT: f64 = 12.0;

impl Slope {
    fn rescale(&self, intent: f64) -> f64 {
        let logit = (intent / (1.0 - intent)).ln();
        1.0 / (1.0 + (-self.rescaled_logit(logit)).exp())
    }

    /// The rescaled intent's logit, from that of the intent as it was.
    pub(crate) fn rescaled_logit(&self, logit: f64) -> f64 {
        self.intercept + self.slope * (logit.clamp(-MOST_LOGIT, MOST_LOGIT) - self.center)
    }

    /// The derivative of `rescaled_logit`.
    pub(crate) fn derivative(&self, logit: f64) -> f64 {
        if logit.abs() < MOST_LOGIT { self.slope } else { 0.0 }
    }

    fn is_finite(&self) -> bool {
        [self.intercept, self.slope, self.center].iter().all(|number| number.is_finite())
    }
}

/// Where the intent comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Intent {
    /// From stage 1's probabilities.
    Learned,
    /// From stage 1's, with the slope that held-out rows showed.
    Rescaled(Slope),
    /// The same for everybody: the rows show nobody, or nobody but, moved by the campaign.
    Constant(f64),
}

impl Intent {
    /// The score with this intent, and as many engaged.
    pub(crate) fn apply(&self, score: Score) -> Score {
        let intent = match self {
            Self::Learned => return score,
            Self::Rescaled(slope) => slope.rescale(score.intent()),
            Self::Constant(intent) => *intent,
        };
        let engaged = score.organic + score.campaign_driven;
        Score { organic: engaged * (1.0 - intent), campaign_driven: engaged * intent, ..score }
    }
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
}

impl TwoStageModel {
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether features are matched by position (arrays) rather than by name.
    pub fn positional(&self) -> bool {
        self.positional
    }

    pub fn report(&self) -> &Report {
        &self.report
    }

    pub fn intent(&self) -> Intent {
        self.intent
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// How each column becomes inputs, in the order of `columns()`.
    pub fn encodings(&self) -> impl Iterator<Item = Description> + '_ {
        self.encoder.describe()
    }

    /// Whether bytes from a table describe a model that can be scored without further checks.
    pub(crate) fn is_sound(&self) -> bool {
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
        let intent = match self.intent {
            Intent::Learned => true,
            Intent::Rescaled(slope) => slope.is_finite(),
            Intent::Constant(intent) => (0.0..=1.0).contains(&intent),
        };
        let frequency = self.report.label_frequency.as_ref().is_none_or(LabelFrequency::is_sound);
        !self.segmentation.is_empty()
            && segmentation
            && correction
            && intent
            && frequency
            && self.importance_is_sound()
            && self.names_are_sound()
    }

    fn importance_is_sound(&self) -> bool {
        let importance = &self.report.importance;
        importance.len() == self.columns.len()
            && importance.iter().all(|share| (0.0..=1.0).contains(share))
    }

    /// Whether every column has a name of its own, and no text ends early in SQL.
    fn names_are_sound(&self) -> bool {
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        let distinct = names.windows(2).all(|pair| pair[0] != pair[1]);
        let groups: Vec<String> = match &self.report.label_frequency {
            Some(LabelFrequency::Grouped { groups, .. }) => {
                groups.iter().filter_map(|(value, _)| value.text()).collect()
            }
            _ => Vec::new(),
        };
        let levels: Vec<String> = self.encodings().flat_map(|encoding| encoding.levels).collect();
        let texts = names
            .into_iter()
            .chain(groups.iter().map(String::as_str))
            .chain(levels.iter().map(String::as_str))
            .chain(self.report.constant_features.iter().map(String::as_str))
            .chain(self.report.warnings.iter().map(String::as_str));
        self.columns.len() <= MAX_FEATURES
            && distinct
            && texts.into_iter().all(|t| !t.contains('\0'))
    }
}

/// Probabilities from logits, in f64.
pub(crate) fn softmax(logits: [f32; 3]) -> [f64; 3] {
    let [a, b, c] = logits.map(f64::from);
    let largest = a.max(b).max(c);
    let exponentials = [a, b, c].map(|z| (z - largest).exp());
    let total: f64 = exponentials.iter().sum();
    exponentials.map(|e| e / total)
}
