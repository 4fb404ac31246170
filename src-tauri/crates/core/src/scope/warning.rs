//! What has to be known of a script before it is run: what it opens or closes, what it leaves, in which order, and how long it takes
//! until it counts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::clock::{Change, Changed};
use super::plan::{Purpose, Step};
use super::{Limit, Mechanism, Remark};
use crate::time::Timestamp;

/// One of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ScriptWarning")]
pub enum Warning {
    /// Without an access policy the integration reaches every mailbox of what Entra has granted.
    OpensEverybody,
    /// Without the roles it reaches no mailbox by them; with a grant for the whole tenant it reaches all.
    TakesRoles,
    /// It takes the roles away that Rollcall's scripts have assigned, which would add to the policy. From then on the integration reaches
    /// only what Entra has granted.
    RolesGo,
    /// It takes these roles away that Rollcall's scripts have assigned, and that no permission takes any more that is required.
    UnneededRolesGo { roles: Vec<String> },
    /// Before that moment, or two hours after the roles were assigned where nobody has said when that was, they may not count yet: who is to
    /// be reached would be refused. It stops unless somebody says that they do.
    RolesNotBefore { at: Option<Timestamp> },
    /// It is of the application, and so of these organizations as well.
    Shared { organizations: Vec<String> },
    /// It takes these back that Entra has granted for the whole tenant. Granted again, they make the scope void.
    Revokes { permissions: Vec<String> },
    /// The access policies stay; the script that finishes the move takes them away.
    PoliciesStay,
    /// It takes every access policy of the application away, whoever made it.
    TakesAllPolicies,
    /// Before that moment, or two hours after the move where nobody has said when that was, tokens from before it open what only the
    /// policies keep closed.
    NotBefore { at: Option<Timestamp> },
    /// Exchange goes on for so many minutes with what it knew.
    Slow { minutes: u32 },
    /// Microsoft's older text says 30 minutes of access policies, its newer one more than an hour ("New-ApplicationAccessPolicy").
    MayTakeLonger,
    /// What a test cmdlet says is no proof: it knows neither what Entra has granted nor what Exchange still remembers.
    NoProof,
    /// The test has no mailbox to try.
    NothingToTry,
    /// What should be known of the mechanism and its unit.
    Remark { remark: Remark },
}

/// What is known beside the steps of a script.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The remarks of the last reading.
    pub remarks: &'a [Remark],
    /// The last change that somebody told of.
    pub change: Option<Change>,
    /// The other organizations of the application.
    pub sharing: &'a [String],
    /// The roles that it takes away because nothing requires them any more.
    pub unneeded: &'a [String],
}

/// All that has to be known of a script.
#[must_use]
pub fn warnings(purpose: Purpose, limit: Option<&Limit>, steps: &[Step], known: Known<'_>) -> Vec<Warning> {
    // What takes everything away takes roles, too.
    let mechanism = limit.filter(|_| purpose != Purpose::Remove).map_or(Mechanism::ManagementScope, |limit| limit.mechanism);
    let minutes = u32::try_from(Changed::by(mechanism).window().as_secs() / 60).unwrap_or(u32::MAX);
    let slow = std::iter::once(Warning::Slow { minutes }).chain((!mechanism.is_rbac()).then_some(Warning::MayTakeLonger));
    let Known { remarks, change, sharing, unneeded } = known;
    let known = || remarks.iter().map(|&remark| Warning::Remark { remark });
    let settled = change.filter(|change| change.what == Changed::Rbac).map(Change::settles);
    let shared = (!sharing.is_empty()).then(|| Warning::Shared { organizations: sharing.to_vec() });
    match purpose {
        Purpose::Apply => {
            let unassigns = steps.iter().any(|step| matches!(step, Step::Unassign { .. }));
            let go = if mechanism.is_rbac() {
                (!unneeded.is_empty()).then(|| Warning::UnneededRolesGo { roles: unneeded.to_vec() })
            } else {
                unassigns.then_some(Warning::RolesGo)
            };
            shared.into_iter().chain(known()).chain(go).chain(slow).collect()
        }
        Purpose::Test => {
            let tries = steps.iter().any(|step| matches!(step, Step::Test { mailboxes, .. } if !mailboxes.is_empty()));
            (!tries).then_some(Warning::NothingToTry).into_iter().chain([Warning::NoProof]).collect()
        }
        Purpose::Remove => shared.into_iter().chain([Warning::TakesRoles, Warning::OpensEverybody]).chain(slow).collect(),
        Purpose::Migrate => {
            let revoked = |step: &Step| if let Step::Revoke { permission, .. } = step { Some(permission.clone()) } else { None };
            let permissions: Vec<String> = steps.iter().filter_map(revoked).collect();
            let revokes = (!permissions.is_empty()).then_some(Warning::Revokes { permissions });
            let first = [Warning::RolesNotBefore { at: settled }];
            shared.into_iter().chain(first).chain(known()).chain(revokes).chain([Warning::PoliciesStay]).chain(slow).collect()
        }
        Purpose::Finish => shared.into_iter().chain([Warning::NotBefore { at: settled }, Warning::TakesAllPolicies]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::super::plan::Ground;
    use super::super::plan::steps;
    use super::super::plan::tests::{app, coverage, ground, limit};
    use super::*;

    fn of(purpose: Purpose, mechanism: Mechanism, change: Option<Change>) -> Vec<Warning> {
        let limit = limit(Rule::OnlyMembers, mechanism);
        let granted = ["Mail.ReadWrite".to_owned(), "Tasks.ReadWrite.All".to_owned()];
        let steps = steps(purpose, &ground(Some(&limit), &app(), &coverage(), &granted)).unwrap();
        let remarks = [Remark::NestedLeftOut { users: 3 }];
        warnings(purpose, Some(&limit), &steps, Known { remarks: &remarks, change, sharing: &[], unneeded: &[] })
    }

    #[test]
    fn each_script_says_what_it_opens_takes_and_leaves() {
        use Mechanism::{AccessPolicy, ManagementScope};
        let nested = Warning::Remark { remark: Remark::NestedLeftOut { users: 3 } };
        let hours = Warning::Slow { minutes: 120 };
        assert_eq!(of(Purpose::Apply, ManagementScope, None), [nested.clone(), hours.clone()]);
        for mechanism in [AccessPolicy, ManagementScope] {
            let removal = of(Purpose::Remove, mechanism, None);
            assert_eq!(removal, [Warning::TakesRoles, Warning::OpensEverybody, hours.clone()], "it takes what either has left");
        }
        let policy = of(Purpose::Apply, AccessPolicy, None);
        assert_eq!(policy, [nested.clone(), Warning::Slow { minutes: 60 }, Warning::MayTakeLonger]);
        let revokes = Warning::Revokes { permissions: vec!["Mail.ReadWrite".to_owned()] };
        let early = Warning::RolesNotBefore { at: None };
        assert_eq!(of(Purpose::Migrate, ManagementScope, None), [early, nested, revokes, Warning::PoliciesStay, hours]);
        let change = Change { what: Changed::Rbac, at: Timestamp(0) };
        let early = Warning::RolesNotBefore { at: Some(change.settles()) };
        assert_eq!(of(Purpose::Migrate, ManagementScope, Some(change))[0], early, "the roles count by then");
        assert_eq!(of(Purpose::Test, AccessPolicy, None), [Warning::NothingToTry, Warning::NoProof]);
        let (limit, mailboxes) = (limit(Rule::OnlyMembers, AccessPolicy), ["ceo@contoso.example".to_owned()]);
        let steps = steps(Purpose::Test, &Ground { mailboxes: &mailboxes, ..ground(Some(&limit), &app(), &coverage(), &[]) }).unwrap();
        let known = Known { remarks: &[], change: None, sharing: &[], unneeded: &[] };
        assert_eq!(warnings(Purpose::Test, Some(&limit), &steps, known), [Warning::NoProof]);
    }

    #[test]
    fn whom_else_a_script_of_the_application_is_of_is_said() {
        let known = Known { remarks: &[], change: None, sharing: &["Branch".to_owned()], unneeded: &[] };
        let shared = Warning::Shared { organizations: vec!["Branch".to_owned()] };
        for purpose in [Purpose::Apply, Purpose::Remove] {
            assert_eq!(warnings(purpose, None, &[], known)[0], shared, "{purpose:?}");
        }
        let goes = |mechanism, unneeded| {
            let (limit, steps) = (limit(Rule::OnlyMembers, mechanism), [Step::Unassign { names: vec![] }]);
            warnings(Purpose::Apply, Some(&limit), &steps, Known { sharing: &[], unneeded, ..known }).remove(0)
        };
        assert_eq!(goes(Mechanism::AccessPolicy, &[]), Warning::RolesGo);
        let roles = ["Application Mail.Read".to_owned()];
        assert_eq!(goes(Mechanism::ManagementScope, &roles), Warning::UnneededRolesGo { roles: roles.to_vec() });
        assert_eq!(goes(Mechanism::ManagementScope, &[]), Warning::Slow { minutes: 120 }, "as far as is known none is there");
    }

    #[test]
    fn the_move_is_finished_when_no_token_from_before_it_is_left() {
        let told = |what| of(Purpose::Finish, Mechanism::ManagementScope, Some(Change { what, at: Timestamp(0) }));
        let at = Some(Timestamp(2 * 60 * 60 * 1_000));
        assert_eq!(told(Changed::Rbac), [Warning::NotBefore { at }, Warning::TakesAllPolicies]);
        assert_eq!(told(Changed::AccessPolicy)[0], Warning::NotBefore { at: None }, "that was a change of the policies");
    }
}
