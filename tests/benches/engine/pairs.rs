//! Pairs of measurements, taken in turn so that what else the machine does falls on both alike, and the median of what comes of them.

use anyhow::Result;

/// A number that was measured several times.
#[derive(Debug, Clone, Default)]
pub struct Series(Vec<f64>);

impl Series {
    /// These values.
    pub fn of(values: Vec<f64>) -> Self {
        Self(values)
    }

    /// One more value.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The middle one, or the mean of the two in the middle; not a number when there is none.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted.get(sorted.len().saturating_sub(1) / 2), sorted.get(sorted.len() / 2));
        low.zip(high).map_or(f64::NAN, |(low, high)| low.midpoint(*high))
    }

    /// The least.
    pub fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The most.
    pub fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// Two things measured in turn.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    pub ours: Series,
    pub theirs: Series,
    /// Ours over theirs, pair by pair.
    pub ratio: Series,
}

impl Pairs {
    /// Measures `ours` and `theirs` in turn, so many times.
    pub fn measure(times: usize, mut ours: impl FnMut() -> Result<f64>, mut theirs: impl FnMut() -> Result<f64>) -> Result<Self> {
        let mut pairs = Self::default();
        for _ in 0..times {
            pairs.push(ours()?, theirs()?);
        }
        Ok(pairs)
    }

    /// One more pair.
    pub fn push(&mut self, ours: f64, theirs: f64) {
        self.ours.push(ours);
        self.theirs.push(theirs);
        self.ratio.push(ours / theirs);
    }
}
