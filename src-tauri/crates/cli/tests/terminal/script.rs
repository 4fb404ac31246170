//! A script at work: runs the binary on a data folder of its own, without a keychain unless there is one to play with.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use rollcall_sandbox::browser::{Person, Visited, visit};
use serde_json::Value;
use tempfile::TempDir;

/// One data folder, and everything that runs on it.
pub struct Script {
    folder: TempDir,
    keychain: bool,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// The one JSON document on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("stdout is no JSON document ({error}):\n{}\n{}", self.out, self.err))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Script {
    /// A script without a keychain: no session bus can be found.
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), keychain: false }
    }

    /// A script with the keychain of the session that the test runs in.
    pub fn with_keychain() -> Self {
        Self { folder: TempDir::new().unwrap(), keychain: true }
    }

    /// Where the data rests.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file in the script's own folder.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The command, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcallctl"));
        command.args(arguments).env("ROLLCALL_DATA_DIR", self.data()).env_remove("ROLLCALL_LOG");
        if !self.keychain {
            command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").env("XDG_RUNTIME_DIR", self.folder.path());
        }
        command
    }

    /// Connects a practice tenant under the name `Lab`, by the details that it tells about itself.
    pub fn connect(&self, details: &Value) -> Ended {
        let get = |field: &str| details[field].as_str().unwrap();
        let add = ["tenant", "add", "Lab", "--cloud", "custom", "--authority", get("authority"), "--graph", get("graph")];
        self.run(&[&add[..], &["--tenant-id", get("tenant_id"), "--client-id", get("console_client_id")]].concat())
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).stdin(Stdio::null()).output().unwrap().into()
    }

    /// Runs a command to its end, with this on its stdin.
    pub fn pipe(&self, arguments: &[&str], input: &str) -> Ended {
        self.start_with(arguments, input).end()
    }

    /// Starts a command with this on its stdin, and leaves it running.
    pub fn start_with(&self, arguments: &[&str], input: &str) -> Running {
        let mut running = self.start(arguments);
        running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        running
    }

    /// Starts a command, and leaves it running.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let err = BufReader::new(child.stderr.take().unwrap());
        Running { stdin: child.stdin.take(), child, out, err }
    }
}

/// A command under way; ended when dropped.
pub struct Running {
    pub stdin: Option<ChildStdin>,
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    err: BufReader<std::process::ChildStderr>,
}

impl Running {
    /// The next line that it writes to stdout.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Reads stderr until a line holds this.
    pub fn until(&mut self, part: &str) -> String {
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            assert!(self.err.read_line(&mut line).unwrap() > 0, "stderr ended before {part:?}:\n{seen}");
            if line.contains(part) {
                return line;
            }
            seen.push_str(&line);
        }
    }

    /// Sends a signal, by the name that `kill` knows.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        drop(self.stdin.take());
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.err.read_to_string(&mut err).unwrap();
        Ended { code: self.child.wait().unwrap().code().unwrap_or(-1), out, err }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Most have ended by themselves.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A practice tenant as a process of its own.
pub struct Served {
    process: Running,
    pub details: Value,
}

impl Served {
    pub fn start(script: &Script, arguments: &[&str]) -> Self {
        let all: Vec<&str> = ["practice", "serve"].iter().chain(arguments).copied().collect();
        let mut process = script.start(&all);
        let details = serde_json::from_str(&process.line()).unwrap();
        Self { process, details }
    }

    /// One of the six fields.
    pub fn get(&self, field: &str) -> &str {
        self.details[field].as_str().unwrap()
    }

    /// Connects it under the name `Lab`.
    pub fn connect(&self, script: &Script) -> Ended {
        script.connect(&self.details)
    }

    /// Interrupts it as Ctrl+C does.
    pub fn interrupt(self) -> Ended {
        self.process.signal("INT");
        self.process.end()
    }
}

/// Visits an address as this person, and waits until the last page is there.
pub fn browse(url: &str, person: &Person) -> Visited {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(visit(url, person)).unwrap()
}
