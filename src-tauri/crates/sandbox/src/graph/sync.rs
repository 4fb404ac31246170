use serde_json::{Value, json};

use super::content::{self, Series};
use super::delta::{delta_body, link, select_text};
use super::error::Refusal;
use super::{Ask, Reply, mailbox, query, seal};

/// Outlook's tokens have no fixed life; this one stands in for the cache that forgets.
const OUTLOOK_LIFE_MS: i64 = 30 * 86_400_000;

/// `/mailFolders/{f}/messages/delta`.
pub(super) fn messages(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let (name, _) = mailbox::named_folder(ask)?;
    let world = ask.state.world();
    let user = world.user(ask.segment(1)).ok_or_else(gone)?;
    let series = content::messages(user, name, ask.state.opened_ms());
    let folder_id = content::folder_id(user, name);
    let kind = format!("messages/{name} {} {}", received_since(ask)?, i64::MAX);
    let of =
        Things { series: &series, when: &|index| series.came_ms(index), item: &|index| Some(content::message(&series, index, &folder_id)) };
    grow(ask, &kind, "message", &of, usize::MAX)
}

/// `/events/delta` and `/calendarView/delta`: both need a window, which stays the same for the whole chain of rounds.
pub(super) fn events(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let started = ask.query.get("deltatoken").is_some() || ask.query.get("skiptoken").is_some();
    let (from_ms, to_ms) = if started { (i64::MIN, i64::MAX) } else { mailbox::window(ask)? };
    let world = ask.state.world();
    let user = world.user(ask.segment(1)).ok_or_else(gone)?;
    let series = content::events(user, ask.state.opened_ms());
    let kind = format!("events {from_ms} {to_ms}");
    let of =
        Things { series: &series, when: &|index| content::starts_ms(&series, index), item: &|index| Some(content::event(&series, index)) };
    grow(ask, &kind, "event", &of, usize::MAX)
}

/// `/contacts/delta`: at most 200 to a page, as was seen of Microsoft's service.
pub(super) fn contacts(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let user = world.user(ask.segment(1)).ok_or_else(gone)?;
    let series = content::contacts(user, ask.state.opened_ms());
    let of = Things { series: &series, when: &|index| series.came_ms(index), item: &|index| Some(content::contact(&series, index)) };
    grow(ask, "contacts", "contact", &of, 200)
}

/// `/mailFolders/delta`: the folder tree, of which folders only go.
pub(super) fn folders(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let (opened_ms, now_ms) = (ask.state.opened_ms(), ask.now_ms);
    let folders = mailbox::with_user(ask, |user| {
        content::FOLDERS.map(|(name, shown)| (name, content::folder(user, name, shown, opened_ms, now_ms))).to_vec()
    })?;
    still(ask, "folders", "mailFolder", &folders)
}

/// `/todo/lists/delta`.
pub(super) fn task_lists(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let lists = mailbox::with_user(ask, |user| content::task_lists(user).map(|list| (list.known, json!(list))))?;
    still(ask, "lists", "todoTaskList", &lists)
}

/// `/todo/lists/{l}/tasks/delta`.
pub(super) fn tasks(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let user = world.user(ask.segment(1)).ok_or_else(gone)?;
    let list = content::task_list(user, ask.segment(4))
        .filter(|list| !ask.state.deleted().iter().any(|deleted| deleted == list))
        .ok_or_else(|| Refusal::new(404, "ErrorItemNotFound", "The specified object was not found in the store."))?;
    let series = content::tasks(user, list, ask.state.opened_ms());
    let of = Things { series: &series, when: &|index| series.came_ms(index), item: &|index| Some(content::task(&series, index)) };
    grow(ask, &format!("tasks/{list}"), "todoTask", &of, usize::MAX)
}

/// Since when messages are asked for: the one filter that their delta takes ("Get incremental changes to messages in a folder").
fn received_since(ask: &Ask<'_>) -> Result<i64, Refusal> {
    let Some(filter) = ask.query.get("filter") else { return Ok(i64::MIN) };
    let refused =
        || Refusal::new(400, "ErrorInvalidUrlQueryFilter", "The filter of a delta query on messages is receivedDateTime ge or gt.");
    let [name, operator, moment] = filter.split_whitespace().collect::<Vec<_>>()[..] else { return Err(refused()) };
    if !name.eq_ignore_ascii_case("receivedDateTime") || !matches!(operator, "ge" | "gt") {
        return Err(refused());
    }
    super::time::parse(moment).ok_or_else(refused)
}

/// What a round goes over.
struct Things<'a> {
    series: &'a Series<'a>,
    /// When each came or takes place, in milliseconds since 1970: what a window is about.
    when: &'a dyn Fn(u64) -> i64,
    item: &'a dyn Fn(u64) -> Option<Value>,
}

/// Where a round over a mailbox stands.
struct Round {
    /// What is tracked; for a calendar with its window.
    kind: String,
    next: u64,
    /// How many there were when the round began.
    until: u64,
    issued_ms: i64,
    era: u64,
    select: String,
}

impl Round {
    fn seal(&self, ask: &Ask<'_>) -> String {
        let Round { kind, next, until, issued_ms, era, select } = self;
        seal::seal("outlook", &format!("{}\t{kind}\t{next}\t{until}\t{issued_ms}\t{era}\t{select}", ask.segment(1).to_lowercase()))
    }

    fn open(ask: &Ask<'_>, token: &str) -> Result<Round, Refusal> {
        let damaged = || Refusal::new(400, "ErrorInvalidSyncStateData", "The sync state data is not valid.");
        let payload = seal::open("outlook", token).ok_or_else(damaged)?;
        let [owner, kind, next, until, issued_ms, era, select] = payload.split('\t').collect::<Vec<_>>()[..] else { return Err(damaged()) };
        if owner != ask.segment(1).to_lowercase() {
            return Err(damaged());
        }
        let issued_ms = issued_ms.parse().map_err(|_| damaged())?;
        let era = era.parse().map_err(|_| damaged())?;
        if ask.now_ms - issued_ms > OUTLOOK_LIFE_MS || era < ask.state.era() {
            return Err(gone());
        }
        Ok(Round {
            kind: kind.to_owned(),
            next: next.parse().map_err(|_| damaged())?,
            until: until.parse().map_err(|_| damaged())?,
            issued_ms,
            era,
            select: select.to_owned(),
        })
    }
}

/// One page of a round over things that only come.
fn grow(ask: &Ask<'_>, kind: &str, entity: &str, Things { series, when, item }: &Things<'_>, most: usize) -> Result<Reply, Refusal> {
    let mut round = match (ask.query.get("skiptoken"), ask.query.get("deltatoken")) {
        (Some(token), _) => Round::open(ask, token)?,
        (None, Some(token)) => {
            let last = Round::open(ask, token)?;
            Round { until: series.count(ask.now_ms), issued_ms: ask.now_ms, ..last }
        }
        (None, None) => Round {
            kind: kind.to_owned(),
            next: 0,
            until: series.count(ask.now_ms),
            issued_ms: ask.now_ms,
            era: ask.state.era(),
            select: select_text(ask),
        },
    };
    if round.kind.split(' ').next() != kind.split(' ').next() {
        return Err(Refusal::new(400, "ErrorInvalidSyncStateData", "The sync state data is not valid."));
    }
    let in_window = |index: u64| match round.kind.split(' ').skip(1).map(str::parse::<i64>).collect::<Result<Vec<_>, _>>().as_deref() {
        Ok([from_ms, to_ms]) => (*from_ms..*to_ms).contains(&when(index)),
        Ok(_) | Err(_) => true,
    };
    let names: Vec<&str> = round.select.split(',').filter(|name| !name.is_empty()).collect();
    let mut value = Vec::new();
    let mut next = round.next;
    while next < round.until && value.len() < page_size(ask).min(most) {
        if in_window(next)
            && let Some(found) = item(next)
        {
            value.push(mailbox::select_from(&names, entity, &found)?);
        }
        next += 1;
    }
    round.next = next;
    if ask.state.replays() {
        value.extend_from_within(..);
    }
    let mut body = delta_body(ask, "$delta", value);
    let (name, option) = if round.next < round.until { ("@odata.nextLink", "$skiptoken") } else { ("@odata.deltaLink", "$deltatoken") };
    body.insert(name.to_owned(), link(ask, option, &round.seal(ask)).into());
    let mut reply = Reply::json(200, body.into());
    if let Some(size) = ask.preference("odata.maxpagesize") {
        query::preference_applied(&mut reply.headers, &format!("odata.maxpagesize={size}"));
    }
    Ok(reply)
}

/// A round over folders or lists, by their well-known names: all of them first, then those that were deleted since.
fn still(ask: &Ask<'_>, kind: &str, entity: &str, items: &[(&str, Value)]) -> Result<Reply, Refusal> {
    let deleted = ask.state.deleted();
    let until = deleted.len() as u64;
    let (round, deleted_since) = match ask.query.get("deltatoken") {
        Some(token) => {
            let last = Round::open(ask, token)?;
            let since = usize::try_from(last.next).ok().and_then(|seen| deleted.get(seen..)).unwrap_or_default();
            (Round { issued_ms: ask.now_ms, next: until, ..last }, Some(since))
        }
        None => {
            let (kind, select) = (kind.to_owned(), select_text(ask));
            (Round { kind, next: until, until: 0, issued_ms: ask.now_ms, era: ask.state.era(), select }, None)
        }
    };
    let names: Vec<&str> = round.select.split(',').filter(|name| !name.is_empty()).collect();
    let is_among = |deleted: &[String], name: &str| deleted.iter().any(|one| one == name);
    let shown: Vec<Value> = match deleted_since {
        None => {
            let there = items.iter().filter(|(name, _)| !is_among(&deleted, name));
            there.map(|(_, item)| mailbox::select_from(&names, entity, item)).collect::<Result<_, _>>()?
        }
        Some(since) => {
            let gone = items.iter().filter(|(name, _)| is_among(since, name));
            gone.map(|(_, item)| json!({ "id": item["id"], "@removed": { "reason": "deleted" } })).collect()
        }
    };
    let mut body = delta_body(ask, "$delta", shown);
    body.insert("@odata.deltaLink".to_owned(), link(ask, "$deltatoken", &round.seal(ask)).into());
    Ok(Reply::json(200, body.into()))
}

fn page_size(ask: &Ask<'_>) -> usize {
    const USUAL: usize = 10;
    const MOST: usize = 512;
    let asked = ask.preference("odata.maxpagesize").and_then(|size| size.parse().ok()).or_else(|| ask.query.get("top")?.parse().ok());
    asked.unwrap_or(USUAL).clamp(1, MOST)
}

fn gone() -> Refusal {
    Refusal::new(410, "SyncStateNotFound", "The sync state generation is not found; start again.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::FaultPlan;
    use crate::graph::testing::{Desk, NOW};

    #[test]
    fn new_mail_arrives_with_time_and_is_told_once() {
        let mut desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        let total = desk.get(&format!("/users/{user}/mailFolders/inbox")).body["totalItemCount"].as_u64().unwrap();
        desk.headers.push(("prefer", "odata.maxpagesize=7"));
        let mut url = format!("/users/{user}/mailFolders/inbox/messages/delta?$select=id");
        let mut met = 0;
        let link = loop {
            let page = desk.get(&url);
            assert!(page.ids().len() <= 7);
            met += page.ids().len() as u64;
            match page.link("@odata.nextLink") {
                Some(next) => url = next,
                None => break page.link("@odata.deltaLink").unwrap(),
            }
        };
        assert_eq!(met, total);
        assert!(desk.get(&link).ids().is_empty(), "nothing came in the meantime");

        desk.now_ms = NOW + 2 * 3_600_000;
        let later = desk.get(&link);
        assert!(!later.ids().is_empty(), "a message comes at least every hour");
        let next = later.link("@odata.deltaLink").unwrap_or_else(|| later.link("@odata.nextLink").unwrap());
        desk.now_ms = NOW + OUTLOOK_LIFE_MS + 3 * 3_600_000;
        assert_eq!(desk.get(&next).code(), "SyncStateNotFound");
    }

    #[test]
    fn messages_since_a_moment_and_tasks_of_a_list_are_told_by_themselves() {
        let mut desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        desk.headers.push(("prefer", "odata.maxpagesize=500"));
        let all = desk.get(&format!("/users/{user}/mailFolders/inbox/messages/delta?$select=id")).ids().len();
        let day = super::super::time::stamp(NOW - 86_400_000);
        let since = format!("/users/{user}/mailFolders/inbox/messages/delta?$select=id&$filter=receivedDateTime+ge+{day}Z");
        let late = desk.get(&since);
        assert!((1..all).contains(&late.ids().len()), "{} of {all}", late.ids().len());
        assert!(desk.get(&late.link("@odata.deltaLink").unwrap()).ids().is_empty());
        assert_eq!(desk.get(&since.replace("received", "sent")).status, 400);

        let lists = desk.get(&format!("/users/{user}/todo/lists/delta")).ids();
        let tasks = |list: &str| desk.get(&format!("/users/{user}/todo/lists/{list}/tasks/delta?$select=id"));
        assert!(!tasks(&lists[0]).ids().is_empty() && tasks(&lists[1]).ids().is_empty());
        assert_eq!(tasks("AQMkAAAA").status, 404);
    }

    #[test]
    fn a_deleted_folder_is_told_as_removed_once_and_not_found_from_then_on() {
        let desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        let tree = format!("/users/{user}/mailFolders/delta?$select=id");
        let all = desk.get(&tree);
        desk.state.delete_place("archive");
        let since = desk.get(&all.link("@odata.deltaLink").unwrap());
        let [gone] = &since.ids()[..] else { panic!("{:?}", since.ids()) };
        assert!(all.ids().contains(gone) && since.body["value"][0]["@removed"]["reason"] == "deleted");
        assert!(desk.get(&since.link("@odata.deltaLink").unwrap()).ids().is_empty());
        assert_eq!(desk.get(&tree).ids().len(), all.ids().len() - 1);
        assert_eq!(desk.get(&format!("/users/{user}/mailFolders/{gone}/messages/delta")).code(), "ErrorItemNotFound");
    }

    #[test]
    fn tokens_serve_one_mailbox_and_one_kind_of_thing() {
        let desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        let link = desk.get(&format!("/users/{user}/contacts/delta?$top=200")).link("@odata.deltaLink").unwrap();
        let other = desk.state.world().users[0].id.to_string();
        assert_eq!(desk.get(&link.replace(&user, &other)).code(), "ErrorInvalidSyncStateData");
        assert_eq!(desk.get(&link.replace("contacts", "events")).code(), "ErrorInvalidSyncStateData");
        assert_eq!(desk.get(&format!("/users/{user}/calendarView/delta")).status, 400, "the first round needs a window");
        let events = desk.get(&format!("/users/{user}/calendarView/delta?startDateTime=2020-01-01&endDateTime=2040-01-01"));
        assert!(!events.ids().is_empty());
    }
}
