//! The listener: who may talk to the practice tenant, how long a request may take, and which part answers it.

mod alarm;
mod door;
mod house;
mod wire;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
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
    let service = service_fn(move |request| {
        let house = Arc::clone(&house);
        async move { Box::pin(answer(house, request)).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIME)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
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
