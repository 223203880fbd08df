//! Metrics of scores: AUC (smartcore's), the macro-F1 of segments, and the gain of campaigns.

pub mod gain;

use smartcore::metrics::roc_auc_score;

use crate::segment::Segment;

/// The area under the ROC curve; `None` unless both classes are there.
pub fn auc(actual: &[bool], scores: &[f64]) -> Option<f64> {
    let both = actual.contains(&true) && actual.contains(&false);
    both.then(|| roc_auc_score(&indicators(actual), &scores.to_vec()))
}

/// The mean F1 of the segments that occur among the actual or the predicted ones; `None` where none
/// does. A segment that is never right has an F1 of 0.
pub fn macro_f1(actual: &[Segment], predicted: &[Segment]) -> Option<f64> {
    let mut counts = [[0_u64; 3]; 3];
    for (&actual, &predicted) in actual.iter().zip(predicted) {
        counts[actual as usize][predicted as usize] += 1;
    }
    let f1 = |k: usize| {
        let occurs: u64 = (0..3).map(|other| counts[k][other] + counts[other][k]).sum();
        (occurs > 0).then(|| 2.0 * counts[k][k] as f64 / occurs as f64)
    };
    let scores: Vec<f64> = (0..3).filter_map(f1).collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

fn indicators(of: &[bool]) -> Vec<f64> {
    of.iter().map(|&b| f64::from(u8::from(b))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auc_counts_ordered_pairs() {
        let actual = [true, false, true, false];
        assert_eq!(auc(&actual, &[0.9, 0.1, 0.8, 0.2]), Some(1.0));
        assert_eq!(auc(&actual, &[0.9, 0.1, 0.3, 0.5]), Some(0.75));
        assert_eq!(auc(&[true, true], &[0.1, 0.2]), None);
    }

    #[test]
    fn macro_f1_is_as_computed_by_hand() {
        use Segment::{CampaignDriven as C, LowEngagement as L, Organic as O};
        assert_eq!(macro_f1(&[L, O, C], &[L, O, C]), Some(1.0));
        // The F1 of L is 2/4, that of O 4/5, that of C 0.
        let three = macro_f1(&[L, L, O, O, C], &[L, O, O, O, L]).unwrap();
        assert!((three - (0.5 + 0.8) / 3.0).abs() < 1e-12, "{three}");
    }

    #[test]
    fn macro_f1_leaves_out_a_segment_that_never_occurs() {
        use Segment::{CampaignDriven as C, LowEngagement as L, Organic as O};
        assert_eq!(macro_f1(&[L, L, O, O], &[L, L, O, O]), Some(1.0));
        assert_eq!(macro_f1(&[L, L, O, O], &[O, O, L, L]), Some(0.0));
        // A segment counts that is predicted, or actual, alone.
        assert_eq!(macro_f1(&[L, O], &[L, C]), Some(1.0 / 3.0));
        assert_eq!(macro_f1(&[L, O, C], &[L, O, O]), Some((1.0 + 2.0 / 3.0) / 3.0));
        assert_eq!(macro_f1(&[], &[]), None);
    }
}
