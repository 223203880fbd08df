//! Steps: uplift network and signed slope. Networks learn the engagement of exposed and unexposed
//! customers from all rows and no campaign label, so that the uplift may be negative.

mod newton;
mod objective;
pub(super) mod put_off;
pub(super) mod signed_slope;

use super::{
    engine::{Plan, Stream, fit as fit_network},
    folds::Member,
    observer::Step,
    report::guards,
    rows::TrainingRows,
    run::Run,
    unseen::{self, Unseen},
};
use crate::{
    Result,
    model::{
        Engagement, Intent, Mode, SignedSlope, Stage, UpliftFindings, UpliftNetworks, UpliftRole,
    },
    network::Network,
    options::Correction,
};
use objective::Objective;

/// The uplift networks of all members.
pub(super) struct Uplift {
    pub networks: Vec<Network>,
    pub slope: SignedSlope,
    /// The held-out rows in canonical order, with the chance to engage if exposed and if not.
    pub unseen: Vec<Unseen<2>>,
}

/// Trains each member's uplift network, and estimates their slope; `None` where the mode or the
/// options do without.
pub(super) fn fit(
    rows: &TrainingRows,
    run: &mut Run,
    members: &[Member],
) -> Result<Option<Uplift>> {
    if rows.mode() == Mode::Simple || rows.options.correction() != Correction::Posterior {
        return Ok(None);
    }
    let exposed_share = exposed_share(rows);
    let (mut networks, mut held_out) = (Vec::new(), Vec::new());
    for member in members {
        let network = fit_member(rows, run, member, exposed_share, members.len())?;
        let (_, unseen) = member.split(rows, |_| true);
        unseen::add(&mut held_out, rows, run, Step::Uplift, &network, &unseen, |logits| {
            let of = Engagement::of_logits(logits[0], logits[1], exposed_share);
            [of.exposed, of.unexposed]
        });
        networks.push(network);
    }
    let unseen = unseen::in_order(held_out);
    let slope = signed_slope::estimate(rows, &unseen, exposed_share);
    Ok(Some(Uplift { networks, slope, unseen }))
}

/// Tells who is put off, with a warning, and gives the networks their part in the scores. `unseen` has
/// the segments' probabilities of the held-out rows. A score that does not need the networks has none.
pub(super) fn join(
    rows: &TrainingRows,
    run: &mut Run,
    uplift: &Uplift,
    unseen: &[Unseen<3>],
    intent: Intent,
    role: Option<UpliftRole>,
) -> (Option<UpliftNetworks>, UpliftFindings) {
    let (networks, slope) = (uplift.networks.clone(), uplift.slope);
    let judge = |role| put_off::judge(rows, &slope, &uplift.unseen, unseen, intent, role);
    let judgement = role.map(judge);
    let puts_off = judgement.as_ref().is_some_and(|judgement| judgement.puts_off);
    let rows_put_off =
        judgement.as_ref().map_or(0.0, |judgement| judgement.share * rows.len() as f64);
    if puts_off {
        guards::put_off(rows, rows_put_off, run);
    }
    if matches!(role, Some(UpliftRole::Half | UpliftRole::Alone)) {
        guards::equal_uplift(&slope, run);
    }
    let findings = UpliftFindings {
        slope,
        put_off_ratio: judgement.and_then(|judgement| judgement.ratio),
        puts_off,
        rows_put_off: if puts_off { rows_put_off } else { 0.0 },
        intent_slope: match intent {
            Intent::Rescaled(slope) => Some(slope),
            _ => None,
        },
    };
    let role = role.filter(|role| *role != UpliftRole::PutOffOnly || puts_off);
    (role.map(|role| UpliftNetworks { networks, slope, role, puts_off }), findings)
}

fn fit_member(
    rows: &TrainingRows,
    run: &mut Run,
    member: &Member,
    exposed_share: f64,
    members: usize,
) -> Result<Network> {
    let stream = Stream::Uplift(member.number);
    let mut plan = Plan::new(rows, Step::Uplift, stream, member.split(rows, |_| true));
    plan.epochs = Member::epochs_at_most(rows, members);
    let fitted = fit_network(rows, run, 2, &plan, &Objective { rows, exposed_share }, |_| ())?;
    run.keep_history(Stage::Uplift, member.number, &fitted.epochs);
    Ok(fitted.network)
}

/// ē, the weighted share of exposed rows.
fn exposed_share(rows: &TrainingRows) -> f64 {
    let (mut exposed, mut total) = (0.0, 0.0);
    for row in rows.each() {
        let weight = f64::from(row.count) * row.weight;
        exposed += if row.exposed { weight } else { 0.0 };
        total += weight;
    }
    exposed / total
}
