//! Which connection a request leaves on.

use std::sync::{Arc, Mutex};

use rollcall_graph::gate::Gate;
use rollcall_graph::me;
use rollcall_graph::send::{Graph, GraphOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::stub::{clock, quick, token};

const ME: &str = r#"{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"ada@contoso.example","displayName":"Ada"}"#;

/// The connections that the requests so far came on, by number.
type Came = Arc<Mutex<Vec<usize>>>;

#[tokio::test]
async fn connections_are_reused_until_the_service_says_that_it_can_not_go_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let came = Came::default();
    tokio::spawn({
        let came = Arc::clone(&came);
        async move {
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(serve(stream, number, Arc::clone(&came)));
            }
        }
    });
    let gate = Gate::new(clock(), quick(), None);
    let bearer = Arc::new(|_| -> rollcall_graph::send::BoxFuture<_> { Box::pin(async { Ok(token("x")) }) });
    let graph = Graph::new(GraphOptions { base: base.parse().unwrap(), bearer, gate }).unwrap();
    for _ in 0..4 {
        me::read(&graph, &CancellationToken::new()).await.unwrap();
    }
    assert_eq!(*came.lock().unwrap(), [0, 0, 0, 1, 1], "the third request was answered 503 and repeated on a new connection");
}

/// Answers the third request of all with 503, and every other with a person; keeps the connection open.
async fn serve(mut stream: TcpStream, number: usize, came: Came) {
    let mut bytes = Vec::new();
    loop {
        while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        }
        bytes.clear();
        let nth = {
            let mut came = came.lock().unwrap();
            came.push(number);
            came.len()
        };
        let (status, body) = if nth == 3 { ("503 Service Unavailable", "") } else { ("200 OK", ME) };
        let answer = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
