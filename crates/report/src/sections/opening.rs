//! The opening: the verdict in three sentences, the figures behind it, and the warnings.

use std::cmp::Ordering;

use two_stage::model::{Report, UpliftCurve};

use crate::{
    html::{Markup, html},
    number::{grouped, per_thousand, percent_with_margin},
    subject::{Subject, gain_at, gain_at_random},
    verdict::Verdict,
};

/// The share of customers that the page gives as an example.
pub(super) const EXAMPLE: f64 = 0.3;

/// The verdict, and the warnings under it.
pub(crate) fn opening(subject: &Subject) -> Markup {
    let verdict = subject.verdict();
    let warnings = &subject.model.report().warnings;
    let list: Markup = warnings.iter().map(|warning| html!("<li>{}</li>", warning)).collect();
    let warnings = (!warnings.is_empty()).then(|| {
        html!("<div class=\"warnings\"><h3>Warnings of the training</h3><ul>{}</ul></div>\n", list)
    });
    html!(
        "<section class=\"verdict {}\"><h2>{}</h2><p>{} {} {}</p>{}</section>\n{}",
        tone(verdict),
        headline(verdict, subject),
        effect(subject),
        ranking(verdict, subject),
        next(verdict, subject),
        tiles(verdict, subject),
        warnings
    )
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ranks => "good",
        Verdict::EngageLess => "bad",
        _ => "open",
    }
}

fn headline(verdict: Verdict, subject: &Subject) -> &'static str {
    let works = subject.model.report().mean_effect() == Some(Ordering::Greater);
    match verdict {
        Verdict::Ranks if subject.model.puts_off() => {
            "It seems to work, but some customers are put off"
        }
        Verdict::Ranks => "It seems to work",
        Verdict::NoEffect => "No effect seen",
        Verdict::EngageLess => "Those who got the campaign engage less",
        Verdict::EqualUplift if works => "The campaign works, but nobody stands out",
        Verdict::EqualUplift => "Nobody stands out",
        Verdict::NobodyLeftOut => "Effect unknown: nobody was left out",
        Verdict::RankingNotShown if works => {
            "The campaign works, but choosing customers is not shown to help"
        }
        Verdict::RankingNotShown => "Choosing customers is not shown to help",
        Verdict::TooFewRows => "Too few customers to tell",
    }
}

/// The first sentence: the effect of the campaign on average.
fn effect(subject: &Subject) -> String {
    let report = subject.model.report();
    let (Some((share, error)), Some(sign)) = (report.campaign_share, report.mean_effect()) else {
        return "Every customer was sent the campaign, so what it causes cannot be told from what customers do anyway.".to_owned();
    };
    let figure = percent_with_margin(share, error);
    match sign {
        Ordering::Greater => {
            format!("The campaign caused {figure} of the engagement of those who were sent it.")
        }
        Ordering::Equal if report.shows_no_effect() => format!(
            "Those who were sent the campaign did not engage measurably more than the others: its share of their engagement is {figure}, which may well be nothing."
        ),
        Ordering::Equal => format!(
            "On average the campaign shows no effect (its share of engagement is {figure}), but customers differ in what it does to them."
        ),
        Ordering::Less => {
            let others = 1.0 - share;
            let less = percent_with_margin(-share / others, error / (others * others));
            format!(
                "Those who were sent the campaign engaged less often than the others, by {less}."
            )
        }
    }
}

/// The second sentence: whom the model finds.
fn ranking(verdict: Verdict, subject: &Subject) -> String {
    let compared = subject.curve().map(compared).unwrap_or_default();
    match verdict {
        Verdict::Ranks => {
            format!("Choosing customers by the model beats choosing them at random{compared}.")
        }
        Verdict::RankingNotShown => {
            format!("Choosing customers by the model is not shown to beat chance{compared}.")
        }
        Verdict::NoEffect => "So there is no effect by which customers could be ranked.".to_owned(),
        Verdict::EqualUplift => {
            "The model gives every customer the same uplift, so it prefers nobody.".to_owned()
        }
        Verdict::NobodyLeftOut => from_labels(subject.model.report()),
        Verdict::EngageLess => {
            "Either the campaign keeps customers away, or it is recorded the wrong way round who was sent it.".to_owned()
        }
        Verdict::TooFewRows => {
            "Too few customers were held out to tell how good the ranking is.".to_owned()
        }
    }
}

/// The gain of the customers ranked highest beside that of others.
fn compared(curve: &UpliftCurve) -> String {
    let (model, model_error) = gain_at(curve, EXAMPLE);
    let (random, random_error) = gain_at_random(curve, EXAMPLE);
    format!(
        ": the 30\u{a0}% whom it ranks highest bring {} extra engagements per 1,000 customers on the list, against {} for a random 30\u{a0}%",
        per_thousand(model, model_error),
        per_thousand(random, random_error)
    )
}

fn from_labels(report: &Report) -> String {
    format!(
        "The ranking rests on the campaign labels alone, which {} of {} engaged customers carry.",
        grouped(report.rows_labelled),
        grouped(report.rows_engaged)
    )
}

/// The third sentence: the next step.
fn next(verdict: Verdict, subject: &Subject) -> String {
    let report = subject.model.report();
    let put_off = report.uplift.filter(|uplift| uplift.puts_off).map(|uplift| {
        let what = if report.customers.is_some() { "rows" } else { "customers" };
        format!("about {} {what}", grouped(uplift.rows_put_off.round() as u64))
    });
    match (verdict, put_off) {
        (Verdict::Ranks | Verdict::TooFewRows, Some(count)) => format!(
            "Leave out those whose campaign_uplift is negative ({count} of the training are put off by the campaign), contact the highest first, and keep a random tenth without it, so that the next training can measure it again."
        ),
        (Verdict::Ranks | Verdict::TooFewRows, None) => "Contact those with the highest campaign_uplift first, and keep a random tenth without the campaign, so that the next training can measure it again.".to_owned(),
        (Verdict::RankingNotShown, Some(count)) => format!(
            "Leave out those whose campaign_uplift is negative ({count} of the training are put off by the campaign), and train on more customers before choosing among the others."
        ),
        (Verdict::RankingNotShown, None) => "Train on more customers before choosing any by campaign_uplift.".to_owned(),
        (Verdict::NoEffect | Verdict::EqualUplift, _) => "Train on more customers, or on a campaign that was sent to a random part of them.".to_owned(),
        (Verdict::EngageLess, _) => "Check that exposed is true for those who were sent the campaign before anything else.".to_owned(),
        (Verdict::NobodyLeftOut, _) => "Send the next campaign to a random part of the customers, record who was sent it, and train with that.".to_owned(),
    }
}

/// The figures behind the verdict.
fn tiles(verdict: Verdict, subject: &Subject) -> Option<Markup> {
    let report = subject.model.report();
    let (share, error) = report.campaign_share?;
    let mut tiles =
        vec![(percent_with_margin(share, error), "of engagement caused by the campaign")];
    if let Some(curve) = subject.curve() {
        let (all, all_error) = gain_at(curve, 1.0);
        let (best, best_error) = gain_at(curve, EXAMPLE);
        tiles.push((
            per_thousand(all, all_error),
            "extra engagements per 1,000 customers if all are contacted",
        ));
        if matches!(verdict, Verdict::Ranks | Verdict::RankingNotShown) {
            tiles.push((
                per_thousand(best / EXAMPLE, best_error / EXAMPLE),
                "extra engagements per 1,000 contacted among the best 30\u{a0}%",
            ));
        }
    }
    let tiles: Markup = tiles
        .into_iter()
        .map(|(figure, what)| html!("<div><b>{}</b><span>{}</span></div>", figure, what))
        .collect();
    Some(html!("<div class=\"tiles\">{}</div>", tiles))
}
