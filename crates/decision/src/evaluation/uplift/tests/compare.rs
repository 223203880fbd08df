//! Comparisons of two scores: against the influences of the learning system's own gain curve, and beyond
//! the pairs that are told apart.

use two_stage::evaluation::gain::{Contact, qini};

use super::*;

/// A customer with two scores, without propensity.
#[derive(Debug, Clone, Copy)]
struct Sent {
    scores: [f64; 2],
    exposed: bool,
    outcome: f64,
    weight: f64,
}

fn table(rows: u32, seed: u64, steps: Option<f64>) -> Vec<Sent> {
    let mut chance = Random(seed << 32);
    let of = |_| {
        let scores = [chance.uniform(), chance.uniform()];
        let exposed = chance.happens(0.6);
        let outcome = chance.happens(0.1 + if exposed { 0.2 * scores[0] } else { 0.0 });
        let weight = 0.5 + chance.uniform();
        let round = |score: f64| steps.map_or(score, |steps| (score * steps).round());
        let scores = [scores[0], f64::midpoint(scores[0], scores[1])].map(round);
        Sent { scores, exposed, outcome: f64::from(u8::from(outcome)), weight }
    };
    (0..rows).map(of).collect()
}

fn compared(table: &[Sent]) -> ComparedRows {
    let mut rows = ComparedRows::default();
    for sent in table {
        let customer = Customer {
            score: Some(sent.scores[0]),
            exposed: Some(sent.exposed),
            outcome: Some(sent.outcome),
            propensity: None,
            weight: Some(sent.weight),
        };
        rows.add(&customer, Some(sent.scores[1])).unwrap();
    }
    rows
}

/// Qini of a score, and the influence of each row in the order of the table.
fn influences(table: &[Sent], of: usize) -> (f64, Vec<f64>) {
    let share = table.iter().filter(|sent| sent.exposed).map(|sent| sent.weight).sum::<f64>()
        / table.iter().map(|sent| sent.weight).sum::<f64>();
    let mut order: Vec<usize> = (0..table.len()).collect();
    order.sort_by(|&a, &b| table[b].scores[of].total_cmp(&table[a].scores[of]));
    let contact = |&place: &usize| Contact {
        score: table[place].scores[of],
        exposed: table[place].exposed,
        outcome: table[place].outcome,
        weight: table[place].weight,
        propensity: share,
    };
    let sorted: Vec<Contact> = order.iter().map(contact).collect();
    let (value, in_order) = qini(&sorted).unwrap();
    let mut by_row = vec![0.0; table.len()];
    order.iter().zip(in_order).for_each(|(&place, influence)| by_row[place] = influence);
    (value, by_row)
}

/// The difference of Qini, and its standard error, row by row.
fn by_row(table: &[Sent]) -> Estimate {
    let [(a, of_a), (b, of_b)] = [0, 1].map(|score| influences(table, score));
    let squared: f64 = of_a.iter().zip(of_b).map(|(a, b)| (a - b).powi(2)).sum();
    Estimate { value: a - b, error: squared.sqrt() }
}

#[test]
fn a_difference_is_that_of_both_curves_with_its_paired_error() {
    for seed in 0..20 {
        let table = table(500, seed, if seed % 2 == 0 { None } else { Some(9.0) });
        let found = compare(&mut compared(&table)).unwrap();
        let differences = found.differences.unwrap();
        let expected = by_row(&table);
        assert!(is(differences.qini_difference, expected.value, expected.error));
        assert_eq!(found.rows, 500);
        let tops = [0, 1].map(|score| {
            let mut swapped = table.clone();
            swapped.iter_mut().for_each(|sent| sent.scores.swap(0, score));
            let of = |sent: &Sent| Customer {
                score: Some(sent.scores[0]),
                exposed: Some(sent.exposed),
                outcome: Some(sent.outcome),
                propensity: None,
                weight: Some(sent.weight),
            };
            evaluate(&mut rows(swapped.iter().map(of))).unwrap().effects.unwrap().tops[2].unwrap()
        });
        let top = differences.top_difference.unwrap();
        assert!(close(top.value, tops[0].value - tops[1].value));
        assert!(top.error > 0.0 && top.error < tops[0].error + tops[1].error);
    }
}

#[test]
fn a_score_compared_with_itself_differs_by_nothing() {
    let mut table = table(300, 1, None);
    table.iter_mut().for_each(|sent| sent.scores[1] = sent.scores[0]);
    let differences = compare(&mut compared(&table)).unwrap().differences.unwrap();
    let nothing = Estimate { value: 0.0, error: 0.0 };
    assert_eq!(differences.qini_difference, nothing);
    assert_eq!(differences.top_difference, Some(nothing));
}

#[test]
fn errors_stay_where_pairs_are_not_told_apart() {
    let table = table(120_000, 7, None);
    let mut whole = compared(&table);
    let bytes = whole.bytes();
    assert!(bytes < 40 << 20, "{bytes}");
    let found = compare(&mut whole).unwrap().differences.unwrap().qini_difference;
    let expected = by_row(&table);
    assert!((found.value - expected.value).abs() < 1e-3 * expected.error);
    assert!(
        (found.error / expected.error - 1.0).abs() < 1e-3,
        "{} {}",
        found.error,
        expected.error
    );
    // Parts and another order give the same cells.
    let mut merged = compared(&table[90_000..]);
    merged.merge(compared(&table[..20_000])).unwrap();
    merged.merge(compared(&table[20_000..90_000])).unwrap();
    let of_parts = compare(&mut merged).unwrap().differences.unwrap().qini_difference;
    assert!(close(of_parts.value, found.value) && close(of_parts.error, found.error));
}
