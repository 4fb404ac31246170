//! Takes in what Exchange's test cmdlets said, pasted or from a file: a column beside what is observed, never a proof.

use rollcall_core::id::OrganizationId;
use rollcall_core::scope::cmdlet;
use rollcall_store::scopes;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// What the cmdlets printed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ImportSaid {
    pub organization: OrganizationId,
    pub text: String,
}

/// How many mailboxes something was said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct SaidOf {
    pub mailboxes: u32,
}

/// # Errors
/// `InvalidInput` where nothing of it is what a test cmdlet prints.
pub async fn said(desk: &Desk, ask: ImportSaid, _job: &Job) -> Result<SaidOf> {
    let said = cmdlet::read(&ask.text);
    if said.is_empty() {
        return Err(Error::input("text", "it is neither the file of the test script nor what a test cmdlet prints"));
    }
    let (mailboxes, now) = (u32::try_from(said.len()).unwrap_or(u32::MAX), desk.now());
    desk.write(move |tx| scopes::note_said(tx, ask.organization, &said, now)).await?;
    Ok(SaidOf { mailboxes })
}
