//! Who of the users has consented, as it is answered from the disk: what the screen waits for.

use std::time::Instant;

use anyhow::{Result, ensure};
use rollcall_core::integration::Preset;
use rollcall_core::organization::AccessType;
use rollcall_ops::consent::read::read;
use rollcall_ops::consent::users::{ConsentUsers, WhichConsents, users};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_tests::{Rehearsal, Scene};

use super::Measured;
use super::lab::Lab;
use super::times::grouped;
use crate::figure::{Figure, Goal, Unit};
use crate::pairs::Series;

/// Rows that a screen asks for at once.
const WINDOW: u32 = 200;
/// The answer is asked for so often for each value of a median.
const ASKED: u32 = 20;

/// One window of the users that still lack something, with the counts of all.
pub fn consenting(lab: &Lab<'_>, measured: &mut Measured) -> Result<()> {
    let people = lab.size.some;
    lab.tell(&format!("consenting: {} users", grouped(people)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let took = runtime.block_on(async {
        let rehearsal = Rehearsal::on(Scene { users: people, ..Scene::default() }).await;
        rehearsal.sign_in().await?;
        let organization = rehearsal.organization_of("outreach", Preset::Outreach, AccessType::GraphDelegated).await.id;
        rehearsal.import(organization).await?;
        read(&rehearsal.desk, OrganizationRef { organization }, &Job::quiet()).await?;
        let mut took = Series::default();
        for _ in 0..lab.size.pairs {
            let begun = Instant::now();
            for _ in 0..ASKED {
                let ask =
                    ConsentUsers { organization, which: WhichConsents::Missing, search: None, holding: None, offset: 0, limit: WINDOW };
                let page = users(&rehearsal.desk, ask, &Job::quiet()).await?;
                ensure!(page.matching > 0 && page.counts.is_some(), "somebody has not consented yet");
            }
            took.push(begun.elapsed().as_secs_f64() * 1_000.0 / f64::from(ASKED));
        }
        Ok(took)
    })?;
    let what = format!("who of {} users lacks which consent, one window and the counts, from the disk", grouped(people));
    let detail = format!("{:.1}–{:.1} ms", took.least(), took.most());
    measured.figures.push(Figure::new("consenting", what, (took.median(), Unit::Milliseconds), Goal::AtMost(1_000.0), detail));
    Ok(())
}
