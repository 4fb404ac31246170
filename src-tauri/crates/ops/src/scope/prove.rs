//! Proves the scope from both sides: mailboxes that must answer and mailboxes that must be refused are asked in the integration's name.

use std::collections::HashSet;

use rollcall_core::id::{ObjectId, OrganizationId, ProofId};
use rollcall_core::rules::{self, Reason};
use rollcall_core::scope::basis::Basis;
use rollcall_core::scope::cover::{self, Coverage};
use rollcall_core::scope::sample::draw;
use rollcall_core::scope::{Desired, Expected, Members, expect};
use rollcall_core::user::DirectoryUser;
use rollcall_graph::everyone::everyone;
use rollcall_store::proofs::{self, NewTarget, Sample};
use serde::Deserialize;
use ts_rs::TS;

use super::members::{self, Found, has_mailbox};
use super::show::{Facts, ProofView, facts, voids};
use super::{read, sitting};
use crate::claim::Claim;
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
    let claim = claim(desk, ask.organization, job)?;
    Box::pin(read::refresh(desk, of, job)).await?;
    let facts = desk.read(move |conn| facts(conn, of)).await?;
    may_ask(&facts.coverage)?;
    let graph = directory(desk, ask.organization).await?;
    let members = match facts.desired.limit() {
        None => Members::default(),
        Some(limit) => match members::of(&graph, &limit.unit, &job.stop).await? {
            Found::Here(_, members) => members,
            Found::Gone => return Err(Error::not_found("the group of the scope was deleted: choose another one, and apply the change")),
        },
    };
    let mut everybody = Vec::new();
    let (mut pages, mut seen) = (everyone(&graph, &job.stop), HashSet::new());
    while let Some(page) = pages.next().await? {
        // Somebody may come twice, when the directory changes meanwhile.
        everybody.extend(page.items.into_iter().filter(|user| has_mailbox(user) && seen.insert(user.object_id)));
        job.tell(Progress::Read { read: u32::try_from(everybody.len()).unwrap_or(u32::MAX) });
    }
    // They come in no order; a proof has one.
    everybody.sort_by(|one, other| one.upn.cmp(&other.upn));
    let (targets, sample) = choose(&ask, &facts.desired, &members, everybody);
    let connected = crate::connection::anew(desk, ask.organization, &claim.stop).await?;
    let now = desk.now();
    let id = desk
        .write(move |tx| {
            let basis = basis(&facts);
            let expects = (&facts.desired, facts.change, basis.as_ref());
            proofs::create(tx, ask.organization, expects, &facts.coverage.workloads, &sample, &targets, now)
        })
        .await?;
    sitting::work(desk, &claim, &connected, id, job).await
}

/// May mailboxes be asked for what is limited? A proof only ever reads, and not every right is one to read: none to send (`Mail.Send`) is,
/// and none over EWS is one of Graph.
pub(super) fn may_ask(coverage: &Coverage) -> Result<()> {
    match (coverage.workloads.is_empty(), coverage.scoped.is_empty()) {
        (false, _) => Ok(()),
        (true, false) => Err(Error::not_now(Reason::NothingToAsk)),
        (true, true) => {
            Err(Error::input("integration", "none of its permissions can be limited to mailboxes, so there is nothing to ask for"))
        }
    }
}

/// What the proof stands on, by what was read just now.
fn basis(facts: &Facts) -> Option<Basis> {
    let (limit, reading) = (facts.desired.limit(), facts.reading.as_ref()?);
    Some(Basis {
        app: facts.integration.client_id,
        voids: limit.map(|limit| voids(limit, &facts.integration, reading)).unwrap_or_default(),
        roles_read: reading.assignments.read().is_some(),
        unlimited: limit.map(|limit| cover::unlimited(limit.mechanism, &reading.granted)).unwrap_or_default(),
    })
}

fn choose(ask: &ProveScope, desired: &Desired, members: &Members, everybody: Vec<DirectoryUser>) -> (Vec<NewTarget>, Sample) {
    let side = |user: &DirectoryUser| expect(desired, members, user.object_id);
    let of =
        |wanted: Expected| -> Vec<ObjectId> { everybody.iter().filter(|user| side(user) == wanted).map(|user| user.object_id).collect() };
    let (inside, outside) = (of(Expected::Inside), of(Expected::Outside));
    let count = |ids: &[ObjectId]| u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let names: Vec<&str> = ask.named.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let wanted: HashSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let (mut named, mut known) = (HashSet::new(), HashSet::new());
    for user in &everybody {
        for address in [&user.upn].into_iter().chain(&user.mail).chain(&user.aliases).map(|address| address.to_ascii_lowercase()) {
            if wanted.contains(&address) {
                named.insert(user.object_id);
                known.insert(address);
            }
        }
    }
    let unknown = names.iter().filter(|name| !known.contains(&name.to_ascii_lowercase()));
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

/// Claims the organization for one sitting.
///
/// # Errors
/// `NotNow` while another sitting works on it.
pub(super) fn claim<'a>(desk: &'a Desk, organization: OrganizationId, job: &Job) -> Result<Claim<'a, ProofId>> {
    desk.proving().claim(organization, &job.stop).ok_or_else(|| Error::not_now(Reason::RunUnderWay))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_named_by_any_address_is_asked_and_a_name_without_mailbox_is_told() {
        let person = |n: u128| DirectoryUser {
            object_id: ObjectId(uuid::Uuid::from_u128(n)),
            upn: format!("P{n}@contoso.example"),
            display_name: format!("Person {n}"),
            mail: Some(format!("mail{n}@contoso.example")),
            aliases: vec![format!("Alias{n}@contoso.example")],
            department: None,
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        };
        let named = ["p1@contoso.example", " MAIL2@contoso.example ", "alias3@CONTOSO.example", "", "nobody@contoso.example"];
        let ask = ProveScope {
            organization: OrganizationId(1),
            inside: Some(0),
            outside: None,
            seed: 1,
            named: named.map(str::to_owned).to_vec(),
        };
        let (targets, sample) = choose(&ask, &Desired::Everyone, &Members::default(), (1..=9).map(person).collect());
        let upns: Vec<&str> = targets.iter().map(|target| target.upn.as_str()).collect();
        assert_eq!(upns, ["P1@contoso.example", "P2@contoso.example", "P3@contoso.example"]);
        assert!(targets.iter().all(|target| target.named) && sample.of_inside == 9);
        assert_eq!(sample.unknown, ["nobody@contoso.example"]);
    }
}
