//! The training of the model, and its figures beside those of standard models.

use two_stage::model::{Comparison, Mode, PropensitySource, Report, Stage};

use super::frame::{facts, known, note, section, table};
use crate::{
    html::{Markup, html},
    number::{fixed, grouped, per_thousand, percent},
    subject::Subject,
};

/// The training.
pub(crate) fn training(subject: &Subject) -> Markup {
    let report = subject.model.report();
    let sentence = match report.mode {
        Mode::Exposure => {
            "The model compares customers who were sent the campaign with those who were not. The table sets it beside two standard models, on the same held-out customers."
        }
        Mode::Simple => {
            "The model learns from the campaign labels alone. The table sets it beside two standard models, on the same held-out customers."
        }
    };
    let body = html!(
        "{}{}{}{}",
        facts(counts(report)),
        comparison(&report.comparison),
        stages(report),
        columns(report)
    );
    section("How it was trained", sentence, &body)
}

fn counts(report: &Report) -> Vec<(String, String)> {
    let counts = &report.counts;
    let propensity = report.propensity.map(|source| match source {
        PropensitySource::Constant => "the same for everybody",
        PropensitySource::Given => "given for each customer",
        PropensitySource::Estimated => "estimated from the features",
    });
    let exposed = report.exposure.filter(|_| report.mode == Mode::Exposure);
    let left_out = [
        ("left out: no features", counts.null_features),
        ("left out: outcome not known", counts.unlabelled),
        ("left out: weight 0", counts.zero_weight),
        ("left out: exposure nearly certain", counts.no_overlap),
    ];
    let mut facts = vec![
        ("rows read", grouped(counts.read)),
        ("rows used", grouped(report.rows)),
        ("of them engaged", grouped(report.rows_engaged)),
    ];
    facts.extend(report.customers.map(|customers| ("customers", grouped(customers))));
    facts.extend(exposed.map(|exposure| ("sent the campaign", percent(exposure.exposed_share()))));
    facts.extend(propensity.map(|source| ("chance of being sent it", source.to_owned())));
    let left_out = left_out.into_iter().filter(|(_, count)| *count > 0);
    facts.extend(left_out.map(|(name, count)| (name, grouped(count))));
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn comparison(models: &[Comparison]) -> Option<Markup> {
    let has_any = models.iter().any(|model| model.qini.or(model.auc).is_some());
    let row = |model: &Comparison| {
        let qini = model.qini.zip(model.qini_se).map(|(qini, error)| per_thousand(qini, error));
        let three = |figure: Option<f64>| known(figure.map(|figure| fixed(figure, 3)));
        vec![html!("{}", model.model), known(qini), three(model.auc), three(model.macro_f1)]
    };
    let headings = ["Model", "Qini per 1,000", "AUC of intent", "macro F1 of segments"];
    let remark = note(
        "Qini: extra engagements over a random choice, on average over all shares; 0 is chance. AUC: 0.5 is chance, 1 is perfect. AUC and F1 compare with the labels as recorded, and so count against a model that corrects missing ones; they have no stored error. The two-stage network is one of the model's networks on one split: small differences mean little.",
    );
    has_any.then(|| html!("{}{}", table(&headings, models.iter().map(row)), remark))
}

/// The stages of the first network.
fn stages(report: &Report) -> Markup {
    const STAGES: [Stage; 4] =
        [Stage::Uplift, Stage::LabelCorrection, Stage::Segmentation, Stage::Distillation];
    let rows = STAGES.into_iter().filter_map(|stage| {
        let epochs = report.history.iter().filter(|epoch| epoch.stage == stage);
        let members = epochs.clone().map(|epoch| epoch.member).max()? + 1;
        let first = epochs.clone().filter(|epoch| epoch.member == 0);
        let kept = first.clone().find(|epoch| epoch.kept);
        let loss = kept.and_then(|epoch| epoch.validation_loss);
        Some(vec![
            html!("{}", stage.name()),
            html!("{}", usize::from(members)),
            html!("{}", first.count()),
            known(kept.map(|epoch| (epoch.epoch + 1).to_string())),
            known(loss.map(|loss| fixed(loss, 4))),
        ])
    });
    table(&["Stage", "networks", "epochs of the first", "kept", "its held-out loss"], rows)
}

/// The columns of the training query that had a role.
fn columns(report: &Report) -> Option<Markup> {
    let roles = &report.origin.as_ref()?.roles;
    let roles: Vec<(String, String)> = roles
        .iter()
        .map(|role| (format!("{}, from column", role.role), role.column.clone()))
        .collect();
    (!roles.is_empty()).then(|| facts(roles))
}
