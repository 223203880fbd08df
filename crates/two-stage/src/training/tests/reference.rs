//! One epoch of each stage follows the reference's algebra, from the same weights, in the same
//! batches (written by scripts/figures/reference_epoch.py).

use serde::Deserialize;

use super::{super::rows::TrainingRow, *};
use crate::{
    column::Kind,
    network::{Adam, Batch, Network, Shape},
    training::{
        engine::Objective,
        label_correction::{Corrected, LabelCorrection, RowFrequency},
        segmentation::Segments,
    },
    word::RowIndex,
};

#[derive(Deserialize)]
struct Fixture {
    features: Vec<Vec<f64>>,
    exposed: Vec<u8>,
    observed: Vec<usize>,
    exposed_share: f64,
    labels: Vec<f32>,
    label_correction: Steps,
    segmentation: Steps,
}

#[derive(Deserialize)]
struct Steps {
    before: Vec<f32>,
    batches: Vec<Vec<usize>>,
    after: Vec<f32>,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("reference_epoch.json")).unwrap()
}

/// An epoch in which the self-paced part is half open.
const EPOCH: usize = 5;

impl Fixture {
    fn training(&self) -> Training {
        let options = format!(r#"{{"exposure_rate": {}}}"#, self.exposed_share);
        let columns: Vec<Column> =
            (1..=5).map(|i| testing::column(&format!("f{i}"), Kind::Number)).collect();
        let mut sample = testing::sample(&columns);
        for (row, features) in self.features.iter().enumerate() {
            let target = Target {
                segment: Some(Segment::ALL[self.observed[row]]),
                exposed: Some(self.exposed[row] == 1),
                propensity: None,
                weight: None,
                customer: None,
            };
            sample.push(features.iter().map(|&v| Value::Number(v)), target).unwrap();
        }
        Training::of_sample(sample, &options)
    }

    /// The indices of the reference's rows in the canonical order.
    fn indices(&self, rows: &TrainingRows) -> Vec<RowIndex> {
        let same = |row: &TrainingRow, features: &[f64]| {
            row.features.iter().zip(features).all(|(word, &value)| word.number() == value as f32)
        };
        let find = |features: &Vec<f64>| rows.each().find(|row| same(row, features));
        self.features.iter().map(|features| find(features).unwrap().index).collect()
    }
}

/// Goes through the batches and compares the parameters with the reference's.
fn follow(rows: &TrainingRows, indices: &[RowIndex], steps: &Steps, objective: &impl Objective) {
    let outputs = objective_outputs(steps);
    let shape = Shape { inputs: 5, hidden: vec![6, 4], outputs };
    let mut network = Network::from_parameters(shape.clone(), steps.before.clone());
    let mut adam = Adam::new(&shape, 1e-3, 5e-3, 1e-3);
    let mut batch = Batch::new(&shape, 32);
    let mut gradients = vec![0.0; steps.before.len()];
    for members in &steps.batches {
        let which: Vec<RowIndex> = members.iter().map(|&row| indices[row]).collect();
        rows.encode(&which, batch.inputs_mut(which.len(), 5));
        batch.forward(&network);
        let mut slopes = vec![0.0; batch.logits().len()];
        objective.gradients(EPOCH, &which, batch.logits(), &mut slopes);
        slopes.iter_mut().for_each(|slope| *slope /= which.len() as f32);
        batch.backward(&network, &slopes, &mut gradients);
        adam.step(&mut network, &gradients);
    }
    let moved = steps.before.iter().zip(&steps.after).map(|(a, b)| (a - b).abs());
    assert!(moved.fold(0.0, f32::max) > 1e-3, "the reference learned something");
    for (index, (actual, expected)) in network.parameters().iter().zip(&steps.after).enumerate() {
        assert!((actual - expected).abs() < 2e-5, "parameter {index}: {actual}, not {expected}");
    }
}

/// 6 and 4 hidden: 36 + 28 parameters, then 5 for each output and 5 of the skip.
fn objective_outputs(steps: &Steps) -> usize {
    (steps.before.len() - 64) / 10
}

#[test]
fn label_correction_follows_the_reference() {
    let fixture = fixture();
    let mut training = fixture.training();
    let rows = training.rows();
    let indices = fixture.indices(&rows);
    let frequency = RowFrequency { head: Some(0.5), ..RowFrequency::pooled(&rows, 0.5) };
    let objective = LabelCorrection { rows: &rows, frequency: &frequency };
    follow(&rows, &indices, &fixture.label_correction, &objective);
}

#[test]
fn segmentation_follows_the_reference() {
    let fixture = fixture();
    let mut training = fixture.training();
    let rows = training.rows();
    let indices = fixture.indices(&rows);
    let mut labels = rows.fill(0.0);
    for (&index, &t) in indices.iter().zip(&fixture.labels) {
        labels[index] = t;
    }
    let corrected = Corrected { candidates: true, ..Corrected::fixed(labels) };
    let objective = Segments { rows: &rows, corrected: &corrected, blends: false };
    follow(&rows, &indices, &fixture.segmentation, &objective);
}
