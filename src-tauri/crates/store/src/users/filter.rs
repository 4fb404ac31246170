//! A filter as a condition in SQL: fixed clauses, and every value bound.

use std::borrow::Cow;
use std::fmt;

use rollcall_core::address::SignInState;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::user::{MailboxKind, MailboxStatus};
use rollcall_core::verdict::Verdict;
use rusqlite::types::Value;

use super::searched::search;
use super::{Chosen, UserFilter};
use crate::error::StoreError;
use crate::mailboxes::own_is_read;
use crate::text;

/// The user's own mailbox access type or else the organization's.
pub const ACCESS: &str = "coalesce(u.access, (SELECT access FROM organizations WHERE id = u.organization))";

/// The stricter synchronization status of the user's own and the organization's.
pub const SYNC: &str = "CASE WHEN u.sync = 'disabled_due_to_error' THEN u.sync
              WHEN u.sync = 'disabled' OR (SELECT sync FROM organizations WHERE id = u.organization) = 'disabled' THEN 'disabled'
              ELSE (SELECT sync FROM organizations WHERE id = u.organization) END";

/// What the last check came to; not run where nothing is kept of one.
pub const VERDICT: &str = "coalesce((SELECT verdict FROM verdicts WHERE user = u.id), 'not_run')";

/// When the last check was complete.
pub const CHECKED: &str = "(SELECT checked FROM verdicts WHERE user = u.id)";

/// How many issues are open.
pub const OPEN_ISSUES: &str = "coalesce((SELECT open_issues FROM verdicts WHERE user = u.id), 0)";

/// The wave of their organization's plan; new users are in the last one.
pub const WAVE: &str = "coalesce((SELECT wave FROM wave_members WHERE user = u.id AND organization = u.organization),
                 (SELECT max(number) FROM waves WHERE organization = u.organization))";

/// Whether a user who is reached by sign-ins has signed in to the organization's integration for the mailboxes that sessions and checks read
/// ([`rollcall_core::address::is_read`]); nothing where nobody signs in.
pub const SIGN_IN: &str = concat!(
    "CASE WHEN coalesce(u.access, (SELECT access FROM organizations WHERE id = u.organization)) <> 'graph_delegated' THEN NULL
              WHEN EXISTS (SELECT 1
                           FROM   connections AS c
                           WHERE  c.user = u.id AND c.need IS NOT NULL
                                  AND c.integration = (SELECT integration FROM organizations WHERE id = u.organization)) THEN 'needed'
              WHEN EXISTS (SELECT 1
                           FROM   (SELECT account FROM mailbox_addresses WHERE user = u.id AND account IS NOT NULL AND sync
                                   UNION ALL
                                   SELECT u.object_id WHERE ",
    own_is_read!(),
    ") AS m
                           WHERE  m.account NOT IN (SELECT account
                                                    FROM   connections
                                                    WHERE  user = u.id
                                                           AND integration = (SELECT integration
                                                                              FROM   organizations
                                                                              WHERE  id = u.organization))) THEN 'not_signed_in'
              ELSE 'connected' END"
);

/// How many other mailboxes were named for a user.
pub const OTHER_MAILBOXES: &str = "(SELECT count(*) FROM mailbox_addresses WHERE user = u.id AND kind = 'secondary')";

/// The condition on `users AS u`; displayed as its WHERE clause.
#[derive(Default)]
pub struct Where {
    clauses: Vec<Cow<'static, str>>,
    values: Vec<Value>,
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.clauses.is_empty() { Ok(()) } else { write!(f, "WHERE {}", self.clauses.join(" AND ")) }
    }
}

impl Where {
    /// Organization and tenant only: what the total counts.
    pub fn scope(filter: &UserFilter) -> Self {
        let mut condition = Self::default();
        if let Some(organization) = filter.organization {
            condition.and("u.organization = ?", [organization.0.into()]);
        }
        if let Some(tenant) = filter.tenant {
            condition.and("u.tenant = ?", [tenant.0.into()]);
        }
        condition
    }

    /// The whole filter.
    pub fn of(filter: &UserFilter) -> Result<Self, StoreError> {
        let mut condition = Self::scope(filter);
        if let Some(wave) = filter.wave {
            condition.clauses.push(format!("{WAVE} = ?").into());
            condition.values.push(wave.into());
        }
        condition.among("u.mailbox", filter.mailbox.iter().map(|status| MailboxStatus::name(*status)));
        condition.among(VERDICT, filter.verdict.iter().map(|verdict| Verdict::name(*verdict)));
        condition.among("u.kind", filter.kind.iter().map(|kind| kind_name(*kind)));
        condition.eligible(&filter.eligibility);
        if let Some(fingerprint) = &filter.fingerprint {
            let clause = "u.id IN (SELECT user FROM checks WHERE fingerprint = ? AND verdict IN ('failed', 'unknown'))";
            condition.and(clause, [fingerprint.clone().into()]);
        }
        condition.among("coalesce(u.session, 'not_run')", filter.session.iter().map(|verdict| Verdict::name(*verdict)));
        condition.among(ACCESS, filter.access.iter().map(|access| AccessType::name(*access)));
        condition.among(SYNC, filter.sync.iter().map(|sync| SyncStatus::name(*sync)));
        if let Some(moment) = filter.mailbox_before {
            condition.and("u.mailbox_since <= ?", [moment.0.into()]);
        }
        if let Some(moment) = filter.switched_since {
            let clause = "EXISTS (SELECT 1 FROM timeline WHERE user = u.id AND at >= ? AND what ->> 'kind' = 'switched')";
            condition.and(clause, [moment.0.into()]);
        }
        if filter.queued {
            condition.and("u.queued IS NOT NULL", []);
        }
        condition.among(SIGN_IN, filter.sign_in.iter().map(|state| SignInState::name(*state)));
        if filter.several_mailboxes {
            condition.clauses.push(format!("{OTHER_MAILBOXES} > 0").into());
        }
        if let Some(moment) = filter.checked_before {
            condition.and("NOT EXISTS (SELECT 1 FROM verdicts WHERE user = u.id AND checked > ?)", [moment.0.into()]);
        }
        if filter.with_issues {
            condition.and("u.id IN (SELECT user FROM verdicts WHERE open_issues > 0)", []);
        }
        if let Some(searched) = &filter.search {
            for (clause, values) in search(searched) {
                condition.clauses.push(clause.into());
                condition.values.extend(values);
            }
        }
        Ok(condition)
    }

    /// Who is ready has nothing written: an index of its own holds those who aren't.
    fn eligible(&mut self, wanted: &[Eligibility]) {
        let ready = wanted.contains(&Eligibility::Ready);
        let others: Vec<Value> =
            wanted.iter().filter(|one| **one != Eligibility::Ready).map(|one| Value::from(one.name().to_owned())).collect();
        match (ready, others.len()) {
            (false, 0) => {}
            (true, 0) => self.and("u.eligibility IS NULL", []),
            (ready, several) => {
                let or_ready = if ready { "u.eligibility IS NULL OR " } else { "" };
                self.clauses.push(format!("({or_ready}u.eligibility IN (?{}))", ", ?".repeat(several - 1)).into());
                self.values.extend(others);
            }
        }
    }

    /// The users that a write is for.
    pub fn chosen(chosen: &Chosen) -> Result<Self, StoreError> {
        match chosen {
            Chosen::Ids(ids) => {
                let mut condition = Self::default();
                condition.and("u.id IN (SELECT value FROM json_each(?))", [text::to_json(ids)?.into()]);
                Ok(condition)
            }
            Chosen::Filter(filter) => Self::of(filter),
            Chosen::FilterBut { filter, but } => {
                let mut condition = Self::of(filter)?;
                condition.and("u.id NOT IN (SELECT value FROM json_each(?))", [text::to_json(but)?.into()]);
                Ok(condition)
            }
        }
    }

    /// Narrows by one more clause, which has a `?` for each value.
    pub fn and(&mut self, clause: &'static str, values: impl IntoIterator<Item = Value>) {
        self.clauses.push(clause.into());
        self.values.extend(values);
    }

    /// The clause with room for one more condition.
    pub fn open(&self) -> String {
        if self.clauses.is_empty() { "WHERE".to_owned() } else { format!("{self} AND") }
    }

    /// The values, in the order of their question marks.
    pub fn values(&self) -> std::slice::Iter<'_, Value> {
        self.values.iter()
    }

    /// One value is compared, not looked for in a list of one: an index then keeps its order.
    fn among(&mut self, column: &'static str, names: impl Iterator<Item = &'static str>) {
        let names: Vec<Value> = names.map(|name| Value::from(name.to_owned())).collect();
        match names.len() {
            0 => {}
            1 => {
                self.clauses.push(format!("{column} = ?").into());
                self.values.extend(names);
            }
            several => {
                self.clauses.push(format!("{column} IN (?{})", ", ?".repeat(several - 1)).into());
                self.values.extend(names);
            }
        }
    }
}

/// The name of a kind of mailbox in the database, the same as in JSON.
pub const fn kind_name(kind: MailboxKind) -> &'static str {
    match kind {
        MailboxKind::User => "user",
        MailboxKind::SharedOrResource => "shared_or_resource",
        MailboxKind::Guest => "guest",
        MailboxKind::OnPremises => "on_premises",
        MailboxKind::Unlicensed => "unlicensed",
    }
}
