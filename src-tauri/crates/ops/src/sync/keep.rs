//! Keeps organizations going while the console is open: whoever is due is read, by each organization's rhythm, switches that wait begin
//! when the change window opens, waves start where they are to by themselves, rules are asked who fits by now, and proofs of access scopes
//! ask again what was too early to judge.

use std::sync::Arc;
use std::time::Duration;

use rollcall_core::id::OrganizationId;
use rollcall_core::organization::{Organization, SyncStatus};
use rollcall_store::users::act::count_queued;
use rollcall_store::{StoreError, halts, mailboxes, organizations, sessions};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::run::{Whose, by_service, due, sit};
use crate::connection::{self, SecretAtHand};
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::mailboxes::tokens;
use crate::rules;
use crate::scope::again;
use crate::users::act;
use crate::waves::start::start_due;

/// Between two looks at who is due; whoever is brought forward is looked at once.
const LOOK: Duration = Duration::from_secs(10);
/// Between two evaluations of the rules, each of which asks the directory.
const RULES_EVERY: Duration = Duration::from_secs(60 * 60);
/// Between two looks at whether a wave starts by itself, for which all of its users are counted.
const WAVES_EVERY: Duration = Duration::from_secs(60);
/// What halts an organization is tried again so much later: a wrong secret doesn't mend itself in a second.
const AFTER_HALT: Duration = Duration::from_secs(5 * 60);

/// Goes on until it is stopped. What goes wrong is noted on the organization it concerns.
pub async fn keep(desk: Arc<Desk>, stop: CancellationToken) {
    let mut passes: JoinSet<()> = JoinSet::new();
    // An import evaluates them by itself, so the first time comes when they may have grown old.
    let mut rules_due = (desk.steady)().after(RULES_EVERY);
    let mut waves_due = (desk.steady)();
    // What the end of the program, or the keychain, has left in it.
    tokens::drop_after_removal(&desk).await;
    while !stop.is_cancelled() {
        if (desk.steady)() >= waves_due {
            waves_due = (desk.steady)().after(WAVES_EVERY);
            if let Err(error) = Box::pin(start_due(&desk)).await {
                warn!("Waves could not be started: {}", error.code.name());
            }
        }
        if let Err(error) = Box::pin(begin_queued(&desk)).await {
            warn!("Queued switches could not be begun: {}", error.code.name());
        }
        match Box::pin(to_read(&desk)).await {
            Ok(organizations) => {
                for organization in organizations {
                    let (desk, job) = (Arc::clone(&desk), Job::new(stop.child_token(), |_| {}));
                    passes.spawn(async move {
                        // It is noted on the organization.
                        let _ = Box::pin(sit(&desk, organization, Whose::Due, &job)).await;
                    });
                }
            }
            Err(error) => warn!("Who is due for a session could not be read: {}", error.code.name()),
        }
        match Box::pin(again::due(&desk)).await {
            Ok(proofs) => {
                for proof in proofs {
                    let (desk, job) = (Arc::clone(&desk), Job::new(stop.child_token(), |_| {}));
                    passes.spawn(async move {
                        if let Err(error) = Box::pin(again::by_itself(&desk, proof, &job)).await {
                            warn!("A proof could not be read or put off: {}", error.code.name());
                        }
                    });
                }
            }
            Err(error) => warn!("Which proofs are to be asked again could not be read: {}", error.code.name()),
        }
        if (desk.steady)() >= rules_due {
            rules_due = (desk.steady)().after(RULES_EVERY);
            let (desk, job) = (Arc::clone(&desk), Job::new(stop.child_token(), |_| {}));
            passes.spawn(async move {
                if let Err(error) = Box::pin(rules::evaluate_all(&desk, &job)).await {
                    warn!("Rules could not be evaluated: {}", error.code.name());
                }
            });
        }
        while passes.try_join_next().is_some() {}
        tokio::select! {
            () = stop.cancelled() => break,
            () = desk.called.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    // They end at their next safe point.
    while passes.join_next().await.is_some() {}
}

/// Begins the switches that wait, where the change window has opened.
async fn begin_queued(desk: &Desk) -> Result<()> {
    let now = desk.now();
    let waiting = desk
        .read(move |conn| {
            let mut waiting = Vec::new();
            for organization in organizations::list(conn, None)? {
                let open = organization.window.is_none_or(|window| window.is_open(now));
                if open && count_queued(conn, organization.id)? > 0 {
                    waiting.push(organization.id);
                }
            }
            Ok(waiting)
        })
        .await?;
    for organization in waiting {
        act::begin_queued(desk, organization).await?;
    }
    Ok(())
}

/// The organizations with somebody who is due, and nobody at work on them.
async fn to_read(desk: &Desk) -> Result<Vec<OrganizationId>> {
    let mut found = Vec::new();
    for organization in desk.read(|conn| organizations::list(conn, None)).await? {
        let busy = desk.syncing().is_at(organization.id);
        let id = organization.id;
        let reached = connection::secret_at_hand(desk, organization.integration).await != SecretAtHand::None
            || desk.read(move |conn| mailboxes::any_connected(conn, id)).await?;
        if organization.sync == SyncStatus::Enabled && !busy && reached && Box::pin(is_due(desk, &organization)).await? {
            found.push(organization.id);
        }
    }
    Ok(found)
}

async fn is_due(desk: &Desk, organization: &Organization) -> Result<bool> {
    let service = by_service(&*desk.gate(organization.tenant)?);
    let (id, rhythm, now) = (organization.id, organization.rhythm, desk.now());
    desk.read(move |conn| {
        let halted = halts::get(conn, id)?.is_some_and(|halt| halt.at <= now && now.since(halt.at) < AFTER_HALT);
        let due = due(rhythm.paused.is_none() && !halted, rhythm.every(), now);
        Ok::<_, StoreError>(!sessions::due(conn, id, due, service, 1)?.is_empty())
    })
    .await
}
