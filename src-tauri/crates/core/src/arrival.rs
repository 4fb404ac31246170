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
#[derive(Debug, Default)]
pub struct Addresses {
    people: Vec<ObjectId>,
    /// The number of an address, and the place of who has it among the people.
    claims: Vec<(u64, u32)>,
    numbers: RandomState,
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
        if self.people.last() != Some(&user) {
            push(&mut self.people, user);
        }
        let place = u32::try_from(self.people.len() - 1).unwrap_or(u32::MAX);
        let claim = (self.numbers.hash_one(address.to_lowercase()), place);
        // Most people's primary address is their principal name.
        if self.claims.last() != Some(&claim) {
            push(&mut self.claims, claim);
        }
    }

    /// Everybody who has an address. Somebody may come twice.
    pub fn people(&self) -> &[ObjectId] {
        &self.people
    }

    /// Whoever has an address that is another one's, too.
    #[must_use]
    pub fn contested(mut self) -> HashSet<ObjectId> {
        self.claims.sort_unstable();
        let owner = |(_, place): &(u64, u32)| self.people.get(*place as usize).copied();
        let mut contested = HashSet::new();
        for claims in self.claims.chunk_by(|(one, _), (other, _)| one == other) {
            let first = claims.first().and_then(owner);
            if claims.iter().any(|claim| owner(claim) != first) {
                contested.extend(claims.iter().filter_map(owner));
            }
        }
        contested
    }
}

/// Makes room in small steps: for hundreds of thousands, twice as much at a time is too much.
fn push<T>(list: &mut Vec<T>, one: T) {
    if list.len() == list.capacity() {
        list.reserve_exact(256 + list.len() / 8);
    }
    list.push(one);
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
            assert_eq!(addresses.people().len(), people.len());
            addresses.contested()
        };
        let cy = person(3, "cy@contoso.example", &[]);
        assert!(contested(&[&ada, &cy]).is_empty());
        assert!(contested(&[&ada, &cy, &ada]).is_empty(), "the same person may come twice");
        assert_eq!(contested(&[&ada, &cy, &bo, &ada]), HashSet::from([ada.object_id, bo.object_id]));
        assert!(is_alias(&ada, "Countess@contoso.example") && !is_alias(&ada, "ADA@contoso.example"));
    }
}
