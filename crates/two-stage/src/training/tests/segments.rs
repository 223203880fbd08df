//! Segments have their expected sizes, in training and among other customers; each rule of the
//! option, and the trainings whose scores allow no such rule.

use super::*;
use crate::model::{Rule, SegmentSizes};

/// The customers that a model gives each segment.
fn given(model: &TwoStageModel, customers: &[Customer]) -> [f64; 3] {
    let mut scorer = Scorer::new(model.clone());
    let mut given = [0.0; 3];
    for customer in customers {
        let score = scorer.score(values(customer)).unwrap();
        given[scorer.segment(&score) as usize] += 1.0;
    }
    given
}

fn sizes(model: &TwoStageModel) -> SegmentSizes {
    model.report().segments
}

#[track_caller]
fn assert_close(given: [f64; 3], expected: [f64; 3], share: f64) {
    for (given, expected) in given.into_iter().zip(expected) {
        assert!((given - expected).abs() <= share * expected, "{given} of {expected}");
    }
}

#[test]
fn segments_have_their_expected_sizes() {
    for (missing_rate, exposed_share) in [(0.4, 1.0), (0.8, 1.0), (0.4, 0.6), (0.8, 0.6)] {
        let customers = Campaign { missing_rate, exposed_share, seed: 71 }.customers(0, 40_000);
        let (training, others) = customers.split_at(20_000);
        let model = train_on(training, r#"{"epochs": 12}"#);
        let sizes = sizes(&model);
        assert_eq!(sizes.rule, Rule::ExpectedSize);
        assert_close(sizes.given, sizes.expected, 0.01);
        // Training names the very customers that scoring does.
        assert_eq!(given(&model, training), sizes.given);
        assert_close(given(&model, others), sizes.expected, 0.1);
    }
}

#[test]
fn a_committee_is_measured_as_it_scores() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 72 }.customers(0, 4000);
    for options in [
        r#"{"ensemble": 2, "epochs": 10, "hidden_layers": [8]}"#,
        r#"{"ensemble": 2, "epochs": 10, "hidden_layers": [8], "distil": false}"#,
    ] {
        let model = train_on(&customers, options);
        assert!(matches!(model.intent(), Intent::Rescaled(_)), "{options}");
        assert_eq!(given(&model, &customers), sizes(&model).given, "{options}");
        assert_close(sizes(&model).given, sizes(&model).expected, 0.02);
    }
}

#[test]
fn each_rule_of_the_option_is_in_force() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 73 }.customers(0, 3000);
    let by = |rule: &str| {
        let options =
            format!(r#"{{"epochs": 10, "hidden_layers": [8], "segment_rule": "{rule}"}}"#);
        train_on(&customers, &options)
    };
    let [expected, probable, over] = ["expected_size", "most_probable", "over_represented"].map(by);
    let rules = [&expected, &probable, &over].map(|model| sizes(model).rule.name());
    assert_eq!(rules, ["expected_size", "most_probable", "over_represented"]);
    // The rule changes no probability, and the segments of some.
    assert_eq!(sizes(&expected).expected, sizes(&over).expected);
    assert_ne!(sizes(&expected).given, sizes(&probable).given);
    assert_ne!(sizes(&over).given, sizes(&probable).given);
    assert_eq!(given(&over, &customers), sizes(&over).given);
    let mut scorer = Scorer::new(probable);
    for customer in &customers {
        let score = scorer.score(values(customer)).unwrap();
        let p = [score.low_engagement, score.organic, score.campaign_driven];
        assert_eq!(p[scorer.segment(&score) as usize], p.into_iter().fold(0.0, f64::max));
    }
}

/// Campaigns that move nobody: the customers whom they would have moved do not engage.
fn unmoved(customers: Vec<Customer>) -> Vec<Customer> {
    let low = Segment::LowEngagement;
    let unmoved = |customer: Customer| match customer.kind {
        Segment::CampaignDriven => Customer { truth: low, observed: low, ..customer },
        _ => customer,
    };
    customers.into_iter().map(unmoved).collect()
}

#[test]
fn no_effect_gives_nobody_campaign_driven() {
    let campaign = Campaign { missing_rate: 1.0, exposed_share: 0.6, seed: 21 };
    let customers = unmoved(campaign.customers(0, 6000));
    let model = train_on(&customers, r#"{"epochs": 10}"#);
    assert_eq!(sizes(&model).rule, Rule::ExpectedSize);
    assert_eq!(sizes(&model).given[2], 0.0);
    assert_close(sizes(&model).given, sizes(&model).expected, 0.02);
    assert_eq!(given(&model, &customers)[2], 0.0);
}

/// Customers of whom nothing is known but some features.
fn knowing(customers: Vec<Customer>, features: &[usize]) -> Vec<Customer> {
    let hidden = |mut customer: Customer| {
        for (place, value) in customer.features.iter_mut().enumerate() {
            *value = if features.contains(&place) { *value } else { 0.0 };
        }
        customer
    };
    customers.into_iter().map(hidden).collect()
}

#[test]
fn a_flat_intent_makes_nobody_all_organic() {
    let campaign = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 500 };
    let customers = knowing(campaign.customers(0, 6000), &[28, 29]);
    let model = train_on(&customers, r#"{"ensemble": 3}"#);
    let Intent::Rescaled(slope) = model.intent() else { panic!("{:?}", model.intent()) };
    assert_eq!(slope.slope, 0.0);
    let sizes = sizes(&model);
    assert_ne!(sizes.rule, Rule::ExpectedSize);
    assert!(sizes.given[0] > 0.0, "{sizes:?}");
    assert_eq!(given(&model, &customers), sizes.given);
}

#[test]
fn one_binary_feature_falls_back_and_says_so() {
    let app_user = FEATURES.iter().position(|(name, _)| *name == "app_user").unwrap();
    let campaign = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 74 };
    let customers = knowing(campaign.customers(0, 6000), &[app_user]);
    let warns = |model: &TwoStageModel| {
        model.report().warnings.iter().any(|warning| warning.contains("too few distinct values"))
    };
    let options = r#"{"epochs": 10, "hidden_layers": [4]}"#;
    let model = train_on(&customers, options);
    assert_eq!(sizes(&model).rule, Rule::MostProbable);
    assert!(warns(&model), "{:?}", model.report().warnings);
    assert_eq!(given(&model, &customers), sizes(&model).given);
    let asked = train_on(
        &customers,
        r#"{"epochs": 10, "hidden_layers": [4], "segment_rule": "most_probable"}"#,
    );
    assert!(!warns(&asked));
}

#[test]
fn few_rows_get_sizes_too() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 75 }.customers(0, 200);
    let model = train_on(&customers, r#"{"epochs": 10}"#);
    let SegmentSizes { rule, expected, given: sizes } = sizes(&model);
    assert_eq!(rule, Rule::ExpectedSize);
    assert_eq!(given(&model, &customers), sizes);
    let near = |k: usize| (sizes[k] - expected[k]).abs() <= 20.0;
    assert!((0..3).all(near), "{sizes:?} of {expected:?}");
    assert!((expected.iter().sum::<f64>() - 200.0).abs() < 1e-6);
}

#[test]
fn rows_of_weight_zero_do_not_count() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 76 }.customers(0, 2000);
    let mut sample = testing::sample(&columns());
    for (place, customer) in customers.iter().enumerate() {
        let weight = Some(if place < 60 { 2.5 } else { 0.0 });
        sample.push(values(customer), Target { weight, ..target(customer) }).unwrap();
    }
    let options = r#"{"epochs": 10, "ensemble": 1}"#;
    let model = testing::model(Training::of_sample(sample, options).run().unwrap());
    assert_eq!(given(&model, &customers[..60]), sizes(&model).given);
    assert!((sizes(&model).expected.iter().sum::<f64>() - 60.0).abs() < 1e-6);
}

#[test]
fn macro_f1_needs_a_campaign_label() {
    let f1 = |missing_rate| {
        let customers = Campaign { missing_rate, exposed_share: 0.6, seed: 77 }.customers(0, 3000);
        let model = train_on(&customers, r#"{"epochs": 10, "hidden_layers": [8]}"#);
        model.report().comparison.iter().map(|figures| figures.macro_f1).collect::<Vec<_>>()
    };
    assert_eq!(f1(1.0), [None; 3]);
    assert!(f1(0.4).iter().all(|f1| f1.is_some_and(|f1| (0.3..1.0).contains(&f1))));
}
