use super::World;

/// What happened to a user since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Updated,
    Deleted,
}

/// One directory change; its place in `World::changes` is its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Place in `World::users`.
    pub user: usize,
    pub kind: ChangeKind,
}

impl World {
    /// Gives a person another title; delta queries report it. False when there is no such account.
    pub fn promote(&mut self, id_or_upn: &str, job_title: &'static str) -> bool {
        let Some(at) = self.user_index(id_or_upn) else {
            return false;
        };
        let Some(user) = self.users.get_mut(at) else {
            return false;
        };
        user.job_title = job_title;
        self.changes.push(Change { user: at, kind: ChangeKind::Updated });
        true
    }

    /// Deletes an account: it leaves the lists and the mailbox is gone. False when there is no such account.
    pub fn delete_user(&mut self, id_or_upn: &str) -> bool {
        let Some(at) = self.user_index(id_or_upn) else {
            return false;
        };
        let Some(user) = self.users.get_mut(at) else {
            return false;
        };
        user.deleted = true;
        self.changes.push(Change { user: at, kind: ChangeKind::Deleted });
        true
    }
}
