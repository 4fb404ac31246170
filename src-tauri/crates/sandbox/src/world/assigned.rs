use super::{FOUNDED_MS, Recipient, User, World, hash, uuid_from};

/// Who may sign in to an application that demands assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssigneeKind {
    User,
    Group,
}

/// A person or a group that was assigned to an enterprise application (an `appRoleAssignment` too, seen from the application).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    pub id: String,
    pub kind: AssigneeKind,
    /// Object id of the person or the group.
    pub assignee_id: String,
    /// Object id of the application's service principal.
    pub resource_id: String,
    pub created_ms: i64,
}

impl World {
    /// Whether an account may sign in to an application: it demands no assignment, or the account or a group of its is assigned.
    pub fn may_use(&self, app_id: &str, user: &User) -> bool {
        let Some(principal) = self.principal_of(app_id).filter(|principal| principal.assignment_required) else { return true };
        let own = self.user_index(&user.id).and_then(|at| u32::try_from(at).ok());
        self.assigned.iter().filter(|assigned| assigned.resource_id == principal.id).any(|assigned| match assigned.kind {
            AssigneeKind::User => assigned.assignee_id == *user.id,
            // A group assigns its direct members only ("Assign users and groups to an application").
            AssigneeKind::Group => self
                .group(&assigned.assignee_id)
                .is_some_and(|group| group.members.iter().any(|member| matches!(member, super::Member::User(at) if Some(*at) == own))),
        })
    }

    /// Assigns a person or a group to an application. False when one of both does not exist.
    pub fn assign(&mut self, key: &str, kind: AssigneeKind, assignee_id: &str) -> bool {
        let principal = self.app_by_key(key).and_then(|app| self.principal_of(&app.client_id)).map(|principal| principal.id.clone());
        let assignee = match kind {
            AssigneeKind::User => self.user(assignee_id).map(|user| user.id.to_string()),
            AssigneeKind::Group => self.group(assignee_id).map(|group| group.id.clone()),
        };
        let (Some(resource_id), Some(assignee_id)) = (principal, assignee) else { return false };
        let id = uuid_from(hash(&assignee_id, 60), hash(&resource_id, 61));
        self.assigned.push(Assigned { id, kind, assignee_id, resource_id, created_ms: FOUNDED_MS });
        true
    }

    /// The administrator, four people and a group may use the travel desk.
    pub(super) fn assign_as_found(&mut self) {
        let people: Vec<String> = self
            .users
            .iter()
            .filter(|user| user.recipient == Recipient::Person && user.enabled && user.admin_roles.is_empty())
            .take(4)
            .chain(self.users.first())
            .map(|user| user.id.to_string())
            .collect();
        let group = self.groups.iter().find(|group| group.display_name.starts_with("Office ")).map(|group| group.id.clone());
        for person in people {
            self.assign("travel_desk", AssigneeKind::User, &person);
        }
        if let Some(group) = group {
            self.assign("travel_desk", AssigneeKind::Group, &group);
        }
    }
}
