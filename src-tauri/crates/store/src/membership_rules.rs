//! Membership rules, in the order in which they win.

use rollcall_core::id::{OrganizationId, RuleId, TenantId};
use rollcall_core::membership_rule::{Condition, MembershipRule, RuleAction, RuleOutcome};
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::{StoreError, Thing};
use crate::text;

/// The rules of a tenant, the first that wins first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn list(conn: &Connection, tenant: TenantId) -> Result<Vec<MembershipRule>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   r.id, r.organization, r.condition, r.action, r.created, r.outcome
         FROM     membership_rules AS r JOIN organizations AS o ON o.id = r.organization
         WHERE    o.tenant = ?1
         ORDER BY r.place, r.id",
    )?;
    Ok(statement.query_map([tenant.0], rule)?.collect::<rusqlite::Result<_>>()?)
}

/// One rule.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, id: RuleId) -> Result<MembershipRule, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT id, organization, condition, action, created, outcome FROM membership_rules WHERE id = ?1")?;
    statement.query_row([id.0], rule).optional()?.ok_or(StoreError::NotFound(Thing::Rule))
}

/// Adds a rule as the last of its tenant's.
///
/// # Errors
/// [`StoreError`] when it can't be written, or there is no such organization.
pub fn insert(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    condition: &Condition,
    action: RuleAction,
    now: Timestamp,
) -> Result<MembershipRule, StoreError> {
    tx.execute(
        "INSERT INTO membership_rules (organization, place, condition, action, created)
         VALUES                       (?1, (SELECT coalesce(max(place), 0) + 1 FROM membership_rules), ?2, ?3, ?4)",
        params![organization.0, text::to_json(condition)?, action.name(), now.0],
    )?;
    let id = tx.query_row("SELECT last_insert_rowid()", [], |row| row.get(0).map(RuleId))?;
    get(tx, id)
}

/// Changes whom a rule wants and what becomes of them. What came of it before says nothing about it any more.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn change(tx: &Transaction<'_>, id: RuleId, condition: &Condition, action: RuleAction) -> Result<MembershipRule, StoreError> {
    tx.execute(
        "UPDATE membership_rules SET condition = ?2, action = ?3, outcome = NULL WHERE id = ?1",
        params![id.0, text::to_json(condition)?, action.name()],
    )?;
    get(tx, id)
}

/// Removes a rule with what it proposes; what was declined stays declined.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &Transaction<'_>, id: RuleId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM proposals WHERE rule = ?1 AND NOT declined", [id.0])?;
    let removed = tx.execute("DELETE FROM membership_rules WHERE id = ?1", [id.0])?;
    if removed == 0 { Err(StoreError::NotFound(Thing::Rule)) } else { Ok(()) }
}

/// Puts rules into this order.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn order(tx: &Transaction<'_>, rules: &[RuleId]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("UPDATE membership_rules SET place = ?2 WHERE id = ?1")?;
    for (rule, place) in rules.iter().zip(1_u32..) {
        statement.execute(params![rule.0, place])?;
    }
    Ok(())
}

/// Remembers what came of a rule.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_outcome(tx: &Transaction<'_>, id: RuleId, outcome: &RuleOutcome) -> Result<(), StoreError> {
    tx.execute("UPDATE membership_rules SET outcome = ?2 WHERE id = ?1", params![id.0, text::to_json(outcome)?])?;
    Ok(())
}

fn rule(row: &Row<'_>) -> rusqlite::Result<MembershipRule> {
    Ok(MembershipRule {
        id: RuleId(row.get(0)?),
        organization: OrganizationId(row.get(1)?),
        condition: text::json(row, 2)?,
        action: text::named(row, 3)?,
        created: text::moment(row, 4)?,
        outcome: text::maybe_json(row, 5)?,
    })
}
