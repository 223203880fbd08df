//! Bytes ↔ model and bytes ↔ sample; the only file that names bincode.
//!
//! Header, little-endian: magic (4 bytes), format version (u16), kind (u16), length of the body
//! (u64), xxh3 checksum of the body (u64); then the body. Bytes from a table are hostile: every
//! field is compared before the body is read, the reader has a limit, and what it read must be sound.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use serde::{Serialize, de::DeserializeOwned};
use xxhash_rust::xxh3::xxh3_64;

use crate::{Error, ErrorKind, Result, model::TwoStageModel, sample::Sample};

const MAGIC: [u8; 4] = *b"PGIM";
const VERSION: u16 = 1;
const HEADER: usize = 24;
/// A model past this is refused; the largest network that the options allow takes a third.
const MODEL_LIMIT: usize = 64 << 20;
/// PostgreSQL's limit of one value, which a partial state has to pass through.
const SAMPLE_LIMIT: usize = 0x3fff_ffff - 4;

const MODEL: u16 = 1;
const SAMPLE: u16 = 2;

pub fn encode_model(model: &TwoStageModel) -> Result<Vec<u8>> {
    encode(model, MODEL, MODEL_LIMIT, "model")
}

/// Decodes bytes that anybody may have written.
pub fn decode_model(bytes: &[u8]) -> Result<TwoStageModel> {
    let model: TwoStageModel = decode::<_, MODEL_LIMIT>(bytes, MODEL, "model")?;
    if model.is_sound() {
        Ok(model)
    } else {
        Err(corrupt("model", "its parts do not fit together"))
    }
}

pub fn encode_sample(sample: &Sample) -> Result<Vec<u8>> {
    encode(sample, SAMPLE, SAMPLE_LIMIT, "partial state")
}

/// Decodes a partial state; they come from our own workers.
pub fn decode_sample(bytes: &[u8]) -> Result<Sample> {
    decode::<_, SAMPLE_LIMIT>(bytes, SAMPLE, "partial state")
}

fn config<const LIMIT: usize>() -> Configuration<LittleEndian, Fixint, Limit<LIMIT>> {
    bincode::config::standard().with_fixed_int_encoding().with_limit::<LIMIT>()
}

fn encode(value: &impl Serialize, kind: u16, limit: usize, what: &str) -> Result<Vec<u8>> {
    let mut bytes = vec![0; HEADER];
    let body = bincode::config::standard().with_fixed_int_encoding();
    bincode::serde::encode_into_std_write(value, &mut bytes, body).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("{what} cannot be encoded: {error}"))
    })?;
    let length = bytes.len() - HEADER;
    if length > limit - HEADER {
        return Err(Error::new(
            ErrorKind::LimitExceeded,
            format!("{what} takes {length} bytes, more than {limit}"),
        )
        .with_hint("Use fewer features, smaller hidden layers, or less training memory."));
    }
    let checksum = xxh3_64(&bytes[HEADER..]);
    bytes[0..4].copy_from_slice(&MAGIC);
    bytes[4..6].copy_from_slice(&VERSION.to_le_bytes());
    bytes[6..8].copy_from_slice(&kind.to_le_bytes());
    bytes[8..16].copy_from_slice(&(length as u64).to_le_bytes());
    bytes[16..24].copy_from_slice(&checksum.to_le_bytes());
    Ok(bytes)
}

fn decode<T: DeserializeOwned, const LIMIT: usize>(
    bytes: &[u8],
    kind: u16,
    what: &str,
) -> Result<T> {
    let corrupt = |why: String| corrupt(what, &why);
    let (header, body) = bytes
        .split_first_chunk::<HEADER>()
        .ok_or_else(|| corrupt(format!("it has {} bytes, less than a header", bytes.len())))?;
    let number = |range: std::ops::Range<usize>| {
        header[range].iter().rev().fold(0_u64, |number, &byte| number << 8 | u64::from(byte))
    };
    if header[0..4] != MAGIC {
        return Err(corrupt("its first bytes are not a model's".into()));
    }
    if number(4..6) != u64::from(VERSION) {
        return Err(corrupt(format!("its format version is {}, not {VERSION}", number(4..6))));
    }
    if number(6..8) != u64::from(kind) {
        return Err(corrupt(format!("it is of kind {}, not {kind}", number(6..8))));
    }
    if number(8..16) != body.len() as u64 || body.len() > LIMIT {
        return Err(corrupt(format!(
            "its length is {} bytes, its header says {} and the limit is {LIMIT}",
            body.len(),
            number(8..16)
        )));
    }
    if number(16..24) != xxh3_64(body) {
        return Err(corrupt("its checksum is wrong".into()));
    }
    let (value, read) = bincode::serde::decode_from_slice(body, config::<LIMIT>())
        .map_err(|error| corrupt(error.to_string()))?;
    if read != body.len() {
        return Err(corrupt(format!("{} bytes are left over", body.len() - read)));
    }
    Ok(value)
}

fn corrupt(what: &str, why: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("invalid {what}: {why}"))
        .with_hint("Use a value that train_intent_model returned.")
}

#[cfg(test)]
mod tests;
