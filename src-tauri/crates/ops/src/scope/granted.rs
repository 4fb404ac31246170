//! Keeps what was read of access scopes true of what is granted for the whole tenant, where that is read or changed elsewhere.

use std::collections::BTreeSet;

use rollcall_core::consent::{ForWhom, Held};
use rollcall_core::id::{IntegrationId, ObjectId};
use rollcall_core::permission::{PermissionType, Resource};
use rollcall_core::time::Timestamp;
use rollcall_store::grants::Snapshot;
use rollcall_store::scopes::{self, Scope};
use rollcall_store::{StoreError, Transaction};

use super::read::Reading;

/// Application permissions that are granted for the whole tenant, by their names.
#[derive(Clone)]
pub(super) struct TenantWide {
    pub granted: Vec<String>,
    /// Those of Office 365 Exchange Online.
    pub granted_exchange: Vec<String>,
}

impl TenantWide {
    /// Those of what an application holds.
    pub fn of(held: &[Held]) -> Self {
        let of = |resource: Resource| {
            let for_all = held.iter().filter(|held| held.kind == PermissionType::Application && held.whom == ForWhom::Everyone);
            for_all.filter(|held| held.resource == resource).map(|held| held.name.clone()).collect()
        };
        Self { granted: of(Resource::Graph), granted_exchange: of(Resource::Exchange) }
    }

    /// Since when they are what they are, where an earlier reading has told something else or knew of a change.
    pub fn since(&self, earlier: &Reading, now: Timestamp) -> Option<Timestamp> {
        let same = |one: &[String], other: &[String]| one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>();
        let unchanged = same(&self.granted, &earlier.granted) && same(&self.granted_exchange, &earlier.granted_exchange);
        if unchanged { earlier.granted_since } else { Some(now) }
    }
}

/// Renews what is granted in the readings of all organizations of an integration's application.
///
/// # Errors
/// Those of the store.
pub(crate) fn renew(tx: &Transaction<'_>, integration: IntegrationId, read: &Snapshot, now: Timestamp) -> Result<(), StoreError> {
    let app = read.approval.app.as_ref().map(|app| app.id);
    spread(tx, integration, app, &TenantWide::of(&read.held), now)
}

/// The same, for what was read of the enterprise application.
pub(super) fn spread(
    tx: &Transaction<'_>,
    integration: IntegrationId,
    app: Option<ObjectId>,
    read: &TenantWide,
    now: Timestamp,
) -> Result<(), StoreError> {
    each(tx, integration, |earlier| {
        let TenantWide { granted, granted_exchange } = read.clone();
        let (granted_at, granted_since) = (Some(now).filter(|now| earlier.at < *now), read.since(&earlier, now));
        Reading { app, granted, granted_exchange, granted_at, granted_since, ..earlier }
    })
}

/// Marks what is granted as from before a change in the readings of all organizations of an integration's application: something was
/// sent that may have changed it, and what came of that could not be read.
///
/// # Errors
/// Those of the store.
pub(crate) fn doubt(tx: &Transaction<'_>, integration: IntegrationId, now: Timestamp) -> Result<(), StoreError> {
    each(tx, integration, |earlier| Reading { granted_since: Some(now), ..earlier })
}

fn each(tx: &Transaction<'_>, integration: IntegrationId, renewed: impl Fn(Reading) -> Reading) -> Result<(), StoreError> {
    for (organization, Scope { desired, reading, .. }) in scopes::of_application::<Reading>(tx, integration)? {
        if let Some(reading) = reading {
            scopes::note_reading(tx, organization, &desired, &renewed(reading))?;
        }
    }
    Ok(())
}
