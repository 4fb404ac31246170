use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};

use super::dispatch::{Outcome, Place, single, split};
use super::error::{Refusal, invalid_token};
use super::traffic::App;
use super::{Body, GATEWAY_PAGE, Reply, Request, State, Work, dress, enter, route};
use crate::world::Random;

/// "Combine multiple HTTP requests using JSON batching".
const MOST: usize = 20;
/// At most so many Outlook requests of a batch run at the same time, whichever mailboxes they are for ("Throttling limits").
const OUTLOOK_AT_ONCE: usize = 4;

/// Answers `POST /$batch`. Requests inside run in rounds, and their answers come in no particular order.
pub(super) fn answer(state: &State, serial: u64, request: &Request, work: &mut Work) -> Result<Reply, Refusal> {
    let result = check(request).and_then(|items| {
        let amount = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let app = enter(state, request, amount, &mut work.hold)?;
        run(state, serial, app.as_ref(), items, work)
    });
    let status = match &result {
        Ok(reply) => reply.status,
        Err(refusal) => refusal.status,
    };
    work.tally.add(&request.method, "/$batch", status);
    result
}

struct Item {
    id: String,
    depends_on: Vec<String>,
    outlook: bool,
    request: Request,
}

fn check(request: &Request) -> Result<Vec<Item>, Refusal> {
    let malformed = |message: &str| Refusal::new(400, "BadRequest", message);
    if request.method != Method::POST {
        return Err(Refusal::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."));
    }
    if request.caller.is_none() {
        return Err(invalid_token());
    }
    let body: Value = serde_json::from_slice(&request.body).map_err(|_| malformed("Invalid batch payload format."))?;
    let list = body.get("requests").and_then(Value::as_array).ok_or_else(|| malformed("Invalid batch payload format."))?;
    if list.is_empty() || list.len() > MOST {
        return Err(malformed("Number of batch request steps exceeds the maximum value of 20 or is zero."));
    }
    let items: Vec<Item> = list
        .iter()
        .map(|item| read(request, item))
        .collect::<Option<_>>()
        .ok_or_else(|| malformed("Invalid batch request: id, method and url are needed."))?;
    let ids: HashSet<String> = items.iter().map(|item| item.id.to_lowercase()).collect();
    if ids.len() < items.len() {
        return Err(malformed("Request Id has to be unique in a batch."));
    }
    if items.iter().flat_map(|item| &item.depends_on).any(|id| !ids.contains(&id.to_lowercase())) {
        return Err(malformed("A request depends on another one that is not in the batch."));
    }
    Ok(items)
}

fn read(outer: &Request, item: &Value) -> Option<Item> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let url = text("url")?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = path.trim_start_matches('/');
    let mut headers = HeaderMap::new();
    for (name, value) in item.get("headers").and_then(Value::as_object).into_iter().flatten() {
        headers.append(HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    let method = Method::from_bytes(text("method")?.to_uppercase().as_bytes()).ok()?;
    let depends_on =
        item.get("dependsOn").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let segments = split(path);
    // `/me` has the shape of `/users/{u}` once it is replaced.
    let shape: Vec<String> = match segments.first() {
        Some(first) if first.eq_ignore_ascii_case("me") => {
            ["users", "me"].into_iter().map(str::to_owned).chain(segments.into_iter().skip(1)).collect()
        }
        Some(_) | None => segments,
    };
    Some(Item {
        id: text("id")?.to_owned(),
        depends_on,
        outlook: route::find(&method, &shape).is_ok_and(|route| route.workload.is_some()),
        request: Request {
            method,
            path: format!("/v1.0/{path}"),
            query: query.to_owned(),
            headers,
            body: item.get("body").map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
            caller: outer.caller.clone(),
            now_us: outer.now_us,
        },
    })
}

fn run(state: &State, serial: u64, app: Option<&Arc<App>>, items: Vec<Item>, work: &mut Work) -> Result<Reply, Refusal> {
    let mut done: HashMap<String, u16> = HashMap::new();
    let mut responses = Vec::new();
    let mut waiting = items;
    while !waiting.is_empty() {
        let (ready, later) = next_round(waiting, &done);
        if ready.is_empty() {
            return Err(Refusal::new(400, "BadRequest", "Requests of the batch wait for each other in a circle."));
        }
        work.rounds += u32::from(ready.iter().any(|item| item.outlook));
        work.hold.next_round();
        let mut finished = Vec::new();
        for item in ready {
            let (status, response) = one(state, app, &item, &done, work);
            finished.push((item.id.to_lowercase(), status));
            responses.extend(response);
        }
        done.extend(finished);
        waiting = later;
    }
    Random::new(serial).shuffle(&mut responses);
    Ok(Reply::json(200, json!({ "responses": responses })))
}

/// Who runs next: all whose predecessors are done, but only four of those that Outlook answers.
fn next_round(waiting: Vec<Item>, done: &HashMap<String, u16>) -> (Vec<Item>, Vec<Item>) {
    let mut outlook = 0;
    waiting.into_iter().partition(|item| {
        let free = item.depends_on.iter().all(|id| done.contains_key(&id.to_lowercase()));
        let fits = !item.outlook || outlook < OUTLOOK_AT_ONCE;
        outlook += usize::from(free && fits && item.outlook);
        free && fits
    })
}

/// Runs one request. Its response is missing when a fault leaves it out.
fn one(state: &State, app: Option<&Arc<App>>, item: &Item, done: &HashMap<String, u16>, work: &mut Work) -> (u16, Option<Value>) {
    let failed = item.depends_on.iter().any(|id| done.get(&id.to_lowercase()).is_none_or(|status| !(200..400).contains(status)));
    let outcome = if failed {
        Outcome::Answered(Err(Refusal::new(424, "FailedDependency", "A request that this one depends on has failed.")))
    } else if item.request.path.to_ascii_lowercase().ends_with("/$batch") {
        Outcome::Answered(Err(Refusal::new(400, "BadRequest", "A batch cannot hold a batch.")))
    } else {
        single(state, app, &item.request, Place::Batch, work)
    };
    let serial = state.next_serial();
    match outcome {
        Outcome::LeftOut => (0, None),
        Outcome::Gateway => {
            let page = URL_SAFE_NO_PAD.encode(GATEWAY_PAGE);
            (504, Some(json!({ "id": item.id, "status": 504, "headers": { "Content-Type": "text/html" }, "body": page })))
        }
        Outcome::Answered(result) => {
            let reply = dress(state, serial, &item.request, result);
            (reply.status, Some(response(&item.id, reply, serial)))
        }
    }
}

fn response(id: &str, reply: Reply, serial: u64) -> Value {
    let mut headers = Map::new();
    for (name, value) in &reply.headers {
        // Inside a batch the service's spelling of header names varies.
        let name = if serial.is_multiple_of(2) { capitalised(name.as_str()) } else { name.as_str().to_owned() };
        headers.insert(name, value.to_str().unwrap_or_default().into());
    }
    let mut response = json!({ "id": id, "status": reply.status, "headers": headers });
    match reply.body {
        Body::Json(body) => response["body"] = body,
        Body::Text(text) => response["body"] = text.into(),
        Body::Empty => {}
    }
    response
}

fn capitalised(name: &str) -> String {
    let parts: Vec<String> =
        name.split('-').map(|part| part.get(..1).unwrap_or_default().to_uppercase() + part.get(1..).unwrap_or_default()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::faults::{FaultKind, FaultPlan, Workload};
    use crate::graph::testing::{Desk, probe};

    #[test]
    fn requests_inside_are_answered_like_others_in_any_order() {
        let desk = Desk::new(120, &FaultPlan::default());
        let users: Vec<String> = desk.state.world().users.iter().take(20).map(|user| user.id.clone()).collect();
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
        let users: Vec<String> = desk.state.world().users.iter().take(20).map(|user| user.id.clone()).collect();
        let ids: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let requests: Vec<(&str, String)> =
            ids.iter().map(String::as_str).zip(users.iter().map(|user| probe(user, Workload::Mail))).collect();
        assert_eq!(desk.batch(&requests).0.rounds, 5);
        assert_eq!(desk.batch(&requests[..4]).0.rounds, 1);
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
