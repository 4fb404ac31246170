//! What goes wrong in the practice tenant, on purpose: kinds of trouble, where they are planted and what a checker must conclude.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

use crate::world::{Licence, Random, Recipient, User};

/// One kind of trouble of one mailbox. The doc comment of each says which verdict on the mailbox is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// No licence, so no mailbox: 404 MailboxNotEnabledForRESTAPI everywhere. **Failed.**
    MailboxNotEnabled,
    /// The mailbox is still on-premises: 404 MailboxNotSupportedForRESTAPI everywhere. **Failed.**
    OnPremises,
    /// A guest from another tenant: 404 ResourceNotFound everywhere. **Failed.**
    GuestWithoutMailbox,
    /// Listed, then deleted: 404 ErrorInvalidUser everywhere. **Failed.**
    DeletedAfterListing,
    /// An application access policy excludes the mailbox: 403 ErrorAccessDenied with its telling text on all but tasks. **Failed.**
    PolicyExcluded,
    /// RBAC for Applications leaves the mailbox out: 403 ErrorAccessDenied without a telling text on all but tasks. **Failed.**
    ScopeExcluded,
    /// The mailbox is full: 403 ErrorQuotaExceeded on mail. **Failed.**
    QuotaExceeded,
    /// The licence does not allow it: 403 ErrorInvalidLicense everywhere. **Failed.**
    InvalidLicense,
    /// The recipient is broken in the directory: 500 ErrorMailboxConfiguration everywhere. A repair, not time, helps: **failed.**
    MailboxMisconfigured,
    /// The default calendar is gone: 404 ErrorFolderNotFound on the calendar. **Failed.**
    CalendarMissing,
    /// Contacts answer 403 with an empty code, as some workloads do. **Failed.**
    EmptyCode,
    /// The mailbox is being moved, for as long as anyone waits: 503 ErrorMailboxMoveInProgress everywhere. **Unknown.**
    MoveInProgress,
    /// The calendar answers 429 with `Retry-After: 1` for ever. **Unknown.**
    AlwaysThrottled,
    /// Microsoft quarantined the pattern of requests: 500 ErrorApiQuarantined everywhere. **Unknown.**
    Quarantined,
    /// Mail answers 504 with a page of HTML for ever. **Unknown.**
    GatewayTimeout,
    /// Everything answers 503 UnknownError with an empty message. **Unknown.**
    #[serde(rename = "unknown_error_503")]
    UnknownError503,
    /// Each workload answers 429 with `Retry-After: 1` once. **Passed.**
    ThrottledOnce,
    /// Each workload answers 429 once, with `Retry-After` as an HTTP date. **Passed.**
    ThrottledDate,
    /// Each workload answers 503 ErrorMailboxStoreUnavailable twice. **Passed.**
    StoreUnavailableTwice,
    /// Each workload answers 503 MailboxInfoStale once. **Passed.**
    InfoStaleOnce,
    /// The answer of a batch leaves out each workload once. **Passed.**
    AnswerLeftOutOnce,
    /// 429 ApplicationThrottled for the second request at a time. **Passed** when spread.
    Concurrency,
}

/// The five kinds of Outlook data that are probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    Mail,
    Calendar,
    Contacts,
    Tasks,
    Settings,
}

impl Workload {
    pub const ALL: [Workload; 5] = [Workload::Mail, Workload::Calendar, Workload::Contacts, Workload::Tasks, Workload::Settings];
}

/// What one request to a workload of an afflicted mailbox meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The request is answered as for a healthy mailbox.
    Fine,
    Refusal {
        status: u16,
        code: &'static str,
        message: &'static str,
    },
    /// 429; the date form of `Retry-After` when `as_date`.
    Throttled {
        as_date: bool,
    },
    /// 504 with HTML.
    Gateway,
    /// A batch's answer does not mention the request; outside of batches it is answered.
    LeftOut,
}

impl FaultKind {
    pub const ALL: [FaultKind; 22] = [
        FaultKind::MailboxNotEnabled,
        FaultKind::OnPremises,
        FaultKind::GuestWithoutMailbox,
        FaultKind::DeletedAfterListing,
        FaultKind::PolicyExcluded,
        FaultKind::ScopeExcluded,
        FaultKind::QuotaExceeded,
        FaultKind::InvalidLicense,
        FaultKind::MailboxMisconfigured,
        FaultKind::CalendarMissing,
        FaultKind::EmptyCode,
        FaultKind::MoveInProgress,
        FaultKind::AlwaysThrottled,
        FaultKind::Quarantined,
        FaultKind::GatewayTimeout,
        FaultKind::UnknownError503,
        FaultKind::ThrottledOnce,
        FaultKind::ThrottledDate,
        FaultKind::StoreUnavailableTwice,
        FaultKind::InfoStaleOnce,
        FaultKind::AnswerLeftOutOnce,
        FaultKind::Concurrency,
    ];

    /// What the `attempt`th request (from 0) to a workload meets.
    pub(crate) fn effect(self, workload: Workload, attempt: u32) -> Effect {
        let refusal = |status, code, message| Effect::Refusal { status, code, message };
        match self {
            FaultKind::MailboxNotEnabled => {
                refusal(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or hosted on-premises.")
            }
            FaultKind::OnPremises => refusal(404, "MailboxNotSupportedForRESTAPI", "This kind of mailbox is not served by the REST API."),
            FaultKind::GuestWithoutMailbox => refusal(404, "ResourceNotFound", "The resource could not be found."),
            FaultKind::DeletedAfterListing => refusal(404, "ErrorInvalidUser", "The requested user is invalid."),
            FaultKind::PolicyExcluded if workload != Workload::Tasks => {
                refusal(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] by the tenant's AppOnly AccessPolicy.")
            }
            FaultKind::ScopeExcluded if workload != Workload::Tasks => {
                refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
            }
            FaultKind::QuotaExceeded if workload == Workload::Mail => {
                refusal(403, "ErrorQuotaExceeded", "The mailbox has exceeded its quota.")
            }
            FaultKind::InvalidLicense => refusal(403, "ErrorInvalidLicense", "The licence does not allow this operation."),
            FaultKind::MailboxMisconfigured => refusal(500, "ErrorMailboxConfiguration", "The mailbox's configuration is not valid."),
            FaultKind::CalendarMissing if workload == Workload::Calendar => {
                refusal(404, "ErrorFolderNotFound", "The specified folder could not be found in the store.")
            }
            FaultKind::EmptyCode if workload == Workload::Contacts => refusal(403, "", ""),
            FaultKind::MoveInProgress => refusal(503, "ErrorMailboxMoveInProgress", "Mailbox move in progress."),
            FaultKind::AlwaysThrottled if workload == Workload::Calendar => Effect::Throttled { as_date: false },
            FaultKind::Quarantined => refusal(500, "ErrorApiQuarantined", "The request is quarantined."),
            FaultKind::GatewayTimeout if workload == Workload::Mail => Effect::Gateway,
            FaultKind::UnknownError503 => refusal(503, "UnknownError", ""),
            FaultKind::ThrottledOnce if attempt == 0 => Effect::Throttled { as_date: false },
            FaultKind::ThrottledDate if attempt == 0 => Effect::Throttled { as_date: true },
            FaultKind::StoreUnavailableTwice if attempt < 2 => {
                refusal(503, "ErrorMailboxStoreUnavailable", "The mailbox database is temporarily unavailable.")
            }
            FaultKind::InfoStaleOnce if attempt == 0 => refusal(503, "MailboxInfoStale", "Mailbox info is stale."),
            FaultKind::AnswerLeftOutOnce if attempt == 0 => Effect::LeftOut,
            FaultKind::PolicyExcluded
            | FaultKind::ScopeExcluded
            | FaultKind::QuotaExceeded
            | FaultKind::CalendarMissing
            | FaultKind::EmptyCode
            | FaultKind::AlwaysThrottled
            | FaultKind::GatewayTimeout
            | FaultKind::ThrottledOnce
            | FaultKind::ThrottledDate
            | FaultKind::StoreUnavailableTwice
            | FaultKind::InfoStaleOnce
            | FaultKind::AnswerLeftOutOnce
            | FaultKind::Concurrency => Effect::Fine,
        }
    }

    /// The right verdict on the mailbox when all five workloads are required and granted.
    fn verdict(self) -> &'static str {
        match self {
            FaultKind::MailboxNotEnabled
            | FaultKind::OnPremises
            | FaultKind::GuestWithoutMailbox
            | FaultKind::DeletedAfterListing
            | FaultKind::PolicyExcluded
            | FaultKind::ScopeExcluded
            | FaultKind::QuotaExceeded
            | FaultKind::InvalidLicense
            | FaultKind::MailboxMisconfigured
            | FaultKind::CalendarMissing
            | FaultKind::EmptyCode => "failed",
            FaultKind::MoveInProgress
            | FaultKind::AlwaysThrottled
            | FaultKind::Quarantined
            | FaultKind::GatewayTimeout
            | FaultKind::UnknownError503 => "unknown",
            FaultKind::ThrottledOnce
            | FaultKind::ThrottledDate
            | FaultKind::StoreUnavailableTwice
            | FaultKind::InfoStaleOnce
            | FaultKind::AnswerLeftOutOnce
            | FaultKind::Concurrency => "passed",
        }
    }
}

/// What a checker must conclude, and the answer it must show for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// `passed`, `failed` or `unknown`.
    pub verdict: &'static str,
    /// The status of the lasting refusal.
    pub http: Option<u16>,
    /// Its error code; `None` when the answer carries no JSON.
    pub code: Option<String>,
}

/// One account with what was done to it and what must be found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planted {
    pub user_id: String,
    pub upn: String,
    pub fault: Option<FaultKind>,
    /// Of the mailbox, with all five workloads required and granted; status and code are those of the first one that does not pass.
    pub verdict: Expected,
    pub workloads: [(Workload, Expected); 5],
}

impl Planted {
    pub(crate) fn of(user: &User) -> Planted {
        let workloads = Workload::ALL.map(|workload| (workload, expected(user.fault, workload)));
        let verdict =
            workloads.iter().map(|(_, expected)| expected).find(|expected| expected.verdict != "passed").unwrap_or(&PASSED).clone();
        Planted { user_id: user.id.clone(), upn: user.upn.clone(), fault: user.fault, verdict, workloads }
    }
}

const PASSED: Expected = Expected { verdict: "passed", http: None, code: None };

fn expected(fault: Option<FaultKind>, workload: Workload) -> Expected {
    let Some(fault) = fault else { return PASSED };
    // What the thousandth attempt still meets is what lasts.
    let lasting = |http, code: Option<&str>| Expected { verdict: fault.verdict(), http: Some(http), code: code.map(str::to_owned) };
    match fault.effect(workload, 1_000) {
        Effect::Fine | Effect::LeftOut => PASSED,
        Effect::Refusal { status, code, .. } => lasting(status, Some(code)),
        Effect::Throttled { .. } => lasting(429, Some("TooManyRequests")),
        Effect::Gateway => lasting(504, None),
    }
}

/// Which accounts get which trouble.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FaultPlan(Plan);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Plan {
    /// A realistic share of everything; each kind at least once from 100 accounts on.
    #[default]
    Realistic,
    Chosen(BTreeMap<FaultKind, Targets>),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Targets {
    Count(u32),
    Upns(Vec<String>),
}

impl FaultPlan {
    /// A tenant in which every mailbox is healthy.
    pub fn none() -> FaultPlan {
        FaultPlan(Plan::Chosen(BTreeMap::new()))
    }

    /// This plan with so many accounts of one kind more; a realistic plan becomes one that holds only what is asked for.
    pub fn with(mut self, kind: FaultKind, count: u32) -> FaultPlan {
        let mut chosen = match self.0 {
            Plan::Realistic => BTreeMap::new(),
            Plan::Chosen(chosen) => chosen,
        };
        chosen.insert(kind, Targets::Count(count));
        self.0 = Plan::Chosen(chosen);
        self
    }
}

/// From JSON such as `{"quota_exceeded": 3, "on_premises": ["ada@contoso.example"]}`.
impl<'de> Deserialize<'de> for FaultPlan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FaultPlan, D::Error> {
        struct Kinds;
        impl<'de> de::Visitor<'de> for Kinds {
            type Value = FaultPlan;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of fault kinds, each with a count or a list of user principal names")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<FaultPlan, A::Error> {
                let mut chosen = BTreeMap::new();
                // Reading the kind as an enum lists the known ones when the name is wrong.
                while let Some((kind, targets)) = map.next_entry::<FaultKind, Targets>()? {
                    if chosen.insert(kind, targets).is_some() {
                        return Err(de::Error::custom("a fault kind is given twice"));
                    }
                }
                Ok(FaultPlan(Plan::Chosen(chosen)))
            }
        }
        deserializer.deserialize_map(Kinds)
    }
}

/// Accounts per thousand that a realistic plan gives to a kind.
fn share(kind: FaultKind) -> usize {
    match kind {
        FaultKind::MailboxNotEnabled | FaultKind::GuestWithoutMailbox => 20,
        FaultKind::OnPremises | FaultKind::PolicyExcluded | FaultKind::ThrottledOnce => 10,
        FaultKind::ScopeExcluded | FaultKind::StoreUnavailableTwice => 5,
        FaultKind::DeletedAfterListing
        | FaultKind::QuotaExceeded
        | FaultKind::InvalidLicense
        | FaultKind::MailboxMisconfigured
        | FaultKind::CalendarMissing
        | FaultKind::EmptyCode
        | FaultKind::MoveInProgress
        | FaultKind::AlwaysThrottled
        | FaultKind::Quarantined
        | FaultKind::GatewayTimeout
        | FaultKind::UnknownError503
        | FaultKind::ThrottledDate
        | FaultKind::InfoStaleOnce
        | FaultKind::AnswerLeftOutOnce
        | FaultKind::Concurrency => 2,
    }
}

/// Plants the plan's faults. Admins stay healthy; counts draw from people only, in an order that the seed decides.
pub(crate) fn plant(random: &mut Random, people: &mut [User], plan: &FaultPlan, domain: &str) {
    let size = people.len();
    let mut free: Vec<usize> = people
        .iter()
        .enumerate()
        .filter(|(_, user)| user.recipient == Recipient::Person && user.admin_roles.is_empty())
        .map(|(at, _)| at)
        .collect();
    random.shuffle(&mut free);
    let targets: BTreeMap<FaultKind, Targets> = match &plan.0 {
        Plan::Realistic => FaultKind::ALL
            .iter()
            .map(|&kind| {
                let at_least = usize::from(size >= 100);
                let count = (size * share(kind) / 1_000).max(at_least);
                (kind, Targets::Count(u32::try_from(count).unwrap_or(u32::MAX)))
            })
            .collect(),
        Plan::Chosen(chosen) => chosen.clone(),
    };
    for (kind, targets) in &targets {
        if let Targets::Upns(upns) = targets {
            for user in people.iter_mut().filter(|user| upns.iter().any(|upn| upn.eq_ignore_ascii_case(&user.upn))) {
                afflict(user, *kind);
            }
        }
    }
    free.retain(|at| people.get(*at).is_some_and(|user| user.fault.is_none()));
    for (kind, targets) in &targets {
        if let Targets::Count(count) = targets {
            let count = usize::try_from(*count).unwrap_or(usize::MAX).min(free.len());
            for at in free.drain(..count) {
                if let Some(user) = people.get_mut(at) {
                    afflict(user, *kind);
                    if *kind == FaultKind::GuestWithoutMailbox {
                        invite(user, domain);
                    }
                }
            }
        }
    }
}

/// Gives the account the trouble, and the looks that go with it in the directory.
fn afflict(user: &mut User, kind: FaultKind) {
    user.fault = Some(kind);
    match kind {
        FaultKind::MailboxNotEnabled => user.licence = Licence::None,
        FaultKind::OnPremises => {
            user.synced = true;
            user.licence = Licence::Foundation;
        }
        FaultKind::GuestWithoutMailbox => {
            user.recipient = Recipient::Guest;
            user.licence = Licence::None;
            user.synced = false;
        }
        FaultKind::DeletedAfterListing
        | FaultKind::PolicyExcluded
        | FaultKind::ScopeExcluded
        | FaultKind::QuotaExceeded
        | FaultKind::InvalidLicense
        | FaultKind::MailboxMisconfigured
        | FaultKind::CalendarMissing
        | FaultKind::EmptyCode
        | FaultKind::MoveInProgress
        | FaultKind::AlwaysThrottled
        | FaultKind::Quarantined
        | FaultKind::GatewayTimeout
        | FaultKind::UnknownError503
        | FaultKind::ThrottledOnce
        | FaultKind::ThrottledDate
        | FaultKind::StoreUnavailableTwice
        | FaultKind::InfoStaleOnce
        | FaultKind::AnswerLeftOutOnce
        | FaultKind::Concurrency => {}
    }
}

/// A guest signs in with an address of the home tenant, which the UPN wraps (`name_home#EXT#@…`).
fn invite(user: &mut User, domain: &str) {
    let local = user.upn.split('@').next().unwrap_or_default().to_owned();
    user.upn = format!("{local}_fabrikam.example#EXT#@{domain}");
    user.other_mail = Some(format!("{local}@fabrikam.example"));
    user.aliases = Vec::new();
    user.job_title = "";
    user.department = "";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    fn count(world: &World, kind: FaultKind) -> usize {
        world.users.iter().filter(|user| user.fault == Some(kind)).count()
    }

    #[test]
    fn from_a_hundred_accounts_on_every_kind_is_there() {
        let world = World::build(3, 100, &FaultPlan::default());
        for kind in FaultKind::ALL {
            assert!(count(&world, kind) >= 1, "{kind:?} is missing");
        }
        assert!(world.users[..2].iter().all(|user| user.fault.is_none()), "admins stay healthy");
        let none = World::build(3, 100, &FaultPlan::none());
        assert!(none.users.iter().all(|user| user.fault.is_none()));
    }

    #[test]
    fn a_plan_from_json_names_counts_and_accounts() {
        let healthy = World::build(3, 100, &FaultPlan::none());
        let person = &healthy.users[20].upn;
        let plan: FaultPlan = serde_json::from_str(&format!(r#"{{"quota_exceeded": 4, "unknown_error_503": ["{person}"]}}"#)).unwrap();
        let world = World::build(3, 100, &plan);
        assert_eq!(count(&world, FaultKind::QuotaExceeded), 4);
        assert_eq!(world.users[20].fault, Some(FaultKind::UnknownError503));
        assert_eq!(world.users.iter().filter(|user| user.fault.is_some()).count(), 5);
    }

    #[test]
    fn an_unknown_kind_is_refused_with_the_known_ones() {
        let error = serde_json::from_str::<FaultPlan>(r#"{"quota": 4}"#).unwrap_err().to_string();
        assert!(error.contains("quota_exceeded"), "{error}");
    }

    #[test]
    fn lasting_trouble_that_could_pass_is_unknown_and_never_failed() {
        let world = World::build(3, 200, &FaultPlan::default());
        let of = |kind| Planted::of(world.users.iter().find(|user| user.fault == Some(kind)).unwrap());

        let moving = of(FaultKind::MoveInProgress);
        assert_eq!(moving.verdict.verdict, "unknown");
        assert_eq!(moving.verdict.http, Some(503));
        let excluded = of(FaultKind::PolicyExcluded);
        assert_eq!(excluded.verdict.code.as_deref(), Some("ErrorAccessDenied"));
        assert_eq!(excluded.workloads[3].1.verdict, "passed", "policies do not scope tasks");
        assert_eq!(of(FaultKind::StoreUnavailableTwice).verdict.verdict, "passed");
        assert_eq!(of(FaultKind::GatewayTimeout).verdict.code, None);
    }
}
