//! The models of an array argument, looked up once for each statement and array.

use std::rc::Rc;

use super::{
    argument::load_named,
    cache::{self, CachedModel},
};
use crate::pg::{Call, Failure, SnapshotKey, SqlState, from_server, oid};

/// The arrays of models that a call site has used, each model with a `T` of the site's own. Above
/// `cache::MAX_BYTES` the site forgets them all, and finds most models again in the session's cache.
pub struct ModelLists<T> {
    index: usize,
    /// The array holds names, not models.
    by_name: bool,
    is_constant: bool,
    /// The snapshot in which the models were looked up.
    snapshot: Option<SnapshotKey>,
    lists: Vec<List<T>>,
    /// The list of the previous row, which is mostly that of the next.
    last: usize,
    bytes: usize,
}

struct List<T> {
    /// The array's content, or its TOAST pointer: equal pointers are the same value as long as the
    /// snapshot stays the same.
    key: Box<[u8]>,
    models: Vec<ListedModel<T>>,
}

/// A model of an array.
pub struct ListedModel<T> {
    /// The name in the server's encoding; the position, from 1, if the model itself was passed.
    pub name: Box<[u8]>,
    pub cached: Rc<CachedModel>,
    pub own: T,
}

impl<T> ModelLists<T> {
    /// `index` is the argument that is an array of names or of models.
    pub fn of(call: &Call, index: usize) -> Result<Self, Failure> {
        Ok(Self {
            index,
            by_name: call.declared_type(index)? == Some(oid::TEXTARRAYOID),
            is_constant: call.is_constant(index),
            snapshot: None,
            lists: Vec::new(),
            last: 0,
            bytes: 0,
        })
    }

    /// Returns the models of a call. `own` makes what the site keeps for a model that is new to it.
    #[inline]
    pub fn models_of(
        &mut self,
        call: &Call,
        own: impl Fn() -> T,
    ) -> Result<&mut [ListedModel<T>], Failure> {
        let snapshot = SnapshotKey::current();
        if snapshot.is_none() || snapshot != self.snapshot {
            self.forget();
            self.snapshot = snapshot;
        }
        if !self.is_constant || self.lists.is_empty() {
            self.last = self.find_or_load(call, own)?;
        }
        Ok(&mut self.lists[self.last].models)
    }

    fn forget(&mut self) {
        self.lists.clear();
        self.last = 0;
        self.bytes = 0;
    }

    fn find_or_load(&mut self, call: &Call, own: impl Fn() -> T) -> Result<usize, Failure> {
        let key = call.toast_pointer(self.index).or_else(|| call.bytes(self.index));
        let key = key.ok_or_else(not_strict)?;
        if self.lists.get(self.last).is_some_and(|list| *list.key == *key) {
            return Ok(self.last);
        }
        match self.lists.iter().position(|list| *list.key == *key) {
            Some(place) => Ok(place),
            None => self.load(call, key, own),
        }
    }

    #[inline(never)]
    fn load(&mut self, call: &Call, key: &[u8], own: impl Fn() -> T) -> Result<usize, Failure> {
        let models = self.listed(call, own)?;
        let sizes = models.iter().map(|model| model.cached.size());
        let bytes = key.len() + sizes.sum::<usize>();
        if self.bytes + bytes > cache::MAX_BYTES {
            self.forget();
        }
        self.bytes += bytes;
        self.lists.push(List { key: key.into(), models });
        Ok(self.lists.len() - 1)
    }

    fn listed(&self, call: &Call, own: impl Fn() -> T) -> Result<Vec<ListedModel<T>>, Failure> {
        let elements = call.contents(self.index)?.ok_or_else(not_strict)?;
        let mut models = Vec::<ListedModel<T>>::with_capacity(elements.len());
        for (place, element) in elements.into_iter().enumerate() {
            let element = element.ok_or_else(|| null_model(place + 1))?;
            let (name, cached) = if self.by_name {
                if models.iter().any(|model| *model.name == *element) {
                    return Err(given_twice(from_server(element)?));
                }
                (element.into(), load_named(call, element)?)
            } else {
                let name = (place + 1).to_string().into_bytes();
                (name.into_boxed_slice(), cache::parse(element)?)
            };
            models.push(ListedModel { name, cached, own: own() });
        }
        Ok(models)
    }
}

impl<T> ListedModel<T> {
    /// Returns the name of the model.
    pub fn name(&self) -> Result<&str, Failure> {
        from_server(&self.name)
    }
}

fn null_model(position: usize) -> Failure {
    Failure::new(
        SqlState::ERRCODE_NULL_VALUE_NOT_ALLOWED,
        format!("model {position} of the array is NULL"),
    )
    .with_hint("Leave it out, or give it a NULL cost for whom it is not eligible.")
}

fn given_twice(name: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("model \"{name}\" is given twice"),
    )
    .with_hint("Give each model once.")
}

fn not_strict() -> Failure {
    Failure::internal("declared without STRICT")
}
