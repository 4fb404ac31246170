//! Work that the end of the program has cut off. Its numbers are kept on disk, so that a program that was opened in between forgets none.

use rollcall_core::id::{ProofId, RunId};
use rollcall_store::{Connection, StoreError, Transaction, settings};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A kind of work, by its number.
pub(crate) trait Work: Copy + PartialEq + Serialize + DeserializeOwned {
    /// Where its numbers are kept.
    const KEY: &str;
}

impl Work for RunId {
    const KEY: &str = "cut_off";
}

impl Work for ProofId {
    const KEY: &str = "proofs_cut_off";
}

/// All that was cut off and that nobody has taken up since.
pub(crate) fn known<W: Work>(conn: &Connection) -> Result<Vec<W>, StoreError> {
    Ok(settings::get(conn, W::KEY)?.unwrap_or_default())
}

/// Remembers it, in place of that of before.
pub(crate) fn remember<W: Work>(tx: &Transaction<'_>, work: &[W]) -> Result<(), StoreError> {
    if known::<W>(tx)? == work { Ok(()) } else { settings::set(tx, W::KEY, work) }
}

/// Somebody has taken it up.
pub(crate) fn taken_up<W: Work>(tx: &Transaction<'_>, work: W) -> Result<(), StoreError> {
    let mut left = known::<W>(tx)?;
    left.retain(|cut_off| *cut_off != work);
    remember(tx, &left)
}
