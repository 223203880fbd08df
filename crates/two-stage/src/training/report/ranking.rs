//! Rows ranked by a score, in blocks of equal scores.

use crate::{
    evaluation::gain::{Block, Contact},
    training::rows::{TrainingRow, TrainingRows},
    word::RowIndex,
};

/// A ranking.
pub(super) struct Ranking {
    /// The blocks, the highest score first.
    pub blocks: Vec<Block>,
    /// The rows in canonical order, in which errors are summed.
    pub rows: Vec<Ranked>,
}

/// A row and the number of its block.
pub(super) struct Ranked {
    pub row: RowIndex,
    pub block: usize,
    pub contact: Contact,
}

impl Ranking {
    /// Ranks rows, each copy by itself.
    pub fn new(rows: &TrainingRows, list: impl Iterator<Item = (RowIndex, Contact)>) -> Self {
        let of_list = |(row, contact)| Ranked { row, block: 0, contact };
        let mut list: Vec<Ranked> = rows.poll().each(list).map(of_list).collect();
        rows.poll().sort(&mut list, &|a, b| {
            b.contact.score.total_cmp(&a.contact.score).then(a.row.cmp(&b.row))
        });
        let mut blocks: Vec<Block> = Vec::new();
        for same in list.chunk_by_mut(|a, b| a.contact.score == b.contact.score) {
            let mut block = Block::default();
            for ranked in same {
                block.add(&ranked.contact);
                ranked.block = blocks.len();
            }
            blocks.push(block);
        }
        rows.poll().sort(&mut list, &|a, b| a.row.cmp(&b.row));
        Self { blocks, rows: list }
    }
}

/// A row as a customer of the campaign whose outcome is engagement.
pub(super) fn contact(row: &TrainingRow, score: f64) -> Contact {
    Contact {
        score,
        exposed: row.exposed,
        outcome: f64::from(u8::from(row.engaged())),
        weight: row.weight,
        propensity: row.propensity,
    }
}
