//! One member, or a committee (option `ensemble`): each holds out a fold of its own, and the
//! committee is distilled into one network.

use rand::RngExt;

use super::{
    Corrected, Member, Method, Run,
    correction::{self, RowFrequency},
    engagement::CampaignShare,
    fit::{self, Objective, Tally, predict},
    loss::{self, Softmax},
    observed_labels,
    plan::{Plan, Stream, folds, stream},
    rows::TrainingRows,
    segmentation,
    slope::{self, HeldOut},
    splc,
};
use crate::{
    Result,
    model::{
        Comparison, CorrectionNetwork, Intent, LabelFrequency, Mode, Report, Stage, TwoStageModel,
        softmax,
    },
    network::Network,
};

const DISTILLATION: &str = "distillation";
/// Below so many rows a committee is the default, of this size: distilled, it keeps what it gains
/// (docs/figures.md).
const FEW_ROWS: usize = 50_000;
const OF_FEW_ROWS: u8 = 5;

/// What the members found together.
pub(super) struct Committee {
    pub segmentation: Vec<Network>,
    pub correction: Vec<CorrectionNetwork>,
    pub intent: Intent,
    /// t of every row, the members' mean.
    pub labels: Vec<f32>,
    pub label_frequency: Option<LabelFrequency>,
    /// The first member, and its stage 1: what is compared with other models.
    pub first_member: Member,
    pub first: Network,
}

pub(super) fn fit(rows: &TrainingRows, run: &mut Run, method: &Method) -> Result<Committee> {
    let members = members(rows);
    let mut gathered = Gathered::new(rows);
    for member in &members {
        let corrected = correct(rows, run, member, method, members.len() > 1)?;
        let blends = members.len() > 1;
        let network = segmentation::fit(rows, run, member, &corrected, blends)?;
        gathered.add(rows, run, member, corrected, network);
    }
    gathered.finish(rows, run, method, members)
}

/// One member that holds out the validation fraction, or k that hold out a fold each.
pub(super) fn members(rows: &TrainingRows) -> Vec<Member> {
    let options = rows.sample.options();
    let size = options.ensemble.unwrap_or(if rows.len() < FEW_ROWS { OF_FEW_ROWS } else { 1 });
    if size == 1 {
        let mut rng = stream(options.seed, Stream::Split);
        let fraction = options.validation_fraction;
        let held_out = rows.numbers().map(|_| rng.random::<f64>() < fraction).collect();
        return vec![Member { number: 0, held_out }];
    }
    let mut rng = stream(options.seed, Stream::Folds);
    let fold = folds(rows.numbers(), size, &mut rng);
    let member = |number| Member { number, held_out: fold.iter().map(|&f| f == number).collect() };
    (0..size).map(member).collect()
}

fn correct(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
    method: &Method,
    of_committee: bool,
) -> Result<Corrected> {
    match method {
        Method::Constant(intent) => Ok(Corrected {
            labels: vec![*intent as f32; rows.places()],
            frequency: None,
            network: None,
            candidates: false,
        }),
        // Nothing would read what stage 2 learns.
        Method::Observed => Ok(Committee::observed(rows)),
        Method::Splc => splc::correct(rows, run, member),
        Method::Posterior(frequency) => {
            let unlabelled = of_committee && rows.labelled() == 0;
            let bias = unlabelled.then_some(-1.0);
            correction::correct(rows, run, member, frequency, bias)
        }
    }
}

/// What the members leave, one after the other.
struct Gathered {
    segmentation: Vec<Network>,
    correction: Vec<CorrectionNetwork>,
    /// Sums over the members, by row.
    labels: Vec<f32>,
    frequency: Vec<f32>,
    held_out: Vec<HeldOut>,
}

impl Gathered {
    fn new(rows: &TrainingRows) -> Self {
        Self {
            segmentation: Vec::new(),
            correction: Vec::new(),
            labels: vec![0.0; rows.places()],
            frequency: vec![0.0; rows.places()],
            held_out: Vec::new(),
        }
    }

    fn add(
        &mut self,
        rows: &TrainingRows,
        run: &mut Run,
        member: &Member,
        corrected: Corrected,
        network: Network,
    ) {
        run.poll(segmentation::NAME);
        add(&mut self.labels, &corrected.labels);
        if let Some(frequency) = &corrected.frequency {
            add(&mut self.frequency, frequency);
            let (_, unseen) = member.split(rows, |row| rows.segment(row).engaged());
            let held_out = &mut self.held_out;
            predict(rows, run.observer, &network, &unseen, segmentation::NAME, |row, logits| {
                held_out.push(HeldOut {
                    row: row as u32,
                    // logit(p_C / (p_O + p_C)) is the difference of the two logits.
                    logit: f64::from(logits[2]) - f64::from(logits[1]),
                    frequency: f64::from(frequency[row]),
                });
            });
        }
        self.correction.extend(corrected.network);
        self.segmentation.push(network);
    }

    fn finish(
        mut self,
        rows: &TrainingRows,
        run: &mut Run,
        method: &Method,
        mut members: Vec<Member>,
    ) -> Result<Committee> {
        let count = members.len() as f32;
        self.labels.iter_mut().for_each(|t| *t /= count);
        self.frequency.iter_mut().for_each(|c| *c /= count);
        let label_frequency = self.label_frequency(rows, run, method);
        let intent = match method {
            Method::Constant(intent) => Intent::Constant(*intent),
            Method::Posterior(_) if members.len() > 1 && rows.mode == Mode::Exposure => {
                slope::estimate(rows, run, self.held_out).map_or(Intent::Learned, Intent::Rescaled)
            }
            _ => Intent::Learned,
        };
        run.poll(segmentation::NAME);
        let first = self.segmentation[0].clone();
        if members.len() > 1 && rows.sample.options().distil {
            self.segmentation = vec![distil(rows, run, &self.segmentation)?];
        }
        Ok(Committee {
            segmentation: self.segmentation,
            correction: self.correction,
            intent,
            labels: self.labels,
            label_frequency,
            first_member: members.swap_remove(0),
            first,
        })
    }

    /// Guards 1 and 2, and c as the model keeps it.
    fn label_frequency(
        &self,
        rows: &TrainingRows,
        run: &mut Run,
        method: &Method,
    ) -> Option<LabelFrequency> {
        let Method::Posterior(frequency) = method else {
            return None;
        };
        // c(x) means something for campaign-driven customers alone: each row counts by its t.
        let (mut sum, mut total) = (0.0, 0.0);
        for row in rows.select(|row| rows.exposed(row) && rows.segment(row).engaged()) {
            let row = row as usize;
            let share = rows.weight(row) * f64::from(self.labels[row]);
            sum += share * f64::from(self.frequency[row]);
            total += share;
        }
        let mean = if total > 0.0 { sum / total } else { 1.0 };
        correction::check(rows, run, &self.labels, mean);
        Some(RowFrequency::in_model(frequency, mean))
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Fits one network to the members' mean probabilities.
fn distil(rows: &TrainingRows, run: &mut Run, members: &[Network]) -> Result<Network> {
    let all: Vec<u32> = rows.each().map(|row| row as u32).collect();
    let mut targets = vec![[0.0_f32; 3]; rows.places()];
    for network in members {
        predict(rows, run.observer, network, &all, DISTILLATION, |row, logits| {
            let p = softmax([logits[0], logits[1], logits[2]]);
            for (target, p) in targets[row].iter_mut().zip(p) {
                *target += (p / members.len() as f64) as f32;
            }
        });
    }
    let options = rows.sample.options();
    let mut rng = stream(options.seed, Stream::Split);
    let fraction = options.validation_fraction;
    let held_out = rows.numbers().map(|_| rng.random::<f64>() < fraction).collect();
    let (training, validation) = Member { number: 0, held_out }.split(rows, |_| true);
    let plan = Plan {
        training,
        validation,
        first_validation: 0,
        stream: Stream::Distillation,
        hidden_layers: options.hidden_layers.clone(),
        decay_share: 1.0,
        stage: Stage::Distillation,
        name: DISTILLATION,
    };
    Ok(fit::stage(rows, run, 3, &plan, &Distillation { rows, targets })?.network)
}

struct Distillation<'a> {
    rows: &'a TrainingRows<'a>,
    targets: Vec<[f32; 3]>,
}

impl Distillation<'_> {
    fn loss(&self, row: usize, chances: Softmax) -> (f64, [f64; 3]) {
        loss::segmentation(chances, self.targets[row].map(f64::from))
    }
}

impl Objective for Distillation<'_> {
    fn gradients(&self, _: usize, rows: &[u32], logits: &[f32], out: &mut [f32]) -> Tally {
        segmentation::gradients(self.rows, rows, logits, out, |row, p| self.loss(row, p))
    }

    fn validation(&self, rows: &[u32], logits: &[f32]) -> f64 {
        segmentation::losses(self.rows, rows, logits, |row, p| self.loss(row, p).0)
    }
}

impl Committee {
    pub fn into_model(
        self,
        rows: TrainingRows,
        run: Run,
        share: Option<CampaignShare>,
        comparison: Vec<Comparison>,
        importance: Vec<f64>,
    ) -> TwoStageModel {
        let sample = rows.sample;
        let columns = sample.columns().unwrap_or_default().to_vec();
        let (corrected, corrected_total) = match self.intent {
            Intent::Constant(_) => (0, 0.0),
            _ => rows.corrections(&self.labels),
        };
        let constant = rows.encoder.constant_columns().map(|column| columns[column].name.clone());
        let report = Report {
            counts: sample.counts(),
            rows: rows.len() as u64,
            rows_engaged: rows.engaged() as u64,
            rows_labelled: rows.labelled() as u64,
            mode: rows.mode,
            label_frequency: self.label_frequency,
            campaign_share: share.map(|share| (share.share, share.error)),
            corrected,
            corrected_total,
            constant_features: constant.collect(),
            importance,
            comparison,
            warnings: run.warnings,
            history: run.history,
        };
        TwoStageModel {
            columns,
            positional: sample.positional(),
            options: sample.options().clone(),
            encoder: rows.encoder,
            segmentation: self.segmentation,
            correction: self.correction,
            intent: self.intent,
            report,
        }
    }
}

impl Committee {
    /// The labels as they were observed, in the form that stage 1 learns from.
    pub fn observed(rows: &TrainingRows) -> Corrected {
        Corrected {
            labels: observed_labels(rows),
            frequency: None,
            network: None,
            candidates: false,
        }
    }
}
