//! The aggregate `train_intent_model`: its five functions gather rows into a sample, merge the samples
//! of parallel workers, and train at the end. `sql/training.sql` puts them together.

use two_stage::codec;

use super::{
    arguments::{Arguments, FEATURES},
    handover,
    state::State,
    training::{Received, Training},
};
use crate::{
    features::{Features, Source},
    pg::{Call, Failure, SqlResult, SqlState, SqlValue, sql_function},
};

sql_function!(sample_add);
sql_function!(sample_merge);
sql_function!(sample_serialize);
sql_function!(sample_deserialize);
sql_function!(sample_train);

/// The reader of features and the places of the arguments, for all groups of the aggregate.
struct RowSite {
    source: Source,
    /// The column that names the customer, by which the source reads; options may differ by group.
    customer: Option<String>,
    arguments: Arguments,
}

/// Adds a row: `(state, features, observed_segment [, exposed [, propensity, weight]] [, options])`.
fn sample_add(call: &Call) -> SqlResult {
    let site = call.site(|| {
        Ok(RowSite {
            source: Source::new(Features::of(call, FEATURES)?),
            customer: None,
            arguments: Arguments::of(call)?,
        })
    })?;
    let options = site.arguments.options(call);
    let state = match call.state::<State>(0) {
        Some(state) => state,
        None => call.new_state(State::Gathered(Training::new(options)?))?,
    };
    let training = state.training()?;
    training.check_options(options)?;
    if call.is_null(FEATURES) {
        training.skip_null();
    } else {
        if training.customer() != site.customer.as_deref() {
            site.source = Source::new(Features::of(call, FEATURES)?);
            site.customer = training.customer().map(str::to_owned);
        }
        let target = site.arguments.target(call)?;
        site.source.read(call, training.row(target))?;
    }
    training.check_memory()?;
    Ok(Some(SqlValue::state(state)))
}

/// Merges the second state, which was gathered elsewhere, into the first; either may be NULL.
fn sample_merge(call: &Call) -> SqlResult {
    let first = call.state::<State>(0);
    let Some(second) = call.state::<State>(1) else {
        return Ok(first.map(SqlValue::state));
    };
    let received = second.take_received()?;
    let state = match first {
        Some(state) => {
            state.training()?.merge(received)?;
            state
        }
        None => call.new_state(State::Gathered(Training::received(received)))?,
    };
    state.training()?.check_memory()?;
    Ok(Some(SqlValue::state(state)))
}

/// Writes a state for another process. Its rows are freed then if that is possible, because PostgreSQL
/// keeps the state for some time.
fn sample_serialize(call: &Call) -> SqlResult {
    let Some(state) = call.state::<State>(0) else { return Ok(None) };
    if call.passes_state_within_process() {
        return SqlValue::bytes(&state.hand_over()?).map(Some);
    }
    let value = {
        let (options, sample) = state.training()?.trimmed();
        let encoded = codec::encode_state(options, sample)?;
        SqlValue::bytes_in_pieces(encoded.length(), |take| encoded.write(take))?
    };
    if call.reads_states_once() {
        *state = State::Gone;
    }
    Ok(Some(value))
}

/// Reads a state that [`sample_serialize`] wrote.
fn sample_deserialize(call: &Call) -> SqlResult {
    let Some(bytes) = call.serialized_state(0) else { return Ok(None) };
    let (options, partial) = match handover::take(bytes)? {
        Some(training) => training.into_parts(),
        None => codec::decode_state(bytes)
            .map_err(|error| Failure::from(error).with_code(SqlState::ERRCODE_DATA_CORRUPTED))?,
    };
    let received = Box::new(Received { options, partial });
    Ok(Some(SqlValue::deserialized_state(State::Received(received))))
}

/// Trains on the gathered rows. It only reorders them: a window, or a second aggregate that shares the
/// state, may add more.
fn sample_train(call: &Call) -> SqlResult {
    let Some(state) = call.state::<State>(0) else { return Ok(None) };
    match state.training()?.train(call.is_grouped())? {
        Some(model) => SqlValue::bytes(&codec::encode_model(&model)?).map(Some),
        None => Ok(None),
    }
}
