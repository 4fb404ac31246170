//! What kept an answer from coming.

use std::error::Error as _;

use uuid::Uuid;

use crate::error::{GraphError, Trace};

pub(super) enum Fault {
    Stopped,
    /// No connection: nothing was sent.
    Unreached,
    /// The server's certificate was refused: nothing was sent.
    Untrusted,
    TimedOut(Box<Trace>),
    /// The connection broke after it stood, or what came can't be read as HTTP.
    Broken(Box<Trace>),
    TooLarge(Box<Trace>),
}

impl Fault {
    pub(super) fn of(error: &reqwest::Error, id: Uuid) -> Self {
        if is_tls(error) {
            Self::Untrusted
        } else if error.is_connect() {
            Self::Unreached
        } else if error.is_timeout() {
            Self::TimedOut(Box::new(Trace::unanswered(id)))
        } else {
            Self::Broken(Box::new(Trace::unanswered(id)))
        }
    }

    /// Whether the request may have reached the service.
    pub(super) const fn was_sent(&self) -> bool {
        match self {
            Self::TimedOut(_) | Self::Broken(_) | Self::TooLarge(_) => true,
            Self::Stopped | Self::Unreached | Self::Untrusted => false,
        }
    }

    /// Whether the same request may fare better.
    pub(super) const fn may_pass(&self) -> bool {
        match self {
            Self::Unreached | Self::TimedOut(_) | Self::Broken(_) => true,
            Self::Stopped | Self::Untrusted | Self::TooLarge(_) => false,
        }
    }
}

impl From<Fault> for GraphError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Stopped => Self::Cancelled,
            Fault::Unreached => Self::Offline,
            Fault::Untrusted => Self::Untrusted,
            Fault::TimedOut(trace) => Self::TimedOut(trace),
            Fault::Broken(trace) => Self::Damaged(trace),
            Fault::TooLarge(trace) => Self::TooLarge(trace),
        }
    }
}

fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        let hidden = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is::<rustls::Error>() || hidden.is_some_and(|hidden| hidden.is::<rustls::Error>()) {
            return true;
        }
        cause = inner.source();
    }
    false
}
