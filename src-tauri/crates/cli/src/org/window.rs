//! The change window of an organization by command.

use clap::{ArgGroup, Args, ValueEnum};
use rollcall_core::change_window::{ChangeWindow, Day};
use rollcall_ops::error::{Error, Result};
use rollcall_ops::organizations::describe::OrganizationView;
use rollcall_ops::organizations::window::{self, SetWindow};

use super::Named;
use crate::call::Call;
use crate::exit::Exit;
use crate::names;
use crate::text::counted;

#[derive(Args)]
#[command(group(ArgGroup::new("what").args(["days", "always"]).required(true)))]
pub struct Window {
    #[command(flatten)]
    named: Named,
    /// The days on which it begins
    #[arg(long, value_delimiter = ',', value_name = "DAY,...", requires_all = ["from", "to", "zone"])]
    days: Vec<OnDay>,
    /// When it begins, as 19:00
    #[arg(long, value_name = "HH:MM")]
    from: Option<String>,
    /// When it ends; an end that isn't after the beginning is of the next day
    #[arg(long, value_name = "HH:MM")]
    to: Option<String>,
    /// Its time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// No window: users are switched at once
    #[arg(long)]
    always: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnDay {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<OnDay> for Day {
    fn from(day: OnDay) -> Self {
        match day {
            OnDay::Mon => Self::Monday,
            OnDay::Tue => Self::Tuesday,
            OnDay::Wed => Self::Wednesday,
            OnDay::Thu => Self::Thursday,
            OnDay::Fri => Self::Friday,
            OnDay::Sat => Self::Saturday,
            OnDay::Sun => Self::Sunday,
        }
    }
}

/// Sets it, or takes it away.
///
/// # Errors
/// Those of the verb.
pub async fn run(ask: Window, call: &Call) -> Result<Exit> {
    let organization = names::organization(call, &ask.named.name, ask.named.tenant.as_deref()).await?.organization;
    let window = match (&ask.from, &ask.to, &ask.zone) {
        (Some(from), Some(to), Some(zone)) if !ask.always => Some(ChangeWindow {
            days: ask.days.iter().copied().map(Day::from).collect(),
            from: minutes("from", from)?,
            to: minutes("to", to)?,
            zone: zone.clone(),
        }),
        _ => None,
    };
    let organization = window::set_window(&call.desk, SetWindow { organization: organization.id, window }, &call.job()).await?;
    call.screen.answer(&organization, |screen| {
        screen.line(&match &organization.window {
            Some(window) => format!("Users of {} are switched {}.", organization.name, hours(window)),
            None => format!("Users of {} are switched at any time.", organization.name),
        });
    });
    Ok(Exit::Fine)
}

/// When an organization's users may be switched, and what waits for it.
pub fn words(view: &OrganizationView) -> String {
    let Some(window) = &view.organization.window else { return "none: users are switched at once".to_owned() };
    let opens = view.window_opens.map_or_else(|| "open now".to_owned(), |at| format!("opens at {}", at.utc()));
    format!("{}; {opens}; {}", hours(window), counted(view.queued, "switch waits", "switches wait"))
}

fn hours(window: &ChangeWindow) -> String {
    let days: Vec<String> = window.days.iter().map(|day| format!("{day:?}")).collect();
    format!("on {} from {} to {} ({})", days.join(", "), time(window.from), time(window.to), window.zone)
}

fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn minutes(what: &str, text: &str) -> Result<u16> {
    let read = text.split_once(':').and_then(|(hour, minute)| {
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    });
    read.ok_or_else(|| Error::input(what, "a time of day is written as 19:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read_as_it_is_written() {
        for text in ["00:00", "07:05", "23:59"] {
            assert_eq!(minutes("from", text).map(time).ok().as_deref(), Some(text));
        }
        for bad in ["24:00", "7", "19:60", "a:b", "-1:00", ""] {
            assert!(minutes("from", bad).is_err(), "{bad:?}");
        }
    }
}
