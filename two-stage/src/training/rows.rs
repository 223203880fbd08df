//! The rows that training uses: mode, weights, chances of exposure, and the split.

use super::insufficient;
use crate::{
    Error, ErrorKind, Result,
    features::{BlockEncoder, Encoder, WeightedRow},
    model::Mode,
    sample::{Row, Sample},
    segment::Segment,
};

/// Fewer rows than this teach nothing that holds.
const LEAST_ROWS: usize = 50;
/// A share of exposed rows outside makes weights of more than 50: no comparison.
const EXPOSED_SHARE: std::ops::RangeInclusive<f64> = 0.02..=0.98;

/// A canonical sample's rows, each as often as its count, but for those that cannot be used.
pub(super) struct TrainingRows<'a> {
    pub sample: &'a Sample,
    pub encoder: Encoder,
    block_encoder: BlockEncoder,
    pub mode: Mode,
    /// Its place in the sample.
    index: Vec<u32>,
    segment: Vec<Segment>,
    exposed: Vec<bool>,
    /// Scaled to mean 1.
    weight: Vec<f32>,
    /// e, the chance of exposure; 1 in simple mode.
    propensity: Vec<f32>,
}

impl<'a> TrainingRows<'a> {
    pub fn new(sample: &'a Sample, warnings: &mut Vec<String>) -> Result<Self> {
        let exposure = Exposure::of(sample, warnings)?;
        let kept: Vec<u32> = (0..sample.rows().len() as u32)
            .filter(|&index| exposure.uses(sample.row(index as usize)))
            .collect();
        let (total, count) = kept.iter().fold((0.0, 0), |(total, count), &index| {
            let row = sample.row(index as usize);
            (total + weight(row), count + u64::from(row.count()))
        });
        let scale = if count > 0 { count as f64 / total } else { 1.0 };
        let weighted: Vec<WeightedRow> = kept
            .iter()
            .map(|&index| {
                let row = sample.row(index as usize);
                WeightedRow { index, weight: weight(row) * scale, count: u64::from(row.count()) }
            })
            .collect();
        if count < LEAST_ROWS as u64 {
            return Err(insufficient(
                format!("{count} rows can be used for training, but {LEAST_ROWS} are needed"),
                "Give more rows with an observed segment.",
            ));
        }
        let encoder = Encoder::fit(sample, &weighted)?;
        let block_encoder = BlockEncoder::new(&encoder, sample);
        let mut rows = Self {
            sample,
            encoder,
            block_encoder,
            mode: exposure.mode,
            index: Vec::new(),
            segment: Vec::new(),
            exposed: Vec::new(),
            weight: Vec::new(),
            propensity: Vec::new(),
        };
        rows.expand(&weighted, &exposure, warnings);
        rows.check_segments()?;
        rows.check_propensity(&exposure, warnings);
        Ok(rows)
    }

    fn expand(&mut self, kept: &[WeightedRow], exposure: &Exposure, warnings: &mut Vec<String>) {
        let mut relabelled = 0;
        for &WeightedRow { index, weight, count } in kept {
            let row = self.sample.row(index as usize);
            let segment = match row.segment() {
                Segment::CampaignDriven if !row.exposed() => {
                    relabelled += count;
                    Segment::Organic
                }
                segment => segment,
            };
            for _ in 0..count {
                self.index.push(index);
                self.segment.push(segment);
                self.exposed.push(row.exposed());
                self.weight.push((weight / count as f64) as f32);
                self.propensity.push(exposure.propensity(row));
            }
        }
        if relabelled > 0 {
            warnings.push(format!(
                "{relabelled} unexposed rows are labelled campaign_driven and count as organic"
            ));
        }
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
    fn check_propensity(&self, exposure: &Exposure, warnings: &mut Vec<String>) {
        if self.mode == Mode::Simple || !exposure.given {
            return;
        }
        let (mut exposed, mut expected, mut total, mut squares) = (0.0, 0.0, 0.0, 0.0);
        for row in 0..self.len() {
            let weight = self.weight(row);
            exposed += weight * f64::from(u8::from(self.exposed[row]));
            expected += weight * self.propensity(row);
            total += weight;
            squares += weight * weight;
        }
        let (share, expected) = (exposed / total, expected / total);
        let error = (share * (1.0 - share) * squares).sqrt() / total;
        if (share - expected).abs() > 3.0 * error {
            warnings.push(format!(
                "the share of exposed rows is {share:.4}, but the given exposure rate or propensity says {expected:.4}"
            ));
        }
    }

    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn engaged(&self) -> usize {
        self.segment.iter().filter(|segment| segment.engaged()).count()
    }

    /// How many rows are labelled campaign-driven.
    pub fn labelled(&self) -> usize {
        self.segment.iter().filter(|&&segment| segment == Segment::CampaignDriven).count()
    }

    pub fn has_organic(&self) -> bool {
        self.segment.contains(&Segment::Organic)
    }

    pub fn segment(&self, row: usize) -> Segment {
        self.segment[row]
    }

    pub fn exposed(&self, row: usize) -> bool {
        self.exposed[row]
    }

    /// s: whether the row carries the campaign label.
    pub fn is_labelled(&self, row: usize) -> bool {
        self.segment[row] == Segment::CampaignDriven
    }

    pub fn weight(&self, row: usize) -> f64 {
        f64::from(self.weight[row])
    }

    pub fn propensity(&self, row: usize) -> f64 {
        f64::from(self.propensity[row])
    }

    /// The words of the row's features.
    pub fn features(&self, row: usize) -> &[u32] {
        self.sample.row(self.index[row] as usize).features()
    }

    /// The rows that a condition holds for.
    pub fn select(&self, condition: impl Fn(usize) -> bool) -> Vec<u32> {
        (0..self.len() as u32).filter(|&row| condition(row as usize)).collect()
    }

    /// Writes the network inputs of these rows.
    pub fn encode(&self, rows: &[u32], inputs: &mut [f32]) {
        self.block_encoder.encode(rows.iter().map(|&row| self.features(row as usize)), inputs);
    }

    /// Rows recorded organic that count as campaign-driven (t > 0.5), and the sum of t over all
    /// rows recorded organic.
    pub fn corrections(&self, posterior: &[f32]) -> (u64, f64) {
        let organic = (0..self.len()).filter(|&row| self.segment[row] == Segment::Organic);
        organic.fold((0, 0.0), |(count, total), row| {
            let t = f64::from(posterior[row]);
            (count + u64::from(t > 0.5), total + t)
        })
    }
}

fn weight(row: Row) -> f64 {
    f64::from(row.weight()) * f64::from(row.count())
}

/// Which mode the rows allow, and the chance of exposure where a row does not give it.
struct Exposure {
    mode: Mode,
    rate: f64,
    /// Whether the chance comes from an option or an argument.
    given: bool,
}

impl Exposure {
    fn of(sample: &Sample, warnings: &mut Vec<String>) -> Result<Self> {
        let (mut exposed, mut total) = (0.0, 0.0);
        let (mut unexposed_rows, mut given_rows) = (0_u64, false);
        for row in sample.rows() {
            total += weight(row);
            if row.exposed() {
                exposed += weight(row);
            } else {
                unexposed_rows += u64::from(row.count());
            }
            given_rows |= row.propensity().is_some();
        }
        let simple = Self { mode: Mode::Simple, rate: 1.0, given: false };
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
        Ok(Self { mode: Mode::Exposure, rate, given: option.is_some() || given_rows })
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
