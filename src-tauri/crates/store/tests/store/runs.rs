use rollcall_core::id::UserId;
use rollcall_core::issue::Cause;
use rollcall_core::mailbox::{MailboxStatus, Step};
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_core::workload::Workload;
use rollcall_store::checks::{self, IssueFilter};
use rollcall_store::probes::{self, Postponed, Recorded};
use rollcall_store::runs::{self, Counters, ResultFilter, RunEnd, RunState, Which};
use rollcall_store::users::{self, Chosen};
use rollcall_store::{StoreError, Thing};

use crate::fixture::{NOW, Room, passed, person, refused, room, unsettled};

fn ledger(room: &Room, run: rollcall_core::id::RunId) -> Ledger {
    room.store.read(|conn| runs::ledger(conn, run)).unwrap()
}

#[test]
fn a_run_asks_every_mailbox_but_the_excluded_and_says_what_it_does_not_ask() {
    let room = room();
    room.fill(10);
    room.step(&[room.user(9).user.id], Step::Excluded);
    let run = room.start(&Which::All);
    let planned = room.store.read(|conn| runs::get(conn, run)).unwrap();
    assert_eq!((planned.mailboxes, planned.probes, planned.probes_done), (9, 27, 9), "tasks are settled from the start");
    assert_eq!(planned.ledger, Ledger { not_run: 9, ..Ledger::default() });
    let result = room.store.read(|conn| runs::results(conn, run, &ResultFilter::default(), 0, 1)).unwrap();
    let tasks = &result.rows[0].workloads[2];
    assert_eq!((tasks.workload, tasks.verdict, tasks.cause), (Workload::Tasks, Verdict::NotRun, Some(Cause::NotCovered)));
}

#[test]
fn neighbours_in_the_queue_are_of_different_mailboxes_and_a_postponed_probe_waits() {
    let room = room();
    room.fill(600);
    let run = room.start(&Which::All);
    let queued = |after, limit| room.store.read(|conn| probes::queued(conn, run, after, limit)).unwrap();
    let queue = queued(None, 10_000);
    assert_eq!(queue.len(), 1200);
    for batch in queue.chunks(20) {
        let users: std::collections::HashSet<_> = batch.iter().map(|probe| probe.user).collect();
        assert!(users.len() >= 19, "a batch asks each mailbox about once");
    }
    let first = queue[0].clone();
    assert!(queue[..1024].iter().filter(|probe| probe.user == first.user).count() == 2, "a mailbox is done with its block");

    let later = NOW.after(std::time::Duration::from_secs(30));
    let postponed = Postponed { user: first.user, workload: first.workload, due: later, attempts: 1 };
    room.store.write(|tx| probes::commit(tx, run, &[], &[postponed], Counters::default(), NOW)).unwrap();
    assert_eq!(queued(None, 1), [probes::QueuedProbe { due: later, attempts: 1, ..first }], "in its place, and not before its time");
    let pages: Vec<_> = std::iter::successors(Some(queued(None, 7)), |page| Some(queued(Some(page.last()?.turn), 7))).flatten().collect();
    assert_eq!(pages, queued(None, 10_000), "windows fit together");
}

#[test]
fn a_mailbox_passes_with_its_last_answer_and_fails_with_its_first_refusal() {
    let room = room();
    room.fill(3);
    let run = room.start(&Which::All);
    let [ada, bob, _] = [0, 1, 2].map(|n| room.user(n).user.id);
    assert_eq!(room.record(run, &[passed(ada, Workload::Mail)]), Recorded { probes: 1, ..Recorded::default() });
    assert_eq!(ledger(&room, run), Ledger { not_run: 3, ..Ledger::default() }, "half an answer is no pass");
    assert_eq!(room.user(0).verdict, Verdict::NotRun);
    assert_eq!(
        room.record(run, &[passed(ada, Workload::Calendar), refused(bob, Workload::Mail)]),
        Recorded { probes: 2, mailboxes: 1, passed: 1, ..Recorded::default() }
    );
    assert_eq!(ledger(&room, run), Ledger { passed: 1, not_run: 2, ..Ledger::default() }, "the refused one still waits for an answer");
    assert_eq!((room.user(0).verdict, room.user(0).checked), (Verdict::Passed, Some(NOW)));
    let row = room.user(1);
    assert_eq!((row.verdict, row.open_issues, row.first_cause), (Verdict::Failed, 1, Some(Cause::OutOfScope)));
    assert_eq!(row.user.mailbox, MailboxStatus::NotInitialized, "a check moves no mailbox");
}

#[test]
fn results_begin_with_what_needs_somebody() {
    let room = room();
    room.fill(3);
    let run = room.start(&Which::All);
    let [ada, bob, _] = [0, 1, 2].map(|n| room.user(n).user.id);
    room.record(run, &[passed(ada, Workload::Mail), passed(ada, Workload::Calendar)]);
    room.record(run, &[refused(bob, Workload::Mail), passed(bob, Workload::Calendar)]);
    let page = room.store.read(|conn| runs::results(conn, run, &ResultFilter::default(), 0, 9)).unwrap();
    let verdicts: Vec<Verdict> = page.rows.iter().map(|row| row.verdict).collect();
    assert_eq!(verdicts, [Verdict::Failed, Verdict::NotRun, Verdict::Passed]);
}

#[test]
fn recording_twice_changes_and_counts_nothing() {
    let room = room();
    room.fill(1);
    let run = room.start(&Which::All);
    let ada = room.user(0).user.id;
    let answers = [refused(ada, Workload::Mail), passed(ada, Workload::Calendar)];
    room.record(run, &answers);
    let before = room.store.read(|conn| runs::get(conn, run)).unwrap();
    assert_eq!(room.record(run, &answers), Recorded::default());
    room.record(run, &[passed(ada, Workload::Mail)]);
    let after = room.store.read(|conn| runs::get(conn, run)).unwrap();
    assert_eq!(after, before, "what was settled stays as it was settled");
    assert_eq!((after.probes_done, after.mailboxes_done, after.counters.requests), (3, 1, 2));
    let unknown = room.store.write(|tx| probes::commit(tx, rollcall_core::id::RunId(99), &answers, &[], Counters::default(), NOW));
    assert!(matches!(unknown, Err(StoreError::NotFound(Thing::Run))));
}

#[test]
fn a_cancelled_run_passes_nobody_whom_it_had_not_finished() {
    let room = room();
    room.fill(4);
    let run = room.start(&Which::All);
    room.answer(run, &[0], passed);
    room.answer(run, &[1], refused);
    room.record(run, &[passed(room.user(2).user.id, Workload::Mail)]);
    room.store.write(|tx| runs::finish(tx, run, RunEnd::Cancelled, NOW)).unwrap();
    let ended = room.store.read(|conn| runs::get(conn, run)).unwrap();
    assert_eq!((ended.state, ended.ledger), (RunState::Cancelled, Ledger { passed: 1, failed: 1, not_run: 2, unknown: 0 }));
    let filter = ResultFilter { search: Some("00002".into()), ..ResultFilter::default() };
    let half = room.store.read(|conn| runs::results(conn, run, &filter, 0, 9)).unwrap().rows.remove(0);
    assert_eq!((half.verdict, half.workloads[1].cause), (Verdict::NotRun, Some(Cause::Cancelled)));
    assert_eq!(room.store.read(|conn| probes::queued(conn, run, None, 9)).unwrap(), []);
    assert!(matches!(room.store.write(|tx| runs::resume(tx, run)), Err(StoreError::NotFound(_))), "what ended stays ended");
}

#[test]
fn an_interrupted_run_is_taken_up_and_finished() {
    let room = room();
    room.fill(2);
    let run = room.start(&Which::All);
    room.answer(run, &[0], passed);
    room.store.write(|tx| runs::finish(tx, run, RunEnd::Finished, NOW)).unwrap();
    let unfinished = || room.store.read(runs::unfinished).unwrap();
    assert_eq!(unfinished()[0].state, RunState::Interrupted, "with mailboxes left it isn't finished, whoever says so");
    room.store.write(|tx| runs::resume(tx, run)).unwrap();
    room.answer(run, &[1], passed);
    room.store.write(|tx| runs::finish(tx, run, RunEnd::Finished, NOW)).unwrap();
    assert!(unfinished().is_empty());
    let listed = room.store.read(|conn| runs::list(conn, Some(room.organization), 10)).unwrap();
    assert_eq!((listed[0].state, listed[0].ledger.verdict()), (RunState::Finished, Verdict::Passed));
}

#[test]
fn equal_errors_are_one_group_with_request_ids_for_support() {
    let room = room();
    room.fill(9);
    let run = room.start(&Which::All);
    room.answer(run, &[0, 1, 2, 3, 4, 5, 6], refused);
    room.answer(run, &[7], unsettled);
    let groups = room.store.read(|conn| runs::fingerprints(conn, run)).unwrap();
    let sizes: Vec<_> = groups.iter().map(|group| (group.mailboxes, group.cause, group.http)).collect();
    let (scope, wait) = ((7, Some(Cause::OutOfScope), Some(403)), (1, Some(Cause::Throttled), Some(429)));
    assert_eq!(sizes, [scope, scope, wait, wait], "a group of each workload, the largest first");
    let reach: Vec<_> = groups.iter().map(|group| group.with_cause).collect();
    assert_eq!(reach, [7, 7, 1, 1], "a mailbox with one cause on two workloads counts once");
    let ids = |mailboxes: &[u32], workload: Workload| -> Vec<String> {
        mailboxes.iter().filter_map(|at| passed(room.user(*at).user.id, workload).request_id).collect()
    };
    for group in &groups {
        let of_first: &[u32] = if group.mailboxes == 7 { &[0, 1, 2, 3, 4] } else { &[7] };
        assert_eq!(group.sample_request_ids, ids(of_first, group.workload), "{}: its own, and no more than five", group.fingerprint);
    }
    let filter = ResultFilter { fingerprint: Some(groups[0].fingerprint.clone()), verdict: vec![Verdict::Failed], search: None };
    assert_eq!(room.store.read(|conn| runs::results(conn, run, &filter, 5, 5)).unwrap().matching, 7);
}

#[test]
fn an_issue_keeps_its_first_day_until_it_changes_and_goes_when_it_passes() {
    let room = room();
    room.fill(1);
    let ada = room.user(0).user.id;
    let check_at = |at: i64, answer: fn(UserId, Workload) -> probes::ProbeResult| {
        let run = room.start(&Which::All);
        let answers = [answer(ada, Workload::Mail), passed(ada, Workload::Calendar)];
        room.store.write(|tx| probes::commit(tx, run, &answers, &[], Counters::default(), Timestamp(at))).unwrap();
        room.store.read(|conn| checks::issues(conn, &IssueFilter::default(), 0, 10)).unwrap()
    };
    let since = |page: &checks::IssuePage| page.rows.iter().map(|issue| issue.check.first_seen.0).collect::<Vec<_>>();
    assert_eq!(since(&check_at(100, refused)), [100]);
    assert_eq!(since(&check_at(200, refused)), [100]);
    assert_eq!(since(&check_at(300, unsettled)), [300], "another error is another issue");
    assert_eq!(room.user(0).verdict, Verdict::Unknown);
    assert_eq!(since(&check_at(400, passed)), [0; 0]);
    assert_eq!((room.user(0).verdict, room.user(0).open_issues, room.user(0).first_cause), (Verdict::Passed, 0, None));
    let latest = room.store.read(|conn| checks::of_user(conn, ada)).unwrap();
    assert_eq!(latest.iter().map(|check| check.result.checked).collect::<Vec<_>>(), [Some(Timestamp(400)); 2]);
}

#[test]
fn a_pass_of_one_workload_does_not_hide_the_issue_of_another() {
    let room = room();
    room.fill(1);
    let ada = room.user(0).user.id;
    let run = room.start(&Which::All);
    room.record(run, &[passed(ada, Workload::Mail), refused(ada, Workload::Calendar)]);
    let mail_only =
        room.store.write(|tx| runs::create(tx, room.organization, &[(Workload::Mail, None)], &Which::Users(vec![ada]), NOW)).unwrap();
    room.record(mail_only, &[passed(ada, Workload::Mail)]);
    assert_eq!(ledger(&room, mail_only).passed, 1);
    assert_eq!((room.user(0).verdict, room.user(0).open_issues), (Verdict::Failed, 1));

    let plan = [(Workload::Mail, None), (Workload::Calendar, Some(Cause::NotCovered))];
    let without = room.store.write(|tx| runs::create(tx, room.organization, &plan, &Which::All, NOW)).unwrap();
    room.record(without, &[passed(ada, Workload::Mail)]);
    assert_eq!(room.user(0).verdict, Verdict::Passed, "what the integration doesn't use any more is no issue any more");
}

#[test]
fn a_row_that_is_not_what_was_written_says_nothing_and_passes_nobody() {
    let room = room();
    room.fill(2);
    let run = room.start(&Which::All);
    room.answer(run, &[0, 1], refused);
    let behind = rusqlite::Connection::open(room.folder.path().join("rollcall.db")).unwrap();
    let ada = room.user(0).user.id;
    behind.execute("UPDATE probes SET verdict = 'passed' WHERE run = ?1 AND user = ?2", [run.0, ada.0]).unwrap();
    behind.execute("UPDATE checks SET verdict = 'unknown' WHERE user = ?1 AND workload = 'mail'", [ada.0]).unwrap();

    let mut told = Vec::new();
    let mut tell = |result| {
        told.push(result);
        Ok::<_, StoreError>(())
    };
    room.store.read(|conn| runs::each_result(conn, run, &mut tell)).unwrap();
    assert_eq!((told[0].verdict, told[0].workloads[0].intact), (Verdict::Unknown, false));
    assert_eq!((told[1].verdict, told[1].workloads[0].intact), (Verdict::Failed, true));
    let checked = room.store.read(|conn| checks::of_user(conn, ada)).unwrap();
    assert_eq!(checked.iter().map(|check| check.result.intact).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_pass_that_is_not_what_was_written_is_no_pass() {
    let room = room();
    room.fill(4);
    let run = room.start(&Which::All);
    room.answer(run, &[0, 1, 2, 3], passed);
    room.store.write(|tx| runs::finish(tx, run, RunEnd::Finished, NOW)).unwrap();
    let behind = rusqlite::Connection::open(room.folder.path().join("rollcall.db")).unwrap();
    let change = |sql: &str, n: u32| assert_eq!(behind.execute(sql, [room.user(n).user.id.0]).unwrap(), 1);
    // A letter of the first one's request id, all of the second one's answers, and the third one's row.
    change("UPDATE passes SET answers = CAST(substr(answers, 1, 8) || x'ff' || substr(answers, 10) AS BLOB) WHERE number = ?1", 0);
    change("UPDATE passes SET answers = x'' WHERE number = ?1", 1);
    change("DELETE FROM passes WHERE number = ?1", 2);

    let page = room.store.read(|conn| runs::results(conn, run, &ResultFilter::default(), 0, 9)).unwrap();
    let mut told: Vec<_> =
        page.rows.iter().map(|row| (row.user, row.verdict, [0, 1].map(|workload| row.workloads[workload].intact))).collect();
    told.sort_unstable_by_key(|(user, ..)| *user);
    let told: Vec<_> = told.into_iter().map(|(_, verdict, intact)| (verdict, intact)).collect();
    let lost = (Verdict::Unknown, [false, false]);
    assert_eq!(told, [lost, lost, lost, (Verdict::Passed, [true, true])]);
    let checked = room.store.read(|conn| checks::of_user(conn, room.user(0).user.id)).unwrap();
    assert_eq!(checked.iter().map(|check| check.result.intact).collect::<Vec<_>>(), [false, false]);
}

#[test]
fn neighbours_that_pass_together_are_each_told_of_and_nobody_else_is() {
    let room = room();
    room.fill(40);
    let run = room.start(&Which::All);
    let id = |n: u32| room.user(n).user.id;
    let (unfinished, refuses) = (|n: &u32| n.is_multiple_of(3), 17);
    let mut answers: Vec<_> = (0..40).filter(|n| *n != refuses).map(|n| passed(id(n), Workload::Mail)).collect();
    answers.push(refused(id(refuses), Workload::Mail));
    answers.extend((0..40).filter(|n| !unfinished(n)).map(|n| passed(id(n), Workload::Calendar)));
    assert_eq!(room.record(run, &answers).mailboxes, 26);
    assert_eq!(room.record(run, &answers).probes, 0, "and none of it is counted twice");
    for n in 0..40 {
        let expected = match n {
            n if n == refuses => Verdict::Failed,
            n if unfinished(&n) => Verdict::NotRun,
            _ => Verdict::Passed,
        };
        assert_eq!((n, room.user(n).verdict), (n, expected));
    }
    assert_eq!(ledger(&room, run), Ledger { passed: 25, failed: 1, not_run: 14, ..Ledger::default() });
    let queue = room.store.read(|conn| probes::queued(conn, run, None, 99)).unwrap();
    assert!(queue.len() == 14 && queue.iter().all(|probe| probe.workload == Workload::Calendar));

    let gone = id(1);
    room.store.write(|tx| users::delete(tx, &Chosen::Ids(vec![gone]))).unwrap();
    let page = room.store.read(|conn| runs::results(conn, run, &ResultFilter::default(), 0, 40)).unwrap();
    let left = page.rows.iter().find(|row| row.user == gone).unwrap();
    assert!(left.verdict == Verdict::Passed && left.workloads.iter().all(|result| result.intact), "a run keeps what it found");
}

/// The latest answer of each workload of the first person: which, of which run, since when.
fn latest(room: &Room) -> Vec<(Workload, Verdict, u32, i64)> {
    let checks = room.store.read(|conn| checks::of_user(conn, room.user(0).user.id)).unwrap();
    assert!(checks.iter().all(|check| check.result.intact));
    checks
        .into_iter()
        .map(|check| (check.result.workload, check.result.verdict, check.run.map_or(0, |run| run.0), check.first_seen.0))
        .collect()
}

#[test]
fn the_latest_answers_of_a_user_are_those_of_the_latest_runs() {
    use Verdict::{Failed, Passed};
    use Workload::{Calendar, Mail};
    let room = room();
    room.fill(1);
    let ada = room.user(0).user.id;
    let commit = |run, at: i64, answers: &[probes::ProbeResult]| {
        room.store.write(|tx| probes::commit(tx, run, answers, &[], Counters::default(), Timestamp(at))).unwrap();
    };
    let first = room.start(&Which::All);
    commit(first, 100, &[passed(ada, Mail), passed(ada, Calendar)]);
    let halted = room.start(&Which::All);
    commit(halted, 200, &[passed(ada, Mail)]);
    assert_eq!(latest(&room), [(Mail, Passed, halted.0, 100), (Calendar, Passed, first.0, 100)], "passes in a row began with the first");

    let second = room.start(&Which::All);
    commit(second, 300, &[refused(ada, Mail), passed(ada, Calendar)]);
    assert_eq!(latest(&room), [(Mail, Failed, second.0, 300), (Calendar, Passed, second.0, 100)]);
    let third = room.start(&Which::All);
    commit(third, 400, &[passed(ada, Mail)]);
    commit(third, 450, &[passed(ada, Calendar)]);
    let fourth = room.start(&Which::All);
    commit(fourth, 500, &[passed(ada, Mail), passed(ada, Calendar)]);
    assert_eq!(latest(&room), [(Mail, Passed, fourth.0, 400), (Calendar, Passed, fourth.0, 100)], "an issue ends a row");
    commit(halted, 600, &[passed(ada, Calendar)]);
    assert_eq!(latest(&room)[1], (Calendar, Passed, halted.0, 100), "the last that was asked is the latest, whatever run it is of");
}

#[test]
fn what_is_not_covered_any_more_or_was_forgotten_is_no_latest_answer() {
    use Verdict::Passed;
    use Workload::{Calendar, Mail};
    let room = room();
    room.fill(1);
    let ada = room.user(0).user.id;
    let first = room.start(&Which::All);
    room.answer(first, &[0], passed);
    let plan = [(Mail, None), (Calendar, Some(Cause::NotCovered))];
    let without = room.store.write(|tx| runs::create(tx, room.organization, &plan, &Which::All, NOW)).unwrap();
    assert_eq!(latest(&room).len(), 2, "it is known when the mailbox is complete, not before");
    room.record(without, &[refused(ada, Mail)]);
    assert_eq!(latest(&room), [(Mail, Verdict::Failed, without.0, NOW.0)]);

    let second = room.start(&Which::All);
    room.answer(second, &[0], passed);
    let only_ada = Chosen::Ids(vec![ada]);
    assert_eq!(latest(&room), [(Mail, Passed, second.0, NOW.0), (Calendar, Passed, second.0, NOW.0)]);
    room.store.write(|tx| users::forget_checks(tx, &only_ada)).unwrap();
    assert_eq!(latest(&room), []);
    assert_eq!((room.user(0).verdict, room.user(0).open_issues), (Verdict::NotRun, 0));
    let third = room.start(&Which::All);
    room.record(third, &[passed(ada, Mail)]);
    assert_eq!(latest(&room), [(Mail, Passed, third.0, NOW.0)]);

    let elsewhere = crate::fixture::add_organization(&room.store, room.tenant, room.integration, "Asia", "AS-01");
    room.store.write(|tx| users::move_to(tx, &only_ada, elsewhere)).unwrap();
    room.record(third, &[passed(ada, Calendar)]);
    assert_eq!((latest(&room), room.user(0).verdict), (vec![], Verdict::NotRun), "what a run finds out about one who left stays there");
    assert_eq!(ledger(&room, third).passed, 1);
}

#[test]
fn a_probe_that_was_put_off_and_passes_is_settled_and_not_put_off_again() {
    let room = room();
    room.fill(1);
    let ada = room.user(0).user.id;
    let run = room.start(&Which::All);
    let later = Postponed { user: ada, workload: Workload::Mail, due: NOW.after(std::time::Duration::from_secs(9)), attempts: 1 };
    let put_off = || room.store.write(|tx| probes::commit(tx, run, &[], &[later], Counters::default(), NOW)).unwrap();
    put_off();
    assert_eq!(room.record(run, &[passed(ada, Workload::Mail)]).probes, 1);
    put_off();
    let queue = room.store.read(|conn| probes::queued(conn, run, None, 9)).unwrap();
    assert_eq!(queue.iter().map(|probe| probe.workload).collect::<Vec<_>>(), [Workload::Calendar]);
    room.record(run, &[passed(ada, Workload::Calendar)]);
    assert_eq!(ledger(&room, run), Ledger { passed: 1, ..Ledger::default() });
}

#[test]
fn two_runs_are_told_apart_mailbox_by_mailbox() {
    let room = room();
    room.fill(6);
    let first = room.start(&Which::All);
    room.answer(first, &[0, 1], passed);
    room.answer(first, &[2, 3], refused);
    room.answer(first, &[4], unsettled);
    let ids: Vec<_> = (0..6).map(|n| room.user(n).user.id).collect();
    room.store.write(|tx| users::delete(tx, &Chosen::Ids(vec![ids[5]]))).unwrap();
    room.bring_in(&[person(6)]);
    let second = room.start(&Which::All);
    room.answer(second, &[0, 2], passed);
    room.answer(second, &[1, 3, 4], refused);

    let compared = room.store.read(|conn| runs::compare(conn, first, second)).unwrap();
    assert_eq!(compared.newly_failing.users, [ids[1], ids[4]]);
    assert_eq!(compared.fixed.users, [ids[2]]);
    assert_eq!(compared.still_failing.users, [ids[3]]);
    assert_eq!(compared.added.users, [room.user(6).user.id]);
    assert_eq!(compared.gone.users, [ids[5]], "the run remembers who is gone");

    let again = room.start(&Which::FailedOf(second));
    let asked = room.store.read(|conn| probes::queued(conn, again, None, 100)).unwrap();
    let asked: std::collections::BTreeSet<_> = asked.into_iter().map(|probe| probe.user).collect();
    assert_eq!(asked.into_iter().collect::<Vec<_>>(), [ids[1], ids[3], ids[4]], "exactly the failed ones");
}
