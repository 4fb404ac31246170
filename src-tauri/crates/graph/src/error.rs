//! What can come back instead of data. A variant exists where the caller does something else.

use std::error::Error;
use std::fmt;

use http::{HeaderMap, StatusCode};
use rollcall_core::issue::{self, Cause, Refusal};
use rollcall_core::retry_after;
use rollcall_core::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// Why no token could be had: what the closure that yields tokens said. Downcast it to the error that was put in.
pub type BearerError = Box<dyn Error + Send + Sync>;

/// Why Graph didn't answer with data.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// The token was refused, and a renewed one too: sign in again.
    #[error("Graph refused the token")]
    Unauthorized(Box<Trace>),
    /// A permission, policy, licence or role is missing: asking again doesn't help.
    #[error("Graph refused access")]
    Forbidden(Box<Trace>),
    /// There is no such thing.
    #[error("Graph doesn't know it")]
    NotFound(Box<Trace>),
    /// What changed since a delta link was handed out can't be told any more: read everything anew.
    #[error("the changes can't be told any more")]
    Resync(Box<Trace>),
    /// It is there already: read it and treat it as done.
    #[error("it is there already")]
    Exists(Box<Trace>),
    /// Throttled for longer than a call waits: ask again at that moment, not before.
    #[error("Graph asks for a pause")]
    Throttled { until: Timestamp, trace: Box<Trace> },
    /// The service failed and went on failing: ask again later.
    #[error("Graph is not available")]
    Unavailable(Box<Trace>),
    /// Any other refusal: a fault of ours, or one that waits for somebody.
    #[error("Graph refused the request")]
    Refused(Box<Trace>),
    /// Something between here and Graph answered: a proxy or a captive portal.
    #[error("something other than Graph answered")]
    NotGraph { kind: Foreign, trace: Box<Trace> },
    /// The answer breaks off, or isn't what Graph's schema says.
    #[error("the answer is damaged")]
    Damaged(Box<Trace>),
    /// The answer is beyond every limit.
    #[error("the answer is too large")]
    TooLarge(Box<Trace>),
    /// An address, of an answer or of a caller, is one of another host or out of Graph's paths. Nothing was sent there, so there is no
    /// id.
    #[error("the answer points away from Graph")]
    ForeignLink,
    /// The pages go in a circle, or on without end: what is known of the last one.
    #[error("the pages have no end")]
    Endless(Box<Trace>),
    /// No connection: nothing was sent, so there is no id that anybody at Microsoft could find.
    #[error("Graph can't be reached")]
    Offline,
    /// The server's certificate isn't trusted by this computer, which ends the handshake: nothing was sent, so there is no id.
    #[error("the server's certificate is not trusted")]
    Untrusted,
    /// No answer in time.
    #[error("Graph didn't answer in time")]
    TimedOut(Box<Trace>),
    /// A change was sent and its answer never came: read back before doing it again.
    #[error("it is not known whether the change was made")]
    OutcomeUnknown(Box<Trace>),
    /// The caller stopped it, and knows why: there is nothing to look into, and no id.
    #[error("stopped")]
    Cancelled,
    /// No token could be had, and so nothing was sent to Graph; what yields the tokens has an id of its own.
    #[error("no token could be had")]
    Bearer(#[source] BearerError),
}

/// What kind of answer didn't come from Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A page for a person to read: a sign-in page or a notice of a proxy.
    Html,
    /// Anything else that isn't JSON.
    Other,
}

impl GraphError {
    /// What is known of the deciding answer, or of the request that had none; `None` where nothing was sent.
    #[must_use]
    pub fn trace(&self) -> Option<&Trace> {
        match self {
            Self::Unauthorized(trace)
            | Self::Forbidden(trace)
            | Self::NotFound(trace)
            | Self::Resync(trace)
            | Self::Exists(trace)
            | Self::Throttled { trace, .. }
            | Self::Unavailable(trace)
            | Self::Refused(trace)
            | Self::NotGraph { trace, .. }
            | Self::Damaged(trace)
            | Self::TooLarge(trace)
            | Self::Endless(trace)
            | Self::TimedOut(trace)
            | Self::OutcomeUnknown(trace) => Some(trace),
            Self::ForeignLink | Self::Offline | Self::Untrusted | Self::Cancelled | Self::Bearer(_) => None,
        }
    }

    /// The error that an answer with a failing status is, where trying again isn't the matter.
    pub(crate) fn from_trace(trace: Trace) -> Self {
        let trace = Box::new(trace);
        if trace.says_exists() {
            return Self::Exists(trace);
        }
        if trace.says_resync() {
            return Self::Resync(trace);
        }
        match trace.http {
            Some(401) => Self::Unauthorized(trace),
            Some(403) => Self::Forbidden(trace),
            Some(404) => Self::NotFound(trace),
            _ => Self::Refused(trace),
        }
    }
}

/// What identifies an answer: its status, Graph's code, and the ids that Microsoft's support asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The status; `None` where no answer came.
    pub http: Option<u16>,
    /// The deepest code that we know, else the outermost; may be empty.
    pub code: String,
    /// Graph's own id of the request.
    pub request_id: Option<String>,
    /// The id that we gave the request.
    pub client_request_id: Option<String>,
    /// The answer's own date.
    pub date: Option<Timestamp>,
    /// Graph's message, shut away; see [`Trace::message`].
    pub message: Message,
}

impl Trace {
    /// Graph's message. It may hold addresses: look for known texts in it, never show, log or store it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message.0
    }

    /// What is known of a request that has no answer: the id that we gave it.
    pub(crate) fn unanswered(client_request_id: Uuid) -> Self {
        Self { client_request_id: Some(client_request_id.to_string()), ..Self::default() }
    }

    /// Reads status, headers and, where the answer is a refusal, its body.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8], client_request_id: &str) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).and_then(id);
        let mut trace = Self {
            http: Some(status.as_u16()),
            request_id: header("request-id"),
            client_request_id: Some(client_request_id.to_owned()),
            date: headers.get(http::header::DATE).and_then(|value| value.to_str().ok()).and_then(retry_after::date),
            ..Self::default()
        };
        if !status.is_success() {
            trace.read_error(body);
        }
        trace
    }

    /// Adds what an error's JSON says; what can't be read adds nothing ("Microsoft Graph error responses").
    pub(crate) fn read_error(&mut self, body: &[u8]) {
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return };
        let Some(outer) = body.get("error").and_then(Value::as_object) else { return };
        if let Some(message) = outer.get("message").and_then(Value::as_str) {
            self.message = Message(shortened(message, LONGEST_MESSAGE));
        }
        let mut level = Some(outer);
        let mut codes: Vec<&str> = Vec::new();
        for _ in 0..DEEPEST_ERROR {
            let Some(error) = level else { break };
            if let Some(code) = error.get("code").and_then(Value::as_str).filter(|code| is_code(code)) {
                codes.push(code);
            }
            if self.request_id.is_none() {
                self.request_id = error.get("request-id").and_then(Value::as_str).and_then(id);
            }
            level = error.iter().find(|(name, _)| name.eq_ignore_ascii_case("innerError")).and_then(|(_, inner)| inner.as_object());
        }
        let deepest = codes.iter().rev().find(|code| is_known(code)).or(codes.first());
        self.code = deepest.map(|&code| code.to_owned()).unwrap_or_default();
    }

    /// Whether a 429 is about the mailbox that was asked and nothing else. Exchange says so with this code, naming the limit of an app at
    /// a mailbox; any other 429 may be about all that the app does, and is taken so ("Microsoft Graph throttling limits", Outlook).
    pub(crate) fn is_of_one_mailbox(&self) -> bool {
        self.code == "ApplicationThrottled"
    }

    /// "Use delta query to track changes", synchronization reset; an expired token of the directory comes as 400.
    pub(crate) fn says_resync(&self) -> bool {
        const CODES: [&str; 5] =
            ["Directory_ExpiredPageToken", "ErrorInvalidSyncStateData", "SyncStateInvalid", "SyncStateNotFound", "resyncRequired"];
        self.http == Some(410) || CODES.iter().any(|code| self.code.eq_ignore_ascii_case(code))
    }

    fn says_exists(&self) -> bool {
        const CODES: [&str; 2] = ["Permission_Duplicate", "Request_MultipleObjectsWithSameKeyValue"];
        CODES.iter().any(|code| self.code.eq_ignore_ascii_case(code))
            || (self.http == Some(400) && self.code == "Request_BadRequest" && self.message().contains("already exist"))
    }
}

const LONGEST_MESSAGE: usize = 4096;
const DEEPEST_ERROR: usize = 8;
/// Codes are identifiers of some forty characters.
const LONGEST_CODE: usize = 128;

/// A text that may hold addresses, so that its way into logs is shut.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Message(String);

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "withheld" })
    }
}

/// An id to show to support: short and printable, or none.
pub(crate) fn id(text: &str) -> Option<String> {
    let fits = !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    fits.then(|| text.to_owned())
}

/// A throttled answer's inner code may be its status again ("429"), which says less than the code around it.
fn is_code(code: &str) -> bool {
    code.len() <= LONGEST_CODE
        && !code.bytes().all(|byte| byte.is_ascii_digit())
        && code.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

fn is_known(code: &str) -> bool {
    // A status that says nothing leaves the decision to the code, so an unexpected cause means an unknown code.
    let cause = issue::diagnose(Refusal { http: Some(418), code, message: "", permitted: true });
    cause != Cause::Unexpected || DIRECTORY_CODES.iter().any(|known| known.eq_ignore_ascii_case(code))
}

/// Codes of the directory's own objects, which tell nothing about mailboxes.
const DIRECTORY_CODES: [&str; 2] = ["Request_MultipleObjectsWithSameKeyValue", "Permission_Duplicate"];

fn shortened(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Trace {
        Trace::read(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes(), "11111111-2222-3333-4444-555555555555")
    }

    #[test]
    fn the_deepest_known_code_counts_in_every_shape_that_is_seen() {
        for (body, code) in [
            (r#"{"error":{"code":"ErrorAccessDenied","message":"m"}}"#, "ErrorAccessDenied"),
            (r#"{"error":{"code":"","message":""}}"#, ""),
            (r#"{"error":{"code":"generalException","innerError":{"code":"ErrorQuotaExceeded"}}}"#, "ErrorQuotaExceeded"),
            (r#"{"error":{"code":"UnknownError","innererror":{"code":"x","InnerError":{"code":"MailboxInfoStale"}}}}"#, "MailboxInfoStale"),
            (r#"{"error":{"code":"ErrorAccessDenied","innerError":{"code":"SomethingNew"}}}"#, "ErrorAccessDenied"),
            (r#"{"error":{"code":"TooManyRequests","innerError":{"code":"429","status":"429"}}}"#, "TooManyRequests"),
            (r#"{"error":"invalid_request"}"#, ""),
            (r#"{"error":{"code":42}}"#, ""),
            ("<html>", ""),
            ("", ""),
        ] {
            assert_eq!(read(403, body).code, code, "{body}");
        }
    }

    #[test]
    fn a_message_never_reaches_a_log() {
        let trace = read(403, r#"{"error":{"code":"ErrorAccessDenied","message":"ada@contoso.example is [RAOP]"}}"#);
        assert!(trace.message().contains("[RAOP]"), "the two telling texts must still be found");
        let error = GraphError::from_trace(trace);
        assert!(!format!("{error:?} {error}").contains("contoso"), "{error:?}");
    }

    #[test]
    fn ids_come_from_the_body_where_no_header_has_them() {
        let body = r#"{"error":{"code":"x","innerError":{"request-id":"0f0e0d0c-0000-4000-8000-000000000001"}}}"#;
        assert_eq!(read(404, body).request_id.as_deref(), Some("0f0e0d0c-0000-4000-8000-000000000001"));
        let hostile = r#"{"error":{"code":"x","innerError":{"request-id":"<script>"}}}"#;
        assert_eq!(read(404, hostile).request_id, None);
    }

    #[test]
    fn a_change_list_that_is_lost_is_told_apart() {
        for (status, body) in [
            (410, r#"{"error":{"code":"resyncRequired","message":""}}"#),
            (410, ""),
            (400, r#"{"error":{"code":"Directory_ExpiredPageToken","message":""}}"#),
            (404, r#"{"error":{"code":"SyncStateNotFound","message":""}}"#),
        ] {
            assert!(matches!(GraphError::from_trace(read(status, body)), GraphError::Resync(_)), "{status} {body}");
        }
    }

    #[test]
    fn what_is_there_already_is_told_apart() {
        for (status, body) in [
            (400, r#"{"error":{"code":"Permission_Duplicate","message":""}}"#),
            (409, r#"{"error":{"code":"Request_MultipleObjectsWithSameKeyValue","message":""}}"#),
            (400, r#"{"error":{"code":"Request_BadRequest","message":"Permission entry already exists."}}"#),
        ] {
            assert!(matches!(GraphError::from_trace(read(status, body)), GraphError::Exists(_)), "{body}");
        }
        let other = read(400, r#"{"error":{"code":"Request_BadRequest","message":"Invalid filter."}}"#);
        assert!(matches!(GraphError::from_trace(other), GraphError::Refused(_)));
    }
}
