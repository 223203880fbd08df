//! A scale: from figures to places on an axis, with round ticks.

/// An axis from its lowest to its highest figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// A scale between round figures around all of these and 0, with about this many steps.
    pub fn around(figures: impl IntoIterator<Item = f64>, steps: usize) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for figure in figures.into_iter().filter(|figure| figure.is_finite()) {
            low = low.min(figure);
            high = high.max(figure);
        }
        if high - low <= f64::MIN_POSITIVE {
            high = 1.0;
        }
        let step = round_step((high - low) / steps as f64);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// A scale between these two figures.
    pub fn between(low: f64, high: f64, step: f64) -> Self {
        Self { low, high, step }
    }

    /// The place of a figure, in percent of the axis.
    pub fn place(&self, figure: f64) -> f64 {
        100.0 * ((figure - self.low) / (self.high - self.low)).clamp(-0.02, 1.02)
    }

    /// The figures with a tick.
    pub fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        let count = ((self.high - self.low) / self.step).round() as usize;
        (0..=count).map(|tick| self.low + tick as f64 * self.step)
    }

    /// The decimals that tell the ticks apart.
    pub fn decimals(&self) -> usize {
        (-self.step.log10().floor()).clamp(0.0, 6.0) as usize
    }
}

/// The next of 1, 2, 2.5 and 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    power * factors.into_iter().find(|factor| factor * power >= least * 0.999).unwrap_or(10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_have_everything_between_them() {
        let scale = Scale::around([-3.0, 41.0], 5);
        assert_eq!(scale.ticks().collect::<Vec<_>>(), [-10.0, 0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(scale.place(20.0), 50.0);
        let small = Scale::around([0.004, 0.013], 4);
        assert_eq!((small.decimals(), small.ticks().count()), (3, 4));
    }

    #[test]
    fn nothing_but_zero_has_a_scale() {
        assert_eq!(Scale::around([0.0, f64::NAN], 4).place(0.0), 0.0);
    }
}
