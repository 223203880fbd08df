//! `assign_holdout`, `assign_campaign` and `campaign_propensity`: sends by chance, from a hash of an id.

use decision::assignment::{Assigned, Lottery, draw, is_held_out};

use crate::pg::{Call, Failure, ResultRow, SqlResult, SqlState, SqlValue, oid, sql_function};

sql_function!(assign_holdout);
sql_function!(assign_campaign);
sql_function!(campaign_propensity);

/// The columns of `assigned_campaign`.
const COLUMNS: [&str; 4] = ["campaign", "exposed", "probability", "propensity"];

/// Tells if a customer is held out: `(id, share, salt)`.
fn assign_holdout(call: &Call) -> SqlResult {
    let (Some(id), Some(share), Some(salt)) = (id(call)?, call.float8(1), call.text(2)?) else {
        return Ok(None);
    };
    Ok(Some(SqlValue::boolean(is_held_out(&id, share, salt)?)))
}

/// Assigns a campaign: `(id, recommended, campaigns, holdout, explore, salt)`.
fn assign_campaign(call: &Call) -> SqlResult {
    let (Some(id), Some(campaigns), Some(shares), Some(salt)) =
        (id(call)?, call.texts(2)?, shares(call, 3), call.text(5)?)
    else {
        return Ok(None);
    };
    let lottery = lottery(call.text(1)?, &campaigns, shares)?;
    let Assigned { campaign, probability, propensity } = lottery.assign(draw(&id, salt));
    let row = call.site(|| call.in_site_memory(|| ResultRow::of(call, &COLUMNS)))?;
    let values = [
        campaign.map(SqlValue::text).transpose()?,
        Some(SqlValue::boolean(campaign.is_some())),
        Some(SqlValue::float8(probability)),
        propensity.map(SqlValue::float8),
    ];
    row.form(&values).map(Some)
}

/// The propensity of a campaign: `(recommended, campaign, campaigns, holdout, explore)`.
fn campaign_propensity(call: &Call) -> SqlResult {
    let (Some(campaign), Some(campaigns), Some(shares)) =
        (call.text(1)?, call.texts(2)?, shares(call, 3))
    else {
        return Ok(None);
    };
    let lottery = lottery(call.text(0)?, &campaigns, shares)?;
    if lottery.has(campaign) {
        return Ok(Some(SqlValue::float8(lottery.propensity(campaign))));
    }
    // A NULL stands for a campaign that is not eligible, and does not tell which one it is.
    if campaigns.contains(&None) { Ok(None) } else { Err(unknown(campaign)) }
}

/// Reads an id, which is a text, or a bigint that counts as its decimal text.
fn id(call: &Call) -> Result<Option<String>, Failure> {
    if call.declared_type(0)? == Some(oid::INT8OID) {
        return Ok(call.int8(0).map(|id| id.to_string()));
    }
    Ok(call.text(0)?.map(str::to_owned))
}

/// Reads the holdout and the share of other campaigns.
fn shares(call: &Call, first: usize) -> Option<[f64; 2]> {
    Some([call.float8(first)?, call.float8(first + 1)?])
}

fn lottery<'c>(
    recommended: Option<&'c str>,
    campaigns: &[Option<&'c str>],
    [holdout, explore]: [f64; 2],
) -> Result<Lottery<'c>, Failure> {
    let eligible = campaigns.iter().flatten().copied();
    Ok(Lottery::new(recommended, eligible, holdout, explore)?)
}

fn unknown(campaign: &str) -> Failure {
    Failure::new(
        SqlState::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("campaign \"{campaign}\" is not among the campaigns"),
    )
    .with_hint("Pass the campaigns that assign_campaign was given.")
}
