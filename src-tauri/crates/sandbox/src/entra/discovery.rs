//! The documents by which a client finds its way: OIDC metadata, keys, and the list of authority names.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::error::Refusal;
use super::{Ask, Entra, Realm, reply};

/// OIDC metadata of the v2.0 endpoints (OpenID Connect Discovery 1.0 plus Entra's own fields).
pub(super) fn v2(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    document(entra, ask, "/v2.0")
}

/// The same for the v1.0 issuer.
pub(super) fn v1(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    document(entra, ask, "/")
}

/// No public keys: practice tokens are signed with a secret that lives as long as the practice tenant.
pub(super) fn keys(entra: &Entra, ask: &Ask) -> Result<Response<Bytes>, Refusal> {
    entra.realm(ask)?;
    Ok(reply::json(StatusCode::OK, &json!({ "keys": [] })))
}

/// Which host names belong to this authority: only its own.
pub(super) fn instance(entra: &Entra) -> Response<Bytes> {
    let host = host_of(&entra.authority);
    reply::json(
        StatusCode::OK,
        &json!({
            "tenant_discovery_endpoint":
                format!("{}/{}/v2.0/.well-known/openid-configuration", entra.authority, entra.tenant_id),
            "api-version": "1.1",
            "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
        }),
    )
}

fn document(entra: &Entra, ask: &Ask, issuer_tail: &str) -> Result<Response<Bytes>, Refusal> {
    let base = format!("{}/{}", entra.authority, ask.tenant);
    // Collective paths publish a placeholder that the client replaces by `tid`.
    let issuer_tenant = match entra.realm(ask)? {
        Realm::Directory => entra.tenant_id.as_str(),
        Realm::Organizations | Realm::Common => "{tenantid}",
    };
    let body = json!({
        "issuer": format!("{}/{issuer_tenant}{issuer_tail}", entra.authority),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
        "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "userinfo_endpoint": format!("{}/oidc/userinfo", entra.graph),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_modes_supported": ["query", "form_post"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["HS256"],
        "token_endpoint_auth_signing_alg_values_supported": ["PS256", "RS256"],
        "http_logout_supported": true,
        "request_uri_parameter_supported": false,
        "claims_supported":
            ["sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "name", "preferred_username", "email", "oid", "tid", "ver"],
        "cloud_instance_name": host_of(&entra.authority),
        "cloud_graph_host_name": host_of(&entra.graph),
        "msgraph_host": host_of(&entra.graph),
        "tenant_region_scope": "EU",
        "tenant_region_sub_scope": null,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
