//! Outliers, scales and offsets do not change how the other numbers are encoded; rare values stay.

use super::*;

/// The column's description, and the inputs of some of its values.
fn encoded(kind: Kind, values: &[f64], of: &[f64]) -> (Description, Vec<f64>) {
    let fitted = fit(kind, &numbers(values)).unwrap();
    let inputs = of.iter().map(|&v| f64::from(encode(&fitted, Value::Number(v))[0])).collect();
    (fitted.0.describe().next().unwrap(), inputs)
}

fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    (mean, (values.map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt())
}

fn assert_moments(description: &Description, expected: (f64, f64)) {
    let found = (description.mean.unwrap(), description.deviation.unwrap());
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-5 * (1.0 + b.abs());
    assert!(near(found.0, expected.0) && near(found.1, expected.1), "{found:?}, {expected:?}");
}

fn assert_same(inputs: &[f64], expected: &[f64], what: &str) {
    let same = inputs.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.05);
    assert!(same, "{what}: {inputs:?}, {expected:?}");
}

#[test]
fn outliers_move_nothing() {
    let clean: Vec<f64> = (0..1000).map(|i| f64::from(i % 100)).collect();
    for outliers in [vec![1e4], vec![-1e15; 3], vec![1e6, -1e6], vec![999_999_999.0; 50]] {
        let (description, inputs) = encoded(
            Kind::Date,
            &[&clean[..], &outliers[..]].concat(),
            &[outliers[0], -outliers[0]],
        );
        assert_moments(&description, mean_and_deviation(clean.iter().copied()));
        assert!(inputs.iter().all(|input| input.abs() == 5.0));
    }
}

#[test]
fn a_count_of_almost_only_zeros_is_not_constant() {
    // All values within five scales are 0.
    let values = [&[0.0; 990][..], &[1.0; 8], &[2.0, 3.0]].concat();
    let (description, inputs) = encoded(Kind::Number, &values, &[0.0, 1.0]);
    assert_moments(&description, mean_and_deviation(values.iter().map(|v| v.ln_1p())));
    assert!(inputs[1] - inputs[0] > 4.0, "{inputs:?}");
}

#[test]
fn two_values_have_the_moments_of_all_rows() {
    let values = [&[0.0; 995][..], &[1.0; 5]].concat();
    let (description, inputs) = encoded(Kind::Number, &values, &[0.0, 1.0]);
    assert_moments(&description, (0.005, (0.005_f64 * 0.995).sqrt()));
    assert!(inputs[1] - inputs[0] > 5.0, "{inputs:?}");
}

#[test]
fn mostly_zeros_are_scaled_by_the_other_values() {
    let others = (1..=100).map(f64::from);
    let values: Vec<f64> = others.clone().chain((0..900).map(|_| 0.0)).collect();
    let (description, _) = encoded(Kind::Date, &values, &[]);
    assert_moments(&description, mean_and_deviation(values.iter().copied()));
    let (with_outlier, _) = encoded(Kind::Date, &[&values[..], &[1e9]].concat(), &[]);
    assert_eq!(with_outlier, description);
    // A sentinel that most rows have tells nothing about the scale of the others.
    let sentinel: Vec<f64> = others.clone().chain((0..900).map(|_| -1e6)).collect();
    let (description, inputs) = encoded(Kind::Date, &sentinel, &[-1e6]);
    assert_moments(&description, mean_and_deviation(others));
    assert_eq!(inputs, [-5.0]);
}

#[test]
fn no_scale_and_no_offset_makes_a_column_constant() {
    let amounts: Vec<f64> = (0..1000).map(|i| (f64::from(i % 200) / 25.0).exp() - 1.0).collect();
    let (clean, expected) = encoded(Kind::Number, &amounts, &amounts[..200]);
    assert_eq!(clean.transformation, "logarithm, standardised");
    for scale in [1.0, 8.0 / 128.0, 1e-12, 1e-30, 1e-38, 1e12, 1e30] {
        let scaled: Vec<f64> = amounts.iter().map(|v| v * scale).collect();
        let (description, inputs) = encoded(Kind::Number, &scaled, &scaled[..200]);
        assert_eq!(description.transformation, clean.transformation, "{scale:e}");
        let ascending = inputs.is_sorted_by(|a, b| a < b);
        assert!(ascending && inputs[199] - inputs[0] > 2.5, "{scale:e}: {inputs:?}");
    }
    for offset in [-1e6, 1e4, 1e6] {
        let moved: Vec<f64> = amounts.iter().map(|v| v + offset).collect();
        let (_, inputs) = encoded(Kind::Number, &moved, &moved[..200]);
        assert_same(&inputs, &expected, &format!("plus {offset}"));
    }
}

#[test]
fn a_large_table_is_encoded_by_an_even_sample_of_it() {
    let values: Vec<f64> = (0..100_000).map(f64::from).collect();
    let (description, _) = encoded(Kind::Number, &[&values[..], &[1e30, -1e30]].concat(), &[]);
    assert_moments(&description, mean_and_deviation(values.into_iter()));
}
