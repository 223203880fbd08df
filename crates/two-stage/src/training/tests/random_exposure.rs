//! The guard "exposure is not random", and rows whose propensity allows no comparison.

use super::*;
use crate::training::{engine::evenly, report::random_exposure::telling_columns};

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
        alarms += usize::from(!telling_columns(&rows, Poll::NEVER, &list).is_empty());
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
