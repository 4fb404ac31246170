//! A figure: what was measured, beside what it should be.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What it is called on the command line.
    pub name: String,
    /// What is measured, in words.
    pub what: String,
    pub value: f64,
    /// The value as it is shown.
    pub shown: String,
    pub goal: Goal,
    pub met: bool,
    /// What the value was made of.
    pub detail: String,
    /// Processor time of the practice tenant as a share of the time that passed; 1 is one core, all the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<f64>,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A multiple of something else.
    Times,
    Seconds,
    Milliseconds,
    Megabytes,
    Percent,
    /// Round trips to Graph.
    Trips,
}

impl Unit {
    fn write(self, value: f64) -> String {
        match self {
            Self::Times => format!("{value:.2}×"),
            Self::Seconds => format!("{value:.2} s"),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Megabytes => format!("{value:.0} MB"),
            Self::Percent => format!("{value:.1} %"),
            Self::Trips => format!("{value:.1} round trips"),
        }
    }
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

impl Figure {
    /// A figure of the engine's.
    pub fn new(name: &str, what: String, (value, unit): (f64, Unit), goal: Goal, detail: String) -> Self {
        let met = goal.is_met(value);
        Self { name: name.to_owned(), what, value, shown: unit.write(value), goal, met, detail, tenant: None }
    }

    /// With the share of the time that the practice tenant's processor time was.
    #[must_use]
    pub fn beside(self, tenant: f64) -> Self {
        Self { tenant: Some(tenant), ..self }
    }

    /// The goal as it is shown.
    pub fn goal(&self) -> String {
        let unit = self.shown.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == 'N' || c == 'a');
        let number = |goal: f64| {
            let text = format!("{goal:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        match self.goal {
            Goal::AtMost(most) => format!("≤ {}{unit}", number(most)),
            Goal::AtLeast(least) => format!("≥ {}{unit}", number(least)),
        }
    }
}

/// The store's own figures: one JSON object a line, as `cargo bench -p rollcall-store -- --json` writes them.
pub fn of_the_store(file: &Path) -> Result<Vec<Figure>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("the store's figures in {}", file.display()))?;
    text.lines().filter(|line| line.starts_with('{')).map(|line| one_of_the_store(line).with_context(|| line.to_owned())).collect()
}

fn one_of_the_store(line: &str) -> Result<Figure> {
    #[derive(Deserialize)]
    struct Line {
        figure: String,
        ours_ms: f64,
        floor_ms: f64,
        ratio: f64,
        /// Such as `<= 1.5 x` or `<= 400 ms`.
        goal: String,
    }
    let Line { figure, ours_ms, floor_ms, ratio, goal } = serde_json::from_str(line)?;
    let (most, unit) = goal.strip_prefix("<= ").and_then(|goal| goal.split_once(' ')).context("a goal without a unit")?;
    let value = match unit {
        "x" => (ratio, Unit::Times),
        "ms" => (ours_ms, Unit::Milliseconds),
        _ => bail!("a goal in {unit}"),
    };
    let detail = format!("store {ours_ms:.2} ms, beside {floor_ms:.2} ms");
    Ok(Figure::new("store", figure, value, Goal::AtMost(most.parse()?), detail))
}
