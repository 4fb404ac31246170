//! Membership rules: whom an organization is to have, now and later.

use clap::{ArgGroup, Args, Subcommand};
use rollcall_core::id::{ObjectId, OrganizationId, RuleId};
use rollcall_core::membership_rule::{Attribute, Condition, RuleAction, RuleOutcome, Test};
use rollcall_ops::error::{Error, Result};
use rollcall_ops::job::Job;
use rollcall_ops::rules;
use rollcall_ops::rules::add::{self, AddRule};
use rollcall_ops::rules::change::{self, ChangeRule};
use rollcall_ops::rules::decide::{self, Decide};
use rollcall_ops::rules::list::{self, RuleView};
use rollcall_ops::rules::order::{self, OrderRules};
use rollcall_ops::rules::proposals::{self, ListProposals};
use rollcall_ops::rules::remove::{self, RuleRef};
use rollcall_ops::tenants::list as tenants;
use rollcall_ops::tenants::sign_in::TenantRef;
use rollcall_ops::users::query::WINDOW_LIMIT;
use serde_json::json;

use crate::call::Call;
use crate::exit::Exit;
use crate::moment::utc_or_dash;
use crate::screen::Screen;
use crate::table::{Column, Paint, Table};
use crate::text::{count, counted};
use crate::users::import::group;
use crate::{names, words};

#[derive(Subcommand)]
pub enum Rules {
    /// Say whom an organization is to have
    Add(Add),
    /// List the rules in the order in which they win
    List(OfTenant),
    /// Change whom a rule wants, or what becomes of them
    Change(Change),
    /// Remove a rule; whoever came by it stays
    Remove(Which),
    /// Put all rules of a tenant into this order: the first one that wants somebody wins
    Order(Order),
    /// Find whoever fits now
    Run(Run),
    /// List whom rules propose for an organization
    Proposals(Proposals),
    /// Bring proposed people in
    Accept(Decision),
    /// Decline proposed people; no rule proposes them again for this organization
    Decline(Decision),
    /// Propose people again who were declined
    Reconsider(Decision),
}

#[derive(Args)]
#[command(group(ArgGroup::new("whom").args(["attribute", "group"]).required(true)))]
#[command(group(ArgGroup::new("test").args(["is", "starts_with"])))]
struct Whom {
    /// What of a person is looked at
    #[arg(long, requires = "test", value_name = "ATTRIBUTE", value_parser = attribute)]
    attribute: Option<Attribute>,
    /// With --attribute: one of these, told apart by commas
    #[arg(long, value_delimiter = ',', requires = "attribute", value_name = "VALUE")]
    is: Vec<String>,
    /// With --attribute: how it begins
    #[arg(long, requires = "attribute", value_name = "TEXT")]
    starts_with: Option<String>,
    /// The members of a group, by its name or object id
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// With --group: those of groups inside it too
    #[arg(long, requires = "group")]
    nested: bool,
    /// Bring them in without asking
    #[arg(long)]
    add: bool,
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    of: names::Organization,
    #[command(flatten)]
    whom: Whom,
}

#[derive(Args)]
pub struct OfTenant {
    /// The tenant's name
    #[arg(long, value_name = "NAME")]
    tenant: String,
}

#[derive(Args)]
pub struct Change {
    /// The rule's number
    #[arg(value_name = "NUMBER")]
    rule: RuleId,
    /// The organization that it belongs to
    #[command(flatten)]
    of: names::Organization,
    #[command(flatten)]
    whom: Whom,
}

#[derive(Args)]
pub struct Which {
    /// The rule's number
    #[arg(value_name = "NUMBER")]
    rule: RuleId,
}

#[derive(Args)]
pub struct Order {
    #[command(flatten)]
    of: OfTenant,
    /// The numbers of all rules, the first that wins first
    #[arg(required = true, value_name = "NUMBER")]
    rules: Vec<RuleId>,
}

#[derive(Args)]
pub struct Run {
    /// Only in this tenant; without it, in every one that somebody is signed in to
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

#[derive(Args)]
pub struct Proposals {
    #[command(flatten)]
    of: names::Organization,
    /// Those who were declined
    #[arg(long)]
    declined: bool,
}

#[derive(Args)]
#[command(group(ArgGroup::new("people").args(["all", "upns"]).required(true)))]
pub struct Decision {
    #[command(flatten)]
    of: names::Organization,
    /// Everybody on the list
    #[arg(long)]
    all: bool,
    /// User principal names
    #[arg(value_name = "UPN")]
    upns: Vec<String>,
}

fn attribute(text: &str) -> std::result::Result<Attribute, String> {
    let known = Attribute::ALL.into_iter().find(|one| one.name() == text.trim());
    known.ok_or_else(|| format!("it is one of {}", Attribute::ALL.map(Attribute::name).join(", ")))
}

/// Does what is asked of rules.
///
/// # Errors
/// Those of the verbs.
pub async fn run(ask: Rules, call: &Call) -> Result<Exit> {
    match ask {
        Rules::Add(ask) => add(ask, call).await,
        Rules::List(ask) => {
            let tenant = names::tenant(call, &ask.tenant).await?.tenant.id;
            let rules = list::list(&call.desk, TenantRef { tenant }, &Job::quiet()).await?;
            show(&rules, call);
            Ok(Exit::Fine)
        }
        Rules::Change(ask) => change(ask, call).await,
        Rules::Remove(Which { rule }) => {
            remove::remove(&call.desk, RuleRef { rule }, &call.job()).await?;
            call.screen
                .answer(&json!({ "removed": rule }), |screen| screen.line(&format!("Removed rule {rule}. Whoever came by it stays.")));
            Ok(Exit::Fine)
        }
        Rules::Order(ask) => {
            let tenant = names::tenant(call, &ask.of.tenant).await?.tenant.id;
            let rules = order::order(&call.desk, OrderRules { tenant, rules: ask.rules }, &call.job()).await?;
            show(&rules, call);
            Ok(Exit::Fine)
        }
        Rules::Run(ask) => evaluate(&ask, call).await,
        Rules::Proposals(ask) => list_proposals(&ask, call).await,
        Rules::Accept(ask) => accept(&ask, call).await,
        Rules::Decline(ask) => {
            let declined = decide::decline(&call.desk, meant(&ask, false, call).await?, &call.job()).await?;
            call.screen.answer(&declined, |screen| screen.line(&format!("{} declined.", counted(declined.users, "person", "people"))));
            Ok(Exit::Fine)
        }
        Rules::Reconsider(ask) => {
            let asked = decide::reconsider(&call.desk, meant(&ask, true, call).await?, &call.job()).await?;
            call.screen.answer(&asked, |screen| screen.line(&format!("{} proposed again.", counted(asked.users, "person", "people"))));
            Ok(Exit::Fine)
        }
    }
}

async fn add(ask: Add, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?.organization;
    let (condition, action) = whom(ask.whom, organization.id, call).await?;
    let rule = add::add(&call.desk, AddRule { organization: organization.id, condition, action }, &call.job()).await?;
    call.screen.answer(&rule, |screen| {
        screen.line(&format!("Rule {} of {}: {}.", rule.id, organization.name, words::of_condition(&rule.condition)));
        screen.line("Next: rollcallctl rules run");
    });
    Ok(Exit::Fine)
}

async fn change(ask: Change, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?.organization;
    let (condition, action) = whom(ask.whom, organization.id, call).await?;
    let rule = change::change(&call.desk, ChangeRule { rule: ask.rule, condition, action }, &call.job()).await?;
    call.screen.answer(&rule, |screen| screen.line(&format!("Rule {}: {}.", rule.id, words::of_condition(&rule.condition))));
    Ok(Exit::Fine)
}

async fn whom(ask: Whom, organization: OrganizationId, call: &Call) -> Result<(Condition, RuleAction)> {
    let action = if ask.add { RuleAction::Add } else { RuleAction::Propose };
    let condition = match (ask.attribute, ask.starts_with, ask.group) {
        (Some(attribute), Some(value), _) => Condition::Attribute { attribute, is: Test::StartsWith { value } },
        (Some(attribute), None, _) => Condition::Attribute { attribute, is: Test::OneOf { values: ask.is } },
        (None, _, Some(name)) => {
            let group: ObjectId = group(&name, organization, call).await?;
            Condition::Group { group, name, nested: ask.nested }
        }
        (None, _, None) => return Err(Error::input("rule", "say whom it wants, by --attribute or --group")),
    };
    Ok((condition, action))
}

async fn evaluate(ask: &Run, call: &Call) -> Result<Exit> {
    match &ask.tenant {
        Some(name) => {
            let tenant = names::tenant(call, name).await?.tenant.id;
            let rules = Box::pin(rules::evaluate::evaluate(&call.desk, TenantRef { tenant }, &call.job())).await?;
            show(&rules, call);
            Ok(Exit::Fine)
        }
        None => {
            let told = Box::pin(rules::evaluate_all(&call.desk, &call.job())).await?;
            let tenants = tenants::list(&call.desk, (), &Job::quiet()).await?;
            let name = |id| tenants.iter().find(|view| view.tenant.id == id).map_or("", |view| view.tenant.name.as_str());
            call.screen.answer(&told, |screen| {
                if told.is_empty() {
                    screen.line("No tenant that somebody is signed in to has a rule.");
                }
                for one in &told {
                    match &one.error {
                        None => {
                            screen.line(&format!("{}: {} proposed, {} added.", name(one.tenant), count(one.proposed), count(one.added)))
                        }
                        Some(error) => screen.painted(&format!("{}: {}.", name(one.tenant), words::of_error(error).title), Paint::Bad),
                    }
                }
            });
            Ok(if told.iter().all(|one| one.error.is_none()) { Exit::Fine } else { Exit::Incomplete })
        }
    }
}

fn show(rules: &[RuleView], call: &Call) {
    call.screen.answer(&rules, |screen| {
        if rules.is_empty() {
            return screen.line("There is no rule yet. `rollcallctl rules add --help` says how.");
        }
        let mut table = Table::new([
            Column::Right("rule"),
            Column::Left("organization"),
            Column::Flexible("whom"),
            Column::Left("then"),
            Column::Flexible("what came of it"),
            Column::Spare("as of"),
        ]);
        for view in rules {
            let outcome = view.rule.outcome.as_ref();
            table.row([
                view.rule.id.to_string().into(),
                view.organization_name.as_str().into(),
                words::of_condition(&view.rule.condition).into(),
                view.rule.action.name().into(),
                outcome.map_or_else(|| "never run".to_owned(), came_of_it).into(),
                utc_or_dash(outcome.map(|outcome| outcome.at)).into(),
            ]);
        }
        screen.table(&table);
        lost(rules, screen);
    });
}

fn came_of_it(outcome: &RuleOutcome) -> String {
    if outcome.group_gone {
        return "the group isn't there any more".to_owned();
    }
    let parts = [
        (outcome.proposed, "proposed"),
        (outcome.added, "added"),
        (outcome.here, "here"),
        (outcome.elsewhere, "in another organization"),
        (outcome.declined, "declined"),
    ];
    let told: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(n))).collect();
    if told.is_empty() {
        format!("{} fit", count(outcome.matching))
    } else {
        format!("{} fit: {}", count(outcome.matching), told.join(", "))
    }
}

/// Says which rules want the same people.
fn lost(rules: &[RuleView], screen: &Screen) {
    for view in rules {
        for lost in view.rule.outcome.iter().flat_map(|outcome| &outcome.lost) {
            screen.painted(
                &format!(
                    "Rule {} doesn't get {}: rule {} comes first. `rules order` changes that.",
                    view.rule.id,
                    counted(lost.users, "person", "people"),
                    lost.to
                ),
                Paint::Open,
            );
        }
    }
}

async fn list_proposals(ask: &Proposals, call: &Call) -> Result<Exit> {
    let organization = ask.of.find(call).await?.organization.id;
    let mut rows = Vec::new();
    loop {
        let offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let question = ListProposals { organization, declined: ask.declined, offset, limit: WINDOW_LIMIT };
        let page = proposals::proposals(&call.desk, question, &Job::quiet()).await?;
        if page.rows.is_empty() {
            break;
        }
        rows.extend(page.rows);
    }
    call.screen.answer(&rows, |screen| {
        if rows.is_empty() {
            return screen.line(if ask.declined { "Nobody was declined." } else { "Nobody is proposed." });
        }
        let mut table =
            Table::new([Column::Left("user principal name"), Column::Flexible("name"), Column::Right("rule"), Column::Spare("since")]);
        for row in &rows {
            table.row([
                row.upn.as_str().into(),
                row.display_name.as_str().into(),
                row.rule.map_or_else(|| "–".to_owned(), |rule| rule.to_string()).into(),
                row.at.utc().into(),
            ]);
        }
        screen.table(&table);
    });
    Ok(Exit::Fine)
}

async fn accept(ask: &Decision, call: &Call) -> Result<Exit> {
    let imported = Box::pin(decide::accept(&call.desk, meant(ask, false, call).await?, &call.job())).await?;
    call.screen.answer(&imported, |screen| {
        screen.line(&format!("{} brought in.", counted(imported.new, "user", "users")));
        if imported.elsewhere > 0 {
            screen.line(&format!("{} in another organization by now.", counted(imported.elsewhere, "is", "are")));
        }
        for upn in &imported.unmatched {
            screen.painted(&format!("{upn} isn't in the directory any more."), Paint::Open);
        }
    });
    Ok(if imported.unmatched.is_empty() { Exit::Fine } else { Exit::Incomplete })
}

async fn meant(ask: &Decision, declined: bool, call: &Call) -> Result<Decide> {
    let organization = ask.of.find(call).await?.organization.id;
    if ask.all {
        return Ok(Decide { organization, users: None });
    }
    let mut open: Vec<String> = ask.upns.iter().map(|upn| upn.to_lowercase()).collect();
    let (mut users, mut offset) = (Vec::new(), 0);
    loop {
        let question = ListProposals { organization, declined, offset, limit: WINDOW_LIMIT };
        let page = proposals::proposals(&call.desk, question, &Job::quiet()).await?;
        if page.rows.is_empty() {
            break;
        }
        for row in page.rows {
            if let Some(at) = open.iter().position(|upn| *upn == row.upn.to_lowercase()) {
                open.swap_remove(at);
                users.push(row.object_id);
            }
        }
        offset += WINDOW_LIMIT;
    }
    match open.first() {
        Some(upn) => Err(Error::not_found(format!("{upn} is not on the list; `rules proposals` has them all"))),
        None => Ok(Decide { organization, users: Some(users) }),
    }
}
