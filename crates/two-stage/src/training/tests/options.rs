//! Every option changes what it says it changes.

use super::*;
use crate::{
    model::LabelFrequency,
    training::{
        engine::{Objective, Plan, Stream, Tally, fit},
        folds::Member,
    },
    word::RowIndex,
};

fn customers(count: u64) -> Vec<Customer> {
    Campaign { missing_rate: 0.4, exposed_share: 1.0, seed: 11 }.customers(0, count)
}

/// A small training with these options beside short ones.
fn train_with(options: &str) -> TwoStageModel {
    train_on(&customers(1200), &format!(r#"{{"hidden_layers": [8], {options}}}"#))
}

fn epochs(model: &TwoStageModel, stage: Stage) -> Vec<&Epoch> {
    model.report().history.iter().filter(|epoch| epoch.stage == stage).collect()
}

#[test]
fn missing_rate_is_taken_as_given() {
    let model = train_with(r#""epochs": 10, "missing_rate": 0.3"#);
    assert_eq!(model.label_frequency(), Some(&LabelFrequency::Pooled(0.7)));
    assert!(model.report().corrected_total > 0.0);
    let complete = train_with(r#""epochs": 10, "missing_rate": 0"#);
    assert!(complete.report().corrected_total < 1e-3);
}

#[test]
fn correction_none_takes_the_labels_as_they_are_and_trains_the_segments_alone() {
    let none = train_with(r#""epochs": 10, "correction": "none""#);
    assert!(epochs(&none, Stage::LabelCorrection).is_empty() && none.scoring.correction.is_empty());
    assert_eq!((none.report().corrected, none.report().corrected_total), (0, 0.0));
    let splc = train_with(r#""epochs": 10, "correction": "splc""#);
    assert!(
        !epochs(&splc, Stage::LabelCorrection).is_empty() && !splc.scoring.correction.is_empty()
    );
}

#[test]
fn attribution_by_gives_each_group_its_own_frequency() {
    let customers = escaping_by_app(31, 1.0, 0.6, 20_000);
    let model = train_on(&customers, r#"{"attribution_by": "app_user"}"#);
    let Some(LabelFrequency::Grouped { groups, .. }) = model.label_frequency() else {
        panic!("no groups: {:?}", model.label_frequency());
    };
    let [(_, without), (_, with)] = groups[..] else { panic!("{groups:?}") };
    assert!(without > with + 0.3, "without the app {without}, with it {with}");
}

#[test]
fn exposure_rate_replaces_the_observed_share() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 11 }.customers(0, 2000);
    let of = |options: &str| train_on(&customers, &format!(r#"{{"epochs": 10, {options}}}"#));
    let share = of(r#""seed": 0"#);
    let given = of(r#""exposure_rate": 0.5"#);
    assert_ne!(encode_model(&share).unwrap(), encode_model(&given).unwrap());
    assert!(given.report().warnings.iter().any(|w| w.contains("exposure rate")));
}

#[test]
fn hidden_layers_are_the_shape_of_both_networks() {
    let model = train_on(&customers(1200), r#"{"epochs": 10, "hidden_layers": [5, 4, 3]}"#);
    assert_eq!(model.scoring.segmentation[0].shape().hidden, [5, 4, 3]);
    assert_eq!(model.scoring.correction[0].network.shape().hidden, [5, 4, 3]);
}

#[test]
fn epochs_bound_each_stage() {
    let model = train_with(r#""epochs": 11, "patience": 100, "missing_rate": 0.4"#);
    assert_eq!(epochs(&model, Stage::LabelCorrection).len(), 11);
    assert_eq!(epochs(&model, Stage::Segmentation).len(), 11);
}

#[test]
fn patience_ends_a_stage_early() {
    let run = |patience: usize| {
        let model =
            train_with(&format!(r#""epochs": 200, "learning_rate": 0.02, "patience": {patience}"#));
        let stage = epochs(&model, Stage::Segmentation);
        let kept = stage.iter().position(|epoch| epoch.kept).unwrap();
        assert_eq!(stage.len(), kept + patience + 1, "it stops {patience} epochs after the best");
        let losses = stage.iter().map(|epoch| epoch.validation_loss.unwrap());
        assert!(losses.fold(f64::INFINITY, f64::min) > stage[kept].validation_loss.unwrap() - 2e-5);
        stage.len()
    };
    assert!(run(2) < run(12));
}

#[test]
fn a_small_learning_rate_learns_slowly() {
    let first_loss = |rate: &str| {
        let model = train_with(&format!(r#""epochs": 10, "learning_rate": {rate}"#));
        epochs(&model, Stage::Segmentation)[3].training_loss
    };
    assert!(first_loss("0.00001") > first_loss("0.01") + 0.1);
}

/// An objective that no network minimises: its loss is not finite.
struct Diverging;

impl Objective for Diverging {
    fn gradients(&self, _: usize, _: &[RowIndex], _: &[f32], out: &mut [f32]) -> Tally {
        out.fill(f32::NAN);
        Tally::default()
    }

    fn validation(&self, _: &[RowIndex], _: &[f32]) -> f64 {
        f64::NAN
    }
}

#[test]
fn a_fit_that_diverges_is_an_error_that_names_the_learning_rate() {
    let mut training = Training::on(&customers(300), r#"{"epochs": 10, "learning_rate": 0.5}"#);
    let rows = training.rows();
    let error = with_pool(&mut { QUIET }, |observer, pool| {
        let (warnings, history) = (Vec::new(), Vec::new());
        let mut run = Run { observer, pool, poll: rows.poll(), warnings, history };
        let split = Member::single(&rows).split(&rows, |_| true);
        let plan = Plan::new(&rows, Step::Segmentation, Stream::Distillation, split);
        fit(&rows, &mut run, 3, &plan, &Diverging, |_| ()).err()
    });
    assert_eq!(error.unwrap().message, "segmentation diverged with learning_rate 0.5");
}

#[test]
fn the_highest_learning_rate_gives_a_sound_model_or_an_error() {
    let customers = customers(1200);
    let options = r#"{"epochs": 20, "learning_rate": 1.0, "weight_decay": 1.0, "hidden_layers": [128, 128, 128, 128], "missing_rate": 0.4}"#;
    match Training::on(&customers[..300], options).run() {
        Ok(Outcome::Model(model)) => assert!(model.is_sound()),
        Ok(other) => panic!("no model: {other:?}"),
        Err(error) => assert!(error.message.contains("diverged"), "{error}"),
    }
}

#[test]
fn a_large_batch_takes_fewer_steps() {
    let after_one_epoch = |size: usize| {
        let model = train_with(&format!(r#""epochs": 10, "batch_size": {size}"#));
        epochs(&model, Stage::Segmentation)[0].training_loss
    };
    assert!(after_one_epoch(1024) > after_one_epoch(16) + 0.05);
}

#[test]
fn validation_fraction_takes_rows_from_training() {
    let rows = |fraction: f64| {
        let customers = customers(2000);
        let options = format!(r#"{{"epochs": 10, "validation_fraction": {fraction}}}"#);
        let mut training = Training::on(&customers, &options);
        let rows = training.rows();
        Member::all(&rows)[0].split(&rows, |_| true).1.len()
    };
    assert!((150..250).contains(&rows(0.1)) && (700..900).contains(&rows(0.4)));
}

#[test]
fn weight_decay_makes_small_weights() {
    let size = |decay: f64| {
        let model =
            train_with(&format!(r#""epochs": 40, "learning_rate": 0.01, "weight_decay": {decay}"#));
        model.scoring.segmentation[0].parameters().iter().map(|p| p * p).sum::<f32>()
    };
    assert!(size(0.5) < 0.5 * size(0.0));
}

#[test]
fn an_ensemble_is_a_committee_that_may_be_distilled() {
    let customers = Campaign { missing_rate: 0.4, exposed_share: 0.6, seed: 3 }.customers(0, 2000);
    let of = |options: &str| {
        let quick = r#""learning_rate": 0.01, "hidden_layers": [8]"#;
        train_on(&customers, &format!("{{{quick}, {options}}}"))
    };
    let plain = of(r#""ensemble": 3, "distil": false"#);
    assert_eq!((plain.scoring.segmentation.len(), plain.scoring.correction.len()), (3, 3));
    let distilled = of(r#""ensemble": 3"#);
    assert_eq!((distilled.scoring.segmentation.len(), distilled.scoring.correction.len()), (1, 3));
    assert!(!epochs(&distilled, Stage::Distillation).is_empty());
    // The one network says what the committee says, nearly.
    let mut scorers = [plain, distilled].map(Scorer::new);
    let gap: f64 = customers
        .iter()
        .map(|customer| {
            let [a, b] = scorers.each_mut().map(|scorer| scorer.score(values(customer)).unwrap());
            (a.campaign_driven - b.campaign_driven).abs()
        })
        .sum();
    assert!(gap / 2000.0 < 0.03, "mean gap {}", gap / 2000.0);
}

#[test]
fn few_rows_train_a_committee_unless_told_otherwise() {
    let size = |count: u64, options: &str| {
        let mut training = Training::with_default_ensemble(&customers(count), options);
        Member::all(&training.rows()).len()
    };
    assert_eq!((size(300, "{}"), size(300, r#"{"ensemble": 1}"#)), (5, 1));
    assert_eq!((size(50_000, "{}"), size(50_000, r#"{"ensemble": 2}"#)), (1, 2));
}

#[test]
fn the_seed_is_the_start_of_every_choice() {
    let bytes =
        |seed: u64| encode_model(&train_with(&format!(r#""epochs": 10, "seed": {seed}"#))).unwrap();
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn on_failure_null_keeps_the_error_for_a_warning() {
    let none: Vec<Customer> =
        customers(200).into_iter().filter(|c| !c.observed.engaged()).collect();
    let error = Training::on(&none, "{}").run().unwrap_err();
    match Training::on(&none, r#"{"on_failure": "null"}"#).run().unwrap() {
        Outcome::Failed(failure) => assert_eq!(failure, error),
        other => panic!("{other:?}"),
    }
}
