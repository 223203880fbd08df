//! `choose_campaign`: the campaign of one customer, by the prices of a plan.

use decision::plan::{benefit, check_pair, cost};

use super::stored_plan::{StoredPlan, UsedPlan};
use crate::pg::{Call, Failure, ResultRow, SqlResult, SqlState, SqlValue, sql_function};

sql_function!(choose_campaign);

/// The columns of `chosen_campaign`.
const COLUMNS: [&str; 4] = ["campaign", "benefit", "cost", "advantage"];

/// The places of the arguments.
const BENEFITS: usize = 0;
const COSTS: usize = 1;
const PLAN: usize = 2;
const GROUP: usize = 3;

/// The result's columns and the plan, which a call site keeps from row to row.
struct Site {
    row: ResultRow,
    plan: UsedPlan,
}

/// Chooses a campaign: `(benefits, costs, plan [, customer_group])`.
fn choose_campaign(call: &Call) -> SqlResult {
    let site = call.site(|| {
        let row = call.in_site_memory(|| ResultRow::of(call, &COLUMNS))?;
        Ok(Site { row, plan: UsedPlan::default() })
    })?;
    let Some(plan) = site.plan.of_call(call, PLAN)? else { return Ok(None) };
    let values = chosen(call, plan)?;
    site.row.form(&values).map(Some)
}

fn chosen(call: &Call, plan: &StoredPlan) -> Result<[Option<SqlValue>; 4], Failure> {
    let (Some(benefits), Some(costs)) = (call.float8s(BENEFITS)?, call.float8s(COSTS)?) else {
        return Ok([None; 4]);
    };
    check_pair(benefits.len(), costs.len())?;
    if benefits.len() != plan.campaigns.len() {
        return Err(other_campaigns(benefits.len(), plan.campaigns.len()));
    }
    let pairs = || benefits.iter().zip(&costs);
    let benefits: Vec<f64> = pairs().map(benefit).collect::<Result<_, _>>()?;
    let costs: Vec<f64> = pairs().map(cost).collect::<Result<_, _>>()?;
    let group = if call.argument_count() > GROUP { call.text(GROUP)? } else { None };
    let subsidy = group.map_or(0.0, |group| plan.subsidy(group));
    let Some(choice) = plan.prices.choose(&benefits, &costs, subsidy) else { return Ok([None; 4]) };
    Ok([
        Some(SqlValue::text(&plan.campaigns[choice.campaign])?),
        Some(SqlValue::float8(benefits[choice.campaign])),
        Some(SqlValue::float8(costs[choice.campaign])),
        Some(SqlValue::float8(choice.advantage)),
    ])
}

fn other_campaigns(given: usize, planned: usize) -> Failure {
    Failure::new(
        SqlState::ERRCODE_ARRAY_ELEMENT_ERROR,
        format!("benefits have {given} elements, but the plan has {planned} campaigns"),
    )
    .with_hint("Pass one benefit and one cost for each campaign of the plan, in their order.")
}
