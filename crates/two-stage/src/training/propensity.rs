//! The estimated propensity (option `propensity` = `estimate`): networks tell each row's probability
//! of exposure from features alone, without having seen the row.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{
    binary::Binary,
    engine::{Plan, Stream, evenly, fit, predict},
    errors::insufficient,
    observer::Step,
    rows::{PerRow, TrainingRow, TrainingRows},
    run::Run,
};
use crate::{
    Error, ErrorKind, Result,
    model::Mode,
    probability::{COMPARABLE_EXPOSURE, sigmoid},
    sample::Counts,
    word::RowIndex,
};

/// A network does not see one of this many folds, and holds out one of this many parts of the rest.
const FOLDS: u64 = 5;
const PARTS: u64 = 8;
/// The share of the weight decay: with all of it, no propensity comes near 0 or 1.
const DECAY: f64 = 0.1;
/// Rows that a network learns from at most.
const MAX_ROWS: usize = 100_000;

/// The rows with their estimated propensity, if the option asks for it. Rows without overlap are
/// left out, with a warning.
pub(super) fn estimate<'a>(rows: TrainingRows<'a>, run: &mut Run) -> Result<TrainingRows<'a>> {
    if rows.options.propensity().is_none() {
        return Ok(rows);
    }
    check(&rows)?;
    let estimates = out_of_fold(&rows, run)?;
    let before = rows.len();
    let rows = rows.with_estimates(estimates)?;
    for exposed in [true, false] {
        if !rows.each().any(|row| row.exposed == exposed) {
            return Err(insufficient(
                "exposed and unexposed customers have no overlap: features tell who was exposed",
                "Expose a part of the customers at random.",
            ));
        }
    }
    let left_out = before - rows.len();
    if left_out > 0 {
        let (low, high) = COMPARABLE_EXPOSURE.into_inner();
        run.warn(format!(
            "{left_out} of {before} rows are left out, because their estimated propensity is outside {low} to {high}"
        ));
    }
    Ok(rows)
}

/// The counts of a training: rows without overlap are left out by a given propensity, or by an
/// estimated one.
pub(super) fn counts(rows: &TrainingRows) -> Counts {
    let counts = rows.sample.counts();
    let estimated = rows.options.propensity().is_some();
    let left_out = if estimated { rows.sample.len() - rows.len() as u64 } else { 0 };
    Counts { no_overlap: counts.no_overlap + left_out, ..counts }
}

fn check(rows: &TrainingRows) -> Result<()> {
    let refused = |why: &str, hint: &str| {
        let message = format!("option \"propensity\" is estimate, but {why}");
        Err(Error::new(ErrorKind::InvalidParameter, message).with_hint(hint))
    };
    if rows.give_propensity() {
        return refused("the rows give a propensity", "Leave out the option or the propensity.");
    }
    if rows.mode() == Mode::Simple {
        return refused(
            "there are no unexposed rows to compare",
            "Leave out the option, or give rows of unexposed customers.",
        );
    }
    Ok(())
}

/// A hash of a row's customer, or of its features if it is a customer of its own.
fn hash(rows: &TrainingRows, row: &TrainingRow) -> u64 {
    let seed = rows.options.seed();
    if let Some(customer) = rows.sample.row(row.index).customer() {
        return customer.key(seed);
    }
    let bytes: Vec<u8> = row.features.iter().flat_map(|word| word.to_le_bytes()).collect();
    xxh3_64_with_seed(&bytes, seed)
}

/// Each row's propensity by a network that did not see its features; NaN without overlap.
fn out_of_fold(rows: &TrainingRows, run: &mut Run) -> Result<PerRow<f32>> {
    let mut estimates = rows.fill(f32::NAN);
    let mut hashes = rows.fill(0);
    rows.each().for_each(|row| hashes[row.index] = hash(rows, &row));
    for fold in 0..FOLDS {
        let pick = |condition: &dyn Fn(u64) -> bool| -> Vec<RowIndex> {
            rows.select(|row| condition(hashes[row.index]))
        };
        let validates = |hash: u64| (hash / FOLDS).is_multiple_of(PARTS);
        let training = pick(&|hash| hash % FOLDS != fold && !validates(hash));
        let validation = pick(&|hash| hash % FOLDS != fold && validates(hash));
        let split = (evenly(&training, MAX_ROWS), validation);
        let stream = Stream::Propensity(fold as u8);
        let plan = Plan { decay_share: DECAY, ..Plan::new(rows, Step::Propensity, stream, split) };
        let exposed = Binary { rows, label: |row| row.exposed };
        let network = fit(rows, run, 1, &plan, &exposed, |_| ())?.network;
        let unseen = pick(&|hash| hash % FOLDS == fold);
        predict(rows, run, Step::Propensity, &network, &unseen, |row, logits| {
            let propensity = sigmoid(f64::from(logits[0]));
            if COMPARABLE_EXPOSURE.contains(&propensity) {
                estimates[row] = propensity as f32;
            }
        });
    }
    Ok(estimates)
}
