//! A store with a tenant, an integration and an organization in it, and people to fill it with.

use std::path::Path;

use rollcall_core::id::{AppId, IntegrationId, ObjectId, OrganizationId, RunId, TenantId, UserId};
use rollcall_core::integration::Preset;
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::Step;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::tenant::Cloud;
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_store::integrations::NewIntegration;
use rollcall_store::organizations::NewOrganization;
use rollcall_store::probes::{self, ProbeResult, Recorded};
use rollcall_store::runs::{self, Counters, Which};
use rollcall_store::tenants::NewTenant;
use rollcall_store::users::{Chosen, Sort, UserFilter, act};
use rollcall_store::{Store, integrations, organizations, tenants, users};
use uuid::Uuid;

pub const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A store of its own, in a folder that goes when it goes.
pub struct Room {
    pub store: Store,
    pub tenant: TenantId,
    pub integration: IntegrationId,
    pub organization: OrganizationId,
    pub folder: tempfile::TempDir,
}

pub fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let tenant = add_tenant(&store, "Contoso");
    let integration = add_integration(&store, tenant, "Revenue Grid");
    let organization = add_organization(&store, tenant, integration, "Europe", "EU-01");
    Room { store, tenant, integration, organization, folder }
}

pub fn open(folder: &Path) -> Store {
    Store::open(folder, NOW).map(|opened| opened.store).unwrap()
}

/// What is searched of everybody, as all writes left it, is what is made of the users anew where it is missing.
pub fn lines_are_those_of_the_users(room: Room) {
    let lines = |store: &Store| {
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let all = |conn: &rusqlite::Connection| {
            let mut statement = conn.prepare("SELECT block, lines FROM search_lines ORDER BY block")?;
            let lines: Vec<(u32, String)> = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
            Ok(lines)
        };
        store.read(all).unwrap()
    };
    let Room { store, folder, .. } = room;
    let written = lines(&store);
    assert!(!written.is_empty());
    store.write(|tx| Ok(tx.execute("DELETE FROM search_lines", [])?)).unwrap();
    drop(store);
    assert_eq!(written, lines(&open(folder.path())));
}

pub fn add_tenant(store: &Store, name: &str) -> TenantId {
    let new = NewTenant {
        name: name.into(),
        cloud: Cloud::Global,
        authority: "https://login.microsoftonline.com".into(),
        graph: "https://graph.microsoft.com".into(),
        directory: "contoso.example".into(),
        client_id: AppId(Uuid::from_u128(7)),
        practice: false,
    };
    store.write(|tx| tenants::insert(tx, &new, NOW)).unwrap().id
}

pub fn add_integration(store: &Store, tenant: TenantId, name: &str) -> IntegrationId {
    let new = NewIntegration {
        tenant,
        name: name.into(),
        client_id: AppId(Uuid::from_u128(8)),
        preset: Preset::RevenueGrid,
        permissions: vec![],
    };
    store.write(|tx| integrations::insert(tx, &new, NOW)).unwrap().id
}

pub fn new_organization(tenant: TenantId, integration: IntegrationId, name: &str, external_id: &str) -> NewOrganization {
    NewOrganization {
        tenant,
        integration,
        name: name.into(),
        external_id: external_id.parse().unwrap(),
        access: AccessType::GraphAppOnly,
        sync: SyncStatus::Enabled,
    }
}

pub fn add_organization(store: &Store, tenant: TenantId, integration: IntegrationId, name: &str, external_id: &str) -> OrganizationId {
    store.write(|tx| organizations::insert(tx, &new_organization(tenant, integration, name, external_id), NOW)).unwrap().id
}

/// The `n`th person: the same one each time.
pub fn person(n: u32) -> DirectoryUser {
    DirectoryUser {
        object_id: ObjectId(Uuid::from_u128(u128::from(n) << 64 | 0xc0ffee)),
        upn: format!("person{n}@contoso.example"),
        display_name: format!("Person {n:05}"),
        mail: Some(format!("person.{n}@contoso.example")),
        aliases: vec![format!("alias{n}@contoso.example")],
        department: Some("Sales".into()),
        job_title: None,
        enabled: true,
        guest: false,
        on_premises: false,
        exchange_plan: true,
    }
}

pub fn named(n: u32, name: &str) -> DirectoryUser {
    DirectoryUser { display_name: name.into(), ..person(n) }
}

impl Room {
    /// Moves mailboxes on.
    pub fn step(&self, users: &[UserId], step: Step) {
        let moved = self.store.write(|tx| {
            let concerned = act::concerned(tx, &Chosen::Ids(users.to_vec()), &[])?;
            act::step(tx, &concerned, step, NOW)
        });
        moved.unwrap();
    }

    pub fn bring_in(&self, people: &[DirectoryUser]) -> users::Upserted {
        self.store.write(|tx| users::upsert_page(tx, self.organization, people, NOW)).unwrap()
    }

    pub fn fill(&self, people: u32) {
        self.bring_in(&(0..people).map(person).collect::<Vec<_>>());
    }

    /// The display names that a filter leaves, by name.
    pub fn names(&self, filter: &UserFilter) -> Vec<String> {
        let page = users::query(&self.store, filter, Sort::default(), 0, 1000).unwrap();
        page.rows.into_iter().map(|row| row.user.directory.display_name).collect()
    }

    pub fn found(&self, search: &str) -> Vec<String> {
        self.names(&UserFilter { search: Some(search.into()), ..UserFilter::default() })
    }

    pub fn user(&self, n: u32) -> users::UserRow {
        self.store.read(|conn| users::by_object_id(conn, self.tenant, person(n).object_id)).unwrap().unwrap()
    }

    pub fn start(&self, which: &Which) -> RunId {
        let workloads = [(Workload::Mail, None), (Workload::Calendar, None), (Workload::Tasks, Some(Cause::NotCovered))];
        self.store.write(|tx| runs::create(tx, self.organization, &workloads, which, NOW)).unwrap()
    }

    pub fn record(&self, run: RunId, results: &[ProbeResult]) -> Recorded {
        let counters = Counters { requests: u32::try_from(results.len()).unwrap(), throttled: 0, retried: 0 };
        self.store.write(|tx| probes::commit(tx, run, results, &[], counters, NOW)).unwrap()
    }

    /// Answers mail and calendar of each of these people in the same way.
    pub fn answer(&self, run: RunId, people: &[u32], result: impl Fn(UserId, Workload) -> ProbeResult) {
        for n in people {
            let user = self.user(*n).user.id;
            self.record(run, &[result(user, Workload::Mail), result(user, Workload::Calendar)]);
        }
    }
}

pub fn passed(user: UserId, workload: Workload) -> ProbeResult {
    ProbeResult {
        user,
        workload,
        verdict: Verdict::Passed,
        http: Some(200),
        code: None,
        cause: None,
        fingerprint: None,
        request_id: Some(Uuid::from_u128(u128::from(user.0) << 8 | workload as u128).to_string()),
        client_request_id: None,
        mailbox: None,
        attempts: 1,
    }
}

pub fn refused(user: UserId, workload: Workload) -> ProbeResult {
    ProbeResult {
        verdict: Verdict::Failed,
        http: Some(403),
        code: Some("ErrorAccessDenied".into()),
        cause: Some(Cause::OutOfScope),
        fingerprint: Some(format!("graph.403.erroraccessdenied.out_of_scope.{workload}")),
        ..passed(user, workload)
    }
}

pub fn unsettled(user: UserId, workload: Workload) -> ProbeResult {
    ProbeResult {
        verdict: Verdict::Unknown,
        http: Some(429),
        code: Some("ApplicationThrottled".into()),
        cause: Some(Cause::Throttled),
        fingerprint: Some(format!("graph.429.applicationthrottled.throttled.{workload}")),
        ..passed(user, workload)
    }
}
