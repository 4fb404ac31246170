//! Accounts as JSON text, without a tree in between: pages of them are the largest answers that the practice tenant gives.

use serde::Serialize;

use crate::graph::time;
use crate::world::{FOUNDED_MS, Licence, Recipient, User, hash, uuid_from};

/// Writes one property of an account; false for what an account does not have.
pub(super) fn property(user: &User, name: &str, out: &mut Vec<u8>) -> bool {
    let guest = user.recipient == Recipient::Guest;
    match name {
        "id" => text(&user.id, out),
        "userPrincipalName" => text(&user.upn, out),
        "displayName" => text(&user.display_name, out),
        "givenName" => text(user.given_name, out),
        "surname" => text(user.surname, out),
        "mail" => text(user.mail(), out),
        "jobTitle" => text(user.job_title, out),
        "department" => text(user.department, out),
        "officeLocation" | "city" => text(user.office, out),
        "country" | "usageLocation" => text(user.country, out),
        "preferredLanguage" => text(user.language, out),
        "companyName" => text("Contoso Practice", out),
        "businessPhones" | "imAddresses" => out.extend_from_slice(b"[]"),
        "accountEnabled" => value(&user.enabled, out),
        "userType" => text(if guest { "Guest" } else { "Member" }, out),
        "proxyAddresses" => value(&user.addresses(), out),
        "otherMails" if guest => value(&[user.mail()], out),
        "otherMails" => out.extend_from_slice(b"[]"),
        "mailNickname" => text(user.upn.split('@').next().unwrap_or_default(), out),
        "assignedPlans" => plans(user, out),
        "assignedLicenses" => licences(user.licence, out),
        "onPremisesSyncEnabled" if user.synced => value(&true, out),
        "onPremisesImmutableId" if user.synced => text(&format!("{:016x}==", hash(&user.id, 24)), out),
        "onPremisesLastSyncDateTime" if user.synced => text(&time::moment(FOUNDED_MS), out),
        "onPremisesExtensionAttributes" => out.extend_from_slice(b"{}"),
        "createdDateTime" => text(&time::moment(user.created_ms()), out),
        "externalUserState" if guest => text("Accepted", out),
        _ => return false,
    }
    true
}

/// Writes the account with these properties; what it does not have, or may not be `seen`, is null.
pub(super) fn row(user: &User, shown: &[&str], seen: impl Fn(&str) -> bool, out: &mut Vec<u8>) {
    let mut mark = b'{';
    for name in shown {
        out.push(mark);
        mark = b',';
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        if !(seen(name) && property(user, name, out)) {
            out.extend_from_slice(b"null");
        }
    }
    out.push(b'}');
}

fn text(text: &str, out: &mut Vec<u8>) {
    if text.is_empty() { out.extend_from_slice(b"null") } else { value(text, out) }
}

fn value(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    // Neither texts nor memory can refuse to be written.
    let _ = serde_json::to_writer(out, value);
}

fn plans(user: &User, out: &mut Vec<u8>) {
    out.push(b'[');
    if let Some(plan) = user.licence.exchange_plan() {
        out.extend_from_slice(b"{\"assignedDateTime\":\"");
        out.extend_from_slice(time::moment(user.created_ms()).as_bytes());
        out.extend_from_slice(b"\",\"capabilityStatus\":\"Enabled\",\"service\":\"exchange\",\"servicePlanId\":\"");
        out.extend_from_slice(plan.as_bytes());
        out.extend_from_slice(b"\"}");
    }
    out.push(b']');
}

fn licences(licence: Licence, out: &mut Vec<u8>) {
    out.push(b'[');
    if let Some(plan) = licence.exchange_plan() {
        out.extend_from_slice(b"{\"skuId\":\"");
        out.extend_from_slice(uuid_from(hash(plan, 22), hash(plan, 23)).as_bytes());
        out.extend_from_slice(b"\",\"disabledPlans\":[]}");
    }
    out.push(b']');
}
