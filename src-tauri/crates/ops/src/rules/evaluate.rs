//! Finds whoever fits the rules of a tenant now: new ones are proposed, or come in, as each rule says.

use std::collections::{HashMap, HashSet};

use rollcall_core::id::{ObjectId, OrganizationId, TenantId};
use rollcall_core::membership_rule::{self, Award, Claim, MembershipRule, RuleAction, RuleOutcome};
use rollcall_core::rules::Reason;
use rollcall_core::user::DirectoryUser;
use rollcall_graph::error::GraphError;
use rollcall_graph::membership::fitting;
use rollcall_graph::send::Graph;
use rollcall_store::{membership_rules, proposals, tenants, users};
use serde::Serialize;
use ts_rs::TS;

use super::list::{RuleView, list};
use crate::connection;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress};
use crate::tenants::sign_in::TenantRef;
use crate::users::import::{Arrivals, PAGE};

/// What came of the rules of one tenant.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Evaluated {
    pub tenant: TenantId,
    /// Users that were proposed anew or are still, and users that came in.
    pub proposed: u32,
    pub added: u32,
    /// Why the rules could not be evaluated; nothing has changed then.
    pub error: Option<Error>,
}

/// Evaluates the rules of one tenant, all of them, because which one wins follows from their order.
///
/// # Errors
/// `NotNow` when nobody is signed in; those of the network, and then nothing has changed; `Stopped`.
pub async fn evaluate(desk: &Desk, ask: TenantRef, job: &Job) -> Result<Vec<RuleView>> {
    let tenant = ask.tenant;
    if !connection::is_signed_in(desk, tenant).await {
        return Err(Error::not_now(Reason::NotSignedIn));
    }
    Box::pin(of_tenant(desk, tenant, job)).await?;
    list(desk, ask, job).await
}

/// Evaluates the rules of every tenant that has some and that somebody is signed in to, one after the other. What goes wrong in one
/// is told and keeps none of the others from its turn.
///
/// # Errors
/// Those of the store; `Stopped`.
pub async fn evaluate_all(desk: &Desk, job: &Job) -> Result<Vec<Evaluated>> {
    let all = desk.read(tenants::list).await?;
    let mut told = Vec::new();
    for tenant in all.into_iter().map(|tenant| tenant.id) {
        let any = desk.read(move |conn| Ok(!membership_rules::list(conn, tenant)?.is_empty())).await?;
        if !any || !connection::is_signed_in(desk, tenant).await {
            continue;
        }
        match Box::pin(of_tenant(desk, tenant, job)).await {
            Ok(outcomes) => {
                let sum = |count: fn(&RuleOutcome) -> u32| outcomes.iter().map(count).sum();
                told.push(Evaluated { tenant, proposed: sum(|one| one.proposed), added: sum(|one| one.added), error: None });
            }
            Err(error) if error.code == Code::Stopped => return Err(error),
            Err(error) => told.push(Evaluated { tenant, proposed: 0, added: 0, error: Some(error) }),
        }
    }
    Ok(told)
}

/// After an import, which may have changed who is where. The import is done, whatever comes of the rules.
pub(crate) async fn after_import(desk: &Desk, tenant: TenantId, job: &Job) {
    if let Err(error) = Box::pin(of_tenant(desk, tenant, job)).await {
        tracing::info!(tenant.id = %tenant, "Rules were not evaluated after the import: {}", error.code.name());
    }
}

async fn of_tenant(desk: &Desk, tenant: TenantId, job: &Job) -> Result<Vec<RuleOutcome>> {
    let rules = desk.read(move |conn| membership_rules::list(conn, tenant)).await?;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let graph = connection::delegated(desk, tenant).await?;
    let places = desk.read(move |conn| users::places(conn, tenant)).await?;
    let declined = desk.read(move |conn| proposals::declined(conn, tenant)).await?;
    let found = find(&graph, &rules, &places, job).await?;
    let place = |id: ObjectId| places.get(&id).copied();
    let awards = membership_rule::award(&found.claims, place, |organization, id| declined.contains(&(organization, id)));
    let turned_down: Vec<Vec<ObjectId>> = found
        .claims
        .iter()
        .map(|claim| claim.users.iter().copied().filter(|id| declined.contains(&(claim.organization, *id))).collect())
        .collect();
    let mut outcomes = Vec::with_capacity(rules.len());
    for ((rule, award), claim) in rules.iter().zip(awards).zip(&found.claims) {
        outcomes.push(carry_out(desk, tenant, rule, award, claim, &found, job).await?);
    }
    desk.write(move |tx| {
        rules.iter().zip(&turned_down).try_for_each(|(rule, people)| proposals::still_wanted(tx, rule.organization, rule.id, people))
    })
    .await?;
    Ok(outcomes)
}

/// Whoever fits.
struct Found {
    /// One for each rule, in their order.
    claims: Vec<Claim>,
    /// Those of them who are in no organization.
    people: HashMap<ObjectId, DirectoryUser>,
    gone: HashSet<rollcall_core::id::RuleId>,
}

/// Reads who fits each rule. One that can't be read ends it: the rules after it would get whom it might have won.
async fn find(graph: &Graph, rules: &[MembershipRule], places: &HashMap<ObjectId, OrganizationId>, job: &Job) -> Result<Found> {
    let mut found = Found { claims: Vec::new(), people: HashMap::new(), gone: HashSet::new() };
    let mut read = 0;
    for rule in rules {
        let mut claim = Claim { rule: rule.id, organization: rule.organization, users: Vec::new() };
        let mut seen = HashSet::new();
        let mut pages = fitting(graph, &rule.condition, &job.stop);
        loop {
            match pages.next().await {
                Ok(None) => break,
                Ok(Some(page)) => {
                    read += u32::try_from(page.items.len()).unwrap_or(u32::MAX);
                    for person in page.items.into_iter().filter(|person| seen.insert(person.object_id)) {
                        claim.users.push(person.object_id);
                        if !places.contains_key(&person.object_id) {
                            found.people.insert(person.object_id, person);
                        }
                    }
                    job.tell(Progress::Read { read });
                }
                // Nobody is in a group that isn't there.
                Err(GraphError::NotFound(_)) => {
                    found.gone.insert(rule.id);
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        found.claims.push(claim);
    }
    Ok(found)
}

async fn carry_out(
    desk: &Desk,
    tenant: TenantId,
    rule: &MembershipRule,
    award: Award,
    claim: &Claim,
    found: &Found,
    job: &Job,
) -> Result<RuleOutcome> {
    let (id, organization, action) = (rule.id, rule.organization, rule.action);
    let people: Vec<DirectoryUser> = award.won.iter().filter_map(|user| found.people.get(user)).cloned().collect();
    let won = u32::try_from(people.len()).unwrap_or(u32::MAX);
    if action == RuleAction::Add && !people.is_empty() {
        let mut arrivals = Arrivals::at(desk, organization, tenant, job);
        for page in people.chunks(PAGE) {
            arrivals.store(page.to_vec()).await?;
        }
        arrivals.settle().await?;
    }
    let (proposed, added) = match action {
        RuleAction::Propose => (won, 0),
        RuleAction::Add => (0, won),
    };
    let now = desk.now();
    let outcome = RuleOutcome {
        at: now,
        matching: u32::try_from(claim.users.len()).unwrap_or(u32::MAX),
        here: award.here,
        elsewhere: award.elsewhere,
        declined: award.declined,
        proposed,
        added,
        lost: award.lost,
        group_gone: found.gone.contains(&id),
    };
    let told = outcome.clone();
    desk.write(move |tx| {
        match action {
            RuleAction::Propose => proposals::replace(tx, organization, id, &people.iter().collect::<Vec<_>>(), now)?,
            RuleAction::Add => {
                proposals::replace(tx, organization, id, &[], now)?;
                proposals::settle(tx, organization, &people.iter().map(|person| person.object_id).collect::<Vec<_>>())?;
            }
        }
        membership_rules::set_outcome(tx, id, &told)
    })
    .await?;
    Ok(outcome)
}
