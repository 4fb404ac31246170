use serde_json::json;

use super::error::Refusal;
use super::query;
use super::{Ask, Reply, time};
use crate::token::CallerKind;
use crate::world::{FOUNDED_MS, Licence, hash, uuid_from};

/// The tenant itself. Callers who hold `User.Read` alone see few properties.
pub(super) fn organization(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let mut tenant = json!({
        "id": world.tenant_id,
        "displayName": world.name,
        "verifiedDomains": [
            { "name": world.domain, "isDefault": true, "isInitial": true, "type": "Managed", "capabilities": "Email, OfficeCommunicationsOnline" },
        ],
    });
    let few = match &ask.caller.kind {
        CallerKind::App { .. } => false,
        CallerKind::User { scopes, .. } => {
            !scopes.iter().any(|scope| scope.starts_with("Organization.") || scope.starts_with("Directory."))
        }
    };
    if !few {
        tenant["countryLetterCode"] = "GB".into();
        tenant["tenantType"] = "AAD".into();
        tenant["onPremisesSyncEnabled"] = true.into();
        tenant["createdDateTime"] = time::moment(FOUNDED_MS).into();
        tenant["assignedPlans"] = json!([{
            "assignedDateTime": time::moment(FOUNDED_MS),
            "capabilityStatus": "Enabled",
            "service": "exchange",
            "servicePlanId": Licence::Enterprise.exchange_plan(),
        }]);
    }
    query::objects(ask, "organization", "organization", &[tenant])
}

pub(super) fn domains(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let domain = json!({
        "id": world.domain, "isVerified": true, "isDefault": true, "isInitial": true, "authenticationType": "Managed",
        "supportedServices": ["Email"],
    });
    Ok(query::whole(ask, "domains", vec![domain]))
}

/// The licences that the tenant bought, one per Exchange plan in use.
pub(super) fn skus(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.state.world();
    let skus = [
        (Licence::Enterprise, "PRACTICE_ENTERPRISE", "EXCHANGE_S_ENTERPRISE"),
        (Licence::Standard, "PRACTICE_STANDARD", "EXCHANGE_S_STANDARD"),
        (Licence::Frontline, "PRACTICE_FRONTLINE", "EXCHANGE_S_DESKLESS"),
    ]
    .into_iter()
    .filter_map(|(licence, part_number, plan_name)| {
        let plan = licence.exchange_plan()?;
        let used = world.users.iter().filter(|user| user.licence == licence && !user.deleted).count();
        let sku = uuid_from(hash(plan, 22), hash(plan, 23));
        Some(json!({
            "id": format!("{}_{sku}", world.tenant_id),
            "skuId": sku,
            "skuPartNumber": part_number,
            "capabilityStatus": "Enabled",
            "consumedUnits": used,
            "prepaidUnits": { "enabled": used + used / 10 + 5, "suspended": 0, "warning": 0 },
            "servicePlans": [{ "servicePlanId": plan, "servicePlanName": plan_name, "provisioningStatus": "Success", "appliesTo": "User" }],
        }))
    })
    .collect();
    Ok(query::whole(ask, "subscribedSkus", skus))
}
