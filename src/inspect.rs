//! Looking into a model: what its training counted and found, its features, and its history. Each
//! function takes a model's name or its value; its columns stay as they are for ever.

use pgrx::{
    IntoDatum,
    pg_sys::{self, Datum},
};
use two_stage::model::{Comparison, Intent, LabelFrequency, Report, Stage, TwoStageModel};

use crate::{
    cache::{self, CachedModel},
    call::{Call, SqlResult, float8_value, sql_function, text_array, text_value},
    options,
    registry::Registry,
    report::Failure,
};

sql_function!(model_info);
sql_function!(model_features);
sql_function!(training_history);

type Row = Vec<Option<Datum>>;

fn model_info(call: &Call) -> SqlResult {
    let model = &model_of(call)?.model;
    call.return_table(|table| table.push(&info(model)?))
}

fn model_features(call: &Call) -> SqlResult {
    let model = &model_of(call)?.model;
    call.return_table(|table| {
        let columns = model.columns().iter().zip(model.encodings()).enumerate();
        for (place, (column, encoding)) in columns {
            table.push(&[
                Some(Datum::from(place as i32 + 1)),
                Some(text_value(&column.name)?),
                Some(text_value(column.kind.name())?),
                Some(text_value(encoding.transformation)?),
                Some(Datum::from(encoding.inputs as i32)),
                encoding.mean.map(float8_value),
                encoding.deviation.map(float8_value),
                Some(texts(&encoding.levels)?),
                Some(Datum::from(encoding.has_missing)),
            ])?;
        }
        Ok(())
    })
}

fn training_history(call: &Call) -> SqlResult {
    let model = &model_of(call)?.model;
    call.return_table(|table| {
        for epoch in &model.report().history {
            table.push(&[
                Some(text_value(epoch.stage.name())?),
                Some(Datum::from(i32::from(epoch.member))),
                Some(Datum::from(epoch.epoch as i32)),
                Some(float8_value(epoch.training_loss)),
                epoch.validation_loss.map(float8_value),
                epoch.corrected.map(Datum::from),
                Some(Datum::from(epoch.kept)),
            ])?;
        }
        Ok(())
    })
}

/// The model that the only argument names or is.
pub fn model_of(call: &Call) -> Result<std::rc::Rc<CachedModel>, Failure> {
    let argument = call.bytes(0).ok_or_else(|| Failure::internal("declared without STRICT"))?;
    if call.declared_types()?.first() == Some(&pg_sys::TEXTOID) {
        cache::parse(&Registry::of(call)?.active(argument)?)
    } else {
        cache::parse(argument)
    }
}

/// The one row of `model_info`, in the order of its columns.
fn info(model: &TwoStageModel) -> Result<Row, Failure> {
    let report = model.report();
    let mut row = counts(report);
    row.push(Some(text_value(report.mode.name())?));
    row.extend(label_frequency(model)?);
    let slope = match model.intent() {
        Intent::Rescaled(slope) => Some(slope),
        _ => None,
    };
    row.extend([
        report.campaign_share.map(|(share, _)| float8_value(share)),
        report.campaign_share.map(|(_, error)| float8_value(error)),
        Some(Datum::from(report.corrected)),
        Some(float8_value(report.corrected_total)),
        slope.map(|slope| float8_value(slope.slope)),
        slope.map(|slope| float8_value(slope.ratio)),
    ]);
    for stage in [Stage::LabelCorrection, Stage::Segmentation] {
        row.extend(stage_columns(model, stage)?);
    }
    for comparison in report.comparison.iter().map(Some).chain([None; 3]).take(3) {
        row.extend(comparison_columns(comparison));
    }
    row.extend([
        Some(Datum::from(model.columns().len() as i32)),
        Some(texts(&report.constant_features)?),
        Some(texts(&report.warnings)?),
        Some(options::jsonb_value(&model.options().to_json())?),
    ]);
    Ok(row)
}

fn counts(report: &Report) -> Row {
    let counts = &report.counts;
    [
        counts.read,
        report.rows,
        counts.null_features,
        counts.unlabelled,
        counts.zero_weight,
        counts.unknown_exposure,
        report.rows_engaged,
        report.rows_labelled,
    ]
    .map(|count| Some(Datum::from(count)))
    .into()
}

/// c, and where `attribution_by` was given its feature, its values and their c.
fn label_frequency(model: &TwoStageModel) -> Result<Row, Failure> {
    let frequency = model.report().label_frequency.as_ref();
    let mean = frequency.map(|frequency| float8_value(frequency.mean()));
    let Some(LabelFrequency::Grouped { column, groups, .. }) = frequency else {
        return Ok(vec![mean, None, None, None]);
    };
    let name = model.columns().get(*column).map(|column| text_value(&column.name)).transpose()?;
    let values: Vec<Option<String>> = groups.iter().map(|(value, _)| value.text()).collect();
    let frequencies: Vec<f64> = groups.iter().map(|(_, c)| *c).collect();
    let values = text_array(values.iter().map(Option::as_deref))?;
    Ok(vec![mean, name, Some(values), frequencies.into_datum()])
}

/// Epochs, the one that was kept, its validation loss, and why the stage stopped: of its first
/// member.
fn stage_columns(model: &TwoStageModel, stage: Stage) -> Result<Row, Failure> {
    let epochs: Vec<_> = model
        .report()
        .history
        .iter()
        .filter(|epoch| epoch.stage == stage && epoch.member == 0)
        .collect();
    if epochs.is_empty() {
        return Ok(vec![None; 4]);
    }
    let kept = epochs.iter().find(|epoch| epoch.kept);
    let stopped = if epochs.len() < model.options().epochs { "patience" } else { "epochs" };
    Ok(vec![
        Some(Datum::from(epochs.len() as i32)),
        kept.map(|epoch| Datum::from(epoch.epoch as i32)),
        kept.and_then(|epoch| epoch.validation_loss).map(float8_value),
        Some(text_value(stopped)?),
    ])
}

fn comparison_columns(comparison: Option<&Comparison>) -> [Option<Datum>; 3] {
    [
        comparison.and_then(|c| c.auc).map(float8_value),
        comparison.map(|c| float8_value(c.macro_f1)),
        comparison.and_then(|c| c.qini).map(float8_value),
    ]
}

fn texts(of: &[String]) -> Result<Datum, Failure> {
    text_array(of.iter().map(|text| Some(text.as_str())))
}
