//! The bytes of a model and of a partial state; the only file that names bincode.
//!
//! Header, little-endian: magic (4 bytes), format version (u16), kind (u16), length of the body
//! (u64), xxh3 checksum of the body (u64). The body of a model is the model; that of a partial state
//! is the length of its head (u64), the head (options and sample without the rows), and the words of
//! the rows (u32). Bytes from a table are hostile: every field is compared before the body is read,
//! the reader has a limit, and the value that was read must be sound.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use serde::{Serialize, de::DeserializeOwned};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::{
    Error, ErrorKind, Result,
    model::TwoStageModel,
    options::Options,
    sample::{Partial, PartialWords, Sample},
};

const MAGIC: [u8; 4] = *b"PGIM";
const VERSION: u16 = 1;
const HEADER: usize = 24;
/// The largest model, in bytes. The default networks stay far below it, with any number of features.
const MODEL_LIMIT: usize = 64 << 20;
/// The largest partial state, in bytes: PostgreSQL's limit of one value.
const STATE_LIMIT: usize = 0x3fff_ffff - 4;

const MODEL: u16 = 1;
const STATE: u16 = 2;

/// Bytes of the number in front of a partial state's head.
const HEAD_LENGTH: usize = size_of::<u64>();
/// Words of a partial state that are written at once.
const CHUNK: usize = 1 << 16;

/// The bytes of a model.
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

/// A partial state on its way to another process. The rows are written straight to their destination,
/// so that they are not held a third time.
pub struct EncodedState<'s> {
    /// The header, the length of the head, and the head.
    start: Vec<u8>,
    sample: &'s Sample,
}

/// Prepares the bytes of a sample and of the options that it is gathered with.
pub fn encode_state<'s>(options: &Options, sample: &'s Sample) -> Result<EncodedState<'s>> {
    const HEAD: usize = HEADER + HEAD_LENGTH;
    let mut start = vec![0; HEAD];
    encode_into(&(options, sample), &mut start, "partial state")?;
    let length = (start.len() - HEAD) as u64;
    start[HEADER..HEAD].copy_from_slice(&length.to_le_bytes());
    let mut encoded = EncodedState { start, sample };
    let length = encoded.length() - HEADER;
    check_length(length, STATE_LIMIT, "partial state")?;
    let mut checksum = Xxh3::new();
    checksum.update(&encoded.start[HEADER..]);
    encoded.write_words(|bytes| checksum.update(bytes));
    encoded.start[..HEADER].copy_from_slice(&header(STATE, length, checksum.digest()));
    Ok(encoded)
}

impl EncodedState<'_> {
    /// The number of bytes.
    pub fn length(&self) -> usize {
        self.start.len() + size_of_val(self.sample.words())
    }

    /// Calls `take` with some bytes after the other, and polls between them.
    pub fn write(&self, mut take: impl FnMut(&[u8])) {
        take(&self.start);
        self.write_words(take);
    }

    fn write_words(&self, mut take: impl FnMut(&[u8])) {
        let mut bytes = Vec::with_capacity(CHUNK * size_of::<u32>());
        for words in self.sample.words().chunks(CHUNK) {
            self.sample.poll().now();
            bytes.clear();
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            take(&bytes);
        }
    }
}

/// Decodes a partial state: the options, and the sample that is to be merged.
pub fn decode_state(bytes: &[u8]) -> Result<(Options, Partial<'_>)> {
    let what = "partial state";
    let body = body::<STATE_LIMIT>(bytes, STATE, what)?;
    let cut_short = || corrupt(what, "it is cut short");
    let (length, rest) = body.split_first_chunk::<HEAD_LENGTH>().ok_or_else(cut_short)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let (head, words) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    let (options, sample): (Options, Sample) = decode_body::<_, STATE_LIMIT>(head, what)?;
    if !words.len().is_multiple_of(sample.stride() * size_of::<u32>()) {
        return Err(cut_short());
    }
    Ok((options, Partial { sample, words: PartialWords::Sent(words) }))
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

/// The body of bytes whose header is right.
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
