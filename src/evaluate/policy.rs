//! `evaluate_policy`: the value of recommendations, from customers who were sent something by chance.

use decision::evaluation::policy::{Policy, PolicyRow};

use crate::{
    aggregate::{self, Gathered},
    pg::{Call, Failure, ResultRow, SqlResult, SqlValue, sql_function},
};

sql_function!(policy_add);
sql_function!(evaluate_policy);
aggregate::state_functions!(Policy: policy_merge, policy_serialize, policy_deserialize);

/// The columns of `policy_metrics`.
const COLUMNS: [&str; 9] = [
    "rows",
    "rows_ignored",
    "rows_followed",
    "contacted_share",
    "value",
    "value_se",
    "baseline_value",
    "gain",
    "gain_se",
];

impl Gathered for Policy {
    const AGGREGATE: &'static str = "evaluate_policy";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        Policy::merge(self, other)
    }

    fn bytes(&self) -> usize {
        Policy::bytes(self)
    }

    fn is_sound(&self) -> bool {
        Policy::is_sound(self)
    }
}

/// Adds a row: `(state, recommended, sent, outcome [, probability, weight], baseline)`.
fn policy_add(call: &Call) -> SqlResult {
    let (probability, weight, baseline) = match call.argument_count() {
        5 => (None, None, 4),
        7 => (call.float8(4), call.float8(5), 6),
        _ => return Err(Failure::internal("declared with another number of arguments")),
    };
    let row = PolicyRow {
        recommended: call.text(1)?,
        sent: call.text(2)?,
        outcome: call.float8(3),
        probability,
        weight,
        baseline: call.text(baseline)?,
    };
    aggregate::add(call, || Ok(Policy::default()), |policy| Ok(policy.add(&row)?))
}

/// Returns the figures of the rows.
fn evaluate_policy(call: &Call) -> SqlResult {
    let Some(policy) = aggregate::gathered::<Policy>(call) else { return Ok(None) };
    let of = policy.metrics()?;
    let counts =
        [of.rows, of.rows_ignored, of.rows_followed].map(|count| Some(SqlValue::count(count)));
    let figures =
        [of.contacted_share, of.value, of.value_se, of.baseline_value, of.gain, of.gain_se];
    let figures = figures.map(|figure| figure.map(SqlValue::float8));
    let values: Vec<_> = counts.into_iter().chain(figures).collect();
    ResultRow::of(call, &COLUMNS)?.form(&values).map(Some)
}
