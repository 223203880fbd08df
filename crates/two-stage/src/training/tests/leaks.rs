//! The guard "leak": it names what tells too much, and is silent on honest rows.

use super::*;
use crate::training::report::telling::Question;

const LEAK: usize = 28;

/// A training whose 29th feature, noise1, is what `leak` makes of a customer.
fn leaking(
    mut customers: Vec<Customer>,
    options: &str,
    leak: impl Fn(&Customer) -> f64,
) -> TwoStageModel {
    for customer in &mut customers {
        customer.features[LEAK] = leak(customer);
    }
    train_on(&customers, options)
}

fn leaks(model: &TwoStageModel) -> Vec<&String> {
    model.report().warnings.iter().filter(|warning| warning.contains("exclude")).collect()
}

fn customers(missing_rate: f64, exposed_share: f64, count: u64) -> Vec<Customer> {
    Campaign { missing_rate, exposed_share, seed: 8 }.customers(0, count)
}

const QUICK: &str = r#"{"epochs": 15}"#;

#[test]
fn a_feature_that_tells_engagement_is_named() {
    for (exposed_share, value) in [(1.0, 1.0), (0.6, -3.0)] {
        let customers = customers(0.4, exposed_share, 2000);
        let model = leaking(customers, QUICK, |customer| {
            // A value, or one that is missing where nobody bought.
            if customer.observed.engaged() { value } else { f64::NAN }
        });
        let found = leaks(&model);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("feature \"noise1\" tells engagement by itself (AUC 1.000)"));
    }
}

#[test]
fn a_feature_that_is_missing_for_the_unexposed_is_named() {
    let model = leaking(customers(0.4, 0.6, 2000), QUICK, |customer| {
        if customer.exposed { customer.features[LEAK] } else { f64::NAN }
    });
    let found = leaks(&model);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("feature \"noise1\" is missing where customers were unexposed"));
}

#[test]
fn a_feature_that_tells_the_label_is_named() {
    let labelled = |customer: &Customer| f64::from(customer.observed == Segment::CampaignDriven);
    let model = leaking(customers(0.4, 1.0, 2000), r#"{"epochs": 40}"#, labelled);
    let found = leaks(&model);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("feature \"noise1\" (AUC 1.000 for the campaign label by itself)")
    );
}

#[test]
fn a_feature_that_is_nearly_all_of_the_importance_is_named() {
    let mut customers = customers(0.0, 1.0, 4000);
    for customer in &mut customers {
        let noise = customer.features[LEAK];
        customer.features.fill(0.0);
        customer.features[LEAK] = noise;
    }
    let model = leaking(customers, QUICK, |customer| {
        let driven = f64::from(customer.observed == Segment::CampaignDriven);
        driven + 0.4 * customer.features[LEAK]
    });
    let found = leaks(&model);
    assert_eq!(found.len(), 1, "{found:?} {:?}", model.report.importance);
    assert!(found[0].contains("of the importance"), "{found:?}");
}

#[test]
fn honest_rows_raise_no_alarm() {
    for (missing_rate, exposed_share) in [(0.0, 1.0), (0.4, 1.0), (0.4, 0.6), (1.0, 0.6)] {
        let model = train_on(&customers(missing_rate, exposed_share, 4000), QUICK);
        assert!(leaks(&model).is_empty(), "{:?}", leaks(&model));
    }
}

#[test]
fn no_feature_of_200_simulations_tells_engagement() {
    for seed in 0..200 {
        let campaign = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed };
        let mut training = Training::on(&campaign.customers(0, 2000), "{}");
        let rows = training.rows();
        let question = Question::new("engagement", &rows, |_| true, |row| row.engaged()).unwrap();
        let best = (0..FEATURES.len()).map(|column| question.auc(&rows, column, 1));
        let best = best.fold(0.0, f64::max);
        assert!((0.5..0.95).contains(&best), "{best}");
    }
}
