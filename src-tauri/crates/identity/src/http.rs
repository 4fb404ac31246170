//! The HTTP of sign-in: no redirects, short waits, bounded answers, and a plain name for each way a network gets in
//! between.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use rollcall_core::retry_after;
use rollcall_core::time::Timestamp;
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cloud::is_loopback;
use crate::error::{IdentityError, Kind, Refusal};

/// No answer of sign-in is near this long; a discovery document has some 2 KiB, a token answer some 8 KiB.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// The connections on which sign-in is done. Cheap to clone; keep one for the life of the process.
#[derive(Clone)]
pub struct Wire {
    outside: reqwest::Client,
    here: reqwest::Client,
    /// Until when each token endpoint has asked to be left alone.
    left_alone: Arc<Mutex<HashMap<Url, Timestamp>>>,
}

/// A whole answer, its body wiped when dropped.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
    /// The id that we gave the request.
    id: Uuid,
}

impl Wire {
    /// Connections with the system's proxy and trust store, TLS 1.2 or newer; those to the computer itself bypass proxies.
    ///
    /// # Errors
    /// [`Kind::TlsRefused`] when the system's trust store can't be read.
    pub fn new() -> Result<Self, IdentityError> {
        // Fails only when a provider was installed before, which is then the one to use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(15))
                .timeout(Duration::from_secs(60))
                .referer(false)
                .user_agent(concat!("Rollcall/", env!("CARGO_PKG_VERSION")))
        };
        let broken = |_| IdentityError::plain(Kind::TlsRefused, "the system's certificates can't be read");
        let (outside, here) = (plain().https_only(true).build().map_err(broken)?, plain().no_proxy().build().map_err(broken)?);
        Ok(Self { outside, here, left_alone: Arc::default() })
    }

    /// Whether an address may be asked now: not before the wait is over that it has asked for, whoever it was that it told.
    ///
    /// # Errors
    /// [`Kind::TryLater`] with what is left of the wait; nothing is sent then, so there is no correlation id.
    pub(crate) fn may_ask(&self, url: &Url, now: Timestamp) -> Result<(), IdentityError> {
        match self.left_alone().get(url) {
            Some(&until) if until > now => {
                let busy = IdentityError::plain(Kind::TryLater, "Entra has asked to be left alone for a while");
                Err(IdentityError { retry_after: Some(until.since(now)), ..busy })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Leaves an address alone until then.
    pub(crate) fn leave_alone(&self, url: &Url, until: Timestamp) {
        let mut left_alone = self.left_alone();
        let known = left_alone.entry(url.clone()).or_insert(until);
        *known = until.max(*known);
    }

    fn left_alone(&self) -> MutexGuard<'_, HashMap<Url, Timestamp>> {
        self.left_alone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts a form and reads the whole answer, whatever its status.
    pub(crate) async fn post_form(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Answer, IdentityError> {
        let request = self
            .client(url)
            .post(url.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(form(fields));
        read(request).await
    }

    /// Gets a document, whatever its status.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, IdentityError> {
        read(self.client(url).get(url.clone()).header(header::ACCEPT, "application/json")).await
    }

    fn client(&self, url: &Url) -> &reqwest::Client {
        if is_loopback(url) { &self.here } else { &self.outside }
    }
}

impl Answer {
    /// Reads a success as `T`, and anything else as the refusal it is.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, IdentityError> {
        if self.status == StatusCode::TOO_MANY_REQUESTS || self.status.is_server_error() {
            let busy = IdentityError::plain(Kind::TryLater, "Entra is busy or in trouble");
            // A number that isn't known says less than the status.
            let said = self.refusal().filter(|said| said.kind != Kind::Protocol).unwrap_or(busy);
            return Err(self.identified(IdentityError { retry_after: self.retry_after(), ..said }));
        }
        let intercepted = IdentityError::plain(Kind::Intercepted, "a proxy or captive portal answered instead of Microsoft");
        let says_json = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.to_ascii_lowercase().starts_with("application/json"));
        if self.status.is_redirection() || self.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED || !says_json {
            return Err(self.identified(intercepted));
        }
        if !self.status.is_success() {
            let nonsense = IdentityError::plain(Kind::Protocol, "Entra refused the request without saying why");
            let said = self.refusal().unwrap_or(nonsense);
            let retry_after = self.retry_after().filter(|_| said.may_pass());
            return Err(self.identified(IdentityError { retry_after, ..said }));
        }
        serde_json::from_slice(&self.body).map_err(|fault| {
            self.identified(if fault.is_eof() {
                IdentityError::plain(Kind::Truncated, "the answer was cut off")
            } else {
                IdentityError::plain(Kind::Protocol, "the answer is not what the protocol says")
            })
        })
    }

    /// The server's own time, to judge validity by when this computer's clock is wrong.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        retry_after::date(short(&self.headers, header::DATE)?)
    }

    fn retry_after(&self) -> Option<Duration> {
        let value = short(&self.headers, header::RETRY_AFTER)?;
        // Against an answer without a date of its own a date says nothing: the clock here may be wrong.
        let wait = retry_after::parse(value, self.date().unwrap_or(Timestamp(i64::MAX)))?;
        (!wait.is_zero()).then_some(wait)
    }

    /// Entra's correlation id is the one that it was given; where it doesn't repeat it, it is told all the same.
    fn identified(&self, error: IdentityError) -> IdentityError {
        IdentityError { correlation_id: error.correlation_id.or(Some(self.id)), ..error }
    }

    fn refusal(&self) -> Option<IdentityError> {
        serde_json::from_slice::<Refusal>(&self.body).ok().map(IdentityError::from)
    }
}

/// The body of a form, wiped when it has been sent.
fn form(fields: &[(&str, &str)]) -> Bytes {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Bytes::from_owner(Zeroizing::new(text.into_bytes()))
}

async fn read(request: reqwest::RequestBuilder) -> Result<Answer, IdentityError> {
    let id = Uuid::new_v4();
    let named = |fault: &reqwest::Error| {
        let error = named(fault);
        // Without a connection nothing was sent, and nobody can find it.
        IdentityError { correlation_id: (!fault.is_connect()).then_some(id), ..error }
    };
    let mut response = request.header("client-request-id", id.to_string()).send().await.map_err(|fault| named(&fault))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let expected = response.content_length().and_then(|n| usize::try_from(n).ok()).unwrap_or(16 * 1024);
    let mut body = Zeroizing::new(Vec::with_capacity(expected.min(LARGEST_ANSWER)));
    while let Some(chunk) = response.chunk().await.map_err(|fault| named(&fault))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            let endless = IdentityError::plain(Kind::Protocol, "the answer is longer than any of Entra's");
            return Err(IdentityError { correlation_id: Some(id), ..endless });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body, id })
}

fn named(fault: &reqwest::Error) -> IdentityError {
    match tls_fault(fault) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            return IdentityError::plain(Kind::TlsRefused, "the server's certificate is not trusted by this computer");
        }
        // No server of Microsoft fails a handshake, so this wasn't one.
        Some(_) => return IdentityError::plain(Kind::Intercepted, "what answered does not speak TLS as Microsoft does"),
        None => {}
    }
    if fault.is_timeout() {
        return IdentityError::plain(Kind::Offline, "Microsoft's sign-in did not answer in time");
    }
    if fault.is_body() || fault.is_decode() {
        return IdentityError::plain(Kind::Truncated, "the answer was cut off");
    }
    IdentityError::plain(Kind::Offline, "Microsoft's sign-in can't be reached")
}

/// What TLS found wrong, if it did. An `io::Error` hides the error that it wraps from `source`, and they come nested.
fn tls_fault(fault: &reqwest::Error) -> Option<&rustls::Error> {
    let mut cause = fault.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = wrapped.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| error.source());
    }
    None
}

/// A header of at most 64 bytes: what is longer is no date and no number, and may be meant to tire the parser.
fn short(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().filter(|text| text.len() <= 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        headers.insert(header::DATE, "Fri, 20 Nov 2026 10:00:00 GMT".parse().unwrap());
        headers.insert(header::RETRY_AFTER, "7".parse().unwrap());
        Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Zeroizing::new(body.into()), id: Uuid::nil() }
    }

    fn kind(status: u16, content_type: &str, body: &str) -> Kind {
        answer(status, content_type, body).json::<serde_json::Value>().unwrap_err().kind
    }

    #[test]
    fn a_page_of_a_proxy_is_never_read_as_data() {
        for (status, content_type) in [(200, "text/html"), (302, "text/html"), (407, "text/html"), (400, "text/plain")] {
            assert_eq!(kind(status, content_type, "<html>"), Kind::Intercepted, "{status} {content_type}");
        }
    }

    #[test]
    fn cut_answers_and_busy_servers_may_be_tried_again() {
        assert_eq!(kind(200, "application/json; charset=utf-8", r#"{"access_to"#), Kind::Truncated);
        assert_eq!(kind(200, "application/json", "[}"), Kind::Protocol);
        let busy = answer(503, "text/html", "").json::<serde_json::Value>().unwrap_err();
        assert_eq!((busy.kind, busy.retry_after), (Kind::TryLater, Some(Duration::from_secs(7))));
        assert_eq!(busy.correlation_id, Some(Uuid::nil()), "the id that we gave it");
        assert!(busy.may_pass());
    }

    #[test]
    fn a_wait_that_entra_asks_for_is_read_in_seconds_and_as_a_date() {
        let asked = |value: &str, dated: bool| {
            let mut answer = answer(503, "application/json", r#"{"error":"odd"}"#);
            answer.headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            if !dated {
                answer.headers.remove(header::DATE);
            }
            let busy = answer.json::<serde_json::Value>().unwrap_err();
            assert_eq!(busy.kind, Kind::TryLater, "whatever a failing server says beside it");
            busy.retry_after
        };
        let two_minutes = Some(Duration::from_secs(120));
        assert_eq!((asked("120", true), asked("120", false)), (two_minutes, two_minutes));
        assert_eq!(asked("Fri, 20 Nov 2026 10:02:00 GMT", true), two_minutes);
        for nothing in ["0", "-1", "soon", "Fri, 20 Nov 2026 09:00:00 GMT"] {
            assert_eq!(asked(nothing, true), None, "{nothing}");
        }
        assert_eq!(asked("Fri, 20 Nov 2026 10:02:00 GMT", false), None, "nobody knows how long that is");
    }

    #[test]
    fn the_servers_time_is_read_from_its_date() {
        assert_eq!(answer(200, "application/json", "{}").date(), Some(Timestamp(1_795_168_800_000)));
    }
}
