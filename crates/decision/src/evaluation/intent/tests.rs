//! The figures of an intent: by scikit-learn, by counting pairs of rows, and by known truths.

use proptest::prelude::*;

use super::*;
use crate::evaluation::testing::Random;

mod frozen;

/// The truth, the score and the weight of a row.
type Row = (bool, f64, f64);

fn gathered(rows: &[Row]) -> IntentRows {
    let mut gathered = IntentRows::default();
    for &(actual, score, weight) in rows {
        let row = IntentRow { actual: Some(actual), score: Some(score), weight: Some(weight) };
        gathered.add(&row).unwrap();
    }
    gathered
}

fn metrics(rows: &[Row]) -> IntentMetrics {
    evaluate(&mut gathered(rows))
}

/// The figures in one order: AUC, its error, average precision, log loss, Brier score, calibration error
/// and slope, accuracy, precision, recall, F1.
fn figures(of: &IntentMetrics) -> [Option<f64>; 11] {
    let (order, p) = (of.ranking, of.probabilities);
    [
        order.auc,
        order.auc_se,
        order.average_precision,
        p.log_loss,
        p.brier,
        p.calibration_error,
        p.calibration_slope,
        p.accuracy,
        p.precision,
        p.recall,
        p.f1,
    ]
}

fn are_close(got: Option<f64>, expected: Option<f64>) -> bool {
    match (got, expected) {
        (Some(got), Some(expected)) => (got - expected).abs() < 1e-9,
        (got, expected) => got == expected,
    }
}

/// The sum of a figure of each row by its weight.
fn sum(rows: &[Row], figure: impl Fn(&Row) -> f64) -> f64 {
    rows.iter().map(|row| row.2 * figure(row)).sum()
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// The share of the other class that a row is on the right side of.
fn place(row: &Row, rows: &[Row]) -> f64 {
    let others: Vec<Row> = rows.iter().filter(|other| other.0 != row.0).copied().collect();
    let side = |other: &Row| match row.1.total_cmp(&other.1) {
        std::cmp::Ordering::Equal => 0.5,
        order => f64::from(u8::from(row.0 == (order == std::cmp::Ordering::Greater))),
    };
    sum(&others, side) / sum(&others, |_| 1.0)
}

/// The figures of the order, by each pair of rows.
fn naive_order(rows: &[Row]) -> [Option<f64>; 3] {
    let positives: Vec<Row> = rows.iter().filter(|row| row.0).copied().collect();
    let right = sum(&positives, |_| 1.0);
    let precision = |row: &Row| {
        let above: Vec<Row> = rows.iter().filter(|other| other.1 >= row.1).copied().collect();
        sum(&above, |other| f64::from(u8::from(other.0))) / sum(&above, |_| 1.0)
    };
    let average = ratio(sum(&positives, precision), right);
    if positives.is_empty() || positives.len() == rows.len() {
        return [None, None, average];
    }
    let auc = sum(&positives, |row| place(row, rows)) / right;
    let variance = |class: bool| {
        let of_class: Vec<Row> = rows.iter().filter(|row| row.0 == class).copied().collect();
        let (weight, squares) = (sum(&of_class, |_| 1.0), sum(&of_class, |row| row.2));
        let moved = sum(&of_class, |row| row.2 * (place(row, rows) - auc).powi(2));
        let count = weight * weight / squares;
        (of_class.len() > 1).then(|| moved / weight.powi(2) * count / (count - 1.0))
    };
    let error = variance(true).zip(variance(false)).map(|(a, b)| (a + b).sqrt());
    [Some(auc), error, average]
}

/// The figures of probabilities, each from its definition.
fn naive_probabilities(rows: &[Row]) -> [Option<f64>; 8] {
    let truth = |row: &Row| f64::from(u8::from(row.0));
    let all = sum(rows, |_| 1.0);
    let mean = |figure: &dyn Fn(&Row) -> f64| sum(rows, figure) / all;
    let chance = |row: &Row| if row.0 { row.1 } else { 1.0 - row.1 };
    let log_loss = |row: &Row| -chance(row).clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln();
    let in_bin = |bin: usize| {
        let of_bin = rows.iter().filter(|row| ((row.1 * 15.0) as usize).min(14) == bin);
        of_bin.copied().collect::<Vec<Row>>()
    };
    let miss = |bin: usize| sum(&in_bin(bin), |row| row.1 - truth(row)).abs() / all;
    let (score, share) = (mean(&|row| row.1), mean(&truth));
    let covariance = mean(&|row| (row.1 - score) * (truth(row) - share));
    let varies = rows.iter().any(|row| row.1 != rows[0].1);
    let variance = mean(&|row| (row.1 - score).powi(2));
    let share_of = |is: fn(&Row) -> bool| sum(rows, |row| f64::from(u8::from(is(row))));
    let right = share_of(|row| row.0 && row.1 > 0.5);
    let (predicted, actual) = (share_of(|row| row.1 > 0.5), share_of(|row| row.0));
    [
        Some(mean(&log_loss)),
        Some(mean(&|row| (row.1 - truth(row)).powi(2))),
        Some((0..15).map(miss).sum()),
        varies.then(|| covariance / variance),
        Some(mean(&|row| f64::from(u8::from(row.0 == (row.1 > 0.5))))),
        ratio(right, predicted),
        ratio(right, actual),
        ratio(2.0 * right, predicted + actual),
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    let score = prop_oneof![
        Just(0.0),
        Just(1.0),
        Just(0.5),
        0.0..1.0,
        (0_u8..8).prop_map(|k| f64::from(k) / 8.0)
    ];
    (any::<bool>(), score, prop_oneof![Just(1.0), 0.1..5.0])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn figures_are_those_of_their_definitions_for_every_merge(
        mut rows in prop::collection::vec(any_row(), 1..60), one_class: bool, split in 0_usize..60
    ) {
        if one_class {
            let class = rows[0].0;
            rows.iter_mut().for_each(|row| row.0 = class);
        }
        let of = metrics(&rows);
        let expected = [&naive_order(&rows)[..], &naive_probabilities(&rows)[..]].concat();
        for (place, (got, expected)) in figures(&of).into_iter().zip(expected).enumerate() {
            prop_assert!(are_close(got, expected), "figure {place}: {got:?} {expected:?}");
        }
        prop_assert_eq!(of.positives, rows.iter().filter(|row| row.0).count() as u64);
        let split = split.min(rows.len());
        let mut merged = gathered(&rows[split..]);
        merged.merge(gathered(&rows[..split]));
        prop_assert!(merged.is_sound());
        for (a, b) in figures(&evaluate(&mut merged)).into_iter().zip(figures(&of)) {
            prop_assert!(are_close(a, b));
        }
    }

    #[test]
    fn the_auc_is_that_of_smartcore(rows in prop::collection::vec(any_row(), 2..200)) {
        let plain: Vec<Row> = rows.iter().map(|&(actual, score, _)| (actual, score, 1.0)).collect();
        let (actual, scores): (Vec<bool>, Vec<f64>) = plain.iter().map(|row| (row.0, row.1)).unzip();
        let expected = two_stage::evaluation::auc(&actual, &scores);
        prop_assert!(are_close(metrics(&plain).ranking.auc, expected));
    }

    #[test]
    fn bins_hold_all_rows_in_order(rows in prop::collection::vec(any_row(), 1..200), bins in 1_u32..20) {
        let curve = calibration_curve(&mut gathered(&rows), bins);
        prop_assert!(curve.len() <= bins as usize);
        prop_assert!(curve.is_sorted_by(|a, b| a.bin < b.bin && a.predicted > b.predicted));
        prop_assert_eq!(curve.iter().map(|bin| bin.rows).sum::<u64>(), rows.len() as u64);
    }
}

#[test]
fn bins_are_as_computed_by_hand() {
    let rows = [(true, 0.9, 1.0), (false, 0.9, 3.0), (true, 0.2, 2.0), (false, 0.1, 2.0)];
    let curve = calibration_curve(&mut gathered(&rows), 2);
    let bin = |bin, predicted: f64, observed: f64, error: f64| (bin, 2, predicted, observed, error);
    let expected = [
        bin(1, 0.9, 0.25, (0.75_f64.powi(2) + 9.0 * 0.25_f64.powi(2)).sqrt() / 4.0),
        bin(2, 0.15, 0.5, 2_f64.sqrt() / 4.0),
    ];
    for (of, (bin, rows, predicted, observed, error)) in curve.iter().zip(expected) {
        assert_eq!((of.bin, of.rows), (bin, rows));
        assert!((of.predicted.unwrap() - predicted).abs() < 1e-12);
        assert!((of.observed - observed).abs() < 1e-12);
        assert!((of.observed_error - error).abs() < 1e-12);
    }
    assert_eq!(
        calibration_curve(&mut gathered(&[(true, f64::INFINITY, 1.0)]), 3)[0].predicted,
        None
    );
    assert!(calibration_curve(&mut IntentRows::default(), 3).is_empty());
}

#[test]
fn scores_that_are_no_probabilities_have_the_figures_of_their_order_alone() {
    let rows = [
        (true, f64::INFINITY, 1.0),
        (false, -2.0, 1.0),
        (true, 0.5, 1.0),
        (false, f64::NEG_INFINITY, 1.0),
    ];
    let of = metrics(&rows);
    assert_eq!((of.ranking.auc, of.ranking.error_bound), (Some(1.0), Some(0.0)));
    assert_eq!(of.probabilities, ProbabilityFigures::default());
}

#[test]
fn rows_without_a_truth_or_a_score_or_weight_are_ignored_and_wrong_ones_refused() {
    let mut rows = IntentRows::default();
    let row = IntentRow { actual: Some(true), score: Some(0.5), weight: None };
    rows.add(&IntentRow { actual: None, ..row }).unwrap();
    rows.add(&IntentRow { score: None, ..row }).unwrap();
    rows.add(&IntentRow { score: Some(f64::NAN), weight: Some(0.0), ..row }).unwrap();
    let empty = IntentMetrics { rows_ignored: 3, ..IntentMetrics::default() };
    assert_eq!(evaluate(&mut rows), empty);
    rows.add(&row).unwrap();
    let of = evaluate(&mut rows);
    assert_eq!((of.rows, of.positives, of.base_rate, of.ranking.auc), (1, 1, Some(1.0), None));
    let refused = |wrong: IntentRow| rows.clone().add(&wrong).unwrap_err().message.clone();
    assert_eq!(refused(IntentRow { score: Some(f64::NAN), ..row }), "a row has score NaN");
    assert!(
        refused(IntentRow { actual: None, weight: Some(-1.0), ..row })
            .starts_with("a row has weight -1")
    );
}

#[test]
fn the_error_of_the_auc_covers_the_truth() {
    // The score of a positive is 1 higher: Φ(1/√2).
    let truth = 0.760_249_938_906_524;
    let mut random = Random(15);
    for weighted_with_ties in [false, true] {
        let mut covered = 0;
        for _ in 0..1000 {
            let mut draw = |_| {
                let (actual, noise) = (random.uniform() < 0.3, random.normals()[0]);
                let score = noise + f64::from(u8::from(actual));
                if weighted_with_ties {
                    (actual, (10.0 * score).round() / 10.0, random.exponential())
                } else {
                    (actual, score, 1.0)
                }
            };
            let rows: Vec<Row> = (0..1000).map(&mut draw).collect();
            let of = metrics(&rows).ranking;
            covered += usize::from((of.auc.unwrap() - truth).abs() < 1.96 * of.auc_se.unwrap());
        }
        println!("weighted with ties {weighted_with_ties}: AUC covered {covered} of 1000");
        assert!((925..=975).contains(&covered), "{weighted_with_ties} {covered}");
    }
}

#[test]
fn the_bound_holds_where_scores_are_not_told_apart() {
    let mut random = Random(15);
    let rows: Vec<Row> = (0..600_000)
        .map(|_| {
            let score = random.uniform();
            (random.uniform() < score, score, 1.0)
        })
        .collect();
    let of = metrics(&rows).ranking;
    let (actual, scores): (Vec<bool>, Vec<f64>) = rows.iter().map(|row| (row.0, row.1)).unzip();
    let exact = two_stage::evaluation::auc(&actual, &scores).unwrap();
    let bound = of.error_bound.unwrap();
    assert!(bound > 0.0 && bound < 1e-5, "{bound}");
    assert!((of.auc.unwrap() - exact).abs() <= bound);
}
