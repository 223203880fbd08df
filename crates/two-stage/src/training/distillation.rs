//! Distillation: one network learns what a committee says, so that scoring costs no more than
//! without one. Uplift networks are a part of the committee.

use super::{
    engine::{Fitted, Objective, Plan, Softmax, Stream, Tally, fit, for_each_softmax, predict},
    folds::Member,
    losses,
    observer::Step,
    rows::{PerRow, TrainingRow, TrainingRows},
    run::Run,
    segmentation::{gradients, total_loss},
};
use crate::{
    Result,
    model::{Engagement, Networks, Score, Stage, UpliftNetworks, WITH_PUT_OFF},
    network::Network,
    probability::{log_sigmoid, sigmoid, softmax},
    word::RowIndex,
};

/// Fits one network to the members' mean probabilities, or to the scores that uplift networks and the
/// slope of the intent make of them.
pub(super) fn distil(
    rows: &TrainingRows,
    run: &mut Run,
    of: Networks,
    members: usize,
) -> Result<Network> {
    let targets = targets(rows, run, of);
    let member = Member::single(rows);
    let split = member.split(rows, |_| true);
    let mut plan = Plan::new(rows, Step::Distillation, Stream::Distillation, split);
    plan.epochs = Member::epochs_at_most(rows, members);
    let puts_off = of.uplift.is_some_and(|uplift| uplift.puts_off);
    let Fitted { network, epochs } = if puts_off {
        fit(rows, run, WITH_PUT_OFF, &plan, &PutOff(Distillation { rows, targets }), |_| ())?
    } else {
        fit(rows, run, 3, &plan, &Distillation { rows, targets }, |_| ())?
    };
    run.keep_history(Stage::Distillation, member.number, &epochs);
    Ok(network)
}

/// Each row's probabilities of the segments, and the share of low engagement that is put off.
type Target = [f32; WITH_PUT_OFF];

fn targets(rows: &TrainingRows, run: &mut Run, of: Networks) -> PerRow<Target> {
    let all: Vec<RowIndex> = rows.each().map(|row| row.index).collect();
    let mut targets = rows.fill([0.0_f32; WITH_PUT_OFF]);
    for network in of.segmentation {
        predict(rows, run, Step::Distillation, network, &all, |row, logits| {
            let p = softmax([logits[0], logits[1], logits[2]].map(f64::from));
            for (target, p) in targets[row].iter_mut().zip(p) {
                *target += (p / of.segmentation.len() as f64) as f32;
            }
        });
    }
    if let Some(uplift) = of.uplift {
        let engagement = mean_engagement(rows, run, uplift, &all);
        for row in rows.poll().each(all.into_iter()) {
            let [low, organic, driven, _] = targets[row].map(f64::from);
            let score = of.intent.apply([low, organic, driven].into());
            let [exposed, unexposed] = engagement[row].map(f64::from);
            let engagement = uplift.slope.apply(Engagement { exposed, unexposed });
            targets[row] = target(&uplift.role.join(score, engagement, uplift.puts_off));
        }
    }
    targets
}

/// The uplift networks' mean probability to engage, if exposed and if not.
fn mean_engagement(
    rows: &TrainingRows,
    run: &mut Run,
    uplift: &UpliftNetworks,
    all: &[RowIndex],
) -> PerRow<[f32; 2]> {
    let mut means = rows.fill([0.0_f32; 2]);
    let share = 1.0 / uplift.networks.len() as f64;
    for network in &uplift.networks {
        predict(rows, run, Step::Distillation, network, all, |row, logits| {
            let of = Engagement::of_logits(logits[0], logits[1], uplift.slope.exposed_share);
            means[row][0] += (share * of.exposed) as f32;
            means[row][1] += (share * of.unexposed) as f32;
        });
    }
    means
}

fn target(score: &Score) -> Target {
    let Score { low_engagement, organic, campaign_driven, put_off } = *score;
    let share = if put_off > 0.0 { put_off / low_engagement } else { 0.0 };
    [low_engagement, organic, campaign_driven, share].map(|p| p as f32)
}

struct Distillation<'a> {
    rows: &'a TrainingRows<'a>,
    targets: PerRow<Target>,
}

impl Distillation<'_> {
    fn loss(&self, row: &TrainingRow, chances: Softmax) -> (f64, [f64; 3]) {
        let [low, organic, driven, _] = self.targets[row.index].map(f64::from);
        losses::segmentation(chances, [low, organic, driven])
    }
}

impl Objective for Distillation<'_> {
    fn gradients(&self, _: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        gradients(self.rows, rows, logits, out, |row, p| self.loss(row, p))
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        total_loss(self.rows, rows, logits, |row, p| self.loss(row, p).0)
    }
}

/// The objective of a network with an output for those who are put off: log loss of that share, as far
/// as engagement is low.
struct PutOff<'a>(Distillation<'a>);

impl PutOff<'_> {
    /// Calls `each` with every row's position, the row, its probabilities, and the last logit.
    fn for_each(
        &self,
        rows: &[RowIndex],
        logits: &[f32],
        mut each: impl FnMut(usize, &TrainingRow, Softmax, f64),
    ) {
        let of_rows = logits.as_chunks::<WITH_PUT_OFF>().0;
        let segments: Vec<f32> = of_rows.iter().flat_map(|z| [z[0], z[1], z[2]]).collect();
        for_each_softmax(&segments, |place, chances| {
            each(place, &self.0.rows.row(rows[place]), chances, of_rows[place][3].into());
        });
    }

    /// The row's loss and its gradient by the four logits.
    fn loss(&self, row: &TrainingRow, chances: Softmax, z: f64) -> (f64, [f64; WITH_PUT_OFF]) {
        let (loss, [low, organic, driven]) = self.0.loss(row, chances);
        let [weight, .., share] = self.0.targets[row.index].map(f64::from);
        let of_share = -share * log_sigmoid(z) - (1.0 - share) * log_sigmoid(-z);
        (loss + weight * of_share, [low, organic, driven, weight * (sigmoid(z) - share)])
    }
}

impl Objective for PutOff<'_> {
    fn gradients(&self, _: usize, rows: &[RowIndex], logits: &[f32], out: &mut [f32]) -> Tally {
        let mut tally = Tally::default();
        let gradients = out.as_chunks_mut::<WITH_PUT_OFF>().0;
        self.for_each(rows, logits, |place, row, chances, z| {
            let (loss, slopes) = self.loss(row, chances, z);
            gradients[place] = slopes.map(|slope| (row.weight * slope) as f32);
            tally.loss += row.weight * loss;
        });
        tally
    }

    fn validation(&self, rows: &[RowIndex], logits: &[f32]) -> f64 {
        let mut total = 0.0;
        self.for_each(rows, logits, |_, row, chances, z| {
            total += row.weight * self.loss(row, chances, z).0;
        });
        total
    }
}
