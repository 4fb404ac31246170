//! Sync sessions by command: runs them now, and shows what they came to.

use clap::Args;
use rollcall_core::action::Action;
use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_ops::error::Result;
use rollcall_ops::integrations::set_secret::{self, SetSecret};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::{self, OrganizationView};
use rollcall_ops::sync::export::{self, ExportSessions};
use rollcall_ops::sync::history::{self, Figures, SessionFigures};
use rollcall_ops::sync::pause::{self, PauseSessions};
use rollcall_ops::sync::run::{self, Committed, RunSessions, Sessions, Whose};
use rollcall_ops::users::act::{self, ActOnUsers, Chosen};
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::moment::{near, utc_or_dash};
use crate::table::{Cell, Column, Paint, Table};
use crate::text::{count, counted, quoted};
use crate::users::find;
use crate::{names, secret, start, words};

#[derive(Args)]
pub struct SyncUsers {
    /// User principal names or addresses
    #[arg(required = true, value_name = "UPN")]
    upns: Vec<String>,
    /// Read them now, whether they are due or not; not sooner than one minute after the last time
    #[arg(long)]
    force: bool,
    /// The tenant, where several know an address
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Take the integration's secret from stdin, for this call only
    #[arg(long)]
    pub secret_stdin: bool,
}

#[derive(Args)]
pub struct SyncOrganization {
    /// The organization's name
    name: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Everybody who is read, whether due or not; whoever waits for a wave of the rollout plan is left alone
    #[arg(long)]
    all: bool,
    /// Take the integration's secret from stdin, for this call only
    #[arg(long)]
    pub secret_stdin: bool,
}

#[derive(Args)]
pub struct ShowSessions {
    /// The organization's name
    name: String,
    /// Its tenant, where several have one of that name
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// How many days back: 1 to 90
    #[arg(long, default_value = "1")]
    days: u32,
    /// Every kept session as CSV
    #[arg(long)]
    csv: bool,
}

/// Reads the users that are named, as far as they are due or it is forced.
///
/// # Errors
/// Those of the verbs.
pub async fn users(ask: &SyncUsers, call: &Call) -> Result<Exit> {
    let mut due: Vec<(OrganizationId, Vec<UserId>)> = Vec::new();
    let mut waiting = Vec::new();
    for upn in &ask.upns {
        let detail = find(upn, ask.tenant.as_deref(), call).await?;
        let user = &detail.row.user;
        if ask.force || detail.next_session.is_some_and(|at| at <= start::now()) {
            match due.iter_mut().find(|(organization, _)| *organization == user.organization) {
                Some((_, users)) => users.push(user.id),
                None => due.push((user.organization, vec![user.id])),
            }
        } else {
            waiting.push((upn.clone(), detail.next_session, detail.waits_for_wave));
        }
    }
    let mut all = Sessions { users: 0, done: 0, committed: Committed::default(), waiting: 0, whole: true, waiting_until: None };
    let mut refused = 0;
    for (organization, users) in due {
        take_secret(ask.secret_stdin, organization, call).await?;
        if ask.force {
            let forced = ActOnUsers { users: Chosen::Ids(users.clone()), action: Action::Force, expected: None };
            let acted = act::act(&call.desk, forced, &Job::quiet()).await?;
            refused += acted.refused;
            for refusal in &acted.refusals {
                let words = words::of_reason(refusal.reason);
                call.screen.note(&format!("{}: {}. {}", refusal.upn, words.title, call.screen.filled(words.advice)));
            }
            if acted.refused > 0 && acted.done == 0 {
                continue;
            }
        }
        let whose = if ask.force { Whose::Due } else { Whose::Users { users } };
        let sessions = Box::pin(run::run(&call.desk, RunSessions { organization, whose }, &call.job())).await?;
        all.users += sessions.users;
        all.done += sessions.done;
        all.committed += sessions.committed;
        all.whole &= sessions.whole;
        all.waiting_until = all.waiting_until.max(sessions.waiting_until);
    }
    for (upn, at, for_wave) in &waiting {
        let when = match at {
            Some(at) => format!("is due at {}", at.utc()),
            None if *for_wave => "waits for a wave that has not started".to_owned(),
            None => "is not read by itself".to_owned(),
        };
        call.screen.note(&format!("{upn} {when}; --force reads it now."));
    }
    answer(&all, call);
    Ok(if refused > 0 || !waiting.is_empty() { Exit::Incomplete } else { exit(&all) })
}

/// Reads an organization's users who are due, or all of them.
///
/// # Errors
/// Those of the verbs.
pub async fn organization(ask: &SyncOrganization, call: &Call) -> Result<Exit> {
    let view = names::organization(call, &ask.name, ask.tenant.as_deref()).await?;
    call.screen.about(&view);
    let organization = view.organization.id;
    take_secret(ask.secret_stdin, organization, call).await?;
    let whose = if ask.all { Whose::Everybody } else { Whose::Due };
    let sessions = Box::pin(run::run(&call.desk, RunSessions { organization, whose }, &call.job())).await?;
    answer(&sessions, call);
    if sessions.users == 0 && sessions.waiting == 0 {
        return nobody(&view, ask.all, call).await;
    }
    Ok(exit(&sessions))
}

/// Says why nobody was read.
async fn nobody(view: &OrganizationView, all: bool, call: &Call) -> Result<Exit> {
    if !all {
        call.screen.note("Nobody was due. `--all` reads them all the same.");
        return Ok(Exit::Fine);
    }
    let standing =
        history::figures(&call.desk, SessionFigures { organization: view.organization.id, days: 1 }, &Job::quiet()).await?.standing;
    let disabled = standing.disabled_due_to_error;
    if disabled == 0 {
        call.screen.note("Nobody is read here: whoever is on EWS, disabled, gone from the directory or has still to sign in isn't.");
        return Ok(Exit::Fine);
    }
    call.screen.note(&format!(
        "Nobody was read: {} disabled due to errors. Mend what `rollcallctl issues groups --org {}` names, then \
         `rollcallctl users enable` has them read again.",
        counted(disabled, "user is", "users are"),
        quoted(&view.organization.name)
    ));
    Ok(Exit::Failed)
}

/// Shows how an organization's sessions stand.
///
/// # Errors
/// Those of the verbs.
pub async fn show(ask: &ShowSessions, call: &Call) -> Result<Exit> {
    let organization = names::organization(call, &ask.name, ask.tenant.as_deref()).await?.organization;
    if ask.csv {
        let table = export::export(&call.desk, ExportSessions { organization: organization.id }, &Job::quiet()).await?;
        call.screen.answer(&table, |screen| screen.file(&table.text));
        return Ok(Exit::Fine);
    }
    let ask = SessionFigures { organization: organization.id, days: ask.days };
    let figures = history::figures(&call.desk, ask, &Job::quiet()).await?;
    call.screen.answer(&figures, |screen| {
        let rhythm = organization.rhythm;
        let how = match rhythm.paused {
            Some(since) => format!("paused since {}", since.utc()),
            None => format!("every {} minutes while Rollcall is open", rhythm.every_minutes),
        };
        screen.headline(&organization.name);
        screen.facts(&[
            ("Sessions", how.into()),
            ("Graph asks to wait until", figures.waiting_until.map_or_else(|| "–".into(), |until| near(until, start::now()).into())),
            ("Users who are read", count(figures.standing.users).into()),
            ("Left alone until their wave starts", count(figures.standing.waiting).into()),
            ("Last sessions", last(&figures).into()),
            ("Latest", utc_or_dash(figures.standing.latest).into()),
            ("Stuck in switching", counts(figures.standing.stuck)),
            ("Disabled due to an error", counts(figures.standing.disabled_due_to_error)),
            (
                "Nobody can be read",
                figures.halt.as_ref().map_or_else(|| "–".into(), |halt| format!("{}: {}", halt.code, halt.detail).into()),
            ),
        ]);
        if figures.hours.is_empty() {
            return;
        }
        screen.gap();
        let mut table = Table::new([
            Column::Left("hour"),
            Column::Right("passed"),
            Column::Right("failed"),
            Column::Right("unknown"),
            Column::Right("changed"),
            Column::Right("removed"),
            Column::Right("seconds each"),
        ]);
        for hour in &figures.hours {
            let sessions = hour.passed + hour.failed + hour.unknown;
            let each = hour.took / i64::from(sessions.max(1));
            table.row([
                Timestamp(hour.from).utc().into(),
                count(hour.passed).into(),
                counts(hour.failed),
                counts(hour.unknown),
                count(hour.changed).into(),
                count(hour.removed).into(),
                format!("{}.{:01}", each / 1_000, each % 1_000 / 100).into(),
            ]);
        }
        screen.table(&table);
    });
    Ok(Exit::Fine)
}

/// Has an organization's sessions wait, or go on.
///
/// # Errors
/// Those of the verb.
pub async fn pause(view: &OrganizationView, paused: bool, call: &Call) -> Result<Exit> {
    let ask = PauseSessions { organization: view.organization.id, paused };
    let organization = pause::pause(&call.desk, ask, &call.job()).await?;
    call.screen.answer(&organization, |screen| {
        screen.line(&match organization.rhythm.paused {
            Some(_) => format!("The sessions of {} wait.", organization.name),
            None => format!(
                "The users of {} are read every {} minutes while the console is open; `org sync` reads whoever is due now.",
                organization.name, organization.rhythm.every_minutes
            ),
        });
    });
    Ok(Exit::Fine)
}

async fn take_secret(from_stdin: bool, organization: OrganizationId, call: &Call) -> Result<()> {
    if !from_stdin {
        return Ok(());
    }
    let integration = describe::describe(&call.desk, OrganizationRef { organization }, &Job::quiet()).await?.organization.integration;
    let secret = secret::read().await?;
    set_secret::set_secret(&call.desk, SetSecret { integration, secret }, &call.job()).await.map(|_| ())
}

fn answer(sessions: &Sessions, call: &Call) {
    let committed = sessions.committed;
    let json = json!({
        "users": sessions.users, "sessions": sessions.done, "passed": committed.passed, "failed": committed.failed,
        "unknown": committed.unknown, "changed": committed.changed, "removed": committed.removed, "requests": committed.requests,
        "initialized": committed.initialized, "disabled_due_to_error": committed.disabled, "complete": sessions.whole,
        "waiting_for_wave": sessions.waiting, "waiting_until": sessions.waiting_until,
    });
    call.screen.answer(&json, |screen| {
        if sessions.waiting > 0 {
            screen.paragraph(
                &format!(
                    "{} left alone: their wave of the rollout plan has not started. `org waves show` says where it stands; \
                     `users sync --force` reads one all the same.",
                    counted(sessions.waiting, "user was", "users were")
                ),
                "",
                "",
            );
        }
        if sessions.users == 0 {
            return;
        }
        screen.line(&format!(
            "{}: {} passed, {} failed, {} unknown; {} changed, {} gone.",
            counted(sessions.done, "session", "sessions"),
            count(committed.passed),
            count(committed.failed),
            count(committed.unknown),
            counted(committed.changed, "item", "items"),
            count(committed.removed)
        ));
        if committed.initialized > 0 {
            screen.line(&format!("{} became initialized.", counted(committed.initialized, "mailbox", "mailboxes")));
        }
        if committed.disabled > 0 {
            screen.painted(
                &format!("{} disabled: sessions kept failing.", counted(committed.disabled, "user was", "users were")),
                Paint::Bad,
            );
        }
        if !sessions.whole {
            let due = counted(sessions.users.saturating_sub(sessions.done), "user is", "users are");
            let why = sessions.waiting_until.map(|until| format!("Graph asked for a pause until {}: ", near(until, start::now())));
            screen.painted(&format!("{}{due} still due.", why.unwrap_or_default()), Paint::Open);
        }
    });
}

const fn exit(sessions: &Sessions) -> Exit {
    if sessions.committed.failed > 0 {
        Exit::Failed
    } else if sessions.committed.unknown > 0 || !sessions.whole {
        Exit::Incomplete
    } else {
        Exit::Fine
    }
}

fn last(figures: &Figures) -> String {
    let ledger = figures.standing.last;
    let of = |verdict: Verdict, n: u32| format!("{} {}", count(n), words::of_verdict(verdict));
    [
        of(Verdict::Passed, ledger.passed),
        of(Verdict::Failed, ledger.failed),
        of(Verdict::Unknown, ledger.unknown),
        format!("{} none yet", count(ledger.not_run)),
    ]
    .join(", ")
}

fn counts(number: u32) -> Cell {
    Cell::painted(&count(number), if number == 0 { Paint::Plain } else { Paint::Bad })
}
