//! Values as bytes, in numbers of a fixed width, little-endian; the only file that names bincode.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, ErrorKind, Result};

/// Appends the bytes of a value. `what` names the whole in errors.
pub fn append(value: &impl Serialize, bytes: &mut Vec<u8>, what: &str) -> Result<()> {
    let config = bincode::config::standard().with_fixed_int_encoding();
    bincode::serde::encode_into_std_write(value, bytes, config).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("{what} cannot be encoded: {error}"))
    })?;
    Ok(())
}

/// Reads a value that takes all of the bytes, and at most `LIMIT` of memory.
pub fn read<T: DeserializeOwned, const LIMIT: usize>(bytes: &[u8], what: &str) -> Result<T> {
    let (value, read) = bincode::serde::decode_from_slice(bytes, config::<LIMIT>())
        .map_err(|error| corrupt(what, &error.to_string()))?;
    if read != bytes.len() {
        return Err(corrupt(what, &format!("{} bytes are left over", bytes.len() - read)));
    }
    Ok(value)
}

fn config<const LIMIT: usize>() -> Configuration<LittleEndian, Fixint, Limit<LIMIT>> {
    bincode::config::standard().with_fixed_int_encoding().with_limit::<LIMIT>()
}

/// The error for bytes that are not what they should be.
pub fn corrupt(what: &str, why: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("invalid {what}: {why}"))
        .with_hint("Use a value that train_intent_model returned.")
}
