//! The parts that the tests of a training share: simulated customers, and figures on them.

mod balance;
mod customers;
mod distributions;
mod exposed_rows;
mod feature_values;
mod few_labels;
mod figures;
mod guards;
mod leaks;
mod options;
mod out_of_fold;
mod random_exposure;
mod reference;
mod same_bytes;
mod segments;
mod texts;
mod uplift;
mod weights;

use rand::RngExt;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::{
    codec::encode_model,
    column::{Column, Kind, Value},
    evaluation::{auc, macro_f1},
    model::{Epoch, Intent, PropensitySource, Stage},
    poll::Poll,
    sample::Target,
    scorer::Scorer,
    segment::Segment,
    simulate::{Customer, FEATURES, Simulator},
    testing::{self, QUIET, Threads},
};

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
        customer: None,
    }
}

/// A training that is ready to run.
#[derive(Clone)]
struct Training {
    sample: Sample,
    options: Options,
}

impl Training {
    /// Trains one network, unless the options ask for a committee: most tests are about other things.
    fn on(customers: &[Customer], options: &str) -> Self {
        let mut options: serde_json::Value = serde_json::from_str(options).unwrap();
        options.as_object_mut().unwrap().entry("ensemble").or_insert(1.into());
        Self::with_default_ensemble(customers, &options.to_string())
    }

    fn with_default_ensemble(customers: &[Customer], options: &str) -> Self {
        let mut sample = testing::sample(&columns());
        for customer in customers {
            sample.push(values(customer), target(customer)).unwrap();
        }
        Self::of_sample(sample, options)
    }

    fn of_sample(sample: Sample, options: &str) -> Self {
        Self { sample, options: Options::from_json(options).unwrap() }
    }

    fn run(&mut self) -> Result<Outcome> {
        self.run_with(&mut { QUIET })
    }

    fn run_with(&mut self, observer: &mut dyn Observer) -> Result<Outcome> {
        train(&mut self.sample, &self.options, observer)
    }

    fn bytes(&mut self) -> Vec<u8> {
        encode_model(&testing::model(self.run().unwrap())).unwrap()
    }

    /// The rows that it would use.
    fn rows(&mut self) -> TrainingRows<'_> {
        self.sample.canonicalise();
        TrainingRows::new(&self.sample, &self.options, &mut Vec::new()).unwrap()
    }
}

fn train_on(customers: &[Customer], options: &str) -> TwoStageModel {
    testing::model(Training::on(customers, options).run().unwrap())
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
        predicted.push(scorer.segment(&score));
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
        macro_f1: macro_f1(&actual, &predicted).unwrap(),
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
