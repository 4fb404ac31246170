//! Puts the rules of a tenant into the order in which they win.

use std::collections::BTreeSet;

use rollcall_core::id::{RuleId, TenantId};
use rollcall_store::membership_rules;
use serde::Deserialize;
use ts_rs::TS;

use super::list::{RuleView, list};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::tenants::sign_in::TenantRef;

/// All rules of a tenant, the first that wins first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OrderRules {
    pub tenant: TenantId,
    pub rules: Vec<RuleId>,
}

/// # Errors
/// `InvalidInput` when it isn't each rule of the tenant, once.
pub async fn order(desk: &Desk, ask: OrderRules, job: &Job) -> Result<Vec<RuleView>> {
    let OrderRules { tenant, rules } = ask;
    let known: BTreeSet<RuleId> =
        desk.read(move |conn| membership_rules::list(conn, tenant)).await?.into_iter().map(|rule| rule.id).collect();
    let named: BTreeSet<RuleId> = rules.iter().copied().collect();
    if named != known || named.len() != rules.len() {
        return Err(Error::input("rules", "name each rule of the tenant once"));
    }
    desk.write(move |tx| membership_rules::order(tx, &rules)).await?;
    list(desk, TenantRef { tenant }, job).await
}
