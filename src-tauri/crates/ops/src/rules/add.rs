//! Adds a rule to an organization, as the last in its tenant's order.

use rollcall_core::id::OrganizationId;
use rollcall_core::membership_rule::{Condition, MembershipRule, RuleAction};
use rollcall_store::{membership_rules, organizations};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// A rule to be.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AddRule {
    pub organization: OrganizationId,
    pub condition: Condition,
    pub action: RuleAction,
}

/// Nobody comes by it before it is evaluated.
///
/// # Errors
/// `InvalidInput` for a condition that can't be used; `NotFound`.
pub async fn add(desk: &Desk, ask: AddRule, _job: &Job) -> Result<MembershipRule> {
    let AddRule { organization, condition, action } = ask;
    let condition = condition.checked().map_err(|why| Error::input("condition", why))?;
    let now = desk.now();
    desk.write(move |tx| {
        organizations::get(tx, organization)?;
        membership_rules::insert(tx, organization, &condition, action, now)
    })
    .await
}
