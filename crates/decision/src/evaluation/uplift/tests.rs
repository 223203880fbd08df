//! Figures against the reference.

use super::*;
use crate::evaluation::testing::Random;

fn rows(customers: impl Iterator<Item = Customer>) -> UpliftRows {
    let mut rows = UpliftRows::default();
    customers.for_each(|customer| rows.add(&customer).unwrap());
    rows
}

/// The customers of the reference's figures: weights and propensities as asked.
fn of_reference(weighted: bool, with_propensity: bool) -> UpliftRows {
    rows((0..60_u32).map(|i| Customer {
        score: Some(f64::from(i * 7 % 12)),
        exposed: Some(i * 5 % 7 < 4),
        outcome: Some(f64::from(u8::from(i * 11 % 5 < 2))),
        weight: weighted.then(|| f64::from(1 + i % 3)),
        propensity: with_propensity.then(|| 0.3 + 0.1 * f64::from(i % 4)),
    }))
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

fn is(estimate: Estimate, value: f64, error: f64) -> bool {
    close(estimate.value, value) && close(estimate.error, error)
}

/// The reference's uplift, AUUC, Qini and uplift of the best 10, 20, 30 and 50 %, each with its error.
type Figures = [(f64, f64); 7];

#[test]
fn figures_and_standard_errors_are_those_of_the_reference() {
    let expected: [(bool, bool, Figures); 3] = [
        (
            false,
            false,
            [
                (0.0, 0.1282853961179637),
                (0.0011576049473769603, 0.07478942820020382),
                (0.0011576049473769603, 0.03735944226853557),
                (0.10859728506787325, 0.3718714456262753),
                (-0.026696329254727424, 0.26869877217235766),
                (0.06271777003484313, 0.22413476002955898),
                (0.02714932126696823, 0.180151489374725),
            ],
        ),
        (
            true,
            false,
            [
                (-0.05456095481670936, 0.13874264691714872),
                (0.00042814312157406003, 0.08363260523148613),
                (0.02770862052992874, 0.03988098233302606),
                (0.16666666666666663, 0.44617717789469474),
                (0.040100250626566414, 0.3188202840177885),
                (0.10678531701890992, 0.23819383894171237),
                (0.05387205387205385, 0.192823331812934),
            ],
        ),
        (
            true,
            true,
            [
                (-0.045936690128791924, 0.14420484258729038),
                (0.00336513430934673, 0.08504928158806785),
                (0.026333479373742693, 0.0398454772529004),
                (0.16666666666666669, 0.44617717789469474),
                (0.0428451707521475, 0.32354465871371874),
                (0.11515151515151512, 0.24049258263172335),
                (0.06321455175540869, 0.20003451159768404),
            ],
        ),
    ];
    for (weighted, with_propensity, figures) in expected {
        let metrics = evaluate(&mut of_reference(weighted, with_propensity)).unwrap();
        let effects = metrics.effects.unwrap();
        let UpliftEffects { uplift, auuc, qini, tops, .. } = effects;
        let all = [uplift, auuc, qini].into_iter().chain(tops.map(Option::unwrap));
        for (place, (estimate, (value, error))) in all.zip(figures).enumerate() {
            assert!(is(estimate, value, error), "{weighted} {with_propensity} {place}");
        }
        assert_eq!(metrics.mean_propensity.is_some(), with_propensity);
        assert_eq!(effects.normalised.qini.is_some(), !weighted && !with_propensity);
        assert_eq!(effects.error_bound, 0.0);
    }
}

mod alike;
mod compare;
mod coverage;
mod direct;
mod rounding;
