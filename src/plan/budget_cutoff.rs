//! The aggregate `budget_cutoff`: the least benefit per cost within a budget.

use decision::cutoff::Cutoff;
use two_stage::poll::Poll;

use crate::{
    aggregate::{self, Gathered},
    pg::{Call, SqlResult, SqlValue, check_for_interrupts, sql_function},
};

sql_function!(cutoff_add);
sql_function!(cutoff_value);
aggregate::state_functions!(Cutoff: cutoff_merge, cutoff_serialize, cutoff_deserialize);

impl Gathered for Cutoff {
    const AGGREGATE: &'static str = "budget_cutoff";
    const LESS_MEMORY: &'static str = "leave out customers of little benefit for their cost";

    fn merge(&mut self, other: Self) -> two_stage::Result<()> {
        self.set_poll(Poll::new(check_for_interrupts));
        self.merge(other)
    }

    fn bytes(&self) -> usize {
        self.bytes()
    }

    fn is_sound(&self) -> bool {
        self.is_sound()
    }
}

/// Adds a row: `(state, benefit, cost, budget)`.
fn cutoff_add(call: &Call) -> SqlResult {
    let budget = call.float8(3);
    aggregate::add(
        call,
        || Ok(Cutoff::new(budget, Poll::new(check_for_interrupts))?),
        |cutoff: &mut Cutoff| Ok(cutoff.push(call.float8(1), call.float8(2), budget)?),
    )
}

/// Returns the cut-off.
fn cutoff_value(call: &Call) -> SqlResult {
    let Some(cutoff) = aggregate::gathered::<Cutoff>(call) else { return Ok(None) };
    cutoff.set_poll(Poll::new(check_for_interrupts));
    Ok(cutoff.value()?.map(SqlValue::float8))
}
