//! Rounding of shares, and errors that rounding hides.

use super::*;

/// The errors of outcomes around so large a number.
fn errors_around(centre: f64) -> [f64; 3] {
    let customer = |i: u32| Customer {
        score: Some(f64::from(i)),
        exposed: Some(i.is_multiple_of(2)),
        outcome: Some(centre + f64::from(i % 7)),
        propensity: None,
        weight: None,
    };
    let metrics = evaluate(&mut rows((0..10_000).map(customer))).unwrap();
    let effects = metrics.effects.unwrap();
    [effects.uplift, effects.qini, effects.tops[2].unwrap()].map(|of| of.error)
}

#[test]
fn an_error_that_rounding_hides_is_not_zero() {
    let [uplift, ..] = errors_around(0.0);
    assert!((errors_around(1e4)[0] / uplift - 1.0).abs() < 1e-3);
    for centre in [1e7, 1e8, 1e160] {
        assert!(errors_around(centre).into_iter().all(f64::is_nan), "{centre}");
    }
}

#[test]
fn a_share_ends_with_its_last_customer() {
    let customer = |i: u32| Customer {
        score: Some(f64::from(100 - i)),
        exposed: Some(i < 7 || i.is_multiple_of(2)),
        outcome: Some(f64::from(i % 2)),
        propensity: None,
        weight: None,
    };
    let points = uplift_curve(&mut rows((0..100).map(customer)), 100).unwrap();
    for (count, point) in points.iter().enumerate().skip(1) {
        assert_eq!(point.customers, count as f64);
        assert_eq!(point.score, Some((101 - count) as f64));
        // The first seven are exposed, so that nobody is there to compare them with.
        assert_eq!(point.gain_error.is_some(), count > 7, "{count}");
    }
}
