//! Eligibility: whether a mailbox can be worked on at all, why not, and who said so. A judgement before anything is asked of the
//! mailbox; whether it answers is for a check to prove.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::issue::Cause;
use crate::user::{DirectoryUser, MailboxKind};
use crate::verdict::Verdict;

/// What stands in the way of a mailbox, if anything does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Eligibility {
    /// Nothing does: a person with a mailbox in Exchange Online.
    Ready,
    /// A shared mailbox: nobody signs in to it.
    Shared,
    /// A room.
    Room,
    /// A piece of equipment.
    Equipment,
    /// A shared mailbox or a resource, and which one isn't known.
    SharedOrResource,
    /// No plan that comes with a mailbox.
    Unlicensed,
    /// The account is disabled.
    Disabled,
    /// The mailbox is, or is likely to be, on-premises.
    OnPremises,
    /// A guest of another tenant.
    Guest,
    /// There is no mailbox, although one could be expected.
    NoMailbox,
    /// An address of it is another user's, too.
    AddressConflict,
}

impl Eligibility {
    /// All of them, in the order in which screens list them.
    pub const ALL: [Self; 11] = [
        Self::Ready,
        Self::Shared,
        Self::Room,
        Self::Equipment,
        Self::SharedOrResource,
        Self::Unlicensed,
        Self::Disabled,
        Self::OnPremises,
        Self::Guest,
        Self::NoMailbox,
        Self::AddressConflict,
    ];

    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Shared => "shared",
            Self::Room => "room",
            Self::Equipment => "equipment",
            Self::SharedOrResource => "shared_or_resource",
            Self::Unlicensed => "unlicensed",
            Self::Disabled => "disabled",
            Self::OnPremises => "on_premises",
            Self::Guest => "guest",
            Self::NoMailbox => "no_mailbox",
            Self::AddressConflict => "address_conflict",
        }
    }
}

/// Where a judgement comes from: a field of the directory, the mailbox's own settings, or the last check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// `userType`.
    UserType,
    /// `accountEnabled`.
    AccountEnabled,
    /// `assignedPlans`.
    AssignedPlans,
    /// `onPremisesSyncEnabled`, and no plan.
    OnPremisesSync,
    /// `mail`.
    Mail,
    /// `userPrincipalName`, `mail` and `proxyAddresses` of all users that are known here.
    Addresses,
    /// `mailboxSettings/userPurpose`.
    UserPurpose,
    /// What the mailbox answered when it was last checked.
    LastCheck,
}

impl Evidence {
    /// What a judgement comes from that goes by whether the mailbox answered, too. One that comes from something else, the next check
    /// can only overturn by finding something out about the mailbox itself.
    pub const BY_ANSWER: [Self; 4] = [Self::AssignedPlans, Self::Mail, Self::Addresses, Self::LastCheck];

    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserType => "user_type",
            Self::AccountEnabled => "account_enabled",
            Self::AssignedPlans => "assigned_plans",
            Self::OnPremisesSync => "on_premises_sync",
            Self::Mail => "mail",
            Self::Addresses => "addresses",
            Self::UserPurpose => "user_purpose",
            Self::LastCheck => "last_check",
        }
    }
}

/// What a mailbox says of itself (`userPurpose`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    User,
    /// A mailbox on-premises that is linked to the account.
    Linked,
    Shared,
    Room,
    Equipment,
    /// Of a kind that says nothing here.
    Others,
    /// There is no mailbox that could say something.
    Nothing,
}

impl Purpose {
    /// The name used by Graph and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Linked => "linked",
            Self::Shared => "shared",
            Self::Room => "room",
            Self::Equipment => "equipment",
            Self::Others => "others",
            Self::Nothing => "nothing",
        }
    }
}

/// All that a judgement is made of.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub directory: &'a DirectoryUser,
    /// What the mailbox said of itself, if it was asked.
    pub purpose: Option<Purpose>,
    /// Whether an address of the user is another user's, too.
    pub contested: bool,
    /// The verdict of the last check, and the gravest cause that it found.
    pub verdict: Verdict,
    pub cause: Option<Cause>,
}

impl<'a> Facts<'a> {
    /// What is known of somebody of whom nothing but the directory has been read.
    #[must_use]
    pub const fn of_directory(directory: &'a DirectoryUser, contested: bool) -> Self {
        Self { directory, purpose: None, contested, verdict: Verdict::NotRun, cause: None }
    }
}

/// A judgement and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Judged {
    pub eligibility: Eligibility,
    pub evidence: Evidence,
}

/// Judges what can be worked on. What a mailbox said itself goes before what the directory makes one expect; among several things
/// that stand in the way, the one that has to be mended first is told.
#[must_use]
pub fn judge(facts: &Facts<'_>) -> Judged {
    let directory = facts.directory;
    let judged = |eligibility, evidence| Judged { eligibility, evidence };
    let kind = directory.mailbox_kind();
    if kind == MailboxKind::Guest {
        return judged(Eligibility::Guest, Evidence::UserType);
    }
    match facts.purpose {
        Some(Purpose::Shared) => return judged(Eligibility::Shared, Evidence::UserPurpose),
        Some(Purpose::Room) => return judged(Eligibility::Room, Evidence::UserPurpose),
        Some(Purpose::Equipment) => return judged(Eligibility::Equipment, Evidence::UserPurpose),
        Some(Purpose::Linked) => return judged(Eligibility::OnPremises, Evidence::UserPurpose),
        Some(Purpose::Nothing) => return judged(Eligibility::NoMailbox, Evidence::UserPurpose),
        Some(Purpose::User | Purpose::Others) | None => {}
    }
    match facts.cause {
        Some(Cause::MailboxElsewhere) => return judged(Eligibility::OnPremises, Evidence::LastCheck),
        Some(Cause::AccountDisabled) => return judged(Eligibility::Disabled, Evidence::LastCheck),
        Some(Cause::LicenseMissing) => return judged(Eligibility::Unlicensed, Evidence::LastCheck),
        // Without a plan that is what was to be expected, and the plan is what has to be mended.
        Some(Cause::NoMailbox) if matches!(kind, MailboxKind::User | MailboxKind::SharedOrResource) => {
            return judged(Eligibility::NoMailbox, Evidence::LastCheck);
        }
        Some(_) | None => {}
    }
    match kind {
        MailboxKind::Guest => judged(Eligibility::Guest, Evidence::UserType),
        MailboxKind::OnPremises => judged(Eligibility::OnPremises, Evidence::OnPremisesSync),
        MailboxKind::SharedOrResource if facts.purpose == Some(Purpose::User) => judged(Eligibility::Disabled, Evidence::UserPurpose),
        MailboxKind::SharedOrResource => judged(Eligibility::SharedOrResource, Evidence::AccountEnabled),
        MailboxKind::Unlicensed if facts.verdict != Verdict::Passed => judged(Eligibility::Unlicensed, Evidence::AssignedPlans),
        MailboxKind::User if !directory.enabled => judged(Eligibility::Disabled, Evidence::AccountEnabled),
        MailboxKind::User | MailboxKind::Unlicensed if facts.contested => judged(Eligibility::AddressConflict, Evidence::Addresses),
        MailboxKind::Unlicensed => judged(Eligibility::Ready, Evidence::LastCheck),
        MailboxKind::User if directory.mail.is_some() => judged(Eligibility::Ready, Evidence::AssignedPlans),
        MailboxKind::User if facts.verdict == Verdict::Passed => judged(Eligibility::Ready, Evidence::LastCheck),
        MailboxKind::User => judged(Eligibility::NoMailbox, Evidence::Mail),
    }
}

/// Why mailboxes were not asked what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unasked {
    /// The integration's secret is not at hand.
    NoSecret,
    /// The integration's token doesn't carry `MailboxSettings.Read`.
    NotPermitted,
    /// The integration could not be connected, or the asking was stopped.
    BrokenOff,
    /// They were asked, and some did not answer.
    NoAnswer,
}

impl Unasked {
    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoSecret => "no_secret",
            Self::NotPermitted => "not_permitted",
            Self::BrokenOff => "broken_off",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// Whether it takes the mailbox's own word to tell what it is: a disabled account with an address may be a shared mailbox, a room,
/// a piece of equipment, or somebody who has left.
#[must_use]
pub const fn wants_purpose(directory: &DirectoryUser) -> bool {
    !directory.enabled && !directory.guest && directory.mail.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ObjectId;

    fn ada() -> DirectoryUser {
        DirectoryUser {
            object_id: ObjectId(uuid::Uuid::nil()),
            upn: "ada@contoso.example".into(),
            display_name: "Ada".into(),
            mail: Some("ada@contoso.example".into()),
            aliases: vec![],
            department: None,
            job_title: None,
            enabled: true,
            guest: false,
            on_premises: false,
            exchange_plan: true,
        }
    }

    fn by_directory(directory: &DirectoryUser) -> (Eligibility, Evidence) {
        let Judged { eligibility, evidence } = judge(&Facts::of_directory(directory, false));
        (eligibility, evidence)
    }

    #[test]
    fn the_directory_alone_says_most_of_it_and_which_field_did() {
        let without = DirectoryUser { exchange_plan: false, ..ada() };
        let cases = [
            (ada(), Eligibility::Ready, Evidence::AssignedPlans),
            (DirectoryUser { on_premises: true, ..ada() }, Eligibility::Ready, Evidence::AssignedPlans),
            (DirectoryUser { enabled: false, ..ada() }, Eligibility::Disabled, Evidence::AccountEnabled),
            (DirectoryUser { mail: None, ..ada() }, Eligibility::NoMailbox, Evidence::Mail),
            (DirectoryUser { guest: true, ..ada() }, Eligibility::Guest, Evidence::UserType),
            (without.clone(), Eligibility::Unlicensed, Evidence::AssignedPlans),
            (DirectoryUser { on_premises: true, ..without.clone() }, Eligibility::OnPremises, Evidence::OnPremisesSync),
            (DirectoryUser { enabled: false, ..without }, Eligibility::SharedOrResource, Evidence::AccountEnabled),
        ];
        for (person, eligibility, evidence) in cases {
            assert_eq!(by_directory(&person), (eligibility, evidence), "{person:?}");
        }
        let contested = judge(&Facts::of_directory(&ada(), true));
        assert_eq!((contested.eligibility, contested.evidence), (Eligibility::AddressConflict, Evidence::Addresses));
    }

    #[test]
    fn what_the_mailbox_says_goes_before_what_the_directory_lets_expect() {
        let shared = DirectoryUser { exchange_plan: false, enabled: false, ..ada() };
        let told = |purpose| judge(&Facts { purpose: Some(purpose), ..Facts::of_directory(&shared, false) }).eligibility;
        assert_eq!(
            [Purpose::Shared, Purpose::Room, Purpose::Equipment, Purpose::User, Purpose::Linked, Purpose::Others, Purpose::Nothing]
                .map(told),
            [
                Eligibility::Shared,
                Eligibility::Room,
                Eligibility::Equipment,
                Eligibility::Disabled,
                Eligibility::OnPremises,
                Eligibility::SharedOrResource,
                Eligibility::NoMailbox,
            ]
        );
        assert!(wants_purpose(&shared) && !wants_purpose(&ada()));
    }

    #[test]
    fn the_last_check_overrules_the_directory_both_ways() {
        let ada = ada();
        let found = |cause| {
            let facts = Facts { verdict: Verdict::Failed, cause: Some(cause), ..Facts::of_directory(&ada, false) };
            judge(&facts)
        };
        assert_eq!(found(Cause::NoMailbox), Judged { eligibility: Eligibility::NoMailbox, evidence: Evidence::LastCheck });
        assert_eq!(found(Cause::MailboxElsewhere).eligibility, Eligibility::OnPremises);
        assert_eq!(found(Cause::OutOfScope).eligibility, Eligibility::Ready, "being shut out says nothing about the mailbox");
        let unlicensed = DirectoryUser { exchange_plan: false, ..ada };
        let passed = Facts { verdict: Verdict::Passed, ..Facts::of_directory(&unlicensed, false) };
        assert_eq!(judge(&passed), Judged { eligibility: Eligibility::Ready, evidence: Evidence::LastCheck }, "it has answered");
    }

    #[test]
    fn a_check_overturns_a_judgement_only_by_a_cause_that_is_the_mailboxs_or_where_that_goes_by_the_answer() {
        let purposes =
            [Purpose::User, Purpose::Linked, Purpose::Shared, Purpose::Room, Purpose::Equipment, Purpose::Others, Purpose::Nothing];
        let found_out = [Cause::NoMailbox, Cause::MailboxElsewhere, Cause::AccountDisabled, Cause::LicenseMissing];
        let causes = || Cause::ALL.into_iter().map(Some).chain([None]);
        let checks: Vec<_> = [Verdict::Passed, Verdict::Failed, Verdict::Unknown, Verdict::NotRun]
            .into_iter()
            .flat_map(|verdict| causes().map(move |cause| (verdict, cause)))
            .collect();
        let mut overturned = std::collections::HashSet::new();
        for flags in 0..64_u32 {
            let [enabled, guest, on_premises, exchange_plan, has_mail, contested] = [0, 1, 2, 3, 4, 5].map(|bit| flags >> bit & 1 != 0);
            let mail = has_mail.then(|| "ada@contoso.example".to_owned());
            let person = DirectoryUser { enabled, guest, on_premises, exchange_plan, mail, ..ada() };
            for purpose in purposes.into_iter().map(Some).chain([None]) {
                let after = |(verdict, cause)| judge(&Facts { purpose, verdict, cause, ..Facts::of_directory(&person, contested) });
                let before: std::collections::HashSet<Judged> = checks.iter().map(|check| after(*check)).collect();
                let next = checks.iter().filter(|(_, cause)| cause.is_none_or(|cause| !found_out.contains(&cause)));
                for (judged, other) in next.map(|check| after(*check)).flat_map(|other| before.iter().map(move |judged| (judged, other))) {
                    if judged.eligibility != Eligibility::Ready && *judged != other {
                        overturned.insert(judged.evidence);
                    }
                }
            }
        }
        assert_eq!(overturned, Evidence::BY_ANSWER.into());
    }
}
