//! The options of a plan: a budget, caps, floors and the names of the campaigns.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use two_stage::{Error, ErrorKind, Result};

/// The most groups with a floor.
const MAX_GROUPS: usize = 10_000;

/// The most campaigns of a plan.
const MAX_CAMPAIGNS: usize = 1000;

/// Checked options of a plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The most that all contacts may cost together.
    pub budget: Option<f64>,
    /// The most contacts of campaigns.
    pub caps: Vec<(String, u64)>,
    /// The least share of each group that is contacted, in the bytewise order of the groups.
    pub floors: Vec<(String, f64)>,
    /// The names of the campaigns; `None` for their positions.
    pub campaigns: Option<Vec<String>>,
}

impl Options {
    /// Reads a JSON object. JSON null stands for no bound.
    pub fn from_json(json: &str) -> Result<Self> {
        let given = match serde_json::from_str(json) {
            Ok(Json::Object(given)) => given,
            Ok(_) => {
                return Err(invalid("options must be a JSON object")
                    .with_hint("Write them as '{\"budget\": 50000}', or '{}' for no bounds."));
            }
            // PostgreSQL checked the syntax, so arrays are nested too deep for the reader.
            Err(error) if !error.to_string().starts_with("number out of range") => {
                return Err(invalid("options cannot be read")
                    .with_hint("Write them as '{\"budget\": 50000}', or '{}' for no bounds."));
            }
            Err(_) => {
                return Err(invalid("options have a number out of the range of double precision")
                    .with_hint("Write a bound that is not needed as null."));
            }
        };
        let mut options = Self::default();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "budget" => options.budget = Some(budget(value)?),
                "caps" => options.caps = caps(value)?,
                "floors" => options.floors = floors(value)?,
                "campaigns" => options.campaigns = Some(campaigns(value)?),
                _ => {
                    return Err(invalid(format!("unknown option \"{name}\""))
                        .with_hint("Use one of budget, caps, floors, campaigns."));
                }
            }
        }
        options.check_caps()?;
        Ok(options)
    }

    /// Refuses other options than these: all rows of a plan have the same.
    pub fn require_same(&self, other: &Self) -> Result<()> {
        if self == other {
            return Ok(());
        }
        Err(invalid("options differ between the rows of one plan")
            .with_hint("Pass the same options for all rows, such as a constant."))
    }

    /// Refuses another number of campaigns than the options name.
    pub fn check_count(&self, count: usize) -> Result<()> {
        match &self.campaigns {
            Some(names) if names.len() != count => Err(Error::new(
                ErrorKind::ArrayLength,
                format!(
                    "benefits have {count} elements, but option \"campaigns\" has {}",
                    names.len()
                ),
            )
            .with_hint("Pass one benefit and one cost for each campaign.")),
            None if count > MAX_CAMPAIGNS => Err(too_many_campaigns(count)),
            None => match self
                .cap_without_campaign(|name| position(name).is_some_and(|at| at <= count))
            {
                Some(name) => Err(unknown_campaign(name)),
                None => Ok(()),
            },
            Some(_) => Ok(()),
        }
    }

    /// The names of so many campaigns.
    pub fn names(&self, count: usize) -> Vec<String> {
        let positions = || (1..=count).map(|position| position.to_string()).collect();
        self.campaigns.clone().unwrap_or_else(positions)
    }

    /// Returns the place of a group among those with a floor.
    pub fn group(&self, name: &str) -> Option<usize> {
        self.floors.binary_search_by(|(floor, _)| floor.as_str().cmp(name)).ok()
    }

    /// Tells if options that came as bytes are as [`Self::from_json`] reads them.
    pub fn is_sound(&self) -> bool {
        let is_budget = |budget: f64| budget.is_finite() && budget >= 0.0;
        let is_share = |(_, share): &(String, f64)| (0.0..=1.0).contains(share);
        self.budget.is_none_or(is_budget)
            && self.check_caps().is_ok()
            && self.floors.len() <= MAX_GROUPS
            && self.floors.iter().all(is_share)
            && self.floors.is_sorted_by(|a, b| a.0 < b.0)
            && self.campaigns.as_ref().is_none_or(|names| names.len() <= MAX_CAMPAIGNS)
    }

    fn check_caps(&self) -> Result<()> {
        let Some(names) = &self.campaigns else { return Ok(()) };
        match self.cap_without_campaign(|name| names.iter().any(|known| known == name)) {
            Some(name) => Err(unknown_campaign(name)),
            None => Ok(()),
        }
    }

    fn cap_without_campaign(&self, has: impl Fn(&str) -> bool) -> Option<&str> {
        self.caps.iter().map(|(name, _)| name.as_str()).find(|name| !has(name))
    }
}

/// Reads a position as [`Options::names`] writes it.
fn position(name: &str) -> Option<usize> {
    name.parse().ok().filter(|at: &usize| *at > 0 && at.to_string() == name)
}

fn budget(value: &Json) -> Result<f64> {
    value.as_f64().filter(|budget| budget.is_finite() && *budget >= 0.0).ok_or_else(|| {
        invalid(format!("option \"budget\" is {value}"))
            .with_hint("Give a number of 0 or more, such as {\"budget\": 50000}.")
    })
}

fn caps(value: &Json) -> Result<Vec<(String, u64)>> {
    let cap = |(name, value): (&String, &Json)| {
        let whole = value.as_u64().or_else(|| {
            let number = value.as_f64()?;
            (number >= 0.0 && number < 2_f64.powi(53) && number.fract() == 0.0)
                .then_some(number as u64)
        });
        let cap = whole.ok_or_else(|| {
            invalid(format!("the cap of campaign \"{name}\" is {value}"))
                .with_hint("Give a whole number of contacts, 0 or more.")
        })?;
        Ok((name.clone(), cap))
    };
    object("caps", value, "Write it as {\"caps\": {\"catalogue\": 20000}}.")?
        .iter()
        .map(cap)
        .collect()
}

fn floors(value: &Json) -> Result<Vec<(String, f64)>> {
    let given = object("floors", value, "Write it as {\"floors\": {\"north\": 0.2}}.")?;
    if given.len() > MAX_GROUPS {
        return Err(Error::new(
            ErrorKind::LimitExceeded,
            format!("{} groups have a floor, more than {MAX_GROUPS}", given.len()),
        )
        .with_hint("Give floors to fewer or larger groups."));
    }
    let floor = |(name, value): (&String, &Json)| {
        let share =
            value.as_f64().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| {
                invalid(format!("the floor of group \"{name}\" is {value}"))
                    .with_hint("Give the least share of the group that is contacted, from 0 to 1.")
            })?;
        Ok((name.clone(), share))
    };
    let mut floors: Vec<_> = given.iter().map(floor).collect::<Result<_>>()?;
    floors.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(floors)
}

fn campaigns(value: &Json) -> Result<Vec<String>> {
    let names: Option<Vec<String>> = value
        .as_array()
        .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
    let names = names.ok_or_else(|| {
        invalid("option \"campaigns\" must be an array of names")
            .with_hint("Write it as {\"campaigns\": [\"discount\", \"catalogue\"]}.")
    })?;
    if names.len() > MAX_CAMPAIGNS {
        return Err(too_many_campaigns(names.len()));
    }
    let mut sorted: Vec<_> = names.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => Err(invalid(format!("campaign \"{}\" is given twice", twice[0]))
            .with_hint("Give each campaign a name of its own.")),
        None => Ok(names),
    }
}

fn object<'j>(name: &str, value: &'j Json, hint: &str) -> Result<&'j Map<String, Json>> {
    value
        .as_object()
        .ok_or_else(|| invalid(format!("option \"{name}\" must be a JSON object")).with_hint(hint))
}

fn unknown_campaign(name: &str) -> Error {
    invalid(format!("option \"caps\" names \"{name}\", which is not a campaign"))
        .with_hint("Use a name of option \"campaigns\", or without it a position from 1.")
}

fn too_many_campaigns(count: usize) -> Error {
    Error::new(
        ErrorKind::LimitExceeded,
        format!("a plan has {count} campaigns, more than {MAX_CAMPAIGNS}"),
    )
    .with_hint("Plan the campaigns that compete for the same budget.")
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidParameter, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_cannot_be_read_say_why() {
        let message = |value: &str| {
            let options = format!("{{\"budget\": {value}}}");
            Options::from_json(&options).unwrap_err().message.clone()
        };
        assert_eq!(message("1e400"), "options have a number out of the range of double precision");
        let nested = ["[".repeat(200), "]".repeat(200)].concat();
        assert_eq!(message(&nested), "options cannot be read");
    }
}
