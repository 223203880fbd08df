//! The size of a randomised test: rows for an uplift in rates, and the uplift that rows can show.
//!
//! The normal approximation for two independent rates with unequal shares (Fleiss, Levin and Paik,
//! "Statistical Methods for Rates and Proportions", 2003, section 4.6, without continuity correction).

use statrs::distribution::{ContinuousCDF, Normal};

use two_stage::{Error, ErrorKind, Result};

/// Halvings after which a rate is exact to the last bit.
const HALVINGS: usize = 80;

/// A test of an uplift in a rate.
#[derive(Debug, Clone, Copy)]
pub struct Test {
    /// The rate of engagement without the campaign.
    pub rate: f64,
    /// The share of the customers who are sent the campaign.
    pub exposed_share: f64,
    /// The chance that the test shows the uplift.
    pub power: f64,
    /// The chance that the test shows an uplift where there is none.
    pub alpha: f64,
}

impl Test {
    /// Refuses what is no probability.
    fn check(&self) -> Result<()> {
        let parts = [
            ("rate", self.rate),
            ("exposed_share", self.exposed_share),
            ("power", self.power),
            ("alpha", self.alpha),
        ];
        for (name, value) in parts {
            check_probability(name, value)?;
        }
        if self.power <= self.alpha {
            let message = format!("power {} is not above alpha {}", self.power, self.alpha);
            return Err(invalid(message).with_hint("Use a larger power, such as 0.8."));
        }
        Ok(())
    }

    /// The rows that show an uplift of this size.
    pub fn rows(&self, uplift: f64) -> Result<u64> {
        self.check()?;
        if uplift == 0.0 {
            return Err(invalid(format!("uplift is {uplift}"))
                .with_hint("Use the smallest uplift worth a campaign, such as 0.01."));
        }
        check_probability("rate + uplift", self.rate + uplift)?;
        let rows = (self.squared_deviations() * self.variance(uplift) / (uplift * uplift)).ceil();
        if rows >= i64::MAX as f64 {
            let message = format!("an uplift of {uplift} takes more rows than a bigint holds");
            return Err(Error::new(ErrorKind::ValueOutOfRange, message)
                .with_hint("Use the smallest uplift worth a campaign, such as 0.01."));
        }
        Ok(rows as u64)
    }

    /// The smallest positive uplift that this many rows show; `None` if they show none.
    pub fn uplift(&self, rows: u64) -> Result<Option<f64>> {
        self.check()?;
        let squared = self.squared_deviations();
        let is_shown =
            |uplift: f64| squared * self.variance(uplift) <= rows as f64 * uplift * uplift;
        // The rows that an uplift takes fall as it grows.
        let (mut low, mut high) = (0.0, 1.0 - self.rate);
        if !is_shown(high) {
            return Ok(None);
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if is_shown(middle) { high = middle } else { low = middle }
        }
        Ok(Some(high))
    }

    /// The variance of the difference of the two rates, times the rows.
    fn variance(&self, uplift: f64) -> f64 {
        let exposed = self.rate + uplift;
        exposed * (1.0 - exposed) / self.exposed_share
            + self.rate * (1.0 - self.rate) / (1.0 - self.exposed_share)
    }

    /// The square of the standard errors that the uplift must be away from 0.
    fn squared_deviations(&self) -> f64 {
        let normal = Normal::standard();
        let quantile = |p: f64| normal.inverse_cdf(p);
        (quantile(1.0 - 0.5 * self.alpha) + quantile(self.power)).powi(2)
    }
}

fn check_probability(name: &str, value: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    Err(invalid(format!("{name} is {value}, not between 0 and 1"))
        .with_hint(format!("Use a {name} above 0 and below 1.")))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn test(rate: f64, exposed_share: f64) -> Test {
        Test { rate, exposed_share, power: 0.8, alpha: 0.05 }
    }

    #[test]
    fn sizes_are_those_of_the_formula() {
        // By Python's statistics.NormalDist.
        let cases = [
            (0.106, 0.061, 0.5, 987),
            (0.106, 0.02, 0.9, 20_996),
            (0.02, 0.004, 0.8, 62_438),
            (0.006, 0.003, 0.95, 112_212),
        ];
        for (rate, uplift, share, rows) in cases {
            assert_eq!(test(rate, share).rows(uplift).unwrap(), rows, "{rate} {uplift} {share}");
        }
    }

    #[test]
    fn what_is_no_test_is_refused() {
        let message = |result: Result<u64>| result.unwrap_err().message.clone();
        assert_eq!(message(test(0.0, 0.5).rows(0.1)), "rate is 0, not between 0 and 1");
        assert_eq!(message(test(0.1, 1.0).rows(0.1)), "exposed_share is 1, not between 0 and 1");
        assert_eq!(message(test(0.1, 0.5).rows(0.0)), "uplift is 0");
        assert_eq!(
            message(test(0.1, 0.5).rows(f64::NAN)),
            "rate + uplift is NaN, not between 0 and 1"
        );
        assert_eq!(message(test(0.9, 0.5).rows(0.2)), "rate + uplift is 1.1, not between 0 and 1");
        let weak = Test { power: 0.05, ..test(0.1, 0.5) };
        assert_eq!(message(weak.rows(0.1)), "power 0.05 is not above alpha 0.05");
        assert_eq!(test(0.1, 0.5).rows(1e-12).unwrap_err().kind, ErrorKind::ValueOutOfRange);
        assert_eq!(test(0.1, 0.5).uplift(1).unwrap(), None);
    }

    proptest! {
        #[test]
        fn the_rows_of_the_detectable_uplift_are_given_back(
            rate in 0.001..0.9, share in 0.01..0.99, rows in 100_u64..100_000_000
        ) {
            if let Some(uplift) = test(rate, share).uplift(rows).unwrap()
                && rate + uplift < 1.0
            {
                let needed = test(rate, share).rows(uplift).unwrap();
                prop_assert!(needed.abs_diff(rows) <= 1 + rows / 1_000_000, "{needed} {rows}");
            }
        }
    }
}
