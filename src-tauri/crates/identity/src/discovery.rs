//! The OpenID Connect document of a tenant: fetched, and believed only as far as it stays below the authority we chose.

use rollcall_core::id::DirectoryId;
use serde::Deserialize;
use url::Url;

use crate::cloud::{Authority, Directory};
use crate::error::{IdentityError, Kind};
use crate::http::Wire;

/// Where one tenant's sign-in answers, checked against the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The tenant's GUID, as its issuer names it.
    pub directory_id: DirectoryId,
    /// Who issues its tokens: `{authority}/{tenant GUID}/v2.0`.
    pub issuer: String,
    /// Where the browser is sent.
    pub authorize: Url,
    /// Where codes become tokens.
    pub token: Url,
}

/// Fetches the tenant's document ("OpenID Connect on the Microsoft identity platform") and checks that its issuer is
/// exactly ours and that each endpoint lies below the authority, so that no code is ever sent elsewhere.
///
/// # Errors
/// [`Kind::WrongTenant`] when there is no such tenant, [`Kind::NotTrusted`] when the document points elsewhere, and the
/// failures of the network.
pub async fn discover(wire: &Wire, authority: &Authority) -> Result<Discovery, IdentityError> {
    let document = wire.get(&authority.at("v2.0/.well-known/openid-configuration")).await?.json()?;
    checked(authority, document)
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
}

fn checked(authority: &Authority, document: Document) -> Result<Discovery, IdentityError> {
    let elsewhere = || IdentityError::plain(Kind::NotTrusted, "the tenant's sign-in document points somewhere else");
    let directory_id = document
        .issuer
        .strip_suffix("/v2.0")
        .and_then(|start| start.rsplit('/').next())
        .and_then(|id| id.parse::<DirectoryId>().ok())
        .ok_or_else(elsewhere)?;
    let is_ours = match authority.directory() {
        Directory::Id(id) => *id == directory_id,
        Directory::Domain(_) => true,
    };
    let below = [&document.authorization_endpoint, &document.token_endpoint].iter().all(|url| authority.contains(url));
    if !is_ours || !below || document.issuer != authority.issuer_for(directory_id) {
        return Err(elsewhere());
    }
    Ok(Discovery { directory_id, issuer: document.issuer, authorize: document.authorization_endpoint, token: document.token_endpoint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Endpoints;
    use rollcall_core::tenant::Cloud;

    const TENANT: &str = "6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10";
    const OTHER: &str = "11111111-0a4f-4c1e-9a55-3f0e6b7f9a10";
    const HOST: &str = "https://login.microsoftonline.com";

    fn verdict(directory: &str, issuer: &str, authorize: &str, token: &str) -> Result<Discovery, Kind> {
        let authority = Authority::new(Endpoints::of(Cloud::Global).unwrap(), directory).unwrap();
        let document = Document {
            issuer: issuer.to_owned(),
            authorization_endpoint: authorize.parse().unwrap(),
            token_endpoint: token.parse().unwrap(),
        };
        checked(&authority, document).map_err(|error| error.kind)
    }

    #[test]
    fn a_domain_leads_to_the_tenants_guid() {
        let (authorize, token) = (format!("{HOST}/{TENANT}/oauth2/v2.0/authorize"), format!("{HOST}/{TENANT}/oauth2/v2.0/token"));
        let found = verdict("contoso.example", &format!("{HOST}/{TENANT}/v2.0"), &authorize, &token).unwrap();
        assert_eq!(found.directory_id.to_string(), TENANT);
    }

    #[test]
    fn a_document_that_points_elsewhere_is_refused() {
        let (issuer, authorize, token) = (format!("{HOST}/{TENANT}/v2.0"), format!("{HOST}/{TENANT}/a"), format!("{HOST}/{TENANT}/t"));
        assert!(verdict(TENANT, &issuer, &authorize, &token).is_ok());
        for (what, issuer, authorize, token) in [
            ("another tenant", format!("{HOST}/{OTHER}/v2.0"), authorize.clone(), token.clone()),
            ("another host", format!("https://login.contoso.example/{TENANT}/v2.0"), authorize.clone(), token.clone()),
            ("a v1 issuer", format!("https://sts.windows.net/{TENANT}/"), authorize.clone(), token.clone()),
            ("a placeholder", format!("{HOST}/{{tenantid}}/v2.0"), authorize.clone(), token.clone()),
            ("a slash too many", format!("{issuer}/"), authorize.clone(), token.clone()),
            ("a foreign page", issuer.clone(), "https://login.contoso.example/a".into(), token.clone()),
            ("a foreign token endpoint", issuer.clone(), authorize.clone(), "https://login.contoso.example/t".into()),
            ("plain http", issuer.clone(), authorize.clone(), format!("http://login.microsoftonline.com/{TENANT}/t")),
            ("user-info", issuer.clone(), authorize.clone(), format!("https://a@login.microsoftonline.com/{TENANT}/t")),
        ] {
            assert_eq!(verdict(TENANT, &issuer, &authorize, &token), Err(Kind::NotTrusted), "{what}");
        }
    }
}
