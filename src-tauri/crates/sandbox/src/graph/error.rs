use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::{Reply, Request, State, header, time};
use crate::world::uuid_from;

/// An error answer before its ids: status, code (the contract) and message (English, may change).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// `Retry-After`, `Location` or `WWW-Authenticate`.
    pub(crate) header: Option<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), header: None }
    }

    pub(crate) fn with(mut self, name: &'static str, value: String) -> Refusal {
        self.header = Some((name, value));
        self
    }

    /// The same refusal in Exchange's words, which name the limit of an app at one mailbox.
    pub(super) fn of_mailbox(self) -> Refusal {
        let message = "Application is over its MailboxConcurrency limit.".to_owned();
        Refusal { code: "ApplicationThrottled", message, ..self }
    }

    /// The JSON shape of "Microsoft Graph error responses". Both spellings of `innerError` occur in the wild, so both are sent.
    pub(super) fn reply(&self, ids: &Ids) -> Reply {
        let mut inner = json!({ "date": time::stamp(ids.now_ms), "request-id": ids.request });
        if let Some(client) = &ids.client {
            inner["client-request-id"] = client.as_str().into();
        }
        if self.status == 429 {
            inner["code"] = "429".into();
            inner["status"] = "429".into();
        }
        let spelling = if ids.lower_case { "innererror" } else { "innerError" };
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = &self.header
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(HeaderName::from_static(name), value);
        }
        let mut reply = Reply::json(self.status, json!({ "error": { "code": self.code, "message": self.message, spelling: inner } }));
        reply.headers = headers;
        reply
    }
}

/// What identifies an answer to Microsoft's support.
pub(super) struct Ids {
    pub(super) request: String,
    pub(super) client: Option<String>,
    lower_case: bool,
    now_ms: i64,
}

impl Ids {
    pub(super) fn of(state: &State, serial: u64, request: &Request) -> Ids {
        let (high, low) = state.request_id(serial);
        Ids {
            request: uuid_from(high, low),
            client: header(&request.headers, "client-request-id").map(str::to_owned),
            lower_case: serial % 2 == 1,
            now_ms: request.now_us.div_euclid(1_000),
        }
    }
}

pub(super) fn invalid_token() -> Refusal {
    Refusal::new(401, "InvalidAuthenticationToken", "Access token is empty, expired or not of this tenant.")
        .with("www-authenticate", "Bearer realm=\"\", error=\"invalid_token\"".to_owned())
}

pub(super) fn denied() -> Refusal {
    Refusal::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

/// The logs' own word for a missing permission.
pub(super) fn audit_denied() -> Refusal {
    Refusal::new(403, "Authentication_MSGraphPermissionMissing", "Calling principal does not have the required permissions.")
}

/// The logs' own word for a missing directory role.
pub(super) fn wrong_role() -> Refusal {
    Refusal::new(403, "Authentication_RequestFromUnsupportedUserRole", "The user is not in the allowed roles.")
}

pub(super) fn mailbox_denied() -> Refusal {
    Refusal::new(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
}

pub(super) fn no_object(id: &str) -> Refusal {
    Refusal::new(
        404,
        "Request_ResourceNotFound",
        format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present."),
    )
}

pub(super) fn bad_request(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "Request_BadRequest", message)
}

pub(super) fn unsupported(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "Request_UnsupportedQuery", message)
}
