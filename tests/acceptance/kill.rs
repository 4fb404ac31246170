//! The process is killed in the middle of a run, of sessions, of a switch, and of what is done with many users at once, again and again:
//! what was shown as done stays done, is not done again, and the next start says what was cut off.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rollcall_core::id::{OrganizationId, RunId, UserId};
use rollcall_core::mailbox::MailboxStatus;
use rollcall_core::organization::AccessType;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_ops::desk::Desk;
use rollcall_ops::job::Job;
use rollcall_ops::journal::{self, JournalEntry, JournalState, ListJournal};
use rollcall_ops::organizations::acknowledge::acknowledge;
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::runs::{list, results};
use rollcall_ops::sync::cut_off::cut_off;
use rollcall_ops::sync::pause::{PauseSessions, pause};
use rollcall_ops::users::cut_off::cut_off as actions_cut_off;
use rollcall_ops::users::query::{UserQuery, query};
use rollcall_sandbox::{FaultPlan, Limits};
use rollcall_store::runs::RunState;
use rollcall_store::sessions::{self, Due};
use rollcall_store::users::{Sort, UserFilter};
use rollcall_store::{Store, cursors};
use rollcall_tests::{Rehearsal, Scene, clock, open_desk};

const KILLS: u32 = 50;

/// What is on disk of one probe that has been answered: the verdict, and which request answered it.
type Settled = HashMap<(String, Workload), (Verdict, Option<String>)>;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_lose_and_repeat_nothing_that_was_shown_as_done() {
    let latency = Duration::from_millis(20);
    // Of what is asked, some is refused for a second; a kill may come before that is on disk.
    let limits = Limits { throttled_per_mille: 50, ..Limits::default() };
    let rehearsal = Rehearsal::on(Scene { users: 400, faults: FaultPlan::none(), latency, limits, ..Scene::default() }).await;
    rehearsal.ready().await;
    let (folder, secret) = (rehearsal.folder().to_owned(), rehearsal.sandbox.details().client_secret.clone());
    let Rehearsal { sandbox, desk, kept, .. } = rehearsal;
    drop(desk);

    let (mut before, mut of_run) = (Settled::new(), None);
    let (mut killed, mut finished) = (0, 0);
    for round in 0.. {
        if killed == KILLS {
            break;
        }
        assert!(round < 10 * KILLS, "runs are over before they can be killed: {killed} of {round}");
        let mut sitting = sit(&folder, "verify", &secret);
        let shown = shown_until_killed(&mut sitting, round % 7);
        let desk = open_desk(&folder, &Scene::default().pace).unwrap();
        let Some(run) = list::list(&desk, list::ListRuns::default(), &Job::quiet()).await.unwrap().into_iter().next() else {
            killed += 1;
            continue;
        };
        if of_run != Some(run.id) {
            (before, of_run) = (Settled::new(), Some(run.id));
        }
        let after = settled(&desk, run.id).await;
        assert_eq!(run.probes_done as usize, after.len(), "the run's figures agree with its rows");
        assert!(run.mailboxes_done >= shown, "{shown} mailboxes were shown as done and {} are", run.mailboxes_done);
        for (probe, answer) in &before {
            assert_eq!(after.get(probe), Some(answer), "an answer that was kept is neither lost nor asked for again");
        }
        before = after;
        match run.state {
            RunState::Finished => finished += 1,
            RunState::Interrupted => killed += 1,
            state @ (RunState::Running | RunState::Cancelled) => panic!("a run that nobody works on is {state:?}"),
        }
    }
    assert!(finished > 0 || !before.is_empty(), "the kills hit runs that had got somewhere");
    assert_eq!(sandbox.violations(), 0);
    drop(kept);
}

/// Starts a sitting at something and hands it the secret.
fn sit(folder: &Path, what: &str, secret: &str) -> Child {
    let mut sitting = Command::new(env!("CARGO_BIN_EXE_sitting"))
        .arg(folder)
        .arg(what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the sitting starts");
    sitting.stdin.take().expect("its input is piped").write_all(secret.as_bytes()).expect("it reads the secret");
    sitting
}

/// Lets the sitting show so many times that more is done, kills it, and answers the most that it has shown as done. Different rounds are
/// killed at different times, some before anything is.
fn shown_until_killed(sitting: &mut Child, times: u32) -> u32 {
    let lines = lines(sitting);
    let (mut shown, mut more) = (0, 0);
    while more < times {
        let Ok(line) = lines.recv_timeout(Duration::from_secs(30)) else { break };
        more += u32::from(done(&line) > shown);
        shown = done(&line).max(shown);
    }
    let _ = sitting.kill();
    let _ = sitting.wait();
    lines.iter().map(|line| done(&line)).fold(shown, u32::max)
}

fn lines(sitting: &mut Child) -> Receiver<String> {
    let out = BufReader::new(sitting.stdout.take().expect("its output is piped"));
    let (sender, receiver) = channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    receiver
}

fn done(line: &str) -> u32 {
    line.split(' ').nth(1).and_then(|count| count.parse().ok()).unwrap_or(0)
}

async fn settled(desk: &Desk, run: RunId) -> Settled {
    let (sender, receiver) = channel();
    results::each(desk, run, move |mailbox| {
        for answer in mailbox.workloads.into_iter().filter(|answer| answer.checked.is_some()) {
            let _ = sender.send(((mailbox.object_id.to_string(), answer.workload), (answer.verdict, answer.request_id)));
        }
    })
    .await
    .unwrap();
    receiver.into_iter().collect()
}

/// The sessions of an organization's users as they are on disk, which have to agree with each other.
struct Read {
    users: usize,
    /// Sessions of each user.
    sessions: HashMap<UserId, usize>,
}

impl Read {
    fn of(folder: &Path, organization: OrganizationId) -> Self {
        let store = Store::open(folder, clock()()).unwrap().store;
        store
            .read(|conn| {
                let long_ahead = Timestamp(i64::MAX);
                let users = sessions::due(conn, organization, Due::Since(long_ahead), long_ahead, u32::MAX)?;
                let mut kept = HashMap::new();
                for user in &users {
                    let of_user = sessions::of_user(conn, user.user)?;
                    let cursors: HashSet<Workload> =
                        cursors::of_mailbox(conn, user.user, None)?.into_iter().map(|one| one.workload).collect();
                    let passed = |workload| {
                        let readings = of_user.iter().flat_map(|session| &session.readings);
                        readings.into_iter().any(|reading| reading.workload == workload && reading.verdict == Verdict::Passed)
                    };
                    for workload in [Workload::Mail, Workload::Calendar, Workload::Contacts, Workload::Tasks] {
                        assert_eq!(cursors.contains(&workload), passed(workload), "a feed goes on where a session has kept its place");
                    }
                    kept.insert(user.user, of_user.len());
                }
                let hours = sessions::hours(conn, organization, Timestamp(0))?;
                let counted: u32 = hours.iter().map(|hour| hour.passed + hour.failed + hour.unknown).sum();
                assert_eq!(counted as usize, kept.values().sum::<usize>(), "the figures count each session that is kept, once");
                Ok(Self { users: users.len(), sessions: kept })
            })
            .unwrap()
    }

    fn done(&self) -> usize {
        self.sessions.values().sum()
    }
}

/// The entries of the journal of one kind, the latest first.
async fn entries(desk: &Desk, action: &str) -> Vec<JournalEntry> {
    let mut entries = journal::list(desk, ListJournal { before: None, limit: 200 }, &Job::quiet()).await.unwrap();
    entries.retain(|entry| entry.action == action);
    assert!(matches!(journal::verify(desk, (), &Job::quiet()).await.unwrap(), JournalState::Whole { .. }));
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_are_killed_go_on_and_none_is_counted_twice() {
    let latency = Duration::from_millis(20);
    let limits = Limits { throttled_per_mille: 50, ..Limits::default() };
    let rehearsal = Rehearsal::on(Scene { users: 250, faults: FaultPlan::none(), latency, limits, ..Scene::default() }).await;
    let organization = rehearsal.ready().await.id;
    pause(&rehearsal.desk, PauseSessions { organization, paused: false }, &Job::quiet()).await.unwrap();
    let (folder, secret) = (rehearsal.folder().to_owned(), rehearsal.sandbox.details().client_secret.clone());
    let Rehearsal { sandbox, desk, kept, .. } = rehearsal;
    drop(desk);

    let (mut before, mut cut) = (0, 0);
    for round in 0.. {
        assert!(round < 60, "sessions don't come to an end");
        let mut sitting = sit(&folder, "sessions", &secret);
        let shown = shown_until_killed(&mut sitting, round % 4);
        let desk = open_desk(&folder, &Scene::default().pace).unwrap();
        let told = entries(&desk, "sync.cut_off").await;
        drop(desk);
        let now = Read::of(&folder, organization);
        assert!(now.done() >= before + shown as usize, "{shown} were shown in addition to {before}, and {} are kept", now.done());
        assert!(now.sessions.values().all(|count| *count <= 1), "whoever was read is not due again");
        if (before + 1..now.users).contains(&now.done()) {
            cut += 1;
            let after = told[0].after.clone().unwrap();
            assert!(
                after.starts_with(&format!("{} were read and are kept;", now.done() - before)),
                "the start says how far it came: {after}"
            );
        }
        before = now.done();
        if before == now.users {
            break;
        }
    }
    assert!(cut > 1, "the kills hit sessions that had got somewhere");
    let desk = open_desk(&folder, &Scene::default().pace).unwrap();
    let told = entries(&desk, "sync.cut_off").await.len();
    drop(desk);
    let desk = open_desk(&folder, &Scene::default().pace).unwrap();
    assert_eq!(entries(&desk, "sync.cut_off").await.len(), told, "it is said once");
    let untold = cut_off(&desk, (), &Job::quiet()).await.unwrap();
    assert_eq!(untold.len(), 1, "the window is told of the latest, however many programs were opened in between");
    assert!(untold[0].organization == organization && untold[0].read <= untold[0].users, "{untold:?}");
    assert!(cut_off(&desk, (), &Job::quiet()).await.unwrap().is_empty(), "once");
    assert_eq!(sandbox.violations(), 0);
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_is_killed_is_one_of_everybody_or_of_nobody_and_ends_initialized() {
    let latency = Duration::from_millis(20);
    let rehearsal = Rehearsal::on(Scene { users: 250, faults: FaultPlan::none(), latency, ..Scene::default() }).await.of_ready_people();
    let organization = rehearsal.ready().await.id;
    let (desk, quiet) = (&rehearsal.desk, Job::quiet());
    let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization) };
    change(desk, to_ews, &quiet).await.unwrap();
    acknowledge(desk, OrganizationRef { organization }, &quiet).await.unwrap();
    let (folder, secret) = (rehearsal.folder().to_owned(), rehearsal.sandbox.details().client_secret.clone());
    let Rehearsal { sandbox, desk, kept, .. } = rehearsal;
    drop(desk);

    let (mut on_the_way, mut was_over) = (0, false);
    for round in 0.. {
        assert!(round < 60, "the switch doesn't come to an end");
        let mut sitting = sit(&folder, "switch", &secret);
        shown_until_killed(&mut sitting, round % 6);
        let desk = open_desk(&folder, &Scene::default().pace).unwrap();
        let ask = UserQuery { filter: UserFilter::default(), sort: Sort::default(), offset: 0, limit: 1_000, workloads: false };
        let rows = query(&desk, ask, &Job::quiet()).await.unwrap().rows;
        let over = rows.iter().filter(|row| row.effective_access == AccessType::GraphAppOnly).count();
        assert!(over == 0 || over == rows.len(), "{over} of {} are switched", rows.len());
        assert!(over > 0 || !was_over, "nobody goes back");
        was_over = over > 0;
        assert_eq!(entries(&desk, "users.switch").await.len(), usize::from(was_over), "the journal knows of it once it is done");
        for row in &rows {
            let expected = match (was_over, row.session) {
                (false, _) => MailboxStatus::NotInitialized,
                (true, Some(Verdict::Passed)) => MailboxStatus::Initialized,
                // Not read yet, or without a mailbox that could be.
                (true, _) => MailboxStatus::Switching,
            };
            assert_eq!(row.user.mailbox, expected, "{} after {:?}", row.user.directory.upn, row.session);
        }
        let read = rows.iter().filter(|row| row.session.is_some()).count();
        on_the_way += u32::from((1..rows.len()).contains(&read));
        if read == rows.len() {
            assert!(rows.iter().filter(|row| row.user.mailbox == MailboxStatus::Initialized).count() > 200);
            break;
        }
    }
    assert!(on_the_way > 0, "the kills hit users on the way");
    assert_eq!(sandbox.violations(), 0);
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_with_ten_thousand_users_and_killed_is_done_with_all_or_with_none() {
    let rehearsal = Rehearsal::on(Scene { users: 10_000, faults: FaultPlan::none(), ..Scene::default() }).await;
    rehearsal.sign_in().await.unwrap();
    let organization = rehearsal.organization("Contoso EU", "EU-01").await.unwrap().id;
    rehearsal.import(organization).await.unwrap();
    let folder = rehearsal.folder().to_owned();
    let Rehearsal { sandbox, desk, kept, .. } = rehearsal;
    drop(desk);

    let (mut excluded, mut flips, mut untouched, mut said) = (false, 0, 0, 0);
    for round in 0..12 {
        let mut sitting = sit(&folder, if excluded { "include" } else { "exclude" }, "");
        let lines = lines(&mut sitting);
        // Somewhere between its beginning and its end, each time at another place; the last comes to its end.
        let begun = lines.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(begun, "begun 0");
        let shown = if round == 11 {
            lines.recv_timeout(Duration::from_secs(60)).is_ok()
        } else {
            lines.recv_timeout(Duration::from_millis(round * 25)).is_ok()
        };
        let _ = sitting.kill();
        let _ = sitting.wait();
        let desk = open_desk(&folder, &Scene::default().pace).unwrap();
        let filter = UserFilter { mailbox: vec![MailboxStatus::Excluded], ..UserFilter::default() };
        let out = query(&desk, UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1, workloads: false }, &Job::quiet())
            .await
            .unwrap()
            .matching;
        assert!(out == 0 || out == 10_000, "{out} users are excluded");
        let flipped = (out > 0) != excluded;
        assert!(flipped || !shown, "what was shown as done is done");
        let not_done = actions_cut_off(&desk, (), &Job::quiet()).await.unwrap();
        assert!(not_done.len() <= usize::from(!flipped), "{not_done:?} of what {}", if flipped { "was done" } else { "was not" });
        said += not_done.len();
        if flipped {
            (excluded, flips) = (!excluded, flips + 1);
        } else {
            untouched += 1;
        }
        let told = entries(&desk, "users.exclude").await.len() + entries(&desk, "users.include").await.len();
        assert_eq!(told, flips, "the journal has an entry for each that was done, and none for one that wasn't");
    }
    assert!(flips > 0 && untouched > 0, "{flips} were done and {untouched} were not");
    assert!(said > 0, "the start says what was not done");
    drop((sandbox, kept));
}
