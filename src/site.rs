//! Where in a statement a model is asked about customers: which model is meant, and where its columns
//! stand in the rows. Both are looked up once for each call site and statement.

use std::{collections::HashMap, rc::Rc};

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum},
    varlena,
};
use two_stage::{
    features::{Column, Value},
    model::TwoStageModel,
    scorer::Scorer,
    segment::Segment,
};

use crate::{
    cache::{self, CachedModel},
    call::{Call, bytes_of, text_value},
    features::{self, Array, ArrayLayout, Plain, Row, RowLayout, Shape},
    registry::Registry,
    report::Failure,
    settings,
    snapshot::Sight,
};

/// What a call asks a model about a customer.
pub trait Question {
    type Answer;

    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Self::Answer>;

    /// The same of numbers as they stand in memory.
    fn ask_plainly(&self, scorer: &mut Scorer, numbers: Plain) -> two_stage::Result<Self::Answer> {
        match numbers {
            Plain::Singles(numbers) => {
                let numbers = numbers.iter().map(|&bytes| f32::from_ne_bytes(bytes).into());
                self.ask(scorer, numbers.map(Value::number))
            }
            Plain::Doubles(numbers) => {
                let numbers = numbers.iter().map(|&bytes| f64::from_ne_bytes(bytes));
                self.ask(scorer, numbers.map(Value::number))
            }
        }
    }
}

/// What one place in a statement keeps from row to row.
pub struct Site {
    shape: Shape,
    model: usize,
    argument: ModelArgument,
    /// What `used` was looked up under.
    sight: Option<Sight>,
    used: UsedModels,
    /// The columns of `customer_score`, and the texts of the segments.
    columns: Option<pg_sys::TupleDesc>,
    segments: [Option<Datum>; 3],
}

/// How the call says which model it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ModelArgument {
    /// It does not: `pg_intent.default_model` does.
    Default,
    Name,
    Value,
    /// A name or a value that stays the same as long as the site.
    ConstantName,
    ConstantValue,
}

/// The models that a site has met. Past `MOST_BYTES` it starts anew, and finds most of them in the
/// session's cache.
#[derive(Default)]
struct UsedModels {
    models: Vec<UsedModel>,
    by_key: HashMap<Box<[u8]>, usize>,
    /// Mostly that of the row before.
    last: usize,
    bytes: usize,
}

/// A model, and where its columns stand in the rows of this site.
struct UsedModel {
    /// Its name, or the pointer to a value that is stored out of line: equal pointers are the same
    /// value as long as the snapshot holds. None where the value itself came.
    key: Option<Box<[u8]>>,
    cached: Rc<CachedModel>,
    layout: Option<Layout>,
}

enum Layout {
    Row(RowLayout),
    Array(ArrayLayout),
}

impl Site {
    /// `model` is the place of the argument that says which model, where there is one.
    pub fn of(call: &Call, model: usize) -> Result<&mut Self, Failure> {
        call.site(|| {
            Ok(Self {
                shape: Shape::declared(call, 0)?,
                model,
                argument: ModelArgument::of(call, model)?,
                sight: None,
                used: UsedModels::default(),
                columns: None,
                segments: [None; 3],
            })
        })
    }

    /// What the call's model says of the call's features.
    #[inline]
    pub fn ask<Q: Question>(&mut self, call: &Call, question: &Q) -> Result<Q::Answer, Failure> {
        let features =
            call.argument(0).ok_or_else(|| Failure::internal("declared without STRICT"))?;
        self.look_again();
        let place = self.find_model(call)?;
        self.used.last = place;
        let used = &mut self.used.models[place];
        match self.shape {
            Shape::Row => used.ask_row(call, features, question),
            Shape::Array => used.ask_array(features, question),
        }
    }

    /// Forgets what a new statement may see otherwise.
    #[inline]
    fn look_again(&mut self) {
        let sight = Sight::current();
        if sight.is_none() || sight != self.sight {
            self.used = UsedModels::default();
            self.sight = sight;
        }
    }

    /// The place in `used` of the model that this call means.
    #[inline]
    fn find_model(&mut self, call: &Call) -> Result<usize, Failure> {
        match self.argument {
            ModelArgument::Default => {
                let known = settings::with_default_model(|name| self.used.find(name));
                known.map_or_else(|| self.look_up(call, &settings::default_model()), Ok)
            }
            ModelArgument::ConstantName | ModelArgument::ConstantValue
                if !self.used.models.is_empty() =>
            {
                Ok(0)
            }
            ModelArgument::Name | ModelArgument::ConstantName => {
                let name = call.bytes(self.model).unwrap_or_default();
                self.used.find(name).map_or_else(|| self.look_up(call, name), Ok)
            }
            ModelArgument::Value | ModelArgument::ConstantValue => {
                let model = call
                    .argument(self.model)
                    .ok_or_else(|| Failure::internal("declared without STRICT"))?;
                // SAFETY: the argument is of type intent_model, of variable length.
                unsafe { self.used.find_value(model) }
            }
        }
    }

    #[inline(never)]
    fn look_up(&mut self, call: &Call, name: &[u8]) -> Result<usize, Failure> {
        let cached = cache::parse(&Registry::of(call)?.active(name)?)?;
        Ok(self.used.keep(Some(name), cached))
    }

    /// The features that were asked about last, as their types write them, in the model's order.
    pub fn texts(&mut self, call: &Call) -> Result<Vec<Option<Datum>>, Failure> {
        let features = call.argument(0);
        let used = self.used.models.get_mut(self.used.last);
        match (features, used.and_then(|used| used.layout.as_mut())) {
            // SAFETY: the argument is declared as what its layout was made of.
            (Some(features), Some(Layout::Row(layout))) => {
                layout.texts(unsafe { Row::new(features) })
            }
            // SAFETY: as above.
            (Some(features), Some(Layout::Array(layout))) => {
                layout.texts(unsafe { Array::new(features) }?)
            }
            _ => Err(Failure::internal("no features were asked about")),
        }
    }

    /// The model that was asked last.
    pub fn model(&self) -> Result<Rc<TwoStageModel>, Failure> {
        let used = self.used.models.get(self.used.last);
        used.map(|used| Rc::clone(&used.cached.model))
            .ok_or_else(|| Failure::internal("no model was asked"))
    }

    /// The columns of `customer_score`.
    pub fn columns(&mut self, call: &Call) -> Result<pg_sys::TupleDesc, Failure> {
        if let Some(columns) = self.columns {
            return Ok(columns);
        }
        // SAFETY: switches to memory that lives as long as this site.
        let columns = unsafe { call.site_memory().switch_to(|_| call.result_columns()) }?;
        self.columns = Some(columns);
        Ok(columns)
    }

    /// A segment's name, made once.
    pub fn segment(&mut self, call: &Call, segment: Segment) -> Result<Datum, Failure> {
        let known = &mut self.segments[segment as usize];
        if let Some(name) = *known {
            return Ok(name);
        }
        // SAFETY: as in `columns`.
        let name = unsafe { call.site_memory().switch_to(|_| text_value(segment.name())) }?;
        *known = Some(name);
        Ok(name)
    }
}

impl UsedModels {
    #[inline]
    fn find(&self, key: &[u8]) -> Option<usize> {
        let last = self.models.get(self.last)?;
        if last.key.as_deref() == Some(key) {
            return Some(self.last);
        }
        self.by_key.get(key).copied()
    }

    /// # Safety
    /// The datum is of a type of variable length.
    unsafe fn find_value(&mut self, model: Datum) -> Result<usize, Failure> {
        // SAFETY: by the contract of this function.
        let (pointer, bytes) = unsafe {
            let pointer = stored_pointer(model);
            if let Some(place) = pointer.and_then(|pointer| self.find(pointer)) {
                return Ok(place);
            }
            (pointer, bytes_of(model))
        };
        let same = |used: &UsedModel| *used.cached.bytes == *bytes;
        if pointer.is_none() && self.models.get(self.last).is_some_and(same) {
            return Ok(self.last);
        }
        let cached = cache::parse(bytes)?;
        let same = |used: &UsedModel| used.key.is_none() && Rc::ptr_eq(&used.cached, &cached);
        match self.models.iter().position(same) {
            Some(place) if pointer.is_none() => Ok(place),
            _ => Ok(self.keep(pointer, cached)),
        }
    }

    fn keep(&mut self, key: Option<&[u8]>, cached: Rc<CachedModel>) -> usize {
        if self.bytes + cached.size() > cache::MOST_BYTES {
            *self = Self::default();
        }
        self.bytes += cached.size();
        let (key, place) = (key.map(Box::<[u8]>::from), self.models.len());
        if let Some(key) = key.clone() {
            self.by_key.insert(key, place);
        }
        self.models.push(UsedModel { key, cached, layout: None });
        place
    }
}

impl ModelArgument {
    fn of(call: &Call, place: usize) -> Result<Self, Failure> {
        Ok(match call.declared_types()?.get(place) {
            None => Self::Default,
            Some(&pg_sys::TEXTOID) if call.is_constant(place) => Self::ConstantName,
            Some(&pg_sys::TEXTOID) => Self::Name,
            Some(_) if call.is_constant(place) => Self::ConstantValue,
            Some(_) => Self::Value,
        })
    }
}

impl UsedModel {
    fn ask_row<Q: Question>(
        &mut self,
        call: &Call,
        features: Datum,
        question: &Q,
    ) -> Result<Q::Answer, Failure> {
        // SAFETY: the argument is declared as a record.
        let row = unsafe { Row::new(features) };
        let CachedModel { model, .. } = &*self.cached;
        let layout = match &mut self.layout {
            Some(Layout::Row(layout)) if layout.fits(row) => layout,
            layout => {
                let new = RowLayout::of_model(call, row, model.columns())?;
                match layout.insert(Layout::Row(new)) {
                    Layout::Row(layout) => layout,
                    Layout::Array(_) => return Err(Failure::internal("a row read as an array")),
                }
            }
        };
        let mut scorer = self.cached.scorer()?;
        if let Some(numbers) = layout.numbers(&row) {
            return Ok(question.ask_plainly(&mut scorer, numbers)?);
        }
        Ok(question.ask(&mut scorer, layout.values(row)?)?)
    }

    #[inline]
    fn ask_array<Q: Question>(
        &mut self,
        features: Datum,
        question: &Q,
    ) -> Result<Q::Answer, Failure> {
        // SAFETY: the argument is declared as an array; it stays in memory during the call.
        if let Some(numbers) = unsafe { Plain::of_array(features) }
            && let Some(Layout::Array(layout)) = &self.layout
            && layout.fits_plain(&numbers)
            && numbers.len() == self.cached.model.columns().len()
        {
            return Ok(question.ask_plainly(&mut *self.cached.scorer()?, numbers)?);
        }
        self.ask_any_array(features, question)
    }

    /// The first array, and those that cannot be taken as they stand.
    #[inline(never)]
    fn ask_any_array<Q: Question>(
        &mut self,
        features: Datum,
        question: &Q,
    ) -> Result<Q::Answer, Failure> {
        // SAFETY: the argument is declared as an array; it stays in memory during the call.
        let array = unsafe { Array::new(features) }?;
        let CachedModel { model, .. } = &*self.cached;
        let layout = match &mut self.layout {
            Some(Layout::Array(layout)) if layout.fits(array) => layout,
            layout => {
                let new = ArrayLayout::new(array)?;
                check_elements(&new, model.columns(), model.positional())?;
                match layout.insert(Layout::Array(new)) {
                    Layout::Array(layout) => layout,
                    Layout::Row(_) => return Err(Failure::internal("an array read as a row")),
                }
            }
        };
        let expected = model.columns().len();
        let mut scorer = self.cached.scorer()?;
        if let Some(numbers) = array.plain() {
            check_length(numbers.len(), expected)?;
            return Ok(question.ask_plainly(&mut scorer, numbers)?);
        }
        let values = layout.values(array)?;
        check_length(values.len(), expected)?;
        Ok(question.ask(&mut scorer, values)?)
    }
}

fn check_length(length: usize, expected: usize) -> Result<(), Failure> {
    if length == expected { Ok(()) } else { Err(features::wrong_length(length, expected)) }
}

/// Whether a model can be used with arrays of that element type.
fn check_elements(
    layout: &ArrayLayout,
    columns: &[Column],
    positional: bool,
) -> Result<(), Failure> {
    let named_by_place = || {
        columns
            .iter()
            .enumerate()
            .all(|(place, column)| column.name == features::element_name(place))
    };
    if !positional && !named_by_place() {
        let first = columns.first().map_or("", |column| &column.name);
        return Err(Failure::new(
            PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
            format!("the model was trained on rows with columns such as \"{first}\", but the features are an array"),
        )
        .with_hint("Pass a row with the columns of the training rows."));
    }
    match columns.iter().find(|column| column.kind != layout.kind()) {
        None => Ok(()),
        Some(column) => Err(Failure::new(
            PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
            format!(
                "element \"{}\" is {}, but the model was trained on {}",
                column.name,
                features::kind_name(layout.kind()),
                features::kind_name(column.kind)
            ),
        )
        .with_hint("Cast the array to the type that it had in training.")),
    }
}

/// The pointer that stands for a value stored out of line, if it is one.
///
/// # Safety
/// The datum is of a type of variable length; the result lives in it.
unsafe fn stored_pointer<'a>(datum: Datum) -> Option<&'a [u8]> {
    // SAFETY: by the contract of this function; the header tells how long the pointer is.
    unsafe {
        let value = datum.cast_mut_ptr::<pg_sys::varlena>();
        let on_disk = pg_sys::vartag_external::VARTAG_ONDISK;
        (varlena::varatt_is_1b_e(value) && u32::from(varlena::vartag_external(value)) == on_disk)
            .then(|| {
                std::slice::from_raw_parts(value.cast::<u8>(), varlena::varsize_external(value))
            })
    }
}
