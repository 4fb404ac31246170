//! Where answers may go, and how they travel there.

use bytes::Bytes;
use http::{Response, StatusCode, Uri};

use super::{pages, reply};
use crate::world::App;

/// How an answer returns to the application (OAuth 2.0 Multiple Response Type Encoding Practices, Form Post Response Mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Query,
    FormPost,
}

/// Whether an application registered this address. On loopback the port is ignored, and so is the path
/// when the registered address has none (RFC 8252 section 7.3; "Redirect URI restrictions and limitations").
pub(super) fn is_registered(app: &App, address: &str) -> bool {
    is_plain(address) && app.redirect_uris.iter().any(|registered| matches(registered, address))
}

/// Brings parameters to the application.
pub(super) fn deliver(mode: Mode, address: &str, parameters: &[(&str, String)]) -> Response<Bytes> {
    match mode {
        Mode::Query => reply::redirect(&with_query(address, parameters)),
        Mode::FormPost => reply::html(StatusCode::OK, &pages::form_post(address, parameters)),
    }
}

fn matches(registered: &str, address: &str) -> bool {
    if registered == address {
        return true;
    }
    let (Ok(registered), Ok(address)) = (registered.parse::<Uri>(), address.parse::<Uri>()) else { return false };
    let loopback = matches!(registered.host(), Some("localhost" | "127.0.0.1"));
    let same_host = registered.host() == address.host() && registered.scheme_str() == address.scheme_str();
    let free_path = matches!(registered.path(), "" | "/");
    loopback && same_host && (free_path || registered.path() == address.path())
}

/// Nothing that two parsers could read differently: no fragment, user name, backslash, space or control character.
fn is_plain(address: &str) -> bool {
    address.len() <= 256 && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"#@\\<>\"'".contains(&byte))
}

fn with_query(address: &str, parameters: &[(&str, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    let query = query.finish();
    let no_path = address.splitn(4, '/').count() < 4 && !address.contains('?');
    let join = if address.contains('?') {
        "&"
    } else if no_path {
        "/?"
    } else {
        "?"
    };
    format!("{address}{join}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_ignores_the_port_and_nothing_else() {
        let check = |registered: &str, address: &str| is_plain(address) && matches(registered, address);
        assert!(check("http://localhost", "http://localhost:50123"));
        assert!(check("http://localhost", "http://localhost:50123/answer"));
        assert!(check("http://127.0.0.1/cb", "http://127.0.0.1:9/cb"));
        for wrong in [
            "http://localhost.evil.example:1/",
            "http://localhost@evil.example/",
            "http://localhost:1\\@evil.example/",
            "https://localhost:1/",
            "http://127.0.0.1:1/",
            "http://[::1]:1/",
            "http://localhost:1/#x",
            "//localhost:1/",
            "javascript:alert(1)",
        ] {
            assert!(!check("http://localhost", wrong), "{wrong}");
        }
        assert!(!check("https://app.contoso.example/cb", "https://app.contoso.example:444/cb"), "ports count off loopback");
    }

    #[test]
    fn answers_are_appended_to_what_the_address_has() {
        let parameters = [("code", "a b".to_owned())];
        assert_eq!(with_query("http://localhost:1", &parameters), "http://localhost:1/?code=a+b");
        assert_eq!(with_query("http://localhost:1/cb", &parameters), "http://localhost:1/cb?code=a+b");
        assert_eq!(with_query("http://localhost:1/?x=1", &parameters), "http://localhost:1/?x=1&code=a+b");
    }
}
