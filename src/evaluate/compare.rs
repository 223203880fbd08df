//! `compare_uplift`: the difference of two scores on the same customers.

use decision::evaluation::uplift::{ComparedRows, Customer, Differences, compare};

use super::uplift::{estimated, number};
use crate::{
    aggregate::{self, Gathered},
    pg::{Call, ResultRow, SqlResult, SqlValue, sql_function},
};

sql_function!(comparison_add);
sql_function!(comparison_compare);
aggregate::state_functions!(ComparedRows: comparison_merge, comparison_serialize, comparison_deserialize);

/// The columns of `uplift_comparison`.
const COLUMNS: [&str; 7] = [
    "rows",
    "qini_a",
    "qini_b",
    "qini_difference",
    "difference_se",
    "top_30_difference",
    "top_30_difference_se",
];

impl Gathered for ComparedRows {
    const AGGREGATE: &'static str = "compare_uplift";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        ComparedRows::merge(self, other)
    }

    fn bytes(&self) -> usize {
        ComparedRows::bytes(self)
    }

    fn is_sound(&self) -> bool {
        ComparedRows::is_sound(self)
    }
}

/// Adds a row: `(state, score_a, score_b, exposed, outcome [, propensity, weight])`.
fn comparison_add(call: &Call) -> SqlResult {
    let is_weighted = call.argument_count() > 5;
    let customer = Customer {
        score: call.float8(1),
        exposed: call.boolean(3),
        outcome: call.float8(4),
        propensity: if is_weighted { call.float8(5) } else { None },
        weight: if is_weighted { call.float8(6) } else { None },
    };
    let other = call.float8(2);
    aggregate::add(
        call,
        || Ok(ComparedRows::default()),
        |rows: &mut ComparedRows| Ok(rows.add(&customer, other)?),
    )
}

/// Returns the figures.
fn comparison_compare(call: &Call) -> SqlResult {
    let Some(found) = aggregate::gathered::<ComparedRows>(call).and_then(compare) else {
        return Ok(None);
    };
    let mut values = vec![Some(SqlValue::count(found.rows))];
    match found.differences {
        Some(Differences { qini, qini_difference, top_difference }) => {
            values.extend(qini.map(|qini| number(Some(qini))));
            values.extend(estimated(Some(qini_difference)));
            values.extend(estimated(top_difference));
        }
        None => values.resize(COLUMNS.len(), None),
    }
    ResultRow::of(call, &COLUMNS)?.form(&values).map(Some)
}
