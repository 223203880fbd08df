//! The campaign share π: the part of the engagement of exposed customers that the campaign caused.

use super::{
    errors::insufficient,
    influence::error_over_customers,
    rows::{TrainingRow, TrainingRows},
};
use crate::{
    Result,
    model::{is_inverted, is_significant},
};

/// The campaign share, with the labelled share beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CampaignShare {
    /// π = 1 − r0/r1.
    pub share: f64,
    /// The standard error of π.
    pub error: f64,
    /// The labelled share of the exposed engaged rows.
    pub labelled: f64,
}

/// An inverse-propensity weighted rate.
#[derive(Default)]
struct Rate {
    weight: f64,
    engaged: f64,
    /// Σv² and Σv²y, for the variance.
    squares: f64,
    engaged_squares: f64,
    labelled: f64,
}

impl Rate {
    /// Adds `count` rows of weight v.
    fn add(&mut self, count: f64, v: f64, engaged: bool, labelled: bool) {
        self.weight += count * v;
        self.squares += count * v * v;
        if engaged {
            self.engaged += count * v;
            self.engaged_squares += count * v * v;
        }
        if labelled {
            self.labelled += count * v;
        }
    }

    fn rate(&self) -> f64 {
        self.engaged / self.weight
    }

    /// The influence of a row of weight v on the rate.
    fn influence(&self, v: f64, engaged: bool) -> f64 {
        v * (f64::from(u8::from(engaged)) - self.rate()) / self.weight
    }

    /// Σv²(y−r)² / (Σv)².
    fn variance(&self) -> f64 {
        let r = self.rate();
        let not_engaged = self.squares - self.engaged_squares;
        (self.engaged_squares * (1.0 - r).powi(2) + not_engaged * r * r) / self.weight.powi(2)
    }
}

/// The influence of a row on π.
fn influence(row: &TrainingRow, exposed: &Rate, unexposed: &Rate) -> f64 {
    let (w, e) = (row.weight, row.propensity);
    let (r1, r0) = (exposed.rate(), unexposed.rate());
    if row.exposed {
        exposed.influence(w / e, row.engaged()) * r0 / (r1 * r1)
    } else {
        -unexposed.influence(w / (1.0 - e), row.engaged()) / r1
    }
}

impl CampaignShare {
    pub fn estimate(rows: &TrainingRows) -> Result<Self> {
        let (mut exposed, mut unexposed) = (Rate::default(), Rate::default());
        for row in rows.each() {
            let count = f64::from(row.count);
            let (w, e) = (row.weight, row.propensity);
            if row.exposed {
                exposed.add(count, w / e, row.engaged(), row.is_labelled());
            } else {
                unexposed.add(count, w / (1.0 - e), row.engaged(), false);
            }
        }
        if exposed.engaged == 0.0 {
            return Err(insufficient(
                "no exposed customer is engaged",
                "Give rows of exposed customers who engaged, or leave the exposed argument out.",
            ));
        }
        let (r1, r0) = (exposed.rate(), unexposed.rate());
        let relative = |rate: &Rate| match rate.rate() {
            0.0 => 0.0,
            r => rate.variance() / (r * r),
        };
        let independent = r0 / r1 * (relative(&unexposed) + relative(&exposed)).sqrt();
        let influences =
            rows.copies().map(|row| (row.index, influence(&row, &exposed, &unexposed)));
        Ok(Self {
            share: 1.0 - r0 / r1,
            error: error_over_customers(rows, independent, influences),
            labelled: exposed.labelled / exposed.engaged,
        })
    }

    /// Tells if π is more than two standard errors above 0.
    pub fn is_significant(self) -> bool {
        is_significant((self.share, self.error))
    }

    /// Tells if π is more than two standard errors below 0.
    pub fn is_inverted(self) -> bool {
        is_inverted((self.share, self.error))
    }
}
