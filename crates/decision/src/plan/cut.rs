//! Cuts through weighted values: how far down the values may be taken before a bound is passed.

use two_stage::poll::Poll;

/// A value and its weight.
pub type Item = (f64, f64);

/// Items that a pivot is chosen from; fewer are sorted.
const SAMPLE: usize = 1024;

/// Items of the sample between the boundary that it shows and the pivot, which leaves the boundary on the
/// smaller side.
const MARGIN: usize = SAMPLE / 16;

/// Returns the largest value at which the items of at least that value weigh more than `room`; `None` if
/// all of them together do not. It reorders the items.
pub fn boundary(mut items: &mut [Item], mut room: f64, poll: Poll) -> Option<f64> {
    while items.len() > SAMPLE {
        let pivot = pivot(items, room);
        let (above, of_above) = bring_forward(items, |value| value > pivot, poll);
        if of_above > room {
            items = &mut items[..above];
            continue;
        }
        let (tied, of_tied) = bring_forward(&mut items[above..], |value| value == pivot, poll);
        if of_above + of_tied > room {
            return Some(pivot);
        }
        if above + tied == 0 {
            // The pivot is not a number, which only a state of another program can bring about.
            break;
        }
        room -= of_above + of_tied;
        items = &mut items[above + tied..];
    }
    sort_down(items);
    crossing(items, room).map(|place| items[place].0)
}

/// Returns the smallest value above another one.
pub fn next_above(items: &[Item], value: f64) -> Option<f64> {
    items.iter().map(|item| item.0).filter(|&other| other > value).min_by(f64::total_cmp)
}

/// Returns the largest value below another one.
pub fn next_below(items: &[Item], value: f64) -> Option<f64> {
    items.iter().map(|item| item.0).filter(|&other| other < value).max_by(f64::total_cmp)
}

/// Returns a value near the boundary, by an even sample.
fn pivot(items: &[Item], room: f64) -> f64 {
    let step = items.len() / SAMPLE;
    let mut sample: Vec<Item> = items.iter().step_by(step).take(SAMPLE).copied().collect();
    sort_down(&mut sample);
    let crossing = crossing(&sample, room / step as f64).unwrap_or(SAMPLE - 1);
    let middle = SAMPLE / 2;
    let place = if crossing < middle {
        middle.min(crossing + MARGIN)
    } else {
        middle.max(crossing - MARGIN)
    };
    sample[place].0
}

/// Returns the first place at which the items up to it weigh more than `room`.
fn crossing(items: &[Item], room: f64) -> Option<usize> {
    let mut weight = 0.0;
    items.iter().position(|item| {
        weight += item.1;
        weight > room
    })
}

fn sort_down(items: &mut [Item]) {
    items.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
}

/// Moves the items whose values pass to the front, and returns their number and weight. It has no branch
/// that depends on an item, because no processor could foresee it.
fn bring_forward(items: &mut [Item], passes: impl Fn(f64) -> bool, poll: Poll) -> (usize, f64) {
    let (mut front, mut weight) = (0, 0.0);
    for place in poll.each(0..items.len()) {
        let item = items[place];
        let passes = passes(item.0);
        items[place] = items[front];
        items[front] = item;
        front += usize::from(passes);
        weight += if passes { item.1 } else { 0.0 };
    }
    (front, weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::testing::Random;

    /// The boundary by sorting all items.
    fn by_sorting(items: &[Item], room: f64) -> Option<f64> {
        let mut sorted = items.to_vec();
        sort_down(&mut sorted);
        crossing(&sorted, room).map(|place| sorted[place].0)
    }

    #[test]
    fn the_boundary_of_what_is_no_number_is_found() {
        let mut items = vec![(f64::NAN, 1.0); 5000];
        assert!(boundary(&mut items, 10.0, Poll::NEVER).is_some_and(f64::is_nan));
    }

    #[test]
    fn the_boundary_of_many_items_is_that_of_all_sorted() {
        let mut random = Random(1);
        for levels in [5.0, 1e9] {
            let mut item =
                || ((random.uniform() * levels).floor(), (random.uniform() * 8.0).floor());
            let items: Vec<Item> = (0..20_000).map(|_| item()).collect();
            for share in [0.0_f64, 1e-4, 0.01, 0.3, 0.5, 0.7, 0.99, 0.9999, 1.0] {
                let room = (share * items.iter().map(|item| item.1).sum::<f64>()).floor();
                let found = boundary(&mut items.clone(), room, Poll::NEVER);
                assert_eq!(found, by_sorting(&items, room), "{levels} levels, {share} of all");
            }
        }
    }
}
