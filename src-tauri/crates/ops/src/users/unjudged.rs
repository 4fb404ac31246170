//! Organizations whose users are still to be judged after an import: kept on disk with what the import stored, so that what the end of
//! the program cuts off is made up for by whoever judges next.

use rollcall_core::id::OrganizationId;
use rollcall_store::{Connection, StoreError, Transaction, settings};

use crate::cut_off;

const KEY: &str = "unjudged_imports";

/// Notes one; says whether it was noted before.
pub(crate) fn note(tx: &Transaction<'_>, organization: OrganizationId) -> Result<bool, StoreError> {
    let mut all = all(tx)?;
    let before = all.contains(&organization);
    if !before {
        all.push(organization);
        settings::set(tx, KEY, &all)?;
    }
    Ok(before)
}

/// Whether it is noted.
pub(crate) fn is_noted(conn: &Connection, organization: OrganizationId) -> Result<bool, StoreError> {
    Ok(all(conn)?.contains(&organization))
}

/// Its users have been judged.
pub(crate) fn settled(tx: &Transaction<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    let mut all = all(tx)?;
    all.retain(|noted| *noted != organization);
    settings::set(tx, KEY, &all)
}

fn all(conn: &Connection) -> Result<Vec<OrganizationId>, StoreError> {
    cut_off::listed(conn, KEY)
}
