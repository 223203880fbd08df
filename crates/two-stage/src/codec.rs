//! The bytes of a model and of a partial state.
//!
//! Header, little-endian: magic (4 bytes), format version (u16), kind (u16), length of the body
//! (u64), xxh3 checksum of the body (u64). The body of a model is its sections (`format/`); that of a
//! partial state is the length of its head (u64), the head (options and sample without the rows), and
//! the words of the rows (u32). Bytes from a table are hostile: every field is compared before the body
//! is read, the reader has a limit, and the value that was read must be sound.

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::{
    Error, ErrorKind, Result,
    format::{self, MODEL_LIMIT},
    model::{ScoringModel, TwoStageModel},
    options::Options,
    sample::{Partial, PartialWords, Sample},
    serial::{self, corrupt},
};

const MAGIC: [u8; 4] = *b"PGIM";
const VERSION: u16 = 1;
const HEADER: usize = 24;
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
    let mut bytes = vec![0; HEADER];
    format::write(model, &mut bytes)?;
    let length = bytes.len() - HEADER;
    check_length(length, MODEL_LIMIT, "model")?;
    let header = header(MODEL, length, xxh3_64(&bytes[HEADER..]));
    bytes[..HEADER].copy_from_slice(&header);
    Ok(bytes)
}

/// Decodes bytes that anybody may have written.
pub fn decode_model(bytes: &[u8]) -> Result<TwoStageModel> {
    format::read(body::<MODEL_LIMIT>(bytes, MODEL, "model")?)
}

/// Like `decode_model`, but reads nothing that scoring does without.
pub fn decode_scoring(bytes: &[u8]) -> Result<ScoringModel> {
    format::read_scoring(body::<MODEL_LIMIT>(bytes, MODEL, "model")?)
}

/// Refuses bytes that are not a model, or whose report is damaged.
pub fn check_model(bytes: &[u8]) -> Result<()> {
    format::check(body::<MODEL_LIMIT>(bytes, MODEL, "model")?)
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
    serial::append(&(options, sample), &mut start, "partial state")?;
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
    let (options, sample): (Options, Sample) = serial::read::<_, STATE_LIMIT>(head, what)?;
    if !words.len().is_multiple_of(sample.stride() * size_of::<u32>()) {
        return Err(cut_short());
    }
    Ok((options, Partial { sample, words: PartialWords::Sent(words) }))
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

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod section_tests;
#[cfg(test)]
mod tests;
