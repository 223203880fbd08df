//! Scores of one customer.
//!
//! This is the hot path: a row costs reading its features and one pass of the network.

use two_stage::{column::Value, model::Score, scorer::Scorer, segment::Segment};

use super::call_site::{CallSite, Question};
use crate::{
    features::RawNumbers,
    pg::{Call, SqlResult, SqlValue, sql_function},
};

sql_function!(segment_customer);
sql_function!(campaign_intent);
sql_function!(campaign_uplift);
sql_function!(score_customer);
sql_function!(correct_label);

fn segment_customer(call: &Call) -> SqlResult {
    let site = CallSite::of(call, 1)?;
    let (_, segment) = site.ask(call, &Named)?;
    site.segment(call, segment).map(Some)
}

fn campaign_intent(call: &Call) -> SqlResult {
    let score = CallSite::of(call, 1)?.ask(call, &Scored)?;
    Ok(Some(SqlValue::float8(score.intent())))
}

fn campaign_uplift(call: &Call) -> SqlResult {
    let score = CallSite::of(call, 1)?.ask(call, &Scored)?;
    Ok(Some(SqlValue::float8(score.uplift())))
}

fn score_customer(call: &Call) -> SqlResult {
    let site = CallSite::of(call, 1)?;
    let (score, segment) = site.ask(call, &Named)?;
    site.customer_score(call, &score, segment).map(Some)
}

/// Returns the chance that a customer with an observed segment is truly campaign-driven. Its arguments
/// may be NULL: no features, no segment or no model give NULL, an unknown exposure means exposed.
fn correct_label(call: &Call) -> SqlResult {
    const MODEL: usize = 3;
    let has_model = call.argument_count() <= MODEL || !call.is_null(MODEL);
    let (false, Some(observed), true) = (call.is_null(0), call.text(1)?, has_model) else {
        return Ok(None);
    };
    let observed = Segment::parse(observed)?;
    let exposed = call.boolean(2).unwrap_or(true);
    let label = CallSite::of(call, MODEL)?.ask(call, &LabelOf { observed, exposed })?;
    Ok(Some(SqlValue::float8(label)))
}

/// Asks for the score.
pub struct Scored;

impl Question for Scored {
    type Answer = Score;

    #[inline]
    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Score> {
        scorer.score(values)
    }

    #[inline]
    fn ask_raw(&self, scorer: &mut Scorer, numbers: RawNumbers) -> two_stage::Result<Score> {
        match numbers {
            RawNumbers::Singles(numbers) => scorer.score_singles(numbers),
            RawNumbers::Doubles(numbers) => scorer.score_doubles(numbers),
        }
    }
}

/// Asks for the score and the segment.
struct Named;

impl Question for Named {
    type Answer = (Score, Segment);

    #[inline]
    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<(Score, Segment)> {
        let score = Scored.ask(scorer, values)?;
        Ok((score, scorer.segment(&score)))
    }

    #[inline]
    fn ask_raw(
        &self,
        scorer: &mut Scorer,
        numbers: RawNumbers,
    ) -> two_stage::Result<(Score, Segment)> {
        let score = Scored.ask_raw(scorer, numbers)?;
        Ok((score, scorer.segment(&score)))
    }
}

/// Asks for the corrected label.
struct LabelOf {
    observed: Segment,
    exposed: bool,
}

impl Question for LabelOf {
    type Answer = f64;

    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<f64> {
        scorer.correct_label(values, self.observed, self.exposed)
    }
}
