//! Who asks over HTTP, and what may they at this moment?
//!
//! Streamable HTTP without sessions: each request is answered alone, so that what a person may is looked up each time.
//! Only a personal token counts, never a cookie: a page that somebody looks at cannot ask for them.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
    routing::any,
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};
use tower_http::csrf::CsrfLayer;

use super::{Desk, Topic, caller::Caller};
use crate::{
    clock::now_milliseconds,
    console::{
        Console,
        access::{capability::Capability, digest, guard},
    },
    problem::Problem,
};

/// Where models ask.
pub const PATH: &str = "/mcp";
/// Longest question.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Longest token that is looked up.
const TOKEN_BYTES_MAX: usize = 128;

/// The path where models ask, to be merged with others. Hosts and origins are checked as those of the console are.
pub fn router(console: &Arc<Console>) -> Router {
    Router::new()
        .route(PATH, any(answer))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(console), guard::headers))
        .with_state(Arc::clone(console))
}

async fn answer(State(console): State<Arc<Console>>, request: Request) -> Response {
    let now = now_milliseconds();
    let Some((caller, topics)) = caller(&console, request.headers(), now) else {
        return Problem::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "A personal token is needed: `Authorization: Bearer …`",
        )
        .detail("people make one in the console, under Settings, Your tokens")
        .into_response();
    };
    if !console.pace().allowed(&caller.person, now) {
        return Problem::too_many("a person's models may ask so often in a minute").into_response();
    }
    let actors = console.data().join("actors");
    let desk = Desk::new(console.shelf().run(), actors, &topics).with_caller(caller);
    let configuration = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(BODY_BYTES_MAX)
        // The console knows which hosts are ours.
        .disable_allowed_hosts();
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(desk.clone()), sessions, configuration);
    service.handle(request).await.map(Body::new)
}

/// Whoever a token stands for, and what their roles let them ask about now.
fn caller(console: &Arc<Console>, headers: &HeaderMap, now: i64) -> Option<(Caller, Vec<Topic>)> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = given.split_once(' ')?;
    let secret = secret.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || secret.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let mut state = console.book().state();
    let token = state.tokens.used(&digest(secret), now)?.clone();
    let person = state.people.by_id(&token.person).filter(|person| !person.disabled)?;
    let capabilities = person.capabilities();
    drop(state);
    let may = |topic: &Topic| topic.needs().iter().any(|own| capabilities.contains(own));
    let topics = Topic::ALL.into_iter().filter(may).collect();
    let caller = Caller { console: Arc::clone(console), person: token.person, token: token.id };
    Some((caller, topics))
}

impl Topic {
    /// What one must be allowed, any one of these, to have a model ask about it.
    const fn needs(self) -> &'static [Capability] {
        match self {
            Self::Campaigns | Self::Accounts | Self::Actors => &[Capability::Look],
            Self::Proposals => &[Capability::Label, Capability::Review],
        }
    }
}
