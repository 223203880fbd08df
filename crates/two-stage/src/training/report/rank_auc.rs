//! The AUC of a score with weights, from ranks; ties have the mean of their ranks.

/// A scored row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scored {
    pub score: f64,
    pub positive: bool,
    pub weight: f64,
}

/// The probability that a positive row scores above a negative one; `None` without both.
pub(super) fn rank_auc(rows: &mut [Scored]) -> Option<f64> {
    rows.sort_unstable_by(|a, b| a.score.total_cmp(&b.score).then(a.positive.cmp(&b.positive)));
    let (mut positive, mut negative, mut ordered) = (0.0, 0.0, 0.0);
    for tied in rows.chunk_by(|a, b| a.score == b.score) {
        let (mut of_positive, mut of_negative) = (0.0, 0.0);
        for row in tied {
            *(if row.positive { &mut of_positive } else { &mut of_negative }) += row.weight;
        }
        ordered += of_positive * (negative + of_negative / 2.0);
        positive += of_positive;
        negative += of_negative;
    }
    (positive > 0.0 && negative > 0.0).then(|| ordered / positive / negative)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::auc;

    fn scored(score: f64, positive: bool, weight: f64) -> Scored {
        Scored { score, positive, weight }
    }

    #[test]
    fn ties_count_as_half_and_weights_as_copies() {
        let of = |rows: &[Scored]| rank_auc(&mut rows.to_vec());
        let (a, b) = (scored(0.4, true, 1.0), scored(0.4, false, 1.0));
        assert_eq!(of(&[a, b]), Some(0.5));
        assert_eq!(of(&[a, b, scored(0.9, true, 3.0)]), Some((0.5 + 3.0) / 4.0));
        assert_eq!(of(&[a, a]), None);
    }

    #[test]
    fn without_ties_and_weights_it_is_the_common_auc() {
        let scores: Vec<f64> = (0..97).map(|i| f64::from(i * 37 % 97)).collect();
        let actual: Vec<bool> = (0..97).map(|i| i * 13 % 7 < 3).collect();
        let pairs = scores.iter().zip(&actual);
        let mut rows: Vec<Scored> = pairs.map(|(&s, &positive)| scored(s, positive, 1.0)).collect();
        let common = auc(&actual, &scores).unwrap();
        assert!((rank_auc(&mut rows).unwrap() - common).abs() < 1e-12);
    }
}
