//! Small pictures beside a text: a bar, shares of a whole, a histogram.

use crate::html::{Markup, html};

/// A bar of this share of its box.
pub(crate) fn bar(class: &str, share: f64) -> Markup {
    html!(
        "<svg class=\"bar\" width=\"100%\" height=\"12\" aria-hidden=\"true\"><rect class=\"{}\" width=\"{}%\" height=\"12\" rx=\"2\"/></svg>",
        class,
        percentage(share)
    )
}

/// Shares of a whole side by side, each with its class.
pub(crate) fn stack(parts: &[(&str, f64)]) -> Markup {
    let mut start = 0.0;
    let rectangles: Markup = parts
        .iter()
        .map(|&(class, share)| {
            let rectangle = html!(
                "<rect class=\"{}\" x=\"{}%\" width=\"{}%\" height=\"22\"/>",
                class,
                percentage(start),
                percentage(share)
            );
            start += share;
            rectangle
        })
        .collect();
    html!(
        "<svg class=\"stack\" width=\"100%\" height=\"22\" aria-hidden=\"true\">{}</svg>",
        rectangles
    )
}

/// Columns whose heights are in proportion to these sizes.
pub(crate) fn histogram(sizes: &[f64]) -> Markup {
    let most = sizes.iter().copied().fold(0.0, f64::max);
    let width = 100.0 / sizes.len().max(1) as f64;
    let columns: Markup = sizes
        .iter()
        .enumerate()
        .filter(|&(_, &size)| size > 0.0)
        .map(|(place, &size)| {
            let height = (28.0 * size / most).max(1.0);
            html!(
                "<rect class=\"mass\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                format!("{:.1}", place as f64 * width),
                format!("{:.1}", 28.0 - height),
                format!("{:.1}", width * 0.86),
                format!("{height:.1}")
            )
        })
        .collect();
    html!(
        "<svg class=\"histogram\" width=\"100\" height=\"28\" aria-hidden=\"true\">{}</svg>",
        columns
    )
}

fn percentage(share: f64) -> String {
    format!("{:.2}", 100.0 * share.clamp(0.0, 1.0))
}
