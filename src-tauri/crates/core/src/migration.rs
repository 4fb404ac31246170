//! The guided migration of a user's work from one mailbox to another: six steps in their order, each proven or ticked off before the
//! next. It is kept as it stands, so it can be left and taken up again.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::address::{MailboxAddress, Seen, position};
use crate::rules::{May, Reason};
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// One of the six steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MigrationStep {
    /// The old mailbox is not synchronized any more; it goes on sending, so that what is scheduled leaves.
    StopSyncOfOld,
    /// The new mailbox is connected.
    ConnectNew,
    /// The new mailbox syncs and sends, and no other one syncs.
    SwitchOnNew,
    /// The old mailbox sends no more.
    StopSendOfOld,
    /// The new mailbox is the default.
    MakeDefault,
    /// What is still scheduled leaves from the new mailbox.
    HandOver,
}

/// Which mailbox has to answer before a step can be ticked off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Old,
    New,
}

/// Somebody has confirmed what Rollcall can't see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tick {
    pub at: Timestamp,
    pub actor: String,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StepState {
    pub step: MigrationStep,
    /// What the mailbox answered that has to answer.
    pub seen: Option<Seen>,
    /// When it was done, and who confirmed it.
    pub done: Option<Tick>,
    /// What each address was used for before it was done, for when it is reopened.
    #[ts(skip)]
    before: Vec<Use>,
}

/// What an address is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Use {
    address: String,
    sync: bool,
    send: bool,
    default: bool,
}

/// A migration as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Migration {
    /// The mailbox that is left.
    pub from: String,
    /// The mailbox that is moved to.
    pub to: String,
    /// The version of the add-in that the user has, and the one that the vendor asks for: both as the admin gave them.
    pub add_in: Version,
    pub minimum: Version,
    pub begun: Tick,
    /// All six, in their order.
    pub steps: Vec<StepState>,
}

/// A version of several numbers, such as `16.2.4`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Version(Vec<u32>);

/// The text is not a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version is numbers with full stops between them, such as 2.14.0")]
pub struct NotAVersion;

impl MigrationStep {
    /// All of them, in their order.
    pub const ALL: [Self; 6] =
        [Self::StopSyncOfOld, Self::ConnectNew, Self::SwitchOnNew, Self::StopSendOfOld, Self::MakeDefault, Self::HandOver];

    /// The name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StopSyncOfOld => "stop_sync_of_old",
            Self::ConnectNew => "connect_new",
            Self::SwitchOnNew => "switch_on_new",
            Self::StopSendOfOld => "stop_send_of_old",
            Self::MakeDefault => "make_default",
            Self::HandOver => "hand_over",
        }
    }

    /// Which mailbox has to answer. Scheduled mail leaves from the old one until the new one sends, and nothing is taken from the old
    /// one unless the new one answers.
    #[must_use]
    pub const fn asks(self) -> Option<Asked> {
        match self {
            Self::StopSyncOfOld => Some(Asked::Old),
            Self::ConnectNew | Self::SwitchOnNew | Self::StopSendOfOld => Some(Asked::New),
            // These change nothing that Graph could show.
            Self::MakeDefault | Self::HandOver => None,
        }
    }
}

impl Migration {
    /// Begins one from the default mailbox.
    ///
    /// # Errors
    /// `AddInTooOld`; `DefaultMustSend` where nothing leaves from the old mailbox, so that there is nothing to keep going.
    pub fn begin(old: &MailboxAddress, to: &str, add_in: Version, minimum: Version, begun: Tick) -> Result<Self, Reason> {
        if add_in < minimum {
            return Err(Reason::AddInTooOld);
        }
        if !old.send {
            return Err(Reason::DefaultMustSend);
        }
        let open = |step| StepState { step, seen: None, done: None, before: Vec::new() };
        let steps = MigrationStep::ALL.into_iter().map(open).collect();
        Ok(Self { from: old.address.clone(), to: to.to_owned(), add_in, minimum, begun, steps })
    }

    /// The step that is next; `None` when all are done.
    #[must_use]
    pub fn current(&self) -> Option<MigrationStep> {
        self.steps.iter().find(|state| state.done.is_none()).map(|state| state.step)
    }

    /// The address that has to answer before the current step can be ticked off.
    #[must_use]
    pub fn asked(&self) -> Option<&str> {
        self.asked_by(self.current()?)
    }

    /// The address that has to answer before a step can be ticked off.
    #[must_use]
    pub fn asked_by(&self, step: MigrationStep) -> Option<&str> {
        match step.asks()? {
            Asked::Old => Some(&self.from),
            Asked::New => Some(&self.to),
        }
    }

    /// May this step be ticked off now?
    ///
    /// # Errors
    /// `StepNotReached` for any but the current one; `StepNotChecked` until the mailbox that has to answer has answered.
    pub fn may_tick(&self, step: MigrationStep) -> May {
        if self.current() != Some(step) {
            return Err(Reason::StepNotReached);
        }
        let state = self.steps.iter().find(|state| state.step == step);
        let answered = state.and_then(|state| state.seen.as_ref()).is_some_and(|seen| seen.verdict == Verdict::Passed);
        if step.asks().is_some() && !answered { Err(Reason::StepNotChecked) } else { Ok(()) }
    }

    /// Notes what the mailbox that has to answer for the current step has answered.
    pub fn note(&mut self, seen: Seen) {
        let current = self.current();
        if let Some(state) = self.steps.iter_mut().find(|state| Some(state.step) == current) {
            state.seen = Some(seen);
        }
    }

    /// Ticks the current step off; answers the addresses as the step leaves them.
    ///
    /// # Errors
    /// As [`Migration::may_tick`].
    pub fn tick(&mut self, step: MigrationStep, addresses: Vec<MailboxAddress>, tick: Tick) -> Result<Vec<MailboxAddress>, Reason> {
        self.may_tick(step)?;
        let after = self.after(step, addresses.clone());
        if let Some(state) = self.steps.iter_mut().find(|state| state.step == step) {
            (state.done, state.before) = (Some(tick), addresses.into_iter().map(Use::of).collect());
        }
        Ok(after)
    }

    /// Opens a step again that was ticked off, and with it all that came after it; answers the addresses that there are, used as they
    /// were before it.
    ///
    /// # Errors
    /// `StepNotReached` when it was not ticked off.
    pub fn reopen(&mut self, step: MigrationStep, mut addresses: Vec<MailboxAddress>) -> Result<Vec<MailboxAddress>, Reason> {
        let state = self.steps.iter().find(|state| state.step == step && state.done.is_some()).ok_or(Reason::StepNotReached)?;
        for Use { address, sync, send, default } in &state.before {
            if let Some(one) = position(&addresses, address).and_then(|at| addresses.get_mut(at)) {
                (one.sync, one.send, one.default) = (*sync, *send, *default);
            }
        }
        for state in self.steps.iter_mut().filter(|state| state.step >= step) {
            (state.seen, state.done, state.before) = (None, None, Vec::new());
        }
        Ok(addresses)
    }

    /// Between its fourth and fifth step the old mailbox is the default and doesn't send: the vendor's order, and the only time at
    /// which that is so.
    fn after(&self, step: MigrationStep, mut addresses: Vec<MailboxAddress>) -> Vec<MailboxAddress> {
        let (old, new) = (position(&addresses, &self.from), position(&addresses, &self.to));
        for (at, one) in addresses.iter_mut().enumerate() {
            let (is_old, is_new) = (Some(at) == old, Some(at) == new);
            match step {
                MigrationStep::StopSyncOfOld if is_old => one.sync = false,
                MigrationStep::SwitchOnNew => (one.sync, one.send) = (is_new, is_new || is_old && one.send),
                MigrationStep::StopSendOfOld if is_old => one.send = false,
                MigrationStep::MakeDefault => one.default = is_new,
                MigrationStep::StopSyncOfOld | MigrationStep::StopSendOfOld | MigrationStep::ConnectNew | MigrationStep::HandOver => {}
            }
        }
        addresses
    }
}

impl Use {
    fn of(MailboxAddress { address, sync, send, default, .. }: MailboxAddress) -> Self {
        Self { address, sync, send, default }
    }
}

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = |part: &str| Some(part).filter(|part| is_number(part)).and_then(|part| part.parse().ok()).ok_or(NotAVersion);
        let numbers = text.trim().split('.').map(number).collect::<Result<Vec<u32>, _>>()?;
        if numbers.len() > 6 { Err(NotAVersion) } else { Ok(Self(numbers)) }
    }
}

impl TryFrom<String> for Version {
    type Error = NotAVersion;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

/// Numbers that aren't there count as 0: 2.1 is 2.1.0.
impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let at = |version: &Self, place: usize| version.0.get(place).copied().unwrap_or(0);
        (0..self.0.len().max(other.0.len()))
            .map(|place| at(self, place).cmp(&at(other, place)))
            .find(|way| way.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::AddressKind;

    const OLD: &str = "ada@contoso.example";
    const NEW: &str = "outbound@contoso.example";

    fn address(address: &str, kind: AddressKind, on: bool) -> MailboxAddress {
        MailboxAddress { address: address.into(), kind, account: None, sync: on, send: on, default: on, seen: None }
    }

    fn addresses() -> Vec<MailboxAddress> {
        let alias = MailboxAddress { default: false, ..address("a@contoso.example", AddressKind::Alias, true) };
        vec![address(OLD, AddressKind::Primary, true), alias, address(NEW, AddressKind::Secondary, false)]
    }

    fn tick() -> Tick {
        Tick { at: Timestamp(5), actor: "admin@contoso.example".into() }
    }

    fn seen(verdict: Verdict) -> Seen {
        Seen { at: Timestamp(4), verdict, cause: None, code: None, request_id: None }
    }

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    fn begun() -> Migration {
        Migration::begin(&addresses()[0], NEW, version("2.1"), version("2.1.0"), tick()).unwrap()
    }

    /// Sync, send and default of the old one, the alias and the new one.
    fn switches(all: &[MailboxAddress]) -> Vec<(bool, bool, bool)> {
        all.iter().map(|one| (one.sync, one.send, one.default)).collect()
    }

    #[test]
    fn six_steps_lead_from_one_mailbox_to_the_other_in_the_vendors_order() {
        const T: bool = true;
        const F: bool = false;
        let (mut migration, mut all) = (begun(), addresses());
        let expected = [
            (MigrationStep::StopSyncOfOld, [(F, T, T), (T, T, F), (F, F, F)]),
            (MigrationStep::ConnectNew, [(F, T, T), (T, T, F), (F, F, F)]),
            (MigrationStep::SwitchOnNew, [(F, T, T), (F, F, F), (T, T, F)]),
            (MigrationStep::StopSendOfOld, [(F, F, T), (F, F, F), (T, T, F)]),
            (MigrationStep::MakeDefault, [(F, F, F), (F, F, F), (T, T, T)]),
            (MigrationStep::HandOver, [(F, F, F), (F, F, F), (T, T, T)]),
        ];
        for (step, after) in expected {
            assert_eq!(migration.current(), Some(step));
            migration.note(seen(Verdict::Passed));
            all = migration.tick(step, all, tick()).unwrap();
            assert_eq!(switches(&all), after, "{step:?}");
        }
        assert_eq!(migration.current(), None);
    }

    #[test]
    fn no_step_is_skipped_and_none_goes_on_without_the_answer_it_wants() {
        let mut migration = begun();
        for step in MigrationStep::ALL.into_iter().skip(1) {
            assert_eq!(migration.may_tick(step), Err(Reason::StepNotReached), "{step:?}");
        }
        assert_eq!((migration.asked(), migration.may_tick(MigrationStep::StopSyncOfOld)), (Some(OLD), Err(Reason::StepNotChecked)));
        for verdict in [Verdict::Failed, Verdict::Unknown, Verdict::NotRun] {
            migration.note(seen(verdict));
            assert_eq!(migration.tick(MigrationStep::StopSyncOfOld, addresses(), tick()), Err(Reason::StepNotChecked), "{verdict:?}");
        }
        migration.note(seen(Verdict::Passed));
        migration.tick(MigrationStep::StopSyncOfOld, addresses(), tick()).unwrap();
        assert_eq!((migration.asked(), migration.current()), (Some(NEW), Some(MigrationStep::ConnectNew)));
    }

    #[test]
    fn a_reopened_step_takes_back_what_it_and_the_later_ones_did_and_has_to_be_proven_again() {
        let (mut migration, mut all) = (begun(), addresses());
        for step in MigrationStep::ALL {
            migration.note(seen(Verdict::Passed));
            all = migration.tick(step, all, tick()).unwrap();
        }
        all.push(address("later@contoso.example", AddressKind::Secondary, false));
        let back = migration.reopen(MigrationStep::SwitchOnNew, all.clone()).unwrap();
        let later = (false, false, false);
        assert_eq!(switches(&back), [(false, true, true), (true, true, false), (false, false, false), later], "none is lost");
        assert_eq!(
            (migration.current(), migration.may_tick(MigrationStep::SwitchOnNew)),
            (Some(MigrationStep::SwitchOnNew), Err(Reason::StepNotChecked))
        );
        assert_eq!(migration.reopen(MigrationStep::HandOver, all), Err(Reason::StepNotReached), "it is open already");
    }

    #[test]
    fn it_does_not_begin_with_an_old_add_in_or_where_nothing_is_sent() {
        let old = addresses().remove(0);
        let begin = |old: &MailboxAddress, add_in: &str| Migration::begin(old, NEW, version(add_in), version("2.10"), tick()).err();
        assert_eq!(begin(&old, "2.9.9"), Some(Reason::AddInTooOld), "numbers are compared, not letters");
        assert_eq!(begin(&old, "2.10.0"), None);
        assert_eq!(begin(&MailboxAddress { send: false, ..old }, "3"), Some(Reason::DefaultMustSend));
    }

    #[test]
    fn a_version_is_numbers() {
        assert!(version("2.1") == version("2.1.0.0") && version("10") > version("9.99"));
        for bad in ["", "2.", ".2", "2.x", "v2", "1.2.3.4.5.6.7", "-1", "+1", "99999999999"] {
            assert_eq!(bad.parse::<Version>(), Err(NotAVersion), "{bad}");
        }
        assert_eq!(String::from(version(" 16.0.4 ")), "16.0.4");
    }

    #[test]
    fn what_is_kept_can_be_taken_up_again() {
        let mut migration = begun();
        migration.note(seen(Verdict::Passed));
        migration.tick(MigrationStep::StopSyncOfOld, addresses(), tick()).unwrap();
        let kept: Migration = serde_json::from_str(&serde_json::to_string(&migration).unwrap()).unwrap();
        assert_eq!(kept, migration);
    }
}
