//! Which users a list is confined to: what the window's filters have, as options.

use std::time::Duration;

use clap::{Args, ValueEnum};
use rollcall_core::address::SignInState;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::mailbox::STUCK_AFTER;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::user::{MailboxKind, MailboxStatus};
use rollcall_core::verdict::Verdict;
use rollcall_ops::error::Result;
use rollcall_ops::users::query::UserFilter;

use crate::call::Call;
use crate::org::Access;
use crate::{names, start};

/// Whom a list is to name.
#[derive(Args)]
pub struct Wanted {
    #[command(flatten)]
    only: names::Confined,
    /// Only with this mailbox status; `--verdict failed` lists users whose check failed
    #[arg(long)]
    status: Option<Status>,
    /// Only with this eligibility, where not_eligible is each but ready; several are told apart by commas
    #[arg(long, value_delimiter = ',', value_name = "ELIGIBILITY", value_parser = eligibility)]
    eligibility: Vec<Judgement>,
    /// Only of whom the directory makes one expect this kind of mailbox; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    kind: Vec<Kind>,
    /// Parts of names, addresses, department, job title or object id, or of an open issue's code or cause, or the whole
    /// request ID of an answer that Microsoft's support asks about; all must be found
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only of the wave of this number in their organization's rollout plan; the pilot is 1
    #[arg(long, value_name = "N")]
    wave: Option<u32>,
    /// Only with this verdict of the last check; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    verdict: Vec<Outcome>,
    /// Only who were not checked since then, or never: a day in UTC (2026-12-31), so many days (7d), or never for the latter alone
    #[arg(long, value_name = "WHEN", value_parser = unchecked)]
    not_checked_since: Option<Unchecked>,
    /// Only whose last sync session came to this, which is what a wave is judged by; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    session: Vec<Outcome>,
    /// Only who are reached in this way, by themselves or by their organization; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    access: Vec<Access>,
    /// Only whose synchronization stands so, by themselves or by their organization; several are told apart by commas
    #[arg(long, value_delimiter = ',')]
    sync: Vec<SyncIs>,
    /// Only whose switch waits for the change window
    #[arg(long)]
    queued: bool,
    /// Only whose switch hangs: two hours or longer
    #[arg(long, conflicts_with = "status")]
    stuck: bool,
    /// Only with an open issue
    #[arg(long)]
    with_issues: bool,
    /// Only with an open issue of this group, as `issues groups` names it
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    #[command(flatten)]
    mailboxes: OfMailboxes,
}

/// By who has signed in, and for which mailboxes.
#[derive(Args)]
struct OfMailboxes {
    /// Only of those whose mailboxes answer only to their own sign-ins, and whose sign-in stands so; several are told apart by commas
    #[arg(long, value_delimiter = ',', value_name = "STATE")]
    sign_in: Vec<SignIn>,
    /// Only for whom another mailbox was named
    #[arg(long)]
    several_mailboxes: bool,
}

/// Whether somebody has signed in.
#[derive(Clone, Copy, ValueEnum)]
enum SignIn {
    Connected,
    /// It has to be done again
    Needed,
    #[value(alias = "not_signed_in")]
    NotSignedIn,
}

impl From<SignIn> for SignInState {
    fn from(state: SignIn) -> Self {
        match state {
            SignIn::Connected => Self::Connected,
            SignIn::Needed => Self::Needed,
            SignIn::NotSignedIn => Self::NotSignedIn,
        }
    }
}

impl Wanted {
    /// The filter that it comes to now.
    ///
    /// # Errors
    /// `NotFound` for an organization or a tenant that isn't there; those of the store.
    pub async fn filter(self, call: &Call) -> Result<UserFilter> {
        let status = if self.stuck { Some(MailboxStatus::Switching) } else { self.status.map(MailboxStatus::from) };
        Ok(UserFilter {
            organization: self.only.organization(call).await?,
            tenant: self.only.tenant(call).await?,
            wave: self.wave,
            mailbox: status.into_iter().collect(),
            verdict: self.verdict.into_iter().map(Verdict::from).collect(),
            kind: self.kind.into_iter().map(MailboxKind::from).collect(),
            eligibility: self.eligibility.into_iter().flat_map(Judgement::of).collect(),
            fingerprint: self.fingerprint,
            with_issues: self.with_issues,
            session: self.session.into_iter().map(Verdict::from).collect(),
            access: self.access.into_iter().map(AccessType::from).collect(),
            sync: self.sync.into_iter().map(SyncStatus::from).collect(),
            mailbox_before: self.stuck.then(|| start::now().before(STUCK_AFTER)),
            // Only a wave that is taken back asks for those whom it has switched.
            switched_since: None,
            queued: self.queued,
            sign_in: self.mailboxes.sign_in.into_iter().map(SignInState::from).collect(),
            several_mailboxes: self.mailboxes.several_mailboxes,
            checked_before: self.not_checked_since.map(|since| since.moment(start::now())),
            search: self.search,
        })
    }

    /// Whether it asks for mailboxes whose status is an error, which is often meant to ask for failed checks.
    pub const fn is_status_error(&self) -> bool {
        matches!(self.status, Some(Status::Error))
    }
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Status {
    NotInitialized,
    Switching,
    Initialized,
    Error,
    Excluded,
}

impl From<Status> for MailboxStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::NotInitialized => Self::NotInitialized,
            Status::Switching => Self::Switching,
            Status::Initialized => Self::Initialized,
            Status::Error => Self::Error,
            Status::Excluded => Self::Excluded,
        }
    }
}

/// How a user's synchronization stands.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum SyncIs {
    Enabled,
    Disabled,
    DisabledDueToError,
}

impl From<SyncIs> for SyncStatus {
    fn from(sync: SyncIs) -> Self {
        match sync {
            SyncIs::Enabled => Self::Enabled,
            SyncIs::Disabled => Self::Disabled,
            SyncIs::DisabledDueToError => Self::DisabledDueToError,
        }
    }
}

/// What a check or a session came to.
#[derive(Clone, Copy, ValueEnum)]
enum Outcome {
    Passed,
    Failed,
    Unknown,
    #[value(alias = "not_run")]
    NotRun,
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            Outcome::Unknown => Self::Unknown,
            Outcome::NotRun => Self::NotRun,
        }
    }
}

/// What the directory makes one expect of a mailbox.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    User,
    SharedOrResource,
    Guest,
    OnPremises,
    Unlicensed,
}

impl From<Kind> for MailboxKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::User => Self::User,
            Kind::SharedOrResource => Self::SharedOrResource,
            Kind::Guest => Self::Guest,
            Kind::OnPremises => Self::OnPremises,
            Kind::Unlicensed => Self::Unlicensed,
        }
    }
}

/// A judgement, or each of those that stand in the way of a mailbox.
#[derive(Clone, Copy)]
enum Judgement {
    Is(Eligibility),
    NotEligible,
}

/// The name of [`Judgement::NotEligible`].
const NOT_ELIGIBLE: &str = "not_eligible";

impl Judgement {
    fn of(self) -> Vec<Eligibility> {
        match self {
            Self::Is(one) => vec![one],
            Self::NotEligible => Eligibility::ALL.into_iter().filter(|one| *one != Eligibility::Ready).collect(),
        }
    }
}

/// A judgement by the name that it has in JSON.
fn eligibility(text: &str) -> std::result::Result<Judgement, String> {
    let text = text.trim();
    if text == NOT_ELIGIBLE {
        return Ok(Judgement::NotEligible);
    }
    let known = Eligibility::ALL.into_iter().find(|one| one.name() == text).map(Judgement::Is);
    known.ok_or_else(|| format!("it is one of {NOT_ELIGIBLE}, {}", Eligibility::ALL.map(Eligibility::name).join(", ")))
}

/// Since when nobody has checked a mailbox.
#[derive(Clone, Copy)]
enum Unchecked {
    Never,
    Since(Timestamp),
    Days(u32),
}

const DAY: Duration = Duration::from_hours(24);

impl Unchecked {
    /// The latest moment at which it may have been checked.
    fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            // Nothing was ever checked by then.
            Self::Never => Timestamp(0),
            Self::Since(day) => day,
            Self::Days(days) => now.before(DAY.saturating_mul(days)),
        }
    }
}

fn unchecked(text: &str) -> std::result::Result<Unchecked, &'static str> {
    let text = text.trim();
    if text == "never" {
        return Ok(Unchecked::Never);
    }
    let days = text.strip_suffix('d').filter(|digits| digits.bytes().all(|one| one.is_ascii_digit()));
    let days = days.and_then(|digits| digits.parse().ok()).map(Unchecked::Days);
    let known = days.or_else(|| Timestamp::of_day(text).map(Unchecked::Since));
    known.ok_or("it is a day, written as 2026-12-31, so many days, written as 7d, or never")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_unchecked_since_a_day_for_so_many_days_or_always() {
        let now = Timestamp::of_day("2026-11-28").unwrap();
        let since = |text| unchecked(text).unwrap().moment(now);
        assert_eq!(since("7d").utc(), "2026-11-21 00:00 UTC");
        assert_eq!(since("2026-11-01").utc(), "2026-11-01 00:00 UTC");
        assert_eq!(since("never"), Timestamp(0));
        for wrong in ["7", "d", "-7d", "+7d", "7 d", "2026-02-30", "Never", "99999999999d", ""] {
            assert!(unchecked(wrong).is_err(), "{wrong}");
        }
    }
}
