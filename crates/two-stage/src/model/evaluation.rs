//! A model's scores of rows that its networks did not learn from, and how they compare with what was
//! observed there.

/// Shares of customers on a gain curve: 0, 0.02 and so on to 1.
pub(crate) const CURVE_POINTS: usize = 51;
/// Quantiles of the uplift, at steps of 1 %.
pub(crate) const UPLIFT_QUANTILES: usize = 101;
/// Quantiles of the intent, at steps of 5 %.
pub(crate) const INTENT_QUANTILES: usize = 21;
/// Bins of a calibration, at most.
pub(crate) const BINS: usize = 10;

/// The distribution of the scores.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfFold {
    /// The number of rows.
    pub rows: u64,
    /// The share of each segment by the model's rule, in the order of
    /// [`Segment::ALL`](crate::segment::Segment::ALL).
    pub segments: [f32; 3],
    /// Quantiles of the uplift at steps of 1 %, ascending, the least value first.
    pub uplift: Vec<f32>,
    /// Quantiles of the intent at steps of 5 %.
    pub intent: Vec<f32>,
}

/// The scores against what was observed.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The curve of the model's uplift, in exposure mode.
    pub model: Option<UpliftCurve>,
    /// The curve of its probability to engage.
    pub engagement: Option<UpliftCurve>,
    /// The curve of the logistic regression that the model is compared with.
    pub logistic: Option<UpliftCurve>,
    /// In exposure mode uplift, in simple mode engagement: predicted and observed, of tenths of the rows,
    /// the highest prediction first.
    pub calibration: Vec<Bin>,
    /// Intent and observed label of tenths of the exposed engaged rows, the highest intent first; `None`
    /// without any campaign label.
    pub reliability: Option<Vec<Bin>>,
    /// The weight of exposed rows by observed segment, then by the one that the model names; `None`
    /// without any campaign label.
    pub confusion: Option<[[f32; 3]; 3]>,
}

/// The gain of contacting the share of customers that a score ranks highest.
#[derive(Debug, Clone, PartialEq)]
pub struct UpliftCurve {
    /// The number of rows.
    pub rows: u64,
    /// The gain per customer at the shares 0, 0.02 and so on to 1.
    pub gains: Vec<f32>,
    /// The standard error of each.
    pub errors: Vec<f32>,
    /// The Qini coefficient.
    pub qini: f64,
    /// Its standard error.
    pub qini_error: f64,
}

/// Rows with similar predictions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// The number of rows.
    pub rows: u64,
    /// The mean prediction.
    pub predicted: f32,
    /// The observed figure and its standard error; `None` where exposed or unexposed rows lack that it
    /// compares.
    pub observed: Option<(f32, f32)>,
}

impl OutOfFold {
    /// Checks bytes from a table.
    pub(super) fn is_sound(&self) -> bool {
        let are_quantiles = |of: &[f32], count: usize, least: f32| {
            of.len() == count && of.is_sorted() && of.iter().all(|q| (least..=1.0).contains(q))
        };
        are_quantiles(&self.uplift, UPLIFT_QUANTILES, -1.0)
            && are_quantiles(&self.intent, INTENT_QUANTILES, 0.0)
            && self.segments.iter().all(|share| (0.0..=1.0).contains(share))
    }
}

impl Evaluation {
    /// Checks bytes from a table.
    pub(super) fn is_sound(&self) -> bool {
        let are_bins = |bins: &[Bin]| bins.len() <= BINS && bins.iter().all(Bin::is_sound);
        let curves = [&self.model, &self.engagement, &self.logistic];
        curves.into_iter().flatten().all(UpliftCurve::is_sound)
            && are_bins(&self.calibration)
            && self.reliability.as_deref().is_none_or(are_bins)
            && self.confusion.iter().flatten().flatten().all(|&weight| is_size(weight.into()))
    }
}

impl UpliftCurve {
    fn is_sound(&self) -> bool {
        self.gains.len() == CURVE_POINTS
            && self.errors.len() == CURVE_POINTS
            && self.gains.iter().all(|gain| gain.is_finite())
            && self.errors.iter().all(|&error| is_size(error.into()))
            && self.qini.is_finite()
            && is_size(self.qini_error)
    }
}

impl Bin {
    fn is_sound(&self) -> bool {
        let observed = self.observed.unwrap_or_default();
        self.predicted.is_finite() && observed.0.is_finite() && is_size(observed.1.into())
    }
}

fn is_size(number: f64) -> bool {
    number >= 0.0 && number.is_finite()
}
