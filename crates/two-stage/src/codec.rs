//! Bytes ↔ model and bytes ↔ sample; the only file that names bincode.
//!
//! Header, little-endian: magic (4 bytes), format version (u16), kind (u16), length of the body
//! (u64), xxh3 checksum of the body (u64); then the body: a model, or the length of all but the rows
//! of a sample (u64), that, and the words of the rows (u32). Bytes from a table are hostile: every
//! field is compared before the body is read, the reader has a limit, and what it read must be sound.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use serde::{Serialize, de::DeserializeOwned};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::{
    Error, ErrorKind, Result,
    model::TwoStageModel,
    sample::{Partial, Sample, Words},
};

const MAGIC: [u8; 4] = *b"PGIM";
const VERSION: u16 = 1;
const HEADER: usize = 24;
/// A model past this is refused; the largest network that the options allow takes a third.
const MODEL_LIMIT: usize = 64 << 20;
/// PostgreSQL's limit of one value, which a partial state has to pass through.
const SAMPLE_LIMIT: usize = 0x3fff_ffff - 4;

const MODEL: u16 = 1;
const SAMPLE: u16 = 2;

/// Bytes of the number in front of a partial state's head.
const HEAD_LENGTH: usize = size_of::<u64>();
/// Words of a partial state that are written at once.
const CHUNK: usize = 1 << 16;

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

/// A sample on its way to another process. The rows are written where they go, so that they are not
/// held a third time.
pub struct EncodedSample<'s> {
    /// The header, the length of what follows, and all but the rows.
    head: Vec<u8>,
    sample: &'s Sample,
}

pub fn encode_sample(sample: &Sample) -> Result<EncodedSample<'_>> {
    const START: usize = HEADER + HEAD_LENGTH;
    let mut head = vec![0; START];
    encode_into(sample, &mut head, "partial state")?;
    let length = (head.len() - START) as u64;
    head[HEADER..START].copy_from_slice(&length.to_le_bytes());
    let mut encoded = EncodedSample { head, sample };
    let length = encoded.length() - HEADER;
    check_length(length, SAMPLE_LIMIT, "partial state")?;
    let mut checksum = Xxh3::new();
    checksum.update(&encoded.head[HEADER..]);
    encoded.write_words(|bytes| checksum.update(bytes));
    encoded.head[..HEADER].copy_from_slice(&header(SAMPLE, length, checksum.digest()));
    Ok(encoded)
}

impl EncodedSample<'_> {
    /// In bytes.
    pub fn length(&self) -> usize {
        self.head.len() + size_of_val(self.sample.words())
    }

    /// Calls `take` with some bytes after the other, every few milliseconds at least.
    pub fn write(&self, mut take: impl FnMut(&[u8])) {
        take(&self.head);
        self.write_words(take);
    }

    fn write_words(&self, mut take: impl FnMut(&[u8])) {
        let mut bytes = Vec::with_capacity(CHUNK * size_of::<u32>());
        for words in self.sample.words().chunks(CHUNK) {
            self.sample.poll();
            bytes.clear();
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            take(&bytes);
        }
    }
}

/// Decodes a partial state; they come from our own workers.
pub fn decode_sample(bytes: &[u8]) -> Result<Partial<'_>> {
    let what = "partial state";
    let body = body::<SAMPLE_LIMIT>(bytes, SAMPLE, what)?;
    let cut_short = || corrupt(what, "it is cut short");
    let (length, rest) = body.split_first_chunk::<HEAD_LENGTH>().ok_or_else(cut_short)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let (head, words) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    let sample: Sample = decode_body::<_, SAMPLE_LIMIT>(head, what)?;
    if !words.len().is_multiple_of(sample.stride() * size_of::<u32>()) {
        return Err(cut_short());
    }
    Ok(Partial { sample, words: Words::Sent(words) })
}

fn config<const LIMIT: usize>() -> Configuration<LittleEndian, Fixint, Limit<LIMIT>> {
    bincode::config::standard().with_fixed_int_encoding().with_limit::<LIMIT>()
}

fn encode(value: &impl Serialize, kind: u16, limit: usize, what: &str) -> Result<Vec<u8>> {
    let mut bytes = vec![0; HEADER];
    encode_into(value, &mut bytes, what)?;
    check_length(bytes.len() - HEADER, limit, what)?;
    let checksum = xxh3_64(&bytes[HEADER..]);
    let header = header(kind, bytes.len() - HEADER, checksum);
    bytes[..HEADER].copy_from_slice(&header);
    Ok(bytes)
}

fn encode_into(value: &impl Serialize, bytes: &mut Vec<u8>, what: &str) -> Result<()> {
    let body = bincode::config::standard().with_fixed_int_encoding();
    bincode::serde::encode_into_std_write(value, bytes, body).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("{what} cannot be encoded: {error}"))
    })?;
    Ok(())
}

fn check_length(length: usize, limit: usize, what: &str) -> Result<()> {
    if length <= limit - HEADER {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::LimitExceeded,
        format!("{what} takes {length} bytes, more than {limit}"),
    )
    .with_hint("Use fewer features, smaller hidden layers, or less training memory."))
}

fn header(kind: u16, length: usize, checksum: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[0..4].copy_from_slice(&MAGIC);
    header[4..6].copy_from_slice(&VERSION.to_le_bytes());
    header[6..8].copy_from_slice(&kind.to_le_bytes());
    header[8..16].copy_from_slice(&(length as u64).to_le_bytes());
    header[16..24].copy_from_slice(&checksum.to_le_bytes());
    header
}

fn decode<T: DeserializeOwned, const LIMIT: usize>(
    bytes: &[u8],
    kind: u16,
    what: &str,
) -> Result<T> {
    decode_body::<T, LIMIT>(body::<LIMIT>(bytes, kind, what)?, what)
}

/// What follows the header, once that is right.
fn body<'b, const LIMIT: usize>(bytes: &'b [u8], kind: u16, what: &str) -> Result<&'b [u8]> {
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
    Ok(body)
}

fn decode_body<T: DeserializeOwned, const LIMIT: usize>(body: &[u8], what: &str) -> Result<T> {
    let (value, read) = bincode::serde::decode_from_slice(body, config::<LIMIT>())
        .map_err(|error| corrupt(what, &error.to_string()))?;
    if read != body.len() {
        return Err(corrupt(what, &format!("{} bytes are left over", body.len() - read)));
    }
    Ok(value)
}

fn corrupt(what: &str, why: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("invalid {what}: {why}"))
        .with_hint("Use a value that train_intent_model returned.")
}

#[cfg(test)]
mod tests;
