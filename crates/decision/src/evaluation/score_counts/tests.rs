//! Counts against maps of sums with the same rows.

use proptest::prelude::*;

use super::*;
use crate::evaluation::score_bins::{BlockSums, ScoreBins};

/// Counts as sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Summed(Counts);

impl BlockSums for Summed {
    type Row = u8;

    fn add_row(&mut self, kind: &u8) {
        self.0[usize::from(*kind)] += 1;
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
    }

    fn is_sound(&self) -> bool {
        true
    }
}

type Rows = Vec<(f64, u8)>;

fn counted<const MAX: usize>(rows: &[(f64, u8)]) -> ScoreCounts<MAX> {
    let mut counts = ScoreCounts::default();
    rows.iter().for_each(|&(score, kind)| counts.add(score, kind));
    counts
}

fn summed<const MAX: usize>(rows: &[(f64, u8)]) -> ScoreBins<Summed, MAX> {
    let mut bins = ScoreBins::default();
    rows.iter().for_each(|&(score, kind)| bins.add(score, kind));
    bins
}

fn assert_same<const MAX: usize>(counts: &mut ScoreCounts<MAX>, rows: &[(f64, u8)]) {
    let mut bins = summed::<MAX>(rows);
    assert_eq!(counts.level(), bins.level());
    assert_eq!(counts.rows() as usize, rows.len());
    assert!(counts.is_sound());
    let of_counts: Vec<_> = counts.blocks().map(|(score, of)| (score.to_bits(), of)).collect();
    let of_bins: Vec<_> =
        bins.blocks().map(|block| (block.score.to_bits(), block.sums.0)).collect();
    assert_eq!(of_counts, of_bins);
    let of_keys = counts.keys().map(|(key, of)| (key, Summed(of)));
    let mut of_keys = ScoreBins::<_, MAX>::of_blocks(bins.level(), of_keys);
    assert!(of_keys.is_sound());
    assert!(of_keys.blocks().map(|block| (block.score.to_bits(), block.sums.0)).eq(of_bins));
}

fn rows() -> impl Strategy<Value = Rows> {
    let scores = prop_oneof![
        (0..30_i32).prop_map(|n| f64::from(n) / 8.0 - 1.0),
        -1.0..1.0_f64,
        0.5..0.500_001_f64,
        any::<f64>().prop_filter("NaN is no score", |score| !score.is_nan()),
        Just(f64::INFINITY),
        Just(-0.0),
    ];
    prop::collection::vec((scores, 0..4_u8), 0..700)
}

proptest! {
    #[test]
    fn every_split_and_merge_gives_the_same_blocks(
        rows in rows(),
        cuts in prop::collection::vec(0..700_usize, 0..6),
    ) {
        let mut parts = vec![rows.as_slice()];
        for cut in &cuts {
            let part = parts.remove(0);
            let (a, b) = part.split_at(part.len() * cut / 700);
            parts.extend([b, a]);
        }
        let mut all = ScoreCounts::<16>::default();
        for (place, part) in parts.into_iter().enumerate() {
            let mut counts = counted(part);
            // Some parts are read before they are merged, which orders their blocks.
            prop_assert!(place % 2 == 0 || counts.blocks().len() <= 16);
            if place % 3 == 0 {
                counts.merge(std::mem::take(&mut all));
                all = counts;
            } else {
                all.merge(counts);
            }
        }
        assert_same(&mut all, &rows);
    }

    #[test]
    fn rows_after_a_reading_are_counted(first in rows(), then in rows()) {
        let mut counts = counted::<64>(&first);
        assert_same(&mut counts, &first);
        then.iter().for_each(|&(score, kind)| counts.add(score, kind));
        assert_same(&mut counts, &[first, then].concat());
    }
}

fn numbers(count: u32) -> Rows {
    (0..count).map(|i| (f64::from(i.wrapping_mul(2_654_435_761)) / 4e9, (i % 4) as u8)).collect()
}

#[test]
fn a_full_map_is_exact_and_one_score_more_is_not() {
    let rows = numbers(MAX_BLOCKS as u32 + 1);
    assert_eq!(counted::<MAX_BLOCKS>(&rows[1..]).level(), 0);
    assert!(counted::<MAX_BLOCKS>(&rows).level() > 0);
}

#[test]
fn many_rows_are_counted_within_ten_megabytes() {
    let rows = numbers(600_000);
    let mut counts = counted::<MAX_BLOCKS>(&rows);
    assert!(counts.bytes() < 10 << 20, "{}", counts.bytes());
    assert_same(&mut counts, &rows);
}

#[test]
fn a_map_of_unsound_bytes_is_refused() {
    let mut settled = counted::<16>(&numbers(12));
    assert!(settled.is_sound());
    settled.settle();
    assert!(settled.is_sound());
    let changes: [fn(&mut ScoreCounts<16>); 7] = [
        |counts| counts.level = 64,
        |counts| counts.level = 1,
        |counts| counts.blocks[1].key = counts.blocks[0].key,
        |counts| counts.blocks[0].counts = [0; KINDS],
        |counts| counts.rows += 1,
        |counts| counts.blocks.truncate(11),
        |counts| counts.waiting = vec![(1 << 63, 4)],
    ];
    for (place, change) in changes.into_iter().enumerate() {
        let mut changed = settled.clone();
        change(&mut changed);
        assert!(!changed.is_sound(), "{place}");
    }
}
