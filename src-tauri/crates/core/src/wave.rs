//! Waves: an organization's switch to Graph in steps, a pilot first and then shares of the others. Who is in which, when one may start, and
//! whether it came to what it had to. What was not seen is unknown, and never counts as met.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::consent::Authorization;
use crate::id::{ObjectId, UserId};
use crate::issue::{Cause, Class};
use crate::organization::ExternalId;
use crate::rules::{May, Reason};
use crate::time::Timestamp;

/// More waves than this nobody follows.
pub const MOST_WAVES: usize = 12;
/// A plan doesn't watch a wave for longer: two weeks.
pub const MOST_HOURS: u32 = 14 * 24;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What has to be so before a wave of a plan starts, beside what always has to be: the limitations are acknowledged, and the wave before it
/// came to what it had to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// All that the integration requires was read back as granted.
    pub authorized: bool,
    /// The change window is open. Without it a start outside of the window queues the switches.
    pub window: bool,
}

/// What a wave has to come to before the next one starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// So many percent of its users are initialized at least.
    pub initialized: u32,
    /// The last session of so many percent failed at most.
    pub failed: u32,
    /// Sessions have gone on for so many hours since its last switch.
    pub hours: u32,
    /// Of which issues none is open; absent where issues don't matter.
    pub issues: Option<Severity>,
}

/// What one wave has to come to, where that differs from the rest of its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OwnExit {
    /// From 1, which is the pilot.
    pub wave: u32,
    pub exit: Exit,
}

/// Which open issues count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Those that don't pass by themselves.
    Lasting,
    Any,
}

impl Severity {
    /// Whether an issue counts. One of which the cause isn't known may be of any kind.
    #[must_use]
    pub fn counts(self, cause: Option<Cause>) -> bool {
        match self {
            Self::Any => true,
            Self::Lasting => cause.is_none_or(|cause| cause.class() != Class::Passing),
        }
    }
}

/// Whether a criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    Met,
    NotMet,
    /// Too little of it was seen.
    Unknown,
}

/// One criterion with the figures by which it was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Criterion {
    Acknowledged,
    Authorized,
    PreviousMet,
    WindowOpen,
    Initialized {
        percent: u32,
        users: u32,
        of: u32,
    },
    Failed {
        percent: u32,
        users: u32,
        unseen: u32,
        of: u32,
    },
    /// For how many minutes it was watched; absent before a session was seen after the last switch.
    Watched {
        hours: u32,
        minutes: Option<u32>,
    },
    Issues {
        severity: Severity,
        users: u32,
        unseen: u32,
    },
}

/// A criterion and whether it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JudgedCriterion {
    pub criterion: Criterion,
    pub met: Met,
}

/// Where a wave stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WaveState {
    /// It can't start yet.
    Waiting,
    MayStart,
    /// It was started, and what it comes to isn't settled.
    Running,
    /// It came to what it had to.
    Met,
    /// It came to something else, which waiting alone doesn't change.
    NotMet,
    /// Somebody stopped it.
    Held,
}

impl WaveState {
    /// Its name in JSON and in the journal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::MayStart => "may_start",
            Self::Running => "running",
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::Held => "held",
        }
    }
}

/// What is known of an organization when a wave's start is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    pub acknowledged: bool,
    pub authorization: Authorization,
    /// Whether the change window is open; also where there is none.
    pub window_open: bool,
    /// How the wave before stands; absent for the first.
    pub previous: Option<WaveState>,
}

/// What was seen of a wave's users. Excluded mailboxes, those of people who are gone, and those on EWS that aren't ready and whose
/// switch doesn't wait, are none of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct WaveFigures {
    pub users: u32,
    /// Those reached over Graph whose mailbox is initialized.
    pub initialized: u32,
    /// Whose switch is under way or queued, or who is over Graph and was not read yet.
    pub under_way: u32,
    /// Whose switch waits for the change window, among those.
    pub queued: u32,
    /// Who is on EWS, and not about to be switched.
    pub left: u32,
    /// By their last session: failed, and neither failed nor passed.
    pub failed: u32,
    pub unseen: u32,
    /// Who has an open issue that counts, and for whose mailbox neither a check nor a session has answered.
    pub with_issues: u32,
    pub unchecked: u32,
    pub last_switch: Option<Timestamp>,
    /// Until when all of those were watched who were seen at all: when the last session of the one ended that was read the longest ago.
    pub watched_until: Option<Timestamp>,
}

/// Judges whether a wave may start.
#[must_use]
pub fn entry(entry: Entry, ground: &Ground) -> Vec<JudgedCriterion> {
    let mut judged = vec![JudgedCriterion { criterion: Criterion::Acknowledged, met: met(ground.acknowledged) }];
    if entry.authorized {
        let authorized = match ground.authorization {
            Authorization::Authorized => Met::Met,
            Authorization::PartlyAuthorized | Authorization::NotAuthorized => Met::NotMet,
            Authorization::Unknown => Met::Unknown,
        };
        judged.push(JudgedCriterion { criterion: Criterion::Authorized, met: authorized });
    }
    if let Some(previous) = ground.previous {
        judged.push(JudgedCriterion { criterion: Criterion::PreviousMet, met: met(previous == WaveState::Met) });
    }
    if entry.window {
        judged.push(JudgedCriterion { criterion: Criterion::WindowOpen, met: met(ground.window_open) });
    }
    judged
}

/// Judges what a wave came to.
#[must_use]
pub fn exit(exit: Exit, seen: &WaveFigures) -> Vec<JudgedCriterion> {
    let reached = |users: u32, percent: u32| u64::from(users) * 100 >= u64::from(percent) * u64::from(seen.users);
    let within = |users: u32, percent: u32| u64::from(users) * 100 <= u64::from(percent) * u64::from(seen.users);
    let of_users = |met: Met| if seen.users == 0 { Met::Unknown } else { met };
    let failed = if !within(seen.failed, exit.failed) {
        Met::NotMet
    } else if within(seen.failed.saturating_add(seen.unseen), exit.failed) {
        Met::Met
    } else {
        Met::Unknown
    };
    let watched = match (seen.last_switch, seen.watched_until) {
        (Some(switch), Some(session)) if session >= switch => Some(session.since(switch)),
        _ => None,
    };
    let long_enough = watched.map_or(Met::Unknown, |watched| met(watched >= HOUR * exit.hours));
    let mut judged = vec![
        JudgedCriterion {
            criterion: Criterion::Initialized { percent: exit.initialized, users: seen.initialized, of: seen.users },
            met: of_users(met(reached(seen.initialized, exit.initialized))),
        },
        JudgedCriterion {
            criterion: Criterion::Failed { percent: exit.failed, users: seen.failed, unseen: seen.unseen, of: seen.users },
            met: of_users(failed),
        },
        JudgedCriterion {
            criterion: Criterion::Watched {
                hours: exit.hours,
                minutes: watched.map(|watched| u32::try_from(watched.as_secs() / 60).unwrap_or(u32::MAX)),
            },
            met: long_enough,
        },
    ];
    if let Some(severity) = exit.issues {
        let none = match (seen.with_issues, seen.unchecked) {
            (0, 0) => Met::Met,
            (0, _) => Met::Unknown,
            _ => Met::NotMet,
        };
        judged.push(JudgedCriterion {
            criterion: Criterion::Issues { severity, users: seen.with_issues, unseen: seen.unchecked },
            met: of_users(none),
        });
    }
    judged
}

/// Where a wave stands by what was judged.
#[must_use]
pub fn state(started: bool, held: bool, entry: &[JudgedCriterion], exit: &[JudgedCriterion], seen: &WaveFigures) -> WaveState {
    let all = |judged: &[JudgedCriterion]| judged.iter().all(|one| one.met == Met::Met);
    if held {
        WaveState::Held
    } else if !started {
        if all(entry) { WaveState::MayStart } else { WaveState::Waiting }
    } else if all(exit) {
        WaveState::Met
    } else if exit.iter().any(|one| one.met == Met::NotMet && is_settled(one.criterion, seen)) {
        WaveState::NotMet
    } else {
        WaveState::Running
    }
}

/// May a wave be started, or go on with those of its users who are left?
///
/// # Errors
/// The reason, when not.
pub fn may_start(started: bool, held: bool, entry: &[JudgedCriterion], seen: &WaveFigures) -> May {
    if held {
        Err(Reason::WaveHeld)
    } else if entry.iter().any(|one| one.met != Met::Met) {
        Err(Reason::WaveWaits)
    } else if started && seen.left == 0 {
        Err(Reason::WaveDone)
    } else {
        Ok(())
    }
}

/// May a plan be made in place of the present one, whose waves were started or not? What a started wave comes to is judged by the plan.
///
/// # Errors
/// The reason, when not.
pub fn may_change(mut started: impl Iterator<Item = bool>) -> May {
    if started.any(|started| started) { Err(Reason::WaveStarted) } else { Ok(()) }
}

/// Is a wave over? It came to what it had to, and by that the next one was started, as `next` says; the last one, which has no next, is
/// over when it came to it. What it was judged by is settled then.
#[must_use]
pub fn is_over(state: WaveState, next: Option<bool>) -> bool {
    state == WaveState::Met && next.unwrap_or(true)
}

/// May the criteria of a plan be changed, of which these waves are over or not?
///
/// # Errors
/// The reason, when not.
pub fn may_set_criteria(mut over: impl Iterator<Item = bool>) -> May {
    if over.all(|over| over) { Err(Reason::WaveOver) } else { Ok(()) }
}

/// Whether waiting alone doesn't change that a criterion isn't met.
const fn is_settled(criterion: Criterion, seen: &WaveFigures) -> bool {
    match criterion {
        Criterion::Initialized { .. } => seen.under_way == 0,
        Criterion::Failed { .. } | Criterion::Issues { .. } => true,
        Criterion::Watched { .. } | Criterion::Acknowledged | Criterion::Authorized | Criterion::PreviousMet | Criterion::WindowOpen => {
            false
        }
    }
}

const fn met(so: bool) -> Met {
    if so { Met::Met } else { Met::NotMet }
}

/// Deals users out to waves: `shares` are percent of them, rounded up, and who is left makes one more. The order is spread over the
/// directory, and for an organization always the same.
#[must_use]
pub fn deal(external: &ExternalId, users: Vec<(UserId, ObjectId)>, shares: &[u32]) -> Vec<Vec<UserId>> {
    let all = users.len();
    let mut rest = in_order(external, users).into_iter();
    let mut waves: Vec<Vec<UserId>> =
        shares.iter().map(|percent| rest.by_ref().take((all * (*percent as usize)).div_ceil(100)).collect()).collect();
    waves.push(rest.collect());
    waves
}

/// The users in the order in which waves take them.
#[must_use]
pub fn in_order(external: &ExternalId, mut users: Vec<(UserId, ObjectId)>) -> Vec<UserId> {
    users.sort_by_cached_key(|(_, object)| (spread(external, *object), *object));
    users.into_iter().map(|(user, _)| user).collect()
}

/// FNV-1a over both, with the end stirred so that ids that differ little come to lie far apart.
fn spread(external: &ExternalId, object: ObjectId) -> u64 {
    let bytes = external.as_str().bytes().chain(object.0.into_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let stirred = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    stirred ^ (stirred >> 33)
}

/// What is wrong with a plan.
///
/// # Errors
/// Says it.
pub fn checked(shares: &[u32], exit: Exit, own: &[OwnExit]) -> Result<(), &'static str> {
    if shares.len() + 2 > MOST_WAVES {
        return Err("a plan has twelve waves at most");
    }
    if shares.contains(&0) || shares.iter().fold(0_u32, |sum, share| sum.saturating_add(*share)) >= 100 {
        return Err("each share is one percent or more, and together they are less than all: who is left makes the last wave");
    }
    let last = shares.len() + 2;
    let twice = |at: usize, one: &OwnExit| own.iter().take(at).any(|before| before.wave == one.wave);
    if own.iter().enumerate().any(|(at, one)| one.wave == 0 || one.wave as usize > last || twice(at, one)) {
        return Err("criteria of its own has a wave of the plan, and each has them once");
    }
    let fits = |exit: Exit| exit.initialized <= 100 && exit.failed <= 100 && exit.hours <= MOST_HOURS;
    if !fits(exit) || own.iter().any(|one| !fits(one.exit)) {
        return Err("percentages go to 100, and a wave is watched for two weeks at most");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const EXIT: Exit = Exit { initialized: 90, failed: 5, hours: 24, issues: Some(Severity::Lasting) };

    fn good() -> WaveFigures {
        WaveFigures {
            users: 100,
            initialized: 100,
            last_switch: Some(Timestamp(0)),
            watched_until: Some(Timestamp(0).after(HOUR * 24)),
            ..WaveFigures::default()
        }
    }

    fn stands(seen: &WaveFigures) -> WaveState {
        state(true, false, &[], &exit(EXIT, seen), seen)
    }

    #[test]
    fn a_wave_is_met_when_all_of_it_was_seen_to_be() {
        assert_eq!(stands(&good()), WaveState::Met);
        assert_eq!(stands(&WaveFigures { unseen: 6, ..good() }), WaveState::Running, "six who were not seen may have failed");
        assert_eq!(stands(&WaveFigures { unseen: 5, ..good() }), WaveState::Met, "if they had, it would be within what is allowed");
        assert_eq!(stands(&WaveFigures { unchecked: 1, ..good() }), WaveState::Running);
        assert_eq!(stands(&WaveFigures { watched_until: None, ..good() }), WaveState::Running, "nobody watched");
        assert_eq!(stands(&WaveFigures { watched_until: Some(Timestamp(0).after(HOUR * 23)), ..good() }), WaveState::Running);
        assert_eq!(stands(&WaveFigures { users: 0, initialized: 0, ..good() }), WaveState::Running, "of nobody nothing is known");
    }

    #[test]
    fn what_waiting_does_not_mend_is_not_met() {
        assert_eq!(stands(&WaveFigures { failed: 6, ..good() }), WaveState::NotMet);
        assert_eq!(stands(&WaveFigures { with_issues: 1, ..good() }), WaveState::NotMet);
        assert_eq!(stands(&WaveFigures { initialized: 80, under_way: 20, ..good() }), WaveState::Running);
        assert_eq!(stands(&WaveFigures { initialized: 80, ..good() }), WaveState::NotMet);
        assert!(Severity::Lasting.counts(None) && !Severity::Lasting.counts(Some(Cause::NoAnswer)));
    }

    #[test]
    fn a_wave_may_start_when_nothing_is_unknown_and_nobody_holds_it() {
        let all = Entry { authorized: true, window: true };
        let ground =
            Ground { acknowledged: true, authorization: Authorization::Authorized, window_open: true, previous: Some(WaveState::Met) };
        let stands = |ground: &Ground| state(false, false, &entry(all, ground), &[], &WaveFigures::default());
        assert_eq!(stands(&ground), WaveState::MayStart);
        assert_eq!(state(false, true, &entry(all, &ground), &[], &WaveFigures::default()), WaveState::Held);
        for worse in [
            Ground { acknowledged: false, ..ground },
            Ground { authorization: Authorization::Unknown, ..ground },
            Ground { window_open: false, ..ground },
            Ground { previous: Some(WaveState::Running), ..ground },
            Ground { previous: Some(WaveState::Held), ..ground },
        ] {
            assert_eq!(stands(&worse), WaveState::Waiting, "{worse:?}");
        }
    }

    #[test]
    fn shares_are_dealt_the_same_way_each_time_and_spread_over_the_directory() {
        let external: ExternalId = "EU-01".parse().unwrap();
        let users: Vec<_> = (0..1_000_u32).map(|n| (UserId(n), ObjectId(Uuid::from_u128(u128::from(n))))).collect();
        let waves = deal(&external, users.clone(), &[10, 30]);
        assert_eq!(waves.iter().map(Vec::len).collect::<Vec<_>>(), [100, 300, 600]);
        let mut turned = users.clone();
        turned.reverse();
        assert_eq!(deal(&external, turned, &[10, 30]), waves);
        let of_first_half = waves[0].iter().filter(|user| user.0 < 500).count();
        assert!((30..=70).contains(&of_first_half), "{of_first_half}");
        assert_ne!(deal(&"EU-02".parse().unwrap(), users, &[10, 30]), waves);
    }

    #[test]
    fn a_plan_leaves_somebody_for_the_last_wave() {
        let checked_alone = |shares: &[u32]| checked(shares, EXIT, &[]);
        assert!(checked_alone(&[10, 30]).is_ok() && checked_alone(&[]).is_ok());
        assert!(checked_alone(&[60, 40]).is_err() && checked_alone(&[0]).is_err() && checked_alone(&[1; 11]).is_err());
        assert!(checked(&[], Exit { failed: 101, ..EXIT }, &[]).is_err());
    }

    #[test]
    fn criteria_of_its_own_has_a_wave_that_there_is_and_has_them_once() {
        let own = |wave| OwnExit { wave, exit: Exit { hours: 72, ..EXIT } };
        assert!(checked(&[10], EXIT, &[own(1), own(3)]).is_ok());
        for wrong in [vec![own(0)], vec![own(4)], vec![own(1), own(1)], vec![OwnExit { exit: Exit { failed: 101, ..EXIT }, ..own(1) }]] {
            assert!(checked(&[10], EXIT, &wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_wave_says_why_it_does_not_start() {
        let (met, unmet) = (JudgedCriterion { criterion: Criterion::Acknowledged, met: Met::Met }, Met::Unknown);
        let open = WaveFigures { left: 1, ..good() };
        assert_eq!(may_start(false, false, &[met], &good()), Ok(()), "one that has nobody to switch is started all the same");
        assert_eq!(may_start(true, false, &[met], &open), Ok(()), "it goes on with whoever is left");
        assert_eq!(may_start(true, false, &[met], &good()), Err(Reason::WaveDone));
        assert_eq!(may_start(false, true, &[met], &open), Err(Reason::WaveHeld));
        assert_eq!(may_start(false, false, &[JudgedCriterion { met: unmet, ..met }], &open), Err(Reason::WaveWaits));
        assert_eq!(may_change([false, true].into_iter()), Err(Reason::WaveStarted));
    }

    #[test]
    fn a_wave_is_over_when_the_next_one_was_started_by_what_it_came_to() {
        assert!(is_over(WaveState::Met, Some(true)) && is_over(WaveState::Met, None));
        assert!(!is_over(WaveState::Met, Some(false)), "the next one still waits for it");
        assert!(!is_over(WaveState::NotMet, Some(true)), "the next one can't go on before it is met again");
        assert!(!is_over(WaveState::Running, None) && !is_over(WaveState::Held, None));
        assert_eq!(may_set_criteria([true, false].into_iter()), Ok(()));
        assert_eq!(may_set_criteria([true, true].into_iter()), Err(Reason::WaveOver));
    }

    #[test]
    fn a_state_is_called_as_in_json() {
        for state in [WaveState::Waiting, WaveState::MayStart, WaveState::Running, WaveState::Met, WaveState::NotMet, WaveState::Held] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}
