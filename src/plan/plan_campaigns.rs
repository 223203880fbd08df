//! The aggregate `plan_campaigns`: prices within a budget, caps and floors.

use decision::plan::{Customers, Options, Plan, solve};
use serde::{Deserialize, Serialize};
use two_stage::poll::Poll;

use super::stored_plan::COLUMNS;
use crate::{
    aggregate::{self, Gathered},
    pg::{
        Call, Failure, ResultRow, SqlResult, SqlState, SqlValue, check_for_interrupts,
        json_of_content, notice, settings, sql_function,
    },
};

sql_function!(plan_add);
sql_function!(plan_solve);
aggregate::state_functions!(Planning: plan_merge, plan_serialize, plan_deserialize);

/// The places of the arguments.
const BENEFITS: usize = 1;
const COSTS: usize = 2;
const OPTIONS: usize = 3;
const GROUP: usize = 4;

/// The customers of a plan.
#[derive(Serialize, Deserialize)]
struct Planning {
    customers: Customers,
    /// The options as the first row gave them.
    #[serde(skip)]
    written_options: Vec<u8>,
}

impl Gathered for Planning {
    const AGGREGATE: &'static str = "plan_campaigns";
    const LESS_MEMORY: &'static str = "plan fewer campaigns";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        self.customers.set_poll(Poll::new(check_for_interrupts));
        self.customers.merge(other.customers)
    }

    fn bytes(&self) -> usize {
        self.customers.bytes()
    }

    fn is_sound(&self) -> bool {
        self.customers.is_sound()
    }
}

/// Adds a row: `(state, benefits, costs, options [, customer_group])`.
fn plan_add(call: &Call) -> SqlResult {
    let written = call.bytes(OPTIONS).unwrap_or_default();
    aggregate::add(
        call,
        || start(call, written),
        |planning: &mut Planning| {
            if planning.written_options != written {
                planning.customers.options().require_same(&read_options(call, written)?)?;
            }
            let (Some(benefits), Some(costs)) = (call.float8s(BENEFITS)?, call.float8s(COSTS)?)
            else {
                return Ok(());
            };
            let group = if has_group(call) { call.text(GROUP)? } else { None };
            Ok(planning.customers.push(&benefits, &costs, group)?)
        },
    )
}

fn start(call: &Call, written: &[u8]) -> Result<Planning, Failure> {
    let options = read_options(call, written)?;
    let poll = Poll::new(check_for_interrupts);
    let customers = Customers::new(options, settings::training_memory(), poll);
    Ok(Planning { customers, written_options: written.to_vec() })
}

/// Plans. It only reorders the customers, because a window may add more.
fn plan_solve(call: &Call) -> SqlResult {
    let Some(planning) = aggregate::gathered::<Planning>(call) else { return Ok(None) };
    match solve(&mut planning.customers, Poll::new(check_for_interrupts))? {
        Some(plan) => {
            tell(&plan);
            value(call, &plan).map(Some)
        }
        None => Ok(None),
    }
}

/// Tells what the numbers of a plan do not show.
fn tell(plan: &Plan) {
    if plan.rows_used < plan.rows {
        notice(
            format!(
                "the plan is made with an even sample of {} of {} rows",
                plan.rows_used, plan.rows
            ),
            Some("Raise pg_intent.training_memory to plan with all rows."),
        );
    }
    if let Some(group) = plan.empty_groups.first() {
        notice(format!("group \"{group}\" has a floor, but no customer is of it"), None);
    }
}

fn value(call: &Call, plan: &Plan) -> Result<SqlValue, Failure> {
    let prices = &plan.prices;
    let values = [
        SqlValue::strings(&plan.campaigns)?,
        SqlValue::float8(prices.budget),
        SqlValue::float8s(&prices.campaigns)?,
        SqlValue::strings(&plan.groups)?,
        SqlValue::float8s(&prices.groups)?,
        SqlValue::count(plan.rows),
        SqlValue::count(plan.rows_used),
        SqlValue::counts(&plan.contacts)?,
        SqlValue::float8(plan.cost),
        SqlValue::float8(plan.value),
        SqlValue::float8(plan.value_bound),
    ];
    ResultRow::of(call, &COLUMNS)?.form(&values.map(Some))
}

/// Reads the options from the content of a jsonb; nothing means no options.
fn read_options(call: &Call, written: &[u8]) -> Result<Options, Failure> {
    if written.is_empty() {
        return Ok(Options::default());
    }
    let options = Options::from_json(&json_of_content(written)?)?;
    if options.floors.is_empty() || has_group(call) {
        return Ok(options);
    }
    Err(Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        "option \"floors\" needs the group of each customer",
    )
    .with_hint("Pass customer_group as the fourth argument of plan_campaigns."))
}

fn has_group(call: &Call) -> bool {
    call.argument_count() > GROUP
}
