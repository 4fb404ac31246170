//! The Exchange of a practice tenant: it takes the cmdlets that elsewhere an administrator runs in PowerShell. Microsoft's Graph has
//! nothing of the kind, and Rollcall never writes to a real Exchange.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::error::GraphError;
use crate::send::{Call, Graph, Wants};

/// A cmdlet and its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cmdlet {
    cmdlet_name: &'static str,
    parameters: BTreeMap<&'static str, String>,
}

impl Cmdlet {
    /// A cmdlet of that name.
    #[must_use]
    pub fn new<const N: usize>(name: &'static str, parameters: [(&'static str, String); N]) -> Self {
        Self { cmdlet_name: name, parameters: parameters.into_iter().collect() }
    }
}

/// A row that a cmdlet prints: names of columns and what stands in them.
pub type Row = BTreeMap<String, String>;

/// Runs a cmdlet.
///
/// # Errors
/// All that a write can end with; [`GraphError::NotFound`] where a parameter names nothing that is there.
pub async fn run(graph: &Graph, cmdlet: &Cmdlet, stop: &CancellationToken) -> Result<Vec<Row>, GraphError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<'a> {
        cmdlet_input: &'a Cmdlet,
    }
    #[derive(Deserialize)]
    struct Printed {
        value: Vec<Row>,
    }
    let url = graph.url(&["practice", "exchangeCmdlet"], &[])?;
    let call = Call::change(Method::POST, url, &Body { cmdlet_input: cmdlet }, Wants::Json);
    Ok(graph.json::<Printed>(&call, stop).await?.value)
}
