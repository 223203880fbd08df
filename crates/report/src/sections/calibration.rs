//! Predicted against observed figures, by tenths of the customers.

use two_stage::model::Bin;

use super::frame::{key, note, section};
use crate::{
    chart::{Anchor, Plot, Scale},
    html::{Markup, html},
    number::MARGIN,
    subject::Subject,
};

const TITLE: &str = "Does it happen as predicted?";

/// The calibration of the uplift, or without exposure of engagement.
pub(crate) fn calibration(subject: &Subject) -> Markup {
    let evaluation = subject.model.report().evaluation.as_ref();
    let bins = evaluation.map(|evaluation| evaluation.calibration.as_slice()).unwrap_or_default();
    let (what, y_title) = if subject.is_simple() {
        ("engagements", "Engagements per 1,000 customers")
    } else {
        ("extra engagements", "Extra engagements per 1,000 customers contacted")
    };
    let shown: Vec<&Bin> = bins.iter().filter(|bin| bin.observed.is_some()).collect();
    if shown.is_empty() {
        return section(
            TITLE,
            "This cannot be shown: too few customers were held out of the training. Train on more customers.",
            &Markup::default(),
        );
    }
    let sentence = format!(
        "Held-out customers in tenths, from the highest prediction on the left to the lowest: the bars mark the {what} predicted for each tenth, the dots those observed. {}",
        agreement(&shown)
    );
    let picture = picture(&shown, what, y_title);
    let simple = subject.is_simple().then(|| {
        note("Without exposure the page can compare the prediction of engagement alone. What the campaign adds to it is not observed.")
    });
    section(TITLE, sentence, &html!("{}{}{}", picture, legend(), simple))
}

fn legend() -> Markup {
    html!(
        "<p class=\"legend\"><span>{}</span><span>{}</span></p>",
        key("predicted", "predicted"),
        key("observed", "observed, with 1.96 standard errors on each side")
    )
}

/// Counts the tenths whose prediction lies within the margin of what was observed.
fn agreement(bins: &[&Bin]) -> String {
    let agrees = |bin: &&&Bin| {
        let (observed, error) = bin.observed.unwrap_or_default();
        f64::from((bin.predicted - observed).abs()) <= MARGIN * f64::from(error)
    };
    let count = bins.iter().filter(agrees).count();
    if bins.len() == 1 {
        let verb = if count == 1 { "lies" } else { "does not lie" };
        return format!(
            "All customers have the same prediction, and it {verb} within the margin of what was observed."
        );
    }
    format!(
        "In {count} of {} groups the prediction lies within the margin of what was observed.",
        bins.len()
    )
}

fn picture(bins: &[&Bin], what: &str, y_title: &str) -> Markup {
    let figures: Vec<(f64, f64, f64)> = bins
        .iter()
        .map(|bin| {
            let (observed, error) = bin.observed.unwrap_or_default();
            let thousand = |figure: f32| 1000.0 * f64::from(figure);
            (thousand(bin.predicted), thousand(observed), MARGIN * thousand(error))
        })
        .collect();
    let heights = figures.iter().flat_map(|&(predicted, observed, margin)| {
        [predicted, observed - margin, observed + margin]
    });
    let count = figures.len() as f64;
    let mut plot = Plot::new(
        &format!("Predicted and observed {what} by tenths of the customers"),
        (Scale::between(0.0, count, 1.0), "Groups of customers, highest prediction first"),
        (Scale::around(heights, 5), y_title),
    )
    .y_axis();
    for (place, &(predicted, observed, margin)) in figures.iter().enumerate() {
        let x = place as f64 + 0.5;
        plot.x_tick(x, &(place + 1).to_string(), Anchor::Middle);
        plot.level("predicted", (x, predicted), 0.6 / count);
        plot.whisker("observed", x, (observed - margin, observed + margin));
        plot.dot("observed", (x, observed));
    }
    plot.finish()
}
