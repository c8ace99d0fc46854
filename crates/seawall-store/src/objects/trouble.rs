//! What can go wrong on the way to an object, and what to do about it?

use std::{error::Error as StdError, io};

use object_store::Error as StoreError;

/// Why an object was not read or written. None of the messages has a credential, a header, or a body in it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// What was given is no URL that is understood.
    #[error(
        "the URL cannot be used: {why}\nhint: as in s3://bucket/folder, gs://bucket/folder or az://container/folder"
    )]
    Url {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The settings of the service, which are read from the environment, do not do.
    #[error("{url}: {why}\nhint: {hint}")]
    Settings {
        /// What was to be opened.
        url: String,
        /// What is wrong.
        why: String,
        /// What to set.
        hint: &'static str,
    },
    /// There is no such object, or no such bucket.
    #[error("no such object, or no such bucket: {url}")]
    NotFound {
        /// Which one.
        url: String,
    },
    /// Who we are is not known, or may not do that.
    #[error("{url}: the service refuses it ({why})\nhint: {hint}")]
    Denied {
        /// What was asked for.
        url: String,
        /// The status and code of the answer.
        why: String,
        /// What to look at.
        hint: &'static str,
    },
    /// Another version of the object, or none, lies where one was seen.
    #[error(
        "{url} changed while it was read\nhint: run it again once nobody writes there; what was read so far is of one version and is thrown away"
    )]
    Changed {
        /// Which one.
        url: String,
    },
    /// Something else lies where something was to be written.
    #[error(
        "{url} was written by somebody else meanwhile\nhint: look at what is there, then run again or name another place"
    )]
    Conflict {
        /// Which one.
        url: String,
    },
    /// A request failed, also when it was made again.
    #[error(
        "{url}: no answer to work with ({why})\nhint: try again later; where the endpoint is your own, check that it runs and is the one in the environment"
    )]
    Unavailable {
        /// What was asked for.
        url: String,
        /// What came of the last attempt.
        why: String,
    },
    /// A listing that cannot be believed.
    #[error(
        "the listing of {url} cannot be used: {why}\nhint: name fewer objects, or the objects themselves"
    )]
    Listing {
        /// Whose.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// A file of this machine that was to be uploaded could not be read.
    #[error("could not read what is to be written to {url}: {why}")]
    Local {
        /// Where it was to go.
        url: String,
        /// What the system said.
        why: String,
    },
}

impl Error {
    /// What the failure of a request for `url` means.
    pub(super) fn of(error: &StoreError, url: &impl ToString) -> Self {
        let url = url.to_string();
        match error {
            StoreError::NotFound { .. } => Self::NotFound { url },
            StoreError::Precondition { .. } => Self::Changed { url },
            StoreError::AlreadyExists { .. } => Self::Conflict { url },
            StoreError::InvalidPath { .. } => Self::Listing {
                url,
                why: "a key has an empty part, or one of dots only".to_owned(),
            },
            _ => match trouble(error) {
                Some(Trouble::Status(status @ (400..=403), code)) => {
                    Self::denied(url, *status, code)
                }
                Some(Trouble::Status(status @ (300..=399), code)) => Self::Settings {
                    url,
                    why: format!("the bucket is elsewhere ({status}{})", spaced(code)),
                    hint: "set AWS_REGION to the region of the bucket, or AWS_ENDPOINT_URL",
                },
                Some(Trouble::Status(404, _)) => Self::NotFound { url },
                Some(Trouble::NoCredentials) => Self::Settings {
                    url,
                    why: "there are no credentials, and this machine has none of its own"
                        .to_owned(),
                    hint: NO_CREDENTIALS,
                },
                Some(Trouble::Plain) => Self::Settings {
                    url,
                    why: "the endpoint is without encryption".to_owned(),
                    hint: "use https, or set AWS_ALLOW_HTTP=true (GOOGLE_, AZURE_) if nobody can listen on the way",
                },
                Some(trouble) => Self::Unavailable { url, why: trouble.to_string() },
                None => Self::Unavailable { url, why: "the answer is not understood".to_owned() },
            },
        }
    }

    fn denied(url: String, status: u16, code: &str) -> Self {
        let why = format!("{status}{}", spaced(code));
        let hint = match code {
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "AuthenticationFailed" => {
                "the credentials in the environment are not those of the service"
            }
            "ExpiredToken" | "TokenRefreshRequired" => "the credentials have expired: get new ones",
            "RequestTimeTooSkewed" => "the clock of this machine is wrong",
            _ => {
                "check the credentials in the environment, and that they may list, read and write there"
            }
        };
        Self::Denied { url, why, hint }
    }
}

const NO_CREDENTIALS: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (of a profile: `aws configure export-credentials --format env`), GOOGLE_APPLICATION_CREDENTIALS, or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY";

fn spaced(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(" {code}") }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::NotFound { .. } => io::ErrorKind::NotFound,
            Error::Denied { .. } => io::ErrorKind::PermissionDenied,
            Error::Url { .. } | Error::Settings { .. } => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// What became of a request, as far as people need to know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    #[error("it answered {0}{code}", code = spaced(.1))]
    Status(u16, String),
    #[error("it could not be reached: {0}")]
    Unreached(String),
    #[error("it did not answer in time")]
    Late,
    #[error("its answer ended too early")]
    CutOff,
    #[error("its answer is longer than what was asked for")]
    TooLong,
    #[error("the machine has no credentials of its own")]
    NoCredentials,
    #[error("without encryption")]
    Plain,
}

/// What our client said, below what the library made of it.
fn trouble(error: &StoreError) -> Option<&Trouble> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(trouble) = error.downcast_ref::<Trouble>() {
            return Some(trouble);
        }
        cause = error.source();
    }
    None
}
