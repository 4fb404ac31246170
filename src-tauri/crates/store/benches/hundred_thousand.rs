//! What the store costs at the size it is made for: prints milliseconds, judges nothing.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for a person at a terminal, who wants figures or the reason why there are none"
)]

use std::time::Instant;

use rollcall_core::id::{AppId, ObjectId};
use rollcall_core::integration::Preset;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::tenant::Cloud;
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_store::integrations::NewIntegration;
use rollcall_store::organizations::NewOrganization;
use rollcall_store::probes::{self, ProbeResult, QueuedProbe};
use rollcall_store::runs::{self, Counters, ResultFilter, Which};
use rollcall_store::tenants::NewTenant;
use rollcall_store::users::{self, Sort, UserFilter, UserSort};
use rollcall_store::{Store, StoreError, integrations, organizations, tenants};
use uuid::Uuid;

const PEOPLE: u32 = 100_000;
const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = time("open a new store", || Store::open(folder.path(), NOW).map(|opened| opened.store).unwrap());
    let organization = store.write(organization).unwrap();
    let pages: Vec<Vec<DirectoryUser>> =
        (0..PEOPLE).step_by(999).map(|first| (first..PEOPLE.min(first + 999)).map(person).collect()).collect();
    let upsert = || {
        for page in &pages {
            store.write(|tx| users::upsert_page(tx, organization, page, NOW)).unwrap();
        }
    };
    time("bring in 100,000 users, 999 a page", upsert);
    time("bring them in again, nothing changed", upsert);

    let window = |filter: UserFilter, by, offset| {
        let sort = Sort { by, descending: false };
        store.read(|conn| users::query(conn, &filter, sort, offset, 50)).unwrap().matching
    };
    let all = || UserFilter { organization: Some(organization), ..UserFilter::default() };
    let search = |text: &str| UserFilter { search: Some(text.into()), ..all() };
    time("50 rows by name", || window(all(), UserSort::Name, 0));
    time("50 rows by name from 90,000", || window(all(), UserSort::Name, 90_000));
    time("50 rows by verdict", || window(all(), UserSort::Verdict, 0));
    time("search with 10,000 hits", || window(search("division7x"), UserSort::Name, 0));
    time("search with one hit", || window(search("person 90210"), UserSort::Name, 0));
    time("search with two letters", || window(search("pe"), UserSort::Name, 0));
    time("count by status", || store.read(|conn| users::counts_by_status(conn, &all())).unwrap());

    let workloads = Workload::ALL.map(|workload| (workload, None));
    let run =
        time("plan a run of 500,000 probes", || store.write(|tx| runs::create(tx, organization, &workloads, &Which::All, NOW)).unwrap());
    time("100,000 results, 100 a commit", || {
        for _ in 0..1_000 {
            let queue = store.read(|conn| probes::queued(conn, run, None, 100)).unwrap();
            let answers: Vec<ProbeResult> = queue.iter().map(answer).collect();
            store.write(|tx| probes::commit(tx, run, &answers, &[], Counters::default(), NOW)).unwrap();
        }
    });
    time("the run with its ledger", || store.read(|conn| runs::get(conn, run)).unwrap().ledger);
    time("50 results from 90,000", || store.read(|conn| runs::results(conn, run, &ResultFilter::default(), 90_000, 50)).unwrap().matching);
    time("groups of equal errors", || store.read(|conn| runs::fingerprints(conn, run)).unwrap().len());
    time("every result, one by one", || {
        store.read(|conn| runs::each_result(conn, run, |_| Ok::<_, StoreError>(()))).unwrap();
    });
    drop(store);
    time("open it again", || drop(Store::open(folder.path(), NOW).map(|opened| opened.store).unwrap()));
}

fn time<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let answer = work();
    println!("{:>10.2} ms  {what}", start.elapsed().as_secs_f64() * 1000.0);
    answer
}

fn organization(tx: &rollcall_store::Transaction<'_>) -> Result<rollcall_core::id::OrganizationId, StoreError> {
    let tenant = NewTenant {
        name: "Contoso".into(),
        cloud: Cloud::Global,
        authority: "https://login.microsoftonline.com".into(),
        graph: "https://graph.microsoft.com".into(),
        directory: "contoso.example".into(),
        client_id: AppId(Uuid::nil()),
        practice: false,
    };
    let tenant = tenants::insert(tx, &tenant, NOW)?.id;
    let integration = NewIntegration {
        tenant,
        name: "Revenue Grid".into(),
        client_id: AppId(Uuid::nil()),
        preset: Preset::RevenueGrid,
        permissions: vec![],
    };
    let integration = integrations::insert(tx, &integration, NOW)?.id;
    let organization = NewOrganization {
        tenant,
        integration,
        name: "Europe".into(),
        external_id: "EU-01".parse().unwrap(),
        access: AccessType::GraphAppOnly,
        sync: SyncStatus::Enabled,
    };
    Ok(organizations::insert(tx, &organization, NOW)?.id)
}

fn person(n: u32) -> DirectoryUser {
    DirectoryUser {
        object_id: ObjectId(Uuid::from_u128(u128::from(n) << 64 | 0xc0ffee)),
        upn: format!("person{n}@contoso.example"),
        display_name: format!("Person {n:05}"),
        mail: Some(format!("person.{n}@contoso.example")),
        aliases: vec![format!("alias{n}@contoso.example")],
        department: Some(format!("Division{}x", n % 10)),
        job_title: Some("Buyer".into()),
        enabled: true,
        guest: false,
        on_premises: false,
        exchange_plan: true,
    }
}

fn answer(probe: &QueuedProbe) -> ProbeResult {
    let failed = probe.user.0.is_multiple_of(50);
    ProbeResult {
        user: probe.user,
        workload: probe.workload,
        verdict: if failed { Verdict::Failed } else { Verdict::Passed },
        http: Some(if failed { 403 } else { 200 }),
        code: failed.then(|| "ErrorAccessDenied".into()),
        cause: failed.then_some(rollcall_core::issue::Cause::OutOfScope),
        fingerprint: failed.then(|| format!("graph.403.erroraccessdenied.out_of_scope.{}", probe.workload)),
        request_id: Some(Uuid::from_u128(u128::from(probe.user.0)).to_string()),
        client_request_id: None,
        attempts: 1,
    }
}
