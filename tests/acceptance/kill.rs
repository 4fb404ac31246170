//! The process is killed in the middle of a run, again and again: what was shown as done stays done, and is not done again.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rollcall_core::id::RunId;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_ops::desk::Desk;
use rollcall_ops::job::Job;
use rollcall_ops::runs::{list, results};
use rollcall_sandbox::FaultPlan;
use rollcall_store::runs::RunState;
use rollcall_tests::{Rehearsal, Scene, open_desk};

const KILLS: u32 = 50;

/// What is on disk of one probe that has been answered: the verdict, and which request answered it.
type Settled = HashMap<(String, Workload), (Verdict, Option<String>)>;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_lose_and_repeat_nothing_that_was_shown_as_done() {
    let latency = Duration::from_millis(20);
    let rehearsal = Rehearsal::on(Scene { users: 400, faults: FaultPlan::none(), latency, ..Scene::default() }).await;
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
        let mut sitting = sit(&folder, &secret);
        let shown = shown_until_killed(&mut sitting, round);
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

/// Starts a sitting and hands it the secret.
fn sit(folder: &Path, secret: &str) -> Child {
    let mut sitting = Command::new(env!("CARGO_BIN_EXE_sitting"))
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the sitting starts");
    sitting.stdin.take().expect("its input is piped").write_all(secret.as_bytes()).expect("it reads the secret");
    sitting
}

/// Lets the sitting show a few lines, kills it, and answers the most mailboxes that it has shown as done.
fn shown_until_killed(sitting: &mut Child, round: u32) -> u32 {
    let lines = lines(sitting);
    let mut shown = 0;
    // Different rounds are killed at different lines, some before the first.
    for _ in 0..(round % 7) {
        let Ok(line) = lines.recv_timeout(Duration::from_secs(30)) else { break };
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
