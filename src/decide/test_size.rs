//! `sample_size` and `detectable_uplift`: how large a test must be, and what it can show.

use decision::test_size::Test;

use crate::pg::{Call, Failure, SqlResult, SqlState, SqlValue, sql_function};

sql_function!(sample_size);
sql_function!(detectable_uplift);

/// The rows for an uplift: `(rate, uplift, exposed_share, power, alpha)`.
fn sample_size(call: &Call) -> SqlResult {
    let (Some(rate), Some(uplift)) = (call.float8(0), call.float8(1)) else {
        return Err(not_strict());
    };
    Ok(Some(SqlValue::count(test(call, rate)?.rows(uplift)?)))
}

/// The smallest uplift that rows show: `(rows, rate, exposed_share, power, alpha)`.
fn detectable_uplift(call: &Call) -> SqlResult {
    let (Some(rows), Some(rate)) = (call.int8(0), call.float8(1)) else {
        return Err(not_strict());
    };
    let rows = u64::try_from(rows).map_err(|_| negative(rows))?;
    Ok(test(call, rate)?.uplift(rows)?.map(SqlValue::float8))
}

fn test(call: &Call, rate: f64) -> Result<Test, Failure> {
    let (Some(exposed_share), Some(power), Some(alpha)) =
        (call.float8(2), call.float8(3), call.float8(4))
    else {
        return Err(not_strict());
    };
    Ok(Test { rate, exposed_share, power, alpha })
}

fn negative(rows: i64) -> Failure {
    Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("the number of rows cannot be {rows}"),
    )
    .with_hint("Pass 0 or more.")
}

fn not_strict() -> Failure {
    Failure::internal("declared without STRICT")
}
