//! The gain curve against figures by hand, the reference, brute force and numerical derivatives.

use proptest::prelude::*;

use super::*;

fn contact(score: f64, exposed: bool, outcome: f64) -> Contact {
    Contact { score, exposed, outcome, weight: 1.0, propensity: 0.5 }
}

fn sorted(mut contacts: Vec<Contact>) -> Vec<Contact> {
    contacts.sort_by(|a, b| b.score.total_cmp(&a.score));
    contacts
}

fn sums(sorted: &[Contact]) -> Vec<Block> {
    blocks(sorted).map(Block::of).collect()
}

fn curve(sorted: &[Contact]) -> GainCurve {
    GainCurve::of(&sums(sorted)).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[test]
fn a_curve_is_as_computed_by_hand() {
    // The first two engage only if exposed; the others never do.
    let contacts = [
        contact(4.0, true, 1.0),
        contact(3.0, false, 0.0),
        contact(2.0, true, 0.0),
        contact(1.0, false, 0.0),
    ];
    let curve = curve(&contacts);
    // Means of the exposed from the first to the last: 1, 1, 1/2, 1/2.
    let gains = [0.0, 0.25, 0.5, 0.375, 0.5];
    for (place, gain) in gains.into_iter().enumerate() {
        assert!(close(curve.gain(place as f64 / 4.0), gain));
    }
    assert!(close(curve.gain(0.3), 0.25 + 0.2 * 0.25));
    assert!(close(curve.uplift(), 0.5));
    let area = (0.25 / 2.0 + 0.375 + 0.4375 + 0.4375) / 4.0;
    assert!(close(curve.area(), area) && close(curve.qini(), area - 0.25));
}

#[test]
fn equal_scores_are_a_straight_line() {
    let all: Vec<Contact> =
        (0..40).map(|i| contact(1.0, i % 2 == 0, f64::from(u8::from(i % 3 == 0)))).collect();
    let curve = curve(&all);
    assert!(close(curve.qini(), 0.0) && close(curve.gain(0.4), 0.4 * curve.uplift()));
    assert!(curve.influence(0, &all[0]).on_qini().abs() < 1e-12);
}

#[test]
fn a_curve_needs_exposed_and_unexposed_customers() {
    assert!(qini(&[]).is_none());
    assert!(qini(&[contact(1.0, true, 1.0), contact(0.0, true, 0.0)]).is_none());
    assert!(qini(&[contact(1.0, false, 1.0)]).is_none());
}

/// The customers of the reference's figures: weights and propensities as asked.
fn of_reference(weighted: bool, with_propensity: bool) -> Vec<Contact> {
    let of = |i: u32| Contact {
        score: f64::from(i * 7 % 12),
        exposed: i * 5 % 7 < 4,
        outcome: f64::from(u8::from(i * 11 % 5 < 2)),
        weight: if weighted { f64::from(1 + i % 3) } else { 1.0 },
        propensity: if with_propensity { 0.3 + 0.1 * f64::from(i % 4) } else { 0.5 },
    };
    sorted((0..60).map(of).collect())
}

#[test]
fn figures_and_standard_errors_are_those_of_the_reference() {
    let expected = [
        (
            false,
            false,
            [0.0, 0.0011576049473769603, 0.1282853961179637, 0.07478942820020382],
            0.03735944226853557,
        ),
        (
            true,
            false,
            [
                -0.05456095481670936,
                0.00042814312157406003,
                0.13874264691714872,
                0.08363260523148613,
            ],
            0.03988098233302606,
        ),
        (
            true,
            true,
            [-0.045936690128791924, 0.00336513430934673, 0.14420484258729038, 0.08504928158806785],
            0.0398454772529004,
        ),
    ];
    for (weighted, with_propensity, [uplift, area, uplift_error, area_error], qini_error) in
        expected
    {
        let contacts = of_reference(weighted, with_propensity);
        let curve = curve(&contacts);
        assert!(close(curve.uplift(), uplift) && close(curve.area(), area));
        let influences: Vec<Influence> = blocks(&contacts)
            .enumerate()
            .flat_map(|(block, of)| of.iter().map(move |contact| (block, *contact)))
            .map(|(block, contact)| curve.influence(block, &contact))
            .collect();
        let error = |of: fn(&Influence) -> f64| {
            influences.iter().map(|influence| of(influence).powi(2)).sum::<f64>().sqrt()
        };
        assert!(close(error(|influence| influence.uplift), uplift_error));
        assert!(close(error(|influence| influence.area), area_error));
        assert!(close(error(|influence| influence.on_qini()), qini_error));
        let (value, of_qini) = qini(&contacts).unwrap();
        assert!(close(value, area - uplift / 2.0) && of_qini.len() == contacts.len());
    }
}

/// The area by its definition: the mean outcomes among those at or above each score.
fn area_by_definition(contacts: &[Contact]) -> f64 {
    let total: f64 = contacts.iter().map(|contact| contact.weight).sum();
    let mut scores: Vec<f64> = contacts.iter().map(|contact| contact.score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.dedup();
    let (mut area, mut last) = (0.0, (0.0, 0.0));
    for score in scores {
        let mean = |exposed: bool| {
            let of = contacts.iter().filter(|c| c.score >= score && c.exposed == exposed);
            let (weight, outcome) = of.fold((0.0, 0.0), |(weight, outcome), c| {
                let v = c.weight / if exposed { c.propensity } else { 1.0 - c.propensity };
                (weight + v, outcome + v * c.outcome)
            });
            if weight > 0.0 { outcome / weight } else { 0.0 }
        };
        let above = contacts.iter().filter(|c| c.score >= score).map(|c| c.weight);
        let share = above.sum::<f64>() / total;
        let gain = share * (mean(true) - mean(false));
        area += (share - last.0) * (gain + last.1) / 2.0;
        last = (share, gain);
    }
    area
}

proptest! {
    #[test]
    fn a_curve_is_its_definition(
        rows in prop::collection::vec((0..9_u8, any::<bool>(), -2.0..3.0_f64, 0.1..4.0_f64, 0.1..0.9_f64), 2..60)
    ) {
        let contacts = rows.into_iter().map(|(score, exposed, outcome, weight, propensity)| {
            Contact { score: score.into(), exposed, outcome, weight, propensity }
        });
        let contacts = sorted(contacts.collect());
        if let Some(curve) = GainCurve::of(&sums(&contacts)) {
            prop_assert!((curve.area() - area_by_definition(&contacts)).abs() < 1e-12);
            prop_assert!((curve.gain(1.0) - curve.uplift()).abs() < 1e-12);
        }
    }
}

#[test]
fn an_influence_is_what_a_little_more_weight_changes() {
    let of = |i: u32| Contact {
        score: f64::from(i * 7919 % 2003),
        exposed: i * 31 % 7 < 3,
        outcome: f64::from(u8::from(i * 17 % 11 < 4)),
        weight: f64::from(1 + i % 2),
        propensity: 0.4,
    };
    let contacts = sorted((0..2000).map(of).collect());
    let (value, influences) = qini(&contacts).unwrap();
    let total: f64 = contacts.iter().map(|contact| contact.weight).sum();
    for place in (50..2000).step_by(97) {
        let mut changed = contacts.clone();
        changed[place].weight *= 1.0 + 1e-6;
        let slope = (qini(&changed).unwrap().0 - value) / 1e-6;
        // The influence takes a block's middle for the way through it, which matters less the more blocks
        // there are. As a part of one customer's weight it is about 1.
        let apart = (slope - influences[place]).abs() * total;
        assert!(apart < 0.02, "{slope} {}", influences[place]);
    }
}
