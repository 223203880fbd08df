//! Guards: warnings of features whose values cannot be learned from as they come.

use crate::{
    column::Kind,
    encoding::{Castable, MAX_LEVELS},
    training::{
        observer::Step,
        rows::{TrainingRow, TrainingRows},
        run::Run,
    },
    word::Word,
};

/// A range of at most this part of the largest number leaves 32 bits too little to tell values apart.
const NARROW: f64 = 1.0 / (1 << 20) as f64;
/// From so many rows on, a whole number of its own in each row is a key.
const MIN_KEY_ROWS: usize = 1000;
/// Rows that show whether it is worth looking at all.
const FIRST_ROWS: usize = 4096;
/// Beyond this, 32-bit numbers skip whole numbers.
const MAX_WHOLE: f32 = (1 << 24) as f32;

/// Warns of infinite dates, narrow ranges, keys, and texts that are numbers or dates.
pub(in crate::training) fn warn(rows: &TrainingRows, run: &mut Run) {
    let mut castable = Castable::default();
    for (place, column) in rows.sample.features().iter().enumerate() {
        run.enter(Step::Encoding);
        match column.kind {
            Kind::Number => number(rows, run, place, &column.name),
            Kind::Date => infinite_dates(rows, run, place, &column.name),
            Kind::Category => text(rows, place, &column.name, &mut castable),
            Kind::Boolean => {}
        }
    }
    if let Some((message, casts)) = castable.message() {
        run.warn(format!("{message}: cast {casts}"));
    }
}

fn infinite_dates(rows: &TrainingRows, run: &mut Run, place: usize, name: &str) {
    let infinite = rows.sample.spans().infinite_dates(place);
    if infinite > 0 {
        run.warn(format!(
            "feature \"{name}\" is an infinite date in {infinite} rows and counts as missing there: give NULL instead"
        ));
    }
}

fn number(rows: &TrainingRows, run: &mut Run, place: usize, name: &str) {
    if let Some((low, high)) = rows.sample.spans().of(place)
        && low < high
        && high - low <= NARROW * low.abs().max(high.abs())
    {
        run.warn(format!(
            "feature \"{name}\" lies between {low} and {high}, which 32-bit numbers can hardly tell apart: subtract a constant, such as {low}"
        ));
    }
    let seems_key = whole_numbers(rows, place, FIRST_ROWS).is_some();
    if let Some(count) = seems_key.then(|| whole_numbers(rows, place, usize::MAX)).flatten()
        && count >= MIN_KEY_ROWS
    {
        run.warn(format!(
            "feature \"{name}\" is a whole number of its own in each of {count} rows, as a key is: leave \"{name}\" out of the features"
        ));
    }
}

/// The number of rows that have a number, among the first ones; `None` if one of them is not whole,
/// or two are equal.
fn whole_numbers(rows: &TrainingRows, place: usize, first: usize) -> Option<usize> {
    let whole = |row: TrainingRow| {
        let number = row.features[place].number();
        let is_whole = number.fract() == 0.0 && number.abs() <= MAX_WHOLE && row.count == 1;
        is_whole.then(|| Word::of_f32(number))
    };
    let present = |row: &TrainingRow| !row.features[place].number().is_nan();
    let words: Option<Vec<Word>> = rows.each().take(first).filter(present).map(whole).collect();
    let mut words = words?;
    rows.poll().sort(&mut words, &Word::cmp);
    words.is_sorted_by(|a, b| a < b).then_some(words.len())
}

/// Adds a text column of numbers or dates with more texts than can have an input each.
fn text(rows: &TrainingRows, place: usize, name: &str, castable: &mut Castable) {
    let texts = rows.sample.categories(place);
    if texts.len() <= MAX_LEVELS {
        return;
    }
    let mut counts = vec![0_u64; texts.len()];
    for row in rows.each() {
        if let Some(count) = counts.get_mut(row.features[place].code()) {
            *count += u64::from(row.count);
        }
    }
    if counts.iter().filter(|&&count| count > 0).count() > MAX_LEVELS {
        castable.add(name, rows.sample.categories(place).zip(counts.iter().copied()));
    }
}
