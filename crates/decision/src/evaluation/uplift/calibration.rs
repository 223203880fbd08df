//! Calibration of a predicted uplift: its mean, and the slope of the observed uplift over it.

use super::{
    blocks::Block,
    estimate::Estimate,
    squared::Squared,
    sums::{Influence, Sums},
};

/// The mean score, and the slope of the uplift over the score.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Calibration {
    /// The mean score; `None` if scores are infinite.
    pub predicted: Option<f64>,
    /// The slope, 1 where scores can be taken for the uplift; `None` if all scores are equal.
    pub slope: Option<Estimate>,
}

/// The mean scores of unexposed, exposed and all customers, and the covariances with the outcome.
struct Moments {
    means: [f64; 2],
    mean: f64,
    covariances: [f64; 2],
    variance: f64,
}

/// The calibration of the scores of blocks, whose sums are `totals`.
pub fn calibration(blocks: impl Iterator<Item = Block> + Clone, totals: &Sums) -> Calibration {
    let weighted = |block: Block| block.sums.weight * block.score;
    let mean = blocks.clone().map(weighted).sum::<f64>() / totals.weight;
    if !mean.is_finite() {
        return Calibration::default();
    }
    let moments = moments(blocks.clone(), totals, mean);
    let slope = (moments.variance > 0.0 && moments.variance.is_finite())
        .then(|| slope(blocks, totals, &moments));
    Calibration { predicted: Some(mean), slope }
}

fn moments(blocks: impl Iterator<Item = Block> + Clone, totals: &Sums, mean: f64) -> Moments {
    let mut moments = Moments { means: [0.0; 2], mean, covariances: [0.0; 2], variance: 0.0 };
    for Block { score, sums } in blocks {
        let apart = score - mean;
        moments.variance += sums.weight / totals.weight * apart * apart;
        for arm in 0..2 {
            let (of_block, all) = (&sums.arms[arm], &totals.arms[arm]);
            moments.means[arm] += of_block.v / all.v * apart;
            moments.covariances[arm] += apart * (of_block.vy - all.mean() * of_block.v) / all.v;
        }
    }
    moments.means = moments.means.map(|apart| mean + apart);
    moments
}

fn slope(blocks: impl Iterator<Item = Block>, totals: &Sums, moments: &Moments) -> Estimate {
    let Moments { means, mean, covariances, variance } = *moments;
    let slope = (covariances[1] - covariances[0]) / variance;
    let mut squared = Squared::default();
    for Block { score, sums } in blocks {
        let apart = score - mean;
        let mut influence = Influence {
            rest: -slope * (apart * apart / variance - 1.0) / totals.weight,
            ..Influence::default()
        };
        for (arm, sign) in [(0, -1.0), (1, 1.0)] {
            let of_arm = &totals.arms[arm];
            let scale = sign / of_arm.v / variance;
            influence.slopes[arm] = scale * (score - means[arm]);
            influence.levels[arm] =
                -scale * ((score - means[arm]) * of_arm.mean() + covariances[arm]);
        }
        squared += sums.squared(&influence);
    }
    Estimate { value: slope, error: squared.root() }
}
