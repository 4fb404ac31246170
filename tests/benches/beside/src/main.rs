//! The work of the engine's benchmark as an application does it with graph-rs-sdk: it lists users page by page, asks mailboxes in
//! batches, and stores nothing. The benchmark hands it its errand as a line of standard input and reads a line of its output.
//!
//! It stands outside of the workspace, so that nothing else compiles the SDK. `cargo xtask bench` builds it as
//! `cargo build --release --locked --manifest-path tests/benches/beside/Cargo.toml --target-dir target/beside`.

#[path = "../../engine/usage.rs"]
#[expect(dead_code, reason = "the benchmark's other roles use the rest of it")]
mod usage;

use std::future::ready;
use std::io::{Write, stdin, stdout};

use anyhow::Result;
use futures::stream::{self, StreamExt, TryStreamExt};
use graph_rs_sdk::{GraphClient, GraphClientConfiguration, ODataQuery};
use reqwest::{Client, Proxy, Url};
use serde::{Deserialize, Serialize};

/// Requests in a batch.
const LARGEST: usize = 20;

/// What to do.
#[derive(Deserialize)]
struct Errand {
    details: Details,
    in_flight: usize,
    /// So many of those that were listed are asked.
    asked: usize,
    /// What is read of each user.
    select: String,
    /// What each mailbox is asked for, below its own path.
    probes: Vec<String>,
}

/// How to reach the practice tenant.
#[derive(Deserialize)]
struct Details {
    authority: String,
    graph: String,
    tenant_id: String,
    client_id: String,
    client_secret: String,
}

/// How it went.
#[derive(Serialize)]
struct Done {
    /// In seconds.
    processor: Option<f64>,
    listed: usize,
    answered: usize,
}

/// Runs the errand on one thread, which is the least that it costs.
fn main() -> Result<()> {
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    let errand = serde_json::from_str(&line)?;
    let done = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(go(errand))?;
    writeln!(stdout(), "{}", serde_json::to_string(&done)?)?;
    Ok(())
}

async fn go(errand: Errand) -> Result<Done> {
    let client = connect(&errand.details).await?;
    let before = usage::processor();
    let ids = list(&client, &errand.select).await?;
    let answered = ask(&client, &errand, &ids).await?;
    let processor = usage::processor().zip(before).map(|(now, before)| (now - before).as_secs_f64());
    Ok(Done { processor, listed: ids.len(), answered })
}

/// The SDK's client with the integration's own token. The SDK's own sign-in knows no other clouds than Microsoft's.
async fn connect(details: &Details) -> Result<GraphClient> {
    #[derive(Deserialize)]
    struct Token {
        access_token: String,
    }
    let (id, secret, scope) = (&details.client_id, &details.client_secret, format!("{}/.default", details.graph));
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", &scope)];
    let url = format!("{}/{}/oauth2/v2.0/token", details.authority, details.tenant_id);
    let token: Token = Client::builder().no_proxy().build()?.post(url).form(&form).send().await?.error_for_status()?.json().await?;
    // Loopback is reached directly, whatever proxy the environment names.
    let direct = Proxy::custom(|_| None::<Url>);
    let mut client = GraphClient::from(GraphClientConfiguration::new().access_token(token.access_token).https_only(false).proxy(direct));
    client.use_test_endpoint(&format!("{}/v1.0", details.graph).parse()?);
    Ok(client)
}

/// The ids of all users.
async fn list(client: &GraphClient, select: &str) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Page {
        value: Vec<User>,
    }
    #[derive(Deserialize)]
    struct User {
        id: String,
    }
    let mut ids = Vec::new();
    let users = client.users();
    let mut pages = users.list_user().select(&[select]).top("999").paging().stream::<Page>()?;
    while let Some(page) = pages.next().await {
        ids.extend(page?.into_body()?.value.into_iter().map(|user| user.id));
    }
    Ok(ids)
}

/// Asks the first of them, and answers how many answers came.
async fn ask(client: &GraphClient, errand: &Errand, ids: &[String]) -> Result<usize> {
    let of_one = |id| errand.probes.iter().map(move |probe| format!("/users/{id}/{probe}"));
    let urls: Vec<String> = ids.iter().take(errand.asked).flat_map(of_one).collect();
    let batches = stream::iter(urls.chunks(LARGEST).map(|urls| fly(client, urls)));
    batches.buffer_unordered(errand.in_flight).try_fold(0, |sum, more| ready(Ok(sum + more))).await
}

/// Sends one batch. A throttled request is none that was answered.
async fn fly(client: &GraphClient, urls: &[String]) -> Result<usize> {
    #[derive(Serialize)]
    struct Batch<'a> {
        requests: Vec<Request<'a>>,
    }
    #[derive(Serialize)]
    struct Request<'a> {
        id: String,
        method: &'static str,
        url: &'a str,
    }
    #[derive(Deserialize)]
    struct Answer {
        responses: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        status: u16,
    }
    let requests = urls.iter().enumerate().map(|(at, url)| Request { id: at.to_string(), method: "GET", url }).collect();
    let answer: Answer = client.batch(&Batch { requests }).send().await?.error_for_status()?.json().await?;
    Ok(answer.responses.iter().filter(|one| one.status != 429).count())
}
