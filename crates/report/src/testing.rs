//! Models for the tests: the golden ones of the learning system.

use std::{fs, path::Path};

use two_stage::{codec::decode_model, model::TwoStageModel};

/// A golden model, which is stored as hexadecimal digits.
pub(crate) fn golden(kind: &str) -> TwoStageModel {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../two-stage/golden").join(kind);
    let text = fs::read_to_string(path.with_extension("model")).unwrap();
    let digits: Vec<u8> =
        text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    decode_model(&bytes).unwrap()
}
