//! The one place that writes to the terminal. Output that nobody reads any more (a closed pipe) is no reason to stop.

use std::fmt::Display;

/// A line of ordinary output.
pub fn line(text: impl Display) {
    terminal::out(text);
}

/// The title of what happens next, set off from the output of the tools.
pub fn headline(text: impl Display) {
    terminal::out(format_args!("\n── {text}"));
}

/// What went wrong.
pub fn error(text: impl Display) {
    terminal::err(format_args!("\nerror: {text}"));
}

#[cfg(not(test))]
mod terminal {
    use std::fmt::Display;
    use std::io::{Write, stderr, stdout};

    pub fn out(text: impl Display) {
        let mut out = stdout().lock();
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }

    pub fn err(text: impl Display) {
        let _ = writeln!(stderr(), "{text}");
    }
}

/// Our own tests speak through what the test runner keeps to itself: they say things such as `test result: ok`, which
/// a `cargo xtask test` that runs them would count.
#[cfg(test)]
mod terminal {
    use std::fmt::Display;

    pub fn out(text: impl Display) {
        println!("{text}");
    }

    pub fn err(text: impl Display) {
        eprintln!("{text}");
    }
}
