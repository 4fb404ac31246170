//! What a client holds in a tenant, one permission for one grantee at a time, and what a change of it takes: which objects of the
//! directory are made, altered or removed, what is added by that, what stays and what goes. Nothing is left to a write's side effects.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::id::{AppId, ObjectId};
use crate::permission::{PermissionType, Resource};
use crate::time::Timestamp;

/// For whom a permission is granted. An application permission is always the application's own, which is the whole tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "user")]
pub enum Grantee {
    Everyone,
    /// The user of that object id.
    User(ObjectId),
}

/// The API that publishes a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Api {
    /// Microsoft Graph or Exchange Online.
    Known(Resource),
    /// Any other, by the application id of its service principal.
    Other(AppId),
}

/// One permission that one grantee has consented to, or an administrator for it. Scope names compare without regard to case, as
/// Entra compares them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Grant {
    pub api: Api,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    /// The name that the API publishes; an app role's id where it publishes none.
    pub name: String,
    pub grantee: Grantee,
}

/// An object of the directory that holds grants (`appRoleAssignment`, `oAuth2PermissionGrant`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// What a change names it by.
    pub id: String,
    pub api: Api,
    /// When it was made, where the directory says: an app role assignment has a date, a delegated grant has none.
    pub since: Option<Timestamp>,
    pub what: What,
}

/// What an object grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// One application permission, by name.
    Role(String),
    /// Delegated permissions of one grantee, which stand in one text there.
    Scopes { grantee: Grantee, names: Vec<String> },
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These are to be there; all else stays.
    Add(Vec<Grant>),
    /// These are to go; all else stays.
    Remove(Vec<Grant>),
    /// Some are to be there and some to go: how a change is undone.
    Exchange { add: Vec<Grant>, remove: Vec<Grant> },
    /// Everything is to go.
    RemoveAll,
    /// Microsoft's consent page with these delegated permissions: it rewrites what everyone was granted of the APIs it names
    /// ("Grant tenant-wide admin consent to an application").
    Rewrite(Vec<Grant>),
}

/// One write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Assign { api: Api, role: String },
    Unassign { id: String, api: Api, role: String },
    Create { api: Api, grantee: Grantee, scopes: Vec<String> },
    Alter { id: String, api: Api, grantee: Grantee, before: Vec<String>, after: Vec<String> },
    Delete { id: String, api: Api, grantee: Grantee, before: Vec<String> },
}

/// What a change does. Together `kept` and `dropped` are all that is held now, `kept` and `added` all that will be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub added: Vec<Grant>,
    pub kept: Vec<Grant>,
    pub dropped: Vec<Grant>,
    /// The writes that lead there; what adds comes before what removes, so that a change that is cut off leaves more, not less.
    pub steps: Vec<Step>,
}

/// All that the objects grant, each once, in order.
#[must_use]
pub fn all(held: &[Holding]) -> Vec<Grant> {
    held.iter().flat_map(Holding::grants).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Plans a change of what is held.
#[must_use]
pub fn plan(held: &[Holding], change: &Change) -> Plan {
    let now: BTreeSet<Grant> = held.iter().flat_map(Holding::grants).collect();
    let then = target(&now, change);
    let mut makes = Vec::new();
    let mut takes = Vec::new();
    let mut there: BTreeSet<&Grant> = BTreeSet::new();
    let wanted = |api: Api, grantee: Grantee| {
        then.iter().filter(move |grant| grant.kind == PermissionType::Delegated && grant.api == api && grant.grantee == grantee)
    };
    let mut altered: Vec<(&Holding, Grantee, &[String], Vec<String>)> = Vec::new();
    for object in held {
        match &object.what {
            What::Role(role) => match then.get(&Grant::role(object.api, role)) {
                Some(grant) => drop(there.insert(grant)),
                None => takes.push(Step::Unassign { id: object.id.clone(), api: object.api, role: role.clone() }),
            },
            What::Scopes { grantee, names } => {
                let stays = |name: &&String| then.get(&Grant::scope(object.api, name, *grantee));
                there.extend(names.iter().filter_map(|name| stays(&name)));
                let after: Vec<String> = names.iter().filter(|name| stays(name).is_some()).cloned().collect();
                altered.push((object, *grantee, names, after));
            }
        }
    }
    // What is missing goes into the grantee's first object, since Entra keeps one for each API and grantee.
    let missing: Vec<&Grant> = then.iter().filter(|grant| !there.contains(grant)).collect();
    let mut placed: BTreeSet<(Api, Grantee)> = BTreeSet::new();
    for (object, grantee, before, mut after) in altered {
        if placed.insert((object.api, grantee)) {
            let of_this = |grant: &&&Grant| grant.kind == PermissionType::Delegated && grant.api == object.api && grant.grantee == grantee;
            after.extend(missing.iter().filter(of_this).map(|grant| grant.name.clone()));
        }
        let (id, api, before) = (object.id.clone(), object.api, before.to_vec());
        match after {
            after if after == before => {}
            after if after.is_empty() => takes.push(Step::Delete { id, api, grantee, before }),
            after if before.iter().all(|name| after.contains(name)) => makes.push(Step::Alter { id, api, grantee, before, after }),
            after => takes.push(Step::Alter { id, api, grantee, before, after }),
        }
    }
    for grant in missing {
        match grant.kind {
            PermissionType::Application => makes.push(Step::Assign { api: grant.api, role: grant.name.clone() }),
            PermissionType::Delegated if placed.insert((grant.api, grant.grantee)) => {
                let scopes = wanted(grant.api, grant.grantee).map(|grant| grant.name.clone()).collect();
                makes.push(Step::Create { api: grant.api, grantee: grant.grantee, scopes });
            }
            PermissionType::Delegated => {}
        }
    }
    makes.append(&mut takes);
    Plan {
        added: then.difference(&now).cloned().collect(),
        kept: now.intersection(&then).cloned().collect(),
        dropped: now.difference(&then).cloned().collect(),
        steps: makes,
    }
}

fn target(now: &BTreeSet<Grant>, change: &Change) -> BTreeSet<Grant> {
    let but = |remove: &[Grant]| now.iter().filter(|grant| !remove.contains(grant)).cloned().collect::<BTreeSet<_>>();
    match change {
        Change::Add(add) => now.iter().chain(add).cloned().collect(),
        Change::Remove(remove) => but(remove),
        Change::Exchange { add, remove } => but(remove).into_iter().chain(add.iter().cloned()).collect(),
        Change::RemoveAll => BTreeSet::new(),
        Change::Rewrite(scopes) => {
            let rewritten = |grant: &Grant| {
                let named = scopes.iter().any(|scope| scope.api == grant.api);
                grant.kind == PermissionType::Delegated && grant.grantee == Grantee::Everyone && named
            };
            now.iter().filter(|grant| !rewritten(grant)).chain(scopes).cloned().collect()
        }
    }
}

impl Holding {
    /// What it grants.
    pub fn grants(&self) -> impl Iterator<Item = Grant> {
        let (role, scopes) = match &self.what {
            What::Role(role) => (Some(Grant::role(self.api, role)), None),
            What::Scopes { grantee, names } => (None, Some(names.iter().map(|name| Grant::scope(self.api, name, *grantee)))),
        };
        role.into_iter().chain(scopes.into_iter().flatten())
    }
}

impl Grant {
    /// An application permission.
    #[must_use]
    pub fn role(api: Api, name: &str) -> Self {
        Self { api, kind: PermissionType::Application, name: name.to_owned(), grantee: Grantee::Everyone }
    }

    /// A delegated permission.
    #[must_use]
    pub fn scope(api: Api, name: &str, grantee: Grantee) -> Self {
        Self { api, kind: PermissionType::Delegated, name: name.to_owned(), grantee }
    }

    /// A permission of either type, for the whole tenant.
    #[must_use]
    pub fn everyones(resource: Resource, kind: PermissionType, name: &str) -> Self {
        Self { api: Api::Known(resource), kind, name: name.to_owned(), grantee: Grantee::Everyone }
    }
}

impl PartialEq for Grant {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Grant {}

impl PartialOrd for Grant {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Grant {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let place = (self.api, self.kind).cmp(&(other.api, other.kind));
        let name = || lower(&self.name).cmp(lower(&other.name));
        place.then_with(name).then_with(|| self.grantee.cmp(&other.grantee))
    }
}

fn lower(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(resource) => f.write_str(resource.name()),
            Self::Other(id) => id.fmt(f),
        }
    }
}

/// As the journal writes it: `graph/application/Mail.Read`, `exchange/delegated/EWS.AccessAsUser.All@` and the user's object id.
impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.api, self.kind, self.name)?;
        match self.grantee {
            Grantee::Everyone => Ok(()),
            Grantee::User(user) => write!(f, "@{user}"),
        }
    }
}

/// The text is no grant as the journal writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a grant: it is written api/type/name, with @ and a user's object id where it is one user's")]
pub struct NotAGrant;

impl FromStr for Grant {
    type Err = NotAGrant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '/');
        let (Some(api), Some(kind), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return Err(NotAGrant) };
        let known = Resource::ALL.into_iter().find(|resource| resource.name() == api).map(Api::Known);
        let other = || Uuid::parse_str(api).ok().map(|id| Api::Other(AppId(id)));
        let api = known.or_else(other).ok_or(NotAGrant)?;
        let kinds = [PermissionType::Application, PermissionType::Delegated];
        let kind = kinds.into_iter().find(|known| known.name() == kind).ok_or(NotAGrant)?;
        let (name, grantee) = match rest.rsplit_once('@') {
            Some((name, user)) => (name, Grantee::User(user.parse().map_err(|_| NotAGrant)?)),
            None => (rest, Grantee::Everyone),
        };
        if name.is_empty() || name.contains(char::is_whitespace) || (kind == PermissionType::Application && grantee != Grantee::Everyone) {
            return Err(NotAGrant);
        }
        Ok(Self { api, kind, name: name.to_owned(), grantee })
    }
}

#[cfg(test)]
mod tests;
