/// Trouble that befalls requests to one route of the directory: reads and writes of consent, policies, logs and the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteFault {
    route: String,
    about: Option<String>,
    trouble: Trouble,
    left: Option<u32>,
}

/// What happens to such a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 403 Authorization_RequestDenied, whatever the token holds.
    Forbidden,
    /// 429 with this many seconds in `Retry-After`.
    Throttled { retry_after: u32 },
    /// 503 serviceNotAvailable without a time.
    Unavailable,
    /// 200, and JSON that ends in the middle. Inside a batch the whole batch ends there.
    CutOff,
    /// It is done, yet the connection closes before the answer. A batch has no response for it.
    DoneUnanswered,
    /// It is not done, and the connection closes without an answer. A batch has no response for it.
    UndoneUnanswered,
}

impl RouteFault {
    /// Trouble on every request to a route, named as [`Sandbox::counts`](crate::Sandbox::counts) does:
    /// `GET /servicePrincipals/{sp}/oauth2PermissionGrants`.
    #[must_use]
    pub fn always(route: &str, trouble: Trouble) -> RouteFault {
        RouteFault { route: route.to_owned(), about: None, trouble, left: None }
    }

    /// Only the next so many requests meet it.
    #[must_use]
    pub fn times(self, times: u32) -> RouteFault {
        RouteFault { left: Some(times), ..self }
    }

    /// Only requests whose path or query contains this, such as an object id, in any letter case.
    #[must_use]
    pub fn about(self, text: &str) -> RouteFault {
        RouteFault { about: Some(text.to_lowercase()), ..self }
    }

    /// Whether a request meets it; uses up one of the times if so. `address` is the decoded path with its query, in lower case.
    pub(crate) fn meets(&mut self, route: &str, address: &str) -> Option<Trouble> {
        let meant = self.route == route && self.about.as_deref().is_none_or(|about| address.contains(about));
        if !meant || self.left == Some(0) {
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some(self.trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_met_as_often_as_it_says_by_whom_it_is_about() {
        let mut fault = RouteFault::always("GET /users", Trouble::Forbidden).about("AbC").times(2);
        assert_eq!(fault.meets("POST /users", "/users/abc"), None);
        assert_eq!(fault.meets("GET /users", "/users/other"), None);
        assert_eq!(fault.meets("GET /users", "/users/abc"), Some(Trouble::Forbidden));
        assert_eq!(fault.meets("GET /users", "/users?$filter=id eq 'abc'"), Some(Trouble::Forbidden));
        assert_eq!(fault.meets("GET /users", "/users/abc"), None, "its times are over");
    }
}
