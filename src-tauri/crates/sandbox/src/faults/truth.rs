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
        Planted { user_id: user.id.clone(), upn: user.upn.clone(), fault: user.fault, verdict, workloads }
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
        Effect::Throttled { .. } => lasting(429, Some("TooManyRequests")),
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
}
