//! Columns become inputs as declared: standardised, on a logarithmic scale, by category.

mod robust;

use super::*;
use crate::{
    ErrorKind,
    column::{Column, Kind, Value},
    sample::Target,
    segment::Segment,
    testing::{self, column, target},
};

/// The encoder of one column over these values, and the column.
fn fit(kind: Kind, values: &[Value]) -> crate::Result<(Encoder, [Column; 1])> {
    let columns = [column("x", kind)];
    let mut sample = testing::sample(&columns);
    let known = Target { exposed: None, ..target(Segment::Organic) };
    for &value in values {
        sample.push([value].into_iter(), known)?;
    }
    sample.canonicalise();
    let encoder = Encoder::fit(&sample, |row| f64::from(row.count()))?;
    Ok((encoder, columns))
}

fn encode((encoder, columns): &(Encoder, [Column; 1]), value: Value) -> Vec<f32> {
    let mut words = Vec::new();
    encoder.words(columns, [value].into_iter(), &mut words).unwrap();
    let mut inputs = vec![9.0; encoder.inputs()];
    BlockEncoder::of_words(encoder).encode([&words[..]].into_iter(), &mut inputs);
    inputs
}

fn numbers(of: &[f64]) -> Vec<Value<'static>> {
    of.iter().map(|&n| Value::Number(n)).collect()
}

fn near(actual: &[f32], expected: &[f64]) -> bool {
    actual.len() == expected.len()
        && actual.iter().zip(expected).all(|(&a, e)| (f64::from(a) - e).abs() < 1e-5)
}

#[test]
fn numbers_are_standardised_and_clipped() {
    let fitted = fit(Kind::Number, &numbers(&[1.0, 2.0, 3.0, 4.0])).unwrap();
    let deviation = 1.25_f64.sqrt();
    assert!(near(&encode(&fitted, Value::Number(4.0)), &[1.5 / deviation]));
    assert!(near(&encode(&fitted, Value::Number(1e9)), &[5.0]));
    assert!(near(&encode(&fitted, Value::Number(-1e9)), &[-5.0]));
}

#[test]
fn what_was_never_missing_has_no_indicator_and_is_the_mean() {
    let fitted = fit(Kind::Number, &numbers(&[1.0, 2.0, 3.0, 4.0])).unwrap();
    assert!(near(&encode(&fitted, Value::Missing), &[0.0]));
    assert!(near(&encode(&fitted, Value::Number(f64::NAN)), &[0.0]));
}

#[test]
fn missing_values_are_the_mean_and_raise_an_indicator() {
    let mut values = numbers(&[1.0, 2.0, 3.0]);
    values.push(Value::Missing);
    let fitted = fit(Kind::Number, &values).unwrap();
    // The mean of those that are there is 2; the deviation is over all four, one of them at 2.
    let deviation = 0.5_f64.sqrt();
    let raised = (0.75 / 0.1875_f64.sqrt(), -0.25 / 0.1875_f64.sqrt());
    assert!(near(&encode(&fitted, Value::Number(3.0)), &[1.0 / deviation, raised.1]));
    assert!(near(&encode(&fitted, Value::Missing), &[0.0, raised.0]));
}

#[test]
fn a_column_that_is_always_missing_or_constant_has_no_input() {
    for values in [vec![Value::Missing; 5], numbers(&[7.0; 5])] {
        let (encoder, _) = fit(Kind::Number, &values).unwrap();
        assert_eq!(encoder.inputs(), 0);
        assert_eq!(encoder.constant_columns().collect::<Vec<_>>(), [0]);
    }
}

#[test]
fn skewed_numbers_are_learned_on_a_logarithmic_scale() {
    let skewed: Vec<f64> = (0..100).map(|i| f64::from(i).exp2().min(1e6)).collect();
    let skewed = [&skewed[..20], &[0.0; 60]].concat();
    let (encoder, columns) = fit(Kind::Number, &numbers(&skewed)).unwrap();
    let description = encoder.describe().next().unwrap();
    assert_eq!(description.transformation, "logarithm, standardised");
    let mean = skewed.iter().map(|v| v.ln_1p()).sum::<f64>() / skewed.len() as f64;
    assert!((description.mean.unwrap() - mean).abs() < 1e-4);
    let at = |v: f64| f64::from(encode(&(encoder.clone(), columns.clone()), Value::Number(v))[0]);
    let deviation = description.deviation.unwrap();
    assert!((at(-3.0) - (-(4.0_f64.ln()) - mean) / deviation).abs() < 1e-4, "signed");
    // Two values can be skewed as well, but a logarithm changes nothing there.
    let rare = [numbers(&[0.0; 50]), numbers(&[1.0])].concat();
    let (encoder, _) = fit(Kind::Number, &rare).unwrap();
    assert_eq!(encoder.describe().next().unwrap().transformation, "standardised");
    // Dates are no amounts.
    let (encoder, _) = fit(Kind::Date, &numbers(&skewed)).unwrap();
    assert_eq!(encoder.describe().next().unwrap().transformation, "standardised");
}

fn texts(of: &[(&'static str, usize)]) -> Vec<Value<'static>> {
    of.iter().flat_map(|&(text, times)| vec![Value::Category(text); times]).collect()
}

#[test]
fn frequent_categories_have_an_input_and_rare_ones_share_one() {
    let values = texts(&[("web", 40), ("shop", 30), ("fax", 19), ("telex", 11)]);
    let fitted = fit(Kind::Category, &values).unwrap();
    let description = fitted.0.describe().next().unwrap();
    assert_eq!(description.levels, ["shop", "web"], "20 rows are needed");
    assert_eq!(description.inputs, 3);
    let on = |share: f64| ((1.0 - share) / share).sqrt();
    let off = |share: f64| -(share / (1.0 - share)).sqrt();
    assert!(near(&encode(&fitted, Value::Category("web")), &[off(0.3), on(0.4), off(0.3)]));
    for other in ["fax", "telex", "never seen", "WEB"] {
        let inputs = encode(&fitted, Value::Category(other));
        assert!(near(&inputs, &[off(0.3), off(0.4), on(0.3)]), "{other}");
    }
    assert!(near(&encode(&fitted, Value::Missing), &[0.0; 3]), "never missing in training");
}

#[test]
fn missing_categories_have_an_indicator() {
    let values = [texts(&[("web", 50)]), vec![Value::Missing; 50]].concat();
    let fitted = fit(Kind::Category, &values).unwrap();
    assert!(near(&encode(&fitted, Value::Missing), &[-1.0, 1.0]));
    assert!(near(&encode(&fitted, Value::Category("web")), &[1.0, -1.0]));
    assert!(near(&encode(&fitted, Value::Category("new")), &[-1.0, -1.0]));
}

#[test]
fn at_most_32_categories_have_an_input_the_most_frequent_first() {
    let names: Vec<String> = (0..40).map(|i| format!("c{i:02}")).collect();
    let count = |i: usize| if i < 8 { 21 } else { 30 };
    let values: Vec<Value> = names
        .iter()
        .enumerate()
        .flat_map(|(i, name)| vec![Value::Category(name); count(i)])
        .collect();
    let (encoder, _) = fit(Kind::Category, &values).unwrap();
    let levels = encoder.describe().next().unwrap().levels;
    assert_eq!(levels, names[8..]);
    // Ties go by bytes, never by collation.
    let ties: Vec<Value> = names.iter().flat_map(|name| vec![Value::Category(name); 25]).collect();
    let (encoder, _) = fit(Kind::Category, &ties).unwrap();
    assert_eq!(encoder.describe().next().unwrap().levels, names[..32]);
}

#[test]
fn a_key_is_no_feature() {
    let names: Vec<String> = (0..100).map(|i| format!("customer {i}")).collect();
    let values: Vec<Value> = names.iter().map(|name| Value::Category(name)).collect();
    let error = fit(Kind::Category, &values).unwrap_err();
    assert_eq!(error.kind, ErrorKind::InsufficientData);
    assert_eq!(error.message, "feature \"x\" has 100 distinct texts in 100 rows, as a key has");
    assert_eq!(error.into_content().hint.unwrap(), "Leave \"x\" out of the features.");
}

#[test]
fn a_value_of_another_kind_is_refused_by_name() {
    let (encoder, columns) = fit(Kind::Number, &numbers(&[1.0, 2.0])).unwrap();
    let error =
        encoder.words(&columns, [Value::Category("a")].into_iter(), &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::KindMismatch);
    assert_eq!(error.message, "feature \"x\" must be a number");
}
