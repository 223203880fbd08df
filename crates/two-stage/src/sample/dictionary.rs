//! The distinct texts of a category column, and their codes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result, poll::Poll, word::Word};

/// Bytes that a text takes: it is held twice, with a String header and a map entry.
fn heap_bytes(text: &str) -> usize {
    2 * text.len() + 96
}

/// The texts of one column, each with its code.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub(super) struct Dictionary {
    texts: Vec<String>,
    codes: HashMap<String, u32>,
    bytes: usize,
}

impl Dictionary {
    /// The text's code, a new one where the text is new. `room` is the number of bytes that new
    /// texts may still take.
    pub(super) fn code(&mut self, text: &str, column: &str, room: &mut usize) -> Result<Word> {
        if let Some(&code) = self.codes.get(text) {
            return Ok(Word::of_code(code));
        }
        *room = room.checked_sub(heap_bytes(text)).ok_or_else(|| {
            Error::new(
                ErrorKind::LimitExceeded,
                format!(
                    "the distinct texts of the features take too much memory at the {}th of feature \"{column}\"",
                    self.texts.len() + 1
                ),
            )
            .with_hint("Leave columns out that are keys or free text.")
        })?;
        Ok(Word::of_code(self.insert(text.to_owned())))
    }

    fn insert(&mut self, text: String) -> u32 {
        let code = self.texts.len() as u32;
        self.bytes += heap_bytes(&text);
        self.codes.insert(text.clone(), code);
        self.texts.push(text);
        code
    }

    pub(super) fn texts(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.texts.iter().map(String::as_str)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.bytes
    }

    /// Sorts the texts bytewise, and returns the new code of each old one.
    pub(super) fn sort(&mut self, poll: Poll) -> Vec<Word> {
        let mut texts: Vec<(String, usize)> =
            std::mem::take(&mut self.texts).into_iter().zip(0..).collect();
        poll.sort(&mut texts, &|(a, _), (b, _)| a.cmp(b));
        let mut new_codes = vec![Word::of_code(0); texts.len()];
        self.codes.clear();
        self.bytes = 0;
        for (text, old) in poll.each(texts.into_iter()) {
            new_codes[old] = Word::of_code(self.insert(text));
        }
        new_codes
    }
}

impl From<Vec<String>> for Dictionary {
    fn from(texts: Vec<String>) -> Self {
        let mut dictionary = Self::default();
        for text in texts {
            dictionary.insert(text);
        }
        dictionary
    }
}

impl From<Dictionary> for Vec<String> {
    fn from(dictionary: Dictionary) -> Self {
        dictionary.texts
    }
}
