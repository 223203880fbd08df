//! Gradients are the slopes of their losses, and losses are finite far out.

use proptest::prelude::*;

use super::*;
use crate::{
    probability::posterior,
    training::engine::{for_each_logistic, for_each_softmax},
};

const STEP: f64 = 1e-5;

fn slope(loss: impl Fn(f64) -> f64, z: f64) -> f64 {
    (loss(z + STEP) - loss(z - STEP)) / (2.0 * STEP)
}

proptest! {
    #[test]
    fn the_intent_gradient_is_the_slope(z in -8.0..8.0, t in 0.0..1.0, e in 0.02..1.0) {
        let expected = slope(|z| intent(Logistic::of(z), t, e).0, z);
        prop_assert!((intent(Logistic::of(z), t, e).1 - expected).abs() < 1e-6);
    }

    #[test]
    fn the_attribution_gradient_is_the_slope(z in -8.0..8.0, t in 0.0..1.0, labelled: bool) {
        let expected = slope(|z| attribution(Logistic::of(z), t, labelled).0, z);
        prop_assert!((attribution(Logistic::of(z), t, labelled).1 - expected).abs() < 1e-6);
    }

    #[test]
    fn the_slope_of_what_was_observed_is_the_slope(
        z in -8.0..8.0, c in 0.01..0.99, e in 0.02..0.98, labelled: bool, exposed: bool
    ) {
        let expected = slope(|z| observed_slope(z, c, e, labelled, exposed).0, z);
        prop_assert!((observed_slope(z, c, e, labelled, exposed).1 - expected).abs() < 1e-6);
        let bounded = observed(sigmoid(z), c, e, labelled, exposed);
        prop_assert!((observed_slope(z, c, e, labelled, exposed).0 - bounded).abs() < 1e-3);
    }

    #[test]
    fn the_splc_gradient_is_the_slope(z in -8.0..8.0, y: bool) {
        let expected = slope(|z| splc(z, y).0, z);
        prop_assert!((splc(z, y).1 - expected).abs() < 1e-6);
    }

    #[test]
    fn the_segment_gradients_are_the_slopes(
        z in prop::array::uniform3(-6.0..6.0), t in 0.0..1.0, k in 0_usize..3
    ) {
        let moved = |value: f64| { let mut z = z; z[k] = value; z };
        let target = [0.0, 1.0 - t, t];
        let expected = slope(|value| segmentation(Softmax::of(moved(value)), target).0, z[k]);
        prop_assert!((segmentation(Softmax::of(z), target).1[k] - expected).abs() < 1e-6);
        let expected = slope(|value| not_organic(Softmax::of(moved(value))).0, z[k]);
        prop_assert!((not_organic(Softmax::of(z)).1[k] - expected).abs() < 1e-6);
    }

    #[test]
    fn the_posterior_is_a_chance_that_grows_with_the_intent(f in 0.0..=0.99, c in 0.0..=1.0) {
        let t = posterior(f, c);
        prop_assert!((0.0..=1.0).contains(&t));
        prop_assert!(t <= f + 1e-9, "an unlabelled customer is less likely campaign-driven");
        prop_assert!(posterior(f + 0.01, c) >= t);
    }
}

#[test]
fn losses_are_finite_far_out() {
    for z in [-800.0, 800.0] {
        for_each_logistic(&[z as f32], 1, |_, chance| {
            assert!(intent(chance[0], 0.5, 0.6).0.is_finite());
            assert!(attribution(chance[0], 0.5, true).0.is_finite());
            assert!(observed(chance[0].f, 0.5, 0.6, true, true).is_finite());
        });
        let mut rows = 0;
        for_each_softmax(&[z as f32, 0.0, -z as f32, -z as f32, z as f32, -z as f32], |_, p| {
            rows += 1;
            assert!(segmentation(p, [0.0, 1.0, 0.0]).0.is_finite());
            assert!(not_organic(p).0.is_finite());
            assert!(unlabelled(p, 0.5).is_finite());
            assert!(believed(p, 0.5).is_finite());
        });
        assert_eq!(rows, 2);
        assert!(splc(z, true).0.is_finite());
    }
}
