//! The roster: who there is, with just what filters and orders need, in memory. A row of the users table is wide, so that going
//! through all of them takes SQLite a hundred times as long.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hasher};

use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::{OrganizationId, TenantId, UserId};
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::user::{MailboxKind, MailboxStatus};
use rollcall_core::verdict::Verdict;
use rusqlite::{Connection, Row};

use super::lines;
use crate::changes::Touched;
use crate::error::StoreError;
use crate::organizations::Standing;
use crate::text;

/// Never: before any moment, as SQL orders what is null.
pub const NEVER: i64 = i64::MIN;

/// A user in short. Hundreds of thousands of them are held, so each field is as narrow as it can be.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    pub id: UserId,
    pub organization: OrganizationId,
    /// Moments in milliseconds since 1970, or [`NEVER`].
    pub checked: i64,
    pub synced: i64,
    pub mailbox_since: i64,
    /// Another one where the display name or the principal name is another one.
    names: u64,
    pub open_issues: u32,
    pub mailbox: MailboxStatus,
    pub verdict: Verdict,
    pub kind: MailboxKind,
    pub eligibility: Eligibility,
    pub session: Option<Verdict>,
    /// The user's own.
    pub access: Option<AccessType>,
    pub sync: SyncStatus,
    /// Whether a switch waits for the change window.
    pub queued: bool,
}

/// Everybody in one moment of the store.
#[derive(Default)]
pub struct Roster {
    /// By number.
    members: Vec<Member>,
    organizations: HashMap<OrganizationId, Standing>,
    /// Orders, once they were asked for and until a name is another one.
    by_name: Option<Vec<UserId>>,
    by_upn: Option<Vec<UserId>>,
}

impl Roster {
    /// The roster as it is in the moment that `conn` reads: as it was `before`, but for those who were touched since.
    ///
    /// # Errors
    /// [`StoreError`] when the disk can't be read.
    pub fn renewed(
        before: Option<Self>,
        conn: &Connection,
        touched: &Touched,
        organizations: HashMap<OrganizationId, Standing>,
    ) -> Result<Self, StoreError> {
        let mut roster = match (before, touched) {
            (Some(mut roster), Touched::Some(ids)) => {
                roster.renew(conn, ids)?;
                roster
            }
            (before, Touched::Some(_) | Touched::Any) => {
                // Two of them at once would take twice the memory.
                drop(before);
                Self::load(conn, organizations.values().map(|organization| organization.users).sum())?
            }
        };
        roster.organizations = organizations;
        Ok(roster)
    }

    /// Everybody, by number.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// One user.
    pub fn member(&self, id: UserId) -> Option<&Member> {
        self.members.binary_search_by_key(&id, |member| member.id).ok().map(|at| &self.members[at])
    }

    /// What a user's organization says of it. Nobody is without one.
    pub fn standing(&self, organization: OrganizationId) -> Option<&Standing> {
        self.organizations.get(&organization)
    }

    /// How many users the organizations of a tenant, or one of them, have.
    pub fn total(&self, organization: Option<OrganizationId>, tenant: Option<TenantId>) -> u32 {
        let wanted = |(id, standing): &(&OrganizationId, &Standing)| {
            organization.is_none_or(|wanted| wanted == **id) && tenant.is_none_or(|wanted| wanted == standing.tenant)
        };
        self.organizations.iter().filter(wanted).map(|(_, standing)| standing.users).sum()
    }

    /// Everybody by display name.
    ///
    /// # Errors
    /// [`StoreError`] when the disk can't be read.
    pub fn by_name(&mut self, conn: &Connection) -> Result<&[UserId], StoreError> {
        order(&mut self.by_name, || lines::by_name(conn))
    }

    /// Everybody by principal name.
    ///
    /// # Errors
    /// [`StoreError`] when the disk can't be read.
    pub fn by_upn(&mut self, conn: &Connection) -> Result<&[UserId], StoreError> {
        order(&mut self.by_upn, || lines::by_upn(conn))
    }

    fn load(conn: &Connection, users: u32) -> Result<Self, StoreError> {
        let mut roster = Self::default();
        roster.members.reserve_exact(users as usize);
        let mut statement = conn.prepare_cached(&format!("{MEMBERS} ORDER BY id"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            roster.members.push(member(row)?);
        }
        Ok(roster)
    }

    /// Reads some users again.
    fn renew(&mut self, conn: &Connection, ids: &BTreeSet<u32>) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut statement = conn.prepare_cached(&format!("{MEMBERS} WHERE id IN (SELECT value FROM json_each(?1))"))?;
        let mut rows = statement.query([text::to_json(ids)?])?;
        let mut left: BTreeSet<u32> = ids.clone();
        let mut new = Vec::new();
        while let Some(row) = rows.next()? {
            let member = member(row)?;
            left.remove(&member.id.0);
            match self.members.binary_search_by_key(&member.id, |known| known.id) {
                Ok(at) => {
                    self.renamed(self.members[at].names != member.names);
                    self.members[at] = member;
                }
                Err(_) => new.push(member),
            }
        }
        if !left.is_empty() {
            self.members.retain(|member| !left.contains(&member.id.0));
        }
        if !new.is_empty() {
            self.renamed(true);
            self.add(new);
        }
        Ok(())
    }

    /// A name is another one, or somebody is new: the orders are no more. Of those who went they may go on telling.
    fn renamed(&mut self, so: bool) {
        if so {
            (self.by_name, self.by_upn) = (None, None);
        }
    }

    /// Numbers only grow, so that the new ones come after all others; room is made in small steps.
    fn add(&mut self, mut new: Vec<Member>) {
        if self.members.capacity() - self.members.len() < new.len() {
            self.members.reserve_exact(new.len() + self.members.len() / 16);
        }
        self.members.append(&mut new);
        self.members.sort_unstable_by_key(|member| member.id);
    }
}

fn order(kept: &mut Option<Vec<UserId>>, read: impl FnOnce() -> Result<Vec<UserId>, StoreError>) -> Result<&[UserId], StoreError> {
    if kept.is_none() {
        let mut ids = read()?;
        ids.shrink_to_fit();
        *kept = Some(ids);
    }
    Ok(kept.as_deref().unwrap_or_default())
}

/// The columns of a [`Member`].
const MEMBERS: &str =
    "SELECT id, organization, checked, synced, mailbox_since, name_key, upn, open_issues, mailbox, verdict, kind, eligibility,
       session, access, sync, queued IS NOT NULL
FROM   users LEFT JOIN verdicts ON user = id";

fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    let moment = |column| row.get::<_, Option<i64>>(column).map(|moment| moment.unwrap_or(NEVER));
    Ok(Member {
        id: UserId(row.get(0)?),
        organization: OrganizationId(row.get(1)?),
        checked: moment(2)?,
        synced: moment(3)?,
        mailbox_since: moment(4)?,
        names: hash(row.get_ref(5)?.as_str()?, row.get_ref(6)?.as_str()?),
        open_issues: row.get::<_, Option<u32>>(7)?.unwrap_or_default(),
        mailbox: text::named(row, 8)?,
        verdict: text::maybe_named(row, 9)?.unwrap_or(Verdict::NotRun),
        kind: text::named(row, 10)?,
        eligibility: text::maybe_named(row, 11)?.unwrap_or(Eligibility::Ready),
        session: text::maybe_named(row, 12)?,
        access: text::maybe_named(row, 13)?,
        sync: text::named(row, 14)?,
        queued: row.get(15)?,
    })
}

fn hash(name_key: &str, upn: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(name_key.as_bytes());
    hasher.write_u8(0xff);
    hasher.write(upn.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_fit_into_ten_megabytes() {
        let each = size_of::<Member>() + 2 * size_of::<UserId>();
        assert!(each * 100_000 < 10_000_000, "{each} bytes for each user");
    }
}
