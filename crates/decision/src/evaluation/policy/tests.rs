//! The value of a policy: by a computation row by row, by known truths, and its bounds.

use proptest::prelude::*;

use super::*;

const NAMES: [Option<&str>; 4] = [None, Some("a"), Some("b"), Some("c")];

/// The contacted share, the value with its error, the value of the baseline, the gain with its error.
const PLAIN: [f64; 6] = [
    0.6333333333333333,
    1.9391666666666665,
    0.1623322793048905,
    1.9833333333333332,
    -0.04416666666666658,
    0.2809237202054573,
];
const WEIGHTED: [f64; 6] = [
    0.6333333333333333,
    2.0104097324421004,
    0.18070409695402626,
    2.000008295779992,
    0.010401436662108215,
    0.29503492300392536,
];

/// A row by the places of its campaigns among the names.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    recommended: usize,
    sent: usize,
    outcome: f64,
    probability: Option<f64>,
    weight: f64,
}

impl Drawn {
    fn row(&self, baseline: usize) -> PolicyRow<'static> {
        PolicyRow {
            recommended: NAMES[self.recommended],
            sent: NAMES[self.sent],
            outcome: Some(self.outcome),
            probability: self.probability,
            weight: Some(self.weight),
            baseline: NAMES[baseline],
        }
    }
}

fn gathered(rows: &[Drawn], baseline: usize) -> Policy {
    let mut policy = Policy::default();
    rows.iter().for_each(|row| policy.add(&row.row(baseline)).unwrap());
    policy
}

fn metrics(rows: &[Drawn], baseline: usize) -> PolicyMetrics {
    gathered(rows, baseline).metrics().unwrap()
}

/// A table that any program can make: row i of 90.
fn table(weighted: bool) -> Vec<Drawn> {
    let of = |i: usize| Drawn {
        recommended: i * 7 % 11 % 3,
        sent: i * 5 % 13 % 3,
        outcome: (i * 11 % 17) as f64 / 4.0,
        probability: weighted.then_some(0.2 + 0.1 * (i % 5) as f64),
        weight: if weighted { (1 + i % 3) as f64 } else { 1.0 },
    };
    (0..90).map(of).collect()
}

fn near(got: Option<f64>, expected: f64) {
    assert!(got.is_some_and(|got| (got - expected).abs() < 1e-12), "{got:?} {expected}");
}

#[test]
fn figures_are_those_of_the_reference() {
    // The unweighted ones by the design's policy.py, the others by the influence of each row in NumPy.
    for (weighted, expected) in [(false, PLAIN), (true, WEIGHTED)] {
        let of = metrics(&table(weighted), 1);
        let figures =
            [of.contacted_share, of.value, of.value_se, of.baseline_value, of.gain, of.gain_se];
        for (figure, expected) in figures.into_iter().zip(expected) {
            near(figure, expected);
        }
        let followed = table(weighted).iter().filter(|row| row.recommended == row.sent).count();
        assert_eq!((of.rows, of.rows_ignored, of.rows_followed), (90, 0, followed as u64));
    }
}

/// The mean effect of recommendations, and its standard error, by the influence of each row.
fn naive(rows: &[Drawn], effect: impl Fn(usize) -> Vec<(f64, usize)>) -> (f64, f64) {
    let inverse = |row: &Drawn| row.weight / row.probability.unwrap_or(1.0);
    let mean = |recommended: usize, sent: usize| {
        let cell = || rows.iter().filter(move |r| (r.recommended, r.sent) == (recommended, sent));
        let total: f64 = cell().map(inverse).sum();
        (cell().map(|row| inverse(row) * row.outcome).sum::<f64>() / total, total)
    };
    let of_group = |recommended: usize| -> f64 {
        effect(recommended).iter().map(|&(sign, sent)| sign * mean(recommended, sent).0).sum()
    };
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    let effects: Vec<f64> = (0..4).map(of_group).collect();
    let all: f64 =
        rows.iter().map(|row| row.weight * effects[row.recommended]).sum::<f64>() / total;
    let influence = |row: &Drawn| {
        let members = rows.iter().filter(|other| other.recommended == row.recommended);
        let share = members.map(|other| other.weight).sum::<f64>() / total;
        let mut influence = row.weight / total * (effects[row.recommended] - all);
        for (sign, sent) in effect(row.recommended) {
            if row.sent == sent {
                let (mean, of_cell) = mean(row.recommended, sent);
                influence += sign * share * inverse(row) * (row.outcome - mean) / of_cell;
            }
        }
        influence
    };
    (all, rows.iter().map(|row| influence(row).powi(2)).sum::<f64>().sqrt())
}

fn any_row() -> impl Strategy<Value = Drawn> {
    let outcome = prop_oneof![Just(0.0), Just(1.0), -100.0..100.0];
    (0_usize..4, 0_usize..4, outcome, 0.05..0.95, 0.1..5.0).prop_map(
        |(recommended, sent, outcome, probability, weight)| Drawn {
            recommended,
            sent,
            outcome,
            probability: Some(probability),
            weight,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn figures_are_those_of_each_row_for_every_merge(
        mut rows in prop::collection::vec(any_row(), 0..60), has_chance: bool,
        split in 0_usize..90, baseline in 0_usize..4
    ) {
        // Each cell has two rows, so that all figures are known.
        let twice = (0..4).flat_map(|k| (0..4).map(move |sent| (k, sent))).chain((0..4).flat_map(|k| (0..4).map(move |sent| (k, sent))));
        rows.extend(twice.enumerate().map(|(i, (recommended, sent))| Drawn {
            recommended, sent, outcome: (i % 7) as f64, probability: Some(0.3 + 0.01 * i as f64), weight: 1.0,
        }));
        if !has_chance {
            rows.iter_mut().for_each(|row| row.probability = None);
        }
        let of = metrics(&rows, baseline);
        let figures = |value: Option<f64>, se: Option<f64>| (value.unwrap(), se.unwrap());
        let close = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9;
        let own = naive(&rows, |k| vec![(1.0, k)]);
        prop_assert!(close(figures(of.value, of.value_se), own));
        let gain = naive(&rows, |k| if k == baseline { vec![] } else { vec![(1.0, k), (-1.0, baseline)] });
        prop_assert!(close(figures(of.gain, of.gain_se), gain));
        prop_assert!((of.baseline_value.unwrap() - naive(&rows, |_| vec![(1.0, baseline)]).0).abs() < 1e-9);
        let split = split.min(rows.len());
        let mut merged = gathered(&rows[split..], baseline);
        merged.merge(gathered(&rows[..split], baseline)).unwrap();
        prop_assert!(merged.is_sound());
        prop_assert_eq!(merged.metrics().unwrap(), of);
    }
}

#[test]
fn a_recommendation_that_nobody_was_sent_leaves_figures_unknown() {
    let row = |recommended, sent, outcome| Drawn {
        recommended,
        sent,
        outcome,
        probability: None,
        weight: 1.0,
    };
    let rows = [row(0, 0, 1.0), row(0, 0, 2.0), row(1, 0, 3.0), row(1, 0, 5.0)];
    let of = metrics(&rows, 0);
    assert_eq!((of.rows, of.rows_followed, of.contacted_share), (4, 2, Some(0.5)));
    assert_eq!((of.value, of.value_se, of.baseline_value, of.gain), (None, None, Some(2.75), None));
    // One row shows a mean, but no variance.
    let of = metrics(&[&rows[..], &[row(1, 1, 7.0)]].concat(), 0);
    assert_eq!(
        (of.value.is_some(), of.value_se, of.gain.is_some(), of.gain_se),
        (true, None, true, None)
    );
    // A baseline that no row has is not known either.
    let of = metrics(&rows[..2], 3);
    assert_eq!((of.value, of.baseline_value, of.gain), (Some(1.5), None, None));
    assert_eq!(Policy::default().metrics().unwrap(), PolicyMetrics::default());
}

#[test]
fn rows_without_an_outcome_or_weight_are_ignored() {
    let row =
        Drawn { recommended: 1, sent: 1, outcome: 1.0, probability: None, weight: 1.0 }.row(0);
    let mut policy = Policy::default();
    policy.add(&PolicyRow { outcome: None, probability: Some(0.5), ..row }).unwrap();
    policy.add(&PolicyRow { weight: Some(0.0), ..row }).unwrap();
    policy.add(&PolicyRow { weight: None, ..row }).unwrap();
    policy.add(&row).unwrap();
    let of = policy.metrics().unwrap();
    assert_eq!((of.rows, of.rows_ignored, of.value, of.value_se), (2, 2, Some(1.0), Some(0.0)));
}

fn message(result: Result<()>) -> String {
    result.unwrap_err().message.clone()
}

#[test]
fn wrong_rows_are_refused() {
    let row =
        Drawn { recommended: 1, sent: 1, outcome: 1.0, probability: None, weight: 1.0 }.row(0);
    let refused = |wrong: PolicyRow| {
        let mut policy = Policy::default();
        policy.add(&row).unwrap();
        message(policy.add(&wrong))
    };
    assert_eq!(
        refused(PolicyRow { outcome: Some(f64::NAN), ..row }),
        "a row has outcome NaN, which is not finite"
    );
    assert_eq!(
        refused(PolicyRow { probability: Some(1.0), ..row }),
        "a row has probability 1, which is not between 0 and 1"
    );
    assert_eq!(
        refused(PolicyRow { probability: Some(0.5), ..row }),
        "probability is NULL in some rows, but not in all"
    );
    assert_eq!(
        refused(PolicyRow { baseline: Some("a"), ..row }),
        "baseline is \"a\" in a row, but NULL in earlier ones"
    );
    assert!(
        refused(PolicyRow { weight: Some(f64::INFINITY), ..row })
            .starts_with("a row has weight inf")
    );
    let huge = Drawn { recommended: 1, sent: 1, outcome: 1e200, probability: None, weight: 1.0 };
    assert_eq!(gathered(&[huge], 1).metrics().unwrap_err().kind, ErrorKind::ValueOutOfRange);
}

#[test]
fn a_policy_has_at_most_64_campaigns_also_when_merged() {
    let names: Vec<String> = (0..65).map(|k| format!("{k}{}", "ü".repeat(70))).collect();
    let row =
        Drawn { recommended: 0, sent: 0, outcome: 1.0, probability: None, weight: 1.0 }.row(0);
    let of = |names: &[String]| {
        let mut policy = Policy::default();
        for name in names {
            policy.add(&PolicyRow { recommended: Some(name), ..row })?;
        }
        Ok(policy)
    };
    let mut most = of(&names[..64]).unwrap();
    assert!(most.is_sound() && most.bytes() > 64 * 70);
    let error: Error = of(&names).map(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::LimitExceeded);
    assert!(
        error.message.starts_with("campaign \"64ü")
            && error.message.contains("…\" is one more than the 64")
    );
    assert!(message(most.merge(of(&names[64..]).unwrap())).contains("one more than the 64"));
    most.merge(of(&names[..3]).unwrap()).unwrap();
}

#[test]
fn states_that_do_not_fit_together_are_not_sound() {
    let mut policy = gathered(&table(true), 1);
    assert!(policy.is_sound());
    policy.codes.insert("x".to_owned(), 7);
    assert!(!policy.is_sound());
    policy.codes.clear();
    assert!(!policy.is_sound());
}

mod coverage;
