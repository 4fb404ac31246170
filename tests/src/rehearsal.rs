//! A rollout on a practice tenant of its own, in a folder of its own, with a person who acts in the browser.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rollcall_core::action::Action;
use rollcall_core::id::{OrganizationId, TenantId};
use rollcall_core::integration::{Integration, Preset};
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::tenant::{Cloud, Tenant};
use rollcall_core::time::{self, Clock, Timestamp};
use rollcall_identity::secret::ClientSecret;
use rollcall_identity::vault::{Rest, SecretName, Vault};
use rollcall_ops::consent::change::ConsentPage;
use rollcall_ops::consent::grant::GrantConsent;
use rollcall_ops::consent::show::ConsentView;
use rollcall_ops::desk::{Desk, Opening, Pace};
use rollcall_ops::error::Result;
use rollcall_ops::integrations::add::AddIntegration;
use rollcall_ops::integrations::set_secret::SetSecret;
use rollcall_ops::job::{Job, Progress};
use rollcall_ops::organizations::create::CreateOrganization;
use rollcall_ops::practice::ground::Ground;
use rollcall_ops::sync::run::{RunSessions, Sessions, Whose};
use rollcall_ops::tenants::add::AddTenant;
use rollcall_ops::tenants::sign_in::{SignedIn, TenantRef};
use rollcall_ops::users::act::{ActOnUsers, Acted};
use rollcall_ops::users::foresee::{ForeseeAction, foresee};
use rollcall_ops::users::import::{ImportUsers, Imported, Source};
use rollcall_ops::users::meant::Meant;
use rollcall_ops::users::query::{Sort, UserFilter, UserQuery, UserRow};
use rollcall_ops::{consent, integrations, organizations, sync, tenants, users};
use rollcall_sandbox::browser::{Person, visit};
use rollcall_sandbox::world::{Licence, Recipient};
use rollcall_sandbox::{FaultPlan, Limits, Options, Sandbox};
use rollcall_store::users::Chosen;
use tokio_util::sync::CancellationToken;

use crate::keychain::Keychain;

/// What a rehearsal takes place on.
pub struct Scene {
    pub users: u32,
    pub faults: FaultPlan,
    pub latency: Duration,
    /// How long what is new in the directory takes to be seen.
    pub settling: Duration,
    /// How much the practice Graph lets through.
    pub limits: Limits,
    /// How patiently Graph is asked. Shorter waits of our own; never a shorter Retry-After.
    pub pace: Pace,
}

impl Default for Scene {
    fn default() -> Self {
        let pace = Pace {
            back_off: Duration::from_millis(20),
            longest_back_off: Duration::from_millis(200),
            throttled_tries: 3,
            ..Pace::default()
        };
        Self {
            users: 120,
            faults: FaultPlan::default(),
            latency: Duration::ZERO,
            settling: Duration::ZERO,
            limits: Limits::default(),
            pace,
        }
    }
}

/// A desk and the practice tenant that it is connected to.
pub struct Rehearsal {
    pub sandbox: Sandbox,
    pub desk: Desk,
    pub tenant: Tenant,
    pub integration: Integration,
    pub folder: PathBuf,
    /// What stands for the keychain: it outlives the desk.
    pub vault: Vault,
    pace: Pace,
    /// Removes the folder when it is dropped.
    pub kept: Option<tempfile::TempDir>,
}

impl Rehearsal {
    /// Starts a practice tenant and connects it; nobody is signed in yet.
    ///
    /// # Panics
    /// When the machine can't give a port or a folder, or a verb refuses: then the test has failed.
    pub async fn on(scene: Scene) -> Self {
        let kept = tempfile::tempdir().expect("a temporary folder");
        let folder = kept.path().join("data");
        Self { kept: Some(kept), ..Self::in_folder(&folder, scene).await }
    }

    /// The same in a folder that outlives the rehearsal.
    ///
    /// # Panics
    /// As [`Rehearsal::on`].
    pub async fn in_folder(folder: &Path, scene: Scene) -> Self {
        let Scene { users, faults, latency, settling, limits, pace } = scene;
        let options = Options { users, faults, latency, settling, limits, ..Options::default() };
        let sandbox = Sandbox::start(options).await.expect("a port on loopback");
        let vault = Vault::session_only();
        let desk = open_with(folder, &pace, vault.clone()).expect("a fresh data folder opens");
        let (tenant, integration) = connect(&desk, &sandbox).await.expect("the practice tenant can be connected");
        Self { sandbox, desk, tenant, integration, folder: folder.to_owned(), vault, pace, kept: None }
    }

    /// The same after Rollcall was closed and opened again, on a computer with a keychain.
    ///
    /// # Panics
    /// When the folder can't be opened again.
    #[must_use]
    pub fn restarted(self) -> Self {
        let Self { sandbox, desk, tenant, integration, folder, vault, pace, kept } = self;
        drop(desk);
        let desk = open_with(&folder, &pace, vault.clone()).expect("the data folder opens again");
        Self { sandbox, desk, tenant, integration, folder, vault, pace, kept }
    }

    /// The same after a restart, with these secrets in a keychain.
    ///
    /// # Panics
    /// When one of them isn't there, or as [`Rehearsal::restarted`].
    pub async fn with_keychain(mut self, names: impl IntoIterator<Item = SecretName>) -> (Self, Arc<Keychain>) {
        let keychain = Keychain::new();
        let vault = Vault::over(keychain.clone(), "test", Duration::from_secs(60)).await;
        for name in names {
            let secret = self.vault.get(name).await.expect("memory can be read").expect("the secret was handed in");
            assert_eq!(vault.put(name, secret).await, Rest::Keychain);
        }
        self.vault = vault;
        (self.restarted(), keychain)
    }

    /// Where the data rests.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Signs in as the admin, by a person who does what the pages ask.
    ///
    /// # Errors
    /// Those of the verb.
    pub async fn sign_in(&self) -> Result<SignedIn> {
        self.sign_in_as(Person::Admin).await
    }

    /// Signs in with another person at the browser.
    ///
    /// # Errors
    /// Those of the verb.
    pub async fn sign_in_as(&self, person: Person) -> Result<SignedIn> {
        Box::pin(tenants::sign_in::sign_in(&self.desk, TenantRef { tenant: self.tenant.id }, &at_the_browser(person))).await
    }

    /// Hands in the integration's secret.
    ///
    /// # Errors
    /// Those of the verb.
    pub async fn hand_in_secret(&self) -> Result<()> {
        hand_in(&self.desk, &self.sandbox).await
    }

    /// Creates an organization that uses the integration.
    ///
    /// # Errors
    /// Those of the verb.
    pub async fn organization(&self, name: &str, external_id: &str) -> Result<Organization> {
        let ask = CreateOrganization {
            name: name.to_owned(),
            external_id: external_id.to_owned(),
            integration: self.integration.id,
            access: AccessType::GraphAppOnly,
            tenant: None,
        };
        organizations::create::create(&self.desk, ask, &Job::quiet()).await
    }

    /// Registers a vendor's application of the practice tenant, by its key, and creates an organization that uses it.
    ///
    /// # Panics
    /// When there is no such application or a verb refuses.
    pub async fn organization_of(&self, key: &str, preset: Preset, access: AccessType) -> Organization {
        let client_id = self.sandbox.app(key).expect("the practice tenant has this application").client_id;
        let ask = AddIntegration { tenant: self.tenant.id, name: key.to_owned(), client_id, preset, permissions: None };
        let integration = integrations::add::add(&self.desk, ask, &Job::quiet()).await.expect("the integration is new");
        let ask = CreateOrganization {
            name: format!("Users of {key}"),
            external_id: key.to_owned(),
            integration: integration.id,
            access,
            tenant: None,
        };
        organizations::create::create(&self.desk, ask, &Job::quiet()).await.expect("the organization is new")
    }

    /// Brings in everybody.
    ///
    /// # Errors
    /// Those of the verb.
    pub async fn import(&self, organization: OrganizationId) -> Result<Imported> {
        let ask = ImportUsers { organization, from: Source::All, anew: false };
        Box::pin(users::import::import(&self.desk, ask, &Job::quiet())).await
    }

    /// Grants consent, by a person at the browser.
    ///
    /// # Errors
    /// Those of the verb.
    pub async fn grant_as(&self, organization: OrganizationId, person: Person) -> Result<ConsentView> {
        let ask = GrantConsent { organization, with: ConsentPage::Registered };
        Ok(Box::pin(consent::grant::grant(&self.desk, ask, &at_the_browser(person))).await?.view)
    }

    /// Acts on users.
    ///
    /// # Panics
    /// When the verb refuses as a whole.
    pub async fn act(&self, users: Chosen, action: Action) -> Acted {
        let ask = ActOnUsers { users, action, expected: None };
        users::act::act(&self.desk, ask, &Job::quiet()).await.expect("the users can be acted on")
    }

    /// Runs sync sessions.
    ///
    /// # Errors
    /// Those of the verb.
    pub async fn sessions(&self, organization: OrganizationId, whose: Whose) -> Result<Sessions> {
        Box::pin(sync::run::run(&self.desk, RunSessions { organization, whose }, &Job::quiet())).await
    }

    /// The users that a filter leaves, by name.
    ///
    /// # Panics
    /// When the store can't be read.
    pub async fn found(&self, filter: UserFilter) -> Vec<UserRow> {
        let ask = UserQuery { filter, sort: Sort::default(), offset: 0, limit: 1_000, workloads: false };
        users::query::query(&self.desk, ask, &Job::quiet()).await.expect("users can be queried").rows
    }

    /// Makes everybody of the directory a person whose mailbox can be worked on: before they are imported.
    #[must_use]
    pub fn of_ready_people(self) -> Self {
        self.sandbox.change(|world| {
            let mut taken: HashSet<String> = world.users.iter().map(|user| user.upn.clone()).collect();
            for user in &mut world.users {
                (user.recipient, user.licence, user.enabled, user.synced) = (Recipient::Person, Licence::Enterprise, true, false);
                user.aliases.retain(|alias| taken.insert(alias.clone()));
            }
        });
        self
    }

    /// Everything up to verification: signed in, one organization with all users, consent granted, the secret handed in.
    ///
    /// # Panics
    /// When one of the verbs refuses.
    pub async fn ready(&self) -> Organization {
        self.sign_in().await.expect("the admin signs in");
        let organization = self.organization("Contoso EU", "EU-01").await.expect("the organization is new");
        self.import(organization.id).await.expect("the directory can be read");
        self.grant_as(organization.id, Person::Admin).await.expect("the admin consents");
        self.hand_in_secret().await.expect("the secret is right");
        organization
    }
}

/// Whom a choice means now, as somebody agrees to who has looked at what an action would come to.
///
/// # Panics
/// When the store can't be read.
pub async fn meant(desk: &Desk, users: Chosen) -> Meant {
    let ask = ForeseeAction { users, action: Action::Include };
    foresee(desk, ask, &Job::quiet()).await.expect("it can be foreseen").meant()
}

/// Hands the secret of the practice integration in on a desk that was opened anew.
///
/// # Errors
/// Those of the verb.
///
/// # Panics
/// When the desk knows no integration.
pub async fn hand_in(desk: &Desk, sandbox: &Sandbox) -> Result<()> {
    let known = integrations::list::list(desk, (), &Job::quiet()).await?;
    let integration = known.first().expect("the practice integration was added").integration.id;
    let secret = ClientSecret::new(sandbox.details().client_secret.clone());
    integrations::set_secret::set_secret(desk, SetSecret { integration, secret }, &Job::quiet()).await.map(|_| ())
}

/// A job whose browser pages are answered by this person.
#[must_use]
pub fn at_the_browser(person: Person) -> Job {
    let stop = CancellationToken::new();
    let lost = stop.clone();
    Job::new(stop, move |progress| {
        if let Progress::Browser { url, .. } = progress {
            let (person, lost) = (person.clone(), lost.clone());
            tokio::spawn(async move {
                // Who can't get to the page won't come back from it.
                if visit(&url, &person).await.is_err() {
                    lost.cancel();
                }
            });
        }
    })
}

/// The system's clock.
#[must_use]
pub fn clock() -> Clock {
    Arc::new(|| {
        #[expect(clippy::disallowed_methods, reason = "the tests play the face, which is where the clock is read")]
        let now = std::time::SystemTime::now();
        Timestamp(i64::try_from(now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(i64::MAX))
    })
}

fn steady() -> Clock {
    let begun = boot_time::Instant::now();
    time::steady(clock()(), move || begun.elapsed())
}

/// A desk on this folder with secrets in memory only.
///
/// # Errors
/// Those of [`Desk::open`].
pub fn open_desk(folder: &Path, pace: &Pace) -> Result<Desk> {
    open_with(folder, pace, Vault::session_only())
}

/// A desk that can start a practice tenant with so many users.
///
/// # Errors
/// Those of [`Desk::open`].
pub fn open_practice<F>(folder: &Path, start: impl Fn(u32) -> F + Send + Sync + 'static) -> Result<Desk>
where
    F: Future<Output = std::io::Result<Ground>> + Send + 'static,
{
    Desk::open(Opening {
        folder: folder.to_owned(),
        vault: Vault::session_only(),
        clock: clock(),
        steady: steady(),
        pace: Scene::default().pace,
        start_practice: Some(Box::new(move |users, _| Box::pin(start(users.unwrap_or(120))))),
    })
}

/// Where a practice tenant runs, as a face hands it to the desk.
///
/// # Panics
/// When one of its ids can't be read.
#[must_use]
pub fn ground_of(sandbox: &Sandbox) -> Ground {
    let details = sandbox.details();
    let app = |key| sandbox.app(key).expect("the practice tenant has this application");
    let reader = app("revenue_grid");
    Ground {
        authority: details.authority.clone(),
        graph: details.graph.clone(),
        directory: details.tenant_id.clone(),
        console: details.console_client_id.parse().expect("it is an id"),
        client_id: details.client_id.parse().expect("it is an id"),
        client_secret: ClientSecret::new(details.client_secret.clone()),
        vendor: app("outreach").client_id.parse().expect("it is an id"),
        reader: reader.client_id.parse().expect("it is an id"),
        reader_secret: ClientSecret::new(reader.client_secret),
        visit: Arc::new(|page, upn| Box::pin(async move { visit(&page, &upn.map_or(Person::Admin, Person::Upn)).await.is_ok() })),
    }
}

fn open_with(folder: &Path, pace: &Pace, vault: Vault) -> Result<Desk> {
    Desk::open(Opening { folder: folder.to_owned(), vault, clock: clock(), steady: steady(), pace: pace.clone(), start_practice: None })
}

async fn connect(desk: &Desk, sandbox: &Sandbox) -> Result<(Tenant, Integration)> {
    let details = sandbox.details();
    let known: Option<Tenant> = tenants::list::list(desk, (), &Job::quiet()).await?.into_iter().next().map(|view| view.tenant);
    let tenant = match known {
        Some(tenant) => tenant,
        None => {
            let ask = AddTenant {
                name: "Contoso".into(),
                cloud: Cloud::Custom,
                directory: details.tenant_id.clone(),
                client_id: details.console_client_id.clone(),
                authority: Some(details.authority.clone()),
                graph: Some(details.graph.clone()),
            };
            tenants::add::add(desk, ask, &Job::quiet()).await?
        }
    };
    let integration = integration(desk, tenant.id, &details.client_id).await?;
    Ok((tenant, integration))
}

async fn integration(desk: &Desk, tenant: TenantId, client_id: &str) -> Result<Integration> {
    if let Some(known) = integrations::list::list(desk, (), &Job::quiet()).await?.into_iter().next() {
        return Ok(known.integration);
    }
    let ask =
        AddIntegration { tenant, name: "CRM".into(), client_id: client_id.to_owned(), preset: Preset::RevenueGrid, permissions: None };
    integrations::add::add(desk, ask, &Job::quiet()).await
}
