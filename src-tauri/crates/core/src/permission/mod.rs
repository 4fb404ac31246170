//! The catalogue of Graph and Exchange permissions that matter for mail integrations: ids, consent, risk, what implies what.

mod table;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{AppId, PermissionId};
use crate::workload::Workload;

/// In whose name a permission acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PermissionType {
    /// The application itself: an app role. Always needs an administrator.
    Application,
    /// A signed-in user: a delegated scope.
    Delegated,
}

impl PermissionType {
    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Delegated => "delegated",
        }
    }
}

impl fmt::Display for PermissionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The API that publishes a permission. Both publish roles of the same name, so a name alone says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Microsoft Graph.
    #[default]
    Graph,
    /// Office 365 Exchange Online.
    Exchange,
}

impl Resource {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Graph, Self::Exchange];

    /// The application id of the API, the same in every tenant.
    #[must_use]
    pub const fn app_id(self) -> AppId {
        AppId(match self {
            Self::Graph => uuid::uuid!("00000003-0000-0000-c000-000000000000"),
            Self::Exchange => uuid::uuid!("00000002-0000-0ff1-ce00-000000000000"),
        })
    }

    /// The name used in JSON and in the permission manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Exchange => "exchange",
        }
    }
}

/// How much harm a permission can do in the wrong hands: our own judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Names and profile of one person.
    Low,
    /// Content of one person, or facts about everybody.
    Medium,
    /// Content of everybody, or sending and changing as one person.
    High,
    /// Changing everybody's content, or the directory and its grants.
    Critical,
}

/// A permission of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Permission {
    pub resource: Resource,
    #[serde(rename = "type")]
    pub kind: PermissionType,
    pub name: &'static str,
    pub id: PermissionId,
    /// Whether the catalogue says that granting it needs an administrator. A tenant's policy may ask for one in more cases.
    pub admin_consent: bool,
    pub risk: Risk,
}

/// Every permission that the catalogue knows, by resource and name.
pub fn catalogue() -> impl Iterator<Item = Permission> {
    table::ROWS.iter().filter_map(read)
}

/// The permission of that name, if the catalogue knows it.
#[must_use]
pub fn find(resource: Resource, kind: PermissionType, name: &str) -> Option<Permission> {
    catalogue().find(|known| known.resource == resource && known.kind == kind && known.name.eq_ignore_ascii_case(name))
}

/// Whether holding `held` is enough where `wanted` is required, both of the same resource and type: the same, or one whose
/// rights include it ("Microsoft Graph permissions reference").
#[must_use]
pub fn covers(held: &str, wanted: &str) -> bool {
    if held.eq_ignore_ascii_case(wanted) {
        return true;
    }
    WIDER.iter().any(|(wide, narrower)| held.eq_ignore_ascii_case(wide) && narrower.iter().any(|n| wanted.eq_ignore_ascii_case(n)))
}

/// Whether a permission lets the workload's probe answer.
#[must_use]
pub fn opens(name: &str, workload: Workload) -> bool {
    let family = match workload {
        Workload::Mail => "Mail.Read",
        Workload::Calendar => "Calendars.Read",
        Workload::Contacts => "Contacts.Read",
        Workload::Tasks => "Tasks.Read",
        Workload::Settings => "MailboxSettings.Read",
    };
    name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family)) && !name.ends_with(".Shared")
}

/// What each permission includes besides itself.
const WIDER: &[(&str, &[&str])] = &[
    ("Mail.ReadWrite", &["Mail.Read", "Mail.ReadBasic", "Mail.ReadBasic.All"]),
    ("Mail.Read", &["Mail.ReadBasic", "Mail.ReadBasic.All"]),
    ("Mail.ReadWrite.Shared", &["Mail.Read.Shared", "Mail.ReadBasic.Shared"]),
    ("Mail.Read.Shared", &["Mail.ReadBasic.Shared"]),
    ("Calendars.ReadWrite", &["Calendars.Read", "Calendars.ReadBasic", "Calendars.ReadBasic.All"]),
    ("Calendars.Read", &["Calendars.ReadBasic", "Calendars.ReadBasic.All"]),
    ("Calendars.ReadWrite.Shared", &["Calendars.Read.Shared"]),
    ("Contacts.ReadWrite", &["Contacts.Read"]),
    ("Contacts.ReadWrite.Shared", &["Contacts.Read.Shared"]),
    ("MailboxSettings.ReadWrite", &["MailboxSettings.Read"]),
    ("Tasks.ReadWrite", &["Tasks.Read"]),
    ("Tasks.ReadWrite.All", &["Tasks.Read.All"]),
    ("Tasks.ReadWrite.Shared", &["Tasks.Read.Shared"]),
    ("User.Read.All", &["User.ReadBasic.All"]),
    ("User.ReadWrite.All", &["User.Read.All", "User.ReadBasic.All"]),
    ("User.ReadWrite", &["User.Read"]),
    (
        "Directory.Read.All",
        &["User.Read.All", "User.ReadBasic.All", "Group.Read.All", "GroupMember.Read.All", "Organization.Read.All", "Application.Read.All"],
    ),
    (
        "Directory.ReadWrite.All",
        &[
            "Directory.Read.All",
            "User.Read.All",
            "User.ReadBasic.All",
            "Group.Read.All",
            "GroupMember.Read.All",
            "Organization.Read.All",
            "Application.Read.All",
        ],
    ),
    ("Group.ReadWrite.All", &["Group.Read.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All"]),
    ("Group.Read.All", &["GroupMember.Read.All", "Group.ReadBasic.All"]),
    ("Application.ReadWrite.All", &["Application.Read.All", "Application.ReadWrite.OwnedBy"]),
    ("Organization.ReadWrite.All", &["Organization.Read.All"]),
    ("Files.ReadWrite.All", &["Files.Read.All", "Files.ReadWrite", "Files.Read"]),
    ("Files.Read.All", &["Files.Read"]),
    ("Files.ReadWrite", &["Files.Read"]),
    ("Sites.FullControl.All", &["Sites.Manage.All", "Sites.ReadWrite.All", "Sites.Read.All"]),
    ("Sites.Manage.All", &["Sites.ReadWrite.All", "Sites.Read.All"]),
    ("Sites.ReadWrite.All", &["Sites.Read.All"]),
];

fn read(row: &table::Row) -> Option<Permission> {
    let &(resource, kind, name, id, admin_consent) = row;
    // A row whose id doesn't parse would vanish; a test counts that none does.
    let id = PermissionId::from_str(id).ok()?;
    Some(Permission { resource, kind, name, id, admin_consent, risk: risk(kind, name) })
}

fn risk(kind: PermissionType, name: &str) -> Risk {
    let changes = name.contains("ReadWrite")
        || name.contains("Send")
        || name.contains("FullControl")
        || name.contains("Manage")
        || name.contains("full_access")
        || name.contains("AccessAs")
        || name.contains("Import");
    let governs = ["Directory", "Application", "AppRole", "DelegatedPermission", "RoleManagement", "Policy", "Domain", "User.Enable"]
        .iter()
        .any(|family| name.starts_with(family));
    let sign_in = matches!(name, "openid" | "profile" | "email" | "offline_access" | "User.Read" | "User.ReadBasic.All");
    match (kind, changes, governs) {
        _ if sign_in => Risk::Low,
        (_, true, true) | (PermissionType::Application, true, false) => Risk::Critical,
        (PermissionType::Application, false, false) | (PermissionType::Delegated, true, false) => Risk::High,
        (_, false, true) | (PermissionType::Delegated, false, false) => Risk::Medium,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_none_twice() {
        let mut seen = std::collections::HashSet::new();
        for permission in catalogue() {
            assert!(seen.insert((permission.resource, permission.kind, permission.name)), "{} stands twice", permission.name);
        }
        assert_eq!(seen.len(), table::ROWS.len(), "a row with a damaged id vanishes from the catalogue");
        assert!(seen.len() > 140);
    }

    #[test]
    fn the_ids_are_those_that_microsoft_publishes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/graph/permission-ids.csv");
        let Ok(published) = std::fs::read_to_string(path) else {
            println!("skipped: Microsoft's list of permission ids is not at hand");
            return;
        };
        let published: std::collections::HashSet<(String, String, String)> = published
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>())
            .filter(|cells| cells.len() > 4)
            .map(|cells| (cells[4].to_owned(), format!("{} {}", cells[0], cells[1]), cells[2].to_owned()))
            .collect();
        for known in catalogue() {
            let row = (known.resource.app_id().to_string(), format!("{} {}", known.name, known.kind), known.id.to_string());
            assert!(published.contains(&row), "{} {} has another id there, or none", known.name, known.kind);
        }
    }

    #[test]
    fn a_wider_permission_covers_a_narrower_one_and_never_the_other_way_round() {
        assert!(covers("Mail.ReadWrite", "Mail.Read"));
        assert!(covers("mail.read", "Mail.Read"));
        assert!(!covers("Mail.Read", "Mail.ReadWrite"));
        assert!(!covers("Mail.ReadWrite", "Mail.Send"), "writing is not sending");
        for (wide, narrower) in WIDER {
            for narrow in *narrower {
                assert!(!covers(narrow, wide), "{narrow} must not cover {wide}");
            }
        }
    }

    #[test]
    fn a_permission_opens_its_own_workload_only() {
        assert!(opens("Calendars.ReadBasic.All", Workload::Calendar));
        assert!(!opens("Mail.Send", Workload::Mail), "an app that may only send can't be probed by reading");
        assert!(!opens("MailboxSettings.Read", Workload::Mail));
        assert!(!opens("Calendars.Read.Shared", Workload::Calendar), "shared scopes say nothing about one's own calendar");
    }
}
