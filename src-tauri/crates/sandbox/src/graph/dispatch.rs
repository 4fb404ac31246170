use std::sync::Arc;

use http::HeaderValue;
use percent_encoding::percent_decode_str;

use super::error::{self, Refusal};
use super::probe::{Desk, Reader};
use super::query::Query;
use super::route::{self, Route};
use super::traffic::{App, Hold, Visit};
use super::{Ask, Reply, Request, State, Work, mailbox, without_version};
use crate::faults::{Effect, FaultKind, Trouble};
use crate::token::CallerKind;

/// Where a request came in: alone, or in a round of a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Alone,
    Batch,
}

pub(super) enum Outcome {
    Answered(Result<Reply, Refusal>),
    /// The fault that a batch forgets to answer.
    LeftOut,
    /// A gateway answered instead of Graph.
    Gateway,
    /// The connection ends without an answer.
    Lost,
}

impl Outcome {
    pub(super) fn status(&self) -> u16 {
        match self {
            Outcome::Answered(Ok(reply)) => reply.status,
            Outcome::Answered(Err(refusal)) => refusal.status,
            Outcome::LeftOut | Outcome::Lost => 0,
            Outcome::Gateway => 504,
        }
    }
}

/// Answers one request that is not itself a batch. `app` is that of the caller; what is done for it is added to `work`.
pub(super) fn single(state: &State, app: Option<&Arc<App>>, request: &Request, place: Place, work: &mut Work) -> Outcome {
    if let (Some(caller), Some(app), &http::Method::GET) = (&request.caller, app, &request.method)
        && let Some(probe) = Reader::default().read(without_version(&request.path).unwrap_or_default(), &request.query)
    {
        let mut body = Vec::new();
        let desk = Desk { state, caller, app, now_us: request.now_us };
        return desk.answer(&probe, place, work, &mut body).unwrap_or_else(|| Outcome::Answered(Ok(Reply::raw(200, body))));
    }
    let (template, outcome) = match prepare(state, app, request) {
        Ok((route, ask)) => {
            if place == Place::Alone {
                work.rounds = u32::from(route.workload.is_some());
            }
            let trouble = route.workload.is_none().then(|| {
                let name = || format!("{} {}", request.method, route.template);
                let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().to_lowercase();
                state.trouble(name, || format!("{}?{}", decoded(&request.path), decoded(&request.query)))
            });
            let outcome = match trouble.flatten() {
                Some(trouble) => suffer(trouble, || run(&route, &ask, place, &mut work.hold)),
                None => run(&route, &ask, place, &mut work.hold),
            };
            (route.template, outcome)
        }
        Err((template, refusal)) => (template, Outcome::Answered(Err(refusal))),
    };
    work.tally.add(&request.method, template, outcome.status());
    work.items += 1;
    outcome
}

/// What becomes of a request that meets trouble on its way; `run` answers it.
fn suffer(trouble: Trouble, run: impl FnOnce() -> Outcome) -> Outcome {
    let refuse = |refusal| Outcome::Answered(Err(refusal));
    match trouble {
        Trouble::Forbidden => refuse(error::denied()),
        Trouble::Throttled { retry_after } => {
            let refusal = Refusal::new(429, "TooManyRequests", "Too many requests.");
            refuse(refusal.with("retry-after", retry_after.to_string()))
        }
        Trouble::Unavailable => refuse(Refusal::new(503, "serviceNotAvailable", "The service is not available.")),
        Trouble::CutOff => match run() {
            Outcome::Answered(Ok(reply)) => Outcome::Answered(Ok(reply.cut_off())),
            other => other,
        },
        Trouble::DoneUnanswered => {
            run();
            Outcome::Lost
        }
        Trouble::UndoneUnanswered => Outcome::Lost,
    }
}

/// The route's name for the counts, of a request that is not looked at any further.
pub(super) fn template(request: &Request) -> &'static str {
    let segments = split(without_version(&request.path).unwrap_or_default());
    route::find(&request.method, &segments).map_or(NO_ROUTE, |route| route.template)
}

const NO_ROUTE: &str = "(none)";

/// Finds the route and checks the token against it. The template comes back with a refusal so that it can be counted.
fn prepare<'a>(state: &'a State, app: Option<&'a Arc<App>>, request: &'a Request) -> Result<(Route, Ask<'a>), (&'static str, Refusal)> {
    let (Some(caller), Some(app)) = (&request.caller, app) else {
        return Err((NO_ROUTE, error::invalid_token()));
    };
    let path = without_version(&request.path).unwrap_or_default();
    let mut segments = split(path);
    if segments.first().is_some_and(|first| first.eq_ignore_ascii_case("me")) {
        let CallerKind::User { user_id, .. } = &caller.kind else {
            let refusal = Refusal::new(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
            return Err(("/me", refusal));
        };
        segments.splice(0..1, ["users".to_owned(), user_id.clone()]);
    }
    let route = route::find(&request.method, &segments).map_err(|refusal| (NO_ROUTE, refusal))?;
    route::authorise(&route, caller, &segments, state, request.now_us.div_euclid(1_000)).map_err(|refusal| (route.template, refusal))?;
    let ask = Ask {
        state,
        segments,
        path,
        query: Query::parse(&request.query),
        headers: &request.headers,
        body: &request.body,
        caller,
        app,
        now_us: request.now_us,
        now_ms: request.now_us.div_euclid(1_000),
    };
    Ok((route, ask))
}

fn run(route: &Route, ask: &Ask<'_>, place: Place, hold: &mut Hold) -> Outcome {
    let Some(workload) = route.workload else {
        return Outcome::Answered(directory(route, ask, hold));
    };
    let at = match mailbox::locate(ask) {
        Ok(at) => at,
        Err(refusal) => return Outcome::Answered(Err(refusal)),
    };
    if let Err(refusal) = route::reach(route, ask.caller, &ask.state.world(), at, ask.now_ms) {
        return Outcome::Answered(Err(refusal));
    }
    let fault = mailbox::fault(ask, at);
    let first = !["skip", "skiptoken", "deltatoken"].iter().any(|option| ask.query.get(option).is_some());
    let visit = Visit { app: ask.app, mailbox: at, workload, now_us: ask.now_us, at_once: mailbox::concurrency(fault), first };
    if let Err(refusal) = ask.state.traffic().admit(&visit, hold) {
        return Outcome::Answered(Err(refusal));
    }
    let outcome = meet(ask.state, &visit, fault, place, hold).unwrap_or_else(|| Outcome::Answered((route.run)(ask)));
    if first && matches!(&outcome, Outcome::Answered(Ok(reply)) if (200..300).contains(&reply.status)) {
        hold.succeeded();
    }
    outcome
}

/// What a request that was let in meets in the mailbox; `None` when it is answered as by a healthy one.
pub(super) fn meet(state: &State, visit: &Visit<'_>, fault: Option<FaultKind>, place: Place, hold: &mut Hold) -> Option<Outcome> {
    let fault = fault?;
    let attempt = state.traffic().attempt(visit.mailbox, visit.workload);
    match fault.effect(visit.workload, attempt) {
        Effect::Fine => None,
        Effect::Refusal { status, code, message } => Some(Outcome::Answered(Err(Refusal::new(status, code, message)))),
        Effect::Throttled { as_date } => Some(Outcome::Answered(Err(state.traffic().throttle(visit, as_date, hold)))),
        Effect::Gateway => Some(Outcome::Gateway),
        Effect::LeftOut => (place == Place::Batch).then_some(Outcome::LeftOut),
    }
}

/// A request to the directory costs resource units, which its answer tells.
fn directory(route: &Route, ask: &Ask<'_>, hold: &mut Hold) -> Result<Reply, Refusal> {
    if route.is_audit() {
        ask.state.traffic().read_log(ask.app, ask.now_us, hold)?;
    } else if route.template.starts_with("/identity/conditionalAccess/") {
        ask.state.traffic().read_access(ask.app, ask.now_us)?;
    }
    let units = cost(route.template, ask);
    ask.state.traffic().spend(ask.app, units, ask.now_us, hold)?;
    let mut reply = (route.run)(ask)?;
    reply.headers.insert("x-ms-resource-unit", HeaderValue::from(units));
    Ok(reply)
}

/// "Microsoft Graph service-specific throttling limits", resource units.
fn cost(template: &str, ask: &Ask<'_>) -> u32 {
    let base = match template {
        "/users" | "/applications" => 2,
        _ if template.contains("transitiveMembers") => 5,
        _ if template.contains("/members") || template == "/subscribedSkus" => 3,
        _ if template.contains("Grants") || template.contains("appRole") => 2,
        _ => 1_u32,
    };
    let small = ask.query.get("top").and_then(|top| top.parse::<u32>().ok()).is_some_and(|top| top < 20);
    let less = u32::from(ask.query.get("select").is_some()) + u32::from(small);
    base.saturating_sub(less).max(1)
}

/// Splits a path, decodes its parts and turns `users('ada')` and `servicePrincipals(appId='…')` into two segments each.
pub(super) fn split(path: &str) -> Vec<String> {
    let mut segments = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let part = percent_decode_str(part).decode_utf8_lossy().into_owned();
        match part.strip_suffix(')').and_then(|open| open.split_once('(')) {
            Some((name, "")) => segments.push(name.to_owned()),
            Some((name, key)) => {
                segments.push(name.to_owned());
                segments.push(match key.strip_prefix('\'').and_then(|key| key.strip_suffix('\'')) {
                    Some(literal) => literal.replace("''", "'"),
                    None => key.to_owned(),
                });
            }
            None => segments.push(part),
        }
    }
    segments
}
