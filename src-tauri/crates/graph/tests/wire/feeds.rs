//! Feeds of changes: what is told again, on another page or in another round.

use rollcall_core::id::ObjectId;
use rollcall_graph::feed::{self, Feed, Told};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::stub::{Stub, graph, json, quick};

#[tokio::test]
async fn what_is_told_on_two_pages_counts_once_and_once_more_in_the_next_round() {
    let stub = Stub::start(|nth, _, port| {
        let (items, name) = match nth {
            0 => (r#"{"id":"a"},{"id":"b"},{"id":"c"}"#, "nextLink"),
            1 => (r#"{"id":"a"},{"id":"b","@removed":{"reason":"deleted"}}"#, "deltaLink"),
            _ => (r#"{"id":"a"}"#, "deltaLink"),
        };
        let link = format!("http://127.0.0.1:{port}/p/token/graph/v1.0/users/contacts/delta?round={nth}");
        Some(json(200, format!(r#"{{"value":[{items}],"@odata.{name}":"{link}"}}"#)))
    })
    .await;
    let (graph, stop) = (graph(&stub, quick()), CancellationToken::new());
    let read = async |link: Option<&str>| feed::read(&graph, ObjectId(Uuid::nil()), &Feed::Contacts, link, &stop).await.unwrap();
    let counts = |told: &Told| (told.requests, told.changed, told.removed);
    let first = read(None).await;
    assert_eq!(counts(&first), (2, 2, 1), "what was told last holds");
    let next = read(Some(&first.link)).await;
    assert_eq!(counts(&next), (1, 1, 0), "no id of the round before is known");
}
