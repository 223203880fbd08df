//! Option `customer`: rows of one customer are held out together, and count once in standard errors.

use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{
    column::Kind,
    model::UpliftRole,
    probability::sigmoid,
    sample::Customer as Named,
    testing::column,
    training::{
        engine::{Stream, evenly, stream},
        folds::{Member, deal},
        label_frequency::labelled_share,
        report::{
            guards::contradicted_propensity,
            random_exposure::{differences, telling_columns},
        },
        slope::{self, HeldOut},
        unseen::Unseen,
        uplift::{put_off, signed_slope},
    },
    word::RowIndex,
};

const ROWS: u64 = 20;

fn named(customer: u64) -> Option<Named> {
    Some(Named::named(&customer.to_le_bytes()))
}

/// Campaigns without effect, sent at random to customers with 20 rows each: most engage nearly always
/// or nearly never.
fn null_campaign(seed: u64, by_customer: bool) -> Training {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let columns = ["spend", "noise"].map(|name| column(name, Kind::Number));
    let mut sample = testing::sample(&columns).with_customers(by_customer);
    for customer in 0..150 {
        let (spend, exposed) = (rng.random::<f64>(), rng.random::<f64>() < 0.5);
        let chance = if rng.random::<f64>() < 0.3 + 0.2 * spend { 0.95 } else { 0.05 };
        for _ in 0..ROWS {
            let engaged = rng.random::<f64>() < chance;
            let segment = if engaged { Segment::Organic } else { Segment::LowEngagement };
            let target = Target {
                exposed: Some(exposed),
                customer: named(customer),
                ..testing::target(segment)
            };
            let noise = rng.random::<f64>();
            sample.push([spend, noise].map(Value::Number).into_iter(), target).unwrap();
        }
    }
    Training::of_sample(sample, r#"{"epochs": 10, "ensemble": 1, "hidden_layers": []}"#)
}

#[test]
fn null_campaigns_with_many_rows_a_customer_do_not_pass_as_real() {
    let real = |by_customer: bool| {
        let passes = |seed: &u64| {
            let mut training = null_campaign(*seed, by_customer);
            CampaignShare::estimate(&training.rows()).unwrap().is_significant()
        };
        (0..120).filter(passes).count()
    };
    let (without, with) = (real(false), real(true));
    assert!(without >= 30 && with <= 10, "{without} without the option, {with} with it");
}

#[test]
fn a_null_campaign_by_customer_says_that_there_is_no_effect() {
    let passing = (0..12)
        .find(|&seed| {
            let mut training = null_campaign(seed, false);
            CampaignShare::estimate(&training.rows()).unwrap().is_significant()
        })
        .unwrap();
    let shows_no_effect = |by_customer: bool| {
        let model = testing::model(null_campaign(passing, by_customer).run().unwrap());
        (model.report().shows_no_effect(), model.report().customers)
    };
    assert_eq!(shows_no_effect(false), (false, None));
    assert_eq!(shows_no_effect(true), (true, Some(150)));
}

/// Simulated customers, each with so many equal rows.
fn repeated(times: u64, by_customer: bool, customer: impl Fn(u64) -> Option<Named>) -> Training {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 3 }.customers(0, 1500);
    let mut sample = testing::sample(&columns()).with_customers(by_customer);
    for (place, simulated) in (0..).zip(&customers) {
        for _ in 0..times {
            let target = Target { customer: customer(place), ..target(simulated) };
            sample.push(values(simulated), target).unwrap();
        }
    }
    Training::of_sample(sample, r#"{"epochs": 10, "ensemble": 3}"#)
}

/// Runs a part of a training.
fn in_run<T>(rows: &TrainingRows, part: impl FnOnce(&mut Run) -> T) -> T {
    with_pool(&mut { QUIET }, |observer, pool| {
        let (warnings, history) = (Vec::new(), Vec::new());
        part(&mut Run { observer, pool, poll: rows.poll(), warnings, history })
    })
}

/// The signed slope and the uplift of the lowest fifth, in standard errors.
fn uplift_ratios(mut training: Training) -> [f64; 2] {
    let rows = &training.rows();
    let unseen: Vec<Unseen<2>> = rows
        .each()
        .map(|row| {
            let exposed = sigmoid(f64::from(row.features[0].number()) / 50.0 - 1.0);
            Unseen { row: row.index, copies: row.count.into(), opinion: [exposed, 0.3] }
        })
        .collect();
    let slope = signed_slope::estimate(rows, &unseen, 0.6);
    let judgement = put_off::judge(rows, &slope, &unseen, &[], Intent::Learned, UpliftRole::Alone);
    [slope.ratio, judgement.ratio.unwrap()]
}

/// The error of π, the ratio of a slope to its error, and the cautious labelled share of the top.
fn errors(mut training: Training) -> [f64; 3] {
    let rows = training.rows();
    let held_out = rows.select(|row| row.engaged()).into_iter().map(|row| HeldOut {
        row,
        logit: f64::from(rows.row(row).features[0].number()) / 50.0,
        frequency: 0.6,
    });
    let slope = in_run(&rows, |run| slope::estimate(&rows, run, held_out.collect())).unwrap();
    let mut scored = rows.select(|row| row.engaged() && row.exposed);
    scored.sort_by_key(|row| (rows.row(*row).features[1], rows.row(*row).features));
    let top = labelled_share(&rows, &scored, |_| true);
    [CampaignShare::estimate(&rows).unwrap().error, slope.ratio, top]
}

#[test]
fn copies_of_a_customers_rows_tell_nothing_new() {
    let once = errors(repeated(1, false, |_| None));
    let same = |other: [f64; 3]| once.iter().zip(other).all(|(a, b)| (a / b - 1.0).abs() < 1e-6);
    assert!(same(errors(repeated(1, true, |_| None))), "without a name each is its own customer");
    assert!(same(errors(repeated(1, true, named))));
    let [error, ratio, _] = errors(repeated(4, true, named));
    assert!((error / once[0] - 1.0).abs() < 1e-6 && (ratio / once[1] - 1.0).abs() < 1e-6);
    let [error, ratio, _] = errors(repeated(4, true, |_| None));
    assert!((error / once[0] - 0.5).abs() < 1e-6 && (ratio / once[1] - 2.0).abs() < 1e-6);
}

#[test]
fn copies_of_a_customers_rows_tell_no_more_of_the_uplift() {
    let once = uplift_ratios(repeated(1, true, named));
    let times = |other: [f64; 2], factor: f64| {
        once.iter().zip(other).all(|(a, b)| (b / a - factor).abs() < 1e-6)
    };
    assert!(times(uplift_ratios(repeated(4, true, named)), 1.0));
    assert!(times(uplift_ratios(repeated(4, true, |_| None)), 2.0));
}

#[test]
fn the_cautious_share_of_the_top_counts_customers() {
    let top = |by_customer: bool| errors(repeated(4, by_customer, named))[2];
    assert!(top(true) < top(false), "{} {}", top(true), top(false));
}

#[test]
fn a_given_chance_of_exposure_is_contradicted_by_customers_not_by_rows() {
    let warns = |by_customer: bool, errors: f64| {
        let mut training = repeated(4, by_customer, named);
        let exposed = training.rows().copies().filter(|row| row.exposed).count();
        let share = exposed as f64 / 6000.0;
        let rate = share - errors * (share * (1.0 - share) / 1500.0).sqrt();
        training.options = Options::from_json(&format!("{{\"exposure_rate\": {rate}}}")).unwrap();
        let rows = training.rows();
        in_run(&rows, |run| {
            contradicted_propensity(&rows, run);
            run.warnings.len()
        })
    };
    assert_eq!((warns(false, 3.1), warns(true, 3.1)), (1, 1));
    // Two errors of 1,500 customers are four of their 6,000 rows.
    assert_eq!((warns(false, 2.0), warns(true, 2.0)), (1, 0));
}

#[test]
fn features_tell_exposure_by_customers_not_by_rows() {
    // Few customers with many rows differ by chance.
    let telling = |by_customer: bool| {
        let count = |seed: u64| {
            let mut training = null_campaign(seed, by_customer);
            let rows = training.rows();
            let list = evenly(&rows.select(|_| true), 100_000);
            telling_columns(&differences(&rows, Poll::NEVER, &list)).len()
        };
        (0..40).map(count).sum::<usize>()
    };
    assert!(telling(false) >= 8, "{}", telling(false));
    assert_eq!(telling(true), 0);
}

/// Tells if some customer's rows are not all alike in a list.
fn splits<T: PartialEq + Copy>(rows: &TrainingRows, list: &[RowIndex], of: &[T]) -> bool {
    let customer = |row: RowIndex| rows.sample.row(row).customer();
    let together = list.iter().zip(of).collect::<Vec<_>>();
    together.windows(2).any(|pair| {
        let [(a, x), (b, y)] = [pair[0], pair[1]];
        customer(*a).is_some() && customer(*a) == customer(*b) && x != y
    })
}

#[test]
fn folds_and_validation_are_dealt_by_customer() {
    let splits = |by_customer: bool| {
        let mut training = null_campaign(1, by_customer);
        let rows = training.rows();
        let list = rows.select(|_| true);
        let single = Member::single(&rows).split(&rows, |_| true);
        let shared = |of: &dyn Fn(RowIndex) -> Option<Named>| {
            let held_out: Vec<_> = single.1.iter().map(|row| of(*row)).collect();
            single.0.iter().any(|row| of(*row).is_some() && held_out.contains(&of(*row)))
        };
        let folds = deal(&rows, list.iter().copied(), 5, &mut stream(0, Stream::Folds));
        assert!((0..5).all(|fold| folds.contains(&fold)));
        (shared(&|row| rows.sample.row(row).customer()), splits(&rows, &list, &folds))
    };
    assert_eq!(splits(true), (false, false));
    // A row without a customer is dealt by itself, as it is without the option.
    let mut training = repeated(4, true, |_| None);
    let rows = training.rows();
    let list = rows.select(|_| true);
    let folds = deal(&rows, list.iter().copied(), 5, &mut stream(0, Stream::Folds));
    let apart = list.windows(2).zip(folds.windows(2)).any(|(a, f)| a[0] == a[1] && f[0] != f[1]);
    assert!(apart, "copies are dealt one by one");
}

#[test]
fn customers_are_counted_once_and_those_without_a_name_each() {
    let count = |customer: fn(u64) -> Option<Named>| repeated(2, true, customer).rows().customers();
    assert_eq!(count(named), Some(1500));
    assert_eq!(count(|place| named(place / 3)), Some(500));
    assert_eq!(count(|_| None), Some(3000));
    assert_eq!(repeated(2, false, named).rows().customers(), None);
}

#[test]
fn neighbours_of_one_customer_are_not_learned_in_blocks() {
    assert!(repeated(1, true, |place| named(place / 3)).rows().have_alike_neighbours());
    assert!(!repeated(1, true, named).rows().have_alike_neighbours());
    assert!(repeated(2, false, named).rows().have_alike_neighbours());
}

#[test]
fn a_customer_who_fills_the_memory_is_refused() {
    let mut sample = Sample::new(0, 1, Poll::NEVER).with_customers(true);
    sample.set_columns(columns(), false).unwrap();
    for simulated in
        &(Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 3 }).customers(0, 200)
    {
        let target = Target { customer: named(1), ..target(simulated) };
        sample.push(values(simulated), target).unwrap();
    }
    let error = Training::of_sample(sample, "{}").run().unwrap_err();
    let expected = "a single customer has more of the 200 rows than the training's memory holds";
    assert_eq!(error.message, expected);
}

#[test]
fn the_order_of_the_rows_and_the_threads_do_not_matter() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 5 }.customers(0, 3000);
    let bytes = |backwards: bool, threads: usize| {
        let mut sample = testing::sample(&columns()).with_customers(true);
        let mut rows: Vec<_> = (0..).zip(&customers).collect();
        if backwards {
            rows.reverse();
        }
        for (place, simulated) in rows {
            let customer = named(place / 4).filter(|_| place % 7 > 0);
            sample.push(values(simulated), Target { customer, ..target(simulated) }).unwrap();
        }
        let options = r#"{"epochs": 10, "hidden_layers": [8], "ensemble": 2}"#;
        let outcome = Training::of_sample(sample, options).run_with(&mut Threads(threads));
        encode_model(&testing::model(outcome.unwrap())).unwrap()
    };
    let expected = bytes(false, 1);
    assert!(bytes(true, 1) == expected && bytes(false, 3) == expected);
}
