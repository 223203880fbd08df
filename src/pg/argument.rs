//! Arguments whose type is looked up once for each call site, because SQL declares them as anyelement.

use super::{
    Array, Call, Failure, Oid, Record, base_type, element_type, oid, types::is_row_type,
    varlena::bytes_in_place,
};

/// An argument that is a row, an array, or of another type.
pub enum TypedArgument {
    Record(RecordArgument),
    Array(ArrayArgument),
    Other(Oid),
}

/// An argument that is a row. It belongs to the call site that it was made for.
#[derive(Clone, Copy)]
pub struct RecordArgument {
    index: usize,
}

/// An argument that is an array. It belongs to the call site that it was made for.
#[derive(Clone, Copy)]
pub struct ArrayArgument {
    index: usize,
}

impl TypedArgument {
    /// Looks up the type of an argument.
    ///
    /// A function that declares record or anyarray takes nothing else, and Citus calls the transition
    /// functions of an aggregate without telling the types that were passed.
    pub fn of(call: &Call, index: usize) -> Result<Self, Failure> {
        let record = Self::Record(RecordArgument { index });
        let array = Self::Array(ArrayArgument { index });
        match call.declared_type(index)? {
            Some(oid::RECORDOID) => return Ok(record),
            Some(oid::ANYARRAYOID) => return Ok(array),
            _ => {}
        }
        let type_ = call
            .passed_type(index)
            .ok_or_else(|| Failure::internal("the type of an argument is not known"))?;
        Ok(match base_type(type_) {
            base if is_row_type(base) => record,
            base if element_type(base).is_some() => array,
            _ => Self::Other(type_),
        })
    }
}

impl RecordArgument {
    /// Names an argument that SQL declares with a row type.
    pub fn declared(index: usize) -> Self {
        Self { index }
    }

    /// Returns the row, or `None` if it is NULL.
    #[inline]
    pub fn get<'c>(&self, call: &'c Call) -> Option<Record<'c>> {
        // SAFETY: the argument's type is a row type, and its value outlives the call.
        call.datum(self.index).map(|datum| unsafe { Record::new(datum) })
    }
}

impl ArrayArgument {
    /// Returns the array, or `None` if it is NULL.
    pub fn get<'c>(&self, call: &'c Call) -> Result<Option<Array<'c>>, Failure> {
        // SAFETY: the argument's type is an array type, and its value outlives the call.
        call.datum(self.index).map(|datum| unsafe { Array::new(datum) }).transpose()
    }

    /// Returns the content of an array that needs no detoasting.
    #[inline]
    pub fn content_in_place<'c>(&self, call: &'c Call) -> Option<&'c [u8]> {
        // SAFETY: an array has a variable length, and its value outlives the call.
        call.datum(self.index).and_then(|datum| unsafe { bytes_in_place(datum) })
    }
}
