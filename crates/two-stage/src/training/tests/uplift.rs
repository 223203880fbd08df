//! The signed uplift: who is put off, what a campaign without an average effect teaches, and what
//! exposure that is turned round says.

use super::*;
use crate::codec::{decode_model, decode_scoring};

const APP_USER: &str = "app_user";
const KNOWN: [&str; 4] = ["recency", "frequency", "tier", APP_USER];

fn place(name: &str) -> usize {
    FEATURES.iter().position(|(feature, _)| *feature == name).unwrap()
}

fn is_app_user(customer: &Customer) -> bool {
    customer.features[place(APP_USER)] > 0.0
}

/// A campaign without labels that moves app users away: their exposure is turned round. Nothing but
/// some features is known.
fn dogs(count: u64) -> Vec<Customer> {
    let campaign = Campaign { missing_rate: 1.0, exposed_share: 0.6, seed: 1 };
    let known = KNOWN.map(place);
    let turn = |mut customer: Customer| {
        customer.exposed ^= is_app_user(&customer);
        for (place, value) in customer.features.iter_mut().enumerate() {
            *value = if known.contains(&place) { *value } else { 0.0 };
        }
        customer
    };
    campaign.customers(0, count).into_iter().map(turn).collect()
}

fn campaign(missing_rate: f64, count: u64) -> Vec<Customer> {
    Campaign { missing_rate, exposed_share: 0.6, seed: 23 }.customers(0, count)
}

fn warns(model: &TwoStageModel, of: &str) -> bool {
    model.report().warnings.iter().any(|warning| warning.contains(of))
}

/// The mean uplift of app users and of others.
fn mean_uplifts(model: &TwoStageModel, customers: &[Customer]) -> [f64; 2] {
    let mut scorer = Scorer::new(model.clone());
    [true, false].map(|app_user| {
        let of: Vec<f64> = customers
            .iter()
            .filter(|customer| is_app_user(customer) == app_user)
            .map(|customer| scorer.score(values(customer)).unwrap().uplift())
            .collect();
        of.iter().sum::<f64>() / of.len() as f64
    })
}

#[test]
fn customers_who_are_put_off_rank_last() {
    let customers = dogs(20_000);
    for options in [r#"{"ensemble": 3}"#, r#"{"ensemble": 3, "distil": false}"#, "{}"] {
        let model = train_on(&customers, options);
        let report = model.report();
        assert!(warns(&model, "customers are put off by the campaign"), "{:?}", report.warnings);
        assert!(warns(&model, "no effect on engagement on average"), "{:?}", report.warnings);
        assert!(!report.shows_no_effect() && !model.has_equal_uplift() && model.puts_off());
        let [users, others] = mean_uplifts(&model, &customers);
        assert!(users < -0.15 && others > 0.15, "{users} {others}");
        let users = customers.iter().filter(|customer| is_app_user(customer)).count() as f64;
        let off = report.uplift.unwrap().rows_put_off;
        assert!((off - users).abs() < 0.1 * users, "{off} of {users}");
        assert!(report.out_of_fold.as_ref().unwrap().uplift[0] < 0.0);
        assert_eq!(decode_model(&encode_model(&model).unwrap()).unwrap(), model);
    }
}

#[test]
fn a_score_says_what_is_gained_and_what_is_lost() {
    let customers = dogs(8000);
    for options in [r#"{"ensemble": 2, "distil": false}"#, r#"{"ensemble": 2}"#] {
        let mut scorer = Scorer::new(train_on(&customers, options));
        for customer in &customers {
            let score = scorer.score(values(customer)).unwrap();
            let parts = [score.low_engagement, score.organic, score.campaign_driven];
            assert!((parts.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(parts.into_iter().chain([score.put_off]).all(|p| (0.0..=1.0).contains(&p)));
            assert_eq!(score.uplift(), score.campaign_driven - score.put_off);
            assert_eq!(score.campaign_driven * score.put_off, 0.0);
        }
    }
}

#[test]
fn uplift_networks_are_stored_where_a_score_needs_them() {
    let customers = dogs(3000);
    let options = r#"{"ensemble": 2, "epochs": 10, "hidden_layers": [4], "distil": false}"#;
    let model = train_on(&customers, options);
    assert_eq!(model.scoring.uplift.as_ref().map(|uplift| uplift.networks.len()), Some(2));
    let bytes = encode_model(&model).unwrap();
    let mut stored = Scorer::new(decode_scoring(&bytes).unwrap());
    let mut scorer = Scorer::new(model.clone());
    for customer in &customers[..100] {
        let score = scorer.score(values(customer)).unwrap();
        assert_eq!(stored.score(values(customer)).unwrap(), score);
    }
    let without = TwoStageModel {
        scoring: ScoringModel { uplift: None, ..model.scoring.clone() },
        ..model.clone()
    };
    assert!(encode_model(&without).unwrap().len() < bytes.len());
    assert_ne!(decode_model(&encode_model(&without).unwrap()).ok(), Some(model.clone()));

    let mut unsound = model;
    unsound.scoring.uplift.as_mut().unwrap().slope.center = f64::NAN;
    assert!(decode_scoring(&encode_model(&unsound).unwrap()).is_err());
    unsound.scoring.uplift.as_mut().unwrap().networks.clear();
    assert!(decode_scoring(&encode_model(&unsound).unwrap()).is_err());
}

#[test]
fn labels_do_not_hide_who_is_put_off() {
    // App users never engage if exposed, and often if not; labels tell of all others.
    let customers: Vec<Customer> = campaign(0.2, 20_000)
        .into_iter()
        .map(|customer| match (is_app_user(&customer), customer.exposed) {
            (true, true) => Customer { observed: Segment::LowEngagement, ..customer },
            _ => customer,
        })
        .collect();
    for options in [r#"{"ensemble": 3}"#, r#"{"ensemble": 3, "distil": false}"#] {
        let model = train_on(&customers, options);
        assert!(warns(&model, "customers are put off"), "{:?}", model.report());
        let [users, others] = mean_uplifts(&model, &customers);
        assert!(users < -0.1 && others > 0.1, "{users} {others}");
    }
}

#[test]
fn a_campaign_that_puts_nobody_off_has_no_negative_uplift() {
    for missing_rate in [0.4, 1.0] {
        let customers = campaign(missing_rate, 8000);
        let model = train_on(&customers, r#"{"ensemble": 3}"#);
        let report = model.report();
        assert!(!warns(&model, "put off"), "{:?}", report.warnings);
        let findings = report.uplift.unwrap();
        assert!(findings.put_off_ratio.is_some() && findings.rows_put_off == 0.0);
        assert!(findings.slope.ratio > 2.0 && !warns(&model, "does not differ"));
        let mut scorer = Scorer::new(model);
        let score = |customer| scorer.score(values(customer)).unwrap();
        assert!(customers.iter().map(score).all(|score| score.put_off == 0.0));
    }
}

#[test]
fn few_rows_are_not_tested() {
    let ratio = |count| {
        let model = train_on(&dogs(count), r#"{"ensemble": 2}"#);
        model.report().uplift.unwrap().put_off_ratio
    };
    assert_eq!(ratio(990), None);
    assert!(ratio(1200).is_some());
}

#[test]
fn exposure_that_is_turned_round_is_asked_about() {
    let turn = |customer: Customer| Customer { exposed: !customer.exposed, ..customer };
    for (missing_rate, options) in [
        (1.0, r#"{"ensemble": 2}"#),
        (0.4, r#"{"ensemble": 2}"#),
        (0.4, r#"{"correction": "none"}"#),
    ] {
        let customers = campaign(missing_rate, 6000);
        let right = train_on(&customers, options);
        assert!(!warns(&right, "inverted"), "{:?}", right.report().warnings);
        let inverted = train_on(&customers.into_iter().map(turn).collect::<Vec<_>>(), options);
        assert!(warns(&inverted, "is exposed inverted?"), "{:?}", inverted.report().warnings);
        assert!(!inverted.report().shows_no_effect());
    }
}

#[test]
fn an_uplift_that_does_not_differ_is_a_warning_alone() {
    // Nothing but noise is known of these customers.
    let customers: Vec<Customer> = campaign(1.0, 6000)
        .into_iter()
        .map(|mut customer| {
            customer.features[..28].fill(0.0);
            customer
        })
        .collect();
    let model = train_on(&customers, r#"{"ensemble": 3}"#);
    assert!(warns(&model, "the uplift does not differ between customers"), "{:?}", model.report());
    assert!(!model.report().shows_no_effect() && !model.has_equal_uplift());
    assert_eq!(model.report().uplift.unwrap().slope.slope, 0.0);
}

#[test]
fn other_methods_and_modes_have_no_uplift_networks() {
    let customers = campaign(0.4, 3000);
    for options in [r#"{"correction": "none"}"#, r#"{"correction": "splc"}"#] {
        let model = train_on(&customers, options);
        assert_eq!(model.report().uplift, None);
        assert_eq!(model.report().mode, Mode::Exposure);
    }
    let exposed: Vec<Customer> = customers.into_iter().filter(|c| c.exposed).collect();
    let model = train_on(&exposed, r#"{"ensemble": 2}"#);
    assert_eq!((model.report().mode, model.report().uplift), (Mode::Simple, None));
    let mut scorer = Scorer::new(model);
    let score = scorer.score(values(&exposed[0])).unwrap();
    assert_eq!((score.put_off, score.uplift()), (0.0, score.campaign_driven));
}
