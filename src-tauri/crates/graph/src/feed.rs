//! Feeds of changes of a mailbox ("Use delta query to track changes"): mail folders and their messages, events in a window, contacts,
//! task lists and their tasks. Only ids are asked for, and of what isn't a folder or list only the number is kept.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::error::{GraphError, Trace};
use crate::gate::{Outcome, Size};
use crate::moment;
use crate::send::{Answer, Call, Graph};

/// Items that a page is to hold; the service may send fewer.
const PAGE: &str = "odata.maxpagesize=200";
/// A round over a mailbox is at most 5,000 messages ("Get incremental changes to messages in a folder"); more pages than this lead nowhere.
const MOST_PAGES: usize = 2_000;

/// One feed of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feed {
    /// The mail folders, those inside of others among them.
    MailFolders,
    /// Messages of a folder that came since a moment.
    Messages {
        folder: String,
        since: Timestamp,
    },
    /// Events of the calendar within a window.
    Events {
        from: Timestamp,
        to: Timestamp,
    },
    Contacts,
    /// The lists of To Do.
    TaskLists,
    /// The tasks of one list.
    Tasks {
        list: String,
    },
}

/// What a feed said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Items that are new or changed, folders and lists not among them. One that is told several times in a round counts once, by what
    /// was told last; one that is told again in a later round counts there again, because no item's id is kept.
    pub changed: u32,
    /// Items that are gone.
    pub removed: u32,
    /// Folders or lists that are new or changed, and those that are gone: what is in them are feeds of their own.
    pub ids: Vec<String>,
    pub gone: Vec<String>,
    /// Where it goes on.
    pub link: String,
    pub requests: u32,
    /// Of the last answer.
    pub trace: Trace,
}

/// Why a feed told nothing, or not all.
#[derive(Debug)]
pub enum Untold {
    /// The mailbox refused; the trace's code, status and message tell why. With a wait where the service named one.
    Refused { trace: Box<Trace>, retry_after: Option<Duration>, requests: u32 },
    /// The changes since the link can't be told any more: read the feed from its beginning.
    Resync { requests: u32 },
    /// No usable answer came, or the work was stopped.
    Error { error: GraphError, requests: u32 },
}

impl Feed {
    /// Whether what it tells of are feeds of their own.
    #[must_use]
    pub fn leads_on(&self) -> bool {
        match self {
            Self::MailFolders | Self::TaskLists => true,
            Self::Messages { .. } | Self::Events { .. } | Self::Contacts | Self::Tasks { .. } => false,
        }
    }

    /// The address of its beginning, below the version.
    fn path(&self, user: ObjectId) -> String {
        match self {
            Self::MailFolders => format!("/users/{user}/mailFolders/delta?$select=id"),
            Self::Messages { folder, since } => {
                let since = moment::write(*since);
                format!("/users/{user}/mailFolders/{folder}/messages/delta?$select=id&$filter=receivedDateTime+ge+{since}")
            }
            Self::Events { from, to } => {
                let (from, to) = (moment::write(*from), moment::write(*to));
                format!("/users/{user}/calendarView/delta?startDateTime={from}&endDateTime={to}&$select=id")
            }
            Self::Contacts => format!("/users/{user}/contacts/delta?$select=id"),
            Self::TaskLists => format!("/users/{user}/todo/lists/delta"),
            Self::Tasks { list } => format!("/users/{user}/todo/lists/{list}/tasks/delta?$select=id"),
        }
    }
}

/// Reads a feed to its end: from where `link` says it goes on, or from its beginning.
///
/// # Errors
/// [`Untold`] says why it told nothing; nothing of a feed that broke off counts, because it is told again from the same place.
pub async fn read(graph: &Graph, user: ObjectId, feed: &Feed, link: Option<&str>, stop: &CancellationToken) -> Result<Told, Untold> {
    let first = match link {
        Some(link) => graph.link(link),
        None => graph.below(&feed.path(user)),
    };
    let mut round = Round::default();
    let mut next = first.map_err(|error| round.failed(error))?;
    let (mut seen, mut last) = (HashSet::new(), Trace::default());
    loop {
        // A page is followed once; links that lead in a circle have no end.
        if seen.len() >= MOST_PAGES || !seen.insert(next.as_str().to_owned()) {
            return Err(round.failed(GraphError::Endless(Box::new(last))));
        }
        round.requests += 1;
        let call = Call::ask_one(next, 0).preferring(PAGE);
        let answer = graph.send(&call, stop).await.map_err(|error| round.failed(error))?;
        let (page, trace) = match round.take(feed, answer) {
            Ok(page) => page,
            Err(untold) => {
                if let Untold::Refused { trace, retry_after: Some(wait), .. } = &untold
                    && trace.http == Some(429)
                {
                    // Its limits are the app's at that mailbox, whatever is read there.
                    graph.gate().hold(user, *wait);
                }
                return Err(untold);
            }
        };
        last = trace;
        match (page.next, page.delta) {
            (Some(link), _) => next = graph.link(&link).map_err(|error| round.failed(error))?,
            (None, Some(link)) => {
                // It is kept and asked later, so it must be one that we would ask now.
                graph.link(&link).map_err(|error| round.failed(error))?;
                return Ok(round.over(link, last));
            }
            (None, None) => return Err(round.failed(GraphError::Endless(Box::new(last)))),
        }
    }
}

/// What was told so far. The same change may be told again, and what is told last holds ("Use delta query to track changes", replays).
#[derive(Default)]
struct Round {
    /// Whether an item is gone, by a hash of its id: a mailbox has many, and only their number is wanted.
    items: HashMap<u64, bool>,
    hasher: RandomState,
    /// Whether a folder or list is gone, by its id.
    places: BTreeMap<String, bool>,
    requests: u32,
}

impl Round {
    fn failed(&self, error: GraphError) -> Untold {
        Untold::Error { error, requests: self.requests }
    }

    /// Takes in one item of a page.
    fn tell(&mut self, leads_on: bool, item: &Item) {
        let is_gone = item.removed.is_some();
        if leads_on {
            self.places.insert(item.id.clone(), is_gone);
        } else {
            self.items.insert(self.hasher.hash_one(&item.id), is_gone);
        }
    }

    fn over(self, link: String, trace: Trace) -> Told {
        let count = |wanted: bool| self.items.values().filter(|is_gone| **is_gone == wanted).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (changed, removed) = (number(count(false)), number(count(true)));
        let (gone, there): (Vec<_>, Vec<_>) = self.places.into_iter().partition(|(_, is_gone)| *is_gone);
        let ids = |places: Vec<(String, bool)>| places.into_iter().map(|(id, _)| id).collect();
        Told { changed, removed, ids: ids(there), gone: ids(gone), link, requests: self.requests, trace }
    }

    /// Counts what a page holds.
    fn take(&mut self, feed: &Feed, answer: Answer) -> Result<(Page, Trace), Untold> {
        let Answer { body, trace, permit, retry_after } = answer;
        match trace.http {
            Some(200..=299) => {}
            Some(429) => {
                permit.report(Outcome::Busy);
                return Err(Untold::Refused { trace: Box::new(trace), retry_after, requests: self.requests });
            }
            _ => {
                permit.report(Outcome::Indifferent);
                if trace.says_resync() {
                    return Err(Untold::Resync { requests: self.requests });
                }
                return Err(Untold::Refused { trace: Box::new(trace), retry_after, requests: self.requests });
            }
        }
        let Ok(page) = serde_json::from_slice::<Page>(&body) else {
            return Err(self.failed(GraphError::Damaged(Box::new(trace))));
        };
        permit.report(Outcome::Good(Size::Single));
        let leads_on = feed.leads_on();
        for item in page.value.iter().filter(|item| !(leads_on && item.is_search())) {
            // One that can't be followed would be left out, and the mailbox would seem to be read whole.
            if leads_on && !is_id(&item.id) {
                return Err(self.failed(GraphError::Damaged(Box::new(trace))));
            }
            self.tell(leads_on, item);
        }
        Ok((page, trace))
    }
}

/// An id that can stand in a path as it is. Exchange's are letters, digits and few signs; anything else isn't followed.
fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'+');
    !id.is_empty() && id.len() <= 512 && id.bytes().all(plain)
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Item>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    #[serde(rename = "@removed")]
    removed: Option<serde::de::IgnoredAny>,
}

impl Item {
    /// A search folder shows messages that are in other folders ("mailSearchFolder resource type"). Whether a feed of folders tells of
    /// them isn't documented.
    fn is_search(&self) -> bool {
        self.kind.as_deref() == Some("#microsoft.graph.mailSearchFolder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_asks_for_ids_and_nothing_else() {
        let user = ObjectId(uuid::Uuid::nil());
        let feeds = [
            Feed::MailFolders,
            Feed::Messages { folder: "inbox".into(), since: Timestamp(0) },
            Feed::Events { from: Timestamp(0), to: Timestamp(1) },
            Feed::Contacts,
            Feed::Tasks { list: "AAMk=".into() },
        ];
        for feed in feeds {
            let path = feed.path(user);
            assert!(path.contains("$select=id") && !path.contains("subject") && !path.contains("body"), "{path}");
        }
    }

    #[test]
    fn a_search_folder_is_known_by_its_type_and_any_other_folder_is_read() {
        let is_search = |item: &str| serde_json::from_str::<Item>(item).unwrap().is_search();
        assert!(is_search(r##"{"id": "AQMk=", "@odata.type": "#microsoft.graph.mailSearchFolder"}"##));
        assert!(!is_search(r##"{"id": "AQMk=", "@odata.type": "#microsoft.graph.mailFolder"}"##) && !is_search(r#"{"id": "AQMk="}"#));
    }

    #[test]
    fn what_is_told_again_counts_once_and_what_is_told_last_holds() {
        let page = |text: &str| serde_json::from_str::<Page>(text).unwrap().value;
        let first = page(r#"{"value": [{"id": "a"}, {"id": "b"}, {"id": "c", "@removed": {"reason": "deleted"}}, {"id": "a"}]}"#);
        let second = page(r#"{"value": [{"id": "b", "@removed": {"reason": "deleted"}}, {"id": "c"}, {"id": "d"}]}"#);
        let told = |leads_on| {
            let mut round = Round::default();
            first.iter().chain(&second).for_each(|item| round.tell(leads_on, item));
            round.over(String::new(), Trace::default())
        };
        assert_eq!((told(false).changed, told(false).removed), (3, 1));
        assert_eq!((told(true).ids, told(true).gone), (["a", "c", "d"].map(String::from).to_vec(), vec!["b".to_owned()]));
    }

    #[test]
    fn an_id_that_would_leave_its_place_in_a_path_is_not_followed() {
        assert!(is_id("AQMkADAwATM0MDAAMS0yZGY5LTdlZTAtMDACLTAwCgAuAAAD="));
        for id in ["", "..", "a/b", "a?b", "a b", "a%2f", "%2e%2e", &"a".repeat(600)] {
            assert!(!is_id(id), "{id:?}");
        }
    }
}
