//! Says why the integration can or can't reach a mailbox of the tenant: one reason, and the chain of facts behind it. One that the last
//! proof didn't ask is looked up in the directory, and can be [asked now](super::ask).

use rollcall_core::id::{ObjectId, OrganizationId, ProofId};
use rollcall_core::scope::cmdlet::{Report, disagreement};
use rollcall_core::scope::cover;
use rollcall_core::scope::finding::Finding;
use rollcall_core::scope::present::Roles;
use rollcall_core::scope::why::{self, Because, Call, Link};
use rollcall_core::scope::{Desired, Expected, Members, expect};
use rollcall_core::time::Timestamp;
use rollcall_core::user::{DirectoryUser, MailboxKind};
use rollcall_graph::send::Graph;
use rollcall_graph::{named, users};
use rollcall_store::proofs::{self, Target};
use rollcall_store::scopes;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::members::{self, Found};
use super::show::{Facts, Stands, facts, voids};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Which mailbox.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WhyMailbox {
    pub organization: OrganizationId,
    /// One of its addresses, its user principal name or its object id.
    pub mailbox: String,
}

/// Why.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Why {
    pub mailbox: JudgedMailbox,
    pub because: Because,
    pub chain: Vec<Link>,
}

/// A mailbox, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JudgedMailbox {
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    pub expected: Expected,
    pub said: Option<Report>,
    /// `None` where nothing was asked of it.
    pub finding: Option<Finding>,
    /// Until when what was confirmed is provisional.
    pub provisional: Option<Timestamp>,
    /// The proof that it is of; `None` where it was asked on its own, or not at all.
    pub proof: Option<ProofId>,
}

/// # Errors
/// `NotFound` where nobody in the tenant is called so; `InvalidInput` where several are; `NotNow` when nobody is signed in to look up
/// who isn't in the last proof.
pub async fn why(desk: &Desk, ask: WhyMailbox, job: &Job) -> Result<Why> {
    let (facts, proven) = proven(desk, ask.organization, ask.mailbox.clone()).await?;
    if let Some(known) = proven {
        return Ok(known.why(&facts));
    }
    let person = look_up(&directory(desk, ask.organization).await?, &ask.mailbox, job).await?;
    // By an alias the proof may know it after all.
    let (facts, proven) = self::proven(desk, ask.organization, person.object_id.to_string()).await?;
    if let Some(known) = proven {
        return Ok(known.why(&facts));
    }
    let subject = Subject::of(desk, ask.organization, &facts.desired, person, job).await?;
    Ok(subject.why(&facts, &facts.desired, None, &[]))
}

/// A mailbox of the last proof, and the scope that was wanted then.
pub(super) struct Proven {
    pub target: Target,
    pub proof: ProofId,
    pub desired: Desired,
    pub stands: Stands,
}

impl Proven {
    /// What was found was found of the scope that was wanted then.
    fn why(self, facts: &Facts) -> Why {
        let Self { target, proof, desired, .. } = self;
        let (finding, calls, provisional) = (target.finding, target.calls.clone(), target.provisional);
        let mut why = Subject::from(target).why(facts, &desired, finding, &calls);
        why.mailbox.provisional = provisional;
        why.mailbox.proof = Some(proof);
        why
    }
}

/// What is known of the scope, and of a mailbox by the last proof.
pub(super) async fn proven(desk: &Desk, organization: OrganizationId, mailbox: String) -> Result<(Facts, Option<Proven>)> {
    desk.read(move |conn| {
        let facts = facts(conn, OrganizationRef { organization })?;
        let Some(proof) = proofs::latest(conn, organization)? else { return Ok((facts, None)) };
        let stands = Stands::of(&proof, &facts.desired, facts.change);
        let target = proofs::find(conn, proof.id, &mailbox)?;
        Ok((facts, target.map(|target| Proven { target, proof: proof.id, desired: proof.desired, stands })))
    })
    .await
}

/// Who of the tenant is called so.
pub(super) async fn look_up(graph: &Graph, mailbox: &str, job: &Job) -> Result<DirectoryUser> {
    let mailbox = mailbox.trim();
    let mut found = if mailbox.contains('@') {
        named::by_address(graph, mailbox, &job.stop).await?
    } else {
        users::by_id_or_upn(graph, mailbox, &job.stop).await?.into_iter().collect()
    };
    match (found.pop(), found.is_empty()) {
        (Some(person), true) => Ok(person),
        (Some(_), false) => Err(Error::input("mailbox", "several people in the directory have this address: say which by the object id")),
        (None, _) => Err(Error::not_found("nobody in the tenant has this address, principal name or object id")),
    }
}

/// A mailbox that something is to be said of.
pub(super) struct Subject {
    pub object_id: ObjectId,
    upn: String,
    display_name: String,
    pub expected: Expected,
    said: Option<Report>,
    /// What the directory says of it, where it was looked up.
    state: Option<(Option<String>, MailboxKind, bool)>,
}

impl From<Target> for Subject {
    fn from(target: Target) -> Self {
        let Target { object_id, upn, display_name, expected, said, .. } = target;
        Self { object_id, upn, display_name, expected, said, state: None }
    }
}

impl Subject {
    /// Somebody of the directory, and what the scope expects of the mailbox.
    pub async fn of(desk: &Desk, organization: OrganizationId, desired: &Desired, person: DirectoryUser, job: &Job) -> Result<Self> {
        let members = match desired.limit() {
            None => Members::default(),
            Some(limit) => match members::of(&directory(desk, organization).await?, &limit.unit, &job.stop).await? {
                Found::Here(_, members) => members,
                // Nobody is a member of what was deleted.
                Found::Gone => Members::default(),
            },
        };
        let (upn, mail) = (person.upn.clone(), person.mail.clone());
        let said = desk.read(move |conn| scopes::said_of(conn, organization, &upn, mail.as_deref())).await?;
        Ok(Self {
            object_id: person.object_id,
            expected: expect(desired, &members, person.object_id),
            said,
            state: Some((person.mail.clone(), person.mailbox_kind(), person.enabled)),
            upn: person.upn,
            display_name: person.display_name,
        })
    }

    /// The reason and its chain, by what was read and what the calls have shown of a scope.
    pub fn why(self, facts: &Facts, desired: &Desired, finding: Option<Finding>, calls: &[Call]) -> Why {
        let reading = facts.reading.as_ref();
        let all_read = reading.is_some_and(|reading| reading.assignments.read().is_some());
        let limit = desired.limit();
        let voids = limit.zip(reading).map(|(limit, reading)| voids(limit, &facts.integration, reading)).unwrap_or_default();
        let no_mailbox = matches!(&self.state, Some((None, ..) | (_, MailboxKind::Guest, _)));
        let because = match finding {
            Some(finding) => why::because(finding, calls, &voids, all_read),
            None if no_mailbox => Because::NoMailbox,
            None => Because::NotAsked,
        };
        let mut chain = Vec::new();
        match reading {
            None => chain.extend([Link::GrantsUnread, Link::AssignmentsUnread]),
            Some(reading) => {
                chain.push(Link::TenantWide { permissions: [reading.granted.as_slice(), &reading.granted_exchange].concat() });
                chain.push(match &reading.assignments {
                    Roles::Read { value } => Link::Assigned { assignments: value.clone() },
                    Roles::Earlier { value, at, .. } => Link::AssignedBefore { assignments: value.clone(), at: *at },
                    Roles::Unread { .. } => Link::AssignmentsUnread,
                });
            }
        }
        let granted = reading.map_or(&[][..], |reading| &reading.granted);
        let unlimited = limit.map(|limit| cover::unlimited(limit.mechanism, granted)).unwrap_or_default();
        if !unlimited.is_empty() {
            chain.push(Link::Unlimited { permissions: unlimited });
        }
        chain.push(Link::Side {
            mechanism: limit.map(|limit| limit.mechanism),
            expected: self.expected,
            unit: limit.map(|limit| limit.unit.name.clone()),
        });
        chain.extend(self.state.map(|(address, of, enabled)| Link::Mailbox { address, of, enabled }));
        chain.extend(self.said.map(|report| Link::Said { report, disagrees: disagreement(self.expected, finding, report) }));
        if finding.is_none() {
            chain.push(Link::NotAsked);
        }
        chain.extend(calls.iter().map(|call| Link::Called { call: call.clone() }));
        let Self { object_id, upn, display_name, expected, said, .. } = self;
        Why {
            mailbox: JudgedMailbox { object_id, upn, display_name, expected, said, finding, provisional: None, proof: None },
            because,
            chain,
        }
    }
}
