//! The usual questions to a mailbox, answered without trees of JSON: most of what is ever asked. Whatever is asked in another way is
//! left to [`super::dispatch::single`], which gives the same answers.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::content::{self, FOLDERS};
use super::dispatch::{Outcome, Place, meet};
use super::query::{self, Query};
use super::route::{self, Route};
use super::traffic::{App, Visit};
use super::{State, Work, mailbox, time};
use crate::token::Caller;
use crate::world::User;

/// A question, taken apart.
pub(super) struct Probe<'a> {
    /// Without the leading slash and without the query.
    path: &'a str,
    user: &'a str,
    what: What,
    options: Rc<Options>,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    /// Its place in [`FOLDERS`].
    Folder(usize),
    CalendarView,
    ContactFolders,
    TaskLists,
    UserPurpose,
}

/// Takes questions apart. Mailboxes are mostly asked the same, so what was understood once is kept.
#[derive(Default)]
pub(super) struct Reader(Vec<(What, Rc<Options>)>);

impl Reader {
    /// Understands path and query, relative to the version, if it is one of the usual questions.
    pub(super) fn read<'a>(&mut self, path: &'a str, query: &str) -> Option<Probe<'a>> {
        let path = path.trim_start_matches('/');
        let (user, rest) = path.strip_prefix("users/")?.split_once('/')?;
        // What would have to be decoded or escaped is not usual.
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._@".contains(&byte));
        if user.is_empty() || !plain(user) {
            return None;
        }
        let what = match rest {
            "calendarView" => What::CalendarView,
            "contactFolders" => What::ContactFolders,
            "todo/lists" => What::TaskLists,
            "mailboxSettings/userPurpose" => What::UserPurpose,
            _ => What::Folder(FOLDERS.iter().position(|(name, _)| Some(*name) == rest.strip_prefix("mailFolders/"))?),
        };
        let known = self.0.iter().find(|(asked, options)| *asked == what && options.text == query);
        let options = match known {
            Some((_, options)) => Rc::clone(options),
            None => {
                let options = Rc::new(Options::read(what, query)?);
                self.0.push((what, Rc::clone(&options)));
                options
            }
        };
        Some(Probe { path, user, what, options })
    }
}

/// What the query asks for; the same for many mailboxes.
struct Options {
    text: String,
    /// Properties besides `id` that are to be shown.
    counts: bool,
    top: usize,
    window: (i64, i64),
    /// The query of a link to the next page, up to its number.
    link: OnceCell<String>,
}

impl Options {
    fn read(what: What, text: &str) -> Option<Options> {
        let mut options = Options { text: text.to_owned(), counts: false, top: 10, window: (0, 0), link: OnceCell::new() };
        let (mut start, mut end, mut select) = (None, None, None);
        for option in text.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=')?;
            if value.contains(['%', '+']) {
                return None;
            }
            match name {
                "$select" => select = Some(value),
                "$top" => options.top = value.parse().ok().filter(|top| (1..=1_000).contains(top))?,
                "startDateTime" => start = Some(value),
                "endDateTime" => end = Some(value),
                _ => return None,
            }
        }
        match (what, select) {
            (What::Folder(_) | What::CalendarView | What::ContactFolders, Some("id")) => {}
            (What::Folder(_), Some("id,totalItemCount")) => options.counts = true,
            (What::TaskLists | What::UserPurpose, None) => {}
            _ => return None,
        }
        if let What::CalendarView = what {
            options.window = (time::parse(start?)?, time::parse(end?)?);
            if options.window.0 >= options.window.1 {
                return None;
            }
        }
        Some(options)
    }

    /// The query of the page that begins at a number.
    fn next(&self, at: usize) -> String {
        let link = self.link.get_or_init(|| Query::parse(&self.text).with(&["skip"], "$skip", ""));
        format!("{link}{at}")
    }
}

/// Answers the questions of one caller.
pub(super) struct Desk<'a> {
    pub(super) state: &'a State,
    pub(super) caller: &'a Caller,
    pub(super) app: &'a Arc<App>,
    pub(super) now_us: i64,
}

impl Desk<'_> {
    /// Writes the body of the answer, with status 200; or gives back another outcome, having written nothing.
    pub(super) fn answer(&self, probe: &Probe<'_>, place: Place, work: &mut Work, out: &mut Vec<u8>) -> Option<Outcome> {
        let (route, outcome) = self.try_answer(probe, place, work, out);
        let status = outcome.as_ref().map_or(200, Outcome::status);
        work.tally.add(&http::Method::GET, route.template, status);
        work.items += 1;
        if place == Place::Alone {
            work.rounds = 1;
        }
        outcome
    }

    fn try_answer(&self, probe: &Probe<'_>, place: Place, work: &mut Work, out: &mut Vec<u8>) -> (&'static Route, Option<Outcome>) {
        let Desk { state, caller, app, now_us } = *self;
        let route = match probe.what {
            What::Folder(_) => &route::FOLDER,
            What::CalendarView => &route::CALENDAR_VIEW,
            What::ContactFolders => &route::CONTACT_FOLDERS,
            What::TaskLists => &route::TASK_LISTS,
            What::UserPurpose => &route::SETTING,
        };
        let refused = |refusal| (route, Some(Outcome::Answered(Err(refusal))));
        if let Err(refusal) = route::authorise(route, caller, &[], state, now_us.div_euclid(1_000)) {
            return refused(refusal);
        }
        let world = state.world();
        let (at, user) = match mailbox::find(&world, probe.user, &caller.kind) {
            Ok(found) => found,
            Err(refusal) => return refused(refusal),
        };
        if let Err(refusal) = route::reach(route, caller, &world, at, now_us.div_euclid(1_000)) {
            return refused(refusal);
        }
        let fault = mailbox::fault_of(user, &caller.kind);
        let Some(workload) = route.workload else { return (route, None) };
        let visit = Visit { app, mailbox: at, workload, now_us, at_once: mailbox::concurrency(fault), first: true };
        if let Err(refusal) = state.traffic().admit(&visit, &mut work.hold) {
            return refused(refusal);
        }
        if let Some(outcome) = meet(state, &visit, fault, place, &mut work.hold) {
            return (route, Some(outcome));
        }
        self.write(probe, user, out);
        work.hold.succeeded();
        (route, None)
    }

    fn write(&self, probe: &Probe<'_>, user: &User, out: &mut Vec<u8>) {
        let (opened_ms, now_ms) = (self.state.opened_ms(), self.now_us.div_euclid(1_000));
        let Probe { user: key, what, options, .. } = probe;
        let put = |out: &mut Vec<u8>, parts: &[&str]| parts.iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
        let context = ["{\"@odata.context\":\"", self.state.graph(), "/v1.0/$metadata#users('", key, "')/"];
        put(out, &context);
        let etag = "{\"@odata.etag\":\"W/\\\"practice\\\"\",\"id\":\"";
        match what {
            What::Folder(at) => {
                let (name, _) = FOLDERS.get(*at).copied().unwrap_or_default();
                put(out, &["mailFolders/$entity\",", &etag[1..], content::folder_id(user, name).as_str(), "\""]);
                if options.counts {
                    query::field(out, b",", "totalItemCount", &content::messages(user, name, opened_ms).count(now_ms));
                }
                out.push(b'}');
            }
            What::CalendarView => {
                put(out, &["calendarView\",\"value\":["]);
                let series = content::events(user, opened_ms);
                let (from_ms, to_ms) = options.window;
                let mut found = (0..series.count(now_ms)).filter(|index| (from_ms..to_ms).contains(&content::starts_ms(&series, *index)));
                for (nth, index) in found.by_ref().take(options.top).enumerate() {
                    put(out, &[if nth == 0 { "" } else { "," }, etag, series.id(index).as_str(), "\"}"]);
                }
                out.push(b']');
                self.end(probe, found.next().map(|_| options.top), out);
            }
            What::ContactFolders => {
                put(out, &["contactFolders\",\"value\":[", etag, content::folder_id(user, "friends").as_str(), "\"}]}"]);
            }
            What::TaskLists => {
                put(out, &["todo/lists\",\"value\":"]);
                let lists = content::task_lists(user);
                let shown = lists.get(..options.top.min(lists.len())).unwrap_or_default();
                // Neither texts nor memory can refuse to be written.
                let _ = serde_json::to_writer(&mut *out, shown);
                self.end(probe, (shown.len() < lists.len()).then_some(shown.len()), out);
            }
            What::UserPurpose => put(out, &["mailboxSettings/userPurpose\",\"value\":\"", content::purpose(user.recipient), "\"}"]),
        }
    }

    /// The end of a page, with a link to the next one, if there is one and where it begins.
    fn end(&self, probe: &Probe<'_>, next: Option<usize>, out: &mut Vec<u8>) {
        if let Some(at) = next {
            let parts = [",\"@odata.nextLink\":\"", self.state.graph(), "/v1.0/", probe.path, "?", &probe.options.next(at), "\""];
            parts.iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
        }
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::faults::FaultPlan;
    use crate::graph::testing::Desk;

    #[test]
    fn usual_questions_are_answered_as_if_they_were_unusual() {
        let mut desk = Desk::new(60, &FaultPlan::none());
        desk.now_ms += 40 * 86_400_000;
        let window = "startDateTime=2026-11-01T00:00:00Z&endDateTime=2026-12-01T00:00:00Z";
        let questions = [
            "mailFolders/inbox?$select=id".to_owned(),
            "mailFolders/sentitems?$select=id,totalItemCount".to_owned(),
            format!("calendarView?{window}&$top=1&$select=id"),
            format!("calendarView?{window}&$select=id"),
            format!("calendarView?{window}&$top=1000&$select=id"),
            "contactFolders?$top=1&$select=id".to_owned(),
            "todo/lists?$top=1".to_owned(),
            "todo/lists".to_owned(),
            "mailboxSettings/userPurpose".to_owned(),
        ];
        let users: Vec<(String, String)> = desk.state.world().users.iter().map(|user| (user.id.to_string(), user.upn.clone())).collect();
        let mut next_pages = 0;
        for (id, upn) in users.iter().filter(|(_, upn)| !upn.contains(['\'', '#'])) {
            for (key, question) in [id, upn].into_iter().flat_map(|key| questions.iter().map(move |question| (key, question))) {
                let usual = desk.get(&format!("/users/{key}/{question}"));
                // An escaped letter is all that makes a question unusual.
                let mut unusual = desk.get(&format!("/%75sers/{key}/{question}"));
                if let Some(Value::String(link)) = unusual.body.get_mut("@odata.nextLink") {
                    *link = link.replace("%75", "u");
                    next_pages += 1;
                }
                assert_eq!((usual.status, usual.body), (200, unusual.body), "{question}");
            }
        }
        assert!(next_pages > 20, "{next_pages} answers had a next page");
        assert!(super::Reader::default().read("%75sers/a/todo/lists", "").is_none());
    }
}
