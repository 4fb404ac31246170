use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::{FaultKind, RouteFault};
use crate::world::{Licence, Random, Recipient, User};

/// Which accounts and which routes of the directory get which trouble.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FaultPlan {
    accounts: Plan,
    routes: Vec<RouteFault>,
}

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
        FaultPlan { accounts: Plan::Chosen(BTreeMap::new()), routes: Vec::new() }
    }

    /// This plan with so many accounts of one kind more; a realistic plan becomes one that holds only what is asked for.
    pub fn with(mut self, kind: FaultKind, count: u32) -> FaultPlan {
        let mut chosen = match self.accounts {
            Plan::Realistic => BTreeMap::new(),
            Plan::Chosen(chosen) => chosen,
        };
        chosen.insert(kind, Targets::Count(count));
        self.accounts = Plan::Chosen(chosen);
        self
    }

    /// This plan with trouble on a route more; the accounts keep theirs. What was added first is met first.
    #[must_use]
    pub fn on_route(mut self, fault: RouteFault) -> FaultPlan {
        self.routes.push(fault);
        self
    }

    pub(crate) fn routes(&self) -> &[RouteFault] {
        &self.routes
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
                Ok(FaultPlan { accounts: Plan::Chosen(chosen), routes: Vec::new() })
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
    let targets: BTreeMap<FaultKind, Targets> = match &plan.accounts {
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
}
