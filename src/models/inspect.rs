//! Describes a model: the counts and results of its training, its features, and its history.

use two_stage::model::{
    Comparison, LabelFrequency, Report, SegmentSizes, Stage, TwoStageModel, UpliftFindings,
};

use super::argument::load_inspected;
use crate::pg::{Call, Failure, SqlResult, SqlValue, sql_function};

sql_function!(model_info);
sql_function!(model_features);
sql_function!(training_history);
sql_function!(feature_importance);

/// The names and values of some columns.
type Columns = Vec<(&'static str, Option<SqlValue>)>;

fn model_info(call: &Call) -> SqlResult {
    let model = &load_inspected(call)?;
    let mut columns = counts(model.report());
    columns.extend(findings(model)?);
    columns.extend(stage_columns(model, Stage::LabelCorrection, STAGE_ONE)?);
    columns.extend(stage_columns(model, Stage::Segmentation, STAGE_TWO)?);
    columns.extend(comparisons(model.report()));
    columns.extend([
        ("features", Some(SqlValue::int4(model.columns().len() as i32))),
        ("constant_features", Some(SqlValue::strings(&model.report().constant_features)?)),
        ("warnings", Some(SqlValue::strings(&model.report().warnings)?)),
        ("options", Some(SqlValue::json(&model.options().to_json())?)),
    ]);
    columns.extend(segment_sizes(model.report())?);
    columns.extend(uplift(model.report()));
    call.return_row(&columns)
}

fn model_features(call: &Call) -> SqlResult {
    const COLUMNS: [&str; 10] = [
        "position",
        "feature",
        "kind",
        "transformation",
        "inputs",
        "mean",
        "deviation",
        "levels",
        "has_missing",
        "type",
    ];
    let model = &load_inspected(call)?;
    let origin = model.report().origin.as_ref();
    call.return_table(&COLUMNS, |table| {
        let columns = model.columns().iter().zip(model.encodings()).enumerate();
        for (place, (column, encoding)) in columns {
            table.push(&[
                Some(SqlValue::int4(place as i32 + 1)),
                Some(SqlValue::text(&column.name)?),
                Some(SqlValue::text(column.kind.name())?),
                Some(SqlValue::text(encoding.transformation)?),
                Some(SqlValue::int4(encoding.inputs as i32)),
                encoding.mean.map(SqlValue::float8),
                encoding.deviation.map(SqlValue::float8),
                Some(SqlValue::strings(&encoding.levels)?),
                Some(SqlValue::boolean(encoding.has_missing)),
                origin.map(|origin| SqlValue::text(&origin.types[place])).transpose()?,
            ])?;
        }
        Ok(())
    })
}

fn training_history(call: &Call) -> SqlResult {
    const COLUMNS: [&str; 7] = [
        "stage",
        "member",
        "epoch",
        "training_loss",
        "validation_loss",
        "labels_corrected",
        "kept",
    ];
    let model = &load_inspected(call)?;
    call.return_table(&COLUMNS, |table| {
        for epoch in &model.report().history {
            table.push(&[
                Some(SqlValue::text(epoch.stage.name())?),
                Some(SqlValue::int4(epoch.member.into())),
                Some(SqlValue::int4(epoch.epoch as i32)),
                Some(SqlValue::float8(epoch.training_loss)),
                epoch.validation_loss.map(SqlValue::float8),
                epoch.corrected.map(SqlValue::count),
                Some(SqlValue::boolean(epoch.kept)),
            ])?;
        }
        Ok(())
    })
}

/// Returns the share of each feature, the largest first.
fn feature_importance(call: &Call) -> SqlResult {
    let model = &load_inspected(call)?;
    let shares = &model.report().importance;
    let mut features: Vec<_> = model.columns().iter().zip(shares).collect();
    features.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    call.return_table(&["feature", "importance"], |table| {
        for (column, &share) in features {
            table.push(&[Some(SqlValue::text(&column.name)?), Some(SqlValue::float8(share))])?;
        }
        Ok(())
    })
}

fn counts(report: &Report) -> Columns {
    let counts = &report.counts;
    let columns = [
        ("rows_read", counts.read),
        ("rows_used", report.rows),
        ("rows_without_features", counts.null_features),
        ("rows_without_segment", counts.unlabelled),
        ("rows_of_zero_weight", counts.zero_weight),
        ("rows_of_unknown_exposure", counts.unknown_exposure),
        ("rows_without_overlap", counts.no_overlap),
        ("rows_engaged", report.rows_engaged),
        ("rows_labelled", report.rows_labelled),
        ("labels_corrected", report.corrected),
    ];
    columns.map(|(name, count)| (name, Some(SqlValue::count(count)))).into()
}

fn findings(model: &TwoStageModel) -> Result<Columns, Failure> {
    let report = model.report();
    let frequency = model.mean_label_frequency();
    let (share, error) = report.campaign_share.unzip();
    let slope = model.intent_slope();
    let mut columns = vec![
        ("mode", Some(SqlValue::text(report.mode.name())?)),
        ("label_frequency", frequency.map(SqlValue::float8)),
        ("campaign_share", share.map(SqlValue::float8)),
        ("campaign_share_error", error.map(SqlValue::float8)),
        ("labels_corrected_total", Some(SqlValue::float8(report.corrected_total))),
        ("intent_slope", slope.map(|slope| SqlValue::float8(slope.slope))),
        ("intent_slope_ratio", slope.map(|slope| SqlValue::float8(slope.ratio))),
    ];
    columns.extend(attribution(model)?);
    let propensity = report.propensity.map(|source| SqlValue::text(source.name()));
    columns.push(("propensity", propensity.transpose()?));
    columns.push(("customers", report.customers.map(SqlValue::count)));
    let exposed_share = report.exposure.map(|exposure| exposure.exposed_share());
    columns.push(("exposed_share", exposed_share.map(SqlValue::float8)));
    let version = report.origin.as_ref().map(|origin| SqlValue::text(&origin.version));
    columns.push(("extension_version", version.transpose()?));
    Ok(columns)
}

/// Returns the findings of the uplift networks, if there were any.
fn uplift(report: &Report) -> Columns {
    let Some(UpliftFindings { slope, put_off_ratio, rows_put_off, .. }) = report.uplift else {
        return Vec::new();
    };
    vec![
        ("uplift_slope", Some(SqlValue::float8(slope.slope))),
        ("uplift_slope_ratio", Some(SqlValue::float8(slope.ratio))),
        ("put_off_ratio", put_off_ratio.map(SqlValue::float8)),
        ("rows_put_off", Some(SqlValue::count(rows_put_off.round() as u64))),
    ]
}

/// Returns the label frequency of each value of `attribution_by`, if that option was given.
fn attribution(model: &TwoStageModel) -> Result<Columns, Failure> {
    let Some(LabelFrequency::Grouped { column, groups, .. }) = model.label_frequency() else {
        return Ok(Vec::new());
    };
    let feature = model.columns().get(*column);
    let values: Vec<Option<String>> = groups.iter().map(|(value, _)| value.text()).collect();
    let values = SqlValue::texts(values.iter().map(Option::as_deref))?;
    let frequencies = SqlValue::float8s(&groups.iter().map(|(_, c)| *c).collect::<Vec<_>>())?;
    Ok(vec![
        ("attribution_by", feature.map(|feature| SqlValue::text(&feature.name)).transpose()?),
        ("attribution_values", Some(values)),
        ("attribution_label_frequencies", Some(frequencies)),
    ])
}

/// The columns of a stage: its epochs, the kept one, its validation loss, and why the stage stopped.
const STAGE_ONE: [&str; 4] = [
    "label_correction_epochs",
    "label_correction_kept_epoch",
    "label_correction_validation_loss",
    "label_correction_stopped_by",
];
const STAGE_TWO: [&str; 4] = [
    "segmentation_epochs",
    "segmentation_kept_epoch",
    "segmentation_validation_loss",
    "segmentation_stopped_by",
];

/// Describes a stage by its first member; returns nothing if the model has no such stage.
fn stage_columns(
    model: &TwoStageModel,
    stage: Stage,
    [epochs, kept_epoch, validation_loss, stopped_by]: [&'static str; 4],
) -> Result<Columns, Failure> {
    let history = model.report().history.iter();
    let run: Vec<_> = history.filter(|epoch| epoch.stage == stage && epoch.member == 0).collect();
    if run.is_empty() {
        return Ok(Vec::new());
    }
    let kept = run.iter().find(|epoch| epoch.kept);
    let reason = if run.len() < model.options().epochs() { "patience" } else { "epochs" };
    Ok(vec![
        (epochs, Some(SqlValue::int4(run.len() as i32))),
        (kept_epoch, kept.map(|epoch| SqlValue::int4(epoch.epoch as i32))),
        (validation_loss, kept.and_then(|epoch| epoch.validation_loss).map(SqlValue::float8)),
        (stopped_by, Some(SqlValue::text(reason)?)),
    ])
}

/// Returns the rule in force, and the sizes of the segments.
fn segment_sizes(report: &Report) -> Result<Columns, Failure> {
    const EXPECTED: [&str; 3] =
        ["expected_low_engagement", "expected_organic", "expected_campaign_driven"];
    const GIVEN: [&str; 3] = ["given_low_engagement", "given_organic", "given_campaign_driven"];
    let SegmentSizes { rule, expected, given } = report.segments;
    let sizes = EXPECTED.into_iter().zip(expected).chain(GIVEN.into_iter().zip(given));
    let mut columns = vec![("segment_rule", Some(SqlValue::text(rule.name())?))];
    columns.extend(sizes.map(|(name, size)| (name, Some(SqlValue::float8(size)))));
    Ok(columns)
}

/// Returns the measures of the model and of the standard models on the same rows.
fn comparisons(report: &Report) -> Columns {
    const COLUMNS: [[&str; 4]; 3] = [
        ["validation_auc", "validation_macro_f1", "validation_qini", "validation_qini_se"],
        ["one_stage_auc", "one_stage_macro_f1", "one_stage_qini", "one_stage_qini_se"],
        ["logistic_auc", "logistic_macro_f1", "logistic_qini", "logistic_qini_se"],
    ];
    let columns = |([auc, macro_f1, qini, qini_se], measured): ([&'static str; 4], &Comparison)| {
        [
            (auc, measured.auc.map(SqlValue::float8)),
            (macro_f1, measured.macro_f1.map(SqlValue::float8)),
            (qini, measured.qini.map(SqlValue::float8)),
            (qini_se, measured.qini_se.map(SqlValue::float8)),
        ]
    };
    COLUMNS.into_iter().zip(&report.comparison).flat_map(columns).collect()
}
