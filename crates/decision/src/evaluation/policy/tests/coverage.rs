//! Intervals of two standard errors cover the truth as often as they say.

use super::*;
use crate::evaluation::testing::Random;

impl Random {
    /// A customer of the design's policy.py. `confounded`: what is sent depends on the customer, as its
    /// probability tells, and weights are exponential.
    fn customer(&mut self, confounded: bool) -> Drawn {
        let [x, z] = self.normals();
        let recommended = match x.max(z) {
            most if most < -0.5 => 0,
            most => {
                if most == x {
                    1
                } else {
                    2
                }
            }
        };
        let moved = if confounded && x > 0.5 { 0.2 } else { 0.0 };
        let chances = [0.2, 0.5 - moved, 0.3 + moved];
        let drawn = self.uniform();
        let sent = (0..2).find(|&k| drawn < chances[..=k].iter().sum()).unwrap_or(2);
        let engages =
            [0.1, 0.12 + 0.05 * f64::from(x > 0.0), 0.11 + 0.05 * f64::from(z > 0.0)][sent];
        Drawn {
            recommended,
            sent,
            outcome: f64::from(self.uniform() < engages),
            probability: confounded.then_some(chances[sent]),
            weight: if confounded { self.exponential() } else { 1.0 },
        }
    }
}

#[test]
fn intervals_of_value_and_gain_cover_the_truth() {
    // A third of the probability above 0 is where both numbers are, and nobody is recommended below −0.5.
    let nobody = 0.308_537_538_725_986_9_f64.powi(2);
    let value = 0.1 * nobody + (1.0 - nobody) / 2.0 * (0.12 + 0.11) + 0.05 * 0.75;
    let gain = value - (0.12 + 0.05 / 2.0);
    let mut random = Random(15);
    for confounded in [false, true] {
        let mut covered = [0; 2];
        for _ in 0..1000 {
            let rows: Vec<Drawn> = (0..3000).map(|_| random.customer(confounded)).collect();
            let of = metrics(&rows, 1);
            let covers = |got: Option<f64>, se: Option<f64>, truth: f64| {
                (got.unwrap() - truth).abs() < 1.96 * se.unwrap()
            };
            covered[0] += usize::from(covers(of.value, of.value_se, value));
            covered[1] += usize::from(covers(of.gain, of.gain_se, gain));
        }
        println!("confounded {confounded}: value and gain covered {covered:?} of 1000");
        assert!(
            covered.iter().all(|count| (925..=975).contains(count)),
            "{confounded} {covered:?}"
        );
    }
}
