//! The features: type, missing values, range and distribution.

use two_stage::{
    column::{Column, Kind},
    model::{CategoryDistribution, Distribution, NumberDistribution},
};

use super::{
    frame::{section, table},
    labels::of_kind,
};
use crate::{
    chart::histogram,
    html::{Markup, html, name},
    number::{beside, fixed, percent},
    subject::Subject,
};

/// Features in the table, at most.
const MOST: usize = 300;
/// Columns of a histogram.
const COLUMNS: usize = 16;
/// Categories that are named, at most, and letters of each.
const NAMED: usize = 6;

/// The table of features, the most important first.
pub(crate) fn features(subject: &Subject) -> Markup {
    let model = subject.model;
    let report = model.report();
    let levels: Vec<Vec<String>> = model.encodings().map(|encoding| encoding.levels).collect();
    let types = report.origin.as_ref().map(|origin| origin.types.as_slice());
    let rows = subject.by_importance().into_iter().take(MOST).map(|place| {
        let column = &model.columns()[place];
        let of_type =
            types.and_then(|types| types.get(place)).map_or(column.kind.name(), String::as_str);
        let mut row = vec![name(&column.name), html!("{}", of_type)];
        row.push(html!("{}", percent(report.importance[place])));
        row.extend(match &report.distributions[place] {
            Distribution::Number(numbers) => of_numbers(column, numbers),
            Distribution::Category(categories) => of_categories(&levels[place], categories),
        });
        row
    });
    let headings = ["Feature", "type", "importance", "missing", "values", "distribution"];
    let count = model.columns().len();
    let sentence = if count > MOST {
        format!(
            "The {MOST} most important of {count} features, as they were in training; model_features lists all."
        )
    } else {
        "The features as they were in training: customers to be scored should look like this."
            .to_owned()
    };
    section(
        "What it knows of a customer",
        sentence,
        &html!("<div class=\"long\">{}</div>", table(&headings, rows)),
    )
}

fn of_numbers(column: &Column, numbers: &NumberDistribution) -> Vec<Markup> {
    let largest = numbers.range.map_or(0.0, |(low, high)| low.abs().max(high.abs()));
    let shown = |value: f32| of_kind(beside(value.into(), largest.into()), column.kind);
    let (values, picture) = match numbers.range {
        None => ("none".to_owned(), Markup::default()),
        Some((low, high)) if low == high => (format!("always {}", shown(low)), Markup::default()),
        Some((low, _)) if column.kind == Kind::Boolean => {
            let yes = numbers.shares.last().copied().unwrap_or_default();
            let first = numbers.shares.first().copied().unwrap_or_default();
            // The cuts of a boolean are 0, 1 or both; values up to the first cut are its equals.
            let is_no = numbers.cuts.first() == Some(&low);
            let yes = if is_no { 1.0 - first } else { yes };
            (format!("{} yes", percent(yes.into())), histogram(&[1.0 - f64::from(yes), yes.into()]))
        }
        Some((low, high)) => {
            let middle = middle(numbers);
            let middle = middle.map(|middle| format!(", half up to {}", shown(middle)));
            (
                format!("{} to {}{}", shown(low), shown(high), middle.unwrap_or_default()),
                histogram(&masses(numbers)),
            )
        }
    };
    vec![html!("{}", percent(numbers.missing.into())), html!("{}", values), picture]
}

/// The first cut that half of the values do not pass.
fn middle(numbers: &NumberDistribution) -> Option<f32> {
    let mut below = 0.0;
    let mut bins = numbers.cuts.iter().zip(&numbers.shares);
    bins.find(|(_, share)| {
        below += **share;
        below >= 0.4999
    })
    .map(|(&cut, _)| cut)
}

/// The shares of even parts of the range between the outer cuts. Each bin's share is spread evenly.
fn masses(numbers: &NumberDistribution) -> Vec<f64> {
    let Some((low, high)) = numbers.range else { return Vec::new() };
    // The outer twentieths may reach far: the picture ends where the values get rare.
    let (first, last) = (numbers.cuts.first().copied(), numbers.cuts.last().copied());
    let is_long = numbers.cuts.len() > 5;
    let start = f64::from(if is_long { first.unwrap_or(low) } else { low });
    let end = f64::from(if is_long { last.unwrap_or(high) } else { high });
    let width = (end - start) / COLUMNS as f64;
    let place = |value: f64| (((value - start) / width) as usize).min(COLUMNS - 1);
    let mut masses = vec![0.0; COLUMNS];
    let bounds = [low].into_iter().chain(numbers.cuts.iter().copied()).chain([high]);
    let bounds: Vec<f64> = bounds.map(|bound| f64::from(bound).clamp(start, end)).collect();
    for (bound, &share) in bounds.windows(2).zip(&numbers.shares) {
        let (from, to) = (place(bound[0]), place(bound[1]));
        let part = f64::from(share) / (to - from + 1) as f64;
        masses[from..=to].iter_mut().for_each(|mass| *mass += part);
    }
    masses
}

fn of_categories(levels: &[String], categories: &CategoryDistribution) -> Vec<Markup> {
    let named: Markup = levels
        .iter()
        .take(NAMED)
        .enumerate()
        .map(|(place, level)| html!("{}{}", if place > 0 { ", " } else { "" }, name(level)))
        .collect();
    let more = levels.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!(" and {} more", fixed(more as f64, 0)));
    let other = (categories.other > 0.0)
        .then(|| format!("; rare others {}", percent(categories.other.into())));
    vec![
        html!("{}", percent(categories.missing.into())),
        html!("{}{}{}", named, more, other),
        html!("{} values", fixed(categories.distinct as f64, 0)),
    ]
}
