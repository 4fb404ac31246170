//! Entra's refusals: what each AADSTS number means here, and its three forms (document, page, redirect).
//! Numbers and error classes follow Microsoft's "Microsoft Entra authentication and authorization error codes".

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::{Ask, pages, reply};

/// A reason for which Entra says no.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reason {
    code: u32,
    /// The OAuth error class, the only thing clients should branch on.
    error: &'static str,
    text: &'static str,
    suberror: Option<&'static str>,
}

/// One refusal: the reason, and the public value that it is about (an id, a parameter's name; never a secret).
#[derive(Debug)]
pub(super) struct Refusal {
    reason: Reason,
    about: Option<String>,
}

/// One list for both the constants and the page that explains a number.
macro_rules! reasons {
    ($($name:ident = $code:literal, $error:literal $(, suberror $suberror:literal)?: $text:literal;)*) => {
        $(pub(super) const $name: Reason =
            Reason { code: $code, error: $error, text: $text, suberror: [$(Some($suberror),)? None][0] };)*
        const ALL: &[Reason] = &[$($name),*];
    };
}

reasons! {
    REDIRECT_MISMATCH = 50011, "invalid_request":
        "The redirect URI in the request is not one of those registered for the application.";
    ASSERTION_REFUSED = 50012, "invalid_client":
        "The client assertion is malformed or was made for another audience.";
    ACCOUNT_UNKNOWN = 50034, "invalid_grant":
        "The account does not exist in this directory.";
    SUBJECT_MISMATCH = 50048, "invalid_client":
        "Subject and issuer of the client assertion must both be the client id.";
    ACCOUNT_DISABLED = 50057, "invalid_grant":
        "The account is disabled.";
    NO_SESSION = 50058, "login_required":
        "A silent sign-in was asked for but nobody is signed in.";
    NO_TENANT = 50059, "invalid_request":
        "No tenant could be derived; name it in the authority path.";
    NOT_ASSIGNED = 50105, "access_denied":
        "The account is not assigned to the application, which demands that.";
    CHALLENGE_MISSING = 50147, "invalid_request":
        "A code challenge of 43 characters with the method S256 is required.";
    VERIFIER_MISMATCH = 501_481, "invalid_grant":
        "The code verifier does not match the code challenge.";
    SESSION_REVOKED = 50173, "invalid_grant", suberror "bad_token":
        "The grant was revoked; a fresh sign-in is needed.";
    SINGLE_TENANT_APP = 50194, "invalid_request":
        "The application is not multi-tenant; use the directory's own authority path.";
    RESOURCE_UNKNOWN = 500_011, "invalid_resource":
        "The resource was not found in the tenant.";
    DEVICE_FLOW_BLOCKED = 53003, "access_denied":
        "A Conditional Access policy of the practice tenant blocks the device code flow.";
    CODE_REDEEMED = 54005, "invalid_grant":
        "The authorization code was already redeemed.";
    NOT_CONSENTED = 65001, "invalid_grant", suberror "consent_required":
        "Nobody consented to the application for the permissions in the request.";
    DECLINED = 65004, "access_denied":
        "The person declined to consent.";
    GRANT_UNKNOWN = 70000, "invalid_grant":
        "The code or refresh token is not valid for this application.";
    GRANT_TYPE_UNSUPPORTED = 70003, "unsupported_grant_type":
        "The grant type is not supported.";
    GRANT_EXPIRED = 70008, "invalid_grant":
        "The code or refresh token has expired.";
    CODE_OF_ANOTHER_TENANT = 700_005, "invalid_grant":
        "The authorization code was issued on another tenant path.";
    SCOPE_INVALID = 70011, "invalid_scope":
        "The scope is not valid.";
    CLIENT_UNKNOWN = 700_016, "unauthorized_client":
        "The application was not found in the directory.";
    ASSERTION_OUT_OF_TIME = 700_024, "invalid_client":
        "The client assertion is not within its valid time range.";
    ASSERTION_KEY_UNKNOWN = 700_027, "invalid_client":
        "The signature of the client assertion does not belong to a certificate of the application.";
    RESPONSE_TYPE_UNSUPPORTED = 700_054, "unsupported_response_type":
        "Only the response type 'code' is offered.";
    PRINCIPAL_DISABLED = 7_000_112, "unauthorized_client":
        "The application is disabled in this tenant.";
    SECRET_WRONG = 7_000_215, "invalid_client":
        "The client secret is not right. Send the secret's value, not its id.";
    SECRET_MISSING = 7_000_218, "invalid_client":
        "The request must carry 'client_secret' or 'client_assertion'.";
    SECRET_EXPIRED = 7_000_222, "invalid_client":
        "The client secret has expired.";
    PRINCIPAL_MISSING = 7_000_229, "invalid_client":
        "The application has no service principal in this tenant.";
    TENANT_NOT_FOUND = 90002, "invalid_request":
        "The tenant was not found.";
    REQUEST_INVALID = 90023, "invalid_request":
        "The request is not valid.";
    MAY_NOT_GRANT = 90093, "permission_denied":
        "The signed-in account may not grant these permissions; another role is needed.";
    ADMIN_NEEDED = 90094, "consent_required":
        "An administrator has to consent to these permissions.";
    APPROVAL_NEEDED = 90095, "access_denied":
        "An administrator has to consent; the request can be sent for approval.";
    PARAMETER_MISSING = 900_144, "invalid_request":
        "The request must contain a parameter that is missing.";
    REDIRECT_MISSING = 900_971, "invalid_request":
        "No reply address was provided.";
    NOT_ON_COMMON = 9_001_023, "invalid_request":
        "This grant is not possible on /common; name the tenant.";
    APP_BLOCKED = 1_000_031, "access_denied":
        "The application cannot be accessed at this time; Microsoft has disabled it.";
    SCOPE_NOT_DEFAULT = 1_002_012, "invalid_scope":
        "The scope of client credentials must be one resource followed by /.default.";
}

/// The page behind `error_uri`: what a number means.
pub(super) fn explain(code: Option<&str>) -> Response<Bytes> {
    let found = ALL.iter().find(|reason| code == Some(reason.code.to_string().as_str()));
    match found {
        Some(reason) => reply::html(StatusCode::OK, &pages::explained(reason.code, reason.text)),
        None => reply::empty(StatusCode::NOT_FOUND),
    }
}

impl Reason {
    /// Names the public value that the refusal is about.
    pub(super) fn about(self, what: &str) -> Refusal {
        Refusal { reason: self, about: Some(what.chars().take(200).collect()) }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Refusal {
        Refusal { reason, about: None }
    }
}

impl Refusal {
    /// The token endpoint's form: 401 when the client's credential is at fault, else 400.
    pub(super) fn json(&self, authority: &str, ask: &Ask) -> Response<Bytes> {
        let status = match self.reason.error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        let traces = Traces::of(ask);
        let mut body = json!({
            "error": self.reason.error,
            "error_description": self.description(&traces),
            "error_codes": [self.reason.code],
            "timestamp": traces.timestamp,
            "trace_id": traces.trace,
            "correlation_id": traces.correlation,
            "error_uri": format!("{authority}/error?code={}", self.reason.code),
        });
        if let Some(suberror) = self.reason.suberror {
            body["suberror"] = suberror.into();
        }
        reply::json(status, &body)
    }

    /// The form of faults that never return to the application.
    pub(super) fn page(&self, ask: &Ask) -> Response<Bytes> {
        let description = self.description(&Traces::of(ask));
        reply::html(StatusCode::BAD_REQUEST, &pages::refused(&description))
    }

    /// The parameters that travel back to the application.
    pub(super) fn parameters(&self, authority: &str, ask: &Ask) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("error", self.reason.error.to_owned()),
            ("error_description", self.description(&Traces::of(ask))),
            ("error_uri", format!("{authority}/error?code={}", self.reason.code)),
        ];
        if self.reason.code == DECLINED.code {
            parameters.insert(1, ("error_subcode", "cancel".to_owned()));
        }
        parameters
    }

    fn description(&self, traces: &Traces) -> String {
        let about = self.about.as_deref().map(|about| format!(" ({about})")).unwrap_or_default();
        format!(
            "AADSTS{}: {}{about}\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
            self.reason.code, self.reason.text, traces.trace, traces.correlation, traces.timestamp
        )
    }
}

/// What Microsoft support would ask for.
struct Traces {
    trace: String,
    correlation: String,
    timestamp: String,
}

impl Traces {
    fn of(ask: &Ask) -> Traces {
        let sent = ask.headers.get("client-request-id").and_then(|value| value.to_str().ok());
        let sent = sent.or_else(|| ask.query.get("client-request-id"));
        let echoed = sent.and_then(|id| Uuid::parse_str(id).ok());
        Traces {
            trace: Uuid::new_v4().to_string(),
            correlation: echoed.unwrap_or_else(Uuid::new_v4).to_string(),
            timestamp: timestamp(ask.now_ms),
        }
    }
}

/// `yyyy-MM-dd HH:mm:ssZ`.
fn timestamp(now_ms: i64) -> String {
    let seconds = now_ms.div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Civil date from a day number, with years that begin in March so that leap days come last.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_written_as_entra_does() {
        assert_eq!(timestamp(0), "1970-01-01 00:00:00Z");
        assert_eq!(timestamp(951_827_696_789), "2000-02-29 12:34:56Z", "a leap day of a year divisible by 400");
        assert_eq!(timestamp(1_767_225_599_000), "2025-12-31 23:59:59Z");
    }
}
