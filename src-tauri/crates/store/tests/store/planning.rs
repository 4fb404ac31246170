use std::collections::HashSet;

use rollcall_core::id::{RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_core::workload::Workload;
use rollcall_store::probes::{self, Postponed, QueuedProbe};
use rollcall_store::runs::{self, Counters, ResultFilter, RunEnd, RunState, Which};
use rollcall_store::users::{self, Chosen};

use crate::fixture::{NOW, Room, open, passed, refused, room, unsettled};

const PEOPLE: u32 = 3_000;

/// A run of which only the first mailboxes are queued.
fn begun() -> (Room, RunId) {
    let room = room();
    room.fill(PEOPLE);
    let run = room.start(&Which::All);
    assert!(queue(&room, run).len() < 2 * PEOPLE as usize, "there is more to plan");
    (room, run)
}

fn queue(room: &Room, run: RunId) -> Vec<QueuedProbe> {
    room.store.read(|conn| probes::queued(conn, run, None, u32::MAX)).unwrap()
}

fn get(room: &Room, run: RunId) -> runs::Run {
    room.store.read(|conn| runs::get(conn, run)).unwrap()
}

fn results(room: &Room, run: RunId, filter: &ResultFilter, offset: u32) -> runs::ResultPage {
    room.store.read(|conn| runs::results(conn, run, filter, offset, 10)).unwrap()
}

#[test]
fn a_run_is_whole_in_every_figure_before_it_is_planned() {
    let (room, run) = begun();
    let planned = get(&room, run);
    assert_eq!((planned.mailboxes, planned.probes, planned.probes_done, planned.mailboxes_done), (PEOPLE, 3 * PEOPLE, PEOPLE, 0));
    assert_eq!(planned.ledger, Ledger { not_run: PEOPLE, ..Ledger::default() });

    room.answer(run, &[0], passed);
    room.answer(run, &[5], refused);
    let page = results(&room, run, &ResultFilter::default(), 0);
    assert_eq!((page.matching, page.rows[0].verdict, page.rows[1].display_name.as_str()), (PEOPLE, Verdict::Failed, "Person 00001"));
    let last = results(&room, run, &ResultFilter::default(), PEOPLE - 2).rows;
    let last: Vec<_> = last.iter().map(|row| (row.display_name.as_str(), row.verdict)).collect();
    assert_eq!(last, [("Person 02999", Verdict::NotRun), ("Person 00000", Verdict::Passed)]);
    let searched = ResultFilter { search: Some("2998".into()), ..ResultFilter::default() };
    let found = results(&room, run, &searched, 0).rows.remove(0);
    let causes: Vec<_> = found.workloads.iter().map(|answer| (answer.verdict, answer.cause)).collect();
    assert_eq!(causes, [(Verdict::NotRun, None), (Verdict::NotRun, None), (Verdict::NotRun, Some(Cause::NotCovered))]);
    let mut every = 0;
    let count = |_| {
        every += 1;
        Ok::<_, rollcall_store::StoreError>(())
    };
    room.store.read(|conn| runs::each_result(conn, run, count)).unwrap();
    assert_eq!(every, PEOPLE);

    let again = room.start(&Which::UnsettledOf(run));
    assert_eq!(get(&room, again).mailboxes, PEOPLE - 2, "whom the first run hasn't reached is asked again");
    let failed = room.start(&Which::FailedOf(run));
    assert_eq!(get(&room, failed).mailboxes, 1);
    let compared = room.store.read(|conn| runs::compare(conn, run, again)).unwrap();
    assert_eq!((compared.gone.count, compared.added.count), (2, 0));
}

#[test]
fn planning_that_was_cut_off_goes_on_and_the_queue_keeps_its_order() {
    let (room, run) = begun();
    let first = queue(&room, run);
    let folder = room.folder.path().to_owned();
    drop(room.store);
    let store = open(&folder);
    store.write(|tx| runs::finish(tx, run, RunEnd::Interrupted, NOW)).unwrap();
    store.write(|tx| runs::resume(tx, run)).unwrap();
    let mut steps = 0;
    while store.write(|tx| runs::plan_more(tx, run, 100)).unwrap() {
        steps += 1;
    }
    assert!(steps > 10);
    let whole = store.read(|conn| probes::queued(conn, run, None, u32::MAX)).unwrap();
    assert_eq!(whole[..first.len()], first, "what was handed out stays where it was");
    let after = store.read(|conn| probes::queued(conn, run, first.last().map(|probe| probe.turn), 50)).unwrap();
    assert_eq!(after, whole[first.len()..first.len() + 50]);
    let asked: HashSet<_> = whole.iter().map(|probe| (probe.user, probe.workload)).collect();
    assert_eq!((whole.len(), asked.len()), (2 * PEOPLE as usize, 2 * PEOPLE as usize), "each once");
    for batch in whole.chunks(20) {
        let users: HashSet<_> = batch.iter().map(|probe| probe.user).collect();
        assert!(users.len() >= 19, "a batch asks each mailbox about once");
    }
}

#[test]
fn a_cancelled_run_shows_everybody_also_whom_it_had_not_planned() {
    let (room, run) = begun();
    room.answer(run, &[0], passed);
    room.store.write(|tx| runs::finish(tx, run, RunEnd::Cancelled, NOW)).unwrap();
    let ended = get(&room, run);
    assert_eq!((ended.state, ended.ledger), (RunState::Cancelled, Ledger { passed: 1, not_run: PEOPLE - 1, ..Ledger::default() }));
    let filter = ResultFilter { verdict: vec![Verdict::NotRun], ..ResultFilter::default() };
    let page = results(&room, run, &filter, PEOPLE - 2);
    assert_eq!((page.matching, page.rows.len()), (PEOPLE - 1, 1));
    let causes: Vec<_> = page.rows[0].workloads.iter().map(|answer| answer.cause).collect();
    assert_eq!(causes, [Some(Cause::Cancelled), Some(Cause::Cancelled), Some(Cause::NotCovered)]);
    assert_eq!(queue(&room, run), []);
    let late = room.record(run, &[passed(room.user(1).user.id, Workload::Mail)]);
    assert_eq!(late.probes, 0, "an answer that comes after the end changes nothing");
    assert_eq!(get(&room, run), ended);
}

#[test]
fn who_is_removed_before_the_turn_came_stays_in_the_run() {
    let (room, run) = begun();
    let last = room.user(PEOPLE - 1).user;
    room.store.write(|tx| users::delete(tx, &Chosen::Ids(vec![last.id]))).unwrap();
    let searched = ResultFilter { search: Some(last.directory.upn.clone()), ..ResultFilter::default() };
    assert_eq!(results(&room, run, &searched, 0).rows[0].object_id, last.directory.object_id);
    assert!(queue(&room, run).iter().any(|probe| probe.user == last.id), "and is asked about, as was said at the start");
    room.record(run, &[refused(last.id, Workload::Mail), refused(last.id, Workload::Calendar)]);
    assert_eq!(get(&room, run).ledger.failed, 1);
}

#[test]
fn whoever_is_taken_out_leaves_a_gap_and_the_others_are_asked_in_turn() {
    let room = room();
    room.fill(PEOPLE);
    let every_third: Vec<UserId> = (0..PEOPLE).filter(|number| number % 3 == 1).map(|number| room.user(number).user.id).collect();
    room.store.write(|tx| users::delete(tx, &Chosen::Ids(every_third.clone()))).unwrap();
    let run = room.start(&Which::All);
    assert_eq!(get(&room, run).mailboxes, PEOPLE - u32::try_from(every_third.len()).unwrap());
    let late = room.user(PEOPLE - 1).user;
    room.store.write(|tx| users::delete(tx, &Chosen::Ids(vec![late.id]))).unwrap();

    let queue = queue(&room, run);
    let asked: HashSet<_> = queue.iter().map(|probe| probe.user).collect();
    assert_eq!(asked.len(), PEOPLE as usize - every_third.len());
    assert!(every_third.iter().all(|user| !asked.contains(user)), "who was no user any more isn't asked");
    assert!(asked.contains(&late.id), "who was one when the run began is, removed or not");
}

#[test]
fn a_parked_run_says_until_when_and_forgets_it_when_it_goes_on() {
    let (room, run) = begun();
    let until = NOW.after(std::time::Duration::from_secs(600));
    let end = |end| room.store.write(|tx| runs::finish(tx, run, end, NOW)).unwrap();
    end(RunEnd::Parked { until });
    assert_eq!((get(&room, run).state, get(&room, run).parked_until), (RunState::Interrupted, Some(until)));
    room.store.write(|tx| runs::resume(tx, run)).unwrap();
    assert_eq!((get(&room, run).state, get(&room, run).parked_until), (RunState::Running, None));
    end(RunEnd::Parked { until });
    end(RunEnd::Cancelled);
    assert_eq!(get(&room, run).parked_until, None);
}

/// The ledger as the rows tell it.
fn counted(room: &Room, run: RunId) -> Ledger {
    room.store
        .read(|conn| {
            let mut statement = conn.prepare(
                "SELECT   iif(m.remaining = 0 OR p.verdict = 'passed', p.verdict, 'not_run') AS settled, count(*)
                 FROM     run_mailboxes AS m JOIN planned_mailboxes AS p USING (run, user)
                 WHERE    run = ?1
                 GROUP BY settled",
            )?;
            let mut rows = statement.query([run.0])?;
            let mut ledger = Ledger::default();
            while let Some(row) = rows.next()? {
                let (verdict, count): (String, u32) = (row.get(0)?, row.get(1)?);
                *match verdict.as_str() {
                    "passed" => &mut ledger.passed,
                    "failed" => &mut ledger.failed,
                    "unknown" => &mut ledger.unknown,
                    _ => &mut ledger.not_run,
                } = count;
            }
            Ok(ledger)
        })
        .unwrap()
}

#[test]
fn the_counters_are_what_the_rows_say_after_a_mixed_run() {
    let room = room();
    room.fill(900);
    let run = room.start(&Which::All);
    let mut random: u64 = 7;
    let mut dice = |sides: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % sides
    };
    let not_asked =
        |user: UserId, workload| probes::ProbeResult { verdict: Verdict::NotRun, cause: Some(Cause::Cancelled), ..passed(user, workload) };
    let mut total = probes::Recorded::default();
    for _ in 0..40 {
        let waiting = queue(&room, run);
        let (mut settled, mut put_off) = (vec![], vec![]);
        for probe in &waiting[..waiting.len().min(90)] {
            let answer = match dice(12) {
                0 => refused,
                1 => unsettled,
                2 => not_asked,
                3 | 4 => {
                    put_off.push(Postponed { user: probe.user, workload: probe.workload, due: NOW, attempts: 1 });
                    continue;
                }
                _ => passed,
            };
            settled.push(answer(probe.user, probe.workload));
            if dice(5) == 0 {
                settled.push(passed(probe.user, probe.workload));
            }
        }
        let commit = || room.store.write(|tx| probes::commit(tx, run, &settled, &put_off, Counters::default(), NOW)).unwrap();
        let recorded = commit();
        assert_eq!(commit(), probes::Recorded::default(), "the second time is no news");
        total.probes += recorded.probes;
        total.mailboxes += recorded.mailboxes;
        total.passed += recorded.passed;
        total.failed += recorded.failed;
        total.unknown += recorded.unknown;
        let now = get(&room, run);
        assert_eq!(now.ledger, counted(&room, run));
        assert_eq!((now.probes_done, now.mailboxes_done), (900 + total.probes, total.mailboxes));
        assert_eq!((now.ledger.passed, now.ledger.failed, now.ledger.unknown), (total.passed, total.failed, total.unknown));
    }
    assert!(total.passed > 100 && total.failed > 50 && total.unknown > 50 && total.passed + total.failed + total.unknown < total.mailboxes);
    room.store.write(|tx| runs::finish(tx, run, RunEnd::Cancelled, NOW)).unwrap();
    assert_eq!(get(&room, run).ledger, counted(&room, run));
    assert_eq!(get(&room, run).ledger.total(), 900);
    for verdict in [Verdict::Passed, Verdict::Failed, Verdict::Unknown, Verdict::NotRun] {
        let narrowed = ResultFilter { verdict: vec![verdict], ..ResultFilter::default() };
        let page = room.store.read(|conn| runs::results(conn, run, &narrowed, 0, 2_000)).unwrap();
        assert_eq!(page.matching as usize, page.rows.len());
        assert!(page.rows.iter().all(|row| row.verdict == verdict), "{verdict:?}");
    }
}
