//! The guard "exposure is not random", and rows whose propensity allows no comparison.

use super::*;
use crate::training::{
    engine::evenly,
    report::random_exposure::{differences, telling_columns},
};

fn place(name: &str) -> usize {
    FEATURES.iter().position(|(known, _)| *known == name).unwrap()
}

/// Frequent customers are mostly exposed, others mostly not; no label is known.
fn exposed_by_frequency(count: u64) -> Vec<Customer> {
    let frequency = place("frequency");
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 0 }.customers(0, count);
    let kept = customers.into_iter().enumerate().filter(|(index, customer)| {
        customer.exposed == (customer.features[frequency] > 3.0) || index.is_multiple_of(5)
    });
    kept.map(|(_, customer)| match customer.observed {
        Segment::CampaignDriven => Customer { observed: Segment::Organic, ..customer },
        _ => customer,
    })
    .collect()
}

fn warning<'a>(model: &'a TwoStageModel, of: &str) -> Option<&'a String> {
    model.report().warnings.iter().find(|warning| warning.contains(of))
}

#[test]
fn exposure_by_a_feature_names_it() {
    let customers = exposed_by_frequency(6000);
    let model = train_on(&customers, r#"{"epochs": 10, "hidden_layers": []}"#);
    let found = warning(&model, "exposure was not random").expect("it must fire");
    assert!(found.contains("differ in \"frequency\" by 1."), "{found}");
    assert_eq!(found.matches('"').count(), 6, "three names: {found}");
    assert!(found.contains("no overlap"), "{found}");
}

#[test]
fn a_given_propensity_or_chance_is_no_reason_to_warn() {
    let frequency = place("frequency");
    let mut sample = testing::sample(&columns());
    for customer in exposed_by_frequency(6000) {
        let propensity = if customer.features[frequency] > 3.0 { 0.88 } else { 0.23 };
        let target = Target { propensity: Some(propensity), ..target(&customer) };
        sample.push(values(&customer), target).unwrap();
    }
    let options = r#"{"epochs": 10, "hidden_layers": [], "ensemble": 1}"#;
    let model = testing::model(Training::of_sample(sample, options).run().unwrap());
    assert_eq!(warning(&model, "not random"), None);
    let random = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 3 }.customers(0, 6000);
    assert_eq!(warning(&train_on(&random, options), "not random"), None);
}

#[test]
fn at_most_two_of_200_random_exposures_raise_the_guard() {
    let mut alarms = 0;
    for trial in 0..200 {
        let exposed_share = [0.1, 0.3, 0.6, 0.9][trial as usize % 4];
        let campaign = Campaign { missing_rate: 0.4, exposed_share, seed: 1000 + trial };
        let mut training = Training::on(&campaign.customers(0, 2000), "{}");
        let rows = training.rows();
        let list = evenly(&rows.select(|_| true), 2000);
        alarms += usize::from(!telling_columns(&differences(&rows, Poll::NEVER, &list)).is_empty());
    }
    assert!(alarms <= 2, "{alarms}");
}

#[test]
fn rows_without_overlap_are_left_out_unless_they_are_many() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 5 }.customers(0, 2000);
    let with_outside = |count: usize| {
        let mut sample = testing::sample(&columns());
        for (index, customer) in customers.iter().enumerate() {
            let propensity = Some(if index < count { 0.995 } else { 0.6 });
            sample.push(values(customer), Target { propensity, ..target(customer) }).unwrap();
        }
        let options = r#"{"epochs": 10, "hidden_layers": [], "ensemble": 1}"#;
        Training::of_sample(sample, options).run().map(testing::model)
    };
    let some = with_outside(100).unwrap();
    assert!(warning(&some, "100 of 2000 rows are left out").is_some(), "{:?}", some.report);
    assert_eq!((some.report.counts.no_overlap, some.report.rows), (100, 1900));
    let none = with_outside(0).unwrap();
    assert_eq!((none.report.counts.no_overlap, warning(&none, "left out")), (0, None));
    let error = with_outside(101).unwrap_err();
    assert_eq!(error.message, "the propensity of 101 of 2000 rows is outside 0.02 to 0.98");
}

/// The features that tell exposure and intent here; the others are constant.
fn with_few_features(customers: Vec<Customer>) -> Vec<Customer> {
    const KEPT: [&str; 8] = [
        "recency",
        "frequency",
        "monetary",
        "discount_share",
        "coupons",
        "email_opens",
        "tier",
        "app_user",
    ];
    let kept = KEPT.map(place);
    let few = |mut customer: Customer| {
        for (feature, value) in customer.features.iter_mut().enumerate() {
            *value = if kept.contains(&feature) { *value } else { 0.0 };
        }
        customer
    };
    customers.into_iter().map(few).collect()
}

#[test]
fn an_estimated_propensity_repairs_what_features_explain() {
    let customers = with_few_features(exposed_by_frequency(60_000));
    let fresh = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 77 }.customers(0, 20_000);
    let fresh = with_few_features(fresh);
    let estimated = train_on(&customers, r#"{"propensity": "estimate"}"#);
    assert_eq!(warning(&estimated, "not random"), None);
    assert_eq!(estimated.report.propensity, Some(PropensitySource::Estimated));
    let left_out = estimated.report.counts.no_overlap;
    assert_eq!(estimated.report.rows + left_out, customers.len() as u64);
    let repaired = figures(&estimated, &fresh).auc;
    let plain = figures(&train_on(&customers, "{}"), &fresh).auc;
    assert!(repaired >= 0.90 && plain < 0.85, "{repaired} {plain} {left_out}");
}

#[test]
fn an_estimated_propensity_depends_on_rows_alone() {
    let customers = exposed_by_frequency(3000);
    let mut backwards = customers.clone();
    backwards.reverse();
    let options = r#"{"propensity": "estimate", "epochs": 10, "hidden_layers": []}"#;
    let bytes = |customers: &[Customer]| Training::on(customers, options).bytes();
    assert_eq!(bytes(&customers), bytes(&backwards));
}

#[test]
fn rows_without_estimated_overlap_are_left_out() {
    let mut customers =
        Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 6 }.customers(0, 15_000);
    // One in ten was exposed by a rule that two features show.
    for customer in customers.iter_mut().step_by(10).filter(|customer| customer.exposed) {
        customer.features[28..].fill(30.0);
    }
    let ruled = customers.iter().filter(|customer| customer.features[28] == 30.0).count() as u64;
    let model = train_on(&customers, r#"{"propensity": "estimate"}"#);
    let left_out = model.report.counts.no_overlap;
    assert!(left_out > ruled / 10 && left_out < ruled * 2, "{left_out} of {ruled}");
    assert!(warning(&model, "estimated propensity is outside").is_some());
}

#[test]
fn a_propensity_is_estimated_only_where_it_can_be() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 5 }.customers(0, 500);
    let mut sample = testing::sample(&columns());
    for customer in &customers {
        sample
            .push(values(customer), Target { propensity: Some(0.6), ..target(customer) })
            .unwrap();
    }
    let option = r#"{"propensity": "estimate"}"#;
    let error = Training::of_sample(sample, option).run().unwrap_err();
    assert_eq!(error.message, "option \"propensity\" is estimate, but the rows give a propensity");
    let exposed: Vec<Customer> = customers.into_iter().filter(|c| c.exposed).collect();
    let error = Training::on(&exposed, option).run().unwrap_err();
    assert!(error.message.contains("there are no unexposed rows"), "{}", error.message);
    let both = Options::from_json(r#"{"propensity": "estimate", "exposure_rate": 0.5}"#);
    assert!(both.unwrap_err().message.contains("\"exposure_rate\" is given"));
}
