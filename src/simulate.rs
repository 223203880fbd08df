//! `simulate_customers`: simulated customers whose true segment is known.

use two_stage::{
    column::Kind,
    simulate::{Customer, FEATURES, Simulator},
};

use crate::pg::{
    Call, Failure, Scratch, SqlResult, SqlState, SqlValue, check_for_interrupts, sql_function,
};

sql_function!(simulate_customers);

/// The number of customers between two polls for interrupts.
const BETWEEN_POLLS: u64 = 256;

fn simulate_customers(call: &Call) -> SqlResult {
    let (Some(count), Some(missing_rate), Some(exposed_share), Some(seed)) =
        (call.int8(0), call.float8(1), call.float8(2), call.int8(3))
    else {
        return Err(Failure::internal("declared without STRICT"));
    };
    let count = u64::try_from(count).map_err(|_| negative(count))?;
    let simulator = Simulator::new(missing_rate, exposed_share, seed.cast_unsigned())?;
    let names: Vec<&str> = ["customer_id"]
        .into_iter()
        .chain(FEATURES.iter().map(|(name, _)| *name))
        .chain(["exposed", "observed_segment", "true_segment"])
        .collect();
    call.return_table(&names, |table| {
        // The texts of rows are freed at the next poll.
        let mut memory = Scratch::new("simulate_customers");
        for index in 0..count {
            if index % BETWEEN_POLLS == 0 {
                check_for_interrupts();
                memory.clear();
            }
            let customer = simulator.customer(index);
            memory.run(|| table.push(&row(index, &customer)?))?;
        }
        Ok(())
    })
}

fn negative(count: i64) -> Failure {
    Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("the number of customers cannot be {count}"),
    )
    .with_hint("Pass 0 or more.")
}

/// Makes the values of a customer's columns.
fn row(index: u64, customer: &Customer) -> Result<Vec<Option<SqlValue>>, Failure> {
    let mut values = Vec::with_capacity(FEATURES.len() + 4);
    values.push(Some(SqlValue::count(index + 1)));
    let features = FEATURES.iter().zip(&customer.features);
    values.extend(features.map(|((_, kind), &value)| match kind {
        Kind::Boolean => Some(SqlValue::boolean(value != 0.0)),
        _ => Some(SqlValue::float8(value)),
    }));
    values.push(Some(SqlValue::boolean(customer.exposed)));
    values.push(Some(SqlValue::text(customer.observed.name())?));
    values.push(Some(SqlValue::text(customer.truth.name())?));
    Ok(values)
}
