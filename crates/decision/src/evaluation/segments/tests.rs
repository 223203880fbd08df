//! The figures of segments, by scikit-learn and by hand.

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 3] = ["low_engagement", "organic", "campaign_driven"];
const ACCURACY: f64 = 0.6333333333333333;
const MACRO_F1: f64 = 0.6241852618664213;
/// Precision, recall and F1 of each segment.
const FIGURES: [[f64; 3]; 3] = [
    [0.7032967032967034, 0.6881720430107527, 0.6956521739130435],
    [0.7066666666666667, 0.6162790697674418, 0.6583850931677019],
    [0.47297297297297297, 0.5737704918032787, 0.5185185185185185],
];

fn metrics(rows: &[(usize, usize, f64)]) -> SegmentMetrics {
    let mut segments = Segments::default();
    for &(actual, predicted, weight) in rows {
        segments.add(Some(NAMES[actual]), Some(NAMES[predicted]), Some(weight)).unwrap();
    }
    segments.metrics()
}

fn near(got: Option<f64>, expected: f64) {
    assert!(got.is_some_and(|got| (got - expected).abs() < 1e-12), "{got:?} {expected}");
}

/// A table that any program can make: row i of 60.
fn row(i: usize) -> (usize, usize, f64) {
    (i * 7 % 11 % 3, i * 5 % 13 % 3, 0.5 + (i % 4) as f64)
}

#[test]
fn figures_are_those_of_scikit_learn() {
    // precision_recall_fscore_support and accuracy_score with sample_weight.
    let of = metrics(&(0..60).map(row).collect::<Vec<_>>());
    near(of.accuracy, ACCURACY);
    near(of.macro_f1, MACRO_F1);
    for (figures, [precision, recall, f1]) in of.segments.iter().zip(FIGURES) {
        near(figures.precision, precision);
        near(figures.recall, recall);
        near(figures.f1, f1);
    }
}

#[test]
fn a_segment_that_never_occurs_has_no_figures_and_does_not_count() {
    let of = metrics(&[(0, 0, 1.0), (0, 1, 1.0)]);
    assert_eq!(of.segments[2], SegmentFigures::default());
    assert_eq!(
        of.segments[1],
        SegmentFigures { precision: Some(0.0), recall: None, f1: Some(0.0) }
    );
    near(of.macro_f1, (2.0 / 3.0 + 0.0) / 2.0);
    let wrong = metrics(&[(0, 1, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 0, 1.0)]);
    assert_eq!((wrong.macro_f1, wrong.accuracy), (Some(0.0), Some(0.0)));
}

#[test]
fn rows_without_a_segment_or_weight_are_ignored() {
    let mut segments = Segments::default();
    segments.add(None, Some("organic"), None).unwrap();
    segments.add(Some("organic"), None, None).unwrap();
    segments.add(Some("organic"), Some("organic"), Some(0.0)).unwrap();
    let empty = segments.metrics();
    assert_eq!((empty.rows, empty.rows_ignored, empty.accuracy), (0, 3, None));
    assert_eq!((empty.macro_f1, empty.confusion), (None, None));
    segments.add(Some("organic"), Some("organic"), None).unwrap();
    assert_eq!(segments.metrics().confusion.unwrap()[1], [0.0, 1.0, 0.0]);
    assert!(segments.add(Some("organic"), Some("organic"), Some(-1.0)).is_err());
    assert!(segments.add(Some("organic"), Some("other"), None).is_err());
    assert!(segments.add(None, Some("other"), None).is_err());
    assert!(segments.is_sound());
    segments.confusion[0][0].add(-1.0);
    assert!(!segments.is_sound());
}

proptest! {
    #[test]
    fn merged_states_give_what_one_gives(
        rows in prop::collection::vec((0_usize..3, 0_usize..3, 0.1..9.0), 1..60), split in 0_usize..60
    ) {
        let split = split.min(rows.len());
        let part = |rows: &[(usize, usize, f64)]| {
            let mut segments = Segments::default();
            for &(actual, predicted, weight) in rows {
                segments.add(Some(NAMES[actual]), Some(NAMES[predicted]), Some(weight)).unwrap();
            }
            segments
        };
        let mut merged = part(&rows[split..]);
        merged.merge(part(&rows[..split]));
        prop_assert_eq!(merged.metrics(), metrics(&rows));
    }
}
