//! Which permissions a mechanism can limit, and which role of RBAC for Applications stands for which.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Mechanism;
use crate::integration::RequiredPermission;
use crate::permission::{self, PermissionType, Resource};
use crate::workload::Workload;

/// Permission of Graph, role of Exchange, and whether an access policy limits it too.
const ROLES: [(&str, &str, bool); 17] = [
    ("Mail.Read", "Application Mail.Read", true),
    ("Mail.ReadBasic", "Application Mail.ReadBasic", true),
    ("Mail.ReadBasic.All", "Application Mail.ReadBasic", true),
    ("Mail.ReadWrite", "Application Mail.ReadWrite", true),
    ("Mail.Send", "Application Mail.Send", true),
    ("MailboxSettings.Read", "Application MailboxSettings.Read", true),
    ("MailboxSettings.ReadWrite", "Application MailboxSettings.ReadWrite", true),
    ("Calendars.Read", "Application Calendars.Read", true),
    ("Calendars.ReadWrite", "Application Calendars.ReadWrite", true),
    ("Contacts.Read", "Application Contacts.Read", true),
    ("Contacts.ReadWrite", "Application Contacts.ReadWrite", true),
    ("MailboxFolder.Read.All", "Application MailboxFolder.Read", false),
    ("MailboxFolder.ReadWrite.All", "Application MailboxFolder.ReadWrite", false),
    ("MailboxItem.Read.All", "Application MailboxItem.Read", false),
    ("MailboxItem.ImportExport.All", "Application MailboxItem.ImportExport", false),
    ("MailboxConfigItem.Read", "Application MailboxConfigItem.Read", false),
    ("MailboxConfigItem.ReadWrite", "Application MailboxConfigItem.ReadWrite", false),
];

/// The roles that give several permissions, and which. What *Application Exchange Full Access* gives is five of them, of which no
/// documentation at hand says which.
const COMPOSITES: [(&str, Option<&[&str]>); 2] =
    [("Application Mail Full Access", Some(&["Mail.ReadWrite", "Mail.Send"])), ("Application Exchange Full Access", None)];

/// A permission that is limited, and the role that stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Scoped {
    pub permission: String,
    pub role: String,
}

/// What of an integration's application permissions a mechanism limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Coverage {
    pub scoped: Vec<Scoped>,
    /// What stays for the whole tenant whatever is done, such as tasks.
    pub unscopable: Vec<String>,
    /// The workloads by which the scope can be proven.
    pub workloads: Vec<Workload>,
}

/// The role that stands for a permission of Graph; `None` where there is none.
#[must_use]
pub fn role_of(name: &str) -> Option<&'static str> {
    ROLES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|&(_, role, _)| role)
}

/// The permissions of Graph that a role of RBAC for Applications gives, the plain name of each first; none where it gives others than
/// those that can be granted for the whole tenant too.
pub fn given_by(role: &str) -> impl Iterator<Item = &'static str> {
    let single = ROLES.iter().filter(move |(_, known, _)| known.eq_ignore_ascii_case(role)).map(|&(permission, ..)| permission);
    let several = COMPOSITES.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(role)).filter_map(|&(_, given)| given).flatten();
    single.chain(several.copied())
}

/// Whether a role gives a permission of Graph, by itself or by a wider one; `None` where it isn't known what the role gives.
#[must_use]
pub fn role_gives(role: &str, name: &str) -> Option<bool> {
    let unknown = COMPOSITES.iter().any(|(known, given)| given.is_none() && known.eq_ignore_ascii_case(role));
    (!unknown).then(|| given_by(role).any(|given| permission::covers(given, name)))
}

/// Whether a role of RBAC for Applications opens a workload of the mailboxes that it reaches.
#[must_use]
pub fn role_opens(role: &str, workload: Workload) -> bool {
    given_by(role).any(|permission| permission::opens(permission, workload))
}

/// Whether a permission of Office 365 Exchange Online opens every mailbox over EWS.
#[must_use]
pub fn is_ews(name: &str) -> bool {
    name.eq_ignore_ascii_case("full_access_as_app")
}

/// Whether a mechanism limits a permission of Graph.
#[must_use]
pub fn is_limited(mechanism: Mechanism, name: &str) -> bool {
    ROLES.iter().any(|(known, _, by_policy)| known.eq_ignore_ascii_case(name) && (mechanism.is_rbac() || *by_policy))
}

/// What of the permissions that are needed a mechanism limits.
#[must_use]
pub fn coverage(mechanism: Mechanism, needed: &[RequiredPermission]) -> Coverage {
    let mut coverage = Coverage::default();
    for wanted in needed.iter().filter(|wanted| wanted.kind == PermissionType::Application && wanted.resource == Resource::Graph) {
        match role_of(&wanted.name) {
            Some(role) if is_limited(mechanism, &wanted.name) => {
                if !coverage.scoped.iter().any(|known| known.role == role) {
                    coverage.scoped.push(Scoped { permission: wanted.name.clone(), role: role.to_owned() });
                }
            }
            Some(_) | None => coverage.unscopable.push(wanted.name.clone()),
        }
    }
    let opened = |workload: &Workload| coverage.scoped.iter().any(|scoped| permission::opens(&scoped.permission, *workload));
    coverage.workloads = Workload::ALL.into_iter().filter(opened).collect();
    coverage
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(names: &[&str]) -> Vec<RequiredPermission> {
        let wanted = |name: &&str| RequiredPermission {
            name: (*name).to_owned(),
            kind: PermissionType::Application,
            resource: Resource::Graph,
            feature: None,
            purpose: None,
            optional: false,
        };
        names.iter().map(wanted).collect()
    }

    #[test]
    fn tasks_and_the_directory_can_not_be_limited_and_are_named() {
        let needed = needs(&["Mail.ReadWrite", "Calendars.ReadWrite", "Tasks.ReadWrite.All", "User.Read.All", "MailboxFolder.Read.All"]);
        let rbac = coverage(Mechanism::ManagementScope, &needed);
        assert_eq!(rbac.unscopable, ["Tasks.ReadWrite.All", "User.Read.All"]);
        assert_eq!(rbac.workloads, [Workload::Mail, Workload::Calendar]);
        assert_eq!(rbac.scoped.len(), 3);
        let policy = coverage(Mechanism::AccessPolicy, &needed);
        assert_eq!(policy.unscopable, ["Tasks.ReadWrite.All", "User.Read.All", "MailboxFolder.Read.All"]);
    }

    #[test]
    fn every_permission_of_the_table_is_one_of_the_catalogue() {
        for (name, role, _) in ROLES {
            assert!(role.starts_with("Application "), "{role}");
            if permission::find(Resource::Graph, PermissionType::Application, name).is_none() {
                assert!(name.starts_with("Mailbox") || name == "Mail.ReadBasic", "{name} is no application permission");
            }
        }
    }

    #[test]
    fn a_role_opens_what_its_permission_opens() {
        assert!(role_opens("Application Mail.ReadWrite", Workload::Mail) && role_opens("application calendars.read", Workload::Calendar));
        assert!(!role_opens("Application Mail.ReadWrite", Workload::Calendar) && !role_opens("Mail.Read", Workload::Mail));
        assert!(role_opens("Application Mail Full Access", Workload::Mail));
    }

    #[test]
    fn a_role_gives_its_permission_and_what_that_covers() {
        assert_eq!(role_gives("Application Mail.ReadWrite", "Mail.Read"), Some(true));
        assert_eq!(role_gives("Application Mail.Read", "Mail.ReadWrite"), Some(false));
        assert_eq!(role_gives("application mail full access", "Mail.Send"), Some(true));
        assert_eq!(role_gives("Application Exchange Full Access", "Mail.Read"), None, "no documentation names its five");
        assert_eq!(role_gives("Application SMTP.SendAsApp", "Mail.Send"), Some(false));
        assert_eq!(given_by("Application Mail.ReadBasic").collect::<Vec<_>>(), ["Mail.ReadBasic", "Mail.ReadBasic.All"]);
    }

    #[test]
    fn the_permission_of_ews_is_one_of_the_catalogue() {
        let known = permission::find(Resource::Exchange, PermissionType::Application, "full_access_as_app");
        assert!(known.is_some_and(|known| is_ews(known.name)));
    }
}
