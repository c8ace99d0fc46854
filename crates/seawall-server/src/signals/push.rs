//! How does another site push a token (RFC 8935)?

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use seawall_intel::signals::TOKEN_BYTES_MAX;

use super::{Book, BookError};
use crate::access::{Scope, Tokens};

/// How long a body may take to come.
const BODY_TIME_MAX: Duration = Duration::from_secs(20);
const MEDIA_TYPE: &str = "application/secevent+jwt";

/// Where tokens arrive.
pub struct Receiver {
    book: Book,
    tokens: Tokens,
}

impl Receiver {
    /// What is taken goes into a book.
    pub fn new(book: Book, tokens: Tokens) -> Arc<Self> {
        Arc::new(Self { book, tokens })
    }
}

/// The path of events, to be merged with others.
pub fn router(receiver: Arc<Receiver>) -> Router {
    let path = post(push).fallback(async || {
        Trouble::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "tokens are posted")
    });
    Router::new().route("/api/v1/signals", path).with_state(receiver)
}

/// Why a token was not taken, as transmitters expect it (2.3 and 2.4). It never quotes what was sent.
struct Trouble {
    status: StatusCode,
    code: &'static str,
    description: String,
    retry_after_seconds: Option<u32>,
}

impl Trouble {
    fn new(status: StatusCode, code: &'static str, description: impl Into<String>) -> Self {
        Self { status, code, description: description.into(), retry_after_seconds: None }
    }

    /// It may work later: it was not the token's fault.
    fn later(status: StatusCode, description: &str, seconds: u32) -> Self {
        let mut trouble = Self::new(status, "temporarily_unavailable", description);
        trouble.retry_after_seconds = Some(seconds);
        trouble
    }

    fn too_large() -> Self {
        let description = format!("a token has at most {TOKEN_BYTES_MAX} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", description)
    }
}

impl From<BookError> for Trouble {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Refused(refusal) => {
                Self::new(StatusCode::BAD_REQUEST, refusal.code(), refusal.to_string())
            }
            BookError::Busy => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, "too many tokens are waiting", 1)
            }
            BookError::Store(_) => {
                Self::later(StatusCode::INSUFFICIENT_STORAGE, "nothing can be written", 10)
            }
            // What stands in our settings is nobody else's business.
            BookError::Settings(_) | BookError::Nobody => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, "nobody is listened to", 60)
            }
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let body = serde_json::json!({"err": self.code, "description": self.description});
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

async fn push(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Trouble> {
    let scopes = receiver.tokens.scopes(&headers).ok_or_else(|| {
        let how = "send a token, as `Authorization: Bearer …`";
        Trouble::new(StatusCode::UNAUTHORIZED, "authentication_failed", how)
    })?;
    if !scopes.contains(&Scope::Signals) {
        let what = "this token has no scope `signals`";
        return Err(Trouble::new(StatusCode::FORBIDDEN, "access_denied", what));
    }
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|it| it.split(';').next()).unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case(MEDIA_TYPE) {
        let what = format!("the body is {MEDIA_TYPE}");
        return Err(Trouble::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request", what));
    }
    let token = token(body).await?;
    let told = receiver.book.take(token.trim(), jiff::Timestamp::now())?;
    let busy = |_| Trouble::from(BookError::Busy);
    // Whether it is new or came before is all the same to who sent it (2.2).
    told.await.map_err(busy)?.map_err(BookError::Store)?;
    Ok(StatusCode::ACCEPTED)
}

async fn token(body: Body) -> Result<String, Trouble> {
    let collected = Limited::new(body, TOKEN_BYTES_MAX).collect();
    let bytes = match tokio::time::timeout(BODY_TIME_MAX, collected).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(Trouble::too_large()),
        Ok(Err(_)) => {
            let what = "the body broke off";
            return Err(Trouble::new(StatusCode::BAD_REQUEST, "invalid_request", what));
        }
        Err(_) => {
            let what = "the body took too long";
            return Err(Trouble::new(StatusCode::REQUEST_TIMEOUT, "invalid_request", what));
        }
    };
    String::from_utf8(bytes.into()).map_err(|_| {
        Trouble::new(StatusCode::BAD_REQUEST, "invalid_request", "a token is letters of ASCII")
    })
}
