//! The method of label correction: which one the options and the rows allow.

use super::{
    campaign_share::CampaignShare,
    label_correction::RowFrequency,
    label_frequency,
    report::guards::{self, Effect},
    rows::TrainingRows,
    run::Run,
};
use crate::{
    Result,
    model::{Mode, SignedSlope},
    options::Correction,
};

/// The method of label correction.
pub(super) enum Method {
    /// All engaged customers are of one kind: the intent is the same for everybody.
    Constant(f64),
    /// The labels stay as they were observed.
    Observed,
    /// Self-paced loss correction with a fixed threshold.
    Splc,
    /// The posterior of the current network, with this label frequency.
    Posterior(RowFrequency),
    /// No label tells the segments: the campaign moves some customers, but on average nobody, or it
    /// puts more of them off than it moves. The uplift networks alone tell.
    Uplift,
}

impl Method {
    pub fn choose(
        rows: &TrainingRows,
        share: Option<CampaignShare>,
        uplift: Option<&SignedSlope>,
        run: &mut Run,
    ) -> Result<Self> {
        let correction = rows.options.correction();
        let effect = guards::effect(share, uplift, run);
        if effect == Effect::Mixed && uplift.is_some() {
            return Ok(Self::Uplift);
        }
        let has_effect = effect == Effect::Positive;
        let exposure_teaches =
            rows.mode() == Mode::Exposure && has_effect && correction == Correction::Posterior;
        if rows.labelled() == 0 && !exposure_teaches {
            run.warn(
                "no exposed engaged customer is labelled campaign_driven, so campaign_intent is 0 for everybody",
            );
            return Ok(Self::Constant(0.0));
        }
        if rows.mode() == Mode::Simple && !rows.has_organic() {
            run.warn(
                "every engaged customer is labelled campaign_driven, so campaign_intent is 1 for everybody",
            );
            return Ok(Self::Constant(1.0));
        }
        match correction {
            Correction::Posterior if has_effect => {
                label_frequency::choose(rows, run, share).map(Self::Posterior)
            }
            Correction::Splc if has_effect => Ok(Self::Splc),
            _ => Ok(Self::Observed),
        }
    }
}
