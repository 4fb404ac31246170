//! Users: bring them in, find them, look at one, take them out.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use rollcall_core::id::{ObjectId, UserId};
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::tenants::list as tenants;
use rollcall_ops::users::describe::{self, UserDetail, UserRef};
use rollcall_ops::users::import::{self, ImportUsers, Source};
use rollcall_ops::users::remove::{self, RemoveUsers};
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted};
use crate::{names, words};

mod list;

#[derive(Subcommand)]
pub enum Users {
    /// Bring users into an organization, from the directory
    Import(Import),
    /// Find users
    List(list::List),
    /// Show one user and where each workload stands
    Describe(Describe),
    /// Take users out of their organization; nothing changes in the tenant
    Delete(Delete),
}

#[derive(Args)]
#[command(group(ArgGroup::new("from").args(["all", "filter", "group", "csv"]).required(true)))]
pub struct Import {
    #[command(flatten)]
    of: names::Organization,
    /// Everybody in the directory
    #[arg(long)]
    all: bool,
    /// With --all: read everybody again, where reading what changed since the last time would do
    #[arg(long, requires = "all")]
    anew: bool,
    /// Those that an OData filter matches, such as "department eq 'Sales'"
    #[arg(long, value_name = "ODATA")]
    filter: Option<String>,
    /// The members of a group, by its object id
    #[arg(long, value_name = "ID")]
    group: Option<String>,
    /// With --group: those of groups inside it too
    #[arg(long, requires = "group")]
    nested: bool,
    /// Those whose address stands in a CSV file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

#[derive(Args)]
pub struct Describe {
    /// User principal name or any address
    upn: String,
    /// The tenant, where several know that address
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

#[derive(Args)]
pub struct Delete {
    /// User principal names or addresses
    #[arg(required = true, value_name = "UPN")]
    upns: Vec<String>,
    /// Also those whose mailbox is initialized
    #[arg(long)]
    force: bool,
    /// The tenant, where several know an address
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

/// Does what is asked of users.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Users, call: &Call) -> Result<Exit> {
    match ask {
        Users::Import(ask) => import(ask, call).await,
        Users::List(ask) => list::run(ask, call).await,
        Users::Describe(ask) => describe(&ask, call).await,
        Users::Delete(ask) => delete(ask, call).await,
    }
}

async fn import(ask: Import, call: &Call) -> Result<Exit> {
    let from = source(&ask)?;
    let organization = ask.of.find(call).await?.organization;
    let ask = ImportUsers { organization: organization.id, from, anew: ask.anew };
    let imported = Box::pin(import::import(&call.desk, ask, &call.job())).await?;
    call.screen.answer(&imported, |screen| {
        if let Some(since) = imported.since {
            screen.line(&format!("What changed since {} was read; --anew reads everybody.", since.utc()));
        }
        screen.line(&format!(
            "{} read: {} new, {} changed, {} as before.",
            counted(imported.read, "user", "users"),
            count(imported.new),
            count(imported.changed),
            count(imported.same)
        ));
        if imported.gone > 0 {
            screen.line(&format!(
                "{} not in the directory any more; `rollcallctl users delete` takes out who is gone.",
                counted(imported.gone, "user is", "users are")
            ));
        }
        if imported.elsewhere > 0 {
            screen.line(&format!("{} stayed in another organization.", counted(imported.elsewhere, "user", "users")));
        }
        if !imported.unmatched.is_empty() {
            screen.painted("Nobody in the directory has these addresses:", Paint::Open);
            for address in &imported.unmatched {
                screen.line(&format!("  {address}"));
            }
        }
    });
    Ok(if imported.unmatched.is_empty() { Exit::Fine } else { Exit::Incomplete })
}

fn source(ask: &Import) -> Result<Source> {
    if let Some(odata) = &ask.filter {
        return Ok(Source::Filter { odata: odata.clone() });
    }
    if let Some(id) = &ask.group {
        let group: ObjectId = id.parse().map_err(|_| Error::input("group", "it is not an object id (GUID)"))?;
        return Ok(Source::Group { group, nested: ask.nested });
    }
    match &ask.csv {
        Some(file) => Ok(Source::Csv { text: read(file)? }),
        None => Ok(Source::All),
    }
}

/// The most of a file that is read; the verb says that a larger one is too large.
const LIMIT: u64 = 64 * 1024 * 1024 + 1;

fn read(file: &Path) -> Result<String> {
    use std::io::Read;
    let unreadable = |error: std::io::Error| Error::input("csv", format!("the file can't be read as UTF-8 text ({:?})", error.kind()));
    let mut text = String::new();
    std::fs::File::open(file).map_err(unreadable)?.take(LIMIT).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
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
            ("Mailbox status", row.user.mailbox.name().into()),
            ("Verdict", verdict(row.verdict)),
            ("Checked", utc_or_dash(row.checked).into()),
            ("Seen in the directory", row.user.seen.utc().into()),
        ]);
        screen.gap();
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

async fn delete(ask: Delete, call: &Call) -> Result<Exit> {
    let mut upns: Vec<(UserId, String)> = Vec::with_capacity(ask.upns.len());
    for upn in &ask.upns {
        let user = find(upn, ask.tenant.as_deref(), call).await?.row.user;
        upns.push((user.id, user.directory.upn));
    }
    let name = |id: UserId| upns.iter().find(|(known, _)| *known == id).map_or("", |(_, upn)| upn.as_str());
    let ask = RemoveUsers { users: upns.iter().map(|(id, _)| *id).collect(), force: ask.force };
    let removed = remove::remove(&call.desk, ask, &call.job()).await?;
    let done: Vec<&str> = removed.done.iter().map(|&id| name(id)).collect();
    let refused: Vec<_> = removed
        .refused
        .iter()
        .map(|refused| json!({ "upn": name(refused.user), "reason": words::name_of_reason(refused.reason) }))
        .collect();
    call.screen.answer(&json!({ "deleted": done, "refused": refused }), |screen| {
        for upn in &done {
            screen.line(&format!("Took {upn} out."));
        }
        for refused in &removed.refused {
            let words = words::of_reason(refused.reason);
            screen.painted(&format!("{} stays: {}. {}", name(refused.user), words.title, words.advice), Paint::Open);
        }
    });
    Ok(if refused.is_empty() { Exit::Fine } else { Exit::Incomplete })
}

/// The user with that address, in the tenant that is named or in the only one that knows it.
async fn find(address: &str, tenant: Option<&str>, call: &Call) -> Result<UserDetail> {
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
    found.ok_or_else(|| Error::not_found("no user that was brought in has that address"))
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
