//! The segments and the intent against the labels as they were recorded.

use two_stage::model::Bin;

use super::{
    frame::{note, section, table},
    segments::SEGMENTS,
};
use crate::{
    chart::{Plot, Scale},
    html::{Markup, html},
    number::{MARGIN, percent, whole},
    subject::Subject,
};

const TITLE: &str = "Against the recorded labels";

/// Confusion and reliability.
pub(crate) fn quality(subject: &Subject) -> Markup {
    let evaluation = subject.model.report().evaluation.as_ref();
    let confusion = evaluation.and_then(|evaluation| evaluation.confusion.as_ref());
    let bins = evaluation.and_then(|evaluation| evaluation.reliability.as_deref());
    if confusion.is_none() && bins.is_none() {
        return section(
            TITLE,
            "This cannot be shown: no customer carries a campaign label to compare with. The picture of predicted and observed figures above needs none.",
            &Markup::default(),
        );
    }
    let frequency = subject.model.mean_label_frequency();
    let body = html!(
        "{}{}",
        confusion.map(table_of),
        bins.filter(|bins| !bins.is_empty()).map(|bins| reliability(bins, frequency))
    );
    section(
        TITLE,
        "Held-out customers who were sent the campaign: which segment was recorded, and which the model names. Where attribution missed a label, the model is counted as wrong although it may be right.",
        &body,
    )
}

fn table_of(confusion: &[[f32; 3]; 3]) -> Markup {
    let rows = SEGMENTS.iter().zip(confusion).map(|((_, name), weights)| {
        let weights = weights.map(f64::from);
        let total: f64 = weights.iter().sum();
        let cell = |weight: f64| {
            let share = if total > 0.0 { percent(weight / total) } else { "–".to_owned() };
            html!("{}", share)
        };
        let cells = weights.map(cell);
        [html!("recorded as {}", name)]
            .into_iter()
            .chain(cells)
            .chain([html!("{}", whole(total))])
            .collect()
    });
    let headings =
        ["", "named low engagement", "named organic", "named campaign-driven", "customers"];
    let remark = note("Each line adds up to 100 %. The counts are weighted.");
    html!("{}{}", table(&headings, rows), remark)
}

/// Draws the share of recorded labels by predicted intent, and where it should lie.
fn reliability(bins: &[Bin], frequency: Option<f64>) -> Markup {
    let mut plot = Plot::new(
        "Share recorded as campaign-driven by the intent predicted",
        (Scale::between(0.0, 1.0, 0.25), "Intent predicted by the model"),
        (Scale::between(0.0, 100.0, 20.0), "% of engaged customers recorded as campaign-driven"),
    )
    .y_axis()
    .x_axis(|intent| format!("{:.0} %", 100.0 * intent));
    plot.line("random", [(0.0, 0.0), (1.0, 100.0 * frequency.unwrap_or(1.0))]);
    for bin in bins {
        let Some((observed, error)) = bin.observed else { continue };
        let (x, y) = (f64::from(bin.predicted), 100.0 * f64::from(observed));
        let margin = 100.0 * MARGIN * f64::from(error);
        plot.whisker("observed", x, (y - margin, y + margin));
        plot.dot("observed", (x, y));
    }
    let expected = match frequency {
        Some(frequency) => format!(
            "Attribution reaches about {} of campaign-driven customers, so the dots should lie near the dotted line, which is that share of the prediction.",
            percent(frequency)
        ),
        None => "The dots should lie near the dotted line, where both are equal.".to_owned(),
    };
    let remark = note(&format!(
        "Tenths of the engaged held-out customers who were sent the campaign, with 1.96 standard errors on each side. {expected}"
    ));
    html!("<h3>Is the predicted intent right?</h3>{}{}", plot.finish(), remark)
}
