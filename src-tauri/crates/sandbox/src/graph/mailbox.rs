use serde_json::{Map, Value, json};

use super::content::{self, FOLDERS};
use super::error::{Refusal, mailbox_denied};
use super::filter::Filter;
use super::{Ask, Reply, query};
use crate::faults::FaultKind;
use crate::token::CallerKind;
use crate::world::{User, World};

/// The place of the mailbox that the path names. Signed-in people reach their own only.
pub(super) fn locate(ask: &Ask<'_>) -> Result<u32, Refusal> {
    find(&ask.state.world(), ask.segment(1), &ask.caller.kind).map(|(at, _)| at)
}

/// The account that `key` names, with its place, if this caller may reach its mailbox.
pub(super) fn find<'a>(world: &'a World, key: &str, caller: &CallerKind) -> Result<(u32, &'a User), Refusal> {
    let at = world.user_index(key).ok_or_else(invalid_user)?;
    let user = world.users.get(at).filter(|user| !user.deleted).ok_or_else(invalid_user)?;
    match caller {
        CallerKind::User { user_id, .. } if !user.id.eq_ignore_ascii_case(user_id) => Err(mailbox_denied()),
        CallerKind::User { .. } | CallerKind::App { .. } => Ok((u32::try_from(at).map_err(|_| invalid_user())?, user)),
    }
}

/// The mailbox's trouble for this caller: policies that scope apps do not touch people in their own mailbox.
pub(super) fn fault(ask: &Ask<'_>, at: u32) -> Option<FaultKind> {
    fault_of(ask.state.world().users.get(at as usize)?, &ask.caller.kind)
}

pub(super) fn fault_of(user: &User, caller: &CallerKind) -> Option<FaultKind> {
    let fault = user.fault?;
    let scopes_apps = matches!(fault, FaultKind::PolicyExcluded | FaultKind::ScopeExcluded);
    match caller {
        CallerKind::User { .. } if scopes_apps => None,
        CallerKind::User { .. } | CallerKind::App { .. } => Some(fault),
    }
}

/// How many requests at once the mailbox takes, when that differs from the usual number.
pub(super) fn concurrency(fault: Option<FaultKind>) -> Option<u32> {
    (fault == Some(FaultKind::Concurrency)).then_some(1)
}

pub(super) fn settings(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let mut settings = with_user(ask, content::settings)?;
    settings["@odata.context"] = context(ask, "mailboxSettings").into();
    Ok(Reply::json(200, settings))
}

/// A single property of the settings, such as `userPurpose`.
pub(super) fn setting(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let settings = with_user(ask, content::settings)?;
    let name = ask.segment(3);
    let found = settings.as_object().and_then(|settings| settings.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)));
    let Some((known, value)) = found else {
        return Err(Refusal::new(400, "BadRequest", format!("Resource not found for the segment '{name}'.")));
    };
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), context(ask, &format!("mailboxSettings/{known}")).into());
    match value {
        Value::Object(value) => body.extend(value.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            body.insert("value".to_owned(), value.clone());
        }
    }
    Ok(Reply::json(200, body.into()))
}

pub(super) fn folders(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let (opened_ms, now_ms) = (ask.state.opened_ms(), ask.now_ms);
    let deleted = ask.state.deleted();
    let folders: Vec<Value> = with_user(ask, |user| {
        let there = FOLDERS.into_iter().filter(|(name, _)| !deleted.iter().any(|one| one == name));
        there.map(|(name, shown)| content::folder(user, name, shown, opened_ms, now_ms)).collect()
    })?;
    page(ask, "mailFolders", "mailFolder", folders.len(), &|at| folders.get(at).cloned())
}

pub(super) fn folder(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let (opened_ms, now_ms) = (ask.state.opened_ms(), ask.now_ms);
    let (name, shown) = named_folder(ask)?;
    let folder = with_user(ask, |user| content::folder(user, name, shown, opened_ms, now_ms))?;
    item(ask, "mailFolders", "mailFolder", &folder)
}

pub(super) fn folder_messages(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let (name, _) = named_folder(ask)?;
    show_messages(ask, name)
}

pub(super) fn messages(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    show_messages(ask, "inbox")
}

pub(super) fn calendar(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let calendar = with_user(ask, calendar_of)?;
    item(ask, "calendar", "calendar", &calendar)
}

pub(super) fn calendars(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let calendar = with_user(ask, calendar_of)?;
    page(ask, "calendars", "calendar", 1, &|_| Some(calendar.clone()))
}

pub(super) fn events(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let opened_ms = ask.state.opened_ms();
    let events: Vec<Value> = with_user(ask, |user| {
        let series = content::events(user, opened_ms);
        (0..series.count(ask.now_ms)).map(|index| content::event(&series, index)).collect()
    })?;
    page(ask, "events", "event", events.len(), &|at| events.get(at).cloned())
}

/// Needs both ends of its window ("List calendarView").
pub(super) fn calendar_view(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let (from_ms, to_ms) = window(ask)?;
    let opened_ms = ask.state.opened_ms();
    let events: Vec<Value> = with_user(ask, |user| {
        let series = content::events(user, opened_ms);
        (0..series.count(ask.now_ms))
            .filter(|index| (from_ms..to_ms).contains(&content::starts_ms(&series, *index)))
            .map(|index| content::event(&series, index))
            .collect()
    })?;
    page(ask, "calendarView", "event", events.len(), &|at| events.get(at).cloned())
}

pub(super) fn contacts(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let opened_ms = ask.state.opened_ms();
    let contacts: Vec<Value> = with_user(ask, |user| {
        let series = content::contacts(user, opened_ms);
        (0..series.count(ask.now_ms)).map(|index| content::contact(&series, index)).collect()
    })?;
    page(ask, "contacts", "contact", contacts.len(), &|at| contacts.get(at).cloned())
}

pub(super) fn contact_folders(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let folder = with_user(
        ask,
        |user| json!({ "id": content::folder_id(user, "friends"), "displayName": "Friends", "parentFolderId": content::folder_id(user, "contacts") }),
    )?;
    page(ask, "contactFolders", "contactFolder", 1, &|_| Some(folder.clone()))
}

pub(super) fn task_lists(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let lists = with_user(ask, |user| content::task_lists(user).map(|list| json!(list)))?;
    page(ask, "todo/lists", "todoTaskList", lists.len(), &|at| lists.get(at).cloned())
}

/// Accepts a message and forgets it: nothing leaves the practice tenant.
pub(super) fn send(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let body = ask.json_body()?;
    let recipients = body.pointer("/message/toRecipients").and_then(Value::as_array);
    match recipients.is_some_and(|recipients| !recipients.is_empty()) {
        true => Ok(Reply::empty(202)),
        false => Err(Refusal::new(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")),
    }
}

/// The window of a calendar view, in milliseconds since 1970.
pub(super) fn window(ask: &Ask<'_>) -> Result<(i64, i64), Refusal> {
    let edge = |name: &str| {
        let text = ask.query.get(name).ok_or_else(|| {
            Refusal::new(
                400,
                "ErrorInvalidParameter",
                "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.",
            )
        })?;
        super::time::parse(text)
            .ok_or_else(|| Refusal::new(400, "ErrorInvalidParameter", format!("The value of '{name}' is not a date and time.")))
    };
    let (from_ms, to_ms) = (edge("startDateTime")?, edge("endDateTime")?);
    if from_ms < to_ms { Ok((from_ms, to_ms)) } else { Err(Refusal::new(400, "ErrorInvalidParameter", "The end is not after the start.")) }
}

/// The folder of the path, by well-known name or by id.
pub(super) fn named_folder(ask: &Ask<'_>) -> Result<(&'static str, &'static str), Refusal> {
    let key = ask.segment(3);
    let found = with_user(ask, |user| {
        FOLDERS.into_iter().find(|(name, _)| key.eq_ignore_ascii_case(name) || key == content::folder_id(user, name).as_str())
    })?;
    let deleted = ask.state.deleted();
    found.filter(|(name, _)| !deleted.iter().any(|one| one == name)).ok_or_else(|| {
        match key.starts_with("AQMk") || key.chars().all(|c| c.is_ascii_alphabetic()) {
            true => Refusal::new(404, "ErrorItemNotFound", "The specified object was not found in the store."),
            false => Refusal::new(400, "ErrorInvalidIdMalformed", "Id is malformed."),
        }
    })
}

pub(super) fn with_user<R>(ask: &Ask<'_>, use_it: impl FnOnce(&User) -> R) -> Result<R, Refusal> {
    ask.state.world().user(ask.segment(1)).map(use_it).ok_or_else(invalid_user)
}

fn show_messages(ask: &Ask<'_>, name: &str) -> Result<Reply, Refusal> {
    let opened_ms = ask.state.opened_ms();
    let world = ask.state.world();
    let user = world.user(ask.segment(1)).ok_or_else(invalid_user)?;
    let series = content::messages(user, name, opened_ms);
    let folder_id = content::folder_id(user, name);
    let count = series.count(ask.now_ms);
    // Newest first, as Outlook lists them.
    page(ask, "messages", "message", usize::try_from(count).unwrap_or(usize::MAX), &|at| {
        let index = count.checked_sub(u64::try_from(at).ok()? + 1)?;
        Some(content::message(&series, index, &folder_id))
    })
}

fn calendar_of(user: &User) -> Value {
    json!({
        "id": content::folder_id(user, "calendar"), "name": "Calendar", "isDefaultCalendar": true, "canEdit": true,
        "owner": { "name": user.display_name, "address": user.mail() },
    })
}

/// A page of a mailbox's things: `$top` up to 1000 (10 if absent), `$skip` and `$select`; `$filter` on what is shown.
fn page(ask: &Ask<'_>, context_name: &str, kind: &str, len: usize, item: &dyn Fn(usize) -> Option<Value>) -> Result<Reply, Refusal> {
    const USUAL_PAGE: usize = 10;
    const MOST: usize = 1_000;
    let number = |name: &str, otherwise: usize| match ask.query.get(name) {
        None => Ok(otherwise),
        Some(text) => text.parse::<usize>().map_err(|_| invalid_option(name)),
    };
    let (top, skip) = (number("top", USUAL_PAGE)?, number("skip", 0)?);
    if top == 0 || top > MOST {
        return Err(invalid_option("top"));
    }
    let filter = ask.query.get("filter").map(Filter::parse).transpose()?;
    let holds = |value: &Value| filter.as_ref().is_none_or(|filter| filter.matches(&|path| value.pointer(&format!("/{path}")).cloned()));
    let mut value = Vec::new();
    let mut at = skip;
    while at < len && value.len() < top {
        if let Some(found) = item(at).filter(|found| holds(found)) {
            value.push(select(ask, kind, &found)?);
        }
        at += 1;
    }
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), context(ask, context_name).into());
    if ask.query.get("count") == Some("true") {
        let count = (0..len).filter(|at| item(*at).is_some_and(|found| holds(&found))).count();
        body.insert("@odata.count".to_owned(), count.into());
    }
    if at < len {
        let query = ask.query.with(&["skip"], "$skip", &at.to_string());
        body.insert("@odata.nextLink".to_owned(), format!("{}/v1.0/{}?{query}", ask.state.graph(), ask.path).into());
    }
    body.insert("value".to_owned(), value.into());
    Ok(Reply::json(200, body.into()))
}

fn item(ask: &Ask<'_>, context_name: &str, kind: &str, value: &Value) -> Result<Reply, Refusal> {
    let mut shown = select(ask, kind, value)?;
    shown["@odata.context"] = context(ask, &format!("{context_name}/$entity")).into();
    Ok(Reply::json(200, shown))
}

/// Applies `$select`; `id` always comes along.
pub(super) fn select(ask: &Ask<'_>, kind: &str, value: &Value) -> Result<Value, Refusal> {
    select_from(&ask.query.select(), kind, value)
}

pub(super) fn select_from(names: &[&str], kind: &str, value: &Value) -> Result<Value, Refusal> {
    if names.is_empty() {
        return Ok(value.clone());
    }
    let mut shown = Map::new();
    shown.insert("@odata.etag".to_owned(), "W/\"practice\"".into());
    for name in names.iter().chain(&["id"]) {
        let known = value.as_object().and_then(|object| object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)));
        let Some((known, value)) = known else {
            let message = format!("Could not find a property named '{name}' on type 'Microsoft.OutlookServices.{kind}'.");
            return Err(Refusal::new(400, "RequestBroker--ParseUri", message));
        };
        shown.insert(known.clone(), value.clone());
    }
    Ok(shown.into())
}

fn context(ask: &Ask<'_>, name: &str) -> String {
    query::context(ask, &format!("users('{}')/{name}", ask.segment(1)))
}

fn invalid_option(name: &str) -> Refusal {
    Refusal::new(400, "ErrorInvalidUrlQueryFilter", format!("The value of the query option '${name}' is not valid."))
}

fn invalid_user() -> Refusal {
    Refusal::new(404, "ErrorInvalidUser", "The requested user is invalid.")
}

#[cfg(test)]
mod tests {
    use crate::faults::{FaultKind, FaultPlan, Workload};
    use crate::graph::testing::{Desk, OUTLOOK, probe};
    use crate::world::Recipient;

    #[test]
    fn healthy_mailboxes_answer_everything_whoever_owns_them() {
        let desk = Desk::new(120, &FaultPlan::none());
        for (recipient, purpose) in [(Recipient::Person, "user"), (Recipient::Shared, "shared"), (Recipient::Room, "room")] {
            let user = desk.state.world().users.iter().find(|user| user.recipient == recipient).unwrap().id;
            for workload in Workload::ALL {
                assert_eq!(desk.get(&probe(&user, workload)).status, 200, "{recipient:?} {workload:?}");
            }
            assert_eq!(desk.get(&probe(&user, Workload::Settings)).body["value"], purpose);
            for path in
                ["mailboxSettings", "mailFolders", "messages?$select=id", "mailFolders/inbox/messages", "calendar", "events", "contacts"]
            {
                assert_eq!(desk.get(&format!("/users/{user}/{path}")).status, 200, "{path}");
            }
        }
    }

    #[test]
    fn messages_come_in_pages_with_the_ids_only_that_were_asked_for() {
        let desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        let total = desk.get(&format!("/users/{user}/mailFolders/inbox")).body["totalItemCount"].as_u64().unwrap();
        let mut url = format!("/users/{user}/mailFolders/inbox/messages?$select=id&$top=4");
        let mut met = 0;
        loop {
            let page = desk.get(&url);
            met += page.ids().len();
            assert!(page.body["value"][0].get("subject").is_none());
            match page.link("@odata.nextLink") {
                Some(next) => url = next,
                None => break,
            }
        }
        assert_eq!(met as u64, total);
    }

    #[test]
    fn a_calendar_view_needs_both_ends() {
        let desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        assert_eq!(desk.get(&format!("/users/{user}/calendarView")).status, 400);
        assert_eq!(desk.get(&format!("/users/{user}/calendarView?startDateTime=2026-11-01")).status, 400);
        assert_eq!(desk.get(&format!("/users/{user}/mailFolders/nosuch")).code(), "ErrorItemNotFound");
    }

    #[test]
    fn each_workload_wants_its_own_permission() {
        let desk = Desk::new(30, &FaultPlan::none());
        let user = desk.afflicted(None);
        let enough = [
            (Workload::Mail, ["Mail.ReadBasic.All", "Mail.ReadWrite"]),
            (Workload::Calendar, ["Calendars.ReadBasic.All", "Calendars.ReadWrite"]),
            (Workload::Contacts, ["Contacts.Read", "Contacts.ReadWrite"]),
            (Workload::Tasks, ["Tasks.Read.All", "Tasks.ReadWrite.All"]),
            (Workload::Settings, ["MailboxSettings.Read", "MailboxSettings.ReadWrite"]),
        ];
        let mut desk = desk;
        for (granted, roles) in enough {
            for role in roles {
                desk = desk.app(&[role]);
                for workload in Workload::ALL {
                    let seen = desk.get(&probe(&user, workload));
                    let expected = if workload == granted { (200, "(no error)") } else { (403, "ErrorAccessDenied") };
                    assert_eq!((seen.status, seen.code()), expected, "{role} on {workload:?}");
                }
            }
        }
        let desk = desk.app(&[]);
        assert_eq!((desk.get(&probe(&user, Workload::Mail)).status, desk.get(&probe(&user, Workload::Mail)).code()), (401, "UnknownError"));
    }

    #[test]
    fn people_reach_their_own_mailbox_only_and_app_policies_do_not_touch_them() {
        let desk = Desk::new(120, &FaultPlan::none().with(FaultKind::PolicyExcluded, 1));
        let excluded = desk.afflicted(Some(FaultKind::PolicyExcluded));
        let upn = desk.state.world().user(&excluded).unwrap().upn.clone();
        let desk = desk.person(&upn, &["Mail.ReadWrite"]);
        assert_eq!(desk.get("/me/mailFolders/inbox").status, 200);
        assert_eq!(desk.get("/users/admin@contoso.example/mailFolders/inbox").code(), "ErrorAccessDenied");
        let desk = desk.app(&OUTLOOK);
        assert!(
            desk.get(&probe(&excluded, Workload::Mail)).body["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with("Access to OData is disabled")
        );
    }
}
