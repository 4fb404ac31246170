//! What mailboxes say that they are (`mailboxSettings/userPurpose`), twenty in one request. The only thing of an answer that is kept.

use std::time::Duration;

use rollcall_core::eligibility::Purpose;
use rollcall_core::id::ObjectId;
use rollcall_core::issue::{self, Cause, Refusal};
use rollcall_core::workload::Workload;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::batch::{self, LARGEST};
use crate::error::GraphError;
use crate::probe::{Answer, Probe, Probed};
use crate::send::{Call, Graph};

/// What a mailbox said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Is(Purpose),
    /// It did not say: shut out, throttled for too long, or no usable answer.
    Nothing,
}

/// Asks mailboxes what they are, and answers for each of them in the same order. Mailboxes that are throttled on their own are asked
/// again when their wait is over.
///
/// # Errors
/// All that a read can end with.
pub async fn ask(graph: &Graph, users: &[ObjectId], stop: &CancellationToken) -> Result<Vec<Told>, GraphError> {
    let mut told = vec![Told::Nothing; users.len()];
    for (places, twenty) in (0..users.len()).collect::<Vec<_>>().chunks(LARGEST).zip(users.chunks(LARGEST)) {
        let mut open: Vec<(usize, ObjectId)> = places.iter().copied().zip(twenty.iter().copied()).collect();
        let mut attempt = 1;
        while !open.is_empty() {
            let (answers, wait) = once(graph, &open, attempt, stop).await?;
            let mut again = Vec::new();
            for (asked, answer) in open.into_iter().zip(answers) {
                match (answer, told.get_mut(asked.0)) {
                    (Some(answer), Some(place)) => *place = answer,
                    (None, _) if attempt < graph.gate().pace().throttled_tries => again.push(asked),
                    (_, _) => {}
                }
            }
            open = again;
            if !open.is_empty() {
                let wait = wait.unwrap_or_else(|| graph.gate().pace().wait_after(attempt, u64::from(attempt)));
                tokio::select! {
                    () = stop.cancelled() => return Err(GraphError::Cancelled),
                    () = tokio::time::sleep(wait) => {}
                }
            }
            attempt += 1;
        }
    }
    Ok(told)
}

/// What each said, `None` where it is to be asked again, and the longest wait that one of them asked for.
type Round = (Vec<Option<Told>>, Option<Duration>);

async fn once(graph: &Graph, asked: &[(usize, ObjectId)], attempt: u32, stop: &CancellationToken) -> Result<Round, GraphError> {
    let probes: Vec<Probe> = asked.iter().map(|(_, user)| Probe { user: *user, workload: Workload::Settings, attempt }).collect();
    let items = u32::try_from(probes.len()).unwrap_or(u32::MAX);
    let call = Call::ask(graph.url(&["$batch"], &[])?, batch::question(&probes, graph.now()), items);
    let answer = graph.send(&call, stop).await?;
    let Some(found) = batch::by_place(&answer.body, probes.len()) else {
        return Err(GraphError::Damaged(Box::new(answer.trace)));
    };
    let base = answer.trace.date.unwrap_or_else(|| graph.now());
    let (mut round, mut wait, mut probed) = (Vec::new(), None::<Duration>, Vec::new());
    for (inner, probe) in found.into_iter().zip(&probes) {
        let Some(inner) = inner else {
            round.push(None);
            continue;
        };
        let purpose = purpose(inner.body());
        let answer = inner.read(&answer.trace, base);
        round.push(match &answer {
            Answer::Answered(_) => Some(purpose.map_or(Told::Nothing, Told::Is)),
            Answer::Throttled { retry_after, .. } => {
                wait = wait.max(*retry_after);
                None
            }
            Answer::Refused { trace, retry_after } if issue::may_pass(trace.http, &trace.code) => {
                wait = wait.max(*retry_after);
                None
            }
            Answer::Refused { trace, .. } => {
                let refusal = Refusal { http: trace.http, code: &trace.code, message: trace.message(), permitted: true };
                Some(match issue::diagnose(refusal) {
                    Cause::NoMailbox => Told::Is(Purpose::Nothing),
                    Cause::MailboxElsewhere => Told::Is(Purpose::Linked),
                    _ => Told::Nothing,
                })
            }
            Answer::Unanswered(_) => None,
        });
        let answered = Probed { probe: *probe, answer };
        batch::leave_alone(graph.gate(), &answered);
        probed.push(answered);
    }
    graph.gate().traffic().note_inside(&probed);
    answer.permit.report(batch::outcome(&probed));
    Ok((round, wait))
}

/// What an answer's body says; `None` where it says nothing that can be read.
fn purpose(body: &str) -> Option<Purpose> {
    #[derive(Deserialize)]
    struct Body {
        value: String,
    }
    let body: Body = serde_json::from_str(body).ok()?;
    Some(match body.value.as_str() {
        "user" => Purpose::User,
        "linked" => Purpose::Linked,
        "shared" => Purpose::Shared,
        "room" => Purpose::Room,
        "equipment" => Purpose::Equipment,
        _ => Purpose::Others,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_says_what_it_is_in_one_word() {
        assert_eq!(purpose(r#"{"@odata.context":"x","value":"room"}"#), Some(Purpose::Room));
        assert_eq!(purpose(r#"{"value":"unknownFutureValue"}"#), Some(Purpose::Others));
        for bad in ["", "{}", r#"{"value":7}"#, "<html>"] {
            assert_eq!(purpose(bad), None, "{bad}");
        }
    }
}
