//! The whole way against the practice tenant: an Entra that shares no code with us.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop where it stands")]

use std::sync::mpsc;
use std::time::Duration;

use rollcall_core::back_off::BackOff;
use rollcall_core::id::AppId;
use rollcall_core::permission::Resource;
use rollcall_core::time::{Clock, Timestamp};
use rollcall_identity::admin_consent::{ConsentClaim, Request, admin_consent};
use rollcall_identity::app_only::app_only;
use rollcall_identity::claims::Claims;
use rollcall_identity::cloud::{Authority, Endpoints};
use rollcall_identity::error::{IdentityError, Kind};
use rollcall_identity::http::Wire;
use rollcall_identity::loopback::Invitation;
use rollcall_identity::secret::{AccessToken, ClientSecret};
use rollcall_identity::session::{Party, Patience, Session};
use rollcall_identity::sign_in::{SignIn, SignedIn, sign_in};
use rollcall_sandbox::browser::{Person, visit};
use rollcall_sandbox::{Options, Sandbox};
use tokio_util::sync::CancellationToken;

struct Practice {
    sandbox: Sandbox,
    wire: Wire,
    authority: Authority,
    client_id: AppId,
}

impl Practice {
    async fn start() -> Self {
        let sandbox = Sandbox::start(Options { users: 20, ..Options::default() }).await.unwrap();
        let details = sandbox.details();
        let endpoints = Endpoints::custom(&details.authority, &details.graph).unwrap();
        let authority = Authority::new(endpoints, &details.tenant_id).unwrap();
        let client_id = details.client_id.parse().unwrap();
        Self { sandbox, wire: Wire::new().unwrap(), authority, client_id }
    }

    async fn sign_in(&self, person: Person) -> Result<SignedIn, IdentityError> {
        let scopes = ["User.Read".to_owned()];
        let limit = Duration::from_secs(20);
        let ask = SignIn { authority: &self.authority, client_id: self.client_id, scopes: &scopes, login_hint: None, limit };
        let (stop, clock) = (CancellationToken::new(), clock());
        sendable(sign_in(&self.wire, ask, browser(person), &stop, &clock)).await
    }

    async fn consent(&self, person: Person) -> Result<ConsentClaim, IdentityError> {
        let stop = CancellationToken::new();
        let limit = Duration::from_secs(20);
        let request = Request::Registered(Resource::Graph);
        sendable(admin_consent(&self.authority, self.client_id, &request, browser(person), &stop, limit)).await
    }

    fn party(&self) -> Party {
        let patience = Patience { tries: 1, back_off: BackOff { first: Duration::ZERO, longest: Duration::ZERO } };
        Party { wire: self.wire.clone(), authority: self.authority.clone(), client_id: self.client_id, clock: clock(), patience }
    }

    fn secret(&self) -> ClientSecret {
        ClientSecret::new(self.sandbox.details().client_secret.clone())
    }
}

fn clock() -> Clock {
    #[allow(clippy::disallowed_methods, reason = "the practice tenant's tokens live by the real clock")]
    std::sync::Arc::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// Callers move sign-in to other threads; this keeps that possible.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

fn browser(person: Person) -> impl FnOnce(&Invitation) {
    move |invitation| {
        // By the link, which leads to the page: what a person does who copies it into another browser.
        let link = invitation.link.to_string();
        tokio::spawn(async move { visit(&link, &person).await });
    }
}

#[tokio::test]
async fn the_admin_signs_in_and_stays_signed_in() {
    let practice = Practice::start().await;
    let signed_in = practice.sign_in(Person::Admin).await.unwrap();
    let details = practice.sandbox.details();
    assert_eq!(signed_in.account.directory_id.to_string(), details.tenant_id);
    assert_eq!(signed_in.account.upn.as_deref(), Some(details.admin.as_str()));
    assert!(!signed_in.account.directory_roles.is_empty(), "the admin's role is known from the token");

    let (kept, sink) = mpsc::channel();
    let first = signed_in.access.token.clone();
    let session = Session::delegated(
        practice.party(),
        &["User.Read".to_owned()],
        signed_in.refresh.unwrap(),
        Some(signed_in.access),
        Box::new(move |refresh| drop(kept.send(refresh))),
    );
    assert!(session.token().await.unwrap().is(first.reveal()), "the sign-in's own token is used first");
    let second = session.renew_after(&first).await.unwrap();
    assert!(!second.is(first.reveal()));
    assert!(sink.try_recv().is_ok(), "the refresh token that came with it is handed on");

    session.ask_for(&["User.Read".to_owned()]).await;
    assert!(session.token().await.unwrap().is(second.reveal()), "nothing else is asked for");
    session.ask_for(&["User.Read".to_owned(), "offline_access".to_owned()]).await;
    let third = session.token().await.unwrap();
    assert!(!third.is(second.reveal()), "a token that was asked for with other permissions is not handed out");

    let again = practice.sign_in(Person::Admin).await.unwrap();
    let later = again.access.token.clone();
    assert!(session.sign_in_again(&["User.Read".to_owned()], again.refresh.unwrap(), Some(again.access)).await);
    assert!(session.clone().token().await.unwrap().is(later.reveal()), "for all its clones");

    session.sign_out().await;
    assert_eq!(session.token().await.err().map(|error| error.kind), Some(Kind::SignInAgain));
    let late = practice.sign_in(Person::Admin).await.unwrap();
    assert!(!session.sign_in_again(&[], late.refresh.unwrap(), None).await, "what is over stays over");
}

#[tokio::test]
async fn pressing_cancel_is_a_refusal() {
    let practice = Practice::start().await;
    assert_eq!(practice.sign_in(Person::Cancels).await.err().map(|error| error.kind), Some(Kind::Declined));
    assert_eq!(practice.consent(Person::Cancels).await.map_err(|error| error.kind), Err(Kind::Declined));
}

#[tokio::test]
async fn an_application_has_permissions_only_after_consent() {
    let practice = Practice::start().await;
    let session = Session::app_only(practice.party(), practice.secret());
    let roles = |token: &AccessToken| Claims::read(token.reveal()).unwrap().roles;
    let before = session.token().await.unwrap();
    assert!(roles(&before).is_empty(), "nobody has consented yet");
    let claim = practice.consent(Person::Admin).await.unwrap();
    assert_eq!(claim.directory_id.to_string(), practice.sandbox.details().tenant_id);
    assert!(session.token().await.unwrap().is(before.reveal()), "a token keeps the permissions it was born with");
    let after = session.renew_after(&before).await.unwrap();
    assert!(roles(&after).iter().any(|role| role == "Mail.Send"), "the next one has them");
    assert!(Claims::read(after.reveal()).unwrap().is_app_only());
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_application_are_told_apart() {
    let practice = Practice::start().await;
    let kind = async |client_id: AppId, secret: ClientSecret| {
        let asked = app_only(&practice.wire, &practice.authority, client_id, &secret, &clock()).await;
        asked.err().map(|error| (error.kind, error.aadsts))
    };
    let wrong = kind(practice.client_id, ClientSecret::new("wrong".into())).await;
    assert_eq!(wrong, Some((Kind::WrongSecret, Some(7_000_215))));
    let nobody = "00000000-1111-2222-3333-444444444444".parse().unwrap();
    assert_eq!(kind(nobody, practice.secret()).await, Some((Kind::AppUnknown, Some(700_016))));
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_is_named_before_the_browser_opens() {
    let practice = Practice::start().await;
    let endpoints = practice.authority.endpoints().clone();
    let nowhere = Authority::new(endpoints, "00000000-1111-2222-3333-444444444444").unwrap();
    let ask = SignIn { authority: &nowhere, client_id: practice.client_id, scopes: &[], login_hint: None, limit: Duration::from_secs(20) };
    let opened = |_: &Invitation| unreachable!("no page is opened for a tenant that isn't there");
    let refused = sign_in(&practice.wire, ask, opened, &CancellationToken::new(), &clock()).await;
    assert_eq!(refused.err().map(|error| error.kind), Some(Kind::WrongTenant));
}
