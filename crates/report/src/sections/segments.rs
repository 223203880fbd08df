//! The sizes of the segments: as recorded, as corrected, as predicted.

use two_stage::model::Report;

use super::frame::{key, note, section, table};
use crate::{
    chart::stack,
    html::{Markup, html},
    number::percent,
    subject::Subject,
};

/// The classes and names of the segments, in their order.
pub(super) const SEGMENTS: [(&str, &str); 3] =
    [("low", "low engagement"), ("organic", "organic"), ("driven", "campaign-driven")];

/// The segments.
pub(crate) fn segments(subject: &Subject) -> Markup {
    let lines = lines(subject.model.report());
    let legend: Markup =
        SEGMENTS.iter().map(|(class, name)| html!("<span>{}</span>", key(class, name))).collect();
    let pictures: Markup = lines
        .iter()
        .map(|(name, shares)| {
            let parts: Vec<(&str, f64)> =
                SEGMENTS.iter().zip(shares).map(|((class, _), &share)| (*class, share)).collect();
            html!("<div class=\"part\"><span>{}</span>{}</div>", name, stack(&parts))
        })
        .collect();
    let rows = lines.iter().map(|(name, shares)| {
        let shares = shares.map(|share| html!("{}", percent(share)));
        [html!("{}", name)].into_iter().chain(shares).collect()
    });
    let table = table(&["", "low engagement", "organic", "campaign-driven"], rows);
    let remark = note(
        "Low engagement: no response. Organic: a response that would have come anyway. Campaign-driven: a response because of the campaign.",
    );
    section(
        "Three kinds of customers",
        "The share of each segment as it was recorded, after missing campaign labels were filled in, and as the model names it.",
        &html!("<p class=\"legend\">{}</p>{}{}{}", legend, pictures, table, remark),
    )
}

/// The shares of the segments by each count of them.
fn lines(report: &Report) -> Vec<(&'static str, [f64; 3])> {
    let exposed = report.exposure.map(|exposure| {
        [
            ("recorded, of those sent the campaign", exposure.observed[1]),
            ("corrected, of those sent the campaign", exposure.corrected[1]),
        ]
    });
    let predicted = ("predicted, if all are sent the campaign", report.segments.given);
    let share = |(name, sizes): (&'static str, [f64; 3])| {
        let total: f64 = sizes.iter().sum();
        (total > 0.0).then(|| (name, sizes.map(|size| size / total)))
    };
    exposed.into_iter().flatten().chain([predicted]).filter_map(share).collect()
}
