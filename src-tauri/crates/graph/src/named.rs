//! The users who have certain addresses: a few at a time, asked for by name, where reading the whole directory would be more.

use std::vec::IntoIter;

use rollcall_core::user::DirectoryUser;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::GraphError;
use crate::membership::literal;
use crate::pages::{Page, Pages};
use crate::send::Graph;
use crate::users::{self, SELECT, TOP};

/// Addresses that one request asks for: each is compared in three ways, and a filter bears fifteen comparisons.
pub const TOGETHER: usize = 5;
/// Requests at once, as many as when everybody is read.
const AT_ONCE: usize = 4;

/// The users, group by group in no order. Somebody with several of the addresses may come several times.
pub struct Named {
    graph: Graph,
    stop: CancellationToken,
    filters: IntoIter<String>,
    under_way: JoinSet<Result<Vec<DirectoryUser>, GraphError>>,
    /// The first group, where it was asked for already.
    first: Option<Vec<DirectoryUser>>,
}

/// Begins to ask who has the addresses, as principal name, primary address or alias.
#[must_use]
pub fn named(graph: &Graph, addresses: &[String], stop: &CancellationToken) -> Named {
    let filters: Vec<String> = addresses.chunks(TOGETHER).map(filter).collect();
    Named { graph: graph.clone(), stop: stop.clone(), filters: filters.into_iter(), under_way: JoinSet::new(), first: None }
}

/// The users with that address: as their principal name, their primary address or another one.
///
/// # Errors
/// As [`Pages::next`].
pub async fn by_address(graph: &Graph, address: &str, stop: &CancellationToken) -> Result<Vec<DirectoryUser>, GraphError> {
    ask(graph.clone(), filter(&[address.to_owned()]), stop.clone()).await.map(|(found, _)| found)
}

impl Named {
    /// Asks for the first group, and answers how many requests it took: a filter may give empty pages that lead on, and as many for each
    /// group.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn requests_of_a_group(&mut self) -> Result<u32, GraphError> {
        let Some(filter) = self.filters.next() else { return Ok(0) };
        let (found, requests) = ask(self.graph.clone(), filter, self.stop.clone()).await?;
        self.first = Some(found);
        Ok(requests)
    }

    /// The users of the next group that was answered; `None` after the last.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn next(&mut self) -> Result<Option<Page<DirectoryUser>>, GraphError> {
        if let Some(items) = self.first.take() {
            return Ok(Some(Page { items, total: None }));
        }
        while self.under_way.len() < AT_ONCE
            && let Some(filter) = self.filters.next()
        {
            let (graph, stop) = (self.graph.clone(), self.stop.clone());
            self.under_way.spawn(async move { ask(graph, filter, stop).await.map(|(found, _)| found) });
        }
        match self.under_way.join_next().await {
            None => Ok(None),
            Some(Ok(items)) => Ok(Some(Page { items: items?, total: None })),
            // The task ends early only when the runtime is shut down.
            Some(Err(_)) => Err(GraphError::Cancelled),
        }
    }
}

/// Not of the eventually consistent index, so that nobody who was created just now is missing.
async fn ask(graph: Graph, filter: String, stop: CancellationToken) -> Result<(Vec<DirectoryUser>, u32), GraphError> {
    let query = [("$select", SELECT), ("$top", TOP), ("$filter", filter.as_str())];
    let mut pages = Pages::of::<users::User>(&graph, graph.url(&["users"], &query), false, &stop);
    let (mut found, mut requests) = (Vec::new(), 0);
    while let Some(page) = pages.next().await? {
        found.extend(page.items);
        requests += 1;
    }
    Ok((found, requests))
}

fn filter(addresses: &[String]) -> String {
    let of_one = |address: &String| {
        let (plain, proxy) = (literal(address), literal(&format!("smtp:{address}")));
        format!("userPrincipalName eq {plain} or mail eq {plain} or proxyAddresses/any(x:x eq {proxy})")
    };
    addresses.iter().map(of_one).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_in_three_ways_and_does_not_leave_its_quotes() {
        assert_eq!(
            filter(&["o'neil@contoso.example".to_owned()]),
            "userPrincipalName eq 'o''neil@contoso.example' or mail eq 'o''neil@contoso.example' or \
             proxyAddresses/any(x:x eq 'smtp:o''neil@contoso.example')"
        );
        let many: Vec<String> = (0..TOGETHER).map(|n| format!("{n}@contoso.example")).collect();
        assert_eq!(filter(&many).matches(" eq ").count(), 15);
    }
}
