//! Takes in what Exchange's test cmdlets said, pasted or from a file: a column beside what is observed, never a proof.

use rollcall_core::id::OrganizationId;
use rollcall_core::scope::cmdlet::{self, Printed};
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

/// How many mailboxes something was said of, and of which the cmdlet only said why it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SaidOf {
    pub mailboxes: u32,
    pub failed: Vec<FailedTest>,
}

/// A mailbox that the cmdlet failed on; nothing is known of it by that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FailedTest {
    pub mailbox: String,
    pub error: String,
}

/// # Errors
/// `InvalidInput` where nothing of it is what a test cmdlet prints.
pub async fn said(desk: &Desk, ask: ImportSaid, _job: &Job) -> Result<SaidOf> {
    let Printed { said, failed } = cmdlet::read(&ask.text);
    if said.is_empty() && failed.is_empty() {
        return Err(Error::input("text", "it is neither the file of the test script nor what a test cmdlet prints"));
    }
    let (mailboxes, now) = (u32::try_from(said.len()).unwrap_or(u32::MAX), desk.now());
    desk.write(move |tx| scopes::note_said(tx, ask.organization, &said, now)).await?;
    let failed = failed.into_iter().map(|(mailbox, error)| FailedTest { mailbox, error }).collect();
    Ok(SaidOf { mailboxes, failed })
}
