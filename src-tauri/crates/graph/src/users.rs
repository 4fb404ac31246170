//! The users of a tenant, as far as Rollcall shows and judges them.

use std::fmt;

use rollcall_core::id::ObjectId;
use rollcall_core::user::{DirectoryUser, MAILBOX_PLANS};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::GraphError;
use crate::gate::{Outcome, Size};
use crate::pages::Pages;
use crate::send::{Call, Graph};
use crate::text::{self, Text};

/// The properties that are asked for, and no more.
pub(crate) const SELECT: &str =
    "id,userPrincipalName,displayName,mail,proxyAddresses,department,jobTitle,accountEnabled,userType,onPremisesSyncEnabled,assignedPlans";

/// The largest page of directory objects.
pub(crate) const TOP: &str = "999";

/// All users, or those that an OData filter lets through (`accountEnabled eq true and userType eq 'Member'`). A filter is asked of
/// the eventually consistent index, where every operator works; users created seconds ago may be missing from it.
#[must_use]
pub fn pages(graph: &Graph, filter: Option<&str>, stop: &CancellationToken) -> Pages<DirectoryUser> {
    let mut query = vec![("$select", SELECT), ("$top", TOP)];
    if let Some(filter) = filter {
        query.extend([("$filter", filter), ("$count", "true")]);
    }
    Pages::of::<User>(graph, graph.url(&["users"], &query), filter.is_some(), stop)
}

/// How many users there are, or how many a filter lets through.
///
/// # Errors
/// All that a read can end with.
pub async fn count(graph: &Graph, filter: Option<&str>, stop: &CancellationToken) -> Result<u32, GraphError> {
    let query: Vec<_> = filter.map(|filter| ("$filter", filter)).into_iter().collect();
    let answer = graph.send(&Call::read_text(graph.url(&["users", "$count"], &query)?), stop).await?;
    let body = answer.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&answer.body);
    let number = std::str::from_utf8(body).ok().and_then(|text| text.trim().parse().ok());
    let Some(number) = number else { return Err(GraphError::Damaged(Box::new(answer.trace))) };
    answer.permit.report(Outcome::Good(Size::Other));
    Ok(number)
}

/// The user of that object id or user principal name; `None` when there is none.
///
/// # Errors
/// All that a read can end with, but for [`GraphError::NotFound`].
pub async fn by_id_or_upn(graph: &Graph, who: &str, stop: &CancellationToken) -> Result<Option<DirectoryUser>, GraphError> {
    // A name that starts with a dollar would be taken for a query option ("Get a user").
    let key = format!("users('{}')", who.replace('\'', "''"));
    let path: &[&str] = if who.starts_with('$') { &[&key] } else { &["users", who] };
    if who.is_empty() || matches!(who, "." | "..") {
        return Ok(None);
    }
    let call = Call::read(graph.url(path, &[("$select", SELECT)])?);
    match graph.json::<User>(&call, stop).await {
        Ok(user) => Ok(Some(user.into())),
        Err(GraphError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A user as Graph spells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    id: Uuid,
    user_principal_name: Text,
    display_name: Option<Text>,
    mail: Option<Text>,
    #[serde(default, deserialize_with = "text::or_empty")]
    proxy_addresses: Vec<Text>,
    department: Option<Text>,
    job_title: Option<Text>,
    account_enabled: Option<bool>,
    user_type: Option<Text>,
    on_premises_sync_enabled: Option<bool>,
    /// Whether one of the assigned plans gives a mailbox.
    #[serde(default, rename = "assignedPlans", deserialize_with = "gives_mailbox")]
    exchange_plan: bool,
}

/// Users have dozens of plans, of which nothing else is wanted: none is kept.
fn gives_mailbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Plans;
    impl<'de> Visitor<'de> for Plans {
        type Value = bool;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of plans, or null")
        }

        fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut plans: A) -> Result<bool, A::Error> {
            let mut gives = false;
            while let Some(plan) = plans.next_element::<AssignedPlan>()? {
                gives |= plan.gives_mailbox();
            }
            Ok(gives)
        }
    }
    deserializer.deserialize_any(Plans)
}

/// A service plan as Graph spells it, on users and on the organization.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssignedPlan {
    capability_status: Option<Capability>,
    service_plan_id: Option<Uuid>,
}

/// What has become of a plan, as far as it says whether the plan is there.
#[derive(Clone, Copy, Deserialize)]
enum Capability {
    Enabled,
    /// In its grace period.
    Warning,
    #[serde(other)]
    Other,
}

impl AssignedPlan {
    /// Whether it comes with a mailbox now: a plan in its grace period (Warning) still does.
    pub(crate) fn gives_mailbox(&self) -> bool {
        let on = matches!(self.capability_status, Some(Capability::Enabled | Capability::Warning));
        on && self.service_plan_id.is_some_and(|id| {
            let mut text = Uuid::encode_buffer();
            MAILBOX_PLANS.contains(&&*id.hyphenated().encode_lower(&mut text))
        })
    }
}

impl From<User> for DirectoryUser {
    fn from(user: User) -> Self {
        let mail = text::some(user.mail);
        let aliases = aliases(user.proxy_addresses, mail.as_deref());
        Self {
            object_id: ObjectId(user.id),
            upn: user.user_principal_name.0,
            display_name: text::some(user.display_name).unwrap_or_default(),
            aliases,
            mail,
            department: text::some(user.department),
            job_title: text::some(user.job_title),
            enabled: user.account_enabled.unwrap_or(true),
            guest: user.user_type.is_some_and(|kind| kind.0.eq_ignore_ascii_case("Guest")),
            on_premises: user.on_premises_sync_enabled.unwrap_or(false),
            exchange_plan: user.exchange_plan,
        }
    }
}

/// The SMTP addresses besides the primary one, which is marked by capitals; other kinds (X500, SIP) are no addresses for mail.
fn aliases(proxies: Vec<Text>, mail: Option<&str>) -> Vec<String> {
    let secondary = proxies.iter().filter_map(|proxy| proxy.0.strip_prefix("smtp:"));
    // The first alias would make room for four.
    let mut aliases: Vec<String> = Vec::with_capacity(proxies.len().saturating_sub(1));
    for address in secondary.filter(|address| mail.is_none_or(|mail| !mail.eq_ignore_ascii_case(address))) {
        if !aliases.iter().any(|known| known.eq_ignore_ascii_case(address)) {
            aliases.push(address.to_owned());
        }
    }
    aliases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(json: &str) -> Result<DirectoryUser, serde_json::Error> {
        serde_json::from_str::<User>(json).map(Into::into)
    }

    #[test]
    fn a_user_is_read_with_its_addresses_and_plans() {
        let ada = user(
            r#"{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"ada@contoso.example","displayName":"Ada","mail":"ada.l@contoso.example",
            "proxyAddresses":["SMTP:ada.l@contoso.example","smtp:ada@contoso.example","smtp:ADA@contoso.example","smtp:Ada.L@contoso.example","X500:/o=x","sip:ada@contoso.example"],
            "accountEnabled":true,"userType":"Member","onPremisesSyncEnabled":null,"department":"","jobTitle":"Engineer","@odata.extra":1,
            "assignedPlans":[{"capabilityStatus":"Deleted","service":"exchange","servicePlanId":"efb87545-963c-4e0d-99df-69c6916d9eb0"},
                             {"capabilityStatus":"Warning","service":"exchange","servicePlanId":"9AAF7827-D63C-4B61-89C3-182F06F82E5C"}]}"#,
        )
        .unwrap();
        assert_eq!(ada.aliases, ["ada@contoso.example"], "the primary, other kinds and repetitions are no aliases");
        assert!(ada.exchange_plan, "a plan in its grace period still comes with a mailbox");
        assert_eq!((ada.department, ada.job_title.as_deref()), (None, Some("Engineer")));
    }

    #[test]
    fn plans_without_a_mailbox_or_not_active_promise_none() {
        for plan in [
            r#"{"capabilityStatus":"Enabled","servicePlanId":"113feb6c-3fe4-4440-bddc-54d774bf0318"}"#,
            r#"{"capabilityStatus":"Suspended","servicePlanId":"efb87545-963c-4e0d-99df-69c6916d9eb0"}"#,
            r#"{"capabilityStatus":null,"servicePlanId":null}"#,
        ] {
            let json = format!(
                r#"{{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a","userType":"guest","assignedPlans":[{plan}],"proxyAddresses":null}}"#
            );
            let read = user(&json).unwrap();
            assert!(!read.exchange_plan, "{plan}");
            assert!(read.guest, "the letter case of an enumeration is not ours to trust");
        }
    }

    #[test]
    fn wrong_types_and_endless_texts_are_refused() {
        let long = "x".repeat(64 * 1024 + 1);
        for json in [
            r#"{"id":"not a guid","userPrincipalName":"a"}"#,
            r#"{"id":"00000000-0000-4000-8000-000000000001"}"#,
            r#"{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":7}"#,
            r#"{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a","userPrincipalName":"b"}"#,
            r#"{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a","proxyAddresses":{}}"#,
            &format!(r#"{{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"{long}"}}"#),
        ] {
            assert!(user(json).is_err(), "{}", &json[..json.len().min(120)]);
        }
    }
}
