//! Brings users into an organization from the directory: all, by filter, by group, or those named in a CSV file.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rollcall_core::arrival::Addresses;
use rollcall_core::eligibility::{self, Eligibility, Facts};
use rollcall_core::id::{ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::rules;
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rollcall_graph::changes::{self, Change};
use rollcall_graph::error::GraphError;
use rollcall_graph::everyone::everyone;
use rollcall_graph::pages::Page;
use rollcall_graph::send::Graph;
use rollcall_graph::users as directory;
use rollcall_store::users::{self, Upserted};
use rollcall_store::{Transaction, deltas, organizations, proposals};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::preflight;
use super::preview::{self, PreviewRef};
pub use super::source::{FileBytes, Source};
use super::source::{Reading, Wanted};
use super::unjudged;
use crate::connection;
use crate::cut_off;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};
use crate::organizations::describe::standing;
use crate::rules::evaluate;

/// Users that are stored in one go.
pub(crate) const PAGE: usize = 999;
/// So many pages that wait already are stored in one go: what several of them change in an index is written once. Whoever else wants to
/// write waits for less than half a second.
const PAGES_AT_ONCE: usize = 10;

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
    /// What stands on the list and nobody has, as written.
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
    let mut wanted = ask.from.list()?.map(Wanted::of);
    let graph = connection::delegated(desk, organization.tenant).await?;
    let mut arrivals = Arrivals::at(desk, organization.id, organization.tenant, job);
    let brought = bring_in(&graph, &ask, wanted.as_mut(), &mut arrivals).await;
    // Whatever came is found by searching, however the import ended.
    arrivals.settle().await?;
    brought?;
    let mut imported = arrivals.imported;
    imported.unmatched = wanted.map(|wanted| wanted.unmatched()).unwrap_or_default();
    evaluate::after_import(desk, organization.tenant, job).await;
    Ok(imported)
}

/// Imports exactly the people that a preview showed.
///
/// # Errors
/// `Changed` when the preview isn't at hand any more, or somebody has come or gone meanwhile; `NotNow` when nobody is signed in;
/// `Stopped`.
pub async fn import_shown(desk: &Desk, ask: PreviewRef, job: &Job) -> Result<Imported> {
    let held = preview::at_hand(desk, &ask.seal)?;
    let standing = standing(desk, held.organization).await?;
    rules::may_import(&standing).map_err(Error::not_now)?;
    let (tenant, places, _) = preview::places(desk, held.organization).await?;
    if !held.still_holds(&places) {
        return Err(Error::new(Code::Changed, "somebody has come into an organization, or left one, since the report was made"));
    }
    let mut arrivals = Arrivals::at(desk, held.organization, tenant, job);
    let people: Vec<&DirectoryUser> = held.arrivals().collect();
    let mut stopped = false;
    for page in people.chunks(PAGE) {
        stopped = job.stop.is_cancelled();
        if stopped {
            break;
        }
        arrivals.store(page.iter().map(|&person| person.clone()).collect()).await?;
    }
    arrivals.settle().await?;
    if stopped {
        return Err(Error::new(Code::Stopped, "stopped between two pages of the import"));
    }
    if let Some((link, at)) = held.link.clone() {
        let organization = held.organization;
        desk.write(move |tx| deltas::set(tx, organization, &link, at)).await?;
    }
    let mut imported = arrivals.imported;
    let elsewhere = u32::try_from(held.elsewhere().count()).unwrap_or(u32::MAX);
    imported.read += elsewhere;
    imported.elsewhere += elsewhere;
    imported.unmatched = held.unmatched();
    desk.hold_preview(None);
    evaluate::after_import(desk, tenant, job).await;
    Ok(imported)
}

async fn bring_in(graph: &Graph, ask: &ImportUsers, mut wanted: Option<&mut Wanted>, arrivals: &mut Arrivals<'_>) -> Result<()> {
    if matches!(ask.from, Source::All) {
        let told = !ask.anew && changes_only(graph, arrivals).await?;
        return if told { Ok(()) } else { everybody(graph, arrivals).await };
    }
    let mut pages = Reading::of(graph, &ask.from, wanted.as_deref(), &arrivals.job.stop).await;
    while let Some(mut page) = pages.next().await? {
        page.items.retain(|user| wanted.as_deref_mut().is_none_or(|wanted| wanted.takes(user)));
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
        // The reading goes on by itself, and what has come meanwhile goes to disk together.
        pages = arrivals.store_with(items, pages, |pages| pages.at_hand().map(|page| page.items)).await?;
        page = pages.next().await?;
    }
    arrivals.whole = true;
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
        Err(
            GraphError::Resync(_) | GraphError::ForeignLink | GraphError::NotFound(_) | GraphError::Refused(_) | GraphError::Endless(_),
        ) => {
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
pub(crate) struct Arrivals<'a> {
    desk: &'a Desk,
    organization: OrganizationId,
    tenant: TenantId,
    job: &'a Job,
    pub imported: Imported,
    /// The user who had come last before.
    known: Option<UserId>,
    /// Those who came.
    came: Arc<Mutex<Came>>,
    /// Whether everybody came, so that nobody else can have an address of theirs.
    whole: bool,
    /// Once something was stored that is to be judged: whether an import before had left that undone.
    unjudged_before: Option<bool>,
}

/// The addresses of those who came, and whoever of them was known as somebody else and isn't ready by what the directory says. Who is
/// new has been judged by that.
#[derive(Default)]
struct Came {
    addresses: Addresses,
    doubtful: Vec<ObjectId>,
}

impl Came {
    fn add(&mut self, page: &[DirectoryUser], any_changed: bool) {
        for person in page {
            self.addresses.add(person);
            if any_changed && eligibility::judge(&Facts::of_directory(person, false)).eligibility != Eligibility::Ready {
                self.doubtful.push(person.object_id);
            }
        }
    }
}

impl<'a> Arrivals<'a> {
    /// Nobody has come yet.
    pub fn at(desk: &'a Desk, organization: OrganizationId, tenant: TenantId, job: &'a Job) -> Self {
        let (imported, came) = (Imported::default(), Arc::default());
        Self { desk, organization, tenant, job, imported, known: None, came, whole: false, unjudged_before: None }
    }

    /// Stores a page and tells how far it is.
    pub async fn store(&mut self, page: Vec<DirectoryUser>) -> Result<()> {
        self.store_with(page, (), |()| None).await
    }

    /// Stores a page and, in the same write, what the rest has at hand by then; gives the rest back.
    async fn store_with<R: Send + 'static>(
        &mut self,
        first: Vec<DirectoryUser>,
        mut rest: R,
        at_hand: fn(&mut R) -> Option<Vec<DirectoryUser>>,
    ) -> Result<R> {
        let (organization, now, came) = (self.organization, self.desk.now(), Arc::clone(&self.came));
        let (known, unjudged_before) = (self.known, self.unjudged_before);
        let write = move |tx: &Transaction<'_>| {
            let known = known.map_or_else(|| users::last_known(tx), Ok)?;
            let (mut read, mut upserted, mut next) = (0, Upserted::default(), Some(first));
            for pages in 1.. {
                let Some(page) = next else { break };
                read += u32::try_from(page.len()).unwrap_or(u32::MAX);
                let of_page = users::upsert_page(tx, organization, &page, now)?;
                came.lock().unwrap_or_else(PoisonError::into_inner).add(&page, of_page.changed > 0);
                upserted += of_page;
                drop(page);
                next = if pages < PAGES_AT_ONCE { at_hand(&mut rest) } else { None };
            }
            let unjudged_before = match unjudged_before {
                None if upserted.new + upserted.changed > 0 => Some(unjudged::note(tx, organization)?),
                noted => noted,
            };
            Ok((read, upserted, known, unjudged_before, rest))
        };
        let (read, upserted, known, unjudged_before, rest) = self.desk.write(write).await?;
        (self.known, self.unjudged_before) = (Some(known), unjudged_before);
        self.imported.read += read;
        self.imported.new += upserted.new;
        self.imported.changed += upserted.changed;
        self.imported.same += upserted.same;
        self.imported.elsewhere += upserted.elsewhere;
        self.job.tell(Progress::Imported { read: self.imported.read, new: self.imported.new });
        Ok(rest)
    }

    /// Settles the proposals to bring in who has come, and judges those that may not be ready; where an import before was cut off, all.
    pub async fn settle(&mut self) -> Result<()> {
        let organization = self.organization;
        self.desk.write(move |tx| proposals::settle_present(tx, organization)).await?;
        let left_undone = match self.unjudged_before {
            Some(before) => before,
            None => self.desk.read(move |conn| unjudged::is_noted(conn, organization)).await?,
        };
        if left_undone {
            preflight::judge_all(self.desk, organization).await?;
        } else if self.unjudged_before.is_some() {
            self.judge().await?;
        } else {
            return Ok(());
        }
        self.desk.write(move |tx| cut_off::taken_up(tx, organization)).await
    }

    /// Judges those who came.
    async fn judge(&mut self) -> Result<()> {
        let Came { mut addresses, mut doubtful } = std::mem::take(&mut *self.came.lock().unwrap_or_else(PoisonError::into_inner));
        if !self.whole {
            let (tenant, came) = (self.tenant, addresses.people());
            let known = self.desk.read(move |conn| users::known(conn, tenant)).await?;
            for one in known.iter().filter(|one| !came.contains(&one.object_id)) {
                for address in &one.addresses {
                    addresses.claim(one.object_id, address);
                }
            }
        }
        let contested = addresses.contested();
        doubtful.extend(&contested);
        preflight::judge_doubtful(self.desk, self.organization, self.known, doubtful, contested).await
    }
}
