//! A proof as evidence: a table that says what was expected, what the cmdlet said and what was observed, with the ids of the calls.

use rollcall_core::scope::finding::Observed;
use rollcall_core::time::Timestamp;
use rollcall_store::proofs::{self, Target};
use serde::Serialize;
use ts_rs::TS;

use super::resume::ProofRef;
use super::set::written;
use crate::csv_text;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// A file that isn't written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ScopeEvidence {
    /// CSV (RFC 4180), the first line its header.
    pub text: String,
}

const HEADER: &[&str] = &[
    "mailbox",
    "name",
    "object_id",
    "named",
    "expected",
    "cmdlet",
    "finding",
    "workload",
    "observed",
    "http",
    "code",
    "request_id",
    "asked_at",
    "scope",
    "changed_at",
];

/// A row for each call; a mailbox that was not asked has one without a call. They are in the order of the list: contradictions first, then
/// what is not known, then what is confirmed, each by name.
///
/// # Errors
/// `NotFound`.
pub async fn evidence(desk: &Desk, ask: ProofRef, _job: &Job) -> Result<ScopeEvidence> {
    let (proof, page) =
        desk.read(move |conn| Ok((proofs::get(conn, ask.proof)?, proofs::targets(conn, ask.proof, None, "", (0, u32::MAX))?))).await?;
    let scope = written(&proof.desired);
    let changed = proof.change.map_or_else(String::new, |change| change.at.iso());
    let rows = page.rows.iter().flat_map(|target| records(target, &scope, &changed));
    Ok(ScopeEvidence { text: csv_text::text(Some(HEADER), rows)? })
}

fn records(target: &Target, scope: &str, changed: &str) -> Vec<[String; 15]> {
    let row = |workload: &str, observed: Option<Observed>, answer: [String; 3], at: Option<Timestamp>| {
        let [http, code, request_id] = answer;
        [
            target.upn.clone(),
            target.display_name.clone(),
            target.object_id.to_string(),
            if target.named { "yes" } else { "no" }.to_owned(),
            target.expected.name().to_owned(),
            target.said.map_or("", |said| said.name()).to_owned(),
            target.finding.map_or("not_asked", |finding| finding.name()).to_owned(),
            workload.to_owned(),
            observed.map_or("", Observed::name).to_owned(),
            http,
            code,
            request_id,
            at.map_or_else(String::new, Timestamp::iso),
            scope.to_owned(),
            changed.to_owned(),
        ]
    };
    if target.calls.is_empty() {
        return vec![row("", None, Default::default(), None)];
    }
    let of_call = |call: &rollcall_core::scope::why::Call| {
        let http = call.http.map_or_else(String::new, |http| http.to_string());
        let answer = [http, call.code.clone().unwrap_or_default(), call.request_id.clone().unwrap_or_default()];
        row(call.workload.name(), Some(call.observed), answer, Some(call.at))
    };
    target.calls.iter().map(of_call).collect()
}
