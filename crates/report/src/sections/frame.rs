//! The frame that sections share: a heading, a sentence that says what is shown, and tables.

use crate::html::{Markup, html};

/// A section of the page.
pub(super) fn section(title: &str, sentence: impl Into<Markup>, body: &Markup) -> Markup {
    html!(
        "<section><h2>{}</h2><p class=\"lead\">{}</p>{}</section>\n",
        title,
        sentence.into(),
        body
    )
}

/// A remark below a picture.
pub(super) fn note(text: &str) -> Markup {
    html!("<p class=\"note\">{}</p>", text)
}

/// A table in a box of its own, which scrolls where the table is wider. The first column has the names.
pub(super) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<Markup>>) -> Markup {
    let headings: Markup =
        headings.iter().map(|heading| html!("<th scope=\"col\">{}</th>", heading)).collect();
    let rows: Markup = rows.into_iter().map(row).collect();
    html!(
        "<div class=\"table\" tabindex=\"0\"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        headings,
        rows
    )
}

fn row(cells: Vec<Markup>) -> Markup {
    let cell = |(place, cell): (usize, Markup)| match place {
        0 => html!("<th scope=\"row\">{}</th>", cell),
        _ => html!("<td>{}</td>", cell),
    };
    let cells: Markup = cells.into_iter().enumerate().map(cell).collect();
    html!("<tr>{}</tr>", cells)
}

/// A list of names and what they are.
pub(super) fn facts(facts: impl IntoIterator<Item = (String, String)>) -> Markup {
    let facts: Markup = facts
        .into_iter()
        .map(|(name, value)| html!("<div><dt>{}</dt><dd>{}</dd></div>", name, value))
        .collect();
    html!("<dl class=\"facts\">{}</dl>", facts)
}

/// A coloured key before a name in a table or a legend.
pub(super) fn key(class: &str, text: &str) -> Markup {
    html!("<span class=\"key {}\"></span>{}", class, text)
}

/// A dash where a figure is not known.
pub(super) fn known(figure: Option<String>) -> Markup {
    html!("{}", figure.unwrap_or_else(|| "–".to_owned()))
}
