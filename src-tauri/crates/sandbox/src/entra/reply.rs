//! Answers in the few shapes Entra has: a page, a document, a redirect, nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::pages;

/// A document for programs. Never kept by caches: most of them carry tokens.
pub(super) fn json(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut reply = empty(status);
    *reply.body_mut() = body.to_string().into();
    set(&mut reply, CONTENT_TYPE, "application/json; charset=utf-8");
    set(&mut reply, HeaderName::from_static("pragma"), "no-cache");
    reply
}

/// A page for a person.
pub(super) fn html(status: StatusCode, page: &str) -> Response<Bytes> {
    let mut reply = empty(status);
    *reply.body_mut() = page.to_owned().into();
    set(&mut reply, CONTENT_TYPE, "text/html; charset=utf-8");
    // Browsers apply form-action to the redirect after a form too, and answers go to a loopback listener on any port.
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; form-action 'self' http://localhost:* http://127.0.0.1:*; \
         base-uri 'none'; frame-ancestors 'none'",
        hash(pages::STYLE),
        hash(pages::SUBMIT),
    );
    set(&mut reply, HeaderName::from_static("content-security-policy"), &policy);
    set(&mut reply, HeaderName::from_static("x-frame-options"), "DENY");
    set(&mut reply, HeaderName::from_static("x-content-type-options"), "nosniff");
    // The path carries the start token, so only the origin may travel on.
    set(&mut reply, HeaderName::from_static("referrer-policy"), "origin");
    reply
}

pub(super) fn redirect(to: &str) -> Response<Bytes> {
    let mut reply = empty(StatusCode::FOUND);
    set(&mut reply, LOCATION, to);
    set(&mut reply, HeaderName::from_static("referrer-policy"), "origin");
    reply
}

pub(super) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = status;
    set(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

fn set(reply: &mut Response<Bytes>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        reply.headers_mut().insert(name, value);
    }
}

fn hash(content: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, content.as_bytes())))
}
