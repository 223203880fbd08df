//! Fits the encoding of numbers, booleans and dates: weighted moments in f64, in canonical order,
//! that outliers do not move.

use super::{
    encodings::{Encoding, Input},
    robust::Choice,
    weighted_rows::{BLOCK_ROWS, WeightedRows},
};
use crate::{column::Column, sample::SampleRow, word::Word};

/// Weighted moments of one column of numbers, gathered in two passes.
struct Moments {
    column: usize,
    choice: Choice,
    /// Set where only values within the robust bounds count.
    is_bounded: bool,
    /// The least and the largest value that counts.
    bounds: (f32, f32),
    /// The weight of all values that are there.
    present: f64,
    missing: bool,
    /// Distinct values, at most three.
    distinct: Vec<Word>,
    /// Of the values that count.
    weight: f64,
    sum: f64,
    mean: f64,
    second: f64,
    least: f32,
    most: f32,
}

impl Moments {
    fn new(column: usize, choice: Choice, is_bounded: bool) -> Self {
        let all = (f32::NEG_INFINITY, f32::INFINITY);
        Self {
            column,
            choice,
            is_bounded,
            bounds: if is_bounded { choice.robust.bounds() } else { all },
            present: 0.0,
            missing: false,
            distinct: Vec::new(),
            weight: 0.0,
            sum: 0.0,
            mean: 0.0,
            second: 0.0,
            least: f32::INFINITY,
            most: f32::NEG_INFINITY,
        }
    }

    /// The values of the column in a block of rows.
    fn values(&self, block: &[(SampleRow, f64)]) -> [f32; BLOCK_ROWS] {
        let mut values = [0.0; BLOCK_ROWS];
        for (value, (row, _)) in values.iter_mut().zip(block) {
            *value = row.features[self.column].number();
        }
        self.choice.transform(&mut values);
        values
    }

    fn add(&mut self, block: &[(SampleRow, f64)]) {
        let values = self.values(block);
        if self.distinct.len() < 3 {
            self.add_distinct(&values[..block.len()]);
        }
        // Each value is counted without a branch, which outliers would make hard to foresee.
        let Self { mut present, mut weight, mut sum, mut least, mut most, .. } = *self;
        for (value, &(_, row_weight)) in values.into_iter().zip(block) {
            let is_missing = value.is_nan();
            self.missing |= is_missing;
            present += if is_missing { 0.0 } else { row_weight };
            let counts = self.counts(value);
            weight += if counts { row_weight } else { 0.0 };
            sum += if counts { row_weight * f64::from(value) } else { 0.0 };
            least = if counts && value < least { value } else { least };
            most = if counts && value > most { value } else { most };
        }
        (self.present, self.weight, self.sum) = (present, weight, sum);
        (self.least, self.most) = (least, most);
    }

    fn add_distinct(&mut self, values: &[f32]) {
        for &value in values.iter().filter(|value| !value.is_nan()) {
            let word = Word::of_f32(value);
            if !self.distinct.contains(&word) {
                self.distinct.push(word);
                if self.distinct.len() == 3 {
                    return;
                }
            }
        }
    }

    fn add_central(&mut self, block: &[(SampleRow, f64)]) {
        let mut second = self.second;
        for (value, &(_, weight)) in self.values(block).into_iter().zip(block) {
            let d = f64::from(value) - self.mean;
            second += if self.counts(value) { weight * d * d } else { 0.0 };
        }
        self.second = second;
    }

    /// Tells if a value counts; NaN does not.
    fn counts(&self, value: f32) -> bool {
        self.bounds.0 <= value && value <= self.bounds.1
    }

    fn varies(&self) -> bool {
        self.least < self.most
    }

    /// Tells if the moments should have been bounded: not with at most two distinct values, nor
    /// where all values within the bounds are equal, since a rare feature would become constant.
    fn should_be_bounded(&self) -> bool {
        self.distinct.len() > 2 && (!self.is_bounded || self.varies())
    }

    fn encoding(&self, total: f64) -> Encoding {
        // Missing values count as the mean, so they shrink the deviation over all rows.
        let share = if total > 0.0 { self.present / total } else { 0.0 };
        let input = || {
            let deviation = (self.second / self.weight).sqrt();
            Input::of_varying(self.mean, deviation * share.sqrt())
        };
        Encoding::Number {
            logarithmic: self.choice.logarithmic,
            value: self.varies().then(input),
            missing: Input::of_indicator(total - self.present, total).filter(|_| self.missing),
            measure: self.choice.measure,
        }
    }
}

/// Gathers the mean, then the deviation, of several columns at once. Returns the total weight.
fn gather<W: Fn(SampleRow) -> f64>(rows: &WeightedRows<W>, moments: &mut [Moments]) -> f64 {
    let mut total = 0.0;
    if moments.is_empty() {
        return total;
    }
    rows.by_blocks(|block| {
        total = block.iter().fold(total, |total, (_, weight)| total + weight);
        moments.iter_mut().for_each(|column| column.add(block));
    });
    for column in moments.iter_mut() {
        column.mean = if column.weight > 0.0 { column.sum / column.weight } else { 0.0 };
    }
    rows.by_blocks(|block| moments.iter_mut().for_each(|column| column.add_central(block)));
    total
}

/// Fits the columns with these indices.
pub(super) fn fit<W: Fn(SampleRow) -> f64>(
    rows: &WeightedRows<W>,
    columns: &[Column],
    numbers: Vec<usize>,
) -> Vec<(usize, Encoding)> {
    let first = |column: usize| {
        let choice = Choice::of(rows.some_values(column), columns[column].kind, rows.poll());
        Moments::new(column, choice, !choice.is_binary)
    };
    let mut first: Vec<Moments> = numbers.into_iter().map(first).collect();
    let total = gather(rows, &mut first);
    let again = |moments: &Moments| {
        let bounded = moments.should_be_bounded();
        let differs = bounded != moments.is_bounded;
        differs.then(|| Moments::new(moments.column, moments.choice, bounded))
    };
    let mut second: Vec<Moments> = first.iter().filter_map(again).collect();
    gather(rows, &mut second);
    second.retain(Moments::varies);
    // Where a column was gathered twice, the second result comes last.
    first.iter().chain(&second).map(|m| (m.column, m.encoding(total))).collect()
}
