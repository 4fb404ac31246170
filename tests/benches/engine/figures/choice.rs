//! The engine's own choice of how much is in flight, beside the best of several fixed numbers.

use anyhow::Result;

use super::Measured;
use super::lab::{Lab, TRIP};
use super::times::{grouped, spread};
use crate::figure::{Figure, Goal, Unit};
use crate::ours::Check;
use crate::pairs::Pairs;
use crate::serve::Ground;

const FIXED: [u32; 5] = [64, 32, 16, 8, 4];
/// What the limited server works on at once.
const CAPACITY: u32 = 12;

/// On a server without limits.
pub fn unlimited(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    beside_the_best(lab, measured, "choice", &Ground::of(lab.size.many, TRIP), "a server without limits")
}

/// On a server that becomes slower, not faster, with more than it can work on at once.
pub fn limited(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let ground = Ground { capacity: Some(CAPACITY), ..Ground::of(lab.size.limited, TRIP) };
    beside_the_best(lab, measured, "choice-limited", &ground, &format!("a server that works on {CAPACITY} requests at once"))
}

fn beside_the_best(lab: &Lab<'_>, measured: &mut Measured, name: &str, ground: &Ground, server: &str) -> Result<()> {
    lab.tell(&format!("{name}: {} mailboxes × 4, own choice and fixed", ground.users));
    let check = |in_flight| Ok(lab.ours(ground, in_flight, Check::All)?.done.check);
    let mut tried = Vec::new();
    for fixed in FIXED {
        let seconds = check(Some(fixed))?;
        lab.tell(&format!("  {fixed} in flight: {seconds:.2} s"));
        tried.push((fixed, seconds));
    }
    let best = tried.iter().copied().min_by(|one, other| one.1.total_cmp(&other.1)).map_or(FIXED[0], |(fixed, _)| fixed);
    let pairs = Pairs::measure(lab.size.pairs, || check(None), || check(Some(best)))?;
    let what = format!("own choice of concurrency against the best fixed one, {server} ({} mailboxes × 4)", grouped(ground.users));
    let tried: Vec<String> = tried.iter().rev().map(|(fixed, seconds)| format!("{fixed}: {seconds:.1} s")).collect();
    let detail = format!(
        "own choice {:.2} s, {best} in flight {:.2} s; {}; fixed: {}",
        pairs.ours.median(),
        pairs.theirs.median(),
        spread(&pairs.ratio),
        tried.join(", ")
    );
    measured.figures.push(Figure::new(name, what, (pairs.ratio.median(), Unit::Times), Goal::AtMost(1.2), detail));
    Ok(())
}
