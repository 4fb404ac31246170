use rollcall_core::id::{RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_store::issues::{self, AffectedFilter, Days, SignInRefusal, Snooze};
use rollcall_store::probes::{self, ProbeResult};
use rollcall_store::runs::{self, Counters, Which};

use crate::fixture::{NOW, Room, add_organization, passed, person, refused, room, unsettled};

const DAY: i64 = 86_400_000;
const MAIL: &str = "graph.403.erroraccessdenied.out_of_scope.mail";
const CALENDAR: &str = "graph.403.erroraccessdenied.out_of_scope.calendar";

/// Everybody is asked at a moment; the first `failing` of the people are refused on both workloads, the others pass.
fn check(room: &Room, at: Timestamp, people: u32, failing: u32) -> RunId {
    let run = room.store.write(|tx| runs::create(tx, room.organization, &WORKLOADS, &Which::All, at)).unwrap();
    let answers: Vec<ProbeResult> = (0..people)
        .flat_map(|n| {
            let user = room.user(n).user.id;
            let answer: fn(UserId, Workload) -> ProbeResult = if n < failing { refused } else { passed };
            [answer(user, Workload::Mail), answer(user, Workload::Calendar)]
        })
        .collect();
    room.store.write(|tx| probes::commit(tx, run, &answers, &[], Counters::default(), at)).unwrap();
    room.store.write(|tx| issues::snapshot(tx, room.organization, at)).unwrap();
    run
}

const WORKLOADS: [(Workload, Option<Cause>); 2] = [(Workload::Mail, None), (Workload::Calendar, None)];

fn group(room: &Room, fingerprint: &str) -> Option<issues::GroupRow> {
    room.store
        .read(|conn| issues::groups(conn, Some(room.organization)))
        .unwrap()
        .into_iter()
        .find(|group| group.fingerprint == fingerprint)
}

fn snooze(room: &Room, fingerprint: &str, users: u32) {
    let snooze = Snooze {
        organization: room.organization,
        fingerprint: fingerprint.into(),
        note: "ticket 4711".into(),
        actor: "admin@contoso.example".into(),
        at: NOW,
        until: None,
        users,
    };
    room.store.write(|tx| issues::snooze(tx, &snooze)).unwrap();
}

#[test]
fn a_problem_is_new_once_and_counts_each_user_once() {
    let room = room();
    room.fill(10);
    check(&room, NOW, 10, 4);
    let mail = group(&room, MAIL).unwrap();
    assert_eq!((mail.users, mail.new, mail.first_seen, mail.problem.as_str()), (4, true, NOW, "out_of_scope"));
    let reach = room.store.read(|conn| issues::reaches(conn, None)).unwrap();
    assert_eq!(reach.iter().map(|row| (row.problem.as_str(), row.users)).collect::<Vec<_>>(), [("out_of_scope", 4)]);

    let later = Timestamp(NOW.0 + 60_000);
    check(&room, later, 10, 6);
    let mail = group(&room, MAIL).unwrap();
    assert_eq!((mail.users, mail.new, mail.first_seen, mail.last_seen), (6, false, NOW, later), "two more have what others had before");
    check(&room, Timestamp(NOW.0 + 120_000), 10, 0);
    assert_eq!(group(&room, MAIL), None, "a pass ends it");
}

#[test]
fn general_causes_are_a_problem_for_each_code_and_others_one_for_all() {
    let room = room();
    room.fill(4);
    let run = room.store.write(|tx| runs::create(tx, room.organization, &WORKLOADS, &Which::All, NOW)).unwrap();
    let odd = |n: u32, code: &str, workload| ProbeResult {
        verdict: Verdict::Failed,
        http: Some(403),
        code: Some(code.into()),
        cause: Some(Cause::UnknownCode),
        fingerprint: Some(format!("graph.403.{code}.unknown_code.{workload}")),
        ..passed(room.user(n).user.id, workload)
    };
    room.record(run, &[odd(0, "one", Workload::Mail), odd(0, "one", Workload::Calendar), odd(1, "two", Workload::Mail)]);
    let reach = room.store.read(|conn| issues::reaches(conn, Some(room.organization))).unwrap();
    let named: Vec<_> = reach.iter().map(|row| (row.problem.as_str(), row.users)).collect();
    assert_eq!(named, [("graph.403.one.unknown_code", 1), ("graph.403.two.unknown_code", 1)]);
}

#[test]
fn a_day_keeps_its_last_check_and_a_day_without_one_is_not_known() {
    let room = room();
    room.fill(10);
    let day = Days::number(NOW);
    for (after, failing) in [(0, 9), (60_000, 4), (2 * DAY, 6), (3 * DAY, 0)] {
        check(&room, Timestamp(NOW.0 + after), 10, failing);
    }
    let days = room.store.read(|conn| issues::days(conn, room.organization, day)).unwrap();
    assert_eq!([0, 1, 2, 3].map(|after| days.on(day + after, MAIL)), [Some(4), None, Some(6), Some(0)]);
    assert_eq!([0, 2].map(|after| days.on(day + after, "out_of_scope")), [Some(4), Some(6)], "over all workloads");
    assert_eq!((days.before(day + 2, MAIL), days.before(day, MAIL)), (Some(4), None));
    check(&room, Timestamp(NOW.0 + 100 * DAY), 10, 1);
    let days = room.store.read(|conn| issues::days(conn, room.organization, 0)).unwrap();
    assert_eq!((days.on(day, MAIL), days.on(day + 100, MAIL)), (None, Some(1)), "what is long ago is let go");
}

#[test]
fn what_was_put_aside_is_news_when_it_comes_back_after_it_was_gone() {
    let room = room();
    room.fill(5);
    check(&room, NOW, 5, 2);
    snooze(&room, MAIL, 2);
    check(&room, NOW, 5, 3);
    let put_aside = |room: &Room| room.store.read(|conn| issues::snoozes(conn, Some(room.organization))).unwrap();
    assert_eq!(put_aside(&room).iter().map(|snooze| (snooze.users, snooze.note.as_str())).collect::<Vec<_>>(), [(2, "ticket 4711")]);
    check(&room, NOW, 5, 0);
    assert_eq!(put_aside(&room), []);
    snooze(&room, CALENDAR, 2);
    let taken_up = room.store.write(|tx| issues::unsnooze(tx, room.organization, CALENDAR)).unwrap();
    assert_eq!(taken_up.map(|snooze| snooze.actor), Some("admin@contoso.example".to_owned()));
    assert_eq!(room.store.write(|tx| issues::unsnooze(tx, room.organization, CALENDAR)).unwrap(), None);
}

#[test]
fn the_affected_are_one_row_each_and_checking_them_again_asks_nobody_else() {
    let room = room();
    room.fill(8);
    let elsewhere = add_organization(&room.store, room.tenant, room.integration, "America", "US-01");
    room.store.write(|tx| rollcall_store::users::upsert_page(tx, elsewhere, &[person(100)], NOW)).unwrap();
    check(&room, NOW, 8, 3);
    let run = room.start(&Which::All);
    room.answer(run, &[7], unsettled);

    let both = vec![MAIL.to_owned(), CALENDAR.to_owned()];
    let filter = AffectedFilter { organization: Some(room.organization), fingerprints: both.clone(), search: None };
    let page = room.store.read(|conn| issues::affected(conn, &filter, 1, 2)).unwrap();
    let rows: Vec<_> = page.rows.iter().map(|row| (row.display_name.as_str(), row.workloads.clone())).collect();
    let workloads = vec![Workload::Mail, Workload::Calendar];
    assert_eq!((page.matching, rows), (3, vec![("Person 00001", workloads.clone()), ("Person 00002", workloads)]));
    let search = AffectedFilter { search: Some("person2@".into()), ..filter };
    assert_eq!(room.store.read(|conn| issues::affected(conn, &search, 0, 9)).unwrap().matching, 1);

    assert_eq!(room.store.read(|conn| runs::count(conn, room.organization, &Which::WithIssues(both.clone()))).unwrap(), 3);
    let again = room.start(&Which::WithIssues(both));
    assert_eq!(room.store.read(|conn| runs::get(conn, again)).unwrap().mailboxes, 3);
    let none = room.start(&Which::WithIssues(vec!["graph.403.other".into()]));
    assert_eq!(room.store.read(|conn| runs::get(conn, none)).unwrap().mailboxes, 0);
}

#[test]
fn a_refused_sign_in_stands_until_one_goes_well_and_concerns_everybody() {
    let room = room();
    room.fill(4);
    let expired = SignInRefusal { cause: Cause::SecretExpired, number: Some(7_000_222), request_id: Some("c-1".into()) };
    let note =
        |refused: Option<&SignInRefusal>, at| room.store.write(|tx| issues::note_sign_in(tx, room.organization, refused, at)).unwrap();
    let standing = || room.store.read(|conn| issues::sign_in_issues(conn, None)).unwrap();
    note(Some(&expired), NOW);
    note(Some(&expired), Timestamp(NOW.0 + 5));
    let [issue] = standing().try_into().unwrap();
    assert_eq!((issue.first_seen, issue.last_seen, issue.refusal), (NOW, Timestamp(NOW.0 + 5), expired.clone()));
    assert_eq!(issue.fingerprint, "entra.7000222.secret_expired");
    assert_eq!(room.store.read(|conn| runs::count(conn, room.organization, &Which::WithIssues(vec![issue.fingerprint]))).unwrap(), 4);
    note(None, NOW);
    assert_eq!(standing(), []);
    note(Some(&expired), NOW);
    room.store.write(|tx| issues::forget_sign_in_issues(tx, room.integration)).unwrap();
    assert_eq!(standing(), [], "the credential was accepted");
}
