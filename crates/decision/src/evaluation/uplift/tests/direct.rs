//! Figures by direct computation, customer by customer: the definitions of the reference and of
//! scikit-uplift, on random tables.

use super::*;

/// A customer of a table: score, exposure, outcome, weight and propensity.
#[derive(Debug, Clone, Copy)]
struct Sent {
    score: f64,
    exposed: bool,
    outcome: f64,
    weight: f64,
    /// The weight by the inverse of the chance of what happened.
    inverse: f64,
}

/// The mean outcome of one arm among some customers, each with a factor.
fn mean<'s>(of: impl Iterator<Item = (&'s Sent, f64)>, exposed: bool) -> (f64, f64) {
    let (mut weight, mut outcome) = (0.0, 0.0);
    for (sent, factor) in of.filter(|(sent, _)| sent.exposed == exposed) {
        weight += factor * sent.inverse;
        outcome += factor * sent.inverse * sent.outcome;
    }
    (if weight > 0.0 { outcome / weight } else { 0.0 }, weight)
}

/// The customers of one score on the curve.
struct Level {
    score: f64,
    start: f64,
    end: f64,
    means: [f64; 2],
    gain: f64,
}

fn levels(table: &[Sent]) -> Vec<Level> {
    let mut scores: Vec<f64> = table.iter().map(|sent| sent.score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.dedup();
    let total: f64 = table.iter().map(|sent| sent.weight).sum();
    let mut start = 0.0;
    let of_score = |score: f64| {
        let reached =
            || table.iter().filter(move |sent| sent.score >= score).map(|sent| (sent, 1.0));
        let end = reached().map(|(sent, _)| sent.weight).sum::<f64>() / total;
        let means = [false, true].map(|exposed| mean(reached(), exposed).0);
        let level = Level { score, start, end, means, gain: end * (means[1] - means[0]) };
        start = end;
        level
    };
    scores.into_iter().map(of_score).collect()
}

/// Uplift, AUUC and Qini with their errors.
fn figures(table: &[Sent]) -> [Estimate; 3] {
    let levels = levels(table);
    let total: f64 = table.iter().map(|sent| sent.weight).sum();
    let arms = [false, true].map(|exposed| mean(table.iter().map(|sent| (sent, 1.0)), exposed));
    let before = |place: usize| if place == 0 { 0.0 } else { levels[place - 1].gain };
    let width = |level: &Level| level.end - level.start;
    let area: f64 =
        levels.iter().enumerate().map(|(n, of)| width(of) * (before(n) + of.gain) / 2.0).sum();
    let uplift = arms[1].0 - arms[0].0;
    let mut squares = [0.0; 3];
    for sent in table {
        let place = levels.iter().position(|level| level.score == sent.score).unwrap();
        let tail = |arm: usize| {
            let behind: f64 = levels[place + 1..].iter().map(|of| width(of) * of.means[arm]).sum();
            behind + width(&levels[place]) * levels[place].means[arm] / 2.0
        };
        let left = 1.0 - (levels[place].start + levels[place].end) / 2.0;
        let (arm, sign) = if sent.exposed { (1, 1.0) } else { (0, -1.0) };
        let inverse = sign * sent.inverse / arms[arm].1;
        let on_uplift = inverse * (sent.outcome - arms[arm].0);
        let curve = tail(1) - tail(0) + (before(place) + levels[place].gain) / 2.0;
        let on_area = inverse * (left * sent.outcome - tail(arm))
            + sent.weight / total * (curve - 2.0 * area);
        let influences = [on_uplift, on_area, on_area - on_uplift / 2.0];
        squares.iter_mut().zip(influences).for_each(|(sum, of)| *sum += of * of);
    }
    let values = [uplift, area, area - uplift / 2.0];
    std::array::from_fn(|n| Estimate { value: values[n], error: squares[n].sqrt() })
}

/// The uplift of the best share; `None` where an arm is missing.
fn top(table: &[Sent], share: f64) -> Option<Estimate> {
    let levels = levels(table);
    let factor = |sent: &Sent| {
        let level = levels.iter().find(|level| level.score == sent.score).unwrap();
        ((share - level.start) / (level.end - level.start)).clamp(0.0, 1.0)
    };
    let part: Vec<(&Sent, f64)> = table.iter().map(|sent| (sent, factor(sent))).collect();
    let arms = [false, true].map(|exposed| mean(part.iter().copied(), exposed));
    if arms.iter().any(|arm| arm.1 <= 0.0) {
        return None;
    }
    let influence = |(sent, factor): &(&Sent, f64)| {
        let (mean, weight) = arms[usize::from(sent.exposed)];
        factor * sent.inverse / weight * (sent.outcome - mean)
    };
    let squared: f64 = part.iter().map(|of| influence(of).powi(2)).sum();
    Some(Estimate { value: arms[1].0 - arms[0].0, error: squared.sqrt() })
}

/// cov(Z, score) / var(score), with Z = w(v1(y - m1) - v0(y - m0)) + uplift, v scaled to mean 1.
fn slope(table: &[Sent]) -> f64 {
    let total: f64 = table.iter().map(|sent| sent.weight).sum();
    let arms = [false, true].map(|exposed| mean(table.iter().map(|sent| (sent, 1.0)), exposed));
    let mean = table.iter().map(|sent| sent.weight * sent.score).sum::<f64>() / total;
    let (mut covariance, mut variance) = (0.0, 0.0);
    for sent in table {
        let (outcome, weight) = arms[usize::from(sent.exposed)];
        let z = sent.inverse / weight * (sent.outcome - outcome);
        covariance += if sent.exposed { z } else { -z } * (sent.score - mean);
        variance += sent.weight / total * (sent.score - mean).powi(2);
    }
    covariance / variance
}

/// scikit-uplift's `uplift_auc_score` and `qini_auc_score`.
fn normalised(table: &[Sent]) -> [f64; 2] {
    let area = |rank: &dyn Fn(&Sent) -> f64, of_qini: bool| {
        let mut ranks: Vec<f64> = table.iter().map(rank).collect();
        ranks.sort_by(|a, b| b.total_cmp(a));
        ranks.dedup();
        let (mut last, mut area) = ((0.0, 0.0), 0.0);
        for of in ranks {
            let count = |exposed: bool, engaged: bool| {
                let counts = |sent: &&Sent| {
                    rank(sent) >= of && sent.exposed == exposed && (!engaged || sent.outcome > 0.0)
                };
                table.iter().filter(counts).count() as f64
            };
            let [treated, control] = [true, false].map(|exposed| count(exposed, false));
            let [y_treated, y_control] = [true, false].map(|exposed| count(exposed, true));
            let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
            let height = if of_qini {
                y_treated - y_control * ratio(treated, control)
            } else {
                (ratio(y_treated, treated) - ratio(y_control, control)) * (treated + control)
            };
            area += (treated + control - last.0) * (height + last.1) / 2.0;
            last = (treated + control, height);
        }
        (area, last.0 * last.1 / 2.0)
    };
    let of = |exposed: bool, engaged: f64| {
        table.iter().filter(|sent| sent.exposed == exposed && sent.outcome == engaged).count()
    };
    let by_outcome = of(false, 1.0) > of(true, 0.0);
    let number = |is: bool| f64::from(u8::from(is));
    let for_uplift = |sent: &Sent| {
        let engaged = sent.outcome > 0.0;
        2.0 * number(engaged == sent.exposed)
            + number(if by_outcome { engaged } else { sent.exposed })
    };
    let for_qini = |sent: &Sent| if sent.exposed { sent.outcome } else { -sent.outcome };
    let score = |of_qini: bool, best: &dyn Fn(&Sent) -> f64| {
        let (found, random) = area(&|sent: &Sent| sent.score, of_qini);
        (found - random) / (area(best, of_qini).0 - random)
    };
    [score(false, &for_uplift), score(true, &for_qini)]
}

/// A table by chance, and the rows that it is given as.
fn table(seed: u64) -> (Vec<Sent>, Vec<Customer>) {
    let mut chance = Random(seed << 20);
    let rows = 2 + (60.0 * chance.uniform()) as usize;
    let [ties, weighted, given, binary, one_class] =
        [0.5, 0.5, 0.5, 0.6, 0.1].map(|of| chance.happens(of));
    let exposed_share = if chance.happens(0.05) { 0.0 } else { 0.1 + 0.8 * chance.uniform() };
    let customer = |_| {
        let score = 4.0 * chance.normal();
        let exposed = chance.happens(exposed_share);
        let weight = weighted.then(|| 0.1 + chance.exponential());
        let propensity = given.then(|| 0.05 + 0.9 * chance.uniform());
        let engaged = f64::from(u8::from(chance.happens(0.4)));
        let outcome = match (one_class, binary) {
            (true, _) => 1.0,
            (false, true) => engaged,
            (false, false) => 2.0 * chance.normal(),
        };
        let of_exposure = propensity.map_or(1.0, |e| if exposed { e } else { 1.0 - e });
        let score = if ties { score.round() } else { score };
        let (w, inverse) = (weight.unwrap_or(1.0), weight.unwrap_or(1.0) / of_exposure);
        let given = Customer {
            score: Some(score),
            exposed: Some(exposed),
            outcome: Some(outcome),
            propensity,
            weight,
        };
        (Sent { score, exposed, outcome, weight: w, inverse }, given)
    };
    (0..rows).map(customer).unzip()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9 || (!a.is_finite() && !b.is_finite())
}

fn alike(a: Option<Estimate>, b: Option<Estimate>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => near(a.value, b.value) && (near(a.error, b.error) || is_hidden(a, b)),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Tells if rounding may hide an error, as where each arm has one customer.
fn is_hidden(found: Estimate, expected: Estimate) -> bool {
    found.error.is_nan() && expected.error < 1e-6 * expected.value.abs()
}

#[test]
fn figures_are_those_of_direct_computation() {
    let (mut compared, mut compared_normalised) = (0, 0);
    for seed in 0..1000 {
        let (table, customers) = table(seed);
        let metrics = evaluate(&mut rows(customers.into_iter())).unwrap();
        assert_eq!(metrics.rows, table.len() as u64);
        let exposed = table.iter().filter(|sent| sent.exposed).count();
        assert_eq!(metrics.rows_exposed, exposed as u64);
        let Some(effects) = metrics.effects else {
            assert!(exposed == 0 || exposed == table.len());
            continue;
        };
        compared += 1;
        let expected = figures(&table);
        for (of, expected) in [effects.uplift, effects.auuc, effects.qini].into_iter().zip(expected)
        {
            assert!(alike(Some(of), Some(expected)), "{seed}: {of:?} {expected:?}");
        }
        for (of, share) in effects.tops.into_iter().zip([0.1, 0.2, 0.3, 0.5]) {
            assert!(
                alike(of, top(&table, share)),
                "{seed} {share}: {of:?} {:?}",
                top(&table, share)
            );
        }
        if let Some(of) = effects.calibration.slope {
            assert!(near(of.value, slope(&table)), "{seed}");
        }
        let [auuc, qini] = normalised(&table);
        if let (Some(a), Some(q)) = (effects.normalised.auuc, effects.normalised.qini) {
            compared_normalised += 1;
            assert!(near(a, auuc) && near(q, qini), "{seed}: {a} {auuc} {q} {qini}");
        }
    }
    assert!(compared > 850 && compared_normalised > 80, "{compared} {compared_normalised}");
}

#[test]
fn what_scores_are_not_told_apart_for_stays_within_the_bound() {
    let mut chance = Random(1);
    let mut exact: Vec<(f64, Customer)> = (0..400_000)
        .map(|_| {
            let (rank, exposed) = (chance.uniform(), chance.happens(0.6));
            let outcome = chance.happens(0.1 + if exposed { 0.1 * rank } else { 0.0 });
            let outcome = if outcome { 3.0 * chance.normal() } else { 0.0 };
            let customer = Customer {
                score: Some(rank),
                exposed: Some(exposed),
                outcome: Some(outcome),
                propensity: None,
                weight: None,
            };
            (rank, customer)
        })
        .collect();
    let found = evaluate(&mut rows(exact.iter().map(|of| of.1))).unwrap().effects.unwrap();
    exact.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Mean outcomes from the best customer on: exact, since no two scores are equal.
    let (mut sums, mut area, mut last) = ([(0.0, 0.0); 2], 0.0, 0.0);
    let total = exact.len() as f64;
    for (place, (_, customer)) in exact.iter().enumerate() {
        let arm = &mut sums[usize::from(customer.exposed.unwrap())];
        *arm = (arm.0 + 1.0, arm.1 + customer.outcome.unwrap());
        let [unexposed, exposed] =
            sums.map(|(count, sum)| if count > 0.0 { sum / count } else { 0.0 });
        let gain = (place + 1) as f64 / total * (exposed - unexposed);
        area += (last + gain) / 2.0 / total;
        last = gain;
    }
    let off = (found.auuc.value - area).abs();
    assert!(off > 0.0 && off < found.error_bound, "{off} {}", found.error_bound);
    assert!(found.error_bound < 0.01 * found.auuc.error);
}
