//! The customers whom the campaign moves: the features that matter, and the uplift along the strongest.

use two_stage::{
    Result,
    column::{Column, Kind},
    poll::Poll,
};

use super::{
    frame::{note, section},
    labels::of_kind,
};
use crate::{
    chart::{Anchor, Plot, Scale, bar},
    html::{Markup, html, name},
    number::percent,
    profile::{Level, Point, Profile, profiles},
    subject::Subject,
};

const TITLE: &str = "Who they are";
/// Features with a bar, and with a picture of the uplift along them.
const BARS: usize = 10;
const PICTURES: usize = 4;
/// Values with a name of their own below a picture, at most, and the letters of each.
const NAMED: usize = 5;
const LETTERS: usize = 12;

/// The features that matter.
pub(crate) fn customers(subject: &Subject, poll: Poll) -> Result<Markup> {
    let shares = &subject.model.report().importance;
    let order: Vec<usize> =
        subject.by_importance().into_iter().filter(|&place| shares[place] > 0.0).collect();
    if order.is_empty() {
        return Ok(section(
            TITLE,
            "This cannot be shown: no feature tells customers whom the campaign moves from others. Train on more customers, or with other features.",
            &Markup::default(),
        ));
    }
    let strongest: Vec<usize> = order.iter().copied().take(PICTURES).collect();
    let along = if subject.model.has_equal_uplift() {
        None
    } else {
        Some(along(subject, &profiles(subject.model, &strongest, poll)?))
    };
    let body = html!("{}{}", bars(subject, &order), along);
    Ok(section(
        TITLE,
        "The features that tell customers whom the campaign moves from those who would engage anyway, each with its share of the difference.",
        &body,
    ))
}

fn bars(subject: &Subject, order: &[usize]) -> Markup {
    let shares = &subject.model.report().importance;
    let most = order.first().map_or(1.0, |&place| shares[place]);
    let line = |title: Markup, class: &str, share: f64| {
        html!(
            "<div class=\"bar-line\"><span class=\"bar-name\">{}</span><span class=\"bar-box\">{}</span><span class=\"bar-figure\">{}</span></div>",
            title,
            bar(class, share / most),
            percent(share)
        )
    };
    let shown: Markup = order
        .iter()
        .take(BARS)
        .map(|&place| line(name(&subject.model.columns()[place].name), "main", shares[place]))
        .collect();
    let others = order.len().saturating_sub(BARS);
    let rest: f64 = order.iter().skip(BARS).map(|&place| shares[place]).sum();
    let rest = match others {
        0 => String::new(),
        1 => format!("One more feature makes {}.", percent(rest)),
        _ => format!("The other {others} features together make {}.", percent(rest)),
    };
    html!(
        "<div class=\"bars\">{}</div>{}",
        shown,
        note(&format!("The model stores no error of these shares. {rest}"))
    )
}

fn along(subject: &Subject, profiles: &[Profile]) -> Markup {
    let of_all = profiles.iter().flat_map(|profile| &profile.points);
    let y = Scale::around(of_all.map(|point| 1000.0 * point.uplift), 4);
    let pictures: Markup = profiles.iter().map(|profile| picture(subject, profile, &y)).collect();
    let remark = note(
        "Predicted by the model, not measured, and so without an error: the mean over customers whose other features are drawn from those of the training, one by one. The scale is the same in all pictures.",
    );
    html!(
        "<h3>Predicted extra engagements per 1,000 contacted, along the strongest features</h3><div class=\"pictures\">{}</div>{}",
        pictures,
        remark
    )
}

fn picture(subject: &Subject, profile: &Profile, y: &Scale) -> Markup {
    let column = &subject.model.columns()[profile.column];
    let is_line = profile.points.len() > NAMED
        && profile.points.iter().all(|point| matches!(point.value, Level::Number(_)));
    let plot = if is_line { line(column, profile, y) } else { needles(column, profile, y) };
    html!("<figure><figcaption>{}</figcaption>{}</figure>", name(&column.name), plot.finish())
}

/// The start of a picture.
fn plot(column: &Column, x: (Scale, &str), y: &Scale) -> Plot {
    let title = format!("Predicted extra engagements along {}", column.name);
    Plot::new(&title, x, (y.clone(), "")).small().y_axis()
}

/// A value as a label below a picture.
fn shown(point: &Point, column: &Column) -> String {
    match &point.value {
        Level::Number(number) => of_kind(*number, column.kind),
        Level::Category(text) => shortened(text),
    }
}

/// A line over the customers in the order of their values.
fn line(column: &Column, profile: &Profile, y: &Scale) -> Plot {
    let axis = (Scale::between(0.0, 1.0, 0.25), "customers, lowest value to highest");
    let mut plot = plot(column, axis, y);
    for (point, anchor) in ends_and_middle(&profile.points) {
        plot.x_tick(point.place, &shown(point, column), anchor);
    }
    plot.line("model", profile.points.iter().map(|point| (point.place, 1000.0 * point.uplift)));
    plot
}

/// A needle for each value; categories stand in the order of their uplift.
fn needles(column: &Column, profile: &Profile, y: &Scale) -> Plot {
    let mut points: Vec<&Point> = profile.points.iter().collect();
    if column.kind == Kind::Category {
        points.sort_by(|a, b| b.uplift.total_cmp(&a.uplift));
    }
    let mut plot = plot(column, (Scale::between(0.0, points.len() as f64, 1.0), ""), y);
    let every = points.len().div_ceil(NAMED);
    for (place, point) in points.iter().enumerate() {
        let x = place as f64 + 0.5;
        if place.is_multiple_of(every) {
            plot.x_tick(x, &shown(point, column), Anchor::Middle);
        }
        plot.whisker("main", x, (0.0, 1000.0 * point.uplift));
        plot.dot("main", (x, 1000.0 * point.uplift));
    }
    plot
}

/// The points with a text below them: the outer ones, and the middle one if it is far from them.
fn ends_and_middle(points: &[Point]) -> impl Iterator<Item = (&Point, Anchor)> {
    let off = |point: &&Point| (point.place - 0.5).abs();
    let middle = points.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    let middle = middle.filter(|point| off(point) < 0.2);
    let first = points.first().map(|point| (point, Anchor::Start));
    let last = points.last().map(|point| (point, Anchor::End));
    first.into_iter().chain(middle.map(|point| (point, Anchor::Middle))).chain(last)
}

/// A category as a label below a picture.
fn shortened(text: &str) -> String {
    if text.chars().count() <= LETTERS {
        return text.to_owned();
    }
    let start: String = text.chars().take(LETTERS - 1).collect();
    format!("{}…", start.trim_end())
}
