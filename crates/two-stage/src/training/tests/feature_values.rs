//! Features as they come: outliers, sentinels, scales and offsets, infinite dates, keys.

use super::*;
use crate::{
    codec::{decode_state, encode_state},
    column::Kind,
    word::Word,
};

const OPTIONS: &str = r#"{"epochs": 15, "hidden_layers": [16], "ensemble": 1}"#;
const NARROW: &str = "subtract a constant";
/// 9999-12-31, as days since 2000-01-01.
const FOREVER: f64 = 2_921_939.0;

/// Customers to train with and customers to test on, and the kinds of their features.
#[derive(Clone)]
struct Rows {
    columns: Vec<Column>,
    training: Vec<Customer>,
    test: Vec<Customer>,
}

impl Rows {
    fn clean() -> Self {
        Self::many(6000)
    }

    /// So many rows to train with, and as many to test on.
    fn many(count: usize) -> Self {
        let campaign = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 77 };
        let mut customers = campaign.customers(0, 2 * count as u64);
        let test = customers.split_off(count);
        Self { columns: columns(), training: customers, test }
    }

    /// The recency as the date of the last purchase.
    fn with_date() -> Self {
        let mut rows = Self::clean();
        rows.columns[0].kind = Kind::Date;
        for customer in rows.training.iter_mut().chain(&mut rows.test) {
            customer.features[0] = 9500.0 - customer.features[0].round();
        }
        rows
    }

    /// Replaces every number, given its feature, in the rows of training and test.
    fn all(mut self, replace: impl Fn(usize, f64) -> f64) -> Self {
        for customer in self.training.iter_mut().chain(&mut self.test) {
            for (place, value) in customer.features.iter_mut().enumerate() {
                if self.columns[place].kind == Kind::Number {
                    *value = replace(place, *value);
                }
            }
        }
        self
    }

    /// Replaces the number of some features in training rows, given their places.
    fn some(mut self, feature: Option<usize>, replace: impl Fn(usize, f64) -> f64) -> Self {
        for (row, customer) in self.training.iter_mut().enumerate() {
            for (place, value) in customer.features.iter_mut().enumerate() {
                let meant =
                    feature.map_or(self.columns[place].kind == Kind::Number, |f| f == place);
                if meant {
                    *value = replace(row, *value);
                }
            }
        }
        self
    }

    fn deviations(&self) -> Vec<f64> {
        let count = self.training.len() as f64;
        let of = |place: usize| {
            let mean = self.training.iter().map(|c| c.features[place]).sum::<f64>() / count;
            let squares = self.training.iter().map(|c| (c.features[place] - mean).powi(2));
            (squares.sum::<f64>() / count).sqrt()
        };
        (0..self.columns.len()).map(of).collect()
    }

    fn sample(&self, customers: &[Customer]) -> Sample {
        let mut sample = testing::sample(&self.columns);
        for customer in customers {
            sample.push(values(customer), target(customer)).unwrap();
        }
        sample
    }

    fn train(&self) -> TwoStageModel {
        testing::trained(self.sample(&self.training), OPTIONS)
    }

    fn warnings(&self) -> Vec<String> {
        self.train().report().warnings.clone()
    }

    /// The AUC on the test rows, and whether the training asked for a constant.
    fn measure(&self) -> (f64, bool) {
        let model = self.train();
        let asks = model.report().warnings.iter().any(|warning| warning.contains(NARROW));
        (figures(&model, &self.test).auc, asks)
    }
}

/// Checks that each of these learns as much as the clean rows do, without a warning.
fn assert_as_good(clean: &Rows, cells: Vec<(String, Rows)>) {
    let (expected, _) = clean.measure();
    let mut failed = Vec::new();
    for (name, rows) in cells {
        let (auc, asks) = rows.measure();
        if (auc - expected).abs() > 0.01 || asks {
            failed.push(format!("{name}: {auc:.4}{}", if asks { ", a constant" } else { "" }));
        }
    }
    assert!(failed.is_empty(), "{expected:.4} from the clean rows, but {failed:#?}");
}

#[test]
fn no_scale_matters() {
    let clean = Rows::clean();
    let scales = [1e-30, 1e-12, 1e-3, 1e3, 1e6, 1e9, 1e13, 1e30];
    let cell = |scale: f64| (format!("times {scale:e}"), clean.clone().all(|_, v| v * scale));
    assert_as_good(&clean, scales.map(cell).into());
}

#[test]
fn an_offset_that_32_bits_hold_does_not_matter() {
    let clean = Rows::clean();
    let spread = clean.deviations();
    let offsets = [-1e5, -1e3, 10.0, 1e2, 1e4, 1e5];
    let cell = |offset: f64| {
        (format!("plus {offset:e}"), clean.clone().all(|place, v| v + offset * spread[place]))
    };
    assert_as_good(&clean, offsets.map(cell).into());
}

#[test]
fn an_offset_that_they_do_not_hold_is_warned_of() {
    let clean = Rows::clean();
    let spread = clean.deviations();
    for offset in [1e7, 1e8, 1e10, 1e12] {
        let warnings = clean.clone().all(|place, v| v + offset * spread[place]).warnings();
        assert!(warnings.iter().any(|w| w.contains(NARROW)), "{offset:e}: {warnings:?}");
    }
    // YYYYMMDDHHMISS within a week.
    let noise = columns().len() - 1;
    let seconds = |row: usize| {
        let (day, second) = (row % 7, row * 13 % 86_400);
        let time = second / 3600 * 10_000 + second / 60 % 60 * 100 + second % 60;
        20_260_101_000_000.0 + (day * 1_000_000 + time) as f64
    };
    let rows = clean.some(Some(noise), |row, _| seconds(row));
    let warnings = rows.warnings();
    assert_eq!(
        warnings[..],
        [
            "feature \"noise2\" lies between 20260101000000 and 20260107213934, which 32-bit numbers can hardly tell apart: subtract a constant, such as 20260101000000"
        ]
    );
}

#[test]
fn outliers_do_not_matter() {
    let clean = Rows::clean();
    let mut cells = Vec::new();
    for count in [1, 2, 20] {
        for size in [1e4, 1e6, 1e9, 1e15] {
            let outlier = |row: usize| if row.is_multiple_of(2) { size } else { -size };
            let rows =
                clean.clone().some(None, |row, v| if row < count { outlier(row) } else { v });
            cells.push((format!("{count} of {size:e}"), rows));
        }
    }
    assert_as_good(&clean, cells);
}

#[test]
fn sentinels_do_not_matter() {
    let sentinel = |clean: &Rows, feature: Option<usize>, value: f64| {
        let rows = clean.clone().some(feature, |row, v| if row % 20 == 3 { value } else { v });
        (format!("{value} in {feature:?}"), rows)
    };
    // Rows that tell nothing at all cost such short trainings too much where there are few rows.
    let (clean, many) = (Rows::clean(), Rows::many(20_000));
    for value in [-999.0, 999_999_999.0] {
        let cells = [0, 2, 7].map(|feature| sentinel(&clean, Some(feature), value));
        assert_as_good(&clean, cells.into());
        assert_as_good(&many, vec![sentinel(&many, None, value)]);
    }
}

#[test]
fn digits_of_a_time_and_long_keys_do_not_matter() {
    let clean = Rows::clean();
    let digits = |days: f64| {
        let (month, day) = ((days / 31.0).floor(), (days % 31.0).floor());
        20_260_101_000_000.0 + month * 1e8 + day * 1e6 + (days.fract() * 23.0).floor() * 1e4
    };
    let time = clean.clone().all(|place, v| if place == 0 { digits(365.0 - v) } else { v });
    let noise = columns().len() - 1;
    // Every other customer of one table is tested on.
    let key = |first: f64, step: f64| {
        let mut rows = clean.clone();
        for (row, customer) in rows.training.iter_mut().zip(&mut rows.test).enumerate() {
            let number = first + 2.0 * step * row as f64;
            customer.0.features[noise] = number;
            customer.1.features[noise] = number + step;
        }
        (format!("keys from {first}, {step} apart"), rows)
    };
    let cells = vec![("a time over months".into(), time), key(2e7, 1.0), key(3e9, 1_234_577.0)];
    assert_as_good(&clean, cells);
}

#[test]
fn dates_that_mean_never_do_not_matter() {
    let clean = Rows::with_date();
    let never = |each: usize| {
        let rows = clean.clone().some(Some(0), |row, v| if row % each == 4 { FOREVER } else { v });
        (format!("one of {each}"), rows)
    };
    assert_as_good(&clean, [5, 6000].map(never).into());
}

#[test]
fn infinite_dates_are_missing_and_counted() {
    let infinite = |row: usize, value: f64| if row % 10 == 3 { f64::INFINITY } else { value };
    let rows = Rows::with_date().some(Some(0), infinite);
    let model = rows.train();
    assert_eq!(
        model.report().warnings[..],
        [
            "feature \"recency\" is an infinite date in 600 rows and counts as missing there: give NULL instead"
        ]
    );
    let mut scorer = Scorer::new(model);
    let mut score = |date: f64| {
        let mut customer = rows.test[0].clone();
        customer.features[0] = date;
        let score = scorer.score(values(&customer)).unwrap();
        let doubles = customer.features.map(f64::to_ne_bytes);
        assert_eq!(scorer.score_doubles(&doubles).unwrap(), score);
        score
    };
    let missing = score(f64::NAN);
    assert_eq!(score(f64::INFINITY), missing);
    assert_eq!(score(f64::NEG_INFINITY), missing);
    assert_ne!(score(9000.0), missing);
}

#[test]
fn the_same_bytes_come_from_all_orders_parts_and_threads() {
    let odd = |row: usize, value: f64| match row % 50 {
        0 => f64::INFINITY,
        1 => FOREVER,
        _ => value,
    };
    let mut rows = Rows::with_date().some(Some(0), odd).some(None, |row, v| match row {
        0..20 => v * 1e12,
        _ => v,
    });
    let bytes = |sample: Sample, threads: usize| {
        let mut training = Training::of_sample(sample, OPTIONS);
        encode_model(&testing::model(training.run_with(&mut Threads(threads)).unwrap())).unwrap()
    };
    let expected = bytes(rows.sample(&rows.training), 1);
    assert!(bytes(rows.sample(&rows.training), 3) == expected, "threads");
    let mut whole = rows.sample(&[]);
    for part in rows.training.chunks(1700) {
        let (part, options) = (rows.sample(part), Options::default());
        let mut sent = Vec::new();
        encode_state(&options, &part).unwrap().write(|bytes| sent.extend_from_slice(bytes));
        whole.merge(decode_state(&sent).unwrap().1).unwrap();
    }
    assert!(bytes(whole, 1) == expected, "parts");
    rows.training.reverse();
    assert!(bytes(rows.sample(&rows.training), 1) == expected, "order");
}

#[test]
fn whole_numbers_that_are_all_distinct_are_a_key() {
    let noise = columns().len() - 1;
    let key = "\"noise2\" is a whole number of its own in each of";
    let warned = |rows: &Rows| rows.warnings().iter().any(|w| w.contains(key));
    let keyed = Rows::clean().some(Some(noise), |row, _| (row * 7 + 100) as f64);
    assert!(warned(&keyed));
    let few = Rows { training: keyed.training[..999].to_vec(), ..keyed.clone() };
    assert!(!warned(&few));
    assert!(!warned(&Rows::clean().some(Some(noise), |row, _| row as f64 + 0.5)));
    assert!(!warned(&keyed.some(Some(noise), |row, v| if row == 5999 { 100.0 } else { v })));
}

#[test]
fn the_smallest_numbers_keep_their_differences() {
    // The words themselves hold them; a deviation's inverse must stay finite.
    assert!(Word::of_f64(1e-38).number() > 0.0);
    let tiny = Rows::clean().all(|_, v| v * 1e-40);
    assert!(tiny.measure().0.is_finite());
}
