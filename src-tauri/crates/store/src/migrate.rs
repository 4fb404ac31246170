//! Migrations: numbered steps that only add, each in its own transaction, after a copy of the old file was made.

use std::path::Path;

use rollcall_core::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::OpenError;
use crate::schema;

/// The steps; the first makes version 1 of an empty file.
pub const SCHEMA: &[&str] = &[
    schema::FIRST,
    schema::SECOND,
    schema::THIRD,
    schema::FOURTH,
    schema::SESSIONS,
    schema::BRINGING_IN,
    schema::INSPECTOR,
    schema::FEWER_INDEXES,
    schema::SCOPE,
    schema::OUTREACH,
    schema::WAVES,
    schema::DISCARDED_TOKENS,
    schema::ROSTER,
    schema::PROVING,
    schema::OWN_CRITERIA,
    schema::AS_SHOWN,
    schema::OWN_ACCESS,
    schema::LOOKED_UP,
    schema::BASIS,
    schema::LARGER_STEPS,
    schema::UNPLANNED_RANGES,
    schema::READ_MAILBOXES,
    schema::NO_INDEX_OF_FINGERPRINTS,
    schema::VERDICTS,
    schema::SEALED_PASSES,
    schema::SEARCH_LINES,
    schema::FEWER_LOOK_UPS,
];

/// The version that a list of steps leads to.
pub fn newest(steps: &[&str]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

/// The version of an open database; 0 for an empty one.
pub fn version(conn: &Connection) -> rusqlite::Result<u32> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes the steps that are missing. A step that fails leaves the version before it, whole.
pub fn to_newest(conn: &mut Connection, steps: &[&str], folder: &Path, now: Timestamp) -> Result<(), OpenError> {
    let found = version(conn)?;
    if found > 0 && found < newest(steps) {
        let copy = folder.join(format!("rollcall-version-{found}-{}.db", now.0));
        conn.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    }
    for (step, number) in steps.iter().zip(1u32..).skip(found as usize) {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::{IntegrationId, OrganizationId, ProofId, RunId, UserId};
    use rollcall_core::issue::Cause;
    use rollcall_core::organization::Acknowledged;
    use rollcall_core::verdict::{Ledger, Verdict};
    use rollcall_core::workload::Workload;

    use super::*;
    use crate::store::Store;
    use crate::users::{self, Sort, UserFilter};
    use crate::{checks, cursors, organizations, probes, proofs, runs};

    #[test]
    fn a_migration_keeps_the_rows_and_a_copy_of_the_file_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("old.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute("INSERT INTO settings (key, value) VALUES ('a', '1')", []).unwrap();

        let longer = [SCHEMA[0], "ALTER TABLE settings ADD COLUMN note TEXT"];
        to_newest(&mut conn, &longer, folder.path(), Timestamp(7)).unwrap();

        let kept: (String, Option<String>) =
            conn.query_row("SELECT value, note FROM settings WHERE key = 'a'", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!((kept, version(&conn).unwrap()), (("1".to_owned(), None), 2));
        let copy = Connection::open(folder.path().join("rollcall-version-1-7.db")).unwrap();
        assert_eq!(version(&copy).unwrap(), 1, "the copy is of before");
    }

    #[test]
    fn a_step_that_fails_half_way_leaves_the_version_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("old.db")).unwrap();
        let broken = [SCHEMA[0], "ALTER TABLE settings ADD COLUMN note TEXT; INSERT INTO nowhere VALUES (1)"];
        to_newest(&mut conn, &broken, folder.path(), Timestamp(1)).unwrap_err();
        assert_eq!(version(&conn).unwrap(), 1);
        assert!(conn.prepare("SELECT note FROM settings").is_err(), "the column of the failed step is not there");
    }

    /// A file of version 1 with people, a run that is finished and one that was stopped half way.
    const OF_VERSION_1: &str = "
        INSERT INTO tenants (id, name, cloud, authority, graph, directory, client_id, practice, created)
        VALUES (1, 'Contoso', 'global', 'https://login.microsoftonline.com', 'https://graph.microsoft.com', 'contoso.example',
                '00000000-0000-0000-0000-000000000000', 0, 1);
        INSERT INTO integrations (id, tenant, name, client_id, preset, permissions, created)
        VALUES (1, 1, 'Revenue Grid', '00000000-0000-0000-0000-000000000000', 'revenue_grid', '[]', 1);
        INSERT INTO organizations (id, tenant, integration, name, external_id, access, sync, created)
        VALUES (1, 1, 1, 'Europe', 'EU-01', 'graph_app_only', 'enabled', 1);
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40)
        INSERT INTO users (id, tenant, organization, object_id, upn, display_name, name_key, aliases, enabled, guest, on_premises,
                           exchange_plan, kind, sync, mailbox, created, seen)
        SELECT n, 1, 1, printf('00000000-0000-0000-0000-%012d', n), 'person' || n || '@contoso.example', 'Person ' || n, 'person ' || n,
               '[]', 1, 0, 0, 1, 'user', 'enabled', 'not_initialized', 1, 1
        FROM   n;
        INSERT INTO users_search (users_search) VALUES ('rebuild');
        INSERT INTO runs (id, organization, state, workloads, started, mailboxes, mailboxes_done, probes, probes_done)
        VALUES (1, 1, 'finished',    '[{\"workload\":\"mail\",\"not_asked\":null}]', 1, 40, 40, 40, 40),
               (2, 1, 'interrupted', '[{\"workload\":\"mail\",\"not_asked\":null},{\"workload\":\"calendar\",\"not_asked\":null}]',
                5, 40, 10, 80, 20);
        INSERT INTO run_mailboxes (run, user, object_id, upn, display_name, name_key, verdict, remaining)
        SELECT 1, id, object_id, upn, display_name, name_key,
               CASE WHEN id <= 3 THEN 'failed' WHEN id <= 5 THEN 'unknown' ELSE 'passed' END, 0
        FROM   users;
        INSERT INTO run_mailboxes (run, user, object_id, upn, display_name, name_key, verdict, remaining)
        SELECT 2, id, object_id, upn, display_name, name_key, iif(id <= 10, 'passed', 'not_run'), iif(id <= 10, 0, 2)
        FROM   users;
        INSERT INTO probes (run, user, workload, turn, due, attempts, verdict)
        SELECT 2, users.id, w.value, users.id, iif(users.id = 11, 900, 5), iif(users.id = 11, 2, 0), iif(users.id <= 10, 'passed', NULL)
        FROM   users CROSS JOIN json_each('[\"mail\",\"calendar\"]') AS w;
    ";

    #[test]
    fn a_file_of_version_1_keeps_its_people_and_goes_on_with_its_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let organization = store.read(|conn| organizations::get(conn, OrganizationId(1))).unwrap();
        assert_eq!((organization.name.as_str(), organization.permissions), ("Europe", None), "it requires what its integration does");
        let get = |run| store.read(|conn| runs::get(conn, RunId(run))).unwrap();
        assert_eq!(get(1).ledger, Ledger { passed: 35, failed: 3, unknown: 2, not_run: 0 });
        assert_eq!(get(2).ledger, Ledger { passed: 10, not_run: 30, ..Ledger::default() });
        let filter = UserFilter { search: Some("person 40".into()), ..UserFilter::default() };
        let page = users::query(&store, &filter, Sort::default(), 0, 9).unwrap();
        assert_eq!((page.total, page.matching, page.rows[0].user.gone), (40, 1, None));

        store.write(|tx| runs::resume(tx, RunId(2))).unwrap();
        assert!(!store.write(|tx| runs::plan_more(tx, RunId(2), 100)).unwrap(), "it was planned as a whole");
        let queue = store.read(|conn| probes::queued(conn, RunId(2), None, u32::MAX)).unwrap();
        assert_eq!(queue.len(), 60);
        assert!(queue.iter().all(|probe| (probe.due.0, probe.attempts) == if probe.user.0 == 11 { (900, 2) } else { (5, 0) }));
        let answer = |probe: &probes::QueuedProbe| probes::ProbeResult {
            user: probe.user,
            workload: probe.workload,
            verdict: Verdict::Passed,
            http: Some(200),
            code: None,
            cause: None,
            fingerprint: None,
            request_id: None,
            client_request_id: None,
            mailbox: None,
            attempts: 1,
        };
        let answers: Vec<_> = queue.iter().map(answer).collect();
        store.write(|tx| probes::commit(tx, RunId(2), &answers, &[], runs::Counters::default(), Timestamp(8))).unwrap();
        store.write(|tx| runs::finish(tx, RunId(2), runs::RunEnd::Finished, Timestamp(9))).unwrap();
        assert_eq!((get(2).state, get(2).ledger.passed, get(2).probes_done), (runs::RunState::Finished, 40, 80));
    }

    #[test]
    fn a_run_that_version_20_had_planned_in_part_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        to_newest(&mut conn, &SCHEMA[..20], folder.path(), Timestamp(2)).unwrap();
        conn.execute_batch(
            "DELETE FROM run_mailboxes WHERE run = 2 AND user > 20;
             DELETE FROM probes WHERE run = 2 AND user > 20;
             INSERT INTO unplanned (run, user) SELECT 2, id FROM users WHERE id > 20;
             UPDATE runs SET planned = 20 WHERE id = 2;",
        )
        .unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let shown =
            |store: &Store| store.read(|conn| runs::results(conn, RunId(2), &runs::ResultFilter::default(), 0, 1)).unwrap().matching;
        assert_eq!(shown(&store), 40, "those whose turn hasn't come are shown, too");
        store.write(|tx| runs::resume(tx, RunId(2))).unwrap();
        assert!(!store.write(|tx| runs::plan_more(tx, RunId(2), 100)).unwrap());
        let queue = store.read(|conn| probes::queued(conn, RunId(2), None, u32::MAX)).unwrap();
        assert_eq!((queue.len(), shown(&store)), (60, 40), "each of the thirty that are left, twice, and nobody else");
    }

    #[test]
    fn an_organization_of_version_2_requires_what_its_integration_does() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..2], folder.path(), Timestamp(1)).unwrap();
        let rows = OF_VERSION_1.split("WITH RECURSIVE").next().unwrap();
        conn.execute_batch(rows).unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let all = store.read(|conn| organizations::list(conn, None)).unwrap();
        assert_eq!(all.iter().map(|one| (one.name.as_str(), &one.permissions)).collect::<Vec<_>>(), [("Europe", &None)]);
        let copy = Connection::open(folder.path().join("rollcall-version-2-7.db")).unwrap();
        assert_eq!(version(&copy).unwrap(), 2, "the copy is of before");
    }

    #[test]
    fn names_of_a_version_before_are_found_by_todays_letters_and_who_cant_be_read_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        conn.execute_batch(
            "UPDATE users         SET display_name = 'Nguyễn Ánh', name_key = 'nguyễn anh' WHERE id = 2;
             UPDATE run_mailboxes SET display_name = 'Nguyễn Ánh', name_key = 'nguyễn anh' WHERE user = 2;
             UPDATE users         SET aliases = '' WHERE id = 3;
             INSERT INTO users_search (users_search) VALUES ('rebuild');",
        )
        .unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let matching = |search: &str| {
            let filter = UserFilter { search: Some(search.into()), ..UserFilter::default() };
            users::query(&store, &filter, Sort::default(), 0, 0).unwrap().matching
        };
        assert_eq!((matching("nguyen"), matching("Nguyễn anh"), matching("person")), (1, 1, 39));
        let filter = runs::ResultFilter { search: Some("nguyễn".into()), ..runs::ResultFilter::default() };
        assert_eq!(store.read(|conn| runs::results(conn, RunId(1), &filter, 0, 1)).unwrap().matching, 1);
    }

    /// What a file of version 2 holds of checks: a pass and an issue of one user, by a run that is over.
    const OF_VERSION_2: &str = "
        INSERT INTO checks (user, workload, run, verdict, http, cause, fingerprint, checked, digest, first_seen)
        VALUES (1, 'mail',     1, 'passed', 200, NULL,           NULL,   6, zeroblob(32), 3),
               (1, 'calendar', 1, 'failed', 403, 'out_of_scope', 'some', 6, zeroblob(32), 4);
        UPDATE users SET verdict = 'failed', checked = 6, open_issues = 1, first_cause = 'out_of_scope' WHERE id = 1;
    ";

    #[test]
    fn checks_of_version_2_are_the_latest_until_there_are_later_ones() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        to_newest(&mut conn, &SCHEMA[..2], folder.path(), Timestamp(2)).unwrap();
        conn.execute_batch(OF_VERSION_2).unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let latest = || {
            let checks = store.read(|conn| checks::of_user(conn, UserId(1))).unwrap();
            checks.iter().map(|check| (check.result.workload, check.run.map_or(0, |run| run.0), check.first_seen.0)).collect::<Vec<_>>()
        };
        assert_eq!(latest(), [(Workload::Mail, 1, 3), (Workload::Calendar, 1, 4)]);
        let user = |id| store.read(|conn| users::get(conn, UserId(id))).unwrap();
        let verdict = |row: &users::UserRow| (row.verdict, row.checked, row.open_issues, row.first_cause);
        assert_eq!(verdict(&user(1)), (Verdict::Failed, Some(Timestamp(6)), 1, Some(Cause::OutOfScope)));
        assert_eq!(verdict(&user(2)), (Verdict::NotRun, None, 0, None), "who was never checked");
        let tally = store.read(|conn| organizations::tally(conn, OrganizationId(1))).unwrap();
        let others = Ledger { failed: 1, not_run: tally.users - 1, ..Ledger::default() };
        assert_eq!((tally.verdicts, tally.with_issues, tally.checked, tally.oldest), (others, 1, Some(Timestamp(6)), Some(Timestamp(6))));
        for searched in ["out of scope", "403", "outside the integration's scope"] {
            let filter = UserFilter { search: Some(searched.into()), ..UserFilter::default() };
            assert_eq!(users::query(&store, &filter, Sort::default(), 0, 9).unwrap().matching, 1, "its error is searched, too: {searched}");
        }
        let result = |workload| probes::ProbeResult {
            user: UserId(1),
            workload,
            verdict: Verdict::Passed,
            http: Some(200),
            code: None,
            cause: None,
            fingerprint: None,
            request_id: None,
            client_request_id: None,
            mailbox: None,
            attempts: 1,
        };
        let answers = [Workload::Mail, Workload::Calendar].map(result);
        store
            .write(|tx| {
                let plan = [(Workload::Mail, None), (Workload::Calendar, None)];
                let run = runs::create(tx, OrganizationId(1), &plan, &runs::Which::Users(vec![UserId(1)]), Timestamp(8))?;
                probes::commit(tx, run, &answers, &[], runs::Counters::default(), Timestamp(9))
            })
            .unwrap();
        assert_eq!(latest(), [(Workload::Mail, 3, 3), (Workload::Calendar, 3, 9)], "a pass goes on, an issue has ended");
        assert_eq!(verdict(&user(1)), (Verdict::Passed, Some(Timestamp(9)), 0, None));
    }

    #[test]
    fn users_of_version_4_are_judged_by_what_the_directory_said() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        conn.execute_batch(
            "UPDATE users SET mail = upn;
             UPDATE users SET enabled = 0                               WHERE id = 1;
             UPDATE users SET enabled = 0, kind = 'shared_or_resource' WHERE id = 2;
             UPDATE users SET kind = 'unlicensed'                      WHERE id = 3;
             UPDATE users SET kind = 'guest', guest = 1                WHERE id = 4;
             UPDATE users SET mail = NULL                              WHERE id = 5;",
        )
        .unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let judged = |id| store.read(|conn| users::get(conn, UserId(id))).unwrap().judged;
        let told = (1..=6).map(judged).map(|judged| (judged.eligibility.name(), judged.evidence.name())).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                ("disabled", "account_enabled"),
                ("shared_or_resource", "account_enabled"),
                ("unlicensed", "assigned_plans"),
                ("guest", "user_type"),
                ("no_mailbox", "mail"),
                ("ready", "assigned_plans"),
            ]
        );
        let counted = store.read(|conn| users::eligibility::of_organization(conn, OrganizationId(1))).unwrap();
        assert_eq!((counted.not_eligible, counted.judged), (5, None));
    }

    #[test]
    fn what_was_acknowledged_in_version_15_is_acknowledged_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        to_newest(&mut conn, &SCHEMA[..15], folder.path(), Timestamp(2)).unwrap();
        conn.execute("UPDATE organizations SET acknowledged = 3, acknowledged_by = 'admin@contoso.example'", []).unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let before = store.read(|conn| organizations::get(conn, OrganizationId(1))).unwrap();
        assert_eq!((before.name.as_str(), before.acknowledged), ("Europe", None), "what was read isn't known of it");
        let read = Acknowledged {
            at: Timestamp(8),
            by: Some("admin@contoso.example".to_owned()),
            integration: IntegrationId(1),
            limitations: vec!["no tasks of groups".to_owned()],
        };
        let after = store.write(|tx| organizations::acknowledge(tx, OrganizationId(1), &read)).unwrap();
        assert_eq!(after.acknowledged, Some(read));
    }

    #[test]
    fn sessions_of_version_21_go_on_where_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        to_newest(&mut conn, &SCHEMA[..21], folder.path(), Timestamp(2)).unwrap();
        let kept =
            "INSERT INTO cursors (user, workload, place, link, until) VALUES (1, 'mail', '', 'top', NULL), (1, 'mail', 'inbox', 'in', 9)";
        conn.execute_batch(kept).unwrap();
        drop(conn);

        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let known = store.read(|conn| cursors::of_mailbox(conn, UserId(1), None)).unwrap();
        let shown: Vec<_> = known.iter().map(|cursor| (cursor.place.as_str(), cursor.link.as_str(), cursor.until)).collect();
        assert_eq!(shown, [("", "top", None), ("inbox", "in", Some(Timestamp(9)))]);
        store.write(|tx| users::delete(tx, &users::Chosen::Ids(vec![UserId(1)]))).unwrap();
        assert_eq!(store.read(|conn| cursors::of_mailbox(conn, UserId(1), None)).unwrap(), [], "they go with the user, as before");
    }

    #[test]
    fn what_a_proof_of_version_11_came_to_has_its_place_in_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("rollcall.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute_batch(OF_VERSION_1).unwrap();
        to_newest(&mut conn, &SCHEMA[..11], folder.path(), Timestamp(2)).unwrap();
        let proof = "INSERT INTO proofs (id, organization, state, started, desired, workloads, sample)
                     VALUES (1, 1, 'finished', 1, '{\"kind\":\"everyone\"}', '[]', '{}');
                     INSERT INTO scope_targets (proof, number, object_id, upn, display_name, expected, named, finding)
                     SELECT 1, users.id, object_id, upn, value, 'inside', 0, iif(value = 'waits', NULL, value)
                     FROM   users JOIN json_each('[\"confirmed_inside\",\"waits\",\"unknown\",\"leak\",\"lock_out\"]') ON key + 1 = users.id;";
        conn.execute_batch(proof).unwrap();
        drop(conn);
        let store = Store::open(folder.path(), Timestamp(7)).unwrap().store;
        let page = store.read(|conn| proofs::targets(conn, ProofId(1), None, "", (0, 9))).unwrap();
        let names: Vec<&str> = page.rows.iter().map(|row| row.display_name.as_str()).collect();
        assert_eq!(names, ["leak", "lock_out", "unknown", "waits", "confirmed_inside"]);
    }
}
