//! What is stored after training, and how it scores a customer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Result,
    features::{Column, Encoder, Value},
    network::Network,
    options::Options,
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

/// Working memory of one call site: scoring allocates nothing once it has grown.
#[derive(Debug, Default)]
pub struct Scratch {
    inputs: Vec<f32>,
    layers: Vec<f32>,
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
    /// Learned for each customer by stage 2's second output; the mean over the training rows.
    Learned { mean: f64 },
}

impl LabelFrequency {
    /// Its mean over the engaged training rows, or the one estimate.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Pooled(c) | Self::Grouped { pooled: c, .. } | Self::Learned { mean: c } => *c,
        }
    }
}

/// A value of the feature named by `attribution_by`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum GroupValue {
    Missing,
    Number(f32),
    Category(String),
}

impl fmt::Display for GroupValue {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("NULL"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Category(text) => write!(f, "\"{text}\""),
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
}

/// One epoch of one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    pub stage: Stage,
    /// From 0.
    pub epoch: u32,
    pub training_loss: f64,
    /// None before validation starts.
    pub validation_loss: Option<f64>,
    /// Rows recorded organic whose label counted as campaign-driven (t > 0.5) in this epoch.
    pub corrected: Option<u64>,
}

/// What a training counted and found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows that the aggregate read, those with a segment and a weight, and those that training used.
    pub rows_read: u64,
    pub rows_unlabelled: u64,
    pub rows: u64,
    pub rows_engaged: u64,
    /// Exposed rows recorded as campaign-driven.
    pub rows_labelled: u64,
    pub mode: Mode,
    /// None where nothing could be corrected: no engaged customers of both kinds.
    pub label_frequency: Option<LabelFrequency>,
    /// π, the campaign's share of the engagement of exposed customers, and its standard error.
    pub campaign_share: Option<(f64, f64)>,
    /// Engaged rows recorded organic and corrected (t > 0.5), and the sum of t over those rows.
    pub corrected: u64,
    pub corrected_total: f64,
    pub constant_features: Vec<String>,
    pub warnings: Vec<String>,
    pub history: Vec<Epoch>,
}

/// Stage 2: P(campaign | engaged, exposed), and with a second output the label frequency c(x).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrectionNetwork {
    pub network: Network,
    pub learns_label_frequency: bool,
}

/// Where the intent comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Intent {
    /// From stage 1's probabilities.
    Learned,
    /// The same for everybody: the rows show nobody, or nobody but, moved by the campaign.
    Constant(f64),
}

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TwoStageModel {
    pub(crate) columns: Vec<Column>,
    pub(crate) positional: bool,
    pub(crate) options: Options,
    pub(crate) encoder: Encoder,
    pub(crate) segmentation: Network,
    pub(crate) correction: Option<CorrectionNetwork>,
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

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Scores one customer: exactly one value per column, in the order of `columns()`.
    pub fn score<'a>(
        &self,
        scratch: &mut Scratch,
        values: impl Iterator<Item = Value<'a>>,
    ) -> Result<Score> {
        let Scratch { inputs, layers } = scratch;
        inputs.resize(self.encoder.inputs(), 0.0);
        self.encoder.encode(&self.columns, values, inputs)?;
        let mut logits = [0.0; 3];
        self.segmentation.logits_of_row(inputs, layers, &mut logits);
        let [low_engagement, organic, campaign_driven] = softmax(logits);
        Ok(match self.intent {
            Intent::Learned => Score { low_engagement, organic, campaign_driven },
            Intent::Constant(intent) => {
                let engaged = organic + campaign_driven;
                Score {
                    low_engagement,
                    organic: engaged * (1.0 - intent),
                    campaign_driven: engaged * intent,
                }
            }
        })
    }

    /// Whether bytes from a table describe a model that can be scored without further checks.
    pub(crate) fn is_sound(&self) -> bool {
        let inputs = self.encoder.is_sound(&self.columns).then(|| self.encoder.inputs());
        let sound = |network: &Network, outputs: usize| {
            network.is_sound()
                && Some(network.shape().inputs) == inputs
                && network.shape().outputs == outputs
        };
        let correction = self.correction.as_ref().is_none_or(|correction| {
            sound(&correction.network, 1 + usize::from(correction.learns_label_frequency))
        });
        let intent = match self.intent {
            Intent::Learned => true,
            Intent::Constant(intent) => (0.0..=1.0).contains(&intent),
        };
        sound(&self.segmentation, 3) && correction && intent
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
