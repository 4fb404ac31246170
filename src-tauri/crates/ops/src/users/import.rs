//! Brings users into an organization from the directory: all, by filter, by group, or those named in a CSV file.

use std::collections::{HashMap, HashSet};

use rollcall_core::id::{ObjectId, OrganizationId, TenantId};
use rollcall_core::rules;
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rollcall_graph::changes::{self, Change};
use rollcall_graph::error::GraphError;
use rollcall_graph::everyone::everyone;
use rollcall_graph::groups::{self, Members};
use rollcall_graph::pages::Page;
use rollcall_graph::send::Graph;
use rollcall_graph::users as directory;
use rollcall_store::users::{self, Upserted};
use rollcall_store::{deltas, organizations};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::connection;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};
use crate::organizations::describe::standing;

/// The largest CSV file that is taken.
const CSV_LIMIT: usize = 64 * 1024 * 1024;
/// Users that are stored in one go.
const PAGE: usize = 999;
/// The search index takes so many users in at once; a page at a time it would be an effort for each, and more would take more memory.
const INDEXED_AT_ONCE: u32 = 5_000;

/// Where the users come from.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// Everybody in the directory.
    All,
    /// Those that an OData filter of `/users` matches.
    Filter { odata: String },
    /// The members of a group; those of groups inside it too, where `nested`.
    Group { group: ObjectId, nested: bool },
    /// Those whose address or user principal name stands in a CSV text.
    Csv { text: String },
}

/// Whom to bring where.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ImportUsers {
    pub organization: OrganizationId,
    pub from: Source,
    /// Reads everybody again, where asking for what changed since the last time would do.
    #[serde(default)]
    pub anew: bool,
}

/// What the import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Imported {
    /// Users that the directory listed.
    pub read: u32,
    pub new: u32,
    pub changed: u32,
    pub same: u32,
    /// Users that stay in another organization; a user is in one at a time.
    pub elsewhere: u32,
    /// Users whom the directory doesn't have any more. They stay until somebody removes them.
    pub gone: u32,
    /// Since when changes were asked for; `None` when everybody was read.
    pub since: Option<Timestamp>,
    /// Lines of the CSV that match nobody, as written.
    pub unmatched: Vec<String>,
}

/// Pages are stored as they come, so an import that is stopped or cut off keeps what it has and can simply be repeated. Whoever has
/// read everybody once reads only what changed from then on.
///
/// # Errors
/// `NotNow` when nobody is signed in; `InvalidInput` for a filter that Graph refuses or a CSV without addresses; those of
/// the network; `Stopped`.
pub async fn import(desk: &Desk, ask: ImportUsers, job: &Job) -> Result<Imported> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_import(&standing).map_err(Error::not_now)?;
    let organization = desk.read(move |conn| organizations::get(conn, ask.organization)).await?;
    let mut wanted = match &ask.from {
        Source::Csv { text } => Some(addresses(text)?),
        Source::All | Source::Filter { .. } | Source::Group { .. } => None,
    };
    let graph = connection::delegated(desk, organization.tenant).await?;
    let mut arrivals =
        Arrivals { desk, organization: organization.id, tenant: organization.tenant, job, imported: Imported::default(), unindexed: 0 };
    let brought = bring_in(&graph, &ask, wanted.as_mut(), &mut arrivals).await;
    // Whatever came is found by searching, however the import ended.
    arrivals.index().await?;
    brought?;
    let mut imported = arrivals.imported;
    imported.unmatched = wanted.map(|wanted| wanted.unmatched()).unwrap_or_default();
    Ok(imported)
}

async fn bring_in(graph: &Graph, ask: &ImportUsers, mut wanted: Option<&mut Wanted>, arrivals: &mut Arrivals<'_>) -> Result<()> {
    let stop = &arrivals.job.stop;
    let mut pages = match &ask.from {
        Source::All if !ask.anew && changes_only(graph, arrivals).await? => return Ok(()),
        Source::All => return everybody(graph, arrivals).await,
        Source::Csv { .. } => {
            let mut pages = everyone(graph, stop);
            while let Some(mut page) = pages.next().await? {
                page.items.retain(|user| wanted.as_deref_mut().is_none_or(|wanted| wanted.takes(user)));
                arrivals.store(page.items).await?;
            }
            return Ok(());
        }
        Source::Filter { odata } => directory::pages(graph, Some(odata.as_str()), stop),
        Source::Group { group, nested } => {
            groups::members(graph, *group, if *nested { Members::Transitive } else { Members::Direct }, stop)
        }
    };
    while let Some(page) = pages.next().await? {
        arrivals.store(page.items).await?;
    }
    Ok(())
}

/// Reads everybody, and keeps the link at which the changes from now on can be asked for. The link is taken first, so that nothing
/// that changes meanwhile is missed.
async fn everybody(graph: &Graph, arrivals: &mut Arrivals<'_>) -> Result<()> {
    let stop = &arrivals.job.stop;
    let mut pages = everyone(graph, stop);
    let (link, first) = tokio::join!(changes::from_now(graph, stop), pages.next());
    let began = arrivals.desk.now();
    let mut page = first?;
    while let Some(Page { items, .. }) = page {
        arrivals.store(items).await?;
        // The reading goes on by itself, and what came meanwhile goes to disk together.
        page = pages.next().await?;
    }
    let organization = arrivals.organization;
    arrivals
        .desk
        .write(move |tx| match link {
            Ok(link) => deltas::set(tx, organization, &link, began),
            // Without a link everybody is read again the next time.
            Err(_) => deltas::forget(tx, organization),
        })
        .await
}

/// Brings in what changed since the last time, if that can be told; answers whether it could.
async fn changes_only(graph: &Graph, arrivals: &mut Arrivals<'_>) -> Result<bool> {
    let organization = arrivals.organization;
    let Some(delta) = arrivals.desk.read(move |conn| deltas::get(conn, organization)).await? else { return Ok(false) };
    let stop = &arrivals.job.stop;
    let began = arrivals.desk.now();
    let (changes, link) = match changes::since(graph, &delta.link, stop).await {
        Ok(told) => told,
        // The link has lapsed, or isn't one of this Graph any more: reading everybody always works.
        Err(GraphError::Resync(_) | GraphError::ForeignLink | GraphError::NotFound(_) | GraphError::Refused(_) | GraphError::Endless) => {
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    };
    arrivals.imported.since = Some(delta.at);
    // The same person may be told of several times, and the last time counts.
    let mut last: HashMap<ObjectId, Option<DirectoryUser>> = HashMap::new();
    for change in changes {
        match change {
            Change::Is(user) => last.insert(user.object_id, Some(*user)),
            Change::Gone(id) => last.insert(id, None),
            Change::Ask(id) => last.insert(id, directory::by_id_or_upn(graph, &id.to_string(), stop).await?),
        };
    }
    let gone: Vec<ObjectId> = last.iter().filter(|(_, user)| user.is_none()).map(|(id, _)| *id).collect();
    let mut users: Vec<DirectoryUser> = last.into_values().flatten().collect();
    users.sort_by_key(|user| user.object_id);
    for page in users.chunks(PAGE) {
        arrivals.store(page.to_vec()).await?;
    }
    let tenant = arrivals.tenant;
    let marked = arrivals
        .desk
        .write(move |tx| {
            deltas::set(tx, organization, &link, began)?;
            users::mark_gone(tx, tenant, &gone, began)
        })
        .await?;
    arrivals.imported.gone = marked;
    Ok(true)
}

/// Users on their way into an organization.
struct Arrivals<'a> {
    desk: &'a Desk,
    organization: OrganizationId,
    tenant: TenantId,
    job: &'a Job,
    imported: Imported,
    /// Users that searching doesn't go through the index for yet.
    unindexed: u32,
}

impl Arrivals<'_> {
    /// Stores a page and tells how far it is.
    async fn store(&mut self, page: Vec<DirectoryUser>) -> Result<()> {
        self.imported.read += u32::try_from(page.len()).unwrap_or(u32::MAX);
        let (organization, now) = (self.organization, self.desk.now());
        let Upserted { new, changed, same, elsewhere } =
            self.desk.write(move |tx| users::upsert_page(tx, organization, &page, now)).await?;
        self.imported.new += new;
        self.imported.changed += changed;
        self.imported.same += same;
        self.imported.elsewhere += elsewhere;
        self.unindexed += new + changed;
        if self.unindexed >= INDEXED_AT_ONCE {
            self.index().await?;
        }
        self.job.tell(Progress::Imported { read: self.imported.read, new: self.imported.new });
        Ok(())
    }

    async fn index(&mut self) -> Result<()> {
        self.unindexed = 0;
        self.desk.write(users::index_pending).await.map(|_| ())
    }
}

/// The addresses of a CSV that still look for their user.
struct Wanted {
    /// As compared, and as written.
    open: Vec<(String, String)>,
    all: HashSet<String>,
    found: HashSet<String>,
}

impl Wanted {
    /// Whether the user is named in the CSV, by any of its addresses.
    fn takes(&mut self, user: &DirectoryUser) -> bool {
        let names = std::iter::once(&user.upn).chain(&user.mail).chain(&user.aliases);
        let hits: Vec<String> = names.map(|name| name.to_lowercase()).filter(|name| self.all.contains(name)).collect();
        let hit = !hits.is_empty();
        self.found.extend(hits);
        hit
    }

    fn unmatched(self) -> Vec<String> {
        self.open.into_iter().filter(|(compared, _)| !self.found.contains(compared)).map(|(_, written)| written).collect()
    }
}

/// Reads the first cell that looks like an address from each line; the separator may be comma, semicolon or tab.
fn addresses(text: &str) -> Result<Wanted> {
    if text.len() > CSV_LIMIT {
        return Err(Error::input("csv", "the file is larger than 64 MiB"));
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut wanted = Wanted { open: Vec::new(), all: HashSet::new(), found: HashSet::new() };
    for (number, line) in text.lines().enumerate() {
        let cells = line.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"').trim());
        let Some(written) = cells.into_iter().find(|cell| cell.contains('@')) else {
            // The first line may be a heading; any other that names nobody is told, like an address that nobody has.
            if number > 0 && !line.trim().is_empty() {
                wanted.open.push((line.to_owned(), line.trim().to_owned()));
            }
            continue;
        };
        let compared = written.to_lowercase();
        if wanted.all.insert(compared.clone()) {
            wanted.open.push((compared, written.to_owned()));
        }
    }
    if wanted.all.is_empty() { Err(Error::new(Code::InvalidInput, "csv: no line holds an address")) } else { Ok(wanted) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_names_people_by_any_address_and_says_who_was_not_found() {
        let mut wanted = addresses("\u{feff}Name;Address\r\nAda;\"ADA@contoso.example\"\r\nBo;bo.alias@contoso.example\r\nnobody@contoso.example\r\nEve;no address\r\nada@contoso.example\r\n").ok().unwrap();
        let user = |upn: &str, aliases: &[&str]| DirectoryUser {
            object_id: ObjectId(uuid::Uuid::nil()),
            upn: upn.into(),
            display_name: String::new(),
            mail: None,
            aliases: aliases.iter().map(|&a| a.to_owned()).collect(),
            department: None,
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        };
        assert!(wanted.takes(&user("ada@contoso.example", &[])));
        assert!(wanted.takes(&user("bo@contoso.example", &["bo.alias@contoso.example"])));
        assert!(!wanted.takes(&user("eve@contoso.example", &[])));
        assert_eq!(wanted.unmatched(), ["nobody@contoso.example", "Eve;no address"]);
        assert!(addresses("Name\nAda\n").is_err(), "a file without addresses is a wrong file, not an empty import");
    }
}
