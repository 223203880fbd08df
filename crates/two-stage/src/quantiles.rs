//! Weighted quantiles of a sorted list.

/// The smallest value of each share of the total weight: the values up to it have at least that share.
/// `sorted` has values in ascending order, with their weights; the shares ascend.
pub(crate) fn quantiles<T: Copy>(sorted: &[(T, f64)], shares: impl Iterator<Item = f64>) -> Vec<T> {
    let total: f64 = sorted.iter().map(|(_, weight)| weight).sum();
    let Some((&(last, _), _)) = sorted.split_last() else {
        return Vec::new();
    };
    let mut rest = sorted.iter();
    let mut reached = 0.0;
    let mut value = None;
    shares
        .map(|share| {
            while value.is_none() || reached < share * total {
                let Some(&(next, weight)) = rest.next() else { return last };
                reached += weight;
                value = Some(next);
            }
            value.unwrap_or(last)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_least_values_that_reach_a_share() {
        let sorted = [(1.0, 1.0), (2.0, 2.0), (5.0, 0.5), (9.0, 0.5)];
        let of = |shares: &[f64]| quantiles(&sorted, shares.iter().copied());
        assert_eq!(of(&[0.0, 0.25, 0.26, 0.75, 0.8, 1.0]), [1.0, 1.0, 2.0, 2.0, 5.0, 9.0]);
        assert_eq!(of(&[0.5]), [2.0]);
        assert!(quantiles::<f64>(&[], [0.5].into_iter()).is_empty());
    }
}
