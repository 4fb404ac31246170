//! What is in force now, as far as Graph tells, and the union rule: rights of Entra and of RBAC for Applications add up.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Limit, Rule, cover};
use crate::approval::Unread;
use crate::grant::{Api, Grant};
use crate::id::{AppId, ObjectId};
use crate::permission::{PermissionType, Resource};
use crate::time::Timestamp;

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

/// The roles of RBAC for Applications that an application was given, as far as a reading could tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ExchangeRoles")]
pub enum Roles {
    Read {
        value: Vec<Assignment>,
    },
    /// This reading couldn't, an earlier one could. What it has told may explain what is seen; that nothing voids a scope it can't
    /// tell any more.
    Earlier {
        value: Vec<Assignment>,
        at: Timestamp,
        why: Unread,
    },
    Unread {
        why: Unread,
    },
}

impl Roles {
    /// Those that this reading has told.
    #[must_use]
    pub fn read(&self) -> Option<&[Assignment]> {
        match self {
            Self::Read { value } => Some(value),
            Self::Earlier { .. } | Self::Unread { .. } => None,
        }
    }

    /// Those that this reading has told, or an earlier one.
    #[must_use]
    pub fn known(&self) -> Option<&[Assignment]> {
        match self {
            Self::Read { value } | Self::Earlier { value, .. } => Some(value),
            Self::Unread { .. } => None,
        }
    }

    /// When what is known was told, by a reading of this moment.
    #[must_use]
    pub const fn told_at(&self, reading: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Read { .. } => Some(reading),
            Self::Earlier { at, .. } => Some(*at),
            Self::Unread { .. } => None,
        }
    }

    /// Keeps what an earlier reading has told where this one couldn't.
    #[must_use]
    pub fn or_earlier(self, earlier: Option<(Self, Timestamp)>) -> Self {
        match (self, earlier) {
            (Self::Unread { why }, Some((Self::Read { value }, at)))
            | (Self::Unread { why }, Some((Self::Earlier { value, at, .. }, _))) => Self::Earlier { value, at, why },
            (now, _) => now,
        }
    }
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

impl Void {
    /// Whether it is a grant for the whole tenant, which revoking ends.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        match self {
            Self::Grant { .. } | Self::Ews { .. } => true,
            Self::Assignment { .. } => false,
        }
    }
}

/// The name that Rollcall gives the management scope of an application.
#[must_use]
pub fn scope_name(app: AppId) -> String {
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
    let voiding = |api: Resource| move |name: &&String| would_void(limit, &Grant::role(Api::Known(api), name));
    let grants = granted.graph.iter().filter(voiding(Resource::Graph));
    let ews = granted.exchange.iter().filter(voiding(Resource::Exchange));
    let beside = assignments.iter().filter(|assignment| !is_wanted(limit, scope, &assignment.reach));
    grants
        .map(|permission| Void::Grant { permission: permission.clone() })
        .chain(ews.map(|permission| Void::Ews { permission: permission.clone() }))
        .chain(beside.map(|assignment| Void::Assignment { assignment: assignment.clone() }))
        .collect()
}

/// Whether a grant for the whole tenant would make a limit void.
#[must_use]
pub fn would_void(limit: &Limit, grant: &Grant) -> bool {
    let opens = match grant.api {
        Api::Known(resource) => cover::role_of(resource, &grant.name).is_some(),
        Api::Other(_) => false,
    };
    limit.mechanism.is_rbac() && grant.kind == PermissionType::Application && opens
}

/// Whether a role reaches all that an integration is to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaches {
    /// Those of the wished scope, or everybody.
    Wish,
    /// Others.
    Elsewhere,
    /// A scope of the wished one's name. All scopes of an application bear it, and nothing tells that this one was made since the wish.
    Untold,
}

/// Whether a role reaches all that an integration is to reach; `applied` is whether the script of the limit is known to have run since it
/// was wished.
#[must_use]
pub fn reaches_wish(limit: Option<&Limit>, applied: bool, app: AppId, reach: &Reach) -> Reaches {
    let wanted = limit.is_some_and(|limit| is_wanted(limit, &scope_name(app), reach));
    match reach {
        Reach::Everything => Reaches::Wish,
        Reach::Scope { .. } if wanted && !applied => Reaches::Untold,
        Reach::Scope { .. } | Reach::Unit { .. } | Reach::Other { .. } if wanted => Reaches::Wish,
        Reach::Scope { .. } | Reach::Unit { .. } | Reach::Other { .. } => Reaches::Elsewhere,
    }
}

/// Which members a management scope's filter leaves; `None` where it goes by no group. Exchange writes a filter in its own way, so that
/// only a negation outside of quotes is looked for. The group stands there by its distinguished name, which Graph doesn't tell.
fn rule_of(filter: &str) -> Option<Rule> {
    let unquoted: String = filter.split('\'').step_by(2).collect::<String>().to_ascii_lowercase();
    let negated = unquoted.contains("-not") || unquoted.contains("-ne");
    unquoted.contains("memberofgroup").then_some(if negated { Rule::AllButMembers } else { Rule::OnlyMembers })
}

fn is_wanted(limit: &Limit, scope: &str, reach: &Reach) -> bool {
    match reach {
        Reach::Scope { name, filter } => {
            let fits = filter.is_empty() || rule_of(filter) == Some(limit.rule);
            limit.mechanism == super::Mechanism::ManagementScope && name.eq_ignore_ascii_case(scope) && fits
        }
        Reach::Unit { id } => limit.mechanism == super::Mechanism::AdministrativeUnit && *id == limit.unit.id,
        Reach::Everything | Reach::Other { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::GroupKind;
    use crate::scope::{Mechanism, Unit, UnitKind};

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
    fn what_was_known_stays_known_with_its_date_until_it_is_read_again() {
        let read = |role: &str| Roles::Read { value: vec![Assignment { role: role.to_owned(), ..assigned(Reach::Everything) }] };
        let why = Unread::NotAsked { scope: "RoleManagement.Read.Exchange".to_owned() };
        let unread = || Roles::Unread { why: why.clone() };
        let first = unread().or_earlier(Some((read("Mail"), Timestamp(1))));
        assert!(matches!(&first, Roles::Earlier { at: Timestamp(1), .. }), "{first:?}");
        assert_eq!((first.read(), first.known().map(<[_]>::len), first.told_at(Timestamp(2))), (None, Some(1), Some(Timestamp(1))));
        let second = unread().or_earlier(Some((first.clone(), Timestamp(2))));
        assert_eq!(second, first, "its date is that of the reading that could");
        assert_eq!(read("Calendar").or_earlier(Some((second, Timestamp(3)))), read("Calendar"));
        assert_eq!(unread().or_earlier(Some((unread(), Timestamp(1)))), unread());
    }

    #[test]
    fn a_role_reaches_the_wish_by_its_scope_or_by_reaching_everybody() {
        let app = AppId(uuid::Uuid::from_u128(7));
        let ours = Reach::Scope { name: scope_name(app), filter: String::new() };
        let scoped = limit(Mechanism::ManagementScope);
        let reaches = |limit, reach: &Reach| reaches_wish(limit, true, app, reach);
        assert_eq!((reaches(Some(&scoped), &ours), reaches(Some(&scoped), &Reach::Everything)), (Reaches::Wish, Reaches::Wish));
        assert_eq!(reaches(Some(&scoped), &Reach::Unit { id: ObjectId(uuid::Uuid::nil()) }), Reaches::Elsewhere);
        assert_eq!(reaches(None, &ours), Reaches::Elsewhere, "a scope is not everybody");
    }

    #[test]
    fn a_scope_is_not_the_wished_one_by_its_name_alone() {
        let app = AppId(uuid::Uuid::from_u128(7));
        let scoped = limit(Mechanism::ManagementScope);
        let reaches = |applied, filter: &str| {
            let reach = Reach::Scope { name: scope_name(app), filter: filter.to_owned() };
            reaches_wish(Some(&scoped), applied, app, &reach)
        };
        let members = "MemberOfGroup -eq 'CN=not-nestled''s,OU=x'";
        assert_eq!((reaches(true, members), reaches(false, members)), (Reaches::Wish, Reaches::Untold));
        let others = ["-not (MemberOfGroup -eq 'x')", "((-not(MemberOfGroup -eq 'x')))", "MemberOfGroup -ne 'x'", "Department -eq 'Sales'"];
        for filter in others {
            assert_eq!(reaches(true, filter), Reaches::Elsewhere, "{filter}");
        }
        let blocking = Limit { rule: Rule::AllButMembers, ..limit(Mechanism::ManagementScope) };
        let reach = Reach::Scope { name: scope_name(app), filter: others[1].to_owned() };
        assert_eq!(reaches_wish(Some(&blocking), true, app, &reach), Reaches::Wish);
        let found = voids(&blocking, &scope_name(app), Granted { graph: &[], exchange: &[] }, &[assigned(reach.clone())]);
        assert_eq!(found, []);
        let found = voids(&scoped, &scope_name(app), Granted { graph: &[], exchange: &[] }, &[assigned(reach)]);
        assert!(matches!(found.as_slice(), [Void::Assignment { .. }]), "it is that of another wish: {found:?}");
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
