//! Shows the access scope of an organization: the wish, what was last read, what makes it void, and what the last proof came to.

use rollcall_core::integration::Integration;
use rollcall_core::rules::{self, Reason};
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::cover::{self, Coverage};
use rollcall_core::scope::finding::Outcome;
use rollcall_core::scope::present::{self, Granted, Void};
use rollcall_core::scope::{Desired, Limit, Mechanism};
use rollcall_core::time::Timestamp;
use rollcall_store::proofs;
pub use rollcall_store::proofs::{Proof, Sample, Target};
use rollcall_store::runs::RunState;
use rollcall_store::{Connection, StoreError, integrations, organizations, scopes, tenants};
use serde::Serialize;
use ts_rs::TS;

use super::read::Reading;
use super::shared::{Sharer, is_contested, sharers};
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;
use crate::practice::exchange::is_practice;

/// The access scope of an organization.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScopeView {
    pub desired: Desired,
    /// When it was set; `None` where nobody ever has.
    pub set_at: Option<Timestamp>,
    pub coverage: Coverage,
    pub reading: Option<Reading>,
    /// What makes the scope worth less than it looks, by the last reading.
    pub voids: Vec<Void>,
    pub change: Option<ChangeView>,
    /// Whether what is known to be in force was read before the last change, and so may be so no more.
    pub read_before_change: bool,
    /// The other organizations of the application that the wish concerns. Exchange has one limit for all of them.
    pub shared: Vec<Sharer>,
    /// Whether one of them wishes otherwise than this organization does. Nothing is planned then.
    pub contested: bool,
    /// The last proof, and what it is of.
    pub proof: Option<ProofView>,
    pub stands: Stands,
    /// Whether one is under way.
    pub under_way: bool,
    /// Whether the tenant is the practice tenant, whose Exchange Rollcall may change.
    pub practice: bool,
    /// Of how many mailboxes something is kept that the test cmdlets said.
    pub said: u32,
    pub may_prove: Option<Reason>,
}

/// Of what the last proof is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ProofStands")]
pub enum Stands {
    /// Of the scope as it is wanted now, after its last change.
    Now,
    /// Another scope was wanted then.
    OtherScope,
    /// What is in force was changed since.
    BeforeChange,
}

impl Stands {
    /// The name used in JSON and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::OtherScope => "other_scope",
            Self::BeforeChange => "before_change",
        }
    }

    pub(super) fn of(proof: &Proof, facts: &Facts) -> Self {
        let granted_otherwise = facts.reading.as_ref().is_some_and(|reading| reading.is_granted_otherwise_since(proof.started));
        if !proof.desired.is_same(&facts.desired) {
            Self::OtherScope
        } else if proof.change != facts.change || granted_otherwise {
            Self::BeforeChange
        } else {
            Self::Now
        }
    }
}

/// A change, and from when on contradictions to it count.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct ChangeView {
    pub change: Change,
    pub settles: Timestamp,
    pub settled: bool,
}

/// A proof and what it comes to.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ProofView {
    pub proof: Proof,
    pub outcome: Outcome,
    /// When what was too early to judge is asked again by itself, while Rollcall is open.
    pub next_probe: Option<Timestamp>,
    /// Whether that, or the next try of what was put off, waits for the integration's secret: without it nothing is asked by itself.
    pub waits_for_secret: bool,
}

impl From<Proof> for ProofView {
    fn from(proof: Proof) -> Self {
        let next_probe = next_probe(&proof);
        Self { outcome: proof.tally.outcome(proof.sample.of_inside, proof.sample.of_outside), next_probe, waits_for_secret: false, proof }
    }
}

/// When the clock wants those asked again that were too early to judge; it goes on with no proof that was paused or ended.
pub(super) fn next_probe(proof: &Proof) -> Option<Timestamp> {
    proof.change.filter(|_| proof.state == RunState::Finished).and_then(|change| match proof.early {
        Some(asked) => Some(change.next_probe(asked).unwrap_or(asked)),
        None => (proof.tally.provisional > 0).then(|| change.settles()),
    })
}

/// # Errors
/// `NotFound`.
pub async fn show(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<ScopeView> {
    let standing = standing(desk, ask.organization).await?;
    let now = desk.now();
    let mut view = desk.read(move |conn| view(conn, ask, now)).await?;
    view.under_way = desk.proving().is_at(ask.organization);
    view.may_prove = if view.under_way { Some(Reason::RunUnderWay) } else { rules::may_prove(&standing).err() };
    if let Some(proof) = &mut view.proof {
        match view.stands {
            Stands::Now => proof.waits_for_secret = !standing.has_secret && (proof.next_probe.is_some() || proof.proof.put_off.is_some()),
            // What was found of another scope, or before a change, is not asked again.
            Stands::OtherScope | Stands::BeforeChange => proof.next_probe = None,
        }
    }
    Ok(view)
}

fn view(conn: &Connection, ask: OrganizationRef, now: Timestamp) -> std::result::Result<ScopeView, StoreError> {
    let facts = facts(conn, ask)?;
    let proof = proofs::latest(conn, ask.organization)?;
    let stands = proof.as_ref().map_or(Stands::Now, |proof| Stands::of(proof, &facts));
    let Facts { desired, set_at, reading, change, coverage, integration, .. } = facts;
    let voids = desired.limit().zip(reading.as_ref()).map(|(limit, reading)| voids(limit, &integration, reading)).unwrap_or_default();
    let shared = sharers(conn, ask.organization, &desired)?;
    Ok(ScopeView {
        read_before_change: reading.as_ref().is_some_and(|reading| !reading.is_since(change)),
        contested: set_at.is_some() && is_contested(&shared),
        shared,
        voids,
        stands,
        change: change.map(|change| ChangeView { change, settles: change.settles(), settled: !change.is_settling(now) }),
        proof: proof.map(ProofView::from),
        under_way: false,
        practice: is_practice(&tenants::get(conn, integration.tenant)?),
        said: scopes::said_count(conn, ask.organization)?,
        may_prove: None,
        desired,
        set_at,
        coverage,
        reading,
    })
}

/// What is known of an organization's scope.
pub(super) struct Facts {
    pub desired: Desired,
    pub set_at: Option<Timestamp>,
    pub reading: Option<Reading>,
    pub change: Option<Change>,
    /// When what was in force before the last change that shows was read.
    pub changed_after: Option<Timestamp>,
    pub coverage: Coverage,
    pub integration: Integration,
}

/// Reads them. Where nobody has set a scope, everyone is to be reached. The reading and the change are those of this organization alone,
/// also where another one with the same integration has a newer one.
pub(super) fn facts(conn: &Connection, ask: OrganizationRef) -> std::result::Result<Facts, StoreError> {
    let organization = organizations::get(conn, ask.organization)?;
    let integration = integrations::get(conn, organization.integration)?;
    let scope = scopes::get::<Reading>(conn, ask.organization)?;
    let desired = scope.as_ref().map_or(Desired::Everyone, |scope| scope.desired.clone());
    let mechanism = desired.limit().map_or(Mechanism::ManagementScope, |limit| limit.mechanism);
    let coverage = cover::coverage(mechanism, organization.needs(&integration));
    let (set_at, change) = scope.as_ref().map_or((None, None), |scope| (scope.set_at, scope.change));
    let changed_after = scope.as_ref().and_then(|scope| scope.changed_after);
    Ok(Facts { desired, set_at, change, changed_after, reading: scope.and_then(|scope| scope.reading), coverage, integration })
}

/// What makes a limit void, by a reading.
pub(super) fn voids(limit: &Limit, integration: &Integration, reading: &Reading) -> Vec<Void> {
    let assignments = reading.assignments.known().unwrap_or_default();
    let granted = Granted { graph: &reading.granted, exchange: &reading.granted_exchange };
    present::voids(limit, &present::scope_name(integration.client_id), granted, assignments)
}
