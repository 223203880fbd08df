//! The rows that training uses: mode, weights, chances of exposure, and the split.

use super::insufficient;
use crate::{
    Error, ErrorKind, Result,
    features::{BlockEncoder, Encoder},
    model::Mode,
    sample::{Row, Sample},
    segment::Segment,
};

/// Fewer rows than this teach nothing that holds.
const LEAST_ROWS: u64 = 50;
/// A share of exposed rows outside makes weights of more than 50: no comparison.
const EXPOSED_SHARE: std::ops::RangeInclusive<f64> = 0.02..=0.98;

/// A canonical sample's rows, but for those that cannot be used. A row is named by its place in the
/// sample and read where it lies; where training goes through rows, each comes as often as its
/// count says.
pub(super) struct TrainingRows<'a> {
    pub sample: &'a Sample,
    pub encoder: Encoder,
    block_encoder: BlockEncoder,
    pub mode: Mode,
    exposure: Exposure,
    totals: Totals,
}

/// How many rows there are of each kind, each counted as often as it came.
#[derive(Default)]
struct Totals {
    rows: u64,
    engaged: u64,
    labelled: u64,
    /// Labelled campaign_driven, but not exposed.
    relabelled: u64,
    weight: f64,
}

impl Totals {
    fn of(sample: &Sample, exposure: &Exposure) -> Self {
        let mut totals = Self::default();
        for row in sample.polled(sample.rows()).filter(|&row| exposure.uses(row)) {
            let count = u64::from(row.count());
            let driven = row.segment() == Segment::CampaignDriven;
            totals.rows += count;
            totals.engaged += count * u64::from(row.segment().engaged());
            totals.labelled += count * u64::from(driven && row.exposed());
            totals.relabelled += count * u64::from(driven && !row.exposed());
            totals.weight += weight(row);
        }
        totals
    }
}

impl<'a> TrainingRows<'a> {
    /// `poll` is called every few milliseconds.
    pub fn new(
        sample: &'a Sample,
        warnings: &mut Vec<String>,
        poll: &mut dyn FnMut(),
    ) -> Result<Self> {
        let mut exposure = Exposure::of(sample, warnings)?;
        let totals = Totals::of(sample, &exposure);
        if totals.rows < LEAST_ROWS {
            return Err(insufficient(
                format!(
                    "{} rows can be used for training, but {LEAST_ROWS} are needed",
                    totals.rows
                ),
                "Give more rows with an observed segment.",
            ));
        }
        exposure.scale = totals.rows as f64 / totals.weight;
        let scaled = |row: Row| if exposure.uses(row) { weight(row) * exposure.scale } else { 0.0 };
        let encoder = Encoder::fit(sample, scaled, poll)?;
        let block_encoder = BlockEncoder::of_sample(&encoder, sample);
        let mode = exposure.mode;
        let rows = Self { sample, encoder, block_encoder, mode, exposure, totals };
        if rows.totals.relabelled > 0 {
            warnings.push(format!(
                "{} unexposed rows are labelled campaign_driven and count as organic",
                rows.totals.relabelled
            ));
        }
        rows.check_segments()?;
        rows.check_propensity(warnings);
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

    /// Guard 5: a given chance of exposure that the rows contradict.
    fn check_propensity(&self, warnings: &mut Vec<String>) {
        if self.mode == Mode::Simple || !self.exposure.given {
            return;
        }
        let (mut exposed, mut expected, mut total, mut squares) = (0.0, 0.0, 0.0, 0.0);
        for row in self.each() {
            let (count, weight) = (self.count(row), self.weight(row));
            exposed += count * weight * f64::from(u8::from(self.exposed(row)));
            expected += count * weight * self.propensity(row);
            total += count * weight;
            squares += count * weight * weight;
        }
        let (share, expected) = (exposed / total, expected / total);
        let error = (share * (1.0 - share) * squares).sqrt() / total;
        if (share - expected).abs() > 3.0 * error {
            warnings.push(format!(
                "the share of exposed rows is {share:.4}, but the given exposure rate or propensity says {expected:.4}"
            ));
        }
    }

    /// How many rows there are, each counted as often as it came.
    pub fn len(&self) -> usize {
        self.totals.rows as usize
    }

    /// One more than the last place of a row: how long a list of something for each row is.
    pub fn places(&self) -> usize {
        self.sample.rows().len()
    }

    /// Whether many rows come more than once.
    pub fn has_copies(&self) -> bool {
        self.len() > self.places() + self.places() / 8
    }

    pub fn engaged(&self) -> usize {
        self.totals.engaged as usize
    }

    /// How many rows are labelled campaign-driven.
    pub fn labelled(&self) -> usize {
        self.totals.labelled as usize
    }

    pub fn has_organic(&self) -> bool {
        self.totals.labelled < self.totals.engaged
    }

    /// The rows that are used, each once.
    pub fn each(&self) -> impl Iterator<Item = usize> + '_ {
        let places = self.sample.polled(0..self.places());
        places.filter(|&row| self.exposure.uses(self.sample.row(row)))
    }

    /// The rows that are used, each as often as it came.
    pub fn copies(&self) -> impl Iterator<Item = usize> + '_ {
        self.each().flat_map(|row| std::iter::repeat_n(row, self.sample.row(row).count() as usize))
    }

    /// Goes through a list of rows, and polls now and then.
    pub fn polled<'l>(&self, list: &'l [u32]) -> impl Iterator<Item = usize> + use<'l, '_> {
        self.sample.polled(list.iter()).map(|&row| row as usize)
    }

    /// The copies of all rows, by number.
    pub fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.sample.polled(0..self.len())
    }

    /// How often the row came.
    pub fn count(&self, row: usize) -> f64 {
        f64::from(self.sample.row(row).count())
    }

    pub fn segment(&self, row: usize) -> Segment {
        let row = self.sample.row(row);
        match row.segment() {
            Segment::CampaignDriven if !row.exposed() => Segment::Organic,
            segment => segment,
        }
    }

    pub fn exposed(&self, row: usize) -> bool {
        self.sample.row(row).exposed()
    }

    /// s: whether the row carries the campaign label.
    pub fn is_labelled(&self, row: usize) -> bool {
        self.segment(row) == Segment::CampaignDriven
    }

    /// Scaled to mean 1.
    pub fn weight(&self, row: usize) -> f64 {
        f64::from(self.sample.row(row).weight()) * self.exposure.scale
    }

    /// e, the chance of exposure; 1 in simple mode.
    pub fn propensity(&self, row: usize) -> f64 {
        f64::from(self.exposure.propensity(self.sample.row(row)))
    }

    /// The words of the row's features.
    pub fn features(&self, row: usize) -> &[u32] {
        self.sample.row(row).features()
    }

    /// The rows that a condition holds for, each as often as it came.
    pub fn select(&self, condition: impl Fn(usize) -> bool) -> Vec<u32> {
        self.copies().filter(|&row| condition(row)).map(|row| row as u32).collect()
    }

    /// Says that these rows are the next to be encoded.
    pub fn prefetch(&self, rows: &[u32]) {
        self.sample.prefetch(rows);
    }

    /// Writes the network inputs of these rows.
    pub fn encode(&self, rows: &[u32], inputs: &mut [f32]) {
        self.block_encoder.encode(rows.iter().map(|&row| self.features(row as usize)), inputs);
    }

    /// Rows recorded organic that count as campaign-driven (t > 0.5), and the sum of t over all
    /// rows recorded organic.
    pub fn corrections(&self, posterior: &[f32]) -> (u64, f64) {
        let organic = self.copies().filter(|&row| self.segment(row) == Segment::Organic);
        organic.fold((0, 0.0), |(count, total), row| {
            let t = f64::from(posterior[row]);
            (count + u64::from(t > 0.5), total + t)
        })
    }
}

/// Of all the copies of a row.
fn weight(row: Row) -> f64 {
    f64::from(row.weight()) * f64::from(row.count())
}

/// Which mode the rows allow, and the chance of exposure where a row does not give it.
struct Exposure {
    mode: Mode,
    rate: f64,
    /// Whether the chance comes from an option or an argument.
    given: bool,
    /// What makes the mean weight 1.
    scale: f64,
}

impl Exposure {
    fn of(sample: &Sample, warnings: &mut Vec<String>) -> Result<Self> {
        let (mut exposed, mut total) = (0.0, 0.0);
        let (mut unexposed_rows, mut given_rows) = (0_u64, false);
        for row in sample.polled(sample.rows()) {
            total += weight(row);
            if row.exposed() {
                exposed += weight(row);
            } else {
                unexposed_rows += u64::from(row.count());
            }
            given_rows |= row.propensity().is_some();
        }
        let simple = Self { mode: Mode::Simple, rate: 1.0, given: false, scale: 1.0 };
        if unexposed_rows == 0 {
            return Ok(simple);
        }
        if exposed == 0.0 {
            return Err(Error::new(
                ErrorKind::InsufficientData,
                format!("none of the {unexposed_rows} rows was exposed to the campaign"),
            )
            .with_hint("Give rows of exposed customers, or leave the exposed argument out."));
        }
        let option = sample.options().exposure_rate;
        let share = exposed / total;
        if option.is_none() && !given_rows && !EXPOSED_SHARE.contains(&share) {
            warnings.push(format!(
                "the share of exposed rows is {share:.4}, too far from one half to compare: {unexposed_rows} unexposed rows are left out"
            ));
            return Ok(simple);
        }
        let rate = option.unwrap_or(share.clamp(*EXPOSED_SHARE.start(), *EXPOSED_SHARE.end()));
        Ok(Self { mode: Mode::Exposure, rate, given: option.is_some() || given_rows, scale: 1.0 })
    }

    fn uses(&self, row: Row) -> bool {
        self.mode == Mode::Exposure || row.exposed()
    }

    fn propensity(&self, row: Row) -> f32 {
        match self.mode {
            Mode::Simple => 1.0,
            Mode::Exposure => row.propensity().unwrap_or(self.rate as f32),
        }
    }
}
