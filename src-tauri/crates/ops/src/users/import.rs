//! Brings users into an organization from the directory: all, by filter, by group, or those named in a CSV file.

use std::collections::HashSet;

use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::rules;
use rollcall_core::user::DirectoryUser;
use rollcall_graph::groups::{self, Members};
use rollcall_graph::send::Graph;
use rollcall_graph::users as directory;
use rollcall_store::organizations;
use rollcall_store::users::{self, Upserted};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::connection;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};
use crate::organizations::describe::standing;

/// The largest CSV file that is taken.
const CSV_LIMIT: usize = 64 * 1024 * 1024;

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
    /// Lines of the CSV that match nobody, as written.
    pub unmatched: Vec<String>,
}

/// Pages are stored as they come, so an import that is stopped or cut off keeps what it has and can simply be repeated.
///
/// # Errors
/// `NotNow` when nobody is signed in; `InvalidInput` for a filter that Graph refuses or a CSV without addresses; those of
/// the network; `Stopped`.
pub async fn import(desk: &Desk, ask: ImportUsers, job: &Job) -> Result<Imported> {
    let standing = standing(desk, ask.organization).await?;
    rules::may_import(&standing).map_err(Error::not_now)?;
    let organization = desk.read(move |conn| organizations::get(conn, ask.organization)).await?;
    let graph = connection::delegated(desk, organization.tenant).await?;
    let mut wanted = match &ask.from {
        Source::Csv { text } => Some(addresses(text)?),
        Source::All | Source::Filter { .. } | Source::Group { .. } => None,
    };
    let mut imported = Imported::default();
    bring_in(desk, &graph, &ask, wanted.as_mut(), job, &mut imported).await?;
    imported.unmatched = wanted.map(|wanted| wanted.unmatched()).unwrap_or_default();
    Ok(imported)
}

async fn bring_in(
    desk: &Desk,
    graph: &Graph,
    ask: &ImportUsers,
    mut wanted: Option<&mut Wanted>,
    job: &Job,
    imported: &mut Imported,
) -> Result<()> {
    let mut pages = match &ask.from {
        Source::All | Source::Csv { .. } => directory::pages(graph, None, &job.stop),
        Source::Filter { odata } => directory::pages(graph, Some(odata.as_str()), &job.stop),
        Source::Group { group, nested } => {
            groups::members(graph, *group, if *nested { Members::Transitive } else { Members::Direct }, &job.stop)
        }
    };
    while let Some(page) = pages.next().await? {
        let mut page = page.items;
        if let Some(wanted) = wanted.as_deref_mut() {
            page.retain(|user| wanted.takes(user));
        }
        imported.read += u32::try_from(page.len()).unwrap_or(u32::MAX);
        let organization = ask.organization;
        let now = desk.now();
        let Upserted { new, changed, same, elsewhere } = desk.write(move |tx| users::upsert_page(tx, organization, &page, now)).await?;
        imported.new += new;
        imported.changed += changed;
        imported.same += same;
        imported.elsewhere += elsewhere;
        job.tell(Progress::Imported { read: imported.read, new: imported.new });
    }
    Ok(())
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
