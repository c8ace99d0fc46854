//! What went wrong, for whoever looks at a page?

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{access::capability::Capability, book::BookError};

/// Why a page is not shown, or something was not done.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// There is no such thing.
    NotFound(&'static str),
    /// There is no such thing, as whoever keeps it says.
    Missing(String),
    /// The form is not as it must be.
    Wrong(String),
    /// One may not.
    Forbidden(Capability),
    /// They signed in too long ago for what they want to do.
    SignInAgain,
    /// The rules of a case do not let them.
    Refused(String),
    /// It does not fit to what is there.
    Conflict(String),
    /// Somebody else was faster; what changed meanwhile.
    Stale(Vec<String>),
    /// Nothing can be kept.
    CannotKeep(String),
    /// Something cannot be read.
    Broken(String),
}

impl Trouble {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) | Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Forbidden(_) | Self::Refused(_) | Self::SignInAgain => StatusCode::FORBIDDEN,
            Self::Stale(_) | Self::Conflict(_) => StatusCode::CONFLICT,
            Self::CannotKeep(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<BookError> for Trouble {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Store(error) => Self::CannotKeep(error.to_string()),
            error @ BookError::Entry { .. } => Self::Broken(error.to_string()),
        }
    }
}

/// The page is made where it is known who asks, from the extension.
impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
