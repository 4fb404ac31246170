//! Says why the integration can or can't reach a mailbox of the tenant: one reason, and the chain of facts behind it. One that the last
//! proof didn't ask is looked up in the directory, and can be [asked now](super::ask).

use std::time::Duration;

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
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// So long what a proof has found waits for what the directory says of the mailbox.
const PATIENCE: Duration = Duration::from_secs(10);

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
        return Ok(known.why(desk, &facts, job).await);
    }
    let person = look_up(&directory(desk, ask.organization).await?, &ask.mailbox, job).await?;
    // By an alias the proof may know it after all.
    let (facts, proven) = self::proven(desk, ask.organization, person.object_id.to_string()).await?;
    if let Some(known) = proven {
        let state = MailboxState::of(&person);
        return Ok(known.with(Some(state), &facts));
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
    /// With the mailbox as it stands by now.
    async fn why(self, desk: &Desk, facts: &Facts, job: &Job) -> Why {
        let state = MailboxState::look(desk, facts, self.target.object_id, job).await;
        self.with(state, facts)
    }

    /// What was found was found of the scope that was wanted then.
    fn with(self, state: Option<MailboxState>, facts: &Facts) -> Why {
        let Self { target, proof, desired, .. } = self;
        let (finding, calls, provisional) = (target.finding, target.calls.clone(), target.provisional);
        let mut why = Subject::known(target, state).why(facts, &desired, finding, &calls);
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
        let stands = Stands::of(&proof, &facts);
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
    /// What the directory says of it; `None` where neither it nor what is remembered of it could tell.
    state: Option<MailboxState>,
}

/// What the directory says of a mailbox.
pub(super) struct MailboxState {
    address: Option<String>,
    of: MailboxKind,
    enabled: bool,
    /// When the directory said so, where it was not asked now.
    seen: Option<Timestamp>,
}

impl MailboxState {
    fn of(person: &DirectoryUser) -> Self {
        Self { address: person.mail.clone(), of: person.mailbox_kind(), enabled: person.enabled, seen: None }
    }

    /// Looks it up; where that can't be, by what is remembered of the user. What a proof has found is told with it or without it.
    pub async fn look(desk: &Desk, facts: &Facts, object_id: ObjectId, job: &Job) -> Option<Self> {
        let tenant = facts.integration.tenant;
        let asked = async {
            let graph = connection::delegated(desk, tenant).await.ok()?;
            users::by_id_or_upn(&graph, &object_id.to_string(), &job.stop).await.ok()?
        };
        if let Ok(Some(person)) = tokio::time::timeout(PATIENCE, asked).await {
            return Some(Self::of(&person));
        }
        let known = desk.read(move |conn| rollcall_store::users::by_object_id(conn, tenant, object_id)).await.ok()??;
        Some(Self { seen: Some(known.user.seen), ..Self::of(&known.user.directory) })
    }
}

impl Subject {
    /// A mailbox of a proof.
    pub fn known(target: Target, state: Option<MailboxState>) -> Self {
        let Target { object_id, upn, display_name, expected, said, .. } = target;
        Self { object_id, upn, display_name, expected, said, state }
    }

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
            state: Some(MailboxState::of(&person)),
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
        let no_mailbox = self.state.as_ref().is_some_and(|state| state.address.is_none() || state.of == MailboxKind::Guest);
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
        chain.push(self.state.map_or(Link::MailboxUnread, |MailboxState { address, of, enabled, seen }| Link::Mailbox {
            address,
            of,
            enabled,
            seen,
        }));
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
