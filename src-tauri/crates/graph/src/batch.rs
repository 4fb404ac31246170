//! Up to twenty probes in one request ("JSON batching"). The inner answers come in any order, may be throttled one by one, and may
//! be missing.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use rollcall_core::retry_after;
use rollcall_core::time::Timestamp;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::error::{self, GraphError, Trace};
use crate::gate::{Gate, Outcome, Size};
use crate::probe::{Answer, Day, Probe, Probed};
use crate::send::{self, Call, Graph};

/// How many probes one request carries.
pub const LARGEST: usize = 20;
/// No probe takes more of a batch's body.
const LONGEST_PART: usize = 192;

/// Asks the probes, in one request for each twenty, and answers for each of them in the same order; one probe is asked without a
/// batch around it. A throttled whole is waited for and repeated; throttled probes are reported, so that they alone can be asked again.
///
/// # Errors
/// All that a read can end with: [`GraphError::Throttled`] without an answer also where one of the mailboxes is to be left alone, and
/// nothing was sent; [`GraphError::Damaged`] also when the answer names a probe twice or one that wasn't asked.
pub async fn probe(graph: &Graph, probes: &[Probe], now: Timestamp, stop: &CancellationToken) -> Result<Vec<Probed>, GraphError> {
    if let [probe] = *probes {
        return Ok(vec![alone(graph, probe, now, stop).await?]);
    }
    let mut probed = Vec::with_capacity(probes.len());
    for twenty in probes.chunks(LARGEST) {
        let items = u32::try_from(twenty.len()).unwrap_or(u32::MAX);
        let call = Call::ask(graph.url(&["$batch"], &[])?, question(twenty, now), items).at(twenty.iter().map(|probe| probe.user));
        let answer = graph.send(&call, stop).await?;
        let answers = read(twenty, answer, graph.now())?;
        answers.iter().for_each(|one| leave_alone(graph.gate(), one));
        graph.gate().traffic().note_inside(&answers);
        probed.extend(answers);
    }
    Ok(probed)
}

async fn alone(graph: &Graph, probe: Probe, now: Timestamp, stop: &CancellationToken) -> Result<Probed, GraphError> {
    let mut path = String::new();
    probe.write_path(&Day::from(now), &mut path);
    let call = Call::ask_one(graph.below(&path)?, probe.attempt.saturating_sub(1)).at([probe.user]);
    let send::Answer { body, trace, permit, retry_after } = graph.send(&call, stop).await?;
    let retry_after = retry_after.map(|wait| wait.saturating_add(Duration::from_millis(1)));
    let (outcome, answer) = match trace.http {
        Some(200..=299) if body.trim_ascii_start().starts_with(b"{") => (Outcome::Good(Size::Single), Answer::Answered(trace)),
        Some(200..=299) => (Outcome::Indifferent, Answer::Unanswered(trace)),
        Some(429) => (Outcome::Busy, Answer::Throttled { trace, retry_after }),
        _ => (Outcome::Indifferent, Answer::Refused { trace, retry_after }),
    };
    permit.report(outcome);
    let probed = Probed { probe, answer };
    leave_alone(graph.gate(), &probed);
    Ok(probed)
}

/// A mailbox that names a wait is left alone as a whole: its limits are the app's at that mailbox, whatever is read there.
pub(crate) fn leave_alone(gate: &Gate, probed: &Probed) {
    if let Answer::Throttled { retry_after: Some(wait), .. } = probed.answer {
        gate.hold(probed.probe.user, wait);
    }
}

/// The body of a batch. It is written as it is, because there are many and nothing in it needs escaping.
pub(crate) fn question(probes: &[Probe], now: Timestamp) -> Bytes {
    let day = Day::from(now);
    let mut body = String::with_capacity(64 + probes.len() * LONGEST_PART);
    body.push_str(r#"{"requests":["#);
    for (at, probe) in probes.iter().enumerate() {
        body.push_str(if at == 0 { r#"{"id":""# } else { r#",{"id":""# });
        body.push_str(&at.to_string());
        body.push_str(r#"","method":"GET","url":""#);
        probe.write_path(&day, &mut body);
        body.push_str(r#""}"#);
    }
    body.push_str("]}");
    Bytes::from(body)
}

fn read(probes: &[Probe], answer: send::Answer, now: Timestamp) -> Result<Vec<Probed>, GraphError> {
    let send::Answer { body, trace: outer, permit, .. } = answer;
    let Some(mut found) = by_place(&body, probes.len()) else {
        return Err(GraphError::Damaged(Box::new(outer)));
    };
    let base = outer.date.unwrap_or(now);
    let probed: Vec<Probed> = probes
        .iter()
        .zip(&mut found)
        .map(|(&probe, inner)| {
            let answer = match inner.take() {
                Some(inner) => inner.read(&outer, base),
                None => Answer::Unanswered(Trace { http: None, ..outer.clone() }),
            };
            Probed { probe, answer }
        })
        .collect();
    permit.report(outcome(&probed));
    Ok(probed)
}

/// A few throttled mailboxes say nothing about the rest, but they are no invitation either; a quarter and more of many say that it is too
/// much at once. Where few were asked, as at the end of a run, they are those that are always busy.
pub(crate) fn outcome(probed: &[Probed]) -> Outcome {
    let throttled = probed.iter().filter(|one| matches!(one.answer, Answer::Throttled { .. })).count();
    if throttled == 0 {
        // All that take five rounds of four take as long as each other.
        Outcome::Good(if probed.len() > LARGEST - 4 { Size::Full } else { Size::Other })
    } else if throttled * 4 < probed.len() {
        Outcome::Indifferent
    } else if probed.len() < LARGEST / 2 {
        Outcome::Busy
    } else {
        Outcome::Strained
    }
}

/// The inner answers, each in its question's place; `None` when the answer isn't one to these questions.
pub(crate) fn by_place(body: &[u8], asked: usize) -> Option<Vec<Option<Inner<'_>>>> {
    // Looked through once, not text by text.
    let answer: Answers<'_> = serde_json::from_str(std::str::from_utf8(body).ok()?).ok()?;
    let mut places: Vec<Option<Inner<'_>>> = std::iter::repeat_with(|| None).take(asked).collect();
    for inner in answer.responses {
        let place = place(&inner.id)?;
        let free = places.get_mut(place).filter(|found| found.is_none())?;
        *free = Some(inner);
    }
    Some(places)
}

/// The number that we wrote as an id; `None` when it is written in another way than ours.
fn place(id: &str) -> Option<usize> {
    let ours = id.bytes().all(|byte| byte.is_ascii_digit()) && (id == "0" || !id.starts_with('0'));
    id.parse().ok().filter(|_| ours)
}

#[derive(Deserialize)]
struct Answers<'a> {
    #[serde(borrow)]
    responses: Vec<Inner<'a>>,
}

/// One answer inside.
#[derive(Deserialize)]
pub(crate) struct Inner<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    status: u16,
    #[serde(borrow, default)]
    headers: Headers<'a>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
}

impl Inner<'_> {
    /// The body, as it came.
    pub fn body(&self) -> &str {
        self.body.map_or("", RawValue::get)
    }

    pub fn read(self, outer: &Trace, base: Timestamp) -> Answer {
        let id = |value: &Option<Cow<'_, str>>| value.as_deref().and_then(error::id);
        let mut trace = Trace {
            http: Some(self.status),
            request_id: id(&self.headers.request_id).or_else(|| outer.request_id.clone()),
            client_request_id: id(&self.headers.client_request_id).or_else(|| outer.client_request_id.clone()),
            date: outer.date,
            ..Trace::default()
        };
        let body = self.body();
        if (200..300).contains(&self.status) {
            // Whatever it says, it is an object; a text is a page that something in between put there.
            return if body.starts_with('{') { Answer::Answered(trace) } else { Answer::Unanswered(trace) };
        }
        trace.read_error(body.as_bytes());
        // One millisecond more, because moments are cut to whole ones and the wait must not be.
        let retry_after = self.headers.retry_after.as_deref().and_then(|value| retry_after::parse(value, base));
        let retry_after = retry_after.map(|wait| wait.saturating_add(Duration::from_millis(1)));
        match self.status {
            429 => Answer::Throttled { trace, retry_after },
            _ => Answer::Refused { trace, retry_after },
        }
    }
}

/// The headers of an inner answer that are of use, whatever the case of their letters, and also where a value is a bare number.
#[derive(Default)]
struct Headers<'a> {
    request_id: Option<Cow<'a, str>>,
    client_request_id: Option<Cow<'a, str>>,
    retry_after: Option<Cow<'a, str>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Headers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(Self::default())
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Headers<'a> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("headers")
    }

    fn visit_none<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            let place = [
                ("request-id", &mut self.request_id),
                ("client-request-id", &mut self.client_request_id),
                ("retry-after", &mut self.retry_after),
            ];
            match place.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
                Some((_, place)) => *place = map.next_value::<Value>()?.0,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(self)
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// A text, or a number as one; anything else is nothing.
struct Value<'a>(Option<Cow<'a, str>>);

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let quoted = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Ok(Self(match quoted {
            Some(plain) if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
            Some(_) => serde_json::from_str(raw).ok().map(Cow::Owned),
            None => raw.parse::<u64>().ok().map(|_| Cow::Borrowed(raw)),
        }))
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::id::ObjectId;
    use rollcall_core::workload::Workload;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_batch_asks_each_probe_under_the_number_of_its_place() {
        let probe = |workload| Probe { user: ObjectId(Uuid::from_u128(7)), workload, attempt: 1 };
        let probes: Vec<Probe> = Workload::ALL.into_iter().cycle().take(LARGEST).map(probe).collect();
        let body = question(&probes, Timestamp(0));
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let requests = read["requests"].as_array().unwrap();
        let ids: Vec<_> = requests.iter().map(|request| place(request["id"].as_str().unwrap())).collect();
        assert_eq!(ids, (0..LARGEST).map(Some).collect::<Vec<_>>());
        for (request, probe) in requests.iter().zip(&probes) {
            let mut path = String::new();
            probe.write_path(&Day::from(Timestamp(0)), &mut path);
            assert_eq!((request["method"].as_str(), request["url"].as_str()), (Some("GET"), Some(path.as_str())));
        }
        assert!(body.len() <= 64 + LARGEST * LONGEST_PART, "there is room for all of it from the start");
    }
}
