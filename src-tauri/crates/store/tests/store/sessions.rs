//! Sessions: what a group of them makes of the users, of their issues and timelines, and who is due for the next.

use rollcall_core::action::Action;
use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::{MailboxStatus, Step};
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::session::{Reading, SessionKind};
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_core::wave::{Entry, Exit};
use rollcall_core::workload::Workload;
use rollcall_store::cursors::{self, Cursor, Feeds};
use rollcall_store::organizations::OrganizationChange;
use rollcall_store::sessions::{self, Committed, Due, Ended, Hour};
use rollcall_store::users::{Chosen, UserFilter, UserRow, act};
use rollcall_store::waves::{self, LaidOut, Plan};
use rollcall_store::{checks, organizations, timeline, users};

use crate::fixture::{NOW, Room, passed, refused, room};

const MINUTE: i64 = 60_000;

fn reading(workload: Workload, verdict: Verdict) -> Reading {
    let refused = verdict == Verdict::Failed;
    Reading {
        workload,
        verdict,
        mailbox: None,
        changed: if verdict == Verdict::Passed { 2 } else { 0 },
        removed: 0,
        anew: false,
        http: refused.then_some(403),
        code: refused.then(|| "ErrorAccessDenied".into()),
        cause: refused.then_some(Cause::OutOfScope),
        fingerprint: refused.then(|| format!("graph.403.erroraccessdenied.out_of_scope.{workload}")),
        request_id: None,
        client_request_id: None,
    }
}

fn cursor(workload: Workload, place: &str, at: Timestamp, until: Option<Timestamp>) -> Cursor {
    Cursor { workload, place: place.into(), link: format!("{workload} {}", at.0), until }
}

fn session(user: UserId, verdicts: [Verdict; 2], at: Timestamp) -> Ended {
    let [mail, calendar] = verdicts;
    Ended {
        user,
        kind: SessionKind::Incremental,
        started: at,
        ended: Timestamp(at.0 + 400),
        requests: 3,
        readings: vec![reading(Workload::Mail, mail), reading(Workload::Calendar, calendar)],
        feeds: [(Workload::Mail, mail, "inbox", None), (Workload::Calendar, calendar, "", Some(at))]
            .into_iter()
            .filter(|(_, verdict, ..)| *verdict == Verdict::Passed)
            .map(|(workload, _, place, until)| Feeds { mailbox: None, workload, cursors: vec![cursor(workload, place, at, until)] })
            .collect(),
        held: None,
    }
}

impl Room {
    fn commit(&self, ended: &[Ended], at: Timestamp) -> Committed {
        self.store.write(|tx| sessions::commit(tx, self.organization, ended, at)).unwrap()
    }

    /// A session of the person's in which mail was refused by an answer with that id.
    pub fn session_refused(&self, n: u32, request_id: &str, minute: i64) {
        let at = Timestamp(NOW.0 + minute * MINUTE);
        let mut refused = session(self.user(n).user.id, [Verdict::Failed, Verdict::Passed], at);
        refused.readings[0].request_id = Some(request_id.into());
        self.commit(&[refused], at);
    }

    fn row(&self, user: UserId) -> UserRow {
        self.store.read(|conn| users::get(conn, user)).unwrap()
    }

    fn happened(&self, user: UserId) -> Vec<Happening> {
        let moments = self.store.read(|conn| timeline::of_user(conn, user, 50)).unwrap();
        moments.into_iter().rev().map(|moment| moment.what).collect()
    }

    fn due(&self, before: Timestamp) -> Vec<UserId> {
        let due = self.store.read(|conn| sessions::due(conn, self.organization, Due::Since(before), NOW, 100)).unwrap();
        due.into_iter().map(|one| one.user).collect()
    }
}

const WELL: [Verdict; 2] = [Verdict::Passed, Verdict::Passed];
const BADLY: [Verdict; 2] = [Verdict::Passed, Verdict::Failed];

#[test]
fn a_switch_ends_with_the_session_that_passes_and_the_timeline_tells_it() {
    let room = room();
    room.fill(1);
    let user = room.user(0).user.id;
    room.step(&[user], Step::Switched);
    let cut = room.commit(&[session(user, BADLY, NOW)], NOW);
    assert_eq!((cut.failed, cut.initialized, room.row(user).user.mailbox), (1, 0, MailboxStatus::Switching));
    let well = room.commit(&[session(user, WELL, Timestamp(NOW.0 + MINUTE))], Timestamp(NOW.0 + MINUTE));
    assert_eq!((well.passed, well.initialized, well.changed), (1, 1, 4));
    let row = room.row(user);
    assert_eq!((row.user.mailbox, row.session, row.failing), (MailboxStatus::Initialized, Some(Verdict::Passed), 0));
    assert_eq!(row.user.mailbox_since, Some(Timestamp(NOW.0 + MINUTE)));
    let failed = Happening::SessionFailed { cause: Some(Cause::OutOfScope), code: Some("ErrorAccessDenied".into()) };
    assert_eq!(room.happened(user), [failed, Happening::SessionRecovered, Happening::Initialized]);
}

#[test]
fn the_last_session_of_an_organization_is_known_without_its_users() {
    let room = room();
    room.fill(2);
    let latest = || room.store.read(|conn| sessions::latest(conn, room.organization)).unwrap();
    assert_eq!(latest(), None);
    let (first, second) = (room.user(0).user.id, room.user(1).user.id);
    room.commit(&[session(first, WELL, Timestamp(NOW.0 + MINUTE)), session(second, BADLY, NOW)], NOW);
    room.commit(&[session(second, WELL, NOW)], NOW);
    assert_eq!(latest(), Some(Timestamp(NOW.0 + MINUTE + 400)), "the latest, whichever was committed last");
    room.store.write(|tx| users::delete(tx, &Chosen::Filter(UserFilter::default()))).unwrap();
    assert!(latest().is_some());
}

#[test]
fn each_mailbox_of_a_user_goes_on_at_its_own_place_and_an_issue_says_whose_it_is() {
    let room = room();
    room.fill(1);
    let user = room.user(0).user.id;
    let account = ObjectId(uuid::Uuid::from_u128(7));
    let mut both = session(user, WELL, NOW);
    let of_other = both.feeds.iter().map(|feeds| Feeds { mailbox: Some(account), ..feeds.clone() }).collect::<Vec<_>>();
    both.feeds.extend(of_other);
    room.commit(&[both], NOW);
    let places = |mailbox| room.store.read(|conn| cursors::of_mailbox(conn, user, mailbox)).unwrap();
    assert_eq!(places(None), places(Some(account)));

    let later = Timestamp(NOW.0 + MINUTE);
    let mut refused = session(user, BADLY, later);
    let address = "outbound@contoso.example".to_owned();
    refused.readings.iter_mut().for_each(|reading| reading.mailbox = Some(address.clone()));
    room.commit(&[refused], later);
    assert!(places(None) != places(Some(account)) && places(Some(account)).len() == 2, "what isn't told stays where it was");
    let checks = room.store.read(|conn| checks::of_user(conn, user)).unwrap();
    assert_eq!((checks[0].result.mailbox.as_deref(), checks[0].result.intact), (Some(&*address), true));
    let issues = room.store.read(|conn| checks::issues(conn, &checks::IssueFilter::default(), 0, 10)).unwrap();
    assert_eq!(issues.rows[0].check.result, checks[0].result);
    assert_eq!(room.store.read(|conn| sessions::of_user(conn, user)).unwrap()[0].readings[0].mailbox, Some(address));

    room.store.write(|tx| cursors::forget_mailbox(tx, user, account)).unwrap();
    assert_eq!((places(None).len(), places(Some(account)).len()), (2, 0));
}

#[test]
fn a_refused_workload_is_an_issue_until_a_session_passes_and_the_other_feeds_go_on() {
    let room = room();
    room.fill(2);
    let (user, other) = (room.user(0).user.id, room.user(1).user.id);
    room.commit(&[session(user, BADLY, NOW), session(other, WELL, NOW)], NOW);
    let row = room.row(user);
    assert_eq!((row.open_issues, row.first_cause, row.verdict), (1, Some(Cause::OutOfScope), Verdict::Failed));
    let checks = room.store.read(|conn| checks::of_user(conn, user)).unwrap();
    assert_eq!(
        checks.iter().map(|check| (check.result.workload, check.run, check.result.intact)).collect::<Vec<_>>(),
        [(Workload::Calendar, None, true)]
    );
    let links = room.store.read(|conn| cursors::of_mailbox(conn, user, None)).unwrap();
    assert_eq!(links.iter().map(|cursor| cursor.workload).collect::<Vec<_>>(), [Workload::Mail], "what was refused goes on nowhere");
    assert_eq!(room.row(other).verdict, Verdict::NotRun, "a session is no verification where there was no issue to end");

    let later = Timestamp(NOW.0 + MINUTE);
    room.commit(&[session(user, WELL, later)], later);
    let row = room.row(user);
    assert_eq!((row.open_issues, row.first_cause, row.verdict), (0, None, Verdict::Passed), "it has resolved itself");
    assert!(room.store.read(|conn| rollcall_store::issues::groups(conn, None)).is_ok_and(|groups| groups.is_empty()));
}

#[test]
fn an_issue_of_a_run_ends_with_a_session_that_passes() {
    let room = room();
    room.fill(2);
    let run = room.start(&rollcall_store::runs::Which::All);
    room.answer(run, &[0], refused);
    room.answer(run, &[1], passed);
    let user = room.user(0).user.id;
    assert!(room.row(user).open_issues > 0);
    let mut ended = session(user, WELL, NOW);
    ended.readings.push(reading(Workload::Contacts, Verdict::Passed));
    ended.readings.push(reading(Workload::Settings, Verdict::Passed));
    room.commit(&[ended], NOW);
    assert_eq!((room.row(user).open_issues, room.row(user).verdict), (0, Verdict::Passed));
}

#[test]
fn too_many_failures_disable_a_user_and_enabling_gives_a_fresh_start() {
    let room = room();
    room.fill(1);
    let user = room.user(0).user.id;
    let strict = OrganizationChange { failures: Some(2), ..OrganizationChange::default() };
    room.store.write(|tx| organizations::change(tx, room.organization, &strict)).unwrap();
    room.commit(&[session(user, BADLY, NOW)], NOW);
    room.commit(&[session(user, [Verdict::Unknown, Verdict::Passed], NOW)], NOW);
    assert_eq!((room.row(user).failing, room.row(user).user.sync), (1, SyncStatus::Enabled), "the unknown counts for nothing");
    let given_up = room.commit(&[session(user, BADLY, NOW)], NOW);
    assert_eq!((given_up.disabled, room.row(user).effective_sync), (1, SyncStatus::DisabledDueToError));
    assert!(room.happened(user).contains(&Happening::SyncDisabledDueToError { failures: 2 }));
    assert!(room.due(Timestamp(i64::MAX)).is_empty(), "who is disabled is not read");
    room.store.write(|tx| act::set_sync(tx, &[user], SyncStatus::Enabled)).unwrap();
    assert_eq!((room.row(user).failing, room.due(Timestamp(i64::MAX))), (0, vec![user]));
}

#[test]
fn who_was_brought_forward_is_read_first_then_who_waits_the_longest() {
    let room = room();
    room.fill(5);
    let ids: Vec<UserId> = (0..5).map(|at| room.user(at).user.id).collect();
    let at = |minutes: i64| Timestamp(NOW.0 + minutes * MINUTE);
    room.commit(&[session(ids[0], WELL, at(10)), session(ids[1], WELL, at(5)), session(ids[2], WELL, at(20))], at(20));
    room.store.write(|tx| act::force(tx, &[ids[2]], at(21))).unwrap();
    room.step(&[ids[4]], Step::Excluded);
    assert_eq!(room.due(at(12)), [ids[2], ids[3], ids[1], ids[0]]);
    assert_eq!(room.due(at(0)), [ids[2], ids[3]], "the others were read lately");
    room.store.write(|tx| act::set_access(tx, &[(ids[3], Some(AccessType::EwsAppOnly))])).unwrap();
    assert_eq!(room.due(at(0)), [ids[2]], "nobody is read over EWS");
}

#[test]
fn whoever_was_read_before_is_read_whatever_becomes_of_the_mailbox_while_its_wave_waits() {
    let room = room();
    room.fill(5);
    let [reset, unsettled, taken_back_in, forward, waits] = [0, 1, 2, 3, 4].map(|at| room.user(at).user.id);
    let at = |minutes: i64| Timestamp(NOW.0 + minutes * MINUTE);
    let unknown = [Verdict::Unknown, Verdict::Passed];
    room.commit(&[session(reset, WELL, NOW), session(unsettled, unknown, at(1)), session(taken_back_in, WELL, at(2))], at(3));
    let plan = Plan {
        organization: room.organization,
        entry: Entry { authorized: false, window: false },
        exit: Exit { initialized: 100, failed: 0, hours: 0, issues: None },
        by_itself: false,
        made: NOW,
        made_by: String::new(),
    };
    let everybody = vec![reset, unsettled, taken_back_in, forward, waits];
    room.store.write(|tx| waves::keep(tx, &plan, &[LaidOut { users: everybody, ..LaidOut::default() }])).unwrap();
    room.step(&[reset], Step::StartedOver);
    room.step(&[taken_back_in], Step::Excluded);
    room.step(&[taken_back_in], Step::Included);
    room.store
        .write(|tx| {
            act::forget_sessions(tx, &[reset])?;
            act::force(tx, &[forward], at(4))
        })
        .unwrap();
    assert_eq!(room.row(reset).user.mailbox, MailboxStatus::NotInitialized);
    assert_eq!(room.due(at(60)), [forward, reset, unsettled, taken_back_in]);

    let (standing, waiting) = room
        .store
        .read(|conn| Ok((sessions::standing(conn, room.organization, NOW)?, sessions::waiting(conn, room.organization)?)))
        .unwrap();
    assert_eq!((standing.users, standing.waiting, waiting), (4, 1, 1), "whoever is brought forward doesn't wait");
    assert_eq!(standing.last, Ledger { passed: 1, unknown: 1, not_run: 2, ..Ledger::default() }, "those who are read, and nobody else");
    let left_alone = |user| room.store.read(|conn| sessions::waits(conn, user)).unwrap();
    assert_eq!([forward, waits].map(left_alone), [false, true]);

    room.commit(&[session(forward, unknown, at(5))], at(5));
    assert_eq!(room.due(at(60)), [reset, unsettled, taken_back_in, forward], "nor does a session that came to nothing end it");
}

#[test]
fn a_mailbox_that_graph_wants_left_alone_is_left_alone_and_a_pause_leaves_those_brought_forward() {
    let room = room();
    room.fill(2);
    let ids = [room.user(0).user.id, room.user(1).user.id];
    let until = Timestamp(NOW.0 + 10 * MINUTE);
    let throttled = Ended { held: Some(until), ..session(ids[0], [Verdict::Unknown, Verdict::Passed], NOW) };
    room.commit(&[throttled, session(ids[1], WELL, NOW)], NOW);
    let later = Timestamp(NOW.0 + MINUTE);
    room.store.write(|tx| act::force(tx, &ids, later)).unwrap();
    let at = |now: Timestamp| {
        let due = room.store.read(|conn| sessions::due(conn, room.organization, Due::Forced, now, 9)).unwrap();
        due.into_iter().map(|one| one.user).collect::<Vec<_>>()
    };
    assert_eq!(at(later), [ids[1]]);
    assert_eq!(at(until), ids);
    let among = room.store.read(|conn| sessions::among(conn, room.organization, &ids, later)).unwrap();
    assert_eq!(among.len(), 1);
    room.commit(&[session(ids[1], WELL, Timestamp(later.0 + 1))], later);
    assert!(at(later).is_empty(), "it was read since");
}

#[test]
fn the_latest_sessions_are_kept_and_all_of_them_counted() {
    let room = room();
    room.fill(1);
    let user = room.user(0).user.id;
    for number in 0..30 {
        let at = Timestamp(NOW.0 + number * 30 * MINUTE);
        room.commit(&[session(user, if number == 7 { BADLY } else { WELL }, at)], at);
    }
    let kept = room.store.read(|conn| sessions::of_user(conn, user)).unwrap();
    assert_eq!(kept.iter().map(|session| session.number).collect::<Vec<_>>(), (19..=30).rev().collect::<Vec<_>>());
    assert_eq!((kept[0].changed, kept[0].requests, kept[0].readings.len()), (4, 3, 2));
    let hours = room.store.read(|conn| sessions::hours(conn, room.organization, NOW)).unwrap();
    let all =
        hours.iter().fold((0, 0, 0), |(passed, failed, took), hour: &Hour| (passed + hour.passed, failed + hour.failed, took + hour.took));
    assert_eq!((hours.len(), all), (15, (29, 1, 30 * 400)));
    let standing = room.store.read(|conn| sessions::standing(conn, room.organization, NOW)).unwrap();
    assert_eq!((standing.users, standing.last), (1, Ledger { passed: 1, ..Ledger::default() }));
}

#[test]
fn whoever_left_the_organization_meanwhile_keeps_nothing_of_its_session() {
    let room = room();
    room.fill(2);
    let user = room.user(0).user.id;
    let elsewhere = crate::fixture::add_organization(&room.store, room.tenant, room.integration, "Asia", "AS-01");
    room.store.write(|tx| users::move_to(tx, &Chosen::Ids(vec![user]), elsewhere)).unwrap();
    assert_eq!(room.commit(&[session(user, WELL, NOW)], NOW), Committed::default());
    assert_eq!(room.row(user).session, None);
}

#[test]
fn starting_over_forgets_where_feeds_go_on_and_what_filters_find_follows() {
    let room = room();
    room.fill(3);
    let ids: Vec<UserId> = (0..3).map(|at| room.user(at).user.id).collect();
    room.commit(&[session(ids[0], WELL, NOW), session(ids[1], BADLY, NOW)], NOW);
    let matching = |filter: UserFilter| room.store.read(|conn| users::count(conn, &Chosen::Filter(filter))).unwrap();
    assert_eq!(matching(UserFilter { session: vec![Verdict::Failed], ..UserFilter::default() }), 1);
    assert_eq!(matching(UserFilter { session: vec![Verdict::NotRun, Verdict::Passed], ..UserFilter::default() }), 2);
    assert_eq!(
        matching(UserFilter { access: vec![AccessType::GraphAppOnly], sync: vec![SyncStatus::Enabled], ..UserFilter::default() }),
        3
    );
    room.store.write(|tx| act::forget_sessions(tx, &ids[..1])).unwrap();
    assert_eq!(room.store.read(|conn| cursors::of_mailbox(conn, ids[0], None)).unwrap(), []);
    assert_eq!(room.row(ids[0]).session, None);
    let but = Chosen::FilterBut { filter: UserFilter::default(), but: vec![ids[2]] };
    let concerned = room.store.read(|conn| act::concerned(conn, &but, &[])).unwrap();
    assert_eq!(concerned.iter().map(|one| one.user).collect::<Vec<_>>(), ids[..2]);
    assert_eq!(Action::Exclude.step(), Some(Step::Excluded));
}
