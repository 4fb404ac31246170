//! The problems behind the open issues, for a person and for a script.

use clap::Args;
use rollcall_core::issue::{Cause, Class, Reach, SnoozeState, Who};
use rollcall_core::workload::Workload;
use rollcall_ops::error::Result;
use rollcall_ops::issues::board::{Board, Concerned, IssueGroup, Problem, Sample, SnoozeView};
use rollcall_ops::issues::support::{self, SupportAsk};
use rollcall_ops::job::Job;
use serde::Serialize;

use super::{Named, board};
use crate::call::Call;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::table::Paint;
use crate::text::{count, counted};
use crate::{moment, names, words};

#[derive(Args)]
pub struct Groups {
    #[command(flatten)]
    only: names::Confined,
    /// Also what was put aside
    #[arg(long)]
    snoozed: bool,
}

#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    only: names::Confined,
    /// Write what Microsoft support asks for: ids, codes and UTC times
    #[arg(long)]
    support: bool,
    /// Name the mailboxes in it; goes with --support
    #[arg(long, requires = "support")]
    addresses: bool,
}

/// A group as scripts read it; the names of the fields are a contract.
#[derive(Serialize)]
struct Row<'a> {
    fingerprint: &'a str,
    cause: Cause,
    title: &'static str,
    class: Class,
    who: Who,
    http: Option<u16>,
    code: Option<&'a str>,
    code_known: bool,
    /// `null` where nobody could be asked.
    workload: Option<Workload>,
    count: u32,
    reach: Reach,
    organizations: Vec<Place<'a>>,
    since: String,
    last: String,
    new: bool,
    growing: bool,
    snoozed: bool,
    /// Users by day, the last is today; `null` where nothing was checked.
    trend: Vec<Option<u32>>,
    steps: &'static [&'static str],
    remedy: String,
    request_ids: &'a [Sample],
}

#[derive(Serialize)]
struct Place<'a> {
    org: &'a str,
    count: u32,
    snooze: Option<&'a SnoozeView>,
}

impl<'a> Row<'a> {
    fn of(problem: &'a Problem, group: &'a IssueGroup) -> Self {
        let cure = words::of_cause(problem.cause);
        Self {
            fingerprint: &group.fingerprint,
            cause: problem.cause,
            title: cure.title,
            class: problem.cause.class(),
            who: problem.cause.who(),
            http: group.http,
            code: group.code.as_deref(),
            code_known: group.code_known,
            workload: group.workload,
            count: group.users,
            reach: problem.reach,
            organizations: group.organizations.iter().map(Place::from).collect(),
            since: group.first_seen.iso(),
            last: group.last_seen.iso(),
            new: group.new,
            growing: problem.growing,
            snoozed: is_put_aside(&group.organizations),
            trend: group.trend.iter().map(|day| day.users).collect(),
            steps: cure.steps,
            remedy: cure.advice(),
            request_ids: &group.samples,
        }
    }
}

impl<'a> From<&'a Concerned> for Place<'a> {
    fn from(one: &'a Concerned) -> Self {
        Self { org: &one.name, count: one.users, snooze: one.snooze.as_ref() }
    }
}

fn is_put_aside(organizations: &[Concerned]) -> bool {
    organizations.iter().all(|one| one.snooze.as_ref().is_some_and(|snooze| snooze.state == SnoozeState::Active))
}

fn rows(board: &Board, wanted: impl Fn(&IssueGroup) -> bool) -> Vec<Row<'_>> {
    let groups = board.problems.iter().flat_map(|problem| problem.groups.iter().map(move |group| (problem, group)));
    groups.filter(|(_, group)| wanted(group)).map(|(problem, group)| Row::of(problem, group)).collect()
}

/// # Errors
/// Those of the verb.
pub async fn groups(ask: &Groups, call: &Call) -> Result<Exit> {
    let board = board(ask.only.organization(call).await?, call).await?;
    let document = rows(&board, |group| ask.snoozed || !is_put_aside(&group.organizations));
    call.screen.answer(&document, |screen| people(&board, ask.snoozed, screen));
    Ok(Exit::Fine)
}

fn people(board: &Board, snoozed: bool, screen: &Screen) {
    let shown: Vec<&Problem> = board.problems.iter().filter(|problem| snoozed || !problem.snoozed).collect();
    let aside = board.problems.len() - shown.len();
    if board.problems.is_empty() {
        screen.line("There is no open issue.");
    }
    for problem in shown {
        screen.gap();
        headline(problem, screen);
        cure(problem, screen);
        for answers in families(&problem.groups) {
            answer(&answers, 1, screen);
        }
    }
    screen.gap();
    if aside > 0 {
        let aside = counted(u32::try_from(aside).unwrap_or(u32::MAX), "problem is", "problems are");
        screen.line(&format!("{aside} put aside; --snoozed shows them, too."));
    }
    screen.line(&format!("Last checked: {}.", moment::utc_or_dash(board.checked)));
    if board.not_checked > 0 {
        screen.line(&format!("Not checked, so nothing is known of them: {}.", counted(board.not_checked, "mailbox", "mailboxes")));
    }
}

/// # Errors
/// `NotFound` where nothing of that name is open; those of the verbs.
pub async fn show(ask: &Show, call: &Call) -> Result<Exit> {
    let organization = ask.only.organization(call).await?;
    let board = board(organization, call).await?;
    let fingerprints = ask.named.find(&board)?;
    if ask.support {
        let question = SupportAsk { fingerprints, organization, with_addresses: ask.addresses };
        let block = support::support(&call.desk, question, &Job::quiet()).await?;
        call.screen.answer(&block, |screen| screen.file(&block.text));
        return Ok(Exit::Fine);
    }
    let document = rows(&board, |group| fingerprints.contains(&group.fingerprint));
    call.screen.answer(&document, |screen| {
        for problem in &board.problems {
            let groups: Vec<&IssueGroup> = problem.groups.iter().filter(|group| fingerprints.contains(&group.fingerprint)).collect();
            if groups.is_empty() {
                continue;
            }
            headline(problem, screen);
            cure(problem, screen);
            for group in groups {
                answer(&[group], group.samples.len(), screen);
                trend(group, screen);
                for one in &group.organizations {
                    place(one, screen);
                }
            }
            screen.gap();
        }
    });
    Ok(Exit::Fine)
}

fn headline(problem: &Problem, screen: &Screen) {
    let mark = match (problem.new, problem.growing) {
        (true, _) => "NEW  ",
        (false, true) => "GROWING  ",
        (false, false) => "",
    };
    let users = counted(problem.users, "user", "users");
    let title = words::of_cause(problem.cause).title;
    let paint = match problem.cause.class() {
        Class::Mailbox | Class::Tenant => Paint::Bad,
        Class::Passing | Class::Ours => Paint::Open,
    };
    screen.painted(&format!("{mark}{title}: {users} of {}", count(problem.of)), paint);
}

fn cure(problem: &Problem, screen: &Screen) {
    for (number, step) in (1..).zip(words::of_cause(problem.cause).steps) {
        screen.paragraph(step, &format!("  {number}. "), "     ");
    }
    let (who, class) = (words::of_who(problem.cause.who()), words::of_class(problem.cause.class()));
    screen.paragraph(&format!("Who can mend it: {who} ({class}). It concerns {}.", words::of_reach(problem.reach)), "    ", "    ");
}

/// The groups that are one answer on several workloads, in the order of the first of them.
fn families(groups: &[IssueGroup]) -> Vec<Vec<&IssueGroup>> {
    let mut families: Vec<Vec<&IssueGroup>> = Vec::new();
    for group in groups {
        match families.iter_mut().find(|family| family.iter().any(|known| known.family == group.family)) {
            Some(family) => family.push(group),
            None => families.push(vec![group]),
        }
    }
    families
}

/// One answer of Microsoft's, over the workloads that gave it.
fn answer(groups: &[&IssueGroup], samples: usize, screen: &Screen) {
    let [group, others @ ..] = groups else { return };
    let place = |group: &IssueGroup| group.workload.map_or("before anybody was asked", Workload::name);
    let places: Vec<&str> = groups.iter().map(|group| place(group)).collect();
    let said = match (group.http, group.code.as_deref()) {
        (None, None) => "no answer".to_owned(),
        (None, Some(code)) => code.to_owned(),
        (Some(http), None) => format!("{http} without a code"),
        (Some(http), Some(code)) => format!("{http} {code}"),
    };
    let unknown = if group.code_known { "" } else { " (a code that Rollcall doesn't know)" };
    let since = groups.iter().map(|group| group.first_seen).min().unwrap_or(group.first_seen);
    let users: Vec<u32> = groups.iter().map(|group| group.users).collect();
    screen.paragraph(&format!("{}: {said}{unknown}, {} since {}", places.join(", "), each(&users), since.utc()), "    ", "      ");
    let name = if others.is_empty() { &group.fingerprint } else { &group.family };
    screen.painted(&format!("      {name}"), Paint::Faint);
    for sample in group.samples.iter().take(samples) {
        if let Some(id) = sample.request_id.as_deref().or(sample.client_request_id.as_deref()) {
            screen.painted(&format!("      for example request id {id} at {}", sample.at.iso()), Paint::Faint);
        }
    }
}

/// How many users, where several workloads have that many each: `3 users`, `3 users each`, `up to 3 users each`.
fn each(users: &[u32]) -> String {
    let most = users.iter().copied().max().unwrap_or_default();
    let counted = counted(most, "user", "users");
    match users {
        [] | [_] => counted,
        _ if users.iter().all(|users| *users == most) => format!("{counted} each"),
        _ => format!("up to {counted} each"),
    }
}

fn trend(group: &IssueGroup, screen: &Screen) {
    let days: Vec<String> = group.trend.iter().map(|day| day.users.map_or_else(|| "–".to_owned(), count)).collect();
    if !days.is_empty() {
        screen.paragraph(&format!("Users by day until today: {}", days.join(" ")), "      ", "        ");
    }
}

fn place(one: &Concerned, screen: &Screen) {
    let Some(snooze) = &one.snooze else { return };
    let state = match snooze.state {
        SnoozeState::Active => "is put aside",
        SnoozeState::TimeUp => "was put aside and its time is up",
        SnoozeState::Grown => "was put aside and has grown by half since",
    };
    screen.paragraph(&format!("In {} it {state}: {}", one.name, snooze.note), "      ", "        ");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_of_several_workloads_read_right() {
        assert_eq!([each(&[1]), each(&[3]), each(&[1, 1])], ["1 user", "3 users", "1 user each"]);
        assert_eq!([each(&[3, 3]), each(&[1, 3, 2])], ["3 users each", "up to 3 users each"]);
    }
}
