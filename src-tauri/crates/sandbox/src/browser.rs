//! A person with a browser, for tests and rehearsals without a screen: opens an address, follows redirects,
//! fills in the practice tenant's forms. Never leaves loopback.

mod form;
mod wire;

use http::{Method, StatusCode, Uri};

use form::Form;

/// How the person behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// The first account of the picker, says yes to everything.
    Admin,
    /// This account, says yes to everything.
    Upn(String),
    /// Presses Cancel as soon as there is such a button.
    Cancels,
    /// The account with this user principal name, who cancels when asked for consent.
    Declines(String),
}

/// The last page the person saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visited {
    /// Its address, with everything that came back in the query.
    pub url: String,
    pub status: u16,
    /// Its source.
    pub text: String,
}

/// Why a visit ended early.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// The address is not one of loopback over plain HTTP, and practice never goes anywhere else.
    #[error("the address is not on loopback")]
    LeftLoopback,
    /// Nobody answered, or not in HTTP.
    #[error("nobody answered there: {0}")]
    Unreachable(String),
    /// More pages than a sign-in has; something goes in circles.
    #[error("the pages go in circles")]
    Circles,
}

const MOST_PAGES: usize = 20;

/// Opens an address as this person would. In goes an absolute `http://` address on loopback; out comes the last page,
/// usually that of the application's own listener.
///
/// # Errors
/// [`Lost`] when the way leads off loopback, to a closed port, or in circles.
pub async fn visit(url: &str, person: &Person) -> Result<Visited, Lost> {
    let start = on_loopback(url)?;
    let mut pages_of = None;
    let mut next = Step { url: start, method: Method::GET, body: String::new(), from: None };
    for _ in 0..MOST_PAGES {
        let reply = wire::send(&next).await?;
        let here = origin(&next.url);
        if let Some(location) = reply.location.filter(|_| reply.status.is_redirection()) {
            let url = on_loopback(&resolve(&next.url, &location))?;
            // After 303, and by custom after 301 and 302, a browser continues with GET.
            next = Step { url, method: Method::GET, body: String::new(), from: next.from.map(|_| here) };
            continue;
        }
        // Only the practice tenant's own pages are filled in, and the way begins on one, be it by way of a redirect; the
        // application's page is the end of the way.
        let form = (here == *pages_of.get_or_insert_with(|| here.clone()) && reply.status == StatusCode::OK)
            .then(|| form::choose(&reply.text, person))
            .flatten();
        let Some(Form { action, fields }) = form else {
            return Ok(Visited { url: next.url.to_string(), status: reply.status.as_u16(), text: reply.text });
        };
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let url = on_loopback(&resolve(&next.url, &action))?;
        next = Step { url, method: Method::POST, body, from: Some(here) };
    }
    Err(Lost::Circles)
}

/// One request of the browser.
struct Step {
    url: Uri,
    method: Method,
    body: String,
    /// Origin of the page that led here; none for an address that the person typed.
    from: Option<String>,
}

fn on_loopback(url: &str) -> Result<Uri, Lost> {
    // A fragment stays in the browser.
    let url = url.split('#').next().unwrap_or(url);
    let url: Uri = url.parse().map_err(|_| Lost::LeftLoopback)?;
    let loopback = matches!(url.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let no_user = url.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if url.scheme_str() == Some("http") && loopback && no_user { Ok(url) } else { Err(Lost::LeftLoopback) }
}

fn origin(url: &Uri) -> String {
    format!("http://{}", url.authority().map_or("", |authority| authority.as_str()))
}

fn resolve(base: &Uri, target: &str) -> String {
    if target.contains("://") {
        return target.to_owned();
    }
    if target.starts_with('/') && !target.starts_with("//") {
        return format!("{}{target}", origin(base));
    }
    let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{}{folder}/{target}", origin(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_visited() {
        assert!(on_loopback("http://127.0.0.1:8080/x").is_ok());
        assert!(on_loopback("http://localhost/x#part").is_ok());
        for away in ["https://login.microsoftonline.com/", "http://127.0.0.1.evil.example/", "http://a@localhost/", "file:///x"] {
            assert!(matches!(on_loopback(away), Err(Lost::LeftLoopback)), "{away}");
        }
    }
}
