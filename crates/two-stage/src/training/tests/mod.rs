//! What the tests of a training share: simulated customers, and figures on them.

mod figures;
mod guards;
mod options;
mod reference;
mod same_bytes;
mod weights;

use rand::RngExt;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::{
    evaluate::{auc, macro_f1},
    features::{Column, Value},
    model::Stage,
    options::Options,
    sample::Target,
    scorer::Scorer,
    segment::Segment,
    simulate::{Customer, FEATURES, Simulator},
};

struct Silent;

/// Lets a training use so many threads.
struct Threads(usize);

impl Observer for Threads {
    fn poll(&mut self, _: &Progress) {}

    fn threads(&self) -> usize {
        self.0
    }
}

impl Observer for Silent {
    fn poll(&mut self, _: &Progress) {}
}

/// A simulated campaign: how many labels are missing, and who was exposed.
#[derive(Clone, Copy)]
struct Campaign {
    missing_rate: f64,
    exposed_share: f64,
    seed: u64,
}

impl Campaign {
    fn customers(self, from: u64, count: u64) -> Vec<Customer> {
        let simulator =
            Simulator::new(self.missing_rate, self.exposed_share, self.seed).expect("in range");
        (from..from + count).map(|index| simulator.customer(index)).collect()
    }
}

/// Customers of whom app users escape attribution more often than others.
fn escaping_by_app(seed: u64, exposed_share: f64, missing_rate: f64, count: u64) -> Vec<Customer> {
    let app_user = FEATURES.iter().position(|(name, _)| *name == "app_user").unwrap();
    let complete = Campaign { missing_rate: 0.0, exposed_share, seed };
    let mut customers = complete.customers(0, count);
    let driven: Vec<_> = customers.iter().filter(|c| c.truth == Segment::CampaignDriven).collect();
    let users = driven.iter().filter(|c| c.features[app_user] > 0.0).count() as f64;
    let share = users / driven.len() as f64;
    let of_users = f64::min(0.97, 1.6 * missing_rate);
    let of_others = f64::max(0.0, (missing_rate - share * of_users) / (1.0 - share));
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    for customer in &mut customers {
        let rate = if customer.features[app_user] > 0.0 { of_users } else { of_others };
        if customer.truth == Segment::CampaignDriven && rng.random::<f64>() < rate {
            customer.observed = Segment::Organic;
        }
    }
    customers
}

fn columns() -> Vec<Column> {
    FEATURES.iter().map(|&(name, kind)| Column { name: name.into(), kind }).collect()
}

fn values(customer: &Customer) -> impl Iterator<Item = Value<'_>> {
    customer.features.iter().map(|&value| Value::Number(value))
}

fn target(customer: &Customer) -> Target {
    Target {
        segment: Some(customer.observed),
        exposed: Some(customer.exposed),
        propensity: None,
        weight: None,
    }
}

/// One network, unless the options ask for a committee: most tests are about other things.
fn sample(customers: &[Customer], options: &str) -> Sample {
    let options = Options::from_json(options).unwrap();
    let ensemble = options.ensemble.or(Some(1));
    sample_with(customers, Options { ensemble, ..options })
}

fn sample_with(customers: &[Customer], options: Options) -> Sample {
    let mut sample = Sample::new(options, 1 << 30);
    sample.set_columns(columns(), false).unwrap();
    for customer in customers {
        sample.push(values(customer), target(customer)).unwrap();
    }
    sample
}

fn train_on(customers: &[Customer], options: &str) -> TwoStageModel {
    match train(&mut sample(customers, options), &mut Silent).unwrap() {
        Outcome::Model(model) => *model,
        other => panic!("no model: {other:?}"),
    }
}

/// AUC, Brier score and calibration error of the intent among the truly engaged, and macro-F1 of
/// the segments, all on exposed customers.
struct Figures {
    auc: f64,
    brier: f64,
    calibration_error: f64,
    macro_f1: f64,
}

fn figures(model: &TwoStageModel, customers: &[Customer]) -> Figures {
    let mut scorer = Scorer::new(model.clone());
    let (mut truth, mut intents) = (Vec::new(), Vec::new());
    let (mut actual, mut predicted) = (Vec::new(), Vec::new());
    for customer in customers.iter().filter(|customer| customer.exposed) {
        let score = scorer.score(values(customer)).unwrap();
        actual.push(customer.truth);
        predicted.push(score.segment());
        if customer.truth.engaged() {
            truth.push(customer.truth == Segment::CampaignDriven);
            intents.push(score.intent());
        }
    }
    let squares = truth.iter().zip(&intents).map(|(&t, q)| (f64::from(u8::from(t)) - q).powi(2));
    Figures {
        auc: auc(&truth, &intents).unwrap(),
        brier: squares.sum::<f64>() / truth.len() as f64,
        calibration_error: calibration_error(&truth, &intents),
        macro_f1: macro_f1(&actual, &predicted),
    }
}

impl Figures {
    fn mean(of: &[Figures]) -> Figures {
        let mean =
            |figure: fn(&Figures) -> f64| of.iter().map(figure).sum::<f64>() / of.len() as f64;
        Figures {
            auc: mean(|f| f.auc),
            brier: mean(|f| f.brier),
            calibration_error: mean(|f| f.calibration_error),
            macro_f1: mean(|f| f.macro_f1),
        }
    }
}

/// The expected calibration error: how far mean intent and true share are apart in each of 15 bins.
fn calibration_error(truth: &[bool], intents: &[f64]) -> f64 {
    let mut gaps = [0.0; 15];
    for (&truth, &intent) in truth.iter().zip(intents) {
        let bin = ((intent * gaps.len() as f64) as usize).min(gaps.len() - 1);
        gaps[bin] += intent - f64::from(u8::from(truth));
    }
    gaps.iter().map(|gap| gap.abs()).sum::<f64>() / truth.len() as f64
}
