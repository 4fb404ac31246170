//! Whom a problem concerns: one row a user, whatever the number of workloads.

use std::borrow::Cow;

use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;
use crate::{text, users};

/// Whose problems, and which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct AffectedFilter {
    pub organization: Option<OrganizationId>,
    /// Users with any of these.
    pub fingerprints: Vec<String>,
    /// As in [`crate::users::UserFilter`].
    pub search: Option<String>,
}

/// A user with a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Affected {
    pub user: UserId,
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    pub organization: OrganizationId,
    pub organization_name: String,
    /// The workloads that have it.
    pub workloads: Vec<Workload>,
    /// Under which addresses mailboxes of the user have it that aren't the user's own.
    pub mailboxes: Vec<String>,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// Of one of its answers.
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
}

/// A window of them, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AffectedPage {
    pub matching: u32,
    pub rows: Vec<Affected>,
}

/// A window of the users with any of some fingerprints, by name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn affected(conn: &Connection, filter: &AffectedFilter, offset: u32, limit: u32) -> Result<AffectedPage, StoreError> {
    let (condition, mut values) = condition(filter)?;
    let mut statement =
        conn.prepare_cached(&format!("SELECT count(DISTINCT c.user) FROM checks AS c JOIN users AS u ON u.id = c.user WHERE {condition}"))?;
    let matching = statement.query_row(params_from_iter(&values), |row| row.get(0))?;
    values.extend([limit.into(), offset.into()]);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   u.id, u.object_id, u.upn, u.display_name, u.organization, o.name, json_group_array(c.workload), min(c.first_seen),
                  max(c.checked), min(c.request_id), min(c.client_request_id),
                  json_group_array(DISTINCT c.mailbox) FILTER (WHERE c.mailbox IS NOT NULL)
         FROM     checks AS c JOIN users AS u ON u.id = c.user JOIN organizations AS o ON o.id = u.organization
         WHERE    {condition}
         GROUP BY u.id
         ORDER BY u.name_key, u.id
         LIMIT    ? OFFSET ?"
    ))?;
    let rows = statement.query_map(params_from_iter(&values), |row| {
        let mut workloads: Vec<Workload> = text::json(row, 6)?;
        workloads.sort_unstable();
        Ok(Affected {
            user: UserId(row.get(0)?),
            object_id: text::parsed(row, 1)?,
            upn: row.get(2)?,
            display_name: row.get(3)?,
            organization: OrganizationId(row.get(4)?),
            organization_name: row.get(5)?,
            workloads,
            mailboxes: text::json(row, 11)?,
            first_seen: text::moment(row, 7)?,
            last_seen: text::moment(row, 8)?,
            request_id: row.get(9)?,
            client_request_id: row.get(10)?,
        })
    })?;
    Ok(AffectedPage { matching, rows: rows.collect::<rusqlite::Result<_>>()? })
}

fn condition(filter: &AffectedFilter) -> Result<(String, Vec<Value>), StoreError> {
    let mut clauses: Vec<Cow<'_, str>> =
        vec!["c.verdict IN ('failed', 'unknown')".into(), "c.fingerprint IN (SELECT value FROM json_each(?))".into()];
    let mut values: Vec<Value> = vec![text::to_json(&filter.fingerprints)?.into()];
    if let Some(organization) = filter.organization {
        clauses.push("u.organization = ?".into());
        values.push(organization.0.into());
    }
    for (clause, found) in filter.search.iter().flat_map(|searched| users::search(searched)) {
        clauses.push(clause.into());
        values.extend(found);
    }
    Ok((clauses.join(" AND "), values))
}
