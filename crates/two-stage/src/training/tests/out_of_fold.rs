//! The out-of-fold scores that a model stores, and their evaluation.

use super::*;
use crate::{
    codec::decode_model,
    column::Kind,
    evaluation::gain::{Contact, qini},
    model::{Bin, Evaluation, OutOfFold, Score, UpliftCurve},
    sample::Customer as Named,
    testing::column,
    training::report::{
        bins::{self, Observed},
        evaluation::distribution,
        uplift_curve,
    },
    word::RowIndex,
};

const NETWORK: &str = r#"{"epochs": 10, "hidden_layers": [4]}"#;
const COMMITTEE: &str = r#"{"epochs": 10, "hidden_layers": [4], "ensemble": 3}"#;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

fn campaign(missing_rate: f64, exposed_share: f64) -> Vec<Customer> {
    Campaign { missing_rate, exposed_share, seed: 3 }.customers(0, 3000)
}

fn training(count: u64) -> Training {
    let campaign = Campaign { missing_rate: 0.0, exposed_share: 0.6, seed: 3 };
    Training::on(&campaign.customers(0, count), "{}")
}

fn parts(model: &TwoStageModel) -> (OutOfFold, Evaluation) {
    let report = model.report();
    (report.out_of_fold.clone().unwrap(), report.evaluation.clone().unwrap())
}

/// The bins of contacts of weight 1, the exposed ones at even places. A contact is a score and an outcome.
fn bins(contacts: &[(f64, f64)], figure: Observed) -> Vec<Bin> {
    let mut training = training(100);
    let rows = training.rows();
    let contact = |(place, &(score, outcome)): (usize, &(f64, f64))| {
        let exposed = place % 2 == 0 || figure == Observed::Mean;
        let of = Contact { score, exposed, outcome, weight: 1.0, propensity: 0.5 };
        (RowIndex::new(place), of)
    };
    bins::measure(&rows, contacts.iter().enumerate().map(contact), figure)
}

#[test]
fn bins_of_uplift_are_as_computed_by_hand() {
    // In each tenth one of two exposed engages, and of the unexposed both in the last one alone.
    let outcome = |place: u8| u8::from(place.is_multiple_of(4) || (place > 36 && place % 2 == 1));
    let contacts: Vec<(f64, f64)> =
        (0..40).map(|place| (f64::from(39 - place), outcome(place).into())).collect();
    let found = bins(&contacts, Observed::Uplift);
    assert_eq!(found.len(), 10);
    for (place, bin) in found.iter().enumerate() {
        let (value, error) = bin.observed.unwrap();
        assert_eq!((bin.rows, bin.predicted), (4, 37.5 - 4.0 * place as f32));
        assert_eq!(value, if place == 9 { -0.5 } else { 0.5 });
        assert!(close(error.into(), 0.125_f64.sqrt()));
    }
}

#[test]
fn equal_predictions_stay_in_one_bin() {
    let contacts: Vec<(f64, f64)> = (0..40).map(|place| (1.0, f64::from(place % 2))).collect();
    let expected = Bin { rows: 40, predicted: 1.0, observed: Some((-1.0, 0.0)) };
    assert_eq!(bins(&contacts, Observed::Uplift), [expected]);
    // The first 15 of 20 are equal: the middle of them is in the fourth tenth.
    let contacts: Vec<(f64, f64)> =
        (0..20).map(|place| (f64::from(19 - place.max(14)), 0.0)).collect();
    let rows: Vec<u64> = bins(&contacts, Observed::Mean).iter().map(|bin| bin.rows).collect();
    assert_eq!(rows, [15, 1, 2, 2]);
}

#[test]
fn a_bin_without_anybody_to_compare_has_no_uplift() {
    let contacts = [(0.5, 1.0)];
    assert_eq!(bins(&contacts, Observed::Uplift)[0].observed, None);
    assert_eq!(bins(&contacts, Observed::Mean)[0].observed, Some((1.0, 0.0)));
    assert_eq!(bins(&[], Observed::Mean), []);
}

#[test]
fn the_mean_of_a_bin_weighs_its_rows() {
    let mut training = training(100);
    let rows = training.rows();
    let contact = |weight: f64, outcome: f64| {
        let of = Contact { score: outcome, exposed: true, outcome, weight, propensity: 1.0 };
        (RowIndex::new(0), Contact { score: 0.2, ..of })
    };
    let list = [contact(3.0, 1.0), contact(1.0, 0.0)];
    let found = bins::measure(&rows, list.into_iter(), Observed::Mean);
    let [Bin { rows: 2, predicted: 0.2, observed: Some((0.75, error)) }] = found[..] else {
        panic!("{found:?}")
    };
    assert!(close(error.into(), 0.75 * 0.25 * 2.0_f64.sqrt()));
}

#[test]
fn quantiles_and_the_mix_of_segments_are_as_computed_by_hand() {
    let mut training = training(100);
    let rows = training.rows();
    let score = |place: u8| {
        let driven = f64::from(place) / 10.0;
        let score: Score = [0.5, 0.5 - driven, driven].into();
        (RowIndex::new(place.into()), score)
    };
    let offsets = Offsets { engaged: [0.5; 2], never: [false; 2] };
    let found = distribution(&rows, &[4, 1, 3, 2].map(score), offsets.namer());
    assert_eq!((found.rows, found.uplift.len(), found.intent.len()), (4, 101, 21));
    let uplift = [0, 25, 26, 50, 75, 76, 100].map(|place| found.uplift[place]);
    assert_eq!(uplift, [0.1, 0.1, 0.2, 0.2, 0.3, 0.4, 0.4]);
    let intent = [0, 5, 6, 15, 20].map(|place| found.intent[place]);
    assert_eq!(intent, [0.2, 0.2, 0.4, 0.6, 0.8]);
    // With the offset a part of 0.4 of the engaged outweighs the 0.5, and one of 0.3 does not.
    assert_eq!(found.segments, [0.5, 0.25, 0.25]);
}

/// The curve of a score that knows something, and the contacts it ranks.
fn curve(training: &mut Training) -> (UpliftCurve, Vec<Contact>) {
    let rows = training.rows();
    let score = |row: RowIndex| f64::from(rows.row(row).features[1].number()).round();
    let copies: Vec<RowIndex> = rows.copies().map(|row| row.index).collect();
    let curve = uplift_curve::measure(&rows, copies.iter().map(|&row| (row, score(row)))).unwrap();
    let contact = |&index: &RowIndex| {
        let row = rows.row(index);
        Contact {
            score: score(index),
            exposed: row.exposed,
            outcome: f64::from(u8::from(row.engaged())),
            weight: row.weight,
            propensity: row.propensity,
        }
    };
    let mut contacts: Vec<Contact> = copies.iter().map(contact).collect();
    contacts.sort_by(|a, b| b.score.total_cmp(&a.score));
    (curve, contacts)
}

#[test]
fn a_curve_ends_at_the_uplift_and_has_the_qini_of_its_contacts() {
    let (curve, contacts) = curve(&mut training(2000));
    let (value, influences) = qini(&contacts).unwrap();
    let error = influences.iter().map(|influence| influence * influence).sum::<f64>().sqrt();
    assert!((curve.qini - value).abs() < 1e-12 && (curve.qini_error - error).abs() < 1e-12);
    assert_eq!((curve.rows, curve.gains.len(), curve.errors.len()), (2000, 51, 51));
    assert_eq!((curve.gains[0], curve.errors[0]), (0.0, 0.0));
    let (mut variance, mut means) = (0.0, [0.0; 2]);
    for exposed in [false, true] {
        let arm = || contacts.iter().filter(|contact| contact.exposed == exposed);
        let count = arm().count() as f64;
        let share = arm().map(|contact| contact.outcome).sum::<f64>() / count;
        means[usize::from(exposed)] = share;
        variance += share * (1.0 - share) / count;
    }
    assert!(close(curve.gains[50].into(), means[1] - means[0]));
    assert!(close(curve.errors[50].into(), variance.sqrt()));
}

#[test]
fn rows_of_a_customer_count_once_in_the_errors() {
    let sample = |by_customer: bool| {
        let columns = ["one", "two"].map(|name| column(name, Kind::Number));
        let mut sample = testing::sample(&columns).with_customers(by_customer);
        for customer in 0..200_u64 {
            let number = (customer * 7 % 13) as f64;
            let segment = Segment::ALL[usize::from(customer % 3 == 0)];
            let target = Target {
                exposed: Some(customer % 2 == 0),
                customer: Some(Named::named(&customer.to_le_bytes())),
                ..testing::target(segment)
            };
            for _ in 0..2 {
                sample
                    .push([Value::Number(1.0), Value::Number(number)].into_iter(), target)
                    .unwrap();
            }
        }
        Training::of_sample(sample, "{}")
    };
    let [apart, together] = [false, true].map(|by_customer| curve(&mut sample(by_customer)).0);
    let factor = 2.0_f64.sqrt();
    assert!(close(together.qini_error, factor * apart.qini_error));
    for (together, apart) in together.errors.iter().zip(apart.errors) {
        assert!(close((*together).into(), factor * f64::from(apart)));
    }
}

#[test]
fn a_committee_is_evaluated_on_all_rows_and_a_network_on_those_it_held_out() {
    let customers = campaign(0.4, 0.6);
    let (of_committee, committee) = parts(&train_on(&customers, COMMITTEE));
    assert_eq!(of_committee.rows, 3000);
    let [model, engagement] = [committee.model, committee.engagement].map(Option::unwrap);
    assert_eq!((model.rows, engagement.rows), (3000, 3000));
    assert!(close(model.gains[50].into(), engagement.gains[50].into()));
    let bins = committee.calibration.iter().map(|bin| bin.rows);
    assert_eq!((committee.calibration.len(), bins.sum::<u64>()), (10, 3000));

    let model = train_on(&customers, NETWORK);
    let (of_network, network) = parts(&model);
    assert!((400..800).contains(&of_network.rows), "{}", of_network.rows);
    // The comparison measures the same scores.
    let comparison = &model.report().comparison;
    for (curve, compared) in [(network.model, &comparison[0]), (network.logistic, &comparison[2])] {
        let (curve, error) = (curve.unwrap(), compared.qini_se.unwrap());
        assert_eq!(curve.rows, of_network.rows);
        assert!((curve.qini - compared.qini.unwrap()).abs() < 1e-9);
        assert!((curve.qini_error - error).abs() < 1e-9);
    }
    let exposed: f32 = network.confusion.unwrap().iter().flatten().sum();
    assert!((0.5..0.7).contains(&(exposed / of_network.rows as f32)), "{exposed}");
    let labelled = network.reliability.unwrap().iter().map(|bin| bin.rows).sum::<u64>();
    assert!(labelled > 0 && labelled < of_network.rows);
}

#[test]
fn what_the_rows_do_not_tell_is_absent() {
    let (_, evaluation) = parts(&train_on(&campaign(1.0, 0.6), NETWORK));
    assert!(evaluation.model.is_some() && evaluation.logistic.is_some());
    assert_eq!((evaluation.reliability, evaluation.confusion), (None, None));

    let customers = campaign(0.4, 1.0);
    let (scores, evaluation) = parts(&train_on(&customers, COMMITTEE));
    assert_eq!(scores.rows, 3000);
    assert_eq!((evaluation.model, evaluation.engagement, evaluation.logistic), (None, None, None));
    assert!(evaluation.reliability.is_some() && evaluation.confusion.is_some());
    // In simple mode the calibration is that of engagement.
    let observed =
        evaluation.calibration.iter().map(|bin| bin.observed.unwrap().0 * bin.rows as f32);
    let engaged = customers.iter().filter(|customer| customer.observed.engaged()).count();
    assert!((observed.sum::<f32>() - engaged as f32).abs() < 0.1);
}

#[test]
fn a_damaged_evaluation_is_refused() {
    let model = train_on(&campaign(0.4, 0.6), NETWORK);
    assert_eq!(decode_model(&encode_model(&model).unwrap()).unwrap(), model);
    type Damage = fn(&mut OutOfFold, &mut Evaluation);
    let damages: [Damage; 10] = [
        |scores, _| scores.uplift.truncate(100),
        |scores, _| scores.uplift[3] = f32::NAN,
        |scores, _| scores.uplift[100] = -0.5,
        |scores, _| scores.intent[20] = 1.5,
        |scores, _| scores.segments[0] = -0.1,
        |_, evaluation| evaluation.model.as_mut().unwrap().gains.push(0.0),
        |_, evaluation| evaluation.engagement.as_mut().unwrap().errors[2] = f32::INFINITY,
        |_, evaluation| evaluation.logistic.as_mut().unwrap().qini_error = -1.0,
        |_, evaluation| evaluation.calibration.extend_from_within(..1),
        |_, evaluation| evaluation.confusion.as_mut().unwrap()[1][2] = f32::NAN,
    ];
    for (place, damage) in damages.into_iter().enumerate() {
        let mut model = model.clone();
        let (mut scores, mut evaluation) = parts(&model);
        damage(&mut scores, &mut evaluation);
        model.report.out_of_fold = Some(scores);
        model.report.evaluation = Some(evaluation);
        let refused = decode_model(&encode_model(&model).unwrap()).unwrap_err();
        assert!(refused.message.contains("do not fit together"), "{place}: {}", refused.message);
    }
}

#[test]
fn customers_who_look_alike_are_not_ranked_by_their_outcome() {
    let place = |name: &str| FEATURES.iter().position(|(feature, _)| *feature == name).unwrap();
    let kept = ["app_user", "push_optin"].map(place);
    let alike = |mut customer: Customer| {
        for (place, value) in customer.features.iter_mut().enumerate() {
            *value = if kept.contains(&place) { *value } else { 0.0 };
        }
        customer
    };
    let customers =
        Campaign { missing_rate: 1.0, exposed_share: 0.6, seed: 3 }.customers(0, 12_000);
    let customers: Vec<Customer> = customers.into_iter().map(alike).collect();
    let model = train_on(&customers, COMMITTEE);
    // Four kinds of customers cannot be ranked far below chance, but their outcomes can.
    let curve = parts(&model).1.model.unwrap();
    assert!(curve.qini > -3.0 * curve.qini_error, "{} {}", curve.qini, curve.qini_error);
}
