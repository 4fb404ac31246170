//! Takes the entries of a list one by one: finds each permission by name or id, and notes what there is to say.

use std::collections::HashMap;

use super::nearest::nearest;
use super::{BadList, Known, MOST, Place, ReadList, Remark, Said};
use crate::id::PermissionId;
use crate::integration::RequiredPermission;
use crate::organization::AccessType;
use crate::permission::{self, PermissionType, Resource};

/// No name of a permission is as long as this.
const LONGEST_NAME: usize = 120;
/// How much of a place is quoted.
const QUOTED: usize = 100;

/// A permission as a list names it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<'a> {
    /// Its name, or its id.
    pub name: &'a str,
    /// Its type, where the list says it.
    pub kind: Option<PermissionType>,
    /// Its API, where the list says it.
    pub resource: Option<Resource>,
    pub feature: Option<&'a str>,
    pub purpose: Option<&'a str>,
    pub optional: bool,
}

/// A list in the making.
pub struct Collector<'k> {
    usual: PermissionType,
    known: Known<'k>,
    list: ReadList,
    seen: HashMap<(Resource, PermissionType, String), Place>,
    entries: usize,
}

struct Found {
    resource: Resource,
    kind: PermissionType,
    name: String,
    live: bool,
}

impl<'k> Collector<'k> {
    /// Begins a list for mailboxes that are reached in this way, which decides the type where the list says none. `known` is
    /// asked for what the catalogue doesn't know.
    #[must_use]
    pub fn new(access: AccessType, known: Known<'k>) -> Self {
        let usual = match access {
            AccessType::GraphAppOnly | AccessType::EwsAppOnly => PermissionType::Application,
            AccessType::GraphDelegated | AccessType::EwsDelegated => PermissionType::Delegated,
        };
        Self { usual, known, list: ReadList::default(), seen: HashMap::new(), entries: 0 }
    }

    /// What the list calls itself.
    pub fn call(&mut self, name: &str) {
        self.list.name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    }

    /// Takes an entry, or notes why not.
    ///
    /// # Errors
    /// [`BadList::TooMany`].
    pub fn entry(&mut self, place: Place, entry: &Entry<'_>) -> Result<(), BadList> {
        self.entries += 1;
        if self.entries > MOST {
            return Err(BadList::TooMany);
        }
        let name = entry.name.trim();
        if name.len() > LONGEST_NAME {
            self.say(place, name, Said::TooLong);
            return Ok(());
        }
        let Some(found) = self.find(entry, name) else {
            let said = self.why_not(entry, name);
            self.say(place, name, said);
            return Ok(());
        };
        let key = (found.resource, found.kind, found.name.to_ascii_lowercase());
        if let Some(&first) = self.seen.get(&key) {
            self.say(place, name, Said::Twice { first });
            return Ok(());
        }
        self.seen.insert(key, place);
        if entry.kind.is_none() {
            let only = self.kinds_of(found.resource, &found.name).len() == 1;
            self.say(place, name, Said::TypeTaken { kind: found.kind, only });
        }
        if entry.resource.is_none() && found.resource == Resource::Exchange {
            self.say(place, name, Said::ExchangeTaken);
        }
        if found.live {
            self.say(place, name, Said::Live);
        }
        self.list.permissions.push(RequiredPermission {
            name: found.name,
            kind: found.kind,
            resource: found.resource,
            feature: text(entry.feature),
            purpose: text(entry.purpose),
            optional: entry.optional,
        });
        Ok(())
    }

    /// Notes something about a place.
    pub fn say(&mut self, place: Place, text: &str, what: Said) {
        let refused = what.refuses();
        self.list.remarks.push(Remark { place, text: shortened(text), what, refused });
    }

    /// Whether a permission of that name or id is known, of whatever API and type.
    #[must_use]
    pub fn is_known(&self, name: &str) -> bool {
        Resource::ALL.into_iter().any(|resource| !self.kinds_of(resource, name).is_empty())
    }

    /// What came of it.
    #[must_use]
    pub fn finish(self) -> ReadList {
        self.list
    }

    fn find(&self, entry: &Entry<'_>, name: &str) -> Option<Found> {
        let kinds = entry.kind.map_or_else(|| vec![self.usual, other(self.usual)], |kind| vec![kind]);
        let resources = entry.resource.map_or_else(|| Resource::ALL.to_vec(), |resource| vec![resource]);
        let places = resources.into_iter().flat_map(|resource| kinds.iter().map(move |&kind| (resource, kind)));
        places.into_iter().find_map(|(resource, kind)| self.at(resource, kind, name))
    }

    fn at(&self, resource: Resource, kind: PermissionType, name: &str) -> Option<Found> {
        let listed = match name.parse::<PermissionId>() {
            Ok(id) => permission::id_known(resource, kind, id),
            Err(_) => permission::find(resource, kind, name),
        };
        match listed {
            Some(known) => Some(Found { resource, kind, name: known.name.to_owned(), live: false }),
            None => (self.known)(resource, kind, name).map(|name| Found { resource, kind, name, live: true }),
        }
    }

    fn kinds_of(&self, resource: Resource, name: &str) -> Vec<PermissionType> {
        PermissionType::ALL.into_iter().filter(|&kind| self.at(resource, kind, name).is_some()).collect()
    }

    fn why_not(&self, entry: &Entry<'_>, name: &str) -> Said {
        match entry.kind {
            Some(kind) if self.find(&Entry { kind: Some(other(kind)), ..*entry }, name).is_some() => {
                Said::OtherType { exists: other(kind) }
            }
            Some(_) | None => Said::Unknown { nearest: nearest(name).map(str::to_owned) },
        }
    }
}

const fn other(kind: PermissionType) -> PermissionType {
    match kind {
        PermissionType::Application => PermissionType::Delegated,
        PermissionType::Delegated => PermissionType::Application,
    }
}

fn text(given: Option<&str>) -> Option<String> {
    given.map(str::trim).filter(|text| !text.is_empty()).map(shortened_note)
}

/// A feature or purpose is a line to be read, not a document.
fn shortened_note(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    let mut quoted: String = text.chars().take(QUOTED).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    quoted
}
