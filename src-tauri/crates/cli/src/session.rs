//! Signing in and out.

use clap::Args;
use rollcall_ops::error::{Code, Result};
use rollcall_ops::tenants::sign_in::{self, Kept, TenantRef};
use rollcall_ops::tenants::sign_out;
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::names;
use crate::progress::Browser;
use crate::words;

#[derive(Args)]
pub struct SignIn {
    /// The tenant's name
    #[arg(long, value_name = "NAME")]
    tenant: String,
    /// Write the address to stdout, on a line of its own, in place of opening a browser
    #[arg(long)]
    print_url: bool,
}

#[derive(Args)]
pub struct SignOut {
    /// The tenant's name
    #[arg(long, value_name = "NAME")]
    tenant: String,
}

/// Signs in. The token has to outlive this process to be of use: where there is no keychain, that is said before anybody is sent to a
/// browser, and it ends with 4.
///
/// # Errors
/// Those of the verb.
pub async fn sign_in(ask: SignIn, call: &Call) -> Result<Exit> {
    let tenant = names::tenant(call, &ask.tenant).await?.tenant;
    // Whoever takes the address elsewhere is told on stderr, before the address comes, and decides.
    if !ask.print_url {
        call.needs_keychain().await?;
    }
    let browser = if ask.print_url { Browser::Print } else { Browser::Open };
    let signed_in = match sign_in::sign_in(&call.desk, TenantRef { tenant: tenant.id }, &call.job_with(browser)).await {
        Ok(signed_in) => signed_in,
        Err(error) => {
            let error = call.explained(error).await;
            call.screen.error(&error);
            // Whatever kept the tokens from being stored, nobody is signed in; what isn't about the sign-in keeps its own end.
            let fault = matches!(error.code, Code::Internal | Code::DataDamaged);
            return Ok(if fault { Exit::Fault } else { Exit::NotPermitted });
        }
    };
    let (stored, reason) = match signed_in.kept {
        Kept::Keychain => (true, None),
        Kept::SessionOnly { reason } => (false, Some(reason)),
    };
    let identity = signed_in.tenant.identity.as_ref();
    let answer = json!({
        "account": signed_in.account,
        "tenant": signed_in.tenant.name,
        "tenant_id": identity.map(|identity| identity.directory_id),
        "stored": stored,
        "reason": reason,
    });
    call.screen.answer(&answer, |screen| {
        let directory = identity.map_or(signed_in.tenant.name.as_str(), |identity| identity.display_name.as_str());
        screen.line(&format!("Signed in as {} to {directory}.", signed_in.account));
        if let Some(reason) = reason {
            screen.paragraph(
                &format!("Nothing was stored: {}. Commands that need this sign-in can't use it.", words::of_keychain(reason)),
                "",
                "",
            );
        }
    });
    Ok(if stored { Exit::Fine } else { Exit::NotPermitted })
}

/// Signs out.
///
/// # Errors
/// Those of the verb.
pub async fn sign_out(ask: SignOut, call: &Call) -> Result<Exit> {
    let tenant = names::tenant(call, &ask.tenant).await?.tenant;
    sign_out::sign_out(&call.desk, TenantRef { tenant: tenant.id }, &call.job()).await?;
    call.screen.answer(&json!({ "signed_out": tenant.name }), |screen| {
        screen.line(&format!("Signed out of {}. What was read before stays.", tenant.name));
    });
    Ok(Exit::Fine)
}
