//! Hearing an answer out, within limits, and telling Graph's from others'.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use memchr::memchr2;
use rollcall_core::retry_after;
use rollcall_core::time::Timestamp;
use uuid::Uuid;

use super::Wants;
use super::fault::Fault;
use crate::error::{self, Foreign, Trace};
use crate::gate::Permit;

/// The largest answer that is read, after decompression; a page of 999 users has some 1 MiB.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How deep brackets may be nested in an answer; Graph's go to some ten.
const DEEPEST_ANSWER: usize = 64;

/// A good answer, or any answer to a probe. Its permit is reported by whoever understands the body.
pub(crate) struct Answer {
    pub(crate) body: Bytes,
    pub(crate) trace: Trace,
    pub(crate) permit: Permit,
    /// The wait that a refused probe was asked for.
    pub(crate) retry_after: Option<Duration>,
}

/// Any answer, heard to its end.
pub(super) struct Heard {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) id: Uuid,
}

/// Sends and reads the whole answer, decompressed, up to the limit.
pub(super) async fn hear(request: reqwest::RequestBuilder, id: Uuid) -> Result<Heard, Fault> {
    let mut response = request.send().await.map_err(|error| Fault::of(&error, id))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let too_large = || Fault::TooLarge(Box::new(Trace::read(status, &headers, &[], &id.to_string())));
    let expected = response.content_length().unwrap_or(0);
    if expected > LARGEST_ANSWER as u64 {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(usize::try_from(expected).unwrap_or(0));
    while let Some(chunk) = response.chunk().await.map_err(|error| Fault::of(&error, id))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    if is_too_deep(&body) {
        return Err(too_large());
    }
    Ok(Heard { status, headers, body: body.freeze(), id })
}

/// Whether brackets are nested deeper than any answer of Graph's. Text that isn't JSON may look so too, and is refused either way.
fn is_too_deep(body: &[u8]) -> bool {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(&byte) = body.get(at) {
        at += 1;
        match byte {
            b'"' => at = after_text(body, at),
            b'{' | b'[' => {
                depth += 1;
                if depth > DEEPEST_ANSWER {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Where what follows a text begins; the text begins at `at`. Nearly every byte of an answer is passed over here.
fn after_text(body: &[u8], mut at: usize) -> usize {
    while let Some(found) = body.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found + 1;
        if body[at - 1] == b'"' {
            return at;
        }
        // Whatever is escaped is text.
        at += 1;
    }
    body.len()
}

impl Heard {
    pub(super) fn trace(&self) -> Trace {
        Trace::read(self.status, &self.headers, &self.body, &self.id.to_string())
    }

    /// Graph's own id of the request; a refusal may have it in its body only.
    pub(super) fn request_id(&self) -> Option<String> {
        let header = self.headers.get("request-id").and_then(|value| value.to_str().ok()).and_then(error::id);
        header.or_else(|| (!self.status.is_success()).then(|| self.trace().request_id).flatten())
    }

    /// Whether something between here and Graph answered. Graph's own gateways answer HTML or nothing while they fail, so a
    /// failing gateway isn't held against it.
    pub(super) fn foreign(&self, wants: Wants) -> Option<Foreign> {
        let (said, page) = (self.content_type(), self.is_page());
        let kind = if page { Foreign::Html } else { Foreign::Other };
        match self.status.as_u16() {
            407 | 511 | 300..=399 => Some(kind),
            429 | 500 | 502..=504 | 509 => None,
            200..=299 => match wants {
                Wants::Json if is_json(&said) => None,
                Wants::Text if said.starts_with("text/plain") => None,
                Wants::Nothing if self.body.is_empty() || is_json(&said) => None,
                Wants::Json | Wants::Text | Wants::Nothing => Some(kind),
            },
            _ => page.then_some(Foreign::Html),
        }
    }

    /// The wait that the answer asks for.
    pub(super) fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let text = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let base = text(http::header::DATE).and_then(retry_after::date).unwrap_or(now);
        retry_after::parse(text(RETRY_AFTER)?, base)
    }

    fn is_page(&self) -> bool {
        let said = self.content_type();
        let start = self.body.trim_ascii_start();
        said.starts_with("text/html") || said.starts_with("application/xhtml") || (!is_json(&said) && start.first() == Some(&b'<'))
    }

    fn content_type(&self) -> String {
        let said = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        said.trim_ascii_start().to_ascii_lowercase()
    }
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::is_too_deep;

    #[test]
    fn depth_is_counted_outside_of_texts_only() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(!is_too_deep(nested(64).as_bytes()));
        assert!(is_too_deep(nested(65).as_bytes()));
        assert!(is_too_deep("{\"a\":".repeat(65).as_bytes()));
        let side_by_side = format!("[{}]", vec![nested(60); 50].join(","));
        assert!(!is_too_deep(side_by_side.as_bytes()), "brackets that were closed don't count");
        assert!(!is_too_deep(b"{\"a\":\"\\"), "a text that breaks off is text");
        let text = format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(500));
        assert!(!is_too_deep(text.as_bytes()), "what stands in a text is text");
    }
}
