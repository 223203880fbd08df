//! What a model's intent rests on: for one customer, and for all.

use two_stage::{features::Value, scorer::Scorer};

use crate::{
    call::{Call, SqlResult, float8_value, sql_function, text_value},
    inspect::model_of,
    site::{Question, Site},
};

sql_function!(explain_customer);
sql_function!(feature_importance);

/// The contributions of the features, the largest first.
fn explain_customer(call: &Call) -> SqlResult {
    let site = Site::of(call, 1)?;
    let contributions = site.ask(call, &Explained)?;
    let texts = site.texts(call)?;
    let model = site.model()?;
    let mut order: Vec<usize> = (0..contributions.len()).collect();
    order.sort_by(|&a, &b| contributions[b].abs().total_cmp(&contributions[a].abs()));
    call.return_table(|table| {
        for place in order {
            let feature = text_value(&model.columns()[place].name)?;
            table.push(&[Some(feature), texts[place], Some(float8_value(contributions[place]))])?;
        }
        Ok(())
    })
}

/// Each feature's share, the largest first.
fn feature_importance(call: &Call) -> SqlResult {
    let model = &model_of(call)?.model;
    let shares = &model.report().importance;
    let mut features: Vec<_> = model.columns().iter().zip(shares).collect();
    features.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    call.return_table(|table| {
        for (column, &share) in features {
            table.push(&[Some(text_value(&column.name)?), Some(float8_value(share))])?;
        }
        Ok(())
    })
}

struct Explained;

impl Question for Explained {
    type Answer = Vec<f64>;

    fn ask<'v>(
        &self,
        scorer: &mut Scorer,
        values: impl Iterator<Item = Value<'v>>,
    ) -> two_stage::Result<Vec<f64>> {
        scorer.explain(values, &mut || {
            pgrx::check_for_interrupts!();
        })
    }
}
