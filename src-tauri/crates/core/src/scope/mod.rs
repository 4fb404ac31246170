//! The access scope: whose mailboxes an integration may reach, by which mechanism of Exchange, and what follows from that. Facts are
//! those of "Role Based Access Control for Applications in Exchange Online" and "Limit application permissions to mailboxes".

pub mod basis;
pub mod clock;
pub mod cmdlet;
pub mod cover;
pub mod finding;
pub mod plan;
pub mod powershell;
pub mod present;
pub mod printed;
pub mod sample;
pub mod warning;
pub mod why;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::group::GroupKind;
use crate::id::ObjectId;

/// By what Exchange limits an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// RBAC for Applications with a management scope, whose filter names a group.
    ManagementScope,
    /// RBAC for Applications with an administrative unit.
    AdministrativeUnit,
    /// The older application access policy.
    AccessPolicy,
}

impl Mechanism {
    /// All of them, the one to be preferred first.
    pub const ALL: [Self; 3] = [Self::ManagementScope, Self::AdministrativeUnit, Self::AccessPolicy];

    /// The name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ManagementScope => "management_scope",
            Self::AdministrativeUnit => "administrative_unit",
            Self::AccessPolicy => "access_policy",
        }
    }

    /// Whether it grants by itself: then what Entra has granted for the whole tenant adds to it.
    #[must_use]
    pub const fn is_rbac(self) -> bool {
        match self {
            Self::ManagementScope | Self::AdministrativeUnit => true,
            Self::AccessPolicy => false,
        }
    }

    /// Whether members of groups inside the group count.
    #[must_use]
    pub const fn counts_nested(self) -> bool {
        match self {
            Self::ManagementScope | Self::AdministrativeUnit => false,
            Self::AccessPolicy => true,
        }
    }
}

/// Whom the members of the unit are, to the integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ScopeRule")]
pub enum Rule {
    /// Only they may be reached.
    OnlyMembers,
    /// They may not be reached, everybody else may.
    AllButMembers,
}

impl Rule {
    const fn only_members() -> Self {
        Self::OnlyMembers
    }
}

/// What kind of unit people are collected in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "group", rename_all = "snake_case")]
pub enum UnitKind {
    Group(GroupKind),
    AdministrativeUnit,
}

/// The group or administrative unit of a scope, with the name that it had when it was last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ScopeUnit")]
pub struct Unit {
    pub id: ObjectId,
    pub name: String,
    pub of: UnitKind,
}

/// A limit of the integration's reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ScopeLimit")]
pub struct Limit {
    pub rule: Rule,
    pub mechanism: Mechanism,
    pub unit: Unit,
}

/// Who the integration is to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "DesiredScope")]
pub enum Desired {
    Everyone,
    Limited { limit: Limit },
}

impl Desired {
    /// Whether both want the same; a group is the same by whatever name.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let what = |limit: &Limit| (limit.rule, limit.mechanism, limit.unit.id);
        self.limit().map(what) == other.limit().map(what)
    }

    /// The limit, where there is one.
    #[must_use]
    pub const fn limit(&self) -> Option<&Limit> {
        match self {
            Self::Everyone => None,
            Self::Limited { limit } => Some(limit),
        }
    }
}

/// Why a limit can't be made so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// An access policy takes mail-enabled security groups only.
    NeedsMailEnabledSecurityGroup,
    /// Exchange has no recipient for a security group without an address, so that no filter can name it.
    GroupUnknownToExchange,
    /// The mechanism goes by administrative units, the unit is a group; or the other way round.
    OtherUnit,
    /// An administrative unit can only allow: there is no deny in RBAC for Applications.
    UnitCannotBlock,
}

/// Checks that the mechanism can do what is wanted.
///
/// # Errors
/// [`Unfit`] says why it can't.
pub const fn check(limit: &Limit) -> Result<(), Unfit> {
    match (limit.mechanism, limit.unit.of, limit.rule) {
        (Mechanism::AdministrativeUnit, UnitKind::Group(_), _)
        | (Mechanism::ManagementScope | Mechanism::AccessPolicy, UnitKind::AdministrativeUnit, _) => Err(Unfit::OtherUnit),
        (Mechanism::AdministrativeUnit, UnitKind::AdministrativeUnit, Rule::AllButMembers) => Err(Unfit::UnitCannotBlock),
        (Mechanism::ManagementScope, UnitKind::Group(GroupKind::Security), _) => Err(Unfit::GroupUnknownToExchange),
        (Mechanism::AccessPolicy, UnitKind::Group(GroupKind::Security | GroupKind::Microsoft365 | GroupKind::Distribution), _) => {
            Err(Unfit::NeedsMailEnabledSecurityGroup)
        }
        (Mechanism::AdministrativeUnit, UnitKind::AdministrativeUnit, Rule::OnlyMembers)
        | (
            Mechanism::ManagementScope,
            UnitKind::Group(GroupKind::MailEnabledSecurity | GroupKind::Microsoft365 | GroupKind::Distribution),
            _,
        )
        | (Mechanism::AccessPolicy, UnitKind::Group(GroupKind::MailEnabledSecurity), _) => Ok(()),
    }
}

/// Who is in the unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    pub direct: BTreeSet<ObjectId>,
    /// Those of groups inside it, and the direct ones.
    pub nested: BTreeSet<ObjectId>,
}

impl Members {
    /// Those whom the mechanism counts.
    #[must_use]
    pub const fn counted(&self, mechanism: Mechanism) -> &BTreeSet<ObjectId> {
        if mechanism.counts_nested() { &self.nested } else { &self.direct }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> Count {
        let of = |set: &BTreeSet<ObjectId>| u32::try_from(set.len()).unwrap_or(u32::MAX);
        Count { direct: of(&self.direct), nested: of(&self.nested) }
    }
}

/// How many members a unit has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub direct: u32,
    /// Those of groups inside it, and the direct ones.
    pub nested: u32,
}

impl Count {
    /// How many of them the mechanism counts.
    #[must_use]
    pub const fn counted(self, mechanism: Mechanism) -> u32 {
        if mechanism.counts_nested() { self.nested } else { self.direct }
    }
}

/// What should be known about a limit before it is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ScopeRemark")]
pub enum Remark {
    /// So many are members through a group inside the group, and the mechanism doesn't count them.
    NestedLeftOut { users: u32 },
    /// So many are members of the excluded group through a group inside it. The mechanism doesn't count them, so they are reached,
    /// whom a policy that denies would keep out.
    NestedReached { users: u32 },
    /// So many are members through a group inside the group, and this mechanism counts them; RBAC for Applications wouldn't.
    NestedCounted { users: u32 },
    /// Nobody is in it by this mechanism: with an allow list nobody is reached, with a block list nobody is kept out.
    Empty {
        // What was read before the rule was kept beside it is of an allow list as a rule.
        #[serde(default = "Rule::only_members")]
        rule: Rule,
    },
    /// Microsoft asks not to create new access policies.
    PolicyIsLegacy,
    /// RBAC for Applications knows no deny: the filter of the scope is turned round instead.
    TurnedRound,
}

/// All that should be known about a limit whose unit has so many members.
#[must_use]
pub fn remarks(limit: &Limit, members: Count) -> Vec<Remark> {
    let users = members.nested.saturating_sub(members.direct);
    let nested = (users > 0).then_some(match limit.rule {
        _ if limit.mechanism.counts_nested() => Remark::NestedCounted { users },
        Rule::OnlyMembers => Remark::NestedLeftOut { users },
        Rule::AllButMembers => Remark::NestedReached { users },
    });
    let empty = (members.counted(limit.mechanism) == 0).then_some(Remark::Empty { rule: limit.rule });
    let legacy = (limit.mechanism == Mechanism::AccessPolicy).then_some(Remark::PolicyIsLegacy);
    let turned = (limit.mechanism == Mechanism::ManagementScope && limit.rule == Rule::AllButMembers).then_some(Remark::TurnedRound);
    [empty, nested, turned, legacy].into_iter().flatten().collect()
}

/// Whether a mailbox is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ScopeSide")]
pub enum Expected {
    /// It must answer.
    Inside,
    /// It must be refused.
    Outside,
}

impl Expected {
    /// The name used in JSON, in the database and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Outside => "outside",
        }
    }
}

/// What a mailbox must do.
#[must_use]
pub fn expect(desired: &Desired, members: &Members, mailbox: ObjectId) -> Expected {
    let inside = match desired {
        Desired::Everyone => true,
        Desired::Limited { limit } => members.counted(limit.mechanism).contains(&mailbox) == (limit.rule == Rule::OnlyMembers),
    };
    if inside { Expected::Inside } else { Expected::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> ObjectId {
        ObjectId(uuid::Uuid::from_u128(n))
    }

    fn limit(rule: Rule, mechanism: Mechanism, of: UnitKind) -> Limit {
        Limit { rule, mechanism, unit: Unit { id: id(1), name: "Integration Scope".to_owned(), of } }
    }

    const MAIL_ENABLED: UnitKind = UnitKind::Group(GroupKind::MailEnabledSecurity);

    #[test]
    fn who_is_inside_depends_on_what_the_mechanism_counts() {
        let members = Members { direct: [id(1)].into(), nested: [id(1), id(2)].into() };
        let of = |rule, mechanism, mailbox| {
            expect(&Desired::Limited { limit: limit(rule, mechanism, MAIL_ENABLED) }, &members, id(mailbox)).name()
        };
        for (rule, mechanism, wanted) in [
            (Rule::OnlyMembers, Mechanism::ManagementScope, ["inside", "outside", "outside"]),
            (Rule::OnlyMembers, Mechanism::AccessPolicy, ["inside", "inside", "outside"]),
            (Rule::AllButMembers, Mechanism::ManagementScope, ["outside", "inside", "inside"]),
            (Rule::AllButMembers, Mechanism::AccessPolicy, ["outside", "outside", "inside"]),
        ] {
            assert_eq!([1, 2, 3].map(|mailbox| of(rule, mechanism, mailbox)), wanted, "{rule:?} by {mechanism:?}");
        }
        assert_eq!(expect(&Desired::Everyone, &members, id(3)), Expected::Inside);
    }

    #[test]
    fn the_difference_that_nesting_makes_is_said() {
        let members = Members { direct: [id(1)].into(), nested: [id(1), id(2)].into() };
        let of = |mechanism| remarks(&limit(Rule::OnlyMembers, mechanism, MAIL_ENABLED), members.count());
        assert_eq!(of(Mechanism::ManagementScope), [Remark::NestedLeftOut { users: 1 }]);
        assert_eq!(of(Mechanism::AccessPolicy), [Remark::NestedCounted { users: 1 }, Remark::PolicyIsLegacy]);
        let kept_out = remarks(&limit(Rule::AllButMembers, Mechanism::ManagementScope, MAIL_ENABLED), members.count());
        assert_eq!(kept_out, [Remark::NestedReached { users: 1 }, Remark::TurnedRound]);
        let nobody = remarks(&limit(Rule::AllButMembers, Mechanism::ManagementScope, MAIL_ENABLED), Count::default());
        assert_eq!(nobody, [Remark::Empty { rule: Rule::AllButMembers }, Remark::TurnedRound]);
        let by_nesting = Count { direct: 0, nested: 26 };
        let found = remarks(&limit(Rule::OnlyMembers, Mechanism::ManagementScope, MAIL_ENABLED), by_nesting);
        assert_eq!(found, [Remark::Empty { rule: Rule::OnlyMembers }, Remark::NestedLeftOut { users: 26 }]);
        let before: Remark = serde_json::from_str(r#"{"kind":"empty"}"#).unwrap();
        assert_eq!(before, Remark::Empty { rule: Rule::OnlyMembers }, "what an earlier Rollcall has kept is read still");
    }

    #[test]
    fn a_mechanism_is_given_only_what_it_can_take() {
        let of = |rule, mechanism, unit| check(&limit(rule, mechanism, unit)).err();
        let (only, but) = (Rule::OnlyMembers, Rule::AllButMembers);
        for (rule, mechanism, unit, wanted) in [
            (only, Mechanism::AccessPolicy, UnitKind::Group(GroupKind::Microsoft365), Some(Unfit::NeedsMailEnabledSecurityGroup)),
            (but, Mechanism::AccessPolicy, MAIL_ENABLED, None),
            (only, Mechanism::ManagementScope, UnitKind::Group(GroupKind::Security), Some(Unfit::GroupUnknownToExchange)),
            (only, Mechanism::ManagementScope, UnitKind::AdministrativeUnit, Some(Unfit::OtherUnit)),
            (only, Mechanism::AdministrativeUnit, UnitKind::AdministrativeUnit, None),
            (but, Mechanism::AdministrativeUnit, UnitKind::AdministrativeUnit, Some(Unfit::UnitCannotBlock)),
        ] {
            assert_eq!(of(rule, mechanism, unit), wanted, "{rule:?} {mechanism:?} {unit:?}");
        }
    }
}
