//! Users: bring them in, find them, look at one, take them out.

use clap::{Args, Subcommand};
use rollcall_core::mailbox::MailboxStatus;
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::tenants::list as tenants;
use rollcall_ops::users::describe::{self, UserDetail, UserRef};

use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::sync::{self, SyncUsers};
use crate::table::{Cell, Column, Paint, Table};
use crate::text::quoted;
use crate::{names, words};

pub mod act;
pub mod import;
mod list;
mod mailboxes;
mod preflight;

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

async fn describe(ask: &Describe, call: &Call) -> Result<Exit> {
    let detail = find(&ask.upn, ask.tenant.as_deref(), call).await?;
    call.screen.answer(&detail, |screen| {
        let row = &detail.row;
        let directory = &row.user.directory;
        screen.headline(&directory.display_name);
        screen.facts(&[
            ("User principal name", directory.upn.as_str().into()),
            ("Primary address", directory.mail.as_deref().unwrap_or("–").into()),
            ("Other addresses", if directory.aliases.is_empty() { "–".into() } else { directory.aliases.join(", ").into() }),
            ("Object id", directory.object_id.to_string().into()),
            ("Organization", row.organization_name.as_str().into()),
            ("Access", row.effective_access.name().into()),
            ("Synchronization", row.effective_sync.name().into()),
            ("Mailbox status", standing(&detail).into()),
            ("Last session", row.session.map_or_else(|| "–".into(), verdict)),
            ("Last session at", utc_or_dash(row.synced).into()),
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
                result.workload.name().into(),
                verdict(result.verdict),
                result.cause.map_or("–", |cause| words::of_cause(cause).title).into(),
                answer.into(),
                utc_or_dash(result.checked).into(),
            ]);
        }
        screen.table(&table);
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
pub fn verdict(verdict: rollcall_core::verdict::Verdict) -> Cell {
    use rollcall_core::verdict::Verdict;
    let paint = match verdict {
        Verdict::Passed => Paint::Good,
        Verdict::Failed => Paint::Bad,
        Verdict::Unknown => Paint::Open,
        Verdict::NotRun => Paint::Faint,
    };
    Cell::painted(words::of_verdict(verdict), paint)
}
