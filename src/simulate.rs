//! `simulate_customers`: customers to try the extension on.

use pgrx::{
    PgMemoryContexts, PgSqlErrorCode,
    pg_sys::{self, Datum},
};
use two_stage::{
    features::Kind,
    simulate::{Customer, FEATURES, Simulator},
};

use crate::{
    call::{Call, SqlResult, sql_function, text_value},
    report::Failure,
};

sql_function!(simulate_customers);

/// How many customers are made between two looks at whether the user cancels.
const BETWEEN_INTERRUPTS: u64 = 256;

fn simulate_customers(call: &Call) -> SqlResult {
    let (Some(count), Some(missing_rate), Some(exposed_share), Some(seed)) =
        (call.int8(0), call.float8(1), call.float8(2), call.int8(3))
    else {
        return Err(Failure::internal("declared without STRICT"));
    };
    let count = u64::try_from(count).map_err(|_| {
        Failure::new(
            PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
            format!("the number of customers cannot be {count}"),
        )
        .with_hint("Pass 0 or more.")
    })?;
    let simulator = Simulator::new(missing_rate, exposed_share, seed.cast_unsigned())?;
    call.return_table(|table| {
        // A row's texts are freed with the next look.
        let mut memory = PgMemoryContexts::new("simulate_customers");
        for index in 0..count {
            if index % BETWEEN_INTERRUPTS == 0 {
                pg_sys::check_for_interrupts!();
                // SAFETY: nothing that was allocated there is used any more.
                unsafe { memory.reset() };
            }
            let customer = simulator.customer(index);
            // SAFETY: the memory context lives during the call.
            unsafe { memory.switch_to(|_| table.push(&row(index, &customer)?)) }?;
        }
        Ok(())
    })
}

fn row(index: u64, customer: &Customer) -> Result<Vec<Option<Datum>>, Failure> {
    let mut values = Vec::with_capacity(FEATURES.len() + 4);
    values.push(Some(Datum::from(index + 1)));
    for ((_, kind), &value) in FEATURES.iter().zip(&customer.features) {
        values.push(Some(match kind {
            Kind::Boolean => Datum::from(value != 0.0),
            _ => Datum::from(value.to_bits()),
        }));
    }
    values.push(Some(Datum::from(customer.exposed)));
    values.push(Some(text_value(customer.observed.name())?));
    values.push(Some(text_value(customer.truth.name())?));
    Ok(values)
}
