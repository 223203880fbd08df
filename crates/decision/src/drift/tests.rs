//! False alarms, changes that must be found, categories, missing and unknown values.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use two_stage::model::{CategoryDistribution, NumberDistribution};

use super::*;

const TRAINED: usize = 20_000;

/// A customer's value of a kind: normal, a count, or skewed.
fn value(kind: usize, random: &mut ChaCha8Rng) -> f64 {
    let normal: f64 = random.sample(StandardNormal);
    match kind % 3 {
        0 => normal,
        1 => (normal.abs() * 2.0).floor(),
        _ => (1.2 * normal + 2.0).exp().ln_1p(),
    }
}

fn feature(values: &[f64]) -> Feature {
    let mut sorted: Vec<f32> = values.iter().map(|&value| value as f32).collect();
    sorted.sort_by(f32::total_cmp);
    let rows = sorted.len();
    let mut cuts: Vec<f32> = (1..20).map(|step| sorted[rows * step / 20 - 1]).collect();
    cuts.dedup();
    let below = |cut: &f32| sorted.partition_point(|value| value <= cut) as f32 / rows as f32;
    let reached: Vec<f32> = cuts.iter().map(below).chain([1.0]).collect();
    let shares = (0..reached.len())
        .map(|bin| reached[bin] - bin.checked_sub(1).map_or(0.0, |last| reached[last]))
        .collect();
    let mean = values.iter().sum::<f64>() / rows as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / rows as f64;
    let numbers = NumberDistribution {
        cuts,
        shares,
        range: Some((sorted[0], sorted[rows - 1])),
        commonest: None,
        missing: 0.0,
        mean: mean as f32,
        deviation: variance.sqrt() as f32,
    };
    Feature::of_numbers(Some("f".into()), rows as f64, &numbers)
}

fn finding(expected: &Feature, values: impl Iterator<Item = f64>) -> Finding {
    let mut counts = Counts::new(expected);
    let mut rows = 0;
    for value in values {
        counts.add(expected, Value::number(value));
        rows += 1;
    }
    Finding::new(expected, &counts, rows)
}

#[test]
fn chance_raises_two_false_alarms_in_a_thousand_at_most() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let of_kind = |kind| (0..TRAINED).map(|_| value(kind, &mut random)).collect::<Vec<_>>();
    let expected: Vec<Feature> = (0..30).map(of_kind).map(|values| feature(&values)).collect();
    for rows in [500, 2000, 20_000] {
        let mut alarms = 0;
        for (kind, expected) in expected.iter().enumerate().cycle().take(200 * 30) {
            let new = (0..rows).map(|_| value(kind, &mut random));
            alarms += usize::from(finding(expected, new).drifted);
        }
        println!("{rows} rows: {alarms} of 6000 flagged");
        assert!(alarms <= 12, "{rows} rows: {alarms}");
    }
}

#[test]
fn gross_changes_are_flagged() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let trained: Vec<f64> = (0..TRAINED).map(|_| value(0, &mut random)).collect();
    let expected = feature(&trained);
    type Change = fn(f64, f64) -> f64;
    let changes: [(&str, Change); 5] = [
        ("moved by .25 deviations", |x, _| x + 0.25),
        ("spread × 1.3", |x, _| 1.3 * x),
        ("two humps", |x, u| if u < 0.5 { x * 0.3 - 0.95 } else { x * 0.3 + 0.95 }),
        ("10 % are 0", |x, u| if u < 0.1 { 0.0 } else { x }),
        ("other units in 2 %", |x, u| if u < 0.02 { 100.0 * x } else { x }),
    ];
    for (name, change) in changes {
        let mut draw = || {
            let mut new = || change(value(0, &mut random), random.random());
            let values: Vec<f64> = (0..20_000).map(|_| new()).collect();
            finding(&expected, values.into_iter()).drifted
        };
        let flagged = (0..40).filter(|_| draw()).count();
        println!("{name}: {flagged} of 40");
        assert!(flagged >= 38, "{name}: {flagged}");
    }
}

#[test]
fn means_are_compared_in_deviations_of_the_training_rows() {
    let trained: Vec<f64> = (0..1000).map(|i| f64::from(i % 10)).collect();
    let found = finding(&feature(&trained), (0..100).map(|i| f64::from(i % 10) + 1.0));
    let close = |found: Option<f64>, wanted: f64| (found.unwrap() - wanted).abs() < 1e-6;
    assert!(close(found.mean_trained, 4.5) && close(found.mean_new, 5.5));
    assert!(close(found.shift_in_deviations, 1.0 / 8.25_f64.sqrt()));
    assert!(close(found.outside_share, 0.1));
}

#[test]
fn few_values_beyond_the_range_of_few_training_rows_are_no_drift() {
    let trained: Vec<f64> = (0..300).map(f64::from).collect();
    let with_outside = |count: u32| {
        finding(&feature(&trained), (0..300).map(|i| f64::from(i + 300 * u32::from(i < count))))
    };
    assert!(!with_outside(4).drifted);
    assert!(with_outside(20).drifted);
}

#[test]
fn a_change_of_the_missing_share_is_drift() {
    let expected = feature(&(0..2000).map(f64::from).collect::<Vec<_>>());
    let with_missing = |every: usize, rows: usize| {
        finding(
            &expected,
            (0..rows).map(|i| if i % every == 0 { f64::NAN } else { (i * 97 % 2000) as f64 }),
        )
    };
    assert!(with_missing(10, 4000).drifted);
    assert!(!with_missing(25, 4000).drifted);
    assert!(!with_missing(10, 20).drifted);
    let nothing = with_missing(1, 50);
    assert_eq!((nothing.missing_new, nothing.psi, nothing.mean_new), (1.0, None, None));
    assert!(nothing.drifted);
}

fn of_categories(other: f32, levels: &[(&str, f64)], new: &[(&str, usize)]) -> Finding {
    let distribution = CategoryDistribution { other, missing: 0.0, distinct: 9 };
    let expected = Feature::of_categories(Some("c".into()), 5000.0, &distribution, levels);
    let mut counts = Counts::new(&expected);
    let texts = new.iter().flat_map(|&(text, count)| std::iter::repeat_n(text, count));
    texts.for_each(|text| counts.add(&expected, Value::Category(text)));
    Finding::new(&expected, &counts, new.iter().map(|(_, count)| *count as u64).sum())
}

#[test]
fn categories_drift_by_their_shares_and_by_unseen_ones() {
    let levels = [("mail", 0.3), ("shop", 0.5), ("web", 0.2)];
    let same = of_categories(0.0, &levels, &[("web", 200), ("shop", 500), ("mail", 300)]);
    assert!(!same.drifted && same.psi.unwrap() < 1e-9 && same.unseen_share == Some(0.0));
    assert!(of_categories(0.0, &levels, &[("web", 500), ("shop", 200), ("mail", 300)]).drifted);
    let unseen = [("web", 198), ("shop", 495), ("mail", 297), ("app", 10)];
    let found = of_categories(0.0, &levels, &unseen);
    assert!(found.drifted && found.unseen_share == Some(0.01));
    // Rare categories of the training rows have one bin together, with those that are new.
    let levels = [("mail", 0.3), ("shop", 0.49), ("web", 0.2)];
    let found = of_categories(0.01, &levels, &unseen);
    assert!(!found.drifted && found.unseen_share.is_none());
}

#[test]
fn merged_parts_are_the_whole() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let features: Vec<Feature> = (0..3)
        .map(|kind| feature(&(0..500).map(|_| value(kind, &mut random)).collect::<Vec<_>>()))
        .collect();
    let empty = Drift::new(Expected { features });
    let mut parts = [empty.clone(), empty.clone(), empty.clone()];
    for i in 0..3000 {
        let row = [value(0, &mut random), value(1, &mut random)];
        let uplift = value(2, &mut random);
        parts[2].add(row.into_iter().map(Value::number), uplift);
        parts[i % 2].add(row.into_iter().map(Value::number), uplift);
    }
    let [mut first, second, whole] = parts;
    first.merge(second).unwrap();
    assert_eq!(first.findings(), whole.findings());
    assert_eq!(whole.findings().len(), 3);
    let other = Drift::new(Expected { features: Vec::new() });
    assert_eq!(first.merge(other).unwrap_err().message, "feature_drift was given different models");
}
