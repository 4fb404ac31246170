//! What can go wrong when proving who we are, grouped by what the caller can do about it. Never holds a token, a code,
//! a person's name or the server's own text, which may quote any of them.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

/// What the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The stored sign-in is over, or more proof is wanted: sign in again.
    SignInAgain,
    /// Nobody has agreed to these permissions for the application: run admin consent.
    ConsentMissing,
    /// The account lacks the role or assignment for this: sign in with another one.
    NotPermitted,
    /// The person pressed Cancel on Microsoft's page: ask again when they want to.
    Declined,
    /// The secret or certificate is not the one that Entra knows: enter it again.
    WrongSecret,
    /// The secret has expired: make a new one.
    SecretExpired,
    /// No such application in this tenant: check the client id, or run admin consent.
    AppUnknown,
    /// The application is switched off in this tenant: enable it.
    AppDisabled,
    /// The app registration doesn't fit what was asked of it (platform, permissions, account types): correct it.
    AppMisconfigured,
    /// The redirect address isn't registered: add it.
    RedirectNotRegistered,
    /// The tenant doesn't exist, or the account belongs to another one: check the tenant and the account.
    WrongTenant,
    /// The tenant lives in another national cloud: choose that cloud.
    WrongCloud,
    /// A policy of the tenant refuses: read its sign-in log.
    PolicyBlocked,
    /// This computer's clock is too far off: set it.
    ClockWrong,
    /// The caller asked to stop.
    Cancelled,
    /// Nobody answered in the given time: start again.
    TimedOut,
    /// The answer belongs to another question than the one we asked, or is not from whom it says: start again, and be wary.
    NotTrusted,
    /// No port on this computer's loopback address could be opened: look for security software.
    NoListener,
    /// Sign-in can't be reached: check the network.
    Offline,
    /// The certificate presented isn't trusted by this computer, as behind an inspecting proxy without its root.
    TlsRefused,
    /// Something between here and Microsoft answered in its place: a proxy or a captive portal.
    Intercepted,
    /// The answer was cut off on its way: try again.
    Truncated,
    /// Entra is busy or in trouble: try later.
    TryLater,
    /// None of the above: a fault of ours or an answer that makes no sense. The reference number helps support.
    Protocol,
}

/// A failed sign-in, consent or token request.
#[derive(Clone, PartialEq, Eq, Error)]
pub struct IdentityError {
    /// What the caller can do.
    pub kind: Kind,
    /// Microsoft's error number (the digits after `AADSTS`); explained at `https://login.microsoftonline.com/error?code=N`.
    pub aadsts: Option<u32>,
    /// The number by which Microsoft's support finds the request; `None` where nothing was sent.
    pub correlation_id: Option<Uuid>,
    /// How long Entra asked to be left alone.
    pub retry_after: Option<Duration>,
    /// What happened, in our own words.
    pub detail: &'static str,
}

/// What Entra says about a failure, in the JSON of the token endpoint or in the parameters of a redirect
/// ("Microsoft Entra authentication and authorization error codes").
#[derive(Default, Deserialize)]
pub(crate) struct Refusal {
    pub error: String,
    #[serde(default)]
    pub error_description: String,
    #[serde(default)]
    pub error_codes: Vec<u32>,
    #[serde(default)]
    pub suberror: Option<String>,
    #[serde(default)]
    pub error_subcode: Option<String>,
    #[serde(default)]
    pub correlation_id: Option<String>,
}

impl IdentityError {
    /// A failure that Entra has no part in.
    pub(crate) fn plain(kind: Kind, detail: &'static str) -> Self {
        Self { kind, aadsts: None, correlation_id: None, retry_after: None, detail }
    }

    /// Whether the very same request may succeed later without anybody doing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self.kind {
            Kind::Offline | Kind::Truncated | Kind::TryLater => true,
            Kind::SignInAgain | Kind::ConsentMissing | Kind::NotPermitted | Kind::Declined => false,
            Kind::WrongSecret | Kind::SecretExpired | Kind::AppUnknown | Kind::AppDisabled => false,
            Kind::AppMisconfigured | Kind::RedirectNotRegistered | Kind::WrongTenant | Kind::WrongCloud => false,
            Kind::PolicyBlocked | Kind::ClockWrong | Kind::Cancelled | Kind::TimedOut | Kind::NotTrusted => false,
            Kind::NoListener | Kind::TlsRefused | Kind::Intercepted | Kind::Protocol => false,
        }
    }
}

impl From<Refusal> for IdentityError {
    fn from(said: Refusal) -> Self {
        let aadsts = said.error_codes.first().copied().or_else(|| number_in(&said.error_description));
        let (kind, detail) = aadsts.and_then(by_number).unwrap_or_else(|| by_class(&said));
        let correlation_id = said
            .correlation_id
            .as_deref()
            .or_else(|| after(&said.error_description, "Correlation ID: "))
            .and_then(|text| text.get(..36)?.parse().ok());
        Self { kind, aadsts, correlation_id, retry_after: None, detail }
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail)?;
        if let Some(number) = self.aadsts {
            write!(f, " (AADSTS{number})")?;
        }
        if let Some(id) = self.correlation_id {
            write!(f, ", correlation id {id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.kind)
    }
}

/// Microsoft asks programs to branch on `error` and to keep numbers for people, since numbers may change. So a number only
/// makes the advice sharper; an unknown one falls back to its class.
fn by_number(number: u32) -> Option<(Kind, &'static str)> {
    Some(match number {
        65001 | 650056 | 90008 | 90099 => (Kind::ConsentMissing, "nobody has consented to these permissions"),
        65004 => (Kind::Declined, "consent was declined on Microsoft's page"),
        90093 => (Kind::NotPermitted, "the account that signed in may not grant this consent"),
        90094 | 90095 => (Kind::NotPermitted, "these permissions need an administrator's consent"),
        50105 => (Kind::NotPermitted, "the account is not assigned to the application, which requires it"),
        7000215 | 70002 => (Kind::WrongSecret, "the client secret is wrong"),
        50012 | 700027 | 700030 => (Kind::WrongSecret, "the certificate is not one that the application knows"),
        7000222 => (Kind::SecretExpired, "the client secret has expired"),
        700016 | 700011 | 70001 => (Kind::AppUnknown, "the application was not found in this tenant"),
        7000229 => (Kind::AppUnknown, "the application has no service principal in this tenant"),
        7000112 | 1000031 => (Kind::AppDisabled, "the application is disabled in this tenant"),
        7000218 | 700025 => {
            (Kind::AppMisconfigured, "the redirect address is registered on the wrong platform (public against confidential)")
        }
        700084 => (Kind::AppMisconfigured, "the redirect address is registered for single-page apps"),
        65005 | 650052 | 650054 | 650057 | 50001 | 500011 => {
            (Kind::AppMisconfigured, "a resource that the application asks for is missing here")
        }
        50003 | 50194 | 65002 | 90130 | 90124 | 9002332 => {
            (Kind::AppMisconfigured, "the app registration does not allow this kind of sign-in")
        }
        50011 | 500113 | 900971 | 70004 => (Kind::RedirectNotRegistered, "the redirect address is not registered"),
        90002 | 900023 | 50059 | 90019 | 50128 | 5000224 => (Kind::WrongTenant, "the tenant was not found"),
        16000 | 50020 | 50034 | 51004 | 500208 | 50197 | 90072 | 700005 => {
            (Kind::WrongTenant, "the account does not belong to this tenant")
        }
        90038 | 900382 | 900432 | 90043 | 90051 | 1000104 => (Kind::WrongCloud, "the tenant lives in another national cloud"),
        50002 | 500021 | 500022 | 500212 | 500213 => (Kind::PolicyBlocked, "tenant restrictions forbid this sign-in"),
        53000..=53004 | 53010 | 53011 | 530003 | 530032 | 530034 | 530035 | 50131 | 50155 | 50177 | 50187 | 240001 => {
            (Kind::PolicyBlocked, "a policy of the tenant blocks this sign-in")
        }
        50057 | 50053 => (Kind::NotPermitted, "the account is disabled or locked"),
        50055 | 50056 | 50126 | 50144 | 50135 | 50125 => (Kind::SignInAgain, "the password was not accepted or must be changed"),
        50072 | 50074 | 50076 | 50078 | 50079 | 50097 | 50158 => (Kind::SignInAgain, "another proof of identity is needed"),
        70000 | 70008 | 700082 | 50173 | 50132 | 50133 | 50089 | 54005 | 50014 | 50058 | 700020 => {
            (Kind::SignInAgain, "the sign-in has expired or was revoked")
        }
        70043 => (Kind::SignInAgain, "the tenant's sign-in frequency asks for a new sign-in"),
        700024 | 50013 => (Kind::ClockWrong, "the proof was outside its time window"),
        50033 | 50087 | 90006 | 90012 | 90024 | 90033 | 90090 | 90091 | 650051 | 165900 => (Kind::TryLater, "Entra has a passing problem"),
        90055 | 50196 => (Kind::TryLater, "Entra asks for fewer requests"),
        _ => return None,
    })
}

fn by_class(said: &Refusal) -> (Kind, &'static str) {
    if said.error_subcode.as_deref() == Some("cancel") {
        return (Kind::Declined, "the request was cancelled on Microsoft's page");
    }
    match (said.error.as_str(), said.suberror.as_deref()) {
        (_, Some("consent_required")) | ("consent_required", _) => (Kind::ConsentMissing, "nobody has consented to these permissions"),
        (_, Some("message_only")) => (Kind::PolicyBlocked, "a policy of the tenant blocks this sign-in"),
        ("invalid_grant" | "interaction_required" | "login_required" | "expired_token", _) => {
            (Kind::SignInAgain, "the sign-in has expired or more proof is needed")
        }
        ("access_denied" | "authorization_declined", _) => (Kind::Declined, "the request was refused on Microsoft's page"),
        ("permission_denied", _) => (Kind::NotPermitted, "the account that signed in may not do this"),
        ("invalid_client", _) => (Kind::WrongSecret, "the application's credential was not accepted"),
        ("unauthorized_client", _) => (Kind::AppUnknown, "the application may not do this in this tenant"),
        ("invalid_resource" | "invalid_scope", _) => (Kind::AppMisconfigured, "a permission was asked for that does not exist here"),
        ("invalid_tenant", _) => (Kind::WrongTenant, "the tenant was not found"),
        ("temporarily_unavailable" | "server_error" | "slow_down", _) => (Kind::TryLater, "Entra has a passing problem"),
        _ => (Kind::Protocol, "Entra refused the request"),
    }
}

fn number_in(description: &str) -> Option<u32> {
    let digits = after(description, "AADSTS")?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(json: &str) -> IdentityError {
        serde_json::from_str::<Refusal>(json).unwrap().into()
    }

    #[test]
    fn each_number_leads_to_what_the_admin_can_do() {
        for (number, kind) in [
            (65001, Kind::ConsentMissing),
            (65004, Kind::Declined),
            (90093, Kind::NotPermitted),
            (90094, Kind::NotPermitted),
            (7000215, Kind::WrongSecret),
            (7000222, Kind::SecretExpired),
            (700016, Kind::AppUnknown),
            (7000112, Kind::AppDisabled),
            (7000218, Kind::AppMisconfigured),
            (50011, Kind::RedirectNotRegistered),
            (90002, Kind::WrongTenant),
            (50020, Kind::WrongTenant),
            (900432, Kind::WrongCloud),
            (53003, Kind::PolicyBlocked),
            (50076, Kind::SignInAgain),
            (700082, Kind::SignInAgain),
            (700024, Kind::ClockWrong),
            (90033, Kind::TryLater),
        ] {
            let error = error_of(&format!(r#"{{"error":"odd","error_codes":[{number}]}}"#));
            assert_eq!((error.kind, error.aadsts), (kind, Some(number)));
        }
    }

    #[test]
    fn an_unknown_number_falls_back_to_its_class() {
        for (class, kind) in [
            ("invalid_grant", Kind::SignInAgain),
            ("invalid_client", Kind::WrongSecret),
            ("temporarily_unavailable", Kind::TryLater),
            ("access_denied", Kind::Declined),
            ("tomorrow's word", Kind::Protocol),
        ] {
            assert_eq!(error_of(&format!(r#"{{"error":"{class}","error_codes":[999999]}}"#)).kind, kind, "{class}");
        }
    }

    #[test]
    fn a_redirect_tells_number_and_reference_in_its_text() {
        let error: IdentityError = Refusal {
            error: "access_denied".into(),
            error_description: "AADSTS65004: User declined.\r\nTrace ID: x\r\nCorrelation ID: \
                                6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10\r\nTimestamp: 2026-11-20"
                .into(),
            ..Refusal::default()
        }
        .into();
        assert_eq!(error.kind, Kind::Declined);
        assert_eq!(
            error.to_string(),
            "consent was declined on Microsoft's page (AADSTS65004), correlation id 6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10"
        );
    }

    #[test]
    fn nothing_that_the_server_wrote_is_shown() {
        let canary = "canary ada@contoso.example";
        let json = serde_json::json!({
            "error": canary, "error_description": format!("AADSTS50034: {canary} Correlation ID: {canary}"),
            "suberror": canary, "error_subcode": canary, "correlation_id": canary,
        });
        let error = error_of(&json.to_string());
        assert!(!format!("{error} {error:?}").contains("canary"), "the text may quote a person or a token");
        assert_eq!(error.aadsts, Some(50034));
    }
}
