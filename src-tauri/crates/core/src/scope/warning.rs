//! What has to be known of a script before it is run: what it opens or closes, what it leaves, in which order, and how long it takes
//! until it counts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::clock::{Change, Changed};
use super::plan::{Purpose, Step};
use super::{Limit, Remark};
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

/// All that has to be known of a script; `remarks` are those of the last reading, and `change` is the last one that somebody told of.
#[must_use]
pub fn warnings(purpose: Purpose, limit: &Limit, steps: &[Step], remarks: &[Remark], change: Option<Change>) -> Vec<Warning> {
    let minutes = u32::try_from(Changed::by(limit.mechanism).window().as_secs() / 60).unwrap_or(u32::MAX);
    let slow = std::iter::once(Warning::Slow { minutes }).chain((!limit.mechanism.is_rbac()).then_some(Warning::MayTakeLonger));
    let known = || remarks.iter().map(|&remark| Warning::Remark { remark });
    match purpose {
        Purpose::Apply => known().chain(slow).collect(),
        Purpose::Test => {
            let tries = steps.iter().any(|step| matches!(step, Step::Test { mailboxes, .. } if !mailboxes.is_empty()));
            (!tries).then_some(Warning::NothingToTry).into_iter().chain([Warning::NoProof]).collect()
        }
        Purpose::Remove if limit.mechanism.is_rbac() => std::iter::once(Warning::TakesRoles).chain(slow).collect(),
        Purpose::Remove => std::iter::once(Warning::OpensEverybody).chain(slow).collect(),
        Purpose::Migrate => {
            let revoked = |step: &Step| if let Step::Revoke { permission, .. } = step { Some(permission.clone()) } else { None };
            let permissions: Vec<String> = steps.iter().filter_map(revoked).collect();
            let revokes = (!permissions.is_empty()).then_some(Warning::Revokes { permissions });
            known().chain(revokes).chain([Warning::PoliciesStay]).chain(slow).collect()
        }
        Purpose::Finish => {
            let moved = change.filter(|change| change.what == Changed::Rbac).map(Change::settles);
            vec![Warning::NotBefore { at: moved }, Warning::TakesAllPolicies]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::steps;
    use super::super::plan::tests::{app, coverage, limit};
    use super::super::{Mechanism, Rule};
    use super::*;

    fn of(purpose: Purpose, mechanism: Mechanism, change: Option<Change>) -> Vec<Warning> {
        let limit = limit(Rule::OnlyMembers, mechanism);
        let granted = ["Mail.ReadWrite".to_owned(), "Tasks.ReadWrite.All".to_owned()];
        let steps = steps(purpose, &limit, &app(), &coverage(), &granted, &[]).unwrap();
        warnings(purpose, &limit, &steps, &[Remark::NestedLeftOut { users: 3 }], change)
    }

    #[test]
    fn each_script_says_what_it_opens_takes_and_leaves() {
        use Mechanism::{AccessPolicy, ManagementScope};
        let nested = Warning::Remark { remark: Remark::NestedLeftOut { users: 3 } };
        let (hours, half) = (Warning::Slow { minutes: 120 }, Warning::Slow { minutes: 30 });
        assert_eq!(of(Purpose::Apply, ManagementScope, None), [nested.clone(), hours.clone()]);
        assert_eq!(of(Purpose::Remove, AccessPolicy, None), [Warning::OpensEverybody, half, Warning::MayTakeLonger]);
        assert_eq!(of(Purpose::Remove, ManagementScope, None), [Warning::TakesRoles, hours.clone()]);
        let revokes = Warning::Revokes { permissions: vec!["Mail.ReadWrite".to_owned()] };
        assert_eq!(of(Purpose::Migrate, ManagementScope, None), [nested, revokes, Warning::PoliciesStay, hours]);
        assert_eq!(of(Purpose::Test, AccessPolicy, None), [Warning::NothingToTry, Warning::NoProof]);
        let (limit, mailboxes) = (limit(Rule::OnlyMembers, AccessPolicy), ["ceo@contoso.example".to_owned()]);
        let steps = steps(Purpose::Test, &limit, &app(), &coverage(), &[], &mailboxes).unwrap();
        assert_eq!(warnings(Purpose::Test, &limit, &steps, &[], None), [Warning::NoProof]);
    }

    #[test]
    fn the_move_is_finished_when_no_token_from_before_it_is_left() {
        let told = |what| of(Purpose::Finish, Mechanism::ManagementScope, Some(Change { what, at: Timestamp(0) }));
        let at = Some(Timestamp(2 * 60 * 60 * 1_000));
        assert_eq!(told(Changed::Rbac), [Warning::NotBefore { at }, Warning::TakesAllPolicies]);
        assert_eq!(told(Changed::AccessPolicy)[0], Warning::NotBefore { at: None }, "that was a change of the policies");
    }
}
