//! The subject of a page: a model, and the name that it is stored under.

use two_stage::model::{Mode, TwoStageModel, UpliftCurve};

use crate::verdict::Verdict;

/// A model that a page is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'m> {
    /// The model.
    pub model: &'m TwoStageModel,
    /// Its name; `None` if it was given by value.
    pub name: Option<&'m str>,
    /// Its version, where one was asked for; the name alone stands for the active one.
    pub version: Option<i32>,
}

impl<'m> Subject<'m> {
    pub(crate) fn verdict(&self) -> Verdict {
        Verdict::of(self.model)
    }

    pub(crate) fn is_simple(&self) -> bool {
        self.model.report().mode == Mode::Simple
    }

    /// The curve of the model's uplift, where the model stores one.
    pub(crate) fn curve(&self) -> Option<&'m UpliftCurve> {
        self.model.report().evaluation.as_ref()?.model.as_ref()
    }

    /// The places of the features, the most important first.
    pub(crate) fn by_importance(&self) -> Vec<usize> {
        let shares = &self.model.report().importance;
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]));
        order
    }
}

/// The gain and its standard error at a share of a curve.
pub(crate) fn gain_at(curve: &UpliftCurve, share: f64) -> (f64, f64) {
    let last = curve.gains.len().saturating_sub(1);
    let point = ((share * last as f64).round() as usize).min(last);
    let of = |figures: &[f32]| figures.get(point).copied().unwrap_or_default().into();
    (of(&curve.gains), of(&curve.errors))
}

/// The gain and its standard error of contacting a share chosen at random.
pub(crate) fn gain_at_random(curve: &UpliftCurve, share: f64) -> (f64, f64) {
    let (gain, error) = gain_at(curve, 1.0);
    (share * gain, share * error)
}
