//! The distinct values of a column, where they are few enough for option `attribution_by`.

use super::rows::TrainingRows;
use crate::word::{RowIndex, Word};

/// The largest number of values.
pub(super) const MAX_VALUES: usize = 32;

/// The values of a column in these rows, sorted; `None` where there are too many.
pub(super) fn few_values(
    rows: &TrainingRows,
    list: &[RowIndex],
    column: usize,
) -> Option<Vec<Word>> {
    let mut values: Vec<Word> = Vec::new();
    for row in rows.of(list) {
        let value = row.features[column];
        if let Err(place) = values.binary_search(&value) {
            if values.len() == MAX_VALUES {
                return None;
            }
            values.insert(place, value);
        }
    }
    Some(values)
}
