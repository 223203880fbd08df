//! The page: its head, its sections in order, its foot.

use two_stage::{Result, poll::Poll};

use crate::{
    html::{Markup, html, name},
    number::grouped,
    sections,
    subject::Subject,
};

/// The page of a model. It is ASCII, so that it reads the same in every encoding.
///
/// # Errors
/// If the model gives a customer no finite score, which a forged one may do.
pub fn page(subject: &Subject, poll: Poll) -> Result<String> {
    let body: Markup = [
        header(subject),
        sections::opening(subject),
        sections::uplift(subject),
        sections::calibration(subject),
        sections::customers(subject, poll)?,
        sections::segments(subject),
        sections::labels(subject),
        sections::training(subject),
        sections::quality(subject),
        sections::features(subject),
        sections::usage(subject),
        footer(subject),
    ]
    .into_iter()
    .collect();
    Ok(document(subject, &body).into_ascii())
}

/// The policy in the head forbids what escaping already prevents: anything loaded, anything that runs.
fn document(subject: &Subject, body: &Markup) -> Markup {
    let style = Markup::trusted(include_str!("style.css").to_owned());
    html!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"description\" content=\"{}\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{} – campaign report</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
        subject.verdict().in_short(),
        subject.name.unwrap_or("Campaign model"),
        style,
        body
    )
}

fn header(subject: &Subject) -> Markup {
    let report = subject.model.report();
    let title = subject.name.map_or_else(|| html!("Campaign model"), name);
    let version = subject.version.map(|version| format!("Version {version} · "));
    let columns = subject.model.columns().len();
    let features =
        if columns == 1 { "1 feature".to_owned() } else { format!("{columns} features") };
    let learned_from = match report.customers {
        Some(customers) => {
            format!("{} customers in {} rows", grouped(customers), grouped(report.rows))
        }
        None => format!("{} customers", grouped(report.rows)),
    };
    html!(
        "<header><p class=\"eyebrow\">Campaign report</p><h1>{}</h1><p class=\"muted\">{}Learned from {} with {}</p></header>\n",
        title,
        version,
        learned_from,
        features
    )
}

fn footer(subject: &Subject) -> Markup {
    let origin = subject.model.report().origin.as_ref();
    let version =
        origin.map(|origin| format!(" The model was trained by pg_intent {}.", origin.version));
    html!(
        "<footer><p>A figure after ± is the 95 % margin: 1.96 standard errors. A figure without one has no stored error.{}</p></footer>\n",
        version
    )
}

#[cfg(test)]
mod tests;
