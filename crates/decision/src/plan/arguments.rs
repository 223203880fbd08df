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
    check_benefit(*pair.0)?;
    Ok(match pair {
        // Adding 0 makes -0 equal to 0.
        (Some(benefit), Some(_)) => benefit + 0.0,
        _ => f64::NAN,
    })
}

/// Reads the cost of a campaign; 0 if it is not eligible.
pub fn cost(pair: (&Option<f64>, &Option<f64>)) -> Result<f64> {
    check_cost(*pair.1)?;
    Ok(match pair {
        (Some(_), Some(cost)) => cost + 0.0,
        _ => 0.0,
    })
}

/// Refuses a benefit that is not finite.
pub fn check_benefit(benefit: Option<f64>) -> Result<()> {
    match benefit {
        Some(benefit) if !benefit.is_finite() => {
            Err(invalid(format!("benefit cannot be {benefit}"))
                .with_hint("Give a finite benefit, or NULL for no contact."))
        }
        _ => Ok(()),
    }
}

/// Refuses a cost that is not finite, or below 0.
pub fn check_cost(cost: Option<f64>) -> Result<()> {
    match cost {
        Some(cost) if !(cost.is_finite() && cost >= 0.0) => {
            Err(invalid(format!("cost cannot be {cost}"))
                .with_hint("Give a finite cost of 0 or more, or NULL for no contact."))
        }
        _ => Ok(()),
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

/// Makes an error of an array with the wrong length.
pub fn wrong_length(message: String) -> Error {
    Error::new(ErrorKind::ArrayLength, message)
}
