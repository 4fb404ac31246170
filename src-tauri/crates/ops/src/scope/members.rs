//! Who is in the unit of a scope, directly and through groups inside it.

use std::collections::BTreeSet;

use rollcall_core::id::ObjectId;
use rollcall_core::scope::{Limit, Members, Unit, UnitKind};
use rollcall_core::user::{DirectoryUser, MailboxKind};
use rollcall_graph::error::GraphError;
use rollcall_graph::groups::{self, Members as Which};
use rollcall_graph::pages::Pages;
use rollcall_graph::send::Graph;
use rollcall_graph::{units, users};
use tokio_util::sync::CancellationToken;

/// The unit as the directory has it now.
pub(super) enum Found {
    /// With the name that it has now.
    Here(Unit, Members),
    Gone,
}

/// Reads the unit again, and who is in it.
pub(super) async fn of(graph: &Graph, unit: &Unit, stop: &CancellationToken) -> Result<Found, GraphError> {
    match unit.of {
        UnitKind::AdministrativeUnit => {
            let Some(now) = units::by_id(graph, unit.id, stop).await? else { return Ok(Found::Gone) };
            let direct = ids(units::members(graph, unit.id, stop)).await?;
            let unit = Unit { name: now.display_name, ..unit.clone() };
            Ok(Found::Here(unit, Members { nested: direct.clone(), direct }))
        }
        UnitKind::Group(_) => {
            let Some(now) = groups::by_id(graph, unit.id, stop).await? else { return Ok(Found::Gone) };
            let (direct, nested) = tokio::try_join!(
                ids(groups::members(graph, unit.id, Which::Direct, stop)),
                ids(groups::members(graph, unit.id, Which::Transitive, stop)),
            )?;
            let unit = Unit { id: unit.id, name: now.display_name, of: UnitKind::Group(now.kind) };
            Ok(Found::Here(unit, Members { direct, nested }))
        }
    }
}

/// Some mailboxes of each side, by their principal names: of those in the unit, and of those whom the directory names first.
pub(super) async fn some_of_each(
    graph: &Graph,
    limit: &Limit,
    of_each: usize,
    stop: &CancellationToken,
) -> Result<Vec<String>, GraphError> {
    let Found::Here(unit, members) = of(graph, &limit.unit, stop).await? else { return Ok(Vec::new()) };
    let mut first = match unit.of {
        UnitKind::AdministrativeUnit => units::members(graph, unit.id, stop),
        UnitKind::Group(_) if limit.mechanism.counts_nested() => groups::members(graph, unit.id, Which::Transitive, stop),
        UnitKind::Group(_) => groups::members(graph, unit.id, Which::Direct, stop),
    };
    let within = first.next().await?.map(|page| page.items).unwrap_or_default();
    let others = users::pages(graph, None, stop).next().await?.map(|page| page.items).unwrap_or_default();
    let counted = members.counted(limit.mechanism);
    let names = |users: Vec<DirectoryUser>, of_unit: bool| {
        let wanted = move |user: &DirectoryUser| has_mailbox(user) && counted.contains(&user.object_id) == of_unit;
        users.into_iter().filter(wanted).take(of_each).map(|user| user.upn).collect::<Vec<_>>()
    };
    Ok([names(within, true), names(others, false)].concat())
}

/// Whether a mailbox of the tenant is to be expected. A guest's is elsewhere.
pub(super) fn has_mailbox(user: &DirectoryUser) -> bool {
    user.mail.is_some() && user.mailbox_kind() != MailboxKind::Guest
}

async fn ids(mut pages: Pages<DirectoryUser>) -> Result<BTreeSet<ObjectId>, GraphError> {
    let mut ids = BTreeSet::new();
    while let Some(page) = pages.next().await? {
        ids.extend(page.items.into_iter().map(|user| user.object_id));
    }
    Ok(ids)
}
