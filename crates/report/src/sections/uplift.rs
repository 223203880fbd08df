//! The gain of contacting the customers whom a ranking puts first.

use two_stage::model::{Evaluation, UpliftCurve};

use super::frame::{key, note, section, table};
use crate::{
    chart::{Plot, Scale},
    html::{Markup, html},
    number::{MARGIN, grouped, per_thousand},
    subject::{Subject, gain_at, gain_at_random},
};

const TITLE: &str = "How much more the right customers bring";
const SHARES: [f64; 4] = [0.1, 0.3, 0.5, 1.0];

/// The uplift curves.
pub(crate) fn uplift(subject: &Subject) -> Markup {
    let evaluation = subject.model.report().evaluation.as_ref();
    match evaluation.and_then(|evaluation| Some((evaluation, evaluation.model.as_ref()?))) {
        Some((evaluation, curve)) => measured(evaluation, curve),
        None if subject.is_simple() => section(
            TITLE,
            "This cannot be shown: every customer was sent the campaign, so nobody tells what happens without it. Leave a random tenth out of the next campaign, record who was sent it, and train with that.",
            &Markup::default(),
        ),
        None => section(
            TITLE,
            "This cannot be shown: too few customers were held out of the training. Train on more customers.",
            &Markup::default(),
        ),
    }
}

fn measured(evaluation: &Evaluation, curve: &UpliftCurve) -> Markup {
    let sentence = "Contact customers from the best to the last: the picture shows how many extra engagements the campaign has brought by then, measured on customers whom the scoring networks had not seen. The higher above the dotted line, the better the choice.";
    let body: Markup =
        [picture(evaluation, curve), figures(evaluation, curve), remarks(evaluation, curve)]
            .into_iter()
            .collect();
    section(TITLE, sentence, &body)
}

/// The other rankings, each with its name and class.
fn others(
    evaluation: &Evaluation,
) -> impl Iterator<Item = (&'static str, &'static str, &UpliftCurve)> {
    [
        ("engagement", "most likely to engage", &evaluation.engagement),
        ("logistic", "logistic regression", &evaluation.logistic),
    ]
    .into_iter()
    .filter_map(|(class, name, curve)| Some((class, name, curve.as_ref()?)))
}

/// The points of a curve for 1,000 customers. A curve measured on other rows is drawn by its distance
/// from its own random line.
fn points(curve: &UpliftCurve, total: f64) -> Vec<(f64, f64)> {
    let (own_total, _) = gain_at(curve, 1.0);
    let last = curve.gains.len().saturating_sub(1).max(1) as f64;
    let point = |(place, &gain): (usize, &f32)| {
        let share = place as f64 / last;
        (share, 1000.0 * (f64::from(gain) + share * (total - own_total)))
    };
    curve.gains.iter().enumerate().map(point).collect()
}

fn picture(evaluation: &Evaluation, curve: &UpliftCurve) -> Markup {
    let (total, _) = gain_at(curve, 1.0);
    let own = points(curve, total);
    let band: Vec<(f64, f64, f64)> = own
        .iter()
        .zip(&curve.errors)
        .map(|(&(x, y), &error)| {
            let margin = 1000.0 * MARGIN * f64::from(error);
            (x, y - margin, y + margin)
        })
        .collect();
    let rivals: Vec<_> =
        others(evaluation).map(|(class, _, rival)| (class, points(rival, total))).collect();
    let heights = band.iter().flat_map(|&(_, low, high)| [low, high]);
    let heights = heights.chain(rivals.iter().flat_map(|(_, points)| points.iter().map(|p| p.1)));
    let y = Scale::around(heights, 5);
    let mut plot = Plot::new(
        "Extra engagements by the share of customers contacted, for each ranking; the figures are in the table below",
        (Scale::between(0.0, 1.0, 0.25), "Share of customers contacted, best first"),
        (y, "Extra engagements per 1,000 customers on the list"),
    )
    .y_axis()
    .x_axis(|share| format!("{:.0} %", 100.0 * share));
    plot.band("model", &band);
    plot.line("random", [(0.0, 0.0), (1.0, 1000.0 * total)]);
    for (class, points) in rivals {
        plot.line(class, points);
    }
    plot.line("model", own);
    plot.finish()
}

fn figures(evaluation: &Evaluation, curve: &UpliftCurve) -> Markup {
    let of_curve = |key: Markup, curve: &UpliftCurve| {
        let gains = SHARES.map(|share| gain_at(curve, share));
        let gains = gains.into_iter().map(|(gain, error)| html!("{}", per_thousand(gain, error)));
        let qini = html!("{}", per_thousand(curve.qini, curve.qini_error));
        [key].into_iter().chain(gains).chain([qini]).collect::<Vec<_>>()
    };
    let random = SHARES.map(|share| gain_at_random(curve, share));
    let random = random.into_iter().map(|(gain, error)| html!("{}", per_thousand(gain, error)));
    let random = [key("random", "at random")].into_iter().chain(random).chain([html!("0")]);
    let rows = [of_curve(key("model", "this model"), curve)]
        .into_iter()
        .chain(others(evaluation).map(|(class, name, rival)| of_curve(key(class, name), rival)))
        .chain([random.collect()]);
    table(&["Customers chosen by", "best 10 %", "best 30 %", "best 50 %", "all", "Qini"], rows)
}

fn remarks(evaluation: &Evaluation, curve: &UpliftCurve) -> Markup {
    let fewer = evaluation.logistic.as_ref().filter(|logistic| logistic.rows != curve.rows);
    let fewer = fewer.map(|logistic| {
        format!(
            " The logistic regression was measured on {} of them; its line shows its distance from a random choice there.",
            grouped(logistic.rows)
        )
    });
    note(&format!(
        "Measured on {} held-out rows. Figures are extra engagements per 1,000 customers on the list; the band around the model's line and the figures after ± are 1.96 standard errors. Qini is the mean height above the dotted line over all shares.{}",
        grouped(curve.rows),
        fewer.unwrap_or_default()
    ))
}
