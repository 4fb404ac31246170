//! The UserInfo endpoint of OpenID Connect (OpenID Connect Core section 5.3), which Entra keeps on Graph's host.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::{Entra, reply};
use crate::token::{Caller, CallerKind};

/// Who signed in; 401 for anybody else, an application on its own included.
pub(super) fn answer(entra: &Entra, caller: Option<&Caller>) -> Response<Bytes> {
    let world = entra.world();
    let user = caller.and_then(|caller| match &caller.kind {
        CallerKind::User { user_id, .. } => world.user(user_id),
        CallerKind::App { .. } => None,
    });
    match user {
        None => reply::empty(StatusCode::UNAUTHORIZED),
        Some(user) => reply::json(StatusCode::OK, &json!({ "sub": user.id, "oid": user.id, "name": user.display_name, "email": user.upn })),
    }
}
