//! Rows that give propensities of their own.

use super::*;

const OFTEN: f64 = 0.9;
const SELDOM: f64 = 0.05;
/// The share of customers whom the campaign moves.
const MOVED: f64 = 0.1;

/// Loyal customers engage anyway and are exposed often, others seldom do and are. No feature tells who is loyal.
fn targeted(count: u64) -> Sample {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let mut chance = |share: f64| random.random::<f64>() < share;
    let mut sample = testing::sample(&[testing::column("x", Kind::Number)]);
    for customer in 0..count {
        let loyal = chance(0.3);
        let propensity = if loyal { OFTEN } else { SELDOM };
        let exposed = chance(propensity);
        let engages_anyway = chance(if loyal { 0.8 } else { 0.1 });
        let segment = match (engages_anyway, chance(MOVED) && exposed) {
            (true, _) => Segment::Organic,
            (false, true) => Segment::CampaignDriven,
            (false, false) => Segment::LowEngagement,
        };
        let target = Target {
            segment: Some(segment),
            exposed: Some(exposed),
            propensity: Some(propensity),
            weight: None,
            customer: None,
        };
        sample.push(std::iter::once(Value::Number((customer % 97) as f64)), target).unwrap();
    }
    sample
}

/// The weighted share of exposed rows among those of a propensity.
fn exposed_share(rows: &TrainingRows, of: &TrainingRows, propensity: f64) -> f64 {
    let (mut exposed, mut total) = (0.0, 0.0);
    for row in rows.each() {
        if (of.row(row.index).propensity - propensity).abs() < 1e-6 {
            let weight = row.weight * f64::from(row.count);
            exposed += if row.exposed { weight } else { 0.0 };
            total += weight;
        }
    }
    exposed / total
}

#[test]
fn targeted_sends_weigh_as_those_of_a_test_with_one_chance() {
    let mut training = Training::of_sample(targeted(20_000), "{}");
    let mean = 0.3 * OFTEN + 0.7 * SELDOM;
    let balanced = training.rows().balanced();
    assert!(balanced.each().all(|row| (row.propensity - mean).abs() < 0.01));
    let mut again = Training::of_sample(targeted(20_000), "{}");
    let recorded = again.rows().balanced().unbalanced();
    for propensity in [OFTEN, SELDOM] {
        let share = exposed_share(&recorded, &recorded, propensity);
        assert!((share - propensity).abs() < 0.02, "{share} recorded");
        let share = exposed_share(&balanced, &recorded, propensity);
        assert!((share - mean).abs() < 0.03, "{share} balanced");
    }
}

#[test]
fn one_propensity_for_all_changes_no_weight() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 8 }.customers(0, 500);
    let mut sample = testing::sample(&columns());
    for customer in &customers {
        let target = Target { propensity: Some(0.7), ..target(customer) };
        sample.push(values(customer), target).unwrap();
    }
    let mut training = Training::of_sample(sample, "{}");
    let rows = training.rows().balanced();
    assert!(rows.each().all(|row| row.weight == 1.0 && row.propensity == f64::from(0.7_f32)));
}

#[test]
fn what_no_feature_tells_does_not_mislead_balanced_rows() {
    let options =
        r#"{"missing_rate": 0, "learning_rate": 0.01, "hidden_layers": [], "ensemble": 1}"#;
    let model = testing::model(Training::of_sample(targeted(20_000), options).run().unwrap());
    let mut scorer = Scorer::new(model);
    let uplift = scorer.score(std::iter::once(Value::Number(50.0))).unwrap().uplift();
    // Most of the exposed are loyal, whom the campaign moves less.
    let true_uplift = MOVED * (1.0 - 0.3 * 0.8 - 0.7 * 0.1);
    assert!((uplift - true_uplift).abs() < 0.015, "{uplift}, not {true_uplift}");
}
