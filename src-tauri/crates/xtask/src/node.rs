//! Node: new enough for the interface's tools, or a plain word about it.

use std::fmt;

use crate::failure::{Failure, Outcome};
use crate::house::House;
use crate::work::Work;

/// A version as Node states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

/// Stops with what to install when Node is missing or too old.
pub fn check(house: &House) -> Outcome<()> {
    match Work::new(house, "node", &["--version"]).read().as_deref().map(parse) {
        Some(Some(version)) if is_enough(version) => Ok(()),
        Some(Some(version)) => Err(Failure::Missing(format!("Node {version} is too old. {WANTED}"))),
        Some(None) => Err(Failure::Missing(format!("`node --version` says something that is no version. {WANTED}"))),
        None => Err(Failure::Missing(format!("Node is not installed. {WANTED}"))),
    }
}

const WANTED: &str = "The interface needs Node 20.19 or newer (of 22: 22.12 or newer), with npm. Get it from https://nodejs.org";

/// Reads `v20.19.2`.
fn parse(text: &str) -> Option<Version> {
    let mut numbers = text.trim().strip_prefix('v')?.splitn(3, '.');
    let mut next = || numbers.next();
    let (major, minor, patch) = (next()?, next()?, next()?);
    // A nightly is `v26.0.0-nightly2026…`.
    let patch = patch.split(|c: char| !c.is_ascii_digit()).next()?;
    Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()?, patch: patch.parse().ok()? })
}

/// The `engines` field of Vite 8: `^20.19.0 || >=22.12.0`.
fn is_enough(version: Version) -> bool {
    match (version.major, version.minor) {
        (20, minor) => minor >= 19,
        (22, minor) => minor >= 12,
        (major, _) => major > 22,
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enough(text: &str) -> bool {
        is_enough(parse(text).expect("a version"))
    }

    #[test]
    fn only_the_releases_that_the_interface_builds_with_are_enough() {
        for fits in ["v20.19.0\n", "v20.20.2", "v22.12.0", "v24.1.0", "v26.0.0-nightly20260401abcdef"] {
            assert!(enough(fits), "{fits}");
        }
        for old in ["v18.19.0", "v20.18.3", "v21.7.3", "v22.11.0"] {
            assert!(!enough(old), "{old}");
        }
    }

    #[test]
    fn what_is_no_version_is_not_guessed() {
        for odd in ["", "20.19.0", "v20", "vx.y.z", "v20.19.x"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
