//! The yardstick: a client that does what the wire needs and nothing else. It lists users by their pages, sends batches of twenty
//! with so many in flight, asks throttled parts again when their time has come, reads just enough to know that, and keeps nothing.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::serve::Details;
use crate::usage;

/// The name of this role.
pub const ROLE: &str = "bare";

/// What the engine asks of a user, so that all carry the same pages.
pub const SELECT: &str =
    "id,userPrincipalName,displayName,mail,proxyAddresses,department,jobTitle,accountEnabled,userType,onPremisesSyncEnabled,assignedPlans";
/// The workloads that are asked; those that [`crate::stage::WORKLOADS`] names.
pub const PROBES: [&str; 4] = [
    "mailFolders/inbox?$select=id,totalItemCount",
    "calendarView?startDateTime=2026-11-20T10:00:00Z&endDateTime=2026-11-21T10:00:00Z&$top=1&$select=id",
    "contactFolders?$top=1&$select=id",
    "mailboxSettings/userPurpose",
];
const LARGEST: usize = 20;

/// What to do.
#[derive(Serialize, Deserialize)]
pub struct Errand {
    pub details: Details,
    pub in_flight: usize,
    /// Whether mailboxes are asked while later pages are still on their way.
    pub overlap: bool,
    /// So many of those that were listed are asked.
    pub asked: u32,
}

/// How it went. Times in seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done {
    /// Until the last page was there.
    pub listing: f64,
    /// Asking alone, without the listing before it; where they overlap, all of it.
    pub asking: f64,
    pub whole: f64,
    pub processor: Option<f64>,
    pub peak_kb: Option<u64>,
    pub listed: usize,
    pub answered: usize,
    pub throttled: usize,
}

/// Runs the errand on one thread, which is the least that it costs.
pub fn run(errand: Errand) -> Result<Done> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(go(errand))
}

async fn go(errand: Errand) -> Result<Done> {
    // The TLS library wants a provider even where nothing is encrypted; the wire to Entra installs it.
    rollcall_identity::http::Wire::new()?;
    let client = connect(&errand.details).await?;
    let base = format!("{}/v1.0", errand.details.graph);
    let before = usage::processor();
    let started = Instant::now();
    let (sender, mut pages) = mpsc::unbounded_channel();
    let lister = tokio::spawn(list(client.clone(), format!("{base}/users?$select={SELECT}&$top=999"), sender));
    let mut asking = Asking::new(client, format!("{base}/$batch"), errand.in_flight, errand.asked);
    let mut began = started;
    if !errand.overlap {
        let mut all = Vec::new();
        while let Some(page) = pages.recv().await {
            all.extend(page);
        }
        began = Instant::now();
        asking.take(all);
    }
    asking.all(&mut pages).await?;
    let listing = lister.await??;
    Ok(Done {
        listing: listing.duration_since(started).as_secs_f64(),
        asking: began.elapsed().as_secs_f64(),
        whole: started.elapsed().as_secs_f64(),
        processor: usage::processor().zip(before).map(|(now, before)| (now - before).as_secs_f64()),
        peak_kb: usage::peak_memory(),
        listed: asking.listed,
        answered: asking.answered,
        throttled: asking.throttled,
    })
}

/// A client with the integration's own token.
async fn connect(details: &Details) -> Result<Client> {
    #[derive(Deserialize)]
    struct Token {
        access_token: String,
    }
    let (id, secret, scope) = (&details.client_id, &details.client_secret, format!("{}/.default", details.graph));
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", &scope)];
    let url = format!("{}/{}/oauth2/v2.0/token", details.authority, details.tenant_id);
    let token: Token = Client::builder().no_proxy().build()?.post(url).form(&form).send().await?.error_for_status()?.json().await?;
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {}", token.access_token))?);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(Client::builder().no_proxy().default_headers(headers).build()?)
}

/// Reads page after page and hands on the ids; answers when the last one was there.
async fn list(client: Client, first: String, pages: mpsc::UnboundedSender<Vec<Box<str>>>) -> Result<Instant> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(rename = "@odata.nextLink")]
        next: Option<String>,
        #[serde(borrow)]
        value: Vec<User<'a>>,
    }
    #[derive(Deserialize)]
    struct User<'a> {
        id: &'a str,
    }
    let mut next = Some(first);
    while let Some(url) = next.take() {
        let body = client.get(url).send().await?.error_for_status()?.bytes().await?;
        let page: Page<'_> = serde_json::from_slice(&body)?;
        // Nobody listens any more when asking has failed, which is told there.
        let _ = pages.send(page.value.iter().map(|user| user.id.into()).collect());
        next = page.next;
    }
    Ok(Instant::now())
}

/// One workload of one mailbox.
type Item = (u32, u8);

/// What came back of a batch: what was asked, the throttled ones with the moment from which they may be asked again.
struct Landed {
    answered: usize,
    again: Vec<(Instant, Item)>,
}

struct Asking {
    client: Client,
    url: Arc<str>,
    in_flight: usize,
    most: usize,
    ids: Vec<Box<str>>,
    ready: VecDeque<Item>,
    later: BinaryHeap<Reverse<(Instant, Item)>>,
    flights: JoinSet<Result<Landed>>,
    listed: usize,
    answered: usize,
    throttled: usize,
}

impl Asking {
    fn new(client: Client, url: String, in_flight: usize, most: u32) -> Self {
        Self {
            client,
            url: url.into(),
            in_flight,
            most: usize::try_from(most).unwrap_or(usize::MAX),
            ids: Vec::new(),
            ready: VecDeque::new(),
            later: BinaryHeap::new(),
            flights: JoinSet::new(),
            listed: 0,
            answered: 0,
            throttled: 0,
        }
    }

    fn take(&mut self, page: Vec<Box<str>>) {
        self.listed += page.len();
        for id in page {
            if self.ids.len() == self.most {
                break;
            }
            let mailbox = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
            self.ids.push(id);
            self.ready.extend((0..4).map(|workload| (mailbox, workload)));
        }
    }

    async fn all(&mut self, pages: &mut mpsc::UnboundedReceiver<Vec<Box<str>>>) -> Result<()> {
        let mut more = true;
        loop {
            let now = Instant::now();
            while let Some(Reverse((_, item))) = self.later.peek().copied().filter(|Reverse((due, _))| *due <= now) {
                self.later.pop();
                self.ready.push_front(item);
            }
            // A batch that is not full waits for the next page, as long as there is something else to wait for.
            while self.flights.len() < self.in_flight
                && !self.ready.is_empty()
                && (self.ready.len() >= LARGEST || !more || self.flights.is_empty())
            {
                self.take_off();
            }
            if !more && self.flights.is_empty() && self.later.is_empty() {
                let expected = self.ids.len() * PROBES.len();
                ensure!(self.answered == expected, "the bare client has {} answers of {expected}", self.answered);
                return Ok(());
            }
            let due = self.later.peek().map(|Reverse((due, _))| *due);
            tokio::select! {
                biased;
                Some(landed) = self.flights.join_next(), if !self.flights.is_empty() => {
                    let landed = landed??;
                    self.answered += landed.answered;
                    self.throttled += landed.again.len();
                    self.later.extend(landed.again.into_iter().map(Reverse));
                }
                page = pages.recv(), if more => match page {
                    Some(page) => self.take(page),
                    None => more = false,
                },
                () = tokio::time::sleep_until(due.unwrap_or(now).into()), if due.is_some() => {}
            }
        }
    }

    fn take_off(&mut self) {
        let items: Vec<Item> = (0..LARGEST).map_while(|_| self.ready.pop_front()).collect();
        let mut body = String::with_capacity(3_200);
        body.push_str(r#"{"requests":["#);
        for (at, &(mailbox, workload)) in items.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let id = self.ids.get(mailbox as usize).map_or("", |id| id);
            let path = PROBES.get(usize::from(workload)).copied().unwrap_or_default();
            // Writing to a text can't fail.
            let _ = write!(body, r#"{comma}{{"id":"{at}","method":"GET","url":"/users/{id}/{path}"}}"#);
        }
        body.push_str("]}");
        self.flights.spawn(fly(self.client.clone(), Arc::clone(&self.url), body, items));
    }
}

async fn fly(client: Client, url: Arc<str>, body: String, items: Vec<Item>) -> Result<Landed> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        responses: Vec<One<'a>>,
    }
    #[derive(Deserialize)]
    struct One<'a> {
        id: &'a str,
        status: u16,
        #[serde(default)]
        headers: Headers,
    }
    #[derive(Deserialize, Default)]
    struct Headers {
        #[serde(default, alias = "retry-after", rename = "Retry-After")]
        retry_after: Option<String>,
    }
    let answer = client.post(&*url).header(CONTENT_TYPE, "application/json").body(body).send().await?;
    let now = Instant::now();
    if answer.status() == 429 {
        let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let due = now + seconds(wait.as_deref())?;
        return Ok(Landed { answered: 0, again: items.into_iter().map(|item| (due, item)).collect() });
    }
    let body = answer.error_for_status()?.bytes().await?;
    let now = Instant::now();
    let answer: Answer<'_> = serde_json::from_slice(&body)?;
    ensure!(answer.responses.len() == items.len(), "a batch came back with {} of {} answers", answer.responses.len(), items.len());
    let mut landed = Landed { answered: 0, again: Vec::new() };
    for one in answer.responses {
        let item = one.id.parse::<usize>().ok().and_then(|at| items.get(at)).context("an answer to nothing")?;
        match one.status {
            429 => landed.again.push((now + seconds(one.headers.retry_after.as_deref())?, *item)),
            _ => landed.answered += 1,
        }
    }
    Ok(landed)
}

fn seconds(text: Option<&str>) -> Result<Duration> {
    Ok(Duration::from_secs(text.context("a 429 without a Retry-After")?.parse()?))
}
