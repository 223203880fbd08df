//! AUUC and Qini as shares of the best possible, by the definitions of scikit-uplift: outcomes are 0 or
//! 1, customers count alike.

use super::{blocks::Block, sums::Sums};

/// The areas as shares of the best possible.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Normalised {
    /// scikit-uplift's `uplift_auc_score`.
    pub auuc: Option<f64>,
    /// scikit-uplift's `qini_auc_score`.
    pub qini: Option<f64>,
}

/// Counts of customers, and of those who engage, by exposure.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    customers: [f64; 2],
    engaged: [f64; 2],
}

impl Counts {
    fn of(sums: &Sums) -> Self {
        Self { customers: sums.arms.map(|arm| arm.v), engaged: sums.arms.map(|arm| arm.vy) }
    }

    /// Some customers of one arm.
    fn part(exposed: bool, customers: f64, engages: bool) -> Self {
        let mut part = Self::default();
        part.customers[usize::from(exposed)] = customers;
        part.engaged[usize::from(exposed)] = if engages { customers } else { 0.0 };
        part
    }

    fn add(&mut self, other: &Self) {
        for arm in 0..2 {
            self.customers[arm] += other.customers[arm];
            self.engaged[arm] += other.engaged[arm];
        }
    }

    fn all(&self) -> f64 {
        self.customers[0] + self.customers[1]
    }

    /// The height of the uplift curve.
    fn uplift(&self) -> f64 {
        let rate = |arm: usize| ratio(self.engaged[arm], self.customers[arm]);
        (rate(1) - rate(0)) * self.all()
    }

    /// The height of the Qini curve.
    fn qini(&self) -> f64 {
        self.engaged[1] - self.engaged[0] * ratio(self.customers[1], self.customers[0])
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// The normalised areas of blocks, the highest score first.
pub fn normalised(blocks: impl Iterator<Item = Block> + Clone) -> Normalised {
    let blocks = blocks.map(|block| Counts::of(&block.sums));
    let mut totals = Counts::default();
    blocks.clone().for_each(|block| totals.add(&block));
    let of = |height: fn(&Counts) -> f64, best: &[Counts]| {
        let random = height(&totals) * totals.all() / 2.0;
        let best = area(best.iter().copied(), height) - random;
        (best != 0.0).then(|| (area(blocks.clone(), height) - random) / best)
    };
    let [for_uplift, for_qini] = best_orders(&totals);
    Normalised { auuc: of(Counts::uplift, &for_uplift), qini: of(Counts::qini, &for_qini) }
}

/// The blocks of the best orders, of the uplift curve and of the Qini curve.
fn best_orders(totals: &Counts) -> [Vec<Counts>; 2] {
    let [unmoved, lost] = [1, 0].map(|arm| totals.customers[arm] - totals.engaged[arm]);
    let gained = Counts::part(true, totals.engaged[1], true);
    let without = Counts::part(false, totals.engaged[0], true);
    let lost = Counts::part(false, lost, false);
    let unmoved_counts = Counts::part(true, unmoved, false);
    let mut rest = lost;
    rest.add(&unmoved_counts);
    let order = if totals.engaged[0] > unmoved {
        [without, unmoved_counts]
    } else {
        [unmoved_counts, without]
    };
    [vec![gained, lost, order[0], order[1]], vec![gained, rest, without]]
}

/// The area under a curve through the ends of the blocks.
fn area(blocks: impl Iterator<Item = Counts>, height: fn(&Counts) -> f64) -> f64 {
    let (mut reached, mut last, mut area) = (Counts::default(), 0.0, 0.0);
    for block in blocks {
        reached.add(&block);
        let next = height(&reached);
        area += block.all() * (last + next) / 2.0;
        last = next;
    }
    area
}
