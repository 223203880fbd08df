//! `recommend_campaign`: the campaign that is worth most for a customer.

use decision::recommendation::{Estimate, Offer, recommend};

use super::{
    call_site::{FEATURES, ask},
    score::Scored,
};
use crate::{
    features::{Features, Source},
    models::{ListedModel, ModelLists},
    pg::{Call, Failure, ResultRow, SqlResult, SqlState, SqlValue, sql_function},
};

sql_function!(recommend_campaign);

const MODELS: usize = 1;
const VALUES: usize = 2;
const COSTS: usize = 3;
/// The columns of `recommended_campaign`.
const COLUMNS: [&str; 4] = ["campaign", "campaign_uplift", "campaign_intent", "expected_value"];

/// Recommends a campaign: `(features, models, campaign_values, campaign_costs)`.
fn recommend_campaign(call: &Call) -> SqlResult {
    let Site { features, models, terms, row } = call.site(|| Site::of(call))?;
    let models = models.models_of(call, || Source::new(*features))?;
    let recommended = recommend(terms.read(call, models)?, |place| {
        let model = &mut models[place];
        let score = ask(&mut model.own, call, &model.cached, &Scored)?;
        Ok::<_, Failure>(Estimate { uplift: score.uplift(), intent: score.intent() })
    })?;
    let values = match recommended {
        None => [None; COLUMNS.len()],
        Some(best) => [
            Some(SqlValue::server_text(&models[best.place].name)?),
            Some(SqlValue::float8(best.estimate.uplift)),
            Some(SqlValue::float8(best.estimate.intent)),
            Some(SqlValue::float8(best.expected_value)),
        ],
    };
    row.form(&values).map(Some)
}

/// The state of a call site.
struct Site {
    features: Features,
    models: ModelLists<Source>,
    terms: Terms,
    row: ResultRow,
}

/// The values and costs of a row; their memory is kept for the next.
#[derive(Default)]
struct Terms {
    values: Vec<Option<f64>>,
    costs: Vec<Option<f64>>,
    offers: Vec<Option<Offer>>,
}

impl Site {
    fn of(call: &Call) -> Result<Self, Failure> {
        Ok(Self {
            features: Features::of(call, FEATURES)?,
            models: ModelLists::of(call, MODELS)?,
            terms: Terms::default(),
            row: call.in_site_memory(|| ResultRow::of(call, &COLUMNS))?,
        })
    }
}

impl Terms {
    /// Reads the values and costs of a call; returns an offer for each model.
    fn read<T>(
        &mut self,
        call: &Call,
        models: &[ListedModel<T>],
    ) -> Result<&[Option<Offer>], Failure> {
        let Self { values, costs, offers } = self;
        if !call.read_float8s(VALUES, values)? || !call.read_float8s(COSTS, costs)? {
            return Err(not_strict());
        }
        for (what, length) in [("values", values.len()), ("costs", costs.len())] {
            if length != models.len() {
                return Err(other_length(what, length, models.len()));
            }
        }
        offers.clear();
        for (model, (&value, &cost)) in models.iter().zip(values.iter().zip(costs.iter())) {
            offers.push(Offer::new(value, cost, || model.name().unwrap_or_default())?);
        }
        Ok(offers)
    }
}

fn other_length(what: &str, length: usize, models: usize) -> Failure {
    Failure::new(
        SqlState::ERRCODE_ARRAY_ELEMENT_ERROR,
        format!("campaign_{what} has length {length}, but models has length {models}"),
    )
    .with_hint("Pass one value and one cost for each model, NULL where it is not eligible.")
}

fn not_strict() -> Failure {
    Failure::internal("declared without STRICT")
}
