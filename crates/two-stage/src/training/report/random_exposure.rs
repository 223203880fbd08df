//! The guard "exposure is not random": exposed and unexposed customers differ by more than chance,
//! and no propensity says so.

use crate::{
    model::{FeatureDifference, Mode},
    poll::Poll,
    probability::{COMPARABLE_EXPOSURE, sigmoid},
    training::{
        engine::evenly,
        influence::Influences,
        observer::Step,
        ridge::{self, Ridge},
        rows::{TrainingRow, TrainingRows},
        run::Run,
    },
    word::RowIndex,
};

/// Rows that are compared at most, and rows whose propensity is estimated.
const MAX_ROWS: usize = 100_000;
const MAX_ROWS_ESTIMATED: usize = 10_000;
/// Rows that are encoded at once.
const BLOCK: usize = 256;
/// Exposed and unexposed rows may differ by this many standard deviations, or standard errors.
const MAX_DIFFERENCE: f64 = 0.1;
const MAX_ERRORS: f64 = 4.0;
/// Features that are named at most.
const MAX_NAMED: usize = 3;
/// The penalty of half a squared weight of the estimated propensity.
const RIDGE: f64 = 1.0;

/// Warns where features tell who was exposed. Returns the largest difference, if it looked for any.
pub(in crate::training) fn warn(rows: &TrainingRows, run: &mut Run) -> Option<FeatureDifference> {
    let has_propensity = rows.give_propensity() || rows.options.propensity().is_some();
    if rows.mode() == Mode::Simple || has_propensity {
        return None;
    }
    let used = rows.select(|_| true);
    let differences = differences(rows, run.poll, &evenly(&used, MAX_ROWS));
    let telling = telling_columns(&differences);
    if !telling.is_empty() {
        warn_of(&telling, rows, run, &used);
    }
    let of_any = differences.into_iter().filter(|difference| difference.errors.is_finite());
    of_any.reduce(|a, b| if b.deviations > a.deviations { b } else { a })
}

fn warn_of(telling: &[(usize, f64)], rows: &TrainingRows, run: &mut Run, used: &[RowIndex]) {
    let most = MAX_ROWS_ESTIMATED.min(ridge::max_rows(rows));
    let outside = share_without_overlap(rows, run, &evenly(used, most));
    let columns = rows.sample.features();
    let name = |&(column, difference): &(usize, f64)| {
        format!("\"{}\" by {difference:.2}", columns[column].name)
    };
    let names: Vec<String> = telling.iter().take(MAX_NAMED).map(name).collect();
    let names = match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    };
    run.warn(format!(
        "exposure was not random: exposed and unexposed customers differ in {names} standard deviations, and {:.0} % of them have no overlap (an estimated propensity outside {} to {}): give the propensity, set option propensity to estimate, or expose a part of the customers at random",
        100.0 * outside,
        COMPARABLE_EXPOSURE.start(),
        COMPARABLE_EXPOSURE.end(),
    ));
}

/// The difference of each input's means between exposed and unexposed rows.
pub(in crate::training) fn differences(
    rows: &TrainingRows,
    poll: Poll,
    list: &[RowIndex],
) -> Vec<FeatureDifference> {
    let moments = Moments::of(rows, poll, list);
    let errors = moments.errors(rows, poll, list);
    let counts = rows.encoder.input_counts().enumerate();
    let columns = counts.flat_map(|(column, inputs)| std::iter::repeat_n(column as u32, inputs));
    let difference = |(input, (column, error)): (usize, (u32, &f64))| {
        let apart = moments.difference(input).abs();
        let deviations = apart / moments.deviation(input);
        FeatureDifference { column, deviations, errors: apart / error }
    };
    columns.zip(&errors).enumerate().map(difference).collect()
}

/// The columns that tell exposed from unexposed rows, each with the largest difference that is neither
/// small nor chance, the largest first.
pub(in crate::training) fn telling_columns(differences: &[FeatureDifference]) -> Vec<(usize, f64)> {
    let tells = |difference: &FeatureDifference| {
        difference.deviations > MAX_DIFFERENCE && difference.errors > MAX_ERRORS
    };
    let of_column = |inputs: &[FeatureDifference]| {
        let telling = inputs.iter().filter(|input| tells(input));
        let largest = telling.map(|input| input.deviations).reduce(f64::max)?;
        Some((inputs[0].column as usize, largest))
    };
    let columns = differences.chunk_by(|a, b| a.column == b.column);
    let mut telling: Vec<(usize, f64)> = columns.filter_map(of_column).collect();
    telling.sort_by(|a, b| b.1.total_cmp(&a.1));
    telling
}

/// The weighted moments of the inputs of the unexposed rows, then of the exposed ones.
struct Moments([Group; 2]);

#[derive(Clone)]
struct Group {
    weight: f64,
    squared_weights: f64,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    fn of(rows: &TrainingRows, poll: Poll, list: &[RowIndex]) -> Self {
        let zeros = || vec![0.0; rows.encoder.inputs()];
        let group = Group { weight: 0.0, squared_weights: 0.0, sums: zeros(), squares: zeros() };
        let mut moments = Self([group.clone(), group]);
        for_each_input(rows, poll, list, |row, inputs| {
            moments.0[usize::from(row.exposed)].add(row.weight, inputs);
        });
        moments
    }

    /// The standard error of the difference of the means, of each input.
    fn errors(&self, rows: &TrainingRows, poll: Poll, list: &[RowIndex]) -> Vec<f64> {
        if !rows.have_customers() {
            let [unexposed, exposed] = &self.0;
            let error = (unexposed.inverse_size() + exposed.inverse_size()).sqrt();
            return (0..rows.encoder.inputs()).map(|input| error * self.deviation(input)).collect();
        }
        let mut influences = Influences::new(rows, rows.encoder.inputs());
        for_each_input(rows, poll, list, |row, inputs| {
            let group = &self.0[usize::from(row.exposed)];
            let part = row.weight / group.weight * if row.exposed { 1.0 } else { -1.0 };
            let means = group.sums.iter().map(|sum| sum / group.weight);
            influences
                .add(row.index, inputs.iter().zip(means).map(|(&x, m)| part * (f64::from(x) - m)));
        });
        influences.errors()
    }

    /// The difference of the means of an input.
    fn difference(&self, input: usize) -> f64 {
        let [unexposed, exposed] = &self.0;
        exposed.mean(input) - unexposed.mean(input)
    }

    /// The standard deviation of an input in both groups together.
    fn deviation(&self, input: usize) -> f64 {
        let [unexposed, exposed] = &self.0;
        let total = unexposed.weight + exposed.weight;
        let mean = (unexposed.sums[input] + exposed.sums[input]) / total;
        let square = (unexposed.squares[input] + exposed.squares[input]) / total;
        (square - mean * mean).sqrt()
    }
}

impl Group {
    fn add(&mut self, weight: f64, inputs: &[f32]) {
        self.weight += weight;
        self.squared_weights += weight * weight;
        for ((sum, square), &x) in self.sums.iter_mut().zip(&mut self.squares).zip(inputs) {
            let x = f64::from(x);
            *sum += weight * x;
            *square += weight * x * x;
        }
    }

    fn mean(&self, input: usize) -> f64 {
        self.sums[input] / self.weight
    }

    /// One over the number of rows of weight 1 that would say as much.
    fn inverse_size(&self) -> f64 {
        self.squared_weights / (self.weight * self.weight)
    }
}

/// Goes through the inputs of some rows.
fn for_each_input(
    rows: &TrainingRows,
    poll: Poll,
    list: &[RowIndex],
    mut take: impl FnMut(TrainingRow, &[f32]),
) {
    let width = rows.encoder.inputs();
    let mut inputs = vec![0.0; width * BLOCK.min(list.len())];
    for block in list.chunks(BLOCK) {
        poll.now();
        let inputs = &mut inputs[..block.len() * width];
        rows.encode(block, inputs);
        for (&row, inputs) in block.iter().zip(inputs.chunks_exact(width.max(1))) {
            take(rows.row(row), inputs);
        }
    }
}

/// The weighted share of rows whose estimated propensity allows no comparison.
fn share_without_overlap(rows: &TrainingRows, run: &mut Run, list: &[RowIndex]) -> f64 {
    let propensity = Ridge::fit(rows, run, Step::Encoding, list, RIDGE, |row| row.exposed);
    let mut inputs = vec![0.0; rows.encoder.inputs()];
    let (mut outside, mut total) = (0.0, 0.0);
    for row in rows.of(list) {
        rows.encode(&[row.index], &mut inputs);
        let overlaps = COMPARABLE_EXPOSURE.contains(&sigmoid(propensity.logit(&inputs)));
        outside += if overlaps { 0.0 } else { row.weight };
        total += row.weight;
    }
    outside / total
}
