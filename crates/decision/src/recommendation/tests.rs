//! Tests of the recommendation.

use std::convert::Infallible;

use super::*;

/// Recommends among campaigns with these uplifts.
fn chosen(uplifts: [f64; 3], offers: &[Option<Offer>]) -> Option<Recommended> {
    let estimate = |place: usize| {
        Ok::<_, Infallible>(Estimate { uplift: uplifts[place], intent: place as f64 })
    };
    recommend(offers, estimate).unwrap()
}

fn all(values: [f64; 3], costs: [f64; 3]) -> Vec<Option<Offer>> {
    let offer = |(value, cost)| offer(Some(value), Some(cost)).unwrap();
    values.into_iter().zip(costs).map(offer).collect()
}

fn offer(value: Option<f64>, cost: Option<f64>) -> Result<Option<Offer>> {
    Offer::new(value, cost, || "b")
}

#[test]
fn the_highest_expected_value_wins() {
    let best = chosen([0.1, 0.2, 0.3], &all([50.0, 20.0, 10.0], [1.0, 0.1, 0.5])).unwrap();
    assert_eq!(best.place, 0);
    assert_eq!(best.estimate, Estimate { uplift: 0.1, intent: 0.0 });
    assert!((best.expected_value - 4.0).abs() < 1e-12);
    let best = chosen([0.1, 0.2, 0.3], &all([50.0, 20.0, 10.0], [2.0, 0.1, 0.5])).unwrap();
    assert_eq!(best.place, 1);
}

#[test]
fn the_first_of_equal_campaigns_wins() {
    let best = chosen([0.1, 0.2, 0.2], &all([10.0; 3], [1.0; 3])).unwrap();
    assert_eq!(best.place, 1);
}

#[test]
fn nothing_is_recommended_where_nothing_pays() {
    assert_eq!(chosen([0.1, 0.1, -0.2], &all([10.0; 3], [1.0; 3])), None, "0 does not pay");
    assert_eq!(chosen([0.0; 3], &all([0.0; 3], [0.0; 3])), None);
    assert_eq!(chosen([0.1; 3], &[]), None);
    assert_eq!(chosen([1.0; 3], &all([-f64::MAX; 3], [f64::MAX; 3])), None);
}

#[test]
fn a_campaign_without_value_or_cost_is_not_asked() {
    let terms = [(None, Some(0.0)), (Some(10.0), None), (Some(5.0), Some(0.0))];
    let offers = terms.map(|(value, cost)| offer(value, cost).unwrap());
    let mut asked = Vec::new();
    let best = recommend(&offers, |place| {
        asked.push(place);
        Ok::<_, Infallible>(Estimate { uplift: 0.5, intent: 0.5 })
    });
    assert_eq!(best.unwrap().map(|best| best.place), Some(2));
    assert_eq!(asked, [2]);
}

#[test]
fn a_failed_estimate_fails_the_recommendation() {
    let failed = recommend(&all([1.0; 3], [0.0; 3]), |_| Err("no score"));
    assert_eq!(failed, Err("no score"));
}

#[test]
fn values_and_costs_are_checked_and_the_campaign_is_named() {
    let refused = |value, cost| {
        let error = offer(value, cost).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidParameter);
        error.message.clone()
    };
    assert_eq!(refused(Some(f64::NAN), None), "the value of campaign \"b\" is NaN");
    assert_eq!(refused(Some(f64::NEG_INFINITY), None), "the value of campaign \"b\" is -inf");
    assert_eq!(refused(None, Some(-0.5)), "the cost of campaign \"b\" is -0.5");
    assert_eq!(refused(Some(1.0), Some(f64::NAN)), "the cost of campaign \"b\" is NaN");
    assert_eq!(refused(Some(1.0), Some(f64::INFINITY)), "the cost of campaign \"b\" is inf");
    assert!(offer(Some(-1.0), Some(0.0)).is_ok(), "a value may be negative");
}
