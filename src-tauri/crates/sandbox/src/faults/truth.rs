use serde::Serialize;

use super::{Effect, FaultKind, Workload};
use crate::world::User;

/// What a checker must conclude, and the answer it must show for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// `passed`, `failed` or `unknown`.
    pub verdict: &'static str,
    /// The status of the lasting refusal.
    pub http: Option<u16>,
    /// Its error code; `None` when the answer carries no JSON.
    pub code: Option<String>,
}

/// One account with what was done to it and what must be found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planted {
    pub user_id: String,
    pub upn: String,
    pub fault: Option<FaultKind>,
    /// Of the mailbox, with all five workloads required and granted; status and code are those of the first one that does not pass.
    pub verdict: Expected,
    pub workloads: [(Workload, Expected); 5],
}

impl Planted {
    pub(crate) fn of(user: &User) -> Planted {
        let workloads = Workload::ALL.map(|workload| (workload, expected(user.fault, workload)));
        let verdict =
            workloads.iter().map(|(_, expected)| expected).find(|expected| expected.verdict != "passed").unwrap_or(&PASSED).clone();
        Planted { user_id: user.id.to_string(), upn: user.upn.clone(), fault: user.fault, verdict, workloads }
    }
}

const PASSED: Expected = Expected { verdict: "passed", http: None, code: None };

fn expected(fault: Option<FaultKind>, workload: Workload) -> Expected {
    let Some(fault) = fault else { return PASSED };
    // What the thousandth attempt still meets is what lasts.
    let lasting = |http, code: Option<&str>| Expected { verdict: fault.verdict(), http: Some(http), code: code.map(str::to_owned) };
    match fault.effect(workload, 1_000) {
        Effect::Fine | Effect::LeftOut => PASSED,
        Effect::Refusal { status, code, .. } => lasting(status, Some(code)),
        Effect::Throttled { .. } => lasting(429, Some("ApplicationThrottled")),
        Effect::Gateway => lasting(504, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::FaultPlan;
    use crate::world::World;

    #[test]
    fn lasting_trouble_that_could_pass_is_unknown_and_never_failed() {
        let world = World::build(3, 200, &FaultPlan::default());
        let of = |kind| Planted::of(world.users.iter().find(|user| user.fault == Some(kind)).unwrap());

        let moving = of(FaultKind::MoveInProgress);
        assert_eq!(moving.verdict.verdict, "unknown");
        assert_eq!(moving.verdict.http, Some(503));
        let excluded = of(FaultKind::PolicyExcluded);
        assert_eq!(excluded.verdict.code.as_deref(), Some("ErrorAccessDenied"));
        assert_eq!(excluded.workloads[3].1.verdict, "passed", "policies do not scope tasks");
        assert_eq!(of(FaultKind::StoreUnavailableTwice).verdict.verdict, "passed");
        assert_eq!(of(FaultKind::GatewayTimeout).verdict.code, None);
    }

    #[test]
    fn each_kind_leads_to_the_verdict_that_its_description_promises() {
        let of = |fault| {
            let mut user = World::build(1, 10, &FaultPlan::none()).users.remove(5);
            user.fault = Some(fault);
            let planted = Planted::of(&user);
            let passed = planted.workloads.iter().filter(|(_, expected)| expected.verdict == "passed").count();
            (planted.verdict.verdict, planted.verdict.http, planted.verdict.code, passed)
        };
        let lasting = |verdict, http, code: &str, passed| (verdict, Some(http), Some(code.to_owned()), passed);
        let fine = ("passed", None, None, 5);
        let promised = [
            (FaultKind::MailboxNotEnabled, lasting("failed", 404, "MailboxNotEnabledForRESTAPI", 0)),
            (FaultKind::OnPremises, lasting("failed", 404, "MailboxNotSupportedForRESTAPI", 0)),
            (FaultKind::GuestWithoutMailbox, lasting("failed", 404, "ResourceNotFound", 0)),
            (FaultKind::DeletedAfterListing, lasting("failed", 404, "ErrorInvalidUser", 0)),
            (FaultKind::PolicyExcluded, lasting("failed", 403, "ErrorAccessDenied", 1)),
            (FaultKind::ScopeExcluded, lasting("failed", 403, "ErrorAccessDenied", 1)),
            (FaultKind::QuotaExceeded, lasting("failed", 403, "ErrorQuotaExceeded", 4)),
            (FaultKind::InvalidLicense, lasting("failed", 403, "ErrorInvalidLicense", 0)),
            (FaultKind::MailboxMisconfigured, lasting("failed", 500, "ErrorMailboxConfiguration", 0)),
            (FaultKind::CalendarMissing, lasting("failed", 404, "ErrorFolderNotFound", 4)),
            (FaultKind::EmptyCode, lasting("failed", 403, "", 4)),
            (FaultKind::MoveInProgress, lasting("unknown", 503, "ErrorMailboxMoveInProgress", 0)),
            (FaultKind::AlwaysThrottled, lasting("unknown", 429, "ApplicationThrottled", 4)),
            (FaultKind::Quarantined, lasting("unknown", 500, "ErrorApiQuarantined", 0)),
            (FaultKind::GatewayTimeout, ("unknown", Some(504), None, 4)),
            (FaultKind::UnknownError503, lasting("unknown", 503, "UnknownError", 0)),
            (FaultKind::ThrottledOnce, fine.clone()),
            (FaultKind::ThrottledDate, fine.clone()),
            (FaultKind::StoreUnavailableTwice, fine.clone()),
            (FaultKind::InfoStaleOnce, fine.clone()),
            (FaultKind::AnswerLeftOutOnce, fine.clone()),
            (FaultKind::Concurrency, fine),
        ];
        assert_eq!(promised.len(), FaultKind::ALL.len());
        for (fault, promised) in promised {
            assert_eq!(of(fault), promised, "{fault:?}");
        }
    }
}
