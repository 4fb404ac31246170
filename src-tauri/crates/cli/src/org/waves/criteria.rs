//! By what the waves of a plan are judged: read from the command line, and changed while waves run.

use std::str::FromStr;

use clap::{ArgGroup, Args, ValueEnum};
use rollcall_core::wave::{Entry, Exit as Criteria, OwnExit, Severity};
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::waves::criteria::{self, CriteriaChange, ForeseenCriteria, SetCriteria};
use rollcall_ops::waves::show::{self, PlanView};

use super::{Named, reference, standing, tell};
use crate::call::Call;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::table::Paint;
use crate::text::counted;
use crate::words::of_reason;

/// What is to be changed.
#[derive(Args)]
#[command(group(
    ArgGroup::new("what")
        .args(["initialized", "failed", "hours", "issues", "require_consent", "require_window", "by_itself", "own", "as_plan"])
        .required(true)
        .multiple(true)
))]
pub struct SetTo {
    #[command(flatten)]
    named: Named,
    /// So many percent of a wave have to be initialized
    #[arg(long, value_name = "PERCENT")]
    initialized: Option<u32>,
    /// So many percent of a wave may fail
    #[arg(long, value_name = "PERCENT")]
    failed: Option<u32>,
    /// A wave is watched for so many hours after its last switch
    #[arg(long, value_name = "N")]
    hours: Option<u32>,
    /// Which open issues count
    #[arg(long)]
    issues: Option<Issues>,
    /// Whether a wave starts only when all that is required was read back as granted
    #[arg(long, value_name = "true|false")]
    require_consent: Option<bool>,
    /// Whether a wave starts only while the change window is open
    #[arg(long, value_name = "true|false")]
    require_window: Option<bool>,
    /// Whether the next wave starts by itself when its criteria are met
    #[arg(long, value_name = "true|false")]
    by_itself: Option<bool>,
    /// What one wave has to come to, where that differs: N:KEY=VALUE,... with initialized, failed, hours, and issues=lasting, any or none
    #[arg(long, value_name = "CRITERIA")]
    own: Vec<Own>,
    /// These waves have to come to what the others have to
    #[arg(long, value_delimiter = ',', value_name = "N,...")]
    as_plan: Vec<u32>,
    /// Say what would change, and keep nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do it also where a wave would stand elsewhere by it, or start by itself; otherwise that is asked first
    #[arg(long)]
    yes: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Issues {
    /// Those that don't pass by themselves
    Lasting,
    Any,
    None,
}

impl From<Issues> for Option<Severity> {
    fn from(issues: Issues) -> Self {
        match issues {
            Issues::Lasting => Some(Severity::Lasting),
            Issues::Any => Some(Severity::Any),
            Issues::None => None,
        }
    }
}

/// Criteria of one wave, as far as they were named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Own {
    wave: u32,
    initialized: Option<u32>,
    failed: Option<u32>,
    hours: Option<u32>,
    issues: Option<Option<Severity>>,
}

impl FromStr for Own {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| format!("{text} is no number"));
        let (wave, criteria) = text.split_once(':').ok_or("it begins with the wave's number and a colon")?;
        let mut own = Self { wave: number(wave)?, initialized: None, failed: None, hours: None, issues: None };
        for criterion in criteria.split(',') {
            let (key, value) = criterion.split_once('=').ok_or_else(|| format!("{criterion} is no KEY=VALUE"))?;
            match (key.trim(), value.trim()) {
                ("initialized", value) => own.initialized = Some(number(value)?),
                ("failed", value) => own.failed = Some(number(value)?),
                ("hours", value) => own.hours = Some(number(value)?),
                ("issues", "lasting") => own.issues = Some(Some(Severity::Lasting)),
                ("issues", "any") => own.issues = Some(Some(Severity::Any)),
                ("issues", "none") => own.issues = Some(None),
                _ => return Err(format!("{criterion} is no criterion")),
            }
        }
        Ok(own)
    }
}

impl Own {
    /// What was not named is as in the plan.
    pub fn within(self, plan: Criteria) -> OwnExit {
        let exit = Criteria {
            initialized: self.initialized.unwrap_or(plan.initialized),
            failed: self.failed.unwrap_or(plan.failed),
            hours: self.hours.unwrap_or(plan.hours),
            issues: self.issues.unwrap_or(plan.issues),
        };
        OwnExit { wave: self.wave, exit }
    }
}

/// Changes the criteria. Where a wave would stand elsewhere by that, or start by itself, it is agreed to first.
///
/// # Errors
/// Those of the verb.
pub(super) async fn run(ask: SetTo, call: &Call) -> Result<Exit> {
    let of = reference(&ask.named, call).await?;
    let organization = of.organization;
    let present = show::show(&call.desk, OrganizationRef { organization }, &Job::quiet()).await?;
    let present = present.ok_or_else(|| Error::new(Code::NotFound, "the organization has no rollout plan"))?;
    let wanted = wanted(&ask, &present)?;
    let foreseen = criteria::foresee(&call.desk, wanted.clone(), &Job::quiet()).await?;
    if ask.dry_run {
        call.screen.answer(&foreseen, |screen| {
            tell_changes(&foreseen, screen);
            if let Some(reason) = foreseen.none {
                let words = of_reason(reason);
                screen.painted(&format!("It would be refused: {}. {}", words.title, screen.filled(words.advice)), Paint::Open);
            }
        });
        return Ok(if foreseen.none.is_none() { Exit::Fine } else { Exit::Incomplete });
    }
    if foreseen.none.is_none() && moves(&foreseen) && !ask.yes {
        for change in &foreseen.changes {
            call.screen.note(&words(change));
        }
        if !call.agrees("Judge by these criteria?") {
            call.screen.answer(&foreseen, |screen| screen.line("Nothing was changed."));
            return Ok(Exit::Incomplete);
        }
    }
    let agreed = SetCriteria { expected: Some(foreseen.states.clone()), ..wanted };
    let view = criteria::set(&call.desk, agreed, &call.job()).await?;
    call.screen.answer(&view, |screen| {
        tell_changes(&foreseen, screen);
        tell(&view, screen);
    });
    Ok(Exit::Fine)
}

/// The criteria of now with what was named in their place.
///
/// # Errors
/// `InvalidInput` for a wave that is to be as the plan, and that there isn't, or that is to have criteria of its own, too.
fn wanted(ask: &SetTo, present: &PlanView) -> Result<SetCriteria> {
    for wave in &ask.as_plan {
        if !present.waves.iter().any(|one| one.number == *wave) {
            return Err(Error::input("--as-plan", format!("the plan has no wave {wave}")));
        }
        if ask.own.iter().any(|own| own.wave == *wave) {
            return Err(Error::input("--as-plan", format!("wave {wave} is given criteria of its own by --own")));
        }
    }
    let Criteria { initialized, failed, hours, issues } = present.exit;
    let exit = Criteria {
        initialized: ask.initialized.unwrap_or(initialized),
        failed: ask.failed.unwrap_or(failed),
        hours: ask.hours.unwrap_or(hours),
        issues: ask.issues.map_or(issues, Option::<Severity>::from),
    };
    // A wave that there isn't is for the verb to refuse.
    let present_own = |wave: u32| present.waves.iter().find(|one| one.number == wave).and_then(|one| one.own);
    let mut own: Vec<OwnExit> = ask.own.iter().map(|own| own.within(present_own(own.wave).unwrap_or(exit))).collect();
    for wave in &present.waves {
        let named = ask.as_plan.contains(&wave.number) || ask.own.iter().any(|own| own.wave == wave.number);
        own.extend(wave.own.filter(|_| !named).map(|exit| OwnExit { wave: wave.number, exit }));
    }
    Ok(SetCriteria {
        organization: present.organization,
        entry: Entry {
            authorized: ask.require_consent.unwrap_or(present.entry.authorized),
            window: ask.require_window.unwrap_or(present.entry.window),
        },
        exit,
        own,
        by_itself: ask.by_itself.unwrap_or(present.by_itself),
        expected: None,
    })
}

/// Whether a wave stands elsewhere by it, or starts by itself.
fn moves(foreseen: &ForeseenCriteria) -> bool {
    foreseen.changes.iter().any(|change| matches!(change, CriteriaChange::State { .. } | CriteriaChange::Starts { .. }))
}

fn tell_changes(foreseen: &ForeseenCriteria, screen: &Screen) {
    for change in &foreseen.changes {
        screen.line(&words(change));
    }
    for wave in &foreseen.over {
        screen.line(&format!("Wave {wave} is over and keeps what it was judged by."));
    }
    if foreseen.changes.is_empty() {
        screen.line("Nothing changes.");
    }
}

/// A change in words.
fn words(change: &CriteriaChange) -> String {
    match change {
        CriteriaChange::Authorized { required: true } => "A wave starts only when all that is required is granted.".to_owned(),
        CriteriaChange::Authorized { required: false } => "A wave starts whether all that is required is granted or not.".to_owned(),
        CriteriaChange::Window { required: true } => "A wave starts only while the change window is open.".to_owned(),
        CriteriaChange::Window { required: false } => {
            "A wave starts outside of the change window, too, and its switches wait for it.".to_owned()
        }
        CriteriaChange::ByItself { on: true } => {
            "The next wave starts by itself when its criteria are met, while the console is open.".to_owned()
        }
        CriteriaChange::ByItself { on: false } => "No wave starts by itself any more.".to_owned(),
        CriteriaChange::Exit { wave, before, after } => {
            format!("Wave {wave} has to come to: {}; before: {}.", exit_words(*after), exit_words(*before))
        }
        CriteriaChange::State { wave, before, after } => {
            format!("Wave {wave} goes from \"{}\" to \"{}\".", standing(*before), standing(*after))
        }
        CriteriaChange::Starts { wave, users } => {
            format!("Wave {wave} then starts by itself and switches {}.", counted(*users, "user", "users"))
        }
    }
}

fn exit_words(Criteria { initialized, failed, hours, issues }: Criteria) -> String {
    let issues = match issues {
        Some(Severity::Lasting) => "no open issue that lasts",
        Some(Severity::Any) => "no open issue",
        None => "whatever the issues",
    };
    format!("{initialized} % initialized, {failed} % failed at most, watched for {hours} h, {issues}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_of_one_wave_are_read_and_what_is_not_named_is_as_in_the_plan() {
        let plan = Criteria { initialized: 95, failed: 2, hours: 24, issues: Some(Severity::Lasting) };
        let own: Own = "1:initialized=100, hours=72,issues=none".parse().unwrap();
        let exit = Criteria { initialized: 100, failed: 2, hours: 72, issues: None };
        assert_eq!(own.within(plan), OwnExit { wave: 1, exit });
        for wrong in ["initialized=100", "1:hours", "1:hours=soon", "1:days=3", "x:hours=1"] {
            assert!(wrong.parse::<Own>().is_err(), "{wrong}");
        }
    }
}
