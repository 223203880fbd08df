use super::*;
use crate::testing::golden;

/// The verdict on the report of a model with an effect, after a change.
fn after(change: impl FnOnce(&mut Report)) -> Verdict {
    let mut report = golden("exposure").report().clone();
    report.campaign_share = Some((0.3, 0.02));
    let curve = report.evaluation.as_mut().and_then(|evaluation| evaluation.model.as_mut());
    if let Some(curve) = curve {
        (curve.qini, curve.qini_error) = (0.05, 0.01);
    }
    change(&mut report);
    Verdict::of_report(&report, false)
}

fn forget_the_curve(report: &mut Report) {
    report.evaluation = None;
}

#[test]
fn a_ranking_beyond_two_errors_works() {
    assert_eq!(after(|_| ()), Verdict::Ranks);
}

#[test]
fn a_ranking_within_two_errors_is_not_shown() {
    let weak = |report: &mut Report| {
        let curve = report.evaluation.as_mut().and_then(|evaluation| evaluation.model.as_mut());
        curve.unwrap().qini = 0.02;
    };
    assert_eq!(after(weak), Verdict::RankingNotShown);
}

#[test]
fn without_a_curve_the_comparison_decides() {
    let with = |qini: Option<f64>| {
        after(|report| {
            forget_the_curve(report);
            report.comparison[0].qini = qini;
            report.comparison[0].qini_se = Some(0.01);
        })
    };
    assert_eq!(with(Some(0.05)), Verdict::Ranks);
    assert_eq!(with(Some(0.01)), Verdict::RankingNotShown);
    assert_eq!(with(None), Verdict::TooFewRows);
}

#[test]
fn an_effect_comes_before_the_ranking() {
    let share = |share, error| {
        after(|report| {
            report.uplift = None;
            report.campaign_share = Some((share, error));
        })
    };
    assert_eq!(share(0.01, 0.02), Verdict::NoEffect);
    assert_eq!(share(-0.1, 0.02), Verdict::EngageLess);
}

#[test]
fn an_equal_uplift_prefers_nobody() {
    let mut report = golden("exposure").report().clone();
    report.campaign_share = Some((0.3, 0.02));
    assert_eq!(Verdict::of_report(&report, true), Verdict::EqualUplift);
}

#[test]
fn golden_models_have_the_verdict_of_their_kind() {
    let of = |kind: &str| Verdict::of(&golden(kind));
    assert_eq!(of("simple"), Verdict::NobodyLeftOut);
    assert_eq!(of("no_effect"), Verdict::NoEffect);
    assert_eq!(of("exposure"), Verdict::Ranks);
    assert_eq!(of("put_off"), Verdict::Ranks);
}
