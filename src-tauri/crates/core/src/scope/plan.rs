//! What an Exchange administrator has to do, step by step: to make a scope, to try it, to take it away, and to move from a policy to
//! RBAC for Applications. The order is the safe one: nothing opens for a moment what is to stay closed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::cover::Coverage;
use super::present::{Void, scope_name};
use super::{Limit, Mechanism, Rule};
use crate::id::{AppId, ObjectId};
use crate::permission::Resource;

/// The application whose reach is limited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    pub client_id: AppId,
    /// The object id of its enterprise application.
    pub object_id: ObjectId,
    pub name: String,
}

/// What a script is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ScopePurpose")]
pub enum Purpose {
    /// Makes the scope, or changes what is there to it.
    Apply,
    Test,
    Remove,
    /// From an access policy to RBAC for Applications, but for the policies.
    Migrate,
    /// Removes the policies, when no token from before the move is left.
    Finish,
}

impl Purpose {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Apply, Self::Test, Self::Remove, Self::Migrate, Self::Finish];

    /// The name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Test => "test",
            Self::Remove => "remove",
            Self::Migrate => "migrate",
            Self::Finish => "finish",
        }
    }
}

/// Which mailboxes a role is assigned for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignTo {
    /// Those of the management scope of that name.
    Scope(String),
    Unit(ObjectId),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Tells Exchange of the enterprise application.
    RegisterApp(App),
    /// Makes the management scope, or changes its filter.
    DefineScope {
        name: String,
        group: ObjectId,
        rule: Rule,
    },
    /// Assigns a role, or moves the assignment to another scope.
    Assign {
        name: String,
        role: String,
        app: ObjectId,
        to: AssignTo,
    },
    Unassign {
        name: String,
    },
    DropScope {
        name: String,
    },
    /// Takes a permission back that Entra has granted for the whole tenant.
    Revoke {
        app: ObjectId,
        permission: String,
    },
    AddPolicy {
        app: AppId,
        group: ObjectId,
        rule: Rule,
        label: String,
    },
    /// Removes the policies that Rollcall has made for the application, but for the one with that label.
    DropPolicies {
        app: AppId,
        keep: Option<String>,
    },
    /// Removes all policies of the application, whoever made them.
    DropAllPolicies {
        app: AppId,
    },
    Test {
        mechanism: Mechanism,
        app: App,
        mailboxes: Vec<String>,
    },
}

/// Plans what a purpose takes. `granted` are the application permissions that Entra has granted; `mailboxes` those to be tried. `None`
/// where there is nothing of the kind to be done.
#[must_use]
pub fn steps(
    purpose: Purpose,
    limit: &Limit,
    app: &App,
    coverage: &Coverage,
    granted: &[String],
    mailboxes: &[String],
) -> Option<Vec<Step>> {
    match purpose {
        Purpose::Apply => Some(apply(limit, app, coverage)),
        Purpose::Test => Some(vec![Step::Test { mechanism: limit.mechanism, app: app.clone(), mailboxes: mailboxes.to_vec() }]),
        Purpose::Remove => Some(remove(limit, app, coverage)),
        Purpose::Migrate => limit.mechanism.is_rbac().then(|| migrate(limit, app, coverage, granted)),
        Purpose::Finish => limit.mechanism.is_rbac().then(|| vec![Step::DropAllPolicies { app: app.client_id }]),
    }
}

/// The label of a policy, by which the next run of a script knows it again.
#[must_use]
pub fn label(limit: &Limit) -> String {
    let right = match limit.rule {
        Rule::OnlyMembers => "restrict to",
        Rule::AllButMembers => "deny",
    };
    format!("Rollcall: {right} {}", limit.unit.id)
}

/// The name of a role's assignment, of at most 64 letters.
#[must_use]
pub fn assignment_name(app: AppId, role: &str) -> String {
    let id = app.to_string();
    format!("Rollcall {} {}", id.get(..8).unwrap_or_default(), role.trim_start_matches("Application "))
}

fn apply(limit: &Limit, app: &App, coverage: &Coverage) -> Vec<Step> {
    match limit.mechanism {
        Mechanism::ManagementScope => {
            let name = scope_name(app.client_id);
            let scope = Step::DefineScope { name: name.clone(), group: limit.unit.id, rule: limit.rule };
            let assign = assignments(app, coverage, &AssignTo::Scope(name));
            [Step::RegisterApp(app.clone()), scope].into_iter().chain(assign).collect()
        }
        Mechanism::AdministrativeUnit => {
            let assign = assignments(app, coverage, &AssignTo::Unit(limit.unit.id));
            std::iter::once(Step::RegisterApp(app.clone())).chain(assign).collect()
        }
        Mechanism::AccessPolicy => {
            let label = label(limit);
            // The new one comes first: without any policy the application reaches everybody.
            vec![
                Step::AddPolicy { app: app.client_id, group: limit.unit.id, rule: limit.rule, label: label.clone() },
                Step::DropPolicies { app: app.client_id, keep: Some(label) },
            ]
        }
    }
}

fn assignments(app: &App, coverage: &Coverage, to: &AssignTo) -> Vec<Step> {
    let assign =
        |role: &String| Step::Assign { name: assignment_name(app.client_id, role), role: role.clone(), app: app.object_id, to: to.clone() };
    coverage.scoped.iter().map(|scoped| assign(&scoped.role)).collect()
}

fn remove(limit: &Limit, app: &App, coverage: &Coverage) -> Vec<Step> {
    match limit.mechanism {
        Mechanism::ManagementScope | Mechanism::AdministrativeUnit => {
            let unassign = coverage.scoped.iter().map(|scoped| Step::Unassign { name: assignment_name(app.client_id, &scoped.role) });
            // A scope that is still in use can't be removed, so it goes last.
            let scope = (limit.mechanism == Mechanism::ManagementScope).then(|| Step::DropScope { name: scope_name(app.client_id) });
            unassign.chain(scope).collect()
        }
        Mechanism::AccessPolicy => vec![Step::DropPolicies { app: app.client_id, keep: None }],
    }
}

/// The policies stay: a token that was issued before the grant was taken back carries it until it ends, and only they limit it.
fn migrate(limit: &Limit, app: &App, coverage: &Coverage, granted: &[String]) -> Vec<Step> {
    let limited = granted.iter().filter(|name| super::cover::role_of(Resource::Graph, name).is_some());
    let revoke = limited.map(|permission| Step::Revoke { app: app.object_id, permission: permission.clone() });
    apply(limit, app, coverage).into_iter().chain(revoke).collect()
}

/// What still voids the scope when a script of these steps has run. One that takes the scope away has nothing to be voided.
#[must_use]
pub fn left_void(purpose: Purpose, steps: &[Step], voids: Vec<Void>) -> Vec<Void> {
    let revoked = |name: &str| steps.iter().any(|step| matches!(step, Step::Revoke { permission, .. } if permission == name));
    let stays = |void: &Void| match void {
        Void::Grant { permission } => !revoked(permission),
        Void::Ews { .. } | Void::Assignment { .. } => true,
    };
    if purpose == Purpose::Remove { Vec::new() } else { voids.into_iter().filter(stays).collect() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::group::GroupKind;
    use crate::scope::cover::Scoped;
    use crate::scope::{Unit, UnitKind};
    use uuid::Uuid;

    pub fn app() -> App {
        App { client_id: AppId(Uuid::from_u128(0xA)), object_id: ObjectId(Uuid::from_u128(0xB)), name: "Revenue Grid".to_owned() }
    }

    pub fn limit(rule: Rule, mechanism: Mechanism) -> Limit {
        let of = match mechanism {
            Mechanism::AdministrativeUnit => UnitKind::AdministrativeUnit,
            Mechanism::ManagementScope | Mechanism::AccessPolicy => UnitKind::Group(GroupKind::MailEnabledSecurity),
        };
        Limit { rule, mechanism, unit: Unit { id: ObjectId(Uuid::from_u128(0xC)), name: "Integration Scope".to_owned(), of } }
    }

    pub fn coverage() -> Coverage {
        let scoped = |permission: &str| Scoped { permission: permission.to_owned(), role: format!("Application {permission}") };
        Coverage { scoped: vec![scoped("Mail.ReadWrite"), scoped("Calendars.ReadWrite")], ..Coverage::default() }
    }

    #[test]
    fn moving_from_a_policy_takes_the_grant_back_and_leaves_the_policies_for_later() {
        let granted = ["Mail.ReadWrite".to_owned(), "Tasks.ReadWrite.All".to_owned()];
        let limit = limit(Rule::OnlyMembers, Mechanism::ManagementScope);
        let steps = steps(Purpose::Migrate, &limit, &app(), &coverage(), &granted, &[]).unwrap();
        let at = |wanted: fn(&Step) -> bool| steps.iter().position(wanted).unwrap();
        let assigned = at(|step| matches!(step, Step::Assign { .. }));
        let revoked = at(|step| matches!(step, Step::Revoke { .. }));
        assert!(assigned < revoked, "nobody inside is shut out between the two");
        let drops = |steps: &[Step]| steps.iter().any(|step| matches!(step, Step::DropPolicies { .. } | Step::DropAllPolicies { .. }));
        assert!(!drops(&steps), "a token from before the move opens whatever they keep closed");
        assert!(drops(&super::steps(Purpose::Finish, &limit, &app(), &coverage(), &granted, &[]).unwrap()));
        assert_eq!(steps.iter().filter(|step| matches!(step, Step::Revoke { .. })).count(), 1, "tasks can't be scoped, so they stay");
    }

    #[test]
    fn the_move_comes_in_the_order_in_which_nothing_opens_and_nobody_is_shut_out() {
        let granted = ["Mail.ReadWrite".to_owned(), "Calendars.ReadWrite".to_owned()];
        let kinds = |mechanism, purpose| {
            let steps = super::steps(purpose, &limit(Rule::OnlyMembers, mechanism), &app(), &coverage(), &granted, &[]).unwrap();
            let kind = |step: &Step| match step {
                Step::RegisterApp(_) => "register",
                Step::DefineScope { .. } => "scope",
                Step::Assign { .. } => "assign",
                Step::Revoke { .. } => "revoke",
                Step::DropAllPolicies { .. } => "drop policies",
                Step::Unassign { .. } | Step::DropScope { .. } | Step::AddPolicy { .. } | Step::DropPolicies { .. } | Step::Test { .. } => {
                    "another"
                }
            };
            steps.iter().map(kind).collect::<Vec<_>>()
        };
        let by_scope = kinds(Mechanism::ManagementScope, Purpose::Migrate);
        assert_eq!(by_scope, ["register", "scope", "assign", "assign", "revoke", "revoke"]);
        let by_unit = kinds(Mechanism::AdministrativeUnit, Purpose::Migrate);
        assert_eq!(by_unit, ["register", "assign", "assign", "revoke", "revoke"]);
        assert_eq!(kinds(Mechanism::ManagementScope, Purpose::Finish), ["drop policies"]);
    }

    #[test]
    fn a_policy_is_there_before_the_one_that_it_takes_the_place_of_goes() {
        let limit = limit(Rule::AllButMembers, Mechanism::AccessPolicy);
        let steps = steps(Purpose::Apply, &limit, &app(), &coverage(), &[], &[]).unwrap();
        assert!(matches!(steps.as_slice(), [Step::AddPolicy { .. }, Step::DropPolicies { keep: Some(_), .. }]));
        assert_eq!(super::steps(Purpose::Migrate, &limit, &app(), &coverage(), &[], &[]), None);
    }

    #[test]
    fn names_fit_into_what_exchange_allows() {
        assert!(assignment_name(app().client_id, "Application MailboxItem.ImportExport").len() <= 64);
        assert!(scope_name(app().client_id).len() <= 64);
    }
}
