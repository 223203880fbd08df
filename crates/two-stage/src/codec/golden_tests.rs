//! A stored model of each kind scores as it did when it was stored.
//!
//! `golden/` has a model of each kind and, beside it, some customers with their scores. After a change of
//! the format before a release, `cargo test --release -p two-stage golden -- --ignored` writes them anew.

use std::{fs, path::PathBuf};

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    column::{Column, Kind, Value},
    model::Score,
    sample::Target,
    scorer::Scorer,
    segment::Segment,
    testing::{self, column, trained},
};

/// Another kind of CPU rounds sums differently.
const TOLERANCE: f64 = 1e-6;

/// A kind of model: its options, and who was exposed, engages and is labelled.
struct Case {
    name: &'static str,
    options: &'static str,
    exposed_share: f64,
    /// The part of the engagement of exposed customers that the campaign causes.
    effect: f64,
    /// The part of the engagement of exposed members that the campaign prevents; it then moves others alone.
    prevented: f64,
    labelled_share: f64,
}

const SIMPLE: Case = Case {
    name: "simple",
    options: "",
    exposed_share: 1.0,
    effect: 0.6,
    prevented: 0.0,
    labelled_share: 0.6,
};
const EXPOSURE: Case = Case { name: "exposure", exposed_share: 0.5, ..SIMPLE };
const UNLABELLED: Case = Case { name: "exposure_without_labels", labelled_share: 0.0, ..EXPOSURE };

const PUT_OFF: Case = Case { name: "put_off", effect: 0.9, prevented: 0.9, ..UNLABELLED };

const CASES: [Case; 12] = [
    SIMPLE,
    EXPOSURE,
    UNLABELLED,
    Case { name: "splc", options: r#", "correction": "splc""#, ..SIMPLE },
    Case { name: "none", options: r#", "correction": "none""#, ..SIMPLE },
    Case { name: "grouped_attribution", options: r#", "attribution_by": "channel""#, ..SIMPLE },
    Case { name: "undistilled_committee", options: r#", "distil": false"#, ..EXPOSURE },
    Case { name: "constant_intent", labelled_share: 0.0, ..SIMPLE },
    Case { name: "no_effect", effect: 0.0, ..UNLABELLED },
    PUT_OFF,
    Case { name: "undistilled_put_off", options: r#", "distil": false"#, ..PUT_OFF },
    Case { name: "no_effect_on_average", effect: 0.6, prevented: 0.7, ..PUT_OFF },
];

/// The features of a customer; `None` is missing.
type Customer = (Option<f64>, Option<&'static str>, f64);

fn columns() -> [Column; 3] {
    [
        column("age", Kind::Number),
        column("channel", Kind::Category),
        column("member", Kind::Boolean),
    ]
}

fn values((age, channel, member): Customer) -> impl Iterator<Item = Value<'static>> {
    let age = age.map_or(Value::Missing, Value::Number);
    let channel = channel.map_or(Value::Missing, Value::Category);
    [age, channel, Value::Number(member)].into_iter()
}

impl Case {
    fn model(&self) -> Vec<u8> {
        let options =
            format!(r#"{{"hidden_layers": [3], "epochs": 12, "ensemble": 2{}}}"#, self.options);
        let mut sample = testing::sample(&columns());
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..4000 {
            let (customer, target) = self.row(&mut rng);
            sample.push(values(customer), target).unwrap();
        }
        encode_model(&trained(sample, &options)).unwrap()
    }

    fn row(&self, rng: &mut ChaCha8Rng) -> (Customer, Target) {
        let age = f64::from(rng.random_range(18..80_u8));
        let channel = ["web", "shop", "mail"][rng.random_range(0..3)];
        let member = rng.random::<bool>();
        let may_miss = |chance: f64| chance > 0.05;
        let customer = (
            Some(age).filter(|_| may_miss(rng.random())),
            Some(channel).filter(|_| may_miss(rng.random())),
            f64::from(u8::from(member)),
        );
        let exposed = rng.random::<f64>() < self.exposed_share;
        let organic = rng.random::<f64>() < if member { 0.4 } else { 0.2 };
        let caused = rng.random::<f64>() < self.effect * (90.0 - age) / 72.0;
        let labelled = rng.random::<f64>() < self.labelled_share;
        let prevented = exposed && member && rng.random::<f64>() < self.prevented;
        let caused = caused && !(member && self.prevented > 0.0);
        let segment = match (organic && !prevented, exposed && caused) {
            (false, true) if labelled => Segment::CampaignDriven,
            (false, false) => Segment::LowEngagement,
            _ => Segment::Organic,
        };
        (customer, Target { exposed: Some(exposed), ..testing::target(segment) })
    }

    /// The stored model, which is written as hexadecimal digits.
    fn stored(&self) -> Vec<u8> {
        let text = fs::read_to_string(self.path("model")).unwrap();
        let digits: Vec<u8> =
            text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
        digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    fn store(&self, model: &[u8]) {
        let line =
            |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let text: String = model.chunks(48).map(|bytes| line(bytes) + "\n").collect();
        fs::write(self.path("model"), text).unwrap();
    }

    fn path(&self, kind: &str) -> PathBuf {
        let name = format!("{}.{kind}", self.name);
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)
    }
}

/// Some customers, with values that training saw, and without.
const CUSTOMERS: [Customer; 6] = [
    (Some(25.0), Some("web"), 1.0),
    (Some(63.0), Some("shop"), 0.0),
    (Some(41.5), Some("mail"), 1.0),
    (None, Some("shop"), 0.0),
    (Some(-1000.0), None, 1.0),
    (Some(33.0), Some("elsewhere"), 0.0),
];

/// The scores of the customers, and their labels if exposed and recorded organic: a line for each.
fn scores(model: &[u8]) -> Vec<(Segment, [f64; 5])> {
    let mut scorer = Scorer::new(decode_scoring(model).unwrap());
    let mut score = |customer| {
        let score = scorer.score(values(customer)).unwrap();
        let label = scorer.correct_label(values(customer), Segment::Organic, true).unwrap();
        let Score { low_engagement, organic, campaign_driven, put_off } = score;
        let numbers = [low_engagement, organic, campaign_driven, put_off, label];
        (scorer.segment(&score), numbers)
    };
    CUSTOMERS.map(&mut score).to_vec()
}

/// The lines of the file of scores: the features, the segment, its probabilities, put-off, the
/// corrected label.
fn written(scores: &[(Segment, [f64; 5])]) -> String {
    let line = |(customer, (segment, numbers)): (&Customer, &(Segment, [f64; 5]))| {
        let (age, channel, member) = customer;
        let age = age.map_or(String::new(), |age| age.to_string());
        let numbers = numbers.map(|number| number.to_string()).join(",");
        format!("{age},{},{member},{},{numbers}\n", channel.unwrap_or_default(), segment.name())
    };
    CUSTOMERS.iter().zip(scores).map(line).collect()
}

#[test]
fn each_golden_model_scores_as_it_did() {
    for case in CASES {
        let model = case.stored();
        check_model(&model).unwrap();
        assert_eq!(encode_model(&decode_model(&model).unwrap()).unwrap(), model, "{}", case.name);
        let found = written(&scores(&model));
        let expected = fs::read_to_string(case.path("scores")).unwrap();
        assert_eq!(found.lines().count(), expected.lines().count());
        for (found, expected) in found.lines().zip(expected.lines()) {
            for (found, expected) in found.split(',').zip(expected.split(',')) {
                let same = match (found.parse::<f64>(), expected.parse::<f64>()) {
                    (Ok(found), Ok(expected)) => (found - expected).abs() <= TOLERANCE,
                    _ => found == expected,
                };
                assert!(same, "{}: {found}, not {expected}", case.name);
            }
        }
    }
}

#[test]
fn the_golden_models_are_of_the_kinds_that_they_are_named_after() {
    use crate::model::{Intent, LabelFrequency, Mode, is_significant};
    let of = |name: &str| {
        let case = CASES.into_iter().find(|case| case.name == name).unwrap();
        decode_model(&case.stored()).unwrap()
    };
    assert_eq!(of("simple").report().mode, Mode::Simple);
    assert!(matches!(of("exposure").intent(), Intent::Rescaled(_)));
    assert!(of("exposure").report().rows_labelled > 0);
    assert_eq!(of("exposure_without_labels").report().rows_labelled, 0);
    assert!(of("exposure_without_labels").intent_slope().is_some());
    assert!(of("splc").scoring.corrects_by_threshold);
    assert!(of("none").scoring.correction.is_empty());
    let grouped = of("grouped_attribution");
    assert!(matches!(grouped.label_frequency(), Some(LabelFrequency::Grouped { .. })));
    assert_eq!(of("undistilled_committee").scoring.segmentation.len(), 2);
    assert_eq!(of("exposure").scoring.segmentation.len(), 1);
    assert!(matches!(of("constant_intent").intent(), Intent::Constant(_)));
    assert!(of("no_effect").report().shows_no_effect());
    let put_off = of("put_off");
    assert!(put_off.puts_off() && put_off.scoring.uplift.is_none());
    assert!(put_off.report().campaign_share.is_some_and(is_significant));
    let undistilled = of("undistilled_put_off");
    assert!(undistilled.puts_off() && undistilled.scoring.uplift.is_some());
    let balanced = of("no_effect_on_average").report().clone();
    assert!(!balanced.shows_no_effect() && !balanced.campaign_share.is_some_and(is_significant));
}

#[test]
#[ignore = "writes the golden files anew"]
fn write_the_golden_models() {
    for case in CASES {
        let model = case.model();
        fs::write(case.path("scores"), written(&scores(&model))).unwrap();
        case.store(&model);
    }
}
