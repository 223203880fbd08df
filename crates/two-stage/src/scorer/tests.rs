//! Every way to hand over a customer gives the same score.

use super::*;
use crate::{
    column::Kind,
    sample::Target,
    testing::{self, column, target, trained},
};

/// A model of three numbers: one evenly spread, one skewed, one sometimes missing.
fn scorer() -> Scorer {
    let columns = ["even", "skewed", "gaps"].map(|name| column(name, Kind::Number));
    let mut sample = testing::sample(&columns);
    for i in 0..400 {
        let segment = Segment::ALL[i % 7 % 3];
        let i = i as f64;
        let gap = if i % 5.0 == 0.0 { Value::Missing } else { Value::Number(i % 11.0) };
        let values = [Value::Number(i), Value::Number((i / 40.0).exp()), gap];
        let target = Target { exposed: None, ..target(segment) };
        sample.push(values.into_iter(), target).unwrap();
    }
    Scorer::new(trained(sample, r#"{"hidden_layers": [5], "epochs": 10}"#))
}

fn of_values(scorer: &mut Scorer, numbers: [f64; 3]) -> Result<Score> {
    scorer.score(numbers.into_iter().map(Value::Number))
}

#[test]
fn numbers_in_memory_are_scored_as_values_are() {
    let (mut by_value, mut in_memory) = (scorer(), scorer());
    const NUMBERS: [f64; 8] = [-300.0, -0.0, 0.0, 1.0, 7.5, f64::NAN, 1e300, -1e300];
    for a in NUMBERS {
        for (b, c) in NUMBERS.into_iter().zip(NUMBERS.into_iter().cycle().skip(3)) {
            let numbers = [a, b, c];
            let expected = of_values(&mut by_value, numbers).unwrap();
            let doubles = numbers.map(f64::to_ne_bytes);
            assert_eq!(in_memory.score_doubles(&doubles).unwrap(), expected);
            let singles = numbers.map(|number| crate::word::nearest_f32(number).to_ne_bytes());
            assert_eq!(in_memory.score_singles(&singles).unwrap(), expected);
        }
    }
}

#[test]
fn what_is_infinite_is_named() {
    let mut scorer = scorer();
    let numbers = [f64::NAN, f64::NEG_INFINITY, 1.0];
    let singles = numbers.map(|number| (number as f32).to_ne_bytes());
    let errors = [
        of_values(&mut scorer, numbers),
        scorer.score_doubles(&numbers.map(f64::to_ne_bytes)),
        scorer.score_singles(&singles),
    ];
    for error in errors {
        assert_eq!(error.unwrap_err().message, "feature \"skewed\" is -infinity");
    }
}

#[test]
fn the_last_customer_is_not_taken_for_another() {
    let mut scorer = scorer();
    let (a, b) = ([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]);
    let first = of_values(&mut scorer, a).unwrap();
    let other = of_values(&mut scorer, b).unwrap();
    assert_ne!(first, other);
    // Another question, and a customer that cannot be scored, come between.
    scorer.correct_label(a.into_iter().map(Value::Number), Segment::Organic, true).unwrap();
    assert_eq!(of_values(&mut scorer, b).unwrap(), other);
    of_values(&mut scorer, [f64::INFINITY; 3]).unwrap_err();
    assert_eq!(of_values(&mut scorer, b).unwrap(), other);
    assert_eq!(of_values(&mut scorer, a).unwrap(), first);
}
