//! Asking an administrator to consent for the whole tenant.

use std::time::Duration;

use rollcall_core::id::{AppId, DirectoryId};
use rollcall_core::permission::Resource;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::cloud::Authority;
use crate::error::IdentityError;
use crate::flow::{is_answer_to, refusal, unguessable};
use crate::form::Form;
use crate::loopback::{Carrier, Invitation, Judged, Loopback};
use crate::secret::State;
use crate::sign_in::within;

/// What the browser says about a consent that was given. It came through the browser, so it is a claim: read the grants
/// from Graph before believing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentClaim {
    /// The tenant that is said to have consented.
    pub directory_id: DirectoryId,
    /// The permissions that are said to be consented to.
    pub scopes: Vec<String>,
}

/// What the page asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Everything that the application's registration asks of an API, the only way that covers application permissions.
    Registered(Resource),
    /// These delegated permissions, each of its API. What everyone was granted of these APIs before and isn't among them goes.
    Scopes(Vec<(Resource, String)>),
}

/// Opens Microsoft's consent page for the application `client_id`, and waits for the answer. `present` is handed the page once the listener is up, and opens it.
///
/// # Errors
/// [`Declined`](crate::error::Kind::Declined) when the administrator refused,
/// [`NotPermitted`](crate::error::Kind::NotPermitted) when the account may not consent,
/// [`Cancelled`](crate::error::Kind::Cancelled) after `stop` and [`TimedOut`](crate::error::Kind::TimedOut) after `limit`:
/// several refusals are shown on Microsoft's page and never come back.
pub async fn admin_consent(
    authority: &Authority,
    client_id: AppId,
    request: &Request,
    present: impl FnOnce(&Invitation),
    stop: &CancellationToken,
    limit: Duration,
) -> Result<ConsentClaim, IdentityError> {
    let exchange = async {
        let mut listener = Loopback::bind().await?;
        let state = State::new(unguessable().into_secret());
        present(&listener.lead_to(page(authority, client_id, request, &listener.redirect_uri(), &state))?);
        listener.wait(Carrier::Query, authority.endpoints(), move |form| answer(&state, form)).await
    };
    within(limit, stop, Box::pin(exchange)).await
}

/// The address of the v2.0 consent page ("Admin consent on the Microsoft identity platform").
fn page(authority: &Authority, client_id: AppId, request: &Request, redirect: &str, state: &State) -> Url {
    let endpoints = authority.endpoints();
    let scope = match request {
        Request::Registered(resource) => endpoints.scope(*resource, ".default"),
        Request::Scopes(scopes) => {
            let written: Vec<String> = scopes.iter().map(|(resource, name)| endpoints.scope(*resource, name)).collect();
            written.join(" ")
        }
    };
    let mut url = authority.at("v2.0/adminconsent");
    url.query_pairs_mut()
        .append_pair("client_id", &client_id.to_string())
        .append_pair("scope", &scope)
        .append_pair("redirect_uri", redirect)
        .append_pair("state", state.reveal());
    url
}

/// `admin_consent=True` comes with refusals too, so success also needs the absence of an error.
fn answer(state: &State, form: &Form) -> Judged<ConsentClaim> {
    if !is_answer_to(state, form) {
        return None;
    }
    if form.get("error").is_some() {
        return refusal(form).map(Err);
    }
    if form.get("admin_consent") != Some("True") {
        return None;
    }
    let directory_id = form.get("tenant")?.parse().ok()?;
    Some(Ok(ConsentClaim { directory_id, scopes: form.text("scope").split_whitespace().map(str::to_owned).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Endpoints;
    use crate::error::Kind;
    use rollcall_core::tenant::Cloud;

    const TENANT: &str = "6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10";

    fn judged(query: &str) -> Judged<ConsentClaim> {
        answer(&State::new("s1".into()), &Form::parse(query.as_bytes())?)
    }

    #[test]
    fn the_page_asks_for_everything_in_the_registration() {
        let authority = Authority::new(Endpoints::of(Cloud::Global).unwrap(), TENANT).unwrap();
        let app = "8410d572-e055-48e5-b2c7-869538daf671".parse().unwrap();
        let url = page(&authority, app, &Request::Registered(Resource::Graph), "http://localhost:4000", &State::new("s1".into()));
        assert_eq!(
            url.as_str(),
            format!(
                "https://login.microsoftonline.com/{TENANT}/v2.0/adminconsent?client_id=8410d572-e055-48e5-b2c7-869538daf671\
                 &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&redirect_uri=http%3A%2F%2Flocalhost%3A4000&state=s1"
            )
        );
    }

    #[test]
    fn named_permissions_are_asked_of_their_own_apis() {
        let authority = Authority::new(Endpoints::of(Cloud::Global).unwrap(), TENANT).unwrap();
        let app = "8410d572-e055-48e5-b2c7-869538daf671".parse().unwrap();
        let named = [(Resource::Graph, "Mail.Read"), (Resource::Exchange, "EWS.AccessAsUser.All"), (Resource::Graph, "offline_access")];
        let request = Request::Scopes(named.iter().map(|&(resource, name)| (resource, name.to_owned())).collect());
        let url = page(&authority, app, &request, "http://localhost:4000", &State::new("s1".into()));
        let scope = url.query_pairs().find_map(|(name, value)| (name == "scope").then(|| value.into_owned()));
        let asked = "https://graph.microsoft.com/Mail.Read https://outlook.office365.com/EWS.AccessAsUser.All offline_access";
        assert_eq!(scope.as_deref(), Some(asked));
    }

    #[test]
    fn consent_needs_the_flag_our_state_and_no_error() {
        let given = judged(&format!("admin_consent=True&tenant={TENANT}&scope=a+b&state=s1")).unwrap().unwrap();
        assert_eq!((given.directory_id.to_string().as_str(), given.scopes.len()), (TENANT, 2));
        for nothing in [
            format!("admin_consent=True&tenant={TENANT}"),
            format!("admin_consent=True&tenant={TENANT}&state=s2"),
            format!("admin_consent=False&tenant={TENANT}&state=s1"),
            format!("tenant={TENANT}&state=s1"),
            "admin_consent=True&state=s1".to_owned(),
            "admin_consent=True&tenant=common&state=s1".to_owned(),
            "admin_consent=True&error=access_denied".to_owned(),
        ] {
            assert!(judged(&nothing).is_none(), "{nothing}");
        }
    }

    #[test]
    fn a_refusal_that_also_says_true_is_a_refusal() {
        let refused = |query: &str| judged(query).unwrap().unwrap_err().kind;
        assert_eq!(refused("error=access_denied&error_description=AADSTS65004%3A+x&admin_consent=True&state=s1"), Kind::Declined);
        assert_eq!(refused("error=access_denied&error_subcode=cancel&state=s1"), Kind::Declined);
        assert_eq!(refused("error=access_denied&error_description=AADSTS90093%3A+x&state=s1"), Kind::NotPermitted);
        assert_eq!(refused("error=access_denied&error_description=AADSTS50020%3A+x&state=s1"), Kind::WrongTenant);
    }
}
