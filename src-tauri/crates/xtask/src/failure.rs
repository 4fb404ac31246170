//! Why a command could not be carried out, with what to type next.

use std::fmt;
use std::process::ExitCode;

/// What every part of xtask answers.
pub type Outcome<T> = Result<T, Failure>;

/// A reason to stop.
#[derive(Debug)]
pub enum Failure {
    /// The words on the command line make no sense together.
    Usage(String),
    /// Something has to be installed by hand; the text says what and how.
    Missing(String),
    /// A command ended badly. `repeat` is what to type to see it again.
    Command { repeat: String, ended: String },
    /// A file of the repository could not be read or written.
    Disk { path: String, cause: std::io::Error },
    /// A test run found failures; everything about them has been said already.
    Tests,
}

impl Failure {
    /// 2 for a wrong command line, 1 for everything else.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Missing(_) | Self::Command { .. } | Self::Disk { .. } | Self::Tests => ExitCode::from(1),
        }
    }

    /// For `map_err` on whatever touches `path`.
    pub fn disk(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |cause| Self::Disk { path, cause }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(why) | Self::Missing(why) => f.write_str(why),
            Self::Command { repeat, ended } => write!(f, "this command {ended}; to repeat it:\n\n    {repeat}\n"),
            Self::Disk { path, cause } => write!(f, "{path}: {cause}"),
            Self::Tests => f.write_str("not everything passed"),
        }
    }
}
