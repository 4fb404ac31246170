//! What the test runners say of themselves: how many passed, failed, and were skipped.

use std::fmt;
use std::ops::AddAssign;

/// Numbers of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

/// The runner whose output is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// `cargo test`: a `test result:` line for each test program.
    Cargo,
    /// vitest: one `Tests` line at the end.
    Vitest,
}

/// Adds up while a runner talks.
#[derive(Clone)]
pub struct Tally {
    runner: Runner,
    apart: Option<&'static str>,
    speaking: String,
    counts: Counts,
    set_apart: Counts,
}

impl Tally {
    /// Counts everything that `runner` says.
    pub fn new(runner: Runner) -> Self {
        Self { runner, apart: None, speaking: String::new(), counts: Counts::default(), set_apart: Counts::default() }
    }

    /// Sets the results of one of cargo's test programs apart: what it needs is not there in this run, so that
    /// whatever it says of itself proves nothing.
    pub fn without(runner: Runner, apart: &'static str) -> Self {
        Self { apart: Some(apart), ..Self::new(runner) }
    }

    /// Takes in a line of output.
    pub fn hear(&mut self, line: &str) {
        let line = without_colours(line);
        match self.runner {
            Runner::Vitest => self.counts += of_vitest(&line).unwrap_or_default(),
            Runner::Cargo => {
                if let Some(program) = cargo_program(&line) {
                    self.speaking = program;
                }
                let counts = of_cargo(&line).unwrap_or_default();
                if self.apart == Some(self.speaking.as_str()) { self.set_apart += counts } else { self.counts += counts }
            }
        }
    }

    /// The sum so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many tests were set apart.
    pub fn set_apart(&self) -> u32 {
        self.set_apart.passed + self.set_apart.failed + self.set_apart.skipped
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.skipped += more.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.31s`.
fn of_cargo(line: &str) -> Option<Counts> {
    let (_, numbers) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    Some(sum(numbers.split(';'), "ignored"))
}

/// `      Tests  1 failed | 12 passed | 2 skipped | 1 todo (16)`.
fn of_vitest(line: &str) -> Option<Counts> {
    let rest = line.trim().strip_prefix("Tests ")?;
    let (numbers, all) = rest.split_once('(')?;
    all.strip_suffix(')')?.parse::<u32>().ok()?;
    let mut counts = sum(numbers.split('|'), "skipped");
    counts.skipped += sum(numbers.split('|'), "todo").skipped;
    Some(counts)
}

/// Adds up parts like `12 passed`.
fn sum<'a>(parts: impl Iterator<Item = &'a str>, skipped: &str) -> Counts {
    let mut counts = Counts::default();
    for part in parts {
        let Some((number, word)) = part.trim().split_once(' ') else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        match word {
            "passed" => counts.passed += number,
            "failed" => counts.failed += number,
            word if word == skipped => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

/// The `e2e` of `     Running e2e/main.rs (target/debug/deps/e2e-1f2e3d)`.
fn cargo_program(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(crate_name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("the examples of {crate_name}"));
    }
    let (_, path) = line.strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once('(')?;
    let (name, _) = path.rsplit(['/', '\\']).next()?.rsplit_once('-')?;
    Some(name.to_owned())
}

/// Without the escape sequences that colour a terminal (`ESC [ … m`).
fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "\
     Running unittests src/lib.rs (target/debug/deps/rollcall_core-0a1b)
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.31s
     Running e2e/main.rs (target/debug/deps/e2e-9f8e)
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running acceptance/main.rs (target/debug/deps/acceptance-77aa)
test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.10s
   Doc-tests rollcall_core
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";

    fn heard(mut tally: Tally, output: &str) -> Tally {
        output.lines().for_each(|line| tally.hear(line));
        tally
    }

    #[test]
    fn all_that_cargo_ran_is_summed() {
        let tally = heard(Tally::new(Runner::Cargo), CARGO);
        assert_eq!(tally.counts().to_string(), "21 passed, 2 failed, 2 skipped");
    }

    #[test]
    fn a_program_that_could_not_run_has_passed_nothing() {
        let tally = heard(Tally::without(Runner::Cargo, "e2e"), CARGO);
        assert_eq!(tally.counts().to_string(), "18 passed, 2 failed, 1 skipped");
        assert_eq!(tally.set_apart(), 4);
    }

    #[test]
    fn vitest_is_heard_through_its_colours_and_only_for_tests() {
        let output = "\u{1b}[2m Test Files \u{1b}[22m \u{1b}[32m3 passed\u{1b}[39m (3)\n\
            \u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m40 passed\u{1b}[39m | 2 skipped | 1 todo (44)\n\
            Tests are described in words (see there)";
        assert_eq!(heard(Tally::new(Runner::Vitest), output).counts(), Counts { passed: 40, failed: 1, skipped: 3 });
    }
}
