//! The campaign labels: how many were recorded, how many are missing, how many were corrected.

use two_stage::model::{GroupValue, LabelFrequency, TwoStageModel};

use super::frame::{facts, section, table};
use crate::{
    html::{Markup, html, name},
    number::{date, grouped, percent, quantity, whole},
    subject::Subject,
};
use two_stage::column::Kind;

const TITLE: &str = "Campaign labels that attribution missed";

/// The labels.
pub(crate) fn labels(subject: &Subject) -> Markup {
    let model = subject.model;
    let report = model.report();
    if report.rows_labelled == 0 {
        return section(
            TITLE,
            "No customer was recorded as campaign-driven, so no label is missing: the model learned from who was sent the campaign and who engaged.",
            &Markup::default(),
        );
    }
    let sentence = match model.mean_label_frequency() {
        Some(frequency) => format!(
            "Attribution reached about {} of the customers whom the campaign moved; the others were recorded as organic.",
            percent(frequency)
        ),
        None => "The recorded labels were taken as they are: none counts as missing.".to_owned(),
    };
    let counts = [
        ("recorded as campaign-driven", grouped(report.rows_labelled)),
        ("recorded as organic, more likely campaign-driven", grouped(report.corrected)),
        (
            "campaign-driven among those recorded as organic, as expected",
            whole(report.corrected_total),
        ),
    ];
    let counts = facts(counts.map(|(name, value)| (name.to_owned(), value)));
    section(TITLE, sentence, &html!("{}{}", counts, groups(model)))
}

/// The label frequency of each group, where the training told groups apart.
fn groups(model: &TwoStageModel) -> Option<Markup> {
    let Some(LabelFrequency::Grouped { column, groups, .. }) = model.label_frequency() else {
        return None;
    };
    let column = model.columns().get(*column)?;
    let rows = groups.iter().map(|(value, frequency)| {
        vec![group(value, column.kind), html!("{}", percent(*frequency))]
    });
    let heading = format!("reached, by {}", column.name);
    Some(table(&["value", &heading], rows))
}

fn group(value: &GroupValue, kind: Kind) -> Markup {
    match value {
        GroupValue::Missing => html!("missing"),
        GroupValue::Category(text) => name(text),
        GroupValue::Number(number) => html!("{}", of_kind((*number).into(), kind)),
    }
}

/// A number as its kind is written.
pub(super) fn of_kind(number: f64, kind: Kind) -> String {
    match kind {
        Kind::Boolean => if number > 0.5 { "yes" } else { "no" }.to_owned(),
        Kind::Date => date(number),
        _ => quantity(number),
    }
}
