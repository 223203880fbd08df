//! The numbers of a customer as SQL gives them, checked.

use two_stage::{Error, ErrorKind, Result};

/// Refuses arrays of different lengths, and empty ones.
pub fn check_pair(benefits: usize, costs: usize) -> Result<()> {
    if benefits != costs {
        return Err(wrong_length(format!("benefits have {benefits} elements and costs {costs}"))
            .with_hint(
                "Pass one benefit and one cost for each campaign, NULL if it is not eligible.",
            ));
    }
    if benefits == 0 {
        return Err(wrong_length("benefits have no elements".to_owned())
            .with_hint("Pass one benefit and one cost for each campaign."));
    }
    Ok(())
}

/// Reads the benefit of a campaign; NaN if it is not eligible.
pub fn benefit(pair: (&Option<f64>, &Option<f64>)) -> Result<f64> {
    match pair {
        (Some(benefit), _) if !benefit.is_finite() => Err(not_finite("benefit", *benefit)),
        // Adding 0 makes -0 equal to 0.
        (Some(benefit), Some(_)) => Ok(benefit + 0.0),
        _ => Ok(f64::NAN),
    }
}

/// Reads the cost of a campaign; 0 if it is not eligible.
pub fn cost(pair: (&Option<f64>, &Option<f64>)) -> Result<f64> {
    match pair {
        (_, Some(cost)) if !cost.is_finite() => Err(not_finite("cost", *cost)),
        (_, Some(cost)) if *cost < 0.0 => {
            Err(Error::new(ErrorKind::InvalidParameter, format!("cost cannot be {cost}"))
                .with_hint("Give a cost of 0 or more, or NULL if the campaign is not eligible."))
        }
        (Some(_), Some(cost)) => Ok(cost + 0.0),
        _ => Ok(0.0),
    }
}

fn not_finite(what: &str, value: f64) -> Error {
    Error::new(ErrorKind::InvalidParameter, format!("{what} cannot be {value}"))
        .with_hint(format!("Give a finite {what}, or NULL if the campaign is not eligible."))
}

/// Makes an error of an array with the wrong length.
pub fn wrong_length(message: String) -> Error {
    Error::new(ErrorKind::WrongLength, message)
}
