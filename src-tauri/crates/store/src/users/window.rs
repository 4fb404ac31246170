//! Windows of users: which rows, in which order, and by which way they are found.
//!
//! SQLite keeps no statistics here, so it would take one way for an organization of ten and of a hundred thousand. The counts,
//! which a window shows anyway, tell which way is shorter: to go through an index of the order and leave out what the filter
//! doesn't want, or to find what the filter wants and sort it.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use rollcall_core::id::UserId;

use super::filter::{ACCESS, SYNC, Where};
use super::{Sort, UserFilter, UserPage, UserSort, count_where, get};
use crate::error::StoreError;

/// A window of the users that `filter` leaves.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn query(conn: &Connection, filter: &UserFilter, sort: Sort, offset: u32, limit: u32) -> Result<UserPage, StoreError> {
    let (matching, scope) = (Where::of(filter)?, Where::scope(filter));
    let total = total(conn, filter)?;
    let count = if matching.is_no_narrower_than(&scope) { total } else { count_where(conn, &matching)? };
    let mut window = Window { conn, filter, matching, offset, limit, ids: Vec::new() };
    if offset < count {
        window.fill(sort, count)?;
    }
    Ok(UserPage { total, matching: count, rows: window.ids.into_iter().map(|id| get(conn, UserId(id))).collect::<Result<_, _>>()? })
}

/// Everybody that `filter` leaves, in order.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn in_order(conn: &Connection, filter: &UserFilter, sort: Sort) -> Result<Vec<UserId>, StoreError> {
    let matching = Where::of(filter)?;
    let count = count_where(conn, &matching)?;
    let mut window = Window { conn, filter, matching, offset: 0, limit: count, ids: Vec::new() };
    if count > 0 {
        window.fill(sort, count)?;
    }
    Ok(window.ids.into_iter().map(UserId).collect())
}

/// How many users there are in the organization or tenant, as the organizations know it.
fn total(conn: &Connection, filter: &UserFilter) -> Result<u32, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(sum(users), 0)
         FROM   organizations
         WHERE  (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR tenant = ?2)",
    )?;
    let scope = params![filter.organization.map(|id| id.0), filter.tenant.map(|id| id.0)];
    Ok(statement.query_row(scope, |row| row.get(0))?)
}

struct Window<'a> {
    conn: &'a Connection,
    filter: &'a UserFilter,
    matching: Where,
    offset: u32,
    limit: u32,
    ids: Vec<u32>,
}

/// A part of an order, all of which comes before the next part: a condition, and the order within.
type Part = (&'static str, &'static str);

/// The grave first, in the order of what needs somebody's attention.
const BY_VERDICT: [Part; 4] = [
    ("u.verdict = 'failed'", "u.id"),
    ("u.verdict = 'unknown'", "u.id"),
    ("u.verdict = 'not_run'", "u.id"),
    ("u.verdict = 'passed'", "u.id"),
];
const BY_VERDICT_DOWN: [Part; 4] = [
    ("u.verdict = 'passed'", "u.id DESC"),
    ("u.verdict = 'not_run'", "u.id DESC"),
    ("u.verdict = 'unknown'", "u.id DESC"),
    ("u.verdict = 'failed'", "u.id DESC"),
];
const BY_KIND: [Part; 5] = [
    ("u.kind = 'guest'", "u.id"),
    ("u.kind = 'on_premises'", "u.id"),
    ("u.kind = 'shared_or_resource'", "u.id"),
    ("u.kind = 'unlicensed'", "u.id"),
    ("u.kind = 'user'", "u.id"),
];
const BY_KIND_DOWN: [Part; 5] = [
    ("u.kind = 'user'", "u.id DESC"),
    ("u.kind = 'unlicensed'", "u.id DESC"),
    ("u.kind = 'shared_or_resource'", "u.id DESC"),
    ("u.kind = 'on_premises'", "u.id DESC"),
    ("u.kind = 'guest'", "u.id DESC"),
];
const BY_ISSUES: [Part; 2] = [("u.open_issues = 0", "u.id"), ("u.open_issues > 0", "u.open_issues, u.id")];
const BY_ISSUES_DOWN: [Part; 2] = [("u.open_issues > 0", "u.open_issues DESC, u.id DESC"), ("u.open_issues = 0", "u.id DESC")];
const BY_CHECKED: [Part; 2] = [("u.checked IS NULL", "u.id"), ("u.checked IS NOT NULL", "u.checked, u.id")];
const BY_CHECKED_DOWN: [Part; 2] = [("u.checked IS NOT NULL", "u.checked DESC, u.id DESC"), ("u.checked IS NULL", "u.id DESC")];
const BY_SESSION: [Part; 2] = [("u.synced IS NULL", "u.id"), ("u.synced IS NOT NULL", "u.synced, u.id")];
const BY_SESSION_DOWN: [Part; 2] = [("u.synced IS NOT NULL", "u.synced DESC, u.id DESC"), ("u.synced IS NULL", "u.id DESC")];

impl Window<'_> {
    /// Equals keep one order, so that windows fit together.
    fn fill(&mut self, sort: Sort, count: u32) -> Result<(), StoreError> {
        let of_one = self.filter.organization.is_some();
        match (sort.by, sort.descending) {
            (UserSort::Name, down) => {
                let (order, sorted) = if down {
                    ("u.name_key DESC, u.id DESC", "+u.name_key DESC, u.id DESC")
                } else {
                    ("u.name_key, u.id", "+u.name_key, u.id")
                };
                self.walk_or_sort("", "INDEXED BY users_by_name", order, sorted, count)
            }
            (UserSort::Upn, false) => self.walk_or_sort("", "INDEXED BY users_by_upn", "u.upn, u.id", "+u.upn, u.id", count),
            (UserSort::Upn, true) => {
                self.walk_or_sort("", "INDEXED BY users_by_upn", "u.upn DESC, u.id DESC", "+u.upn DESC, u.id DESC", count)
            }
            (UserSort::Organization, down) if of_one => self.by_id("", if down { "u.id DESC" } else { "u.id" }, count),
            (UserSort::Organization, false) => self.take("", "", "(SELECT name FROM organizations WHERE id = u.organization), u.id"),
            (UserSort::Organization, true) => {
                self.take("", "", "(SELECT name FROM organizations WHERE id = u.organization) DESC, u.id DESC")
            }
            (UserSort::Access, false) => self.take("", "", &format!("{ACCESS}, u.id")),
            (UserSort::Access, true) => self.take("", "", &format!("{ACCESS} DESC, u.id DESC")),
            (UserSort::Mailbox, down) => {
                let order = if down { "u.mailbox DESC, u.id DESC" } else { "u.mailbox, u.id" };
                if of_one { self.walk_or_sort("", "INDEXED BY users_by_mailbox", order, order, count) } else { self.take("", "", order) }
            }
            (UserSort::Kind, false) if of_one => self.in_parts(&BY_KIND),
            (UserSort::Kind, true) if of_one => self.in_parts(&BY_KIND_DOWN),
            (UserSort::Kind, false) => self.take("", "", "u.kind, u.id"),
            (UserSort::Kind, true) => self.take("", "", "u.kind DESC, u.id DESC"),
            (UserSort::Verdict, false) => self.in_parts(&BY_VERDICT),
            (UserSort::Verdict, true) => self.in_parts(&BY_VERDICT_DOWN),
            (UserSort::Checked, false) => self.in_parts(&BY_CHECKED),
            (UserSort::Checked, true) => self.in_parts(&BY_CHECKED_DOWN),
            (UserSort::Issues, false) => self.in_parts(&BY_ISSUES),
            (UserSort::Issues, true) => self.in_parts(&BY_ISSUES_DOWN),
            (UserSort::Session, false) => self.in_parts(&BY_SESSION),
            (UserSort::Session, true) => self.in_parts(&BY_SESSION_DOWN),
            (UserSort::Sync, false) => self.take("", "", &format!("{SYNC}, u.id")),
            (UserSort::Sync, true) => self.take("", "", &format!("{SYNC} DESC, u.id DESC")),
        }
    }

    /// Goes through an order part by part, and counts the rows of those parts that come before the window.
    fn in_parts(&mut self, parts: &[Part]) -> Result<(), StoreError> {
        for (part, order) in parts {
            let in_order_of_table = order.starts_with("u.id");
            if self.offset == 0 && !in_order_of_table {
                self.take(part, "", order)?;
            } else {
                let count = self.count(part)?;
                if self.offset >= count {
                    self.offset -= count;
                } else if in_order_of_table {
                    self.by_id(part, order, count)?;
                } else {
                    self.take(part, "", order)?;
                }
            }
            if self.limit == 0 {
                break;
            }
        }
        Ok(())
    }

    fn count(&self, part: &str) -> Result<u32, StoreError> {
        let sql = format!("SELECT count(*) FROM users AS u {} {part}", self.matching.open());
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params_from_iter(self.matching.values()), |row| row.get(0))?)
    }

    /// The order of the table itself.
    fn by_id(&mut self, part: &str, order: &str, count: u32) -> Result<(), StoreError> {
        let sorted = format!("+{order}");
        self.walk_or_sort(part, "NOT INDEXED", order, &sorted, count)
    }

    /// By way of an index in the right order, or by what the filter wants: whichever comes by fewer rows.
    fn walk_or_sort(&mut self, part: &str, index: &str, order: &str, sorted: &str, count: u32) -> Result<(), StoreError> {
        // Numbers only grow and few are ever removed, so the highest stands for how many there are.
        let mut statement = self.conn.prepare_cached("SELECT coalesce(max(id), 0) FROM users")?;
        let everybody: u64 = statement.query_row([], |row| row.get::<_, u32>(0))?.into();
        let window = u64::from(self.offset) + u64::from(self.limit);
        let walked = window * everybody / u64::from(count.max(1));
        if walked < u64::from(count) { self.take(part, index, order) } else { self.take(part, "", sorted) }
    }

    /// Takes what is left of the window from a part.
    fn take(&mut self, part: &str, index: &str, order: &str) -> Result<(), StoreError> {
        let condition = if part.is_empty() { self.matching.to_string() } else { format!("{} {part}", self.matching.open()) };
        let sql = format!("SELECT u.id FROM users AS u {index} {condition} ORDER BY {order} LIMIT ? OFFSET ?");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let window = self.matching.values().cloned().chain([Value::from(self.limit), self.offset.into()]);
        let before = self.ids.len();
        for id in statement.query_map(params_from_iter(window), |row| row.get(0))? {
            self.ids.push(id?);
        }
        self.limit = self.limit.saturating_sub(u32::try_from(self.ids.len() - before).unwrap_or(u32::MAX));
        self.offset = 0;
        Ok(())
    }
}
