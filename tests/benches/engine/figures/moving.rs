//! A bulk action as an admin waits for it: ten thousand users of a large directory into another organization.

use std::time::Instant;

use anyhow::{Result, ensure};
use rollcall_core::action::Action;
use rollcall_store::users::Chosen;
use rollcall_tests::{Rehearsal, Scene};

use super::Measured;
use super::lab::Lab;
use super::times::grouped;
use crate::figure::{Figure, Goal, Unit};
use crate::ours;
use crate::pairs::Series;
use crate::stage::told;

/// There and back again, so that each move finds what the first one found: timeline and journal entries are part of it.
pub fn moving(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let (people, moved) = (lab.size.most(), lab.size.most() / 10);
    lab.tell(&format!("moving: {moved} of {people} users"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let took = runtime.block_on(async {
        let rehearsal = Rehearsal::on(Scene { users: people, ..Scene::default() }).await;
        let here = rehearsal.ready().await.id;
        let there = rehearsal.organization("Contoso US", "US-01").await.map_err(told)?.id;
        let those = ours::some(&rehearsal.desk, moved).await?;
        let mut took = Series::default();
        for _ in 0..lab.size.pairs {
            for to in [there, here] {
                let begun = Instant::now();
                let acted = rehearsal.act(Chosen::Ids(those.clone()), Action::Move { to }).await;
                took.push(begun.elapsed().as_secs_f64() * 1_000.0);
                ensure!(acted.done == moved, "{} of {moved} users were moved", acted.done);
            }
        }
        Ok(took)
    })?;
    let what = format!("move {} of {} users to another organization at once", grouped(moved), grouped(people));
    let detail = format!("{} moves, {:.0}–{:.0} ms", took.len(), took.least(), took.most());
    measured.figures.push(Figure::new("moving", what, (took.median(), Unit::Milliseconds), Goal::AtMost(1_000.0), detail));
    Ok(())
}
