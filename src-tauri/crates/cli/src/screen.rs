//! Output: the only place that writes to stdout and stderr. Whatever comes from a tenant is cleaned on its way.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rollcall_core::time::Timestamp;
use rollcall_ops::error::Error;
use rollcall_ops::organizations::describe::OrganizationView;
use serde::Serialize;

use crate::table::{Cell, Paint, Table, facts, wrapped};
use crate::text::{clean, clean_json, quoted};
use crate::{start, words};

/// Why there is no answer, as scripts read it; the names of the fields are a contract.
#[derive(Serialize)]
struct Failed<'a> {
    error: Failure<'a>,
}

#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    title: &'a str,
    advice: &'a str,
    detail: &'a str,
    request_id: Option<&'a str>,
    client_request_id: Option<&'a str>,
    /// Until when Microsoft asks to wait, where it says so.
    until: Option<Timestamp>,
}

/// Where answers, notes and errors go, and in which form. Clones share everything.
#[derive(Clone)]
pub struct Screen {
    json: bool,
    quiet: bool,
    cut_off: Arc<AtomicBool>,
    subject: Arc<OnceLock<Subject>>,
}

/// The names that stand in a command for what it is about.
struct Subject {
    organization: String,
    tenant: String,
    integration: String,
}

impl Screen {
    pub fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, cut_off: Arc::default(), subject: Arc::default() }
    }

    /// Says which organization the command is about, so that the commands that are named to a person can be typed as they stand.
    pub fn about(&self, view: &OrganizationView) {
        self.subject.get_or_init(|| Subject {
            organization: quoted(&view.organization.name).into_owned(),
            tenant: quoted(&view.tenant_name).into_owned(),
            integration: quoted(&view.integration_name).into_owned(),
        });
    }

    /// A text with the names of what the command is about in its commands.
    pub fn filled(&self, text: &str) -> String {
        let Some(Subject { organization, tenant, integration }) = self.subject.get() else { return text.to_owned() };
        text.replace("--org NAME", &format!("--org {organization}"))
            .replace("--tenant NAME", &format!("--tenant {tenant}"))
            .replace("integration change NAME", &format!("integration change {integration}"))
    }

    /// Whether the answer is to be one JSON document.
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether only errors go to stderr.
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether an answer could not be written in full, for another reason than that its reader has gone.
    pub fn was_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }

    /// The answer: as JSON where that was asked for, else as `people` lays it out.
    pub fn answer(&self, answer: &impl Serialize, people: impl FnOnce(&Self)) {
        if self.json { self.document(answer) } else { people(self) }
    }

    /// One JSON document on lines of its own.
    pub fn document(&self, answer: &impl Serialize) {
        match serde_json::to_string_pretty(answer) {
            Ok(text) => self.out(&format!("{}\n", clean_json(&text))),
            Err(_) => self.cut_off.store(true, Ordering::Relaxed),
        }
    }

    /// One JSON document on one line.
    pub fn json_line(&self, answer: &impl Serialize) {
        match serde_json::to_string(answer) {
            Ok(text) => self.out(&format!("{}\n", clean_json(&text))),
            Err(_) => self.cut_off.store(true, Ordering::Relaxed),
        }
    }

    /// A part of a JSON array that comes in parts: the first opens it, the last closes it, one element a line.
    pub fn array_part(&self, elements: &[impl Serialize], first: bool, last: bool) {
        let mut text = String::from(if first { "[" } else { "" });
        for (at, element) in elements.iter().enumerate() {
            text.push_str(if first && at == 0 { "\n" } else { ",\n" });
            match serde_json::to_string(element) {
                Ok(element) => text.push_str(&element),
                Err(_) => self.cut_off.store(true, Ordering::Relaxed),
            }
        }
        if last {
            text.push_str("\n]\n");
        }
        self.out(&clean_json(&text));
    }

    /// A line of the answer.
    pub fn line(&self, text: &str) {
        self.out(&format!("{}\n", clean(text)));
    }

    /// A headline of the answer.
    pub fn headline(&self, text: &str) {
        self.out(&format!("{}\n", Paint::Strong.on(&clean(text))));
    }

    /// A line of the answer in a colour.
    pub fn painted(&self, text: &str, paint: Paint) {
        self.out(&format!("{}\n", paint.on(&clean(text))));
    }

    /// An empty line.
    pub fn gap(&self) {
        self.out("\n");
    }

    /// A paragraph, broken at the width of the terminal: the first line begins with `lead`, the others with `indent`.
    pub fn paragraph(&self, text: &str, lead: &str, indent: &str) {
        for line in wrapped(text, lead, indent, self.width().unwrap_or(100)) {
            self.out(&format!("{line}\n"));
        }
    }

    /// A table.
    pub fn table(&self, table: &Table) {
        self.table_page(table, true);
    }

    /// A page of a long table; `heads` on the first.
    pub fn table_page(&self, table: &Table, heads: bool) {
        for line in table.lines(self.width(), heads) {
            self.out(&format!("{line}\n"));
        }
    }

    /// Labels and what they say.
    pub fn facts(&self, rows: &[(&str, Cell)]) {
        for line in facts(rows) {
            self.out(&format!("{line}\n"));
        }
    }

    /// A piece of a file, cleaned only where a terminal shows it.
    pub fn file(&self, text: &str) {
        if io::stdout().is_terminal() {
            for line in text.trim_start_matches('\u{feff}').lines() {
                self.line(line);
            }
        } else {
            self.out(text);
        }
    }

    /// A remark on stderr.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            err(&format!("{}\n", clean(text)));
        }
    }

    /// Why the command could not do what it was asked.
    pub fn error(&self, error: &Error) {
        let words = words::of_error(error);
        let title = words::title_of_error(error, start::now());
        let advice = self.filled(words.advice);
        if self.json {
            return self.document(&Failed {
                error: Failure {
                    code: words::name_of_error(error),
                    title: &title,
                    advice: &advice,
                    detail: &error.detail,
                    request_id: error.request_id.as_deref(),
                    client_request_id: error.client_request_id.as_deref(),
                    until: error.until,
                },
            });
        }
        let style = console::Style::new().for_stderr();
        let mut text = format!("{} {}\n", style.clone().red().bold().apply_to("error:"), style.clone().bold().apply_to(title));
        let id = words::id_of(error).map(|id| format!("({id})"));
        let detail: Vec<&str> =
            [error.detail.as_str(), id.as_deref().unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect();
        let width = console::Term::stderr().size_checked().map_or(100, |(_, columns)| usize::from(columns));
        for line in wrapped(&advice, "  ", "  ", width) {
            text.push_str(&line);
            text.push('\n');
        }
        if !detail.is_empty() {
            text.push_str(&format!("  {}\n", style.dim().apply_to(clean(&detail.join(" ")))));
        }
        err(&text);
    }

    /// A command that was not understood, where JSON was asked for.
    pub fn usage(&self, message: &str) {
        let detail = console::strip_ansi_codes(message);
        self.document(&Failed {
            error: Failure {
                code: "usage",
                title: "The command was not understood",
                advice: "Look at `rollcallctl --help`, or at `--help` after the command.",
                detail: detail.trim(),
                request_id: None,
                client_request_id: None,
                until: None,
            },
        });
    }

    /// Writes to stdout at once, as what reads it may be waiting for the line. A reader that has gone is no failure.
    fn out(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.cut_off.store(true, Ordering::Relaxed);
        }
    }

    fn width(&self) -> Option<usize> {
        console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
    }
}

/// Writes to stderr. Where that can't be done there is nobody left to tell.
fn err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
