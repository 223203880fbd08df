//! The distributions of the features that a model stores.

use super::*;
use crate::{
    column::Kind,
    model::{CategoryDistribution, Distribution, NumberDistribution, Origin, RoleColumn},
    scorer::Scorer,
    testing::column,
};

const NAMES: [&str; 3] = ["web", "shop", "mail"];

/// A row: a number or none, a category or none, and a weight.
type Row = (Option<f64>, Option<&'static str>, f64);

fn distributions(rows: &[Row]) -> (NumberDistribution, CategoryDistribution) {
    let columns = [column("number", Kind::Number), column("text", Kind::Category)];
    let mut sample = testing::sample(&columns);
    for (place, &(number, text, weight)) in rows.iter().enumerate() {
        let values = [
            number.map_or(Value::Missing, Value::Number),
            text.map_or(Value::Missing, Value::Category),
        ];
        let segment = Segment::ALL[place % 3];
        let target = Target { weight: Some(weight), ..testing::target(segment) };
        sample.push(values.into_iter(), target).unwrap();
    }
    let options = r#"{"epochs": 10, "hidden_layers": [2], "ensemble": 1}"#;
    let model = testing::trained(sample, options);
    match model.report().distributions.as_slice() {
        [Distribution::Number(numbers), Distribution::Category(categories)] => {
            (numbers.clone(), categories.clone())
        }
        others => panic!("{others:?}"),
    }
}

fn close(a: f32, b: f64) -> bool {
    (f64::from(a) - b).abs() < 1e-6
}

#[test]
fn a_model_stores_the_weighted_bins_of_a_number() {
    let number = |i: u32| if i.is_multiple_of(10) { None } else { Some(f64::from(i * 37 % 101)) };
    let weight = |i: u32| f64::from(1 + i % 3);
    let rows: Vec<Row> = (0..600).map(|i| (number(i), Some("web"), weight(i))).collect();
    let (numbers, _) = distributions(&rows);

    let present: Vec<(f64, f64)> = rows.iter().filter_map(|row| Some((row.0?, row.2))).collect();
    let total: f64 = present.iter().map(|(_, weight)| weight).sum();
    let share = |holds: &dyn Fn(f64) -> bool| {
        let of = present.iter().filter(|(value, _)| holds(*value));
        of.map(|(_, weight)| weight).sum::<f64>() / total
    };
    assert_eq!((numbers.cuts.len(), numbers.shares.len()), (19, 20));
    for (step, &cut) in numbers.cuts.iter().enumerate() {
        let (cut, wanted) = (f64::from(cut), (step + 1) as f64 / 20.0);
        assert!(share(&|value| value <= cut) >= wanted - 1e-9);
        assert!(share(&|value| value < cut) < wanted);
    }
    for (bin, &found) in numbers.shares.iter().enumerate() {
        let low = bin.checked_sub(1).map_or(f64::MIN, |below| numbers.cuts[below].into());
        let high = numbers.cuts.get(bin).map_or(f64::MAX, |&cut| cut.into());
        assert!(close(found, share(&|value| low < value && value <= high)));
    }
    assert_eq!(numbers.range, Some((0.0, 100.0)));
    let mean_of = |of: &dyn Fn(f64) -> f64| {
        present.iter().map(|&(value, weight)| weight * of(value)).sum::<f64>() / total
    };
    let mean = mean_of(&|value| value);
    let variance = mean_of(&|value| (value - mean).powi(2));
    assert!((f64::from(numbers.mean) - mean).abs() < 1e-5);
    assert!((f64::from(numbers.deviation) - variance.sqrt()).abs() < 1e-5);
    let missing: f64 = rows.iter().filter(|row| row.0.is_none()).map(|row| row.2).sum();
    assert!(close(numbers.missing, missing / (missing + total)));
    let (value, found) = numbers.commonest.unwrap();
    assert!(close(found, share(&|other| other == f64::from(value))));
    assert!(
        (0..=100).all(|other| share(&|value| value == f64::from(other)) <= f64::from(found) + 1e-6)
    );
}

#[test]
fn equal_cuts_of_a_number_are_one() {
    let number = |i: u32| Some(if i < 291 { 0.0 } else { f64::from(i) });
    let rows: Vec<Row> = (0..300).map(|i| (number(i), Some("web"), 1.0)).collect();
    let (numbers, _) = distributions(&rows);
    assert_eq!(numbers.cuts, [0.0]);
    assert_eq!(numbers.shares, [0.97, 0.03]);
    assert_eq!(numbers.commonest, Some((0.0, 0.97)));
    assert_eq!(numbers.missing, 0.0);

    let rows: Vec<Row> = (0..300).map(|i| (None, Some(NAMES[i % 3]), 1.0)).collect();
    let (numbers, _) = distributions(&rows);
    assert_eq!((numbers.cuts.len(), numbers.range, numbers.commonest), (0, None, None));
    assert_eq!((numbers.shares, numbers.missing), (vec![0.0], 1.0));
}

#[test]
fn a_model_stores_the_shares_of_rare_and_missing_categories() {
    let text = |i: usize| match i {
        0..8 => Some("seldom"),
        8..11 => Some("hardly"),
        11..61 => None,
        _ => Some(NAMES[i % 3]),
    };
    let weight = |i: usize| if i < 8 { 4.0 } else { 1.0 };
    let rows: Vec<Row> = (0..400).map(|i| (Some(i as f64), text(i), weight(i))).collect();
    let (_, categories) = distributions(&rows);
    let total = 400.0 + 8.0 * 3.0;
    assert_eq!(categories.distinct, 5);
    assert!(close(categories.other, 35.0 / total) && close(categories.missing, 50.0 / total));

    let rows: Vec<Row> = (0..300).map(|i| (Some(i as f64), Some(NAMES[i % 3]), 1.0)).collect();
    let (_, categories) = distributions(&rows);
    assert_eq!(categories, CategoryDistribution { other: 0.0, missing: 0.0, distinct: 3 });
}

#[test]
fn a_model_stores_the_distribution_of_its_uplift() {
    let columns = [column("number", Kind::Number)];
    let value = |i: usize| (i % 50) as f64;
    let mut sample = testing::sample(&columns);
    for i in 0..1200 {
        let engages = (i * 7 % 50) as f64 + if i % 2 == 0 { value(i) } else { 0.0 } > 40.0;
        let segment = if engages { Segment::Organic } else { Segment::LowEngagement };
        let target = Target { exposed: Some(i % 2 == 0), ..testing::target(segment) };
        sample.push([Value::Number(value(i))].into_iter(), target).unwrap();
    }
    let model = testing::trained(sample, r#"{"epochs": 20, "hidden_layers": [4], "ensemble": 1}"#);
    let found = model.report().uplift_scores.clone();
    let mut scorer = Scorer::new(model);
    let mut score = |i| scorer.score([Value::Number(value(i))].into_iter()).unwrap().uplift();
    let scores: Vec<f64> = (0..1200).map(&mut score).collect();
    let mean = scores.iter().sum::<f64>() / 1200.0;
    let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / 1200.0;
    assert!(variance > 1e-6);
    assert!(close(found.mean, mean) && close(found.deviation, variance.sqrt()));
    let least = scores.iter().copied().fold(f64::MAX, f64::min);
    let largest = scores.iter().copied().fold(f64::MIN, f64::max);
    assert_eq!(found.range, Some((least as f32, largest as f32)));
    assert_eq!(found.shares.len(), found.cuts.len() + 1);
}

#[test]
fn a_model_of_thirty_features_takes_at_most_fifty_kilobytes() {
    let columns: Vec<Column> =
        (1..=30).map(|i| column(&format!("feature_{i}"), Kind::Number)).collect();
    let mut sample = testing::sample(&columns);
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    for i in 0..3000 {
        let row: Vec<f64> = columns.iter().map(|_| rng.random::<f64>()).collect();
        let engages = rng.random::<f64>() < row[0] * if i % 2 == 0 { 0.8 } else { 0.3 };
        let segment = if engages { Segment::Organic } else { Segment::LowEngagement };
        let target = Target { exposed: Some(i % 2 == 0), ..testing::target(segment) };
        sample.push(row.into_iter().map(Value::Number), target).unwrap();
    }
    let mut model = testing::trained(sample, r#"{"ensemble": 1}"#);
    let role = |role: &&str| RoleColumn { role: (*role).into(), column: (*role).into() };
    model.set_origin(Origin {
        version: "0.1.0".into(),
        types: vec!["double precision".into(); 30],
        roles: ["observed_segment", "exposed", "propensity", "weight"].iter().map(role).collect(),
    });
    let bytes = encode_model(&model).unwrap().len();
    println!("{bytes} bytes, {} epochs", model.report().history.len());
    assert!(bytes <= 50 << 10, "{bytes}");
}
