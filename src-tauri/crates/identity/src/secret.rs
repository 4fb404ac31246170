//! What must never be shown, logged, stored in the clear or sent to the wrong place. None of these types has `Debug`,
//! `Display`, `Serialize` or `Deref`, so the compiler refuses an accident; [`reveal`](AccessToken::reveal) is the one way
//! in, and easy to search for.

use std::sync::Arc;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Arc<SecretString>);

        impl $name {
            /// Takes the text in; the memory is wiped when the last copy is dropped.
            #[must_use]
            pub fn new(text: String) -> Self {
                Self(Arc::new(SecretString::from(text)))
            }

            /// The secret itself, for the one place that has to send or store it.
            #[must_use]
            pub fn reveal(&self) -> &str {
                self.0.expose_secret()
            }

            /// Whether both are the same, told in constant time.
            #[must_use]
            pub fn is(&self, other: &str) -> bool {
                self.reveal().as_bytes().ct_eq(other.as_bytes()).into()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::new)
            }
        }
    )*};
}

secrets! {
    /// What Graph is asked with. Lives in memory only.
    AccessToken;
    /// What a new access token is obtained with. Rests in the keychain.
    RefreshToken;
    /// Who signed in, as said by the token endpoint.
    IdToken;
    /// The password of an application. Rests in the keychain.
    ClientSecret;
    /// What the browser hands over once a person has signed in; good once, for about ten minutes.
    AuthorizationCode;
    /// The unguessable value that ties a browser's answer to the question we asked.
    State;
    /// The unguessable value that ties an id token to the question we asked.
    Nonce;
    /// The secret half of PKCE (RFC 7636).
    Verifier;
}

impl AccessToken {
    /// The `Authorization` header that carries this token, marked sensitive so that HTTP layers don't log it or keep it
    /// in a compression table. Nothing when the token isn't made of visible ASCII, which no token of Entra is.
    #[must_use]
    pub fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.reveal())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_a_token_is_not_shown() {
        let header = AccessToken::new("canary".into()).header().unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer canary");
        assert!(!format!("{header:?}").contains("canary"), "HTTP layers print headers when they trace");
        assert!(AccessToken::new("a\nb".into()).header().is_none(), "a token can't smuggle in a second header");
    }

    #[test]
    fn a_prefix_is_not_the_same() {
        let state = State::new("abcdef".into());
        assert!(state.is("abcdef"));
        for other in ["", "abc", "abcdefg", "ABCDEF", " abcdef"] {
            assert!(!state.is(other), "{other:?}");
        }
    }
}
