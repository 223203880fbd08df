//! The rows that a training uses, each seen as a view of its features, labels and weights.

use std::ops::{Index, IndexMut};

use super::{
    errors::insufficient,
    exposure::{Exposure, check_overlap},
};
use crate::{
    Result,
    encoding::{BlockEncoder, Encoder},
    model::Mode,
    options::Options,
    poll::Poll,
    sample::Sample,
    segment::Segment,
    word::{RowIndex, Word},
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
    totals: Totals,
    /// The factor that makes the mean weight 1.
    weight_scale: f64,
}

/// A used row.
#[derive(Clone, Copy)]
pub(super) struct TrainingRow<'a> {
    pub index: RowIndex,
    pub features: &'a [Word],
    /// The observed segment; campaign-driven counts as organic where the row is unexposed.
    pub segment: Segment,
    pub exposed: bool,
    /// The weight of one copy, scaled to mean 1.
    pub weight: f64,
    /// e, P(exposed); 1 in simple mode.
    pub propensity: f64,
    /// The number of copies.
    pub count: u32,
}

impl TrainingRow<'_> {
    pub fn engaged(&self) -> bool {
        self.segment.engaged()
    }

    /// s: tells if the row carries the campaign label.
    pub fn is_labelled(&self) -> bool {
        self.segment == Segment::CampaignDriven
    }
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
    fn of(sample: &Sample, exposure: &Exposure) -> Self {
        let mut totals = Self::default();
        for row in sample.poll().each(sample.rows()).filter(|&row| exposure.uses(row)) {
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
        let totals = Totals::of(sample, &exposure);
        if totals.rows < MIN_ROWS {
            return Err(insufficient(
                format!("{} rows can be used for training, but {MIN_ROWS} are needed", totals.rows),
                "Give more rows with an observed segment.",
            ));
        }
        let weight_scale = totals.rows as f64 / totals.weight;
        let encoder = Encoder::fit(sample, |row| {
            if exposure.uses(row) { row.total_weight() * weight_scale } else { 0.0 }
        })?;
        let block_encoder = BlockEncoder::of_sample(&encoder, sample);
        let rows = Self { sample, options, encoder, block_encoder, exposure, totals, weight_scale };
        if rows.totals.relabelled > 0 {
            warnings.push(format!(
                "{} unexposed rows are labelled campaign_driven and count as organic",
                rows.totals.relabelled
            ));
        }
        rows.check_segments()?;
        Ok(rows)
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

    /// Tells if the rows say who was not exposed, even where the mode leaves those out.
    pub fn know_exposure(&self) -> bool {
        self.exposure.known
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

    /// Tells if many rows come more than once.
    pub fn has_copies(&self) -> bool {
        self.len() > self.distinct() + self.distinct() / 8
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
        TrainingRow {
            index,
            features: row.features,
            segment: match row.segment() {
                Segment::CampaignDriven if !exposed => Segment::Organic,
                segment => segment,
            },
            exposed,
            weight: f64::from(row.weight()) * self.weight_scale,
            propensity: self.exposure.propensity(row),
            count: row.count(),
        }
    }

    /// The used rows, each once.
    pub fn each(&self) -> impl Iterator<Item = TrainingRow<'a>> + '_ {
        let indices = self.poll().each((0..self.distinct()).map(RowIndex::new));
        let used = indices.filter(|&index| self.exposure.uses(self.sample.row(index)));
        used.map(|index| self.row(index))
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
        PerRow(vec![value; self.distinct()])
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

/// A value for each distinct row of a sample.
#[derive(Debug, Clone)]
pub(super) struct PerRow<T>(Vec<T>);

impl<T> PerRow<T> {
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }
}

impl PerRow<f32> {
    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(sum, value)| *sum += value);
    }
}

impl<T> Index<RowIndex> for PerRow<T> {
    type Output = T;

    fn index(&self, row: RowIndex) -> &T {
        &self.0[row.get()]
    }
}

impl<T> IndexMut<RowIndex> for PerRow<T> {
    fn index_mut(&mut self, row: RowIndex) -> &mut T {
        &mut self.0[row.get()]
    }
}
