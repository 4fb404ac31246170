//! The roster against plain SQL: whatever is written, by whom and in which order, a window shows what the tables hold.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rollcall_core::address::{AddressKind, MailboxAddress, SignInNeed, SignInState};
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::{ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::user::{DirectoryUser, MailboxKind, MailboxStatus};
use rollcall_core::verdict::Verdict;
use rollcall_core::wave::{Entry, Exit};
use rollcall_store::mailboxes::{self, SignIn};
use rollcall_store::organizations::{self, OrganizationChange};
use rollcall_store::users::{self, Chosen, Sort, UserFilter, UserSort, act};
use rollcall_store::waves::{self, LaidOut, Plan};
use rollcall_store::{Store, StoreError, tenants};

use crate::fixture::{NOW, Room, add_integration, add_organization, add_tenant, lines_are_those_of_the_users, named, person, room};

const SORTS: [UserSort; 11] = [
    UserSort::Name,
    UserSort::Upn,
    UserSort::Organization,
    UserSort::Access,
    UserSort::Mailbox,
    UserSort::Kind,
    UserSort::Verdict,
    UserSort::Checked,
    UserSort::Issues,
    UserSort::Session,
    UserSort::Sync,
];

/// The same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn number(&mut self, end: u32) -> u32 {
        u32::try_from(self.below(end as usize)).unwrap()
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// Often none, at times several.
    fn some<T: Clone>(&mut self, list: &[T]) -> Vec<T> {
        if self.below(3) > 0 { vec![] } else { list.iter().filter(|_| self.one_in(2)).cloned().collect() }
    }
}

/// A window is the piece of the whole order, and the figures are those of the tables.
fn agree(store: &Store, filter: &UserFilter, sort: Sort, offset: u32, limit: u32) {
    let page = users::query(store, filter, sort, offset, limit).unwrap();
    let whole = store.read(|conn| users::in_order(conn, filter, sort)).unwrap();
    let scope = UserFilter { organization: filter.organization, tenant: filter.tenant, ..UserFilter::default() };
    let total = store.read(|conn| users::count(conn, &Chosen::Filter(scope))).unwrap();
    let piece: Vec<UserId> = whole.iter().skip(offset as usize).take(limit as usize).copied().collect();
    let shown: Vec<UserId> = page.rows.iter().map(|row| row.user.id).collect();
    assert_eq!((page.total, page.matching as usize, shown), (total, whole.len(), piece), "{filter:?} {sort:?} {offset} {limit}");
}

const NAMES: [&str; 12] = [
    "Ada Lindqvist",
    "ada lindqvist",
    "Zoë Ångström",
    "Bo",
    "Per Ångström",
    "Noah Scope",
    "王小明",
    "o'Neill, Ya",
    "Ya Throttled",
    "Émile No",
    "Dmitri",
    "",
];
const DOMAINS: [&str; 3] = ["contoso.example", "contoso.example", "Fabrikam.example"];
const DEPARTMENTS: [Option<&str>; 4] = [None, Some("Sales"), Some("Contoso north"), Some("Vertrieb Süd")];
const SEARCHES: [&str; 28] = [
    "a",
    "ya",
    "an",
    "å",
    "bo",
    "no",
    "'",
    "王",
    "ada",
    "lind",
    "ångström",
    "angstrom",
    "contoso",
    "contoso.example",
    "sales",
    "süd",
    "c0ffee",
    "0000-0000",
    "throttled",
    "out of scope",
    "no scope",
    "erroraccessdenied ada",
    "AADSTS50034",
    "example",
    "403",
    "outside the scope",
    "is of",
    "cloud mailbox ya",
];

fn somebody(random: &mut Random) -> DirectoryUser {
    let n = random.number(150);
    let upn = format!("{}{n}@{}", random.of(&["person", "Ada.", "ya", "zö"]), random.of(&DOMAINS));
    let mail = random.of(&[None, Some(upn.clone()), Some(format!("bo.{n}@contoso.example"))]);
    let department = random.of(&DEPARTMENTS).map(str::to_owned);
    let (enabled, guest) = (!random.one_in(5), random.one_in(9));
    DirectoryUser { upn, mail, department, enabled, guest, ..named(n, random.of(&NAMES)) }
}

/// One write of any kind, to any users.
fn change(random: &mut Random, room: &Room, at: i64) {
    let all = |store: &Store| store.read(|conn| users::in_order(conn, &UserFilter::default(), Sort::default())).unwrap();
    let places: Vec<OrganizationId> =
        room.store.read(|conn| organizations::list(conn, None)).unwrap().into_iter().map(|organization| organization.id).collect();
    let (place, everybody) = (random.of(&places), all(&room.store));
    let few: Vec<UserId> = everybody.iter().filter(|_| random.one_in(6)).copied().collect();
    let chosen = Chosen::Ids(few.clone());
    let store = &room.store;
    match random.below(17) {
        0 | 1 => {
            let page: Vec<_> = (0..30).map(|_| somebody(random)).collect();
            store.write(|tx| users::upsert_page(tx, place, &page, NOW)).map(drop).unwrap();
        }
        2 => store.write(|tx| users::delete(tx, &chosen)).map(drop).unwrap(),
        3 => store.write(|tx| users::move_to(tx, &chosen, place)).map(drop).unwrap(),
        4 => store.write(|tx| users::forget_checks(tx, &chosen)).unwrap(),
        5 => {
            store.write(|tx| act::set_access(tx, &few.iter().map(|id| (*id, Some(AccessType::EwsDelegated))).collect::<Vec<_>>())).unwrap()
        }
        6 => store.write(|tx| act::set_sync(tx, &few, random.of(&[SyncStatus::Disabled, SyncStatus::DisabledDueToError]))).unwrap(),
        7 => store.write(|tx| act::queue(tx, &few, random.of(&[None, Some(NOW)]))).unwrap(),
        8 => {
            let change = OrganizationChange {
                name: random.one_in(2).then(|| format!("{} {at}", random.of(&["asia", "Europe", "Zone"]))),
                access: random.of(&[None, Some(AccessType::GraphDelegated), Some(AccessType::EwsAppOnly)]),
                sync: random.of(&[None, Some(SyncStatus::Disabled), Some(SyncStatus::Enabled)]),
                ..OrganizationChange::default()
            };
            store.write(|tx| organizations::change(tx, place, &change)).map(drop).unwrap();
        }
        9 if places.len() > 2 => store.write(|tx| organizations::delete(tx, place)).unwrap(),
        9 | 10 => {
            let name = format!("Place {}", store.revision());
            add_organization(store, room.tenant, room.integration, &name, &name.replace(' ', "-"));
        }
        11 => plan(store, place, &few),
        12 => undone(store, &few),
        13 | 14 => checked(random, store, &few, at),
        15 | 16 => signed_in(random, room, &few),
        _ => unreachable!("numbers below seventeen"),
    }
}

/// Some sign in, for themselves or for another mailbox, and have to again or not.
fn signed_in(random: &mut Random, room: &Room, few: &[UserId]) {
    let other = ObjectId(uuid::Uuid::from_u128(7));
    for &user in few {
        let own = room.store.read(|conn| users::get(conn, user)).unwrap().user.directory.object_id;
        let account = random.of(&[own, own, other]);
        let need = random.of(&[None, None, Some(SignInNeed::Switched)]);
        let sign_in = SignIn { account, integration: room.integration, since: NOW, need };
        let kind = random.of(&[AddressKind::Primary, AddressKind::Secondary]);
        let address = MailboxAddress {
            address: "x@contoso.example".into(),
            kind,
            account: (kind == AddressKind::Secondary).then_some(other),
            sync: random.one_in(2),
            send: false,
            default: false,
            seen: None,
        };
        let write = |tx: &rollcall_store::Transaction<'_>| {
            mailboxes::note_sign_in(tx, user, &sign_in)?;
            mailboxes::set_addresses(tx, user, std::slice::from_ref(&address))
        };
        room.store.write(write).unwrap();
    }
}

/// What is rolled back, by an error or by a panic, has never been.
fn undone(store: &Store, few: &[UserId]) {
    let write = |end: fn() -> StoreError| {
        store.write(|tx| -> Result<(), StoreError> {
            act::set_sync(tx, few, SyncStatus::Disabled)?;
            users::delete(tx, &Chosen::Ids(few.iter().take(2).copied().collect()))?;
            Err(end())
        })
    };
    write(|| StoreError::Damaged).unwrap_err();
    catch_unwind(AssertUnwindSafe(|| write(|| panic!("on purpose")))).unwrap_err();
}

fn plan(store: &Store, organization: OrganizationId, few: &[UserId]) {
    let entry = Entry { authorized: false, window: false };
    let exit = Exit { initialized: 90, failed: 5, hours: 1, issues: None };
    let plan = Plan { organization, entry, exit, by_itself: false, made: NOW, made_by: "Ada".into() };
    let members = store.read(|conn| waves::candidates(conn, &Chosen::Ids(few.to_vec()))).unwrap();
    let ids: Vec<UserId> = members.into_iter().map(|(id, _)| id).collect();
    let (first, second) = ids.split_at(ids.len() / 2);
    let wave = |users: &[UserId]| LaidOut { users: users.to_vec(), ..LaidOut::default() };
    store.write(|tx| waves::keep(tx, &plan, &[wave(first), wave(second), wave(&[])])).unwrap();
}

/// What checks and sessions leave behind.
fn checked(random: &mut Random, store: &Store, few: &[UserId], at: i64) {
    const ERRORS: [(Option<u16>, &str, &str); 4] = [
        (Some(403), "ErrorAccessDenied", "out_of_scope"),
        (Some(404), "MailboxNotEnabledForRESTAPI", "no_mailbox"),
        (None, "AADSTS50034", "user_gone"),
        (Some(429), "ApplicationThrottled", "throttled"),
    ];
    store
        .write(|tx| {
            for user in few {
                let (http, code, cause) = random.of(&ERRORS);
                let verdict = random.of(&["failed", "unknown", "passed", "not_run"]);
                tx.execute(
                    "INSERT OR REPLACE INTO checks (user, workload, run, verdict, http, code, cause, fingerprint, checked, digest, first_seen)
                     VALUES (?1, 'mail', 0, ?2, ?6, ?3, ?4, ?3 || ?4, ?5, x'00', ?5)",
                    (user.0, verdict, code, random.of(&[None, Some(cause)]), at, http),
                )?;
                let checked = random.one_in(2).then(|| at - i64::from(random.number(3)));
                if random.one_in(9) {
                    tx.execute("DELETE FROM verdicts WHERE user = ?1", [user.0])?;
                } else {
                    tx.execute(
                        "INSERT OR REPLACE INTO verdicts (user, verdict, open_issues, checked) VALUES (?1, ?2, ?3, ?4)",
                        (user.0, verdict, random.number(4), checked),
                    )?;
                }
                tx.execute(
                    "UPDATE users SET session = ?3, synced = ?2 - 1, mailbox = ?4, mailbox_since = ?2, eligibility = ?5 WHERE id = ?1",
                    (
                        user.0,
                        checked,
                        random.of(&[None, Some("failed"), Some("passed"), Some("unknown")]),
                        random.of(&MailboxStatus::ALL).name(),
                        random.of(&[None, Some("guest"), Some("room"), Some("no_mailbox")]),
                    ),
                )?;
            }
            Ok(())
        })
        .unwrap();
}

fn filter(random: &mut Random, room: &Room, at: i64) -> UserFilter {
    let places: Vec<_> = room.store.read(|conn| organizations::list(conn, None)).unwrap();
    let moment = |random: &mut Random| random.one_in(6).then(|| Timestamp(at - i64::from(random.number(20))));
    UserFilter {
        organization: random.one_in(3).then(|| random.of(&places).id),
        tenant: random.one_in(4).then(|| random.of(&[room.tenant, TenantId(99)])),
        wave: random.one_in(6).then(|| 1 + random.number(3)),
        mailbox: random.some(&MailboxStatus::ALL),
        verdict: random.some(&[Verdict::Failed, Verdict::Unknown, Verdict::NotRun, Verdict::Passed]),
        kind: random.some(&[MailboxKind::User, MailboxKind::Guest, MailboxKind::SharedOrResource]),
        eligibility: random.some(&[Eligibility::Ready, Eligibility::Guest, Eligibility::Room]),
        fingerprint: random.one_in(8).then(|| "ErrorAccessDeniedout_of_scope".to_owned()),
        with_issues: random.one_in(6),
        session: random.some(&[Verdict::Failed, Verdict::Passed, Verdict::NotRun]),
        access: random.some(&AccessType::ALL),
        sync: random.some(&[SyncStatus::Enabled, SyncStatus::Disabled, SyncStatus::DisabledDueToError]),
        mailbox_before: moment(random),
        switched_since: moment(random),
        queued: random.one_in(10),
        sign_in: if random.one_in(4) { random.some(&SignInState::ALL) } else { Vec::new() },
        several_mailboxes: random.one_in(8),
        checked_before: moment(random),
        search: random.one_in(2).then(|| random.of(&SEARCHES).to_owned()),
    }
}

#[test]
fn whatever_is_written_a_window_is_what_plain_sql_finds() {
    let random = &mut Random(2_026);
    let room = room();
    add_organization(&room.store, room.tenant, room.integration, "asia", "AS-01");
    let other = add_tenant(&room.store, "Fabrikam");
    let integration = add_integration(&room.store, other, "Outreach");
    let elsewhere = add_organization(&room.store, other, integration, "EUROPE", "EU-02");
    room.store.write(|tx| users::upsert_page(tx, elsewhere, &(200..230).map(person).collect::<Vec<_>>(), NOW)).unwrap();
    room.fill(60);
    for round in 0..120 {
        let at = NOW.0 + round;
        for _ in 0..random.below(3) {
            change(random, &room, at);
        }
        if round == 100 {
            room.store.write(|tx| tenants::forget(tx, other)).unwrap();
        }
        let plain = |organization| UserFilter { organization, ..UserFilter::default() };
        let filters = [plain(None), plain(Some(room.organization)), filter(random, &room, at), filter(random, &room, at)];
        for filter in &filters {
            let by = random.of(&SORTS);
            for descending in [false, true] {
                agree(&room.store, filter, Sort { by, descending }, random.number(90), random.number(40));
            }
        }
        for search in SEARCHES {
            agree(&room.store, &UserFilter { search: Some(search.into()), ..UserFilter::default() }, Sort::default(), 0, 3);
        }
    }
    for by in SORTS {
        for descending in [false, true] {
            for offset in 0..20 {
                agree(&room.store, &UserFilter::default(), Sort { by, descending }, offset * 10, 10);
            }
        }
    }
    lines_are_those_of_the_users(room);
}

#[test]
fn more_changes_than_are_told_apart_are_seen_all_the_same() {
    let room = room();
    room.bring_in(&(0..10_100).map(person).collect::<Vec<_>>());
    let failed = UserFilter { verdict: vec![Verdict::Failed], ..UserFilter::default() };
    agree(&room.store, &failed, Sort::default(), 0, 10);
    let fail = |condition: &str| {
        let sql = format!(
            "INSERT INTO verdicts (user, verdict, open_issues) SELECT id, 'failed', 0 FROM users WHERE {condition}
             ON CONFLICT (user) DO UPDATE SET verdict = excluded.verdict WHERE verdict <> excluded.verdict"
        );
        room.store.write(|tx| Ok(tx.execute(&sql, [])?)).unwrap()
    };
    for (condition, failing) in [("id <= 30", 30), ("id <= 9000", 9_000), ("id <= 10050", 10_050), ("true", 10_100)] {
        fail(condition);
        assert_eq!(users::query(&room.store, &failed, Sort::default(), 0, 0).unwrap().matching, failing);
    }
    for half in ["user % 2 = 0", "user % 2 = 1"] {
        room.store.write(|tx| Ok(tx.execute(&format!("UPDATE verdicts SET verdict = 'passed' WHERE {half}"), [])?)).unwrap();
    }
    agree(&room.store, &failed, Sort::default(), 0, 10);
    room.store.write(|tx| users::delete(tx, &Chosen::Filter(UserFilter::default()))).unwrap();
    agree(&room.store, &UserFilter::default(), Sort::default(), 0, 10);
}

#[test]
fn a_cascade_is_seen() {
    let room = room();
    room.fill(5);
    let asia = add_organization(&room.store, room.tenant, room.integration, "Asia", "AS-01");
    room.store.write(|tx| users::upsert_page(tx, asia, &[named(50, "Far Away")], NOW)).unwrap();
    let names = || room.names(&UserFilter::default()).len();
    assert_eq!(names(), 6);
    room.store.write(|tx| Ok(tx.execute("DELETE FROM organizations WHERE id = ?1", [asia.0])?)).unwrap();
    assert_eq!(names(), 5);
}

/// Ends the watching, also when the writing panics.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn what_is_shown_while_others_write_is_one_moment() {
    let room = room();
    room.fill(300);
    let (store, done) = (&room.store, AtomicBool::new(false));
    let failed = UserFilter { verdict: vec![Verdict::Failed], ..UserFilter::default() };
    let watch = || {
        while !done.load(Ordering::Acquire) {
            let by_name = users::query(store, &failed, Sort::default(), 0, 1_000).unwrap();
            assert_eq!(by_name.matching as usize, by_name.rows.len(), "who is counted is there");
            assert!(by_name.rows.iter().all(|row| row.verdict == Verdict::Failed), "the filter and the rows are of one moment");
            let all = users::query(store, &UserFilter::default(), Sort { by: UserSort::Checked, descending: true }, 0, 1_000).unwrap();
            assert!(all.rows.is_sorted_by_key(|row| std::cmp::Reverse((row.checked, row.user.id))));
            assert_eq!((all.total, all.matching), (all.matching, u32::try_from(all.rows.len()).unwrap()));
        }
    };
    thread::scope(|scope| {
        let _end = Ends(&done);
        let watching = [scope.spawn(watch), scope.spawn(watch)];
        let random = &mut Random(7);
        for n in 0..400 {
            let (some, rest) = (2 + random.number(40), random.number(40));
            let verdict = random.of(&["failed", "passed"]);
            let sql = format!(
                "INSERT OR REPLACE INTO verdicts (user, verdict, checked, open_issues)
                 SELECT id, '{verdict}', {n}, 0 FROM users WHERE id % {some} = {rest}"
            );
            store.write(|tx| Ok(tx.execute(&sql, [])?)).unwrap();
            if n % 10 == 0 {
                let (gone, back) = (vec![random.number(300)], named(random.number(400), random.of(&NAMES)));
                store.write(|tx| users::delete(tx, &Chosen::Ids(gone.into_iter().map(UserId).collect()))).unwrap();
                room.bring_in(&[back]);
            }
        }
        done.store(true, Ordering::Release);
        watching.into_iter().for_each(|watching| watching.join().unwrap());
    });
    for by in SORTS {
        agree(store, &failed, Sort { by, descending: false }, 0, 1_000);
        agree(store, &UserFilter::default(), Sort { by, descending: true }, 0, 1_000);
    }
}
