//! All users of a directory. The pages of one list come one after the other, so a large directory is read in parts side by side.

use rollcall_core::user::DirectoryUser;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::error::GraphError;
use crate::pages::{Page, Pages};
use crate::send::Graph;
use crate::users::{self, SELECT, TOP};

/// Users of a page, which is [`TOP`].
const PAGE: u32 = 999;
/// Up to so many users one list is as quick.
const SMALL: u32 = 4_000;
/// Parts that are read at once, and pages that are on their way or wait for their reader: while it is busy nothing more is asked for, so
/// that a large directory takes no more memory than a small one.
const AT_ONCE: usize = 6;
/// What a user principal name can begin with, what is rare together: a filter bears fifteen comparisons. Which characters Entra allows
/// there, and that `startswith` on it works without the advanced index, isn't in the documents at hand: the parts are therefore
/// compared with the count, and read again as one list where they don't add up.
const PARTS: &str = "a b c d e f g h i j k l m n o p q r s t u v w x y z 0123456789 _-.!#^~'";

type Found = Result<Page<DirectoryUser>, GraphError>;

/// The users, page by page in no order. Somebody may come twice, when the directory changes meanwhile.
pub struct Everyone {
    pages: mpsc::Receiver<Found>,
    /// What ended the reading, behind a page that was still worth having.
    failed: Option<GraphError>,
    /// Ends the reading when nobody listens any more.
    stop: CancellationToken,
}

/// Begins to read all users.
#[must_use]
pub fn everyone(graph: &Graph, stop: &CancellationToken) -> Everyone {
    let (sender, pages) = mpsc::channel(AT_ONCE);
    let stop = stop.child_token();
    tokio::spawn(read(graph.clone(), stop.clone(), sender));
    Everyone { pages, failed: None, stop }
}

/// At most how many requests it takes to read so many users: each part ends with a page that isn't full.
#[must_use]
pub fn requests(everybody: u32) -> u32 {
    let parts = if everybody > SMALL { PARTS.split(' ').count() } else { 1 };
    everybody / PAGE + u32::try_from(parts).unwrap_or(u32::MAX)
}

impl Everyone {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn next(&mut self) -> Result<Option<Page<DirectoryUser>>, GraphError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.pages.recv().await.transpose()
    }

    /// The next page, if it waits already. An error that does is what [`Self::next`] answers.
    pub fn at_hand(&mut self) -> Option<Page<DirectoryUser>> {
        if self.failed.is_some() {
            return None;
        }
        match self.pages.try_recv() {
            Ok(Ok(page)) => Some(page),
            Ok(Err(error)) => {
                self.failed = Some(error);
                None
            }
            Err(_) => None,
        }
    }
}

impl Drop for Everyone {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn read(graph: Graph, stop: CancellationToken, to: mpsc::Sender<Found>) {
    // The first page is asked for beside the count, so that a small directory costs no round trip more.
    let mut list = users::pages(&graph, None, &stop);
    let (first, before) = tokio::join!(list.next(), users::count(&graph, None, &stop));
    match (first, before) {
        (Ok(Some(page)), Ok(before)) if before > SMALL => {
            drop((list, page));
            match in_parts(&graph, &stop, &to).await {
                Ok(read) if adds_up(&graph, read, before, &stop).await => {}
                // Asked in one list nobody can be missing; who came already comes again.
                Ok(_) | Err(GraphError::Refused(_)) => forward(users::pages(&graph, None, &stop), &to).await,
                Err(error) => tell(&to, Err(error)).await,
            }
        }
        // Without a count there is nothing to compare parts with.
        (Ok(Some(page)), _) => {
            tell(&to, Ok(page)).await;
            forward(list, &to).await;
        }
        (Ok(None), _) => {}
        (Err(error), _) => tell(&to, Err(error)).await,
    }
}

/// Whether as many were read as there are, or were before: the directory may change while it is read.
async fn adds_up(graph: &Graph, read: u32, before: u32, stop: &CancellationToken) -> bool {
    read == before || users::count(graph, None, stop).await.is_ok_and(|after| (before.min(after)..=before.max(after)).contains(&read))
}

/// Reads all parts, so many at a time; answers how many users they held.
async fn in_parts(graph: &Graph, stop: &CancellationToken, to: &mpsc::Sender<Found>) -> Result<u32, GraphError> {
    let mut left = PARTS.split(' ');
    let mut parts = tokio::task::JoinSet::new();
    let mut read = 0;
    loop {
        while parts.len() < AT_ONCE
            && let Some(letters) = left.next()
        {
            parts.spawn(part(graph.clone(), letters, stop.clone(), to.clone()));
        }
        match parts.join_next().await {
            None => return Ok(read),
            Some(Ok(part)) => read += part?,
            // The task ends early only when the runtime is shut down.
            Some(Err(_)) => return Err(GraphError::Cancelled),
        }
    }
}

async fn part(graph: Graph, letters: &str, stop: CancellationToken, to: mpsc::Sender<Found>) -> Result<u32, GraphError> {
    let filter = beginning_with(letters);
    let query = [("$select", SELECT), ("$top", TOP), ("$filter", filter.as_str())];
    let mut pages = Pages::of::<users::User>(&graph, graph.url(&["users"], &query), false, &stop).one_at_a_time();
    let mut read = 0;
    loop {
        // Nobody may be listening any more; then the reading is stopped as well.
        let Ok(place) = to.reserve().await else { return Err(GraphError::Cancelled) };
        let Some(page) = pages.next().await? else { return Ok(read) };
        read += u32::try_from(page.items.len()).unwrap_or(u32::MAX);
        place.send(Ok(page));
    }
}

/// Those whose principal name begins with one of the letters.
fn beginning_with(letters: &str) -> String {
    let one = |letter: char| format!("startswith(userPrincipalName,'{}')", letter.to_string().replace('\'', "''"));
    letters.chars().map(one).collect::<Vec<_>>().join(" or ")
}

async fn forward(mut pages: Pages<DirectoryUser>, to: &mpsc::Sender<Found>) {
    while let Some(page) = pages.next().await.transpose() {
        let last = page.is_err();
        tell(to, page).await;
        if last {
            return;
        }
    }
}

/// Nobody may be listening any more; then the reading is stopped as well.
async fn tell(to: &mpsc::Sender<Found>, page: Found) {
    let _ = to.send(page).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_a_filter_that_graph_bears() {
        for letters in PARTS.split(' ') {
            let filter = beginning_with(letters);
            assert!((1..=15).contains(&filter.matches("startswith(").count()), "{filter}");
        }
        assert_eq!(beginning_with("~'"), "startswith(userPrincipalName,'~') or startswith(userPrincipalName,'\'\'')");
    }
}
