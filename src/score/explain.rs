//! Explains the intent of one customer.

use two_stage::{column::Value, poll::Poll, scorer::Scorer};

use super::call_site::{CallSite, Question};
use crate::pg::{Call, SqlResult, SqlValue, check_for_interrupts, sql_function};

sql_function!(explain_customer);

/// Returns the contributions of the features, the largest first.
fn explain_customer(call: &Call) -> SqlResult {
    let site = CallSite::of(call, 1)?;
    let contributions = site.ask(call, &Explained)?;
    let texts = site.texts(call)?;
    let model = site.model()?;
    let mut order: Vec<usize> = (0..contributions.len()).collect();
    order.sort_by(|&a, &b| contributions[b].abs().total_cmp(&contributions[a].abs()));
    call.return_table(&["feature", "value", "contribution"], |table| {
        for place in order {
            let feature = SqlValue::text(&model.columns()[place].name)?;
            let contribution = SqlValue::float8(contributions[place]);
            table.push(&[Some(feature), texts[place], Some(contribution)])?;
        }
        Ok(())
    })
}

/// Asks for the contribution of each feature.
struct Explained;

impl Question for Explained {
    type Answer = Vec<f64>;

    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Vec<f64>> {
        scorer.explain(values, Poll::new(check_for_interrupts))
    }
}
