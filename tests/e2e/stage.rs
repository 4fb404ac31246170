//! What one test plays on: folders of its own, a browser of its own, and the built program.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, ensure};
use rollcall_core::action::Action;
use rollcall_core::change_window::{ChangeWindow, Day};
use rollcall_core::integration::Preset;
use rollcall_core::organization::AccessType;
use rollcall_ops::job::Job;
use rollcall_ops::organizations::change::{ChangeOrganization, change};
use rollcall_ops::organizations::window::{SetWindow, set_window};
use rollcall_ops::verify::plan::{Scope, Verify};
use rollcall_ops::verify::start::start;
use rollcall_sandbox::browser::{Person, Visited};
use rollcall_sandbox::{FaultKind, FaultPlan, Sandbox};
use rollcall_store::users::{Chosen, UserFilter};
use rollcall_tests::{Rehearsal, Scene, clock};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::browser::Browser;
use crate::driver::{Driver, Start};
use crate::window::Window;

/// A stage. Its folders go with it.
pub struct Stage {
    test: &'static str,
    program: PathBuf,
    screenshots: PathBuf,
    folder: TempDir,
    pub browser: Browser,
    pub runtime: Runtime,
}

impl Stage {
    /// A stage for the test of this name; `None`, said plainly, where no window can be opened.
    ///
    /// # Errors
    /// When the machine gives no folder, or the variables that name the program and the place of screenshots are missing.
    pub fn new(test: &'static str) -> Result<Option<Self>> {
        if std::env::var_os("ROLLCALL_E2E").is_none() {
            skip(test);
            return Ok(None);
        }
        let from = |name: &str| std::env::var_os(name).map(PathBuf::from).with_context(|| format!("{name} is not set"));
        let folder = tempfile::tempdir()?;
        let browser = Browser::in_folder(&folder.path().join("browser"))?;
        // Where the desktop keeps its downloads (freedesktop.org, "xdg-user-dirs").
        let config = folder.path().join("config");
        fs::create_dir_all(&config)?;
        fs::write(config.join("user-dirs.dirs"), format!("XDG_DOWNLOAD_DIR=\"{}\"\n", folder.path().join("downloads").display()))?;
        Ok(Some(Self {
            test,
            program: from("ROLLCALL_PROGRAM")?,
            screenshots: from("ROLLCALL_SCREENSHOTS")?,
            folder,
            browser,
            runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build()?,
        }))
    }

    /// Opens the window.
    pub fn open(&self, arguments: &[&str]) -> Result<Window> {
        let environment = self.environment()?;
        let log = self.folder.path().join("window.log");
        let driver = Driver::start(&Start { program: &self.program, arguments, environment: &environment, log: &log })
            .with_context(|| format!("the window does not open; it says:\n{}", fs::read_to_string(&log).unwrap_or_default()))?;
        Window::new(driver, self.test, self.screenshots.clone())
    }

    /// Starts the program once more, without a driver, and waits until it ends.
    pub fn start_again(&self) -> Result<ExitStatus> {
        let mut command = Command::new(&self.program);
        command.envs(self.environment()?).env_remove("TAURI_WEBVIEW_AUTOMATION").stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.status()?)
    }

    /// The data folder of every window that is opened on this stage.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("rollcall")
    }

    /// Signs in to the one tenant that is connected, as a person would.
    pub fn sign_in(&self, window: &Window) -> Result<()> {
        window.go("Settings")?;
        window.click("tab", "Tenants")?;
        window.press("Sign in")?;
        self.at_the_browser(&Person::Admin)?;
        window.reads("Signed in: admin@contoso.example")
    }

    /// Fills the data folder by the same verbs as the window's: signed in for this sitting only, one organization with all users,
    /// consent granted. The practice tenant goes on until it is dropped; the folder is free for the window.
    pub fn prepared(&self, users: u32) -> Result<Sandbox> {
        self.prepared_with(Scene { users, ..Scene::default() })
    }

    /// The same with another practice tenant.
    pub fn prepared_with(&self, scene: Scene) -> Result<Sandbox> {
        self.runtime.block_on(async {
            let rehearsal = Rehearsal::in_folder(&self.data(), scene).await;
            Box::pin(rehearsal.ready()).await;
            Ok(rehearsal.sandbox)
        })
    }

    /// The same with an organization whose mailboxes are still reached over EWS.
    pub fn on_ews(&self, users: u32) -> Result<Sandbox> {
        self.runtime.block_on(async {
            let scene = Scene { users, faults: FaultPlan::none().with(FaultKind::QuotaExceeded, 1), ..Scene::default() };
            let rehearsal = Rehearsal::in_folder(&self.data(), scene).await.of_ready_people();
            let organization = Box::pin(rehearsal.ready()).await.id;
            let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization) };
            change(&rehearsal.desk, to_ews, &Job::quiet()).await?;
            Ok(rehearsal.sandbox)
        })
    }

    /// The same without trouble, beside an empty organization `Contoso US`, and with a change window that is twelve hours away. Answers
    /// the display names of the users as well, the admin's first; the last one is over Graph by an access type of its own.
    pub fn on_ews_beside_another(&self, users: u32) -> Result<(Sandbox, Vec<String>)> {
        self.runtime.block_on(async {
            let scene = Scene { users, faults: FaultPlan::none(), ..Scene::default() };
            let rehearsal = Rehearsal::in_folder(&self.data(), scene).await.of_ready_people();
            let organization = Box::pin(rehearsal.ready()).await.id;
            let rows = rehearsal.found(UserFilter::default()).await;
            let last =
                rows.iter().rfind(|row| row.user.directory.display_name != "Ada Admin").context("there are others than the admin")?;
            let action = Action::SetAccess { access: Some(AccessType::GraphAppOnly) };
            ensure!(rehearsal.act(Chosen::Ids(vec![last.user.id]), action).await.done == 1, "it has an access type of its own now");
            let to_ews = ChangeOrganization { access: Some(AccessType::EwsAppOnly), ..ChangeOrganization::of(organization) };
            change(&rehearsal.desk, to_ews, &Job::quiet()).await?;
            rehearsal.organization("Contoso US", "US-01").await?;
            let hours = |hours: i64| u16::try_from((clock()().0.div_euclid(60_000) + hours * 60).rem_euclid(24 * 60));
            let window = ChangeWindow { days: Day::ALL.to_vec(), from: hours(12)?, to: hours(13)?, zone: "UTC".into() };
            set_window(&rehearsal.desk, SetWindow { organization, window: Some(window) }, &Job::quiet()).await?;
            let mut names: Vec<String> = rows.into_iter().map(|row| row.user.directory.display_name).collect();
            names.sort_by_key(|name| name != "Ada Admin");
            Ok((rehearsal.sandbox, names))
        })
    }

    /// Fills the data folder with two organizations: `Users of revenue_grid`, whose application holds nothing, and `Users of outreach`,
    /// where everybody was brought in and most have consented by themselves.
    pub fn with_vendors(&self, users: u32) -> Result<Sandbox> {
        self.runtime.block_on(async {
            let rehearsal = Rehearsal::in_folder(&self.data(), Scene { users, ..Scene::default() }).await;
            rehearsal.sign_in().await?;
            rehearsal.organization_of("revenue_grid", Preset::RevenueGrid, AccessType::GraphAppOnly).await;
            let outreach = rehearsal.organization_of("outreach", Preset::Outreach, AccessType::GraphDelegated).await;
            rehearsal.import(outreach.id).await?;
            Ok(rehearsal.sandbox)
        })
    }

    /// Fills the data folder with one organization, `Users of outreach`, whose users sign in on their own and may.
    pub fn with_users_who_sign_in(&self, users: u32) -> Result<Sandbox> {
        self.runtime.block_on(async {
            let rehearsal = Rehearsal::in_folder(&self.data(), Scene { users, ..Scene::default() }).await;
            rehearsal.sign_in().await?;
            let outreach = rehearsal.organization_of("outreach", Preset::Outreach, AccessType::GraphDelegated).await;
            rehearsal.import(outreach.id).await?;
            rehearsal.grant_as(outreach.id, Person::Admin).await?;
            Ok(rehearsal.sandbox)
        })
    }

    /// Fills the data folder with one organization that nobody has been brought into.
    pub fn with_one_organization(&self, users: u32) -> Result<Sandbox> {
        self.runtime.block_on(async {
            let rehearsal = Rehearsal::in_folder(&self.data(), Scene { users, ..Scene::default() }).await;
            rehearsal.organization("Contoso EU", "EU-01").await?;
            Ok(rehearsal.sandbox)
        })
    }

    /// The same as [`Stage::prepared`] with one run over.
    pub fn rehearsed(&self, users: u32) -> Result<Sandbox> {
        self.runtime.block_on(async {
            let rehearsal = Rehearsal::in_folder(&self.data(), Scene { users, ..Scene::default() }).await;
            let organization = Box::pin(rehearsal.ready()).await.id;
            Box::pin(start(&rehearsal.desk, Verify { organization, which: Scope::All }, &Job::quiet())).await?;
            Ok(rehearsal.sandbox)
        })
    }

    /// Waits for the window to open the browser, and lets this person act in it.
    pub fn at_the_browser(&self, person: &Person) -> Result<Visited> {
        self.browser.visited_by(person, &self.runtime)
    }

    /// Waits for the window to open the browser, where nobody does anything. Gives the address.
    pub fn browser_address(&self) -> Result<String> {
        self.browser.address()
    }

    fn environment(&self) -> Result<Vec<(&'static str, OsString)>> {
        let own = |name: &str| -> OsString { self.folder.path().join(name).into() };
        Ok(vec![
            ("ROLLCALL_DATA_DIR", self.data().into()),
            ("XDG_DATA_HOME", own("data")),
            ("XDG_CONFIG_HOME", own("config")),
            ("XDG_CACHE_HOME", own("cache")),
            ("PATH", self.browser.search_path()?),
        ])
    }
}

#[expect(clippy::print_stdout, reason = "a test that can't run says so to whoever runs the tests")]
fn skip(test: &str) {
    println!("skipped: {test} needs a screen and the built window; `cargo xtask test --only window` has both");
}
