//! Proves the scope from both sides: mailboxes that must answer and mailboxes that must be refused are asked in the integration's name.

use std::collections::HashSet;

use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::rules::{self, Reason};
use rollcall_core::scope::sample::draw;
use rollcall_core::scope::{Desired, Expected, Members, expect};
use rollcall_core::user::{DirectoryUser, MailboxKind};
use rollcall_graph::users;
use rollcall_store::proofs::{self, NewTarget, Sample};
use serde::Deserialize;
use ts_rs::TS;

use super::members::{self, Found};
use super::show::{ProofView, facts};
use super::{read, sitting};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::groups::directory;
use crate::job::{Job, Progress};
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;

/// What to prove it by.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProveScope {
    pub organization: OrganizationId,
    /// So many of those that must answer; all where absent.
    pub inside: Option<u32>,
    /// So many of those that must be refused; all where absent.
    pub outside: Option<u32>,
    /// From which the samples are drawn.
    pub seed: u32,
    /// Addresses that are asked in any case.
    pub named: Vec<String>,
}

/// Stopping the call pauses the proof: what was answered is kept, and [`resume`](super::resume::resume) goes on from there.
///
/// # Errors
/// `NotNow` with the reason; `NotFound` where the group is gone; those of the sign-in before anything is asked.
pub async fn prove(desk: &Desk, ask: ProveScope, job: &Job) -> Result<ProofView> {
    let of = OrganizationRef { organization: ask.organization };
    rules::may_prove(&standing(desk, ask.organization).await?).map_err(Error::not_now)?;
    let claim = Claim::on(desk, ask.organization, job)?;
    Box::pin(read::refresh(desk, of, job)).await?;
    let facts = desk.read(move |conn| facts(conn, of)).await?;
    if facts.coverage.workloads.is_empty() {
        return Err(Error::input("integration", "none of its permissions can be limited to mailboxes, so there is nothing to prove"));
    }
    let graph = directory(desk, ask.organization).await?;
    let members = match facts.desired.limit() {
        None => Members::default(),
        Some(limit) => match members::of(&graph, &limit.unit, &job.stop).await? {
            Found::Here(_, members) => members,
            Found::Gone => return Err(Error::not_found("the group of the scope was deleted: choose another one, and apply the change")),
        },
    };
    let mut everybody = Vec::new();
    let mut pages = users::pages(&graph, None, &job.stop);
    while let Some(page) = pages.next().await? {
        everybody.extend(page.items.into_iter().filter(has_mailbox));
        job.tell(Progress::Read { read: u32::try_from(everybody.len()).unwrap_or(u32::MAX) });
    }
    let (targets, sample) = choose(&ask, &facts.desired, &members, everybody);
    let connected = crate::connection::anew(desk, ask.organization, &claim.stop).await?;
    let now = desk.now();
    let id = desk
        .write(move |tx| {
            let expects = (&facts.desired, facts.change);
            proofs::create(tx, ask.organization, expects, &facts.coverage.workloads, &sample, &targets, now)
        })
        .await?;
    sitting::work(desk, &claim, &connected, id, job).await
}

/// Whether a mailbox of the tenant is to be expected. A guest's is elsewhere.
fn has_mailbox(user: &DirectoryUser) -> bool {
    user.mail.is_some() && user.mailbox_kind() != MailboxKind::Guest
}

fn choose(ask: &ProveScope, desired: &Desired, members: &Members, everybody: Vec<DirectoryUser>) -> (Vec<NewTarget>, Sample) {
    let side = |user: &DirectoryUser| expect(desired, members, user.object_id);
    let of =
        |wanted: Expected| -> Vec<ObjectId> { everybody.iter().filter(|user| side(user) == wanted).map(|user| user.object_id).collect() };
    let (inside, outside) = (of(Expected::Inside), of(Expected::Outside));
    let count = |ids: &[ObjectId]| u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let is_called = |user: &DirectoryUser, name: &str| {
        let same = |known: &str| known.eq_ignore_ascii_case(name);
        same(&user.upn) || user.mail.as_deref().is_some_and(same) || user.aliases.iter().any(|alias| same(alias))
    };
    let names: Vec<&str> = ask.named.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let named: HashSet<ObjectId> =
        everybody.iter().filter(|user| names.iter().any(|name| is_called(user, name))).map(|user| user.object_id).collect();
    let unknown = names.iter().filter(|name| !everybody.iter().any(|user| is_called(user, name)));
    let sample = Sample {
        seed: ask.seed,
        inside: ask.inside,
        outside: ask.outside,
        named: names.iter().map(|&name| name.to_owned()).collect(),
        unknown: unknown.map(|&name| name.to_owned()).collect(),
        of_inside: count(&inside),
        of_outside: count(&outside),
    };
    let drawn: HashSet<ObjectId> =
        draw(ask.seed, ask.inside, inside).into_iter().chain(draw(ask.seed, ask.outside, outside)).chain(named.iter().copied()).collect();
    let mut targets: Vec<NewTarget> = everybody
        .into_iter()
        .filter(|user| drawn.contains(&user.object_id))
        .map(|user| NewTarget {
            expected: side(&user),
            named: named.contains(&user.object_id),
            object_id: user.object_id,
            upn: user.upn,
            mail: user.mail,
            display_name: user.display_name,
        })
        .collect();
    // Those that were named come first: they are what somebody waits for.
    targets.sort_by_key(|target| !target.named);
    (targets, sample)
}

/// While it lives, no other sitting can work on a proof of the organization.
pub(super) struct Claim<'a> {
    desk: &'a Desk,
    pub organization: OrganizationId,
    /// Ends the sitting at its next safe point.
    pub stop: tokio_util::sync::CancellationToken,
}

impl<'a> Claim<'a> {
    /// Claims the organization.
    ///
    /// # Errors
    /// `NotNow` while another sitting works on it.
    pub fn on(desk: &'a Desk, organization: OrganizationId, job: &Job) -> Result<Self> {
        let mut proving = desk.proving();
        if proving.contains_key(&organization) {
            return Err(Error::not_now(Reason::RunUnderWay));
        }
        let stop = job.stop.child_token();
        proving.insert(organization, stop.clone());
        Ok(Self { desk, organization, stop })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.desk.proving().remove(&self.organization);
    }
}
