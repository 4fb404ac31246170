//! A pass over some users: sessions go on side by side, as many as the gate lets through, and are committed in groups before they are
//! shown. Whatever is cut off is due again.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use rollcall_core::address::SignInNeed;
use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::organization::AccessType;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rollcall_graph::gate::{Gate, Lane};
use rollcall_graph::party::Party;
use rollcall_identity::error::IdentityError;
use rollcall_store::cursors::{self, Cursor};
use rollcall_store::mailboxes::Reached;
use rollcall_store::sessions::{self, Committed, Ended, Readable};
use rollcall_store::{halts, integrations, issues, mailboxes, organizations};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::parts::{Came, Parts, ToRead};
use super::session::{Broken, Reader, session, sign_in_refused};
use crate::connection::{self, Delegated};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress, Synced};
use crate::mailboxes::tokens::{self, SignIns};
use crate::told::Told;
use crate::verify::flight::{self, Later, done};
use crate::verify::plan::covered;

/// Sessions are put on disk in groups of so many, or when the oldest that waits is so old.
const GROUP: usize = 100;
const GROUP_AGE: Duration = Duration::from_millis(250);
/// Users whose cursors are read at a time.
const AHEAD: usize = 400;

/// What a pass came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Passed {
    pub committed: Committed,
    /// Sessions that have ended.
    pub done: u32,
    /// Whether all who were to be read were read.
    pub whole: bool,
    /// Until when Graph asked to wait, by the time of day, where that ended the pass before all were read.
    pub waiting_until: Option<Timestamp>,
}

/// Reads these users, in their organization's integration's own name or with their own sign-ins. What keeps anybody from being read is
/// noted on the organization, and taken back when it is over.
///
/// # Errors
/// Whatever ends it for good: no connection, a refused secret, a full disk. What was read before is stored.
pub(super) async fn pass(
    desk: &Desk,
    organization: OrganizationId,
    users: Vec<Readable>,
    stop: &CancellationToken,
    job: &Job,
) -> Result<Passed> {
    let outcome = Box::pin(read_all(desk, organization, users, stop, job)).await;
    let now = desk.now();
    match &outcome {
        // One that was deleted meanwhile has nowhere to note it.
        Err(error) if matches!(error.code, Code::Stopped | Code::NotFound) => {}
        Err(error) => {
            let error = error.clone();
            desk.write(move |tx| halts::note(tx, organization, error.code.name(), &error.detail, error.request_id.as_deref(), now)).await?;
        }
        Ok(_) => {
            desk.write(move |tx| {
                halts::end(tx, organization)?;
                issues::note_sign_in(tx, organization, None, now)?;
                issues::snapshot(tx, organization, now)
            })
            .await?;
        }
    }
    outcome
}

async fn read_all(
    desk: &Desk,
    organization: OrganizationId,
    mut users: Vec<Readable>,
    stop: &CancellationToken,
    job: &Job,
) -> Result<Passed> {
    let (found, integration, otherwise) = desk
        .read(move |conn| {
            let found = organizations::get(conn, organization)?;
            let integration = integrations::get(conn, found.integration)?;
            Ok((found, integration, mailboxes::read_otherwise(conn, organization)?))
        })
        .await?;
    let sign_ins = SignIns::of(desk, &found).await?;
    let (mut application, mut broken) = (None, None);
    if users.iter().any(|one| !one.by_user) {
        match Box::pin(connection::anew(desk, organization, stop)).await {
            Ok(connected) => {
                let graph = connected.app.graph.of(Party::Sessions(organization));
                let plan = covered(&found, &integration, AccessType::GraphAppOnly);
                application = Some(Arc::new(Reader { graph, plan, permitted: connected.opened, clock: desk.clock() }));
            }
            // Who signs in is read all the same.
            Err(error) => {
                users.retain(|one| one.by_user);
                broken = Some(error);
            }
        }
    }
    let gate = desk.gate(found.tenant)?;
    let of_user = covered(&found, &integration, AccessType::GraphDelegated);
    let total = u32::try_from(users.len()).unwrap_or(u32::MAX);
    let told = Told::nothing(&gate);
    let mut pass = Pass {
        desk,
        organization,
        application,
        sign_ins: &sign_ins,
        to_open: VecDeque::new(),
        opening: None,
        parts: Parts::new(of_user.clone()),
        of_user,
        otherwise,
        gate,
        users: users.into(),
        ready: VecDeque::new(),
        flights: JoinSet::new(),
        give_up: CancellationToken::new(),
        ended: Vec::new(),
        needs: Vec::new(),
        since: None,
        committing: None,
        passed: Passed::default(),
        total,
        told,
    };
    let outcome = pass.all(stop, job).await;
    pass.gate.forget(Party::Sessions(organization));
    broken.map_or(outcome, Err)
}

type Flight = std::result::Result<Landed, Broken>;

/// Why a pass ends before all were read.
enum End {
    /// It was stopped, or nothing can be read before that moment of the gate's clock: who was not read is due again.
    Due {
        until: Option<Timestamp>,
    },
    Error(Error),
}

/// What a flight brings.
enum Landed {
    Ended(ToRead, Ended),
    /// The sign-in was refused, so that nothing could be asked.
    NoToken {
        one: ToRead,
        first: bool,
        refused: Box<IdentityError>,
    },
}

/// A mailbox, and where its feeds go on.
type Turn = (ToRead, Vec<Cursor>);

/// A mailbox whose turn it is, with its connection; `None` where the token isn't at hand any more.
type Opened = (Turn, Option<Arc<Delegated>>);

struct Pass<'a> {
    desk: &'a Desk,
    organization: OrganizationId,
    /// Reads in the integration's own name; absent where nobody is read like that.
    application: Option<Arc<Reader>>,
    /// The tokens of those who sign in, who still wait for theirs, whose is on its way, and what is read of them.
    sign_ins: &'a SignIns<'a>,
    to_open: VecDeque<Turn>,
    opening: Later<'a, Opened>,
    of_user: Vec<(Workload, Option<Cause>)>,
    /// Of whom another mailbox is read than their own, or several; and how far those are whose session goes on.
    otherwise: HashMap<UserId, Vec<Reached>>,
    parts: Parts,
    gate: Arc<Gate>,
    /// Who waits, and which mailboxes wait with their cursors at hand.
    users: VecDeque<Readable>,
    ready: VecDeque<Turn>,
    flights: JoinSet<Flight>,
    give_up: CancellationToken,
    ended: Vec<Ended>,
    /// Who has to sign in again, and why.
    needs: Vec<(ObjectId, SignInNeed)>,
    /// When the oldest that is not on its way to disk ended.
    since: Option<Instant>,
    committing: Later<'a, (u32, Committed)>,
    passed: Passed,
    total: u32,
    told: Told<Synced>,
}

enum Event {
    Stopped,
    Landed(std::result::Result<Flight, tokio::task::JoinError>),
    Opened(Result<Opened>),
    Committed(Result<(u32, Committed)>),
    Time,
}

impl Pass<'_> {
    async fn all(&mut self, stop: &CancellationToken, job: &Job) -> Result<Passed> {
        loop {
            self.fill().await?;
            self.take_off();
            self.commit();
            if self.is_idle() && self.committing.is_none() && !self.has_news() {
                self.passed.whole = self.users.is_empty() && self.ready.is_empty();
                return Ok(self.passed);
            }
            if self.told.look_in(self.gate.now()).is_zero() {
                self.tell(job);
            }
            match self.next(stop).await {
                Event::Stopped => return self.land(job).await,
                Event::Landed(landed) => match self.landed(landed)? {
                    None => {}
                    Some(End::Due { until }) => {
                        self.passed.waiting_until = until.map(|until| self.desk.by_day(until));
                        return self.land(job).await;
                    }
                    Some(End::Error(error)) => {
                        self.land(job).await?;
                        return Err(error);
                    }
                },
                Event::Opened(Ok(opened)) => self.opened(opened),
                Event::Opened(Err(error)) => {
                    self.land(job).await?;
                    return Err(error);
                }
                Event::Committed(committed) => self.committed(committed?, job),
                Event::Time => {}
            }
        }
    }

    async fn next(&mut self, stop: &CancellationToken) -> Event {
        let due = self.since.map(|since| GROUP_AGE.saturating_sub(since.elapsed())).filter(|_| self.committing.is_none());
        let look = self.told.look_in(self.gate.now());
        let wake = due.map_or(look, |due| due.min(look));
        let Self { flights, opening, committing, .. } = self;
        tokio::select! {
            biased;
            () = stop.cancelled() => Event::Stopped,
            committed = done(committing) => Event::Committed(committed),
            opened = done(opening) => Event::Opened(opened),
            Some(landed) = flights.join_next() => Event::Landed(landed),
            () = tokio::time::sleep(wake) => Event::Time,
        }
    }

    /// Reads where the next users' feeds go on, before they are needed.
    async fn fill(&mut self) -> Result<()> {
        if !self.ready.is_empty() || self.users.is_empty() {
            return Ok(());
        }
        let next: Vec<Readable> = self.users.drain(..AHEAD.min(self.users.len())).collect();
        let mut to_read = Vec::with_capacity(next.len());
        for one in next {
            match self.otherwise.get(&one.user) {
                None => to_read.push(ToRead::own(one)),
                Some(mailboxes) => {
                    let mailboxes = self.parts.begin(one, mailboxes);
                    self.total = self.total.saturating_sub(u32::from(mailboxes.is_empty()));
                    to_read.extend(mailboxes);
                }
            }
        }
        let turns: Vec<Turn> = self
            .desk
            .read(move |conn| {
                let turn = |one: ToRead| cursors::of_mailbox(conn, one.user, one.other()).map(|known| (one, known));
                to_read.into_iter().map(turn).collect()
            })
            .await?;
        self.ready.extend(turns);
        Ok(())
    }

    /// Each session has one request under way at a time, and some wait: with twice as many sessions as places the gate is busy.
    /// Tokens are opened one at a time meanwhile, and only those wait for theirs who need one, as long as these aren't too many.
    fn take_off(&mut self) {
        let most = self.gate.allowed(Lane::Outlook) as usize * 2 + 2;
        while self.flights.len() + usize::from(self.opening.is_some()) < most {
            if self.opening.is_none()
                && let Some(turn) = self.to_open.pop_front()
            {
                self.open(turn);
            } else if self.to_open.len() < AHEAD
                && let Some((one, known)) = self.ready.pop_front()
            {
                if one.by_user {
                    self.to_open.push_back((one, known));
                } else if let Some(reader) = self.application.clone() {
                    let stop = self.give_up.clone();
                    self.flights.spawn(async move {
                        let ended = Box::pin(session(&reader, &one, &known, &stop)).await?;
                        Ok(Landed::Ended(one, ended))
                    });
                }
            } else {
                return;
            }
        }
    }

    /// Has an account's token opened, beside what is being read.
    fn open(&mut self, turn: Turn) {
        let (sign_ins, account) = (self.sign_ins, turn.0.account);
        self.opening = Some(Box::pin(async move { Ok((turn, sign_ins.open(account).await?)) }));
    }

    /// The token of the account whose turn it is came; where it isn't at hand any more, that one has to sign in again and isn't read.
    fn opened(&mut self, ((one, known), sign_in): Opened) {
        let Some(user) = sign_in else {
            self.needs.push((one.account, SignInNeed::TokenMissing));
            return self.end(&one, None);
        };
        let (plan, clock, stop) = (self.of_user.clone(), self.desk.clock(), self.give_up.clone());
        let (party, first) = (Party::Sessions(self.organization), known.is_empty());
        self.flights.spawn(async move {
            match user.permitted().await {
                Ok(permitted) => {
                    let reader = Arc::new(Reader { graph: user.graph.of(party), plan, permitted, clock });
                    match Box::pin(session(&reader, &one, &known, &stop)).await {
                        Ok(ended) => Ok(Landed::Ended(one, ended)),
                        Err(Broken::Error(error)) => match tokens::of_sign_in(error) {
                            Ok(refused) => Ok(Landed::NoToken { one, first, refused }),
                            Err(error) => Err(Broken::Error(error)),
                        },
                        Err(broken) => Err(broken),
                    }
                }
                Err(refused) => Ok(Landed::NoToken { one, first, refused: Box::new(refused) }),
            }
        });
    }

    /// A mailbox came to an end, or its token isn't at hand any more.
    fn end(&mut self, one: &ToRead, ended: Option<Ended>) {
        match self.parts.end(one, ended) {
            Came::Session(ended) => self.ended.push(*ended),
            Came::Open => {}
            Came::LeftOut => self.total = self.total.saturating_sub(1),
        }
        self.since.get_or_insert_with(Instant::now);
    }

    /// Whether nobody is read, nor about to be.
    fn is_idle(&self) -> bool {
        self.flights.is_empty() && self.opening.is_none() && self.to_open.is_empty()
    }

    /// Whether anything waits to be put on disk.
    fn has_news(&self) -> bool {
        !self.ended.is_empty() || !self.needs.is_empty()
    }

    fn landed(&mut self, landed: std::result::Result<Flight, tokio::task::JoinError>) -> Result<Option<End>> {
        match landed.map_err(|_| Error::new(Code::Internal, "a session's task ended without an answer"))? {
            Ok(Landed::Ended(one, ended)) => self.end(&one, Some(ended)),
            Ok(Landed::NoToken { one, first, refused }) if tokens::ends_sign_in(&refused) => {
                self.needs.push((one.account, SignInNeed::Refused { number: refused.aadsts }));
                let ended = sign_in_refused(&self.of_user, &one, first, &refused, self.desk.now());
                self.end(&one, Some(ended));
            }
            // Entra can't be asked just now, and it is the same for all.
            Ok(Landed::NoToken { refused, .. }) => return Ok(Some(End::Error((*refused).into()))),
            Err(Broken::Error(error)) => return Ok(Some(End::Error(error.into()))),
            Err(Broken::Stopped) => return Ok(Some(End::Due { until: None })),
            Err(Broken::Held { until }) => return Ok(Some(End::Due { until: Some(until) })),
        }
        Ok(None)
    }

    fn commit(&mut self) {
        let old = self.since.is_some_and(|since| since.elapsed() >= GROUP_AGE);
        let last = self.is_idle() && self.has_news();
        if self.committing.is_none() && (self.ended.len() >= GROUP || old || last) {
            self.start_commit();
        }
    }

    fn start_commit(&mut self) {
        self.since = None;
        let (ended, needs) = (std::mem::take(&mut self.ended), std::mem::take(&mut self.needs));
        let (desk, organization, now) = (self.desk, self.organization, self.desk.now());
        self.committing = Some(Box::pin(async move {
            let done = u32::try_from(ended.len()).unwrap_or(u32::MAX);
            let committed = desk
                .write(move |tx| {
                    for (account, need) in needs {
                        mailboxes::note_need_in(tx, organization, account, need)?;
                    }
                    sessions::commit(tx, organization, &ended, now)
                })
                .await?;
            Ok((done, committed))
        }));
    }

    /// Tells what is on disk now, and nothing else.
    fn committed(&mut self, (done, committed): (u32, Committed), job: &Job) {
        self.passed.done += done;
        self.passed.committed += committed;
        self.tell(job);
    }

    fn tell(&mut self, job: &Job) {
        let Committed { passed, failed, unknown, changed, removed, initialized, .. } = self.passed.committed;
        let line = Synced {
            organization: self.organization.0,
            done: self.passed.done,
            total: self.total,
            passed,
            failed,
            unknown,
            changed,
            removed,
            initialized,
            waiting_until: self.told.until(self.gate.held(Lane::Outlook).map(|until| self.desk.by_day(until))),
        };
        if let Some(line) = self.told.news(line, self.gate.now()) {
            job.tell(Progress::Synced(line));
        }
    }

    /// Ends the pass: what is about to end may, what is under way is given up, and what has ended is put on disk.
    async fn land(&mut self, job: &Job) -> Result<Passed> {
        self.to_open.clear();
        self.opening = None;
        for landed in flight::land(&mut self.flights, &self.give_up).await {
            // The pass ends in any case; whoever was not read is due again.
            let _ = self.landed(landed);
        }
        loop {
            if let Some(committing) = self.committing.take() {
                self.committed(committing.await?, job);
            }
            if !self.has_news() {
                return Ok(self.passed);
            }
            self.start_commit();
        }
    }
}
