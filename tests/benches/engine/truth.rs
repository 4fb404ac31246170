//! What was planted in a practice tenant, written to a file that another process compares its findings with. A fast answer that is
//! wrong is no answer.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_sandbox::{Expected, Planted};
use rollcall_store::runs::MailboxResult;

/// The right verdict for each workload of each mailbox, by object id.
pub struct Truth(HashMap<String, HashMap<String, String>>);

/// Writes what was planted.
pub fn write(file: &Path, planted: &[Planted]) -> Result<()> {
    let mut text = String::new();
    for user in planted {
        text.push_str(&user.user_id);
        for (workload, Expected { verdict, .. }) in &user.workloads {
            write!(text, " {}={verdict}", format!("{workload:?}").to_lowercase())?;
        }
        text.push('\n');
    }
    std::fs::write(file, text).context("the file of what was planted")
}

impl Truth {
    /// Reads what was planted.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).context("the file of what was planted")?;
        let user = |line: &str| {
            let mut words = line.split(' ');
            let id = words.next()?.to_owned();
            let verdicts = words.filter_map(|word| word.split_once('=')).map(|(name, verdict)| (name.to_owned(), verdict.to_owned()));
            Some((id, verdicts.collect()))
        };
        Ok(Self(text.lines().filter_map(user).collect()))
    }

    /// How many mailboxes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What is wrong about what was found for a mailbox; `None` when all of it is right. Workloads in `asked` must have been asked.
    pub fn contradicts(&self, found: &MailboxResult, asked: &[Workload]) -> Option<String> {
        let id = found.object_id.to_string();
        let Some(right) = self.0.get(&id) else { return Some(format!("{id} is nobody")) };
        let mut worst = Verdict::Passed.name();
        for workload in asked {
            let name = workload.name();
            let right = right.get(name).map(String::as_str);
            let said = found.workloads.iter().find(|answer| answer.workload == *workload).map(|answer| answer.verdict.name());
            if right.is_none() || right != said {
                return Some(format!("{name} of {id} is {}, found was {}", right.unwrap_or("nothing"), said.unwrap_or("nothing")));
            }
            worst = right.filter(|right| *right != Verdict::Passed.name()).unwrap_or(worst);
        }
        (found.verdict.name() != worst).then(|| format!("{id} is {worst}, found was {}", found.verdict.name()))
    }
}
