//! A model by name or by value: how a call tells which model it means.

use std::rc::Rc;

use two_stage::model::TwoStageModel;

use super::{
    cache::{self, CachedModel},
    model_type,
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

/// Returns the model that a call describes, with its report: by value, by name, or by name and version.
pub fn load_inspected(call: &Call) -> Result<TwoStageModel, Failure> {
    if call.declared_type(1)?.is_some() {
        let (Some(name), Some(version)) = (call.text(0)?, call.int4(1)) else {
            return Err(Failure::internal("declared without STRICT"));
        };
        return model_type::decode(&Registry::of(call)?.version(name, version)?);
    }
    let argument = ModelArgument::of(call, 0)?;
    match argument.by {
        ModelBy::Default => {
            model_type::decode(&Registry::of(call)?.active(&settings::default_model())?)
        }
        ModelBy::Name => model_type::decode(&Registry::of(call)?.active(argument.bytes(call)?)?),
        ModelBy::Value => model_type::decode(argument.bytes(call)?),
    }
}
