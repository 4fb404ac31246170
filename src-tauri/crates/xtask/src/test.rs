//! `cargo xtask test`: everything that can be checked, in one command, with one sum at the end.

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::counts::Counts;
use crate::failure::{Failure, Outcome};
use crate::house::House;
use crate::machine::System;
use crate::packages::{Need, ensure};
use crate::session::Session;
use crate::steps::{Does, Stage, Step, steps};
use crate::{interface, node, say};

/// How much is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// All steps.
    Everything,
    /// All steps but the real window.
    Quick,
    /// One step, after the builds that it needs.
    Only(&'a str),
}

/// Sets up, runs the steps until one fails, and sums up. `Err(Failure::Tests)` when one failed.
pub fn test(house: &House, choice: Choice) -> Outcome<ExitCode> {
    let system = System::here();
    let stage = stage(system, choice);
    let session = Session::begin()?;
    let steps = chosen(steps(house, &session, stage), choice)?;
    node::check(house)?;
    ensure(house, system, if stage == Stage::Window { Need::WindowTests } else { Need::Tests })?;
    interface::install(house)?;
    clear_screenshots(house)?;

    let lines = walk(house, steps);
    sum_up(&lines);
    if lines.iter().any(|line| line.ended == Ended::Failed) { Err(Failure::Tests) } else { Ok(ExitCode::SUCCESS) }
}

fn stage(system: System, choice: Choice) -> Stage {
    match choice {
        _ if !system.is_linux() => Stage::Bare,
        Choice::Everything | Choice::Only("window") => Stage::Window,
        Choice::Quick | Choice::Only(_) => Stage::Keychain,
    }
}

fn chosen(steps: Vec<Step>, choice: Choice) -> Outcome<Vec<Step>> {
    let Choice::Only(name) = choice else { return Ok(steps) };
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    let Some(place) = names.iter().position(|known| *known == name) else {
        return Err(Failure::Usage(format!("there is no step {name}; there are: {}", names.join(", "))));
    };
    // Up to the step: what comes after it prepares nothing for it.
    Ok(steps.into_iter().take(place + 1).filter(|step| step.prepares || step.name == name).collect())
}

/// Pictures of an earlier build must not pass for pictures of this one.
fn clear_screenshots(house: &House) -> Outcome<()> {
    let folder = house.screenshots();
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::disk(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::disk(&folder))
}

/// A line of the summary.
struct Line {
    name: &'static str,
    ended: Ended,
    took: Duration,
    counts: Option<Counts>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Passed,
    Unchanged,
    Failed,
    Skipped,
    NotRun,
}

fn walk(house: &House, steps: Vec<Step>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut set_apart = 0;
    let all = steps.len();
    for (place, step) in steps.into_iter().enumerate() {
        if lines.iter().any(|line| line.ended == Ended::Failed) {
            lines.push(Line { name: step.name, ended: Ended::NotRun, took: Duration::ZERO, counts: None });
            continue;
        }
        say::headline(format_args!("{}/{all} {}", place + 1, step.name));
        let started = Instant::now();
        let (ended, counts) = take(house, &step, &mut set_apart);
        let took = started.elapsed();
        say::line(format_args!("── {} {} after {}", step.name, ended.word(), seconds(took)));
        if ended == Ended::Failed {
            say::error(format_args!("{} failed; to repeat it:\n\n    {}\n", step.name, step.repeat));
        }
        lines.push(Line { name: step.name, ended, took, counts });
    }
    lines
}

fn take(house: &House, step: &Step, set_apart: &mut u32) -> (Ended, Option<Counts>) {
    match &step.does {
        Does::Check(work) => (judged(work.run()), None),
        Does::Count(work, tally) => {
            let mut tally = tally.clone();
            let ended = judged(work.run_hearing(|line| tally.hear(line)));
            *set_apart += tally.set_apart();
            (ended, Some(credible(tally.counts(), ended)))
        }
        Does::Interface => match interface::build(house) {
            Ok(true) => (Ended::Passed, None),
            Ok(false) => (Ended::Unchanged, None),
            Err(failure) => (judged(Err(failure)), None),
        },
        Does::LeaveWindowShut(why) => {
            say::line(why);
            (Ended::Skipped, Some(Counts { skipped: *set_apart, ..Counts::default() }))
        }
    }
}

fn judged(outcome: Outcome<()>) -> Ended {
    match outcome {
        Ok(()) => Ended::Passed,
        // How a command that ran ended is told with the line to repeat it.
        Err(Failure::Command { ended, .. }) => {
            say::line(format_args!("It {ended}."));
            Ended::Failed
        }
        Err(failure) => {
            say::error(failure);
            Ended::Failed
        }
    }
}

/// A runner that breaks off before it has counted a failure (it didn't compile, it crashed) has failed all the same.
fn credible(mut counts: Counts, ended: Ended) -> Counts {
    if ended == Ended::Failed && counts.failed == 0 {
        counts.failed = 1;
    }
    counts
}

fn sum_up(lines: &[Line]) {
    say::headline("summary");
    let mut sum = Counts::default();
    let mut took = Duration::ZERO;
    for line in lines {
        let counts = line.counts.map(|counts| counts.to_string()).unwrap_or_default();
        let row = format!("{:<16} {:<10} {:>8}   {counts}", line.name, line.ended.word(), seconds(line.took));
        say::line(row.trim_end());
        sum += line.counts.unwrap_or_default();
        took += line.took;
    }
    say::line(format_args!("{:<27} {:>8}\n", "together", seconds(took)));
    say::line(sum);
}

impl Ended {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unchanged => "unchanged",
            Self::Failed => "FAILED",
            Self::Skipped => "skipped",
            Self::NotRun => "not run",
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Work;

    fn step(name: &'static str, does: Does) -> Step {
        Step { name, does, prepares: name.ends_with("build"), repeat: name.to_owned() }
    }

    fn shut(name: &'static str) -> Step {
        step(name, Does::LeaveWindowShut("it is only a test"))
    }

    #[test]
    fn one_step_brings_the_builds_before_it_and_an_unknown_one_is_refused() {
        let all = || ["format", "ui-build", "lint", "build", "window"].map(shut).into_iter().collect::<Vec<_>>();
        let names = |choice| chosen(all(), choice).unwrap().iter().map(|step| step.name).collect::<Vec<_>>();
        assert_eq!(names(Choice::Only("window")), ["ui-build", "build", "window"]);
        assert_eq!(names(Choice::Only("lint")), ["ui-build", "lint"]);
        assert_eq!(names(Choice::Quick).len(), 5);
        assert!(matches!(chosen(all(), Choice::Only("windows")), Err(Failure::Usage(_))));
    }

    #[cfg(unix)]
    #[test]
    fn the_first_failure_ends_the_walk_and_what_was_not_run_is_not_called_passed() {
        let house = House::at("/");
        let check = |name, program: &str| step(name, Does::Check(Work::new(&house, program, &[])));
        let lines = walk(&house, vec![check("first", "true"), check("second", "false"), check("third", "true")]);
        let ended: Vec<Ended> = lines.iter().map(|line| line.ended).collect();
        assert_eq!(ended, [Ended::Passed, Ended::Failed, Ended::NotRun]);
    }

    #[cfg(unix)]
    #[test]
    fn a_runner_that_dies_is_a_failure_and_a_shut_window_leaves_its_tests_skipped() {
        use crate::counts::{Runner, Tally};
        let house = House::at("/");
        let says = "echo '  Running e2e/main.rs (target/debug/deps/e2e-1)'; echo 'test result: ok. 3 passed; 0 failed; 0 ignored'";
        let rust = Work::new(&house, "sh", &["-c", says]);
        let quick = vec![step("rust", Does::Count(rust, Tally::without(Runner::Cargo, "e2e"))), shut("window")];
        let lines = walk(&house, quick);
        assert_eq!(lines[0].counts, Some(Counts::default()));
        assert_eq!(lines[1].counts, Some(Counts { skipped: 3, ..Counts::default() }));

        let dies = step("rust", Does::Count(Work::new(&house, "false", &[]), Tally::new(Runner::Cargo)));
        assert_eq!(walk(&house, vec![dies])[0].counts, Some(Counts { failed: 1, ..Counts::default() }));
    }
}
