//! A model by name or by value: how a call tells which model it means.

use std::rc::Rc;

use super::{
    cache::{self, CachedModel},
    registry::Registry,
};
use crate::pg::{Call, Failure, oid, settings};

/// The argument of a call site that names or is a model.
pub struct ModelArgument {
    pub index: usize,
    pub by: ModelBy,
    /// The argument stays the same as long as the call site.
    pub is_constant: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelBy {
    /// There is no such argument: `pg_intent.default_model` names the model.
    Default,
    Name,
    Value,
}

impl ModelArgument {
    pub fn of(call: &Call, index: usize) -> Result<Self, Failure> {
        let by = match call.declared_type(index)? {
            None => ModelBy::Default,
            Some(oid::TEXTOID) => ModelBy::Name,
            Some(_) => ModelBy::Value,
        };
        Ok(Self { index, by, is_constant: call.is_constant(index) })
    }

    /// Returns the model of a call.
    pub fn load(&self, call: &Call) -> Result<Rc<CachedModel>, Failure> {
        match self.by {
            ModelBy::Default => load_named(call, &settings::default_model()),
            ModelBy::Name => load_named(call, self.bytes(call)?),
            ModelBy::Value => cache::parse(self.bytes(call)?),
        }
    }

    /// Returns the content of the argument: a name in the server's encoding, or a model.
    #[inline]
    pub fn bytes<'c>(&self, call: &'c Call) -> Result<&'c [u8], Failure> {
        call.bytes(self.index).ok_or_else(|| Failure::internal("declared without STRICT"))
    }
}

/// Returns the active model of a name, as the calling statement sees it.
pub fn load_named(call: &Call, name: &[u8]) -> Result<Rc<CachedModel>, Failure> {
    cache::parse(&Registry::of(call)?.active(name)?)
}

/// Returns the model that a call describes: by value, by name, or by name and version.
pub fn load_inspected(call: &Call) -> Result<Rc<CachedModel>, Failure> {
    if call.declared_type(1)?.is_none() {
        return ModelArgument::of(call, 0)?.load(call);
    }
    let (Some(name), Some(version)) = (call.text(0)?, call.int4(1)) else {
        return Err(Failure::internal("declared without STRICT"));
    };
    cache::parse(&Registry::of(call)?.version(name, version)?)
}
