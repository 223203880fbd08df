//! The exposure of the rows that a model stores.

use super::*;
use crate::{
    codec::decode_model,
    column::Kind,
    model::{ExposureFindings, FeatureDifference},
    testing::column,
};

const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [2], "ensemble": 1"#;

/// Each kind of row: exposure, segment, weight, and how many there are.
const ROWS: [(bool, Segment, f64, u64); 7] = [
    (false, Segment::LowEngagement, 1.0, 40),
    (false, Segment::LowEngagement, 3.0, 20),
    (false, Segment::Organic, 2.0, 30),
    (false, Segment::CampaignDriven, 1.0, 10),
    (true, Segment::LowEngagement, 1.0, 50),
    (true, Segment::Organic, 1.0, 40),
    (true, Segment::CampaignDriven, 3.0, 30),
];

/// A model of these rows, as it comes back from its bytes. Feature "two" is 1 in every fourth unexposed
/// row and in every second exposed one; `propensity` is that of exposed rows, then of unexposed ones.
fn findings(options: &str, propensity: Option<[f64; 2]>) -> (TwoStageModel, ExposureFindings) {
    let mut sample = testing::sample(&[column("one", Kind::Number), column("two", Kind::Number)]);
    let rows = ROWS.iter().flat_map(|row| std::iter::repeat_n(row, row.3 as usize));
    for (place, &(exposed, segment, weight, _)) in rows.enumerate() {
        let is_two = place.is_multiple_of(if exposed { 2 } else { 4 });
        let values = [Value::Number((place / 4) as f64 % 5.0), Value::Number(f64::from(is_two))];
        let target = Target {
            exposed: Some(exposed),
            weight: Some(weight),
            propensity: propensity.map(|of| of[usize::from(!exposed)]),
            ..testing::target(segment)
        };
        sample.push(values.into_iter(), target).unwrap();
    }
    let model = testing::trained(sample, &format!("{OPTIONS}{options}}}"));
    let model = decode_model(&encode_model(&model).unwrap()).unwrap();
    let findings = model.report.exposure.unwrap();
    (model, findings)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

fn all_close(found: [f64; 3], expected: [f64; 3]) -> bool {
    found.into_iter().zip(expected).all(|(a, b)| close(a, b))
}

/// The weights of the rows of a kind, by hand: the mean weight is 1.
fn weights(exposed: bool, segment: Segment) -> f64 {
    let total: f64 = ROWS.iter().map(|row| row.2 * row.3 as f64).sum();
    let rows: u64 = ROWS.iter().map(|row| row.3).sum();
    let of = ROWS.iter().filter(|row| row.0 == exposed && row.1 == segment);
    of.map(|row| row.2 * row.3 as f64).sum::<f64>() * rows as f64 / total
}

#[test]
fn rows_and_weights_are_counted_by_exposure_and_segment() {
    let (_, found) = findings(r#", "correction": "none""#, None);
    assert_eq!(found.rows, [[60, 30, 10], [50, 40, 30]]);
    for (place, exposed) in [false, true].into_iter().enumerate() {
        for segment in Segment::ALL {
            let weight = found.observed[place][segment as usize];
            assert!(close(weight, weights(exposed, segment)), "{segment:?} {weight}");
        }
    }
    assert!(close(found.observed.iter().flatten().sum(), 220.0));
    // 40 + 60 + 60 + 10 of 170 + 180.
    assert!(close(found.exposed_share(), 180.0 / 350.0));
    // Campaign-driven customers who were not exposed count as organic.
    let [low, organic, driven] = found.observed[0];
    assert!(all_close(found.corrected[0], [low, organic + driven, 0.0]), "{found:?}");
    assert!(all_close(found.corrected[1], found.observed[1]), "{found:?}");
}

#[test]
fn corrected_labels_move_weights_from_organic_to_campaign_driven() {
    let (model, found) = findings("", None);
    let [[low, organic, driven], _] = found.observed;
    assert!(all_close(found.corrected[0], [low, organic + driven, 0.0]), "{found:?}");
    let ([low, organic, driven], corrected) = (found.observed[1], found.corrected[1]);
    assert!(close(corrected[0], low));
    assert!(corrected[1] < organic - 0.01 && corrected[2] > driven + 0.01, "{corrected:?}");
    assert!(close(corrected[1] + corrected[2], organic + driven));
    // All of these rows have the same weight.
    let moved = model.report.corrected_total * 220.0 / 350.0;
    assert!((corrected[2] - driven - moved).abs() < 1e-3, "{corrected:?} {moved}");
}

#[test]
fn the_propensity_is_summarised_in_exposure_mode() {
    let all = |found: ExposureFindings, expected: [f64; 3]| {
        let propensity = found.propensity.unwrap();
        assert!(all_close(propensity, expected), "{propensity:?}");
    };
    all(findings("", None).1, [180.0 / 350.0; 3]);
    all(findings(r#", "exposure_rate": 0.5"#, None).1, [0.5; 3]);
    let (model, found) = findings("", Some([0.75, 0.25]));
    assert_eq!(model.report.propensity, Some(PropensitySource::Given));
    all(found, [0.25, (170.0 * 0.25 + 180.0 * 0.75) / 350.0, 0.75]);

    let everybody = Campaign { missing_rate: 0.4, exposed_share: 1.0, seed: 1 }.customers(0, 500);
    let found = train_on(&everybody, r#"{"epochs": 10, "hidden_layers": []}"#).report.exposure;
    let found = found.unwrap();
    assert_eq!((found.propensity, found.largest_difference), (None, None));
    assert_eq!((found.exposed_share(), found.observed[0]), (1.0, [0.0; 3]));
}

#[test]
fn the_largest_difference_is_that_of_the_guard() {
    let (_, found) = findings("", None);
    let FeatureDifference { column, deviations, errors } = found.largest_difference.unwrap();
    assert_eq!(column, 1);
    let group = |exposed: bool| {
        let rows = ROWS.iter().flat_map(|row| std::iter::repeat_n(row, row.3 as usize));
        let every = if exposed { 2 } else { 4 };
        let of = rows.enumerate().filter(move |(_, row)| row.0 == exposed);
        of.map(move |(place, row)| (row.2, f64::from(u8::from(place.is_multiple_of(every)))))
    };
    let weight = |exposed| group(exposed).map(|(weight, _)| weight).sum::<f64>();
    let squares = |exposed| group(exposed).map(|(weight, _)| weight * weight).sum::<f64>();
    let twos = |exposed| group(exposed).map(|(weight, two)| weight * two).sum::<f64>();
    let apart = twos(true) / weight(true) - twos(false) / weight(false);
    let mean = (twos(true) + twos(false)) / (weight(true) + weight(false));
    let of = |exposed| squares(exposed) / (weight(exposed) * weight(exposed));
    let expected = apart / (mean * (1.0 - mean)).sqrt();
    assert!((deviations - expected).abs() < 1e-4, "{deviations} {expected}");
    let expected = expected / (of(true) + of(false)).sqrt();
    assert!((errors - expected).abs() < 1e-3, "{errors} {expected}");

    // A given propensity explains any difference.
    let (_, found) = findings("", Some([0.75, 0.25]));
    assert_eq!(found.largest_difference, None);
}
