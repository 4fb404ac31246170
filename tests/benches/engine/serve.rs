//! The practice tenant in a process of its own. It says where it is, and on a further line of input what it has seen.

use std::io::{BufRead, stdin};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rollcall_sandbox::world::{GRAPH_APP_ID, Principal, RequiredKind, RoleAssignment, World};
use rollcall_sandbox::{FaultKind, FaultPlan, Limits, Options, Sandbox};
use serde::{Deserialize, Serialize};

use crate::child::{Role, reply};
use crate::{truth, usage};

/// The name of this role.
pub const ROLE: &str = "serve";

/// What the practice tenant is like.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ground {
    pub users: u32,
    /// How long Graph takes for one request, in microseconds.
    pub latency_us: u64,
    /// That many of a thousand probes are answered 429 at first.
    pub throttled_per_mille: u32,
    /// More requests than this at once wait for each other.
    pub capacity: Option<u32>,
    /// Where what was planted is written.
    pub planted: Option<PathBuf>,
}

impl Ground {
    /// A tenant that answers each request after `latency` and lets everything through.
    pub fn of(users: u32, latency: Duration) -> Self {
        let latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        Self { users, latency_us, throttled_per_mille: 0, capacity: None, planted: None }
    }
}

/// How to reach it, as the practice tenant says.
#[derive(Clone, Serialize, Deserialize)]
pub struct Details {
    pub authority: String,
    pub graph: String,
    pub tenant_id: String,
    pub client_id: String,
    pub client_secret: String,
}

/// What it has seen.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Seen {
    /// Requests that came before their `Retry-After` had passed.
    pub violations: u64,
    /// Probes that were asked again although they had been answered.
    pub duplicates: u64,
    /// Answers to requests to Graph, parts of batches included.
    pub answers: u64,
    /// Of these, with 429.
    pub throttled: u64,
    /// Processor seconds that it used since it was opened.
    pub processor: Option<f64>,
    /// Seconds since it was opened.
    pub open: f64,
}

/// A practice tenant in a process of its own, from the outside.
pub struct Tenant {
    role: Role,
    pub details: Details,
}

impl Tenant {
    /// Opens it.
    pub fn open(ground: &Ground) -> Result<Self> {
        let mut role = Role::start(ROLE, ground)?;
        let details = role.hear()?;
        Ok(Self { role, details })
    }

    /// What it has seen so far.
    pub fn seen(&mut self) -> Result<Seen> {
        self.role.tell("seen")?;
        self.role.hear()
    }
}

/// Plays the practice tenant until nobody listens any more.
pub fn serve(ground: Ground) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let sandbox = runtime.block_on(Sandbox::start(options(&ground)))?;
    sandbox.change(grant).context("the practice integration can be granted what it asks for")?;
    if let Some(file) = &ground.planted {
        truth::write(file, &sandbox.planted())?;
    }
    let (opened, before) = (Instant::now(), usage::processor());
    reply(sandbox.details())?;
    for line in stdin().lock().lines() {
        line?;
        let processor = usage::processor().zip(before).map(|(now, before)| (now - before).as_secs_f64());
        reply(&seen(&sandbox, processor, opened.elapsed()))?;
    }
    Ok(())
}

fn options(ground: &Ground) -> Options {
    let limits = Limits { throttled_per_mille: ground.throttled_per_mille, capacity: ground.capacity, ..Limits::default() };
    let latency = Duration::from_micros(ground.latency_us);
    Options { users: ground.users, latency, faults: lasting(ground.users), limits, ..Options::default() }
}

/// Troubles that show at the first answer, about as frequent as in a real directory. Those that want waiting would measure the
/// waits; they are the acceptance tests' business.
fn lasting(users: u32) -> FaultPlan {
    let shares = [
        (FaultKind::MailboxNotEnabled, 20),
        (FaultKind::GuestWithoutMailbox, 20),
        (FaultKind::OnPremises, 10),
        (FaultKind::PolicyExcluded, 10),
        (FaultKind::ScopeExcluded, 5),
        (FaultKind::QuotaExceeded, 2),
        (FaultKind::InvalidLicense, 2),
        (FaultKind::MailboxMisconfigured, 2),
        (FaultKind::CalendarMissing, 2),
        (FaultKind::EmptyCode, 2),
    ];
    shares.into_iter().fold(FaultPlan::none(), |plan, (kind, per_mille)| plan.with(kind, users * per_mille / 1_000))
}

/// Grants the practice integration what it asks for, as an administrator would have done before the clocks start.
fn grant(world: &mut World) -> Option<()> {
    let app = world.practice_app()?;
    let (client_id, name) = (app.client_id.clone(), app.display_name.clone());
    let roles: Vec<String> = app
        .required
        .iter()
        .filter(|required| required.kind == RequiredKind::Role && required.resource_app_id == GRAPH_APP_ID)
        .map(|required| required.id.clone())
        .collect();
    let resource_id = world.principal_of(GRAPH_APP_ID)?.id.clone();
    let created_ms = rollcall_sandbox::world::FOUNDED_MS;
    let principal_id = match world.principal_of(&client_id) {
        Some(known) => known.id.clone(),
        None => {
            let id = "6f1e2a5c-0000-4000-8000-00000000be0c".to_owned();
            let principal =
                Principal { id: id.clone(), app_id: client_id, display_name: name, enabled: true, assignment_required: false, created_ms };
            world.principals.push(principal);
            id
        }
    };
    for (at, app_role_id) in roles.into_iter().enumerate() {
        let id = format!("benchmark-{at}");
        let (principal_id, resource_id) = (principal_id.clone(), resource_id.clone());
        world.role_assignments.push(RoleAssignment { id, principal_id, resource_id, app_role_id, created_ms });
    }
    Some(())
}

fn seen(sandbox: &Sandbox, processor: Option<f64>, open: Duration) -> Seen {
    let counts = sandbox.counts();
    Seen {
        violations: sandbox.violations(),
        duplicates: sandbox.duplicates(),
        answers: counts.values().sum(),
        throttled: counts.iter().filter(|((_, status), _)| *status == 429).map(|(_, count)| count).sum(),
        processor,
        open: open.as_secs_f64(),
    }
}
