//! The aggregate `train_intent_model`: it gathers rows into a sample, merges the samples of
//! parallel workers, and trains at the end. `sql/training.sql` puts the five functions together.

use std::{
    cell::Cell,
    hash::{BuildHasher, RandomState},
};

use pgrx::{
    PgMemoryContexts, PgSqlErrorCode,
    pg_sys::{self, Datum},
};
use two_stage::{
    codec,
    features::Column,
    model::TwoStageModel,
    options::Options,
    sample::{Partial, Sample, Target},
    segment::Segment,
    training::{self, Outcome},
};

use crate::{
    call::{Call, SqlResult, bytes_value, sql_function, written_value},
    features::{self, Array, ArrayLayout, Plain, Row, RowLayout, Shape},
    report::{self, Failure},
    settings,
    watch::Watch,
};

sql_function!(sample_add);
sql_function!(sample_merge);
sql_function!(sample_serialize);
sql_function!(sample_deserialize);
sql_function!(sample_train);

/// An aggregate's state, owned by the memory of its group.
enum State {
    Gathered(Box<Training>),
    /// What was gathered elsewhere; if by another process, in the bytes that it came in.
    Received(Box<Partial<'static>>),
    /// It was sent to another process, or merged into another state: its rows are no longer here.
    Gone,
}

impl State {
    fn training(&mut self) -> Result<&mut Training, Failure> {
        match self {
            Self::Gathered(training) => Ok(training),
            _ => Err(gone()),
        }
    }
}

/// The rows of one training, gathered so far.
struct Training {
    sample: Sample,
    /// The options as the first row gave them.
    options: Options,
    written_options: Vec<u8>,
    /// The layout under which rows were last pushed.
    layout: Option<u64>,
    memory: Memory,
}

/// Adds a row: `(state, features, observed_segment [, exposed [, propensity, weight]] [, options])`.
fn sample_add(call: &Call) -> SqlResult {
    let site = call.site(|| {
        Ok(Site {
            shape: Shape::declared(call, 1)?,
            places: Places::of(call.argument_count())?,
            layout: None,
        })
    })?;
    let options = site.places.options.and_then(|place| call.bytes(place));
    let state = match call.pointer::<State>(0) {
        // SAFETY: the pointer is one that this function returned for the same group.
        Some(state) => unsafe { &mut *state },
        None => gathered(call.aggregate_memory()?, Training::new(options)?),
    };
    let training = state.training()?;
    training.check_options(options)?;
    match call.argument(1) {
        None => training.sample.skip_null(),
        Some(features) => {
            let target = site.places.target(call)?;
            site.push(call, features, target, training)?;
        }
    }
    training.check_memory()?;
    Ok(Some(Datum::from(std::ptr::from_mut(state))))
}

/// Merges the second state, which was gathered elsewhere, into the first; either may be NULL.
fn sample_merge(call: &Call) -> SqlResult {
    let first = call.pointer::<State>(0);
    let Some(second) = call.pointer::<State>(1) else {
        return Ok(first.map(Datum::from));
    };
    // SAFETY: both pointers are states of this aggregate, and not the same one.
    let State::Received(sent) = std::mem::replace(unsafe { &mut *second }, State::Gone) else {
        return Err(gone());
    };
    let state = match first {
        Some(state) => {
            // SAFETY: as above.
            let state = unsafe { &mut *state };
            state.training()?.sample.merge(*sent)?;
            state
        }
        None => {
            let sample = Sample::received(*sent, check_for_interrupts);
            gathered(call.aggregate_memory()?, Training::of_sample(sample))
        }
    };
    state.training()?.check_memory()?;
    Ok(Some(Datum::from(std::ptr::from_mut(state))))
}

/// The bytes of a state. Its rows are then given back where they can be: PostgreSQL keeps the state for
/// some time.
fn sample_serialize(call: &Call) -> SqlResult {
    let Some(pointer) = call.pointer::<State>(0) else {
        return Ok(None);
    };
    // SAFETY: the pointer is a state of this aggregate.
    let state = unsafe { &mut *pointer };
    let training = state.training()?;
    if call.is_part_of_own_plan() {
        return bytes_value(&Token::of(pointer).bytes()).map(Some);
    }
    training.sample.trim();
    let encoded = codec::encode_sample(&training.sample)?;
    let value = written_value(encoded.length(), |take| encoded.write(take))?;
    if call.groups_come_once() {
        *state = State::Gone;
    }
    Ok(Some(value))
}

fn sample_deserialize(call: &Call) -> SqlResult {
    let Some(bytes) = call.bytes(0) else {
        return Ok(None);
    };
    let partial = match Token::read(bytes) {
        Some(token) => token.take()?,
        None => {
            // SAFETY: PostgreSQL merges a state right after it was read, and until then keeps the row
            // that it came in.
            let bytes = unsafe { std::slice::from_raw_parts(bytes.as_ptr(), bytes.len()) };
            codec::decode_sample(bytes).map_err(|error| {
                Failure::from(error).with_code(PgSqlErrorCode::ERRCODE_DATA_CORRUPTED)
            })?
        }
    };
    let state =
        new_state(PgMemoryContexts::CurrentMemoryContext, State::Received(Box::new(partial)));
    Ok(Some(Datum::from(std::ptr::from_mut(state))))
}

/// What stands for the rows that the leader of a parallel plan gathered itself: they go from one node
/// of its plan to another, and a copy of them would be most of what the leader holds.
struct Token {
    /// Of this process alone.
    process: u64,
    state: u64,
}

impl Token {
    const MAGIC: [u8; 8] = *b"PGIMhere";

    fn of(state: *mut State) -> Self {
        Self { process: Self::this_process(), state: state.expose_provenance() as u64 }
    }

    /// A number that no other process has.
    fn this_process() -> u64 {
        thread_local! {
            static NUMBER: u64 =
                RandomState::new().hash_one((std::process::id(), std::time::SystemTime::now()));
        }
        NUMBER.with(|number| *number)
    }

    fn bytes(&self) -> Vec<u8> {
        [Self::MAGIC, self.process.to_ne_bytes(), self.state.to_ne_bytes()].concat()
    }

    /// None where the bytes are those of a sample.
    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes.as_chunks() {
            ([Self::MAGIC, process, state], []) => Some(Self {
                process: u64::from_ne_bytes(*process),
                state: u64::from_ne_bytes(*state),
            }),
            _ => None,
        }
    }

    fn take(&self) -> Result<Partial<'static>, Failure> {
        if self.process != Self::this_process() {
            return Err(Failure::internal(
                "a state of train_intent_model came from another process",
            ));
        }
        let state = std::ptr::with_exposed_provenance_mut::<State>(self.state as usize);
        // SAFETY: this process wrote the address, of a state in the memory of a node of the running
        // plan, which lives until that node starts anew or ends; what reads its result does so before.
        match std::mem::replace(unsafe { &mut *state }, State::Gone) {
            State::Gathered(training) => Ok(training.sample.into()),
            _ => Err(gone()),
        }
    }
}

/// Trains on the gathered rows. It only reorders them: a window, or a second aggregate that shares
/// the state, may go on from there.
fn sample_train(call: &Call) -> SqlResult {
    let Some(state) = call.pointer::<State>(0) else {
        return Ok(None);
    };
    // SAFETY: the pointer is a state of this aggregate.
    let training = unsafe { &mut *state }.training()?;
    let outcome = training::train(&mut training.sample, &mut Watch::new())?;
    report_sampling(&training.sample);
    match outcome {
        Outcome::Model(model) => value_of(&model).map(Some),
        Outcome::NoRows => Ok(None),
        Outcome::Failed(error) => {
            report::warning(format!("no model: {}", error.message));
            Ok(None)
        }
    }
}

fn value_of(model: &TwoStageModel) -> Result<Datum, Failure> {
    for warning in &model.report().warnings {
        report::warning(warning);
    }
    bytes_value(&codec::encode_model(model)?)
}

fn report_sampling(sample: &Sample) {
    if let Some((used, read)) = sample.sampled() {
        report::notice(
            format!(
                "training uses {used} of {read} rows, an even sample that stays within \
                 pg_intent.training_memory = {}",
                megabytes(settings::training_memory())
            ),
            Some("Raise pg_intent.training_memory to train on more rows."),
        );
    }
}

fn gathered<'a>(memory: PgMemoryContexts, training: Training) -> &'a mut State {
    new_state(memory, State::Gathered(Box::new(training)))
}

fn new_state<'a>(mut memory: PgMemoryContexts, state: State) -> &'a mut State {
    let state = memory.leak_and_drop_on_delete(state);
    // SAFETY: a new allocation, which lives as long as its memory context.
    unsafe { &mut *state }
}

fn gone() -> Failure {
    Failure::internal("a state of train_intent_model was used after it was sent or merged")
}

impl Training {
    fn new(written_options: Option<&[u8]>) -> Result<Self, Failure> {
        let options = read_options(written_options)?;
        let mut sample = Sample::new(options, settings::training_memory());
        sample.set_poll(check_for_interrupts);
        let mut training = Self::of_sample(sample);
        training.written_options = written_options.unwrap_or_default().to_vec();
        Ok(training)
    }

    fn of_sample(sample: Sample) -> Self {
        Self {
            options: sample.options().clone(),
            sample,
            written_options: Vec::new(),
            layout: None,
            memory: Memory::default(),
        }
    }

    /// Options must be the same for all rows; the same bytes need no second reading.
    fn check_options(&self, written: Option<&[u8]>) -> Result<(), Failure> {
        if written.unwrap_or_default() == self.written_options
            || read_options(written)? == self.options
        {
            return Ok(());
        }
        Err(Failure::new(
            PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
            "options differ between the rows of one model",
        )
        .with_hint("Pass the same options for all rows, such as a constant."))
    }

    fn check_memory(&mut self) -> Result<(), Failure> {
        self.memory.hold(self.sample.heap_bytes())
    }
}

fn check_for_interrupts() {
    pg_sys::check_for_interrupts!();
}

/// Options from the content of a jsonb value; NULL is no options.
fn read_options(written: Option<&[u8]>) -> Result<Options, Failure> {
    let Some(content) = written else {
        return Ok(Options::default());
    };
    let json = crate::options::json_text(content)?;
    Ok(Options::from_json(&json)?)
}

/// Where the arguments stand, beside state and features; None where the arity has none.
struct Places {
    exposed: Option<usize>,
    propensity: Option<usize>,
    weight: Option<usize>,
    options: Option<usize>,
}

const SEGMENT: usize = 2;

impl Places {
    fn of(arguments: usize) -> Result<Self, Failure> {
        let (exposed, propensity, weight, options) = match arguments {
            3 => (None, None, None, None),
            4 => (None, None, None, Some(3)),
            5 => (Some(3), None, None, Some(4)),
            7 => (Some(3), Some(4), Some(5), Some(6)),
            _ => return Err(Failure::internal("declared with another number of arguments")),
        };
        Ok(Self { exposed, propensity, weight, options })
    }

    fn target(&self, call: &Call) -> Result<Target, Failure> {
        let segment = call.text(SEGMENT)?.map(Segment::parse).transpose()?;
        Ok(Target {
            segment,
            exposed: match self.exposed {
                Some(place) => call.boolean(place),
                None => Some(true),
            },
            propensity: self.propensity.and_then(|place| call.float8(place)),
            weight: self.weight.and_then(|place| call.float8(place)),
        })
    }
}

/// What the aggregate keeps from row to row, for all its groups.
struct Site {
    shape: Shape,
    places: Places,
    layout: Option<Layout>,
}

enum Layout {
    Row { number: u64, columns: Vec<Column>, layout: RowLayout },
    Array(ArrayLayout),
}

impl Site {
    fn push(
        &mut self,
        call: &Call,
        features: Datum,
        target: Target,
        training: &mut Training,
    ) -> Result<(), Failure> {
        match self.shape {
            Shape::Row => self.push_row(call, features, target, training),
            Shape::Array => self.push_array(features, target, training),
        }
    }

    fn push_row(
        &mut self,
        call: &Call,
        features: Datum,
        target: Target,
        training: &mut Training,
    ) -> Result<(), Failure> {
        // SAFETY: the argument is declared as a record.
        let row = unsafe { Row::new(features) };
        if !matches!(&self.layout, Some(Layout::Row { layout, .. }) if layout.fits(row)) {
            let (layout, columns) = RowLayout::of_all_columns(call, row)?;
            self.layout = Some(Layout::Row { number: next_layout(), columns, layout });
        }
        let Some(Layout::Row { number, columns, layout }) = &mut self.layout else {
            return Err(Failure::internal("a row read as an array"));
        };
        if training.layout != Some(*number) {
            training.sample.set_columns(columns.clone(), false)?;
            training.layout = Some(*number);
        }
        Ok(training.sample.push(layout.values(row)?, target)?)
    }

    fn push_array(
        &mut self,
        features: Datum,
        target: Target,
        training: &mut Training,
    ) -> Result<(), Failure> {
        // SAFETY: the argument is declared as an array; it stays in memory during the call.
        let array = unsafe { Array::new(features) }?;
        if !matches!(&self.layout, Some(Layout::Array(layout)) if layout.fits(array)) {
            self.layout = Some(Layout::Array(ArrayLayout::new(array)?));
        }
        let Some(Layout::Array(layout)) = &self.layout else {
            return Err(Failure::internal("an array read as a row"));
        };
        let sample = &mut training.sample;
        match array.plain() {
            Some(numbers) => {
                expect_length(sample, layout, numbers.len())?;
                match numbers {
                    Plain::Singles(numbers) => {
                        let numbers = numbers.iter().map(|&bytes| f32::from_ne_bytes(bytes));
                        sample.push_numbers(numbers.map(f64::from), target)?;
                    }
                    Plain::Doubles(numbers) => {
                        let numbers = numbers.iter().map(|&bytes| f64::from_ne_bytes(bytes));
                        sample.push_numbers(numbers, target)?;
                    }
                }
            }
            None => {
                let values = layout.values(array)?;
                expect_length(sample, layout, values.len())?;
                sample.push(values, target)?;
            }
        }
        Ok(())
    }
}

/// The first array says how many features there are.
fn expect_length(sample: &mut Sample, layout: &ArrayLayout, length: usize) -> Result<(), Failure> {
    match sample.columns().map(<[Column]>::len) {
        None => Ok(sample.set_columns(layout.columns(length)?, true)?),
        Some(expected) if expected != length => Err(features::wrong_length(length, expected)),
        Some(_) => Ok(()),
    }
}

/// A number that no other layout of this session has.
fn next_layout() -> u64 {
    thread_local! {
        static LAST: Cell<u64> = const { Cell::new(0) };
    }
    LAST.set(LAST.get() + 1);
    LAST.get()
}

/// The share of one training in the memory that all trainings of this process hold together.
#[derive(Default)]
struct Memory {
    bytes: usize,
}

thread_local! {
    /// Bytes, and the number of trainings that hold them.
    static HELD: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

impl Memory {
    /// One training bounds itself, by sampling; several at once can pass the bound together.
    fn hold(&mut self, bytes: usize) -> Result<(), Failure> {
        if bytes == self.bytes {
            return Ok(());
        }
        let (held, trainings) = HELD.get();
        let trainings = trainings + usize::from(self.bytes == 0) - usize::from(bytes == 0);
        let held = held - self.bytes + bytes;
        HELD.set((held, trainings));
        self.bytes = bytes;
        let limit = settings::training_memory();
        if trainings > 1 && held > limit {
            return Err(Failure::new(
                PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
                format!(
                    "{trainings} trainings at once hold {}, more than pg_intent.training_memory = {}",
                    megabytes(held),
                    megabytes(limit)
                ),
            )
            .with_hint("Set enable_hashagg = off, so that one group is trained after the other."));
        }
        Ok(())
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if self.bytes > 0 {
            let (held, trainings) = HELD.get();
            HELD.set((held - self.bytes, trainings - 1));
        }
    }
}

fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes.div_ceil(1 << 20))
}
