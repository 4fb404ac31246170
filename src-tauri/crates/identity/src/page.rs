//! The few words a person sees in the browser after signing in. Static, so nothing of a request can be echoed, and
//! without script, so nothing can run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use ring::digest;

const STYLE: &str = "html{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
                     body{max-width:32rem;margin:20vh auto;padding:0 1.5rem}h1{font-size:1.5rem}";

/// The answer has arrived.
pub(crate) fn done() -> Response<Full<Bytes>> {
    page(StatusCode::OK, "Rollcall has its answer", "You can close this page and go back to Rollcall.")
}

/// A refusal has arrived.
pub(crate) fn refused() -> Response<Full<Bytes>> {
    page(StatusCode::OK, "Not completed", "You can close this page. Rollcall shows what happened and what to do.")
}

/// The request is none that Rollcall waits for.
pub(crate) fn not_for_us(status: StatusCode) -> Response<Full<Bytes>> {
    page(status, "Nothing here", "Rollcall is waiting for an answer from Microsoft's sign-in, and this is not it.")
}

/// On to Microsoft's page, with nothing kept and no word of where one came from.
pub(crate) fn onward(to: HeaderValue) -> Response<Full<Bytes>> {
    let mut response = page(StatusCode::FOUND, "To Microsoft", "Microsoft's page opens now.");
    response.headers_mut().insert(header::LOCATION, to);
    response
}

fn page(status: StatusCode, title: &str, text: &str) -> Response<Full<Bytes>> {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>\
         <main><h1>{title}</h1><p>{text}</p></main></html>"
    );
    let mut response = Response::new(Full::new(Bytes::from(html)));
    *response.status_mut() = status;
    let hash = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_forbids_script_frames_and_keeping() {
        for page in [done(), refused(), not_for_us(StatusCode::NOT_FOUND)] {
            let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
            assert!(!policy.contains("unsafe") && !policy.contains("script-src"));
            assert_eq!(page.headers()[header::CACHE_CONTROL], "no-store");
            assert!(!page.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "no other origin may read it");
        }
    }
}
