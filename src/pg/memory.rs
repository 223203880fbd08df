//! PostgreSQL's memory contexts.

use pgrx::PgMemoryContexts;

use super::{Call, Failure};

/// A memory context of its own for values that are needed only for a moment.
pub struct Scratch(PgMemoryContexts);

impl Scratch {
    pub fn new(name: &str) -> Self {
        Self(PgMemoryContexts::new(name))
    }

    /// Runs `work`, whose values are made in this context.
    pub fn run(&mut self, work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        // SAFETY: the context lives as long as `self`.
        unsafe { self.0.switch_to(|_| work()) }
    }

    /// Frees the values that were made by [`Scratch::run`].
    pub fn clear(&mut self) {
        // SAFETY: `run` returns no value, and its callers keep none that was made in it.
        unsafe { self.0.reset() };
    }
}

impl Call {
    /// Runs `make` in the memory that lives as long as the call site.
    pub fn in_site_memory<R>(&self, make: impl FnOnce() -> R) -> R {
        // SAFETY: the memory of the site outlives the call.
        unsafe { self.site_memory().switch_to(|_| make()) }
    }
}
