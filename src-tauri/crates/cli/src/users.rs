//! Users: bring them in, find them, look at one, take them out.

use clap::{Args, Subcommand};
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::organization::SyncStatus;
use rollcall_core::session::Reading;
use rollcall_core::verdict::Verdict;
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::runs::WorkloadResult;
use rollcall_ops::sync::history::{self, Session, SessionsOf};
use rollcall_ops::tenants::list as tenants;
use rollcall_ops::users::describe::{self, UserDetail, UserRef};
use rollcall_ops::users::query::UserRow;
use serde::Serialize;

use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::screen::Screen;
use crate::sync::{self, SyncUsers};
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, quoted};
use crate::{names, words};

pub mod act;
pub mod import;
mod list;
mod mailboxes;
mod preflight;
mod wanted;

#[derive(Subcommand)]
pub enum Users {
    /// Bring users into an organization, from the directory
    Import(import::Import),
    /// Find out which mailboxes can be worked on, and ask disabled accounts' mailboxes what they are
    Preflight(preflight::Preflight),
    /// Find users
    List(list::List),
    /// Show one user and where each workload stands
    Describe(Describe),
    /// Run sync sessions of users now
    Sync(SyncUsers),
    #[command(flatten)]
    Act(act::Act),
    #[command(flatten)]
    Mailboxes(mailboxes::Addressed),
}

#[derive(Args)]
pub struct Describe {
    /// User principal name or any address
    upn: String,
    /// The tenant, where several know that address
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

impl Users {
    /// Whether a secret comes with the call, which then is for it alone.
    pub const fn takes_secret(&self) -> bool {
        match self {
            Self::Preflight(ask) => ask.secret_stdin,
            Self::Sync(ask) => ask.secret_stdin,
            Self::Import(_) | Self::List(_) | Self::Describe(_) | Self::Act(_) | Self::Mailboxes(_) => false,
        }
    }
}

/// Does what is asked of users.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Users, call: &Call) -> Result<Exit> {
    match ask {
        Users::Import(ask) => import::run(ask, call).await,
        Users::Preflight(ask) => preflight::run(&ask, call).await,
        Users::List(ask) => list::run(ask, call).await,
        Users::Describe(ask) => describe(&ask, call).await,
        Users::Sync(ask) => sync::users(&ask, call).await,
        Users::Act(ask) => act::run(ask, call).await,
        Users::Mailboxes(ask) => mailboxes::run(ask, call).await,
    }
}

/// The latest moments of a timeline that are told.
const TOLD: usize = 10;

/// Where a mailbox stands, and for a switch what that means.
fn standing(detail: &UserDetail) -> String {
    let user = &detail.row.user;
    match (user.mailbox, detail.stuck) {
        (MailboxStatus::Switching, true) => format!("switching since {}: stuck", utc_or_dash(user.mailbox_since)),
        (MailboxStatus::Switching, false) => "switching (Cancelled: connection type is being switched; no error)".to_owned(),
        (status, _) => status.name().to_owned(),
    }
}

/// When the next session is due, or what it waits for.
fn next(detail: &UserDetail) -> String {
    if detail.waits_for_wave { "when its wave of the rollout plan starts".to_owned() } else { utc_or_dash(detail.next_session) }
}

/// A user, and the latest sync sessions.
#[derive(Serialize)]
struct Described<'a> {
    #[serde(flatten)]
    detail: &'a UserDetail,
    sessions: &'a [Session],
}

/// Who has set something that counts for a user.
const fn whose(own: bool) -> &'static str {
    if own { "set on the user" } else { "set on the organization" }
}

/// How a user's synchronization stands, and who has set it so.
fn synchronization(row: &UserRow) -> String {
    let whose = match row.effective_sync {
        SyncStatus::Enabled => return "enabled".to_owned(),
        SyncStatus::Disabled => whose(row.user.sync == SyncStatus::Disabled),
        SyncStatus::DisabledDueToError => return "disabled due to an error: its sessions kept failing".to_owned(),
    };
    format!("disabled, {whose}")
}

/// The latest sync sessions, the newest first, each with what its workloads came to.
fn tell_sessions(sessions: &[Session], screen: &Screen) {
    if sessions.is_empty() {
        return;
    }
    let mut table = Table::new([
        Column::Left("session"),
        Column::Left("ended"),
        Column::Left("came to"),
        Column::Spare("kind"),
        Column::Right("changed"),
        Column::Right("gone"),
        Column::Flexible("what did not pass"),
    ]);
    for session in sessions.iter().take(TOLD) {
        let told = |reading: &&Reading| reading.verdict != Verdict::Passed && reading.cause != Some(Cause::NotCovered);
        let why = session.readings.iter().filter(told).map(|reading| {
            let cause = reading.cause.map_or("", |cause| words::of_cause(cause).title);
            let workload = words::of_mailbox(reading.workload.name(), reading.mailbox.as_deref());
            format!("{workload}: {} {cause}", words::of_verdict(reading.verdict)).trim_end().to_owned()
        });
        let mut why: Vec<String> = why.collect();
        if why.is_empty()
            && let Some(address) = session.readings.iter().find_map(|reading| reading.mailbox.as_deref())
        {
            why.push(format!("nothing; {address} was read"));
        }
        table.row([
            count(session.number).into(),
            session.ended.utc().into(),
            verdict(session.verdict),
            session.kind.name().into(),
            count(session.changed).into(),
            count(session.removed).into(),
            why.join("; ").into(),
        ]);
    }
    screen.table(&table);
    screen.gap();
}

/// By what Microsoft finds the last answer of a workload again.
fn request_ids(result: &WorkloadResult) -> Option<String> {
    let named = |name: &str, id: &Option<String>| id.as_ref().map(|id| format!("{name} {id}"));
    let ids = [named("request-id", &result.request_id), named("client-request-id", &result.client_request_id)];
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| format!("{}: {}", words::of_mailbox(result.workload.name(), result.mailbox.as_deref()), ids.join(", ")))
}

async fn describe(ask: &Describe, call: &Call) -> Result<Exit> {
    let detail = find(&ask.upn, ask.tenant.as_deref(), call).await?;
    let sessions = history::of_user(&call.desk, SessionsOf { user: detail.row.user.id }, &Job::quiet()).await?;
    call.screen.answer(&Described { detail: &detail, sessions: &sessions }, |screen| {
        let row = &detail.row;
        let directory = &row.user.directory;
        screen.headline(&directory.display_name);
        screen.facts(&[
            ("User principal name", directory.upn.as_str().into()),
            ("Primary address", directory.mail.as_deref().unwrap_or("–").into()),
            ("Other addresses", if directory.aliases.is_empty() { "–".into() } else { directory.aliases.join(", ").into() }),
            ("Object id", directory.object_id.to_string().into()),
            ("Organization", row.organization_name.as_str().into()),
            ("Access", format!("{}, {}", row.effective_access, whose(row.user.access.is_some())).into()),
            ("Synchronization", synchronization(row).into()),
            ("Mailbox status", standing(&detail).into()),
            ("Last session", row.session.map_or_else(|| "–".into(), verdict)),
            ("Last session at", utc_or_dash(row.synced).into()),
            ("Failed sessions in a row", Cell::painted(&count(row.failing), if row.failing == 0 { Paint::Plain } else { Paint::Bad })),
            ("Next session", next(&detail).into()),
            ("Eligibility", words::of_eligibility(row.judged.eligibility).title.into()),
            ("According to", words::of_evidence(row.judged.evidence).into()),
            ("Verdict", verdict(row.verdict)),
            ("Checked", utc_or_dash(row.checked).into()),
            ("Seen in the directory", row.user.seen.utc().into()),
        ]);
        screen.gap();
        for moment in detail.timeline.iter().take(TOLD) {
            let who = moment.actor.as_deref().map_or_else(String::new, |actor| format!(" ({actor})"));
            screen.line(&format!("{}  {}{who}", moment.at.utc(), words::of_happening(&moment.what)));
        }
        if !detail.timeline.is_empty() {
            screen.gap();
        }
        tell_sessions(&sessions, screen);
        if detail.checks.is_empty() {
            return screen.line("No workload was checked yet.");
        }
        let mut table = Table::new([
            Column::Left("workload"),
            Column::Left("verdict"),
            Column::Flexible("why"),
            Column::Left("answer"),
            Column::Spare("checked"),
        ]);
        for check in &detail.checks {
            let result = &check.result;
            let answer = match (result.http, &result.code) {
                (Some(http), Some(code)) => format!("{http} {code}"),
                (Some(http), None) => http.to_string(),
                (None, _) => "–".to_owned(),
            };
            table.row([
                words::of_mailbox(result.workload.name(), result.mailbox.as_deref()).into(),
                verdict(result.verdict),
                result.cause.map_or("–", |cause| words::of_cause(cause).title).into(),
                answer.into(),
                utc_or_dash(result.checked).into(),
            ]);
        }
        screen.table(&table);
        let ids: Vec<String> = detail.checks.iter().filter_map(|check| request_ids(&check.result)).collect();
        if !ids.is_empty() {
            screen.gap();
            screen.line("Request IDs, for Microsoft's support:");
            ids.iter().for_each(|line| screen.line(&format!("  {line}")));
        }
        let mut causes: Vec<_> = detail.checks.iter().filter_map(|check| check.result.cause).collect();
        causes.sort_unstable();
        causes.dedup();
        for cause in causes {
            screen.gap();
            let words = words::of_cause(cause);
            screen.paragraph(&format!("{}: {}", words.title, words.advice()), "→ ", "  ");
            screen.paragraph(&format!("Who can mend it: {}.", words::of_who(cause.who())), "  ", "  ");
        }
    });
    Ok(Exit::Fine)
}

/// The user with that address, in the tenant that is named or in the only one that knows it.
pub async fn find(address: &str, tenant: Option<&str>, call: &Call) -> Result<UserDetail> {
    let within = names::maybe_tenant(call, tenant).await?;
    let mut found = None;
    for view in tenants::list(&call.desk, (), &Job::quiet()).await? {
        let tenant = view.tenant.id;
        if within.is_some_and(|within| within != tenant) {
            continue;
        }
        match describe::describe(&call.desk, UserRef::Address { tenant, address: address.to_owned() }, &Job::quiet()).await {
            Ok(_) if found.is_some() => return Err(Error::input("upn", "several tenants know that address: say which with --tenant")),
            Ok(detail) => found = Some(detail),
            Err(error) if error.code == Code::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    found.ok_or_else(|| Error::not_found(format!("no user that was brought in has the address {}", quoted(address))))
}

/// A verdict in its colour.
pub fn verdict(verdict: Verdict) -> Cell {
    let paint = match verdict {
        Verdict::Passed => Paint::Good,
        Verdict::Failed => Paint::Bad,
        Verdict::Unknown => Paint::Open,
        Verdict::NotRun => Paint::Faint,
    };
    Cell::painted(words::of_verdict(verdict), paint)
}
