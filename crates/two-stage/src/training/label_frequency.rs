//! Step 0: c, the chance that a truly campaign-driven customer carries the campaign label.

use super::{
    Run,
    correction::RowFrequency,
    engagement::CampaignShare,
    fit::{fit, predict},
    observed::ObservedLabels,
    plan::{Plan, Stream, folds, stream},
    rows::TrainingRows,
    scan,
};
use crate::{
    Error, ErrorKind, Result,
    features::Kind,
    model::{GroupValue, LabelFrequency, Mode, Stage},
};

pub(super) const NAME: &str = "label frequency";
/// Where no label is seen anywhere, exposure alone teaches.
const NO_LABELS: f64 = 0.001;
const LEAST: f64 = 0.02;
/// Above this nothing counts as missing: do no harm.
const COMPLETE: f64 = 0.97;
const FOLDS: u8 = 3;
/// A pilot holds this part of its own rows out.
const PILOT_HELD_OUT: u8 = 8;
/// The automatic estimate needs so many engaged and labelled rows.
const LEAST_ENGAGED: usize = 1500;
const LEAST_LABELLED: usize = 150;
/// A group of `attribution_by` needs so many. Where attribution misses nearly all of a group, few
/// labels are what is to be found: with 150 needed, the pooled c cost .13 AUC in that case.
const LEAST_LABELLED_OF_GROUP: usize = 50;
/// The top shares of the scores whose labelled share bounds c from below, and their least size: so
/// many rows, and so many labelled ones (but no more than a part of all labels). Where few labels
/// are left, rows alone leave the largest share to chance: at c = 0.2, 1 % of 11,000 engaged rows
/// makes c's standard deviation .028, 90 labels make it .015.
const TOP_SHARES: [f64; 6] = [0.01, 0.02, 0.03, 0.05, 0.08, 0.12];
const TOP_ROWS: usize = 60;
const TOP_LABELLED: usize = 90;
const TOP_PART_OF_LABELS: usize = 4;
/// Standard errors taken off.
const CAUTION: f64 = 0.5;
const MAX_GROUPS: usize = 32;

/// c of every row: given, from exposure, or from the most campaign-like rows.
pub(super) fn choose(
    rows: &TrainingRows,
    run: &mut Run,
    share: Option<CampaignShare>,
) -> Result<RowFrequency> {
    let options = rows.sample.options();
    let by = options.attribution_by.as_deref();
    let column = by.map(|name| attribution_column(rows, name)).transpose()?;
    let given = options.missing_rate;
    if column.is_some() && (given.is_some() || rows.mode == Mode::Exposure) {
        let why = if given.is_some() { "missing_rate is given" } else { "exposure is known" };
        run.warn(format!("attribution_by has no effect, because {why}"));
    }
    if let Some(missing_rate) = given {
        return Ok(RowFrequency::pooled(rows, 1.0 - missing_rate));
    }
    if let Some(share) = share {
        if share.labelled == 0.0 {
            return Ok(RowFrequency::pooled(rows, NO_LABELS));
        }
        let start = (share.labelled / share.share.max(1e-3)).clamp(LEAST, 1.0);
        return Ok(RowFrequency { head: Some(start), ..RowFrequency::pooled(rows, start) });
    }
    estimate(rows, run, column)
}

/// The column that `attribution_by` names.
fn attribution_column(rows: &TrainingRows, name: &str) -> Result<usize> {
    let columns = rows.sample.columns().unwrap_or_default();
    columns.iter().position(|column| column.name == name).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidParameter,
            format!("attribution_by names \"{name}\", which is not a feature"),
        )
        .with_hint("Name one of the features; those of an array are f1, f2 and so on.")
    })
}

/// Step 0 c: out-of-fold scores, within each value of the attribution column.
fn estimate(rows: &TrainingRows, run: &mut Run, column: Option<usize>) -> Result<RowFrequency> {
    let engaged = rows.select(|row| rows.segment(row).engaged());
    if engaged.len() < LEAST_ENGAGED || rows.labelled() < LEAST_LABELLED {
        run.warn(format!(
            "{} engaged and {} labelled rows are too few to estimate the missing rate ({LEAST_ENGAGED} and {LEAST_LABELLED} are needed): no label is corrected",
            engaged.len(),
            rows.labelled()
        ));
        return Ok(RowFrequency::pooled(rows, 1.0));
    }
    let groups = column.map(|column| Groups::new(rows, &engaged, column)).transpose()?;
    let scored = pilot_scores(rows, run, &engaged)?;
    let pooled = top_labelled_share(rows, &scored, |_| true);
    Ok(match groups {
        Some(groups) => groups.frequency(rows, run, &scored, pooled),
        None => {
            scan::warn_of_uneven_attribution(rows, run, &scored);
            RowFrequency::pooled(rows, pooled)
        }
    })
}

/// Engaged rows in the order of scores by pilots that did not see them, best first.
fn pilot_scores(rows: &TrainingRows, run: &mut Run, engaged: &[u32]) -> Result<Vec<u32>> {
    let mut rng = stream(rows.sample.options().seed, Stream::PilotFolds);
    let fold = folds(rows.polled(engaged), FOLDS, &mut rng);
    let held_out = folds(rows.polled(engaged), PILOT_HELD_OUT, &mut rng);
    let mut scored: Vec<(f32, u32)> = Vec::with_capacity(engaged.len());
    for part in 0..FOLDS {
        run.poll(NAME);
        let pick = |condition: &dyn Fn(usize) -> bool| -> Vec<u32> {
            (0..engaged.len()).filter(|&i| condition(i)).map(|i| engaged[i]).collect()
        };
        let plan = Plan {
            training: pick(&|i| fold[i] != part && held_out[i] != 0),
            validation: pick(&|i| fold[i] != part && held_out[i] == 0),
            first_validation: 0,
            stream: Stream::Pilot(part),
            hidden_layers: rows.sample.options().hidden_layers.clone(),
            decay_share: 1.0,
            stage: Stage::LabelCorrection,
            name: NAME,
        };
        let objective = ObservedLabels { rows };
        let pilot = fit(rows, run.observer, 1, &plan, &objective, |_| ())?.network;
        let unseen = pick(&|i| fold[i] == part);
        predict(rows, run.observer, &pilot, &unseen, NAME, |row, logits| {
            scored.push((logits[0], row as u32));
        });
    }
    let mut poll = || run.poll(NAME);
    sort(&mut scored, &|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)), &mut poll);
    Ok(scored.into_iter().map(|(_, row)| row).collect())
}

/// Sorts, and polls now and then.
fn sort<T>(
    list: &mut [T],
    compare: &impl Fn(&T, &T) -> std::cmp::Ordering,
    poll: &mut dyn FnMut(),
) {
    const AT_ONCE: usize = 1 << 16;
    poll();
    if list.len() <= AT_ONCE {
        list.sort_unstable_by(compare);
    } else {
        let (lower, _, upper) = list.select_nth_unstable_by(list.len() / 2, compare);
        sort(lower, compare, poll);
        sort(upper, compare, poll);
    }
}

/// The largest cautious labelled share among the top of the rows that belong to a group.
fn top_labelled_share(rows: &TrainingRows, scored: &[u32], belongs: impl Fn(usize) -> bool) -> f64 {
    let members: Vec<usize> = rows.polled(scored).filter(|&row| belongs(row)).collect();
    let least = least_top(rows, &members);
    let bound = |share: f64| {
        let size = ((share * members.len() as f64) as usize).max(least).min(members.len());
        let (mut labelled, mut total, mut squares) = (0.0, 0.0, 0.0);
        for &row in rows.sample.polled(members[..size].iter()) {
            let w = rows.weight(row);
            labelled += if rows.is_labelled(row) { w } else { 0.0 };
            total += w;
            squares += w * w;
        }
        let m = labelled / total;
        m - CAUTION * (m * (1.0 - m) * squares / (total * total)).sqrt()
    };
    let c = TOP_SHARES.map(bound).into_iter().fold(0.0, f64::max).clamp(LEAST, 1.0);
    if c > COMPLETE { 1.0 } else { c }
}

/// How many rows the top of the scores has at least.
fn least_top(rows: &TrainingRows, members: &[usize]) -> usize {
    let polled = || rows.sample.polled(members.iter().enumerate());
    let labelled = || polled().filter(|(_, row)| rows.is_labelled(**row));
    let wanted = TOP_LABELLED.min(labelled().count() / TOP_PART_OF_LABELS);
    let place = labelled().nth(wanted.saturating_sub(1)).map_or(0, |(place, _)| place + 1);
    place.max(TOP_ROWS)
}

/// The distinct values of the attribution column among the engaged rows.
struct Groups {
    column: usize,
    values: Vec<u32>,
}

impl Groups {
    fn new(rows: &TrainingRows, engaged: &[u32], column: usize) -> Result<Self> {
        let mut values: Vec<u32> = Vec::new();
        for row in rows.polled(engaged) {
            let value = rows.features(row)[column];
            if let Err(place) = values.binary_search(&value) {
                if values.len() == MAX_GROUPS {
                    let name = &rows.sample.columns().unwrap_or_default()[column].name;
                    return Err(Error::new(
                        ErrorKind::InvalidParameter,
                        format!(
                            "attribution_by names \"{name}\", which has more than {MAX_GROUPS} distinct values"
                        ),
                    )
                    .with_hint("Name a feature with fewer distinct values."));
                }
                values.insert(place, value);
            }
        }
        Ok(Self { column, values })
    }

    fn frequency(
        &self,
        rows: &TrainingRows,
        run: &mut Run,
        scored: &[u32],
        pooled: f64,
    ) -> RowFrequency {
        let mut few = Vec::new();
        let mut of_row = vec![pooled as f32; rows.places()];
        let mut groups = Vec::new();
        for &value in &self.values {
            let belongs = |row: usize| rows.features(row)[self.column] == value;
            let labelled = rows.polled(scored).filter(|&row| belongs(row) && rows.is_labelled(row));
            let c = if labelled.count() < LEAST_LABELLED_OF_GROUP {
                few.push(self.value(rows, value));
                pooled
            } else {
                top_labelled_share(rows, scored, belongs)
            };
            for (row, of_row) in rows.sample.polled(of_row.iter_mut().enumerate()) {
                if belongs(row) {
                    *of_row = c as f32;
                }
            }
            groups.push((self.value(rows, value), c));
        }
        for value in few {
            run.warn(format!(
                "attribution_by: {value} has fewer than {LEAST_LABELLED_OF_GROUP} labelled rows and takes the label frequency of all, {pooled:.2}"
            ));
        }
        let model = LabelFrequency::Grouped { column: self.column, groups, pooled };
        RowFrequency { model, of_row, head: None }
    }

    fn value(&self, rows: &TrainingRows, word: u32) -> GroupValue {
        let sample = rows.sample;
        let category =
            sample.columns().is_some_and(|columns| columns[self.column].kind == Kind::Category);
        if category {
            match sample.categories(self.column).nth(word as usize) {
                Some(text) => GroupValue::Category(text.to_owned()),
                None => GroupValue::Missing,
            }
        } else {
            match f32::from_bits(word) {
                number if number.is_nan() => GroupValue::Missing,
                number => GroupValue::Number(number),
            }
        }
    }
}
