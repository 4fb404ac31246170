//! Proposals: people whom a rule wants in an organization, and those whom the admin doesn't.

use std::collections::HashSet;

use rollcall_core::id::{ObjectId, OrganizationId, RuleId, TenantId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::user::DirectoryUser;
use rusqlite::{Connection, Row, Transaction, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::StoreError;
use crate::fold::fold;
use crate::text;

/// A person who is proposed, or was declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Proposal {
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    /// The rule that wants the person; `None` where it isn't there any more.
    pub rule: Option<RuleId>,
    /// When the person was proposed, or declined.
    pub at: Timestamp,
}

/// A window of proposals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProposalPage {
    /// How many wait for the admin's word, and how many were declined.
    pub open: u32,
    pub declined: u32,
    pub rows: Vec<Proposal>,
}

/// A window of an organization's proposals by name: those that wait, or those that were declined.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn query(conn: &Connection, organization: OrganizationId, declined: bool, offset: u32, limit: u32) -> Result<ProposalPage, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*) FILTER (WHERE NOT declined), count(*) FILTER (WHERE declined) FROM proposals WHERE organization = ?1",
    )?;
    let (open, were_declined) = statement.query_row([organization.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut statement = conn.prepare_cached(
        "SELECT   object_id, upn, display_name, rule, at
         FROM     proposals
         WHERE    organization = ?1 AND declined = ?2
         ORDER BY name_key, object_id
         LIMIT    ?3 OFFSET ?4",
    )?;
    let rows = statement.query_map(params![organization.0, declined, limit, offset], proposal)?;
    Ok(ProposalPage { open, declined: were_declined, rows: rows.collect::<rusqlite::Result<_>>()? })
}

/// Who was declined, in a tenant.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn declined(conn: &Connection, tenant: TenantId) -> Result<HashSet<(OrganizationId, ObjectId)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT p.organization, p.object_id
         FROM   proposals AS p JOIN organizations AS o ON o.id = p.organization
         WHERE  o.tenant = ?1 AND p.declined",
    )?;
    let rows = statement.query_map([tenant.0], |row| Ok((OrganizationId(row.get(0)?), text::parsed(row, 1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Makes these people the ones whom a rule proposes: new ones come, and those who don't fit any more go.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn replace(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    rule: RuleId,
    people: &[&DirectoryUser],
    now: Timestamp,
) -> Result<(), StoreError> {
    let kept: Vec<String> = people.iter().map(|person| person.object_id.to_string()).collect();
    tx.execute(
        "DELETE FROM proposals WHERE rule = ?1 AND NOT declined AND object_id NOT IN (SELECT value FROM json_each(?2))",
        params![rule.0, text::to_json(&kept)?],
    )?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO proposals (organization, object_id, rule, upn, display_name, name_key, at)
         VALUES                (?1,           ?2,        ?3,   ?4,  ?5,           ?6,       ?7)
         ON CONFLICT (organization, object_id) DO UPDATE
         SET rule = excluded.rule, upn = excluded.upn, display_name = excluded.display_name, name_key = excluded.name_key
         WHERE NOT declined",
    )?;
    for (person, object_id) in people.iter().zip(kept) {
        let name = &person.display_name;
        statement.execute(params![organization.0, object_id, rule.0, person.upn, name, fold(name), now.0])?;
    }
    Ok(())
}

/// Declines people who are proposed for an organization, or asks again about those who were declined; answers how many.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn decide(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    people: &[ObjectId],
    declined: bool,
    now: Timestamp,
) -> Result<u32, StoreError> {
    let mut statement =
        tx.prepare_cached("UPDATE proposals SET declined = ?3, at = ?4 WHERE organization = ?1 AND object_id = ?2 AND declined <> ?3")?;
    let mut decided = 0;
    for person in people {
        decided += statement.execute(params![organization.0, person.to_string(), declined, now.0])?;
    }
    // Asked again without a rule that wants the person, it is nobody's proposal.
    tx.execute("DELETE FROM proposals WHERE organization = ?1 AND rule IS NULL AND NOT declined", [organization.0])?;
    Ok(u32::try_from(decided).unwrap_or(u32::MAX))
}

/// Declines users who are about to be removed: for the organization that they are in, and for each of their tenant that has rules,
/// because no rule is to bring back whom somebody took out.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn turn_away(tx: &Transaction<'_>, users: &[UserId], now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO proposals (organization, object_id, rule, upn, display_name, name_key, declined, at)
         SELECT o.id, u.object_id, NULL, u.upn, u.display_name, u.name_key, 1, ?2
         FROM   users AS u JOIN organizations AS o ON o.tenant = u.tenant
         WHERE  u.id IN (SELECT value FROM json_each(?1))
         AND    (o.id = u.organization OR o.id IN (SELECT organization FROM membership_rules))
         ON CONFLICT (organization, object_id) DO UPDATE SET declined = 1, at = excluded.at",
        params![text::to_json(&users)?, now.0],
    )?;
    Ok(())
}

/// Notes which rule wants people who were declined, so that it proposes them when they are asked about again.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn still_wanted(tx: &Transaction<'_>, organization: OrganizationId, rule: RuleId, people: &[ObjectId]) -> Result<(), StoreError> {
    let mut statement =
        tx.prepare_cached("UPDATE proposals SET rule = ?3 WHERE organization = ?1 AND object_id = ?2 AND declined AND rule IS NULL")?;
    for person in people {
        statement.execute(params![organization.0, person.to_string(), rule.0])?;
    }
    Ok(())
}

/// Takes off whoever is in the organization by now: an admin has brought them in, which outweighs that they were declined.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn settle_present(tx: &Transaction<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM proposals
         WHERE  organization = ?1
         AND    EXISTS (SELECT 1
                        FROM   organizations AS o JOIN users AS u ON u.tenant = o.tenant
                        WHERE  o.id = ?1 AND u.object_id = proposals.object_id AND u.organization = ?1)",
        [organization.0],
    )?;
    Ok(())
}

/// Takes people off, because they are in an organization now or aren't in the directory any more.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn settle(tx: &Transaction<'_>, organization: OrganizationId, people: &[ObjectId]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("DELETE FROM proposals WHERE organization = ?1 AND object_id = ?2")?;
    for person in people {
        statement.execute(params![organization.0, person.to_string()])?;
    }
    Ok(())
}

fn proposal(row: &Row<'_>) -> rusqlite::Result<Proposal> {
    Ok(Proposal {
        object_id: text::parsed(row, 0)?,
        upn: row.get(1)?,
        display_name: row.get(2)?,
        rule: row.get::<_, Option<u32>>(3)?.map(RuleId),
        at: text::moment(row, 4)?,
    })
}
