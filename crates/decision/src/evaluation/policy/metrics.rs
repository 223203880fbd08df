//! The figures of a policy from its cells.

use two_stage::{Error, ErrorKind, Result};

use super::{Cell, Code, Policy};
use crate::sum::Sum;

/// A cell with fewer rows shows no variance.
const MIN_ROWS: u64 = 2;

/// The figures of some rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PolicyMetrics {
    /// The rows that count.
    pub rows: u64,
    /// The rows without an outcome, or of weight 0.
    pub rows_ignored: u64,
    /// The rows that were sent what is recommended.
    pub rows_followed: u64,
    /// The share of customers whom the policy recommends a campaign to.
    pub contacted_share: Option<f64>,
    /// The mean outcome per customer if the policy is followed, and its standard error; `None` if no row
    /// shows what follows from one of its recommendations.
    pub value: Option<f64>,
    /// See `value`; `None` also if a single row shows it.
    pub value_se: Option<f64>,
    /// The mean outcome if all customers are sent the baseline.
    pub baseline_value: Option<f64>,
    /// The difference of both.
    pub gain: Option<f64>,
    /// The standard error of the gain.
    pub gain_se: Option<f64>,
}

/// The customers whom one campaign is recommended to.
struct Group<'p> {
    campaign: Code,
    share: f64,
    squared_weight: f64,
    cells: Vec<(Code, &'p Cell)>,
}

/// The effect of something on a group, from the means of some of its cells, each added or subtracted.
struct Effect<'p> {
    mean: f64,
    parts: Vec<(f64, &'p Cell)>,
}

impl Policy {
    /// The figures of the rows.
    pub fn metrics(&self) -> Result<PolicyMetrics> {
        if !self.cells.values().all(Cell::is_finite) {
            let message = "the squares of the outcomes add up to more than a float8 holds";
            return Err(Error::new(ErrorKind::ValueOutOfRange, message)
                .with_hint("Divide the outcomes by their usual size."));
        }
        let rows = self.chances.rows();
        let counts = PolicyMetrics { rows, rows_ignored: self.ignored, ..PolicyMetrics::default() };
        if rows == 0 {
            return Ok(counts);
        }
        let groups = self.groups();
        let baseline = self.baseline_code();
        let own = effects(&groups, |group| Some(group.cell(group.campaign)?.effect()));
        let fixed = effects(&groups, |group| Some(group.cell(baseline?)?.effect()));
        let difference = effects(&groups, |group| match baseline? {
            code if code == group.campaign => Some(Effect { mean: 0.0, parts: Vec::new() }),
            code => Some(group.cell(group.campaign)?.effect().minus(group.cell(code)?.effect())),
        });
        let mean = |effects: &Option<Vec<Effect>>| Some(mean(&groups, effects.as_ref()?));
        let error = |effects: &Option<Vec<Effect>>| self.error(&groups, effects.as_ref()?);
        let contacted = groups.iter().filter(|group| group.campaign != 0);
        let followed = groups.iter().filter_map(|group| group.cell(group.campaign));
        Ok(PolicyMetrics {
            rows_followed: followed.map(|cell| cell.rows).sum(),
            contacted_share: Some(contacted.map(|group| group.share).sum()),
            value: mean(&own),
            value_se: error(&own),
            baseline_value: mean(&fixed),
            gain: mean(&difference),
            gain_se: error(&difference),
            ..counts
        })
    }

    /// The code of the baseline; `None` if no row has it.
    fn baseline_code(&self) -> Option<Code> {
        match &self.baseline {
            Some(Some(name)) => self.codes.get(name).copied(),
            _ => Some(0),
        }
    }

    /// The groups in the order of their campaigns' names, so that sums are the same for every plan.
    fn groups(&self) -> Vec<Group<'_>> {
        let total = self.weight();
        let codes = std::iter::once(0).chain(self.codes.values().copied());
        let group = |campaign: Code| {
            let cells = self.cells.range((campaign, 0)..=(campaign, Code::MAX));
            let cells: Vec<(Code, &Cell)> = cells.map(|(&(_, sent), cell)| (sent, cell)).collect();
            let (mut weight, mut squares) = (Sum::default(), Sum::default());
            for (_, cell) in &cells {
                weight.merge(cell.weight);
                squares.merge(cell.weight_weight);
            }
            let share = weight.value() / total;
            Group { campaign, share, squared_weight: squares.value(), cells }
        };
        codes.map(group).filter(|group| !group.cells.is_empty()).collect()
    }

    fn weight(&self) -> f64 {
        let mut weight = Sum::default();
        self.cells.values().for_each(|cell| weight.merge(cell.weight));
        weight.value()
    }

    /// The standard error of the mean effect.
    fn error(&self, groups: &[Group], effects: &[Effect]) -> Option<f64> {
        let (mean, total) = (mean(groups, effects), self.weight());
        let mut variance = 0.0;
        for (group, effect) in groups.iter().zip(effects) {
            // A row counts by its group's share, and by the mean of its cell.
            let of_share = (effect.mean - mean) / total;
            variance += of_share * of_share * group.squared_weight;
            for &(sign, cell) in &effect.parts {
                let of_mean = sign * group.share / cell.inverse();
                variance += of_mean * of_mean * cell.squares();
                variance += 2.0 * of_share * of_mean * cell.products();
            }
        }
        let mut cells = effects.iter().flat_map(|effect| &effect.parts);
        cells.all(|(_, cell)| cell.rows >= MIN_ROWS).then(|| variance.max(0.0).sqrt())
    }
}

impl Group<'_> {
    fn cell(&self, sent: Code) -> Option<&Cell> {
        self.cells.iter().find(|(code, _)| *code == sent).map(|(_, cell)| *cell)
    }
}

impl Cell {
    fn effect(&self) -> Effect<'_> {
        Effect { mean: self.mean(), parts: vec![(1.0, self)] }
    }
}

impl Effect<'_> {
    fn minus(mut self, other: Self) -> Self {
        self.mean -= other.mean;
        self.parts.extend(other.parts.into_iter().map(|(sign, cell)| (-sign, cell)));
        self
    }
}

/// The effect on each group; `None` if that on one of them is not known.
fn effects<'g, 'p>(
    groups: &'g [Group<'p>],
    effect: impl Fn(&'g Group<'p>) -> Option<Effect<'g>>,
) -> Option<Vec<Effect<'g>>> {
    groups.iter().map(effect).collect()
}

/// The mean effect on all customers.
fn mean(groups: &[Group], effects: &[Effect]) -> f64 {
    groups.iter().zip(effects).map(|(group, effect)| group.share * effect.mean).sum()
}
