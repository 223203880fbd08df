//! The models that this session parsed last.
//!
//! Parsing and checking a model takes as long as scoring some hundred customers. A call site keeps the
//! models that it uses; this cache serves other sites of a statement, and the next statements. A model
//! is found by its first bytes, where the checksum is, and then compared as a whole, so that it can
//! never be the wrong one.

use std::{
    cell::{RefCell, RefMut},
    rc::Rc,
};

use lru::LruCache;
use two_stage::{model::ScoringModel, scorer::Scorer};

use super::model_type;
use crate::pg::Failure;

/// A parsed model beside the value that it came from.
pub struct CachedModel {
    pub bytes: Box<[u8]>,
    pub model: Rc<ScoringModel>,
    scorer: RefCell<Scorer>,
}

impl CachedModel {
    /// Borrows the model's scorer, which all call sites of a statement share.
    #[inline]
    pub fn scorer(&self) -> Result<RefMut<'_, Scorer>, Failure> {
        self.scorer.try_borrow_mut().map_err(|_| Failure::internal("a scorer was entered twice"))
    }

    /// Returns the value's first bytes, which tell models apart: the checksum is in them.
    pub fn header(&self) -> &[u8] {
        self.bytes.get(..HEADER).unwrap_or(&self.bytes)
    }

    /// Estimates its memory in bytes: the value, the parsed model, and the networks once more.
    pub fn size(&self) -> usize {
        4 * self.bytes.len()
    }
}

/// The maximum size of the cached models, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// The length of a value's header, which holds the checksum.
const HEADER: usize = 24;

struct Cache {
    models: LruCache<[u8; HEADER], Rc<CachedModel>>,
    bytes: usize,
}

thread_local! {
    static CACHE: RefCell<Cache> =
        RefCell::new(Cache { models: LruCache::unbounded(), bytes: 0 });
}

/// Returns the model of a value's bytes.
pub fn parse(bytes: &[u8]) -> Result<Rc<CachedModel>, Failure> {
    CACHE.with_borrow_mut(|cache| cache.parse(bytes))
}

impl Cache {
    fn parse(&mut self, bytes: &[u8]) -> Result<Rc<CachedModel>, Failure> {
        let header = bytes.first_chunk::<HEADER>();
        if let Some(model) = header.and_then(|header| self.models.get(header))
            && *model.bytes == *bytes
        {
            return Ok(Rc::clone(model));
        }
        let model = Rc::new(model_type::decode_scoring(bytes)?);
        let scorer = RefCell::new(Scorer::new(Rc::clone(&model)));
        let model = Rc::new(CachedModel { bytes: bytes.into(), model, scorer });
        if let Some(&header) = header {
            self.keep(header, Rc::clone(&model));
        }
        Ok(model)
    }

    /// Keeps a model, and drops the least recently used ones until it has room.
    fn keep(&mut self, header: [u8; HEADER], model: Rc<CachedModel>) {
        self.bytes += model.size();
        if let Some(replaced) = self.models.put(header, model) {
            self.bytes -= replaced.size();
        }
        while self.bytes > MAX_BYTES && self.models.len() > 1 {
            let Some((_, oldest)) = self.models.pop_lru() else { return };
            self.bytes -= oldest.size();
        }
    }
}
