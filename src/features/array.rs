//! Features as an array: elements are matched by position, and named f1, f2, …

use two_stage::{
    column::{Column, Value, check_count},
    sample::Customer,
};

use super::{
    customer::{CustomerColumn, no_customer},
    layout::{Layout, Wanted},
    raw_numbers::RawNumbers,
    scalar::{Reader, kind_name},
};
use crate::pg::{
    Array, ArrayArgument, Call, ElementType, Elements, Failure, SqlState, SqlValue,
    qualified_type_name, type_name,
};

/// The layout of arrays of one element type and one length.
pub struct ArrayLayout {
    element: ElementType,
    reader: Reader,
    length: usize,
    customer: Option<CustomerColumn>,
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
        let mut layout = Self { element, reader, length, customer: None };
        match wanted {
            Wanted::These { columns, positional } => {
                layout.check_kinds(columns, positional)?;
                check_length(length, columns.len())?;
            }
            Wanted::Every { customer: Some(name) } => {
                let place = (0..length).find(|&place| element_name(place) == name);
                let place = place.ok_or_else(|| no_element(name, length))?;
                layout.customer = Some(CustomerColumn::new(place, array.element()));
            }
            Wanted::Every { customer: None } => {}
        }
        Ok(layout)
    }

    pub fn fits(&self, array: Array) -> Result<bool, Failure> {
        Ok(self.element.declared() == array.element()
            && self.length == array.elements(&self.element)?.len())
    }

    /// Tells if arrays name their customers.
    #[inline]
    pub fn names_customers(&self) -> bool {
        self.customer.is_some()
    }

    /// Reads the customer of an array that fits.
    pub fn customer(&mut self, array: Array) -> Result<Option<Customer>, Failure> {
        let Some(column) = &mut self.customer else { return Ok(None) };
        let mut elements = array.elements(&self.element)?;
        for _ in 0..column.place() {
            elements.read()?;
        }
        column.read(elements.read()?)
    }

    /// Returns the elements as they lie in memory, if the array fits, names no customer, has no
    /// NULLs and needs no detoasting.
    #[inline]
    pub fn numbers_in_place<'c>(
        &self,
        argument: ArrayArgument,
        call: &'c Call,
    ) -> Option<RawNumbers<'c>> {
        let numbers = RawNumbers::of_array(argument.content_in_place(call)?)?;
        let fits = self.element.declared() == numbers.type_() && self.length == numbers.len();
        (fits && self.customer.is_none()).then_some(numbers)
    }

    /// Reads the elements of an array that fits, but not the customer.
    pub fn values<'a>(
        &'a self,
        array: Array<'a>,
    ) -> Result<impl Iterator<Item = Value<'a>>, Failure> {
        let values = Values { reader: &self.reader, elements: array.elements(&self.element)? };
        let customer = self.customer.as_ref().map(CustomerColumn::place);
        let features = values.enumerate().filter(move |(place, _)| Some(*place) != customer);
        Ok(features.map(|(_, value)| value))
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
        self.length - usize::from(self.customer.is_some())
    }

    fn columns(&self) -> Result<Vec<Column>, Failure> {
        if self.len() == 0 {
            return Err(Failure::new(SqlState::ERRCODE_DATA_EXCEPTION, "features have 0 elements")
                .with_hint("Pass at least one feature."));
        }
        check_count(self.len())?;
        let kind = self.reader.kind();
        Ok((0..self.len()).map(|place| Column { name: element_name(place), kind }).collect())
    }

    fn types(&self) -> Result<Vec<String>, Failure> {
        Ok(vec![qualified_type_name(self.element.declared())?; self.len()])
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

fn no_element(name: &str, length: usize) -> Failure {
    no_customer(name, "the array")
        .with_hint(format!("Name one of its elements, which are f1 to f{length}."))
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
