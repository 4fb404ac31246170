//! What an answer to a probe means: settled, or to be asked again and when.

use std::time::Duration;

use rollcall_core::issue::{self, Cause, Refusal};
use rollcall_core::verdict::Verdict;
use rollcall_graph::error::Trace;
use rollcall_graph::pace::Pace;
use rollcall_graph::probe::Answer;
use rollcall_identity::error::IdentityError;
use rollcall_store::probes::ProbeResult;

use super::queue::Waiting;
use crate::mailboxes::tokens::RefusedSignIn;

/// What becomes of a probe.
pub(crate) enum Judgement {
    Settled(Box<ProbeResult>),
    Again {
        wait: Duration,
        /// Graph asked for the wait.
        throttled: bool,
    },
}

/// Judges an answer. `permitted` says whether the token opens the workload.
pub(crate) fn judge(waiting: &Waiting, answer: Answer, permitted: bool, pace: &Pace) -> Judgement {
    let (trace, wait, throttled, cause) = match answer {
        Answer::Answered(trace) => return settled(waiting, trace, None, permitted),
        Answer::Throttled { trace, retry_after } => {
            (trace, again(pace, waiting, pace.throttled_tries, retry_after), true, Cause::Throttled)
        }
        Answer::Refused { trace, retry_after } => {
            let wait = issue::may_pass(trace.http, &trace.code).then(|| again(pace, waiting, pace.tries, retry_after)).flatten();
            let cause = issue::diagnose(Refusal { http: trace.http, code: &trace.code, message: trace.message(), permitted });
            (trace, wait, false, cause)
        }
        Answer::Unanswered(trace) => (trace, again(pace, waiting, pace.tries, None), false, Cause::NoAnswer),
    };
    match wait {
        Some(wait) => Judgement::Again { wait, throttled },
        None => settled(waiting, trace, Some(cause), permitted),
    }
}

/// A probe that is not asked, and why.
pub(super) fn unasked(waiting: &Waiting, cause: Cause) -> ProbeResult {
    ProbeResult {
        user: waiting.user,
        workload: waiting.workload,
        verdict: cause.verdict(),
        http: None,
        fingerprint: None,
        code: None,
        cause: Some(cause),
        request_id: None,
        client_request_id: None,
        mailbox: None,
        attempts: waiting.attempts,
    }
}

/// A probe whose user's sign-in the service refuses to renew.
pub(super) fn sign_in_refused(waiting: &Waiting, refused: &IdentityError) -> ProbeResult {
    let RefusedSignIn { cause, code, fingerprint, request_id } = RefusedSignIn::of(refused);
    ProbeResult { fingerprint: Some(fingerprint), code, request_id, attempts: waiting.attempts + 1, ..unasked(waiting, cause) }
}

/// How long to wait before a probe is asked again; `None` when it has been asked often enough. Never less than was asked for.
fn again(pace: &Pace, waiting: &Waiting, tries: u32, retry_after: Option<Duration>) -> Option<Duration> {
    let attempts = waiting.attempts + 1;
    (attempts < tries).then(|| retry_after.unwrap_or_else(|| pace.wait_after(attempts, uuid::Uuid::new_v4().as_u64_pair().1)))
}

fn settled(waiting: &Waiting, trace: Trace, cause: Option<Cause>, permitted: bool) -> Judgement {
    let refusal = Refusal { http: trace.http, code: &trace.code, message: trace.message(), permitted };
    let fingerprint = cause.map(|cause| issue::fingerprint(cause, refusal, waiting.workload));
    Judgement::Settled(Box::new(ProbeResult {
        user: waiting.user,
        workload: waiting.workload,
        verdict: cause.map_or(Verdict::Passed, Cause::verdict),
        http: trace.http,
        fingerprint,
        code: (!trace.code.is_empty()).then_some(trace.code),
        cause,
        request_id: trace.request_id,
        client_request_id: trace.client_request_id,
        mailbox: None,
        attempts: waiting.attempts + 1,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::id::{ObjectId, UserId};
    use rollcall_core::workload::Workload;
    use std::collections::BTreeSet;

    fn asked(attempts: u32) -> Waiting {
        let object_id = ObjectId(uuid::Uuid::nil());
        Waiting { user: UserId(1), object_id, workload: Workload::Mail, attempts }
    }

    #[test]
    fn a_retry_after_is_never_shortened_and_tries_run_out() {
        let pace = Pace::default();
        let long = Duration::from_secs(3_600);
        assert_eq!(again(&pace, &asked(0), 5, Some(long)), Some(long));
        assert!(again(&pace, &asked(3), 5, None).is_some());
        assert_eq!(again(&pace, &asked(4), 5, None), None, "the fifth try was the last");
    }

    #[test]
    fn probes_that_were_refused_together_without_a_wait_dont_come_back_together() {
        let pace = Pace::default();
        let waits: BTreeSet<Duration> = (0..20).filter_map(|_| again(&pace, &asked(1), 5, None)).collect();
        assert!(waits.len() > 10, "{waits:?}");
        assert!(waits.iter().all(|wait| (pace.back_off * 2..pace.back_off * 3).contains(wait)), "{waits:?}");
    }
}
