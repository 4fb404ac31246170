mod response;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::dispatch::{Outcome, Place, single, split};
use super::error::{Refusal, invalid_token};
use super::probe::{Desk, Probe, Reader};
use super::traffic::App;
use super::{Reply, Request, State, Work, enter, route, time};
use crate::world::Random;
use response::Writer;

/// "Combine multiple HTTP requests using JSON batching".
const MOST: usize = 20;
/// At most so many Outlook requests of a batch run at the same time, whichever mailboxes they are for ("Throttling limits").
const OUTLOOK_AT_ONCE: usize = 4;

/// Answers `POST /$batch`. Requests inside run in rounds, and their answers come in no particular order.
pub(super) fn answer(state: &State, serial: u64, request: &Request, work: &mut Work) -> Result<Reply, Refusal> {
    let result = check(request).and_then(|steps| {
        let amount = u32::try_from(steps.len()).unwrap_or(u32::MAX);
        let app = enter(state, request, amount, &mut work.hold)?.ok_or_else(invalid_token)?;
        run(state, serial, request, &app, &steps, work)
    });
    let status = match &result {
        Ok(reply) => reply.status,
        Err(refusal) => refusal.status,
    };
    work.tally.add(&request.method, "/$batch", status);
    result
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    requests: Vec<Wish<'a>>,
}

/// A request of the batch as it was sent.
#[derive(Deserialize)]
struct Wish<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    method: Option<Text<'a>>,
    #[serde(borrow)]
    url: Option<Text<'a>>,
    #[serde(default)]
    headers: Option<HashMap<String, String>>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
    #[serde(default, rename = "dependsOn")]
    depends_on: Option<Vec<String>>,
}

/// A text that is copied only if it has escapes; serde borrows no text behind an `Option` by itself.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A request that can be run.
struct Step<'a> {
    id: Cow<'a, str>,
    /// Places of those that must have succeeded.
    after: Vec<usize>,
    outlook: bool,
    what: What<'a>,
}

enum What<'a> {
    /// One of the usual questions to a mailbox, which are answered on the spot.
    Probe(Probe<'a>),
    Other(Box<Request>),
}

fn check(request: &Request) -> Result<Vec<Step<'_>>, Refusal> {
    let malformed = |message: &str| Refusal::new(400, "BadRequest", message);
    if request.method != Method::POST {
        return Err(Refusal::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."));
    }
    if request.caller.is_none() {
        return Err(invalid_token());
    }
    let payload: Payload<'_> = serde_json::from_slice(&request.body).map_err(|_| malformed("Invalid batch payload format."))?;
    if payload.requests.is_empty() || payload.requests.len() > MOST {
        return Err(malformed("Number of batch request steps exceeds the maximum value of 20 or is zero."));
    }
    let ids: Vec<Option<String>> = payload.requests.iter().map(|wish| Some(wish.id.as_ref()?.0.to_lowercase())).collect();
    let place = |id: &str| ids.iter().position(|known| known.as_deref() == Some(id.to_lowercase().as_str()));
    let unique = ids.iter().enumerate().all(|(at, id)| !ids.iter().take(at).any(|other| other == id));
    let mut reader = Reader::default();
    let mut steps = Vec::with_capacity(payload.requests.len());
    for mut wish in payload.requests {
        let after: Option<Vec<usize>> = wish.depends_on.take().unwrap_or_default().iter().map(|id| place(id)).collect();
        let mut step =
            read(request, wish, &mut reader).ok_or_else(|| malformed("Invalid batch request: id, method and url are needed."))?;
        step.after = after.ok_or_else(|| malformed("A request depends on another one that is not in the batch."))?;
        steps.push(step);
    }
    if unique { Ok(steps) } else { Err(malformed("Request Id has to be unique in a batch.")) }
}

fn read<'a>(outer: &Request, wish: Wish<'a>, reader: &mut Reader) -> Option<Step<'a>> {
    let (Text(id), Text(method), Text(url)) = (wish.id?, wish.method?, wish.url?);
    // Spelled so that nothing had to be copied, and without an id of their own that would have to come back: as programs ask.
    let named = wish.headers.iter().flatten().any(|(name, _)| name.eq_ignore_ascii_case("client-request-id"));
    if let (false, "GET", Cow::Borrowed(url)) = (named, &*method, &url) {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        if let Some(probe) = reader.read(path, query) {
            return Some(Step { id, after: Vec::new(), outlook: true, what: What::Probe(probe) });
        }
    }
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let path = path.trim_start_matches('/');
    let mut headers = HeaderMap::new();
    for (name, value) in wish.headers.iter().flatten() {
        headers.append(HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value).ok()?);
    }
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
    let segments = split(path);
    // `/me` has the shape of `/users/{u}` once it is replaced.
    let shape: Vec<String> = match segments.first() {
        Some(first) if first.eq_ignore_ascii_case("me") => {
            ["users", "me"].into_iter().map(str::to_owned).chain(segments.into_iter().skip(1)).collect()
        }
        Some(_) | None => segments,
    };
    let outlook = route::find(&method, &shape).is_ok_and(|route| route.workload.is_some());
    let request = Request {
        method,
        path: format!("/v1.0/{path}"),
        query: query.to_owned(),
        headers,
        body: wish.body.map(|body| Bytes::copy_from_slice(body.get().as_bytes())).unwrap_or_default(),
        caller: outer.caller.clone(),
        now_us: outer.now_us,
    };
    Some(Step { id, after: Vec::new(), outlook, what: What::Other(Box::new(request)) })
}

fn run(state: &State, serial: u64, outer: &Request, app: &Arc<App>, steps: &[Step<'_>], work: &mut Work) -> Result<Reply, Refusal> {
    let mut writer = Writer { state, date: time::http_date(outer.now_us.div_euclid(1_000)), out: Vec::with_capacity(700 * steps.len()) };
    let caller = outer.caller.as_deref().ok_or_else(invalid_token)?;
    let desk = Desk { state, caller, app, now_us: outer.now_us };
    let mut done: Vec<Option<u16>> = vec![None; steps.len()];
    let mut responses: Vec<Range<usize>> = Vec::with_capacity(steps.len());
    while done.contains(&None) {
        let ready = next_round(steps, &done);
        if ready.is_empty() {
            return Err(Refusal::new(400, "BadRequest", "Requests of the batch wait for each other in a circle."));
        }
        work.rounds += u32::from(ready.iter().any(|(_, step)| step.outlook));
        work.hold.next_round();
        let mut finished = Vec::with_capacity(ready.len());
        for (at, step) in ready {
            let begin = writer.out.len();
            let failed = step.after.iter().any(|at| !matches!(done.get(*at), Some(Some(200..400))));
            let status = if failed {
                let refusal = Refusal::new(424, "FailedDependency", "A request that this one depends on has failed.");
                writer.outcome(&step.id, outer, Outcome::Answered(Err(refusal)))
            } else {
                one(&mut writer, &desk, step, outer, work)
            };
            finished.push((at, status));
            if writer.out.len() > begin {
                responses.push(begin..writer.out.len());
            }
        }
        for (at, status) in finished {
            if let Some(done) = done.get_mut(at) {
                *done = Some(status);
            }
        }
    }
    Random::new(serial).shuffle(&mut responses);
    let mut body = Vec::with_capacity(writer.out.len() + 32);
    body.extend_from_slice(b"{\"responses\":[");
    for (nth, response) in responses.into_iter().enumerate() {
        body.extend_from_slice(if nth == 0 { b"" } else { b"," });
        body.extend_from_slice(writer.out.get(response).unwrap_or_default());
    }
    body.extend_from_slice(b"]}");
    Ok(Reply::raw(200, body))
}

/// Who runs next: all whose predecessors are done, but only four of those that Outlook answers.
fn next_round<'s, 'a>(steps: &'s [Step<'a>], done: &[Option<u16>]) -> Vec<(usize, &'s Step<'a>)> {
    let is_done = |at: usize| matches!(done.get(at), Some(Some(_)));
    let mut outlook = 0;
    let mut ready = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let free = !is_done(at) && step.after.iter().all(|at| is_done(*at));
        if free && !(step.outlook && outlook == OUTLOOK_AT_ONCE) {
            outlook += usize::from(step.outlook);
            ready.push((at, step));
        }
    }
    ready
}

/// Runs one request; gives back its status, 0 when a fault leaves the response out.
fn one(writer: &mut Writer<'_>, desk: &Desk<'_>, step: &Step<'_>, outer: &Request, work: &mut Work) -> u16 {
    match &step.what {
        What::Probe(probe) => {
            let begin = writer.begin(&step.id);
            let outcome = desk.answer(probe, Place::Batch, work, &mut writer.out);
            match outcome {
                None => {
                    writer.out.push(b'}');
                    200
                }
                Some(outcome) => {
                    writer.out.truncate(begin);
                    writer.outcome(&step.id, outer, outcome)
                }
            }
        }
        What::Other(request) if request.path.to_ascii_lowercase().ends_with("/$batch") => {
            let refusal = Refusal::new(400, "BadRequest", "A batch cannot hold a batch.");
            writer.outcome(&step.id, request, Outcome::Answered(Err(refusal)))
        }
        What::Other(request) => {
            let outcome = single(writer.state, Some(desk.app), request, Place::Batch, work);
            writer.outcome(&step.id, request, outcome)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::faults::{FaultKind, FaultPlan, Workload};
    use crate::graph::testing::{Desk, probe};

    #[test]
    fn requests_inside_are_answered_like_others_in_any_order() {
        let desk = Desk::new(120, &FaultPlan::default());
        let users: Vec<String> = desk.state.world().users.iter().take(20).map(|user| user.id.to_string()).collect();
        let ids: Vec<String> = (0..20).map(|n| format!("q{n}")).collect();
        let requests: Vec<(&str, String)> = ids.iter().map(String::as_str).zip(users.iter().map(|user| format!("/users/{user}"))).collect();
        let (seen, responses) = desk.batch(&requests);
        assert_eq!(seen.status, 200);
        assert_eq!(responses["q0"]["body"]["displayName"], "Ada Admin");
        assert_eq!(responses.len(), 20);
        let order: Vec<&str> = seen.body["responses"].as_array().unwrap().iter().map(|response| response["id"].as_str().unwrap()).collect();
        assert_ne!(order, ids.iter().map(String::as_str).collect::<Vec<_>>(), "the order is not the order of the requests");
        assert_eq!(seen.rounds, 0, "the directory is not held up");
    }

    #[test]
    fn four_outlook_requests_run_at_a_time_so_twenty_take_five_rounds() {
        let desk = Desk::new(30, &FaultPlan::none());
        let users: Vec<String> = desk.state.world().users.iter().take(20).map(|user| user.id.to_string()).collect();
        let ids: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let requests: Vec<(&str, String)> =
            ids.iter().map(String::as_str).zip(users.iter().map(|user| probe(user, Workload::Mail))).collect();
        assert_eq!(desk.batch(&requests).0.rounds, 5);
        assert_eq!(desk.batch(&requests[..4]).0.rounds, 1);
    }

    #[test]
    fn probes_inside_are_answered_as_outside() {
        let desk = Desk::new(120, &FaultPlan::none().with(FaultKind::CalendarMissing, 1));
        let (healthy, afflicted) = (desk.afflicted(None), desk.afflicted(Some(FaultKind::CalendarMissing)));
        let urls: Vec<String> = [healthy, afflicted].iter().flat_map(|user| Workload::ALL.map(|workload| probe(user, workload))).collect();
        let outside: Vec<(u16, Value)> = urls.iter().map(|url| desk.get(url)).map(|seen| (seen.status, seen.body)).collect();
        assert_eq!(outside.iter().filter(|(status, _)| *status == 404).count(), 1);
        let ids: Vec<String> = (0..urls.len()).map(|n| n.to_string()).collect();
        let (_, inside) = desk.batch(&ids.iter().map(String::as_str).zip(urls).collect::<Vec<_>>());
        for (id, (status, body)) in ids.iter().zip(outside) {
            let response = &inside[id];
            assert_eq!(response["status"], status);
            let names: Vec<String> = response["headers"].as_object().unwrap().keys().map(|name| name.to_lowercase()).collect();
            assert!(["content-type", "date", "request-id"].iter().all(|name| names.iter().any(|known| known == name)), "{names:?}");
            match status {
                200 => assert_eq!(response["body"], body),
                _ => assert_eq!(response["body"]["error"]["code"], body["error"]["code"]),
            }
        }
    }

    #[test]
    fn malformed_batches_are_refused_whole() {
        let desk = Desk::new(30, &FaultPlan::none());
        let same: Vec<(&str, String)> = vec![("a", "/organization".to_owned()), ("A", "/organization".to_owned())];
        assert_eq!(desk.batch(&same).0.status, 400, "ids are told apart without letter case");
        let many: Vec<(&str, String)> = vec![("a", "/organization".to_owned()); 21];
        assert_eq!(desk.batch(&many).0.status, 400);
        assert_eq!(desk.send("POST", "/$batch", &json!({ "requests": [] })).status, 400);
        let nested = desk.batch(&[("a", "/$batch".to_owned())]).1;
        assert_eq!(nested["a"]["status"], 400);
    }

    #[test]
    fn who_depends_on_a_failure_fails_with_it() {
        let desk = Desk::new(30, &FaultPlan::none());
        let body = json!({ "requests": [
            { "id": "2", "method": "GET", "url": "users/admin@contoso.example", "dependsOn": ["1"] },
            { "id": "1", "method": "GET", "url": "/users/nobody" },
            { "id": "3", "method": "GET", "url": "/users/$count", "headers": { "ConsistencyLevel": "eventual" } },
        ]});
        let seen = desk.send("POST", "/$batch", &body);
        let by = |id: &str| seen.body["responses"].as_array().unwrap().iter().find(|response| response["id"] == id).cloned().unwrap();
        assert_eq!((by("1")["status"].as_u64(), by("2")["status"].as_u64()), (Some(404), Some(424)));
        assert_eq!(by("3")["body"], "30");
        let circle = json!({ "requests": [
            { "id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"] }, { "id": "2", "method": "GET", "url": "/users", "dependsOn": ["1"] },
        ]});
        assert_eq!(desk.send("POST", "/$batch", &circle).status, 400);
    }

    #[test]
    fn a_response_can_be_missing_once() {
        let desk = Desk::new(30, &FaultPlan::none().with(FaultKind::AnswerLeftOutOnce, 1));
        let user = desk.afflicted(Some(FaultKind::AnswerLeftOutOnce));
        let requests = [("a", probe(&user, Workload::Mail)), ("b", "/organization".to_owned())];
        assert_eq!(desk.batch(&requests).1.keys().collect::<Vec<_>>(), ["b"]);
        assert_eq!(desk.batch(&requests).1["a"]["status"], 200);
    }

    #[test]
    fn a_busy_mailbox_refuses_the_second_request_of_a_round() {
        let mut desk = Desk::new(30, &FaultPlan::none().with(FaultKind::Concurrency, 1));
        let user = desk.afflicted(Some(FaultKind::Concurrency));
        let five: Vec<(&str, String)> =
            ["0", "1", "2", "3", "4"].into_iter().zip(Workload::ALL.map(|workload| probe(&user, workload))).collect();
        let (_, responses) = desk.batch(&five);
        let refused: Vec<&Value> = responses.values().filter(|response| response["status"] == 429).collect();
        assert_eq!(refused.len(), 3, "of the first four one passes, and the fifth has its round alone");
        for response in refused {
            let headers = response["headers"].as_object().unwrap();
            assert!(headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("retry-after") && value == "1"));
        }
        desk.now_ms += 1_000;
        for (_, url) in &five {
            assert_eq!(desk.get(url).status, 200, "one after the other they pass");
        }
        assert_eq!(desk.state.violations(), 0);
    }
}
