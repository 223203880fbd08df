//! The rows that a training uses, each seen as a view of its features, labels and weights.

use super::{
    balance::Balance,
    errors::insufficient,
    exposure::{Exposure, check_overlap},
};
pub(super) use super::{per_row::PerRow, row::TrainingRow};
use crate::{
    Result,
    encoding::{BlockEncoder, Encoder},
    model::{Mode, PropensitySource},
    options::Options,
    poll::Poll,
    sample::{Sample, SampleRow},
    segment::Segment,
    word::RowIndex,
};

/// Fewer rows than this teach nothing that holds.
const MIN_ROWS: u64 = 50;

/// The used rows of a canonical sample. A row is named by its index in the sample and read in place;
/// a list of rows for training has each as often as it came.
pub(super) struct TrainingRows<'a> {
    pub sample: &'a Sample,
    pub options: &'a Options,
    pub encoder: Encoder,
    block_encoder: BlockEncoder,
    exposure: Exposure,
    /// Estimated probabilities of exposure; NaN where they allow no comparison.
    estimates: Option<PerRow<f32>>,
    balance: Option<Balance>,
    totals: Totals,
    /// The factor that makes the mean weight 1.
    weight_scale: f64,
}

/// Numbers of rows, each row counted as often as it came.
#[derive(Default)]
struct Totals {
    rows: u64,
    engaged: u64,
    labelled: u64,
    /// Rows labelled campaign_driven, but not exposed.
    relabelled: u64,
    weight: f64,
}

impl Totals {
    fn of<'a>(used: impl Iterator<Item = SampleRow<'a>>) -> Self {
        let mut totals = Self::default();
        for row in used {
            let count = u64::from(row.count());
            let driven = row.segment() == Segment::CampaignDriven;
            totals.rows += count;
            totals.engaged += count * u64::from(row.segment().engaged());
            totals.labelled += count * u64::from(driven && row.exposed());
            totals.relabelled += count * u64::from(driven && !row.exposed());
            totals.weight += row.total_weight();
        }
        totals
    }

    fn check(&self) -> Result<()> {
        if self.rows >= MIN_ROWS {
            return Ok(());
        }
        Err(insufficient(
            format!("{} rows can be used for training, but {MIN_ROWS} are needed", self.rows),
            "Give more rows with an observed segment.",
        ))
    }

    /// The factor that makes the mean weight 1.
    fn scale(&self) -> f64 {
        self.rows as f64 / self.weight
    }
}

impl<'a> TrainingRows<'a> {
    /// Chooses the rows and fits the encoder on them. The sample is in canonical order.
    pub fn new(
        sample: &'a Sample,
        options: &'a Options,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        check_overlap(sample, warnings)?;
        let exposure = Exposure::of(sample, options, warnings)?;
        let used = sample.poll().each(sample.rows()).filter(|&row| exposure.uses(row));
        let totals = Totals::of(used);
        totals.check()?;
        let weight_scale = totals.scale();
        let encoder = Encoder::fit(sample, |row| {
            if exposure.uses(row) { row.total_weight() * weight_scale } else { 0.0 }
        })?;
        let block_encoder = BlockEncoder::of_sample(&encoder, sample);
        let rows = Self {
            sample,
            options,
            encoder,
            block_encoder,
            exposure,
            estimates: None,
            balance: None,
            totals,
            weight_scale,
        };
        if rows.totals.relabelled > 0 {
            warnings.push(format!(
                "{} unexposed rows are labelled campaign_driven and count as organic",
                rows.totals.relabelled
            ));
        }
        rows.check_segments()?;
        Ok(rows)
    }

    /// Gives the rows their estimated probabilities of exposure, and leaves out those that are NaN.
    pub fn with_estimates(mut self, estimates: PerRow<f32>) -> Result<Self> {
        self.estimates = Some(estimates);
        self.totals = Totals::of(self.used().map(|index| self.sample.row(index)));
        self.totals.check()?;
        self.weight_scale = self.totals.scale();
        self.check_segments()?;
        Ok(self)
    }

    /// Weighs rows that give their own propensity as those of a test in which all have the mean one.
    pub fn balanced(self) -> Self {
        let balance = if self.give_propensity() { Balance::of(self.each()) } else { None };
        Self { balance, ..self }
    }

    /// Gives the rows their own weights and propensities again.
    pub fn unbalanced(self) -> Self {
        Self { balance: None, ..self }
    }

    fn check_segments(&self) -> Result<()> {
        let needs = |what: &str| {
            Err(insufficient(
                format!("no {what} among the {} rows that can be used for training", self.len()),
                "Give rows of engaged and of low_engagement customers.",
            ))
        };
        if self.engaged() == 0 {
            return needs("engaged customer (organic or campaign_driven)");
        }
        if self.engaged() == self.len() {
            return needs("low_engagement customer");
        }
        Ok(())
    }

    pub fn mode(&self) -> Mode {
        self.exposure.mode
    }

    /// Tells if the probability of exposure comes from an option or an argument.
    pub fn propensity_is_given(&self) -> bool {
        self.exposure.given
    }

    /// Tells if some rows give their own probability of exposure.
    pub fn give_propensity(&self) -> bool {
        self.exposure.given_by_rows
    }

    /// The source of the probability of exposure, in exposure mode.
    pub fn propensity_source(&self) -> Option<PropensitySource> {
        (self.mode() == Mode::Exposure).then_some(match self.estimates {
            Some(_) => PropensitySource::Estimated,
            None if self.give_propensity() => PropensitySource::Given,
            None => PropensitySource::Constant,
        })
    }

    /// Tells if the rows say who was not exposed, even where the mode leaves those out.
    pub fn know_exposure(&self) -> bool {
        self.exposure.known
    }

    /// The end of an advice on labels: another source of knowledge, where it is not used yet.
    pub fn or_say_exposure(&self) -> &'static str {
        if self.know_exposure() { "" } else { ", or say who was exposed" }
    }

    pub fn poll(&self) -> Poll {
        self.sample.poll()
    }

    /// The number of rows, each counted as often as it came.
    pub fn len(&self) -> usize {
        self.totals.rows as usize
    }

    /// The number of distinct rows, used or not.
    pub fn distinct(&self) -> usize {
        self.sample.rows().len()
    }

    /// The number of engaged rows.
    pub fn engaged(&self) -> usize {
        self.totals.engaged as usize
    }

    /// The number of rows that carry the campaign label.
    pub fn labelled(&self) -> usize {
        self.totals.labelled as usize
    }

    pub fn has_organic(&self) -> bool {
        self.totals.labelled < self.totals.engaged
    }

    /// A row.
    #[inline]
    pub fn row(&self, index: RowIndex) -> TrainingRow<'a> {
        let row = self.sample.row(index);
        let exposed = row.exposed();
        let recorded = TrainingRow {
            index,
            features: row.features,
            segment: match row.segment() {
                Segment::CampaignDriven if !exposed => Segment::Organic,
                segment => segment,
            },
            exposed,
            weight: f64::from(row.weight()) * self.weight_scale,
            propensity: match &self.estimates {
                Some(estimates) => estimates[index].into(),
                None => self.exposure.propensity(row),
            },
            count: row.count(),
        };
        self.balance.map_or(recorded, |balance| balance.weigh(recorded))
    }

    /// The used rows, each once.
    pub fn each(&self) -> impl Iterator<Item = TrainingRow<'a>> + '_ {
        self.used().map(|index| self.row(index))
    }

    fn used(&self) -> impl Iterator<Item = RowIndex> + '_ {
        let indices = self.poll().each((0..self.distinct()).map(RowIndex::new));
        let has_overlap =
            |row| self.estimates.as_ref().is_none_or(|estimates| !estimates[row].is_nan());
        indices.filter(move |&row| self.exposure.uses(self.sample.row(row)) && has_overlap(row))
    }

    /// The used rows, each as often as it came.
    pub fn copies(&self) -> impl Iterator<Item = TrainingRow<'a>> + '_ {
        self.each().flat_map(|row| std::iter::repeat_n(row, row.count as usize))
    }

    /// The rows that a condition holds for, each as often as it came.
    pub fn select(&self, condition: impl Fn(&TrainingRow) -> bool) -> Vec<RowIndex> {
        self.copies().filter(condition).map(|row| row.index).collect()
    }

    /// The rows of a list.
    pub fn of<'l>(
        &self,
        list: &'l [RowIndex],
    ) -> impl Iterator<Item = TrainingRow<'a>> + use<'l, 'a, '_> {
        self.poll().each(list.iter()).map(|&index| self.row(index))
    }

    /// One value for each distinct row.
    pub fn fill<T: Clone>(&self, value: T) -> PerRow<T> {
        PerRow::filled(value, self.distinct())
    }

    /// Says that these rows are the next to be encoded.
    pub fn prefetch(&self, rows: &[RowIndex]) {
        self.sample.prefetch(rows);
    }

    /// Writes the network inputs of these rows.
    pub fn encode(&self, rows: &[RowIndex], inputs: &mut [f32]) {
        let words = rows.iter().map(|&row| self.sample.row(row).features);
        self.block_encoder.encode(words, inputs);
    }
}
