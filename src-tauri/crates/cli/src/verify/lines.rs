//! A run mailbox by mailbox, one line of JSON each.

use rollcall_core::id::{ObjectId, RunId};
use rollcall_core::issue::Cause;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_ops::error::Result;
use rollcall_ops::runs::{MailboxResult, results};
use serde::Serialize;

use crate::call::Call;

/// Writes all mailboxes of a run, in order.
///
/// # Errors
/// Those of the store.
pub async fn write(run: RunId, call: &Call) -> Result<()> {
    let screen = call.screen.clone();
    results::each(&call.desk, run, move |mailbox| screen.json_line(&line(&mailbox))).await
}

/// A mailbox as one line of JSON; the names of the fields are a contract.
#[derive(Serialize)]
struct Line<'a> {
    user: ObjectId,
    upn: &'a str,
    verdict: Verdict,
    workloads: Five<'a>,
}

/// All five workloads, whatever was asked.
#[derive(Serialize)]
struct Five<'a> {
    mail: Answered<'a>,
    calendar: Answered<'a>,
    contacts: Answered<'a>,
    tasks: Answered<'a>,
    settings: Answered<'a>,
}

/// The deciding answer of one workload, and why it is no pass.
#[derive(Serialize)]
struct Answered<'a> {
    verdict: Verdict,
    http: Option<u16>,
    code: Option<&'a str>,
    request_id: Option<&'a str>,
    /// The id that we gave the request: all there is where no answer came.
    client_request_id: Option<&'a str>,
    /// Under which address the mailbox that answered is the user's, where it isn't the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    mailbox: Option<&'a str>,
    reason: Option<&'static str>,
}

fn line(mailbox: &MailboxResult) -> Line<'_> {
    let of = |workload: Workload| {
        let found = mailbox.workloads.iter().find(|result| result.workload == workload);
        Answered {
            verdict: found.map_or(Verdict::NotRun, |result| result.verdict),
            http: found.and_then(|result| result.http),
            code: found.and_then(|result| result.code.as_deref()),
            request_id: found.and_then(|result| result.request_id.as_deref()),
            client_request_id: found.and_then(|result| result.client_request_id.as_deref()),
            mailbox: found.and_then(|result| result.mailbox.as_deref()),
            reason: found.and_then(|result| result.cause).map(Cause::name),
        }
    };
    Line {
        user: mailbox.object_id,
        upn: &mailbox.upn,
        verdict: mailbox.verdict,
        workloads: Five {
            mail: of(Workload::Mail),
            calendar: of(Workload::Calendar),
            contacts: of(Workload::Contacts),
            tasks: of(Workload::Tasks),
            settings: of(Workload::Settings),
        },
    }
}
