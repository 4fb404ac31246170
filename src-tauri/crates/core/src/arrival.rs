//! An arrival: a person of the directory, or a line of a list that names one, on the way into an organization; and who has
//! which address.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::ObjectId;
use crate::user::DirectoryUser;

/// What becomes of an arrival.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fate {
    /// Comes in.
    Added,
    /// Is in the organization already, and is refreshed.
    Here,
    /// Is in another organization of the tenant, and stays there.
    Elsewhere { organization: String },
    /// Was named in an earlier line.
    Duplicate { line: u32 },
    /// Nobody in the directory has that address.
    Unknown,
    /// The line holds no address.
    NoAddress,
}

/// The kind of a fate, to count and to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FateKind {
    Added,
    Here,
    Elsewhere,
    Duplicate,
    Unknown,
    NoAddress,
}

impl Fate {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> FateKind {
        match self {
            Self::Added => FateKind::Added,
            Self::Here => FateKind::Here,
            Self::Elsewhere { .. } => FateKind::Elsewhere,
            Self::Duplicate { .. } => FateKind::Duplicate,
            Self::Unknown => FateKind::Unknown,
            Self::NoAddress => FateKind::NoAddress,
        }
    }
}

impl FateKind {
    /// The name used in JSON, in tables and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Here => "here",
            Self::Elsewhere => "elsewhere",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
            Self::NoAddress => "no_address",
        }
    }
}

/// How many there are of each fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Fates {
    pub added: u32,
    pub here: u32,
    pub elsewhere: u32,
    pub duplicate: u32,
    pub unknown: u32,
    pub no_address: u32,
}

impl Fates {
    /// Adds one.
    pub const fn count(&mut self, fate: FateKind) {
        match fate {
            FateKind::Added => self.added += 1,
            FateKind::Here => self.here += 1,
            FateKind::Elsewhere => self.elsewhere += 1,
            FateKind::Duplicate => self.duplicate += 1,
            FateKind::Unknown => self.unknown += 1,
            FateKind::NoAddress => self.no_address += 1,
        }
    }
}

/// Who has which address: principal names, primary addresses and aliases, whatever their case. Of an address only a number is kept, as
/// there are hundreds of thousands; that two of a tenant have the same one happens once in a hundred million tenants.
#[derive(Debug)]
pub struct Addresses {
    /// Who has an address of which number, by what the number leaves when it is divided by how many lists there are: one list of
    /// megabytes would be copied as it grows.
    claims: Vec<Vec<(u64, ObjectId)>>,
    numbers: RandomState,
}

const LISTS: u64 = 256;

impl Default for Addresses {
    fn default() -> Self {
        Self { claims: (0..LISTS).map(|_| Vec::new()).collect(), numbers: RandomState::new() }
    }
}

impl Addresses {
    /// Adds a user with all addresses of it.
    pub fn add(&mut self, user: &DirectoryUser) {
        for address in all_of(user) {
            self.claim(user.object_id, address);
        }
    }

    /// Adds one address of a user.
    pub fn claim(&mut self, user: ObjectId, address: &str) {
        let number = self.numbers.hash_one(address.to_lowercase());
        let list = usize::try_from(number % LISTS).ok().and_then(|list| self.claims.get_mut(list));
        let claim = (number, user);
        // Most people's primary address is their principal name.
        if let Some(list) = list.filter(|list| list.last() != Some(&claim)) {
            // In small steps: for hundreds of thousands, twice as much at a time is too much.
            if list.len() == list.capacity() {
                list.reserve_exact(16 + list.len() / 8);
            }
            list.push(claim);
        }
    }

    /// Everybody who has an address.
    #[must_use]
    pub fn people(&self) -> HashSet<ObjectId> {
        self.claims.iter().flatten().map(|(_, user)| *user).collect()
    }

    /// Whoever has an address that is another one's, too.
    #[must_use]
    pub fn contested(self) -> HashSet<ObjectId> {
        let mut contested = HashSet::new();
        for mut list in self.claims {
            list.sort_unstable();
            list.dedup();
            let shared = list.chunk_by(|(one, _), (other, _)| one == other).filter(|claims| claims.len() > 1);
            contested.extend(shared.flatten().map(|(_, user)| *user));
        }
        contested
    }
}

/// The addresses of a user: the principal name first.
pub fn all_of(user: &DirectoryUser) -> impl Iterator<Item = &str> {
    std::iter::once(user.upn.as_str()).chain(user.mail.as_deref()).chain(user.aliases.iter().map(String::as_str))
}

/// Whether it is neither the principal name nor the primary address.
#[must_use]
pub fn is_alias(user: &DirectoryUser, address: &str) -> bool {
    let address = address.to_lowercase();
    user.upn.to_lowercase() != address && user.mail.as_ref().is_none_or(|mail| mail.to_lowercase() != address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: u128, upn: &str, aliases: &[&str]) -> DirectoryUser {
        DirectoryUser {
            object_id: ObjectId(uuid::Uuid::from_u128(id)),
            upn: upn.into(),
            display_name: String::new(),
            mail: Some(upn.into()),
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            department: None,
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        }
    }

    #[test]
    fn two_owners_contest_an_address_whatever_its_case() {
        let (ada, bo) =
            (person(1, "ada@contoso.example", &["countess@contoso.example"]), person(2, "bo@contoso.example", &["Ada@Contoso.example"]));
        let contested = |people: &[&DirectoryUser]| {
            let mut addresses = Addresses::default();
            people.iter().for_each(|person| addresses.add(person));
            assert_eq!(addresses.people(), people.iter().map(|person| person.object_id).collect());
            addresses.contested()
        };
        let cy = person(3, "cy@contoso.example", &[]);
        assert!(contested(&[&ada, &cy]).is_empty());
        assert!(contested(&[&ada, &cy, &ada]).is_empty(), "the same person may come twice");
        assert_eq!(contested(&[&ada, &cy, &bo, &ada]), HashSet::from([ada.object_id, bo.object_id]));
        assert!(is_alias(&ada, "Countess@contoso.example") && !is_alias(&ada, "ADA@contoso.example"));
    }
}
