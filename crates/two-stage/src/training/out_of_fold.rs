//! The scores of rows by networks that did not learn from them.

use super::unseen::Unseen;
use crate::{
    model::{Engagement, Networks, Score},
    poll::Poll,
    word::RowIndex,
};

/// Rows that are scored at most, evenly chosen.
pub(super) const MAX_ROWS: usize = 50_000;

/// The scores of the rows in canonical order, each copy by itself, from what the networks that held them
/// out said of the segments and of engagement. Either may be empty, where a score does without.
pub(super) fn scores(
    of: Networks,
    segmentation: &[Unseen<3>],
    engagement: &[Unseen<2>],
    poll: Poll,
) -> Vec<(RowIndex, Score)> {
    let places = if segmentation.is_empty() { evenly(engagement) } else { evenly(segmentation) };
    let score = |(row, place): (RowIndex, usize)| {
        let p = segmentation.get(place).map_or([1.0, 0.0, 0.0], |unseen| unseen.opinion);
        let score = of.intent.apply(p.into());
        let joined = of.uplift.zip(engagement.get(place)).map(|(uplift, unseen)| {
            let [exposed, unexposed] = unseen.opinion;
            let engagement = uplift.slope.apply(Engagement { exposed, unexposed });
            uplift.role.join(score, engagement, uplift.puts_off)
        });
        (row, joined.unwrap_or(score))
    };
    poll.each(places.into_iter()).map(score).collect()
}

/// The rows and their places in the list, each as often as it has copies; of too many some from
/// everywhere.
fn evenly<const N: usize>(unseen: &[Unseen<N>]) -> Vec<(RowIndex, usize)> {
    let copies = |unseen: &Unseen<N>| unseen.copies as usize;
    let total: usize = unseen.iter().map(copies).sum();
    let count = total.min(MAX_ROWS);
    let (mut places, mut end) = (Vec::with_capacity(count), 0);
    for (place, unseen) in unseen.iter().enumerate() {
        end += copies(unseen);
        while places.len() < count && places.len() * total / count < end {
            places.push((unseen.row, place));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unseen(copies: &[u32]) -> Vec<Unseen<1>> {
        let row = |(place, &copies): (usize, &u32)| Unseen {
            row: RowIndex::new(10 + place),
            copies: copies.into(),
            opinion: [0.0],
        };
        copies.iter().enumerate().map(row).collect()
    }

    #[test]
    fn each_copy_counts_and_too_many_are_thinned_out() {
        let places = |copies: &[u32]| evenly(&unseen(copies)).into_iter().map(|(_, place)| place);
        assert_eq!(places(&[1, 3, 2]).collect::<Vec<_>>(), [0, 1, 1, 1, 2, 2]);
        assert_eq!(evenly(&unseen(&[1, 3]))[1], (RowIndex::new(11), 1));
        assert_eq!(places(&[]).count(), 0);
        let some: Vec<usize> = places(&[100_000, 50_000, 1, 49_999]).collect();
        assert_eq!(some.len(), MAX_ROWS);
        let of = |place: usize| some.iter().filter(|&&other| other == place).count();
        assert_eq!([of(0), of(1)], [25_000, 12_500]);
        assert!(some.is_sorted());
    }
}
