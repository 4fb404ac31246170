//! The figures, in the order in which they are shown, and how each is measured.

mod choice;
mod consenting;
mod cost;
mod lab;
mod moving;
mod times;

use std::path::Path;

use anyhow::{Result, bail};

use crate::figure::Figure;
use crate::machine;
use lab::Lab;
pub use times::grouped;

/// How large the tenants are, and how often each thing is measured.
#[derive(Debug, Clone)]
pub struct Size {
    /// Mailboxes that are asked where listing is not part of the figure.
    pub some: u32,
    /// Mailboxes that are listed and asked.
    pub many: u32,
    /// Mailboxes that are asked with every fixed number in flight, one after the other, on a server that is slow.
    pub limited: u32,
    /// From how many to how many mailboxes costs are followed.
    pub growth: Vec<u32>,
    /// Pairs of measurements for each ratio, and values for each median.
    pub pairs: usize,
    /// Values for each size of the growth.
    pub steps: usize,
}

impl Size {
    /// What the goals speak of.
    pub fn full() -> Self {
        let growth = vec![1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
        Self { some: 2_000, many: 20_000, limited: 8_000, growth, pairs: 5, steps: 3 }
    }

    /// Enough to see that everything works.
    pub fn quick() -> Self {
        Self { some: 300, many: 1_200, limited: 600, growth: vec![300, 600, 1_200], pairs: 1, steps: 1 }
    }

    /// The largest tenant.
    pub fn most(&self) -> u32 {
        self.growth.last().copied().unwrap_or(self.many)
    }
}

/// What one size of tenant costs to bring in and to check.
#[derive(Debug, Clone)]
pub struct Step {
    pub mailboxes: u32,
    pub seconds: f64,
    pub processor: f64,
    pub megabytes: f64,
}

/// All that was measured.
#[derive(Default)]
pub struct Measured {
    pub figures: Vec<Figure>,
    pub growth: Vec<Step>,
    /// How busy the machine was before.
    pub load: Option<f64>,
}

type Group = fn(&Lab<'_>, &mut Measured) -> Result<()>;

/// Figures that come from the same measurements, by their names.
const GROUPS: &[(&[&str], Group)] = &[
    (&["probe"], times::probe),
    (&["both-16", "storing-16"], |lab, measured| times::both_at(lab, measured, ("both-16", 16, 1.10))),
    (&["both-64", "storing-64"], |lab, measured| times::both_at(lab, measured, ("both-64", 64, 1.25))),
    (&["throttled"], times::throttled),
    (&["choice"], choice::unlimited),
    (&["choice-limited"], choice::limited),
    (&["rate"], times::rate),
    (&["processor", "processor-sdk"], cost::processor),
    (&["listing"], times::listing),
    (&["wire"], times::wire),
    (&["memory", "memory-growth", "growth"], cost::growth),
    (&["first"], times::first),
    (&["consenting"], consenting::consenting),
    (&["moving"], moving::moving),
];

/// Measures those whose name contains one of `names`, or all of them; against graph-rs-sdk where its program is given. Says with
/// `tell` how it goes.
pub fn measure(size: &Size, names: &[String], sdk: Option<&Path>, tell: &dyn Fn(&str)) -> Result<Measured> {
    let lab = Lab::open(size, sdk, tell)?;
    let wanted = |group: &[&str]| names.is_empty() || group.iter().any(|own| names.iter().any(|name| own.contains(name.as_str())));
    let mut measured = Measured { load: machine::load(), ..Measured::default() };
    for (own, group) in GROUPS {
        if wanted(own) {
            group(&lab, &mut measured)?;
        }
    }
    if measured.figures.is_empty() {
        let known: Vec<&str> = GROUPS.iter().flat_map(|(own, _)| own.iter().copied()).collect();
        bail!("no figure is called like that; there are {}", known.join(", "));
    }
    Ok(measured)
}
