//! A run: planning it, and storing what it finds out.

use std::time::Duration;

use rollcall_core::id::{OrganizationId, RunId};
use rollcall_core::issue::Cause;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_store::probes::{self, ProbeResult, QueuedProbe};
use rollcall_store::runs::{self, Counters, ResultFilter, Which};
use rollcall_store::{Store, users};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::bare;
use crate::figure::{Goal, Report, cpu, wall};
use crate::people::{NOW, bring_in, everybody, open};

/// Mailboxes of the run whose results are stored.
const MAILBOXES: u32 = 20_000;
/// Results in a commit.
const GROUP: usize = 100;

pub fn measure(report: &mut Report) {
    if !report.wants("plan results") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (store, organization) = open(folder.path());
    bring_in(&store, organization, &everybody());
    results(report, &store, organization);
    plan(report, &store, organization);
}

fn plan(report: &mut Report, store: &Store, organization: OrganizationId) {
    let workloads = Workload::ALL.map(|workload| (workload, None));
    let (mut begun, mut whole) = (vec![], vec![]);
    for _ in 0..report.pairs {
        let (create, run) = wall(|| store.write(|tx| runs::create(tx, organization, &workloads, &Which::All, NOW)).unwrap());
        let (rest, ()) = wall(|| while store.write(|tx| runs::plan_more(tx, run, 10_000)).unwrap() {});
        let bare = wall(|| {
            store
                .write(|tx| {
                    let sql = "INSERT INTO probes (run, user, workload, turn, due)
                               SELECT ?1, users.id, value, users.id, 0 FROM users CROSS JOIN json_each('[\"a\",\"b\",\"c\",\"d\",\"e\"]')";
                    tx.execute(sql, [run.0])?;
                    Ok(())
                })
                .unwrap();
        });
        store.write(|tx| Ok(tx.execute("DELETE FROM probes WHERE run = ?1", [run.0])?)).unwrap();
        begun.push((create, bare.0));
        whole.push((create + rest, bare.0));
    }
    report.tell("plan: start of 100,000 x 5, beside a row a probe", &begun, Goal::Milliseconds(150.0));
    report.tell("plan: all of 100,000 x 5, beside a row a probe", &whole, Goal::Times(1.5));
}

fn results(report: &mut Report, store: &Store, organization: OrganizationId) {
    let workloads = [Workload::Mail, Workload::Calendar, Workload::Contacts, Workload::Tasks].map(|workload| (workload, None));
    let ids = store.read(|conn| {
        let mut statement = conn.prepare("SELECT id FROM users ORDER BY id LIMIT ?1")?;
        let ids = statement.query_map([MAILBOXES], |row| row.get(0).map(rollcall_core::id::UserId))?;
        Ok(ids.collect::<rusqlite::Result<Vec<_>>>()?)
    });
    let which = Which::Users(ids.unwrap());
    let mut on_processor = vec![];
    let mut last = None;
    for _ in 0..report.pairs {
        let run = store.write(|tx| runs::create(tx, organization, &workloads, &which, NOW)).unwrap();
        while store.write(|tx| runs::plan_more(tx, run, 10_000)).unwrap() {}
        let queue = store.read(|conn| probes::queued(conn, run, None, u32::MAX)).unwrap();
        let answers: Vec<ProbeResult> = queue.iter().map(answer).collect();
        let (busy, ()) = cpu(|| {
            for group in answers.chunks(GROUP) {
                store.write(|tx| probes::commit(tx, run, group, &[], Counters::default(), NOW)).unwrap();
            }
        });
        on_processor.push((busy, floor(&answers)));
        last = Some(run);
    }
    report.tell("results: 80,000 of 20,000 x 4, 100 a commit, processor", &on_processor, Goal::Milliseconds(600.0));
    if let Some(run) = last {
        pages(report, store, run);
    }
}

fn pages(report: &mut Report, store: &Store, run: RunId) {
    let by_hand = |conn: &Connection, offset: u32| {
        let sql = "SELECT user, object_id, upn, display_name FROM planned_mailboxes WHERE run = ?1 AND verdict = 'passed'
                   ORDER BY name_key, user LIMIT 50 OFFSET ?2";
        let mut statement = conn.prepare_cached(sql).unwrap();
        let users: Vec<u32> = statement.query_map(params![run.0, offset], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut probes = conn.prepare_cached("SELECT * FROM probes WHERE run = ?1 AND user = ?2").unwrap();
        let mut passes = conn.prepare_cached("SELECT * FROM passes WHERE run = ?1 AND block = ?2 / 16").unwrap();
        for user in users {
            for statement in [&mut probes, &mut passes] {
                let mut rows = statement.query([run.0, user]).unwrap();
                while rows.next().unwrap().is_some() {}
            }
        }
        let sql = "SELECT count(*) FROM run_mailboxes WHERE run = ?1";
        conn.prepare_cached(sql).unwrap().query_row([run.0], |row| row.get::<_, u32>(0)).unwrap();
    };
    let conn = bare::open(store.folder());
    for offset in [0, 10_000] {
        let ours = || store.read(|conn| runs::results(conn, run, &ResultFilter::default(), offset, 50)).unwrap();
        let pairs: Vec<_> = (0..report.pairs * 3).map(|_| (wall(ours).0, wall(|| by_hand(&conn, offset)).0)).collect();
        report.tell(&format!("results: a page of them from {offset}"), &pairs, Goal::Times(3.0));
    }
    let whole: Vec<_> = (0..report.pairs * 3)
        .map(|_| {
            let ours = wall(|| store.read(|conn| runs::get(conn, run)).unwrap()).0;
            let bare = || conn.prepare_cached("SELECT * FROM runs WHERE id = ?1").unwrap().query_row([run.0], |row| row.get::<_, u32>(0));
            (ours, wall(|| bare().unwrap()).0)
        })
        .collect();
    report.tell("results: the run with its ledger", &whole, Goal::Milliseconds(1.0));
    assert_eq!(
        store.read(|conn| users::counts_by_status(conn, &users::UserFilter::default())).unwrap().not_initialized,
        crate::people::PEOPLE
    );
}

/// SQLite's own time for less work: the rows of the answers, one insert each, in as many transactions.
fn floor(answers: &[ProbeResult]) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let mut conn = bare::open(folder.path());
    let sql = "INSERT INTO probes (run, user, workload, turn, due, verdict, http, code, cause, fingerprint, request_id, checked, digest)
               VALUES (1, ?1, ?2, 0, 0, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)";
    let (busy, ()) = cpu(|| {
        for group in answers.chunks(GROUP) {
            let tx = conn.transaction().unwrap();
            {
                let mut statement = tx.prepare_cached(sql).unwrap();
                for answer in group {
                    let (workload, verdict) = (answer.workload.name(), answer.verdict.name());
                    let cause = answer.cause.map(Cause::name);
                    let row = params![
                        answer.user.0,
                        workload,
                        verdict,
                        answer.http,
                        answer.code,
                        cause,
                        answer.fingerprint,
                        answer.request_id,
                        [0_u8; 32]
                    ];
                    statement.execute(row).unwrap();
                }
            }
            tx.commit().unwrap();
        }
    });
    busy
}

fn answer(probe: &QueuedProbe) -> ProbeResult {
    let failed = probe.user.0.is_multiple_of(50);
    ProbeResult {
        user: probe.user,
        workload: probe.workload,
        verdict: if failed { Verdict::Failed } else { Verdict::Passed },
        http: Some(if failed { 403 } else { 200 }),
        code: failed.then(|| "ErrorAccessDenied".into()),
        cause: failed.then_some(Cause::OutOfScope),
        fingerprint: failed.then(|| format!("graph.403.erroraccessdenied.out_of_scope.{}", probe.workload)),
        request_id: Some(Uuid::from_u128(u128::from(probe.user.0)).to_string()),
        client_request_id: Some(Uuid::from_u128(u128::from(probe.user.0) << 32).to_string()),
        mailbox: None,
        attempts: 1,
    }
}
