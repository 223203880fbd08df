//! `evaluate_uplift`: the figures of a score. Its state is also that of `uplift_curve` and `uplift_bins`.

use decision::evaluation::uplift::{
    Calibration, Customer, Estimate, UpliftEffects, UpliftMetrics, UpliftRows, evaluate,
};
use serde::{Deserialize, Serialize};

use crate::{
    aggregate::{self, Gathered},
    pg::{Call, Failure, ResultRow, SqlResult, SqlState, SqlValue, sql_function},
};

sql_function!(uplift_add);
sql_function!(uplift_evaluate);
aggregate::state_functions!(State: uplift_merge, uplift_serialize, uplift_deserialize);

/// The columns of `uplift_metrics`.
const COLUMNS: [&str; 27] = [
    "rows",
    "rows_ignored",
    "rows_exposed",
    "exposed_share",
    "mean_propensity",
    "outcome_exposed",
    "outcome_unexposed",
    "uplift",
    "uplift_se",
    "auuc",
    "auuc_se",
    "qini",
    "qini_se",
    "auuc_normalised",
    "qini_normalised",
    "uplift_top_10",
    "uplift_top_10_se",
    "uplift_top_20",
    "uplift_top_20_se",
    "uplift_top_30",
    "uplift_top_30_se",
    "uplift_top_50",
    "uplift_top_50_se",
    "predicted_uplift",
    "calibration_slope",
    "calibration_slope_se",
    "error_bound",
];

/// The rows, and the number of points or bins that is asked for.
#[derive(Serialize, Deserialize)]
pub struct State {
    pub rows: UpliftRows,
    pub parts: Option<i32>,
}

impl Gathered for State {
    const AGGREGATE: &'static str = "evaluate_uplift";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        check_parts(self.parts, other.parts)?;
        self.rows.merge(other.rows)
    }

    fn bytes(&self) -> usize {
        self.rows.bytes()
    }

    fn is_sound(&self) -> bool {
        self.rows.is_sound()
    }
}

/// Adds a row: `(state, score, exposed, outcome [, propensity, weight] [, parts])`.
fn uplift_add(call: &Call) -> SqlResult {
    let count = call.argument_count();
    let (propensity, weight) = match count {
        6 | 7 => (call.float8(4), call.float8(5)),
        _ => (None, None),
    };
    let customer = Customer {
        score: call.float8(1),
        exposed: call.boolean(2),
        outcome: call.float8(3),
        propensity,
        weight,
    };
    let parts = if matches!(count, 5 | 7) { call.int4(count - 1) } else { None };
    aggregate::add(
        call,
        || Ok(State { rows: UpliftRows::default(), parts }),
        |state: &mut State| {
            check_parts(state.parts, parts)?;
            Ok(state.rows.add(&customer)?)
        },
    )
}

/// Returns the figures.
fn uplift_evaluate(call: &Call) -> SqlResult {
    let metrics = aggregate::gathered::<State>(call).and_then(|state| evaluate(&mut state.rows));
    let Some(metrics) = metrics else { return Ok(None) };
    ResultRow::of(call, &COLUMNS)?.form(&values(&metrics)).map(Some)
}

fn values(metrics: &UpliftMetrics) -> Vec<Option<SqlValue>> {
    let UpliftMetrics { rows, rows_ignored, rows_exposed, effects, .. } = metrics;
    let mut values: Vec<_> =
        [rows, rows_ignored, rows_exposed].map(|&count| Some(SqlValue::count(count))).into();
    values.extend(
        [
            metrics.exposed_share,
            metrics.mean_propensity,
            metrics.outcome_exposed,
            metrics.outcome_unexposed,
        ]
        .map(number),
    );
    match effects {
        Some(effects) => values.extend(effect_values(effects)),
        None => values.resize(COLUMNS.len(), None),
    }
    values
}

fn effect_values(effects: &UpliftEffects) -> Vec<Option<SqlValue>> {
    let UpliftEffects { uplift, auuc, qini, normalised, tops, calibration, error_bound } = effects;
    let Calibration { predicted, slope } = calibration;
    let of_all = [uplift, auuc, qini].map(|&estimate| estimated(Some(estimate)));
    let mut values = of_all.concat();
    values.extend([normalised.auuc, normalised.qini].map(number));
    values.extend(tops.map(estimated).concat());
    values.push(number(*predicted));
    values.extend(estimated(*slope));
    values.push(number(Some(*error_bound)));
    values
}

/// Makes the values of a figure and of its standard error.
pub fn estimated(estimate: Option<Estimate>) -> [Option<SqlValue>; 2] {
    [estimate.map(|of| of.value), estimate.map(|of| of.error)].map(number)
}

/// Makes the value of a number. A NaN is an error that rounding hides, or a figure of sums that are too large.
pub fn number(value: Option<f64>) -> Option<SqlValue> {
    value.filter(|number| !number.is_nan()).map(SqlValue::float8)
}

/// Refuses numbers of points or bins that differ between rows.
#[inline]
pub fn check_parts(first: Option<i32>, other: Option<i32>) -> two_stage::Result<()> {
    if first == other {
        return Ok(());
    }
    let [first, other] = [first, other].map(|parts| parts.map_or("NULL".into(), |n| n.to_string()));
    Err(two_stage::Error::new(
        two_stage::ErrorKind::InvalidParameter,
        format!("the number of points or bins is {first} in one row and {other} in another"),
    )
    .with_hint("Pass a constant."))
}

/// Reads a number of points or bins, named so in errors.
pub fn parts(given: Option<i32>, default: u32, what: &str) -> Result<u32, Failure> {
    let Some(given) = given else { return Ok(default) };
    u32::try_from(given).ok().filter(|parts| (1..=MAX_PARTS).contains(parts)).ok_or_else(|| {
        Failure::new(
            SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
            format!("the number of {what} is {given}, but can be 1 to {MAX_PARTS}"),
        )
        .with_hint(format!("Leave it out for {default} {what}."))
    })
}

/// The most points or bins.
const MAX_PARTS: u32 = 10_000;
