//! The settings that matter without a window.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use rollcall_ops::error::Result;
use rollcall_ops::job::Job;
use rollcall_ops::settings::{self, Resume};
use serde::Serialize;

use crate::call::Call;
use crate::exit::Exit;

#[derive(Subcommand)]
pub enum Settings {
    /// Show how they are
    Show,
    /// Change one or both; what isn't named stays as it is
    Set(Set),
}

#[derive(Args)]
#[command(group(ArgGroup::new("what").args(["leave_to_integration", "resume"]).required(true).multiple(true)))]
pub struct Set {
    /// How much of what Graph allows the integration a check leaves to its live work, 0 to 90
    #[arg(long, value_name = "PERCENT")]
    leave_to_integration: Option<u8>,
    /// What becomes of a run that the end of the program has cut off
    #[arg(long)]
    resume: Option<ResumeName>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ResumeName {
    /// It waits until somebody goes on with it, in the window or with --resume
    OnClick,
    /// It goes on when the window is opened, or with the next `verify` of all its organization's users
    ByItself,
}

impl From<ResumeName> for Resume {
    fn from(name: ResumeName) -> Self {
        match name {
            ResumeName::OnClick => Self::OnClick,
            ResumeName::ByItself => Self::ByItself,
        }
    }
}

/// The settings as scripts read them; the names of the fields are a contract.
#[derive(Serialize)]
struct Kept {
    leave_to_integration: u8,
    resume: Resume,
}

/// Shows or changes them; either way the answer is how they are then.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Settings, call: &Call) -> Result<Exit> {
    let mut kept = settings::get(&call.desk, (), &Job::quiet()).await?;
    if let Settings::Set(ask) = ask {
        kept.leave_to_integration = ask.leave_to_integration.unwrap_or(kept.leave_to_integration);
        kept.resume = ask.resume.map_or(kept.resume, Resume::from);
        kept = settings::set(&call.desk, kept, &call.job()).await?;
    }
    let settings::Settings { leave_to_integration, resume, .. } = kept;
    call.screen.answer(&Kept { leave_to_integration, resume }, |screen| {
        let cut_off = match resume {
            Resume::OnClick => "waits until somebody goes on with it",
            Resume::ByItself => "goes on when the window is opened, or with the next `verify` or `scope prove` of its organization",
        };
        screen.facts(&[
            ("Left to the integration", format!("{leave_to_integration} % of what Graph allows it").into()),
            ("A run or proof that was cut off", cut_off.into()),
        ]);
    });
    Ok(Exit::Fine)
}
