//! A plot with two axes.
//!
//! Places are percentages of the plot's box, so that it fits a desktop, a phone and paper while its texts
//! keep their size. Lines are drawn in a picture of 100 by 100 that is stretched to the box.

use super::scale::Scale;
use crate::{
    html::{Markup, html},
    number::fixed,
};

/// The end of a text that stands at its place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A plot that marks are added to.
pub(crate) struct Plot {
    title: String,
    height: &'static str,
    x: Scale,
    y: Scale,
    x_title: String,
    y_title: String,
    axes: Vec<Markup>,
    marks: Vec<Markup>,
}

impl Plot {
    /// A plot without marks. `title` says to those who cannot see it what it shows.
    pub fn new(title: &str, (x, x_title): (Scale, &str), (y, y_title): (Scale, &str)) -> Self {
        Self {
            title: title.to_owned(),
            height: "tall",
            x,
            y,
            x_title: x_title.to_owned(),
            y_title: y_title.to_owned(),
            axes: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Makes it one of several side by side.
    pub fn small(mut self) -> Self {
        self.height = "small";
        self
    }

    /// Adds the lines and figures of the vertical axis.
    pub fn y_axis(mut self) -> Self {
        let decimals = self.y.decimals();
        for tick in self.y.ticks() {
            let place = 100.0 - self.y.place(tick);
            let class = if tick.abs() < 1e-9 { "zero" } else { "grid" };
            self.axes.push(html!(
                "<line class=\"{}\" x1=\"0\" x2=\"100%\" y1=\"{}%\" y2=\"{}%\"/><text x=\"0\" dx=\"-8\" y=\"{}%\" dy=\"4\" text-anchor=\"end\">{}</text>",
                class,
                plain(place),
                plain(place),
                plain(place),
                fixed(tick, decimals)
            ));
        }
        self
    }

    /// Adds a text below the horizontal axis.
    pub fn x_tick(&mut self, figure: f64, text: &str, anchor: Anchor) {
        self.axes.push(html!(
            "<text x=\"{}%\" y=\"100%\" dy=\"18\" text-anchor=\"{}\">{}</text>",
            plain(self.x.place(figure)),
            anchor.name(),
            text
        ));
    }

    /// Adds a text below each tick of the horizontal axis.
    pub fn x_axis(mut self, text: impl Fn(f64) -> String) -> Self {
        let ticks: Vec<f64> = self.x.ticks().collect();
        let last = ticks.len().saturating_sub(1);
        for (place, tick) in ticks.into_iter().enumerate() {
            let anchor = match place {
                0 => Anchor::Start,
                _ if place == last => Anchor::End,
                _ => Anchor::Middle,
            };
            self.x_tick(tick, &text(tick), anchor);
        }
        self
    }

    /// Adds a line through points.
    pub fn line(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        let path = self.path(points);
        self.marks.push(stretched(&html!("<path class=\"line {}\" d=\"{}\"/>", class, path)));
    }

    /// Adds the band between two lines, whose points are (place, low, high).
    pub fn band(&mut self, class: &str, points: &[(f64, f64, f64)]) {
        let lows = points.iter().map(|&(x, low, _)| (x, low));
        let highs = points.iter().rev().map(|&(x, _, high)| (x, high));
        let path = self.path(lows.chain(highs));
        self.marks.push(stretched(&html!("<path class=\"band {}\" d=\"{}Z\"/>", class, path)));
    }

    /// Adds a dot.
    pub fn dot(&mut self, class: &str, (x, y): (f64, f64)) {
        self.marks.push(html!(
            "<circle class=\"dot {}\" cx=\"{}%\" cy=\"{}%\" r=\"4.5\"/>",
            class,
            plain(self.x.place(x)),
            plain(100.0 - self.y.place(y))
        ));
    }

    /// Adds a vertical bar from one figure to another, such as a margin.
    pub fn whisker(&mut self, class: &str, x: f64, (low, high): (f64, f64)) {
        let x = plain(self.x.place(x));
        self.marks.push(html!(
            "<line class=\"whisker {}\" x1=\"{}%\" x2=\"{}%\" y1=\"{}%\" y2=\"{}%\"/>",
            class,
            x,
            x,
            plain(100.0 - self.y.place(low)),
            plain(100.0 - self.y.place(high))
        ));
    }

    /// Adds a short level line, around a place, that is this part of the axis wide.
    pub fn level(&mut self, class: &str, (x, y): (f64, f64), width: f64) {
        let (place, y) = (self.x.place(x), plain(100.0 - self.y.place(y)));
        self.marks.push(html!(
            "<line class=\"level {}\" x1=\"{}%\" x2=\"{}%\" y1=\"{}%\" y2=\"{}%\"/>",
            class,
            plain(place - 50.0 * width),
            plain(place + 50.0 * width),
            y,
            y
        ));
    }

    /// The finished plot.
    pub fn finish(self) -> Markup {
        let axes: Markup = self.axes.into_iter().collect();
        let marks: Markup = self.marks.into_iter().collect();
        let x_title =
            (!self.x_title.is_empty()).then(|| html!("<p class=\"x-title\">{}</p>", self.x_title));
        html!(
            "<div class=\"chart\"><p class=\"y-title\">{}</p><div class=\"plot {}\"><svg role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"100%\">{}{}</svg></div>{}</div>",
            self.y_title,
            self.height,
            self.title,
            axes,
            marks,
            x_title
        )
    }

    fn path(&self, points: impl IntoIterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for (x, y) in points {
            path.push(if path.is_empty() { 'M' } else { 'L' });
            path.push_str(&format!(
                "{} {}",
                plain(self.x.place(x)),
                plain(100.0 - self.y.place(y))
            ));
        }
        path
    }
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

fn stretched(drawing: &Markup) -> Markup {
    html!(
        "<svg class=\"stretched\" width=\"100%\" height=\"100%\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\">{}</svg>",
        drawing
    )
}

/// A coordinate.
fn plain(place: f64) -> String {
    let text = format!("{place:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
