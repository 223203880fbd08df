//! `model_summary`: a training in plain words, for those who will use the model.

use std::cmp::Ordering;

use report::{Verdict, grouped, qini};
use two_stage::model::{Comparison, Mode, Report, TwoStageModel};

use super::argument::load_inspected;
use crate::pg::{Call, SqlResult, SqlValue, sql_function};

sql_function!(model_summary);

/// A line: its topic, item and value.
type Line = (&'static str, String, String);

fn model_summary(call: &Call) -> SqlResult {
    let model = &load_inspected(call)?;
    call.return_table(&["topic", "item", "value"], |table| {
        for (topic, item, value) in lines(model) {
            let line = [topic, item.as_str(), value.as_str()];
            let [topic, item, value] = line.map(SqlValue::text);
            table.push(&[Some(topic?), Some(item?), Some(value?)])?;
        }
        Ok(())
    })
}

fn lines(model: &TwoStageModel) -> Vec<Line> {
    let report = model.report();
    let verdict = Verdict::of(model);
    let mut lines = vec![line("result", "does it work", verdict.in_short())];
    lines.extend(qini(report).map(ranking));
    lines.extend(measures(report));
    lines.extend(rows(model));
    lines.extend(campaign(model));
    if !report.warnings.is_empty() {
        lines.push(line("next step", "first", "read the warnings below"));
    }
    lines.push(line("next step", "then", verdict.next_step()));
    let warnings = report.warnings.iter().enumerate();
    lines.extend(
        warnings.map(|(place, warning)| ("warning", (place + 1).to_string(), warning.clone())),
    );
    lines
}

fn line(topic: &'static str, item: &str, value: impl Into<String>) -> Line {
    (topic, item.to_owned(), value.into())
}

/// Describes the figure that the verdict rests on.
fn ranking((qini, error): (f64, f64)) -> Line {
    let value = format!("{qini:.4} ± {error:.4} (0 is chance, ± one standard error)");
    line("result", "Qini of the ranking", value)
}

/// Describes the measures of the model beside those of the standard models on the same rows.
fn measures(report: &Report) -> Vec<Line> {
    type Measure = fn(&Comparison) -> Option<String>;
    let measures: [(&str, &str, Measure); 2] = [
        ("Qini on held-out rows", "0 is chance, ± one standard error", |model| {
            Some(format!("{:.4} ± {:.4}", model.qini?, model.qini_se?))
        }),
        ("AUC of campaign_intent on held-out rows", "0.5 is chance", |model| {
            Some(format!("{:.4}", model.auc?))
        }),
    ];
    let describe = |(item, chance, measure): (&'static str, &str, Measure)| {
        let mut figures = report
            .comparison
            .iter()
            .filter_map(|model| Some(format!("{} {}", model.model, measure(model)?)))
            .peekable();
        figures.peek()?;
        let figures: Vec<_> = figures.collect();
        let value =
            format!("{} ({chance}; one split, small differences mean little)", figures.join(", "));
        Some(line("result", item, value))
    };
    measures.into_iter().filter_map(describe).collect()
}

fn rows(model: &TwoStageModel) -> Vec<Line> {
    let report = model.report();
    let counts = &report.counts;
    let mode = match report.mode {
        Mode::Exposure => "compares those sent the campaign with those not sent it (exposure)",
        Mode::Simple => "learns from the campaign labels alone (simple)",
    };
    let mut lines = vec![
        line("training", "mode", mode),
        line("training", "features", model.columns().len().to_string()),
        line("training", "rows read", grouped(counts.read)),
        line("training", "rows used", grouped(report.rows)),
        line("training", "of them engaged", grouped(report.rows_engaged)),
        line("training", "of them labelled campaign_driven", grouped(report.rows_labelled)),
    ];
    lines.extend(report.customers.map(|count| line("training", "customers", grouped(count))));
    let left_out = [
        ("left out: no features", counts.null_features),
        ("left out: outcome not known", counts.unlabelled),
        ("left out: weight 0", counts.zero_weight),
        ("left out: exposure nearly certain", counts.no_overlap),
    ];
    let given = left_out.into_iter().filter(|(_, count)| *count > 0);
    lines.extend(given.map(|(item, count)| line("training", item, grouped(count))));
    lines
}

fn campaign(model: &TwoStageModel) -> Vec<Line> {
    let report = model.report();
    let share = report.campaign_share.map(|(share, error)| {
        let percent = |share: f64, error: f64| {
            format!("{:.0} %, standard error {:.0} %", 100.0 * share, 100.0 * error)
        };
        let figures = percent(share, error);
        let value = match report.mean_effect() {
            _ if report.shows_no_effect() => format!("nothing measurable ({figures})"),
            Some(Ordering::Less) => {
                let others = 1.0 - share;
                let less = percent(-share / others, error / (others * others));
                format!("those sent it engage less than the others, by {less}")
            }
            Some(Ordering::Equal) => {
                format!("nothing measurable on average, but customers differ ({figures})")
            }
            _ => format!("this share of the engagement of those sent it: {figures}"),
        };
        line("campaign", "caused", value)
    });
    let frequency = model.mean_label_frequency().map(|frequency| {
        let value = format!("{:.0} % of the customers whom the campaign moved", 100.0 * frequency);
        line("campaign", "labels reached", value)
    });
    share.into_iter().chain(frequency).chain(put_off(report)).collect()
}

/// Says how many customers the campaign puts off, if that was tested.
fn put_off(report: &Report) -> Option<Line> {
    let findings = report.uplift.filter(|findings| findings.put_off_ratio.is_some())?;
    let value = if findings.puts_off {
        let count = grouped(findings.rows_put_off.round() as u64);
        let what = if report.customers.is_some() { "rows" } else { "customers" };
        format!("about {count} {what}, whose campaign_uplift is negative: leave them out")
    } else {
        "not shown for anybody, which does not prove that there is none".to_owned()
    };
    Some(line("campaign", "put off", value))
}
