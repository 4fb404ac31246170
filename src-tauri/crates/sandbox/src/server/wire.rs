//! Troubles that no Graph makes, but the way to it does: proxies, cut connections, captive portals.

use std::io;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Response, StatusCode};

/// What happens to one Graph request instead of an answer from Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wire {
    /// 200 with a page of HTML, as a proxy's or portal's sign-in page.
    HtmlProxyPage,
    /// 200 with JSON that ends in the middle.
    TruncatedJson,
    /// The connection is closed without an answer.
    Close,
    /// 503 without a body.
    ServiceUnavailable {
        /// Seconds, when the answer names a time.
        retry_after: Option<u32>,
    },
    /// 302 to this address.
    Redirect(String),
}

impl Wire {
    /// The answer in its place; an error closes the connection.
    pub(super) fn answer(self) -> io::Result<Response<Full<Bytes>>> {
        Ok(match self {
            Wire::HtmlProxyPage => {
                let page = "<!doctype html><title>Sign in to the network</title><p>Accept the terms to continue.";
                with(StatusCode::OK, page, CONTENT_TYPE, "text/html")
            }
            Wire::TruncatedJson => with(StatusCode::OK, "{\"value\":[{\"id\":\"", CONTENT_TYPE, "application/json"),
            Wire::Close => return Err(io::ErrorKind::ConnectionAborted.into()),
            Wire::ServiceUnavailable { retry_after: Some(seconds) } => {
                with(StatusCode::SERVICE_UNAVAILABLE, "", RETRY_AFTER, &seconds.to_string())
            }
            Wire::ServiceUnavailable { retry_after: None } => super::refusal(StatusCode::SERVICE_UNAVAILABLE),
            Wire::Redirect(to) => with(StatusCode::FOUND, "", LOCATION, &to),
        })
    }
}

fn with(status: StatusCode, body: &'static str, name: HeaderName, value: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
