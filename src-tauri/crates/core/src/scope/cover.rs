//! Which permissions a mechanism can limit, and which role of RBAC for Applications stands for which.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Mechanism;
use crate::integration::RequiredPermission;
use crate::permission::{self, PermissionType, Resource};
use crate::workload::Workload;

/// Permission of Graph, role of Exchange, and whether an access policy limits it too.
const ROLES: [(&str, &str, bool); 21] = [
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
    ("MailboxItem.ReadWrite.All", "Application MailboxItem.ReadWrite", false),
    ("MailboxItem.Export.All", "Application MailboxItem.Export", false),
    ("MailboxItem.ImportExport.All", "Application MailboxItem.ImportExport", false),
    ("MailboxConfigItem.Read", "Application MailboxConfigItem.Read", false),
    ("MailboxConfigItem.ReadWrite", "Application MailboxConfigItem.ReadWrite", false),
    ("MailTips.ReadBasic.All", "Application MailTips.ReadBasic.All", false),
    ("Mail-Advanced.ReadWrite.All", "Application Mail-Advanced.ReadWrite.All", false),
];

/// The permission of Office 365 Exchange Online that opens every mailbox over EWS, and the role that stands for it.
const EWS: (&str, &str) = ("full_access_as_app", "Application EWS.AccessAsApp");

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
    /// Permissions of Exchange's own protocols, which open only mailboxes that the application was given one by one there.
    #[serde(default)]
    pub by_mailbox: Vec<String>,
    /// The workloads by which the scope can be proven.
    pub workloads: Vec<Workload>,
}

/// The role that stands for an application permission; `None` where there is none.
#[must_use]
pub fn role_of(resource: Resource, name: &str) -> Option<&'static str> {
    match resource {
        Resource::Graph => ROLES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|&(_, role, _)| role),
        Resource::Exchange => is_ews(name).then_some(EWS.1),
    }
}

/// Every role that stands for a permission, and so may be assigned by a script; each once.
#[must_use]
pub fn roles() -> Vec<&'static str> {
    let mut roles: Vec<&str> = ROLES.iter().map(|&(_, role, _)| role).chain([EWS.1]).collect();
    roles.dedup();
    roles
}

/// The permissions that a role of RBAC for Applications gives, the plain name of each first; none where it gives others than those that
/// can be granted for the whole tenant too, or where it isn't known which.
pub fn given_by(role: &str) -> impl Iterator<Item = (Resource, &'static str)> {
    let ews = role.eq_ignore_ascii_case(EWS.1).then_some((Resource::Exchange, EWS.0));
    of_graph(role).map(|name| (Resource::Graph, name)).chain(ews)
}

fn of_graph(role: &str) -> impl Iterator<Item = &'static str> {
    let single = ROLES.iter().filter(move |(_, known, _)| known.eq_ignore_ascii_case(role)).map(|&(permission, ..)| permission);
    let several = COMPOSITES.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(role)).filter_map(|&(_, given)| given).flatten();
    single.chain(several.copied())
}

/// Whether a role gives a permission, by itself or by a wider one; `None` where that isn't known. No role gives what has none of its own.
#[must_use]
pub fn role_gives(role: &str, resource: Resource, name: &str) -> Option<bool> {
    let unknown = COMPOSITES.iter().any(|(known, given)| given.is_none() && known.eq_ignore_ascii_case(role));
    let may_give = role_of(resource, name).is_some();
    (!unknown || !may_give).then(|| given_by(role).any(|(of, given)| of == resource && permission::covers(given, name)))
}

/// Whether a role of RBAC for Applications opens a workload of the mailboxes that it reaches.
#[must_use]
pub fn role_opens(role: &str, workload: Workload) -> bool {
    of_graph(role).any(|permission| permission::opens(permission, workload))
}

/// Whether a permission of Office 365 Exchange Online opens every mailbox over EWS.
#[must_use]
pub fn is_ews(name: &str) -> bool {
    name.eq_ignore_ascii_case(EWS.0)
}

/// Whether an application permission opens only those mailboxes on each of which Exchange has given the application a permission of its
/// own. Of *SMTP.SendAsApp* no documentation at hand says that, so it counts as open to all; its role no script of ours assigns.
fn is_by_mailbox(wanted: &RequiredPermission) -> bool {
    let protocols = ["IMAP.AccessAsApp", "POP.AccessAsApp"];
    wanted.resource == Resource::Exchange && protocols.iter().any(|known| known.eq_ignore_ascii_case(&wanted.name))
}

/// Whether a permission is of the Outlook REST API, which is gone and opens nothing.
fn is_gone(wanted: &RequiredPermission) -> bool {
    wanted.resource == Resource::Exchange && ["Mail.", "Calendars.", "Contacts."].iter().any(|family| wanted.name.starts_with(family))
}

/// Whether a mechanism limits an application permission.
#[must_use]
pub fn is_limited(mechanism: Mechanism, resource: Resource, name: &str) -> bool {
    match resource {
        Resource::Graph => {
            ROLES.iter().any(|(known, _, by_policy)| known.eq_ignore_ascii_case(name) && (mechanism.is_rbac() || *by_policy))
        }
        Resource::Exchange => is_ews(name),
    }
}

/// Whether an application permission of Graph opens something of a mailbox.
fn is_of_mailbox(name: &str) -> bool {
    let families = ["Mailbox", "Mail-Advanced.", "MailTips."];
    let of_family = families.iter().any(|family| name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family)));
    of_family || role_of(Resource::Graph, name).is_some() || Workload::ALL.iter().any(|workload| permission::opens(name, *workload))
}

/// Those of the application permissions of Graph that are granted for the whole tenant which open something of every mailbox, and which a
/// mechanism can't limit: no proof of a scope says anything of what they open.
#[must_use]
pub fn unlimited(mechanism: Mechanism, granted: &[String]) -> Vec<String> {
    let stays = |name: &&String| is_of_mailbox(name) && !is_limited(mechanism, Resource::Graph, name);
    granted.iter().filter(stays).cloned().collect()
}

/// What of the permissions that are needed a mechanism limits.
#[must_use]
pub fn coverage(mechanism: Mechanism, needed: &[RequiredPermission]) -> Coverage {
    let mut coverage = Coverage::default();
    for wanted in needed.iter().filter(|wanted| wanted.kind == PermissionType::Application) {
        match role_of(wanted.resource, &wanted.name) {
            Some(role) if is_limited(mechanism, wanted.resource, &wanted.name) => {
                if !coverage.scoped.iter().any(|known| known.role == role) {
                    coverage.scoped.push(Scoped { permission: wanted.name.clone(), role: role.to_owned() });
                }
            }
            Some(_) | None if is_by_mailbox(wanted) => coverage.by_mailbox.push(wanted.name.clone()),
            Some(_) | None if is_gone(wanted) => {}
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
    fn what_is_granted_of_mailboxes_and_can_not_be_limited_stays_open() {
        let granted = ["Mail.ReadWrite", "Tasks.ReadWrite.All", "User.Read.All", "MailboxFolder.Read.All"].map(str::to_owned);
        assert_eq!(unlimited(Mechanism::ManagementScope, &granted), ["Tasks.ReadWrite.All"], "the directory is no mailbox");
        assert_eq!(unlimited(Mechanism::AccessPolicy, &granted), ["Tasks.ReadWrite.All", "MailboxFolder.Read.All"]);
    }

    /// "Role Based Access Control for Applications" and "New-ApplicationAccessPolicy": each permission that a role stands for, and
    /// whether a policy limits it.
    #[test]
    fn whatever_microsoft_names_a_role_for_can_be_limited_and_nothing_else() {
        let by_both = [
            ("Mail.Read", "Mail.Read"),
            ("Mail.ReadBasic", "Mail.ReadBasic"),
            ("Mail.ReadBasic.All", "Mail.ReadBasic"),
            ("Mail.ReadWrite", "Mail.ReadWrite"),
            ("Mail.Send", "Mail.Send"),
            ("MailboxSettings.Read", "MailboxSettings.Read"),
            ("MailboxSettings.ReadWrite", "MailboxSettings.ReadWrite"),
            ("Calendars.Read", "Calendars.Read"),
            ("Calendars.ReadWrite", "Calendars.ReadWrite"),
            ("Contacts.Read", "Contacts.Read"),
            ("Contacts.ReadWrite", "Contacts.ReadWrite"),
        ];
        let by_roles = [
            ("MailboxFolder.Read.All", "MailboxFolder.Read"),
            ("MailboxFolder.ReadWrite.All", "MailboxFolder.ReadWrite"),
            ("MailboxItem.Read.All", "MailboxItem.Read"),
            ("MailboxItem.ReadWrite.All", "MailboxItem.ReadWrite"),
            ("MailboxItem.Export.All", "MailboxItem.Export"),
            ("MailboxItem.ImportExport.All", "MailboxItem.ImportExport"),
            ("MailboxConfigItem.Read", "MailboxConfigItem.Read"),
            ("MailboxConfigItem.ReadWrite", "MailboxConfigItem.ReadWrite"),
            ("MailTips.ReadBasic.All", "MailTips.ReadBasic.All"),
            ("Mail-Advanced.ReadWrite.All", "Mail-Advanced.ReadWrite.All"),
        ];
        let named = by_both.map(|row| (row, true)).into_iter().chain(by_roles.map(|row| (row, false)));
        for ((name, role), by_policy) in named {
            assert_eq!(role_of(Resource::Graph, name), Some(format!("Application {role}").as_str()), "{name}");
            assert_eq!(is_limited(Mechanism::AccessPolicy, Resource::Graph, name), by_policy, "{name}");
            assert_eq!(coverage(Mechanism::ManagementScope, &needs(&[name])).unscopable, [""; 0], "{name}");
        }
        assert_eq!(ROLES.len(), by_both.len() + by_roles.len());
        for open in ["Tasks.ReadWrite.All", "User.Read.All", "Group.Read.All", "Directory.Read.All", "Calendars.ReadBasic.All"] {
            assert_eq!(role_of(Resource::Graph, open), None, "{open}");
        }
    }

    #[test]
    fn every_permission_of_the_table_is_one_of_the_catalogue() {
        for (name, role, _) in ROLES {
            assert!(role.starts_with("Application "), "{role}");
            if permission::find(Resource::Graph, PermissionType::Application, name).is_none() {
                assert!(
                    ["Mail.ReadBasic", "MailTips.ReadBasic.All", "Mail-Advanced.ReadWrite.All"].contains(&name),
                    "{name} is no permission"
                );
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
        let gives = |role, name| role_gives(role, Resource::Graph, name);
        assert_eq!(gives("Application Mail.ReadWrite", "Mail.Read"), Some(true));
        assert_eq!(gives("Application Mail.Read", "Mail.ReadWrite"), Some(false));
        assert_eq!(gives("application mail full access", "Mail.Send"), Some(true));
        assert_eq!(gives("Application Exchange Full Access", "Mail.Read"), None, "no documentation names its five");
        assert_eq!(gives("Application Exchange Full Access", "Tasks.ReadWrite.All"), Some(false), "tasks have no role");
        assert_eq!(gives("Application SMTP.SendAsApp", "Mail.Send"), Some(false));
        let basic = ["Mail.ReadBasic", "Mail.ReadBasic.All"].map(|name| (Resource::Graph, name));
        assert_eq!(given_by("Application Mail.ReadBasic").collect::<Vec<_>>(), basic);
    }

    #[test]
    fn ews_has_a_role_of_its_own_that_gives_nothing_of_graph() {
        let gives = |resource, name| role_gives("Application EWS.AccessAsApp", resource, name);
        assert_eq!(gives(Resource::Exchange, "full_access_as_app"), Some(true));
        assert_eq!(gives(Resource::Graph, "Mail.Read"), Some(false));
        assert_eq!(role_gives("Application Mail.Read", Resource::Exchange, "Mail.Read"), Some(false), "that API is gone");
        let mut needed = needs(&["full_access_as_app", "IMAP.AccessAsApp", "SMTP.SendAsApp", "Exchange.ManageAsApp", "Mail.Read"]);
        needed.iter_mut().for_each(|wanted| wanted.resource = Resource::Exchange);
        for mechanism in Mechanism::ALL {
            let covered = coverage(mechanism, &needed);
            let roles: Vec<_> = covered.scoped.iter().map(|scoped| scoped.role.as_str()).collect();
            assert_eq!(roles, ["Application EWS.AccessAsApp"]);
            assert_eq!(covered.by_mailbox, ["IMAP.AccessAsApp"], "each mailbox is given to the application by itself");
            assert_eq!(covered.unscopable, ["SMTP.SendAsApp", "Exchange.ManageAsApp"], "and an API that is gone opens nothing");
        }
    }

    #[test]
    fn the_permission_of_ews_is_one_of_the_catalogue() {
        let known = permission::find(Resource::Exchange, PermissionType::Application, "full_access_as_app");
        assert!(known.is_some_and(|known| is_ews(known.name)));
    }
}
