//! The one error that faces see: a code with words in every face, what happened with ids, and Graph's request id.

use std::fmt;

use rollcall_core::rules::Reason;
use rollcall_core::time::Timestamp;
use rollcall_graph::error::GraphError;
use rollcall_graph::send::SetupError;
use rollcall_identity::error::IdentityError;
use rollcall_store::{Field, OpenError, StoreError};
use serde::Serialize;
use ts_rs::TS;

/// The answer of a verb.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a verb could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Error {
    /// What the caller can act on; each face has a title, advice and one action for it.
    pub code: Code,
    /// What happened, for the log and the details fold-out: ids and codes, never names, tokens or bodies. Empty where the reason says
    /// all of it.
    pub detail: String,
    /// Graph's `request-id` or Entra's correlation id, for Microsoft support.
    pub request_id: Option<String>,
    /// The id that we gave the request, which is all there is to look for where Microsoft told none. `None` where nothing was sent.
    #[ts(optional = nullable)]
    pub client_request_id: Option<String>,
    /// Why the action can't run now, where the code is [`Code::NotNow`].
    pub reason: Option<Reason>,
    /// Until when Graph asks to wait, where the code is [`Code::Throttled`] and it is known; by the clock for waits until
    /// [`Desk::told`](crate::desk::Desk::told) has put it as a face tells it.
    pub until: Option<Timestamp>,
}

impl Error {
    /// An error with a code and what happened.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), request_id: None, client_request_id: None, reason: None, until: None }
    }

    /// The same with the id that Microsoft support asks for.
    #[must_use]
    pub fn with_request(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// "Not now": a precondition isn't met.
    #[must_use]
    pub fn not_now(reason: Reason) -> Self {
        Self { reason: Some(reason), ..Self::new(Code::NotNow, "") }
    }

    /// Input that can't be used, and what is wrong with it.
    pub fn input(what: &str, why: impl fmt::Display) -> Self {
        Self::new(Code::InvalidInput, format!("{what}: {why}"))
    }

    /// Something that was asked for by name or number and isn't there.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(Code::NotFound, what)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Some(reason) if self.detail.is_empty() => write!(f, "{}: {reason:?}", self.code.name()),
            Some(_) | None => write!(f, "{}: {}", self.code.name(), self.detail),
        }
    }
}

impl std::error::Error for Error {}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal,)*) => {
        /// Every kind of failure that somebody acts on differently.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Code {
            /// All codes, for words and tests.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name used in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// What was typed or handed in can't be used.
    InvalidInput "invalid_input",
    /// The name is taken.
    DuplicateName "duplicate_name",
    /// The External ID is taken.
    DuplicateExternalId "duplicate_external_id",
    /// An External ID never changes.
    ExternalIdFixed "external_id_fixed",
    NotFound "not_found",
    /// A precondition isn't met; the reason says which.
    NotNow "not_now",
    /// Nobody is signed in to the tenant, or the sign-in ran out.
    NotSignedIn "not_signed_in",
    /// The person pressed Cancel, or stopped waiting.
    SignInCancelled "sign_in_cancelled",
    /// The browser never came back.
    SignInTimedOut "sign_in_timed_out",
    /// A person has to act in a browser, none could be opened, and nobody is there to open one.
    NoBrowser "no_browser",
    /// Entra refused the sign-in.
    SignInRefused "sign_in_refused",
    /// The account, or the answer, belongs to another tenant.
    WrongTenant "wrong_tenant",
    /// Another account signed in than the one that was expected.
    WrongAccount "wrong_account",
    /// No tenant of that id or domain in this cloud.
    UnknownTenant "unknown_tenant",
    /// The browser's answer doesn't belong to this attempt.
    StateMismatch "state_mismatch",
    WrongSecret "wrong_secret",
    SecretExpired "secret_expired",
    /// The application id is unknown in the tenant.
    AppUnknown "app_unknown",
    /// The enterprise application is disabled.
    AppDisabled "app_disabled",
    /// The loopback address is not registered as a redirect of the application.
    RedirectNotRegistered "redirect_not_registered",
    /// Consent was declined in the browser.
    ConsentDeclined "consent_declined",
    /// Consent is missing for what was asked.
    ConsentMissing "consent_missing",
    /// The signed-in admin's role doesn't allow it.
    NotPermitted "not_permitted",
    /// Conditional access or another policy blocks it.
    PolicyBlocked "policy_blocked",
    Offline "offline",
    /// Something answered that isn't Microsoft: a proxy or captive portal.
    NotGraph "not_graph",
    /// The answer was cut off or can't be read.
    DamagedAnswer "damaged_answer",
    /// Graph or Entra asks to wait.
    Throttled "throttled",
    ServiceUnavailable "service_unavailable",
    /// What was agreed to is not what would be done now: somebody changed the tenant meanwhile.
    Changed "changed",
    /// A write was sent and its outcome could not be learned.
    OutcomeUnknown "outcome_unknown",
    /// The caller stopped the work.
    Stopped "stopped",
    /// The keychain can't be used for this.
    Keychain "keychain",
    /// Another Rollcall owns the data folder.
    DataInUse "data_in_use",
    /// The data was written by a newer Rollcall.
    DataNewer "data_newer",
    DataDamaged "data_damaged",
    DiskFull "disk_full",
    DataReadOnly "data_read_only",
    /// A file that was asked for could not be written.
    NotSaved "not_saved",
    /// A fault of Rollcall itself.
    Internal "internal",
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Duplicate(Field::Name) => Code::DuplicateName,
            StoreError::Duplicate(Field::ExternalId) => Code::DuplicateExternalId,
            StoreError::NotFound(_) => Code::NotFound,
            StoreError::Immutable => Code::ExternalIdFixed,
            StoreError::StillUsed => return Self::not_now(Reason::HasOrganizations),
            StoreError::Full => Code::DiskFull,
            StoreError::ReadOnly => Code::DataReadOnly,
            StoreError::Damaged => Code::DataDamaged,
            StoreError::Io(_) => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        let code = match &error {
            OpenError::InUse { .. } => Code::DataInUse,
            OpenError::Newer { .. } => Code::DataNewer,
            OpenError::Full => Code::DiskFull,
            OpenError::ReadOnly => Code::DataReadOnly,
            OpenError::NotAFolder => Code::InvalidInput,
            OpenError::Damaged(_) => Code::DataDamaged,
            OpenError::Io(_) => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

impl From<SetupError> for Error {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::BadBase => Self::input("graph", error),
            SetupError::NoTrustStore => Self::new(Code::Offline, error.to_string()),
        }
    }
}

impl From<GraphError> for Error {
    fn from(error: GraphError) -> Self {
        let error = match error {
            // What yields the tokens has an error of its own, which says more than that there was no token.
            GraphError::Bearer(source) => match source.downcast::<IdentityError>() {
                Ok(identity) => return (*identity).into(),
                Err(source) => GraphError::Bearer(source),
            },
            other => other,
        };
        let code = match &error {
            GraphError::Unauthorized(_) => Code::NotSignedIn,
            GraphError::Forbidden(_) => Code::NotPermitted,
            GraphError::NotFound(_) => Code::NotFound,
            GraphError::Throttled { .. } => Code::Throttled,
            GraphError::Unavailable(_) | GraphError::Resync(_) => Code::ServiceUnavailable,
            // A filter that Graph can't read is the one refused request that a person may have typed.
            GraphError::Refused(trace) if trace.http == Some(400) => Code::InvalidInput,
            GraphError::Exists(_) | GraphError::Refused(_) | GraphError::Bearer(_) => Code::Internal,
            GraphError::NotGraph { .. } => Code::NotGraph,
            GraphError::Damaged(_) | GraphError::TooLarge(_) | GraphError::ForeignLink | GraphError::Endless(_) => Code::DamagedAnswer,
            GraphError::Offline | GraphError::Untrusted | GraphError::TimedOut(_) => Code::Offline,
            GraphError::OutcomeUnknown(_) => Code::OutcomeUnknown,
            GraphError::Cancelled => Code::Stopped,
        };
        let until = if let GraphError::Throttled { until, .. } = &error { Some(*until) } else { None };
        let trace = error.trace();
        let said = trace.filter(|trace| trace.http.is_some()).map(|trace| format!(" ({} {})", trace.http.unwrap_or_default(), trace.code));
        Self {
            request_id: trace.and_then(|trace| trace.request_id.clone()),
            client_request_id: trace.and_then(|trace| trace.client_request_id.clone()),
            until,
            ..Self::new(code, format!("{error}{}", said.unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use rollcall_core::time::Timestamp;
    use rollcall_graph::error::{Foreign, Trace};

    use super::*;

    /// Every error of Graph whose request was sent, with what is known of it; a new one is asked for here.
    fn sent(trace: &Trace) -> Vec<GraphError> {
        let known = || Box::new(trace.clone());
        let all = vec![
            GraphError::Unauthorized(known()),
            GraphError::Forbidden(known()),
            GraphError::NotFound(known()),
            GraphError::Resync(known()),
            GraphError::Exists(known()),
            GraphError::Throttled { until: Timestamp(0), trace: known() },
            GraphError::Unavailable(known()),
            GraphError::Refused(known()),
            GraphError::NotGraph { kind: Foreign::Html, trace: known() },
            GraphError::Damaged(known()),
            GraphError::TooLarge(known()),
            GraphError::Endless(known()),
            GraphError::TimedOut(known()),
            GraphError::OutcomeUnknown(known()),
        ];
        let kinds = all.iter().filter(|error| was_sent(error)).map(std::mem::discriminant).collect::<std::collections::HashSet<_>>();
        assert_eq!(kinds.len(), all.len(), "each once");
        all
    }

    const fn was_sent(error: &GraphError) -> bool {
        match error {
            GraphError::Unauthorized(_)
            | GraphError::Forbidden(_)
            | GraphError::NotFound(_)
            | GraphError::Resync(_)
            | GraphError::Exists(_)
            | GraphError::Throttled { .. }
            | GraphError::Unavailable(_)
            | GraphError::Refused(_)
            | GraphError::NotGraph { .. }
            | GraphError::Damaged(_)
            | GraphError::TooLarge(_)
            | GraphError::Endless(_)
            | GraphError::TimedOut(_)
            | GraphError::OutcomeUnknown(_) => true,
            GraphError::ForeignLink | GraphError::Offline | GraphError::Untrusted | GraphError::Cancelled | GraphError::Bearer(_) => false,
        }
    }

    #[test]
    fn every_error_of_a_request_that_was_sent_has_an_id_to_look_for() {
        let ours = Trace { client_request_id: Some("ours".into()), ..Trace::default() };
        for error in sent(&ours) {
            let told = Error::from(error);
            assert_eq!((told.request_id.as_deref(), told.client_request_id.as_deref()), (None, Some("ours")), "{told}");
        }
        for error in sent(&Trace { request_id: Some("theirs".into()), ..ours }) {
            let told = Error::from(error);
            assert_eq!((told.request_id.as_deref(), told.client_request_id.as_deref()), (Some("theirs"), Some("ours")), "{told}");
        }
    }
}
