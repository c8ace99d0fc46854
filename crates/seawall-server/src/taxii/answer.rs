//! How is an answer, and how an error, written?

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use seawall_intel::taxii::{ErrorResource, MEDIA_TYPE, Microseconds, microseconds};
use serde::Serialize;

const FIRST: &str = "x-taxii-date-added-first";
const LAST: &str = "x-taxii-date-added-last";

/// An answer of JSON that is written already.
pub(super) fn written(status: StatusCode, body: Vec<u8>) -> Response {
    let media_type = HeaderValue::from_static(MEDIA_TYPE);
    (status, [(header::CONTENT_TYPE, media_type)], body).into_response()
}

/// An answer.
pub(super) fn resource(resource: &impl Serialize) -> Response {
    match serde_json::to_vec(resource) {
        Ok(body) => written(StatusCode::OK, body),
        Err(_) => Refused::internal().into_response(),
    }
}

/// With the dates of the first and the last object of a page.
pub(super) fn dated(
    mut response: Response,
    dates: Option<(Microseconds, Microseconds)>,
) -> Response {
    if let Some((first, last)) = dates {
        for (name, date) in [(FIRST, first), (LAST, last)] {
            if let Ok(value) = HeaderValue::from_str(&microseconds(date)) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

/// Why a request is not done. It never quotes what was sent.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    title: &'static str,
    description: String,
    retry_after_seconds: Option<u32>,
}

impl Refused {
    pub(super) fn new(
        status: StatusCode,
        title: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self { status, title, description: description.into(), retry_after_seconds: None }
    }

    pub(super) fn bad_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "The request is not as it must be", description)
    }

    pub(super) fn unauthorized() -> Self {
        let how = "send a token, as `Authorization: Bearer …` or as the password of Basic";
        Self::new(StatusCode::UNAUTHORIZED, "A token is needed", how)
    }

    pub(super) fn forbidden(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "That is not allowed", description)
    }

    pub(super) fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such thing", description)
    }

    pub(super) fn method() -> Self {
        let title = "This path has no such method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, title, "see TAXII 2.1, chapters 4 and 5")
    }

    pub(super) fn too_large(bytes_max: u64) -> Self {
        let description = format!("at most {bytes_max} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large", description)
    }

    pub(super) fn busy() -> Self {
        let title = "Too many requests are waiting";
        let mut refused =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, title, "ask again in a second");
        refused.retry_after_seconds = Some(1);
        refused
    }

    pub(super) fn internal() -> Self {
        let title = "Something is wrong here, not with the request";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, title, "nothing was changed")
    }

    /// What is wrong with the tables. Paths of the machine are nobody's business.
    pub(super) fn store(error: &seawall_store::Error) -> Self {
        let description = if error.is_full() { "no room is left" } else { "the disk failed" };
        let title = "Nothing can be written or read";
        let mut refused = Self::new(StatusCode::INSUFFICIENT_STORAGE, title, description);
        refused.retry_after_seconds = Some(10);
        refused
    }
}

impl From<seawall_store::Error> for Refused {
    fn from(error: seawall_store::Error) -> Self {
        Self::store(&error)
    }
}

impl From<Arc<seawall_store::Error>> for Refused {
    fn from(error: Arc<seawall_store::Error>) -> Self {
        Self::store(&error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status;
        let error = ErrorResource {
            title: self.title.to_owned(),
            description: Some(self.description),
            error_code: status.canonical_reason().map(|it| it.to_lowercase().replace(' ', "-")),
            http_status: Some(status.as_u16().to_string()),
        };
        let mut response = written(status, serde_json::to_vec(&error).unwrap_or_default());
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            for scheme in ["Basic realm=\"taxii\", charset=\"UTF-8\"", "Bearer"] {
                headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
            }
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
