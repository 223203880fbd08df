//! `evaluate_segments`: segments as named by a score against the true ones.

use decision::evaluation::segments::{SegmentFigures, Segments};

use crate::{
    aggregate::{self, Gathered},
    pg::{Call, ResultRow, SqlResult, SqlValue, sql_function},
};

sql_function!(segments_add);
sql_function!(evaluate_segments);
aggregate::state_functions!(Segments: segments_merge, segments_serialize, segments_deserialize);

/// The columns of `segment_metrics`.
const COLUMNS: [&str; 14] = [
    "rows",
    "rows_ignored",
    "accuracy",
    "macro_f1",
    "precision_low_engagement",
    "recall_low_engagement",
    "f1_low_engagement",
    "precision_organic",
    "recall_organic",
    "f1_organic",
    "precision_campaign_driven",
    "recall_campaign_driven",
    "f1_campaign_driven",
    "confusion",
];

impl Gathered for Segments {
    const AGGREGATE: &'static str = "evaluate_segments";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        Segments::merge(self, other);
        Ok(())
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
    }

    fn is_sound(&self) -> bool {
        Segments::is_sound(self)
    }
}

/// Adds a row: `(state, actual, predicted [, weight])`.
fn segments_add(call: &Call) -> SqlResult {
    const WEIGHT: usize = 3;
    let given_weight = if call.argument_count() > WEIGHT { call.float8(WEIGHT) } else { None };
    aggregate::add(
        call,
        || Ok(Segments::default()),
        |segments| Ok(segments.add(call.text(1)?, call.text(2)?, given_weight)?),
    )
}

/// Returns the figures of the rows.
fn evaluate_segments(call: &Call) -> SqlResult {
    let Some(segments) = aggregate::gathered::<Segments>(call) else { return Ok(None) };
    let of = segments.metrics();
    let mut values = vec![
        Some(SqlValue::count(of.rows)),
        Some(SqlValue::count(of.rows_ignored)),
        of.accuracy.map(SqlValue::float8),
        of.macro_f1.map(SqlValue::float8),
    ];
    for SegmentFigures { precision, recall, f1 } in of.segments {
        values.extend([precision, recall, f1].map(|figure| figure.map(SqlValue::float8)));
    }
    values.push(of.confusion.map(|rows| SqlValue::matrix(&rows)).transpose()?);
    ResultRow::of(call, &COLUMNS)?.form(&values).map(Some)
}
