//! The models that one call site uses, looked up once for each statement.

use std::{collections::HashMap, rc::Rc};

use super::{
    argument::{ModelArgument, ModelBy, load_named},
    cache::{self, CachedModel},
};
use crate::pg::{Call, Failure, SnapshotKey, settings};

/// The models that a call site has used, each with a `T` of the site's own. Above `MAX_BYTES` the site
/// forgets them all, and finds most of them again in the session's cache.
pub struct UsedModels<T> {
    argument: ModelArgument,
    /// The snapshot in which the models were looked up.
    snapshot: Option<SnapshotKey>,
    models: Vec<UsedModel<T>>,
    by_key: HashMap<Box<[u8]>, usize>,
    /// The model of the previous row, which is mostly that of the next.
    last: usize,
    bytes: usize,
}

/// A model that a call site uses.
pub struct UsedModel<T> {
    /// Its name, or the TOAST pointer of its value: equal pointers are the same value as long as the
    /// snapshot stays the same. `None` if the value itself was passed.
    key: Option<Box<[u8]>>,
    pub cached: Rc<CachedModel>,
    pub own: T,
}

impl<T> UsedModels<T> {
    /// `index` is the argument that names or is the model, if the function has one.
    pub fn of(call: &Call, index: usize) -> Result<Self, Failure> {
        Ok(Self {
            argument: ModelArgument::of(call, index)?,
            snapshot: None,
            models: Vec::new(),
            by_key: HashMap::new(),
            last: 0,
            bytes: 0,
        })
    }

    /// Returns the model of a call. `own` makes what the site keeps for a model that is new to it.
    #[inline]
    pub fn of_call(
        &mut self,
        call: &Call,
        own: impl FnOnce() -> T,
    ) -> Result<&mut UsedModel<T>, Failure> {
        let snapshot = SnapshotKey::current();
        if snapshot.is_none() || snapshot != self.snapshot {
            self.forget();
            self.snapshot = snapshot;
        }
        self.last = self.find_or_load(call, own)?;
        Ok(&mut self.models[self.last])
    }

    /// Returns the model of the previous call.
    pub fn last(&mut self) -> Result<&mut UsedModel<T>, Failure> {
        let last = self.models.get_mut(self.last);
        last.ok_or_else(|| Failure::internal("no model was used"))
    }

    fn forget(&mut self) {
        self.models.clear();
        self.by_key.clear();
        self.last = 0;
        self.bytes = 0;
    }

    #[inline]
    fn find_or_load(&mut self, call: &Call, own: impl FnOnce() -> T) -> Result<usize, Failure> {
        if self.argument.is_constant && !self.models.is_empty() {
            return Ok(0);
        }
        match self.argument.by {
            ModelBy::Default => match settings::with_default_model(|name| self.find(name)) {
                Some(place) => Ok(place),
                None => self.load(call, &settings::default_model(), own),
            },
            ModelBy::Name => {
                let name = self.argument.bytes(call)?;
                match self.find(name) {
                    Some(place) => Ok(place),
                    None => self.load(call, name, own),
                }
            }
            ModelBy::Value => self.find_value(call, own),
        }
    }

    #[inline]
    fn find(&self, key: &[u8]) -> Option<usize> {
        let last = self.models.get(self.last)?;
        if last.key.as_deref() == Some(key) {
            return Some(self.last);
        }
        self.by_key.get(key).copied()
    }

    #[inline(never)]
    fn load(
        &mut self,
        call: &Call,
        name: &[u8],
        own: impl FnOnce() -> T,
    ) -> Result<usize, Failure> {
        let cached = load_named(call, name)?;
        Ok(self.keep(Some(name), cached, own()))
    }

    fn find_value(&mut self, call: &Call, own: impl FnOnce() -> T) -> Result<usize, Failure> {
        let pointer = call.toast_pointer(self.argument.index);
        if let Some(place) = pointer.and_then(|pointer| self.find(pointer)) {
            return Ok(place);
        }
        let bytes = self.argument.bytes(call)?;
        let same = |used: &UsedModel<T>| *used.cached.bytes == *bytes;
        if pointer.is_none() && self.models.get(self.last).is_some_and(same) {
            return Ok(self.last);
        }
        let cached = cache::parse(bytes)?;
        let same = |used: &UsedModel<T>| used.key.is_none() && Rc::ptr_eq(&used.cached, &cached);
        match self.models.iter().position(same) {
            Some(place) if pointer.is_none() => Ok(place),
            _ => Ok(self.keep(pointer, cached, own())),
        }
    }

    fn keep(&mut self, key: Option<&[u8]>, cached: Rc<CachedModel>, own: T) -> usize {
        if self.bytes + cached.size() > cache::MAX_BYTES {
            self.forget();
        }
        self.bytes += cached.size();
        let (key, place) = (key.map(Box::<[u8]>::from), self.models.len());
        if let Some(key) = key.clone() {
            self.by_key.insert(key, place);
        }
        self.models.push(UsedModel { key, cached, own });
        place
    }
}
