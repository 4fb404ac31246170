//! A command that is run: what, where, with which environment, and how to type it.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, IsTerminal, stdin};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::{Failure, Outcome};
use crate::house::House;
use crate::say;

/// A command, not yet run.
#[derive(Clone)]
pub struct Work {
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    folder: PathBuf,
}

impl Work {
    /// `program` with `args`, run at the top of the repository.
    pub fn new(house: &House, program: impl Into<OsString>, args: &[&str]) -> Self {
        Self { program: program.into(), args: args.iter().map(OsString::from).collect(), env: Vec::new(), folder: house.root().to_owned() }
    }

    /// The cargo that started us.
    pub fn cargo(house: &House, args: &[&str]) -> Self {
        Self::new(house, house.cargo(), args)
    }

    /// npm, in the interface's folder.
    pub fn npm(house: &House, args: &[&str]) -> Self {
        // On Windows npm is a script, which is found only under its full name.
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        Self { folder: house.interface(), ..Self::new(house, npm, args) }
    }

    /// Sets a variable for this command alone.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// The same command as the last argument list of another one: `outer … program args`.
    #[must_use]
    pub fn inside(mut self, outer: &[&str]) -> Self {
        let Some((program, before)) = outer.split_first() else { return self };
        let inner = std::mem::replace(&mut self.program, program.into());
        self.args = before.iter().map(OsString::from).chain([inner]).chain(self.args).collect();
        self
    }

    /// Runs it with our own streams, after saying what is run.
    pub fn run(&self) -> Outcome<()> {
        say::line(format_args!("$ {}", self.typed()));
        let status = self.command().status();
        self.judge(status)
    }

    /// Runs it and hands each line that it writes, on either stream and in the order of writing, to `hear`, besides
    /// showing it.
    pub fn run_hearing(&self, mut hear: impl FnMut(&str)) -> Outcome<()> {
        say::line(format_args!("$ {}", self.typed()));
        let here = Failure::disk(&self.folder);
        let (reader, writer) = match std::io::pipe() {
            Ok(ends) => ends,
            Err(cause) => return Err(here(cause)),
        };
        let both = match writer.try_clone() {
            Ok(both) => both,
            Err(cause) => return Err(here(cause)),
        };
        let mut command = self.command();
        command.stdout(writer).stderr(both);
        let child = command.spawn();
        // The command still holds our ends of the pipe; reading ends only when the child's alone are left.
        drop(command);
        let mut child = match child {
            Ok(child) => child,
            Err(cause) => return self.judge(Err(cause)),
        };
        for bytes in BufReader::new(reader).split(b'\n') {
            let Ok(bytes) = bytes else { break };
            let text = String::from_utf8_lossy(&bytes);
            say::line(text.trim_end_matches('\r'));
            hear(&text);
        }
        self.judge(child.wait())
    }

    /// What it writes to standard output, or nothing when it can't be run or ends badly. Says nothing.
    pub fn read(&self) -> Option<String> {
        let output = self.command().stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Whether it ends well. Shows none of its output.
    pub fn succeeds(&self) -> bool {
        self.read().is_some()
    }

    /// What it writes to standard output even when it ends badly.
    pub fn read_anyway(&self) -> String {
        let output = self.command().stdin(Stdio::null()).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    }

    /// The command as a person types it at the top of the repository.
    pub fn typed(&self) -> String {
        let mut words = Vec::new();
        if self.folder.ends_with("ui") {
            words.push("cd ui &&".to_owned());
        }
        words.extend(self.env.iter().map(|(name, value)| format!("{name}={}", quoted(&value.to_string_lossy()))));
        let words_of_command = std::iter::once(&self.program).chain(&self.args);
        words.extend(words_of_command.map(|word| quoted(&known_as(word).to_string_lossy())));
        words.join(" ")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value))).current_dir(&self.folder);
        if !stdin().is_terminal() {
            command.stdin(Stdio::null());
        }
        command
    }

    fn judge(&self, status: std::io::Result<ExitStatus>) -> Outcome<()> {
        let ended = match status {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => format!("ended with {status}"),
            Err(cause) => format!("could not be started ({cause})"),
        };
        Err(Failure::Command { repeat: self.typed(), ended })
    }
}

/// The cargo that started us is known by its full path; a person types its name.
fn known_as(word: &OsStr) -> &OsStr {
    let path = Path::new(word);
    let name = path.file_stem().unwrap_or(word);
    if path.is_absolute() && name == "cargo" { name } else { word }
}

/// A word as a POSIX shell wants it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_typed() {
        let house = House::at("/somewhere/rollcall");
        let work = Work::new(&house, "/toolchains/stable/bin/cargo", &["test", "it's"]).env("ROLLCALL_E2E", "1").inside(&[
            "xvfb-run",
            "-s",
            "-screen 0",
        ]);
        assert_eq!(work.typed(), r"ROLLCALL_E2E=1 xvfb-run -s '-screen 0' cargo test 'it'\''s'");
        assert_eq!(Work::npm(&house, &["ci"]).typed().replace(".cmd", ""), "cd ui && npm ci");
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_are_heard_in_the_order_of_writing_and_a_bad_end_is_told() {
        let work = Work::new(&House::at("/"), "sh", &["-c", "echo one; echo two >&2; echo three; exit 3"]);
        let mut heard = Vec::new();
        let failure = work.run_hearing(|line| heard.push(line.to_owned())).expect_err("it ends with 3");
        assert_eq!(heard, ["one", "two", "three"]);
        assert!(matches!(failure, Failure::Command { .. }));
    }
}
