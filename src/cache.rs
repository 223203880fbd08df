//! Models that this session parsed lately.
//!
//! Parsing and checking a model costs as much as scoring some hundred customers. A call site keeps
//! the models it uses; this list behind it serves further sites of a statement, and the next
//! statements. A model is found by its bytes, compared as a whole, so that it can never be the
//! wrong one; different models differ within their first bytes, where the checksum is.

use std::{cell::RefCell, rc::Rc};

use two_stage::model::TwoStageModel;

use crate::{model_type, report::Failure};

/// A parsed model beside the value it came from.
pub struct CachedModel {
    pub bytes: Box<[u8]>,
    pub model: TwoStageModel,
}

/// How many models are kept, and how many bytes of values at most (the parsed form is of about the
/// same size).
const MODELS: usize = 16;
const BYTES: usize = 64 << 20;

thread_local! {
    /// The most recently used last.
    static RECENT: RefCell<Vec<Rc<CachedModel>>> = const { RefCell::new(Vec::new()) };
}

/// The model of a value's bytes.
pub fn parse(bytes: &[u8]) -> Result<Rc<CachedModel>, Failure> {
    RECENT.with_borrow_mut(|recent| {
        if let Some(place) = recent.iter().position(|known| *known.bytes == *bytes) {
            let known = recent.remove(place);
            recent.push(Rc::clone(&known));
            return Ok(known);
        }
        let parsed =
            Rc::new(CachedModel { model: model_type::decode(bytes)?, bytes: bytes.into() });
        recent.push(Rc::clone(&parsed));
        forget_oldest(recent);
        Ok(parsed)
    })
}

/// Drops models until both bounds hold, but never the newest.
fn forget_oldest(recent: &mut Vec<Rc<CachedModel>>) {
    let mut bytes: usize = recent.iter().map(|known| known.bytes.len()).sum();
    while recent.len() > 1 && (recent.len() > MODELS || bytes > BYTES) {
        bytes -= recent.remove(0).bytes.len();
    }
}
