//! What the engine costs the computer that it runs on: processor time and memory, and how both grow with the directory.

use std::time::Duration;

use anyhow::Result;

use super::lab::{Lab, TRIP};
use super::times::{grouped, spread};
use super::{Measured, Step};
use crate::figure::{Figure, Goal, Unit};
use crate::ours::Check;
use crate::pairs::{Pairs, Series};
use crate::serve::Ground;

/// So short that a large directory is done soon, and still a wait in which other work can be done.
const SHORT: Duration = Duration::from_millis(5);

/// Listing many and asking some of them: in seconds, and against graph-rs-sdk on the same machine.
pub fn processor(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let (many, some) = (lab.size.many, lab.size.some);
    lab.tell(&format!("processor: list {many}, probe {some}"));
    if lab.sdk.is_none() {
        lab.tell("  processor-sdk is left out; `cargo xtask bench processor` builds the program with graph-rs-sdk that it needs");
    }
    let ground = Ground::of(many, TRIP);
    let (mut ours, mut listing, mut bare, mut sdk) = (Series::default(), Series::default(), Series::default(), Pairs::default());
    for _ in 0..lab.size.pairs {
        let done = lab.ours(&ground, Some(16), Check::Some(some))?.done;
        let import = done.import_processor.unwrap_or(f64::NAN);
        listing.push(import);
        let both = import + done.check_processor.unwrap_or(f64::NAN);
        ours.push(both);
        bare.push(lab.bare(&ground, 16, false, some)?.done.processor.unwrap_or(f64::NAN));
        if let Some(program) = lab.sdk {
            sdk.push(both, lab.sdk(program, &ground, 16, some)?.done.processor.unwrap_or(f64::NAN));
        }
    }
    let what = format!("processor time for listing {} and probing {} × 4", grouped(many), grouped(some));
    let detail = format!(
        "{:.2} s of it for listing and storing; {:.2}–{:.2} s; bare, which stores nothing, {:.2} s",
        listing.median(),
        ours.least(),
        ours.most(),
        bare.median()
    );
    let against = format!("{what}, everything stored, against graph-rs-sdk, which stores nothing");
    measured.figures.push(Figure::new("processor", what, (ours.median(), Unit::Seconds), Goal::AtMost(0.4), detail));
    if lab.sdk.is_some() {
        let detail = format!("ours {:.2} s, graph-rs-sdk {:.2} s; {}", sdk.ours.median(), sdk.theirs.median(), spread(&sdk.ratio));
        let value = (sdk.ratio.median(), Unit::Times);
        measured.figures.push(Figure::new("processor-sdk", against, value, Goal::AtMost(1.18), detail));
    }
    Ok(())
}

/// From small directories to the largest: time, processor time and memory.
pub fn growth(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    for &users in &lab.size.growth {
        lab.tell(&format!("growth: {users} mailboxes × 4, 5 ms a round trip, own choice of concurrency"));
        let (mut seconds, mut processor, mut memory) = (Series::default(), Series::default(), Series::default());
        for _ in 0..lab.size.steps {
            let done = lab.ours(&Ground::of(users, SHORT), None, Check::All)?.done;
            seconds.push(done.import + done.check);
            let cost = done.import_processor.zip(done.check_processor).map_or(f64::NAN, |(import, check)| import + check);
            processor.push(cost);
            memory.push(done.peak_kb.map_or(f64::NAN, megabytes));
        }
        let step = Step { mailboxes: users, seconds: seconds.median(), processor: processor.median(), megabytes: memory.median() };
        measured.growth.push(step);
    }
    let at = |users: u32| measured.growth.iter().find(|step| step.mailboxes == users).map_or(f64::NAN, |step| step.megabytes);
    let (many, most) = (lab.size.many, lab.size.most());
    // From twice the smallest on, where everything that is used at all is there.
    let some = lab.size.growth.get(1).copied().unwrap_or(most);
    let (in_many, in_some, in_most) = (at(many), at(some), at(most));
    let detail = format!("{} values; import and check, 5 ms a round trip", lab.size.steps);
    let what = format!("peak memory at {} mailboxes × 4", grouped(many));
    measured.figures.push(Figure::new("memory", what, (in_many, Unit::Megabytes), Goal::AtMost(60.0), detail));
    let what = format!("peak memory, {} mailboxes against {}", grouped(most), grouped(some));
    let detail = format!("{in_most:.0} MB against {in_some:.0} MB");
    measured.figures.push(Figure::new("memory-growth", what, (in_most / in_some, Unit::Times), Goal::AtMost(1.5), detail));
    Ok(())
}

fn megabytes(kibibytes: u64) -> f64 {
    // Memory of a process is far below what a double holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let kibibytes = kibibytes as f64;
    kibibytes * 1_024.0 / 1_000_000.0
}
