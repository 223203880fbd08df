//! Samples merge in any order, stay within their limit, and count what they drop.

use proptest::prelude::*;

use super::*;
use crate::{
    codec::{decode_state, encode_state},
    options::Options,
    segment::Segment,
    testing::{NO_LIMIT, column, target},
    word::RowIndex,
};

fn columns() -> Vec<Column> {
    vec![column("age", Kind::Number), column("channel", Kind::Category)]
}

fn sample(limit: usize) -> Sample {
    let mut sample = Sample::new(0, limit, Poll::NEVER);
    sample.set_columns(columns(), false).unwrap();
    sample
}

fn push(sample: &mut Sample, row: (i32, usize, usize)) {
    let (age, channel, segment) = row;
    let values = [Value::Number(age.into()), Value::Category(["web", "shop", "app"][channel])];
    sample.push(values.into_iter(), target(Segment::ALL[segment])).unwrap();
}

/// Everything that a training sees of a sample: its distinct rows with their texts and counts.
fn content(mut sample: Sample) -> Vec<(Word, Option<String>, Segment, u32)> {
    sample.canonicalise();
    let texts: Vec<String> = sample.categories(1).map(str::to_owned).collect();
    sample
        .rows()
        .map(|row| {
            let text = texts.get(row.features[1].code()).cloned();
            (row.features[0], text, row.segment(), row.count())
        })
        .collect()
}

fn filled(rows: &[(i32, usize, usize)], limit: usize) -> Sample {
    let mut sample = sample(limit);
    rows.iter().for_each(|&row| push(&mut sample, row));
    sample
}

/// As a worker sends a sample.
fn sent(mut sample: Sample) -> Vec<u8> {
    sample.trim();
    assert!(sample.rows().len() <= sample.sample_size());
    let mut bytes = Vec::new();
    encode_state(&Options::default(), &sample).unwrap().write(|some| bytes.extend_from_slice(some));
    bytes
}

fn received(sample: Sample) -> Sample {
    Sample::received(decode_state(&sent(sample)).unwrap().1, Poll::NEVER)
}

fn merge(sample: &mut Sample, other: Sample) -> Result<()> {
    sample.merge(decode_state(&sent(other)).unwrap().1)
}

fn rows() -> impl Strategy<Value = Vec<(i32, usize, usize)>> {
    prop::collection::vec((0..200_i32, 0..3_usize, 0..3_usize), 0..600)
}

proptest! {
    // A limit of 1 byte keeps the least: 64 rows in the buffer, 48 in the sample.
    #[test]
    fn split_anywhere_and_merged_in_any_order_is_the_whole(
        rows in rows(), cut in 0.0..1.0, limit in prop::sample::select(vec![1, NO_LIMIT])
    ) {
        let (left, right) = rows.split_at((cut * rows.len() as f64) as usize);
        let mut whole = filled(&rows, limit);
        let mut forward = filled(left, limit);
        merge(&mut forward, filled(right, limit)).unwrap();
        let mut backward = received(filled(right, limit));
        merge(&mut backward, filled(left, limit)).unwrap();
        // As the leader of a parallel plan hands over what it gathered itself.
        let mut own = Sample::received(filled(right, limit).into(), Poll::NEVER);
        own.merge(filled(left, limit).into()).unwrap();
        for sample in [&mut whole, &mut forward, &mut backward, &mut own] {
            sample.canonicalise();
        }
        prop_assert_eq!(forward.sampled(), whole.sampled());
        prop_assert_eq!(backward.sampled(), whole.sampled());
        prop_assert_eq!(own.sampled(), whole.sampled());
        let expected = content(whole);
        prop_assert_eq!(&content(forward), &expected);
        prop_assert_eq!(&content(backward), &expected);
        prop_assert_eq!(&content(own), &expected);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(rows in rows(), limit in prop::sample::select(vec![1, NO_LIMIT])) {
        let mut reversed = rows.clone();
        reversed.reverse();
        prop_assert_eq!(content(filled(&rows, limit)), content(filled(&reversed, limit)));
    }

    #[test]
    fn without_a_limit_every_row_counts(rows in rows()) {
        let mut sample = filled(&rows, NO_LIMIT);
        sample.canonicalise();
        prop_assert_eq!(sample.len(), rows.len() as u64);
        prop_assert_eq!(sample.sampled(), None);
    }
}

#[test]
fn a_sample_past_the_limit_is_even_and_keeps_full_counts() {
    let rows: Vec<_> = (0..3).flat_map(|_| (0..2000).map(|i| (i, 0, (i % 3) as usize))).collect();
    let mut sample = filled(&rows, 1 << 14);
    sample.canonicalise();
    let (used, read) = sample.sampled().expect("the limit was passed");
    assert_eq!(read, 6000);
    assert_eq!(used, 3 * sample.rows().len() as u64, "each row came three times");
    let ages = sample.rows().map(|row| f64::from(row.features[0].number()));
    let mean = ages.sum::<f64>() / sample.rows().len() as f64;
    let error = 577.0 / (sample.rows().len() as f64).sqrt();
    assert!((mean - 999.5).abs() < 4.0 * error, "mean {mean}, standard error {error}");
    assert!(sample.heap_bytes() < (1 << 14) + 512, "the rows, and three texts");
}

#[test]
fn the_seed_chooses_the_sample() {
    let rows: Vec<_> = (0..2000).map(|i| (i, 0, 0)).collect();
    let with_seed = |seed: u64| {
        let mut sample = Sample::new(seed, 1, Poll::NEVER);
        sample.set_columns(columns(), false).unwrap();
        rows.iter().for_each(|&row| push(&mut sample, row));
        content(sample)
    };
    assert_eq!(with_seed(1), with_seed(1));
    assert_ne!(with_seed(1), with_seed(2));
}

#[test]
fn rows_that_teach_nothing_are_counted() {
    let mut sample = sample(NO_LIMIT);
    let values = || [Value::Number(1.0), Value::Missing].into_iter();
    let known = target(Segment::Organic);
    sample.skip_null();
    sample.push(values(), Target { segment: None, ..known }).unwrap();
    sample.push(values(), Target { weight: Some(0.0), ..known }).unwrap();
    sample.push(values(), Target { exposed: None, ..known }).unwrap();
    let counts = Counts {
        read: 4,
        null_features: 1,
        unlabelled: 1,
        zero_weight: 1,
        unknown_exposure: 1,
        unexposed: 0,
        no_overlap: 0,
    };
    assert_eq!(sample.counts(), counts);
    assert_eq!(sample.len(), 1);
    assert!(sample.row(RowIndex::new(0)).exposed(), "unknown exposure counts as exposed");
}

#[test]
fn values_that_cannot_be_learned_from_are_refused_by_name() {
    let mut sample = sample(NO_LIMIT);
    let known = target(Segment::Organic);
    let mut refused = |age: f64, target: Target| {
        let values = [Value::Number(age), Value::Missing].into_iter();
        sample.push(values, target).unwrap_err().into_content().message
    };
    assert_eq!(refused(f64::NEG_INFINITY, known), "feature \"age\" is -infinity");
    assert_eq!(refused(1.0, Target { weight: Some(-1.0), ..known }), "weight cannot be -1");
    assert_eq!(refused(1.0, Target { weight: Some(f64::NAN), ..known }), "weight cannot be NaN");
    assert_eq!(refused(1.0, Target { propensity: Some(1.5), ..known }), "propensity cannot be 1.5");
    assert_eq!(
        refused(1.0, Target { propensity: Some(f64::NAN), ..known }),
        "propensity cannot be NaN"
    );
    assert!(sample.is_empty(), "a refused row leaves nothing behind");
}

#[test]
fn equal_numbers_are_equal_rows() {
    let mut sample = sample(NO_LIMIT);
    for age in [0.0, -0.0] {
        let values = [Value::Number(age), Value::Missing].into_iter();
        sample.push(values, target(Segment::Organic)).unwrap();
    }
    for age in [f64::NAN, 1e300] {
        let values = [Value::Number(age), Value::Missing].into_iter();
        sample.push(values, target(Segment::Organic)).unwrap();
    }
    sample.canonicalise();
    assert_eq!(sample.rows().len(), 3);
}

#[test]
fn numbers_in_memory_are_rows_as_values_are() {
    let columns = ["a", "b"].map(|name| column(name, Kind::Number));
    let mut by_value = Sample::new(0, NO_LIMIT, Poll::NEVER);
    by_value.set_columns(columns.to_vec(), true).unwrap();
    let mut in_memory = by_value.clone();
    let known = target(Segment::Organic);
    for pair in [[1.0, -0.0], [f64::NAN, 0.1], [-f64::NAN, 1e300], [5e-324, -1e300]] {
        by_value.push(pair.into_iter().map(Value::number), known).unwrap();
        in_memory.push_numbers(pair.into_iter(), known).unwrap();
    }
    assert_eq!(in_memory.words(), by_value.words());
    let refused = in_memory.push_numbers([1.0, f64::NEG_INFINITY].into_iter(), known).unwrap_err();
    assert_eq!(refused.message, "feature \"b\" is -infinity");
    in_memory.push_numbers([1.0].into_iter(), known).unwrap_err();
    assert_eq!(in_memory.words(), by_value.words(), "a refused row leaves nothing behind");
}

#[test]
fn texts_that_are_keys_do_not_fill_the_memory() {
    let mut sample = sample(1);
    let refused = (0..10_000).find_map(|i| {
        let text = format!("customer {i}");
        let values = [Value::Number(1.0), Value::Category(&text)].into_iter();
        sample.push(values, target(Segment::Organic)).err()
    });
    let error = refused.expect("the bound of 64 kB was passed");
    assert_eq!(error.kind, ErrorKind::LimitExceeded);
    assert!(error.message.contains("feature \"channel\""), "{}", error.message);
}

#[test]
fn samples_of_other_features_do_not_merge() {
    let mut other = Sample::new(0, NO_LIMIT, Poll::NEVER);
    other.set_columns(vec![columns().remove(0)], false).unwrap();
    assert_eq!(merge(&mut sample(NO_LIMIT), other).unwrap_err().kind, ErrorKind::WrongLength);
}

#[test]
fn columns_that_were_left_out_are_merged() {
    let mut first = sample(NO_LIMIT);
    first.leave_out(&["weight".to_owned()]);
    let mut second = sample(NO_LIMIT);
    second.leave_out(&["weight".to_owned(), "exposed".to_owned()]);
    first.merge(second.into()).unwrap();
    assert_eq!(first.left_out(), ["exposed", "weight"]);
}
