//! The body of a model: sections, one after the other.
//!
//! A section is a tag (u16), flags (u16), the length of its bytes (u32), and these. Bit 0 of the flags
//! says that the section is required, because it changes a score; the other bits are 0. Tags ascend.
//! A reader skips optional sections that it does not know, and refuses required ones.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, ErrorKind, Result,
    serial::{self, corrupt},
};

/// The largest model, in bytes. The default networks stay far below it, with any number of features.
pub(crate) const MODEL_LIMIT: usize = 64 << 20;

/// Bytes in front of a section's own.
const HEAD: usize = 8;
const REQUIRED: u16 = 1;
/// The name of the whole in errors.
const MODEL: &str = "model";

/// A section's content: a struct that never changes once a version with it is released.
pub(super) trait Section: Serialize + DeserializeOwned {
    /// The tag, which no other section ever has.
    const TAG: u16;
    /// Set where the section changes a score.
    const REQUIRED: bool;
}

/// Appends a section to a body.
pub(super) fn append<S: Section>(section: &S, body: &mut Vec<u8>) -> Result<()> {
    let start = body.len();
    body.extend_from_slice(&S::TAG.to_le_bytes());
    body.extend_from_slice(&u16::from(S::REQUIRED).to_le_bytes());
    body.extend_from_slice(&[0; 4]);
    serial::append(section, body, MODEL)?;
    let length = body.len() - start - HEAD;
    let length = u32::try_from(length).map_err(|_| {
        let message = format!("section {} of a model takes {length} bytes", S::TAG);
        Error::new(ErrorKind::LimitExceeded, message).with_hint("Use smaller hidden layers.")
    })?;
    body[start + 4..start + HEAD].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// The sections of a body, not decoded yet.
pub(super) struct Sections<'b> {
    sections: Vec<Raw<'b>>,
}

struct Raw<'b> {
    tag: u16,
    required: bool,
    bytes: &'b [u8],
}

impl<'b> Sections<'b> {
    /// Splits a body. `known` are the tags of the required sections that this version decodes.
    pub fn split(mut body: &'b [u8], known: &[u16]) -> Result<Self> {
        let mut sections: Vec<Raw> = Vec::new();
        while !body.is_empty() {
            let (section, rest) = Raw::first(body)?;
            if let Some(last) = sections.last().filter(|last| last.tag >= section.tag) {
                return Err(corrupt(
                    MODEL,
                    &format!("its section {} stands behind section {}", section.tag, last.tag),
                ));
            }
            if section.required && !known.contains(&section.tag) {
                return Err(too_new(section.tag));
            }
            sections.push(section);
            body = rest;
        }
        Ok(Self { sections })
    }

    /// Tells if the body has a section.
    pub fn has<S: Section>(&self) -> bool {
        self.find::<S>().is_some()
    }

    fn find<S: Section>(&self) -> Option<&Raw<'b>> {
        self.sections.iter().find(|section| section.tag == S::TAG)
    }

    /// A section; `None` if the body has none of its tag.
    pub fn get<S: Section>(&self) -> Result<Option<S>> {
        let Some(section) = self.find::<S>() else {
            return Ok(None);
        };
        if section.required != S::REQUIRED {
            return Err(corrupt(MODEL, &format!("the flags of its section {} are wrong", S::TAG)));
        }
        serial::read::<S, MODEL_LIMIT>(section.bytes, MODEL).map(Some)
    }

    /// A section that every model has.
    pub fn require<S: Section>(&self) -> Result<S> {
        let missing = || corrupt(MODEL, &format!("it has no section {}", S::TAG));
        self.get()?.ok_or_else(missing)
    }
}

impl<'b> Raw<'b> {
    /// The first section, and the bytes behind it.
    fn first(bytes: &'b [u8]) -> Result<(Self, &'b [u8])> {
        let cut_short = || corrupt(MODEL, "its last section is cut short");
        let (&[t0, t1, f0, f1, l0, l1, l2, l3], rest) =
            bytes.split_first_chunk::<HEAD>().ok_or_else(cut_short)?;
        let (tag, flags) = (u16::from_le_bytes([t0, t1]), u16::from_le_bytes([f0, f1]));
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        if flags & !REQUIRED != 0 {
            return Err(corrupt(MODEL, &format!("the flags of its section {tag} are {flags}")));
        }
        let (bytes, rest) = rest.split_at_checked(length).ok_or_else(cut_short)?;
        Ok((Self { tag, required: flags == REQUIRED, bytes }, rest))
    }
}

/// The error for a required section that this version does not know.
fn too_new(tag: u16) -> Error {
    let message =
        format!("the model needs a newer pg_intent: this version does not know its section {tag}");
    Error::new(ErrorKind::TooNew, message).with_hint("Update the extension.")
}
