//! The gain curve of a score, with the standard error of each point and of Qini.

use std::iter::once;

use super::ranking::{Ranking, contact};
use crate::{
    evaluation::gain::{GainCurve, Top},
    model::{CURVE_POINTS, Mode, UpliftCurve},
    training::{influence::Influences, rows::TrainingRows},
    word::RowIndex,
};

/// The curve of some rows and their scores, in exposure mode.
pub(in crate::training) fn measure(
    rows: &TrainingRows,
    scores: impl Iterator<Item = (RowIndex, f64)>,
) -> Option<UpliftCurve> {
    if rows.mode() == Mode::Simple {
        return None;
    }
    let list = scores.map(|(row, score)| (row, contact(&rows.row(row), score)));
    let ranking = Ranking::new(rows, list);
    let curve = GainCurve::of(&ranking.blocks)?;
    let share = |point: usize| point as f64 / (CURVE_POINTS - 1) as f64;
    let tops: Vec<Top> =
        (0..CURVE_POINTS).map(|point| Top::new(&ranking.blocks, share(point))).collect();
    let mut influences = Influences::new(rows, CURVE_POINTS + 1);
    for ranked in rows.poll().each(ranking.rows.iter()) {
        let on_qini = curve.influence(ranked.block, &ranked.contact).on_qini();
        let on_gains = tops.iter().map(|top| top.influence(ranked.block, &ranked.contact));
        influences.add(ranked.row, once(on_qini).chain(on_gains));
    }
    let errors = influences.errors();
    Some(UpliftCurve {
        rows: ranking.rows.len() as u64,
        gains: (0..CURVE_POINTS).map(|point| curve.gain(share(point)) as f32).collect(),
        errors: errors[1..].iter().map(|&error| error as f32).collect(),
        qini: curve.qini(),
        qini_error: errors[0],
    })
}
