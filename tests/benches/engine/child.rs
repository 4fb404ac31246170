//! This program again, or another one, in a process of its own with its own memory and processor time. What it is asked goes in as
//! the first line of its standard input, so that no secret stands among its arguments.

use std::io::{BufRead, BufReader, Lines, Write, stdin, stdout};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A process that plays one of the roles.
pub struct Role {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    name: &'static str,
}

impl Role {
    /// Lets this program play it, and hands it what it is asked.
    pub fn start(name: &'static str, ask: &impl Serialize) -> Result<Self> {
        let program = std::env::current_exe().context("where this program is")?;
        Self::of(name, Command::new(program).arg(name), ask)
    }

    fn of(name: &'static str, command: &mut Command, ask: &impl Serialize) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().with_context(|| format!("{name} does not start"))?;
        let stdin = child.stdin.take().context("its standard input")?;
        let lines = BufReader::new(child.stdout.take().context("its standard output")?).lines();
        let mut role = Self { child, stdin, lines, name };
        role.tell(&serde_json::to_string(ask)?)?;
        Ok(role)
    }

    /// Writes it one line.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        writeln!(self.stdin, "{line}").and_then(|()| self.stdin.flush()).with_context(|| format!("{} no longer listens", self.name))
    }

    /// Reads its next line.
    pub fn hear<T: DeserializeOwned>(&mut self) -> Result<T> {
        let Some(line) = self.lines.next() else { bail!("{} ended without an answer; it says why above", self.name) };
        serde_json::from_str(&line?).with_context(|| format!("{} said something else than was agreed", self.name))
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        // It is our own child, and what it had to say has been heard.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets a role do one thing and answers with its answer.
pub fn ask<T: DeserializeOwned>(name: &'static str, ask: &impl Serialize) -> Result<T> {
    Role::start(name, ask)?.hear()
}

/// The same with another program, which plays that role alone.
pub fn ask_program<T: DeserializeOwned>(program: &Path, name: &'static str, ask: &impl Serialize) -> Result<T> {
    Role::of(name, &mut Command::new(program), ask)?.hear()
}

/// The child's side: reads what is asked and plays it.
pub fn play<A: DeserializeOwned>(role: impl FnOnce(A) -> Result<()>) -> Result<()> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    role(serde_json::from_str(&line)?)
}

/// The child's side of [`ask`].
pub fn answer<A: DeserializeOwned, T: Serialize>(role: impl FnOnce(A) -> Result<T>) -> Result<()> {
    play(|ask| reply(&role(ask)?))
}

/// Writes one line to whoever started us.
pub fn reply(answer: &impl Serialize) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{}", serde_json::to_string(answer)?)?;
    out.flush()?;
    Ok(())
}
