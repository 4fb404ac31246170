//! A caller of the practice Graph for tests: no sockets, a clock that stands still until it is moved.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::{Answer, Limits, Request, State, answer};
use crate::faults::{FaultKind, FaultPlan, Workload};
use crate::token::{Caller, CallerKind};
use crate::world::World;

pub(super) const NOW: i64 = 1_795_000_000_000;

/// All that a full set of probes needs.
pub(super) const OUTLOOK: [&str; 6] =
    ["Mail.Read", "Calendars.Read", "Contacts.Read", "Tasks.Read.All", "MailboxSettings.Read", "User.Read.All"];

pub(super) struct Desk {
    pub(super) state: State,
    pub(super) caller: Option<Arc<Caller>>,
    pub(super) now_ms: i64,
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) rounds: u32,
}

impl Seen {
    pub(super) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("(no error)")
    }

    pub(super) fn ids(&self) -> Vec<String> {
        let list = self.body["value"].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
    }

    /// Path and query of the link to the next page or round.
    pub(super) fn link(&self, name: &str) -> Option<String> {
        self.body[name].as_str()?.strip_prefix("http://127.0.0.1:1/p/x/graph").map(str::to_owned)
    }

    pub(super) fn retry_after(&self) -> Option<&str> {
        self.headers.get("retry-after")?.to_str().ok()
    }
}

impl Desk {
    pub(super) fn new(users: u32, plan: &FaultPlan) -> Desk {
        Desk::limited(users, plan, Limits::default())
    }

    pub(super) fn limited(users: u32, plan: &FaultPlan, limits: Limits) -> Desk {
        let world = World::build(5, users, plan);
        let state = State::new(world, 5, "http://127.0.0.1:1/p/x/graph".to_owned(), limits, NOW);
        Desk { state, caller: None, now_ms: NOW, headers: Vec::new() }.app(&OUTLOOK)
    }

    /// Calls as an application that was granted these roles.
    pub(super) fn app(mut self, roles: &[&str]) -> Desk {
        let kind = CallerKind::App { roles: roles.iter().map(|role| (*role).to_owned()).collect() };
        self.caller = Some(Arc::new(Caller { app_id: "app".to_owned(), tenant_id: "tenant".to_owned(), kind }));
        self
    }

    /// Calls as a person with these scopes.
    pub(super) fn person(mut self, upn: &str, scopes: &[&str]) -> Desk {
        let (user_id, wids) = {
            let world = self.state.world();
            let user = world.user_by_upn(upn).unwrap();
            (user.id.to_string(), user.admin_roles.iter().map(|role| (*role).to_owned()).collect())
        };
        let kind = CallerKind::User { user_id, scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), wids };
        self.caller = Some(Arc::new(Caller { app_id: "app".to_owned(), tenant_id: "tenant".to_owned(), kind }));
        self
    }

    pub(super) fn eventual(mut self) -> Desk {
        self.headers.push(("consistencylevel", "eventual"));
        self
    }

    pub(super) fn get(&self, url: &str) -> Seen {
        self.send("GET", url, &Value::Null)
    }

    pub(super) fn send(&self, method: &str, url: &str, body: &Value) -> Seen {
        let answer = self.answer(method, url, body);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        answer.hold.deliver(self.now_ms * 1_000);
        Seen { status: answer.status, headers: answer.headers, body, rounds: answer.rounds }
    }

    /// The answer as it is on its way: what it keeps busy stays so until it is dropped.
    pub(super) fn answer(&self, method: &str, url: &str, body: &Value) -> Answer {
        let url = if url.starts_with("/v1.0") { url.to_owned() } else { format!("/v1.0{url}") };
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let request = Request {
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) },
            caller: self.caller.clone(),
            now_us: self.now_ms * 1_000,
        };
        answer(&self.state, &request)
    }

    /// Sends requests as one batch; the responses by id.
    pub(super) fn batch(&self, requests: &[(&str, String)]) -> (Seen, std::collections::BTreeMap<String, Value>) {
        let list: Vec<Value> = requests.iter().map(|(id, url)| json!({ "id": id, "method": "GET", "url": url })).collect();
        let seen = self.send("POST", "/$batch", &json!({ "requests": list }));
        let responses = seen.body["responses"].as_array().cloned().unwrap_or_default();
        let by_id = responses.into_iter().map(|response| (response["id"].as_str().unwrap_or_default().to_owned(), response)).collect();
        (seen, by_id)
    }

    /// The id of an account with this trouble; `None` finds a healthy person.
    pub(super) fn afflicted(&self, fault: Option<FaultKind>) -> String {
        let world = self.state.world();
        world.users.iter().skip(2).find(|user| user.fault == fault).map(|user| user.id.to_string()).unwrap()
    }
}

/// The cheapest question to each workload.
pub(super) fn probe(user: &str, workload: Workload) -> String {
    let rest = match workload {
        Workload::Mail => "mailFolders/inbox?$select=id",
        Workload::Calendar => "calendarView?startDateTime=2026-11-01T00:00:00Z&endDateTime=2026-12-01T00:00:00Z&$top=1&$select=id",
        Workload::Contacts => "contactFolders?$top=1&$select=id",
        Workload::Tasks => "todo/lists?$top=1",
        Workload::Settings => "mailboxSettings/userPurpose",
    };
    format!("/users/{user}/{rest}")
}
