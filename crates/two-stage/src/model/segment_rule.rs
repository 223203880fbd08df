//! The rule by which a score becomes a segment: the probabilities compete after two of them were
//! given an offset.

use super::score::Score;
use crate::segment::Segment;

/// The size of the largest offset that a fit looks for.
pub(crate) const MAX_OFFSET: f64 = 20.0;
/// The size of the largest offset that a sound model has: the logarithm of a number of rows.
const MAX_STORED: f64 = 100.0;

/// The rule that a model names segments by; options may ask for one that its rows do not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Each segment has as many customers as its probabilities add up to.
    ExpectedSize,
    /// The engaged are as many as expected; the more probable of the two kinds names each.
    ExpectedEngagement,
    /// The most probable segment.
    MostProbable,
    /// The segment whose probability is highest against the segment's mean.
    OverRepresented,
}

impl Rule {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExpectedSize => "expected_size",
            Self::ExpectedEngagement => "expected_engagement",
            Self::MostProbable => "most_probable",
            Self::OverRepresented => "over_represented",
        }
    }
}

/// The offsets b: the segment is that of the largest log p + b. That of low_engagement is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offsets {
    /// b of organic and of campaign-driven.
    pub(crate) engaged: [f64; 2],
    /// Tells of these two if the segment is never given, because nobody is expected in it.
    pub(crate) never: [bool; 2],
}

impl Offsets {
    /// Makes the rule ready to name segments.
    pub(crate) fn namer(&self) -> Namer {
        let factor = |k: usize| if self.never[k] { 0.0 } else { self.engaged[k].exp() };
        let floor = |k: usize| if self.never[k] { -1.0 } else { 0.0 };
        Namer { factors: [factor(0), factor(1)], floors: [floor(0), floor(1)] }
    }

    /// Checks bytes from a table.
    pub(super) fn is_sound(&self) -> bool {
        self.engaged.iter().all(|offset| (-MAX_STORED..=MAX_STORED).contains(offset))
    }
}

/// Names segments: p · e^b is compared instead of log p + b.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Namer {
    /// e^b of organic and of campaign-driven; 0 where never given.
    factors: [f64; 2],
    /// A number below every probability where never given, else 0.
    floors: [f64; 2],
}

impl Namer {
    /// The segment of a score; of equals, low_engagement goes before organic, and that before
    /// campaign_driven.
    #[inline]
    pub fn segment(&self, score: &Score) -> Segment {
        let low = score.low_engagement;
        let organic = score.organic * self.factors[0] + self.floors[0];
        let driven = score.campaign_driven * self.factors[1] + self.floors[1];
        if driven > organic && driven > low {
            Segment::CampaignDriven
        } else if organic > low {
            Segment::Organic
        } else {
            Segment::LowEngagement
        }
    }
}

/// The rule in force and the sizes of the segments, in rows of the training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SegmentSizes {
    /// The rule in force.
    pub rule: Rule,
    /// Sums of the probabilities, in the order of [`Segment::ALL`].
    pub expected: [f64; 3],
    /// Rows that the rule gives each segment.
    pub given: [f64; 3],
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Offsets = Offsets { engaged: [0.0; 2], never: [false; 2] };

    fn named(offsets: Offsets, p: [f64; 3]) -> &'static str {
        offsets.namer().segment(&p.into()).name()
    }

    #[test]
    fn without_offsets_the_most_probable_is_named() {
        assert_eq!(named(NONE, [0.5, 0.3, 0.2]), "low_engagement");
        assert_eq!(named(NONE, [0.3, 0.5, 0.2]), "organic");
        assert_eq!(named(NONE, [0.2, 0.3, 0.5]), "campaign_driven");
    }

    #[test]
    fn equals_go_to_low_engagement_then_organic() {
        assert_eq!(named(NONE, [0.4, 0.4, 0.2]), "low_engagement");
        assert_eq!(named(NONE, [0.4, 0.2, 0.4]), "low_engagement");
        assert_eq!(named(NONE, [0.2, 0.4, 0.4]), "organic");
    }

    #[test]
    fn an_offset_is_added_to_the_logarithm() {
        let rare = Offsets { engaged: [2.1_f64.ln(), 7.1_f64.ln()], never: [false; 2] };
        assert_eq!(named(rare, [0.65, 0.31, 0.04]), "organic");
        assert_eq!(named(rare, [0.70, 0.20, 0.10]), "campaign_driven");
        assert_eq!(named(rare, [0.72, 0.20, 0.08]), "low_engagement");
    }

    #[test]
    fn a_segment_that_is_never_given_is_not_named() {
        let never = Offsets { never: [false, true], ..NONE };
        assert_eq!(named(never, [0.1, 0.2, 0.7]), "organic");
        assert_eq!(named(never, [0.0, 0.0, 1.0]), "low_engagement");
    }

    #[test]
    fn offsets_from_a_table_are_checked() {
        assert!(NONE.is_sound());
        for wrong in [f64::NAN, f64::INFINITY, 1e3] {
            assert!(!Offsets { engaged: [0.0, wrong], ..NONE }.is_sound());
        }
    }
}
