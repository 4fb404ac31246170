//! A request before it is sent.

use bytes::Bytes;
use http::Method;
use rollcall_core::id::ObjectId;
use serde::Serialize;
use url::Url;

use crate::gate::Lane;

/// Whether a call may simply be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
}

/// What a call's answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Json,
    /// A bare number.
    Text,
    /// Nothing is read from it.
    Nothing,
}

impl Wants {
    pub(super) const fn accept(self) -> &'static str {
        match self {
            Self::Json | Self::Nothing => "application/json",
            Self::Text => "text/plain",
        }
    }
}

/// One request to be sent.
pub(crate) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) lane: Lane,
    pub(super) kind: Kind,
    pub(super) wants: Wants,
    pub(super) eventual: bool,
    pub(super) body: Option<Bytes>,
    /// Requests inside, for a batch; one otherwise.
    pub(super) items: u32,
    /// The mailboxes that are asked; the call doesn't leave while one of them is to be left alone.
    pub(super) mailboxes: Vec<ObjectId>,
    /// Asks one mailbox alone, whose throttling concerns nobody else.
    pub(super) probes: bool,
    /// How often the same was asked before.
    pub(super) tried: u32,
    /// What the answer is asked to be like.
    pub(super) prefer: Option<&'static str>,
}

impl Call {
    /// Reads JSON from the directory.
    pub(crate) const fn read(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            lane: Lane::Directory,
            kind: Kind::Read,
            wants: Wants::Json,
            eventual: false,
            body: None,
            items: 1,
            mailboxes: Vec::new(),
            probes: false,
            tried: 0,
            prefer: None,
        }
    }

    /// Reads a bare number.
    pub(crate) fn read_text(url: Url) -> Self {
        Self { wants: Wants::Text, eventual: true, ..Self::read(url) }
    }

    /// Asks one mailbox, which was asked so often before.
    pub(crate) const fn ask_one(url: Url, tried: u32) -> Self {
        let mut call = Self::read(url);
        (call.lane, call.probes, call.tried) = (Lane::Outlook, true, tried);
        call
    }

    /// Asks mailboxes by a body with so many requests inside; nothing is changed by it.
    pub(crate) fn ask(url: Url, body: Bytes, items: u32) -> Self {
        Self { method: Method::POST, lane: Lane::Outlook, body: Some(body), items, ..Self::read(url) }
    }

    /// Changes the directory and reads what became of it.
    pub(crate) fn change<B: Serialize>(method: Method, url: Url, body: &B, wants: Wants) -> Self {
        // Our own bodies are plain maps of texts, which always serialize; an empty one would be refused by Graph.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { method, kind: Kind::Write, wants, body: Some(Bytes::from(body)), ..Self::read(url) }
    }

    /// Deletes from the directory.
    pub(crate) fn delete(url: Url) -> Self {
        Self { method: Method::DELETE, kind: Kind::Write, wants: Wants::Nothing, ..Self::read(url) }
    }

    /// Says which mailboxes are asked.
    pub(crate) fn at(mut self, mailboxes: impl IntoIterator<Item = ObjectId>) -> Self {
        self.mailboxes.extend(mailboxes);
        self
    }

    /// Asks for an answer of some kind ("Prefer"), which the service may give or not.
    pub(crate) const fn preferring(mut self, prefer: &'static str) -> Self {
        self.prefer = Some(prefer);
        self
    }

    /// Asks the eventually consistent index, which advanced queries need ("Advanced query capabilities on directory objects").
    pub(crate) const fn eventually(mut self, eventual: bool) -> Self {
        self.eventual = eventual;
        self
    }
}
