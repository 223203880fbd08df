//! The comparison with standard models on the same split: a one-stage network and a multinomial
//! logistic regression, both on the labels as they were observed.
//!
//! No true label is known: a customer that attribution missed counts as organic for every model, so
//! a model that corrects labels may look worse by the observed ones. Qini needs no label at all.

use super::ranking::contact;
use crate::{
    Result,
    evaluation::{
        auc,
        gain::{Contact, qini},
        macro_f1,
    },
    model::{Comparison, Intent, Mode, Networks, Score},
    network::Network,
    segment::Segment,
    training::{
        committee::Committee,
        engine::{Plan, Stream, evenly, fit},
        influence::error_over_customers,
        label_correction::Corrected,
        observer::Step,
        rows::TrainingRows,
        run::Run,
        scores,
        segment_rule::{self, Scored},
        segmentation::Segments,
    },
    word::RowIndex,
};

/// Rows that train, and rows that compare, at most, so that the comparison is a small part of a
/// training.
const MAX_ROWS: usize = 50_000;

/// The figures of the models, and the scores that the logistic regression gives the same rows.
pub(in crate::training) struct Compared {
    pub models: Vec<Comparison>,
    pub logistic: Vec<(RowIndex, Score)>,
}

/// The figures of the first member and of the standard models.
pub(in crate::training) fn compare(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
) -> Result<Compared> {
    let (_, held_out) = committee.first_member.split(rows, |_| true);
    let held_out = evenly(&held_out, MAX_ROWS);
    let one_stage = baseline(rows, run, committee, 0, rows.options.hidden_layers())?;
    let logistic = baseline(rows, run, committee, 1, Vec::new())?;
    let standard = |network| Networks {
        segmentation: std::slice::from_ref(network),
        intent: Intent::Learned,
        uplift: None,
    };
    let models = [
        ("two-stage network", committee.first.networks()),
        ("one-stage network", standard(&one_stage)),
        ("logistic regression", standard(&logistic)),
    ];
    let scores = models.map(|(_, networks)| score(rows, run, networks, &held_out));
    let names = models.map(|(name, _)| name);
    let compared = names.iter().zip(&scores).map(|(name, scores)| measure(rows, scores, name));
    let models = compared.collect();
    let [_, _, logistic] = scores;
    Ok(Compared { models, logistic })
}

/// Stage 1 on the observed labels of the exposed rows that the first member did not hold out.
fn baseline(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
    number: u8,
    hidden_layers: Vec<usize>,
) -> Result<Network> {
    run.enter(Step::Comparison);
    let (training, validation) = committee.first_member.split(rows, |row| row.exposed);
    let split = (evenly(&training, MAX_ROWS), evenly(&validation, MAX_ROWS));
    let stream = Stream::Comparison(number);
    let plan = Plan { hidden_layers, ..Plan::new(rows, Step::Comparison, stream, split) };
    let observed = Corrected::observed(rows);
    let objective = Segments { rows, corrected: &observed, blends: false };
    Ok(fit(rows, run, 3, &plan, &objective, |_| ())?.network)
}

fn score(
    rows: &TrainingRows,
    run: &mut Run,
    networks: Networks,
    held_out: &[RowIndex],
) -> Vec<(RowIndex, Score)> {
    let mut list = Vec::with_capacity(held_out.len());
    scores::score(rows, run, Step::Comparison, networks, held_out, |row, score| {
        list.push((row, score));
    });
    list
}

fn measure(rows: &TrainingRows, scores: &[(RowIndex, Score)], model: &str) -> Comparison {
    let (mut labelled, mut intents) = (Vec::new(), Vec::new());
    let (mut actual, mut scored) = (Vec::new(), Vec::new());
    let mut contacts = Vec::new();
    for &(index, score) in rows.poll().each(scores.iter()) {
        let row = rows.row(index);
        let (segment, exposed) = (row.segment, row.exposed);
        contacts.push((index, contact(&row, score.uplift())));
        if exposed {
            actual.push(segment);
            scored.push(Scored { score, weight: row.weight });
        }
        if exposed && segment.engaged() {
            labelled.push(segment == Segment::CampaignDriven);
            intents.push(score.intent());
        }
    }
    let (qini, qini_se) = qini_with_error(rows, contacts).unzip();
    Comparison {
        model: model.to_owned(),
        auc: auc(&labelled, &intents),
        macro_f1: if rows.labelled() > 0 { f1(rows, &actual, &scored) } else { None },
        qini,
        qini_se,
    }
}

/// Qini and its standard error, in exposure mode.
fn qini_with_error(
    rows: &TrainingRows,
    mut contacts: Vec<(RowIndex, Contact)>,
) -> Option<(f64, f64)> {
    if rows.mode() == Mode::Simple {
        return None;
    }
    rows.poll().sort(&mut contacts, &|(_, a), (_, b)| b.score.total_cmp(&a.score));
    let (order, sorted): (Vec<RowIndex>, Vec<Contact>) = contacts.into_iter().unzip();
    let (qini, influences) = qini(&sorted)?;
    let squares = influences.iter().map(|influence| influence * influence);
    let independent = squares.sum::<f64>().sqrt();
    let error = error_over_customers(rows, independent, order.into_iter().zip(influences));
    Some((qini, error))
}

/// Macro-F1 by the rule that the option asks for, with offsets that fit this network.
fn f1(rows: &TrainingRows, actual: &[Segment], scored: &[Scored]) -> Option<f64> {
    let (offsets, _) = segment_rule::fit(scored, rows.options.segment_rule(), rows.poll());
    let namer = offsets.namer();
    let predicted: Vec<Segment> = scored.iter().map(|row| namer.segment(&row.score)).collect();
    macro_f1(actual, &predicted)
}
