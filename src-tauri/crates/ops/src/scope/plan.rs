//! Writes the scripts with which an Exchange administrator makes, tries, takes away or moves the scope. Rollcall runs none of them.

use rollcall_core::id::OrganizationId;
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::cover::Coverage;
use rollcall_core::scope::plan::{self, App, Purpose, Step};
use rollcall_core::scope::present::Void;
use rollcall_core::scope::warning::{Warning, warnings};
use rollcall_core::scope::{Limit, Remark, powershell};
use rollcall_store::{organizations, proofs};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::members;
use super::read::{self, Reading};
use super::show::{Facts, facts, voids};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::groups::directory;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// Mailboxes of each side of the last proof that a test script tries, those that were named and the gravest first; before the first proof
/// so many of each side of the wish.
const OF_EACH_SIDE: u32 = 10;

/// What to plan.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlanScope {
    pub organization: OrganizationId,
    /// Addresses that the test script is to try besides those of the last proof.
    pub mailboxes: Vec<String>,
}

/// A script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ScopeScript {
    pub purpose: Purpose,
    /// What the file is best called.
    pub file: String,
    pub text: String,
    /// How many mailboxes of the last proof a test leaves out; it takes the first ten of each side, the gravest first.
    pub left_out: u32,
    /// What voids the scope even when the script has run, by the last reading; the script says so at its top.
    pub voids: Vec<Void>,
    /// What else has to be known before it is run.
    pub warnings: Vec<Warning>,
}

/// # Errors
/// `InvalidInput` where everyone is to be reached, or the tenant has no enterprise application of the integration; `NotNow` when
/// nobody is signed in and nothing was read yet.
pub async fn plan(desk: &Desk, ask: PlanScope, job: &Job) -> Result<Vec<ScopeScript>> {
    let mut scripts = Vec::new();
    let planned = planned(desk, ask.organization, ask.mailboxes, job).await?;
    for purpose in Purpose::ALL {
        if let Some(steps) = planned.steps(purpose) {
            let voids = plan::left_void(purpose, &steps, planned.voids.clone());
            let script = powershell::write(purpose, &planned.limit, &planned.app, &planned.organization, &steps, &voids);
            let left_out = if purpose == Purpose::Test { planned.left_out } else { 0 };
            let (file, text) = (format!("scope-{}.ps1", purpose.name()), script.text().to_owned());
            let warnings = warnings(purpose, &planned.limit, &steps, &planned.remarks, planned.change);
            scripts.push(ScopeScript { purpose, file, text, left_out, voids, warnings });
        }
    }
    Ok(scripts)
}

/// All that a script needs.
pub(crate) struct Planned {
    pub limit: Limit,
    pub app: App,
    organization: String,
    coverage: Coverage,
    granted: Vec<String>,
    voids: Vec<Void>,
    remarks: Vec<Remark>,
    change: Option<Change>,
    mailboxes: Vec<String>,
    /// Mailboxes of the last proof that aren't among them.
    left_out: u32,
}

impl Planned {
    /// The steps of a purpose, where there are any.
    pub fn steps(&self, purpose: Purpose) -> Option<Vec<Step>> {
        plan::steps(purpose, &self.limit, &self.app, &self.coverage, &self.granted, &self.mailboxes)
    }
}

/// Collects it, from the last reading or a new one.
pub(crate) async fn planned(desk: &Desk, organization: OrganizationId, mut mailboxes: Vec<String>, job: &Job) -> Result<Planned> {
    let of = OrganizationRef { organization };
    let (facts, name, proven, of_proof) = desk
        .read(move |conn| {
            let (proven, of_proof) = match proofs::latest(conn, organization)? {
                Some(proof) => (proofs::to_try(conn, proof.id, OF_EACH_SIDE)?, proof.tally.asked() + proof.tally.waiting),
                None => (Vec::new(), 0),
            };
            Ok((facts(conn, of)?, organizations::get(conn, organization)?.name, proven, of_proof))
        })
        .await?;
    let Facts { desired, reading, change, coverage, integration, .. } = facts;
    let Some(limit) = desired.limit().cloned() else {
        return Err(Error::input("scope", "everyone is to be reached, so there is nothing to be limited"));
    };
    let reading: Reading = match reading {
        Some(reading) if reading.app.is_some() => reading,
        _ => Box::pin(read::refresh(desk, of, job)).await?,
    };
    let Some(object_id) = reading.app else {
        return Err(Error::input("integration", "the tenant has no enterprise application of it: grant consent first"));
    };
    let voids = voids(&limit, &integration, &reading);
    let app = App { client_id: integration.client_id, object_id, name: integration.name };
    let proven = match of_proof {
        0 => some_of_each(desk, organization, &limit, job).await,
        _ => proven,
    };
    let left_out = of_proof.saturating_sub(u32::try_from(proven.len()).unwrap_or(of_proof));
    for upn in proven {
        if !mailboxes.iter().any(|known| known.eq_ignore_ascii_case(&upn)) {
            mailboxes.push(upn);
        }
    }
    let Reading { granted, remarks, .. } = reading;
    Ok(Planned { limit, app, organization: name, coverage, granted, voids, remarks, change, mailboxes, left_out })
}

/// Mailboxes to be tried where none was proven yet. A script has to be had without a sign-in too: then it has none, and says so.
async fn some_of_each(desk: &Desk, organization: OrganizationId, limit: &Limit, job: &Job) -> Vec<String> {
    let Ok(graph) = directory(desk, organization).await else { return Vec::new() };
    members::some_of_each(&graph, limit, OF_EACH_SIDE as usize, &job.stop).await.unwrap_or_default()
}
