//! Scoring: what a model says about one customer.
//!
//! The hot path: one row costs its features and one pass of the network. Everything else, the model
//! itself and where its columns stand in a row, is looked up once for each call site and statement.

use std::rc::Rc;

use pgrx::{
    PgSqlErrorCode,
    pg_sys::{self, Datum},
    varlena,
};
use two_stage::{
    features::{Column, Value},
    model::{Score, Scratch, TwoStageModel},
    segment::Segment,
};

use crate::{
    cache::{self, CachedModel},
    call::{Call, SqlResult, bytes_of, composite, sql_function, text_value},
    features::{self, ArrayLayout, Row, RowLayout, Shape},
    registry::Registry,
    report::Failure,
    settings,
    snapshot::Sight,
};

sql_function!(segment_customer);
sql_function!(campaign_intent);
sql_function!(campaign_uplift);
sql_function!(score_customer);
sql_function!(correct_label);

fn segment_customer(call: &Call) -> SqlResult {
    let score = Site::of(call, 1)?.score(call)?;
    text_value(score.segment().name()).map(Some)
}

fn campaign_intent(call: &Call) -> SqlResult {
    let score = Site::of(call, 1)?.score(call)?;
    Ok(Some(float8(score.intent())))
}

fn campaign_uplift(call: &Call) -> SqlResult {
    let score = Site::of(call, 1)?.score(call)?;
    Ok(Some(float8(score.campaign_driven)))
}

fn score_customer(call: &Call) -> SqlResult {
    let site = Site::of(call, 1)?;
    let score = site.score(call)?;
    let columns = site.result_columns(call)?;
    let values = [
        Some(text_value(score.segment().name())?),
        Some(float8(score.intent())),
        Some(float8(score.campaign_driven)),
        Some(float8(score.organic)),
        Some(float8(score.low_engagement)),
    ];
    composite(columns, &values).map(Some)
}

/// The chance that a customer recorded so is truly campaign-driven. Its arguments may be NULL: no
/// features, no segment or no model give NULL, no exposure means exposed.
fn correct_label(call: &Call) -> SqlResult {
    const MODEL: usize = 3;
    let has_model = call.argument_count() <= MODEL || call.argument(MODEL).is_some();
    let (Some(_), Some(observed), true) = (call.argument(0), call.text(1)?, has_model) else {
        return Ok(None);
    };
    let observed = Segment::parse(observed)?;
    let exposed = call.boolean(2).unwrap_or(true);
    let label = Site::of(call, MODEL)?.correct_label(call, observed, exposed)?;
    Ok(Some(float8(label)))
}

fn float8(value: f64) -> Datum {
    Datum::from(value.to_bits())
}

/// What a call asks a model about a customer.
trait Question {
    type Answer;

    fn ask<'v>(
        &self,
        model: &TwoStageModel,
        scratch: &mut Scratch,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Self::Answer>;
}

struct Scored;

impl Question for Scored {
    type Answer = Score;

    fn ask<'v>(
        &self,
        model: &TwoStageModel,
        scratch: &mut Scratch,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Score> {
        model.score(scratch, values)
    }
}

struct Corrected {
    observed: Segment,
    exposed: bool,
}

impl Question for Corrected {
    type Answer = f64;

    fn ask<'v>(
        &self,
        model: &TwoStageModel,
        scratch: &mut Scratch,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<f64> {
        model.correct_label(scratch, values, self.observed, self.exposed)
    }
}

/// What one place in a statement keeps from row to row.
struct Site {
    shape: Shape,
    model: usize,
    argument: ModelArgument,
    /// What `used` was looked up under.
    sight: Option<Sight>,
    used: Vec<UsedModel>,
    scratch: Scratch,
    result: Option<pg_sys::TupleDesc>,
}

/// How the call says which model it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ModelArgument {
    /// It does not: `pg_intent.default_model` does.
    Default,
    Name,
    Value,
    /// A value that stays the same as long as the site.
    Constant,
}

/// A model, how it was found, and where its columns stand in the rows of this site.
struct UsedModel {
    key: Key,
    cached: Rc<CachedModel>,
    layout: Option<Layout>,
}

#[derive(Debug, PartialEq, Eq)]
enum Key {
    Name(Vec<u8>),
    /// The pointer to a value that is stored out of line: equal pointers are the same value as long
    /// as the snapshot holds.
    Stored(Vec<u8>),
    /// The only model of the site.
    Constant,
    /// Found by its bytes.
    Inline,
}

enum Layout {
    Row(RowLayout),
    Array(ArrayLayout),
}

/// Models of one site at most; past them the site starts anew (and finds most of them in the
/// session's cache).
const MODELS_OF_SITE: usize = 16;

impl Site {
    /// `model` is the place of the argument that says which model, where there is one.
    fn of(call: &Call, model: usize) -> Result<&mut Self, Failure> {
        call.site(|| {
            Ok(Self {
                shape: Shape::declared(call, 0)?,
                model,
                argument: ModelArgument::of(call, model)?,
                sight: None,
                used: Vec::new(),
                scratch: Scratch::default(),
                result: None,
            })
        })
    }

    fn score(&mut self, call: &Call) -> Result<Score, Failure> {
        self.ask(call, &Scored)
    }

    fn correct_label(
        &mut self,
        call: &Call,
        observed: Segment,
        exposed: bool,
    ) -> Result<f64, Failure> {
        self.ask(call, &Corrected { observed, exposed })
    }

    /// What the call's model says of the call's features.
    fn ask<Q: Question>(&mut self, call: &Call, question: &Q) -> Result<Q::Answer, Failure> {
        let features =
            call.argument(0).ok_or_else(|| Failure::internal("declared without STRICT"))?;
        self.look_again();
        let place = self.find_model(call)?;
        let used = &mut self.used[place];
        match self.shape {
            Shape::Row => used.ask_row(call, features, &mut self.scratch, question),
            Shape::Array => used.ask_array(features, &mut self.scratch, question),
        }
    }

    /// Forgets what a new statement may see otherwise.
    fn look_again(&mut self) {
        let sight = Sight::current();
        if sight.is_none() || sight != self.sight {
            self.used.clear();
            self.sight = sight;
        }
    }

    /// The place in `used` of the model that this call means.
    fn find_model(&mut self, call: &Call) -> Result<usize, Failure> {
        match self.argument {
            ModelArgument::Default => {
                self.find_name(call, settings::is_default_model, settings::default_model)
            }
            ModelArgument::Name => {
                let name = call.bytes(self.model).unwrap_or_default();
                self.find_name(call, |known| known == name, || name.to_vec())
            }
            ModelArgument::Constant if !self.used.is_empty() => Ok(0),
            ModelArgument::Constant | ModelArgument::Value => {
                let model = call
                    .argument(self.model)
                    .ok_or_else(|| Failure::internal("declared without STRICT"))?;
                self.find_value(model)
            }
        }
    }

    /// Finds a model by name without a copy of it, or looks it up.
    fn find_name(
        &mut self,
        call: &Call,
        is_meant: impl Fn(&[u8]) -> bool,
        name: impl FnOnce() -> Vec<u8>,
    ) -> Result<usize, Failure> {
        let known = |used: &UsedModel| matches!(&used.key, Key::Name(known) if is_meant(known));
        if let Some(place) = self.used.iter().position(known) {
            return Ok(place);
        }
        let name = name();
        let cached = cache::parse(&Registry::of(call)?.active(&name)?)?;
        Ok(self.keep(Key::Name(name), cached))
    }

    fn find_value(&mut self, model: Datum) -> Result<usize, Failure> {
        // SAFETY: the argument is of type intent_model, of variable length.
        let stored = unsafe { stored_pointer(model) };
        if let Some(pointer) = stored {
            let known =
                |used: &UsedModel| matches!(&used.key, Key::Stored(known) if known == pointer);
            if let Some(place) = self.used.iter().position(known) {
                return Ok(place);
            }
        }
        // SAFETY: as above.
        let bytes = unsafe { bytes_of(model) };
        let key = match (self.argument, stored) {
            (ModelArgument::Constant, _) => Key::Constant,
            (_, Some(pointer)) => Key::Stored(pointer.to_vec()),
            (_, None) => {
                let known =
                    |used: &UsedModel| used.key == Key::Inline && *used.cached.bytes == *bytes;
                if let Some(place) = self.used.iter().position(known) {
                    return Ok(place);
                }
                Key::Inline
            }
        };
        let cached = cache::parse(bytes)?;
        Ok(self.keep(key, cached))
    }

    fn keep(&mut self, key: Key, cached: Rc<CachedModel>) -> usize {
        if self.used.len() == MODELS_OF_SITE {
            self.used.clear();
        }
        self.used.push(UsedModel { key, cached, layout: None });
        self.used.len() - 1
    }

    /// The columns of `customer_score`.
    fn result_columns(&mut self, call: &Call) -> Result<pg_sys::TupleDesc, Failure> {
        if let Some(columns) = self.result {
            return Ok(columns);
        }
        // SAFETY: switches to memory that lives as long as this site.
        let columns = unsafe { call.site_memory().switch_to(|_| call.result_columns()) }?;
        self.result = Some(columns);
        Ok(columns)
    }
}

impl ModelArgument {
    fn of(call: &Call, place: usize) -> Result<Self, Failure> {
        Ok(match call.declared_types()?.get(place) {
            None => Self::Default,
            Some(&pg_sys::TEXTOID) => Self::Name,
            Some(_) if call.is_constant(place) => Self::Constant,
            Some(_) => Self::Value,
        })
    }
}

impl UsedModel {
    fn ask_row<Q: Question>(
        &mut self,
        call: &Call,
        features: Datum,
        scratch: &mut Scratch,
        question: &Q,
    ) -> Result<Q::Answer, Failure> {
        // SAFETY: the argument is declared as a record.
        let row = unsafe { Row::new(features) };
        let model = &self.cached.model;
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
        Ok(question.ask(model, scratch, layout.values(row)?)?)
    }

    fn ask_array<Q: Question>(
        &mut self,
        features: Datum,
        scratch: &mut Scratch,
        question: &Q,
    ) -> Result<Q::Answer, Failure> {
        // SAFETY: the argument is declared as an array; it stays in memory during the call.
        unsafe {
            let array = features::array_in_memory(features);
            let model = &self.cached.model;
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
            let values = layout.values(array)?;
            if values.len() != model.columns().len() {
                return Err(features::wrong_length(values.len(), model.columns().len()));
            }
            Ok(question.ask(model, scratch, values)?)
        }
    }
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
