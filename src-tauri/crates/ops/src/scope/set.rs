//! Says whom an organization's integration is to reach. Nothing is changed in the tenant by it.

use rollcall_core::id::{ObjectId, OrganizationId};
use rollcall_core::scope::{self, Desired, Limit, Mechanism, Rule, Unfit, Unit, UnitKind};
use rollcall_graph::groups;
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{organizations, scopes, tenants};
use serde::Deserialize;
use ts_rs::TS;

use super::show::{ScopeView, show};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Whom the integration is to reach.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetScope {
    pub organization: OrganizationId,
    pub wish: Wish,
}

/// A wish as it is typed: the unit by its id.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(rename = "ScopeWish")]
pub enum Wish {
    Everyone,
    Limited { rule: Rule, mechanism: Mechanism, unit: ObjectId },
}

/// # Errors
/// `NotFound` for a group or unit that the directory doesn't have; `InvalidInput` where the mechanism can't do it; `NotNow` when nobody
/// is signed in.
pub async fn set(desk: &Desk, ask: SetScope, job: &Job) -> Result<ScopeView> {
    let desired = match ask.wish {
        Wish::Everyone => Desired::Everyone,
        Wish::Limited { rule, mechanism, unit } => {
            let limit = Limit { rule, mechanism, unit: unit_of(desk, ask.organization, mechanism, unit, job).await? };
            scope::check(&limit).map_err(|why| Error::input("scope", reason(why)))?;
            Desired::Limited { limit }
        }
    };
    let now = desk.now();
    desk.write(move |tx| {
        let organization = organizations::get(tx, ask.organization)?;
        let known = scopes::get::<serde::de::IgnoredAny>(tx, ask.organization)?;
        // Said again it is as old as it was: what has been run for it since then still counts.
        let same = known.as_ref().filter(|scope| scope.desired.is_same(&desired));
        let at = same.and_then(|scope| scope.set_at).unwrap_or(now);
        let before = known.map(|scope| scope.desired);
        let entry = Entry {
            at: now,
            actor: tenants::get(tx, organization.tenant)?.admin(),
            tenant: Some(organization.tenant),
            action: "scope.set".to_owned(),
            target: organization.name,
            before: before.as_ref().map(written),
            after: Some(written(&desired)),
            request_id: None,
            outcome: Outcome::Done,
        };
        journal::append(tx, &entry)?;
        scopes::set(tx, ask.organization, &desired, at)
    })
    .await?;
    show(desk, OrganizationRef { organization: ask.organization }, job).await
}

/// The unit of a wish, as the directory has it now.
pub(super) async fn unit_of(desk: &Desk, organization: OrganizationId, mechanism: Mechanism, id: ObjectId, job: &Job) -> Result<Unit> {
    let graph = directory(desk, organization).await?;
    let found = match mechanism {
        Mechanism::AdministrativeUnit => {
            let unit = rollcall_graph::units::by_id(&graph, id, &job.stop).await?;
            unit.map(|unit| Unit { id, name: unit.display_name, of: UnitKind::AdministrativeUnit })
        }
        Mechanism::ManagementScope | Mechanism::AccessPolicy => {
            let group = groups::by_id(&graph, id, &job.stop).await?;
            group.map(|group| Unit { id, name: group.display_name, of: UnitKind::Group(group.kind) })
        }
    };
    found.ok_or_else(|| Error::not_found("the directory has no such group or administrative unit"))
}

const fn reason(why: Unfit) -> &'static str {
    match why {
        Unfit::NeedsMailEnabledSecurityGroup => "an access policy takes mail-enabled security groups only",
        Unfit::GroupUnknownToExchange => "Exchange doesn't know a security group without an address: take a mail-enabled one",
        Unfit::OtherUnit => "this mechanism goes by the other kind of unit",
        Unfit::UnitCannotBlock => "an administrative unit can only allow; to block a group, take a management scope or an access policy",
    }
}

/// A wish as the journal and evidence tell it.
pub(super) fn written(desired: &Desired) -> String {
    match desired {
        Desired::Everyone => "everyone".to_owned(),
        Desired::Limited { limit } => {
            let rule = match limit.rule {
                Rule::OnlyMembers => "only",
                Rule::AllButMembers => "all but",
            };
            format!("{rule} {} ({}) by {}", limit.unit.name, limit.unit.id, limit.mechanism.name())
        }
    }
}
