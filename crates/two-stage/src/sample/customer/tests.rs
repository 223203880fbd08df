//! Samples keep customers apart, and keep or drop them as a whole, in whichever order rows come.

use proptest::prelude::*;

use super::Customer;
use crate::{
    codec::{decode_state, encode_state},
    column::{Kind, Value},
    options::Options,
    poll::Poll,
    sample::{Sample, Target},
    segment::Segment,
    testing::{NO_LIMIT, column, target},
};

/// A row's number, and its customer.
type Row = (i32, Option<u32>);

fn sample(rows: &[Row], limit: usize) -> Sample {
    let mut sample = Sample::new(0, limit, Poll::NEVER).with_customers(true);
    sample.set_columns(vec![column("age", Kind::Number)], false).unwrap();
    for &(age, customer) in rows {
        let customer = customer.map(|customer| Customer::named(&customer.to_le_bytes()));
        let target = Target { customer, ..target(Segment::Organic) };
        sample.push([Value::Number(age.into())].into_iter(), target).unwrap();
    }
    sample
}

/// The rows of each customer, in the canonical order.
fn content(mut sample: Sample) -> Vec<(Option<Customer>, f32, u32)> {
    sample.canonicalise();
    let rows = sample.rows();
    rows.map(|row| (row.customer(), row.features[0].number(), row.count())).collect()
}

fn merged(parts: [&[Row]; 2], limit: usize) -> Sample {
    let mut whole = sample(&[], limit);
    for part in parts {
        let mut part = sample(part, limit);
        part.trim();
        let mut bytes = Vec::new();
        let encoded = encode_state(&Options::default(), &part).unwrap();
        encoded.write(|some| bytes.extend_from_slice(some));
        whole.merge(decode_state(&bytes).unwrap().1).unwrap();
    }
    whole
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..60_i32, prop::option::weighted(0.9, 0..40_u32)), 0..400)
}

proptest! {
    // A limit of 1 byte keeps 48 rows at most.
    #[test]
    fn whole_customers_stay_in_whichever_order_and_parts_they_come(
        rows in rows(), cut in 0.0..1.0, limit in prop::sample::select(vec![1, NO_LIMIT])
    ) {
        let (left, right) = rows.split_at((cut * rows.len() as f64) as usize);
        let expected = content(sample(&rows, limit));
        prop_assert_eq!(&content(merged([left, right], limit)), &expected);
        prop_assert_eq!(&content(merged([right, left], limit)), &expected);
        let reversed: Vec<Row> = rows.iter().rev().copied().collect();
        prop_assert_eq!(&content(sample(&reversed, limit)), &expected);
        // The rows that came, of each customer that stays.
        let all = content(sample(&rows, NO_LIMIT));
        for (customer, ..) in expected.iter().filter(|row| row.0.is_some()) {
            let of = |rows: &[(Option<Customer>, f32, u32)]| -> Vec<_> {
                rows.iter().filter(|row| row.0 == *customer).copied().collect()
            };
            prop_assert_eq!(of(&expected), of(&all));
        }
    }
}

#[test]
fn equal_rows_of_two_customers_are_not_merged() {
    let rows = [(7, Some(1)), (7, Some(2)), (7, Some(1)), (7, None), (7, None)];
    let mut counts: Vec<u32> = content(sample(&rows, NO_LIMIT)).iter().map(|row| row.2).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2, 2]);
}

#[test]
fn rows_of_a_customer_stand_together_in_a_random_order() {
    let rows: Vec<Row> = (0..3000).map(|i| (i, Some(i as u32 / 10))).collect();
    let content = content(sample(&rows, NO_LIMIT));
    let groups: Vec<_> = content.chunk_by(|a, b| a.0 == b.0).collect();
    assert_eq!(groups.len(), 300);
    let first_is_least =
        groups.iter().filter(|group| group.iter().all(|row| group[0].1 <= row.1)).count();
    assert!((15..50).contains(&first_is_least), "{first_is_least} of 300, by chance one in ten");
}

#[test]
fn customers_are_sampled_evenly_whatever_the_number_of_their_rows() {
    // One row to eight rows a customer: 4.5 on average, with a deviation of 2.3.
    let of_customer =
        |customer: u32| (0..=customer % 8).map(move |row| (row as i32, Some(customer)));
    let rows: Vec<Row> = (0..3000).flat_map(of_customer).collect();
    let kept = content(sample(&rows, 1 << 18));
    let customers = kept.chunk_by(|a, b| a.0 == b.0).count() as f64;
    let mean = kept.len() as f64 / customers;
    assert!(customers > 300.0 && customers < 1000.0, "{customers}");
    assert!((mean - 4.5).abs() < 4.0 * 2.3 / customers.sqrt(), "{mean} rows a customer");
    let mut limited = sample(&rows, 1 << 18);
    limited.canonicalise();
    assert_eq!(limited.sampled(), Some((kept.len() as u64, 13_500)));
}

#[test]
fn a_customer_who_fills_the_memory_leaves_no_row() {
    let rows: Vec<Row> = (0..100).map(|i| (i, Some(1))).collect();
    let mut filled = sample(&rows, 1);
    filled.canonicalise();
    assert_eq!(filled.sampled(), Some((0, 100)));
}
