//! The engine against a practice tenant that counts: nobody is asked too early, too often or twice, whatever happens to the clocks,
//! the process and the service.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rollcall_core::bound::Bound;
use rollcall_core::id::OrganizationId;
use rollcall_core::time::Clock;
use rollcall_identity::vault::Vault;
use rollcall_ops::commands;
use rollcall_ops::desk::{Desk, Opening, Pace};
use rollcall_ops::error::Code;
use rollcall_ops::job::{Job, Progress, Verified};
use rollcall_ops::runs::describe::RunRef;
use rollcall_ops::runs::{RunState, list};
use rollcall_ops::settings::{self, Resume, Settings};
use rollcall_ops::sync::history::{SessionFigures, figures};
use rollcall_ops::sync::run::Whose;
use rollcall_ops::traffic::{describe, record};
use rollcall_ops::users::import::{ImportUsers, Source, import};
use rollcall_ops::verify::cut_off::CutOffRuns;
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::{cut_off, plan, resume, start};
use rollcall_sandbox::browser::Person;
use rollcall_sandbox::{FaultKind, FaultPlan, Limits, Wire};
use rollcall_store::runs::Run;
use rollcall_tests::{Rehearsal, Scene, clock, hand_in, open_desk};
use tokio_util::sync::CancellationToken;

fn at_once(workers: u32) -> Pace {
    Pace { first_in_flight: workers, most_in_flight: workers, ..Scene::default().pace }
}

async fn check(rehearsal: &Rehearsal, organization: OrganizationId, job: &Job) -> Run {
    Box::pin(start::start(&rehearsal.desk, Verify { organization, which: Scope::All }, job)).await.unwrap()
}

/// A job that keeps every line it is told, and can be stopped.
fn listening() -> (Job, Arc<Mutex<Vec<Verified>>>, CancellationToken) {
    let (lines, stop) = (Arc::new(Mutex::new(Vec::new())), CancellationToken::new());
    let ear = Arc::clone(&lines);
    let job = Job::new(stop.clone(), move |progress| {
        if let Progress::Verified(line) = progress {
            ear.lock().unwrap().push(line);
        }
    });
    (job, lines, stop)
}

async fn until(condition: impl Fn() -> bool) {
    tokio::time::timeout(Duration::from_secs(60), async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("it happens within a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_requests_with_one_eight_and_sixty_four_workers_come_none_too_early() {
    let limits = Limits { throttled_per_mille: 20, ..Limits::default() };
    let scene = Scene { users: 6_700, faults: FaultPlan::none(), limits, ..Scene::default() };
    let rehearsal = Rehearsal::on(scene).await;
    let organization = rehearsal.ready().await.id;
    let mut asked = 0;
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop(desk);
    for workers in [1, 8, 64] {
        sandbox.forget_history();
        let desk = open_desk(&folder, &at_once(workers)).unwrap();
        hand_in(&desk, &sandbox).await.unwrap();
        let run = Box::pin(start::start(&desk, Verify { organization, which: Scope::All }, &Job::quiet())).await.unwrap();
        assert_eq!((run.state, run.ledger.passed), (RunState::Finished, 6_700), "{workers} workers");
        assert!(run.counters.throttled > 500, "{:?}", run.counters);
        assert_eq!((sandbox.violations(), sandbox.duplicates()), (0, 0), "{workers} workers");
        asked += run.probes + run.counters.retried;
    }
    assert!(asked > 100_000, "{asked}");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_the_clock_shortens_no_pause_neither_in_a_run_nor_between_two() {
    let limits = Limits { throttled_per_mille: 100, in_ten_seconds: Some(900), ..Limits::default() };
    let rehearsal = Rehearsal::on(Scene { users: 240, faults: FaultPlan::none(), limits, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop(desk);
    // The time of day jumps about during the runs; the computer is restarted with clocks that are off by days and hours.
    let jumps: [i64; 4] = [86_400_000, -7_200_000, 300_000, -86_400_000];
    let mut last = None;
    for (sitting, off) in jumps.into_iter().enumerate() {
        let set = Arc::new(AtomicI64::new(off));
        let desk = desk_with_clock(&folder, &set);
        hand_in(&desk, &sandbox).await.unwrap();
        let (job, lines, stop) = listening();
        let jumping = tokio::spawn({
            let set = Arc::clone(&set);
            async move {
                for step in jumps.into_iter().cycle() {
                    tokio::time::sleep(Duration::from_millis(150)).await;
                    set.store(step, Ordering::Relaxed);
                }
            }
        });
        // The first three sittings are broken off while the service holds everything back.
        let breaking = sitting < 3;
        let watch = tokio::spawn({
            let (lines, stop) = (Arc::clone(&lines), stop.clone());
            async move {
                if breaking {
                    until(|| lines.lock().unwrap().iter().any(|line| line.waiting_until.is_some() || line.throttled > 20)).await;
                    stop.cancel();
                }
            }
        });
        let run = match last {
            None => Box::pin(start::start(&desk, Verify { organization, which: Scope::All }, &job)).await.unwrap(),
            Some(run) => Box::pin(resume::resume(&desk, RunRef { run }, &job)).await.unwrap(),
        };
        jumping.abort();
        watch.abort();
        assert_eq!(sandbox.violations(), 0, "sitting {sitting}");
        last = Some(run.id);
        if run.state == RunState::Finished {
            assert_eq!(run.ledger.passed, 240);
            break;
        }
    }
    assert_eq!((sandbox.violations(), sandbox.duplicates()), (0, 0));
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_parks_the_run_which_says_until_when_and_goes_on_by_itself() {
    let limits = Limits { in_ten_seconds: Some(700), ..Limits::default() };
    let pace = Pace { patience: Duration::from_secs(1), ..Scene::default().pace };
    let rehearsal = Rehearsal::on(Scene { users: 200, faults: FaultPlan::none(), limits, pace, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let (job, lines, _stop) = listening();
    let desk = &rehearsal.desk;
    let seen_parked = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.parked)).await;
        let line = lines.lock().unwrap().last().cloned().unwrap();
        assert_eq!(line.bound, Bound::Pause);
        let run = list::list(desk, list::ListRuns::default(), &Job::quiet()).await.unwrap().remove(0);
        assert_eq!(run.state, RunState::Interrupted, "a crash now would leave it to be resumed");
        let (said, kept) = (line.waiting_until.unwrap(), run.parked_until.unwrap());
        assert!(said.0.abs_diff(kept.0) < 100, "{said:?} {kept:?}");
    };
    let (run, ()) = tokio::join!(check(&rehearsal, organization, &job), seen_parked);
    assert_eq!((run.state, run.ledger.passed, run.parked_until), (RunState::Finished, 200, None));
    assert_eq!((rehearsal.sandbox.violations(), rehearsal.sandbox.duplicates()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_says_until_when_before_anything_has_landed() {
    let pace = Pace { patience: Duration::from_secs(300), ..Scene::default().pace };
    let rehearsal = Rehearsal::on(Scene { users: 20, faults: FaultPlan::none(), pace: pace.clone(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    rehearsal.sandbox.next_answers(vec![Wire::ServiceUnavailable { retry_after: Some(240) }]);
    let (job, lines, stop) = listening();
    let told = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.waiting_until.is_some())).await;
        stop.cancel();
    };
    let (run, ()) = tokio::join!(check(&rehearsal, organization, &job), told);
    assert_eq!((run.state, run.mailboxes_done), (RunState::Interrupted, 0));

    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop(desk);
    let desk = open_desk(&folder, &pace).unwrap();
    hand_in(&desk, &sandbox).await.unwrap();
    let (job, lines, stop) = listening();
    let told = async {
        until(|| !lines.lock().unwrap().is_empty()).await;
        stop.cancel();
        lines.lock().unwrap()[0].clone()
    };
    let (resumed, line) = tokio::join!(Box::pin(resume::resume(&desk, RunRef { run: run.id }, &job)), told);
    let left = line.waiting_until.unwrap().0 - clock()().0;
    assert!((200_000..=240_000).contains(&left), "{left} ms are left of the four minutes");
    assert_eq!((line.bound, line.parked, line.done, line.requests), (Bound::Pause, false, 0, 0));
    assert_eq!((resumed.unwrap().state, sandbox.violations()), (RunState::Interrupted, 0));
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_which_only_single_mailboxes_are_put_off_for_long_is_parked_and_says_until_when() {
    let pace = Pace { patience: Duration::from_millis(100), ..Scene::default().pace };
    let faults = FaultPlan::none().with(FaultKind::ThrottledOnce, 2);
    let rehearsal = Rehearsal::on(Scene { users: 60, faults, pace, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let (job, lines, _stop) = listening();
    let seen_parked = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.parked)).await;
        let traffic = describe::describe(&rehearsal.desk, (), &Job::quiet()).await.unwrap();
        let outlook = traffic.tenants[0].services.iter().find(|service| service.name == "outlook").unwrap();
        assert_eq!(outlook.held_until, None, "everybody else could be asked");
    };
    let (run, ()) = tokio::join!(check(&rehearsal, organization, &job), seen_parked);
    assert_eq!((run.state, run.ledger.passed), (RunState::Finished, 60));
    let lines = lines.lock().unwrap();
    let parked = lines.iter().find(|line| line.parked).unwrap();
    assert_eq!((parked.done, parked.waiting_until.is_some()), (58, true), "{parked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_an_import_that_meet_a_long_pause_say_until_when() {
    let rehearsal = Rehearsal::on(Scene { users: 20, faults: FaultPlan::none(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let is_told = |until: Option<i64>| until.is_some_and(|until| (1_100_000..=1_200_000).contains(&(until - clock()().0)));
    let long = || vec![Wire::ServiceUnavailable { retry_after: Some(1_200) }];

    // What a feed is answered is the affair of its mailbox; a check hears of the pause for all.
    rehearsal.sandbox.next_answers(long());
    let (job, lines, stop) = listening();
    let parked = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.parked)).await;
        stop.cancel();
    };
    tokio::join!(check(&rehearsal, organization, &job), parked);
    let came = rehearsal.sessions(organization, Whose::Everybody).await.unwrap();
    assert!(!came.whole && is_told(came.waiting_until.map(|until| until.0)), "{came:?}");
    let ask = SessionFigures { organization, days: 1 };
    let figures = figures(&rehearsal.desk, ask, &Job::quiet()).await.unwrap();
    assert!(is_told(figures.waiting_until.map(|until| until.0)), "{:?}", figures.waiting_until);

    // An import begins with several requests side by side, and whichever is refused, the others may be answered already.
    rehearsal.sandbox.next_answers(std::iter::repeat_with(long).take(16).flatten().collect());
    let ask = serde_json::json!({ "organization": organization, "from": { "kind": "all" }, "anew": true });
    let error = Box::pin(commands::call(&rehearsal.desk, "users.import", ask, &Job::quiet())).await.unwrap_err();
    assert!(error.code == Code::Throttled && is_told(error.until.map(|until| until.0)), "{error:?}");
    assert_eq!(rehearsal.sandbox.violations(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_run_stops_within_a_second_and_a_restart_keeps_the_pause() {
    let limits = Limits { in_ten_seconds: Some(700), ..Limits::default() };
    let pace = Pace { patience: Duration::from_secs(1), ..Scene::default().pace };
    let rehearsal = Rehearsal::on(Scene { users: 200, faults: FaultPlan::none(), limits, pace: pace.clone(), ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let (job, lines, stop) = listening();
    let stopped = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.parked)).await;
        stop.cancel();
        std::time::Instant::now()
    };
    let (run, asked) = tokio::join!(check(&rehearsal, organization, &job), stopped);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert_eq!((run.state, run.parked_until), (RunState::Interrupted, None), "somebody paused it, so it doesn't go on by itself");
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    drop(desk);
    let desk = open_desk(&folder, &pace).unwrap();
    hand_in(&desk, &sandbox).await.unwrap();
    let run = Box::pin(resume::resume(&desk, RunRef { run: run.id }, &Job::quiet())).await.unwrap();
    assert_eq!((run.state, run.ledger.passed), (RunState::Finished, 200));
    assert_eq!(sandbox.violations(), 0, "the new process knew of the pause");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_share_the_gate_and_both_get_on() {
    let latency = Duration::from_millis(15);
    let scene = Scene { users: 900, faults: FaultPlan::none(), latency, pace: at_once(4), ..Scene::default() };
    let rehearsal = Rehearsal::on(scene).await;
    rehearsal.sign_in().await.unwrap();
    let mut organizations = Vec::new();
    let people: Vec<String> = rehearsal.sandbox.planted().into_iter().map(|planted| planted.upn).collect();
    for (half, (name, external_id)) in people.chunks(450).zip([("Contoso EU", "EU-01"), ("Contoso US", "US-01")]) {
        let organization = rehearsal.organization(name, external_id).await.unwrap().id;
        let ask = ImportUsers { organization, from: Source::Csv { text: half.join("\n") }, anew: false };
        Box::pin(import(&rehearsal.desk, ask, &QUIET)).await.unwrap();
        organizations.push(organization);
    }
    let (first, second) = (organizations[0], organizations[1]);
    rehearsal.grant_as(first, Person::Admin).await.unwrap();
    rehearsal.hand_in_secret().await.unwrap();
    let ((one, one_lines, _), (other, other_lines, _)) = (listening(), listening());
    let (a, b) = tokio::join!(check(&rehearsal, first, &one), check(&rehearsal, second, &other));
    assert_eq!((a.ledger.passed, b.ledger.passed), (450, 450));
    let (one, other) = (one_lines.lock().unwrap().clone(), other_lines.lock().unwrap().clone());
    let done_when_half = |mine: &[Verified], theirs: &[Verified]| {
        let half = mine.iter().position(|line| line.done >= 225).unwrap_or(mine.len());
        theirs.get(half.min(theirs.len().saturating_sub(1))).map_or(0, |line| line.done)
    };
    let (fair, fair_too) = (done_when_half(&one, &other), done_when_half(&other, &one));
    assert!(fair > 60 && fair_too > 60, "when one is half done the other has begun in earnest: {fair}, {fair_too}");
    let total = a.counters.requests + b.counters.requests;
    let counted: u64 = rehearsal.sandbox.counts().iter().filter(|((route, _), _)| route.ends_with("/$batch")).map(|(_, count)| count).sum();
    assert!(u64::from(total) >= counted && a.counters.requests > 50 && b.counters.requests > 50, "each counts its own: {a:?} {b:?}");
    assert_eq!((rehearsal.sandbox.violations(), rehearsal.sandbox.duplicates()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_off_goes_on_by_itself_if_the_admin_chose_so() {
    let latency = Duration::from_millis(20);
    let rehearsal = Rehearsal::on(Scene { users: 300, faults: FaultPlan::none(), latency, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    let chosen = Settings { resume: Resume::ByItself, ..Settings::default() };
    settings::set(&rehearsal.desk, chosen, &Job::quiet()).await.unwrap();
    let Rehearsal { sandbox, desk, folder, kept, .. } = rehearsal;
    // The future of the run is dropped in its middle, as the end of a process would.
    let (job, lines, _stop) = listening();
    {
        let running = Box::pin(start::start(&desk, Verify { organization, which: Scope::All }, &job));
        tokio::select! {
            _ = running => panic!("it can't be done so soon"),
            () = until(|| lines.lock().unwrap().iter().any(|line| line.done > 0)) => {}
        }
    }
    drop(desk);
    // What was on its way to the disk still gets there, and the folder is free after that. Another program looks in first.
    until(|| open_desk(&folder, &Scene::default().pace).is_ok()).await;
    let desk = open_desk(&folder, &Scene::default().pace).unwrap();
    let CutOffRuns { runs: named, resume } = cut_off::cut_off(&desk, (), &Job::quiet()).await.unwrap();
    assert_eq!(resume, Resume::ByItself);
    assert_eq!(named.iter().map(|run| run.state).collect::<Vec<_>>(), [RunState::Interrupted]);
    assert!(cut_off::cut_off(&desk, (), &Job::quiet()).await.unwrap().runs.is_empty(), "once");
    hand_in(&desk, &sandbox).await.unwrap();
    let run = Box::pin(resume::resume(&desk, RunRef { run: named[0].id }, &Job::quiet())).await.unwrap();
    assert_eq!((run.state, run.ledger.passed), (RunState::Finished, 300));
    drop(desk);

    let desk = open_desk(&folder, &Scene::default().pace).unwrap();
    assert!(cut_off::cut_off(&desk, (), &Job::quiet()).await.unwrap().runs.is_empty(), "a finished run isn't cut off");
    drop(kept);
}

/// A check of so many mailboxes takes long enough for something to happen in its middle.
fn on_a_slow_line(pace: Pace) -> Scene {
    Scene { users: 400, faults: FaultPlan::none(), latency: Duration::from_millis(30), pace, ..Scene::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_while_the_line_is_down_and_goes_on_when_it_is_back() {
    let rehearsal = Rehearsal::on(on_a_slow_line(at_once(4))).await;
    let organization = rehearsal.ready().await.id;
    let Rehearsal { mut sandbox, desk, kept, .. } = rehearsal;
    let (job, lines, _stop) = listening();
    let told = |bound| lines.lock().unwrap().iter().filter(|line| line.bound == bound).count();
    let outage = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.done > 0)).await;
        sandbox.unplug().await;
        // Every try of the wire has failed more than once.
        until(|| told(Bound::Offline) > 2).await;
        sandbox.plug_in().await.unwrap();
    };
    let ask = Verify { organization, which: Scope::All };
    let (run, ()) = tokio::join!(Box::pin(start::start(&desk, ask, &job)), outage);
    let run = run.unwrap();
    assert_eq!((run.state, run.ledger.passed), (RunState::Finished, 400));
    assert_eq!(run.counters.retried, 0, "what never left was no try");
    assert_ne!(lines.lock().unwrap().last().unwrap().bound, Bound::Offline);
    assert_eq!(sandbox.duplicates(), 0);
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_for_the_line_stops_within_a_second_and_does_not_go_on_by_itself() {
    let pace = Pace { back_off: Duration::from_secs(1), longest_back_off: Duration::from_secs(30), tries: 1, ..at_once(4) };
    let rehearsal = Rehearsal::on(on_a_slow_line(pace)).await;
    let organization = rehearsal.ready().await.id;
    let Rehearsal { mut sandbox, desk, folder, kept, .. } = rehearsal;
    let (job, lines, stop) = listening();
    let stopped = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.done > 0)).await;
        sandbox.unplug().await;
        until(|| lines.lock().unwrap().iter().filter(|line| line.bound == Bound::Offline).count() > 1).await;
        stop.cancel();
        std::time::Instant::now()
    };
    let ask = Verify { organization, which: Scope::All };
    let (run, asked) = tokio::join!(Box::pin(start::start(&desk, ask, &job)), stopped);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert_eq!(run.unwrap().state, RunState::Interrupted);
    drop(desk);
    let desk = open_desk(&folder, &Scene::default().pace).unwrap();
    assert!(cut_off::cut_off(&desk, (), &Job::quiet()).await.unwrap().runs.is_empty(), "somebody has paused it");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_an_outage_has_broken_off_goes_on_by_itself_after_the_next_start() {
    let pace = Pace { patience: Duration::from_secs(1), ..at_once(4) };
    let rehearsal = Rehearsal::on(on_a_slow_line(pace.clone())).await;
    let organization = rehearsal.ready().await.id;
    let Rehearsal { mut sandbox, desk, folder, kept, .. } = rehearsal;
    let (job, lines, _stop) = listening();
    let outage = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.done > 0)).await;
        sandbox.unplug().await;
    };
    let ask = Verify { organization, which: Scope::All };
    let (broken, ()) = tokio::join!(Box::pin(start::start(&desk, ask, &job)), outage);
    assert_eq!(broken.unwrap_err().code, Code::Offline);
    drop(desk);

    let desk = open_desk(&folder, &pace).unwrap();
    let CutOffRuns { runs: named, .. } = cut_off::cut_off(&desk, (), &Job::quiet()).await.unwrap();
    assert_eq!(named.iter().map(|run| run.state).collect::<Vec<_>>(), [RunState::Interrupted]);
    sandbox.plug_in().await.unwrap();
    hand_in(&desk, &sandbox).await.unwrap();
    let run = Box::pin(resume::resume(&desk, RunRef { run: named[0].id }, &Job::quiet())).await.unwrap();
    assert_eq!((run.state, run.ledger.passed), (RunState::Finished, 400));
    drop(desk);
    let desk = open_desk(&folder, &pace).unwrap();
    assert!(cut_off::cut_off(&desk, (), &Job::quiet()).await.unwrap().runs.is_empty());
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_outlives_a_token_endpoint_in_trouble_and_asks_it_for_nothing_while_it_wants_to_be_left_alone() {
    let rehearsal = Rehearsal::on(on_a_slow_line(at_once(4))).await;
    let organization = rehearsal.ready().await.id;
    let (job, lines, _stop) = listening();
    let sandbox = &rehearsal.sandbox;
    let trouble = async {
        until(|| lines.lock().unwrap().iter().any(|line| line.done > 0)).await;
        // More than one renewal tries, then a wait that is longer than any of ours.
        let mut wires = vec![Wire::ServiceUnavailable { retry_after: None }; 8];
        wires.push(Wire::Close);
        wires.push(Wire::ServiceUnavailable { retry_after: Some(2) });
        sandbox.next_token_answers(wires);
        // Graph takes the token at hand no more.
        sandbox.advance(Duration::from_secs(2 * 60 * 60));
        std::time::Instant::now()
    };
    let (run, begun) = tokio::join!(check(&rehearsal, organization, &job), trouble);
    assert_eq!((run.state, run.ledger.passed, run.counters.retried), (RunState::Finished, 400, 0));
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(sandbox.early_token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_counted_as_the_service_counted_it_and_a_trace_names_nobody() {
    let limits = Limits { throttled_per_mille: 50, ..Limits::default() };
    let rehearsal = Rehearsal::on(Scene { users: 150, limits, ..Scene::default() }).await;
    let recording = record::record(&rehearsal.desk, record::RecordTraffic { on: true }, &Job::quiet()).await.unwrap().recording;
    let file = recording.expect("the trace file is named");
    let organization = rehearsal.ready().await.id;
    let before = rehearsal.sandbox.counts();
    let run = check(&rehearsal, organization, &Job::quiet()).await;
    let traffic = record::record(&rehearsal.desk, record::RecordTraffic { on: false }, &Job::quiet()).await.unwrap();
    assert_eq!(traffic.recording, None);

    let line = &traffic.tenants[0];
    let ours = |inside: bool, route: &str, status: u16| -> u64 {
        line.routes.iter().filter(|row| row.inside == inside && row.route == route && row.status == Some(status)).map(|row| row.count).sum()
    };
    let counts = rehearsal.sandbox.counts();
    let theirs = |route: &str, status: u16| counts.get(&(route.to_owned(), status)).copied().unwrap_or(0);
    assert_eq!(ours(false, "POST /$batch", 200), theirs("POST /$batch", 200));
    let inbox = "GET /users/{id}/mailFolders/inbox";
    for status in [200, 403, 404, 429] {
        assert_eq!(ours(true, inbox, status) + ours(false, inbox, status), theirs("GET /users/{u}/mailFolders/{f}", status), "{status}");
    }
    assert!(before.values().sum::<u64>() < counts.values().sum::<u64>());
    let outlook = line.services.iter().find(|service| service.name == "outlook").unwrap();
    assert_eq!((outlook.in_flight, outlook.waiting, outlook.held_until), (0, 0, None));
    assert!(run.counters.requests > 0);

    drop(describe::describe(&rehearsal.desk, (), &Job::quiet()).await.unwrap());
    until(|| std::fs::read_to_string(&file).is_ok_and(|text| text.lines().count() as u64 >= theirs("POST /$batch", 200))).await;
    let trace = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<serde_json::Value> =
        trace.lines().map(|line| serde_json::from_str(line).expect("each line is a document of its own")).collect();
    let refused = |inside: bool| lines.iter().filter(|line| line["inside"] == inside && line["status"] == 429).collect::<Vec<_>>();
    let parts = refused(true);
    let told: u64 = counts.iter().filter(|((_, status), _)| *status == 429).map(|(_, amount)| amount).sum();
    assert_eq!((parts.len() + refused(false).len()) as u64, told, "each refusal is told, alone or in a batch");
    assert!(parts.iter().all(|line| line["retry_after_ms"].as_u64() >= Some(1_000) && line["request_id"].is_string()), "{parts:?}");
    for planted in rehearsal.sandbox.planted() {
        assert!(!trace.contains(&planted.user_id) && !trace.contains(&planted.upn), "{}", planted.upn);
    }
    for issued in rehearsal.sandbox.issued() {
        assert!(!trace.contains(&issued), "a token or code is in the trace");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_what_bounds_the_run_and_learns_from_the_last_one() {
    let rehearsal = Rehearsal::on(Scene {
        users: 600,
        faults: FaultPlan::none(),
        latency: Duration::from_millis(25),
        pace: at_once(2),
        ..Scene::default()
    })
    .await;
    let organization = rehearsal.ready().await.id;
    let ask = || plan::plan(&rehearsal.desk, Verify { organization, which: Scope::All }, &QUIET);
    let first = ask().await.unwrap();
    assert!(!first.measured && first.seconds.0 <= first.seconds.1, "{first:?}");
    let begun = std::time::Instant::now();
    check(&rehearsal, organization, &QUIET).await;
    let took = begun.elapsed().as_secs_f64();
    let second = ask().await.unwrap();
    assert!(second.measured, "{second:?}");
    assert!(f64::from(second.seconds.0) <= took + 1.0 && took <= f64::from(second.seconds.1) + 1.0, "{second:?} after {took}");
}

static QUIET: std::sync::LazyLock<Job> = std::sync::LazyLock::new(Job::quiet);

/// A desk whose time of day is off by what `set` says at the moment, while its steady clock begins with that and then just runs.
fn desk_with_clock(folder: &std::path::Path, set: &Arc<AtomicI64>) -> Desk {
    let day = clock();
    let off: Clock = {
        let set = Arc::clone(set);
        Arc::new(move || rollcall_core::time::Timestamp(day().0 + set.load(Ordering::Relaxed)))
    };
    let begun = std::time::Instant::now();
    let steady = rollcall_core::time::steady(off(), move || begun.elapsed());
    let opening = Opening {
        folder: folder.to_owned(),
        vault: Vault::session_only(),
        clock: off,
        steady,
        pace: Scene::default().pace,
        start_practice: None,
    };
    Desk::open(opening).unwrap()
}
