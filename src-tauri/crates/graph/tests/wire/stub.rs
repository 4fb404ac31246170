//! A server that answers whatever a test makes up, byte for byte, and remembers what it was asked.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::HeaderValue;
use rollcall_core::time::{Clock, Timestamp};
use rollcall_graph::gate::Gate;
use rollcall_graph::pace::Pace;
use rollcall_graph::send::{Ask, Bearer, Graph, GraphOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// One request as it came in.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Method and target.
    pub line: String,
    /// Head lines as they were sent, without the first.
    pub head: Vec<String>,
    pub body: Vec<u8>,
    pub at: Instant,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// A listening stub.
pub struct Stub {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// What a stub does with its `nth` request (from 0); `None` leaves it without an answer.
pub type Script = dyn Fn(usize, &Seen, u16) -> Option<Vec<u8>> + Send + Sync;

impl Stub {
    pub async fn start(script: impl Fn(usize, &Seen, u16) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, port, Arc::clone(&seen), Arc::clone(&script)));
                }
            }
        });
        Self { port, seen }
    }

    /// A stub that gives every request the same answer.
    pub async fn always(answer: Vec<u8>) -> Self {
        Self::start(move |_, _, _| Some(answer.clone())).await
    }

    /// An address where nothing listens.
    pub async fn gone() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        Self { port, seen: Arc::default() }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    fn base(&self) -> String {
        format!("http://127.0.0.1:{}/p/token/graph", self.port)
    }
}

async fn serve(mut stream: TcpStream, port: u16, seen: Arc<Mutex<Vec<Seen>>>, script: Arc<Script>) {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines().map(str::to_owned);
    let mut request =
        Seen { line: lines.next().unwrap_or_default(), head: lines.collect(), body: bytes.split_off(end + 4), at: Instant::now() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    while request.body.len() < length {
        stream.read_buf(&mut request.body).await.unwrap();
    }
    let nth = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    match script(nth, &request, port) {
        Some(answer) => {
            // The other side may have hung up in the middle of an answer that is too long for it.
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
        None => tokio::time::sleep(Duration::from_secs(600)).await,
    }
}

/// A whole answer with its length.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

/// An answer in JSON.
pub fn json(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    answer(
        status,
        &[
            ("Content-Type", "application/json; odata.metadata=minimal; charset=utf-8"),
            ("request-id", "0a0b0c0d-0000-4000-8000-00000000000a"),
        ],
        body,
    )
}

/// Numbers that make a test quick and leave the rules as they are.
pub fn quick() -> Pace {
    Pace { tries: 3, throttled_tries: 3, back_off: Duration::from_millis(2), connect: Duration::from_secs(5), ..Pace::default() }
}

/// A clock that starts on 20 November 2026 at 10:00 UTC.
pub fn clock() -> Clock {
    let start = Instant::now();
    Arc::new(move || Timestamp(1_795_168_800_000).after(start.elapsed()))
}

/// A Graph on the stub, with a token that is easy to find where it shouldn't be.
pub fn graph(stub: &Stub, pace: Pace) -> Graph {
    graph_with(stub, pace, Arc::new(|_| Box::pin(async { Ok(token("tell-tale")) })))
}

pub fn graph_with(stub: &Stub, pace: Pace, bearer: Bearer) -> Graph {
    let base = Url::parse(&stub.base()).unwrap();
    Graph::new(GraphOptions { base, bearer, gate: Gate::new(clock(), pace, None) }).unwrap()
}

pub fn token(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(&format!("Bearer {text}")).unwrap();
    value.set_sensitive(true);
    value
}

/// A bearer that yields a different token after a renewal, and remembers what it was asked for.
pub fn renewing() -> (Bearer, Arc<Mutex<Vec<Ask>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let bearer: Bearer = Arc::new({
        let asked = Arc::clone(&asked);
        move |ask| {
            let text = if ask == Ask::Current { "old" } else { "new" };
            asked.lock().unwrap().push(ask);
            Box::pin(async move { Ok(token(text)) })
        }
    });
    (bearer, asked)
}
