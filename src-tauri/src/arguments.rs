//! What the program is asked for when it is started.

/// It.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// The window; with `practice`, the practice tenant is connected first.
    Window {
        practice: bool,
    },
    Help,
    Version,
    /// An option that it doesn't have.
    Unknown(String),
}

pub const HELP: &str = "\
Rollcall puts a mail integration onto Microsoft Graph for every mailbox of an organization, and proves that it works.

Usage: rollcall [--practice]

  --practice   connect the practice tenant first
  --help       print this
  --version    print the version

Without a window `rollcallctl` does the same: `rollcallctl --help`.";

/// Reads the arguments, without the program's own name. What is no option is left to the desktop that starts it.
pub fn read(arguments: impl IntoIterator<Item = String>) -> Asked {
    let mut practice = false;
    for argument in arguments {
        match argument.as_str() {
            "--practice" => practice = true,
            "--help" | "-h" => return Asked::Help,
            "--version" | "-V" => return Asked::Version,
            // A driver of browsers starts the window so.
            "--automation" => {}
            option if option.starts_with("--") => return Asked::Unknown(argument),
            _ => {}
        }
    }
    Asked::Window { practice }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str]) -> Asked {
        read(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn what_is_asked_for_is_answered_and_what_is_unknown_is_no_window() {
        assert_eq!(of(&[]), Asked::Window { practice: false });
        assert_eq!(of(&["--practice"]), Asked::Window { practice: true });
        assert_eq!(of(&["--practice", "--help"]), Asked::Help);
        assert_eq!((of(&["-V"]), of(&["--version"])), (Asked::Version, Asked::Version));
        assert_eq!(of(&["--pratice"]), Asked::Unknown("--pratice".to_owned()));
        assert_eq!(of(&["-psn_0_1"]), Asked::Window { practice: false }, "macOS starts a program so");
        assert!(HELP.contains("--practice") && HELP.contains("rollcallctl"));
    }
}
