//! Work that the end of the program has cut off, or an outage that lasted. Its numbers are kept on disk, so that a program that was
//! opened in between forgets none.

use rollcall_core::id::{ProofId, RunId};
use rollcall_store::{Connection, StoreError, Transaction, settings};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::desk::Desk;

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
    listed(conn, W::KEY)
}

/// What is kept in a list of that key.
pub(crate) fn listed<T: DeserializeOwned>(conn: &Connection, key: &str) -> Result<Vec<T>, StoreError> {
    Ok(settings::get(conn, key)?.unwrap_or_default())
}

/// Takes all out of a list, so that each is answered once.
pub(crate) async fn taken<T>(desk: &Desk, key: &'static str) -> crate::error::Result<Vec<T>>
where
    T: Serialize + DeserializeOwned + Send + 'static,
{
    // As a rule there are none, and then nothing is written.
    if desk.read(move |conn| listed::<T>(conn, key)).await?.is_empty() {
        return Ok(Vec::new());
    }
    desk.write(move |tx| {
        let all = listed(tx, key)?;
        settings::set::<[T]>(tx, key, &[])?;
        Ok(all)
    })
    .await
}

/// Remembers it, in place of that of before.
pub(crate) fn remember<W: Work>(tx: &Transaction<'_>, work: &[W]) -> Result<(), StoreError> {
    if known::<W>(tx)? == work { Ok(()) } else { settings::set(tx, W::KEY, work) }
}

/// It was cut off: remembers it beside the rest.
pub(crate) fn note<W: Work>(tx: &Transaction<'_>, work: W) -> Result<(), StoreError> {
    let mut all = known::<W>(tx)?;
    if !all.contains(&work) {
        all.push(work);
    }
    remember(tx, &all)
}

/// Somebody has taken it up.
pub(crate) fn taken_up<W: Work>(tx: &Transaction<'_>, work: W) -> Result<(), StoreError> {
    let mut left = known::<W>(tx)?;
    left.retain(|cut_off| *cut_off != work);
    remember(tx, &left)
}
