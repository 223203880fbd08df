//! Models that this session parsed lately.
//!
//! Parsing and checking a model costs as much as scoring some hundred customers. A call site keeps
//! the models it uses; this list behind it serves further sites of a statement, and the next
//! statements. A model is found by its first bytes, where the checksum is, and then compared as a
//! whole, so that it can never be the wrong one.

use std::{
    cell::{RefCell, RefMut},
    collections::HashMap,
    rc::Rc,
};

use two_stage::{model::TwoStageModel, scorer::Scorer};

use crate::{model_type, report::Failure};

/// A parsed model beside the value it came from.
pub struct CachedModel {
    pub bytes: Box<[u8]>,
    pub model: Rc<TwoStageModel>,
    scorer: RefCell<Scorer>,
}

impl CachedModel {
    /// The model's scorer, which all sites of a statement share.
    pub fn scorer(&self) -> Result<RefMut<'_, Scorer>, Failure> {
        self.scorer.try_borrow_mut().map_err(|_| Failure::internal("a scorer was entered twice"))
    }

    /// Bytes that it takes, about: the value, what was read from it, and the networks once more.
    pub fn size(&self) -> usize {
        4 * self.bytes.len()
    }
}

/// Bytes that the models kept may take.
pub const MOST_BYTES: usize = 64 << 20;

/// Of a value's first bytes: the header with the checksum.
const HEAD: usize = 24;

#[derive(Default)]
struct Recent {
    models: HashMap<[u8; HEAD], Entry>,
    bytes: usize,
    /// Counts the uses.
    clock: u64,
}

struct Entry {
    model: Rc<CachedModel>,
    used: u64,
}

thread_local! {
    static RECENT: RefCell<Recent> = RefCell::default();
}

/// The model of a value's bytes.
pub fn parse(bytes: &[u8]) -> Result<Rc<CachedModel>, Failure> {
    RECENT.with_borrow_mut(|recent| recent.parse(bytes))
}

impl Recent {
    fn parse(&mut self, bytes: &[u8]) -> Result<Rc<CachedModel>, Failure> {
        self.clock += 1;
        let head = bytes.first_chunk::<HEAD>();
        if let Some(entry) = head.and_then(|head| self.models.get_mut(head))
            && *entry.model.bytes == *bytes
        {
            entry.used = self.clock;
            return Ok(Rc::clone(&entry.model));
        }
        let model = Rc::new(model_type::decode(bytes)?);
        let scorer = RefCell::new(Scorer::new(Rc::clone(&model)));
        let model = Rc::new(CachedModel { bytes: bytes.into(), model, scorer });
        if let Some(&head) = head {
            self.keep(head, Rc::clone(&model));
        }
        Ok(model)
    }

    /// Keeps a model, and drops those unused for the longest until there is room for it.
    fn keep(&mut self, head: [u8; HEAD], model: Rc<CachedModel>) {
        self.bytes += model.size();
        if let Some(old) = self.models.insert(head, Entry { model, used: self.clock }) {
            self.bytes -= old.model.size();
        }
        while self.bytes > MOST_BYTES && self.models.len() > 1 {
            let oldest = self.models.iter().min_by_key(|(_, entry)| entry.used);
            let Some((&head, _)) = oldest else { return };
            if let Some(entry) = self.models.remove(&head) {
                self.bytes -= entry.model.size();
            }
        }
    }
}
