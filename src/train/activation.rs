//! The rule that a bad training never replaces a good model.

use std::cmp::Ordering;

use two_stage::model::TwoStageModel;

use crate::{
    models::{Activate, Saved},
    pg,
};

/// Returns the reason for which a model must not replace the active one by itself, if there is one.
pub fn must_not_replace(model: &TwoStageModel) -> Option<&'static str> {
    if model.report().shows_no_effect() {
        return Some("the campaign shows no effect on engagement");
    }
    if model.report().mean_effect() == Some(Ordering::Less) {
        return Some("those sent the campaign engage less than the others");
    }
    model.has_equal_uplift().then_some("campaign_uplift is the same for all customers")
}

/// Returns the condition under which a trained model becomes the active one.
pub fn condition(wanted: bool, model: &TwoStageModel) -> Activate {
    match (wanted, must_not_replace(model)) {
        (false, _) => Activate::Never,
        (true, None) => Activate::Always,
        (true, Some(_)) => Activate::IfNoneIs,
    }
}

/// Warns of a model that was saved but not activated, although that was wanted.
pub fn warn(name: &str, saved: &Saved, model: &TwoStageModel) {
    let (Some(reason), Some(active)) = (must_not_replace(model), saved.before) else { return };
    let version = saved.version;
    pg::warning_with_hint(
        format!(
            "version {version} of model \"{name}\" is saved, but version {active} stays active: {reason}"
        ),
        format!(
            "To use it all the same, run SELECT activate_model('{}', {version}).",
            name.replace('\'', "''")
        ),
    );
}
