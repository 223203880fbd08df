//! The standard models on the same split, for the report: a one-stage network and a multinomial
//! logistic regression, both on the labels as they were observed.
//!
//! No true label is known here: what attribution missed counts as organic for every model, so a
//! model that corrects labels may look worse by the observed ones. Qini needs no label at all.

use super::{
    Run,
    committee::Committee,
    fit::{self, predict},
    plan::{Plan, Stream, evenly},
    rows::TrainingRows,
    segmentation::Segments,
};
use crate::{
    Result,
    evaluate::{Contact, auc, macro_f1, qini},
    model::{Comparison, Mode, Score, Stage, softmax},
    network::Network,
    segment::Segment,
};

const NAME: &str = "comparison";
/// Rows that train, and rows that compare, at most: the comparison is a small part of a training.
const MOST_ROWS: usize = 50_000;

pub(super) fn compare(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
) -> Result<Vec<Comparison>> {
    let (_, held_out) = committee.first_member.split(rows, |_| true);
    let held_out = evenly(&held_out, MOST_ROWS);
    let hidden = rows.sample.options().hidden_layers.clone();
    let one_stage = baseline(rows, run, committee, 0, hidden)?;
    let logistic = baseline(rows, run, committee, 1, Vec::new())?;
    let models = [
        ("two-stage network", &committee.first),
        ("one-stage network", &one_stage),
        ("logistic regression", &logistic),
    ];
    Ok(models.map(|(model, network)| measure(rows, run, network, &held_out, model)).into())
}

/// Stage 1 on the observed labels of exposed rows that the first member did not hold out.
fn baseline(
    rows: &TrainingRows,
    run: &mut Run,
    committee: &Committee,
    number: u8,
    hidden_layers: Vec<usize>,
) -> Result<Network> {
    run.poll(NAME);
    let (training, validation) = committee.first_member.split(rows, |row| rows.exposed(row));
    let plan = Plan {
        training: evenly(&training, MOST_ROWS),
        validation: evenly(&validation, MOST_ROWS),
        first_validation: 0,
        stream: Stream::Comparison(number),
        hidden_layers,
        decay_share: 1.0,
        stage: Stage::Segmentation,
        name: NAME,
    };
    let observed = Committee::observed(rows);
    let objective = Segments { rows, corrected: &observed, blends: false };
    Ok(fit::fit(rows, run.observer, 3, &plan, &objective, |_| ())?.network)
}

fn measure(
    rows: &TrainingRows,
    run: &mut Run,
    network: &Network,
    held_out: &[u32],
    model: &str,
) -> Comparison {
    let (mut labelled, mut intents) = (Vec::new(), Vec::new());
    let (mut actual, mut predicted) = (Vec::new(), Vec::new());
    let mut contacts = Vec::new();
    predict(rows, run.observer, network, held_out, NAME, |row, logits| {
        let score = Score::from(softmax([logits[0], logits[1], logits[2]]));
        let (segment, exposed) = (rows.segment(row), rows.exposed(row));
        contacts.push(Contact {
            score: score.campaign_driven,
            exposed,
            engaged: segment.engaged(),
        });
        if exposed {
            actual.push(segment);
            predicted.push(score.segment());
        }
        if exposed && segment.engaged() {
            labelled.push(segment == Segment::CampaignDriven);
            intents.push(score.intent());
        }
    });
    Comparison {
        model: model.to_owned(),
        auc: auc(&labelled, &intents),
        macro_f1: macro_f1(&actual, &predicted),
        qini: if rows.mode == Mode::Exposure { qini(contacts) } else { None },
    }
}
