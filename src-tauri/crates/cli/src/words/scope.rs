//! The words of the access scope.

use rollcall_core::approval::Unread;
use rollcall_core::scope::cmdlet::{Disagreement, Report};
use rollcall_core::scope::finding::{Finding, Observed, Outcome};
use rollcall_core::scope::plan::{NoScript, Purpose};
use rollcall_core::scope::present::{Assignment, Reach, Void};
use rollcall_core::scope::warning::Warning;
use rollcall_core::scope::why::{Because, Link};
use rollcall_core::scope::{Desired, Expected, Mechanism, Remark, Rule};
use rollcall_core::user::MailboxKind;
use rollcall_ops::scope::shared::{SharedWish, Sharer};
use rollcall_ops::scope::show::Stands;

use crate::text::{counted, quoted};

/// Whom the integration is to reach.
pub fn of_desired(desired: &Desired) -> String {
    match desired {
        Desired::Everyone => "everyone".to_owned(),
        Desired::Limited { limit } => {
            let rule = match limit.rule {
                Rule::OnlyMembers => "only the members of",
                Rule::AllButMembers => "everyone but the members of",
            };
            format!("{rule} {}, by {}", limit.unit.name, of_mechanism(limit.mechanism))
        }
    }
}

/// What Exchange calls a mechanism.
pub const fn of_mechanism(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::ManagementScope => "RBAC for Applications (management scope)",
        Mechanism::AdministrativeUnit => "RBAC for Applications (administrative unit)",
        Mechanism::AccessPolicy => "application access policy",
    }
}

/// What a proof comes to.
pub const fn of_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Confirmed => "confirmed",
        Outcome::Contradicted => "contradicted",
        Outcome::TooEarly => "too early to judge",
        Outcome::Unknown => "not settled",
    }
}

/// What a mailbox comes to.
pub const fn of_finding(finding: Finding) -> &'static str {
    match finding {
        Finding::ConfirmedInside => "confirmed inside",
        Finding::ConfirmedOutside => "confirmed outside",
        Finding::Leak => "leak",
        Finding::LockOut => "lock-out",
        Finding::TooEarly => "too early to judge",
        Finding::Unknown => "unknown",
    }
}

/// What a mailbox did.
pub const fn of_observed(observed: Observed) -> &'static str {
    match observed {
        Observed::Answered => "answered",
        Observed::Refused => "was refused",
        Observed::NoMailbox => "has no mailbox to be reached",
        Observed::Unsettled => "gave no answer that settles it",
    }
}

/// What a script is for.
pub const fn of_purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Apply => "makes the scope, or changes what is there to it",
        Purpose::Test => "asks Exchange, and changes nothing",
        Purpose::Remove => "takes the scope away",
        Purpose::Migrate => "takes back the grants that roles stand for, 2 hours after the roles at the earliest",
        Purpose::Finish => "removes the access policies, 2 hours after the move at the earliest",
    }
}

/// What should be known about a scope.
pub fn of_remark(remark: Remark) -> String {
    match remark {
        Remark::NestedLeftOut { users } => {
            format!("{} through a group inside the group, and this mechanism counts direct members only.", are_members(users))
        }
        Remark::NestedReached { users } => {
            format!(
                "{} through a group inside the group, and this mechanism counts direct members only: they are reached. A policy that denies \
                 would keep them out.",
                are_members(users)
            )
        }
        Remark::NestedCounted { users } => {
            format!("{} through a group inside the group. A policy counts them; RBAC for Applications wouldn't.", are_members(users))
        }
        Remark::Empty { rule: Rule::OnlyMembers } => {
            "This mechanism counts nobody in it, so nobody would be reached: every mailbox is refused.".to_owned()
        }
        Remark::Empty { rule: Rule::AllButMembers } => {
            "This mechanism counts nobody in it, so nobody is kept out: every mailbox is reached.".to_owned()
        }
        Remark::PolicyIsLegacy => "Microsoft asks not to create new application access policies.".to_owned(),
        Remark::TurnedRound => {
            "RBAC for Applications knows no deny, so the filter of the scope is turned round. Prove it before you rely on it.".to_owned()
        }
    }
}

fn are_members(users: u32) -> String {
    counted(users, "user is a member", "users are members")
}

/// What another organization of the application wishes, beside this wish.
pub fn of_sharer(sharer: &Sharer) -> String {
    let name = &sharer.name;
    match &sharer.wish {
        SharedWish::Same => format!("{name} has the same application, and wishes the same."),
        SharedWish::Other { desired } => format!(
            "{name} has the same application, and wishes for another scope: {}. Exchange has one limit for both, so both can't hold. Set the \
             same wish for both, or give one of them an integration of its own.",
            of_desired(desired)
        ),
        SharedWish::None { users } => format!(
            "{name} has the same application, and has set no scope: a limit locks {} out as far as {} outside of it.",
            counted(*users, "user of it on Graph", "users of it on Graph"),
            if *users == 1 { "that one is" } else { "they are" }
        ),
    }
}

/// Why there is no script for a purpose; what follows of it the error says.
pub const fn of_no_script(why: NoScript) -> &'static str {
    match why {
        NoScript::NothingToLimit => "Everyone is to be reached. `--for remove` takes away what scripts of Rollcall have made before.",
        NoScript::ForRoles => {
            "Migrate and finish belong to a wish by RBAC for Applications: `rollcallctl scope set --by management-scope` or \
             `--by administrative-unit` comes first."
        }
        NoScript::Contested => "Another organization of the application wishes for another scope.",
        NoScript::NotReadSince => "What is in force was not read since the last change.",
        NoScript::NothingGranted => "Nothing is left to be taken back. `--for finish` removes the access policies.",
        NoScript::RolesMissing => {
            "First the roles: the script of `--for apply` assigns them, and 2 hours later they count everywhere. Until then only the grants \
             open the mailboxes that are to be reached."
        }
        NoScript::GrantsStand => "These grants for the whole tenant have to be revoked first, and read back:",
    }
}

/// What makes a scope void.
pub fn of_void(void: &Void, org: &str) -> String {
    let org = quoted(org);
    match void {
        Void::Grant { permission } => {
            format!(
                "{permission} is granted for the whole tenant. Rights add up, so the scope limits nothing of it. \
                 Revoke that grant: `rollcallctl consent remove {permission} --org {org} --type application`."
            )
        }
        Void::Ews { permission } => {
            format!(
                "{permission} of Exchange Online is granted for the whole tenant: over EWS every mailbox is reached, whatever the scope says. \
                 Revoke that grant: `rollcallctl consent remove {permission} --org {org} --api exchange --type application`."
            )
        }
        Void::Assignment { assignment } => {
            format!(
                "{} is assigned for {}, which is not what is wished now, and adds to it. If a script of Rollcall has assigned it, \
                 `rollcallctl scope plan --org {org} --for apply` moves it or takes it away; otherwise remove that assignment in Exchange.",
                assignment.role,
                of_reach(&assignment.reach)
            )
        }
    }
}

/// What has to be known of a script before it is run.
pub fn of_warning(warning: &Warning) -> String {
    match warning {
        Warning::OpensEverybody => "without an access policy the integration reaches every mailbox of what Entra has granted.".to_owned(),
        Warning::TakesRoles => {
            "without the roles the integration reaches no mailbox by them; what is granted for the whole tenant reaches all.".to_owned()
        }
        Warning::Revokes { permissions } => format!(
            "it takes {} back, granted for the whole tenant until now. Granted again, they would make the scope void.",
            permissions.join(", ")
        ),
        Warning::UnneededRolesGo { roles } => format!(
            "it takes roles away that scripts of Rollcall have assigned and no permission takes any more that is required: {}.",
            roles.join(", ")
        ),
        Warning::RolesNotBefore { at: Some(at) } => format!(
            "not before {}, and not before a proof shows that every mailbox answers that must: until then the roles may not count, and \
             without the grants those mailboxes are refused. It stops unless it is run with -Confirmed.",
            at.utc()
        ),
        Warning::RolesNotBefore { at: None } => {
            "not within 2 hours after the roles were assigned, and not before a proof shows that every mailbox answers that must: until then \
             the roles may not count, and without the grants those mailboxes are refused. It stops unless it is run with -Confirmed."
                .to_owned()
        }
        Warning::PoliciesStay => "the access policies stay; the script of `--for finish` takes them away later.".to_owned(),
        Warning::TakesAllPolicies => "it takes every access policy of the application away, whoever made it. It stops unless it is run with -Confirmed.".to_owned(),
        Warning::NotBefore { at: Some(at) } => {
            format!("not before {}: until then tokens from before the move open what only the policies keep closed.", at.utc())
        }
        Warning::NotBefore { at: None } => {
            "not within 2 hours after the move: tokens from before it open what only the policies keep closed.".to_owned()
        }
        Warning::Slow { minutes } => {
            format!("for up to {minutes} minutes after it Exchange goes on with what it knew; `scope changed` starts that clock.")
        }
        Warning::MayTakeLonger => {
            "Microsoft's newer text says more than an hour of access policies: what contradicts the scope after that may still be too early."
                .to_owned()
        }
        Warning::NoProof => {
            "what the test cmdlet says is no proof: it knows neither what Entra has granted nor what Exchange still remembers.".to_owned()
        }
        Warning::RolesGo => {
            "it takes the roles away that scripts of Rollcall have assigned, which would add to the policy. From then on the integration reaches \
             only what Entra has granted: grant that first."
                .to_owned()
        }
        Warning::Shared { organizations } => {
            format!("it is of the application, and so of {} as well: Exchange has one limit for all of them.", organizations.join(", "))
        }
        Warning::NothingToTry => {
            "it has no mailbox to try: name some with --mailbox, or sign in or prove the scope, so that some can be chosen.".to_owned()
        }
        Warning::Remark { remark } => of_remark(*remark),
    }
}

/// How far an assignment reaches.
pub fn of_reach(reach: &Reach) -> String {
    match reach {
        Reach::Everything => "every mailbox".to_owned(),
        Reach::Scope { name, .. } => format!("the scope {name}"),
        Reach::Unit { id } => format!("the administrative unit {id}"),
        Reach::Other { place } => place.clone(),
    }
}

/// Why Exchange's roles are not known, and the next step.
pub fn of_unread(why: &Unread, org: &str) -> String {
    let org = quoted(org);
    match why {
        Unread::NotAsked { scope } => {
            format!("not read, this sign-in has no {scope}: `rollcallctl scope show --org {org} --allow` asks for it, and reads them.")
        }
        Unread::NoRole { .. } => {
            format!(
                "not read, it takes an Exchange Administrator or a Global Reader: sign in as one, then \
                 `rollcallctl scope show --org {org} --allow`."
            )
        }
        Unread::Failed { code } => format!("not read ({code}): `rollcallctl scope show --org {org} --read` tries again."),
    }
}

/// Of what the last proof is; nothing where it is of the scope as it is wanted now.
pub fn of_stands(stands: Stands, org: &str) -> Option<String> {
    let org = quoted(org);
    match stands {
        Stands::Now => None,
        Stands::OtherScope => Some(format!("It is of another scope: prove this one with `rollcallctl scope prove --org {org}`.")),
        Stands::BeforeChange => {
            Some(format!("It is from before the last change: prove the scope again with `rollcallctl scope prove --org {org}`."))
        }
    }
}

/// The one reason why a mailbox can or can't be reached.
pub const fn of_because(because: Because) -> &'static str {
    match because {
        Because::InScope => "It is inside the scope, and answered.",
        Because::OutOfScope => "It is outside the scope, and was refused.",
        Because::KeptClosed => {
            "It is refused although a right for the whole tenant opens it: something else than this scope, such as an application access \
             policy, keeps it closed."
        }
        Because::NothingOpens => {
            "It was refused, but nothing shows that the integration may open what was asked in any mailbox: no grant does, and none that \
             must answer has. So the refusal shows nothing of the scope."
        }
        Because::TenantWideGrant => {
            "It answered although it is outside: a grant for the whole tenant adds to the scope, and opens it. Revoke that grant."
        }
        Because::AssignedBeside => "It answered although it is outside: a role of Exchange is assigned beside the scope, and opens it.",
        Because::NotHeld => "It answered although it is outside, and nothing that Graph tells explains it: the scope doesn't hold for it.",
        Because::NotAllRead => "It answered although it is outside; not all was read that might explain it.",
        Because::LockedOut => "It is inside the scope, and was refused nevertheless.",
        Because::TooEarly => "It contradicts the scope, but the change may not have reached Exchange everywhere yet.",
        Because::NoMailbox => "There is no mailbox of this tenant to be reached.",
        Because::Unsettled => "No answer settles it.",
        Because::NotAsked => "Nothing was asked of it yet, so nothing shows whether it can be reached.",
    }
}

/// Which mailbox the directory makes one expect.
const fn of_kind(kind: MailboxKind) -> &'static str {
    match kind {
        MailboxKind::User => "a user with an Exchange plan",
        MailboxKind::SharedOrResource => "a shared or resource mailbox",
        MailboxKind::Guest => "a guest, whose mailbox is in another tenant",
        MailboxKind::OnPremises => "from on-premises without an Exchange plan",
        MailboxKind::Unlicensed => "without an Exchange plan",
    }
}

/// Roles, those of one reach together.
pub fn of_assigned(assignments: &[Assignment]) -> String {
    let mut by_reach: Vec<(String, Vec<&str>)> = Vec::new();
    for Assignment { role, reach, .. } in assignments {
        let reach = of_reach(reach);
        match by_reach.iter_mut().find(|(known, _)| *known == reach) {
            Some((_, roles)) => roles.push(role),
            None => by_reach.push((reach, vec![role])),
        }
    }
    by_reach.into_iter().map(|(reach, roles)| format!("{} for {reach}", roles.join(", "))).collect::<Vec<_>>().join("; ")
}

/// What Entra has granted for the whole tenant.
pub fn of_tenant_wide(permissions: &[String]) -> String {
    if permissions.is_empty() {
        "Entra has granted nothing for the whole tenant.".to_owned()
    } else {
        format!("Entra has granted for the whole tenant: {}.", permissions.join(", "))
    }
}

/// What can't be limited of what is granted for the whole tenant.
pub fn of_unlimited(permissions: &[String]) -> String {
    format!(
        "Not limited by any scope, and granted for the whole tenant: {}. What it opens can be reached in this mailbox and every other all \
         the same.",
        permissions.join(", ")
    )
}

/// What the test cmdlet said, and what that is worth.
fn of_report(report: Report, disagrees: Option<Disagreement>) -> String {
    let otherwise = match disagrees {
        None => "",
        Some(Disagreement::WithObserved) => ", which is otherwise than observed",
        Some(Disagreement::WithWanted) => ", which is otherwise than wanted",
        Some(Disagreement::WithBoth) => ", which is otherwise than observed and than wanted",
    };
    let before = if report.before_change { ", before the scope was changed" } else { "" };
    format!("The test cmdlet said: {} (taken in at {}{before}){otherwise}.", report.said.name(), report.at.utc())
}

/// One fact of the chain.
pub fn of_link(link: &Link) -> String {
    match link {
        Link::TenantWide { permissions } => of_tenant_wide(permissions),
        Link::GrantsUnread => "What Entra has granted was not read.".to_owned(),
        Link::Assigned { assignments } if assignments.is_empty() => "Exchange has assigned no role.".to_owned(),
        Link::Assigned { assignments } => format!("Exchange has assigned: {}.", of_assigned(assignments)),
        Link::AssignedBefore { assignments, at } if assignments.is_empty() => {
            format!("Exchange had assigned no role at {}; whether it has since couldn't be read.", at.utc())
        }
        Link::AssignedBefore { assignments, at } => {
            format!("Exchange had assigned at {}: {}. Whether it is so still couldn't be read.", at.utc(), of_assigned(assignments))
        }
        Link::AssignmentsUnread => "Which roles Exchange has assigned was not read.".to_owned(),
        Link::Side { mechanism, expected, unit } => {
            let side = match expected {
                Expected::Inside => "inside",
                Expected::Outside => "outside",
            };
            match (mechanism, unit) {
                (Some(mechanism), Some(unit)) => format!("It is {side} by {} with {unit}.", of_mechanism(*mechanism)),
                (_, None) | (None, Some(_)) => "Everyone is to be reached.".to_owned(),
            }
        }
        Link::MailboxUnread => "What the directory says of the mailbox could not be looked up.".to_owned(),
        Link::Mailbox { address, of, enabled, seen } => {
            let address = address.as_ref().map_or_else(|| "has no address".to_owned(), |address| format!("has the address {address}"));
            let account = if *enabled { "enabled" } else { "disabled" };
            let by = seen.map_or_else(|| "By the directory".to_owned(), |at| format!("By the directory as it was read at {},", at.utc()));
            format!("{by} it {address}; {}; the account is {account}.", of_kind(*of))
        }
        Link::NotAsked => "Nothing was asked of it yet.".to_owned(),
        Link::Said { report, disagrees } => of_report(*report, *disagrees),
        Link::Unlimited { permissions } => of_unlimited(permissions),
        Link::Called { call } => {
            let http = call.http.map_or_else(|| "no status".to_owned(), |http| http.to_string());
            let code = call.code.as_deref().unwrap_or("no code");
            let id = call.request_id.as_deref().unwrap_or("no request id");
            format!("{} {} at {} ({http}, {code}, {id}).", call.workload, of_observed(call.observed), call.at.utc())
        }
    }
}
