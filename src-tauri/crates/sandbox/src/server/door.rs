//! Who may come in: only programs of this computer that know the token of this start, and a person's browser on its way.
//! A web page must not be able to reach the practice tenant, neither by a rebound name nor by a forged request.

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{Method, StatusCode, Version};
use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq;

use super::House;

/// Which part of the practice tenant a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Path below the Graph base, still percent-encoded.
    Graph(String),
    /// Tenant and the path below it.
    Entra { tenant: String, path: String },
    /// What an error number means; the one page of Entra without a tenant.
    Error,
}

/// Lets a request in, or names the status with which it is turned away.
pub(super) fn check(house: &House, head: &Parts) -> Result<Place, StatusCode> {
    check_host(house, head)?;
    let rest = behind_token(house, head.uri.path()).ok_or(StatusCode::NOT_FOUND)?;
    check_origin(house, head)?;
    let allowed = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    if !allowed.contains(&head.method) {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    match rest.split_once('/') {
        Some(("graph", path)) => Ok(Place::Graph(format!("/{path}"))),
        Some((tenant, path)) => {
            let tenant = percent_decode_str(tenant).decode_utf8().map_err(|_| StatusCode::BAD_REQUEST)?;
            Ok(Place::Entra { tenant: tenant.into_owned(), path: path.to_owned() })
        }
        None if rest == "error" => Ok(Place::Error),
        None => Err(StatusCode::NOT_FOUND),
    }
}

/// One Host header with our own address, or in HTTP/2 the pseudo-header that stands for it. A rebound name arrives with the attacker's.
fn check_host(house: &House, head: &Parts) -> Result<(), StatusCode> {
    let ours = |host: &[u8]| house.hosts.iter().any(|known| known.as_bytes() == host);
    let mut named = head.headers.get_all(HOST).iter();
    let named = match (named.next(), named.next()) {
        (Some(host), None) => ours(host.as_bytes()),
        (None, _) => head.version == Version::HTTP_2 && head.uri.authority().is_some(),
        (Some(_), Some(_)) => false,
    };
    let absolute = head.uri.authority().is_none_or(|authority| ours(authority.as_str().as_bytes()));
    if named && absolute { Ok(()) } else { Err(StatusCode::MISDIRECTED_REQUEST) }
}

/// Programs send no Origin; browsers send ours from our own pages. Scripts of any page are never served.
fn check_origin(house: &House, head: &Parts) -> Result<(), StatusCode> {
    let foreign = head.headers.get_all(ORIGIN).iter().any(|origin| {
        let host = origin.as_bytes().strip_prefix(b"http://");
        !host.is_some_and(|host| house.hosts.iter().any(|known| known.as_bytes() == host))
    });
    let script = head.headers.get_all("sec-fetch-mode").iter().any(|mode| mode.as_bytes() != b"navigate");
    if foreign || script { Err(StatusCode::FORBIDDEN) } else { Ok(()) }
}

fn behind_token<'a>(house: &House, path: &'a str) -> Option<&'a str> {
    let (token, rest) = path.strip_prefix("/p/")?.split_once('/')?;
    bool::from(token.as_bytes().ct_eq(house.start_token.as_bytes())).then_some(rest)
}
