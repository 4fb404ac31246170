//! A membership rule: whom an organization is to have, now and later. Whoever of the directory fits is proposed, or comes in by itself;
//! where rules of several organizations want the same person, the first in the admin's order wins and the other is told.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{ObjectId, OrganizationId, RuleId};
use crate::time::Timestamp;

/// The most values that the directory compares one attribute with.
pub const MOST_VALUES: usize = 15;
/// Characters of a value.
const LONGEST: usize = 256;

/// What of a person is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    Department,
    JobTitle,
    Country,
    UsageLocation,
    CompanyName,
    /// The domain of the principal name or of the primary address.
    Domain,
}

impl Attribute {
    /// All of them, in the order in which screens list them.
    pub const ALL: [Self; 6] = [Self::Department, Self::JobTitle, Self::Country, Self::UsageLocation, Self::CompanyName, Self::Domain];

    /// The name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::JobTitle => "job_title",
            Self::Country => "country",
            Self::UsageLocation => "usage_location",
            Self::CompanyName => "company_name",
            Self::Domain => "domain",
        }
    }
}

/// What it is compared with, whatever the case of letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "test", rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    OneOf { values: Vec<String> },
    StartsWith { value: String },
}

/// Who fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    Attribute {
        attribute: Attribute,
        is: Test,
    },
    /// The members of a group; those of groups inside it too, where `nested`. The name is what it was called when it was chosen.
    Group {
        group: ObjectId,
        name: String,
        nested: bool,
    },
}

/// What becomes of those who fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RuleAction {
    /// They wait for the admin's word.
    Propose,
    /// They come in by themselves.
    Add,
}

impl RuleAction {
    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Propose => "propose",
            Self::Add => "add",
        }
    }
}

/// Why a condition can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCondition {
    #[error("name at least one value")]
    Empty,
    #[error("name at most {MOST_VALUES} values; use a second rule for the rest")]
    TooMany,
    #[error("a value is longer than {LONGEST} characters, or has control characters")]
    BadValue,
    #[error("it is not a domain, such as contoso.com")]
    BadDomain,
    #[error("a domain is compared as a whole")]
    DomainBeginning,
}

impl Condition {
    /// The condition with its values trimmed, each once.
    ///
    /// # Errors
    /// [`BadCondition`].
    pub fn checked(self) -> Result<Self, BadCondition> {
        match self {
            Self::Group { .. } => Ok(self),
            Self::Attribute { attribute: Attribute::Domain, is: Test::StartsWith { .. } } => Err(BadCondition::DomainBeginning),
            Self::Attribute { attribute, is: Test::StartsWith { value } } => {
                Ok(Self::Attribute { attribute, is: Test::StartsWith { value: plain(attribute, &value)? } })
            }
            Self::Attribute { attribute, is: Test::OneOf { values } } => {
                let mut checked: Vec<String> = Vec::new();
                for value in values.iter().filter(|value| !value.trim().is_empty()) {
                    let value = plain(attribute, value)?;
                    if !checked.iter().any(|known| known.to_lowercase() == value.to_lowercase()) {
                        checked.push(value);
                    }
                }
                match checked.len() {
                    0 => Err(BadCondition::Empty),
                    1..=MOST_VALUES => Ok(Self::Attribute { attribute, is: Test::OneOf { values: checked } }),
                    _ => Err(BadCondition::TooMany),
                }
            }
        }
    }
}

fn plain(attribute: Attribute, value: &str) -> Result<String, BadCondition> {
    let value = value.trim();
    if value.is_empty() {
        return Err(BadCondition::Empty);
    }
    if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
        return Err(BadCondition::BadValue);
    }
    match attribute {
        Attribute::Domain => {
            let domain = value.trim_start_matches('@').to_lowercase();
            let fits = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
            let known = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
            if fits && domain.chars().all(known) { Ok(domain) } else { Err(BadCondition::BadDomain) }
        }
        Attribute::Department | Attribute::JobTitle | Attribute::Country | Attribute::UsageLocation | Attribute::CompanyName => {
            Ok(value.to_owned())
        }
    }
}

/// A rule as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MembershipRule {
    pub id: RuleId,
    pub organization: OrganizationId,
    pub condition: Condition,
    pub action: RuleAction,
    pub created: Timestamp,
    /// What came of it when it was evaluated last.
    pub outcome: Option<RuleOutcome>,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuleOutcome {
    pub at: Timestamp,
    /// Users that fit.
    pub matching: u32,
    /// Those who are in the organization already, or were claimed for it by an earlier rule.
    pub here: u32,
    /// Those who stay in another organization.
    pub elsewhere: u32,
    /// Those whom the admin has declined.
    pub declined: u32,
    pub proposed: u32,
    pub added: u32,
    /// Those whom an earlier rule of another organization has got.
    pub lost: Vec<Lost>,
    /// Whether the group isn't there any more.
    pub group_gone: bool,
}

/// How many an earlier rule has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Lost {
    pub to: RuleId,
    pub organization: OrganizationId,
    pub users: u32,
}

/// Whom a rule wants.
#[derive(Debug, Clone)]
pub struct Claim {
    pub rule: RuleId,
    pub organization: OrganizationId,
    pub users: Vec<ObjectId>,
}

/// What a claim comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Award {
    /// Those whom the rule gets.
    pub won: Vec<ObjectId>,
    pub here: u32,
    pub elsewhere: u32,
    pub declined: u32,
    pub lost: Vec<Lost>,
}

/// Gives each person to the first claim, in their order. Who is in an organization stays there; who was declined for one is free for
/// the others.
pub fn award(
    claims: &[Claim],
    place: impl Fn(ObjectId) -> Option<OrganizationId>,
    declined: impl Fn(OrganizationId, ObjectId) -> bool,
) -> Vec<Award> {
    let mut taken: HashMap<ObjectId, (RuleId, OrganizationId)> = HashMap::new();
    let mut judge = |claim: &Claim| {
        let mut award = Award::default();
        let mut lost: BTreeMap<(RuleId, OrganizationId), u32> = BTreeMap::new();
        for &user in &claim.users {
            match place(user) {
                Some(organization) if organization == claim.organization => award.here += 1,
                Some(_) => award.elsewhere += 1,
                None if declined(claim.organization, user) => award.declined += 1,
                None => match taken.get(&user) {
                    Some((_, organization)) if *organization == claim.organization => award.here += 1,
                    Some(winner) => *lost.entry(*winner).or_insert(0) += 1,
                    None => {
                        taken.insert(user, (claim.rule, claim.organization));
                        award.won.push(user);
                    }
                },
            }
        }
        award.lost = lost.into_iter().map(|((to, organization), users)| Lost { to, organization, users }).collect();
        award
    };
    claims.iter().map(&mut judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u128) -> ObjectId {
        ObjectId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn the_first_rule_in_the_order_wins_and_the_other_is_told() {
        let claim = |rule, organization, users: &[u128]| Claim {
            rule: RuleId(rule),
            organization: OrganizationId(organization),
            users: users.iter().map(|&n| user(n)).collect(),
        };
        let claims = [claim(7, 1, &[1, 2, 3]), claim(3, 2, &[2, 3, 4, 5, 6]), claim(9, 1, &[3, 4])];
        let place = |id: ObjectId| match id.0.as_u128() {
            1 => Some(OrganizationId(1)),
            5 => Some(OrganizationId(1)),
            _ => None,
        };
        let awards = award(&claims, place, |organization, id| organization == OrganizationId(2) && id == user(6));
        assert_eq!(awards[0], Award { won: vec![user(2), user(3)], here: 1, ..Award::default() });
        let lost = |to, organization, users| Lost { to: RuleId(to), organization: OrganizationId(organization), users };
        assert_eq!(awards[1], Award { won: vec![user(4)], elsewhere: 1, declined: 1, lost: vec![lost(7, 1, 2)], ..Award::default() });
        assert_eq!(
            awards[2],
            Award { here: 1, lost: vec![lost(3, 2, 1)], ..Award::default() },
            "two rules of one organization are no conflict"
        );
    }

    #[test]
    fn who_was_declined_for_one_organization_is_free_for_the_next() {
        let claim = |organization| Claim { rule: RuleId(organization), organization: OrganizationId(organization), users: vec![user(1)] };
        let awards = award(&[claim(1), claim(2)], |_| None, |organization, _| organization == OrganizationId(1));
        assert_eq!((awards[0].declined, awards[1].won.len()), (1, 1));
    }

    #[test]
    fn a_condition_is_trimmed_or_refused() {
        let one_of = |attribute, values: &[&str]| {
            Condition::Attribute { attribute, is: Test::OneOf { values: values.iter().map(|&value| value.to_owned()).collect() } }.checked()
        };
        let kept = one_of(Attribute::Department, &[" Sales ", "SALES", "", "Marketing"]);
        assert_eq!(kept, one_of(Attribute::Department, &["Sales", "Marketing"]));
        assert_eq!(one_of(Attribute::Domain, &["@Contoso.COM"]), one_of(Attribute::Domain, &["contoso.com"]));
        for bad in ["contoso", "a b.com", ".com", "x') or true"] {
            assert_eq!(one_of(Attribute::Domain, &[bad]), Err(BadCondition::BadDomain), "{bad}");
        }
        assert_eq!(one_of(Attribute::Country, &[" "]), Err(BadCondition::Empty));
        assert_eq!(one_of(Attribute::Country, &["a\u{0}"]), Err(BadCondition::BadValue));
        let many: Vec<String> = (0..16).map(|n| n.to_string()).collect();
        assert_eq!(one_of(Attribute::Country, &many.iter().map(String::as_str).collect::<Vec<_>>()), Err(BadCondition::TooMany));
    }
}
