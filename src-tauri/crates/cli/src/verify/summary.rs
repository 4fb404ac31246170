//! A run laid out: for scripts as a summary, for a person as a ledger with the problems by cause.

use rollcall_core::id::RunId;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_ops::runs::describe::RunDetail;
use rollcall_ops::runs::{Run, RunState};
use serde::Serialize;

use crate::moment::near;
use crate::problems::{self, Group};
use crate::screen::Screen;
use crate::start::now;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted, seconds};
use crate::words;

/// The run as scripts read it; the names of the fields are a contract.
#[derive(Serialize)]
pub struct Summary<'a> {
    run: RunId,
    org: &'a str,
    state: RunState,
    parked_until: Option<Timestamp>,
    expected: u32,
    passed: u32,
    failed: u32,
    unknown: u32,
    not_run: u32,
    seconds: u64,
    requests: u32,
    throttled: u32,
    fingerprints: Vec<Group<'a>>,
}

impl<'a> From<&'a RunDetail> for Summary<'a> {
    fn from(RunDetail { run, fingerprints }: &'a RunDetail) -> Self {
        Self {
            run: run.id,
            org: &run.organization_name,
            state: run.state,
            parked_until: run.parked_until,
            expected: run.mailboxes,
            passed: run.ledger.passed,
            failed: run.ledger.failed,
            unknown: run.ledger.unknown,
            not_run: run.ledger.not_run,
            seconds: took(run),
            requests: run.counters.requests,
            throttled: run.counters.throttled,
            fingerprints: fingerprints.iter().map(Group::from).collect(),
        }
    }
}

/// The run for a person: the ledger, and the problems by cause.
pub fn show(detail: &RunDetail, screen: &Screen) {
    let RunDetail { run, fingerprints } = detail;
    screen.headline(&format!("Check users' access: {}, run {}", run.organization_name, run.id));
    if let Some(standing) = standing(run, now()) {
        screen.painted(&format!("  {standing}"), Paint::Open);
    }
    ledger(run, screen);
    let asked = counted(run.counters.requests, "request", "requests");
    let waited = match run.counters.throttled {
        0 => String::new(),
        throttled => format!(", {} asked to wait", counted(throttled, "answer", "answers")),
    };
    screen.painted(&format!("  {} in {asked}{waited}", seconds(took(run))), Paint::Faint);
    let skipped: Vec<&str> =
        run.workloads.iter().filter(|planned| planned.not_asked.is_some()).map(|planned| planned.workload.name()).collect();
    if !skipped.is_empty() {
        screen.paragraph(&format!("Not asked, because no permission covers it: {}.", skipped.join(", ")), "  ", "  ");
    }
    problems::show(fingerprints, screen);
}

/// How far a run is that isn't over, and how it goes on.
fn standing(run: &Run, now: Timestamp) -> Option<String> {
    let done = format!("{} of {} have answered", count(run.mailboxes_done), counted(run.mailboxes, "mailbox", "mailboxes"));
    match (run.state, parked(run, now)) {
        (RunState::Interrupted, Some(until)) => Some(format!("Parked until {until}, because Graph asked for a pause: {done}.")),
        (RunState::Interrupted, None) => Some(format!("Interrupted: {done}.")),
        (RunState::Cancelled, _) => Some(format!("Cancelled: {done}.")),
        (RunState::Running | RunState::Finished, _) => None,
    }
}

/// Until when a run is parked, where it still is.
pub fn parked(run: &Run, now: Timestamp) -> Option<String> {
    run.parked_until.filter(|&until| until > now).map(|until| near(until, now))
}

fn ledger(run: &Run, screen: &Screen) {
    let mut table = Table::new([Column::Left("  "), Column::Right("mailboxes"), Column::Right("")]);
    for (verdict, mailboxes, paint) in [
        (Verdict::Passed, run.ledger.passed, Paint::Good),
        (Verdict::Failed, run.ledger.failed, Paint::Bad),
        (Verdict::Unknown, run.ledger.unknown, Paint::Open),
        (Verdict::NotRun, run.ledger.not_run, Paint::Plain),
    ] {
        let paint = if mailboxes == 0 { Paint::Faint } else { paint };
        table.row([
            Cell::painted(&format!("  {}", words::of_verdict(verdict)), paint),
            Cell::painted(&count(mailboxes), paint),
            Cell::painted(&share(mailboxes, run.mailboxes), Paint::Faint),
        ]);
    }
    screen.table_page(&table, false);
}

/// Rounded down, so that 100 % is said of all of them only.
fn share(part: u32, whole: u32) -> String {
    match u64::from(part) * 100 {
        0 => String::new(),
        hundredfold if hundredfold < u64::from(whole) => "<1 %".to_owned(),
        hundredfold => format!("{} %", hundredfold / u64::from(whole.max(1))),
    }
}

/// From the start to the end of the run, the time between two sittings included.
fn took(run: &Run) -> u64 {
    run.ended.map_or(0, |ended| ended.since(run.started).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_percent_is_all_of_them() {
        assert_eq!(share(999_999, 1_000_000), "99 %");
        assert_eq!(share(1, 1_000), "<1 %");
        assert_eq!(share(7, 7), "100 %");
        assert_eq!(share(0, 0), "");
    }
}
