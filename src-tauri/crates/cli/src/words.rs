//! Every sentence that a person reads about a failure: what it is called, and what to do about it. Matched without wildcards,
//! so that a new code can't come without words.

use std::borrow::Cow;

use rollcall_core::address::{AddressChange, SignInNeed};
use rollcall_core::arrival::Fate;
use rollcall_core::bound::Bound;
use rollcall_core::consent::{Authorization, ConsentState};
use rollcall_core::eligibility::{Eligibility, Evidence, Unasked};
use rollcall_core::manifest::{Place, Said};
use rollcall_core::membership_rule::{Attribute, Condition, Test};
use rollcall_core::migration::MigrationStep;
use rollcall_core::presets::{HowToCheck, Inspection};
use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::Happening;
use rollcall_core::user_consent::{ConsentSettings, UserConsent};
use rollcall_core::verdict::Verdict;
use rollcall_ops::error::{Code, Error};
use rollcall_ops::users::csv_list::{Charset, Separator};

use crate::moment::near;

mod cures;
pub mod scope;
mod waits;

pub use cures::{of_cause, of_class, of_group, of_reach, of_who};
pub use waits::{not_kept, of_keychain, waiting_at, waiting_for};

/// A title and what to do.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub title: &'static str,
    pub advice: &'static str,
}

const fn words(title: &'static str, advice: &'static str) -> Words {
    Words { title, advice }
}

/// The words for an error; those of the reason where the action can't run now.
pub const fn of_error(error: &Error) -> Words {
    match error.reason {
        Some(reason) => of_reason(reason),
        None => of_code(error.code),
    }
}

/// By what Microsoft's support finds what has failed: the id that Microsoft told, else ours; `None` where nothing was sent.
pub fn id_of(error: &Error) -> Option<String> {
    let told = error.request_id.as_ref().map(|id| format!("request id {id}"));
    told.or_else(|| error.client_request_id.as_ref().map(|id| format!("client request id {id}")))
}

/// What happened, with the moment until which Microsoft asks to wait.
pub fn title_of_error(error: &Error, now: Timestamp) -> Cow<'static, str> {
    let title = of_error(error).title;
    error.until.map_or(Cow::Borrowed(title), |until| Cow::Owned(format!("{title} until {}", near(until, now))))
}

/// The name of an error in JSON: the reason's where the action can't run now, else the code's.
pub const fn name_of_error(error: &Error) -> &'static str {
    match error.reason {
        Some(reason) => name_of_reason(reason),
        None => error.code.name(),
    }
}

const fn of_code(code: Code) -> Words {
    match code {
        Code::InvalidInput => words("That can't be used", "Look at what is said below, and at `--help` of the command."),
        Code::DuplicateName => words("The name is taken", "Choose another name."),
        Code::DuplicateExternalId => words("The External ID is taken", "Choose another External ID; it can't be changed later."),
        Code::ExternalIdFixed => words("An External ID never changes", "Create a new organization with the other External ID."),
        Code::NotFound => words("There is no such thing", "Look at the list of what there is."),
        Code::NotNow => words("Not now", "A precondition isn't met; see below."),
        Code::NotSignedIn => words("Nobody is signed in", "Sign in with `rollcallctl sign-in --tenant NAME` and try again."),
        Code::SignInCancelled => words("The sign-in was cancelled", "Nothing was stored. Start it again when you are ready."),
        Code::SignInTimedOut => words("The browser never came back", "Nothing was stored. Start the sign-in again."),
        Code::NoBrowser => words(
            "Somebody has to act in a browser, and none could be opened here",
            "Run it at a terminal of a desktop session; or, where the command takes it, with --print-url, and open the address on this computer.",
        ),
        Code::SignInRefused => {
            words("Microsoft Entra refused the sign-in", "Look the AADSTS number up, or ask whoever manages the app registration.")
        }
        Code::WrongTenant => words("That account belongs to another tenant", "Sign in with an account of the tenant that was added."),
        Code::WrongAccount => words(
            "Another account signed in",
            "Nothing was stored. The account that the mailbox belongs to has to sign in: choose it on Microsoft's page.",
        ),
        Code::UnknownTenant => words("No such tenant in this cloud", "Check the tenant id or domain, and the cloud."),
        Code::StateMismatch => {
            words("The browser's answer belongs to another attempt", "Nothing was stored. Close old sign-in pages and start again.")
        }
        Code::WrongSecret => {
            words("The client secret is wrong", "Take the secret's value, not its id, from the app registration, and hand it in again.")
        }
        Code::SecretExpired => words(
            "The client secret has expired",
            "Make a new one in the app registration and hand it in with `integration change NAME --secret-stdin`.",
        ),
        Code::AppUnknown => {
            words("The tenant doesn't know this application", "Check the client id, and grant consent with `consent grant` first.")
        }
        Code::AppDisabled => {
            words("The enterprise application is disabled", "Enable it for sign-in under Enterprise applications in Entra.")
        }
        Code::RedirectNotRegistered => words(
            "The application doesn't accept answers on this computer",
            "Add http://localhost as a redirect of its mobile and desktop platform in the app registration.",
        ),
        Code::ConsentDeclined => words("Consent was declined", "Nothing was granted. Ask whoever may consent for the whole tenant."),
        Code::ConsentMissing => words("Consent is missing", "Grant it with `consent grant --org NAME`."),
        Code::NotPermitted => words(
            "Your role doesn't allow this",
            "Sign in as a Privileged Role Administrator or Global Administrator with `sign-in --tenant NAME`.",
        ),
        Code::PolicyBlocked => words("A policy of the tenant blocks this", "Ask whoever manages conditional access."),
        Code::Offline => words("Microsoft can't be reached", "Check the network, the proxy and its certificate, then try again."),
        Code::NotGraph => words(
            "Something else answered in Microsoft's place",
            "A proxy or a captive portal is in between: sign in to it, or let Microsoft's addresses through.",
        ),
        Code::DamagedAnswer => words("The answer was cut off or can't be read", "Try again. If it goes on, look at the proxy in between."),
        Code::Throttled => words("Microsoft asks to wait", "Try again later; nothing has to be mended."),
        Code::ServiceUnavailable => {
            words("Microsoft's service is not available", "Try again later, and look at the service health of the tenant.")
        }
        Code::Changed => {
            words("The tenant has changed meanwhile", "Nothing was written. Look at the preview again, and agree to what it shows now.")
        }
        Code::OutcomeUnknown => words("It is not known whether that was done", "Read back what is true now before doing it again."),
        Code::Stopped => words("Stopped", "What was done before is kept; the command can simply be repeated."),
        Code::Keychain => {
            words("The keychain can't be used", "Unlock it, or run the command in a desktop session with a keychain; then repeat it.")
        }
        Code::DataInUse => words("Another Rollcall is using this data", "Close the other one, or choose another folder with --data-dir."),
        Code::DataNewer => words("The data was written by a newer Rollcall", "Update this one. Nothing was changed."),
        Code::DataDamaged => words("The data is damaged", "Start again: damaged data is set aside and what can be saved is carried over."),
        Code::DiskFull => words("The disk is full", "Make room and try again."),
        Code::NotSaved => words("The file couldn't be saved", "Free some space, or choose a folder that can be written to."),
        Code::DataReadOnly => words("The data folder can't be written to", "Check who owns it, or choose another with --data-dir."),
        Code::Internal => words("A fault of Rollcall itself", "Run it again with ROLLCALL_LOG=info and report what it says."),
    }
}

/// Why an action can't run now, and what to do first.
pub const fn of_reason(reason: Reason) -> Words {
    match reason {
        Reason::NotSignedIn => words("Nobody is signed in", "Sign in with `rollcallctl sign-in --tenant NAME` and try again."),
        Reason::NoUsers => words("The organization has no users", "Bring some in with `rollcallctl users import --org NAME --all`."),
        Reason::NoSecret => words(
            "The integration's secret is not at hand",
            "Hand it in with --secret-stdin, or keep it with `integration change NAME --secret-stdin`.",
        ),
        Reason::RunUnderWay => {
            words("A run of this organization is under way", "Wait until it is over, or stop it with Ctrl+C where it runs.")
        }
        Reason::UsesEws => words(
            "Reached through EWS",
            "Rollcall reads and checks over Graph: switch users with `rollcallctl users switch`, or in waves with `org waves plan`.",
        ),
        Reason::UsersMustSignIn => words(
            "These mailboxes answer only to their users",
            "None of those meant is signed in here: not yet, or not since a switch. `rollcallctl users list --sign-in needed,not-signed-in` \
             names them, `rollcallctl users mailboxes UPN` says for which mailbox, and `rollcallctl users connect UPN [--mailbox ADDRESS]` lets its \
             account sign in.",
        ),
        Reason::HasUsers => words(
            "The organization still has users",
            "Take them out with `rollcallctl users delete`, then delete it; or delete it with them: `rollcallctl org delete --force`.",
        ),
        Reason::HasOrganizations => words("Organizations still use the integration", "Delete them first with `rollcallctl org delete`."),
        Reason::StillInitialized => words("The mailbox is initialized or switching", "Use --force if it is to go all the same."),
        Reason::NeedsPrivilegedRole => words(
            "Your role doesn't allow this",
            "Sign in as a Privileged Role Administrator or a Global Administrator with `sign-in --tenant NAME`, or ask one to grant it.",
        ),
        Reason::NeedsApplicationRole => words(
            "Your role doesn't allow this",
            "Sign in with `sign-in --tenant NAME` as a Cloud Application Administrator, Application Administrator, Privileged Role Administrator or Global Administrator.",
        ),
        Reason::Excluded => words("The mailbox is excluded", "Take it back in with `rollcallctl users include`."),
        Reason::SyncDisabled => words("Synchronization is disabled", "Enable it with `users enable`, or `org change --sync enabled`."),
        Reason::ForcedJustNow => words("That was forced a moment ago", "Wait a minute: a user is not read more often on demand."),
        Reason::EwsRemoved => words("Microsoft has removed EWS", "There is no way back; the user stays on Graph."),
        Reason::SessionsUnderWay => {
            words("Sessions of this organization are under way", "Wait until they are over, or stop them with Ctrl+C where they run.")
        }
        Reason::OtherTenant => {
            words("That organization is of another tenant", "A user stays in its tenant: choose an organization of the same one.")
        }
        Reason::LimitationsUnread => words(
            "What Graph can't do was not acknowledged yet",
            "Read it with `users switch --dry-run`, and accept it with `users switch --acknowledge`.",
        ),
        Reason::NobodySignsIn => words(
            "Nobody signs in for this mailbox",
            "The integration reaches it in its own name. Signing in is for organizations with graph_delegated.",
        ),
        Reason::MailboxNotConnected => {
            words("The mailbox is not connected", "Its account has to sign in first: `rollcallctl users connect UPN [--mailbox ADDRESS]`.")
        }
        Reason::DefaultMustSend => words(
            "The default mailbox has to send",
            "Switch send on for it with `users mailbox set --send on`, or make another one that sends the default.",
        ),
        Reason::MailboxIsDefault => {
            words("It is the user's default mailbox", "Make another one the default first with `users mailbox set --default`.")
        }
        Reason::MigrationUnderWay => {
            words("The user is being migrated step by step", "Go on with `users migrate`, or give it up with `users migrate give-up`.")
        }
        Reason::StepNotReached => {
            words("That step is not the one to take", "`users migrate show` says which one is next; none is skipped.")
        }
        Reason::StepNotChecked => words(
            "This step has no answer yet",
            "Ask its mailbox with `users migrate check`; when it has answered well, the step can be done.",
        ),
        Reason::AddInTooOld => words("The add-in is too old", "Have it updated first: nothing was begun."),
        Reason::WaveWaits => words("The wave can't start yet", "`org waves show` says which criterion isn't met."),
        Reason::WaveHeld => words("The wave is held", "`org waves release` holds it no more."),
        Reason::WaveDone => words("Nobody of the wave is left to be switched", "`org waves show` says how far its users are."),
        Reason::WaveStarted => {
            words("The wave was started", "Who is in it is settled then. `org waves criteria` changes by what it is judged.")
        }
        Reason::WaveOver => words("The wave is over", "It met its criteria: by what it was judged stays."),
        Reason::WaveEmptied => words("A wave would have nobody", "Leave somebody in each wave, or make another plan."),
        Reason::OtherOrganization => words("The user is in another organization", "Move it there first: `users move`."),
        Reason::AlreadySwitched => words("The mailbox is reached over Graph already, or about to be", "There is nothing to switch."),
        Reason::SwitchQueued => words("The switch waits for the change window", "`--now` doesn't wait; `users withdraw` takes it back."),
        Reason::NotReady => words(
            "The mailbox isn't ready by the pre-flight",
            "`rollcallctl users preflight` says what to do about it; `users switch --not-ready` switches it all the same.",
        ),
        Reason::ConsentMissing => words(
            "Consent is missing",
            "What the workloads need isn't granted: `consent show --org NAME` says what is missing and how it is given.",
        ),
        Reason::MustSwitch => words(
            "From EWS to Graph only a switch leads",
            "Switch with `rollcallctl users switch`, or in waves: `rollcallctl org waves plan`. Both keep to the change window.",
        ),
        Reason::AlreadySo => words("It is like that already", "There is nothing to change."),
        Reason::WouldVoidScope => words(
            "It would make the access scope void",
            "A scope of the application, of this organization or of another one, gives this by a role of Exchange: `rollcallctl scope plan` writes its \
             script. `rollcallctl consent add-missing` grants all that the scope doesn't give. To grant it for the whole tenant all the same, \
             change that scope first.",
        ),
        Reason::ScopeContested => words(
            "Another organization of the application wishes for another scope",
            "To Exchange it is one application with one limit: set the same wish for both with `rollcallctl scope set`, or give one of them an \
             integration of its own, with a client id of its own. `rollcallctl scope show` names the other wish.",
        ),
        Reason::ScopeUnread => words(
            "What is in force was not read since the last change",
            "Read it with `rollcallctl scope show --org NAME --read`: which grants for the whole tenant stand decides what comes next.",
        ),
        Reason::ReachesWhoSignedIn => words(
            "An access scope concerns application permissions",
            "The organization's access is delegated: the integration reaches the mailbox of whoever has signed in to it, and nobody else's. There is \
             nothing to limit or to prove.",
        ),
        Reason::GrantsStand => words(
            "Grants for the whole tenant stand that only the access policies limit",
            "Without the policies they open every mailbox. `rollcallctl scope show --org NAME` names them and how each is revoked; then read again \
             with --read.",
        ),
        Reason::RolesMissing => words(
            "Exchange lacks roles that have to take the place of the grants",
            "Without them nobody could be reached once the grants are gone. Run the script of `rollcallctl scope plan --org NAME`, then read with \
             `rollcallctl scope show --org NAME --read`.",
        ),
        Reason::NothingToAsk => words(
            "What can be limited of its permissions is nothing that can be asked for by reading",
            "A proof reads, and never sends or speaks EWS. Run the script of `rollcallctl scope plan --org NAME --for test` in place of it: what \
             the test cmdlet says isn't a proof, but all there is.",
        ),
    }
}

/// What happened to a user, as its timeline tells it.
pub fn of_happening(what: &Happening) -> String {
    match what {
        Happening::Moved { from, to } => format!("moved from {from} to {to}"),
        Happening::AccessSet { access: Some(access) } => format!("mailbox access type set to {access}"),
        Happening::AccessSet { access: None } => "mailbox access type left to the organization".to_owned(),
        Happening::SyncEnabled => "synchronization enabled".to_owned(),
        Happening::SyncDisabled => "synchronization disabled".to_owned(),
        Happening::SyncDisabledDueToError { failures } => format!("synchronization disabled: {failures} sessions in a row had failed"),
        Happening::PutInWave { from, to } => format!("put into wave {to} of the rollout plan, from wave {from}"),
        Happening::InWave { wave } => format!("wave {wave} of the rollout plan started"),
        Happening::SwitchQueued => "switch queued for the change window".to_owned(),
        Happening::SwitchWithdrawn => "queued switch withdrawn".to_owned(),
        Happening::Switched { to } => format!("switch to {to} begun"),
        Happening::WentBack { to } => format!("went back to {to}"),
        Happening::Initialized => "mailbox initialized".to_owned(),
        Happening::Reset => "mailbox reset".to_owned(),
        Happening::Excluded => "mailbox excluded".to_owned(),
        Happening::Included => "mailbox taken back in".to_owned(),
        Happening::Forced => "synchronization forced".to_owned(),
        Happening::SessionFailed { cause, code } => {
            let why = cause.map(|cause| of_cause(cause).title).unwrap_or("no reason given");
            format!("sessions began to fail: {why}{}", code.as_deref().map_or_else(String::new, |code| format!(" ({code})")))
        }
        Happening::SessionRecovered => "sessions pass again".to_owned(),
        Happening::Resynced => "read anew: the service had lost its place".to_owned(),
        Happening::Connected { address } => format!("signed in for {address}"),
        Happening::Disconnected { address } => format!("sign-in for {address} taken out of the keychain"),
        Happening::MailboxAdded { address } => format!("{address} named as another mailbox"),
        Happening::MailboxTakenOff { address } => format!("{address} taken off the mailboxes"),
        Happening::MailboxSet { address, change } => match change {
            AddressChange::Sync { on } => format!("sync of {address} switched {}", switched(*on)),
            AddressChange::Send { on } => format!("send of {address} switched {}", switched(*on)),
            AddressChange::Default => format!("{address} made the default"),
        },
        Happening::MigrationBegun { from, to, outside_window } => {
            format!("migration from {from} to {to} begun{}", if *outside_window { ", outside the change window" } else { "" })
        }
        Happening::MigrationChecked { step, verdict } => format!("migration, {}: {}", of_step(*step).title, of_verdict(*verdict)),
        Happening::MigrationTicked { step } => format!("migration, {}: done", of_step(*step).title),
        Happening::MigrationReopened { step } => format!("migration, {}: opened again", of_step(*step).title),
        Happening::MigrationGivenUp => "migration given up".to_owned(),
    }
}

const fn switched(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// A step of a guided migration, and what there is to do for it at the vendor.
pub const fn of_step(step: MigrationStep) -> Words {
    match step {
        MigrationStep::StopSyncOfOld => words(
            "The old mailbox is not synchronized any more",
            "At the vendor, switch Sync off for the old mailbox and leave Send on, so that what is scheduled still leaves.",
        ),
        MigrationStep::ConnectNew => {
            words("The new mailbox is connected", "At the vendor, connect the new mailbox and wait until it shows Connected.")
        }
        MigrationStep::SwitchOnNew => words(
            "The new mailbox syncs and sends",
            "At the vendor, switch Sync and Send on for the new mailbox, and off for every other one; the old one goes on sending.",
        ),
        MigrationStep::StopSendOfOld => words("The old mailbox sends no more", "At the vendor, switch Send off for the old mailbox."),
        MigrationStep::MakeDefault => words("The new mailbox is the default", "At the vendor, make the new mailbox the default."),
        MigrationStep::HandOver => words(
            "What is scheduled is handed over",
            "At the vendor, move what is still scheduled from the old mailbox to the new one, what was not delivered included.",
        ),
    }
}

/// Why somebody has to sign in again.
pub const fn of_sign_in_need(need: SignInNeed) -> &'static str {
    match need {
        SignInNeed::Switched => "sign in again: switched",
        SignInNeed::Refused { .. } => "sign in again: refused",
        SignInNeed::TokenMissing => "sign in again: no token here",
    }
}

/// The name of a reason in JSON.
pub const fn name_of_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotSignedIn => "not_signed_in",
        Reason::NoUsers => "no_users",
        Reason::NoSecret => "no_secret",
        Reason::RunUnderWay => "run_under_way",
        Reason::UsesEws => "uses_ews",
        Reason::UsersMustSignIn => "users_must_sign_in",
        Reason::HasUsers => "has_users",
        Reason::HasOrganizations => "has_organizations",
        Reason::StillInitialized => "still_initialized",
        Reason::NeedsPrivilegedRole => "needs_privileged_role",
        Reason::NeedsApplicationRole => "needs_application_role",
        Reason::Excluded => "excluded",
        Reason::SyncDisabled => "sync_disabled",
        Reason::ForcedJustNow => "forced_just_now",
        Reason::EwsRemoved => "ews_removed",
        Reason::SessionsUnderWay => "sessions_under_way",
        Reason::OtherTenant => "other_tenant",
        Reason::LimitationsUnread => "limitations_unread",
        Reason::NobodySignsIn => "nobody_signs_in",
        Reason::MailboxNotConnected => "mailbox_not_connected",
        Reason::DefaultMustSend => "default_must_send",
        Reason::MailboxIsDefault => "mailbox_is_default",
        Reason::MigrationUnderWay => "migration_under_way",
        Reason::StepNotReached => "step_not_reached",
        Reason::StepNotChecked => "step_not_checked",
        Reason::AddInTooOld => "add_in_too_old",
        Reason::WaveWaits => "wave_waits",
        Reason::WaveHeld => "wave_held",
        Reason::WaveDone => "wave_done",
        Reason::WaveStarted => "wave_started",
        Reason::WaveOver => "wave_over",
        Reason::WaveEmptied => "wave_emptied",
        Reason::OtherOrganization => "other_organization",
        Reason::AlreadySwitched => "already_switched",
        Reason::SwitchQueued => "switch_queued",
        Reason::NotReady => "not_ready",
        Reason::ConsentMissing => "consent_missing",
        Reason::MustSwitch => "must_switch",
        Reason::AlreadySo => "already_so",
        Reason::WouldVoidScope => "would_void_scope",
        Reason::ScopeContested => "scope_contested",
        Reason::ScopeUnread => "scope_unread",
        Reason::GrantsStand => "grants_stand",
        Reason::RolesMissing => "roles_missing",
        Reason::NothingToAsk => "nothing_to_ask",
        Reason::ReachesWhoSignedIn => "reaches_who_signed_in",
    }
}

/// Names the mailbox beside what it is said of, where it isn't the user's own.
pub fn of_mailbox(what: &str, mailbox: Option<&str>) -> String {
    mailbox.map_or_else(|| what.to_owned(), |address| format!("{what} of {address}"))
}

/// A verdict as a person reads it.
pub const fn of_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "Success",
        Verdict::Failed => "Failed",
        Verdict::Unknown => "Unknown",
        Verdict::NotRun => "Not checked",
    }
}

/// The consent as a whole, as a person reads it.
pub const fn of_authorization(authorization: Authorization) -> &'static str {
    match authorization {
        Authorization::Authorized => "Authorized",
        Authorization::PartlyAuthorized => "Partly authorized",
        Authorization::NotAuthorized => "Not authorized",
        Authorization::Unknown => "Not checked",
    }
}

/// What keeps a run from going faster, after "bound by".
pub const fn of_bound(bound: Bound) -> &'static str {
    match bound {
        Bound::Finding => "nothing yet, so more at once is being tried",
        Bound::Work => "the work: too little is left for more at once",
        Bound::Pause => "a pause that Graph asked for",
        Bound::Throttling => "Graph, which throttles when more is asked at once",
        Bound::Line => "the line: with more at once each answer takes longer",
        Bound::Ceiling => "the most that is ever asked at once",
        Bound::Share => "what is left to the integration's own work",
        Bound::Offline => "the network: Microsoft can't be reached, and it is tried again by itself",
    }
}

/// Where one permission stands, as a person reads it.
pub const fn of_consent(state: ConsentState) -> &'static str {
    match state {
        ConsentState::Granted => "granted",
        ConsentState::Missing => "missing",
        ConsentState::PendingRequest => "requested",
        ConsentState::Excess => "excess",
        ConsentState::StrongerThanNeeded => "stronger than needed",
        ConsentState::GivenByRole => "given by role",
        ConsentState::GivenElsewhere => "given, not as wished",
        ConsentState::Unknown => "unknown",
    }
}

/// What there is to say of one place of a list of permissions, and what to do about it.
pub fn of_said(said: &Said) -> String {
    match said {
        Said::Unknown { nearest: Some(nearest) } => format!("no permission of that name is known; did you mean {nearest}?"),
        Said::Unknown { nearest: None } => "no permission of that name or id is known; `permissions list --search` finds one".to_owned(),
        Said::OtherType { exists } => format!("it exists only as {exists}; write {exists} there, or take it out"),
        Said::BadType => "the type is neither application nor delegated; write one of the two".to_owned(),
        Said::OtherApi => "it belongs to another API than Microsoft Graph and Exchange Online; take it out".to_owned(),
        Said::DefaultScope => {
            "it stands for whatever the registration lists; name the permissions, or take them with --from-registration".to_owned()
        }
        Said::TooLong => "it is too long to be the name of a permission; put each name on a line of its own".to_owned(),
        Said::NotAnEntry { field: Some(field) } => {
            format!("the field \"{field}\" is missing or not understood; an entry has name, type, resource, feature, purpose, optional")
        }
        Said::NotAnEntry { field: None } => "it is no permission; an entry is a name, or an object with name and type".to_owned(),
        Said::Twice { first } => match first {
            Place::Line(number) => format!("it stands in line {number} already and is taken once"),
            Place::Entry(number) => format!("it is entry {number} already and is taken once"),
            Place::Document => "it is taken once".to_owned(),
        },
        Said::TypeTaken { kind, only: true } => format!("taken as {kind}, the only type that it has"),
        Said::TypeTaken { kind, only: false } => format!("no type is given, so it is taken as {kind}"),
        Said::ExchangeTaken => "only Exchange Online has it, so it is taken from there".to_owned(),
        Said::Live => "the catalogue doesn't know it, but the tenant publishes it".to_owned(),
        Said::NoName => "no permission is named there".to_owned(),
        Said::RestUnused => "this was not used".to_owned(),
        Said::ColumnsUnused { columns } => format!("these columns were not used: {}", columns.join(", ")),
    }
}

/// What becomes of a person or of a line of a list.
pub fn of_fate(fate: &Fate) -> String {
    match fate {
        Fate::Added => "would come in".to_owned(),
        Fate::Here => "already here".to_owned(),
        Fate::Elsewhere { organization } => format!("in {organization}"),
        Fate::Duplicate { line } => format!("same as line {line}"),
        Fate::Unknown => "unknown address".to_owned(),
        Fate::NoAddress => "no address".to_owned(),
    }
}

/// What a list was written in.
pub const fn of_charset(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "UTF-8",
        Charset::Utf16 => "UTF-16",
        Charset::Windows1252 => "Windows-1252",
    }
}

/// What stands between the cells of a list.
pub const fn of_separator(separator: Separator) -> &'static str {
    match separator {
        Separator::Comma => "commas",
        Separator::Semicolon => "semicolons",
        Separator::Tab => "tabs",
    }
}

/// What stands in the way of a mailbox, and what to do about it.
pub const fn of_eligibility(eligibility: Eligibility) -> Words {
    match eligibility {
        Eligibility::Ready => words("Ready", "Nothing to do."),
        Eligibility::Shared => words("Shared mailbox", "Leave it out, unless the integration is to work on shared mailboxes."),
        Eligibility::Room => words("Room", "Leave it out, unless the integration is to work on rooms."),
        Eligibility::Equipment => words("Equipment", "Leave it out, unless the integration is to work on equipment."),
        Eligibility::SharedOrResource => words(
            "Shared or resource, which one isn't known",
            "Run `users preflight` with the integration's secret at hand and MailboxSettings.Read granted: the mailbox itself says it.",
        ),
        Eligibility::Unlicensed => words("No Exchange plan", "Assign a licence with Exchange Online, or leave the user out."),
        Eligibility::Disabled => words("Account is disabled", "Enable the account in Entra, or leave the user out."),
        Eligibility::OnPremises => words("On-premises mailbox", "Move the mailbox to Exchange Online, or leave the user out."),
        Eligibility::Guest => words("Guest", "Leave the user out: the mailbox is in another tenant."),
        Eligibility::NoMailbox => words("No mailbox", "Wait until the mailbox has been made, or assign a licence with Exchange Online."),
        Eligibility::AddressConflict => {
            words("Address of another user, too", "Take the address off one of the two in Exchange Online or Entra.")
        }
    }
}

/// Who says so.
pub const fn of_evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::UserType => "directory, userType",
        Evidence::AccountEnabled => "directory, accountEnabled",
        Evidence::AssignedPlans => "directory, assignedPlans",
        Evidence::OnPremisesSync => "directory, onPremisesSyncEnabled without a plan",
        Evidence::Mail => "directory, mail",
        Evidence::Addresses => "directory, addresses of all users that are known here",
        Evidence::UserPurpose => "the mailbox, mailboxSettings/userPurpose",
        Evidence::LastCheck => "the last check's answer",
    }
}

/// Whom a rule wants.
pub fn of_condition(condition: &Condition) -> String {
    match condition {
        Condition::Attribute { attribute, is: Test::OneOf { values } } => {
            format!("{} is {}", of_attribute(*attribute), values.join(" or "))
        }
        Condition::Attribute { attribute, is: Test::StartsWith { value } } => {
            format!("{} begins with {value}", of_attribute(*attribute))
        }
        Condition::Group { name, nested: true, .. } => format!("members of {name} and of groups inside it"),
        Condition::Group { name, nested: false, .. } => format!("direct members of {name}"),
    }
}

const fn of_attribute(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Department => "department",
        Attribute::JobTitle => "job title",
        Attribute::Country => "country",
        Attribute::UsageLocation => "usage location",
        Attribute::CompanyName => "company name",
        Attribute::Domain => "domain of an address",
    }
}

/// Why mailboxes were not asked what they are, and what to do first.
pub const fn of_unasked(unasked: Unasked) -> Words {
    match unasked {
        Unasked::NoSecret => words(
            "The integration's secret is not at hand",
            "Keep it with `integration change NAME --secret-stdin`, or hand it in with --secret-stdin.",
        ),
        Unasked::NotPermitted => words(
            "The integration's token doesn't carry MailboxSettings.Read",
            "Grant it with `consent add MailboxSettings.Read`, or leave them out.",
        ),
        Unasked::BrokenOff => words("The asking was broken off", "Run it again; who has said something isn't forgotten."),
        Unasked::NoAnswer => {
            words("Some mailboxes did not say", "Check users' access with `verify --org NAME`: it tells why they don't answer.")
        }
    }
}

/// Who finds out whether a requirement is met.
pub const fn of_check(how: HowToCheck) -> &'static str {
    match how {
        HowToCheck::ByHand => "by hand",
        HowToCheck::ByRollcall(by) => match by {
            Inspection::Consent => "by comparing what is granted",
            Inspection::UserConsent => "by the tenant's consent settings",
            Inspection::Application => "by the enterprise application",
            Inspection::ConditionalAccess => "by the conditional-access policies",
            Inspection::Mailboxes => "by checking users' access",
            Inspection::Secret => "by trying the secret",
        },
    }
}

/// What users of a tenant may consent to, and what becomes of the rest.
pub fn of_user_consent(settings: &ConsentSettings) -> String {
    let may = match &settings.users {
        UserConsent::Nothing => "Users can't consent to anything by themselves".to_owned(),
        UserConsent::Anything => "Users can consent to every delegated permission that needs no administrator".to_owned(),
        UserConsent::LowImpact => "Users can consent to permissions that the tenant classifies as low, for verified publishers".to_owned(),
        UserConsent::Recommended => {
            "Users can consent to what Microsoft recommends, which leaves mail, calendars, contacts, tasks and files to administrators"
                .to_owned()
        }
        UserConsent::Custom { policies } => format!("Users can consent to what the tenant's own policies say ({})", policies.join(", ")),
    };
    let rest = match settings.workflow {
        Some(true) => "for the rest they can ask an administrator",
        Some(false) => "for the rest they can't ask from Microsoft's page",
        None => "whether they can ask for the rest is not known",
    };
    format!("{may}; {rest}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_title_and_a_sentence_of_advice() {
        for Words { title, advice } in Code::ALL.iter().map(|&code| of_code(code)) {
            assert!(!title.is_empty() && !title.ends_with('.'), "{title}");
            assert!(advice.ends_with('.'), "{title}: {advice}");
        }
    }

    #[test]
    fn whoever_is_asked_to_wait_is_told_until_when() {
        let now = Timestamp(1_772_323_200_000);
        let waits = Error { until: Some(Timestamp(now.0 + 1_200_000)), ..Error::new(Code::Throttled, "") };
        assert_eq!(title_of_error(&waits, now), "Microsoft asks to wait until 00:20 UTC");
        assert_eq!(title_of_error(&Error::new(Code::Throttled, ""), now), "Microsoft asks to wait");
    }

    #[test]
    fn a_reason_speaks_in_place_of_not_now() {
        let error = Error::not_now(Reason::NotSignedIn);
        assert_eq!(name_of_error(&error), "not_signed_in");
        assert_eq!(of_error(&error).title, "Nobody is signed in");
        assert_eq!(error.detail, "", "what a reason is called inside is told to nobody");
    }
}
