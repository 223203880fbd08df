//! Scoring: what a model says about one customer.
//!
//! The hot path: one row costs its features and one pass of the network.

use two_stage::{features::Value, model::Score, scorer::Scorer, segment::Segment};

use crate::{
    call::{Call, SqlResult, composite, float8_value, sql_function},
    features::Plain,
    site::{Question, Site},
};

sql_function!(segment_customer);
sql_function!(campaign_intent);
sql_function!(campaign_uplift);
sql_function!(score_customer);
sql_function!(correct_label);

fn segment_customer(call: &Call) -> SqlResult {
    let site = Site::of(call, 1)?;
    let score = site.ask(call, &Scored)?;
    site.segment(call, score.segment()).map(Some)
}

fn campaign_intent(call: &Call) -> SqlResult {
    let score = Site::of(call, 1)?.ask(call, &Scored)?;
    Ok(Some(float8_value(score.intent())))
}

fn campaign_uplift(call: &Call) -> SqlResult {
    let score = Site::of(call, 1)?.ask(call, &Scored)?;
    Ok(Some(float8_value(score.campaign_driven)))
}

fn score_customer(call: &Call) -> SqlResult {
    let site = Site::of(call, 1)?;
    let score = site.ask(call, &Scored)?;
    let columns = site.columns(call)?;
    let values = [
        Some(site.segment(call, score.segment())?),
        Some(float8_value(score.intent())),
        Some(float8_value(score.campaign_driven)),
        Some(float8_value(score.organic)),
        Some(float8_value(score.low_engagement)),
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
    let label = Site::of(call, MODEL)?.ask(call, &Corrected { observed, exposed })?;
    Ok(Some(float8_value(label)))
}

struct Scored;

impl Question for Scored {
    type Answer = Score;

    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Score> {
        scorer.score(values)
    }

    fn ask_plainly(&self, scorer: &mut Scorer, numbers: Plain) -> two_stage::Result<Score> {
        match numbers {
            Plain::Singles(numbers) => scorer.score_singles(numbers),
            Plain::Doubles(numbers) => scorer.score_doubles(numbers),
        }
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
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<f64> {
        scorer.correct_label(values, self.observed, self.exposed)
    }
}
