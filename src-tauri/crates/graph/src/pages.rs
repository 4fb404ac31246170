//! Lists that come in pages: each next link stays inside Graph, leads on, and is fetched while the caller is busy with the last page.

use std::collections::HashSet;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::error::{GraphError, Trace};
use crate::gate::{Outcome, Size};
use crate::send::{BoxFuture, Call, Graph};
use crate::text;

/// More than any page that was asked for.
const MOST_ITEMS: usize = 10_000;
/// A page may be empty and still lead on ("Paging Microsoft Graph data"), but not for ever.
const MOST_EMPTY_PAGES: u32 = 1_000;
/// Twenty million users.
const MOST_PAGES: usize = 20_000;

/// The pages of one list, in order.
pub struct Pages<T> {
    graph: Graph,
    stop: CancellationToken,
    eventual: bool,
    /// Whether the next page is fetched before it is wanted.
    ahead: bool,
    fetch: Fetch<T>,
    next: Next<T>,
    seen: HashSet<String>,
    empty: u32,
    delta: Option<String>,
    /// What is known of the page that came last.
    last: Trace,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many there are in all, where the first page says so.
    pub total: Option<u32>,
}

type Fetch<T> = fn(Graph, Url, bool, CancellationToken) -> BoxFuture<Result<Fetched<T>, GraphError>>;

enum Next<T> {
    At(Result<Url, GraphError>),
    Coming(JoinHandle<Result<Fetched<T>, GraphError>>),
    End,
}

struct Fetched<T> {
    page: Page<T>,
    next: Option<String>,
    delta: Option<String>,
    trace: Trace,
}

impl<T: Send + 'static> Pages<T> {
    /// The pages from `first` on, each item read as `W` and then turned into `T`.
    pub(crate) fn of<W: DeserializeOwned + Into<T> + 'static>(
        graph: &Graph,
        first: Result<Url, GraphError>,
        eventual: bool,
        stop: &CancellationToken,
    ) -> Self {
        let seen = first.as_ref().map(|url| url.as_str().to_owned()).into_iter().collect();
        let fetch: Fetch<T> = |graph, url, eventual, stop| Box::pin(fetch::<W, T>(graph, url, eventual, stop));
        Self {
            graph: graph.clone(),
            stop: stop.clone(),
            eventual,
            ahead: true,
            fetch,
            next: Next::At(first),
            seen,
            empty: 0,
            delta: None,
            last: Trace::default(),
        }
    }

    /// Fetches no page before it is wanted: for lists that are read side by side, as each page that waits takes memory.
    pub(crate) fn one_at_a_time(mut self) -> Self {
        self.ahead = false;
        self
    }

    /// The next page, or `None` after the last. The one after it is already on its way when this returns, but for lists that are read
    /// [one page at a time](Self::one_at_a_time). After an error there are no more pages.
    ///
    /// # Errors
    /// [`GraphError::ForeignLink`] when a page leads elsewhere, [`GraphError::Endless`] when the pages go in a circle or on for
    /// ever, [`GraphError::TooLarge`] when a page holds more than 10,000 items, and all that a read can end with.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, GraphError> {
        let fetched = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Ok(None),
            Next::At(url) => {
                let url = url?;
                (self.fetch)(self.graph.clone(), url, self.eventual, self.stop.clone()).await?
            }
            // The task ends early only when the runtime is shut down.
            Next::Coming(mut task) => (&mut task).await.map_err(|_| GraphError::Cancelled)??,
        };
        (self.delta, self.last) = (fetched.delta, fetched.trace);
        self.empty = if fetched.page.items.is_empty() { self.empty + 1 } else { 0 };
        if let Some(link) = fetched.next {
            // A page that is here is worth having, so what is wrong with its link is told when the next one is asked for.
            self.next = match self.follow(&link) {
                Ok(url) if !self.ahead => Next::At(Ok(url)),
                Ok(url) => Next::Coming(tokio::spawn((self.fetch)(self.graph.clone(), url, self.eventual, self.stop.clone()))),
                Err(error) => Next::At(Err(error)),
            };
        }
        Ok(Some(fetched.page))
    }

    /// The link that the last page ended with: what changes from now on can be asked there.
    #[must_use]
    pub fn delta(&self) -> Option<&str> {
        self.delta.as_deref()
    }

    /// All items of all pages.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn all(mut self) -> Result<Vec<T>, GraphError> {
        let mut items = Vec::new();
        while let Some(page) = self.next().await? {
            items.extend(page.items);
        }
        Ok(items)
    }

    /// What a list is whose last page doesn't say what it should.
    pub(crate) fn endless(&self) -> GraphError {
        GraphError::Endless(Box::new(self.last.clone()))
    }

    fn follow(&mut self, link: &str) -> Result<Url, GraphError> {
        let url = self.graph.link(link)?;
        if self.empty >= MOST_EMPTY_PAGES || self.seen.len() >= MOST_PAGES || !self.seen.insert(url.as_str().to_owned()) {
            return Err(self.endless());
        }
        Ok(url)
    }
}

impl<T> Drop for Pages<T> {
    fn drop(&mut self) {
        if let Next::Coming(task) = &self.next {
            task.abort();
        }
    }
}

async fn fetch<W: DeserializeOwned + Into<T>, T>(
    graph: Graph,
    url: Url,
    eventual: bool,
    stop: CancellationToken,
) -> Result<Fetched<T>, GraphError> {
    let answer = graph.send(&Call::read(url).eventually(eventual), &stop).await?;
    // That it is UTF-8 is seen once for all of its texts.
    let Some(list) = std::str::from_utf8(&answer.body).ok().and_then(|body| serde_json::from_str::<List<W, T>>(body).ok()) else {
        return Err(GraphError::Damaged(Box::new(answer.trace)));
    };
    if list.value.len() > MOST_ITEMS {
        return Err(GraphError::TooLarge(Box::new(answer.trace)));
    }
    answer.permit.report(Outcome::Good(Size::Other));
    let items = list.value.into_iter().map(|Read(item, _)| item).collect();
    Ok(Fetched { page: Page { items, total: list.count }, next: text::some(list.next), delta: text::some(list.delta), trace: answer.trace })
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "W: Deserialize<'de> + Into<T>"))]
struct List<W, T> {
    value: Vec<Read<W, T>>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<text::Text>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<text::Text>,
    #[serde(rename = "@odata.count")]
    count: Option<u32>,
}

/// An item, turned into what it is kept as the moment it is read: otherwise a page would be there twice.
struct Read<W, T>(T, PhantomData<W>);

impl<'de, W: Deserialize<'de> + Into<T>, T> Deserialize<'de> for Read<W, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        W::deserialize(deserializer).map(|wire| Self(wire.into(), PhantomData))
    }
}
