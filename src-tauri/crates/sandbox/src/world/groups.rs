use std::collections::{BTreeMap, BTreeSet};

use super::people::{Recipient, User};
use super::{Random, World, hash, uuid_from};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupKind {
    Security,
    /// The kind that scopes an app to mailboxes in Exchange.
    MailEnabledSecurity,
    Microsoft365,
    Distribution,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// Place in `World::users`.
    User(u32),
    /// Place in `World::groups`.
    Group(u32),
}

pub struct Group {
    pub id: String,
    pub display_name: String,
    pub description: &'static str,
    pub mail: Option<String>,
    pub kind: GroupKind,
    pub members: Vec<Member>,
    /// It was deleted; its place stays, because members are places.
    pub deleted: bool,
}

impl World {
    /// The group with this object id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| !group.deleted && group.id.eq_ignore_ascii_case(id))
    }

    /// All members below a group, each once, whatever the nesting; circles end.
    pub fn transitive_members(&self, group: &Group) -> Vec<Member> {
        let mut seen_groups = BTreeSet::new();
        let mut seen_users = BTreeSet::new();
        let mut open: Vec<Member> = group.members.iter().rev().copied().collect();
        let mut all = Vec::new();
        while let Some(member) = open.pop() {
            match member {
                Member::User(at) => {
                    if seen_users.insert(at) {
                        all.push(member);
                    }
                }
                Member::Group(at) => {
                    if let Some(inner) = self.groups.get(at as usize)
                        && inner.id != group.id
                        && seen_groups.insert(at)
                    {
                        all.push(member);
                        open.extend(inner.members.iter().rev().copied());
                    }
                }
            }
        }
        all
    }
}

/// Departments and offices, nested staff groups, a pilot, a scope group, two groups that contain each other and an empty one.
pub(super) fn form(random: &mut Random, people: &[User], domain: &str) -> Vec<Group> {
    let mut departments: BTreeMap<&str, Vec<Member>> = BTreeMap::new();
    let mut offices: BTreeMap<&str, Vec<Member>> = BTreeMap::new();
    let mut pilot = Vec::new();
    for (at, user) in (0_u32..).zip(people) {
        match user.recipient {
            Recipient::Person => {
                departments.entry(user.department).or_default().push(Member::User(at));
                offices.entry(user.office).or_default().push(Member::User(at));
                if user.department == "Sales" && pilot.len() < 25 {
                    pilot.push(Member::User(at));
                }
            }
            Recipient::Shared | Recipient::Room | Recipient::Equipment | Recipient::Guest => {}
        }
    }
    let mut groups = Vec::new();
    let mut found = |name: &str, description: &'static str, kind: GroupKind, members: Vec<Member>| {
        let mail = match kind {
            GroupKind::Security => None,
            GroupKind::MailEnabledSecurity | GroupKind::Microsoft365 | GroupKind::Distribution => {
                Some(format!("{}@{domain}", name.to_lowercase().replace(' ', ".")))
            }
        };
        groups.push(Group { id: random.uuid(), display_name: name.to_owned(), description, mail, kind, members, deleted: false });
        Member::Group(u32::try_from(groups.len() - 1).unwrap_or(u32::MAX))
    };
    let mut below_staff = Vec::new();
    let mut sales = None;
    for (name, members) in departments {
        let group = found(name, "Everyone in the department", GroupKind::Microsoft365, members);
        if name == "Sales" {
            sales = Some(group);
        }
        below_staff.push(group);
    }
    for (name, members) in offices {
        found(&format!("Office {name}"), "Everyone in the office", GroupKind::Security, members);
    }
    found("All Staff", "Every department", GroupKind::Security, below_staff);
    let pilot = found("Integration Pilot", "The first to move", GroupKind::MailEnabledSecurity, pilot);
    let scope = sales.into_iter().chain([pilot]).collect();
    found("Integration Scope", "Mailboxes the integration may open", GroupKind::MailEnabledSecurity, scope);
    found("Newsletter", "Customers' questions", GroupKind::Distribution, vec![]);
    let leads = found("Aurora Leads", "Leads of the Aurora project", GroupKind::Security, vec![Member::User(0)]);
    let aurora = found("Aurora", "The Aurora project", GroupKind::Security, vec![leads]);
    if let Member::Group(at) = leads
        && let Some(leads) = groups.get_mut(at as usize)
    {
        leads.members.push(aurora);
    }
    groups
}

/// One administrative unit: whoever works in Sales.
pub(super) fn units(tenant: &str, people: &[User]) -> Vec<Group> {
    let inside = |(at, user): (u32, &User)| (user.department == "Sales" && user.recipient == Recipient::Person).then_some(Member::User(at));
    vec![Group {
        id: uuid_from(hash(tenant, 90), hash("Sales Unit", 91)),
        display_name: "Sales Unit".to_owned(),
        description: "Whoever works in Sales",
        mail: None,
        kind: GroupKind::Security,
        members: (0_u32..).zip(people).filter_map(inside).collect(),
        deleted: false,
    }]
}

#[cfg(test)]
mod tests {
    use crate::faults::FaultPlan;
    use crate::world::{Member, World};

    #[test]
    fn nesting_is_flattened_and_circles_end() {
        let world = World::build(1, 120, &FaultPlan::none());
        let named = |name: &str| world.groups.iter().find(|group| group.display_name == name).unwrap();

        let all = world.transitive_members(named("All Staff"));
        let people = all.iter().filter(|member| matches!(member, Member::User(_))).count();
        assert!(people > 80, "every department's people count, found {people}");

        let circle = world.transitive_members(named("Aurora"));
        assert_eq!(circle.len(), 2, "the leads' group and its one person, not Aurora itself");
    }
}
