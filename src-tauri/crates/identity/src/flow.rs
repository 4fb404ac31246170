//! Signing in as a small machine without IO: a question that goes to the browser, and what is kept until its answer.

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use rollcall_core::id::AppId;
use url::Url;

use crate::discovery::Discovery;
use crate::error::{IdentityError, Kind, Refusal};
use crate::form::Form;
use crate::secret::{AuthorizationCode, Nonce, State, Verifier};

/// What is asked of the person.
pub struct Question<'a> {
    /// The application they sign in to.
    pub client_id: AppId,
    /// Where the browser brings the answer.
    pub redirect: &'a str,
    /// The permissions asked for.
    pub scopes: &'a [String],
    /// Who is expected to sign in; without it the person chooses an account.
    pub login_hint: Option<&'a str>,
}

/// A question that went out. Good for one answer, of one authority.
pub struct Waiting {
    state: State,
    issuer: String,
    /// What the id token must repeat.
    pub nonce: Nonce,
    /// What redeems the code, together with it.
    pub verifier: Verifier,
}

/// Begins: the address to open in the system browser, and what to keep until it answers.
///
/// The code comes back in the body of a POST (`response_mode=form_post`), so that no address ever holds it: an address
/// can be talked out of a person.
///
/// # Errors
/// [`Kind::Protocol`] when the addresses can't be used.
pub fn begin(discovery: &Discovery, question: &Question<'_>) -> Result<(Url, Waiting), IdentityError> {
    let unusable = |_| IdentityError::plain(Kind::Protocol, "the redirect address can't be used");
    let client = BasicClient::new(ClientId::new(question.client_id.to_string()))
        .set_auth_uri(AuthUrl::from_url(discovery.authorize.clone()))
        .set_redirect_uri(RedirectUrl::new(question.redirect.to_owned()).map_err(unusable)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let nonce = unguessable();
    let mut request = client
        .authorize_url(unguessable)
        .add_scopes(question.scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(challenge)
        .add_extra_param("response_mode", "form_post")
        .add_extra_param("nonce", nonce.secret().clone());
    request = match question.login_hint {
        // Entra takes a hint or a choice of account, not both.
        Some(hint) => request.add_extra_param("login_hint", hint),
        None => request.add_extra_param("prompt", "select_account"),
    };
    let (url, state) = request.url();
    let waiting = Waiting {
        state: State::new(state.into_secret()),
        issuer: discovery.issuer.clone(),
        nonce: Nonce::new(nonce.into_secret()),
        verifier: Verifier::new(verifier.into_secret()),
    };
    Ok((url, waiting))
}

impl Waiting {
    /// Judges what a browser brought: nothing when it isn't a well-formed answer to this very question, else the code or
    /// the refusal.
    #[must_use]
    pub fn answer(&self, form: &Form) -> Option<Result<AuthorizationCode, IdentityError>> {
        if !is_answer_to(&self.state, form) {
            return None;
        }
        // Entra isn't known to send `iss` (RFC 9207), but if something does, it must be right.
        let from_other = form.get("iss").is_some_and(|issuer| issuer != self.issuer);
        let pushed = ["id_token", "access_token", "refresh_token"].iter().any(|name| form.get(name).is_some());
        if from_other || pushed {
            return None;
        }
        match (form.get("code"), refusal(form)) {
            (Some(code), None) if is_code(code) => Some(Ok(AuthorizationCode::new(code.to_owned()))),
            (None, Some(refused)) => Some(Err(refused)),
            (Some(_), _) | (None, None) => None,
        }
    }
}

/// Whether the form carries this state.
pub(crate) fn is_answer_to(state: &State, form: &Form) -> bool {
    form.get("state").is_some_and(|value| state.is(value))
}

/// The refusal in a redirect's parameters, when there is a well-formed one.
pub(crate) fn refusal(form: &Form) -> Option<IdentityError> {
    let error = form.get("error")?;
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !(1..=64).contains(&error.len()) || !error.bytes().all(is_word) {
        return None;
    }
    let subcode = form.get("error_subcode").map(str::to_owned);
    let said = Refusal {
        error: error.to_owned(),
        error_description: form.text("error_description"),
        error_subcode: subcode,
        ..Refusal::default()
    };
    Some(said.into())
}

/// Whether a code could be one that Entra issued: visible ASCII (RFC 6749, appendix A.11) of a sensible length.
fn is_code(code: &str) -> bool {
    (1..=16 * 1024).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic())
}

/// 256 random bits.
pub(crate) fn unguessable() -> CsrfToken {
    CsrfToken::new_random_len(32)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    fn discovery() -> Discovery {
        Discovery {
            directory_id: "6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10".parse().unwrap(),
            issuer: "https://login.microsoftonline.com/6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10/v2.0".into(),
            authorize: "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize".parse().unwrap(),
            token: "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token".parse().unwrap(),
        }
    }

    fn asked(login_hint: Option<&str>) -> (HashMap<String, String>, Waiting) {
        let scopes = ["User.Read".to_owned(), "openid".to_owned()];
        let question = Question {
            client_id: "8410d572-e055-48e5-b2c7-869538daf671".parse().unwrap(),
            redirect: "http://localhost:4000",
            scopes: &scopes,
            login_hint,
        };
        let (url, waiting) = begin(&discovery(), &question).unwrap();
        (url.query_pairs().into_owned().collect(), waiting)
    }

    #[test]
    fn the_question_asks_for_a_code_by_post_with_a_hashed_verifier() {
        let (query, waiting) = asked(None);
        for (name, value) in [
            ("client_id", "8410d572-e055-48e5-b2c7-869538daf671"),
            ("response_type", "code"),
            ("response_mode", "form_post"),
            ("redirect_uri", "http://localhost:4000"),
            ("scope", "User.Read openid"),
            ("code_challenge_method", "S256"),
            ("prompt", "select_account"),
        ] {
            assert_eq!(query[name], value, "{name}");
        }
        assert!(waiting.state.is(&query["state"]) && waiting.nonce.is(&query["nonce"]));
        assert!(!query.values().any(|value| value == waiting.verifier.reveal()), "the verifier stays here");
        let (hinted, _) = asked(Some("ada@contoso.example"));
        assert!(hinted.contains_key("login_hint") && !hinted.contains_key("prompt"));
    }

    #[test]
    fn ten_thousand_verifiers_are_well_formed_and_all_different() {
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let (_, waiting) = asked(None);
            let verifier = waiting.verifier.reveal().to_owned();
            assert!((43..=128).contains(&verifier.len()), "RFC 7636, section 4.1");
            assert!(verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)));
            assert!(seen.insert(verifier), "a verifier came twice");
        }
    }

    #[test]
    fn the_challenge_is_the_one_of_the_published_example() {
        let verifier = oauth2::PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "RFC 7636, appendix B");
    }

    #[test]
    fn only_a_well_formed_answer_with_our_state_counts() {
        let (query, waiting) = asked(None);
        let state = &query["state"];
        let judged = |body: String| Form::parse(body.as_bytes()).and_then(|form| waiting.answer(&form));
        assert!(judged(format!("code=abc&state={state}&session_state=x")).is_some_and(|answer| answer.is_ok()));
        let refused = judged(format!("error=access_denied&error_subcode=cancel&state={state}")).unwrap();
        assert_eq!(refused.err().map(|error| error.kind), Some(Kind::Declined));
        let issuer = "https%3A%2F%2Flogin.microsoftonline.com%2F6f2c2c1e-0a4f-4c1e-9a55-3f0e6b7f9a10%2Fv2.0";
        assert!(judged(format!("code=abc&state={state}&iss={issuer}")).is_some());
        for bad in [
            "code=abc".to_owned(),
            "code=abc&state=".to_owned(),
            format!("code=abc&state={state}x"),
            format!("code=abc&state={}", &state[..10]),
            format!("code=&state={state}"),
            format!("state={state}"),
            format!("code=a%20b&state={state}"),
            format!("code={}&state={state}", "a".repeat(16 * 1024 + 1)),
            format!("code=abc&error=access_denied&state={state}"),
            format!("error=%3Cb%3E&state={state}"),
            format!("error=&state={state}"),
            "error=access_denied".to_owned(),
            format!("code=abc&state={state}&id_token=x"),
            format!("code=abc&state={state}&iss=https%3A%2F%2Flogin.contoso.example"),
        ] {
            assert!(judged(bad.clone()).is_none(), "{bad:.60}");
        }
    }
}
