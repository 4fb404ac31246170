use super::people::newcomer;
use super::{User, World};

/// What happened to a user since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

/// One directory change; its place in `World::changes` is its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Place in `World::users`.
    pub user: usize,
    pub kind: ChangeKind,
    /// The properties that are different now, as Graph names them.
    pub properties: Vec<&'static str>,
}

impl World {
    /// Changes an account; the next round of a delta query reports it. What is changed in `World::users` directly goes unreported.
    /// False when there is no such account. The object id stays what it is.
    pub fn change_user(&mut self, id_or_upn: &str, change: impl FnOnce(&mut User)) -> bool {
        let Some(at) = self.user_index(id_or_upn) else { return false };
        let Some(user) = self.users.get_mut(at) else { return false };
        let before = user.clone();
        change(user);
        user.id.clone_from(&before.id);
        let properties = differences(&before, user);
        let renamed = before.upn != user.upn;
        self.note(at, ChangeKind::Updated, properties);
        if renamed {
            self.reindex(at);
        }
        true
    }

    /// Gives a person another title; delta queries report it. False when there is no such account.
    pub fn promote(&mut self, id_or_upn: &str, job_title: &'static str) -> bool {
        self.change_user(id_or_upn, |user| user.job_title = job_title)
    }

    /// Hires a healthy person with a mailbox; the next round of a delta query reports it. `local` is the part of the user principal
    /// name before the `@` and must be free. Gives back the object id.
    pub fn add_user(&mut self, display_name: &str, local: &str) -> String {
        let user = newcomer(&mut self.random, display_name, format!("{local}@{}", self.domain));
        let id = user.id.to_string();
        let at = self.users.len();
        self.users.push(user);
        self.reindex(at);
        self.note(at, ChangeKind::Created, Vec::new());
        id
    }

    /// Deletes an account: it leaves the lists and the mailbox is gone. False when there is no such account.
    pub fn delete_user(&mut self, id_or_upn: &str) -> bool {
        let Some(at) = self.user_index(id_or_upn) else { return false };
        let Some(user) = self.users.get_mut(at) else { return false };
        user.deleted = true;
        self.note(at, ChangeKind::Deleted, Vec::new());
        true
    }

    fn note(&mut self, user: usize, kind: ChangeKind, properties: Vec<&'static str>) {
        self.changes.push(Change { user, kind, properties });
    }

    fn reindex(&mut self, at: usize) {
        if let Ok(at) = u32::try_from(at) {
            self.index.put(&self.users, at);
        }
    }
}

/// The properties of Graph in which two states of an account differ.
fn differences(before: &User, after: &User) -> Vec<&'static str> {
    let compared = [
        ("userPrincipalName", before.upn != after.upn),
        ("displayName", before.display_name != after.display_name),
        ("givenName", before.given_name != after.given_name),
        ("surname", before.surname != after.surname),
        ("mail", before.mail() != after.mail()),
        ("proxyAddresses", before.addresses() != after.addresses()),
        ("jobTitle", before.job_title != after.job_title),
        ("department", before.department != after.department),
        ("officeLocation", before.office != after.office),
        ("country", before.country != after.country),
        ("preferredLanguage", before.language != after.language),
        ("accountEnabled", before.enabled != after.enabled),
        ("onPremisesSyncEnabled", before.synced != after.synced),
        ("assignedPlans", before.licence != after.licence),
        ("assignedLicenses", before.licence != after.licence),
        ("userType", before.recipient != after.recipient),
    ];
    compared.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}
