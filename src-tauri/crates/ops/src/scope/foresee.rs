//! Says beforehand what a proof will ask, and about how long that takes.

use rollcall_core::bound::Bound;
use rollcall_core::id::OrganizationId;
use rollcall_core::rules;
use rollcall_core::scope::{Limit, Rule};
use rollcall_graph::{everyone, users};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::read::{Reading, UnitState};
use super::show::facts;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;
use crate::settings;
use crate::verify::pace::{self, Estimate};

/// What is to be proven, as far as it decides how much is asked.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ForeseeProof {
    pub organization: OrganizationId,
    /// So many of those that must answer; all where absent.
    pub inside: Option<u32>,
    /// So many of those that must be refused; all where absent.
    pub outside: Option<u32>,
    /// How many are named.
    pub named: u32,
}

/// What a proof will ask at most: whether somebody has a mailbox shows only when the directory is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ForeseenProof {
    /// Accounts of the directory, which is read whole.
    pub accounts: u32,
    /// Mailboxes that are asked.
    pub mailboxes: u32,
    /// Whether those are a sample, and not everybody's.
    pub sampled: bool,
    /// Requests that read the directory, and those that ask mailboxes.
    pub reads: u32,
    pub probes: u32,
    /// Between how many seconds the asking will probably take.
    pub seconds: (u32, u32),
    pub bound: Bound,
    /// Whether time and bound are those of the last check in the tenant; else they are what Microsoft's limits allow.
    pub measured: bool,
}

/// Counts the directory, by one request.
///
/// # Errors
/// `NotNow` with the reason; those of the network.
pub async fn foresee(desk: &Desk, ask: ForeseeProof, job: &Job) -> Result<ForeseenProof> {
    rules::may_prove(&standing(desk, ask.organization).await?).map_err(Error::not_now)?;
    let (facts, measured, left) = desk
        .read(move |conn| {
            let facts = facts(conn, OrganizationRef { organization: ask.organization })?;
            let measured = pace::remembered(conn, facts.integration.tenant)?;
            Ok((facts, measured, settings::of(conn)?.leave_to_integration))
        })
        .await?;
    let accounts = users::count(&directory(desk, ask.organization).await?, None, &job.stop).await?;
    let (inside, outside) = match facts.desired.limit() {
        None => (Some(accounts), Some(0)),
        Some(limit) => sides(limit, facts.reading.as_ref(), accounts),
    };
    // Of a side that nobody has counted yet, everybody may be asked.
    let drawn = |wanted: Option<u32>, of: Option<u32>| wanted.unwrap_or(u32::MAX).min(of.unwrap_or(accounts));
    let mailboxes = drawn(ask.inside, inside).saturating_add(drawn(ask.outside, outside)).saturating_add(ask.named).min(accounts);
    let probes = mailboxes.saturating_mul(u32::try_from(facts.coverage.workloads.len()).unwrap_or(u32::MAX));
    let Estimate { seconds, bound, measured } = pace::estimate(probes, measured, left);
    let reads = everyone::requests(accounts);
    Ok(ForeseenProof { accounts, mailboxes, sampled: mailboxes < accounts, reads, probes, seconds, bound, measured })
}

/// How many must answer and how many must be refused, by the members that were read last.
fn sides(limit: &Limit, reading: Option<&Reading>, accounts: u32) -> (Option<u32>, Option<u32>) {
    let members = match reading.map(|reading| &reading.unit) {
        Some(UnitState::Here { direct, nested, .. }) => Some(if limit.mechanism.counts_nested() { *nested } else { *direct }),
        Some(UnitState::Gone) => Some(0),
        Some(UnitState::None) | None => None,
    };
    let others = members.map(|members| accounts.saturating_sub(members));
    match limit.rule {
        Rule::OnlyMembers => (members, others),
        Rule::AllButMembers => (others, members),
    }
}
