use super::*;
use crate::{
    evaluate::{auc, macro_f1},
    features::{Column, Value},
    model::Scratch,
    options::Options,
    sample::Target,
    segment::Segment,
    simulate::{Customer, FEATURES, Simulator},
};

struct Silent;

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

fn sample(customers: &[Customer], options: &str) -> Sample {
    let mut sample = Sample::new(Options::from_json(options).unwrap(), 1 << 30);
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

/// AUC and Brier score of the intent among the truly engaged, and macro-F1 of the segments, all on
/// exposed customers.
struct Figures {
    auc: f64,
    brier: f64,
    macro_f1: f64,
}

fn figures(model: &TwoStageModel, customers: &[Customer]) -> Figures {
    let mut scratch = Scratch::default();
    let (mut truth, mut intents) = (Vec::new(), Vec::new());
    let (mut actual, mut predicted) = (Vec::new(), Vec::new());
    for customer in customers.iter().filter(|customer| customer.exposed) {
        let score = model.score(&mut scratch, values(customer)).unwrap();
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
        macro_f1: macro_f1(&actual, &predicted),
    }
}

impl Figures {
    fn mean(of: &[Figures]) -> Figures {
        let mean =
            |figure: fn(&Figures) -> f64| of.iter().map(figure).sum::<f64>() / of.len() as f64;
        Figures { auc: mean(|f| f.auc), brier: mean(|f| f.brier), macro_f1: mean(|f| f.macro_f1) }
    }
}

/// The mean figures over three seeds, 20,000 customers to train and 20,000 to test, and the models.
fn scenario(missing_rate: f64, exposed_share: f64, options: &str) -> (Figures, Vec<TwoStageModel>) {
    let runs = (0..3).map(|seed| {
        let campaign = Campaign { missing_rate, exposed_share, seed: 1000 + seed };
        let customers = campaign.customers(0, 40_000);
        let model = train_on(&customers[..20_000], options);
        (figures(&model, &customers[20_000..]), model)
    });
    let (figures, models): (Vec<_>, Vec<_>) = runs.unzip();
    (Figures::mean(&figures), models)
}

fn assert_reaches(figures: &Figures, auc: f64, macro_f1: f64, brier: f64) {
    let Figures { auc: a, macro_f1: m, brier: b } = *figures;
    assert!(a >= auc && m >= macro_f1 && b <= brier, "AUC {a:.3}, mF1 {m:.3}, Brier {b:.3}");
}

// The columns "must reach" and "must beat" of the method's table of figures.

#[test]
fn nothing_missing_does_no_harm() {
    let (figures, models) = scenario(0.0, 1.0, "{}");
    let (none, _) = scenario(0.0, 1.0, r#"{"correction": "none"}"#);
    assert_reaches(&figures, 0.920, none.macro_f1 - 0.005, 1.0);
    assert!(figures.auc >= none.auc - 0.005);
    for model in models {
        let report = model.report();
        assert!(report.corrected as f64 <= 0.01 * report.rows_engaged as f64);
    }
}

#[test]
fn two_in_five_missing_are_found() {
    let (figures, models) = scenario(0.4, 1.0, "{}");
    assert_reaches(&figures, 0.919, 0.660, 0.118);
    let (none, _) = scenario(0.4, 1.0, r#"{"correction": "none"}"#);
    assert!(figures.macro_f1 >= none.macro_f1 + 0.03, "none reaches {:.3}", none.macro_f1);
    for model in models {
        let c = model.report().label_frequency.as_ref().unwrap().mean();
        assert!((c - 0.6).abs() <= 0.08, "c = {c}");
    }
}

#[test]
fn four_in_five_missing_are_found() {
    let (figures, models) = scenario(0.8, 1.0, "{}");
    assert_reaches(&figures, 0.910, 0.645, 0.130);
    let (none, _) = scenario(0.8, 1.0, r#"{"correction": "none"}"#);
    assert!(figures.macro_f1 >= none.macro_f1 + 0.20, "none reaches {:.3}", none.macro_f1);
    for model in models {
        let c = model.report().label_frequency.as_ref().unwrap().mean();
        assert!((c - 0.2).abs() <= 0.08, "c = {c}");
    }
}

#[test]
fn known_exposure_finds_what_is_missing() {
    let (figures, models) = scenario(0.4, 0.6, "{}");
    assert_reaches(&figures, 0.918, 0.665, 0.115);
    assert!(models.iter().all(|model| model.report().mode == Mode::Exposure));
}

#[test]
fn known_exposure_needs_no_label_at_all() {
    let (figures, models) = scenario(1.0, 0.6, "{}");
    assert_reaches(&figures, 0.912, 0.660, 1.0);
    assert!(models.iter().all(|model| model.report().rows_labelled == 0));
}
