//! What is in force now, as far as Graph tells, and the union rule: rights of Entra and of RBAC for Applications add up.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Limit, cover};
use crate::id::ObjectId;

/// How far a role assignment reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "AssignmentReach")]
pub enum Reach {
    /// Every mailbox of the tenant.
    Everything,
    /// The mailboxes that a management scope's filter fits.
    Scope { name: String, filter: String },
    /// The mailboxes of an administrative unit.
    Unit { id: ObjectId },
    /// Something else that Exchange names so.
    Other { place: String },
}

/// A role of RBAC for Applications that the integration was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Assignment {
    pub id: String,
    pub role: String,
    pub reach: Reach,
}

/// What makes a limit worth less than it looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ScopeVoid")]
pub enum Void {
    /// Entra has granted the permission for the whole tenant: revoke it, or RBAC for Applications limits nothing.
    Grant { permission: String },
    /// Entra has granted a permission of Office 365 Exchange Online for the whole tenant, by which every mailbox is reached over EWS.
    Ews { permission: String },
    /// A role is assigned beside the scope that is wanted, and adds to it.
    Assignment { assignment: Assignment },
}

/// The name that Rollcall gives the management scope of an application.
#[must_use]
pub fn scope_name(app: crate::id::AppId) -> String {
    format!("Rollcall {app}")
}

/// Application permissions that Entra has granted for the whole tenant, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted<'a> {
    pub graph: &'a [String],
    /// Those of Office 365 Exchange Online.
    pub exchange: &'a [String],
}

/// What makes a limit void or wider. An access policy limits what Entra has granted, EWS among it; RBAC for Applications doesn't.
#[must_use]
pub fn voids(limit: &Limit, scope: &str, granted: Granted<'_>, assignments: &[Assignment]) -> Vec<Void> {
    let grants = granted.graph.iter().filter(|name| limit.mechanism.is_rbac() && cover::role_of(name).is_some());
    let ews = granted.exchange.iter().filter(|name| limit.mechanism.is_rbac() && cover::is_ews(name));
    let beside = assignments.iter().filter(|assignment| !is_wanted(limit, scope, &assignment.reach));
    grants
        .map(|permission| Void::Grant { permission: permission.clone() })
        .chain(ews.map(|permission| Void::Ews { permission: permission.clone() }))
        .chain(beside.map(|assignment| Void::Assignment { assignment: assignment.clone() }))
        .collect()
}

fn is_wanted(limit: &Limit, scope: &str, reach: &Reach) -> bool {
    match reach {
        Reach::Scope { name, .. } => limit.mechanism == super::Mechanism::ManagementScope && name.eq_ignore_ascii_case(scope),
        Reach::Unit { id } => limit.mechanism == super::Mechanism::AdministrativeUnit && *id == limit.unit.id,
        Reach::Everything | Reach::Other { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::GroupKind;
    use crate::scope::{Mechanism, Rule, Unit, UnitKind};

    fn limit(mechanism: Mechanism) -> Limit {
        let of = UnitKind::Group(GroupKind::MailEnabledSecurity);
        Limit { rule: Rule::OnlyMembers, mechanism, unit: Unit { id: ObjectId(uuid::Uuid::nil()), name: "Pilot".to_owned(), of } }
    }

    fn assigned(reach: Reach) -> Assignment {
        Assignment { id: "1".to_owned(), role: "Application Mail.Read".to_owned(), reach }
    }

    #[test]
    fn a_tenant_wide_grant_makes_a_scope_void_and_leaves_a_policy_as_it_is() {
        let graph = ["Mail.Read".to_owned(), "User.Read.All".to_owned()];
        let granted = Granted { graph: &graph, exchange: &[] };
        let ours = assigned(Reach::Scope { name: "ours".to_owned(), filter: String::new() });
        let found = voids(&limit(Mechanism::ManagementScope), "Ours", granted, std::slice::from_ref(&ours));
        assert_eq!(found, [Void::Grant { permission: "Mail.Read".to_owned() }], "the directory is no mailbox");
        assert_eq!(voids(&limit(Mechanism::AccessPolicy), "Ours", granted, &[]), []);
        let everywhere = assigned(Reach::Everything);
        let found = voids(&limit(Mechanism::AccessPolicy), "Ours", granted, std::slice::from_ref(&everywhere));
        assert_eq!(found, [Void::Assignment { assignment: everywhere }], "a policy limits only what Entra has granted");
    }

    #[test]
    fn full_access_over_ews_makes_a_scope_void_and_a_policy_limits_it() {
        let exchange = ["full_access_as_app", "IMAP.AccessAsApp", "Mail.Read"].map(str::to_owned);
        let granted = Granted { graph: &[], exchange: &exchange };
        let found = voids(&limit(Mechanism::ManagementScope), "Ours", granted, &[]);
        let ews = Void::Ews { permission: "full_access_as_app".to_owned() };
        assert_eq!(found, [ews], "IMAP takes a permission on each mailbox, and Mail.Read of Exchange is of an API that is gone");
        assert_eq!(voids(&limit(Mechanism::AccessPolicy), "Ours", granted, &[]), []);
    }
}
