//! Reads what is in force, as far as Graph tells: grants for the whole tenant, roles of Exchange, and who is in the unit. Access policies
//! can't be read over Graph. A change that shows starts the propagation clock.

use rollcall_core::approval::Part;
use rollcall_core::consent::summary;
use rollcall_core::id::ObjectId;
use rollcall_core::role::Action;
use rollcall_core::rules;
use rollcall_core::scope::clock::{Change, Changed};
use rollcall_core::scope::present::{Assignment, Roles};
use rollcall_core::scope::{Desired, Limit, Remark, remarks};
use rollcall_core::time::Timestamp;
use rollcall_graph::grants::Holdings;
use rollcall_graph::{enterprise, exchange_roles};
use rollcall_store::{integrations, organizations, scopes};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::granted::{self, TenantWide};
use super::members::{self, Found};
use super::show::{ScopeView, show};
use crate::connection;
use crate::consent::read::{holdings, not_asked, part};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;
use crate::organizations::describe::standing;
use crate::tenants::allow::READ_EXCHANGE;

/// What was read of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ScopeReading")]
pub struct Reading {
    pub at: Timestamp,
    /// The object id of the enterprise application; `None` where the tenant has none.
    pub app: Option<ObjectId>,
    /// Application permissions of Graph that Entra has granted for the whole tenant.
    pub granted: Vec<String>,
    /// Application permissions of Office 365 Exchange Online that Entra has granted for the whole tenant.
    #[serde(default)]
    pub granted_exchange: Vec<String>,
    /// Roles of RBAC for Applications.
    pub assignments: Roles,
    pub unit: UnitState,
    pub remarks: Vec<Remark>,
    /// When what is granted was read, where that was later than the rest: whenever the consent is read.
    #[serde(default)]
    pub granted_at: Option<Timestamp>,
    /// When what is granted was first seen to be otherwise than before, or was changed and couldn't be read back.
    #[serde(default)]
    pub granted_since: Option<Timestamp>,
}

impl Reading {
    /// Whether it is from after a change, so that it tells what is in force now.
    #[must_use]
    pub fn is_since(&self, change: Option<Change>) -> bool {
        let grants = self.granted_since.is_none_or(|since| since <= self.granted_at.unwrap_or(self.at));
        grants && change.is_none_or(|change| change.at <= self.at)
    }

    /// Whether what is granted has changed since a moment, or may have.
    #[must_use]
    pub fn is_granted_otherwise_since(&self, moment: Timestamp) -> bool {
        self.granted_since.is_some_and(|since| moment < since)
    }
}

/// How the unit of the scope stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UnitState {
    /// There is none: everyone is to be reached.
    None,
    Here {
        direct: u32,
        nested: u32,
        /// What it was called before, where it was renamed.
        renamed_from: Option<String>,
    },
    /// It was deleted: nobody is a member of it.
    Gone,
}

/// # Errors
/// `NotNow` when nobody is signed in; otherwise what went wrong with the read.
pub async fn read(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<ScopeView> {
    rules::may_consent(&standing(desk, ask.organization).await?).map_err(Error::not_now)?;
    Box::pin(refresh(desk, ask, job)).await?;
    show(desk, ask, job).await
}

/// Reads it, and remembers it.
pub(super) async fn refresh(desk: &Desk, ask: OrganizationRef, job: &Job) -> Result<Reading> {
    let (integration, known) = desk
        .read(move |conn| {
            let integration = integrations::get(conn, organizations::get(conn, ask.organization)?.integration)?;
            Ok((integration, scopes::get::<Reading>(conn, ask.organization)?))
        })
        .await?;
    let graph = connection::delegated(desk, integration.tenant).await?;
    let scopes = connection::scopes(desk, integration.tenant).await?;
    let app = enterprise::app(&graph, integration.client_id, &job.stop).await?.map(|app| app.id);
    let Holdings { objects, .. } = Box::pin(holdings(&graph, app, job)).await?;
    let now_granted = TenantWide::of(&summary(&objects));
    let assigned = match (app, not_asked(&scopes, READ_EXCHANGE)) {
        (None, _) => Part::Read { value: Vec::new() },
        (Some(_), Some(unread)) => unread,
        (Some(app), None) => part(exchange_roles::of_principal(&graph, app, &job.stop).await, Action::ReadConditionalAccess),
    };
    let earlier = known.as_ref().and_then(|scope| scope.reading.as_ref()).map(|reading| (reading.assignments.clone(), reading.at));
    let assignments = match assigned {
        Part::Read { value } => Roles::Read { value },
        Part::Unread { why } => Roles::Unread { why }.or_earlier(earlier),
    };
    let before = known.as_ref().map(|scope| scope.desired.clone()).unwrap_or(Desired::Everyone);
    let (desired, unit, remarks) = match before.limit() {
        None => (Desired::Everyone, UnitState::None, Vec::new()),
        Some(limit) => match members::of(&graph, &limit.unit, &job.stop).await? {
            Found::Gone => (before.clone(), UnitState::Gone, vec![Remark::Empty { rule: limit.rule }]),
            Found::Here(unit, members) => {
                let count = members.count();
                let renamed_from = (unit.name != limit.unit.name).then(|| limit.unit.name.clone());
                let limit = Limit { unit, ..limit.clone() };
                let remarks = remarks(&limit, count);
                let state = UnitState::Here { direct: count.direct, nested: count.nested, renamed_from };
                (Desired::Limited { limit }, state, remarks)
            }
        },
    };
    let now = desk.now();
    let granted_since = known.as_ref().and_then(|scope| scope.reading.as_ref()).and_then(|earlier| now_granted.since(earlier, now));
    let TenantWide { granted, granted_exchange } = now_granted.clone();
    let reading = Reading { at: now, app, granted, granted_exchange, assignments, unit, remarks, granted_at: None, granted_since };
    let seen = known.and_then(|scope| {
        let earlier = scope.reading?;
        let told = is_told(scope.change, &earlier);
        let after = known_at(&earlier);
        changed(&earlier, &reading).filter(|_| !told).map(|what| (what, after))
    });
    let kept = reading.clone();
    desk.write(move |tx| {
        scopes::note_reading(tx, ask.organization, &desired, &kept)?;
        granted::spread(tx, integration.id, app, &now_granted, now)?;
        seen.map_or(Ok(()), |(what, after)| scopes::note_seen(tx, ask.organization, Change { what, at: now }, after))
    })
    .await?;
    Ok(reading)
}

/// Whether a change was told of since what is known of the roles was read: then it is the one that shows now. One of that very moment is
/// what that reading itself has shown.
fn is_told(change: Option<Change>, earlier: &Reading) -> bool {
    change.is_some_and(|change| change.at > known_at(earlier))
}

/// When what a reading knows of the roles was read.
fn known_at(reading: &Reading) -> Timestamp {
    reading.assignments.told_at(reading.at).unwrap_or(reading.at)
}

/// What of what is in force changed between two readings.
fn changed(before: &Reading, now: &Reading) -> Option<Changed> {
    // They come in any order.
    let assigned = |reading: &Reading| {
        let mut all: Vec<Assignment> = reading.assignments.known()?.to_vec();
        all.sort_by(|one, other| one.id.cmp(&other.id));
        Some(all)
    };
    match (assigned(before), assigned(now)) {
        (Some(earlier), Some(assignments)) if earlier != assignments => Some(Changed::Rbac),
        (Some(_) | None, Some(_) | None) => None,
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::scope::present::Reach;

    use super::*;

    fn reading(ids: &[&str]) -> Reading {
        let assigned = |id: &&str| Assignment { id: (*id).to_owned(), role: "Application Mail.Read".to_owned(), reach: Reach::Everything };
        Reading {
            at: Timestamp(0),
            app: None,
            granted: vec![],
            granted_exchange: vec![],
            assignments: Roles::Read { value: ids.iter().map(assigned).collect() },
            unit: UnitState::None,
            remarks: vec![],
            granted_at: None,
            granted_since: None,
        }
    }

    #[test]
    fn a_change_that_was_told_of_before_a_reading_that_could_not_tell_is_not_found_anew() {
        let why = rollcall_core::approval::Unread::NotAsked { scope: READ_EXCHANGE.to_owned() };
        let unread = Roles::Unread { why };
        // Read at 1, told of at 2, and at 3 a proof that may not read roles.
        let assignments = unread.or_earlier(Some((reading(&["1"]).assignments, Timestamp(1))));
        let later = Reading { at: Timestamp(3), assignments, ..reading(&[]) };
        let at = |at| Some(Change { what: Changed::Rbac, at: Timestamp(at) });
        assert!(is_told(at(2), &later), "the clock runs from then");
        assert!(!is_told(at(1), &later), "that is what the first reading has shown");
        assert!(!is_told(None, &later));
    }

    #[test]
    fn a_reading_is_from_before_a_change_of_the_grants_until_they_are_read_again() {
        let doubted = Reading { at: Timestamp(1), granted_since: Some(Timestamp(2)), ..reading(&[]) };
        assert!(!doubted.is_since(None), "something was sent, and could not be read back");
        assert!(doubted.is_granted_otherwise_since(Timestamp(1)) && !doubted.is_granted_otherwise_since(Timestamp(2)));
        let renewed = Reading { granted_at: Some(Timestamp(3)), ..doubted };
        assert!(renewed.is_since(None));
        let change = Change { what: Changed::Rbac, at: Timestamp(3) };
        assert!(!renewed.is_since(Some(change)), "the roles were not read again");
    }

    #[test]
    fn the_same_roles_in_another_order_are_no_change() {
        assert_eq!(changed(&reading(&["1", "2"]), &reading(&["2", "1"])), None);
        assert_eq!(changed(&reading(&["1", "2"]), &reading(&["2"])), Some(Changed::Rbac));
    }
}
