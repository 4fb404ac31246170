//! The pages a person sees in the browser. Plain HTML that works without script, and says what it is: practice.

use crate::world::User;

/// The one style sheet; its hash stands in the content security policy.
pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1a19;--soft:#5c5a58;--paper:#fff;--edge:#8a8886;--back:#f3f2f1;--key:#0f6cbd;--on-key:#fff;--mark:#7a4100;--mark-back:#fff4ce}\
@media(prefers-color-scheme:dark){:root{--ink:#f5f5f5;--soft:#bdbbb9;--paper:#292827;--edge:#8a8886;--back:#1b1a19;--key:#62abf5;--on-key:#10202f;--mark:#ffe7a3;--mark-back:#433519}}\
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back)}\
main{box-sizing:border-box;max-width:28rem;margin:4vh auto;padding:1.5rem;background:var(--paper);border:1px solid var(--edge);border-radius:.5rem;overflow-wrap:anywhere}\
.practice{margin:0 0 1rem;padding:.5rem .75rem;border-radius:.25rem;background:var(--mark-back);color:var(--mark);font-weight:600}\
h1{font-size:1.4rem;line-height:1.3;margin:.5rem 0}h2{font-size:1rem;margin:1rem 0 .25rem}\
p{margin:.5rem 0}.soft{color:var(--soft)}ul{margin:.25rem 0;padding-inline-start:1.25rem}\
form{margin:.75rem 0}button,input,textarea{box-sizing:border-box;font:inherit;min-height:2.5rem;padding:.4rem .8rem;border-radius:.25rem}\
button{border:1px solid var(--edge);background:transparent;color:inherit;cursor:pointer}\
button.first{border-color:var(--key);background:var(--key);color:var(--on-key);font-weight:600}\
button.account{display:block;width:100%;margin:.4rem 0;text-align:start}button.account span{display:block}\
input,textarea{width:100%;border:1px solid var(--edge);background:var(--paper);color:inherit;margin-bottom:.5rem}\
:focus-visible{outline:3px solid var(--key);outline-offset:2px}\
pre{white-space:pre-wrap;font-size:.85rem;padding:.75rem;background:var(--back);border-radius:.25rem}";

/// Sends the only form of a page; pages work without it too.
pub(super) const SUBMIT: &str = "document.forms[0].submit()";

/// What the consent page shows.
pub(super) struct Consent<'a> {
    pub action: &'a str,
    pub flow: &'a str,
    pub app_name: &'a str,
    /// The account that decides.
    pub account: &'a str,
    pub delegated: &'a [String],
    pub application: &'a [String],
    /// The organisation's name when the consent is for everybody in it.
    pub tenant: Option<&'a str>,
}

/// Asks which account signs in. The first button of the first form is the first account.
pub(super) fn picker(action: &str, flow: &str, app_name: &str, accounts: &[&User], unknown: Option<&str>) -> String {
    let buttons: String = accounts
        .iter()
        .map(|user| {
            format!(
                "<button class=\"account\" name=\"account\" value=\"{upn}\"><span><bdi>{name}</bdi></span>\
                 <span class=\"soft\">{upn}</span></button>",
                upn = text(&user.upn),
                name = text(&user.display_name),
            )
        })
        .collect();
    let problem = unknown.map_or(String::new(), |account| {
        format!("<p role=\"alert\">There is no account <bdi>{}</bdi> in this tenant (AADSTS50034).</p>", text(account))
    });
    let hidden = hidden("flow", flow);
    let action = text(action);
    page(
        "Pick an account",
        &format!(
            "<h1>Pick an account</h1><p>to continue to <bdi>{app}</bdi></p>{problem}\
             <form method=\"post\" action=\"{action}\">{hidden}{buttons}</form>\
             <form method=\"post\" action=\"{action}\">{hidden}<label for=\"other\">Another account</label>\
             <input id=\"other\" name=\"account\" type=\"text\" required autocomplete=\"off\" spellcheck=\"false\">\
             <button>Next</button></form>\
             <form method=\"post\" action=\"{action}\">{hidden}\
             <button name=\"decide\" value=\"cancel\">Cancel</button></form>",
            app = text(app_name),
        ),
    )
}

/// Asks for consent. The first button accepts.
pub(super) fn consent(consent: &Consent<'_>) -> String {
    let (title, who) = match consent.tenant {
        Some(tenant) => (
            "Permissions for the whole organization",
            format!("<p>Accepting grants this to the app for everybody in <bdi>{}</bdi>.</p>", text(tenant)),
        ),
        None => ("Permissions for this app", "<p>Accepting grants this for your own account only.</p>".to_owned()),
    };
    page(
        title,
        &format!(
            "<p class=\"soft\">{account}</p><h1>{title}</h1><p><strong><bdi>{app}</bdi></strong> asks for permission to:</p>\
             {application}{delegated}{who}\
             <form method=\"post\" action=\"{action}\">{flow}\
             <button class=\"first\" name=\"decide\" value=\"accept\">Accept</button> \
             <button name=\"decide\" value=\"cancel\">Cancel</button></form>",
            account = text(consent.account),
            app = text(consent.app_name),
            application = list("Act on its own, without a signed-in user", consent.application),
            delegated = list("Act for the signed-in user", consent.delegated),
            action = text(consent.action),
            flow = hidden("flow", consent.flow),
        ),
    )
}

/// Tells somebody without an administrator's role that this is where it ends.
pub(super) fn admin_needed(action: &str, flow: &str, app_name: &str) -> String {
    page(
        "Approval needed",
        &format!(
            "<h1>An administrator has to approve this</h1><p><bdi>{app}</bdi> asks for permissions \
             that only an administrator can grant.</p><pre>AADSTS90094: An administrator has to consent.</pre>\
             <form method=\"post\" action=\"{action}\">{flow}\
             <button name=\"decide\" value=\"cancel\">Return to the application without consent</button></form>",
            app = text(app_name),
            action = text(action),
            flow = hidden("flow", flow),
        ),
    )
}

/// Tells somebody that only an administrator can say yes, and offers to ask one. The first button asks.
pub(super) fn approval(action: &str, flow: &str, app_name: &str, names: &[String]) -> String {
    page(
        "Approval required",
        &format!(
            "<h1>Approval required</h1><p><bdi>{app}</bdi> asks for permissions that only an administrator can grant.</p>{list}\
             <pre>AADSTS90095: Admin consent is required; the request can be sent for approval.</pre>\
             <form method=\"post\" action=\"{action}\">{flow}<label for=\"reason\">Why do you need this app?</label>\
             <textarea id=\"reason\" name=\"reason\" maxlength=\"500\"></textarea>\
             <button class=\"first\" name=\"decide\" value=\"ask\">Request approval</button> \
             <button name=\"decide\" value=\"cancel\">Cancel</button></form>",
            app = text(app_name),
            list = list("Act for the signed-in user", names),
            action = text(action),
            flow = hidden("flow", flow),
        ),
    )
}

/// An administrator was asked. Nothing leads on from here.
pub(super) fn asked() -> String {
    page("Request sent", "<h1>Request sent</h1><p>An administrator was asked (AADSTS90095). You can close this window.</p>")
}

/// A refusal that does not return to the application.
pub(super) fn refused(description: &str) -> String {
    page("Sign-in failed", &format!("<h1>This sign-in cannot go on</h1><pre>{}</pre>", text(description)))
}

/// Brings an answer to the application by a form that sends itself, or by its button where there is no script.
pub(super) fn form_post(address: &str, parameters: &[(&str, String)]) -> String {
    let fields: String = parameters.iter().map(|(name, value)| hidden(name, value)).collect();
    page(
        "Back to the application",
        &format!(
            "<h1>Back to the application</h1><form method=\"post\" action=\"{}\">{fields}\
             <button class=\"first\">Continue</button></form><script>{SUBMIT}</script>",
            text(address)
        ),
    )
}

/// What an error number means.
pub(super) fn explained(code: u32, meaning: &str) -> String {
    page("Error", &format!("<h1>AADSTS{code}</h1><p>{}</p>", text(meaning)))
}

pub(super) fn signed_out() -> String {
    page("Signed out", "<h1>You are signed out</h1><p>This window is no longer needed.</p>")
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} – practice tenant</title><style>{STYLE}</style></head>\
         <body><main><p class=\"practice\">Practice tenant – not Microsoft</p>{body}</main></body></html>"
    )
}

fn list(heading: &str, names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let items: String = names.iter().map(|name| format!("<li>{}</li>", text(name))).collect();
    format!("<h2>{heading}</h2><ul>{items}</ul>")
}

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", text(name), text(value))
}

/// Escapes for text and for quoted attributes.
fn text(raw: &str) -> String {
    let mut escaped = String::with_capacity(raw.len());
    for character in raw.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_attribute() {
        let page = form_post("http://localhost:1/\"><script>", &[("state", "\"><img src=x onerror=1>'".to_owned())]);
        assert!(!page.contains("<img"), "{page}");
        assert_eq!(page.matches("<script>").count(), 1, "only our own script: {page}");
    }
}
