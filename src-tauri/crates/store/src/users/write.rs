//! Writing users, and the lines that searching goes through in step.

use std::collections::HashMap;

use rollcall_core::eligibility::{Facts, judge};
use rollcall_core::id::{ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::organization::SyncStatus;
use rollcall_core::time::Timestamp;
use rollcall_core::user::{DirectoryUser, MailboxStatus};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, Row, Transaction, params, params_from_iter};
use uuid::Uuid;

use super::eligibility::written;
use super::filter::{Where, kind_name};
use super::lines::Lines;
use super::{Chosen, Upserted};
use crate::error::StoreError;
use crate::fold::fold;
use crate::{organizations, passes, runs, text};

/// Brings in a page of the directory, or refreshes it. A person of a tenant is in one organization only: who is in another
/// already stays there. Who is new is judged by what the directory says; whether somebody else has an address, too, isn't known yet.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn upsert_page(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    page: &[DirectoryUser],
    now: Timestamp,
) -> Result<Upserted, StoreError> {
    let tenant = organizations::get(tx, organization)?.tenant;
    // Paging may list a person twice when the directory changes meanwhile: the later one is the newer.
    let last: HashMap<_, _> = page.iter().enumerate().map(|(place, person)| (person.object_id, place)).collect();
    let mut upserted = Upserted::default();
    let (mut new, mut same, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    let newest = page.iter().enumerate().filter(|(place, person)| last.get(&person.object_id) == Some(place));
    let mut written = Page::new(tx, tenant, organization, now)?;
    for (_, person) in newest {
        match written.take(person)? {
            Found::New(id) => new.push(id),
            Found::Elsewhere => upserted.elsewhere += 1,
            Found::Same(id) => same.push(id),
            Found::Changed(id) => changed.push((id, person)),
        }
    }
    for (id, person) in &changed {
        written.alter(*id, person)?;
    }
    written.lines.write(tx)?;
    let mut statement = tx.prepare_cached("UPDATE users SET seen = ?1, gone = NULL WHERE id IN (SELECT value FROM json_each(?2))")?;
    statement.execute(params![now.0, text::to_json(&same)?])?;
    count_in(tx, organization, new.len())?;
    (upserted.new, upserted.changed, upserted.same) = (length(&new), length(&changed), length(&same));
    Ok(upserted)
}

/// The user who came in last, be it that they are gone by now; whoever comes has a greater number.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn last_known(conn: &Connection) -> Result<UserId, StoreError> {
    let mut statement = conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'users'")?;
    Ok(statement.query_row([], |row| row.get(0).map(UserId))?)
}

/// Removes users with their issues; answers how many. Runs keep what they found out about them.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn delete(tx: &Transaction<'_>, chosen: &Chosen) -> Result<u32, StoreError> {
    let ids = ids(tx, chosen)?;
    runs::plan_before_removal(tx, &text::to_json(&ids)?)?;
    let mut lines = Lines::default();
    lines.clear(&ids);
    lines.write(tx)?;
    let listed = text::to_json(&ids)?;
    count_out(tx, &listed)?;
    tx.execute("DELETE FROM users WHERE id IN (SELECT value FROM json_each(?1))", [listed])?;
    Ok(length(&ids))
}

/// Moves users to another organization of the same tenant; answers how many moved. What was checked with the integration of the
/// organization they leave says nothing about the new one, so their checks go.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn move_to(tx: &Transaction<'_>, chosen: &Chosen, organization: OrganizationId) -> Result<u32, StoreError> {
    let to = organizations::get(tx, organization)?;
    let mut those = Where::chosen(chosen)?;
    those.and("u.organization <> ? AND u.tenant = ?", [to.id.0.into(), to.tenant.0.into()]);
    let mut statement = tx.prepare_cached(&format!("SELECT u.id FROM users AS u {those}"))?;
    let moving: Vec<u32> = statement.query_map(params_from_iter(those.values()), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let moving = text::to_json(&moving)?;
    forget_checks_of(tx, &moving)?;
    count_out(tx, &moving)?;
    let moved = tx.execute("UPDATE users SET organization = ?2 WHERE id IN (SELECT value FROM json_each(?1))", params![moving, to.id.0])?;
    count_in(tx, to.id, moved)?;
    Ok(u32::try_from(moved).unwrap_or(u32::MAX))
}

/// Forgets what the last checks found out about users, because it was asked in another way than from now on.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_checks(tx: &Transaction<'_>, chosen: &Chosen) -> Result<(), StoreError> {
    let ids = ids(tx, chosen)?;
    forget_checks_of(tx, &text::to_json(&ids)?)
}

/// Marks those of a tenant whom the directory doesn't list any more; answers how many were not marked before. Whoever is listed
/// again loses the mark.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn mark_gone(tx: &Transaction<'_>, tenant: TenantId, gone: &[ObjectId], now: Timestamp) -> Result<u32, StoreError> {
    let mut statement = tx.prepare_cached("UPDATE users SET gone = ?3 WHERE tenant = ?1 AND object_id = ?2 AND gone IS NULL")?;
    let mut marked = 0;
    for person in gone {
        marked += statement.execute(params![tenant.0, person.to_string(), now.0])?;
    }
    Ok(u32::try_from(marked).unwrap_or(u32::MAX))
}

fn count_in(tx: &Transaction<'_>, organization: OrganizationId, users: usize) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("UPDATE organizations SET users = users + ?2 WHERE id = ?1")?;
    statement.execute(params![organization.0, u32::try_from(users).unwrap_or(u32::MAX)])?;
    Ok(())
}

/// Must come before users leave: they are counted where they are.
fn count_out(tx: &Transaction<'_>, ids: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE organizations
         SET    users = organizations.users - leaving.users
         FROM   (SELECT organization, count(*) AS users FROM users WHERE id IN (SELECT value FROM json_each(?1)) GROUP BY organization)
                AS leaving
         WHERE  leaving.organization = organizations.id",
        [ids],
    )?;
    Ok(())
}

fn forget_checks_of(tx: &Transaction<'_>, ids: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM checks WHERE user IN (SELECT value FROM json_each(?1))", [ids])?;
    tx.execute("DELETE FROM verdicts WHERE user IN (SELECT value FROM json_each(?1))", [ids])?;
    tx.execute(
        "UPDATE users
         SET    forgotten = ?2
         WHERE  id IN (SELECT value FROM json_each(?1))",
        params![ids, passes::last(tx)?],
    )?;
    Ok(())
}

fn ids(tx: &Transaction<'_>, chosen: &Chosen) -> Result<Vec<UserId>, StoreError> {
    let those = Where::chosen(chosen)?;
    let mut statement = tx.prepare_cached(&format!("SELECT u.id FROM users AS u {those}"))?;
    let ids = statement.query_map(params_from_iter(those.values()), |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// What a page finds of a person.
enum Found {
    /// Nobody, so the person was added.
    New(UserId),
    /// In another organization of the tenant.
    Elsewhere,
    Same(UserId),
    Changed(UserId),
}

/// The columns that a person is compared with.
macro_rules! compared {
    () => {
        "SELECT id, organization, upn, display_name, mail, aliases, department, job_title, enabled, guest, on_premises, exchange_plan
         FROM   users
         "
    };
}

/// The statements of a page, and what a person's columns are made of.
struct Page<'a> {
    tenant: TenantId,
    organization: OrganizationId,
    now: Timestamp,
    tx: &'a Transaction<'a>,
    /// Whether the person before was new: then the next one is, too, and needn't be looked for first.
    among_new: bool,
    /// Who came in after the person before: likely the next one again, and next to it on the disk, where a search would jump about.
    likely: Option<UserId>,
    find: CachedStatement<'a>,
    look: CachedStatement<'a>,
    add: CachedStatement<'a>,
    alter: CachedStatement<'a>,
    /// What is searched of those who are new or have changed.
    lines: Lines,
}

impl<'a> Page<'a> {
    fn new(tx: &'a Transaction<'_>, tenant: TenantId, organization: OrganizationId, now: Timestamp) -> Result<Self, StoreError> {
        let mut add = tx.prepare_cached(
            "INSERT INTO users (object_id, upn, display_name, name_key, mail, aliases, department, job_title, enabled, guest,
                                on_premises, exchange_plan, kind, eligibility, evidence, tenant, organization, sync, mailbox,
                                created, seen)
             VALUES            (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?20)
             ON CONFLICT (tenant, object_id) DO NOTHING",
        )?;
        // What is the same for all of a page is bound once.
        add.raw_bind_parameter(16, tenant.0)?;
        add.raw_bind_parameter(17, organization.0)?;
        add.raw_bind_parameter(18, SyncStatus::Enabled.name())?;
        add.raw_bind_parameter(19, MailboxStatus::NotInitialized.name())?;
        add.raw_bind_parameter(20, now.0)?;
        Ok(Self {
            tenant,
            organization,
            now,
            tx,
            among_new: false,
            likely: None,
            find: tx.prepare_cached(concat!(compared!(), "WHERE tenant = ?1 AND object_id = ?2"))?,
            look: tx.prepare_cached(concat!(compared!(), "WHERE id = ?3 AND +tenant = ?1 AND +object_id = ?2"))?,
            add,
            alter: tx.prepare_cached(
                "UPDATE users
                 SET    upn = ?2, display_name = ?3, name_key = ?4, mail = ?5, aliases = ?6, department = ?7, job_title = ?8,
                        enabled = ?9, guest = ?10, on_premises = ?11, exchange_plan = ?12, kind = ?13, seen = ?14, gone = NULL
                 WHERE  id = ?1",
            )?,
            lines: Lines::default(),
        })
    }

    /// Adds a person whom nobody knows, or says how the one who is known differs.
    fn take(&mut self, person: &DirectoryUser) -> Result<Found, StoreError> {
        let aliases = text::to_json(&person.aliases)?;
        let mut buffer = Uuid::encode_buffer();
        let object_id: &str = person.object_id.0.hyphenated().encode_lower(&mut buffer);
        if self.among_new
            && let Some(id) = self.add(person, object_id, &aliases)?
        {
            return Ok(Found::New(id));
        }
        self.among_new = false;
        if let Some(found) = self.compare(person, object_id, &aliases)? {
            return Ok(found);
        }
        self.among_new = true;
        self.add(person, object_id, &aliases)?.map(Found::New).ok_or(StoreError::Damaged)
    }

    /// Says how the person who is known differs; `None` when nobody is.
    fn compare(&mut self, person: &DirectoryUser, object_id: &str, aliases: &str) -> Result<Option<Found>, StoreError> {
        let tenant = self.tenant.0;
        let mut found = None;
        if let Some(likely) = self.likely.take() {
            let mut rows = self.look.query(params![tenant, object_id, likely.0])?;
            found = rows.next()?.map(|row| Self::difference(self.organization, row, person, aliases)).transpose()?;
        }
        if found.is_none() {
            let mut rows = self.find.query(params![tenant, object_id])?;
            found = rows.next()?.map(|row| Self::difference(self.organization, row, person, aliases)).transpose()?;
        }
        let Some((id, found)) = found else { return Ok(None) };
        self.likely = id.0.checked_add(1).map(UserId);
        Ok(Some(found))
    }

    /// Compares the row as it lies there with the person, without making a second person of it.
    fn difference(organization: OrganizationId, row: &Row<'_>, person: &DirectoryUser, aliases: &str) -> rusqlite::Result<(UserId, Found)> {
        let id = UserId(row.get(0)?);
        if row.get::<_, u32>(1)? != organization.0 {
            return Ok((id, Found::Elsewhere));
        }
        let texts = [
            Some(person.upn.as_str()),
            Some(person.display_name.as_str()),
            person.mail.as_deref(),
            Some(aliases),
            person.department.as_deref(),
            person.job_title.as_deref(),
        ];
        let flags = [person.enabled, person.guest, person.on_premises, person.exchange_plan];
        let is_text = |(at, text): (usize, Option<&str>)| {
            let stored = row.get_ref(at)?;
            Ok(text.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())) == stored)
        };
        let same_texts = (2..).zip(texts).map(is_text).collect::<rusqlite::Result<Vec<bool>>>()?.into_iter().all(|same| same);
        let is_flag = |(at, flag): (usize, bool)| Ok(row.get::<_, bool>(at)? == flag);
        let same_flags = (8..).zip(flags).map(is_flag).collect::<rusqlite::Result<Vec<bool>>>()?.into_iter().all(|same| same);
        Ok((id, if same_texts && same_flags { Found::Same(id) } else { Found::Changed(id) }))
    }

    /// Adds a person; `None` when somebody of that object id is there.
    fn add(&mut self, person: &DirectoryUser, object_id: &str, aliases: &str) -> Result<Option<UserId>, StoreError> {
        let name_key = fold(&person.display_name);
        let texts = [
            Some(object_id),
            Some(person.upn.as_str()),
            Some(person.display_name.as_str()),
            Some(name_key.as_str()),
            person.mail.as_deref(),
            Some(aliases),
            person.department.as_deref(),
            person.job_title.as_deref(),
        ];
        let flags = [person.enabled, person.guest, person.on_premises, person.exchange_plan];
        for (place, text) in (1..).zip(texts) {
            self.add.raw_bind_parameter(place, text)?;
        }
        for (place, flag) in (1 + texts.len()..).zip(flags) {
            self.add.raw_bind_parameter(place, flag)?;
        }
        let (eligibility, evidence) = written(judge(&Facts::of_directory(person, false)));
        let names = [Some(kind_name(person.mailbox_kind())), eligibility, evidence];
        for (place, name) in (1 + texts.len() + flags.len()..).zip(names) {
            self.add.raw_bind_parameter(place, name)?;
        }
        if self.add.raw_execute()? == 0 {
            return Ok(None);
        }
        let id = UserId(u32::try_from(self.tx.last_insert_rowid()).unwrap_or(u32::MAX));
        self.lines.set(id, &name_key, person);
        Ok(Some(id))
    }

    fn alter(&mut self, id: UserId, person: &DirectoryUser) -> Result<(), StoreError> {
        let name_key = fold(&person.display_name);
        self.alter.execute(params![
            id.0,
            person.upn,
            person.display_name,
            name_key,
            person.mail,
            text::to_json(&person.aliases)?,
            person.department,
            person.job_title,
            person.enabled,
            person.guest,
            person.on_premises,
            person.exchange_plan,
            kind_name(person.mailbox_kind()),
            self.now.0,
        ])?;
        self.lines.set(id, &name_key, person);
        Ok(())
    }
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
