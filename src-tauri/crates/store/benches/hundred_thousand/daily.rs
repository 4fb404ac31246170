//! What a person at the users' grid waits for: one page of it whatever the filter, the order and the place, and the hits of a search
//! after each letter that is typed.

use std::time::Duration;

use rollcall_core::id::OrganizationId;
use rollcall_core::user::MailboxStatus;
use rollcall_core::verdict::Verdict;
use rollcall_store::Store;
use rollcall_store::users::{self, Sort, UserFilter, UserSort};

use crate::bare;
use crate::figure::{Report, wall};
use crate::people::{PEOPLE, bring_in, everybody, open};

/// Rows of a page.
const ROWS: u32 = 50;
const SORTS: [UserSort; 11] = [
    UserSort::Name,
    UserSort::Upn,
    UserSort::Organization,
    UserSort::Access,
    UserSort::Kind,
    UserSort::Mailbox,
    UserSort::Verdict,
    UserSort::Checked,
    UserSort::Issues,
    UserSort::Session,
    UserSort::Sync,
];
/// Names, addresses, departments, ids and errors, as they are typed.
const TYPED: [&str; 9] = [
    "yara steinmogar",
    "ada.bacasdal1",
    "division7x",
    "søren",
    "technical writer",
    "contoso.example",
    "0c3a-0e",
    "mailboxnotenabledforrestapi",
    REQUEST_ID,
];
/// Of a user who failed, as it is pasted from a case at Microsoft.
const REQUEST_ID: &str = "0000c350-0000-4000-8000-00000000beef";

pub fn measure(report: &mut Report) {
    if !report.wants("grid") && !report.wants("typing") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (store, organization) = open(folder.path());
    bring_in(&store, organization, &everybody());
    spread(folder.path());
    if report.wants("grid") {
        grid(report, &store, organization);
    }
    if report.wants("typing") {
        typing(report, &store, organization);
    }
}

/// Verdicts, sessions and states of mailboxes as in the middle of a rollout, and the open issues and kept sessions of those that failed.
fn spread(folder: &std::path::Path) {
    let conn = bare::open(folder);
    conn.execute_batch(
        "INSERT INTO verdicts (user, verdict, open_issues, checked)
         SELECT id, CASE WHEN id % 50 = 0 THEN 'failed' WHEN id % 97 = 0 THEN 'unknown' ELSE 'passed' END,
                iif(id % 50 = 0 OR id % 97 = 0, 1, 0), 1800000000000 + id * 7919 % 86400000
         FROM   users;
         UPDATE users
         SET    mailbox = CASE WHEN id % 3 = 0 THEN 'initialized' WHEN id % 7 = 0 THEN 'switching' ELSE 'not_initialized' END,
                session = CASE WHEN id % 40 = 0 THEN 'failed' WHEN id % 3 = 0 THEN 'passed' END,
                synced  = iif(id % 40 = 0 OR id % 3 = 0, 1800000000000 + id * 104729 % 86400000, NULL);
         INSERT INTO checks (user, workload, run, verdict, http, code, cause, fingerprint, request_id, checked, digest, first_seen)
         SELECT user, 'mail', 1, verdict, 404, 'MailboxNotEnabledForRESTAPI', 'mailbox_not_enabled',
                'graph.404.MailboxNotEnabledForRESTAPI.mailbox_not_enabled.mail', printf('%08x-0000-4000-8000-00000000beef', user),
                checked, x'00', checked
         FROM   verdicts
         WHERE  verdict IN ('failed', 'unknown');
         INSERT INTO sessions (user, place, number, kind, verdict, started, ended, changed, removed, requests, readings)
         SELECT c.user, n.value, n.value, 'incremental', 'failed', c.checked, c.checked, 0, 0, 4,
                json_array(json_object('workload', 'mail', 'verdict', 'failed', 'http', 404, 'code', c.code, 'cause', c.cause,
                                       'fingerprint', c.fingerprint,
                                       'request_id', printf('%08x-0000-4000-9000-%012x', c.user, n.value)),
                           json_object('workload', 'calendar', 'verdict', 'passed'), json_object('workload', 'contacts', 'verdict', 'passed'))
         FROM   checks AS c CROSS JOIN json_each('[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]') AS n;",
    )
    .unwrap();
}

/// Every order both ways, with several filters, at the beginning, in the middle and at the end of what is left.
fn grid(report: &mut Report, store: &Store, organization: OrganizationId) {
    let all = || UserFilter { organization: Some(organization), ..UserFilter::default() };
    let filters = [
        UserFilter::default(),
        all(),
        UserFilter { verdict: vec![Verdict::Failed], ..all() },
        UserFilter { mailbox: vec![MailboxStatus::Initialized], ..all() },
        UserFilter { with_issues: true, ..all() },
        UserFilter { session: vec![Verdict::Failed], ..all() },
    ];
    let mut took = Vec::new();
    for filter in &filters {
        for by in SORTS {
            for descending in [false, true] {
                let page = |offset| users::query(store, filter, Sort { by, descending }, offset, ROWS).unwrap();
                let matching = page(0).matching;
                for offset in [0, 200, matching / 2, matching.saturating_sub(ROWS)] {
                    for _ in 0..report.pairs {
                        took.push((wall(|| page(offset)).0, format!("{by:?} {descending} from {offset} of {matching}")));
                    }
                }
            }
        }
    }
    report.tell_tail(&format!("grid: a page of {PEOPLE} users in any order, p99 beside the median"), took, Duration::from_millis(10));
}

/// After each letter, the first page and the count.
fn typing(report: &mut Report, store: &Store, organization: OrganizationId) {
    let mut took = Vec::new();
    for text in TYPED {
        for (end, letter) in text.char_indices() {
            let typed = &text[..end + letter.len_utf8()];
            let filter = UserFilter { organization: Some(organization), search: Some(typed.to_owned()), ..UserFilter::default() };
            let sort = Sort { by: UserSort::Name, descending: false };
            for _ in 0..report.pairs {
                let (time, page) = wall(|| users::query(store, &filter, sort, 0, ROWS).unwrap());
                took.push((time, format!("\"{typed}\", {} hits", page.matching)));
            }
        }
    }
    report.tell_tail(&format!("typing: a search of {PEOPLE} users, p99 beside the median"), took, Duration::from_millis(30));
}
