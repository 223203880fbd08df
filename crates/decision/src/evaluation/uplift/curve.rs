//! The gain curve over the blocks of equal scores, and the influence of their customers on its area.

use super::{
    blocks::Block,
    sums::{Influence, Sums},
};

/// The gain curve. A block of equal scores is a straight line, since its customers have no order.
pub struct Curve {
    points: Vec<Point>,
    /// The sums of all customers.
    pub totals: Sums,
    /// The area under the curve.
    pub area: f64,
}

/// A block on the curve. Pairs of means and integrals are of unexposed and exposed customers.
#[derive(Clone, Copy)]
struct Point {
    /// The share of customers before the block.
    start: f64,
    /// The share of customers up to its end.
    end: f64,
    /// The gains at both ends.
    gains: [f64; 2],
    /// The mean outcomes up to the end.
    means: [f64; 2],
    /// The integrals of the means from the middle of the block to the last customer.
    tails: [f64; 2],
}

impl Curve {
    /// The curve of blocks, the highest score first, whose sums are `totals`.
    pub fn new(blocks: impl Iterator<Item = Block>, totals: Sums) -> Self {
        let (mut sums, mut start, mut gain) = (Sums::default(), 0.0, 0.0);
        let mut points: Vec<Point> = blocks
            .map(|block| {
                sums = sums.with_share(1.0, &block.sums);
                let end = sums.weight / totals.weight;
                let means = [0, 1].map(|arm| sums.arms[arm].mean());
                let gains = [gain, end * (means[1] - means[0])];
                let point = Point { start, end, means, gains, tails: [0.0; 2] };
                (start, gain) = (end, gains[1]);
                point
            })
            .collect();
        add_tails(&mut points);
        let area = |point: &Point| {
            (point.end - point.start) * f64::midpoint(point.gains[0], point.gains[1])
        };
        let area = points.iter().map(area).sum();
        Self { points, totals, area }
    }

    /// The gain of contacting this share of the customers, per customer.
    pub fn gain(&self, share: f64) -> f64 {
        let place = self.points.partition_point(|point| point.end < share);
        let Some(point) = self.points.get(place) else { return self.totals.uplift() };
        let part = (share - point.start) / (point.end - point.start);
        point.gains[0] + part * (point.gains[1] - point.gains[0])
    }

    /// The influences of the customers of each block on the area.
    pub fn influences_on_area(&self) -> impl Iterator<Item = Influence> {
        self.points.iter().map(|point| {
            let left = 1.0 - f64::midpoint(point.start, point.end);
            let curve =
                point.tails[1] - point.tails[0] + f64::midpoint(point.gains[0], point.gains[1]);
            let [unexposed, exposed] = [-1.0 / self.totals.arms[0].v, 1.0 / self.totals.arms[1].v];
            Influence {
                slopes: [unexposed * left, exposed * left],
                levels: [-unexposed * point.tails[0], -exposed * point.tails[1]],
                rest: (curve - 2.0 * self.area) / self.totals.weight,
            }
        })
    }
}

fn add_tails(points: &mut [Point]) {
    let mut behind = [0.0; 2];
    for point in points.iter_mut().rev() {
        let width = point.end - point.start;
        for ((tail, mean), behind) in point.tails.iter_mut().zip(point.means).zip(&mut behind) {
            *tail = *behind + mean * width / 2.0;
            *behind += mean * width;
        }
    }
}
