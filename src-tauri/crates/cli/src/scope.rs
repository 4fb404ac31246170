//! The access scope: whom the integration may reach, planned for Exchange and proven from both sides.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use rollcall_core::id::{ObjectId, OrganizationId, ProofId};
use rollcall_core::rules::Reason;
use rollcall_core::scope::plan::Purpose;
use rollcall_core::scope::{Desired, Mechanism, Rule};
use rollcall_core::time::Timestamp;
use rollcall_ops::error::{Code, Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::organizations::delete::OrganizationRef;
use rollcall_ops::organizations::describe::OrganizationView;
use rollcall_ops::practice::exchange::{self, RunScopeScript};
use rollcall_ops::runs::RunState;
use rollcall_ops::scope::changed::{self, NoteChange};
use rollcall_ops::scope::foresee::{self, ForeseeProof};
use rollcall_ops::scope::plan::{self, PlanScope};
use rollcall_ops::scope::prove::{self, ProveScope};
use rollcall_ops::scope::resume::{self, ProofRef};
use rollcall_ops::scope::said::{self, ImportSaid};
use rollcall_ops::scope::set::{self, SetScope, Wish};
use rollcall_ops::scope::show::{self, Proof, ProofView, Sample};
use rollcall_ops::scope::why::{self, WhyMailbox};
use rollcall_ops::scope::{again, ask, cut_off, evidence, forget, read, units, weigh};
use rollcall_ops::tenants::allow::{AllowMore, READ_EXCHANGE, allow};
use serde_json::json;

use crate::call::Call;
use crate::consent::browser;
use crate::exit::Exit;
use crate::text::{counted, quoted};
use crate::users::import::group;
use crate::verify::take_secret;
use crate::{names, start, words};

mod told;

#[derive(Subcommand)]
pub enum Scope {
    /// Show the scope, what makes it void, and what the last proof came to
    Show(Show),
    /// Say whom the integration is to reach; nothing is changed in the tenant
    Set(Set),
    /// Write the Exchange Online PowerShell that makes, tests, removes or migrates it
    Plan(Plan),
    /// Say that the script was run, which starts the propagation clock
    Changed(Changed),
    /// Take in what Exchange's test cmdlet has printed
    Said(Said),
    /// Prove it by the integration's own calls: inside must answer, outside must be refused
    Prove(Prove),
    /// Say why the integration can or can't reach a mailbox
    Why(Why),
    /// Write the last proof as CSV, the gravest first: expected, said and observed, with the ids of the calls
    Evidence(Evidence),
    /// Run a planned script on the practice tenant
    Practise(Practise),
}

#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    of: names::Organization,
    /// Read first what is in force now
    #[arg(long)]
    read: bool,
    /// Ask Microsoft for the permission to read Exchange's roles, where the sign-in lacks it, and read what is in force
    #[arg(long)]
    allow: bool,
    /// Write the address to stdout in place of opening a browser
    #[arg(long, requires = "allow")]
    print_url: bool,
}

#[derive(Args)]
#[command(group(ArgGroup::new("whom").args(["everyone", "only", "all_but"]).required(true)))]
pub struct Set {
    #[command(flatten)]
    of: names::Organization,
    /// Every mailbox of the tenant
    #[arg(long)]
    everyone: bool,
    /// Only the members of a group (its name or object id), or of an administrative unit
    #[arg(long, value_name = "GROUP")]
    only: Option<String>,
    /// Everybody but the members of a group
    #[arg(long, value_name = "GROUP")]
    all_but: Option<String>,
    /// By which mechanism of Exchange; without it by the present one, or by RBAC for Applications with a management scope
    #[arg(long, value_name = "MECHANISM")]
    by: Option<By>,
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    ManagementScope,
    AdministrativeUnit,
    AccessPolicy,
}

impl From<By> for Mechanism {
    fn from(by: By) -> Self {
        match by {
            By::ManagementScope => Self::ManagementScope,
            By::AdministrativeUnit => Self::AdministrativeUnit,
            By::AccessPolicy => Self::AccessPolicy,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum For {
    Apply,
    Test,
    Remove,
    Migrate,
    Finish,
}

impl From<For> for Purpose {
    fn from(purpose: For) -> Self {
        match purpose {
            For::Apply => Self::Apply,
            For::Test => Self::Test,
            For::Remove => Self::Remove,
            For::Migrate => Self::Migrate,
            For::Finish => Self::Finish,
        }
    }
}

#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    of: names::Organization,
    /// What the script is for
    #[arg(long = "for", value_name = "PURPOSE", default_value = "apply")]
    purpose: For,
    /// Further mailboxes for the test script to try
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Vec<String>,
    /// Write it to this file rather than to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args)]
pub struct Changed {
    #[command(flatten)]
    of: names::Organization,
    /// So many minutes ago
    #[arg(long, value_name = "N", default_value = "0")]
    minutes_ago: u32,
}

#[derive(Args)]
pub struct Said {
    #[command(flatten)]
    of: names::Organization,
    /// The file that the test script has written, or what the cmdlet has printed; - for stdin
    #[arg(value_name = "FILE", required_unless_present = "clear")]
    file: Option<PathBuf>,
    /// Forget all that was taken in
    #[arg(long, conflicts_with = "file")]
    clear: bool,
}

#[derive(Args)]
pub struct Prove {
    #[command(flatten)]
    of: names::Organization,
    /// So many of the mailboxes that must answer, drawn by the seed; all without it
    #[arg(long, value_name = "N")]
    inside: Option<u32>,
    /// So many of the mailboxes that must be refused, drawn by the seed; all without it
    #[arg(long, value_name = "N")]
    outside: Option<u32>,
    /// From which the samples are drawn: the same one draws the same mailboxes
    #[arg(long, value_name = "S", default_value = "1")]
    seed: u32,
    /// Mailboxes that are asked in any case
    #[arg(long, value_name = "ADDRESS")]
    named: Vec<String>,
    /// Go on with the last proof where it was paused
    #[arg(long, conflicts_with_all = ["inside", "outside", "named", "again"])]
    resume: bool,
    /// Ask only those again that were too early to judge
    #[arg(long, conflicts_with_all = ["inside", "outside", "named"])]
    again: bool,
    /// Take the integration's secret from stdin, for this call only; with --resume or --again
    #[arg(long)]
    pub secret_stdin: bool,
}

#[derive(Args)]
pub struct Why {
    #[command(flatten)]
    of: names::Organization,
    /// One of its addresses, its user principal name or its object id
    mailbox: String,
    /// Ask the mailbox now, in the integration's own name
    #[arg(long)]
    ask: bool,
    /// Take the integration's secret from stdin, for this call only; with --ask
    #[arg(long, requires = "ask")]
    pub secret_stdin: bool,
}

#[derive(Args)]
pub struct Evidence {
    #[command(flatten)]
    of: names::Organization,
}

#[derive(Args)]
pub struct Practise {
    #[command(flatten)]
    of: names::Organization,
    /// Which script
    #[arg(long = "for", value_name = "PURPOSE", default_value = "apply")]
    purpose: For,
    /// Further mailboxes for the test to try
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Vec<String>,
    /// Where Microsoft has to ask for more permissions first: write the address to stdout in place of opening a browser
    #[arg(long)]
    print_url: bool,
}

impl Scope {
    /// Whether it is handed a secret.
    pub const fn takes_secret(&self) -> bool {
        matches!(self, Self::Prove(Prove { secret_stdin: true, .. }) | Self::Why(Why { secret_stdin: true, .. }))
    }
}

/// Does what is asked of a scope.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Scope, call: &Call) -> Result<Exit> {
    match ask {
        Scope::Show(ask) => show(&ask, call).await,
        Scope::Set(ask) => set(&ask, call).await,
        Scope::Plan(ask) => plan(ask, call).await,
        Scope::Changed(ask) => {
            let organization = ask.of.find(call).await?.organization.id;
            let now = start::now();
            let ago = i64::try_from(Duration::from_secs(u64::from(ask.minutes_ago) * 60).as_millis()).unwrap_or(i64::MAX);
            let at = Some(Timestamp(now.0.saturating_sub(ago)));
            let view = changed::changed(&call.desk, NoteChange { organization, at }, &Job::quiet()).await?;
            call.screen.answer(&view.change, |screen| {
                if let Some(change) = view.change {
                    screen.line(&format!("Noted. Contradictions count from {} on.", change.settles.utc()));
                }
            });
            Ok(Exit::Fine)
        }
        Scope::Said(ask) => {
            let organization = ask.of.find(call).await?.organization.id;
            let Some(file) = ask.file else {
                let forgotten = forget::forget(&call.desk, OrganizationRef { organization }, &Job::quiet()).await?;
                let mailboxes = counted(forgotten.mailboxes, "mailbox", "mailboxes");
                call.screen.answer(&forgotten, |screen| screen.line(&format!("Forgotten: what the cmdlet said of {mailboxes}.")));
                return Ok(Exit::Fine);
            };
            let text = crate::lists::text_of(&file, "text").await?;
            let said = said::said(&call.desk, ImportSaid { organization, text }, &call.job()).await?;
            call.screen.answer(&said, |screen| told::said(&said, screen));
            let whole = [said.failed.len(), said.not_run.len(), said.elsewhere.len(), said.unchecked.len()] == [0; 4];
            Ok(if whole { Exit::Fine } else { Exit::Incomplete })
        }
        Scope::Prove(ask) => prove(ask, call).await,
        Scope::Why(ask) => why(ask, call).await,
        Scope::Evidence(ask) => {
            let proof = last(&ask.of.find(call).await?, call).await?.proof.id;
            let evidence = evidence::evidence(&call.desk, ProofRef { proof }, &Job::quiet()).await?;
            call.screen.answer(&evidence, |screen| screen.file(&evidence.text));
            Ok(Exit::Fine)
        }
        Scope::Practise(ask) => {
            let of = ask.of.find(call).await?.organization;
            let job = call.job_with(browser(ask.print_url));
            let ask = RunScopeScript { organization: of.id, purpose: ask.purpose.into(), mailboxes: ask.mailbox };
            let view = Box::pin(exchange::run_script(&call.desk, ask, &job)).await?;
            call.screen.answer(&view, |screen| told::view(&view, &of.name, screen));
            Ok(Exit::Fine)
        }
    }
}

async fn show(ask: &Show, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?.organization;
    let of = OrganizationRef { organization: organization.id };
    if ask.allow {
        let question = AllowMore { tenant: organization.tenant, scopes: vec![READ_EXCHANGE.to_owned()] };
        Box::pin(allow(&call.desk, question, &call.job_with(browser(ask.print_url)))).await?;
    }
    let view = if ask.read || ask.allow {
        Box::pin(read::read(&call.desk, of, &call.job())).await?
    } else {
        show::show(&call.desk, of, &Job::quiet()).await?
    };
    call.screen.answer(&view, |screen| told::view(&view, &organization.name, screen));
    if view.may_prove == Some(Reason::ReachesWhoSignedIn) {
        call.screen.note(
            "An access scope concerns application permissions. This organization's access is delegated: only who has signed in is reached.",
        );
    }
    Ok(Exit::of_scope(&view))
}

/// Ends with 3 where nothing was asked of the mailbox.
async fn why(ask: Why, call: &Call) -> Result<Exit> {
    let view = ask.of.find(call).await?;
    if ask.secret_stdin {
        take_secret(&view, call).await?;
    }
    let question = WhyMailbox { organization: view.organization.id, mailbox: ask.mailbox };
    let why = if ask.ask {
        Box::pin(ask::ask(&call.desk, question, &call.job())).await?
    } else {
        Box::pin(why::why(&call.desk, question, &call.job())).await?
    };
    call.screen.answer(&why, |screen| told::why(&why, screen));
    if why.mailbox.finding.is_none() {
        let (name, mailbox) = (quoted(&view.organization.name), quoted(&why.mailbox.upn));
        call.screen.note(&format!("`rollcallctl scope why --org {name} {mailbox} --ask` asks it now."));
    }
    Ok(if why.mailbox.finding.is_some() { Exit::Fine } else { Exit::Incomplete })
}

async fn set(ask: &Set, call: &Call) -> Result<Exit> {
    let of = ask.of.find(call).await?.organization;
    let organization = of.id;
    let limited = async |rule: Rule, unit: &str| {
        let mechanism = match ask.by {
            Some(by) => by.into(),
            None => usual_mechanism(organization, call).await?,
        };
        let unit = match mechanism {
            Mechanism::AdministrativeUnit => administrative_unit(unit, organization, call).await?,
            Mechanism::ManagementScope | Mechanism::AccessPolicy => match group(unit, organization, call).await {
                Err(error) if error.code == Code::NotFound && administrative_unit(unit, organization, call).await.is_ok() => {
                    call.screen.note("An administrative unit has that name: `--by administrative-unit` goes by it.");
                    return Err(error);
                }
                found => found?,
            },
        };
        Ok::<_, Error>(Wish::Limited { rule, mechanism, unit })
    };
    let wish = match (&ask.only, &ask.all_but) {
        (Some(unit), _) => limited(Rule::OnlyMembers, unit).await?,
        (None, Some(unit)) => limited(Rule::AllButMembers, unit).await?,
        (None, None) => Wish::Everyone,
    };
    let question = SetScope { organization, wish };
    let weighed = Box::pin(weigh::weigh(&call.desk, question.clone(), &call.job())).await?;
    for remark in &weighed.remarks {
        call.screen.note(&words::scope::of_remark(*remark));
    }
    for sharer in &weighed.shared {
        call.screen.note(&words::scope::of_sharer(sharer));
    }
    let view = Box::pin(set::set(&call.desk, question, &call.job())).await?;
    call.screen.answer(&view, |screen| told::view(&view, &of.name, screen));
    Ok(Exit::Fine)
}

/// The mechanism where none was named: that of the present scope, or the one that Microsoft recommends. Says which.
async fn usual_mechanism(organization: OrganizationId, call: &Call) -> Result<Mechanism> {
    let mechanism = match show::show(&call.desk, OrganizationRef { organization }, &Job::quiet()).await?.desired {
        Desired::Limited { limit } => limit.mechanism,
        Desired::Everyone => Mechanism::ManagementScope,
    };
    call.screen.note(&format!("By {}; --by chooses another mechanism.", words::scope::of_mechanism(mechanism)));
    Ok(mechanism)
}

async fn administrative_unit(text: &str, organization: OrganizationId, call: &Call) -> Result<ObjectId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let known = units::units(&call.desk, OrganizationRef { organization }, &call.job()).await?;
    let mut named = known.iter().filter(|unit| unit.name.to_lowercase() == text.trim().to_lowercase());
    match (named.next(), named.next()) {
        (Some(unit), None) => Ok(unit.id),
        (Some(_), Some(_)) => Err(Error::input("unit", "several administrative units have that name: say which by its id")),
        (None, _) => Err(Error::not_found("no administrative unit has that name")),
    }
}

async fn plan(ask: Plan, call: &Call) -> Result<Exit> {
    let found = ask.of.find(call).await?.organization;
    let (organization, purpose) = (found.id, Purpose::from(ask.purpose));
    let scripts = Box::pin(plan::plan(&call.desk, PlanScope { organization, mailboxes: ask.mailbox }, &call.job())).await?;
    if let Some(without) = scripts.without.iter().find(|without| without.purpose == purpose) {
        call.screen.note(words::scope::of_no_script(without.why));
        for grant in &without.grants {
            call.screen.note(&words::scope::of_void(grant, &found.name));
        }
        for sharer in &without.shared {
            call.screen.note(&words::scope::of_sharer(sharer));
        }
        return Err(plan::refused(without.why));
    }
    let script = scripts.scripts.into_iter().find(|script| script.purpose == purpose);
    // Every purpose has a script or a reason why not.
    let script = script.ok_or_else(|| Error::new(Code::Internal, "a purpose has neither a script nor a reason"))?;
    if script.left_out > 0 {
        let more = counted(script.left_out, "further mailbox", "further mailboxes");
        call.screen.note(&format!("It tries ten mailboxes of each side of the last proof, and leaves {more} of it out."));
    }
    for void in &script.voids {
        call.screen.note(&format!("Warning: {}", words::scope::of_void(void, &found.name)));
    }
    for warning in &script.warnings {
        call.screen.note(&format!("Before it is run: {}", words::scope::of_warning(warning)));
    }
    match ask.out {
        Some(file) => {
            tokio::fs::write(&file, marked(&script.text))
                .await
                .map_err(|error| Error::new(Code::NotSaved, format!("{}: {:?}", file.display(), error.kind())))?;
            let what = words::scope::of_purpose(purpose);
            call.screen.answer(&json!({ "file": file }), |screen| screen.line(&format!("{}: it {what}.", file.display())));
        }
        None => call.screen.answer(&script, |screen| screen.file(&marked(&script.text))),
    }
    Ok(Exit::Fine)
}

/// Windows PowerShell takes a script without a mark for one in the old code page, where a letter of a name may be a quote.
fn marked(script: &str) -> String {
    format!("\u{feff}{script}")
}

async fn prove(ask: Prove, call: &Call) -> Result<Exit> {
    let view = ask.of.find(call).await?;
    if ask.secret_stdin {
        take_secret(&view, call).await?;
    }
    let organization = view.organization.id;
    let proof = if ask.resume {
        let proof = last(&view, call).await?.proof;
        Box::pin(resume::resume(&call.desk, ProofRef { proof: proof.id }, &call.job())).await?
    } else if ask.again {
        let proof = last(&view, call).await?.proof;
        Box::pin(again::again(&call.desk, ProofRef { proof: proof.id }, &call.job())).await?
    } else {
        let Prove { inside, outside, seed, named, .. } = ask;
        let question = ProveScope { organization, inside, outside, seed, named };
        match going_on_by_itself(&question, call).await? {
            Some(proof) => {
                let how = "`settings set --resume on-click` would start a new one";
                call.screen.note(&format!("Proof {proof} was cut off and goes on; {how}."));
                Box::pin(resume::resume(&call.desk, ProofRef { proof }, &call.job())).await?
            }
            None => {
                foretell(&question, call).await;
                Box::pin(prove::prove(&call.desk, question, &call.job())).await?
            }
        }
    };
    let contradictions = told::contradictions(&proof, call).await?;
    call.screen.answer(&json!({ "proof": proof, "contradictions": contradictions.listed }), |screen| {
        told::proof(&proof, &view.organization.name, screen);
        told::contradicting(&contradictions, &proof.proof.tally, &view.organization.name, screen);
    });
    if proof.proof.state == RunState::Interrupted {
        let name = quoted(&view.organization.name);
        call.screen.note(&format!("The proof is paused: `rollcallctl scope prove --org {name} --resume` goes on with it."));
    }
    Ok(Exit::of_proof(&proof))
}

/// Says what a proof will ask, and about how long that takes. A proof waits for neither. Where
/// nobody would read it, nothing is counted.
async fn foretell(ask: &ProveScope, call: &Call) {
    if call.screen.is_quiet() {
        return;
    }
    let &ProveScope { organization, inside, outside, .. } = ask;
    let named = u32::try_from(ask.named.len()).unwrap_or(u32::MAX);
    match foresee::foresee(&call.desk, ForeseeProof { organization, inside, outside, named }, &call.job()).await {
        Ok(foreseen) => call.screen.note(&told::foreseen(&foreseen)),
        // What keeps a proof from running it says itself.
        Err(error) if error.reason.is_some() => {}
        Err(error) => {
            let why = words::of_error(&error).title;
            call.screen.note(&format!("How many mailboxes there are couldn't be counted beforehand: {why}."));
        }
    }
}

/// The proof of the same mailboxes that a crash cut off, where the settings want it to go on by itself.
async fn going_on_by_itself(ask: &ProveScope, call: &Call) -> Result<Option<ProofId>> {
    let same = |proof: &Proof| {
        let Sample { seed, inside, outside, named, .. } = &proof.sample;
        let drawn = (*seed, *inside, *outside) == (ask.seed, ask.inside, ask.outside);
        proof.organization == ask.organization && drawn && *named == ask.named
    };
    let cut_off = cut_off::cut_off(&call.desk, (), &Job::quiet()).await?;
    Ok(cut_off.into_iter().map(|one| one.proof).find(same).map(|proof| proof.id))
}

async fn last(view: &OrganizationView, call: &Call) -> Result<ProofView> {
    let of = OrganizationRef { organization: view.organization.id };
    let proof = show::show(&call.desk, of, &Job::quiet()).await?.proof;
    proof.ok_or_else(|| Error::not_found("the scope of this organization was never proven"))
}
