//! Organizations whose users are still to be judged after an import: kept on disk with what the import stored, so that what the end of
//! the program cuts off is made up for by whoever judges next.

use rollcall_core::id::OrganizationId;
use rollcall_store::{Connection, StoreError, Transaction};

use crate::cut_off::{self, Work};

impl Work for OrganizationId {
    const KEY: &str = "unjudged_imports";
}

/// Notes one; says whether it was noted before.
pub(crate) fn note(tx: &Transaction<'_>, organization: OrganizationId) -> Result<bool, StoreError> {
    let mut all = cut_off::known(tx)?;
    let before = all.contains(&organization);
    if !before {
        all.push(organization);
        cut_off::remember(tx, &all)?;
    }
    Ok(before)
}

/// Whether it is noted.
pub(crate) fn is_noted(conn: &Connection, organization: OrganizationId) -> Result<bool, StoreError> {
    Ok(cut_off::known(conn)?.contains(&organization))
}
