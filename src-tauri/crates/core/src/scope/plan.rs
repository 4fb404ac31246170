//! What an Exchange administrator has to do, step by step: to make a scope, to try it, to take it away, and to move from a policy to
//! RBAC for Applications. The order is the safe one: nothing opens for a moment what is to stay closed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::cover::Coverage;
use super::present::{Assignment, Granted, Reach, Reaches, Roles, Void, reaches_wish, scope_name};
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
    /// The move from an access policy to RBAC for Applications: takes back what Entra has granted, when the roles count.
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
    /// Takes these assignments away, as far as they are there.
    Unassign {
        names: Vec<String>,
    },
    DropScope {
        name: String,
    },
    /// Goes no further unless each of these assignments is there.
    Require {
        names: Vec<String>,
    },
    /// Takes a permission back that Entra has granted for the whole tenant.
    Revoke {
        app: ObjectId,
        /// The API that publishes it.
        api: Resource,
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

/// Why there is no script for a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoScript {
    /// Everyone is to be reached.
    NothingToLimit,
    /// It belongs to a wish by RBAC for Applications: an access policy is what one moves from.
    ForRoles,
    /// Another organization of the application wishes otherwise. Exchange has one limit for both.
    Contested,
    /// What is in force was not read since the last change, so that nobody knows which grants stand.
    NotReadSince,
    /// Grants for the whole tenant stand, which only the policies limit.
    GrantsStand,
    /// No grant for the whole tenant is left that a role stands for.
    NothingGranted,
    /// Exchange was read to lack roles that have to take the place of the grants first.
    RolesMissing,
}

/// What a plan goes by.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The wish; `None` where everyone is to be reached.
    pub limit: Option<&'a Limit>,
    pub app: &'a App,
    pub coverage: &'a Coverage,
    /// The application permissions that Entra has granted.
    pub granted: Granted<'a>,
    /// The roles that Exchange has assigned, as far as they are known.
    pub roles: &'a Roles,
    /// The roles that other organizations of the application need.
    pub needed_beside: &'a [String],
    /// What voids the wish, by the last reading.
    pub voids: &'a [Void],
    /// Whether that reading is from after the last change.
    pub read_since: bool,
    /// Whether another organization of the application wishes otherwise.
    pub contested: bool,
    /// Those to be tried.
    pub mailboxes: &'a [String],
}

/// Plans what a purpose takes. What Rollcall has made is taken away whatever is wished for now.
///
/// # Errors
/// [`NoScript`] says why there is nothing of the kind to be done.
pub fn steps(purpose: Purpose, on: &Ground<'_>) -> Result<Vec<Step>, NoScript> {
    let limit = match (purpose, on.limit) {
        (Purpose::Remove, _) => return Ok(remove(on.app)),
        (Purpose::Apply | Purpose::Test | Purpose::Migrate | Purpose::Finish, None) => return Err(NoScript::NothingToLimit),
        (Purpose::Apply | Purpose::Test | Purpose::Migrate | Purpose::Finish, Some(limit)) => limit,
    };
    match purpose {
        Purpose::Migrate | Purpose::Finish if !limit.mechanism.is_rbac() => Err(NoScript::ForRoles),
        Purpose::Apply | Purpose::Migrate | Purpose::Finish if on.contested => Err(NoScript::Contested),
        Purpose::Apply => Ok(apply(limit, on)),
        Purpose::Test => Ok(vec![Step::Test { mechanism: limit.mechanism, app: on.app.clone(), mailboxes: on.mailboxes.to_vec() }]),
        Purpose::Remove => Ok(remove(on.app)),
        Purpose::Migrate => migrate(limit, on),
        Purpose::Finish if !on.read_since => Err(NoScript::NotReadSince),
        Purpose::Finish if on.voids.iter().any(Void::is_granted) => Err(NoScript::GrantsStand),
        Purpose::Finish => Ok(vec![Step::DropAllPolicies { app: on.app.client_id }]),
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

fn apply(limit: &Limit, on: &Ground<'_>) -> Vec<Step> {
    let (app, coverage) = (on.app, on.coverage);
    // The wider role is there before the one that it takes the place of goes.
    let unneeded = || std::iter::once(unassign(app, |role| !is_needed(role, on)));
    match limit.mechanism {
        Mechanism::ManagementScope => {
            let name = scope_name(app.client_id);
            let scope = Step::DefineScope { name: name.clone(), group: limit.unit.id, rule: limit.rule };
            let assign = assignments(app, coverage, &AssignTo::Scope(name));
            [Step::RegisterApp(app.clone()), scope].into_iter().chain(assign).chain(unneeded()).collect()
        }
        Mechanism::AdministrativeUnit => {
            let assign = assignments(app, coverage, &AssignTo::Unit(limit.unit.id));
            std::iter::once(Step::RegisterApp(app.clone())).chain(assign).chain(unneeded()).collect()
        }
        Mechanism::AccessPolicy => {
            let label = label(limit);
            // The new one comes first: without any policy the application reaches everybody.
            let add = Step::AddPolicy { app: app.client_id, group: limit.unit.id, rule: limit.rule, label: label.clone() };
            let drop = Step::DropPolicies { app: app.client_id, keep: Some(label) };
            // Roles from before would add to the policy. They go when it is there.
            let unassign = on.roles.known().is_some_and(|roles| !roles.is_empty()).then(|| unassign(app, |_| true));
            [add, drop].into_iter().chain(unassign).collect()
        }
    }
}

/// Whether a permission that this organization or another one of the application requires takes the role.
fn is_needed(role: &str, on: &Ground<'_>) -> bool {
    on.coverage.scoped.iter().any(|scoped| scoped.role == role) || on.needed_beside.iter().any(|needed| needed == role)
}

fn assignments(app: &App, coverage: &Coverage, to: &AssignTo) -> Vec<Step> {
    let assign =
        |role: &String| Step::Assign { name: assignment_name(app.client_id, role), role: role.clone(), app: app.object_id, to: to.clone() };
    coverage.scoped.iter().map(|scoped| assign(&scoped.role)).collect()
}

/// All that any script of ours can have made for the application, whatever was wished and required when it ran.
fn remove(app: &App) -> Vec<Step> {
    // A scope that is still in use can't be removed, so it goes after the assignments.
    let scope = Step::DropScope { name: scope_name(app.client_id) };
    vec![unassign(app, |_| true), scope, Step::DropPolicies { app: app.client_id, keep: None }]
}

fn unassign(app: &App, which: impl Fn(&str) -> bool) -> Step {
    let roles = super::cover::roles().into_iter().filter(|role| which(role));
    Step::Unassign { names: roles.map(|role| assignment_name(app.client_id, role)).collect() }
}

/// The roles come first, by the script that makes the scope: Exchange may take two hours to heed them, and the next token already lacks a
/// grant that was taken back. The policies stay: a token from before carries the grant until it ends, and only they limit it.
fn migrate(limit: &Limit, on: &Ground<'_>) -> Result<Vec<Step>, NoScript> {
    let app = on.app;
    let revokes = |api: Resource, granted: &[String]| {
        let limited = granted.iter().filter(|name| super::cover::role_of(api, name).is_some());
        limited.map(|permission| Step::Revoke { app: app.object_id, api, permission: permission.clone() }).collect::<Vec<_>>()
    };
    let revoke = [revokes(Resource::Graph, on.granted.graph), revokes(Resource::Exchange, on.granted.exchange)].concat();
    let reaches = |assigned: &Assignment| reaches_wish(Some(limit), true, app.client_id, &assigned.reach) == Reaches::Wish;
    let lacks = |read: &[Assignment]| {
        let is_there = |role: &str| read.iter().any(|assigned| assigned.role.eq_ignore_ascii_case(role) && reaches(assigned));
        !on.coverage.scoped.iter().all(|scoped| is_there(&scoped.role))
    };
    if !on.read_since {
        Err(NoScript::NotReadSince)
    } else if revoke.is_empty() {
        Err(NoScript::NothingGranted)
    } else if on.roles.read().is_some_and(lacks) {
        Err(NoScript::RolesMissing)
    } else {
        let names = on.coverage.scoped.iter().map(|scoped| assignment_name(app.client_id, &scoped.role)).collect();
        Ok(std::iter::once(Step::Require { names }).chain(revoke).collect())
    }
}

/// Whether scripts of Rollcall assign roles so. Graph doesn't tell the names of assignments, by which it would be certain.
fn may_be_ours(app: AppId, reach: &Reach) -> bool {
    match reach {
        Reach::Scope { name, .. } => name.eq_ignore_ascii_case(&scope_name(app)),
        Reach::Unit { .. } => true,
        Reach::Everything | Reach::Other { .. } => false,
    }
}

/// The roles of these that a script takes away because no permission that is required takes them any more.
#[must_use]
pub fn taken_away(app: AppId, steps: &[Step], assigned: &[Assignment]) -> Vec<String> {
    let taken = |one: &&Assignment| may_be_ours(app, &one.reach) && is_unassigned(app, steps, &one.role);
    assigned.iter().filter(taken).map(|one| one.role.clone()).collect()
}

fn is_unassigned(app: AppId, steps: &[Step], role: &str) -> bool {
    let wanted = assignment_name(app, role);
    steps.iter().any(|step| matches!(step, Step::Unassign { names } if names.iter().any(|name| name.eq_ignore_ascii_case(&wanted))))
}

/// What still voids the scope when a script of these steps has run. One that takes the scope away has nothing to be voided. Roles that are
/// assigned for the scope of the application go with it; one that the script assigns is moved, where it is the only one of that role that
/// may be of a script of Rollcall.
#[must_use]
pub fn left_void(purpose: Purpose, app: AppId, steps: &[Step], voids: Vec<Void>, assigned: &[Assignment]) -> Vec<Void> {
    let redefined = steps.iter().any(|step| matches!(step, Step::DefineScope { .. }));
    let revoked = |of: Resource, name: &str| {
        steps.iter().any(|step| matches!(step, Step::Revoke { api, permission, .. } if *api == of && permission == name))
    };
    let is_moved = |moved: &Assignment| {
        let same = |role: &str| role.eq_ignore_ascii_case(&moved.role);
        let ours = assigned.iter().filter(|one| same(&one.role) && may_be_ours(app, &one.reach)).count();
        let touched = steps.iter().any(|step| matches!(step, Step::Assign { role, .. } if same(role)));
        (touched || is_unassigned(app, steps, &moved.role)) && ours == 1
    };
    let stays = |void: &Void| match void {
        Void::Grant { permission } => !revoked(Resource::Graph, permission),
        Void::Ews { permission } => !revoked(Resource::Exchange, permission),
        Void::Assignment { assignment } => {
            let with_scope = redefined && matches!(assignment.reach, Reach::Scope { .. });
            !(may_be_ours(app, &assignment.reach) && (with_scope || is_moved(assignment)))
        }
    };
    if purpose == Purpose::Remove { Vec::new() } else { voids.into_iter().filter(stays).collect() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::approval::Unread;
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

    /// A ground that nothing speaks against.
    pub fn ground<'a>(limit: Option<&'a Limit>, app: &'a App, coverage: &'a Coverage, graph: &'a [String]) -> Ground<'a> {
        static UNREAD: Roles = Roles::Unread { why: Unread::NotAsked { scope: String::new() } };
        let granted = Granted { graph, exchange: &[] };
        let (roles, needed_beside) = (&UNREAD, &[]);
        Ground { limit, app, coverage, granted, roles, needed_beside, voids: &[], read_since: true, contested: false, mailboxes: &[] }
    }

    pub fn read(assigned: &[(&str, Reach)]) -> Roles {
        let one = |(role, reach): &(&str, Reach)| Assignment { id: "1".to_owned(), role: (*role).to_owned(), reach: reach.clone() };
        Roles::Read { value: assigned.iter().map(one).collect() }
    }

    #[test]
    fn moving_from_a_policy_takes_the_grant_back_and_leaves_the_policies_for_later() {
        let granted = ["Mail.ReadWrite".to_owned(), "Tasks.ReadWrite.All".to_owned()];
        let limit = limit(Rule::OnlyMembers, Mechanism::ManagementScope);
        let (app, coverage) = (app(), coverage());
        let ground = ground(Some(&limit), &app, &coverage, &granted);
        let steps = steps(Purpose::Migrate, &ground).unwrap();
        let wanted = coverage.scoped.iter().map(|scoped| assignment_name(app.client_id, &scoped.role)).collect();
        assert_eq!(steps[0], Step::Require { names: wanted }, "without the roles everybody inside is shut out");
        assert!(!steps.iter().any(|step| matches!(step, Step::Assign { .. })), "a role that was just assigned counts for nobody yet");
        let drops = |steps: &[Step]| steps.iter().any(|step| matches!(step, Step::DropPolicies { .. } | Step::DropAllPolicies { .. }));
        assert!(!drops(&steps), "a token from before the move opens whatever they keep closed");
        assert!(drops(&super::steps(Purpose::Finish, &ground).unwrap()));
        assert_eq!(steps.iter().filter(|step| matches!(step, Step::Revoke { .. })).count(), 1, "tasks can't be scoped, so they stay");
    }

    #[test]
    fn the_move_comes_in_the_order_in_which_nothing_opens_and_nobody_is_shut_out() {
        let granted = ["Mail.ReadWrite".to_owned(), "Calendars.ReadWrite".to_owned()];
        let kinds = |mechanism, purpose| {
            let (limit, app, coverage) = (limit(Rule::OnlyMembers, mechanism), app(), coverage());
            let steps = super::steps(purpose, &ground(Some(&limit), &app, &coverage, &granted)).unwrap();
            let kind = |step: &Step| match step {
                Step::RegisterApp(_) => "register",
                Step::DefineScope { .. } => "scope",
                Step::Assign { .. } => "assign",
                Step::Revoke { .. } => "revoke",
                Step::Require { .. } => "require",
                Step::Unassign { .. } => "unassign",
                Step::DropAllPolicies { .. } => "drop policies",
                Step::DropScope { .. } | Step::AddPolicy { .. } | Step::DropPolicies { .. } | Step::Test { .. } => "another",
            };
            steps.iter().map(kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(Mechanism::ManagementScope, Purpose::Apply), ["register", "scope", "assign", "assign", "unassign"]);
        assert_eq!(kinds(Mechanism::AdministrativeUnit, Purpose::Apply), ["register", "assign", "assign", "unassign"]);
        for mechanism in [Mechanism::ManagementScope, Mechanism::AdministrativeUnit] {
            assert_eq!(kinds(mechanism, Purpose::Migrate), ["require", "revoke", "revoke"]);
        }
        assert_eq!(kinds(Mechanism::ManagementScope, Purpose::Finish), ["drop policies"]);
    }

    #[test]
    fn a_policy_is_there_before_the_one_that_it_takes_the_place_of_goes() {
        let limit = limit(Rule::AllButMembers, Mechanism::AccessPolicy);
        let (app, coverage) = (app(), coverage());
        let ground = ground(Some(&limit), &app, &coverage, &[]);
        let steps = steps(Purpose::Apply, &ground).unwrap();
        assert!(matches!(steps.as_slice(), [Step::AddPolicy { .. }, Step::DropPolicies { keep: Some(_), .. }]));
        assert_eq!(super::steps(Purpose::Migrate, &ground), Err(NoScript::ForRoles));
        assert_eq!(super::steps(Purpose::Finish, &ground), Err(NoScript::ForRoles));
        let roles = read(&[("Application Mail.Read", Reach::Everything)]);
        let moved = Ground { roles: &roles, ..ground };
        let steps = super::steps(Purpose::Apply, &moved).unwrap();
        assert!(
            matches!(steps.as_slice(), [Step::AddPolicy { .. }, Step::DropPolicies { .. }, Step::Unassign { .. }]),
            "roles from before would add to the policy: {steps:?}"
        );
    }

    #[test]
    fn what_rollcall_has_made_by_either_mechanism_goes_whatever_is_wished_now() {
        let (app, none) = (app(), Coverage::default());
        let removal = steps(Purpose::Remove, &ground(None, &app, &none, &[])).unwrap();
        let [Step::Unassign { names }, Step::DropScope { name }, Step::DropPolicies { keep: None, .. }] = removal.as_slice() else {
            panic!("{removal:?}")
        };
        assert_eq!(name, &scope_name(app.client_id));
        for scoped in coverage().scoped {
            assert!(names.contains(&assignment_name(app.client_id, &scoped.role)), "{} of {names:?}", scoped.role);
        }
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
        for mechanism in Mechanism::ALL {
            let limit = limit(Rule::OnlyMembers, mechanism);
            let contested = Ground { contested: true, ..ground(Some(&limit), &app, &none, &[]) };
            assert_eq!(steps(Purpose::Remove, &contested), Ok(removal.clone()), "{mechanism:?}");
        }
        for purpose in [Purpose::Apply, Purpose::Test, Purpose::Migrate, Purpose::Finish] {
            assert_eq!(steps(purpose, &ground(None, &app, &none, &[])), Err(NoScript::NothingToLimit));
        }
    }

    #[test]
    fn roles_of_the_scope_that_a_script_moves_or_takes_void_nothing_after_it() {
        let app = app();
        let assigned =
            |reach| Void::Assignment { assignment: Assignment { id: "1".to_owned(), role: "Application Mail.Read".to_owned(), reach } };
        let ours = assigned(Reach::Scope { name: scope_name(app.client_id), filter: "Department -eq 'x'".to_owned() });
        let others = assigned(Reach::Everything);
        let all: Vec<Assignment> = [&ours, &others]
            .into_iter()
            .filter_map(|void| if let Void::Assignment { assignment } = void { Some(assignment.clone()) } else { None })
            .collect();
        let left = |step| left_void(Purpose::Apply, app.client_id, &[step], vec![ours.clone(), others.clone()], &all);
        let names = vec![assignment_name(app.client_id, "Application Mail.Read")];
        assert_eq!(left(Step::Unassign { names }).as_slice(), std::slice::from_ref(&others));
        assert_eq!(left(Step::Unassign { names: vec![] }), [ours.clone(), others.clone()], "another role goes");
        assert_eq!(left(Step::RegisterApp(app.clone())), [ours.clone(), others.clone()]);
    }

    #[test]
    fn on_a_switch_between_a_management_scope_and_a_unit_the_roles_move_along() {
        let (app, coverage) = (app(), coverage());
        let scoped = Reach::Scope { name: scope_name(app.client_id), filter: "MemberOfGroup -eq 'x'".to_owned() };
        let unit = |n| Reach::Unit { id: ObjectId(Uuid::from_u128(n)) };
        let left = |mechanism, assigned: &[(&str, Reach)]| {
            let limit = limit(Rule::OnlyMembers, mechanism);
            let roles = read(assigned);
            let known = roles.known().unwrap();
            let none = Granted { graph: &[], exchange: &[] };
            let voids = super::super::present::voids(&limit, &scope_name(app.client_id), none, known);
            assert!(!voids.is_empty(), "before the script they are of the other one");
            let steps = steps(Purpose::Apply, &Ground { roles: &roles, ..ground(Some(&limit), &app, &coverage, &[]) }).unwrap();
            left_void(Purpose::Apply, app.client_id, &steps, voids, known)
        };
        let (to_unit, to_scope) = (Mechanism::AdministrativeUnit, Mechanism::ManagementScope);
        let mail = "Application Mail.ReadWrite";
        assert_eq!(left(to_unit, &[(mail, scoped.clone()), ("Application Calendars.ReadWrite", scoped.clone())]), []);
        assert_eq!(left(to_scope, &[(mail, unit(7))]), []);
        assert_eq!(left(to_scope, &[("Application Contacts.Read", unit(7))]), [], "what no permission needs is taken away");
        assert_eq!(left(to_scope, &[(mail, unit(7)), (mail, unit(8))]).len(), 2, "one of them is somebody else's, and nothing tells which");
        assert_eq!(left(to_unit, &[(mail, Reach::Everything)]).len(), 1, "no script of ours assigns for everybody");
        assert_eq!(left(to_unit, &[("Application Mail Full Access", scoped)]).len(), 1, "no script of ours assigns it");
    }

    #[test]
    fn roles_that_nothing_requires_any_more_go_with_the_script_that_makes_the_scope() {
        let (app, coverage) = (app(), coverage());
        let beside = ["Application Contacts.Read".to_owned()];
        for mechanism in [Mechanism::ManagementScope, Mechanism::AdministrativeUnit] {
            let limit = limit(Rule::OnlyMembers, mechanism);
            let steps = steps(Purpose::Apply, &Ground { needed_beside: &beside, ..ground(Some(&limit), &app, &coverage, &[]) }).unwrap();
            let Some(Step::Unassign { names }) = steps.last() else { panic!("{steps:?}") };
            let goes = |role: &str| names.contains(&assignment_name(app.client_id, role));
            assert!(goes("Application Mail.Read") && goes("Application EWS.AccessAsApp"), "{names:?}");
            assert!(!goes("Application Mail.ReadWrite") && !goes("Application Calendars.ReadWrite"), "{names:?}");
            assert!(!goes("Application Contacts.Read"), "another organization of the application needs it");
            let scoped = Reach::Scope { name: scope_name(app.client_id), filter: String::new() };
            let roles = read(&[("Application Mail.Read", scoped), ("Application Contacts.ReadWrite", Reach::Everything)]);
            let taken = taken_away(app.client_id, &steps, roles.known().unwrap());
            assert_eq!(taken, ["Application Mail.Read"], "what others have assigned stays");
        }
    }

    #[test]
    fn grants_are_taken_back_only_where_the_roles_are_there_or_the_script_can_look() {
        let (app, coverage, limit) = (app(), coverage(), limit(Rule::OnlyMembers, Mechanism::ManagementScope));
        let (graph, exchange) = (["Mail.ReadWrite".to_owned()], ["full_access_as_app".to_owned(), "IMAP.AccessAsApp".to_owned()]);
        let open = Ground { granted: Granted { graph: &graph, exchange: &exchange }, ..ground(Some(&limit), &app, &coverage, &[]) };
        let ours = || Reach::Scope { name: scope_name(app.client_id), filter: String::new() };
        let (mail, calendar) = ("Application Mail.ReadWrite", "Application Calendars.ReadWrite");
        let some = read(&[(mail, ours())]);
        let elsewhere = read(&[(mail, ours()), (calendar, Reach::Unit { id: ObjectId(Uuid::from_u128(7)) })]);
        for lacking in [&some, &elsewhere] {
            assert_eq!(steps(Purpose::Migrate, &Ground { roles: lacking, ..open }), Err(NoScript::RolesMissing), "{lacking:?}");
        }
        assert_eq!(steps(Purpose::Migrate, &Ground { read_since: false, ..open }), Err(NoScript::NotReadSince));
        assert_eq!(steps(Purpose::Migrate, &ground(Some(&limit), &app, &coverage, &[])), Err(NoScript::NothingGranted));
        let there = read(&[(mail, ours()), (calendar, ours())]);
        let steps = steps(Purpose::Migrate, &Ground { roles: &there, ..open }).unwrap();
        let revoke = |api, name: &str| Step::Revoke { app: app.object_id, api, permission: name.to_owned() };
        assert_eq!(steps[1..], [revoke(Resource::Graph, "Mail.ReadWrite"), revoke(Resource::Exchange, "full_access_as_app")]);
        let voids = vec![Void::Ews { permission: "full_access_as_app".to_owned() }];
        assert_eq!(left_void(Purpose::Migrate, app.client_id, &steps, voids, &[]), []);
    }

    #[test]
    fn nothing_is_planned_that_another_organization_of_the_application_contradicts() {
        let (app, coverage, limit) = (app(), coverage(), limit(Rule::OnlyMembers, Mechanism::ManagementScope));
        let contested = Ground { contested: true, ..ground(Some(&limit), &app, &coverage, &[]) };
        for purpose in [Purpose::Apply, Purpose::Migrate, Purpose::Finish] {
            assert_eq!(steps(purpose, &contested), Err(NoScript::Contested), "{purpose:?}");
        }
        assert!(steps(Purpose::Test, &contested).is_ok(), "asking changes nothing");
    }

    #[test]
    fn the_policies_stay_while_a_grant_stands_that_only_they_limit_or_nobody_has_looked() {
        let (app, coverage, limit) = (app(), coverage(), limit(Rule::OnlyMembers, Mechanism::ManagementScope));
        let finish = |voids: &[Void], read_since| {
            steps(Purpose::Finish, &Ground { voids, read_since, ..ground(Some(&limit), &app, &coverage, &[]) })
        };
        let grant = Void::Grant { permission: "Mail.ReadWrite".to_owned() };
        let ews = Void::Ews { permission: "full_access_as_app".to_owned() };
        let beside = Assignment { id: "1".to_owned(), role: "Application Mail.Read".to_owned(), reach: Reach::Everything };
        assert_eq!(finish(std::slice::from_ref(&grant), true), Err(NoScript::GrantsStand));
        assert_eq!(finish(&[ews], true), Err(NoScript::GrantsStand));
        assert_eq!(finish(&[grant], false), Err(NoScript::NotReadSince), "it may have been revoked since");
        assert!(finish(&[Void::Assignment { assignment: beside }], true).is_ok(), "no policy limits a role");
    }

    #[test]
    fn names_fit_into_what_exchange_allows() {
        assert!(assignment_name(app().client_id, "Application MailboxItem.ImportExport").len() <= 64);
        assert!(scope_name(app().client_id).len() <= 64);
    }
}
