//! The engine in a process of its own: imports, verifies, compares what it found with what was planted, and says what it cost.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rollcall_core::id::{OrganizationId, UserId};
use rollcall_ops::desk::Desk;
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::runs::describe::RunRef;
use rollcall_ops::users::import::{ImportUsers, Source};
use rollcall_ops::users::query::{Sort, UserFilter, UserQuery, WINDOW_LIMIT};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::{runs, users, verify};
use rollcall_store::runs::{Run, RunState};
use rollcall_store::users::UserSort;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::serve::Details;
use crate::stage::{self, WORKLOADS, told};
use crate::truth::Truth;
use crate::usage::{self, Threads};

/// The name of this role.
pub const ROLE: &str = "ours";

/// What to do after everybody was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Check {
    /// Nothing.
    None,
    /// Check everybody.
    All,
    /// Check so many of them.
    Some(u32),
    /// Start so many runs over everybody, one after the other, and cancel each when its first verdict is shown.
    First(u32),
}

/// What to do.
#[derive(Serialize, Deserialize)]
pub struct Errand {
    pub details: Details,
    /// How many requests are in flight, always; the engine's own choice where it is absent.
    pub in_flight: Option<u32>,
    pub check: Check,
    /// What was planted, to compare with.
    pub planted: PathBuf,
}

/// How it went. Times in seconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Done {
    pub import: f64,
    pub import_processor: Option<f64>,
    pub check: f64,
    pub check_processor: Option<f64>,
    /// Processor time of the threads that work on the database, while the check went on.
    pub storing: Option<f64>,
    pub peak_kb: Option<u64>,
    /// From each start of a run to its first verdict.
    pub first: Vec<f64>,
    pub listed: u32,
    pub checked: u32,
    /// Requests that the run sent, answers that said to wait, and probes that were asked again.
    pub requests: u32,
    pub throttled: u32,
    pub retried: u32,
    /// Mailboxes whose verdict is not the planted one, and the first of them.
    pub wrong: u32,
    pub mistake: Option<String>,
}

/// Runs the errand on the runtime that the faces have.
pub fn run(errand: Errand) -> Result<Done> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // What a thread of the database has used is read when the check is over.
        .thread_keep_alive(Duration::from_secs(3_600))
        .build()?;
    runtime.block_on(Box::pin(go(errand)))
}

async fn go(errand: Errand) -> Result<Done> {
    let folder = tempfile::tempdir()?;
    // Until now only the threads that run the engine's own code are there.
    let workers = Threads::now();
    let (desk, organization) = stage::set(&folder.path().join("data"), &errand.details, errand.in_flight).await?;
    let mut done = Done::default();

    let (started, before) = (Instant::now(), usage::processor());
    let ask = ImportUsers { organization, from: Source::All, anew: false };
    let imported = Box::pin(users::import::import(&desk, ask, &Job::quiet())).await.map_err(told)?;
    (done.import, done.import_processor) = (started.elapsed().as_secs_f64(), since(before));
    done.listed = imported.read;
    done.peak_kb = usage::peak_memory();

    let scope = match errand.check {
        Check::None => return Ok(done),
        Check::First(times) => {
            for _ in 0..times {
                done.first.push(first_verdict(&desk, organization).await?);
            }
            return Ok(done);
        }
        Check::All => Scope::All,
        Check::Some(many) => Scope::Users { users: some(&desk, many).await? },
    };
    let (started, before, stored) = (Instant::now(), usage::processor(), workers.later_ones());
    let run = Box::pin(verify::start::start(&desk, Verify { organization, which: scope }, &Job::quiet())).await.map_err(told)?;
    (done.check, done.check_processor) = (started.elapsed().as_secs_f64(), since(before));
    done.storing = workers.later_ones().map(|now| (now - stored.unwrap_or_default()).as_secs_f64());
    done.peak_kb = usage::peak_memory();
    ensure!(run.state == RunState::Finished, "the run ended as {:?}", run.state);
    done.checked = run.ledger.total();
    (done.requests, done.throttled, done.retried) = (run.counters.requests, run.counters.throttled, run.counters.retried);
    compare(&desk, &run, &Truth::read(&errand.planted)?, errand.check, &mut done).await?;
    Ok(done)
}

fn since(before: Option<Duration>) -> Option<f64> {
    usage::processor().zip(before).map(|(now, before)| (now - before).as_secs_f64())
}

/// The first so many users by name.
pub async fn some(desk: &Desk, many: u32) -> Result<Vec<UserId>> {
    let mut found = Vec::new();
    while found.len() < many as usize {
        let offset = u32::try_from(found.len())?;
        let limit = (many - offset).min(WINDOW_LIMIT);
        let sort = Sort { by: UserSort::Name, descending: false };
        let ask = UserQuery { filter: UserFilter::default(), sort, offset, limit, workloads: false };
        let page = users::query::query(desk, ask, &Job::quiet()).await.map_err(told)?;
        ensure!(!page.rows.is_empty(), "there are only {} users", found.len());
        found.extend(page.rows.iter().map(|row| row.user.id));
    }
    Ok(found)
}

/// Seconds from the start of a run until a verdict is told; then the run is cancelled.
async fn first_verdict(desk: &Desk, organization: OrganizationId) -> Result<f64> {
    let stop = CancellationToken::new();
    let first: Arc<Mutex<Option<Instant>>> = Arc::default();
    let (seen, enough) = (Arc::clone(&first), stop.clone());
    let job = Job::new(stop, move |progress| {
        if let Progress::Verified(line) = progress
            && line.done > 0
        {
            seen.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
            enough.cancel();
        }
    });
    let started = Instant::now();
    let run = Box::pin(verify::start::start(desk, Verify { organization, which: Scope::All }, &job)).await.map_err(told)?;
    Box::pin(verify::cancel::cancel(desk, RunRef { run: run.id }, &Job::quiet())).await.map_err(told)?;
    let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(first) = first else { anyhow::bail!("the run ended without a verdict") };
    Ok(first.duration_since(started).as_secs_f64())
}

/// Compares the run with what was planted, mailbox by mailbox.
async fn compare(desk: &Desk, run: &Run, truth: &Truth, check: Check, done: &mut Done) -> Result<()> {
    let expected = match check {
        Check::Some(many) => many as usize,
        Check::All | Check::None | Check::First(_) => truth.len(),
    };
    ensure!(run.ledger.total() as usize == expected, "{} mailboxes were to be checked, {} were", expected, run.ledger.total());
    let (sender, found) = mpsc::channel();
    let all = runs::results::each(desk, run.id, move |result| {
        // The other end lives until all are in.
        let _ = sender.send(result);
    });
    all.await.map_err(told)?;
    let mut compared = 0;
    for result in found {
        compared += 1;
        if let Some(mistake) = truth.contradicts(&result, &WORKLOADS) {
            done.wrong += 1;
            done.mistake.get_or_insert(mistake);
        }
    }
    ensure!(compared == expected, "the run of {expected} mailboxes has results of {compared}");
    Ok(())
}
