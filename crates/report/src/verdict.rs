//! The verdict on a model: whether its ranking of customers works, as `model_summary` and the page say it.

use std::cmp::Ordering;

use two_stage::model::{Mode, Report, TwoStageModel, is_significant};

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Exposed customers engaged like the others.
    NoEffect,
    /// Exposed customers engaged less than the others.
    EngageLess,
    /// All customers have the same uplift.
    EqualUplift,
    /// Every customer was exposed.
    NobodyLeftOut,
    /// The ranking by uplift does better than chance.
    Ranks,
    /// The ranking by uplift is not shown to do better than chance.
    RankingNotShown,
    /// Nothing was held out to tell it from.
    TooFewRows,
}

impl Verdict {
    /// The verdict on a model.
    pub fn of(model: &TwoStageModel) -> Self {
        Self::of_report(model.report(), model.has_equal_uplift())
    }

    fn of_report(report: &Report, has_equal_uplift: bool) -> Self {
        if report.shows_no_effect() {
            return Self::NoEffect;
        }
        if report.mean_effect() == Some(Ordering::Less) {
            return Self::EngageLess;
        }
        if has_equal_uplift {
            return Self::EqualUplift;
        }
        match (report.mode, qini(report)) {
            (Mode::Simple, _) => Self::NobodyLeftOut,
            (Mode::Exposure, Some(qini)) if is_significant(qini) => Self::Ranks,
            (Mode::Exposure, Some(_)) => Self::RankingNotShown,
            (Mode::Exposure, None) => Self::TooFewRows,
        }
    }

    /// The verdict in a line.
    pub fn in_short(self) -> &'static str {
        match self {
            Self::NoEffect => {
                "not shown: those sent the campaign do not engage measurably more than the others"
            }
            Self::EngageLess => "no: those sent the campaign engage less than the others",
            Self::EqualUplift => "no: campaign_uplift is the same for all customers",
            Self::NobodyLeftOut => {
                "unknown: nobody was left out of the campaign, so what it causes cannot be measured"
            }
            Self::Ranks => {
                "it seems so: on held-out rows, ranking by campaign_uplift does better than chance"
            }
            Self::RankingNotShown => {
                "not shown: on held-out rows, ranking by campaign_uplift beats chance by less than two standard errors, if at all"
            }
            Self::TooFewRows => "unknown: too few held-out rows to compare",
        }
    }

    /// The next step in a line.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::NoEffect | Self::EqualUplift => {
                "train on more customers, or on a campaign that was sent to a random part of them"
            }
            Self::EngageLess => "check that exposed is true for those who were sent the campaign",
            Self::NobodyLeftOut => {
                "send the next campaign to a random part of the customers, and train with exposed"
            }
            Self::RankingNotShown => {
                "train on more customers before you choose any by campaign_uplift"
            }
            Self::Ranks | Self::TooFewRows => {
                "contact those with the highest campaign_uplift, but leave out a random part of them to see the effect"
            }
        }
    }
}

/// The Qini coefficient of the model on rows that its networks did not learn from, with its standard
/// error: over the held-out rows of all members, or of the first one in a model without them.
pub fn qini(report: &Report) -> Option<(f64, f64)> {
    let of_all = report.evaluation.as_ref().and_then(|evaluation| evaluation.model.as_ref());
    let of_all = of_all.map(|curve| (curve.qini, curve.qini_error));
    let of_first = || report.comparison.first().and_then(|first| first.qini.zip(first.qini_se));
    of_all.or_else(of_first)
}

#[cfg(test)]
mod tests;
