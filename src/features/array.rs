//! Features as an array: elements are matched by position, and named f1, f2, …

use two_stage::column::{Column, Value, check_count};

use super::{
    layout::{Layout, Wanted},
    raw_numbers::RawNumbers,
    scalar::{Reader, kind_name},
};
use crate::pg::{
    Array, ArrayArgument, Call, ElementType, Elements, Failure, SqlState, SqlValue, type_name,
};

/// The layout of arrays of one element type and one length.
pub struct ArrayLayout {
    element: ElementType,
    reader: Reader,
    length: usize,
}

/// The values of one array.
struct Values<'a> {
    reader: &'a Reader,
    elements: Elements<'a>,
}

impl ArrayLayout {
    /// Makes the layout of an array, if it has the wanted columns.
    pub fn new(array: Array, wanted: Wanted) -> Result<Self, Failure> {
        let (element, reader) = ElementType::of(array.element())
            .zip(Reader::of_type(array.element()))
            .ok_or_else(|| no_features(array))?;
        let length = array.elements(&element)?.len();
        let layout = Self { element, reader, length };
        if let Wanted::These { columns, positional } = wanted {
            layout.check_kinds(columns, positional)?;
            check_length(length, columns.len())?;
        }
        Ok(layout)
    }

    pub fn fits(&self, array: Array) -> Result<bool, Failure> {
        Ok(self.element.declared() == array.element()
            && self.length == array.elements(&self.element)?.len())
    }

    /// Returns the elements as they lie in memory, if the array fits, has no NULLs and needs no
    /// detoasting.
    #[inline]
    pub fn numbers_in_place<'c>(
        &self,
        argument: ArrayArgument,
        call: &'c Call,
    ) -> Option<RawNumbers<'c>> {
        let numbers = RawNumbers::of_array(argument.content_in_place(call)?)?;
        let fits = self.element.declared() == numbers.type_() && self.length == numbers.len();
        fits.then_some(numbers)
    }

    /// Reads the elements of an array that fits.
    pub fn values<'a>(
        &'a self,
        array: Array<'a>,
    ) -> Result<impl Iterator<Item = Value<'a>>, Failure> {
        Ok(Values { reader: &self.reader, elements: array.elements(&self.element)? })
    }

    /// Writes each element of an array that fits as its type does.
    pub fn texts(&self, array: Array) -> Result<Vec<Option<SqlValue>>, Failure> {
        let mut elements = array.elements(&self.element)?;
        let mut texts = Vec::with_capacity(elements.len());
        while elements.len() > 0 {
            texts.push(elements.read()?.map(|element| element.to_text()).transpose()?);
        }
        Ok(texts)
    }

    /// Refuses a model that was trained on named columns, or on another kind of elements.
    fn check_kinds(&self, columns: &[Column], positional: bool) -> Result<(), Failure> {
        let mut places = columns.iter().enumerate();
        if !positional && !places.all(|(place, column)| column.name == element_name(place)) {
            let first = columns.first().map_or("", |column| &column.name);
            return Err(Failure::new(
                SqlState::ERRCODE_DATATYPE_MISMATCH,
                format!(
                    "the model was trained on rows with columns such as \"{first}\", \
                     but the features are an array"
                ),
            )
            .with_hint("Pass a row with the columns of the training rows."));
        }
        let kind = self.reader.kind();
        match columns.iter().find(|column| column.kind != kind) {
            None => Ok(()),
            Some(column) => Err(Failure::new(
                SqlState::ERRCODE_DATATYPE_MISMATCH,
                format!(
                    "element \"{}\" is {}, but the model was trained on {}",
                    column.name,
                    kind_name(kind),
                    kind_name(column.kind)
                ),
            )
            .with_hint("Cast the array to the type that it had in training.")),
        }
    }
}

impl Layout for ArrayLayout {
    fn positional(&self) -> bool {
        true
    }

    fn len(&self) -> usize {
        self.length
    }

    fn columns(&self) -> Result<Vec<Column>, Failure> {
        if self.length == 0 {
            return Err(Failure::new(SqlState::ERRCODE_DATA_EXCEPTION, "features have 0 elements")
                .with_hint("Pass at least one feature."));
        }
        check_count(self.length)?;
        let kind = self.reader.kind();
        Ok((0..self.length).map(|place| Column { name: element_name(place), kind }).collect())
    }
}

/// Refuses an array whose length is not that of the first one, or the model's.
pub fn check_length(length: usize, expected: usize) -> Result<(), Failure> {
    if length == expected {
        return Ok(());
    }
    Err(Failure::new(
        SqlState::ERRCODE_DATA_EXCEPTION,
        format!("features have {length} elements, not {expected}"),
    )
    .with_hint("Pass as many elements as in the training, NULL for each missing value."))
}

fn no_features(array: Array) -> Failure {
    Failure::new(
        SqlState::ERRCODE_DATATYPE_MISMATCH,
        format!("an array of {} cannot be features", type_name(array.element())),
    )
    .with_hint("Pass an array of numbers or booleans, or a row of named columns.")
}

/// Returns the name of an element, counting from 0.
fn element_name(index: usize) -> String {
    format!("f{}", index + 1)
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.elements.len() == 0 {
            return None;
        }
        let element = self.elements.read().unwrap_or_else(|failure| failure.raise());
        let value = element.map_or(Ok(Value::Missing), |element| self.reader.read(element));
        Some(value.unwrap_or_else(|failure| failure.raise()))
    }
}
