//! The values of the column that `attribution_by` names, each with its own label frequency.

use super::top_share;
use crate::{
    Error, ErrorKind, Result,
    column::Kind,
    model::{GroupValue, LabelFrequency},
    training::{
        few_values::{MAX_VALUES, few_values},
        label_correction::RowFrequency,
        rows::TrainingRows,
        run::Run,
    },
    word::{RowIndex, Word},
};

/// A group needs this many labelled rows. Where attribution misses nearly all of a group, there are
/// few labels to find: with 150 needed, the pooled c cost .13 AUC in that case.
const MIN_LABELLED: usize = 50;

/// The index of the column that `attribution_by` names.
pub(super) fn attribution_column(rows: &TrainingRows) -> Result<Option<usize>> {
    let Some(name) = rows.options.attribution_by() else {
        return Ok(None);
    };
    let column = rows.sample.features().iter().position(|column| column.name == name);
    column.map(Some).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidParameter,
            format!("attribution_by names \"{name}\", which is not a feature"),
        )
        .with_hint("Name one of the features; those of an array are f1, f2 and so on.")
    })
}

/// The distinct values of the attribution column among the engaged rows.
pub(super) struct Groups {
    column: usize,
    values: Vec<Word>,
}

impl Groups {
    pub fn new(rows: &TrainingRows, engaged: &[RowIndex], column: usize) -> Result<Self> {
        match few_values(rows, engaged, column) {
            Some(values) => Ok(Self { column, values }),
            None => Err(too_many(&rows.sample.features()[column].name)),
        }
    }

    /// c of every row, by its group; the pooled c where a group has too few labels.
    pub fn frequency(
        &self,
        rows: &TrainingRows,
        run: &mut Run,
        scored: &[RowIndex],
        pooled: f64,
    ) -> RowFrequency {
        let mut of_row = rows.fill(pooled as f32);
        let mut groups = Vec::new();
        for &value in &self.values {
            let belongs = |features: &[Word]| features[self.column] == value;
            let labelled = rows.of(scored).filter(|row| belongs(row.features) && row.is_labelled());
            let group = self.group_value(rows, value);
            let c = if labelled.count() < MIN_LABELLED {
                run.warn(format!(
                    "attribution_by: {group} has fewer than {MIN_LABELLED} labelled rows and takes the label frequency of all, {pooled:.2}"
                ));
                pooled
            } else {
                top_share::labelled_share(rows, scored, |row| belongs(row.features))
            };
            for row in rows.each().filter(|row| belongs(row.features)) {
                of_row[row.index] = c as f32;
            }
            groups.push((group, c));
        }
        let model = LabelFrequency::Grouped { column: self.column, groups, pooled };
        RowFrequency { model, of_row, head: None }
    }

    fn group_value(&self, rows: &TrainingRows, word: Word) -> GroupValue {
        let sample = rows.sample;
        if sample.features()[self.column].kind == Kind::Category {
            match sample.categories(self.column).nth(word.code()) {
                Some(text) => GroupValue::Category(text.to_owned()),
                None => GroupValue::Missing,
            }
        } else {
            match word.number() {
                number if number.is_nan() => GroupValue::Missing,
                number => GroupValue::Number(number),
            }
        }
    }
}

fn too_many(name: &str) -> Error {
    Error::new(
        ErrorKind::InvalidParameter,
        format!(
            "attribution_by names \"{name}\", which has more than {MAX_VALUES} distinct values"
        ),
    )
    .with_hint("Name a feature with fewer distinct values.")
}
