//! `evaluate_intent` and `calibration_curve`: an intent, or another probability, against what was so.

use decision::evaluation::intent::{
    CalibrationBin, IntentMetrics, IntentRow, IntentRows, calibration_curve as curve, evaluate,
};
use serde::{Deserialize, Serialize};

use super::uplift::{check_parts, number, parts};
use crate::{
    aggregate::{self, Gathered},
    pg::{Call, Failure, ResultRow, SqlResult, SqlValue, oid, sql_function},
};

sql_function!(intent_add);
sql_function!(intent_evaluate);
sql_function!(calibration_curve);
aggregate::state_functions!(State: intent_merge, intent_serialize, intent_deserialize);

/// The columns of `intent_metrics`.
const COLUMNS: [&str; 16] = [
    "rows",
    "rows_ignored",
    "positives",
    "base_rate",
    "auc",
    "auc_se",
    "average_precision",
    "log_loss",
    "brier",
    "calibration_error",
    "calibration_slope",
    "accuracy",
    "precision",
    "recall",
    "f1",
    "error_bound",
];
/// The columns of `calibration_bin`.
const BIN: [&str; 5] = ["bin", "rows", "predicted", "observed", "observed_se"];
/// The bins where no number is given.
const DEFAULT_BINS: u32 = 10;

/// The rows, and the number of bins that is asked for.
#[derive(Serialize, Deserialize)]
struct State {
    rows: IntentRows,
    bins: Option<i32>,
}

impl Gathered for State {
    const AGGREGATE: &'static str = "evaluate_intent";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        check_parts(self.bins, other.bins)?;
        self.rows.merge(other.rows);
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.rows.bytes()
    }

    fn is_sound(&self) -> bool {
        self.rows.is_sound()
    }
}

/// Adds a row: `(state, actual, predicted [, weight] [, bins])`.
fn intent_add(call: &Call) -> SqlResult {
    let site = call.site(|| Places::of(call))?;
    let row = IntentRow {
        actual: call.boolean(1),
        score: call.float8(2),
        weight: site.weight.and_then(|place| call.float8(place)),
    };
    let bins = site.bins.and_then(|place| call.int4(place));
    aggregate::add(
        call,
        || Ok(State { rows: IntentRows::default(), bins }),
        |state: &mut State| {
            check_parts(state.bins, bins)?;
            Ok(state.rows.add(&row)?)
        },
    )
}

/// The places of the optional arguments.
struct Places {
    weight: Option<usize>,
    bins: Option<usize>,
}

impl Places {
    fn of(call: &Call) -> Result<Self, Failure> {
        const FIRST: usize = 3;
        let last = call.argument_count() - 1;
        let has_bins = last >= FIRST && call.declared_type(last)? == Some(oid::INT4OID);
        let has_weight = last >= FIRST + usize::from(has_bins);
        Ok(Self { weight: has_weight.then_some(FIRST), bins: has_bins.then_some(last) })
    }
}

/// Returns the figures.
fn intent_evaluate(call: &Call) -> SqlResult {
    let Some(state) = aggregate::gathered::<State>(call) else { return Ok(None) };
    let IntentMetrics { rows, rows_ignored, positives, base_rate, ranking, probabilities } =
        evaluate(&mut state.rows);
    let counts = [rows, rows_ignored, positives].map(|count| Some(SqlValue::count(count)));
    let figures = [
        base_rate,
        ranking.auc,
        ranking.auc_se,
        ranking.average_precision,
        probabilities.log_loss,
        probabilities.brier,
        probabilities.calibration_error,
        probabilities.calibration_slope,
        probabilities.accuracy,
        probabilities.precision,
        probabilities.recall,
        probabilities.f1,
        ranking.error_bound,
    ];
    let values: Vec<_> = counts.into_iter().chain(figures.map(number)).collect();
    ResultRow::of(call, &COLUMNS)?.form(&values).map(Some)
}

/// Returns the bins.
fn calibration_curve(call: &Call) -> SqlResult {
    let Some(state) = aggregate::gathered::<State>(call) else { return Ok(None) };
    let bins = curve(&mut state.rows, parts(state.bins, DEFAULT_BINS, "bins")?);
    if bins.is_empty() {
        return Ok(None);
    }
    let values = bins.iter().map(|of| {
        let &CalibrationBin { bin, rows, predicted, observed, observed_error } = of;
        vec![
            Some(SqlValue::int4(i32::try_from(bin).unwrap_or(i32::MAX))),
            Some(SqlValue::count(rows)),
            number(predicted),
            number(Some(observed)),
            number(Some(observed_error)),
        ]
    });
    call.return_rows(&BIN, values.map(Ok))
}
