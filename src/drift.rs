//! The aggregate `feature_drift`: how customers differ from those that a model was trained on.

use std::rc::Rc;

use decision::drift::{Drift, Expected, Finding};
use serde::{Deserialize, Serialize};
use two_stage::column::Value;

use crate::{
    aggregate::{self, Gathered},
    features::{Consumer, Features, RawNumbers, Source, Wanted},
    models::{CachedModel, UsedModels, decode},
    pg::{Call, Failure, SqlResult, SqlState, SqlValue, sql_function},
};

sql_function!(drift_add);
sql_function!(drift_findings);
aggregate::state_functions!(Compared: drift_merge, drift_serialize, drift_deserialize);

/// The places of the arguments.
const FEATURES: usize = 1;
const MODEL: usize = 2;

/// The columns of `drifted_feature`.
const COLUMNS: [&str; 13] = [
    "feature",
    "rows",
    "mean_trained",
    "mean_new",
    "shift_in_deviations",
    "psi",
    "psi_by_chance",
    "p_value",
    "missing_trained",
    "missing_new",
    "unseen_share",
    "outside_share",
    "drifted",
];

/// The customers of a group, and the model that they are compared with.
#[derive(Serialize, Deserialize)]
struct Compared {
    /// The model's first bytes, where its checksum is.
    model: Vec<u8>,
    drift: Drift,
}

impl Gathered for Compared {
    const AGGREGATE: &'static str = "feature_drift";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        self.drift.merge(other.drift)
    }

    fn bytes(&self) -> usize {
        self.drift.bytes()
    }

    fn is_sound(&self) -> bool {
        self.drift.is_sound()
    }
}

/// The call site of the transition function.
struct Site {
    features: Features,
    models: UsedModels<Source>,
}

/// A customer on the way into the state.
struct Customer<'s> {
    of: &'s CachedModel,
    drift: &'s mut Drift,
}

/// Adds a customer: `(state, features, model)`. Without features or a model nobody is added.
fn drift_add(call: &Call) -> SqlResult {
    if call.is_null(FEATURES) || call.is_null(MODEL) {
        return Ok(call.state_value(0));
    }
    let Site { features, models } = call.site(|| {
        Ok(Site { features: Features::of(call, FEATURES)?, models: UsedModels::of(call, MODEL)? })
    })?;
    let used = models.of_call(call, || Source::new(*features))?;
    let (cached, source) = (Rc::clone(&used.cached), &mut used.own);
    let new = || {
        let drift = Drift::new(Expected::of(&decode(&cached.bytes)?));
        Ok(Compared { model: cached.header().to_vec(), drift })
    };
    aggregate::add(call, new, |compared| {
        if compared.model != cached.header() {
            return Err(other_model());
        }
        source.read(call, Customer { of: &cached, drift: &mut compared.drift })
    })
}

fn drift_findings(call: &Call) -> SqlResult {
    let Some(compared) = aggregate::gathered::<Compared>(call) else { return Ok(None) };
    call.return_rows(&COLUMNS, compared.drift.findings().iter().map(values))
}

impl Consumer for Customer<'_> {
    type Output = ();

    fn wanted(&self) -> Wanted<'_> {
        let model = &self.of.model;
        Wanted::These { columns: model.columns(), positional: model.positional() }
    }

    fn values<'v>(self, values: impl Iterator<Item = Value<'v>>) -> Result<(), Failure> {
        let values: Vec<Value> = values.collect();
        let score = self.of.scorer()?.score(values.iter().copied())?;
        self.drift.add(values.into_iter(), score.uplift());
        Ok(())
    }

    fn numbers(self, numbers: RawNumbers) -> Result<(), Failure> {
        self.values(numbers.values())
    }
}

/// Returns the values of a row of the result, in the order of the columns.
fn values(finding: &Finding) -> Result<[Option<SqlValue>; COLUMNS.len()], Failure> {
    let number = |number: Option<f64>| number.map(SqlValue::float8);
    Ok([
        finding.feature.as_deref().map(SqlValue::text).transpose()?,
        Some(SqlValue::count(finding.rows)),
        number(finding.mean_trained),
        number(finding.mean_new),
        number(finding.shift_in_deviations),
        number(finding.psi),
        number(finding.psi_by_chance),
        number(finding.p_value),
        number(Some(finding.missing_trained)),
        number(Some(finding.missing_new)),
        number(finding.unseen_share),
        number(finding.outside_share),
        Some(SqlValue::boolean(finding.drifted)),
    ])
}

fn other_model() -> Failure {
    Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        "feature_drift was given different models",
    )
    .with_hint("Group by the model.")
}
