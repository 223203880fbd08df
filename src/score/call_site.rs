//! A place in a statement that asks models about customers: it keeps the models, and the layout of
//! their features, from row to row.

use std::rc::Rc;

use two_stage::{
    column::Value,
    model::{Score, ScoringModel},
    scorer::Scorer,
    segment::Segment,
};

use crate::{
    features::{Consumer, Features, RawNumbers, Source, Wanted},
    models::{CachedModel, UsedModels},
    pg::{Call, Failure, ResultRow, SqlValue},
};

/// The place of the features among the arguments of every function.
pub const FEATURES: usize = 0;

/// A question to a model about one customer.
pub trait Question {
    type Answer;

    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Self::Answer>;

    /// Asks about numbers as they lie in memory.
    fn ask_raw(&self, scorer: &mut Scorer, numbers: RawNumbers) -> two_stage::Result<Self::Answer> {
        self.ask(scorer, numbers.values())
    }
}

/// The state of a call site.
pub struct CallSite {
    features: Features,
    models: UsedModels<Source>,
    /// The type `customer_score`, if the site returns it.
    row: Option<ResultRow>,
    /// The texts of the segments, made when first needed.
    segments: [Option<SqlValue>; 3],
}

/// A question that waits for the features.
struct Asked<'q, Q> {
    question: &'q Q,
    of: &'q CachedModel,
}

impl CallSite {
    /// `model` is the argument that names or is the model, if the function has one.
    #[inline]
    pub fn of(call: &Call, model: usize) -> Result<&mut Self, Failure> {
        call.site(|| {
            Ok(Self {
                features: Features::of(call, FEATURES)?,
                models: UsedModels::of(call, model)?,
                row: None,
                segments: [None; 3],
            })
        })
    }

    /// Asks the model of a call about the features of the call.
    #[inline]
    pub fn ask<Q: Question>(&mut self, call: &Call, question: &Q) -> Result<Q::Answer, Failure> {
        let used = self.models.of_call(call, || Source::new(self.features))?;
        ask(&mut used.own, call, &used.cached, question)
    }

    /// Writes the features of the last question as their types do, in the model's order.
    pub fn texts(&mut self, call: &Call) -> Result<Vec<Option<SqlValue>>, Failure> {
        self.models.last()?.own.texts(call)
    }

    /// Returns the model of the last question.
    pub fn model(&mut self) -> Result<Rc<ScoringModel>, Failure> {
        self.models.last().map(|used| Rc::clone(&used.cached.model))
    }

    /// Returns the text of a segment, which is made once.
    pub fn segment(&mut self, call: &Call, segment: Segment) -> Result<SqlValue, Failure> {
        let known = &mut self.segments[segment as usize];
        if let Some(name) = *known {
            return Ok(name);
        }
        let name = call.in_site_memory(|| SqlValue::text(segment.name()))?;
        *known = Some(name);
        Ok(name)
    }

    /// Makes a `customer_score`.
    pub fn customer_score(
        &mut self,
        call: &Call,
        score: &Score,
        segment: Segment,
    ) -> Result<SqlValue, Failure> {
        const COLUMNS: [&str; 7] = [
            "segment",
            "campaign_uplift",
            "campaign_intent",
            "p_campaign_driven",
            "p_organic",
            "p_low_engagement",
            "put_off",
        ];
        let values = [
            Some(self.segment(call, segment)?),
            Some(SqlValue::float8(score.uplift())),
            Some(SqlValue::float8(score.intent())),
            Some(SqlValue::float8(score.campaign_driven)),
            Some(SqlValue::float8(score.organic)),
            Some(SqlValue::float8(score.low_engagement)),
            Some(SqlValue::float8(score.put_off)),
        ];
        let row = match &mut self.row {
            Some(row) => row,
            row => row.insert(call.in_site_memory(|| ResultRow::of(call, &COLUMNS))?),
        };
        row.form(&values)
    }
}

/// Asks a model about the features of a call.
#[inline]
pub fn ask<Q: Question>(
    source: &mut Source,
    call: &Call,
    of: &CachedModel,
    question: &Q,
) -> Result<Q::Answer, Failure> {
    source.read(call, Asked { question, of })
}

impl<Q: Question> Consumer for Asked<'_, Q> {
    type Output = Q::Answer;

    fn wanted(&self) -> Wanted<'_> {
        let model = &self.of.model;
        Wanted::These { columns: model.columns(), positional: model.positional() }
    }

    #[inline]
    fn values<'v>(self, values: impl Iterator<Item = Value<'v>>) -> Result<Q::Answer, Failure> {
        Ok(self.question.ask(&mut *self.of.scorer()?, values)?)
    }

    #[inline]
    fn numbers(self, numbers: RawNumbers) -> Result<Q::Answer, Failure> {
        Ok(self.question.ask_raw(&mut *self.of.scorer()?, numbers)?)
    }
}
