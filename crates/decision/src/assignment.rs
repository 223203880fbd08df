//! Assignment of campaigns by chance: a holdout, a small share of other campaigns, the rest as
//! recommended.
//!
//! A customer's number u in [0, 1) comes from a hash of the salt and the id, so the same customer has
//! the same number for ever. Below `holdout` nobody is sent anything; then each campaign that is not
//! recommended has a share `explore`, in the bytewise order of their names; the rest is the
//! recommended campaign, or nothing.

use xxhash_rust::xxh3::Xxh3;

use two_stage::{Error, ErrorKind, Result};

/// The shares and propensities that a training can learn from.
const LEAST: f64 = 0.02;
/// The largest holdout, and the largest explore.
const MOST: f64 = 0.5;
/// Rounding that a bound may be missed by.
const ROUNDING: f64 = 1e-9;

/// The number of a customer under a salt: uniform in [0, 1), and independent between salts.
pub fn draw(id: &str, salt: &str) -> f64 {
    let mut hash = Xxh3::new();
    hash.update(salt.as_bytes());
    hash.update(&[0x1f]);
    hash.update(id.as_bytes());
    (hash.digest() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Tells if a customer is held out of all campaigns.
pub fn is_held_out(id: &str, holdout: f64, salt: &str) -> Result<bool> {
    check_share("holdout", holdout)?;
    Ok(draw(id, salt) < holdout)
}

/// The assignment of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assigned<'c> {
    /// The campaign; `None` if nothing is sent.
    pub campaign: Option<&'c str>,
    /// The chance of what was assigned.
    pub probability: f64,
    /// The propensity of the assigned campaign. Where nothing is sent, that of the only campaign, or
    /// `None`, since it depends on the campaign.
    pub propensity: Option<f64>,
}

/// The chances of each campaign for one customer.
#[derive(Debug, Clone)]
pub struct Lottery<'c> {
    /// The campaigns that are not recommended, in the bytewise order of their names.
    others: Vec<&'c str>,
    recommended: Option<&'c str>,
    holdout: f64,
    explore: f64,
}

impl<'c> Lottery<'c> {
    /// Prepares the chances of the eligible campaigns.
    pub fn new(
        recommended: Option<&'c str>,
        campaigns: impl Iterator<Item = &'c str>,
        holdout: f64,
        explore: f64,
    ) -> Result<Self> {
        check_share("holdout", holdout)?;
        check_share("explore", explore)?;
        let mut others: Vec<&str> = campaigns.collect();
        others.sort_unstable();
        if let Some(twice) = others.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(invalid(format!("campaign \"{}\" is given twice", twice[0]))
                .with_hint("Give each campaign once."));
        }
        if let Some(name) = recommended {
            let place = others.binary_search(&name).map_err(|_| not_eligible(name))?;
            others.remove(place);
        }
        let lottery = Self { others, recommended, holdout, explore };
        lottery.check()?;
        Ok(lottery)
    }

    /// Assigns a campaign, or nothing, to a customer with this number.
    pub fn assign(&self, draw: f64) -> Assigned<'c> {
        let campaign = if draw < self.holdout {
            None
        } else {
            let end = |place: usize| self.holdout + self.explore * (place + 1) as f64;
            let place = (0..self.others.len()).find(|&place| draw < end(place));
            place.map(|place| self.others[place]).or(self.recommended)
        };
        let only = match (self.others.as_slice(), self.recommended) {
            (&[only], None) | ([], Some(only)) => Some(only),
            _ => None,
        };
        Assigned {
            campaign,
            probability: campaign.map_or(self.nothing(), |name| self.chance(name)),
            propensity: campaign.or(only).map(|name| self.propensity(name)),
        }
    }

    /// The campaigns that may be assigned.
    pub fn has(&self, campaign: &str) -> bool {
        self.recommended == Some(campaign) || self.others.binary_search(&campaign).is_ok()
    }

    /// The chance of an eligible campaign among those who get it or nothing, which its model learns from.
    pub fn propensity(&self, campaign: &str) -> f64 {
        let chance = self.chance(campaign);
        chance / (chance + self.nothing())
    }

    fn chance(&self, campaign: &str) -> f64 {
        if self.recommended == Some(campaign) { self.rest() } else { self.explore }
    }

    /// The chance that nothing is sent.
    fn nothing(&self) -> f64 {
        if self.recommended.is_some() { self.holdout } else { self.holdout + self.rest() }
    }

    /// The share that neither the holdout nor the other campaigns take.
    fn rest(&self) -> f64 {
        1.0 - self.holdout - self.explore * self.others.len() as f64
    }

    /// Refuses shares that leave too little of the recommended campaign, or that no training can use.
    fn check(&self) -> Result<()> {
        let least = if self.recommended.is_some() { MOST } else { 0.0 };
        if self.rest() < least - ROUNDING {
            return Err(self.too_much(least));
        }
        let all = self.others.iter().chain(&self.recommended);
        let usable = LEAST - ROUNDING..=1.0 - LEAST + ROUNDING;
        let outside = all.copied().find(|name| !usable.contains(&self.propensity(name)));
        match outside {
            None => Ok(()),
            Some(name) => Err(invalid(format!(
                "campaign \"{name}\" would have a propensity of {:.4}, outside 0.02 to 0.98",
                self.propensity(name)
            ))
            .with_hint(self.hint_on_propensity())),
        }
    }

    fn too_much(&self, least: f64) -> Error {
        let count = self.others.len();
        let possible = (1.0 - self.holdout - least) / count as f64;
        let hint = if possible >= LEAST {
            format!("Use an explore of at most {}.", floor(possible))
        } else {
            let fit = ((1.0 - self.holdout - least) / LEAST + ROUNDING) as usize;
            format!("Pass at most {} campaigns.", fit + usize::from(self.recommended.is_some()))
        };
        let (holdout, explore) = (self.holdout, self.explore);
        let each = format!("explore {explore} for each of {count} campaigns");
        let message = match self.recommended {
            Some(name) => {
                format!(
                    "{each} leaves the recommended \"{name}\" {:.4}, less than 0.5",
                    self.rest()
                )
            }
            None => format!("{each} and holdout {holdout} add up to more than 1"),
        };
        invalid(message).with_hint(hint)
    }

    fn hint_on_propensity(&self) -> String {
        let needed = self.nothing() * LEAST / (1.0 - LEAST);
        format!("Use an explore of at least {}.", ceil(needed))
    }
}

fn floor(share: f64) -> f64 {
    (share * 1e4 + ROUNDING).floor() / 1e4
}

fn ceil(share: f64) -> f64 {
    (share * 1e4 - ROUNDING).ceil() / 1e4
}

fn check_share(name: &str, share: f64) -> Result<()> {
    if (LEAST..=MOST).contains(&share) {
        return Ok(());
    }
    Err(invalid(format!("{name} is {share}, outside 0.02 to 0.5"))
        .with_hint(format!("Use a {name} from 0.02 to 0.5.")))
}

fn not_eligible(name: &str) -> Error {
    invalid(format!("the recommended \"{name}\" is not among the campaigns"))
        .with_hint("Add it to the campaigns, or recommend NULL.")
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

#[cfg(test)]
mod tests;
