//! Intervals of 1.96 standard errors hold the truth in 92.5 to 97.5 % of 1,000 tables of 4,000 rows.

use super::*;

const TABLES: u64 = 1000;
const ROWS: u32 = 4000;

/// The figures that have a standard error, at their true values.
const NAMES: [&str; 9] = [
    "uplift",
    "AUUC",
    "Qini",
    "top 10",
    "top 20",
    "top 30",
    "top 50",
    "slope",
    "third of five bins",
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Setting {
    ConstantShare,
    RoundedScores,
    ExponentialWeights,
    Confounded,
    ConfoundedLogNormal,
}

/// The true uplift of a customer is `scale` times the rank r, which is uniform.
fn scale(setting: Setting) -> f64 {
    if setting == Setting::ConfoundedLogNormal { 1.0 } else { 0.1 }
}

fn customer(setting: Setting, chance: &mut Random) -> Customer {
    let (rank, other) = (chance.uniform(), chance.uniform());
    let confounded = matches!(setting, Setting::Confounded | Setting::ConfoundedLogNormal);
    let propensity = if confounded { 0.2 + 0.3 * other + 0.3 * rank } else { 0.67 };
    let exposed = chance.happens(propensity);
    let effect = if exposed { scale(setting) * rank } else { 0.0 };
    let outcome = if setting == Setting::ConfoundedLogNormal {
        let mut spread = |mean: f64| (mean + 0.5 * chance.normal() - 0.125).exp();
        spread(0.5 * other) + effect * spread(0.0)
    } else {
        f64::from(u8::from(chance.happens(0.05 + 0.1 * other + effect)))
    };
    let rounded =
        if setting == Setting::RoundedScores { (10.0 * rank).round() / 10.0 } else { rank };
    Customer {
        score: Some(scale(setting) * rounded),
        exposed: Some(exposed),
        outcome: Some(outcome),
        propensity: confounded.then_some(propensity),
        weight: (setting == Setting::ExponentialWeights).then(|| chance.exponential()),
    }
}

/// The true figures, in the order of their names.
fn truth(setting: Setting) -> [f64; 9] {
    let gain = |share: f64| share - share * share / 2.0;
    let of_tops = [0.1, 0.2, 0.3, 0.5];
    let (area, tops, slope) = if setting == Setting::RoundedScores {
        // The blocks are 1.0 of the shares up to 0.05, 0.9 up to 0.15, and so on.
        let ends: Vec<f64> =
            (0..=11).map(|n| (0.1 * f64::from(n) - 0.05).clamp(0.0, 1.0)).collect();
        let line = |share: f64| {
            let place = ends.iter().position(|&end| end >= share).unwrap();
            let (a, b) = (ends[place - 1], ends[place]);
            gain(a) + (share - a) / (b - a) * (gain(b) - gain(a))
        };
        let area = ends.windows(2).map(|e| (e[1] - e[0]) * (gain(e[0]) + gain(e[1])) / 2.0).sum();
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (n, e) in ends.windows(2).enumerate() {
            let apart = 0.5 - 0.1 * n as f64;
            covariance += (gain(e[1]) - gain(e[0])) * apart;
            variance += (e[1] - e[0]) * apart * apart;
        }
        (area, of_tops.map(|share| line(share) / share), covariance / variance)
    } else {
        (1.0 / 3.0, of_tops.map(|share| gain(share) / share), 1.0)
    };
    let scale = scale(setting);
    let [a, b, c, d] = tops.map(|top| scale * top);
    [scale / 2.0, scale * area, scale * (area - 0.25), a, b, c, d, slope, scale / 2.0]
}

fn estimates(rows: &mut UpliftRows) -> [Estimate; 9] {
    let bin = uplift_bins(rows, 5)[2].observed.unwrap();
    let effects = evaluate(rows).unwrap().effects.unwrap();
    let [a, b, c, d] = effects.tops.map(Option::unwrap);
    let slope = effects.calibration.slope.unwrap();
    [effects.uplift, effects.auuc, effects.qini, a, b, c, d, slope, bin]
}

fn check(setting: Setting) {
    let truth = truth(setting);
    let mut held = [0_u64; 9];
    for table in 0..TABLES {
        let mut chance = Random((setting as u64 + 1) << 32 | table << 16);
        let mut rows = rows((0..ROWS).map(|_| customer(setting, &mut chance)));
        for (place, of) in estimates(&mut rows).into_iter().enumerate() {
            held[place] += u64::from((of.value - truth[place]).abs() < 1.96 * of.error);
        }
    }
    let shares = held.map(|held| held as f64 / TABLES as f64);
    println!("{setting:?}: {shares:?}");
    for (place, share) in shares.into_iter().enumerate() {
        // The blocks of rounded scores do not end where bins do.
        let is_known = setting != Setting::RoundedScores || place < 8;
        assert!(
            !is_known || (0.925..=0.975).contains(&share),
            "{setting:?} {}: {share}",
            NAMES[place]
        );
    }
}

#[test]
fn intervals_hold_the_truth_with_a_constant_share() {
    check(Setting::ConstantShare);
}

#[test]
fn intervals_hold_the_truth_with_rounded_scores() {
    check(Setting::RoundedScores);
}

#[test]
fn intervals_hold_the_truth_with_weights() {
    check(Setting::ExponentialWeights);
}

#[test]
fn intervals_hold_the_truth_with_propensities() {
    check(Setting::Confounded);
}

#[test]
fn intervals_hold_the_truth_of_a_log_normal_outcome() {
    check(Setting::ConfoundedLogNormal);
}
