//! What went wrong, in the form that clients expect (RFC 9457)?

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// A problem, as `application/problem+json`. It never quotes what was sent.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Which sort of problem: a stable word, as a relative reference.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip)]
    retry_after_seconds: Option<u32>,
}

impl Problem {
    /// A problem of a sort.
    pub fn new(status: StatusCode, kind: &str, title: &'static str) -> Self {
        Self {
            kind: format!("/problems/{kind}"),
            title,
            status: status.as_u16(),
            detail: None,
            retry_after_seconds: None,
        }
    }

    /// With what is wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The request is not one.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request is not as it must be")
            .detail(detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing").detail(detail)
    }

    /// Too much is waiting.
    pub fn overloaded() -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "Too many requests are waiting",
        );
        problem.retry_after_seconds = Some(1);
        problem
    }

    /// Somebody asked too often; why there is an end.
    pub fn too_many(detail: impl Into<String>) -> Self {
        let title = "Too many requests in a minute";
        let mut problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", title).detail(detail);
        problem.retry_after_seconds = Some(60);
        problem
    }

    /// Nothing can be kept, so nothing is acknowledged.
    pub fn cannot_keep(detail: impl Into<String>) -> Self {
        let mut problem = Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "cannot-keep",
            "Nothing can be written, so nothing was acknowledged",
        )
        .detail(detail);
        problem.retry_after_seconds = Some(10);
        problem
    }

    /// Its status.
    pub const fn status(&self) -> u16 {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
