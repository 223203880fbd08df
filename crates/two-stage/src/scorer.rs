//! A model made ready to score: one customer at a time, without allocating.

use std::rc::Rc;

use kernels::{Aligned, RowNetwork, RowScratch};

use crate::{
    Error, ErrorKind, Result,
    column::Value,
    encoding::BlockEncoder,
    model::{LabelFrequency, Namer, Score, ScoringModel, ScoringNetworks},
    poll::Poll,
    probability::{posterior, sigmoid},
    segment::Segment,
    training::is_corrected_by_splc,
    word::Word,
};

/// A model with the buffers to score one customer.
pub struct Scorer {
    model: Rc<ScoringModel>,
    encoder: BlockEncoder,
    segmentation: ScoringNetworks,
    namer: Namer,
    correction: Vec<RowNetwork>,
    words: Vec<Word>,
    /// The customer scored last: a query often asks several things of one.
    last_words: Vec<Word>,
    last_score: Option<Score>,
    inputs: Aligned,
    room: RowScratch,
}

impl Scorer {
    /// Prepares a model.
    pub fn new(model: impl Into<Rc<ScoringModel>>) -> Self {
        let model = model.into();
        let encoder = BlockEncoder::of_words(&model.encoder);
        Self {
            segmentation: ScoringNetworks::new(model.networks()),
            namer: model.offsets.namer(),
            correction: model.correction.iter().map(|stage| stage.network.for_rows()).collect(),
            words: Vec::with_capacity(model.columns.len()),
            last_words: Vec::with_capacity(model.columns.len()),
            last_score: None,
            inputs: Aligned::zeros(encoder.inputs()),
            room: RowScratch::default(),
            encoder,
            model,
        }
    }

    /// Scores one customer. Takes exactly one value for each column, in the order of the columns.
    pub fn score<'a>(&mut self, values: impl Iterator<Item = Value<'a>>) -> Result<Score> {
        self.model.encoder.words(&self.model.columns, values, &mut self.words)?;
        self.score_words()
    }

    /// Like `score`, for numbers alone, one for each column, as they stand in memory; NaN is missing.
    pub fn score_singles(&mut self, numbers: &[[u8; 4]]) -> Result<Score> {
        const INFINITE: u32 = f32::INFINITY.to_bits();
        let singles = numbers.iter().map(|&bytes| f32::from_ne_bytes(bytes));
        self.words.clear();
        self.words.extend(singles.clone().map(Word::of_f32));
        // A fold without a branch is compiled to vector instructions.
        if singles.fold(false, |any, number| any | (number.to_bits() << 1 == INFINITE << 1)) {
            let numbers = numbers.iter().map(|&bytes| f32::from_ne_bytes(bytes).into());
            return self.score(numbers.map(Value::number));
        }
        self.score_words()
    }

    /// Like `score_singles`, for doubles.
    pub fn score_doubles(&mut self, numbers: &[[u8; 8]]) -> Result<Score> {
        let numbers = numbers.iter().map(|&bytes| f64::from_ne_bytes(bytes));
        self.words.clear();
        self.words.extend(numbers.clone().map(Word::of_f64));
        if numbers.clone().fold(false, |any, number| any | number.is_infinite()) {
            return self.score(numbers.map(Value::number));
        }
        self.score_words()
    }

    fn score_words(&mut self) -> Result<Score> {
        if let Some(score) = self.last_score
            && self.is_last()
        {
            return Ok(score);
        }
        self.encode();
        let score = self.segmentation.score(&self.inputs);
        if !score.is_finite() {
            return Err(no_score());
        }
        std::mem::swap(&mut self.words, &mut self.last_words);
        self.last_score = Some(score);
        Ok(score)
    }

    /// The segment of a score by the model's rule.
    #[inline]
    pub fn segment(&self, score: &Score) -> Segment {
        self.namer.segment(score)
    }

    /// Tells if the customer is the one scored last. Most differ in the first word, which takes no
    /// call to see.
    fn is_last(&self) -> bool {
        self.words.first() == self.last_words.first() && self.words == self.last_words
    }

    /// Encodes `words` into `inputs`.
    fn encode(&mut self) {
        let inputs = &mut self.inputs.numbers_mut()[..self.encoder.inputs()];
        self.encoder.encode(std::iter::once(&self.words[..]), inputs);
    }

    /// t, the probability that a customer recorded so is truly campaign-driven: 1 where labelled so,
    /// 0 where surely not, else the correction network's posterior.
    pub fn correct_label<'a>(
        &mut self,
        values: impl Iterator<Item = Value<'a>>,
        observed: Segment,
        exposed: bool,
    ) -> Result<f64> {
        let values: Vec<Value> = values.collect();
        self.model.encoder.words(&self.model.columns, values.iter().copied(), &mut self.words)?;
        Ok(match (observed, exposed) {
            (Segment::CampaignDriven, true) => 1.0,
            (Segment::Organic, true) => self.hidden_label(&values),
            _ => 0.0,
        })
    }

    /// Explains one customer, as [`ScoringModel::explain`] does.
    pub fn explain<'a>(
        &self,
        values: impl Iterator<Item = Value<'a>>,
        poll: Poll,
    ) -> Result<Vec<f64>> {
        self.model.explain(values, poll)
    }

    /// The members' mean posterior of an exposed customer recorded organic.
    fn hidden_label(&mut self, values: &[Value]) -> f64 {
        self.encode();
        let Self { model, correction, inputs, room, .. } = self;
        let posterior = |network: &RowNetwork| {
            let [f, c, ..] = network.logits(inputs, room).map(|logit| sigmoid(logit.into()));
            match &model.label_frequency {
                Some(LabelFrequency::Learned { .. }) => posterior(f, c),
                Some(frequency) => posterior(f, frequency.of(values)),
                None if model.corrects_by_threshold => f64::from(u8::from(is_corrected_by_splc(f))),
                None => 0.0,
            }
        };
        // A model that corrects no label has no such network.
        let count = correction.len().max(1) as f64;
        correction.iter().map(posterior).fold(0.0, |sum, t| sum + t) / count
    }
}

/// The error for a score that is not finite. Training keeps no such model, but a forged one may be.
fn no_score() -> Error {
    Error::new(ErrorKind::Corrupt, "the model gives this customer no finite score")
        .with_hint("Use a value that train_intent_model returned.")
}

#[cfg(test)]
mod tests;
