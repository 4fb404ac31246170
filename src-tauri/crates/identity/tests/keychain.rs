//! The vault over a real Secret Service. Runs where `ROLLCALL_TEST_KEYCHAIN=1` says that there is one to play with.

#![allow(clippy::print_stdout, reason = "a test that did not run says so")]

use rollcall_core::id::{IntegrationId, TenantId};
use rollcall_identity::secret::{ClientSecret, RefreshToken};
use rollcall_identity::vault::{Reason, Rest, SecretBytes, SecretName, Vault};

fn wanted(state: &str) -> bool {
    let asked = std::env::var("ROLLCALL_TEST_KEYCHAIN").is_ok_and(|value| value == state);
    if !asked {
        println!("skipped: set ROLLCALL_TEST_KEYCHAIN={state} on a private session bus to run this");
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_outlive_the_process_that_put_them() {
    if !wanted("1") {
        return;
    }
    let folder = format!("test-{}", std::process::id());
    let refresh = SecretName::Refresh(TenantId(1));
    let credential = SecretName::Credential(IntegrationId(1));
    let vault = Vault::open(&folder).await;
    assert_eq!(vault.rests(), Rest::Keychain);

    let long: String = ('a'..='z').cycle().take(20_000).collect();
    assert_eq!(vault.put(refresh, (&RefreshToken::new(long.clone())).into()).await, Rest::Keychain);
    assert_eq!(vault.put(credential, (&ClientSecret::new("~pässword".into())).into()).await, Rest::Keychain);

    let later = Vault::open(&folder).await;
    let found = RefreshToken::try_from(&later.get(refresh).await.unwrap().unwrap()).unwrap();
    assert!(found.is(&long), "a secret in pieces comes back whole");
    let found = ClientSecret::try_from(&later.get(credential).await.unwrap().unwrap()).unwrap();
    assert!(found.is("~pässword"));

    let other = Vault::open(&format!("{folder}-other")).await;
    assert!(other.get(refresh).await.unwrap().is_none(), "another data folder sees nothing of it");

    later.delete(refresh).await.unwrap();
    later.delete(credential).await.unwrap();
    assert!(vault.get(refresh).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_at_once_keep_their_order() {
    if !wanted("1") {
        return;
    }
    let vault = Vault::open(&format!("test-many-{}", std::process::id())).await;
    let name = SecretName::Refresh(TenantId(2));
    let puts = (0..8_u8).map(|n| {
        let vault = vault.clone();
        tokio::spawn(async move { vault.put(name, SecretBytes::new(vec![n; 3000])).await })
    });
    for put in puts.collect::<Vec<_>>() {
        assert_eq!(put.await.unwrap(), Rest::Keychain);
    }
    let kept = vault.get(name).await.unwrap().unwrap();
    let first = kept.reveal()[0];
    assert!(kept.is(&vec![first; 3000]), "one of them whole, never a mix");
    vault.delete(name).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_without_a_bus_says_so() {
    if wanted("no-bus") {
        assert_eq!(Vault::open("test").await.rests(), Rest::ThisSession(Reason::NoSessionBus));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_without_a_keychain_says_so() {
    if wanted("no-service") {
        assert_eq!(Vault::open("test").await.rests(), Rest::ThisSession(Reason::NoService));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_says_so() {
    if wanted("locked") {
        assert_eq!(Vault::open("test").await.rests(), Rest::ThisSession(Reason::Locked));
    }
}
