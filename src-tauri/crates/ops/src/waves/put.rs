//! Puts users into another wave of their organization's plan. Who was in a wave when it was started stays in it, and nobody joins it: it
//! is judged by all of them.

use std::collections::{BTreeMap, HashMap};

use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::rules::Reason;
use rollcall_core::timeline::Happening;
use rollcall_store::users::Chosen;
use rollcall_store::{Connection, StoreError, Thing, timeline, waves};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::journal::actor;
use crate::users::act::Refused;
use crate::users::meant::Meant;

/// Whom to put into which wave.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PutInWave {
    pub organization: OrganizationId,
    pub users: Chosen,
    /// From 1, which is the pilot.
    pub wave: u32,
    /// Whom it was agreed to concern. Where others are meant by now, nothing is done.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub expected: Option<Meant>,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PutUsers {
    /// How many users are meant, and what stands for exactly these: what is to be agreed to.
    pub users: u32,
    pub seal: String,
    pub changes: u32,
    /// Those who are in that wave already.
    pub untouched: u32,
    pub refused: Vec<Refused>,
    /// How many users each wave has afterwards.
    pub sizes: Vec<u32>,
    /// Why nobody is put into it, if so.
    pub none: Option<Reason>,
}

impl PutUsers {
    /// Whom it was foreseen for.
    fn meant(&self) -> Meant {
        Meant { users: self.users, seal: self.seal.clone() }
    }
}

/// Says what it would come to.
///
/// # Errors
/// `NotFound` where there is no such wave.
pub async fn foresee(desk: &Desk, ask: PutInWave, _job: &Job) -> Result<PutUsers> {
    Ok(desk.read(move |conn| sort(conn, &ask)).await?.0)
}

/// Puts them into it. Nobody is switched by it.
///
/// # Errors
/// `NotNow` where nobody is put into it; `Changed` when others are meant by now; `NotFound` where there is no such wave.
pub async fn put(desk: &Desk, ask: PutInWave, _job: &Job) -> Result<PutUsers> {
    let (now, expected) = (desk.now(), ask.expected.clone());
    let put = desk
        .write(move |tx| {
            let (put, changing) = sort(tx, &ask)?;
            if put.none.is_some() || ask.expected.as_ref().is_some_and(|agreed| *agreed != put.meant()) {
                return Ok(put);
            }
            let by = actor(tx, ask.organization)?;
            for (from, users) in changing {
                waves::put(tx, ask.organization, ask.wave, &users)?;
                let what = Happening::PutInWave { from, to: ask.wave };
                timeline::note(tx, &users, &what, Some(by.as_str()).filter(|by| !by.is_empty()), now)?;
            }
            let after = Some(format!("wave {}, {} users", ask.wave, put.changes));
            super::record(tx, ask.organization, "waves.put", (None, after), &by, now)?;
            Ok(put)
        })
        .await?;
    match (put.none, expected) {
        (_, Some(agreed)) if agreed != put.meant() => Err(put.meant().instead_of(&agreed)),
        (Some(reason), _) => Err(Error::not_now(reason)),
        (None, _) => Ok(put),
    }
}

/// What it comes to, and who changes, by the waves that they are in.
fn sort(conn: &Connection, ask: &PutInWave) -> std::result::Result<(PutUsers, BTreeMap<u32, Vec<UserId>>), StoreError> {
    let plan = waves::waves(conn, ask.organization)?;
    let target = plan.iter().find(|wave| wave.number == ask.wave).ok_or(StoreError::NotFound(Thing::Wave))?;
    let mut sizes = waves::sizes(conn, ask.organization)?;
    let before = sizes.clone();
    let started = |number| plan.iter().any(|wave| wave.number == number && wave.started.is_some());
    let (mut changing, mut untouched, mut refused) = (BTreeMap::<u32, Vec<UserId>>::new(), 0, HashMap::<Reason, u32>::new());
    let members = waves::members(conn, &ask.users)?;
    let Meant { users, seal } = Meant::of(members.iter().map(|(user, ..)| *user));
    for (user, organization, wave) in members {
        match wave {
            _ if organization != ask.organization => *refused.entry(Reason::OtherOrganization).or_default() += 1,
            Some(wave) if wave == ask.wave => untouched += 1,
            Some(wave) if started(wave) || target.started.is_some() => *refused.entry(Reason::WaveStarted).or_default() += 1,
            Some(wave) => {
                *sizes.entry(wave).or_default() -= 1;
                *sizes.entry(ask.wave).or_default() += 1;
                changing.entry(wave).or_default().push(user);
            }
            None => {}
        }
    }
    let mut refused: Vec<Refused> = refused.into_iter().map(|(reason, users)| Refused { reason, users, eligibility: None }).collect();
    refused.sort_by_key(|refused| std::cmp::Reverse(refused.users));
    let emptied = before.keys().any(|wave| sizes.get(wave) == Some(&0));
    let changes = u32::try_from(changing.values().map(Vec::len).sum::<usize>()).unwrap_or(u32::MAX);
    let none = match refused.first() {
        _ if emptied => Some(Reason::WaveEmptied),
        _ if changes > 0 => None,
        Some(most) => Some(most.reason),
        None => Some(Reason::AlreadySo),
    };
    let put = PutUsers {
        users,
        seal,
        changes,
        untouched,
        refused,
        sizes: plan.iter().map(|wave| sizes.get(&wave.number).copied().unwrap_or(0)).collect(),
        none,
    };
    Ok((put, changing))
}
