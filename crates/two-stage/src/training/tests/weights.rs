//! A weight of 2 is a row given twice where order cannot matter; a weight of 0 is its absence.

use super::*;
use crate::{encoding::Encoder, model::Mode, sample::SampleRow, word::RowIndex};

const OPTIONS: &str = r#"{"epochs": 10, "hidden_layers": [8]}"#;

fn customers() -> Vec<Customer> {
    Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 5 }.customers(0, 2000)
}

/// Customers with weights; each customer as often as `times` says.
fn weighted(of: impl Fn(usize) -> (f64, usize)) -> Training {
    let mut sample = testing::sample(&columns());
    for (i, customer) in customers().iter().enumerate() {
        let (weight, times) = of(i);
        for _ in 0..times {
            let target = Target { weight: Some(weight), ..target(customer) };
            sample.push(values(customer), target).unwrap();
        }
    }
    Training::of_sample(sample, OPTIONS)
}

fn heavy(i: usize) -> bool {
    i.is_multiple_of(3)
}

#[test]
fn a_weight_of_two_is_a_row_twice_in_rates_and_statistics() {
    let by_weight = weighted(|i| (if heavy(i) { 2.0 } else { 1.0 }, 1));
    let by_count = weighted(|i| (1.0, if heavy(i) { 2 } else { 1 }));
    let share = |mut training: Training| {
        let rows = training.rows();
        assert_eq!(rows.mode(), Mode::Exposure);
        let share = CampaignShare::estimate(&rows).unwrap();
        let inputs: Vec<_> = rows.encoder.describe().collect();
        (share.share, share.labelled, inputs)
    };
    let (first, second) = (share(by_weight), share(by_count));
    assert!((first.0 - second.0).abs() < 1e-6, "{} {}", first.0, second.0);
    assert!((first.1 - second.1).abs() < 1e-6);
    for (a, b) in first.2.iter().zip(&second.2) {
        assert!((a.mean.unwrap() - b.mean.unwrap()).abs() < 1e-4, "{a:?} {b:?}");
        assert!((a.deviation.unwrap() / b.deviation.unwrap() - 1.0).abs() < 1e-5);
    }
    let plain = share(weighted(|_| (1.0, 1)));
    assert!((first.0 - plain.0).abs() > 1e-4, "the weights count");
}

#[test]
fn a_weight_of_zero_is_a_row_less() {
    let mut given = weighted(|i| (if heavy(i) { 0.0 } else { 1.0 }, 1));
    let mut absent = weighted(|i| (1.0, usize::from(!heavy(i))));
    assert_eq!(given.sample.counts().zero_weight, 667);
    let model = |training: &mut Training| testing::model(training.run().unwrap());
    let (mut given, absent) = (model(&mut given), model(&mut absent));
    given.report.counts = absent.report.counts;
    assert!(encode_model(&given).unwrap() == encode_model(&absent).unwrap());
}

#[test]
fn the_scale_of_the_weights_does_not_matter() {
    let share = |weight: f64| {
        let mut training = weighted(|_| (weight, 1));
        let rows = training.rows();
        (rows.row(RowIndex::new(0)).weight, CampaignShare::estimate(&rows).unwrap().share)
    };
    assert_eq!(share(1.0), share(1024.0));
}

#[test]
fn statistics_follow_the_weights() {
    let mut sample = weighted(|i| (if heavy(i) { 4.0 } else { 1.0 }, 1)).sample;
    sample.canonicalise();
    let noise = FEATURES.iter().position(|(name, _)| *name == "noise1").unwrap();
    let (sum, total) = sample.rows().fold((0.0, 0.0), |(sum, total), row| {
        let weight = f64::from(row.weight());
        (sum + weight * f64::from(row.features[noise].number()), total + weight)
    });
    let weight = |row: SampleRow| f64::from(row.weight());
    let encoder = Encoder::fit(&sample, weight).unwrap();
    let mean = encoder.describe().nth(noise).unwrap().mean.unwrap();
    assert!((mean - sum / total).abs() < 1e-6);
}
