//! Puts a problem aside with a note, until a day or until it grows by half; and takes it up again. Both are in the journal.

use rollcall_core::id::OrganizationId;
use rollcall_core::organization;
use rollcall_core::time::Timestamp;
use rollcall_store::issues::{self, Snooze};
use rollcall_store::journal::{self, Entry, Outcome};
use rollcall_store::{StoreError, Transaction, organizations};
use serde::Deserialize;
use ts_rs::TS;

use super::board::{Board, board};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::journal::actor;

/// What to put aside.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SnoozeIssues {
    pub fingerprints: Vec<String>,
    /// Where; everywhere that has it, if absent.
    pub organization: Option<OrganizationId>,
    /// Why, for whoever asks.
    pub note: String,
    /// The end; without one it lasts until the problem grows by half, which ends it in any case.
    pub until: Option<Timestamp>,
}

/// What to take up again.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UnsnoozeIssues {
    pub fingerprints: Vec<String>,
    pub organization: Option<OrganizationId>,
}

/// # Errors
/// `InvalidInput` for a note that can't be used and an end that is over; `NotFound` where nothing of it is open.
pub async fn snooze(desk: &Desk, ask: SnoozeIssues, _job: &Job) -> Result<()> {
    let note = organization::note(&ask.note).map_err(|why| Error::input("note", why))?;
    let now = desk.now();
    if ask.until.is_some_and(|until| until <= now) {
        return Err(Error::input("until", "it is over already"));
    }
    let put_aside = desk
        .write(move |tx| {
            let open = places(&board(tx, ask.organization, now)?, &ask.fingerprints);
            for (organization, groups) in by_organization(&open) {
                let actor = actor(tx, organization)?;
                for (fingerprint, users) in &groups {
                    let (note, actor) = (note.clone(), actor.clone());
                    let fingerprint = fingerprint.clone();
                    issues::snooze(tx, &Snooze { organization, fingerprint, note, actor, at: now, until: ask.until, users: *users })?;
                }
                let end = ask.until.map_or_else(|| "until it grows by half".to_owned(), |until| format!("until {}", until.iso()));
                note_down(tx, organization, "issues.snooze", &groups, None, Some(format!("{note}; {end}")), now)?;
            }
            Ok(open.len())
        })
        .await?;
    if put_aside == 0 { Err(Error::not_found("no open issue has this fingerprint here")) } else { Ok(()) }
}

/// # Errors
/// `NotFound` where nothing of it is put aside.
pub async fn unsnooze(desk: &Desk, ask: UnsnoozeIssues, _job: &Job) -> Result<()> {
    let now = desk.now();
    let taken_up = desk
        .write(move |tx| {
            let found = issues::snoozes(tx, ask.organization)?.into_iter().filter(|one| ask.fingerprints.contains(&one.fingerprint));
            let found: Vec<Snooze> = found.collect();
            let places: Vec<Place> = found.iter().map(|one| (one.organization, one.fingerprint.clone(), one.users)).collect();
            for (organization, groups) in by_organization(&places) {
                for (fingerprint, _) in &groups {
                    issues::unsnooze(tx, organization, fingerprint)?;
                }
                let before = found.iter().find(|one| one.organization == organization).map(|one| one.note.clone());
                note_down(tx, organization, "issues.unsnooze", &groups, before, None, now)?;
            }
            Ok(found.len())
        })
        .await?;
    if taken_up == 0 { Err(Error::not_found("nothing with this fingerprint is put aside here")) } else { Ok(()) }
}

/// A group in an organization, and how many users it has.
type Place = (OrganizationId, String, u32);

fn places(board: &Board, fingerprints: &[String]) -> Vec<Place> {
    let groups = board.problems.iter().flat_map(|problem| &problem.groups).filter(|group| fingerprints.contains(&group.fingerprint));
    groups.flat_map(|group| group.organizations.iter().map(|one| (one.organization, group.fingerprint.clone(), one.users))).collect()
}

fn by_organization(places: &[Place]) -> Vec<(OrganizationId, Vec<(String, u32)>)> {
    let mut all: Vec<(OrganizationId, Vec<(String, u32)>)> = Vec::new();
    for (organization, fingerprint, users) in places {
        let group = (fingerprint.clone(), *users);
        match all.iter_mut().find(|(known, _)| known == organization) {
            Some((_, groups)) => groups.push(group),
            None => all.push((*organization, vec![group])),
        }
    }
    all
}

fn note_down(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    action: &str,
    groups: &[(String, u32)],
    before: Option<String>,
    after: Option<String>,
    now: Timestamp,
) -> std::result::Result<(), StoreError> {
    let of = organizations::get(tx, organization)?;
    let fingerprints: Vec<&str> = groups.iter().map(|(fingerprint, _)| fingerprint.as_str()).collect();
    let entry = Entry {
        at: now,
        actor: actor(tx, organization)?,
        tenant: Some(of.tenant),
        action: action.to_owned(),
        target: format!("{}: {}", of.external_id.as_str(), fingerprints.join(" ")),
        before,
        after,
        request_id: None,
        outcome: Outcome::Done,
    };
    journal::append(tx, &entry).map(|_| ())
}
