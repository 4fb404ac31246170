//! A proof as evidence: a table that says what was expected, what the cmdlet said and what was observed, with the ids of the calls. Each
//! line stands by itself: it says of which tenant and application it is, whether it counts, and of how many mailboxes the sample was drawn.

use rollcall_core::integration::Integration;
use rollcall_core::organization::Organization;
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::finding::{Finding, Observed};
use rollcall_core::scope::present::{Reach, Void};
use rollcall_core::scope::why::{Call, because};
use rollcall_core::tenant::Tenant;
use rollcall_core::time::Timestamp;
use rollcall_store::proofs::{self, Proof, Target};
use rollcall_store::{integrations, organizations, tenants};
use serde::Serialize;
use ts_rs::TS;

use super::resume::ProofRef;
use super::set::written;
use super::show::{ProofView, Stands, facts};
use crate::csv_text;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::delete::OrganizationRef;

/// A file that isn't written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ScopeEvidence {
    /// CSV (RFC 4180), the first line its header.
    pub text: String,
}

/// What a line says of its mailbox.
const OF_MAILBOX: usize = 18;
/// What it says of the proof: it is the same on each.
const OF_PROOF: usize = 19;

const HEADER: &[&str; OF_MAILBOX + OF_PROOF] = &[
    "mailbox",
    "name",
    "object_id",
    "named",
    "expected",
    "cmdlet",
    "finding",
    "worth",
    "workload",
    "observed",
    "http",
    "code",
    "request_id",
    "asked_at",
    "reason",
    "cmdlet_at",
    "cmdlet_worth",
    "cmdlet_disagrees",
    "scope",
    "changed_at",
    "settled_at",
    "proof",
    "begun_at",
    "state",
    "outcome",
    "stands",
    "sample_inside",
    "sample_outside",
    "seed",
    "voided_by",
    "roles_read",
    "not_limited",
    "tenant",
    "tenant_id",
    "organization",
    "integration",
    "application_id",
];

/// A row for each call; a mailbox that was not asked has one without a call. They are in the order of the list: contradictions first, then
/// what is not known, then what is confirmed, each by name.
///
/// # Errors
/// `NotFound`.
pub async fn evidence(desk: &Desk, ask: ProofRef, _job: &Job) -> Result<ScopeEvidence> {
    let (of, page) = desk
        .read(move |conn| {
            let proof = proofs::get(conn, ask.proof)?;
            let page = proofs::targets(conn, ask.proof, None, "", (0, u32::MAX))?;
            let organization = organizations::get(conn, proof.organization)?;
            let integration = integrations::get(conn, organization.integration)?;
            let tenant = tenants::get(conn, integration.tenant)?;
            let facts = facts(conn, OrganizationRef { organization: proof.organization })?;
            let stands = Stands::of(&proof, &facts);
            Ok((Of { proof, stands, organization, integration, tenant }, page))
        })
        .await?;
    let of_proof = of.cells();
    let rows = page.rows.iter().flat_map(|target| of.records(target, &of_proof));
    Ok(ScopeEvidence { text: csv_text::text(Some(HEADER), rows)? })
}

/// What the evidence is of.
struct Of {
    proof: Proof,
    stands: Stands,
    organization: Organization,
    integration: Integration,
    tenant: Tenant,
}

impl Of {
    /// What is the same on each line.
    fn cells(&self) -> [String; OF_PROOF] {
        let Self { proof, stands, organization, integration, tenant } = self;
        let (sample, basis) = (&proof.sample, proof.basis.as_ref());
        let drawn = |wanted: Option<u32>, of: u32| match wanted {
            Some(wanted) if wanted < of => format!("{wanted} of {of}"),
            Some(_) | None => format!("all {of}"),
        };
        let moment = |at: Option<Timestamp>| at.map_or_else(String::new, Timestamp::iso);
        let listed = |what: Option<String>| what.unwrap_or_else(|| "not recorded".to_owned());
        let voids = |voids: &[Void]| voids.iter().map(voiding).collect::<Vec<_>>().join("; ");
        [
            written(&proof.desired),
            moment(proof.change.map(|change| change.at)),
            moment(proof.change.map(Change::settles)),
            proof.id.to_string(),
            proof.started.iso(),
            proof.state.name().to_owned(),
            ProofView::from(proof.clone()).outcome.name().to_owned(),
            stands.name().to_owned(),
            drawn(sample.inside, sample.of_inside),
            drawn(sample.outside, sample.of_outside),
            sample.seed.to_string(),
            listed(basis.map(|basis| voids(&basis.voids))),
            listed(basis.map(|basis| if basis.roles_read { "yes" } else { "no" }.to_owned())),
            listed(basis.map(|basis| basis.unlimited.join("; "))),
            tenant.name.clone(),
            tenant.identity.as_ref().map_or_else(|| tenant.directory.clone(), |identity| identity.directory_id.to_string()),
            organization.name.clone(),
            integration.name.clone(),
            basis.map_or(integration.client_id, |basis| basis.app).to_string(),
        ]
    }

    fn records(&self, target: &Target, of_proof: &[String; OF_PROOF]) -> Vec<Vec<String>> {
        let basis = self.proof.basis.as_ref();
        let voids = basis.map_or(&[][..], |basis| &basis.voids);
        let all_read = basis.is_some_and(|basis| basis.roles_read);
        let reason = target.finding.map_or("not_asked", |finding| because(finding, &target.calls, voids, all_read).name());
        let row = |workload: &str, observed: Option<Observed>, answer: [String; 3], at: Option<Timestamp>| {
            let [http, code, request_id] = answer;
            let of_mailbox: [String; OF_MAILBOX] = [
                target.upn.clone(),
                target.display_name.clone(),
                target.object_id.to_string(),
                if target.named { "yes" } else { "no" }.to_owned(),
                target.expected.name().to_owned(),
                target.said.map_or("", |report| report.said.name()).to_owned(),
                target.finding.map_or("not_asked", |finding| finding.name()).to_owned(),
                self.worth(target),
                workload.to_owned(),
                observed.map_or("", Observed::name).to_owned(),
                http,
                code,
                request_id,
                at.map_or_else(String::new, Timestamp::iso),
                reason.to_owned(),
                target.said.map_or_else(String::new, |report| report.at.iso()),
                target.said.map_or("", |report| if report.before_change { "before_change" } else { "present_scope" }).to_owned(),
                target.disagrees.map_or("", |what| what.name()).to_owned(),
            ];
            of_mailbox.into_iter().chain(of_proof.iter().cloned()).collect()
        };
        if target.calls.is_empty() {
            return vec![row("", None, Default::default(), None)];
        }
        let of_call = |call: &Call| {
            let http = call.http.map_or_else(String::new, |http| http.to_string());
            let answer = [http, call.code.clone().unwrap_or_default(), call.request_id.clone().unwrap_or_default()];
            row(call.workload.name(), Some(call.observed), answer, Some(call.at))
        };
        target.calls.iter().map(of_call).collect()
    }

    /// Whether what a mailbox came to counts of the present scope, and why it doesn't. That a refusal confirms a scope which is void
    /// says nothing of the scope.
    fn worth(&self, target: &Target) -> String {
        let confirmed = matches!(target.finding, Some(Finding::ConfirmedInside | Finding::ConfirmedOutside));
        let void = confirmed && self.proof.basis.as_ref().is_some_and(|basis| !basis.voids.is_empty());
        let why = [
            (self.stands != Stands::Now).then_some(self.stands.name()),
            (target.finding.is_none()).then_some("not_asked"),
            (target.finding == Some(Finding::TooEarly)).then_some("too_early"),
            (target.finding == Some(Finding::Unknown)).then_some("not_settled"),
            target.provisional.map(|_| "provisional"),
            void.then_some("scope_void"),
        ];
        let why: Vec<&str> = why.into_iter().flatten().collect();
        if why.is_empty() { "counts".to_owned() } else { why.join("; ") }
    }
}

/// What makes a scope void, as a cell tells it.
fn voiding(void: &Void) -> String {
    match void {
        Void::Grant { permission } => format!("grant for the whole tenant: {permission}"),
        Void::Ews { permission } => format!("grant for the whole tenant (EWS): {permission}"),
        Void::Assignment { assignment } => {
            let reach = match &assignment.reach {
                Reach::Everything => "every mailbox".to_owned(),
                Reach::Scope { name, .. } => name.clone(),
                Reach::Unit { id } => format!("administrative unit {id}"),
                Reach::Other { place } => place.clone(),
            };
            format!("role beside the scope: {} for {reach}", assignment.role)
        }
    }
}
