//! SQL to use the model.

use two_stage::model::TwoStageModel;

use super::{frame::section, opening::EXAMPLE, sql::literal};
use crate::{
    html::{Markup, html},
    number::percent,
    subject::Subject,
    verdict::Verdict,
};

/// The SQL to use the model, or to train a better one.
pub(crate) fn usage(subject: &Subject) -> Markup {
    let model = literal(subject.name.unwrap_or("my_model"));
    let features = if subject.model.positional() { "c.features" } else { "c" };
    let score = format!(
        "SELECT c.customer_id, s.*\nFROM customers c, score_customer({features}, {model}) s;"
    );
    let mut parts = vec![("Score every customer", score)];
    let verdict = subject.verdict();
    if !matches!(verdict, Verdict::NoEffect | Verdict::EqualUplift | Verdict::EngageLess) {
        parts.push(("List whom to contact, the best 30 %", list(subject.model, features, &model)));
    }
    parts.push((
        "Read more about the training",
        format!("SELECT * FROM model_summary({model});\nSELECT * FROM model_info({model});"),
    ));
    let parts: Markup = parts
        .iter()
        .map(|(title, sql)| {
            html!("<h3>{}</h3><pre tabindex=\"0\"><code>{}</code></pre>", title, sql)
        })
        .collect();
    section("SQL to use it", sentence(subject), &parts)
}

fn sentence(subject: &Subject) -> String {
    let columns = if subject.model.positional() {
        "c.features stands for the array of features in the order of the training"
    } else {
        "customers stands for your table, with the features under their names"
    };
    let name = match (subject.name, subject.version) {
        (None, _) => {
            " Save the model under a name first, by save_model; my_model stands for it.".to_owned()
        }
        (Some(name), Some(version)) => format!(
            " The name stands for its active version: activate_model({}, {version}) makes it this one.",
            literal(name)
        ),
        (Some(_), None) => String::new(),
    };
    format!("Copy, and put in your names: {columns}.{name}")
}

/// The best customers, by the cut-off that the held-out scores give, less a random tenth.
fn list(model: &TwoStageModel, features: &str, name: &str) -> String {
    let salt = literal("next campaign");
    let quantiles = model.report().out_of_fold.as_ref().map(|scores| scores.uplift.as_slice());
    let last = quantiles.map_or(0, |quantiles| quantiles.len().saturating_sub(1));
    let cut_off = quantiles.and_then(|of| of.get(((1.0 - EXAMPLE) * last as f64).round() as usize));
    let cut_off = f64::from(cut_off.copied().unwrap_or_default()).max(0.0);
    format!(
        "-- About {} of the held-out customers score higher than this.\n\
         -- A random tenth is left out, to measure the effect.\n\
         SELECT c.customer_id, u.uplift,\n\
         \x20      NOT assign_holdout(c.customer_id, 0.1, {salt}) AS send\n\
         FROM customers c,\n\
         \x20    LATERAL (SELECT campaign_uplift({features}, {name}) AS uplift) u\n\
         WHERE u.uplift > {cut_off:.4}\n\
         ORDER BY u.uplift DESC;",
        percent(EXAMPLE)
    )
}
