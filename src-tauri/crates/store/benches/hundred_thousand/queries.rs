//! Windows of users.

use rollcall_core::verdict::Verdict;
use rollcall_store::Connection;
use rollcall_store::users::{self, Sort, UserFilter, UserSort};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::bare;
use crate::figure::{Goal, Report, wall};
use crate::people::{bring_in, everybody, open};

/// A window as a person asks for it, and the same written by hand: the ids of the window, then the count.
struct Window {
    name: &'static str,
    filter: UserFilter,
    sort: Sort,
    offset: u32,
    rows: &'static str,
    count: &'static str,
    values: Vec<Value>,
}

pub fn measure(report: &mut Report) {
    if !report.wants("page") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (store, organization) = open(folder.path());
    bring_in(&store, organization, &everybody());
    // A spread of verdicts as after a run.
    let conn = bare::open(folder.path());
    bare::index(&conn);
    conn.execute_batch(
        "INSERT INTO verdicts (user, verdict, open_issues, checked)
         SELECT id, CASE WHEN id % 50 = 0 THEN 'failed' WHEN id % 97 = 0 THEN 'unknown' ELSE 'passed' END,
                iif(id % 50 = 0 OR id % 97 = 0, 1, 0), 1800000000000 + id % 1000
         FROM   users",
    )
    .unwrap();
    for window in windows(organization.0) {
        let ours = || users::query(&store, &window.filter, window.sort, window.offset, 50).unwrap();
        let (answer, expected) = (ours(), by_hand(&conn, &window));
        let ids: Vec<u32> = answer.rows.iter().map(|row| row.user.id.0).collect();
        assert_eq!((answer.matching, ids), expected, "{}", window.name);
        let pairs: Vec<_> = (0..report.pairs * 3).map(|_| (wall(ours).0, wall(|| by_hand(&conn, &window)).0)).collect();
        report.tell(&format!("page + count: {}", window.name), &pairs, Goal::Times(3.0));
    }
}

/// All columns of the window, and the count.
fn by_hand(conn: &Connection, window: &Window) -> (u32, Vec<u32>) {
    let mut rows = conn.prepare_cached(window.rows).unwrap();
    let mut found = rows.query(params_from_iter(&window.values)).unwrap();
    let mut ids = vec![];
    while let Some(row) = found.next().unwrap() {
        ids.push(row.get(0).unwrap());
        for column in 1..25 {
            let _: Value = row.get(column).unwrap();
        }
    }
    let mut count = conn.prepare_cached(window.count).unwrap();
    (count.query_row(params_from_iter(&window.values), |row| row.get(0)).unwrap(), ids)
}

fn windows(organization: u32) -> Vec<Window> {
    let all = || UserFilter { organization: Some(rollcall_core::id::OrganizationId(organization)), ..UserFilter::default() };
    let by = |by, descending| Sort { by, descending };
    let of = || vec![Value::from(organization)];
    let search = |text: &str| UserFilter { search: Some(text.into()), ..all() };
    vec![
        Window {
            name: "by name",
            filter: all(),
            sort: by(UserSort::Name, false),
            offset: 0,
            rows: "SELECT * FROM users WHERE organization = ?1 ORDER BY name_key, id LIMIT 50",
            count: "SELECT count(*) FROM users WHERE organization = ?1",
            values: of(),
        },
        Window {
            name: "by name from 90,000",
            filter: all(),
            sort: by(UserSort::Name, false),
            offset: 90_000,
            rows: "SELECT * FROM users WHERE id IN (SELECT id FROM users WHERE organization = ?1 ORDER BY name_key, id LIMIT 50 OFFSET 90000) ORDER BY name_key, id",
            count: "SELECT count(*) FROM users WHERE organization = ?1",
            values: of(),
        },
        Window {
            name: "failed ones by name",
            filter: UserFilter { verdict: vec![Verdict::Failed], ..all() },
            sort: by(UserSort::Name, false),
            offset: 0,
            rows: "SELECT u.* FROM verdicts AS v JOIN users AS u ON u.id = v.user WHERE u.organization = ?1 AND v.verdict = 'failed' ORDER BY u.name_key, u.id LIMIT 50",
            count: "SELECT count(*) FROM verdicts AS v JOIN users AS u ON u.id = v.user WHERE u.organization = ?1 AND v.verdict = 'failed'",
            values: of(),
        },
        Window {
            name: "passed ones by name",
            filter: UserFilter { verdict: vec![Verdict::Passed], ..all() },
            sort: by(UserSort::Name, false),
            offset: 0,
            rows: "SELECT u.* FROM users AS u CROSS JOIN verdicts AS v ON v.user = u.id WHERE +u.organization = ?1 AND v.verdict = 'passed' ORDER BY u.name_key, u.id LIMIT 50",
            count: "SELECT count(*) FROM users AS u CROSS JOIN verdicts AS v ON v.user = u.id WHERE u.organization = ?1 AND v.verdict = 'passed'",
            values: of(),
        },
        Window {
            name: "by principal name, descending",
            filter: all(),
            sort: by(UserSort::Upn, true),
            offset: 0,
            rows: "SELECT * FROM users WHERE +organization = ?1 ORDER BY upn DESC, id DESC LIMIT 50",
            count: "SELECT count(*) FROM users WHERE organization = ?1",
            values: of(),
        },
        Window {
            name: "by verdict",
            filter: all(),
            sort: by(UserSort::Verdict, false),
            offset: 0,
            rows: "SELECT u.* FROM verdicts AS v CROSS JOIN users AS u ON u.id = v.user WHERE u.organization = ?1 AND v.verdict = 'failed' ORDER BY v.user LIMIT 50",
            count: "SELECT count(*) FROM users WHERE organization = ?1",
            values: of(),
        },
        Window {
            name: "by last check, descending",
            filter: all(),
            sort: by(UserSort::Checked, true),
            offset: 0,
            rows: "SELECT u.* FROM verdicts AS v CROSS JOIN users AS u ON u.id = v.user WHERE v.user IN (SELECT s.user FROM users AS o JOIN verdicts AS s ON s.user = o.id WHERE o.organization = ?1 ORDER BY s.checked DESC, s.user DESC LIMIT 50) ORDER BY v.checked DESC, v.user DESC",
            count: "SELECT count(*) FROM users WHERE organization = ?1",
            values: of(),
        },
        Window {
            name: "by open issues, descending",
            filter: all(),
            sort: by(UserSort::Issues, true),
            offset: 0,
            rows: "SELECT u.* FROM verdicts AS v CROSS JOIN users AS u ON u.id = v.user WHERE v.open_issues > 0 AND u.organization = ?1 ORDER BY v.open_issues DESC, v.user DESC LIMIT 50",
            count: "SELECT count(*) FROM users WHERE organization = ?1",
            values: of(),
        },
        Window {
            name: "search with 10,000 hits by name",
            filter: search("division7x"),
            sort: by(UserSort::Name, false),
            offset: 0,
            rows: "SELECT * FROM users WHERE id IN (SELECT rowid FROM users_search WHERE users_search MATCH '\"division7x\"') AND organization = ?1 ORDER BY name_key, id LIMIT 50",
            count: "SELECT count(*) FROM users WHERE id IN (SELECT rowid FROM users_search WHERE users_search MATCH '\"division7x\"') AND organization = ?1",
            values: of(),
        },
        Window {
            name: "search with few hits by name",
            filter: search("steinmo yara"),
            sort: by(UserSort::Name, false),
            offset: 0,
            rows: "SELECT * FROM users WHERE id IN (SELECT rowid FROM users_search WHERE users_search MATCH '\"steinmo\" AND \"yara\"') AND organization = ?1 ORDER BY name_key, id LIMIT 50",
            count: "SELECT count(*) FROM users WHERE id IN (SELECT rowid FROM users_search WHERE users_search MATCH '\"steinmo\" AND \"yara\"') AND organization = ?1",
            values: of(),
        },
        Window {
            name: "search with a part of an object id by name",
            filter: search("0c3a-0"),
            sort: by(UserSort::Name, false),
            offset: 0,
            rows: "SELECT * FROM users WHERE object_id LIKE '%0c3a-0%' AND organization = ?1 ORDER BY name_key, id LIMIT 50",
            count: "SELECT count(*) FROM users WHERE object_id LIKE '%0c3a-0%' AND organization = ?1",
            values: of(),
        },
        Window {
            name: "search with two letters by name",
            filter: search("ya"),
            sort: by(UserSort::Name, false),
            offset: 0,
            rows: "SELECT * FROM users WHERE organization = ?1 AND (name_key LIKE 'ya%' OR name_key LIKE '% ya%' OR upn LIKE 'ya%' OR mail LIKE 'ya%') ORDER BY name_key, id LIMIT 50",
            count: "SELECT count(*) FROM users WHERE organization = ?1 AND (name_key LIKE 'ya%' OR name_key LIKE '% ya%' OR upn LIKE 'ya%' OR mail LIKE 'ya%')",
            values: of(),
        },
    ]
}
