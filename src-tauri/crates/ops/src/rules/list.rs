//! Lists the rules of a tenant in the order in which they win.

use rollcall_core::membership_rule::MembershipRule;
use rollcall_store::{membership_rules, organizations, proposals};
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::tenants::sign_in::TenantRef;

/// A rule as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RuleView {
    pub rule: MembershipRule,
    pub organization_name: String,
    /// How many people wait for the admin's word in the organization.
    pub open: u32,
}

/// # Errors
/// Those of the store.
pub async fn list(desk: &Desk, ask: TenantRef, _job: &Job) -> Result<Vec<RuleView>> {
    desk.read(move |conn| {
        let rules = membership_rules::list(conn, ask.tenant)?;
        let views = rules.into_iter().map(|rule| {
            let organization_name = organizations::get(conn, rule.organization)?.name;
            let open = proposals::query(conn, rule.organization, false, 0, 0)?.open;
            Ok(RuleView { rule, organization_name, open })
        });
        views.collect()
    })
    .await
}
