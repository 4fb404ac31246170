//! The catalogue of Graph and Exchange permissions that matter for mail integrations: ids, consent, risk, what its holder can do,
//! what implies what, and which probe shows it.

mod table;
mod wider;

use std::cmp::Ordering;
use std::fmt;

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
    /// Both.
    pub const ALL: [Self; 2] = [Self::Application, Self::Delegated];

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

/// How much harm a permission can do in the wrong hands: our own judgement. The rule of thumb that the table keeps to: first
/// whether it reads, changes or governs; then whether one person is concerned or everybody. What acts for a signed-in user is
/// judged by what an ordinary user may do, unless only administrators can use it at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Who somebody is: sign-in, own profile, names in the address book. Also what reaches nothing until somebody hands it over.
    Low,
    /// Reading the content of one person, or facts about everybody that are not content: groups, settings, policies, licences.
    Medium,
    /// Reading the content of everybody; sending and changing as one person; changing for everybody what holds no content and
    /// gives no access.
    High,
    /// Changing everybody's content or sending as anybody; changing who may do what: directory, grants, roles, policies.
    Critical,
}

impl Risk {
    /// The name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A permission of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    pub resource: Resource,
    pub kind: PermissionType,
    pub name: &'static str,
    pub id: PermissionId,
    /// Whether the catalogue says that granting it needs an administrator. A tenant's policy may ask for one in more cases.
    pub admin_consent: bool,
    pub risk: Risk,
    /// What its holder can do, in plain words.
    pub meaning: &'static str,
}

impl Permission {
    /// The workload whose probe answers only where this or a wider permission is held. The probe reads: that writing works too
    /// follows from the grant, not from the probe. `None` where no probe of a mailbox shows it.
    #[must_use]
    pub fn shown_by(&self) -> Option<Workload> {
        match self.resource {
            Resource::Graph => Workload::ALL.into_iter().find(|&workload| opens(self.name, workload)),
            // The probes ask Graph, where a role of Exchange Online counts for nothing.
            Resource::Exchange => None,
        }
    }

    /// The permissions of the same resource and type that it includes besides itself.
    pub fn covers(&self) -> impl Iterator<Item = &'static Self> + use<> {
        let (resource, kind) = (self.resource, self.kind);
        narrower(self.name).iter().filter_map(move |name| row(resource, kind, name))
    }
}

/// Every permission that the catalogue knows, by resource, then name, then type.
pub fn catalogue() -> impl Iterator<Item = Permission> {
    table::ROWS.iter().copied()
}

/// The permission of that name, whatever its case, if the catalogue knows it.
#[must_use]
pub fn find(resource: Resource, kind: PermissionType, name: &str) -> Option<Permission> {
    row(resource, kind, name).copied()
}

/// The permission of that id, if the catalogue knows it.
#[must_use]
pub fn id_known(resource: Resource, kind: PermissionType, id: PermissionId) -> Option<Permission> {
    table::ROWS.iter().find(|known| known.id == id && known.resource == resource && known.kind == kind).copied()
}

fn row(resource: Resource, kind: PermissionType, name: &str) -> Option<&'static Permission> {
    let order = |known: &Permission| place(known, resource, kind, name);
    table::ROWS.binary_search_by(order).ok().and_then(|at| table::ROWS.get(at))
}

/// How a row of the table stands to a resource, name and type in the table's order.
fn place(known: &Permission, resource: Resource, kind: PermissionType, name: &str) -> Ordering {
    known.resource.cmp(&resource).then_with(|| compare(known.name, name)).then_with(|| known.kind.cmp(&kind))
}

/// Whether holding `held` is enough where `wanted` is required, both of the same resource and type: the same, or one whose
/// rights include it.
#[must_use]
pub fn covers(held: &str, wanted: &str) -> bool {
    compare(held, wanted).is_eq() || narrower(held).iter().any(|narrow| compare(narrow, wanted).is_eq())
}

fn narrower(wide: &str) -> &'static [&'static str] {
    let found = wider::WIDER.binary_search_by(|(name, _)| compare(name, wide)).ok();
    found.and_then(|at| wider::WIDER.get(at)).map_or(&[], |(_, narrower)| narrower)
}

/// Names are compared whatever their case, as Graph does.
fn compare(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_every_row_is_found_by_name_and_by_id() {
        let rows = table::ROWS;
        let in_order = |pair: &[Permission]| place(&pair[0], pair[1].resource, pair[1].kind, pair[1].name).is_lt();
        let misplaced = rows.windows(2).find(|pair| !in_order(pair)).map(|pair| pair[1].name);
        assert_eq!(misplaced, None, "out of order, or twice");
        for known in catalogue() {
            assert_eq!(find(known.resource, known.kind, &known.name.to_uppercase()), Some(known));
            assert_eq!(id_known(known.resource, known.kind, known.id), Some(known), "two rows of one id: {}", known.name);
        }
        assert_eq!(find(Resource::Graph, PermissionType::Application, "offline_access"), None, "that is delegated only");
        assert!(rows.len() > 200);
    }

    #[test]
    fn every_permission_says_in_its_own_words_what_can_be_done_with_it() {
        for known in catalogue() {
            let meaning = known.meaning;
            assert!(meaning.starts_with(|c: char| c.is_ascii_uppercase()) && !meaning.ends_with('.'), "{}: {meaning}", known.name);
            assert!((12..110).contains(&meaning.len()), "{}: {meaning}", known.name);
        }
    }

    #[test]
    fn the_risk_is_judged_alike() {
        for known in catalogue() {
            for narrow in known.covers() {
                assert!(known.risk >= narrow.risk, "{} includes {}, which is judged as worse", known.name, narrow.name);
            }
            if let Some(delegated) = find(known.resource, PermissionType::Delegated, known.name) {
                assert!(known.risk >= delegated.risk, "{}: a user's own reach is never wider than the application's", known.name);
            }
            if known.kind == PermissionType::Application && known.name.contains("ReadWrite") && known.shown_by().is_some() {
                assert_eq!(known.risk, Risk::Critical, "{} changes everybody's content", known.name);
            }
            assert!(known.admin_consent || known.risk < Risk::Critical || known.resource == Resource::Exchange, "{}", known.name);
        }
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
        assert!(!covers("Directory.ReadWrite.All", "Application.Read.All"), "less than half of what that one reads");
        let known = |name: &str| catalogue().any(|known| known.name == name);
        assert!(wider::WIDER.is_sorted_by(|a, b| compare(a.0, b.0).is_lt()), "the list is searched by halving");
        for (wide, narrower) in wider::WIDER {
            for narrow in *narrower {
                assert!(!covers(narrow, wide), "{narrow} must not cover {wide}");
                assert!(known(wide) && known(narrow), "{wide} or {narrow} is not in the catalogue");
            }
        }
    }

    /// Which operations Microsoft's data list a permission at.
    fn operations(kind: PermissionType) -> Option<std::collections::HashMap<String, std::collections::HashSet<String>>> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/graph/path-permissions.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: Microsoft's list of permissions by path is not at hand");
            return None;
        };
        let scheme = if kind == PermissionType::Application { "Application" } else { "DelegatedWork" };
        let paths: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut operations = std::collections::HashMap::<_, std::collections::HashSet<_>>::new();
        for (path, methods) in paths.as_object().unwrap() {
            for (method, schemes) in methods.as_object().unwrap() {
                for name in schemes[scheme]["all"].as_array().into_iter().flatten() {
                    operations.entry(name.as_str().unwrap().to_owned()).or_default().insert(format!("{method} {path}"));
                }
            }
        }
        Some(operations)
    }

    #[test]
    fn no_claim_to_cover_is_contradicted_by_microsoft() {
        for kind in [PermissionType::Application, PermissionType::Delegated] {
            let Some(operations) = operations(kind) else { return };
            let mut compared = 0;
            for (wide, narrower) in wider::WIDER {
                for narrow in *narrower {
                    // The data leave many an operation out where only the narrower one is listed, so the majority speaks.
                    let (Some(can), Some(needed)) = (operations.get(*wide), operations.get(*narrow)) else { continue };
                    let both = needed.intersection(can).count();
                    assert!(both * 2 >= needed.len(), "{kind} {wide} can do {both} of the {} that {narrow} can", needed.len());
                    compared += 1;
                }
            }
            assert!(compared > 20, "the data speak of {compared} claims");
        }
    }

    #[test]
    fn the_probe_that_shows_a_permission_is_one_that_it_opens_according_to_microsoft() {
        for kind in [PermissionType::Application, PermissionType::Delegated] {
            let Some(operations) = operations(kind) else { return };
            let named = |name: &str| operations.get(name).or_else(|| operations.get(name.trim_end_matches(".All")));
            for known in catalogue().filter(|known| known.kind == kind) {
                let probe = match known.shown_by() {
                    Some(Workload::Mail) => "GET /users/{id}/mailfolders/{id}",
                    Some(Workload::Calendar) => "GET /users/{id}/calendarview",
                    Some(Workload::Contacts) => "GET /users/{id}/contactfolders",
                    Some(Workload::Tasks) => "GET /users/{id}/todo/lists",
                    Some(Workload::Settings) => "GET /users/{id}/mailboxsettings",
                    None => continue,
                };
                if let Some(can) = named(known.name) {
                    assert!(can.contains(probe), "{kind} {} doesn't open {probe}", known.name);
                }
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
