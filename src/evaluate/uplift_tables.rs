//! `uplift_curve` and `uplift_bins`: arrays of rows for charts.

use decision::evaluation::uplift::{self, UpliftBin, UpliftPoint};

use super::uplift::{State, estimated, number, parts};
use crate::{
    aggregate,
    pg::{Call, SqlResult, SqlValue, sql_function},
};

sql_function!(uplift_curve);
sql_function!(uplift_bins);

/// The columns of `uplift_point`.
const POINT: [&str; 6] = ["share", "customers", "score", "gain", "gain_se", "random_gain"];
/// The columns of `uplift_bin`.
const BIN: [&str; 9] = [
    "bin",
    "customers",
    "rows_exposed",
    "rows_unexposed",
    "score_from",
    "score_to",
    "predicted",
    "observed",
    "observed_se",
];
/// The points beside share 0, and the bins, where no number is given.
const DEFAULT_POINTS: u32 = 100;
const DEFAULT_BINS: u32 = 10;

/// Returns the points of the gain curve.
fn uplift_curve(call: &Call) -> SqlResult {
    let Some(state) = aggregate::gathered::<State>(call) else { return Ok(None) };
    let points = parts(state.parts, DEFAULT_POINTS, "points")?;
    let Some(points) = uplift::uplift_curve(&mut state.rows, points) else { return Ok(None) };
    let values = points.iter().map(|point| {
        let &UpliftPoint { share, customers, score, gain, gain_error, random_gain } = point;
        [Some(share), Some(customers), score, Some(gain), gain_error, Some(random_gain)]
            .map(number)
            .to_vec()
    });
    call.return_rows(&POINT, values.map(Ok))
}

/// Returns the bins.
fn uplift_bins(call: &Call) -> SqlResult {
    let Some(state) = aggregate::gathered::<State>(call) else { return Ok(None) };
    let bins = parts(state.parts, DEFAULT_BINS, "bins")?;
    let bins = uplift::uplift_bins(&mut state.rows, bins);
    if bins.is_empty() {
        return Ok(None);
    }
    let values = bins.iter().map(|of| {
        let UpliftBin { bin, customers, rows_exposed, rows_unexposed, .. } = *of;
        let [observed, error] = estimated(of.observed);
        vec![
            Some(SqlValue::int4(i32::try_from(bin).unwrap_or(i32::MAX))),
            number(Some(customers)),
            Some(SqlValue::count(rows_exposed)),
            Some(SqlValue::count(rows_unexposed)),
            number(Some(of.score_from)),
            number(Some(of.score_to)),
            number(of.predicted),
            observed,
            error,
        ]
    });
    call.return_rows(&BIN, values.map(Ok))
}
