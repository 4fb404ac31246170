use std::time::Duration;

use super::{Group, Member, World};

/// How long Exchange goes on with what it knew before a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Propagation {
    pub policies: Duration,
    pub roles: Duration,
}

impl Default for Propagation {
    /// Short enough to be watched; Microsoft's are an hour or more, and two hours.
    fn default() -> Propagation {
        Propagation { policies: Duration::from_secs(20), roles: Duration::from_secs(40) }
    }
}

/// An application access policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPolicy {
    pub app_id: String,
    pub group_id: String,
    pub deny: bool,
    pub description: String,
}

/// A management scope whose filter names a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementScope {
    pub id: String,
    pub name: String,
    pub filter: String,
}

/// Whose mailboxes a role was assigned for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Everything,
    /// The management scope of that name.
    Scope(String),
    /// The administrative unit of that id.
    Unit(String),
}

/// A role of RBAC for Applications, assigned to a service principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeAssignment {
    pub id: String,
    pub name: String,
    /// `Application Mail.Read`.
    pub role: String,
    pub principal_id: String,
    pub reach: Reach,
}

/// All that limits applications.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Object ids of the service principals that Exchange knows.
    pub known: Vec<String>,
    pub policies: Vec<AppPolicy>,
    pub scopes: Vec<ManagementScope>,
    pub assignments: Vec<ExchangeAssignment>,
}

/// The limits with their past: what was changed counts only after a while.
#[derive(Debug, Default)]
pub struct Exchange {
    pub propagation: Propagation,
    /// Each state and since when, in milliseconds since 1970; the last one is what the cmdlets see.
    past: Vec<(i64, Limits)>,
    nothing: Limits,
    /// Mailboxes that Exchange treats as if they were on the other side, by object id: what a proof must find.
    pub astray: Vec<String>,
}

/// What Exchange says to an application that asks for a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Open,
    /// A policy closes it.
    Policy,
    /// It has roles, none of which reaches this mailbox.
    OutOfScope,
    /// It holds nothing.
    Nothing,
}

impl Exchange {
    /// As the cmdlets see it.
    pub fn now(&self) -> &Limits {
        self.past.last().map_or(&self.nothing, |(_, limits)| limits)
    }

    /// Whether anything ever limited an application.
    pub fn is_untouched(&self) -> bool {
        self.past.is_empty()
    }

    /// Changes the limits from this moment on.
    pub fn change<T>(&mut self, now_ms: i64, change: impl FnOnce(&mut Limits) -> T) -> T {
        let mut limits = self.now().clone();
        let done = change(&mut limits);
        if limits != *self.now() {
            self.past.push((now_ms, limits));
        }
        done
    }

    fn as_of(&self, now_ms: i64, delay: Duration) -> &Limits {
        let until = now_ms.saturating_sub(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
        self.past.iter().rev().find(|(since, _)| *since <= until).map_or(&self.nothing, |(_, limits)| limits)
    }

    fn policies(&self, now_ms: i64) -> &[AppPolicy] {
        &self.as_of(now_ms, self.propagation.policies).policies
    }

    fn roles(&self, now_ms: i64) -> &Limits {
        self.as_of(now_ms, self.propagation.roles)
    }
}

impl World {
    /// Whether an application has a role of Exchange that stands for one of these permissions, whatever it reaches.
    pub(crate) fn has_exchange_role(&self, app_id: &str, permissions: &[&str], now_ms: i64) -> bool {
        if self.exchange.is_untouched() {
            return false;
        }
        let Some(principal) = self.principal_of(app_id) else { return false };
        let limits = self.exchange.roles(now_ms);
        limits.assignments.iter().any(|assigned| assigned.principal_id == principal.id && stands_for(&assigned.role, permissions))
    }

    /// What Exchange decides about a mailbox: rights of Entra, as far as policies leave them, and rights of roles add up.
    pub(crate) fn decide(&self, app_id: &str, granted: bool, permissions: &[&str], at: u32, now_ms: i64) -> Decision {
        if self.exchange.is_untouched() {
            return if granted { Decision::Open } else { Decision::Nothing };
        }
        let decided = self.decide_by(app_id, granted, permissions, at, self.exchange.policies(now_ms), self.exchange.roles(now_ms));
        let astray = self.users.get(at as usize).is_some_and(|user| self.exchange.astray.iter().any(|id| *id == *user.id));
        match decided {
            Decision::Open if astray => Decision::OutOfScope,
            Decision::Policy | Decision::OutOfScope if astray => Decision::Open,
            decided => decided,
        }
    }

    /// What the test cmdlet says of roles: it knows no propagation and nothing of Entra, and mailboxes astray are not seen by it.
    pub fn test_roles(&self, principal_id: &str, at: u32) -> Vec<(String, bool)> {
        let limits = self.exchange.now();
        let own = limits.assignments.iter().filter(|assigned| assigned.principal_id == principal_id);
        own.map(|assigned| (assigned.role.clone(), self.reaches(limits, &assigned.reach, at))).collect()
    }

    /// What the test cmdlet says of policies.
    pub fn test_policies(&self, app_id: &str, at: u32) -> bool {
        self.allowed(app_id, at, &self.exchange.now().policies)
    }

    fn decide_by(&self, app_id: &str, granted: bool, permissions: &[&str], at: u32, policies: &[AppPolicy], roles: &Limits) -> Decision {
        let principal = self.principal_of(app_id).map(|principal| principal.id.as_str()).unwrap_or_default();
        let mut own = roles
            .assignments
            .iter()
            .filter(|assigned| assigned.principal_id == principal && stands_for(&assigned.role, permissions))
            .peekable();
        let assigned = own.peek().is_some();
        if own.any(|assigned| self.reaches(roles, &assigned.reach, at)) {
            return Decision::Open;
        }
        match (granted, assigned) {
            (true, _) if self.allowed(app_id, at, policies) => Decision::Open,
            (true, _) => Decision::Policy,
            (false, true) => Decision::OutOfScope,
            (false, false) => Decision::Nothing,
        }
    }

    /// "New-ApplicationAccessPolicy": a deny that fits wins, then a restriction that fits, then any restriction closes the rest.
    fn allowed(&self, app_id: &str, at: u32, policies: &[AppPolicy]) -> bool {
        let own = || policies.iter().filter(|policy| policy.app_id.eq_ignore_ascii_case(app_id));
        let fits = |policy: &&AppPolicy| {
            self.group(&policy.group_id).is_some_and(|group| self.transitive_members(group).contains(&Member::User(at)))
        };
        if own().filter(|policy| policy.deny).any(|policy| fits(&policy)) {
            return false;
        }
        let mut restrictions = own().filter(|policy| !policy.deny).peekable();
        restrictions.peek().is_none() || restrictions.any(|policy| fits(&policy))
    }

    fn reaches(&self, limits: &Limits, reach: &Reach, at: u32) -> bool {
        let direct = |group: &Group| group.members.contains(&Member::User(at));
        match reach {
            Reach::Everything => true,
            Reach::Unit(id) => self.unit(id).is_some_and(direct),
            Reach::Scope(name) => {
                let scope = limits.scopes.iter().find(|scope| scope.name.eq_ignore_ascii_case(name));
                scope.is_some_and(|scope| {
                    let inside = group_of(&scope.filter).and_then(|id| self.group(id)).is_some_and(direct);
                    inside != scope.filter.trim_start().to_lowercase().starts_with("-not")
                })
            }
        }
    }

    /// The administrative unit with this object id.
    pub fn unit(&self, id: &str) -> Option<&Group> {
        self.units.iter().find(|unit| unit.id.eq_ignore_ascii_case(id))
    }
}

/// The group that a filter such as `MemberOfGroup -eq '…'` names; the practice Exchange goes by its object id.
fn group_of(filter: &str) -> Option<&str> {
    filter.split('\'').nth(1)
}

fn stands_for(role: &str, permissions: &[&str]) -> bool {
    let held = role.trim_start_matches("Application ");
    permissions.iter().any(|permission| permission.trim_end_matches(".All").eq_ignore_ascii_case(held))
}
