//! From a figure to a place, and where the axis has its marks.

/// A logarithmic axis.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// The logarithms at both ends.
    domain: (f64, f64),
    /// The places of both ends.
    range: (f64, f64),
}

impl Scale {
    /// Of these figures, between these places. One figure alone, or none, still has an axis.
    pub fn new(values: impl Iterator<Item = f64>, range: (f64, f64)) -> Self {
        let logs = values.map(f64::log10);
        let (low, high) =
            logs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), log| (low.min(log), high.max(log)));
        let domain = match low < high {
            true => (low, high),
            false if low.is_finite() => (low - 0.5, low + 0.5),
            false => (0.0, 1.0),
        };
        Scale { domain, range }
    }

    /// With the ends moved outwards, to the next marks of [`Scale::ticks`].
    pub fn rounded(mut self) -> Self {
        let step = self.step();
        let (low, high) = self.domain;
        self.domain = ((low / step + EDGE).floor() * step, (high / step - EDGE).ceil() * step);
        if self.domain.0 >= self.domain.1 {
            self.domain.1 = self.domain.0 + step;
        }
        self
    }

    /// Where a figure stands.
    pub fn at(&self, value: f64) -> f64 {
        let ((low, high), (from, to)) = (self.domain, self.range);
        from + (value.log10() - low) / (high - low) * (to - from)
    }

    /// Whether a figure stands on the axis.
    pub fn holds(&self, value: f64) -> bool {
        (self.domain.0 - EDGE..=self.domain.1 + EDGE).contains(&value.log10())
    }

    /// The powers of ten, or every second or third of them: seven marks at most.
    pub fn ticks(&self) -> Vec<f64> {
        let step = self.step();
        let (from, to) = ((self.domain.0 / step - EDGE).ceil() as i32, (self.domain.1 / step + EDGE).floor() as i32);
        (from..=to).map(|at| 10_f64.powf(f64::from(at) * step)).collect()
    }

    fn step(&self) -> f64 {
        ((self.domain.1 - self.domain.0) / 7.0).ceil().max(1.0)
    }
}

/// A figure so close to a power of ten is that power.
const EDGE: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_powers_of_ten() {
        let scale = Scale::new([120.0, 44_000.0].into_iter(), (0.0, 300.0)).rounded();
        assert_eq!(scale.ticks(), [100.0, 1_000.0, 10_000.0, 100_000.0]);
        assert_eq!(scale.at(1_000.0), 100.0);
        let exact = Scale::new([1.0, 1000.0].into_iter(), (0.0, 1.0)).rounded();
        assert_eq!(exact.ticks(), [1.0, 10.0, 100.0, 1000.0]);
    }

    #[test]
    fn one_figure_or_none_has_an_axis() {
        for values in [vec![], vec![7.0]] {
            let scale = Scale::new(values.into_iter(), (0.0, 10.0)).rounded();
            assert!(scale.ticks().len() >= 2, "{scale:?}");
            assert!(scale.at(7.0).is_finite());
        }
    }

    #[test]
    fn many_powers_have_few_marks() {
        assert!(Scale::new([1e-9, 1e12].into_iter(), (0.0, 1.0)).rounded().ticks().len() <= 8);
    }
}
