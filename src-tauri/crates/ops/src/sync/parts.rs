//! The mailboxes of a user in a pass: each is read by itself, and what comes of them is one session of the user.

use std::collections::HashMap;

use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::session::{self, Reading, SessionKind};
use rollcall_core::workload::Workload;
use rollcall_store::mailboxes::Reached;
use rollcall_store::sessions::{Ended, Readable};

use super::session::unasked;

/// A mailbox to be read.
#[derive(Debug, Clone)]
pub(super) struct ToRead {
    pub user: UserId,
    pub account: ObjectId,
    /// Whether with a sign-in of that account.
    pub by_user: bool,
    /// Under which address it is the user's; `None` for the user's own.
    pub address: Option<String>,
}

/// What the end of a mailbox makes of its user.
pub(super) enum Came {
    Session(Box<Ended>),
    /// Others of the user's mailboxes are still to end.
    Open,
    /// None could be read: there was no session.
    LeftOut,
}

/// The users of whom several mailboxes are read, or another one than their own, while they are being read.
pub(super) struct Parts {
    /// All workloads, with the cause why one isn't read of those who sign in.
    plan: Vec<(Workload, Option<Cause>)>,
    users: HashMap<UserId, Part>,
}

#[derive(Default)]
struct Part {
    open: usize,
    ended: Vec<(Option<String>, Ended)>,
    /// For which nobody has signed in, or has to again.
    not_signed_in: Vec<Option<String>>,
}

impl ToRead {
    /// The user's own mailbox.
    pub fn own(one: Readable) -> Self {
        Self { user: one.user, account: one.object_id, by_user: one.by_user, address: None }
    }

    /// Its account, where it isn't the user's own.
    pub fn other(&self) -> Option<ObjectId> {
        self.address.as_ref().map(|_| self.account)
    }
}

impl Parts {
    pub fn new(plan: Vec<(Workload, Option<Cause>)>) -> Self {
        Self { plan, users: HashMap::new() }
    }

    /// Begins with a user; answers which of the mailboxes can be read. None can where a sign-in has ended since the user was found to be
    /// due.
    pub fn begin(&mut self, one: Readable, mailboxes: &[Reached]) -> Vec<ToRead> {
        let (can, cannot): (Vec<_>, Vec<_>) = mailboxes.iter().partition(|reached| !one.by_user || reached.signed_in);
        if can.is_empty() {
            return Vec::new();
        }
        let part = Part {
            open: can.len(),
            ended: Vec::with_capacity(can.len()),
            not_signed_in: cannot.into_iter().map(|reached| reached.mailbox.address.clone()).collect(),
        };
        self.users.insert(one.user, part);
        let to_read = |Reached { mailbox, .. }: &Reached| ToRead {
            user: one.user,
            account: mailbox.account,
            by_user: one.by_user,
            address: mailbox.address.clone(),
        };
        can.into_iter().map(to_read).collect()
    }

    /// A mailbox came to an end, or its token isn't at hand any more.
    pub fn end(&mut self, one: &ToRead, ended: Option<Ended>) -> Came {
        let Some(part) = self.users.get_mut(&one.user) else {
            return ended.map_or(Came::LeftOut, |ended| Came::Session(Box::new(ended)));
        };
        part.open = part.open.saturating_sub(1);
        match ended {
            Some(ended) => part.ended.push((one.address.clone(), ended)),
            None => part.not_signed_in.push(one.address.clone()),
        }
        if part.open > 0 {
            return Came::Open;
        }
        let part = self.users.remove(&one.user).unwrap_or_default();
        whole(part, &self.plan).map_or(Came::LeftOut, |ended| Came::Session(Box::new(ended)))
    }
}

/// The session of a user from what each mailbox came to.
fn whole(part: Part, plan: &[(Workload, Option<Cause>)]) -> Option<Ended> {
    let mut ended = part.ended;
    // The user's own is the first.
    ended.sort_by(|(one, _), (other, _)| one.cmp(other));
    let kinds: Vec<SessionKind> = ended.iter().map(|(_, ended)| ended.kind).collect();
    let mut readings: Vec<Vec<Reading>> = Vec::with_capacity(ended.len() + part.not_signed_in.len());
    let mut session: Option<Ended> = None;
    for (address, mut one) in ended {
        readings.push(named(std::mem::take(&mut one.readings), address.as_deref()));
        session = Some(match session {
            None => one,
            Some(so_far) => Ended {
                started: so_far.started.min(one.started),
                ended: so_far.ended.max(one.ended),
                requests: so_far.requests + one.requests,
                feeds: so_far.feeds.into_iter().chain(one.feeds).collect(),
                held: so_far.held.max(one.held),
                ..so_far
            },
        });
    }
    readings.extend(part.not_signed_in.iter().map(|address| named(unasked(plan, Cause::NeedsUserSignIn), address.as_deref())));
    let kind = if kinds.contains(&SessionKind::Resync) {
        SessionKind::Resync
    } else if kinds.iter().all(|kind| *kind == SessionKind::First) {
        SessionKind::First
    } else {
        SessionKind::Incremental
    };
    session.map(|session| Ended { kind, readings: session::merged(readings), ..session })
}

/// The readings of a mailbox under its address, as far as it was asked at all.
fn named(readings: Vec<Reading>, address: Option<&str>) -> Vec<Reading> {
    let of_mailbox = |reading: Reading| match reading.cause {
        Some(Cause::NotCovered) => reading,
        Some(_) | None => Reading { mailbox: address.map(str::to_owned), ..reading },
    };
    readings.into_iter().map(of_mailbox).collect()
}

#[cfg(test)]
mod tests {
    use rollcall_core::address::ReadMailbox;
    use rollcall_core::time::Timestamp;
    use rollcall_core::verdict::Verdict;

    use super::*;

    const PLAN: [(Workload, Option<Cause>); 2] = [(Workload::Mail, None), (Workload::Tasks, Some(Cause::NotCovered))];
    const ONE: Readable = Readable { user: UserId(1), object_id: ObjectId(uuid::Uuid::nil()), by_user: true };

    fn mailbox(address: &str, signed_in: bool) -> Reached {
        Reached { mailbox: ReadMailbox { account: ONE.object_id, address: Some(address.to_owned()) }, signed_in }
    }

    fn ended(kind: SessionKind, requests: u32) -> Ended {
        let mut readings = unasked(&PLAN, Cause::NotCovered);
        readings[0] = Reading { verdict: Verdict::Passed, cause: None, ..readings[0].clone() };
        Ended { user: ONE.user, kind, started: Timestamp(1), ended: Timestamp(2), requests, readings, feeds: Vec::new(), held: None }
    }

    #[test]
    fn a_user_of_whom_nothing_can_be_read_has_no_session() {
        let mut parts = Parts::new(PLAN.to_vec());
        assert!(parts.begin(ONE, &[mailbox("a", false), mailbox("b", false)]).is_empty() && parts.users.is_empty());
        let turns = parts.begin(ONE, &[mailbox("a", true), mailbox("b", false)]);
        assert!(matches!(parts.end(&turns[0], None), Came::LeftOut) && parts.users.is_empty(), "the last token was gone");
    }

    #[test]
    fn a_session_ends_with_the_last_of_its_mailboxes_and_names_the_one_that_could_not_be_asked() {
        let mut parts = Parts::new(PLAN.to_vec());
        let turns = parts.begin(ONE, &[mailbox("a", true), mailbox("b", true), mailbox("c", false)]);
        assert!(turns.len() == 2 && matches!(parts.end(&turns[1], Some(ended(SessionKind::Incremental, 2))), Came::Open));
        let Came::Session(session) = parts.end(&turns[0], Some(ended(SessionKind::First, 3))) else { panic!("both have ended") };
        assert_eq!((session.kind, session.requests, session.readings.len()), (SessionKind::Incremental, 5, 2));
        let mail = &session.readings[0];
        assert_eq!((mail.verdict, mail.cause, mail.mailbox.as_deref()), (Verdict::NotRun, Some(Cause::NeedsUserSignIn), Some("c")));
        assert_eq!(session.readings[1].mailbox, None, "what isn't covered is of none of them");
    }
}
