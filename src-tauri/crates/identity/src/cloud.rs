//! Endpoints per national cloud, and custom ones.

use std::fmt;

use rollcall_core::id::DirectoryId;
use rollcall_core::permission::Resource;
use rollcall_core::tenant::Cloud;
use thiserror::Error;
use url::{Host, Url};

/// Exchange Online of the global cloud, as scopes name it.
const EXCHANGE: &str = "https://outlook.office365.com";

/// Where sign-in and Graph of one cloud answer. Tokens obtained from `authority` are only ever sent to `graph`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    authority: Url,
    graph: Url,
    exchange: &'static str,
    aliases: &'static [&'static str],
}

/// Why an address can't be an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EndpointError {
    /// It can't be read as an address.
    #[error("the address can't be read")]
    Unreadable,
    /// It is neither https nor http on this computer's own loopback address.
    #[error("the address must begin with https:// (http:// is accepted for 127.0.0.1 and localhost only)")]
    NotSecure,
    /// It has a query, a fragment, a user name or a password.
    #[error("the address must not have a query, a fragment, a user name or a password")]
    Decorated,
    /// The directory is neither a GUID nor a domain name.
    #[error("the tenant must be a GUID or a domain name")]
    NotATenant,
}

impl Endpoints {
    /// The hosts of a national cloud ("National clouds" and "National cloud deployments" of Microsoft), or nothing for
    /// [`Cloud::Custom`], whose addresses are typed in: see [`Endpoints::custom`].
    #[must_use]
    pub fn of(cloud: Cloud) -> Option<Self> {
        let (authority, graph, exchange, aliases): (_, _, _, &'static [_]) = match cloud {
            Cloud::Global => (
                "https://login.microsoftonline.com",
                "https://graph.microsoft.com",
                EXCHANGE,
                &["login.windows.net", "login.microsoft.com", "sts.windows.net"],
            ),
            // Exchange's names outside of the global cloud are from general knowledge; Microsoft's tables at hand don't list them.
            Cloud::UsGov => (
                "https://login.microsoftonline.us",
                "https://graph.microsoft.us",
                "https://outlook.office365.us",
                &["login.usgovcloudapi.net"],
            ),
            Cloud::UsGovDod => (
                "https://login.microsoftonline.us",
                "https://dod-graph.microsoft.us",
                "https://outlook-dod.office365.us",
                &["login.usgovcloudapi.net"],
            ),
            Cloud::China => (
                "https://login.partner.microsoftonline.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://partner.outlook.cn",
                &["login.chinacloudapi.cn"],
            ),
            Cloud::Custom => return None,
        };
        Some(Self { authority: Url::parse(authority).ok()?, graph: Url::parse(graph).ok()?, exchange, aliases })
    }

    /// Endpoints typed in by the admin: https, or http on loopback. Each may have a path, as the practice tenant's do.
    ///
    /// # Errors
    /// [`EndpointError`] says what is wrong with the first address that can't be used.
    pub fn custom(authority: &str, graph: &str) -> Result<Self, EndpointError> {
        Ok(Self { authority: checked(authority)?, graph: checked(graph)?, exchange: EXCHANGE, aliases: &[] })
    }

    /// Base address of sign-in, without tenant.
    #[must_use]
    pub fn authority(&self) -> &Url {
        &self.authority
    }

    /// Base address of Graph, without version.
    #[must_use]
    pub fn graph(&self) -> &Url {
        &self.graph
    }

    /// A permission of an API as a scope: `{graph}/Mail.Read`, or `{graph}/.default` for everything that an application has been
    /// granted there. What identifies a person belongs to no API.
    #[must_use]
    pub fn scope(&self, resource: Resource, name: &str) -> String {
        let base = match resource {
            Resource::Graph if ["openid", "profile", "email", "offline_access"].contains(&name) => return name.to_owned(),
            Resource::Graph => self.graph.as_str().trim_end_matches('/'),
            Resource::Exchange => self.exchange,
        };
        format!("{base}/{name}")
    }

    /// Whether a page of this origin (the value of an `Origin` header) may hand over a sign-in answer. Entra moves
    /// between the names of a cloud during a sign-in, so each of them counts.
    #[must_use]
    pub fn may_answer_from(&self, origin: &str) -> bool {
        origin == self.authority.origin().ascii_serialization()
            || origin.strip_prefix("https://").is_some_and(|host| self.aliases.contains(&host))
    }
}

/// One tenant at one cloud's sign-in: every Entra address is built from this, never from what an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    endpoints: Endpoints,
    directory: Directory,
}

/// A tenant as the admin typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directory {
    /// Its GUID.
    Id(DirectoryId),
    /// One of its verified domains.
    Domain(String),
}

impl Authority {
    /// The tenant `directory` (a GUID or a verified domain) of the cloud at `endpoints`.
    ///
    /// # Errors
    /// [`EndpointError::NotATenant`]; `common`, `organizations` and `consumers` are refused too, since Rollcall always
    /// works on one named tenant.
    pub fn new(endpoints: Endpoints, directory: &str) -> Result<Self, EndpointError> {
        Ok(Self { endpoints, directory: directory.parse()? })
    }

    /// The cloud's addresses.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The tenant.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The token endpoint of the v2.0 protocol.
    #[must_use]
    pub fn token_endpoint(&self) -> Url {
        self.at("oauth2/v2.0/token")
    }

    /// An address below this tenant: `{authority}/{directory}/{path}`.
    pub(crate) fn at(&self, path: &str) -> Url {
        below(&self.endpoints.authority, &format!("{}/{path}", self.directory))
    }

    /// The issuer of this cloud's v2.0 tokens for the tenant with this GUID.
    pub(crate) fn issuer_for(&self, id: DirectoryId) -> String {
        below(&self.endpoints.authority, &format!("{id}/v2.0")).into()
    }

    /// Whether `url` lies below the authority, so that a code or a secret may be sent there.
    pub(crate) fn contains(&self, url: &Url) -> bool {
        let base = self.endpoints.authority.path().trim_end_matches('/');
        url.origin() == self.endpoints.authority.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path().strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl std::str::FromStr for Directory {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let label = |part: &str| {
            (1..=63).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        if text.len() <= 253 && text.contains('.') && text.split('.').all(label) {
            Ok(Self::Domain(text.to_ascii_lowercase()))
        } else {
            Err(EndpointError::NotATenant)
        }
    }
}

impl fmt::Display for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Domain(domain) => domain.fmt(f),
        }
    }
}

/// Whether this address is on the computer itself, where http is safe and no proxy may be asked.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn checked(text: &str) -> Result<Url, EndpointError> {
    let url = Url::parse(text.trim()).map_err(|_| EndpointError::Unreadable)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err(EndpointError::NotSecure),
    }
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !plain || url.password().is_some() {
        return Err(EndpointError::Decorated);
    }
    Ok(url)
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_keeps_to_its_own_hosts() {
        let graph = |cloud| Endpoints::of(cloud).map(|e| e.scope(Resource::Graph, ".default"));
        assert_eq!(graph(Cloud::Global).as_deref(), Some("https://graph.microsoft.com/.default"));
        assert_eq!(graph(Cloud::UsGov).as_deref(), Some("https://graph.microsoft.us/.default"));
        assert_eq!(graph(Cloud::UsGovDod).as_deref(), Some("https://dod-graph.microsoft.us/.default"));
        assert_eq!(graph(Cloud::China).as_deref(), Some("https://microsoftgraph.chinacloudapi.cn/.default"));
        assert_eq!(graph(Cloud::Custom), None, "a custom cloud has only the addresses that were typed in");
    }

    #[test]
    fn a_custom_address_is_https_or_loopback_and_bare() {
        let try_one = |text| Endpoints::custom(text, "https://graph.contoso.example").err();
        for good in ["https://login.contoso.example", "http://127.0.0.1:4000/p/abc", "http://localhost:4000", "http://[::1]:1"] {
            assert_eq!(try_one(good), None, "{good}");
        }
        for (bad, why) in [
            ("http://login.contoso.example", EndpointError::NotSecure),
            ("http://localhost.contoso.example", EndpointError::NotSecure),
            ("http://127.0.0.1.contoso.example", EndpointError::NotSecure),
            ("ftp://127.0.0.1", EndpointError::NotSecure),
            ("file:///etc", EndpointError::NotSecure),
            ("https://ada@login.contoso.example", EndpointError::Decorated),
            ("https://login.contoso.example?x=1", EndpointError::Decorated),
            ("https://login.contoso.example#x", EndpointError::Decorated),
            ("login.contoso.example", EndpointError::Unreadable),
        ] {
            assert_eq!(try_one(bad), Some(why), "{bad}");
        }
    }

    #[test]
    fn a_path_in_the_base_address_is_kept() {
        let practice = Endpoints::custom("http://127.0.0.1:4000/p/abc/", "http://127.0.0.1:4000/p/abc/graph").unwrap();
        let authority = Authority::new(practice, "Contoso.example").unwrap();
        assert_eq!(authority.token_endpoint().as_str(), "http://127.0.0.1:4000/p/abc/contoso.example/oauth2/v2.0/token");
        assert!(authority.contains(&authority.token_endpoint()));
        for outside in ["http://127.0.0.1:4000/p/abcd/x", "http://127.0.0.1:4001/p/abc/x", "https://127.0.0.1:4000/p/abc/x"] {
            assert!(!authority.contains(&Url::parse(outside).unwrap()), "{outside}");
        }
    }

    #[test]
    fn a_tenant_is_a_guid_or_a_domain() {
        for good in ["contoso.example", "6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10"] {
            assert!(good.parse::<Directory>().is_ok(), "{good}");
        }
        for bad in ["common", "organizations", "", "a/b.example", "a..example", "-a.example", "a.example?x", "a b.example"] {
            assert_eq!(bad.parse::<Directory>(), Err(EndpointError::NotATenant), "{bad}");
        }
    }

    #[test]
    fn an_answer_may_come_from_each_name_of_the_cloud_only() {
        let global = Endpoints::of(Cloud::Global).unwrap();
        assert!(global.may_answer_from("https://login.microsoftonline.com"));
        assert!(global.may_answer_from("https://login.microsoft.com"));
        for foreign in ["http://login.microsoftonline.com", "https://login.microsoftonline.us", "http://localhost:1", ""] {
            assert!(!global.may_answer_from(foreign), "{foreign}");
        }
    }
}
