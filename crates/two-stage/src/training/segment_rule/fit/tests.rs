//! Sizes are as expected where scores allow it, and the next simpler rule is in force elsewhere.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::StandardNormal;

use super::*;

const ROWS: usize = 20_000;

/// Rows of weight 1, each with what `of` makes of some normal numbers.
fn drawn(of: impl Fn([f64; 3]) -> [f64; 3]) -> Vec<Scored> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut normal = || random.sample::<f64, _>(StandardNormal);
    let mut row = || Scored { score: of([normal(), normal(), normal()]).into(), weight: 1.0 };
    (0..ROWS).map(|_| row()).collect()
}

fn softmax(logits: [f64; 3]) -> [f64; 3] {
    crate::probability::softmax(logits)
}

fn fitted(rows: &[Scored]) -> (Offsets, SegmentSizes) {
    fit(rows, SegmentRule::ExpectedSize, Poll::NEVER)
}

#[track_caller]
fn assert_as_expected(rows: &[Scored]) {
    let (_, sizes) = fitted(rows);
    assert_eq!(sizes.rule, Rule::ExpectedSize);
    for (expected, given) in sizes.expected.into_iter().zip(sizes.given) {
        assert!((given - expected).abs() <= 2.0, "{sizes:?}");
    }
}

#[test]
fn common_and_rare_segments_get_their_expected_size() {
    assert_as_expected(&drawn(|z| softmax(z.map(|z| 1.5 * z))));
    assert_as_expected(&drawn(|[l, o, c]| softmax([l + 3.0, o + 1.0, c + 0.5])));
    assert_as_expected(&drawn(|z| {
        let [l, o, c] = z.map(|z| 0.5 * z);
        softmax([l + 8.0, o + 1.0, c + 0.5])
    }));
}

#[test]
fn weights_count_as_rows_do() {
    let mut rows = drawn(|[l, o, c]| softmax([l + 3.0, o + 1.0, c + 0.5]));
    let light = rows.split_off(1000);
    let doubled = |row: &Scored| Scored { weight: 2.0, ..*row };
    let heavy: Vec<Scored> = rows.iter().map(doubled).chain(light.clone()).collect();
    let twice: Vec<Scored> = rows.iter().chain(&rows).chain(&light).copied().collect();
    assert_eq!(fitted(&heavy).0, fitted(&twice).0);
}

/// P(engaged) of a row.
fn engaged(z: f64) -> f64 {
    0.16 * (0.5 * z).exp().clamp(0.2, 3.0)
}

#[test]
fn a_constant_intent_fits_the_engaged_together() {
    let rows = drawn(|[z, ..]| {
        let engaged = engaged(z);
        [1.0 - engaged, 0.7 * engaged, 0.3 * engaged]
    });
    let (offsets, sizes) = fitted(&rows);
    assert_eq!(sizes.rule, Rule::ExpectedEngagement);
    assert_eq!(offsets.engaged[0], offsets.engaged[1]);
    let [_, organic, driven] = sizes.given;
    assert!((organic - sizes.expected[1] - sizes.expected[2]).abs() <= 2.0, "{sizes:?}");
    assert_eq!(driven, 0.0);
}

#[test]
fn without_effect_nobody_is_campaign_driven() {
    let rows = drawn(|[z, ..]| [1.0 - engaged(z), engaged(z), 0.0]);
    for rule in [SegmentRule::ExpectedSize, SegmentRule::MostProbable, SegmentRule::OverRepresented]
    {
        let (offsets, sizes) = fit(&rows, rule, Poll::NEVER);
        assert_eq!((offsets.never, sizes.given[2]), ([false, true], 0.0), "{rule:?}");
        assert_eq!(offsets.engaged[1], 0.0);
    }
    assert_as_expected(&rows);
}

#[test]
fn too_few_distinct_scores_leave_the_most_probable_segment() {
    let two = drawn(|[z, ..]| if z > 0.0 { [0.7, 0.1, 0.2] } else { [0.9, 0.06, 0.04] });
    for rows in [two, drawn(|_| [0.8, 0.15, 0.05])] {
        let (offsets, sizes) = fitted(&rows);
        assert_eq!((sizes.rule, offsets.engaged), (Rule::MostProbable, [0.0; 2]));
        assert_eq!(sizes.given, [ROWS as f64, 0.0, 0.0]);
    }
}

#[test]
fn few_rows_may_miss_by_some() {
    let rows = &drawn(|[z, ..]| if z > 0.0 { [0.7, 0.1, 0.2] } else { [0.9, 0.06, 0.04] })[..60];
    assert_eq!(fitted(rows).1.rule, Rule::ExpectedSize);
}

#[test]
fn the_over_represented_segment_is_that_above_its_mean() {
    let rows = drawn(|[l, o, c]| softmax([l + 3.0, o + 1.0, c + 0.5]));
    let (offsets, sizes) = fit(&rows, SegmentRule::OverRepresented, Poll::NEVER);
    assert_eq!(sizes.rule, Rule::OverRepresented);
    let mean = sizes.expected.map(|size| size / ROWS as f64);
    let namer = offsets.namer();
    for Scored { score, .. } in &rows {
        let ratios = [0, 1, 2].map(|k| probabilities(score)[k] / mean[k]);
        let named = ratios[namer.segment(score) as usize];
        assert!(ratios.iter().all(|&ratio| ratio <= named * (1.0 + 1e-9)), "{ratios:?}");
    }
}

#[test]
fn no_rows_and_certain_rows_fit_too() {
    assert_eq!(fitted(&[]).1.given, [0.0; 3]);
    let certain = drawn(|[z, ..]| match z {
        ..-1.0 => [1.0, 0.0, 0.0],
        ..1.0 => [0.0, 1.0, 0.0],
        _ => [0.0, 0.0, 1.0],
    });
    let (offsets, sizes) = fitted(&certain);
    assert_eq!(sizes.given, sizes.expected);
    assert!(offsets.engaged.iter().all(|offset| offset.is_finite()));
}
