//! How does a command end, and what is said where it fails?

use std::{error::Error as StdError, fmt, io};

use seawall_engine::{ErrorClass, output};
use seawall_evidence::{custody, storage, vault};

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is done.
    Done,
    /// All is done, and there are as many campaigns as `--fail-on` names.
    Findings,
}

/// Why the program ends with another code than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed,
    Usage,
    NoInput,
    Permission,
    Conflict,
    Findings,
    Integrity,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NoInput => 3,
            Self::Permission => 4,
            Self::Conflict => 5,
            Self::Findings => 6,
            Self::Integrity => 7,
        }
    }
}

/// A failure, and what it means for the exit code where the errors in it do not say so.
#[derive(Debug)]
pub(crate) struct Failure {
    error: anyhow::Error,
    exit: Option<Exit>,
}

impl Failure {
    /// A failure with an exit code of its own. A line of `message` that begins with `hint: ` is shown as one.
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { error: anyhow::anyhow!("{message}"), exit: Some(exit) }
    }

    /// The exit code: stated, or from the first error in the chain that says something about it.
    pub(crate) fn exit(&self) -> Exit {
        self.exit.or_else(|| self.error.chain().find_map(exit_of)).unwrap_or(Exit::Failed)
    }

    /// Whether the reader of our output went away, as `head` does.
    pub(crate) fn broken_pipe(&self) -> bool {
        self.error.chain().any(|cause| {
            let direct = cause.downcast_ref::<io::Error>().map(io::Error::kind);
            // serde_json keeps the error of the stream to itself.
            let kept = || cause.downcast_ref::<serde_json::Error>()?.io_error_kind();
            direct.or_else(kept) == Some(io::ErrorKind::BrokenPipe)
        })
    }

    /// What went wrong, why, and what can be done: messages, then hints. No text occurs twice.
    pub(crate) fn texts(&self) -> (Vec<String>, Vec<String>) {
        let (mut messages, mut hints) = (Vec::new(), Vec::new());
        for cause in self.error.chain() {
            for line in cause.to_string().lines() {
                let (list, text) = match line.strip_prefix("hint: ") {
                    Some(hint) => (&mut hints, hint),
                    None => (&mut messages, line),
                };
                // Some errors repeat their cause, and the path with it: the cause alone says as much.
                let repeated = list.iter().skip(1).position(|known: &String| known.ends_with(text));
                if let Some(position) = repeated {
                    text.clone_into(&mut list[position + 1]);
                } else if !list.iter().any(|known: &String| known.contains(text)) {
                    list.push(text.to_owned());
                }
            }
        }
        (messages, hints)
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { error: error.into(), exit: None }
    }
}

fn exit_of(cause: &(dyn StdError + 'static)) -> Option<Exit> {
    if let Some(error) = cause.downcast_ref::<output::Error>() {
        return match error {
            output::Error::NotEmpty { .. }
            | output::Error::Busy { .. }
            | output::Error::Raced { .. } => Some(Exit::Conflict),
            output::Error::Objects(source) => of_class(ErrorClass::of_objects(source)),
            output::Error::NotADirectory { .. } => Some(Exit::Usage),
            output::Error::NoRun { .. } => Some(Exit::NoInput),
            output::Error::Malformed { .. } | output::Error::Changed { .. } => {
                Some(Exit::Integrity)
            }
            _ => None,
        };
    }
    if let Some(error) = cause.downcast_ref::<custody::Error>() {
        return of_log(error);
    }
    if let Some(error) = cause.downcast_ref::<vault::Error>() {
        return match error {
            vault::Error::Storage(error) => of_storage(error),
            vault::Error::Missing(_) | vault::Error::NoKey(_) | vault::Error::WrongKey(_) => {
                Some(Exit::Integrity)
            }
            vault::Error::Read(_) | vault::Error::TooLarge(_) => None,
        };
    }
    if let Some(error) = cause.downcast_ref::<storage::Error>() {
        return of_storage(error);
    }
    if let Some(error) = cause.downcast_ref::<seawall_engine::Error>() {
        return of_class(error.class());
    }
    let error = cause.downcast_ref::<io::Error>()?;
    if let Some(class) = ErrorClass::of_io(error) {
        return of_class(class);
    }
    match error.kind() {
        io::ErrorKind::PermissionDenied => Some(Exit::Permission),
        io::ErrorKind::NotFound => Some(Exit::NoInput),
        _ => None,
    }
}

/// A log that is not what it was, or somebody else's turn.
const fn of_log(error: &custody::Error) -> Option<Exit> {
    match error {
        custody::Error::Storage(error) => of_storage(error),
        custody::Error::NoLog
        | custody::Error::Checkpoint(_)
        | custody::Error::Missing(_)
        | custody::Error::Torn(_)
        | custody::Error::Changed { .. }
        | custody::Error::Hashes(_)
        | custody::Error::Root { .. }
        | custody::Error::Seq { .. } => Some(Exit::Integrity),
        _ => None,
    }
}

const fn of_storage(error: &storage::Error) -> Option<Exit> {
    match error {
        storage::Error::Locked(_) => Some(Exit::Conflict),
        _ => None,
    }
}

const fn of_class(class: ErrorClass) -> Option<Exit> {
    match class {
        ErrorClass::Usage => Some(Exit::Usage),
        ErrorClass::NoInput => Some(Exit::NoInput),
        ErrorClass::Permission => Some(Exit::Permission),
        ErrorClass::Conflict => Some(Exit::Conflict),
        ErrorClass::Integrity => Some(Exit::Integrity),
        ErrorClass::Failed => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use anyhow::Context as _;
    use seawall_engine::output;

    use super::{Exit, Failure};

    fn failure<T: std::fmt::Debug>(result: anyhow::Result<T>) -> Failure {
        Failure::from(result.expect_err("a failure"))
    }

    #[test]
    fn exit_codes_are_those_of_the_contract() {
        let directory = std::path::PathBuf::from("run");
        let error = |error: output::Error| Failure::from(error).exit().code();
        assert_eq!(
            error(output::Error::NotEmpty { directory: directory.clone(), example: "a".into() }),
            5
        );
        assert_eq!(error(output::Error::Busy { directory: directory.clone() }), 5);
        assert_eq!(error(output::Error::Raced { directory: directory.clone() }), 5);
        assert_eq!(error(output::Error::NoRun { directory: directory.clone() }), 3);
        assert_eq!(error(output::Error::Changed { path: directory.clone() }), 7);
        assert_eq!(error(output::Error::NotADirectory { path: directory }), 2);
        let denied: io::Result<()> = Err(io::ErrorKind::PermissionDenied.into());
        assert_eq!(failure(denied.context("could not write")).exit(), Exit::Permission);
        assert_eq!(failure::<()>(Err(anyhow::anyhow!("x"))).exit(), Exit::Failed);
        assert_eq!(Failure::new(Exit::Usage, "x").exit().code(), 2);
    }

    #[test]
    fn a_message_is_said_once_and_hints_are_apart() {
        let inner: io::Result<()> = Err(io::Error::other("disk on fire"));
        let failure = failure(inner.context("could not write `x`: disk on fire\nhint: put it out"));
        let (messages, hints) = failure.texts();
        assert_eq!(messages, ["could not write `x`: disk on fire"]);
        assert_eq!(hints, ["put it out"]);
        let wrapped: io::Result<()> = Err(io::Error::other("disk on fire"));
        let wrapped =
            wrapped.context("failed to write `x`: disk on fire").context("could not write `x`");
        assert_eq!(
            Failure::from(wrapped.expect_err("a failure")).texts().0,
            ["could not write `x`", "disk on fire"]
        );
    }

    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_noticed() {
        let closed: io::Result<()> = Err(io::ErrorKind::BrokenPipe.into());
        assert!(failure(closed.context("could not write")).broken_pipe());
        let json = serde_json::to_writer(Closed, "text").map_err(anyhow::Error::from);
        assert!(failure(json).broken_pipe());
    }
}
