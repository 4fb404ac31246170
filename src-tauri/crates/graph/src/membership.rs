//! Those who fit a membership rule: asked of the directory, which finds them by itself.

use rollcall_core::membership_rule::{Attribute, Condition, Test};
use rollcall_core::user::DirectoryUser;
use tokio_util::sync::CancellationToken;

use crate::groups::{self, Members};
use crate::pages::Pages;
use crate::send::Graph;
use crate::users;

/// The users that a condition fits.
#[must_use]
pub fn fitting(graph: &Graph, condition: &Condition, stop: &CancellationToken) -> Pages<DirectoryUser> {
    match condition {
        Condition::Attribute { attribute, is } => users::pages(graph, Some(&filter(*attribute, is)), stop),
        Condition::Group { group, nested, .. } => {
            groups::members(graph, *group, if *nested { Members::Transitive } else { Members::Direct }, stop)
        }
    }
}

/// The condition as an OData filter of `/users`.
fn filter(attribute: Attribute, is: &Test) -> String {
    let property = match attribute {
        Attribute::Department => "department",
        Attribute::JobTitle => "jobTitle",
        Attribute::Country => "country",
        Attribute::UsageLocation => "usageLocation",
        Attribute::CompanyName => "companyName",
        Attribute::Domain => {
            return either(is, |domain| {
                let ending = literal(&format!("@{domain}"));
                format!("endswith(userPrincipalName,{ending}) or endswith(mail,{ending})")
            });
        }
    };
    match is {
        Test::OneOf { .. } => either(is, |value| format!("{property} eq {}", literal(value))),
        Test::StartsWith { value } => format!("startswith({property},{})", literal(value)),
    }
}

fn either(is: &Test, one: impl Fn(&str) -> String) -> String {
    match is {
        Test::OneOf { values } => values.iter().map(|value| one(value)).collect::<Vec<_>>().join(" or "),
        Test::StartsWith { value } => one(value),
    }
}

/// A text within a filter: quotes are doubled ("Use the $filter query parameter").
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_asked_of_the_directory_and_no_value_leaves_its_quotes() {
        let one_of = |values: &[&str]| Test::OneOf { values: values.iter().map(|&value| value.to_owned()).collect() };
        assert_eq!(
            filter(Attribute::Department, &one_of(&["Sales", "O'Neil' or 1 eq 1"])),
            "department eq 'Sales' or department eq 'O''Neil'' or 1 eq 1'"
        );
        assert_eq!(filter(Attribute::JobTitle, &Test::StartsWith { value: "Sales ".into() }), "startswith(jobTitle,'Sales ')");
        assert_eq!(
            filter(Attribute::Domain, &one_of(&["contoso.example"])),
            "endswith(userPrincipalName,'@contoso.example') or endswith(mail,'@contoso.example')"
        );
    }
}
