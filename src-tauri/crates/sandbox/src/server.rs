//! The listener: who may talk to the practice tenant, how long a request may take, and which part answers it.

mod alarm;
mod compress;
mod door;
mod house;
mod wire;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub(crate) use alarm::Alarm;
pub(crate) use house::House;
pub use wire::Wire;

/// Microsoft Graph takes 4 MB in one request.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// A client that takes longer to send a head or a body is cut off.
const READ_TIME: Duration = Duration::from_secs(10);
/// How long requests under way may still take when the practice tenant stops.
const GRACE: Duration = Duration::from_secs(5);
const MOST_HEADERS: usize = 64;
const LARGEST_HEAD: usize = 32 * 1024;
/// Requests at the same time on one connection of HTTP/2.
const MOST_STREAMS: u32 = 250;
/// Streams that a client may open and take back before they were looked at.
const MOST_RESETS: usize = 20;

/// Serves until `stop` says so or its sender is gone; then lets requests under way finish.
pub(crate) async fn serve(listener: TcpListener, house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = told(&mut stop) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    open.spawn(connection(stream, Arc::clone(&house), stop.clone()));
                }
                // Out of descriptors, or the peer is gone already: neither is cured by a quick retry.
                Err(error) => {
                    tracing::warn!(%error, "The practice tenant could not take a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = open.join_next() => {}
        }
    }
    drop(listener);
    let all = async { while open.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        open.shutdown().await;
    }
}

async fn connection(stream: TcpStream, house: Arc<House>, mut stop: watch::Receiver<bool>) {
    // Small answers must not wait for a full segment.
    let _ = stream.set_nodelay(true);
    let version = tokio::select! {
        version = timeout(READ_TIME, version(&stream)) => version,
        () = told(&mut stop) => return,
    };
    let Ok(version) = version else { return };
    let service = service_fn(move |request| {
        let house = Arc::clone(&house);
        async move { Box::pin(answer(house, request)).await }
    });
    let stream = TokioIo::new(stream);
    match version {
        Http::One => {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(READ_TIME)
                .max_headers(MOST_HEADERS)
                .max_buf_size(LARGEST_HEAD)
                .serve_connection(stream, service);
            until_told(connection, stop, http1::Connection::graceful_shutdown).await;
        }
        Http::Two => {
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_concurrent_streams(MOST_STREAMS)
                .max_header_list_size(LARGEST_HEAD as u32)
                .max_pending_accept_reset_streams(MOST_RESETS)
                .keep_alive_interval(READ_TIME)
                .keep_alive_timeout(READ_TIME)
                .serve_connection(stream, service);
            until_told(connection, stop, http2::Connection::graceful_shutdown).await;
        }
    }
}

enum Http {
    One,
    Two,
}

/// Which HTTP the client speaks, from its first bytes: HTTP/2 with prior knowledge begins with `PRI` (RFC 9113, 3.4). Anything else,
/// a closed connection too, is left to HTTP/1.1.
async fn version(stream: &TcpStream) -> Http {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0";
    let mut first = [0; PREFACE.len()];
    loop {
        let read = stream.peek(&mut first).await.unwrap_or(0);
        let seen = first.get(..read).unwrap_or_default();
        if seen == PREFACE {
            return Http::Two;
        }
        if seen.is_empty() || !PREFACE.starts_with(seen) {
            return Http::One;
        }
        // The beginning of a preface: its rest is on its way, and peeking again at once would show the same.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Serves a connection to its end; once told to stop, only requests under way are finished.
async fn until_told<C: Future>(connection: C, mut stop: watch::Receiver<bool>, shut_down: fn(Pin<&mut C>)) {
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = told(&mut stop) => {
            shut_down(connection.as_mut());
            let _ = connection.await;
        }
    }
}

/// Returns once the practice tenant is to stop, or nobody is left who could say so.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn answer(house: Arc<House>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let place = match door::check(&house, &head) {
        Ok(place) => place,
        Err(status) => return Ok(refusal(status)),
    };
    match read(body).await {
        Ok(body) => house.answer(place, head, body).await,
        Err(status) => Ok(refusal(status)),
    }
}

async fn read(body: Incoming) -> Result<Bytes, StatusCode> {
    match timeout(READ_TIME, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// A refusal at the door says nothing, not even whose door it is.
fn refusal(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
