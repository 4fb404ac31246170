use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use rollcall_core::id::RunId;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_store::probes;
use rollcall_store::runs::{self, Counters, RunEnd, RunState, Which};

use crate::fixture::{NOW, open, passed, refused, room};

const FOLDER: &str = "ROLLCALL_TEST_RECORD";

/// Runs in a process of its own, started and killed by the test below: it says what it has recorded, after each commit.
#[test]
fn record_until_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let store = open(Path::new(&folder));
    let run = store.read(runs::unfinished).unwrap()[0].id;
    store.write(|tx| runs::resume(tx, run)).unwrap();
    loop {
        let queue = store.read(|conn| probes::queued(conn, run, None, 7)).unwrap();
        if queue.is_empty() {
            store.write(|tx| runs::finish(tx, run, RunEnd::Finished, NOW)).unwrap();
            return;
        }
        let answer = |probe: &probes::QueuedProbe| {
            let answer = if probe.user.0.is_multiple_of(5) { refused } else { passed };
            answer(probe.user, probe.workload)
        };
        let answers: Vec<_> = queue.iter().map(answer).collect();
        let counters = Counters { requests: u32::try_from(answers.len()).unwrap(), throttled: 0, retried: 0 };
        store.write(|tx| probes::commit(tx, run, &answers, &[], counters, NOW)).unwrap();
        let shown: String = queue.iter().map(|probe| format!("\nshown {} {}", probe.user, probe.workload)).collect();
        println!("{shown}");
    }
}

/// Starts the recorder, lets it show `lines`, kills it, and answers everything that it managed to show.
fn shown_before_the_kill(folder: &Path, lines: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::record_until_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while text.matches("\nshown").count() < lines && out.read_line(&mut text).unwrap() > 0 {}
    child.kill().unwrap();
    out.read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    // A line without its end was cut by the kill: nobody read it.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().filter(|line| line.starts_with("shown ")).map(str::to_owned).collect()
}

/// What the store holds after a kill, held against itself; answers what is recorded, as the recorder would say it.
fn audit(folder: &Path, run: RunId) -> HashSet<String> {
    let store = open(folder);
    let run = store.read(|conn| runs::get(conn, run)).unwrap();
    let mut recorded = HashSet::new();
    let (mut done, mut failed) = (0, 0);
    store
        .read(|conn| {
            runs::each_result(conn, run.id, |result| {
                let answered = result.workloads.iter().filter(|workload| workload.checked.is_some());
                recorded.extend(answered.map(|workload| format!("shown {} {}", result.user, workload.workload)));
                assert!(result.workloads.iter().all(|workload| workload.intact));
                let complete = result.workloads.iter().all(|workload| workload.checked.is_some());
                done += u32::from(complete);
                failed += u32::from(complete && result.verdict == Verdict::Failed);
                Ok::<_, rollcall_store::StoreError>(())
            })
        })
        .unwrap();
    let figures = (run.probes_done as usize, run.counters.requests as usize, run.mailboxes_done, run.ledger.failed, run.ledger.total());
    assert_eq!(figures, (recorded.len(), recorded.len(), done, failed, run.mailboxes), "the figures are those of the rows");
    recorded
}

#[test]
fn fifty_kills_lose_nothing_that_was_shown_and_count_nothing_twice() {
    let room = room();
    room.fill(300);
    let workloads = Workload::ALL.map(|workload| (workload, None));
    let run = room.store.write(|tx| runs::create(tx, room.organization, &workloads, &Which::All, NOW)).unwrap();
    let folder = room.folder;
    drop(room.store);

    let mut shown: HashSet<String> = HashSet::new();
    let mut random: u64 = 2026;
    for kill in 0..50 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lines = usize::try_from(random >> 59).unwrap();
        for line in shown_before_the_kill(folder.path(), lines) {
            assert!(shown.insert(line.clone()), "{line} was asked again after it was shown, at kill {kill}");
        }
        let recorded = audit(folder.path(), run);
        let lost: Vec<_> = shown.difference(&recorded).collect();
        assert!(lost.is_empty(), "shown and lost at kill {kill}: {lost:?}");
    }
    shown_before_the_kill(folder.path(), usize::MAX);
    assert_eq!(audit(folder.path(), run).len(), 1500);
    assert_eq!(open(folder.path()).read(|conn| runs::get(conn, run)).unwrap().state, RunState::Finished);
}
