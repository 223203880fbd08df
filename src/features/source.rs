//! The only reader of features, for training and for scoring.

use std::cell::Cell;

use two_stage::{column::Value, sample::Customer};

use super::{
    array::ArrayLayout,
    layout::{Layout, Wanted},
    raw_numbers::RawNumbers,
    row::RowLayout,
};
use crate::pg::{
    ArrayArgument, Call, Failure, RecordArgument, SqlState, SqlValue, TypedArgument, type_name,
};

/// The argument of a call site that holds the features.
#[derive(Clone, Copy)]
pub enum Features {
    Row(RecordArgument),
    Array(ArrayArgument),
}

/// Reads the features of one call site, as a training or one model wants them. The layout is made for
/// the first row, and again when a row no longer fits.
pub struct Source {
    layout: KnownLayout,
    /// The number of the layout, which no other layout of this session has.
    number: u64,
}

enum KnownLayout {
    Row(RecordArgument, Option<RowLayout>),
    Array(ArrayArgument, Option<ArrayLayout>),
}

/// Takes the features of one call.
pub trait Consumer {
    type Output;

    /// Returns the columns that the features must have.
    fn wanted(&self) -> Wanted<'_>;

    /// Is called before the features are read by a layout. Layouts of different numbers differ.
    #[inline]
    fn begin(&mut self, _number: u64, _layout: &dyn Layout) -> Result<(), Failure> {
        Ok(())
    }

    /// Takes the customer of the row, before its features, where the wanted columns name one.
    fn take_customer(&mut self, _customer: Option<Customer>) {}

    fn values<'v>(self, values: impl Iterator<Item = Value<'v>>) -> Result<Self::Output, Failure>;

    /// Takes numbers as they lie in memory.
    fn numbers(self, numbers: RawNumbers) -> Result<Self::Output, Failure>;
}

impl Features {
    /// Looks up the type of an argument, once for each call site.
    pub fn of(call: &Call, index: usize) -> Result<Self, Failure> {
        match TypedArgument::of(call, index)? {
            TypedArgument::Record(argument) => Ok(Self::Row(argument)),
            TypedArgument::Array(argument) => Ok(Self::Array(argument)),
            TypedArgument::Other(type_) => Err(Failure::new(
                SqlState::ERRCODE_DATATYPE_MISMATCH,
                format!("features must be a row or an array, not {}", type_name(type_)),
            )
            .with_hint("Pass a row of named columns, or an array of numbers or booleans.")),
        }
    }
}

impl Source {
    pub fn new(features: Features) -> Self {
        let layout = match features {
            Features::Row(argument) => KnownLayout::Row(argument, None),
            Features::Array(argument) => KnownLayout::Array(argument, None),
        };
        Self { layout, number: 0 }
    }

    /// Reads the features of a call, which are not NULL.
    #[inline]
    pub fn read<C: Consumer>(
        &mut self,
        call: &Call,
        mut consumer: C,
    ) -> Result<C::Output, Failure> {
        match &mut self.layout {
            KnownLayout::Row(argument, layout) => {
                let row = argument.get(call).ok_or_else(null_features)?;
                let layout = match layout {
                    Some(layout) if layout.fits(row) => layout,
                    layout => {
                        self.number = next_number();
                        layout.insert(RowLayout::new(call, row, consumer.wanted())?)
                    }
                };
                consumer.begin(self.number, layout)?;
                if layout.names_customers() {
                    consumer.take_customer(layout.customer(row)?);
                }
                if let Some(numbers) = layout.numbers(row) {
                    return consumer.numbers(numbers);
                }
                consumer.values(layout.values(row)?)
            }
            KnownLayout::Array(argument, layout) => {
                if let Some(layout) = layout
                    && let Some(numbers) = layout.numbers_in_place(*argument, call)
                {
                    consumer.begin(self.number, layout)?;
                    return consumer.numbers(numbers);
                }
                read_any_array(*argument, layout, &mut self.number, call, consumer)
            }
        }
    }

    /// Writes each feature of a call as its type does, in the order in which they were read.
    pub fn texts(&mut self, call: &Call) -> Result<Vec<Option<SqlValue>>, Failure> {
        match &mut self.layout {
            KnownLayout::Row(argument, Some(layout)) => {
                layout.texts(argument.get(call).ok_or_else(null_features)?)
            }
            KnownLayout::Array(argument, Some(layout)) => {
                layout.texts(argument.get(call)?.ok_or_else(null_features)?)
            }
            _ => Err(Failure::internal("no features were read")),
        }
    }
}

/// Reads the first array of a layout, and arrays that need to be detoasted or converted.
#[inline(never)]
fn read_any_array<C: Consumer>(
    argument: ArrayArgument,
    known: &mut Option<ArrayLayout>,
    number: &mut u64,
    call: &Call,
    mut consumer: C,
) -> Result<C::Output, Failure> {
    let array = argument.get(call)?.ok_or_else(null_features)?;
    let layout = match known {
        Some(layout) if layout.fits(array)? => layout,
        known => {
            *number = next_number();
            known.insert(ArrayLayout::new(array, consumer.wanted())?)
        }
    };
    consumer.begin(*number, layout)?;
    if layout.names_customers() {
        consumer.take_customer(layout.customer(array)?);
        return consumer.values(layout.values(array)?);
    }
    match RawNumbers::of_array(array.content()) {
        Some(numbers) => consumer.numbers(numbers),
        None => consumer.values(layout.values(array)?),
    }
}

fn null_features() -> Failure {
    Failure::internal("features are NULL, but the function is not declared STRICT")
}

/// Returns a number that no other layout of this session has.
fn next_number() -> u64 {
    thread_local! {
        static LAST: Cell<u64> = const { Cell::new(0) };
    }
    LAST.set(LAST.get() + 1);
    LAST.get()
}
