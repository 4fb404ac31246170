//! Equal errors over many mailboxes: 3,000 failures become four causes, each with what mends it and who can.

use rollcall_core::issue::Cause;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rollcall_ops::runs::FingerprintRow;
use serde::Serialize;

use crate::screen::Screen;
use crate::table::Paint;
use crate::text::{count, counted};
use crate::words;

/// A group as scripts read it; the names of the fields are a contract.
#[derive(Serialize)]
pub struct Group<'a> {
    fingerprint: &'a str,
    code: Option<&'a str>,
    workload: Workload,
    count: u32,
    remedy: String,
}

impl<'a> From<&'a FingerprintRow> for Group<'a> {
    fn from(row: &'a FingerprintRow) -> Self {
        Self {
            fingerprint: &row.fingerprint,
            code: row.code.as_deref(),
            workload: row.workload,
            count: row.mailboxes,
            remedy: words::of_group(row.cause).advice(),
        }
    }
}

/// Lays the groups out for a person: those of one cause together, under it the answers that Microsoft gave.
pub fn show(groups: &[FingerprintRow], screen: &Screen) {
    for (cause, answers) in by_cause(groups) {
        screen.gap();
        let words = words::of_cause(cause);
        screen.painted(words.title, if cause.verdict() == Verdict::Failed { Paint::Bad } else { Paint::Open });
        for (number, step) in (1..).zip(words.steps) {
            screen.paragraph(step, &format!("  {number}. "), "     ");
        }
        screen.paragraph(&format!("Who can mend it: {} ({}).", words::of_who(cause.who()), words::of_class(cause.class())), "    ", "    ");
        for answer in answers {
            screen.paragraph(&format!("{}: {}", spread(&answer.workloads), answer.said()), "    ", "      ");
            if let Some(id) = answer.request_id {
                screen.painted(&format!("      for example request id {id}"), Paint::Faint);
            }
        }
    }
}

/// One answer of Microsoft's, over all the workloads that gave it.
struct Answer<'a> {
    http: Option<u16>,
    code: &'a str,
    workloads: Vec<(Workload, u32)>,
    request_id: Option<&'a str>,
}

impl Answer<'_> {
    fn said(&self) -> String {
        match (self.http, self.code) {
            (None, _) => "no answer".to_owned(),
            (Some(http), "") => format!("{http} without a code"),
            (Some(http), code) => format!("{http} {code}"),
        }
    }

    fn most(&self) -> u32 {
        self.workloads.iter().map(|&(_, mailboxes)| mailboxes).max().unwrap_or_default()
    }
}

/// The certain failures first, and of those the most frequent.
fn by_cause(groups: &[FingerprintRow]) -> Vec<(Cause, Vec<Answer<'_>>)> {
    let mut causes: Vec<(Cause, Vec<Answer<'_>>)> = Vec::new();
    for group in groups {
        let cause = group.cause.unwrap_or(Cause::Unexpected);
        let at = causes.iter().position(|(known, _)| *known == cause).unwrap_or_else(|| {
            causes.push((cause, Vec::new()));
            causes.len() - 1
        });
        let Some((_, answers)) = causes.get_mut(at) else { continue };
        let code = group.code.as_deref().unwrap_or_default();
        match answers.iter_mut().find(|known| known.http == group.http && known.code == code) {
            Some(known) => known.workloads.push((group.workload, group.mailboxes)),
            None => answers.push(Answer {
                http: group.http,
                code,
                workloads: vec![(group.workload, group.mailboxes)],
                request_id: group.sample_request_ids.first().map(String::as_str),
            }),
        }
    }
    for answer in causes.iter_mut().flat_map(|(_, answers)| answers) {
        answer.workloads.sort_unstable();
    }
    causes.sort_by_key(|(cause, answers)| {
        let most: u32 = answers.iter().map(Answer::most).sum();
        (cause.verdict() != Verdict::Failed, std::cmp::Reverse(most))
    });
    causes
}

/// `5 mailboxes in mail`, `5 mailboxes each in mail, tasks`, `mailboxes: 5 in mail, 3 in tasks`.
fn spread(workloads: &[(Workload, u32)]) -> String {
    let most = workloads.iter().map(|&(_, mailboxes)| mailboxes).max().unwrap_or_default();
    let names: Vec<&str> = workloads.iter().map(|(workload, _)| workload.name()).collect();
    if workloads.len() == 1 {
        format!("{} in {}", counted(most, "mailbox", "mailboxes"), names.concat())
    } else if workloads.iter().all(|&(_, mailboxes)| mailboxes == most) {
        let each = if most == 1 { "" } else { " each" };
        let places = if names.len() == Workload::ALL.len() { "every workload".to_owned() } else { names.join(", ") };
        format!("{}{each} in {places}", counted(most, "mailbox", "mailboxes"))
    } else {
        let parts: Vec<String> = workloads.iter().map(|(workload, mailboxes)| format!("{} in {workload}", count(*mailboxes))).collect();
        format!("mailboxes: {}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::time::Timestamp;

    #[test]
    fn answers_of_one_cause_stand_together_and_certain_failures_first() {
        let row = |cause, code: &str, workload, mailboxes| FingerprintRow {
            fingerprint: format!("{code}.{workload}"),
            cause: Some(cause),
            http: Some(404),
            code: Some(code.to_owned()),
            workload,
            mailboxes,
            with_cause: mailboxes,
            sample_request_ids: Vec::new(),
            first_seen: Timestamp(0),
            last_seen: Timestamp(0),
        };
        let rows = [
            row(Cause::Throttled, "TooManyRequests", Workload::Mail, 900),
            row(Cause::NoMailbox, "ResourceNotFound", Workload::Tasks, 2),
            row(Cause::NoMailbox, "ResourceNotFound", Workload::Mail, 2),
            row(Cause::NoMailbox, "MailboxNotEnabledForRESTAPI", Workload::Mail, 7),
        ];
        let causes = by_cause(&rows);
        assert_eq!(causes.iter().map(|(cause, _)| *cause).collect::<Vec<_>>(), [Cause::NoMailbox, Cause::Throttled]);
        assert_eq!(causes[0].1.iter().map(Answer::said).collect::<Vec<_>>(), ["404 ResourceNotFound", "404 MailboxNotEnabledForRESTAPI"]);
        assert_eq!(causes[0].1[0].workloads, [(Workload::Mail, 2), (Workload::Tasks, 2)]);
    }

    #[test]
    fn a_problem_says_where_it_is() {
        assert_eq!(spread(&[(Workload::Mail, 1)]), "1 mailbox in mail");
        assert_eq!(spread(&[(Workload::Mail, 3), (Workload::Tasks, 3)]), "3 mailboxes each in mail, tasks");
        assert_eq!(spread(&Workload::ALL.map(|workload| (workload, 1))), "1 mailbox in every workload");
        assert_eq!(spread(&[(Workload::Mail, 3), (Workload::Tasks, 1_200)]), "mailboxes: 3 in mail, 1,200 in tasks");
    }
}
