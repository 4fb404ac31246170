//! One measurement of ours, of the bare client's or of graph-rs-sdk's, each against a fresh practice tenant, and what must be true of
//! it before its time counts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};

use super::Size;
use crate::serve::{Ground, Seen, Tenant};
use crate::{bare, child, ours, sdk};

/// How long Graph takes for one request, unless stated.
pub const TRIP: Duration = Duration::from_millis(80);

/// Where measurements are made.
pub struct Lab<'a> {
    pub size: &'a Size,
    /// The program that does it with graph-rs-sdk, where it was built.
    pub sdk: Option<&'a Path>,
    folder: tempfile::TempDir,
    tell: &'a dyn Fn(&str),
}

/// A measurement and the practice tenant's side of it.
pub struct Took<T> {
    pub done: T,
    pub seen: Seen,
}

impl<T> Took<T> {
    /// Processor time of the practice tenant, as a share of `seconds`.
    pub fn share(&self, seconds: f64) -> f64 {
        self.seen.processor.map_or(f64::NAN, |processor| processor / seconds)
    }
}

impl<'a> Lab<'a> {
    /// Opens it.
    pub fn open(size: &'a Size, sdk: Option<&'a Path>, tell: &'a dyn Fn(&str)) -> Result<Self> {
        Ok(Self { size, sdk, folder: tempfile::tempdir()?, tell })
    }

    /// Says how it goes.
    pub fn tell(&self, text: &str) {
        (self.tell)(text);
    }

    /// Lets the engine do it. A wrong verdict, an early request or one that was sent twice fails the benchmark.
    pub fn ours(&self, ground: &Ground, in_flight: Option<u32>, check: ours::Check) -> Result<Took<ours::Done>> {
        let planted = self.planted();
        let ground = Ground { planted: Some(planted.clone()), ..ground.clone() };
        let mut tenant = Tenant::open(&ground)?;
        let errand = ours::Errand { details: tenant.details.clone(), in_flight, check, planted };
        let done: ours::Done = child::ask(ours::ROLE, &errand)?;
        let seen = tenant.seen()?;
        let mistake = done.mistake.as_deref().unwrap_or_default();
        ensure!(done.wrong == 0, "{} mailboxes have a wrong verdict; the first: {mistake}", done.wrong);
        ensure!(done.listed == ground.users, "{} users were listed, there are {}", done.listed, ground.users);
        ensure!(seen.violations == 0, "{} requests came before their Retry-After had passed", seen.violations);
        // Several runs over the same mailboxes ask them again, as they should.
        let once = !matches!(check, ours::Check::First(_));
        ensure!(!once || seen.duplicates == 0, "{} probes were asked again after they were answered", seen.duplicates);
        self.tell(&format!("  ours {done:?}"));
        Ok(Took { done, seen })
    }

    /// Lets the bare client do it: asks `asked` of the listed, while listing where `overlap`.
    pub fn bare(&self, ground: &Ground, in_flight: usize, overlap: bool, asked: u32) -> Result<Took<bare::Done>> {
        let mut tenant = Tenant::open(ground)?;
        let errand = bare::Errand { details: tenant.details.clone(), in_flight, overlap, asked };
        let done: bare::Done = child::ask(bare::ROLE, &errand)?;
        let seen = tenant.seen()?;
        ensure!(seen.violations == 0, "the bare client came too early {} times", seen.violations);
        ensure!(done.listed == ground.users as usize, "the bare client listed {} of {}", done.listed, ground.users);
        self.tell(&format!("  bare {done:?}"));
        Ok(Took { done, seen })
    }

    /// Lets graph-rs-sdk do it with its `program`: lists, then asks `asked` of the listed.
    pub fn sdk(&self, program: &Path, ground: &Ground, in_flight: usize, asked: u32) -> Result<Took<sdk::Done>> {
        let mut tenant = Tenant::open(ground)?;
        let errand = sdk::Errand { details: tenant.details.clone(), in_flight, asked, select: bare::SELECT, probes: bare::PROBES };
        let done: sdk::Done = child::ask_program(program, sdk::ROLE, &errand)?;
        let seen = tenant.seen()?;
        ensure!(seen.violations == 0, "graph-rs-sdk came too early {} times", seen.violations);
        ensure!(done.listed == ground.users as usize, "graph-rs-sdk listed {} of {}", done.listed, ground.users);
        let expected = asked.min(ground.users) as usize * bare::PROBES.len();
        ensure!(done.answered == expected, "graph-rs-sdk has {} answers of {expected}", done.answered);
        self.tell(&format!("  sdk {done:?}"));
        Ok(Took { done, seen })
    }

    fn planted(&self) -> PathBuf {
        self.folder.path().join("planted")
    }
}
