//! Folds what is known of each organization into problems.

use std::collections::BTreeMap;

use rollcall_core::issue::{Cause, Reach, SnoozeState, has_grown_by_half, is_known_code, is_known_number};
use rollcall_core::time::Timestamp;
use rollcall_store::issues::{Days, GroupRow, Sample, SignInIssue, Snooze};

use super::board::{Concerned, IssueGroup, Known, Problem, SnoozeView, TREND, TrendDay};

/// What an organization has of one problem.
struct Part<'a> {
    known: &'a Known,
    users: u32,
    groups: Vec<IssueGroup>,
}

/// The problems of some organizations: new ones first, and of those the ones that concern most.
pub(super) fn problems(all: &[Known], now: Timestamp) -> Vec<Problem> {
    let mut by_key: BTreeMap<&str, (Cause, Vec<Part<'_>>)> = BTreeMap::new();
    for known in all {
        for row in &known.groups {
            let (_, parts) = by_key.entry(&row.problem).or_insert_with(|| (row.cause.unwrap_or(Cause::Unexpected), Vec::new()));
            if parts.last().is_none_or(|part| part.known.organization.id != row.organization) {
                let reach = known.reaches.iter().find(|reach| reach.problem == row.problem);
                parts.push(Part { known, users: reach.map_or(row.users, |reach| reach.users), groups: Vec::new() });
            }
            if let Some(part) = parts.last_mut() {
                part.groups.push(of_mailboxes(known, row, now));
            }
        }
        if let Some(issue) = &known.sign_in {
            let (_, parts) = by_key.entry(&issue.fingerprint).or_insert_with(|| (issue.refusal.cause, Vec::new()));
            parts.push(Part { known, users: known.users, groups: vec![of_sign_in(known, issue, now)] });
        }
    }
    let mut problems: Vec<Problem> = by_key.into_iter().map(|(key, (cause, parts))| problem(key.to_owned(), cause, parts, now)).collect();
    problems.sort_by_key(|problem| (!problem.new, std::cmp::Reverse(problem.users)));
    problems
}

fn problem(key: String, cause: Cause, parts: Vec<Part<'_>>, now: Timestamp) -> Problem {
    let users = parts.iter().map(|part| part.users).sum();
    let of = parts.iter().map(|part| part.known.users).sum();
    let days: Vec<&Days> = parts.iter().map(|part| &part.known.days).collect();
    let before: Option<u32> = sum(days.iter().map(|days| days.before(Days::number(now), &key)));
    let organizations: Vec<Concerned> = parts.iter().map(|part| concerned(part)).collect();
    let nobody_asked = parts.iter().flat_map(|part| &part.groups).all(|group| group.workload.is_none());
    let trend = trend(&days, &key, users, now);
    let groups = joined(parts.into_iter().flat_map(|part| part.groups).collect());
    Problem {
        cause,
        users,
        of,
        reach: if nobody_asked { Reach::Everybody } else { Reach::of(users, of) },
        first_seen: groups.iter().map(|group| group.first_seen).min().unwrap_or(now),
        last_seen: groups.iter().map(|group| group.last_seen).max().unwrap_or(now),
        new: groups.iter().all(|group| group.new),
        growing: before.is_some_and(|before| before > 0 && has_grown_by_half(before, users)),
        snoozed: organizations.iter().all(|one| one.snooze.as_ref().is_some_and(|snooze| snooze.state == SnoozeState::Active)),
        organizations,
        trend,
        groups,
        key,
    }
}

/// What is put aside of a problem in an organization: the whole of it only where all of its groups are. The first that is not put
/// aside any more speaks for the rest, because it has brought the problem back.
fn concerned(part: &Part<'_>) -> Concerned {
    let own = part.groups.iter().map(|group| group.organizations.first().and_then(|one| one.snooze.as_ref()));
    let all: Option<Vec<&SnoozeView>> = own.collect();
    let over =
        |all: &Vec<&SnoozeView>| all.iter().copied().find(|snooze| snooze.state != SnoozeState::Active).or(all.first().copied()).cloned();
    Concerned {
        organization: part.known.organization.id,
        name: part.known.organization.name.clone(),
        users: part.users,
        snooze: all.as_ref().and_then(over),
    }
}

fn of_mailboxes(known: &Known, row: &GroupRow, now: Timestamp) -> IssueGroup {
    IssueGroup {
        family: row.fingerprint.strip_suffix(&format!(".{}", row.workload)).unwrap_or(&row.fingerprint).to_owned(),
        fingerprint: row.fingerprint.clone(),
        workload: Some(row.workload),
        http: row.http,
        code_known: row.code.as_deref().is_none_or(is_known_code),
        code: row.code.clone(),
        users: row.users,
        first_seen: row.first_seen,
        last_seen: row.last_seen,
        new: row.new,
        organizations: vec![within(known, &row.fingerprint, row.users, now)],
        trend: trend(&[&known.days], &row.fingerprint, row.users, now),
        samples: Vec::new(),
    }
}

fn of_sign_in(known: &Known, issue: &SignInIssue, now: Timestamp) -> IssueGroup {
    let SignInIssue { fingerprint, refusal, first_seen, last_seen, .. } = issue;
    IssueGroup {
        fingerprint: fingerprint.clone(),
        family: fingerprint.clone(),
        workload: None,
        http: None,
        code: refusal.number.map(|number| format!("AADSTS{number}")),
        code_known: refusal.number.is_none_or(is_known_number),
        users: known.users,
        first_seen: *first_seen,
        last_seen: *last_seen,
        new: first_seen == last_seen,
        organizations: vec![within(known, fingerprint, known.users, now)],
        trend: Vec::new(),
        samples: vec![Sample { request_id: refusal.request_id.clone(), client_request_id: None, at: *last_seen, user: None }],
    }
}

fn within(known: &Known, fingerprint: &str, users: u32, now: Timestamp) -> Concerned {
    let snooze = known.snoozes.iter().find(|snooze| snooze.fingerprint == fingerprint);
    Concerned {
        organization: known.organization.id,
        name: known.organization.name.clone(),
        users,
        snooze: snooze.map(|snooze| view(snooze, users, now)),
    }
}

fn view(snooze: &Snooze, users: u32, now: Timestamp) -> SnoozeView {
    SnoozeView {
        note: snooze.note.clone(),
        actor: snooze.actor.clone(),
        at: snooze.at,
        until: snooze.until,
        users: snooze.users,
        state: SnoozeState::of(snooze.users, snooze.until, users, now),
    }
}

/// The groups of one fingerprint in several organizations become one.
fn joined(groups: Vec<IssueGroup>) -> Vec<IssueGroup> {
    let mut joined: Vec<IssueGroup> = Vec::new();
    for group in groups {
        match joined.iter_mut().find(|known| known.fingerprint == group.fingerprint) {
            None => joined.push(group),
            Some(known) => {
                known.users += group.users;
                known.first_seen = known.first_seen.min(group.first_seen);
                known.last_seen = known.last_seen.max(group.last_seen);
                known.new &= group.new;
                known.organizations.extend(group.organizations);
                known.samples.extend(group.samples);
                for (day, other) in known.trend.iter_mut().zip(group.trend) {
                    day.users = sum([day.users, other.users]);
                }
            }
        }
    }
    joined.sort_by(|a, b| b.users.cmp(&a.users).then_with(|| a.fingerprint.cmp(&b.fingerprint)));
    joined
}

/// The days until today; today is what is so now.
fn trend(days: &[&Days], subject: &str, users: u32, now: Timestamp) -> Vec<TrendDay> {
    let today = Days::number(now);
    let on = |day| if day == today { Some(users) } else { sum(days.iter().map(|days| days.on(day, subject))) };
    (today - TREND + 1..=today).map(|day| TrendDay { day: Days::begin(day), users: on(day) }).collect()
}

/// The sum of what is known; `None` where nothing is.
fn sum(values: impl IntoIterator<Item = Option<u32>>) -> Option<u32> {
    values.into_iter().flatten().reduce(u32::saturating_add)
}
