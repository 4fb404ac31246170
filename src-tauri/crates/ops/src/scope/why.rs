//! Says why the integration can or can't reach a mailbox: one reason, and the chain of facts behind it.

use rollcall_core::id::OrganizationId;
use rollcall_core::scope::why::{self, Because, Link};
use rollcall_store::proofs::{self, Target};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::show::{Facts, facts, voids};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Which mailbox.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WhyMailbox {
    pub organization: OrganizationId,
    /// Its address, principal name or object id.
    pub mailbox: String,
}

/// Why.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Why {
    pub mailbox: Target,
    pub because: Because,
    pub chain: Vec<Link>,
}

/// # Errors
/// `NotFound` where the last proof didn't ask this mailbox.
pub async fn why(desk: &Desk, ask: WhyMailbox, _job: &Job) -> Result<Why> {
    let of = OrganizationRef { organization: ask.organization };
    let (facts, found) = desk
        .read(move |conn| {
            let found = match proofs::latest(conn, ask.organization)? {
                Some(proof) => proofs::find(conn, proof.id, &ask.mailbox)?.map(|target| (target, proof.desired)),
                None => None,
            };
            Ok((facts(conn, of)?, found))
        })
        .await?;
    let answered = found.and_then(|(target, desired)| target.finding.map(|finding| (target, desired, finding)));
    let Some((mailbox, desired, finding)) = answered else {
        return Err(Error::not_found("the last proof has no answer of this mailbox: name it, and prove the scope"));
    };
    // What was found was found of the scope that was wanted then.
    let Facts { reading, integration, .. } = facts;
    let all_read = reading.as_ref().is_some_and(|reading| reading.assignments.value().is_some());
    let limit = desired.limit();
    let voids = limit.zip(reading.as_ref()).map(|(limit, reading)| voids(limit, &integration, reading)).unwrap_or_default();
    let mut chain = Vec::new();
    match &reading {
        None => chain.extend([Link::GrantsUnread, Link::AssignmentsUnread]),
        Some(reading) => {
            chain.push(Link::TenantWide { permissions: [reading.granted.as_slice(), &reading.granted_exchange].concat() });
            chain.push(match reading.assignments.value() {
                Some(assignments) => Link::Assigned { assignments: assignments.clone() },
                None => Link::AssignmentsUnread,
            });
        }
    }
    chain.push(Link::Side {
        mechanism: limit.map(|limit| limit.mechanism),
        expected: mailbox.expected,
        unit: limit.map(|limit| limit.unit.name.clone()),
    });
    chain.extend(mailbox.said.map(|said| Link::Said { said }));
    chain.extend(mailbox.calls.iter().map(|call| Link::Called { call: call.clone() }));
    Ok(Why { because: why::because(finding, &mailbox.calls, &voids, all_read), mailbox, chain })
}
