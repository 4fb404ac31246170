//! The dry run of an import: who would come in, who wouldn't, and why, person by person or line by line. Nothing is stored; what was
//! shown stays at hand, so that exactly that can be imported.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rollcall_core::arrival::{self, Addresses, Fate, FateKind, Fates};
use rollcall_core::eligibility::{self, Eligibility, Facts, Judged};
use rollcall_core::id::{ObjectId, OrganizationId, TenantId};
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rollcall_graph::changes;
use rollcall_graph::send::Graph;
use rollcall_store::organizations;
use rollcall_store::users::{self, Known};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::csv_list::{CsvLine, Understood};
use super::query::check_window;
use super::source::{Reading, Source, Wanted};
use crate::csv_text;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::groups::directory;
use crate::job::{Job, Progress};

/// Whom an import is to be tried with.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PreviewImport {
    pub organization: OrganizationId,
    pub from: Source,
}

/// What an import would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ImportPreview {
    pub organization: OrganizationId,
    /// People, or lines of the list, by what becomes of them.
    pub fates: Fates,
    /// Those that would come in, by what can be expected of their mailboxes.
    pub arriving: BTreeMap<Eligibility, u32>,
    /// How the list was understood, where it is one.
    pub list: Option<Understood>,
    /// Stands for exactly this; to be handed back when it is agreed to.
    pub seal: String,
}

/// Which lines of a preview.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PreviewLines {
    pub seal: String,
    pub fate: Option<FateKind>,
    /// A part of the line, or of the person's name or principal name.
    pub search: Option<String>,
    pub offset: u32,
    pub limit: u32,
}

/// A preview that was shown.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PreviewRef {
    pub seal: String,
}

/// A window of lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewPage {
    pub total: u32,
    pub matching: u32,
    pub rows: Vec<PreviewLine>,
}

/// A person, or a line of the list, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewLine {
    /// The number of the line, where it is one of a list.
    pub line: Option<u32>,
    /// The address as the list has it, or the line where it holds none.
    pub written: Option<String>,
    pub fate: Fate,
    pub person: Option<PreviewPerson>,
    /// Whether the address is neither the person's principal name nor the primary address.
    pub by_alias: bool,
}

/// Whom a line means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewPerson {
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    pub judged: Judged,
}

/// The report as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewTable {
    /// CSV (RFC 4180), the first line its header.
    pub text: String,
}

/// A preview that is at hand.
pub(crate) struct Held {
    pub seal: String,
    pub organization: OrganizationId,
    pub people: Vec<DirectoryUser>,
    /// By their place in `people`.
    judged: Vec<Judged>,
    lines: Vec<HeldLine>,
    list: Option<Understood>,
    /// Where the directory's changes go on after it was read, where all of it was.
    pub link: Option<(String, Timestamp)>,
}

struct HeldLine {
    number: Option<u32>,
    written: Option<String>,
    fate: Fate,
    person: Option<usize>,
}

/// # Errors
/// `NotNow` when nobody is signed in; `InvalidInput` for a filter that Graph refuses or a list without addresses; those of the
/// network; `Stopped`.
pub async fn preview(desk: &Desk, ask: PreviewImport, job: &Job) -> Result<ImportPreview> {
    let list = ask.from.list()?;
    let graph = directory(desk, ask.organization).await?;
    let mut read = Read::default();
    let mut wanted = list.map(Wanted::of);
    let everybody = matches!(ask.from, Source::All);
    let link = if everybody { link(desk, &graph, job).await } else { None };
    let mut pages = Reading::of(&graph, &ask.from, wanted.as_ref(), &job.stop).await;
    read.all(&mut pages, wanted.as_mut(), job).await?;
    pages.go_on(&graph, wanted.as_ref(), &read.people, &job.stop);
    read.all(&mut pages, wanted.as_mut(), job).await?;
    let (tenant, places, names) = places(desk, ask.organization).await?;
    let own = read.index.keys().copied().collect::<HashSet<_>>();
    for known in known(desk, tenant).await?.iter().filter(|known| !own.contains(&known.object_id)) {
        for address in &known.addresses {
            read.addresses.claim(known.object_id, address);
        }
    }
    let fate = |id: ObjectId| match places.get(&id) {
        None => Fate::Added,
        Some(at) if *at == ask.organization => Fate::Here,
        Some(at) => Fate::Elsewhere { organization: names.get(at).cloned().unwrap_or_default() },
    };
    let contested = read.addresses.contested();
    let judge = |person| eligibility::judge(&Facts::of_directory(person, contested.contains(&person.object_id)));
    let judged = read.people.iter().map(judge).collect();
    let list = wanted.map(Wanted::list);
    let understood = list.as_ref().map(|list| list.understood.clone());
    let lines = match list {
        Some(list) => of_list(list.lines, &read.people, fate),
        None => of_people(&read.people, fate),
    };
    let mut held = Held { seal: String::new(), organization: ask.organization, people: read.people, judged, lines, list: understood, link };
    held.seal = held.sealed();
    let shown = held.shown();
    desk.hold_preview(Some(Arc::new(held)));
    Ok(shown)
}

/// One window of the lines of the preview that is at hand.
///
/// # Errors
/// `Changed` when another preview was made since; `InvalidInput` for a window that is too large.
pub async fn lines(desk: &Desk, ask: PreviewLines, _job: &Job) -> Result<PreviewPage> {
    check_window(ask.limit)?;
    let held = at_hand(desk, &ask.seal)?;
    let search = ask.search.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let fits = |line: &&HeldLine| {
        ask.fate.is_none_or(|fate| line.fate.kind() == fate) && search.as_ref().is_none_or(|search| held.holds(line, search))
    };
    let matching: Vec<&HeldLine> = held.lines.iter().filter(fits).collect();
    let window = matching.iter().skip(ask.offset as usize).take(ask.limit as usize);
    Ok(PreviewPage { total: count(held.lines.len()), matching: count(matching.len()), rows: window.map(|line| held.line(line)).collect() })
}

/// All lines, for a face that writes them somewhere.
///
/// # Errors
/// `Changed` when another preview was made since.
pub async fn all(desk: &Desk, ask: PreviewRef, _job: &Job) -> Result<Vec<PreviewLine>> {
    let held = at_hand(desk, &ask.seal)?;
    Ok(held.lines.iter().map(|line| held.line(line)).collect())
}

/// The report as a table for a spreadsheet.
///
/// # Errors
/// As [`lines`].
pub async fn export(desk: &Desk, ask: PreviewRef, job: &Job) -> Result<PreviewTable> {
    let lines = all(desk, ask, job).await?;
    Ok(PreviewTable { text: csv_text::text(Some(HEADER), lines.iter().map(record))? })
}

/// Lets go of the preview that is at hand.
///
/// # Errors
/// None.
pub async fn forget(desk: &Desk, ask: PreviewRef, _job: &Job) -> Result<()> {
    if at_hand(desk, &ask.seal).is_ok() {
        desk.hold_preview(None);
    }
    Ok(())
}

/// The preview that this seal stands for.
pub(super) fn at_hand(desk: &Desk, seal: &str) -> Result<Arc<Held>> {
    let held = desk.held_preview().filter(|held| held.seal == seal);
    held.ok_or_else(|| Error::new(Code::Changed, "the report isn't at hand any more, or says something else by now"))
}

/// Who is in which organization of the tenant, and what those are called.
type Places = (TenantId, HashMap<ObjectId, OrganizationId>, HashMap<OrganizationId, String>);

pub(super) async fn places(desk: &Desk, organization: OrganizationId) -> Result<Places> {
    desk.read(move |conn| {
        let tenant = organizations::get(conn, organization)?.tenant;
        let names = organizations::list(conn, Some(tenant))?.into_iter().map(|one| (one.id, one.name)).collect();
        Ok((tenant, users::places(conn, tenant)?, names))
    })
    .await
}

async fn known(desk: &Desk, tenant: TenantId) -> Result<Vec<Known>> {
    desk.read(move |conn| users::known(conn, tenant)).await
}

async fn link(desk: &Desk, graph: &Graph, job: &Job) -> Option<(String, Timestamp)> {
    let at = desk.now();
    // Without a link everybody is read again the next time.
    changes::from_now(graph, &job.stop).await.ok().map(|link| (link, at))
}

/// Those who were read, each once.
#[derive(Default)]
struct Read {
    people: Vec<DirectoryUser>,
    index: HashMap<ObjectId, usize>,
    addresses: Addresses,
    /// How many were met, those who aren't wanted included.
    met: u32,
}

impl Read {
    async fn all(&mut self, pages: &mut Reading, mut wanted: Option<&mut Wanted>, job: &Job) -> Result<()> {
        while let Some(page) = pages.next().await? {
            for person in page.items {
                self.take(person, wanted.as_deref_mut());
            }
            job.tell(Progress::Read { read: self.met });
        }
        Ok(())
    }

    fn take(&mut self, person: DirectoryUser, wanted: Option<&mut Wanted>) {
        self.met = self.met.saturating_add(1);
        self.addresses.add(&person);
        if wanted.is_some_and(|wanted| !wanted.takes(&person)) {
            return;
        }
        // Paging may list a person twice when the directory changes meanwhile: the later one is the newer.
        match self.index.get(&person.object_id).and_then(|at| self.people.get_mut(*at)) {
            Some(before) => *before = person,
            None => {
                self.index.insert(person.object_id, self.people.len());
                self.people.push(person);
            }
        }
    }
}

fn of_people(people: &[DirectoryUser], fate: impl Fn(ObjectId) -> Fate) -> Vec<HeldLine> {
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_cached_key(|at| people.get(*at).map(|person| (person.display_name.to_lowercase(), person.object_id)));
    let line = |at: usize| {
        let person = people.get(at)?;
        Some(HeldLine { number: None, written: None, fate: fate(person.object_id), person: Some(at) })
    };
    order.into_iter().filter_map(line).collect()
}

fn of_list(lines: Vec<CsvLine>, people: &[DirectoryUser], fate: impl Fn(ObjectId) -> Fate) -> Vec<HeldLine> {
    let owners = owners(people);
    let mut first_of: HashMap<ObjectId, u32> = HashMap::new();
    let mut unknown: HashMap<String, u32> = HashMap::new();
    let mut told = |line: CsvLine| {
        let Some(address) = line.address else {
            return HeldLine { number: Some(line.number), written: Some(line.written), fate: Fate::NoAddress, person: None };
        };
        let compared = address.to_lowercase();
        let person = owners.get(&compared).copied();
        let before = match person.and_then(|at| people.get(at)) {
            Some(person) => *first_of.entry(person.object_id).or_insert(line.number),
            None => *unknown.entry(compared).or_insert(line.number),
        };
        let fate = match person.and_then(|at| people.get(at)) {
            _ if before != line.number => Fate::Duplicate { line: before },
            Some(person) => fate(person.object_id),
            None => Fate::Unknown,
        };
        HeldLine { number: Some(line.number), written: Some(address), fate, person }
    };
    lines.into_iter().map(&mut told).collect()
}

/// Whom an address means: it is somebody's principal name before it is a primary address, and that before it is an alias.
fn owners(people: &[DirectoryUser]) -> HashMap<String, usize> {
    let mut owners = HashMap::new();
    let by_rank: [fn(&DirectoryUser) -> Vec<&str>; 3] = [
        |person| vec![person.upn.as_str()],
        |person| person.mail.as_deref().into_iter().collect(),
        |person| person.aliases.iter().map(String::as_str).collect(),
    ];
    for of in by_rank {
        for (at, person) in people.iter().enumerate() {
            for address in of(person) {
                owners.entry(address.to_lowercase()).or_insert(at);
            }
        }
    }
    owners
}

impl Held {
    /// Those who come in or are refreshed, and the places of everybody that the lines name.
    pub fn arrivals(&self) -> impl Iterator<Item = &DirectoryUser> {
        self.lines.iter().filter(|line| matches!(line.fate, Fate::Added | Fate::Here)).filter_map(|line| self.people.get(line.person?))
    }

    /// Those who stay in another organization, each once.
    pub fn elsewhere(&self) -> impl Iterator<Item = &DirectoryUser> {
        self.lines.iter().filter(|line| matches!(line.fate, Fate::Elsewhere { .. })).filter_map(|line| self.people.get(line.person?))
    }

    /// What nobody in the directory has, as written, and lines without an address.
    pub fn unmatched(&self) -> Vec<String> {
        let open = self.lines.iter().filter(|line| matches!(line.fate, Fate::Unknown | Fate::NoAddress));
        open.filter_map(|line| line.written.clone()).collect()
    }

    /// Whether each of them is still where it was when the preview was made.
    pub fn still_holds(&self, places: &HashMap<ObjectId, OrganizationId>) -> bool {
        self.lines.iter().all(|line| {
            let Some(person) = line.person.and_then(|at| self.people.get(at)) else { return true };
            let place = places.get(&person.object_id);
            match line.fate {
                Fate::Added => place.is_none(),
                Fate::Here => place == Some(&self.organization),
                Fate::Elsewhere { .. } => place.is_some_and(|place| *place != self.organization),
                Fate::Duplicate { .. } | Fate::Unknown | Fate::NoAddress => true,
            }
        })
    }

    fn shown(&self) -> ImportPreview {
        let mut fates = Fates::default();
        let mut arriving = BTreeMap::new();
        for line in &self.lines {
            fates.count(line.fate.kind());
            if let (Fate::Added, Some(judged)) = (&line.fate, line.person.and_then(|at| self.judged.get(at))) {
                *arriving.entry(judged.eligibility).or_insert(0) += 1;
            }
        }
        ImportPreview { organization: self.organization, fates, arriving, list: self.list.clone(), seal: self.seal.clone() }
    }

    fn sealed(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.organization.hash(&mut hasher);
        for line in &self.lines {
            (line.number, &line.written, &line.fate).hash(&mut hasher);
            line.person.and_then(|at| Some((self.people.get(at)?.object_id, *self.judged.get(at)?))).hash(&mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }

    fn holds(&self, line: &HeldLine, search: &str) -> bool {
        let person = line.person.and_then(|at| self.people.get(at));
        let texts = [line.written.as_deref(), person.map(|one| one.upn.as_str()), person.map(|one| one.display_name.as_str())];
        texts.into_iter().flatten().any(|text| text.to_lowercase().contains(search))
    }

    fn line(&self, line: &HeldLine) -> PreviewLine {
        let found = line.person.and_then(|at| Some((self.people.get(at)?, *self.judged.get(at)?)));
        let by_alias = match (&line.written, found) {
            (Some(written), Some((person, _))) => arrival::is_alias(person, written),
            (None, _) | (_, None) => false,
        };
        PreviewLine {
            line: line.number,
            written: line.written.clone(),
            fate: line.fate.clone(),
            person: found.map(|(person, judged)| PreviewPerson {
                object_id: person.object_id,
                upn: person.upn.clone(),
                display_name: person.display_name.clone(),
                judged,
            }),
            by_alias,
        }
    }
}

/// The columns of the report.
pub const HEADER: &[&str] =
    &["line", "written", "result", "same_as_line", "organization", "upn", "name", "object_id", "by_alias", "eligibility", "evidence"];

/// A line of the report, in the order of [`HEADER`].
#[must_use]
pub fn record(line: &PreviewLine) -> [String; 11] {
    let (same_as, organization) = match &line.fate {
        Fate::Duplicate { line } => (line.to_string(), String::new()),
        Fate::Elsewhere { organization } => (String::new(), organization.clone()),
        Fate::Added | Fate::Here | Fate::Unknown | Fate::NoAddress => (String::new(), String::new()),
    };
    let person = line.person.as_ref();
    [
        line.line.map(|number| number.to_string()).unwrap_or_default(),
        line.written.clone().unwrap_or_default(),
        line.fate.kind().name().to_owned(),
        same_as,
        organization,
        person.map(|person| person.upn.clone()).unwrap_or_default(),
        person.map(|person| person.display_name.clone()).unwrap_or_default(),
        person.map(|person| person.object_id.to_string()).unwrap_or_default(),
        if line.by_alias { "yes" } else { "" }.to_owned(),
        person.map(|person| person.judged.eligibility.name()).unwrap_or_default().to_owned(),
        person.map(|person| person.judged.evidence.name()).unwrap_or_default().to_owned(),
    ]
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: u128, upn: &str, alias: &str) -> DirectoryUser {
        DirectoryUser {
            object_id: ObjectId(uuid::Uuid::from_u128(id)),
            upn: upn.into(),
            display_name: upn.into(),
            mail: Some(upn.into()),
            aliases: vec![alias.into()],
            department: None,
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        }
    }

    #[test]
    fn a_line_is_told_by_its_person_and_a_person_only_once() {
        // Bo's alias is Ada's principal name, whose it therefore is.
        let people = [person(1, "ada@x.example", "a@x.example"), person(2, "bo@x.example", "ADA@x.example")];
        let lines = ["a@x.example", "ada@x.example", "bo@x.example", "eve@x.example", "EVE@x.example", ""];
        let lines = (2_u32..).zip(lines).map(|(number, address)| CsvLine {
            number,
            address: (!address.is_empty()).then(|| address.to_owned()),
            written: "nothing".into(),
        });
        let told = of_list(lines.collect(), &people, |id| if id.0.as_u128() == 2 { Fate::Here } else { Fate::Added });
        let fates: Vec<Fate> = told.into_iter().map(|line| line.fate).collect();
        assert_eq!(
            fates,
            [Fate::Added, Fate::Duplicate { line: 2 }, Fate::Here, Fate::Unknown, Fate::Duplicate { line: 5 }, Fate::NoAddress]
        );
    }
}
