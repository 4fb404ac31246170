//! Takes what an application needs from its registration: `requiredResourceAccess`, read live.

use rollcall_core::id::{AppId, TenantId};
use rollcall_core::manifest::{Collector, Entry, Place, ReadList, Said};
use rollcall_core::organization::AccessType;
use rollcall_core::permission::Resource;
use rollcall_graph::applications::{self, Asked};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::published::Published;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The application, and the tenant to look in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FromRegistration {
    pub tenant: TenantId,
    pub client_id: String,
}

/// What the tenant knows of the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "registered", rename_all = "snake_case")]
pub enum RegistrationRead {
    /// It is registered in this tenant, and asks for these.
    Here { display_name: String, list: ReadList },
    /// It is registered in another tenant: this one has only its enterprise application, which doesn't say what it asks for.
    Elsewhere { display_name: String },
    /// The tenant knows no application of that id.
    Nowhere,
}

/// # Errors
/// `InvalidInput` for the client id; `NotSignedIn`; those of the reads.
pub async fn from_registration(desk: &Desk, ask: FromRegistration, job: &Job) -> Result<RegistrationRead> {
    let client_id: AppId =
        ask.client_id.parse().map_err(|_| Error::input("client_id", "it is not a GUID such as 00000000-0000-0000-0000-000000000000"))?;
    let graph = connection::delegated(desk, ask.tenant).await?;
    let Some(registration) = applications::registration(&graph, client_id, &job.stop).await? else {
        let principal = applications::service_principal(&graph, client_id, &job.stop).await?;
        return Ok(
            principal.map_or(RegistrationRead::Nowhere, |principal| RegistrationRead::Elsewhere { display_name: principal.display_name })
        );
    };
    let published = Published::read(desk, ask.tenant, job).await?;
    let list = named(&registration.required, &published)?;
    Ok(RegistrationRead::Here { display_name: registration.display_name, list })
}

fn named(required: &[Asked], published: &Published) -> Result<ReadList> {
    let known = |resource, kind, id: &str| published.name(resource, kind, id);
    // A registration says the type of each, so the way mailboxes are reached decides nothing.
    let mut collector = Collector::new(AccessType::GraphAppOnly, &known);
    for (asked, number) in required.iter().zip(1u32..) {
        let (place, id) = (Place::Entry(number), asked.id.to_string());
        match Resource::ALL.into_iter().find(|resource| resource.app_id() == asked.resource) {
            Some(resource) => {
                let entry = Entry { name: &id, kind: Some(asked.kind), resource: Some(resource), ..Entry::default() };
                collector.entry(place, &entry).map_err(|why| Error::input("permissions", why))?;
            }
            None => collector.say(place, &format!("{id} ({})", asked.resource), Said::OtherApi),
        }
    }
    Ok(collector.finish())
}
