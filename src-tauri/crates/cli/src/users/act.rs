//! Acts on users: moves, switches, forces, resets, takes out. Whoever is refused is named with the reason.

use clap::{ArgGroup, Args, Subcommand};
use rollcall_core::action::Action;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::UserId;
use rollcall_core::organization::AccessType;
use rollcall_core::rules::Reason;
use rollcall_ops::error::{Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::acknowledge;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::users::act::{self, ActOnUsers, Acted, Chosen};
use rollcall_ops::users::foresee::{self, ForeseeAction, Foreseen};
use rollcall_ops::users::query::UserFilter;

use super::find;
use crate::call::Call;
use crate::exit::Exit;
use crate::org::Access;
use crate::table::Paint;
use crate::text::{count, counted};
use crate::{names, words};

/// Whom an action is for.
#[derive(Args)]
pub struct Whom {
    /// User principal names or addresses
    #[arg(required_unless_present = "all_of", value_name = "UPN")]
    upns: Vec<String>,
    /// Everybody in this organization
    #[arg(long, value_name = "ORG", conflicts_with = "upns")]
    all_of: Option<String>,
    /// The tenant, where several know an address or have an organization of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Say what it would do, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// What to do with users. Nothing of it changes the tenant.
#[derive(Subcommand)]
pub enum Act {
    /// Move users to another organization of the tenant
    Move {
        /// The organization to move to
        #[arg(long, value_name = "ORG")]
        to: String,
        #[command(flatten)]
        whom: Whom,
    },
    /// Switch users from EWS to Graph; the next session that passes ends the switch
    Switch {
        /// What Graph can't do for the integration has been read and is accepted
        #[arg(long)]
        acknowledge: bool,
        /// At once, outside of the change window too
        #[arg(long)]
        now: bool,
        /// Also those who aren't ready by the pre-flight
        #[arg(long)]
        not_ready: bool,
        #[command(flatten)]
        whom: Whom,
    },
    /// Take switches back that wait for the change window
    Withdraw(Whom),
    /// Reach users in another way than their organization's other users are, or as those again
    #[command(group(ArgGroup::new("way").args(["to", "inherit"]).required(true)))]
    SetAccess {
        /// The users' own mailbox access type
        #[arg(long, value_name = "ACCESS")]
        to: Option<Access>,
        /// The organization's again
        #[arg(long)]
        inherit: bool,
        #[command(flatten)]
        whom: Whom,
    },
    /// Reach users over EWS again, as long as Exchange Online has it
    GoBack(Whom),
    /// Forget what was read of mailboxes, so that the next session begins anew
    Reset(Whom),
    /// Enable synchronization of users, also of those who were disabled due to an error
    Enable(Whom),
    /// Disable synchronization of users
    Disable(Whom),
    /// Take mailboxes out of synchronization and checks
    Exclude(Whom),
    /// Take mailboxes back into synchronization and checks
    Include(Whom),
    /// Take users out of their organization; nothing changes in the tenant
    Delete {
        /// Also those whose mailbox is initialized
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        whom: Whom,
    },
}

/// Does it, or says what it would do.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Act, call: &Call) -> Result<Exit> {
    let (action, whom) = match ask {
        Act::Move { to, whom } => {
            let to = names::organization(call, &to, whom.tenant.as_deref()).await?.organization.id;
            (Action::Move { to }, whom)
        }
        Act::Switch { acknowledge, now, not_ready, whom } => {
            let action = Action::Switch { at_once: now, not_ready };
            if acknowledge {
                accept_limitations(action, chosen(&whom, call).await?, whom.dry_run, call).await?;
            }
            (action, whom)
        }
        Act::Withdraw(whom) => (Action::Withdraw, whom),
        Act::SetAccess { to, whom, .. } => (Action::SetAccess { access: to.map(AccessType::from) }, whom),
        Act::GoBack(whom) => (Action::GoBack, whom),
        Act::Reset(whom) => (Action::Reset, whom),
        Act::Enable(whom) => (Action::EnableSync, whom),
        Act::Disable(whom) => (Action::DisableSync, whom),
        Act::Exclude(whom) => (Action::Exclude, whom),
        Act::Include(whom) => (Action::Include, whom),
        Act::Delete { force, whom } => (Action::Remove { force }, whom),
    };
    let users = chosen(&whom, call).await?;
    let foreseen = foresee::foresee(&call.desk, ForeseeAction { users: users.clone(), action }, &Job::quiet()).await?;
    if whom.dry_run {
        call.screen.answer(&foreseen, |_| show_foreseen(action, &foreseen, false, call));
        return Ok(Exit::of_foreseen(&foreseen));
    }
    tell_limitations(&foreseen, call);
    let ask = ActOnUsers { users, action, expected: Some(foreseen.meant()) };
    let acted = act::act(&call.desk, ask, &call.job()).await?;
    answer(&acted, call);
    Ok(if acted.refused == 0 { Exit::Fine } else { Exit::Incomplete })
}

/// Says what came of it.
pub fn answer(acted: &Acted, call: &Call) {
    call.screen.answer(acted, |screen| {
        screen.line(&format!(
            "{} done, {} untouched, {} refused.",
            counted(acted.done, "user", "users"),
            count(acted.untouched),
            count(acted.refused)
        ));
        if acted.queued > 0 {
            screen.line(&format!(
                "{} for the change window and begin by themselves.",
                counted(acted.queued, "switch waits", "switches wait")
            ));
        }
        for refusal in &acted.refusals {
            let words = words::of_reason(refusal.reason);
            screen.painted(
                &format!("{}: {}{}. {}", refusal.upn, words.title, so_judged(refusal.eligibility), screen.filled(words.advice)),
                Paint::Open,
            );
        }
        let named = u32::try_from(acted.refusals.len()).unwrap_or(u32::MAX);
        if acted.refused > named {
            screen.line(&format!("… and {} more.", count(acted.refused - named)));
        }
    });
}

/// What stands in the way, where a mailbox isn't ready.
fn so_judged(eligibility: Option<Eligibility>) -> String {
    eligibility.map_or_else(String::new, |eligibility| format!(" ({})", words::of_eligibility(eligibility).title))
}

/// The users that are named.
pub async fn named(upns: &[String], tenant: Option<&str>, call: &Call) -> Result<Vec<UserId>> {
    let mut ids = Vec::with_capacity(upns.len());
    for upn in upns {
        ids.push(find(upn, tenant, call).await?.row.user.id);
    }
    Ok(ids)
}

async fn chosen(whom: &Whom, call: &Call) -> Result<Chosen> {
    match &whom.all_of {
        Some(name) => {
            let view = names::organization(call, name, whom.tenant.as_deref()).await?;
            call.screen.about(&view);
            let organization = view.organization.id;
            Ok(Chosen::Filter(UserFilter { organization: Some(organization), ..UserFilter::default() }))
        }
        None => Ok(Chosen::Ids(named(&whom.upns, whom.tenant.as_deref(), call).await?)),
    }
}

/// Shows what Graph can't do for the integrations of these users, and notes for their organizations that it is accepted.
///
/// # Errors
/// `InvalidInput` in a dry run; those of the verbs.
pub async fn accept_limitations(action: Action, users: Chosen, dry_run: bool, call: &Call) -> Result<()> {
    if dry_run {
        return Err(Error::input("--acknowledge", "it is a decision, which --dry-run doesn't make"));
    }
    let foreseen = foresee::foresee(&call.desk, ForeseeAction { users, action }, &Job::quiet()).await?;
    for text in &foreseen.limitations {
        call.screen.note(&format!("  · {text}"));
    }
    for organization in foreseen.unread {
        acknowledge::acknowledge(&call.desk, OrganizationRef { organization }, &Job::quiet()).await?;
    }
    Ok(())
}

/// Shows what Graph can't do, where it has to be accepted first.
pub fn tell_limitations(foreseen: &Foreseen, call: &Call) {
    if foreseen.unread.is_empty() {
        return;
    }
    call.screen.note("What Graph can't do for this integration; --acknowledge accepts it:");
    for text in &foreseen.limitations {
        call.screen.note(&format!("  · {text}"));
    }
}

/// Says what it would come to. A wave's switches always wait for the change window.
pub fn show_foreseen(action: Action, foreseen: &Foreseen, waves_wait: bool, call: &Call) {
    let screen = &call.screen;
    screen.line(&format!(
        "{} meant: {} would change, {} are like that already.",
        counted(foreseen.users, "user", "users"),
        count(foreseen.changes),
        count(foreseen.untouched)
    ));
    let waits = foreseen.queued + foreseen.queued_once_read;
    if waits > 0 {
        let opens = foreseen.opens.map_or_else(String::new, |at| format!(", which opens at {}", at.utc()));
        let now = if waves_wait { "" } else { "; --now doesn't wait" };
        screen.line(&format!("{} would wait for the change window{opens}{now}.", count(waits)));
    }
    for refused in &foreseen.refused {
        let words = words::of_reason(refused.reason);
        let what = match refused.reason {
            Reason::LimitationsUnread => {
                format!("{} would change once what Graph can't do is accepted: --acknowledge accepts it.", count(refused.users))
            }
            _ => format!(
                "{} would be refused: {}{}. {}",
                count(refused.users),
                words.title,
                so_judged(refused.eligibility),
                screen.filled(words.advice)
            ),
        };
        screen.painted(&what, Paint::Open);
    }
    for change in &foreseen.access {
        screen.line(&format!("{} would be reached by {} in place of {}.", count(change.users), change.to, change.from));
    }
    if foreseen.kept_on_ews > 0 {
        screen.line(&format!(
            "{} on EWS in that organization, until `rollcallctl users switch` switches them.",
            counted(foreseen.kept_on_ews, "user would stay", "users would stay")
        ));
    }
    if foreseen.integration > 0 {
        screen.line(&format!(
            "{} would come to another integration, which has its own consent.",
            counted(foreseen.integration, "user", "users")
        ));
    }
    if foreseen.initialized > 0 {
        screen.line(&format!("{} would have to be initialized again.", counted(foreseen.initialized, "mailbox", "mailboxes")));
    }
    if foreseen.must_sign_in > 0 {
        screen.line(&format!(
            "{} must sign in again afterwards; `rollcallctl users list --sign-in needed,not-signed-in` names them.",
            counted(foreseen.must_sign_in, "user", "users")
        ));
    }
    if foreseen.into_disabled {
        screen.line("Synchronization is disabled in the organization that they come to.");
    }
    if foreseen.consent_unread > 0 {
        let users = counted(foreseen.consent_unread, "user", "users");
        screen.painted(
            &format!("Nobody has read back yet what is granted for {users}: where it lacks something, their sessions fail (consent show)."),
            Paint::Open,
        );
    }
    if let Some(end) = foreseen.ews {
        screen.line(&format!(
            "In Exchange Online EWS is off since {} unless an admin has turned it on again, and is removed for good on {}.",
            end.off_by_default.utc(),
            end.removed.utc()
        ));
    }
    if matches!(action, Action::Switch { .. }) && !foreseen.limitations.is_empty() {
        screen.line("What Graph can't do for this integration:");
        for text in &foreseen.limitations {
            screen.line(&format!("  · {text}"));
        }
    }
}
