//! Where users come from: everybody, a filter, a group, or a list.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rollcall_core::arrival;
use rollcall_core::id::ObjectId;
use rollcall_core::user::DirectoryUser;
use rollcall_graph::everyone::{self, Everyone};
use rollcall_graph::groups::{self, Members};
use rollcall_graph::named::{self, Named};
use rollcall_graph::pages::{Page, Pages};
use rollcall_graph::send::Graph;
use rollcall_graph::users as directory;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::csv_list::{self, CsvList};
use crate::error::Result;

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
    /// The same in a file as it lies on the disk.
    File { bytes: FileBytes },
}

impl Source {
    /// The list, where it is one.
    ///
    /// # Errors
    /// `InvalidInput` for a file that can't be read as a list of addresses.
    pub(super) fn list(&self) -> Result<Option<CsvList>> {
        match self {
            Self::Csv { text } => csv_list::read(text.as_bytes()).map(Some),
            Self::File { bytes } => csv_list::read(&bytes.0).map(Some),
            Self::All | Self::Filter { .. } | Self::Group { .. } => Ok(None),
        }
    }
}

/// A file's bytes; in JSON they are a text in base64.
#[derive(Clone, TS)]
#[ts(type = "string")]
pub struct FileBytes(pub Vec<u8>);

impl fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileBytes({})", self.0.len())
    }
}

impl<'de> Deserialize<'de> for FileBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("the file is not in base64"))
    }
}

/// The pages of a source.
pub(super) enum Reading {
    Everyone(Everyone),
    Pages(Box<Pages<DirectoryUser>>),
    /// Those who have certain addresses.
    Named(Box<Named>),
}

impl Reading {
    pub async fn of(graph: &Graph, from: &Source, wanted: Option<&Wanted>, stop: &CancellationToken) -> Self {
        match from {
            Source::All => Self::Everyone(everyone::everyone(graph, stop)),
            Source::Csv { .. } | Source::File { .. } => {
                let addresses = wanted.map(Wanted::addresses).unwrap_or_default();
                // What takes fewer requests: to ask for the addresses, and then for the others of those who have them, of which most
                // have one or two; or to page through everybody. What a group of addresses takes shows with the first. Where nobody
                // can say how many there are, everybody is read.
                let groups = u32::try_from(addresses.len().div_ceil(named::TOGETHER)).unwrap_or(u32::MAX);
                let fewer = |each: u32, everybody| groups.saturating_mul(2).saturating_mul(each) <= everyone::requests(everybody);
                if let Ok(everybody) = directory::count(graph, None, stop).await
                    && fewer(1, everybody)
                {
                    let mut asked = named::named(graph, &addresses, stop);
                    if asked.requests_of_a_group().await.is_ok_and(|each| fewer(each, everybody)) {
                        return Self::Named(Box::new(asked));
                    }
                }
                Self::Everyone(everyone::everyone(graph, stop))
            }
            Source::Filter { odata } => Self::Pages(Box::new(directory::pages(graph, Some(odata.as_str()), stop))),
            Source::Group { group, nested } => {
                let which = if *nested { Members::Transitive } else { Members::Direct };
                Self::Pages(Box::new(groups::members(graph, *group, which, stop)))
            }
        }
    }

    pub async fn next(&mut self) -> Result<Option<Page<DirectoryUser>>> {
        match self {
            Self::Everyone(pages) => Ok(pages.next().await?),
            Self::Pages(pages) => Ok(pages.next().await?),
            Self::Named(pages) => Ok(pages.next().await?),
        }
    }

    /// Goes on with whoever else has an address of these people, where only those on a list were asked for: what everybody would have
    /// shown by the way.
    pub fn go_on(&mut self, graph: &Graph, wanted: Option<&Wanted>, people: &[DirectoryUser], stop: &CancellationToken) {
        let (Self::Named(_), Some(wanted)) = (&self, wanted) else { return };
        let others: BTreeSet<String> = people.iter().flat_map(arrival::all_of).map(str::to_lowercase).collect();
        let others: Vec<String> = others.into_iter().filter(|address| !wanted.all.contains(address)).collect();
        *self = Self::Named(Box::new(named::named(graph, &others, stop)));
    }
}

/// The addresses of a list that look for their user.
pub(super) struct Wanted {
    list: CsvList,
    all: HashSet<String>,
    found: HashSet<String>,
}

impl Wanted {
    pub fn of(list: CsvList) -> Self {
        let all = list.lines.iter().filter_map(|line| line.address.as_ref()).map(|address| address.to_lowercase()).collect();
        Self { list, all, found: HashSet::new() }
    }

    /// Each address once, in lower case.
    fn addresses(&self) -> Vec<String> {
        let mut addresses: Vec<String> = self.all.iter().cloned().collect();
        addresses.sort();
        addresses
    }

    /// Whether the user is named on the list, by any of its addresses.
    pub fn takes(&mut self, user: &DirectoryUser) -> bool {
        let hits: Vec<String> = arrival::all_of(user).map(str::to_lowercase).filter(|name| self.all.contains(name)).collect();
        let hit = !hits.is_empty();
        self.found.extend(hits);
        hit
    }

    /// The list, when everybody has been looked at.
    pub fn list(self) -> CsvList {
        self.list
    }

    /// Each address that nobody has, once, and each line without one.
    pub fn unmatched(self) -> Vec<String> {
        let Self { list, found, .. } = self;
        let mut told = HashSet::new();
        let open = list.lines.into_iter().filter_map(|line| match line.address {
            None => Some(line.written),
            Some(address) => {
                let compared = address.to_lowercase();
                (!found.contains(&compared) && told.insert(compared)).then_some(address)
            }
        });
        open.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_people_by_any_address_and_says_who_was_not_found() {
        let text = "\u{feff}Name;Address\r\nAda;\"ADA@contoso.example\"\r\nBo;bo.alias@contoso.example\r\nnobody@contoso.example\r\nEve;no address\r\nada@contoso.example\r\n";
        let list = Source::Csv { text: text.to_owned() }.list().ok().unwrap();
        let mut wanted = Wanted::of(list.unwrap());
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
        assert_eq!(wanted.unmatched(), ["nobody@contoso.example", "Eve · no address"]);
    }

    #[test]
    fn a_file_comes_as_base64_and_never_shows_its_bytes() {
        let read = |json: &str| serde_json::from_str::<Source>(json);
        let file = read(r#"{"kind":"file","bytes":"YWRhQGNvbnRvc28uZXhhbXBsZQ=="}"#).unwrap();
        assert_eq!(file.list().ok().unwrap().unwrap().lines.len(), 1);
        assert!(!format!("{file:?}").contains("97"), "a log line with a file in it would be one with addresses");
        assert!(read(r#"{"kind":"file","bytes":"***"}"#).is_err());
    }
}
