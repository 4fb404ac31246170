//! Figures: medians of pairs, and what they are held against.

use std::time::{Duration, Instant};

/// What a figure is held against.
#[derive(Clone, Copy)]
pub enum Goal {
    /// At most so many times what SQLite takes.
    Times(f64),
    /// At most so many milliseconds.
    Milliseconds(f64),
}

/// So many of the slowest are named.
const SLOWEST: usize = 12;

/// Prints figures as they come.
pub struct Report {
    json: bool,
    wanted: Vec<String>,
    /// Pairs of which the median is told.
    pub pairs: usize,
    missed: u32,
}

impl Report {
    pub fn new(json: bool, quick: bool, wanted: Vec<String>) -> Self {
        if !json {
            println!("{:<58}{:>12}{:>12}{:>9}  goal", "figure", "ours", "SQLite", "ratio");
        }
        Self { json, wanted, pairs: if quick { 1 } else { 5 }, missed: 0 }
    }

    /// Whether the figures of a group were asked for.
    pub fn wants(&self, group: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| group.contains(wanted.as_str()))
    }

    /// Tells a figure: the median of the ratios of its pairs, and the medians of both sides.
    pub fn tell(&mut self, figure: &str, pairs: &[(Duration, Duration)], goal: Goal) {
        let ours = median(pairs.iter().map(|(ours, _)| ours.as_secs_f64() * 1e3));
        let floor = median(pairs.iter().map(|(_, floor)| floor.as_secs_f64() * 1e3));
        let ratio = median(pairs.iter().map(|(ours, floor)| ours.as_secs_f64() / floor.as_secs_f64()));
        let (met, goal) = match goal {
            Goal::Times(most) => (ratio <= most, format!("<= {most} x")),
            Goal::Milliseconds(most) => (ours <= most, format!("<= {most} ms")),
        };
        self.missed += u32::from(!met);
        if self.json {
            println!(
                "{{\"figure\":\"{figure}\",\"ours_ms\":{ours:.3},\"floor_ms\":{floor:.3},\"ratio\":{ratio:.3},\"goal\":\"{goal}\",\"met\":{met}}}"
            );
        } else {
            let met = if met { "met" } else { "NOT MET" };
            println!("{figure:<58}{ours:>9.2} ms{floor:>9.2} ms{ratio:>9.2}  {goal}, {met}");
        }
    }

    /// Tells the time that one in a hundred takes longer than, beside the median; at a terminal also what took longest.
    pub fn tell_tail(&mut self, figure: &str, mut took: Vec<(Duration, String)>, most: Duration) {
        took.sort_unstable();
        let tail = took[took.len() * 99 / 100].0;
        self.tell(figure, &[(tail, took[took.len() / 2].0)], Goal::Milliseconds(most.as_secs_f64() * 1e3));
        if !self.json {
            took.iter().rev().take(SLOWEST).for_each(|(time, what)| println!("    {:>8.2} ms  {what}", time.as_secs_f64() * 1e3));
        }
    }

    pub fn end(&self) {
        if !self.json {
            println!("{} goals not met", self.missed);
        }
    }
}

/// The time that `work` takes on the wall.
pub fn wall<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let answer = work();
    (start.elapsed(), answer)
}

/// The time that `work` takes of the processor, or on the wall where the system doesn't tell it.
pub fn cpu<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let before = on_processor();
    let (wall, answer) = wall(work);
    let cpu = before.zip(on_processor()).map_or(wall, |(before, after)| after.saturating_sub(before));
    (cpu, answer)
}

/// What this thread has had of the processor ("Linux kernel documentation, scheduler statistics").
fn on_processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
