//! Takes the integration's client secret, tries it against Entra, and puts it into the keychain.

use rollcall_core::id::IntegrationId;
use rollcall_identity::secret::ClientSecret;
use rollcall_identity::vault::SecretName;
use rollcall_store::{integrations, issues, tenants};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::connection::{self, AppOnly};
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::job::Job;
use crate::tenants::sign_in::Kept;

/// The longest secret that is taken; Entra's own are about 40 characters.
const LIMIT: usize = 1_024;

/// The secret of an integration. Not `Debug`: it holds the secret.
#[derive(Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetSecret {
    pub integration: IntegrationId,
    #[ts(type = "string")]
    pub secret: ClientSecret,
}

/// What became of the secret.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SecretStored {
    /// Whether Entra has accepted it. Before the application is consented to in the tenant, Entra can't say.
    pub proven: bool,
    pub kept: Kept,
}

/// # Errors
/// `WrongSecret` and `SecretExpired`: the old secret, if any, stays. `InvalidInput`; `Keychain`.
pub async fn set_secret(desk: &Desk, ask: SetSecret, job: &Job) -> Result<SecretStored> {
    let secret = ClientSecret::new(ask.secret.reveal().trim().to_owned());
    if secret.reveal().is_empty() || secret.reveal().len() > LIMIT {
        return Err(Error::input("secret", format!("it must have between 1 and {LIMIT} characters")));
    }
    let (integration, tenant) = desk
        .read(move |conn| {
            let integration = integrations::get(conn, ask.integration)?;
            let tenant = tenants::get(conn, integration.tenant)?;
            Ok((integration, tenant))
        })
        .await?;
    let app = AppOnly::open(desk, &tenant, &integration, secret.clone())?;
    let proven = match app.try_secret(&job.stop).await {
        Ok(()) => true,
        // Until the application has a service principal in the tenant, Entra refuses before it looks at the secret.
        Err(error) if matches!(error.code, Code::AppUnknown | Code::ConsentMissing) => false,
        Err(error) => return Err(error),
    };
    let kept = connection::keep(desk, SecretName::Credential(integration.id), secret.reveal()).await;
    desk.app_only().insert(integration.id, std::sync::Arc::new(app));
    let id = integration.id;
    // The faces are told of the secret by the same write.
    desk.write(move |tx| if proven { issues::forget_sign_in_issues(tx, id) } else { Ok(()) }).await?;
    Ok(SecretStored { proven, kept })
}
