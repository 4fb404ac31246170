mod id;

use serde::Serialize;
use serde_json::{Value, json};

use super::time;
use crate::world::{Recipient, User, hash};
use id::ItemId;

/// Things of one kind in a mailbox: some from before the practice began, then a new one every so often. Nothing of it is stored.
pub(super) struct Series<'a> {
    owner: &'a str,
    salt: u64,
    base: u64,
    every_ms: i64,
    opened_ms: i64,
}

const HOUR_MS: i64 = 3_600_000;

/// Messages of a folder; only the inbox grows.
pub(super) fn messages<'a>(user: &'a User, folder: &str, opened_ms: i64) -> Series<'a> {
    let inbox = Series::new(user, 100, 5, 40, 10 * 60_000, 60 * 60_000, opened_ms);
    match folder {
        "inbox" => inbox,
        "sentitems" => Series { salt: 101, base: inbox.base / 2, every_ms: i64::MAX, ..inbox },
        _ => Series { salt: 102, base: 0, every_ms: i64::MAX, ..inbox },
    }
}

pub(super) fn events(user: &User, opened_ms: i64) -> Series<'_> {
    Series::new(user, 110, 3, 12, 4 * HOUR_MS, 12 * HOUR_MS, opened_ms)
}

pub(super) fn contacts(user: &User, opened_ms: i64) -> Series<'_> {
    Series::new(user, 120, 2, 15, 12 * HOUR_MS, 48 * HOUR_MS, opened_ms)
}

impl<'a> Series<'a> {
    fn new(user: &'a User, salt: u64, least: u64, spread: u64, soonest_ms: i64, latest_ms: i64, opened_ms: i64) -> Series<'a> {
        let drawn = hash(&user.id, salt);
        let every_ms = soonest_ms + i64::try_from(drawn >> 32).unwrap_or(0) % (latest_ms - soonest_ms);
        Series { owner: &user.id, salt, base: least + drawn % spread, every_ms, opened_ms }
    }

    /// How many there are at a moment.
    pub(super) fn count(&self, now_ms: i64) -> u64 {
        self.base + u64::try_from((now_ms - self.opened_ms) / self.every_ms).unwrap_or(0)
    }

    pub(super) fn id(&self, index: u64) -> ItemId {
        ItemId::new(b"AAMk", hash(self.owner, self.salt), hash(self.owner, self.salt + (index << 16)), b"AAA=")
    }

    /// When it came, in milliseconds since 1970.
    pub(super) fn came_ms(&self, index: u64) -> i64 {
        let place = i64::try_from(index).unwrap_or(i64::MAX) - i64::try_from(self.base).unwrap_or(0) + 1;
        if place > 0 { self.opened_ms + place * self.every_ms } else { self.opened_ms + (place - 1) * 6 * HOUR_MS }
    }
}

/// A message's properties. The text is made up and the same everywhere: nobody has a reason to read it.
pub(super) fn message(series: &Series<'_>, index: u64, folder_id: &ItemId) -> Value {
    let came = time::moment(series.came_ms(index));
    json!({
        "id": series.id(index),
        "createdDateTime": came,
        "lastModifiedDateTime": came,
        "receivedDateTime": came,
        "sentDateTime": came,
        "isRead": !index.is_multiple_of(3),
        "isDraft": false,
        "hasAttachments": false,
        "importance": "normal",
        "parentFolderId": folder_id,
        "conversationId": format!("AAQk{:016x}", hash(series.owner, index)),
        "subject": "Practice message",
        "bodyPreview": "Nothing to read here.",
        "body": { "contentType": "text", "content": "Nothing to read here." },
        "from": { "emailAddress": { "name": "Practice Sender", "address": "sender@fabrikam.example" } },
    })
}

/// When an event starts, in milliseconds since 1970: between ten days before its creation and thirty after.
pub(super) fn starts_ms(series: &Series<'_>, index: u64) -> i64 {
    let hours = i64::try_from(hash(series.owner, series.salt + index) % 960).unwrap_or(0) - 240;
    (series.came_ms(index) + hours * HOUR_MS).div_euclid(HOUR_MS) * HOUR_MS
}

pub(super) fn event(series: &Series<'_>, index: u64) -> Value {
    let start = starts_ms(series, index);
    json!({
        "id": series.id(index),
        "createdDateTime": time::moment(series.came_ms(index)),
        "type": "singleInstance",
        "isAllDay": false,
        "isCancelled": false,
        "subject": "Practice appointment",
        "start": { "dateTime": format!("{}.0000000", time::stamp(start)), "timeZone": "UTC" },
        "end": { "dateTime": format!("{}.0000000", time::stamp(start + HOUR_MS)), "timeZone": "UTC" },
    })
}

pub(super) fn contact(series: &Series<'_>, index: u64) -> Value {
    json!({
        "id": series.id(index),
        "createdDateTime": time::moment(series.came_ms(index)),
        "displayName": "Practice Contact",
        "emailAddresses": [{ "name": "Practice Contact", "address": "contact@fabrikam.example" }],
    })
}

/// Well-known name, display name and how the folders are ordered.
pub(super) const FOLDERS: [(&str, &str); 7] = [
    ("archive", "Archive"),
    ("deleteditems", "Deleted Items"),
    ("drafts", "Drafts"),
    ("inbox", "Inbox"),
    ("junkemail", "Junk Email"),
    ("outbox", "Outbox"),
    ("sentitems", "Sent Items"),
];

pub(super) fn folder_id(user: &User, name: &str) -> ItemId {
    ItemId::new(b"AQMk", hash(&user.id, 130), hash(name, 131), b"AAAA")
}

pub(super) fn folder(user: &User, name: &str, shown: &str, opened_ms: i64, now_ms: i64) -> Value {
    let total = messages(user, name, opened_ms).count(now_ms);
    json!({
        "id": folder_id(user, name),
        "displayName": shown,
        "parentFolderId": folder_id(user, "msgfolderroot"),
        "childFolderCount": 0,
        "totalItemCount": total,
        "unreadItemCount": if name == "inbox" { total.div_ceil(3) } else { 0 },
        "isHidden": false,
    })
}

pub(super) fn settings(user: &User) -> Value {
    let zone = match user.country {
        "GB" => "GMT Standard Time",
        "JP" => "Tokyo Standard Time",
        "CN" => "China Standard Time",
        "IN" => "India Standard Time",
        _ => "W. Europe Standard Time",
    };
    json!({
        "timeZone": zone,
        "language": { "locale": user.language, "displayName": user.language },
        "dateFormat": "yyyy-MM-dd",
        "timeFormat": "HH:mm",
        "userPurpose": purpose(user.recipient),
        "archiveFolder": folder_id(user, "archive"),
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "automaticRepliesSetting": { "status": "disabled", "externalAudience": "none" },
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "09:00:00.0000000",
            "endTime": "17:30:00.0000000",
            "timeZone": { "name": zone },
        },
    })
}

/// "todoTaskList resource type".
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskList {
    id: ItemId,
    display_name: &'static str,
    is_owner: bool,
    is_shared: bool,
    #[serde(rename = "wellknownListName")]
    pub(super) known: &'static str,
}

pub(super) fn task_lists(user: &User) -> [TaskList; 2] {
    [("defaultList", "Tasks"), ("flaggedEmails", "Flagged Emails")].map(|(known, display_name)| {
        let id = ItemId::new(b"AQMk", hash(&user.id, 140), hash(known, 141), b"AAA=");
        TaskList { id, display_name, is_owner: true, is_shared: false, known }
    })
}

/// The well-known name of the list with this id.
pub(super) fn task_list(user: &User, id: &str) -> Option<&'static str> {
    task_lists(user).into_iter().find(|list| list.id.as_str() == id).map(|list| list.known)
}

/// Tasks of a list; only the default one has any.
pub(super) fn tasks<'a>(user: &'a User, list: &str, opened_ms: i64) -> Series<'a> {
    let usual = Series::new(user, 150, 1, 8, 24 * HOUR_MS, 72 * HOUR_MS, opened_ms);
    if list == "defaultList" { usual } else { Series { salt: 151, base: 0, every_ms: i64::MAX, ..usual } }
}

pub(super) fn task(series: &Series<'_>, index: u64) -> Value {
    json!({
        "id": series.id(index),
        "createdDateTime": time::moment(series.came_ms(index)),
        "title": "Practice task",
        "status": "notStarted",
        "importance": "normal",
    })
}

/// `userPurpose` of "mailboxSettings resource type".
pub(super) fn purpose(recipient: Recipient) -> &'static str {
    match recipient {
        Recipient::Person => "user",
        Recipient::Shared => "shared",
        Recipient::Room => "room",
        Recipient::Equipment => "equipment",
        Recipient::Guest => "others",
    }
}
