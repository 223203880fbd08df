//! Customers who are counted, and customers who are summed up because some of them differ.

use super::*;

fn customers(rows: u32) -> Vec<Customer> {
    let mut chance = Random(5);
    let customer = |_| {
        let (rank, exposed) = (chance.uniform(), chance.happens(0.6));
        let engages = chance.happens(if exposed { 0.1 + 0.2 * rank } else { 0.1 });
        Customer {
            score: Some((100.0 * rank).round()),
            exposed: Some(exposed),
            outcome: Some(f64::from(u8::from(engages))),
            propensity: None,
            weight: None,
        }
    };
    (0..rows).map(customer).collect()
}

fn effects(mut rows: UpliftRows) -> UpliftEffects {
    assert!(rows.is_sound());
    evaluate(&mut rows).unwrap().effects.unwrap()
}

/// Asserts that all figures but the normalised ones are equal.
fn assert_equal(a: &UpliftEffects, b: &UpliftEffects) {
    let estimates = |of: &UpliftEffects| {
        let slope = of.calibration.slope.unwrap();
        let tops = of.tops.map(Option::unwrap);
        [[of.uplift, of.auuc, of.qini, slope].as_slice(), tops.as_slice()].concat()
    };
    for (a, b) in estimates(a).into_iter().zip(estimates(b)) {
        assert!(is(a, b.value, b.error), "{a:?} {b:?}");
    }
}

#[test]
fn common_weights_and_propensities_change_nothing() {
    let plain = customers(3000);
    let share = plain.iter().filter(|of| of.exposed == Some(true)).count() as f64 / 3000.0;
    let common =
        plain.iter().map(|of| Customer { weight: Some(2.5), propensity: Some(share), ..*of });
    let common = rows(common);
    // Counts alone take so little.
    assert!(common.bytes() < 20_000, "{}", common.bytes());
    assert_equal(&effects(rows(plain.into_iter())), &effects(common));
}

#[test]
fn one_who_differs_may_come_first_or_last_or_in_another_part() {
    let alike = customers(3000);
    let changes: [fn(&mut Customer); 3] = [
        |of| of.weight = Some(3.0),
        |of| of.outcome = Some(0.5),
        |of| (of.exposed, of.outcome) = (Some(true), Some(-1.0)),
    ];
    for change in changes {
        let mut other = alike[0];
        change(&mut other);
        let first = rows(std::iter::once(other).chain(alike.iter().copied()));
        let expected = effects(first);
        assert_equal(&expected, &effects(rows(alike.iter().copied().chain([other]))));
        let mut whole = rows(alike.iter().copied());
        let mut merged = rows([other].into_iter());
        merged.merge(whole.clone()).unwrap();
        whole.merge(rows([other].into_iter())).unwrap();
        assert_equal(&expected, &effects(merged));
        assert_equal(&expected, &effects(whole));
    }
}

#[test]
fn parts_with_different_weights_are_summed_up() {
    let alike = customers(2000);
    let weighted = |weight: f64| {
        alike.iter().map(move |of| Customer { weight: Some(weight), ..*of }).collect::<Vec<_>>()
    };
    let mut merged = rows(weighted(1.0).into_iter());
    merged.merge(rows(weighted(3.0).into_iter())).unwrap();
    let in_turn = rows(weighted(3.0).into_iter().zip(weighted(1.0)).flat_map(|(a, b)| [a, b]));
    assert_equal(&effects(in_turn), &effects(merged));
}
