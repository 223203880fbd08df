//! The fit of the segments' offsets to scored rows.

use crate::{
    model::{MAX_OFFSET, Offsets, Rule, Score, SegmentSizes},
    options::SegmentRule,
    poll::Poll,
};

/// A segment expected in fewer rows than this is never given.
const LEAST_SIZE: f64 = 0.5;
/// A size misses if it is off by more than this share of what is expected, and by more rows than that.
const TOLERANCE: f64 = 0.1;
const TOLERATED_ROWS: f64 = 20.0;
/// Halvings of an interval of offsets, which end below the precision of a score.
const HALVINGS: usize = 40;
/// The distance that an offset keeps from the rows at which a size jumps, so that another CPU's
/// rounding moves none of them.
const MARGIN: f64 = 1e-6;

/// A row's score, and the weight that it counts with.
#[derive(Debug, Clone, Copy)]
pub(in crate::training) struct Scored {
    pub score: Score,
    pub weight: f64,
}

/// Fits the offsets of a rule; where rows are too alike for it, those of the next simpler one.
pub(in crate::training) fn fit(
    rows: &[Scored],
    asked: SegmentRule,
    poll: Poll,
) -> (Offsets, SegmentSizes) {
    let sample = Sample::new(rows, poll);
    match asked {
        SegmentRule::MostProbable => sample.by(Rule::MostProbable, [0.0; 2]),
        SegmentRule::OverRepresented => {
            let [low, organic, driven] = sample.expected.map(|size| size.max(LEAST_SIZE).ln());
            sample.by(Rule::OverRepresented, [low - organic, low - driven])
        }
        SegmentRule::ExpectedSize => sample.by_expected_size(),
    }
}

struct Sample<'a> {
    rows: &'a [Scored],
    /// The logarithms of the probabilities; −∞ of a segment that is never given.
    logs: Vec<[f64; 3]>,
    expected: [f64; 3],
    never: [bool; 2],
    poll: Poll,
}

impl<'a> Sample<'a> {
    fn new(rows: &'a [Scored], poll: Poll) -> Self {
        let mut expected = [0.0; 3];
        for row in rows {
            for (size, p) in expected.iter_mut().zip(probabilities(&row.score)) {
                *size += row.weight * p;
            }
        }
        let never = [expected[1] < LEAST_SIZE, expected[2] < LEAST_SIZE];
        let log = |p: f64, never: bool| if never { f64::NEG_INFINITY } else { p.max(1e-300).ln() };
        let logs = poll.each(rows.iter()).map(|row| {
            let [low, organic, driven] = probabilities(&row.score);
            [log(low, false), log(organic, never[0]), log(driven, never[1])]
        });
        Self { rows, logs: logs.collect(), expected, never, poll }
    }

    fn by_expected_size(&self) -> (Offsets, SegmentSizes) {
        let driven = self.driven();
        let fitted = self.by(Rule::ExpectedSize, [self.organic(driven), driven]);
        let SegmentSizes { given, .. } = fitted.1;
        if (0..3).all(|k| is_met(self.expected[k], given[k])) {
            return fitted;
        }
        let fitted = self.by(Rule::ExpectedEngagement, [self.engaged(); 2]);
        let SegmentSizes { given, .. } = fitted.1;
        if is_met(self.expected[1] + self.expected[2], given[1] + given[2]) {
            return fitted;
        }
        self.by(Rule::MostProbable, [0.0; 2])
    }

    /// The offset of campaign-driven, with that of organic fitted to it at each step.
    fn driven(&self) -> f64 {
        if self.never[1] {
            return 0.0;
        }
        bisect(self.expected[2], |offset| {
            self.poll.now();
            let other = self.organic(offset);
            let starts = self.starts(|[low, organic, driven]| low.max(organic + other) - driven);
            self.size(&starts, offset)
        })
    }

    /// The offset of organic, given that of campaign-driven.
    fn organic(&self, other: f64) -> f64 {
        if self.never[0] {
            return 0.0;
        }
        let starts = self.starts(|[low, organic, driven]| low.max(driven + other) - organic);
        bisect(self.expected[1], |offset| self.size(&starts, offset))
    }

    /// One offset for both, so that the engaged are as many as expected.
    fn engaged(&self) -> f64 {
        let starts = self.starts(|[low, organic, driven]| low - organic.max(driven));
        bisect(self.expected[1] + self.expected[2], |offset| self.size(&starts, offset))
    }

    /// The offset above which a segment gets each row.
    fn starts(&self, start: impl Fn([f64; 3]) -> f64) -> Vec<f64> {
        self.logs.iter().map(|&logs| start(logs)).collect()
    }

    /// The weight of the rows that a segment gets at an offset.
    fn size(&self, starts: &[f64], offset: f64) -> f64 {
        let rows = self.rows.iter().zip(starts);
        rows.map(|(row, &start)| if offset > start { row.weight } else { 0.0 }).sum()
    }

    /// A rule with its offsets, and the sizes that it gives.
    fn by(&self, rule: Rule, engaged: [f64; 2]) -> (Offsets, SegmentSizes) {
        let offset = |k: usize| if self.never[k] { 0.0 } else { engaged[k] };
        let offsets = Offsets { engaged: [offset(0), offset(1)], never: self.never };
        let namer = offsets.namer();
        let mut given = [0.0; 3];
        for row in self.poll.each(self.rows.iter()) {
            given[namer.segment(&row.score) as usize] += row.weight;
        }
        (offsets, SegmentSizes { rule, expected: self.expected, given })
    }
}

fn probabilities(score: &Score) -> [f64; 3] {
    [score.low_engagement, score.organic, score.campaign_driven]
}

fn is_met(expected: f64, given: f64) -> bool {
    (given - expected).abs() <= (TOLERANCE * expected).max(TOLERATED_ROWS)
}

/// The offset at which a size that grows with it comes nearest to what is expected.
fn bisect(expected: f64, mut size: impl FnMut(f64) -> f64) -> f64 {
    let mut low = (-MAX_OFFSET, size(-MAX_OFFSET));
    let mut high = (MAX_OFFSET, size(MAX_OFFSET));
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low.0, high.0);
        let reached = (middle, size(middle));
        if reached.1 < expected {
            low = reached;
        } else {
            high = reached;
        }
    }
    let offset =
        if expected - low.1 < high.1 - expected { low.0 - MARGIN } else { high.0 + MARGIN };
    offset.clamp(-MAX_OFFSET, MAX_OFFSET)
}

#[cfg(test)]
mod tests;
