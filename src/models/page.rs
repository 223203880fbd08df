//! `model_report`: a model as one HTML page.

use report::Subject;
use two_stage::poll::Poll;

use super::argument::{ModelArgument, ModelBy, load_inspected};
use crate::pg::{Call, SqlResult, SqlValue, check_for_interrupts, sql_function};

sql_function!(model_report);

fn model_report(call: &Call) -> SqlResult {
    let model = &load_inspected(call)?;
    let by_name = ModelArgument::of(call, 0)?.by == ModelBy::Name;
    let name = if by_name { call.text(0)? } else { None };
    let version = if call.argument_count() > 1 { call.int4(1) } else { None };
    let page = report::page(&Subject { model, name, version }, Poll::new(check_for_interrupts))?;
    Ok(Some(SqlValue::text(&page)?))
}
