//! A question about rows, such as who engages, and how well one column answers it.

use std::collections::BTreeMap;

use super::rank_auc::{Scored, rank_auc};
use crate::{
    column::Kind,
    training::{
        engine::evenly,
        observer::Step,
        rows::{TrainingRow, TrainingRows},
        run::Run,
    },
    word::{RowIndex, Word},
};

/// Rows that are looked at, at most; and those of a first look at each column.
const MAX_ROWS: usize = 50_000;
const FIRST_LOOK: usize = 2000;
/// A column is looked at again if its AUC comes this near to the one in question.
const FIRST_LOOK_TOLERANCE: f64 = 0.04;
/// Fewer rows of either answer tell nothing.
pub(super) const MIN_ANSWERS: usize = 30;
/// Rarer categories count as one.
const MIN_CATEGORY_ROWS: usize = 20;

/// A question with two answers, and the rows that have one.
pub(in crate::training) struct Question {
    pub what: &'static str,
    rows: Vec<RowIndex>,
    answers: Vec<bool>,
}

impl Question {
    /// `None` where either answer is rare.
    pub fn new(
        what: &'static str,
        rows: &TrainingRows,
        asked: impl Fn(&TrainingRow) -> bool,
        answer: impl Fn(&TrainingRow) -> bool,
    ) -> Option<Self> {
        let asked = evenly(&rows.select(asked), MAX_ROWS);
        let answers: Vec<bool> = rows.of(&asked).map(|row| answer(&row)).collect();
        let positive = answers.iter().filter(|&&answer| answer).count();
        let rare = positive.min(answers.len() - positive) < MIN_ANSWERS;
        (!rare).then_some(Self { what, rows: asked, answers })
    }

    /// The columns whose AUC reaches the bound, with it, the largest first. AUCs are at least one
    /// half: a column may tell by small values as well.
    pub fn told_by(&self, rows: &TrainingRows, run: &mut Run, bound: f64) -> Vec<(usize, f64)> {
        let mut told = Vec::new();
        let every = self.rows.len().div_ceil(FIRST_LOOK);
        for (column, inputs) in rows.encoder.input_counts().enumerate() {
            run.enter(Step::Importance);
            if inputs == 0 || self.auc(rows, column, every) < bound - FIRST_LOOK_TOLERANCE {
                continue;
            }
            let auc = self.auc(rows, column, 1);
            if auc >= bound {
                told.push((column, auc));
            }
        }
        told.sort_by(|a, b| b.1.total_cmp(&a.1));
        told
    }

    /// The AUC of a column over every so many rows; 1 where they are all of one answer.
    pub fn auc(&self, rows: &TrainingRows, column: usize, every: usize) -> f64 {
        let asked = self.cells(rows, column, every);
        let aucs = match rows.sample.features()[column].kind {
            Kind::Category => vec![rank_auc(&mut by_category(&asked))],
            _ => vec![rank_auc(&mut by_number(&asked)), missing_auc(&asked)],
        };
        let above_half = |auc: Option<f64>| auc.map_or(1.0, |auc| auc.max(1.0 - auc));
        aucs.into_iter().map(above_half).fold(0.5, f64::max)
    }

    /// The AUC of the missingness of a column.
    pub fn missing_auc(&self, rows: &TrainingRows, column: usize) -> f64 {
        let auc = missing_auc(&self.cells(rows, column, 1)).unwrap_or(0.5);
        auc.max(1.0 - auc)
    }

    fn cells(&self, rows: &TrainingRows, column: usize, every: usize) -> Vec<Cell> {
        let answered = self.rows.iter().zip(&self.answers).step_by(every);
        let cell = |(&row, &positive): (&RowIndex, &bool)| {
            let row = rows.row(row);
            Cell { word: row.features[column], positive, weight: row.weight }
        };
        rows.poll().each(answered).map(cell).collect()
    }
}

/// A row's value of a column, and its answer.
struct Cell {
    word: Word,
    positive: bool,
    weight: f64,
}

impl Cell {
    fn scored(&self, score: f64) -> Scored {
        Scored { score, positive: self.positive, weight: self.weight }
    }

    /// Tells if the value is missing, be it a number or a category.
    fn is_missing(&self) -> bool {
        self.word == Word::MISSING_NUMBER || self.word == Word::MISSING_CATEGORY
    }
}

/// Numbers score by their value; missing ones are the least.
fn by_number(cells: &[Cell]) -> Vec<Scored> {
    let score = |cell: &Cell| match cell.word.number() {
        number if number.is_nan() => f64::NEG_INFINITY,
        number => number.into(),
    };
    cells.iter().map(|cell| cell.scored(score(cell))).collect()
}

/// Categories score by their share of positive rows.
fn by_category(cells: &[Cell]) -> Vec<Scored> {
    let mut counts: BTreeMap<Word, usize> = BTreeMap::new();
    cells.iter().for_each(|cell| *counts.entry(cell.word).or_default() += 1);
    let level = |cell: &Cell| Some(cell.word).filter(|word| counts[word] >= MIN_CATEGORY_ROWS);
    let mut sums: BTreeMap<Option<Word>, (f64, f64)> = BTreeMap::new();
    for cell in cells {
        let (positive, total) = sums.entry(level(cell)).or_default();
        *positive += if cell.positive { cell.weight } else { 0.0 };
        *total += cell.weight;
    }
    let share = |cell: &Cell| {
        let (positive, total) = sums[&level(cell)];
        positive / total
    };
    cells.iter().map(|cell| cell.scored(share(cell))).collect()
}

fn missing_auc(cells: &[Cell]) -> Option<f64> {
    let score = |cell: &Cell| f64::from(u8::from(cell.is_missing()));
    rank_auc(&mut cells.iter().map(|cell| cell.scored(score(cell))).collect::<Vec<_>>())
}
