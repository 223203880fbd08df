//! The gain of contacting the customers that a score ranks highest: the Hájek curve, its area, Qini, and
//! the influence of each customer on them, from which standard errors follow.

mod part;

pub use part::{Part, Top};

/// One customer of a campaign that exposed some customers and not others.
#[derive(Debug, Clone, Copy)]
pub struct Contact {
    /// The score that customers are ranked by.
    pub score: f64,
    /// Set where the customer was exposed to the campaign.
    pub exposed: bool,
    /// The outcome, such as 1 for an engagement.
    pub outcome: f64,
    /// The weight.
    pub weight: f64,
    /// The probability of exposure.
    pub propensity: f64,
}

impl Contact {
    /// The weight by the inverse of the probability of what happened.
    fn inverse(&self) -> f64 {
        self.weight / if self.exposed { self.propensity } else { 1.0 - self.propensity }
    }
}

/// The exposed customers, or the others: the sum of their inverse weights, and of these with the outcome.
#[derive(Debug, Clone, Copy, Default)]
struct Arm {
    weight: f64,
    outcome: f64,
}

impl Arm {
    fn add(&mut self, other: Self) {
        self.weight += other.weight;
        self.outcome += other.outcome;
    }

    fn mean(self) -> f64 {
        if self.weight > 0.0 { self.outcome / self.weight } else { 0.0 }
    }
}

/// The sums of customers with equal scores.
#[derive(Debug, Clone, Copy, Default)]
pub struct Block {
    weight: f64,
    /// The unexposed customers, then the exposed ones.
    arms: [Arm; 2],
}

impl Block {
    /// The sums of these customers.
    pub fn of(contacts: &[Contact]) -> Self {
        let mut block = Self::default();
        contacts.iter().for_each(|contact| block.add(contact));
        block
    }

    /// The block of customers of this weight; each arm, the unexposed customers first, has the sum of their
    /// inverse weights, and that of these by the outcome.
    pub fn of_sums(weight: f64, arms: [[f64; 2]; 2]) -> Self {
        Self { weight, arms: arms.map(|[weight, outcome]| Arm { weight, outcome }) }
    }

    /// The weight of its customers.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Adds a customer.
    pub fn add(&mut self, contact: &Contact) {
        let weight = contact.inverse();
        self.weight += contact.weight;
        self.arms[usize::from(contact.exposed)]
            .add(Arm { weight, outcome: weight * contact.outcome });
    }
}

/// The customers of each block; `sorted` has those with the highest scores first.
pub fn blocks(sorted: &[Contact]) -> impl Iterator<Item = &[Contact]> {
    sorted.chunk_by(|a, b| a.score == b.score)
}

/// The gain curve. A block of equal scores is a straight line, since its customers have no order.
#[derive(Debug, Clone)]
pub struct GainCurve {
    points: Vec<Point>,
    total: f64,
    /// The inverse weights of the unexposed customers, and of the exposed ones.
    arms: [f64; 2],
    uplift: f64,
    area: f64,
}

/// A block on the curve.
#[derive(Debug, Clone, Copy)]
struct Point {
    /// The shares of customers before and up to the end of the block.
    start: f64,
    end: f64,
    /// The mean outcomes of unexposed and exposed customers up to the end.
    means: [f64; 2],
    /// The gains at both ends.
    gains: [f64; 2],
    /// The integrals of both means from the middle of the block to the last customer.
    tails: [f64; 2],
}

impl Point {
    fn middle(&self) -> f64 {
        f64::midpoint(self.start, self.end)
    }

    /// The difference of the tails, and the gain in the middle of the block.
    fn height(&self) -> f64 {
        self.tails[1] - self.tails[0] + f64::midpoint(self.gains[0], self.gains[1])
    }
}

/// Influences of a customer on the figures of a curve. The root of their squared sum is a standard error.
#[derive(Debug, Clone, Copy)]
pub struct Influence {
    /// On the uplift of all customers.
    pub uplift: f64,
    /// On the area under the curve.
    pub area: f64,
}

impl Influence {
    /// The influence on Qini.
    pub fn on_qini(self) -> f64 {
        self.area - self.uplift / 2.0
    }
}

/// The influence of the customers of a block on the area, which is linear in their weights and outcomes:
/// inverse weight · (slope · outcome + level) + weight · rest, with the slope and level of the arm.
#[derive(Debug, Clone, Copy)]
pub struct InfluenceOnArea {
    /// The slopes of unexposed and exposed customers.
    pub slopes: [f64; 2],
    /// The levels of unexposed and exposed customers.
    pub levels: [f64; 2],
    /// The influence by the weight alone.
    pub rest: f64,
}

impl GainCurve {
    /// The curve of blocks, the highest score first; `None` unless both exposed and unexposed customers
    /// are there.
    pub fn of(blocks: &[Block]) -> Option<Self> {
        let total: f64 = blocks.iter().map(|block| block.weight).sum();
        let (mut points, mut weight, mut arms) = (Vec::new(), 0.0, [Arm::default(); 2]);
        let (mut start, mut gain) = (0.0, 0.0);
        for block in blocks {
            weight += block.weight;
            arms.iter_mut().zip(block.arms).for_each(|(sum, arm)| sum.add(arm));
            let (end, means) = (weight / total, arms.map(Arm::mean));
            let gains = [gain, end * (means[1] - means[0])];
            points.push(Point { start, end, means, gains, tails: [0.0; 2] });
            (start, gain) = (end, gains[1]);
        }
        if arms.iter().any(|arm| arm.weight <= 0.0) {
            return None;
        }
        add_tails(&mut points);
        let area = |point: &Point| {
            (point.end - point.start) * f64::midpoint(point.gains[0], point.gains[1])
        };
        let area = points.iter().map(area).sum();
        Some(Self { points, total, arms: arms.map(|arm| arm.weight), uplift: gain, area })
    }

    /// The uplift of all customers, per customer.
    pub fn uplift(&self) -> f64 {
        self.uplift
    }

    /// The area under the curve, AUUC.
    pub fn area(&self) -> f64 {
        self.area
    }

    /// The area between the curve and that of a random order.
    pub fn qini(&self) -> f64 {
        self.area - self.uplift / 2.0
    }

    /// The gain of contacting this share of the customers, per customer.
    pub fn gain(&self, share: f64) -> f64 {
        let place = self.points.partition_point(|point| point.end < share);
        let Some(point) = self.points.get(place) else {
            return self.uplift;
        };
        let part = (share - point.start) / (point.end - point.start);
        point.gains[0] + part * (point.gains[1] - point.gains[0])
    }

    /// The influences of the customers of each block on the area.
    pub fn influences_on_area(&self) -> impl Iterator<Item = InfluenceOnArea> {
        let scales = [-1.0 / self.arms[0], 1.0 / self.arms[1]];
        self.points.iter().map(move |point| InfluenceOnArea {
            slopes: scales.map(|scale| scale * (1.0 - point.middle())),
            levels: [-scales[0] * point.tails[0], -scales[1] * point.tails[1]],
            rest: (point.height() - 2.0 * self.area) / self.total,
        })
    }

    /// The influence of a customer of a block.
    pub fn influence(&self, block: usize, contact: &Contact) -> Influence {
        let point = &self.points[block];
        let last = self.points[self.points.len() - 1].means;
        let arm = usize::from(contact.exposed);
        let sign = if contact.exposed { 1.0 } else { -1.0 };
        // Inverse weights are scaled to mean 1, and count beside the customer's own.
        let inverse = sign * contact.inverse() / self.arms[arm];
        let rest = 1.0 - point.middle();
        Influence {
            uplift: inverse * (contact.outcome - last[arm]),
            area: inverse * (rest * contact.outcome - point.tails[arm])
                + contact.weight / self.total * (point.height() - 2.0 * self.area),
        }
    }
}

fn add_tails(points: &mut [Point]) {
    let mut behind = [0.0; 2];
    for point in points.iter_mut().rev() {
        let within = point.means.map(|mean| mean * (point.end - point.start));
        for arm in 0..2 {
            point.tails[arm] = behind[arm] + within[arm] / 2.0;
            behind[arm] += within[arm];
        }
    }
}

/// The Qini coefficient of some customers, and the influence of each, in their order; `None` unless both
/// exposed and unexposed customers are there. `sorted` has those with the highest scores first.
pub fn qini(sorted: &[Contact]) -> Option<(f64, Vec<f64>)> {
    let sums: Vec<Block> = blocks(sorted).map(Block::of).collect();
    let curve = GainCurve::of(&sums)?;
    let of_block = |(place, contacts): (usize, &[Contact])| -> Vec<f64> {
        contacts.iter().map(|contact| curve.influence(place, contact).on_qini()).collect()
    };
    Some((curve.qini(), blocks(sorted).enumerate().flat_map(of_block).collect()))
}

#[cfg(test)]
mod tests;
