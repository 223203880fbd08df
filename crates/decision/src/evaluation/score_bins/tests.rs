//! Maps of scores against the definition of their level, keys and sums.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Counts of rows, and the sum of a number that each has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Counted {
    rows: u64,
    sum: f64,
}

impl BlockSums for Counted {
    type Row = f64;

    fn add_row(&mut self, row: &f64) {
        self.add(&Self { rows: 1, sum: *row });
    }

    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.sum += other.sum;
    }

    fn is_sound(&self) -> bool {
        self.sum.is_finite()
    }
}

type Small = ScoreBins<Counted, 16>;

fn gathered<const MAX: usize>(rows: &[(f64, f64)]) -> ScoreBins<Counted, MAX> {
    let mut bins = ScoreBins::default();
    rows.iter().for_each(|&(score, row)| bins.add(score, row));
    bins
}

/// Level, keys and counts by definition: bits are dropped one at a time.
fn by_definition(rows: &[(f64, f64)], max: usize) -> (u32, BTreeMap<u64, Counted>) {
    (0..)
        .find_map(|level| {
            let mut blocks = BTreeMap::<u64, Counted>::new();
            for &(score, row) in rows {
                blocks.entry(encode(score) >> level).or_default().add_row(&row);
            }
            (blocks.len() <= max).then_some((level, blocks))
        })
        .unwrap()
}

fn assert_is(bins: &mut Small, rows: &[(f64, f64)]) {
    let (level, expected) = by_definition(rows, 16);
    assert_eq!(bins.level(), level);
    assert!(bins.is_sound());
    let blocks: Vec<_> = bins.blocks().map(|block| (block.score, *block.sums)).collect();
    assert_eq!(blocks.len(), expected.len());
    for ((score, sums), (&key, expected)) in blocks.into_iter().zip(expected.iter().rev()) {
        assert_eq!(score.to_bits(), decode(key, level).to_bits());
        assert_eq!(sums.rows, expected.rows);
        assert!((sums.sum - expected.sum).abs() < 1e-12 * (1.0 + expected.rows as f64));
    }
}

fn scores() -> impl Strategy<Value = f64> {
    prop_oneof![
        (0..30_i32).prop_map(|n| f64::from(n) / 8.0 - 1.0),
        -1.0..1.0_f64,
        0.5..0.500001_f64,
        any::<f64>().prop_filter("NaN is no score", |score| !score.is_nan()),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
    ]
}

proptest! {
    #[test]
    fn every_split_and_merge_gives_the_blocks_of_the_definition(
        rows in prop::collection::vec((scores(), -5.0..5.0_f64), 0..200),
        cuts in prop::collection::vec((0..200_usize, any::<bool>()), 0..8),
    ) {
        let mut parts = vec![rows.as_slice()];
        for (cut, first) in &cuts {
            let part = if *first { parts.remove(0) } else { parts.pop().unwrap() };
            let (a, b) = part.split_at(part.len() * cut / 200);
            parts.extend([b, a]);
        }
        let mut all = Small::default();
        for (place, part) in parts.into_iter().enumerate() {
            let mut bins = gathered::<16>(part);
            // The level of a part is asked for, so that its rows are settled before the merge.
            prop_assert!(place % 2 == 0 || bins.level() <= 64);
            if place % 3 == 0 {
                bins.merge(std::mem::take(&mut all));
                all = bins;
            } else {
                all.merge(bins);
            }
        }
        assert_is(&mut all, &rows);
    }

    #[test]
    fn keys_have_the_order_of_scores(a in scores(), b in scores()) {
        prop_assert_eq!(encode(a).cmp(&encode(b)), a.partial_cmp(&b).unwrap());
        prop_assert_eq!(decode(encode(a), 0), a);
    }
}

fn numbers(count: u32) -> Vec<(f64, f64)> {
    (0..count).map(|i| (f64::from(i.wrapping_mul(2_654_435_761)) / 4e9, 0.1)).collect()
}

#[test]
fn rows_settle_when_many_wait() {
    let rows = numbers(100_000);
    let mut bins = gathered::<16>(&rows);
    assert!(bins.waiting.len() < *WAITING.start());
    assert_is(&mut bins, &rows);
    let mut exact = gathered::<MAX_BLOCKS>(&rows);
    assert_eq!((exact.level(), exact.blocks().len()), (0, 100_000));
    assert!(exact.blocks().is_sorted_by(|a, b| a.score > b.score));
}

#[test]
fn a_full_map_holds_no_more_than_its_blocks_and_waiting_rows() {
    let mut bins = gathered::<MAX_BLOCKS>(&numbers(600_000));
    assert!(bins.level() > 0 && bins.blocks().len() > MAX_BLOCKS / 4);
    let most =
        MAX_BLOCKS * (8 + 4 + size_of::<Counted>()) + WAITING.end() * size_of::<(u64, f64)>();
    assert!(bins.bytes() <= most, "{}", bins.bytes());
}

#[test]
fn long_sums_are_alike_in_every_order() {
    let mut rows: Vec<(f64, f64)> = (0..300_000_u32)
        .map(|i| (f64::from(i % 3), f64::from(i.wrapping_mul(40_503) % 1013).exp2().recip() + 0.1))
        .collect();
    let mut sums = Vec::new();
    for _ in 0..2 {
        let mut bins = gathered::<16>(&rows[..100_000]);
        bins.merge(gathered(&rows[100_000..]));
        sums.push(bins.blocks().map(|block| block.sums.sum).collect::<Vec<_>>());
        rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    }
    for (a, b) in sums[0].iter().zip(&sums[1]) {
        assert!((a / b - 1.0).abs() < 1e-13);
    }
}

#[test]
fn a_map_of_unsound_bytes_is_refused() {
    let sound = gathered::<16>(&numbers(12));
    let mut settled = sound.clone();
    settled.settle();
    assert!(sound.is_sound() && settled.is_sound());
    let changes: [fn(&mut Small); 8] = [
        |bins| bins.level = 64,
        |bins| bins.level = 1,
        |bins| bins.keys[1] = bins.keys[0],
        |bins| bins.keys.truncate(11),
        |bins| bins.places[1] = bins.places[0],
        |bins| bins.places[0] = 12,
        |bins| bins.sums[0].sum = f64::NAN,
        |bins| bins.waiting.push((0, f64::INFINITY)),
    ];
    for (place, change) in changes.into_iter().enumerate() {
        let mut changed = settled.clone();
        change(&mut changed);
        assert!(!changed.is_sound(), "{place}");
    }
}
