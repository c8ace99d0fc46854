//! Who asks, and what may they?
//!
//! A token is 32 random bytes, shown once; what is kept is its SHA-256 with a name and scopes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use axum::http::{HeaderMap, StatusCode, header};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use rand::TryRng as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

/// What a token may be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Ask for decisions.
    Decide,
    /// Report events.
    Events,
    /// Label accounts, name indicators.
    Label,
    /// Read decisions, labels, activity.
    Read,
    /// Read metrics.
    Metrics,
    /// Change the policy and the snapshot.
    Admin,
    /// Read collections over TAXII.
    TaxiiRead,
    /// Add to collections over TAXII; with the other, remove from them.
    TaxiiWrite,
    /// Push events of Shared Signals.
    Signals,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Decide,
        Self::Events,
        Self::Label,
        Self::Read,
        Self::Metrics,
        Self::Admin,
        Self::TaxiiRead,
        Self::TaxiiWrite,
        Self::Signals,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Events => "events",
            Self::Label => "label",
            Self::Read => "read",
            Self::Metrics => "metrics",
            Self::Admin => "admin",
            Self::TaxiiRead => "taxii_read",
            Self::TaxiiWrite => "taxii_write",
            Self::Signals => "signals",
        }
    }

    /// The scope of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// A token, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    scopes: BTreeSet<Scope>,
    sha256: String,
}

type ByDigest = BTreeMap<[u8; 32], Arc<Kept>>;

/// The tokens of a data directory, as they were when they were last read. Clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    by_digest: Arc<RwLock<ByDigest>>,
}

/// Why tokens cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The operating system refused.
    #[error("cannot use `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not one of tokens.
    #[error("`{0}` is no list of tokens\nhint: make one with `seawall serve --new-token NAME`")]
    Malformed(PathBuf),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Chance,
}

const FILE: &str = "tokens.json";
/// Held by whoever changes the file.
const LOCK: &str = "tokens.lock";
const FILE_BYTES_MAX: u64 = 4 << 20;

impl Tokens {
    /// Reads the tokens of a data directory; none where there are none yet.
    pub fn open(data: &Path) -> Result<Self, TokensError> {
        Ok(Self { by_digest: Arc::new(RwLock::new(read(data)?)) })
    }

    /// Reads them again: those that were added since are known from now on, those that were taken away no longer.
    pub fn reload(&self, data: &Path) -> Result<(), TokensError> {
        let read = read(data)?;
        *self.by_digest.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// Makes a token and keeps it; one of the same name is replaced. The token is shown this once.
    pub fn add(&self, data: &Path, name: &str, scopes: &[Scope]) -> Result<String, TokensError> {
        let mut bytes = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(|_| TokensError::Chance)?;
        let token = format!("swt_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let digest = digest(&token);
        let (name, scopes) = (name.to_owned(), scopes.iter().copied().collect());
        self.change(data, |kept| {
            kept.retain(|_, own| own.name != name);
            kept.insert(digest, Arc::new(Kept { name, scopes, sha256: hexadecimal(digest) }));
        })?;
        Ok(token)
    }

    /// Takes the token of a name away; `false` where there is none.
    pub fn revoke(&self, data: &Path, name: &str) -> Result<bool, TokensError> {
        let mut found = false;
        self.change(data, |kept| {
            let before = kept.len();
            kept.retain(|_, own| own.name != name);
            found = kept.len() < before;
        })?;
        Ok(found)
    }

    /// Changes what is kept, from what is in the file now: another process may have changed it.
    fn change(&self, data: &Path, change: impl FnOnce(&mut ByDigest)) -> Result<(), TokensError> {
        let (path, staged) = (data.join(FILE), data.join(format!("{FILE}.new")));
        let io = |source| TokensError::Io { path: path.clone(), source };
        fs_err::create_dir_all(data).map_err(io)?;
        let lock = open_private(&data.join(LOCK)).map_err(io)?;
        lock.lock().map_err(io)?;
        let mut kept = read(data)?;
        change(&mut kept);
        let list: Vec<&Kept> = kept.values().map(Arc::as_ref).collect();
        let text = serde_json::to_string_pretty(&list).unwrap_or_default() + "\n";
        let mut file = open_private(&staged).map_err(io)?;
        file.set_len(0)
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all())
            .and_then(|()| fs_err::rename(&staged, &path))
            .map_err(io)?;
        *self.by_digest.write().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(())
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, ByDigest> {
        self.by_digest.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Names of all tokens with what they are for, by name.
    pub fn names(&self) -> Vec<(String, BTreeSet<Scope>)> {
        let of = |own: &Arc<Kept>| (own.name.clone(), own.scopes.clone());
        let mut names: Vec<_> = self.known().values().map(of).collect();
        names.sort();
        names
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.known().is_empty()
    }

    /// What who asks may do: by a bearer token, or one that is the password of Basic (RFC 7617), whatever the name.
    pub fn scopes(&self, headers: &HeaderMap) -> Option<BTreeSet<Scope>> {
        let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, credentials) = given.split_once(' ')?;
        let credentials = credentials.trim();
        let digest = if scheme.eq_ignore_ascii_case("basic") {
            let pair = String::from_utf8(BASE64_STANDARD.decode(credentials).ok()?).ok()?;
            digest(pair.split_once(':')?.1)
        } else if ["bearer", "token"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            // taxii2-client says `Token`.
            digest(credentials)
        } else {
            return None;
        };
        self.known().get(&digest).map(|own| own.scopes.clone())
    }

    /// The name of who asks, if they may.
    pub fn authorize(&self, headers: &HeaderMap, scope: Scope) -> Result<String, Problem> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given
            .and_then(|given| given.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let digest = token.map(|(_, token)| digest(token.trim()));
        let own = digest.and_then(|digest| self.known().get(&digest).map(Arc::clone));
        let Some(own) = own else {
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "A token is needed: `Authorization: Bearer …`",
            ));
        };
        if own.scopes.contains(&scope) {
            return Ok(own.name.clone());
        }
        let detail = format!("this token has no scope `{}`", scope.as_str());
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "The token is for something else")
            .detail(detail))
    }
}

fn read(data: &Path) -> Result<ByDigest, TokensError> {
    let path = data.join(FILE);
    let io = |source| TokensError::Io { path: path.clone(), source };
    let file = match fs_err::File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(ByDigest::new()),
        Err(error) => return Err(io(error)),
    };
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
    let malformed = || TokensError::Malformed(path.clone());
    let kept: Vec<Kept> = serde_json::from_str(&text).map_err(|_| malformed())?;
    let mut by_digest = ByDigest::new();
    for own in kept {
        by_digest.insert(bytes(&own.sha256).ok_or_else(malformed)?, Arc::new(own));
    }
    Ok(by_digest)
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

pub(crate) fn hexadecimal(digest: [u8; 32]) -> String {
    use std::fmt::Write as _;
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes(hexadecimal: &str) -> Option<[u8; 32]> {
    let is_ours = hexadecimal.len() == 64 && hexadecimal.is_ascii();
    let byte = |index: usize| u8::from_str_radix(&hexadecimal[2 * index..2 * index + 2], 16).ok();
    let bytes: Option<Vec<u8>> = is_ours.then(|| (0..32).map(byte).collect()).flatten();
    bytes?.try_into().ok()
}

/// Opens a file to write to that nobody else on the machine ever could read.
pub(crate) fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a header"));
        headers
    }

    #[test]
    fn a_token_opens_what_it_is_for_and_is_not_kept() {
        let data = tempfile::tempdir().expect("a folder");
        let token = Tokens::default().add(data.path(), "site", &[Scope::Decide]).expect("made");
        let tokens = Tokens::open(data.path()).expect("read");
        assert_eq!(tokens.authorize(&asks(&token), Scope::Decide).ok(), Some("site".to_owned()));
        let refused =
            |asked: &HeaderMap, scope| tokens.authorize(asked, scope).err().map(|p| p.status());
        assert_eq!(refused(&asks(&token), Scope::Read), Some(403));
        assert_eq!(refused(&asks("swt_other"), Scope::Decide), Some(401));
        assert_eq!(refused(&HeaderMap::new(), Scope::Decide), Some(401));
        let kept = fs_err::read_to_string(data.path().join(FILE)).expect("read");
        assert!(!kept.contains(&token[4..]));
    }

    #[test]
    fn a_new_token_of_a_name_replaces_the_old_one() {
        let data = tempfile::tempdir().expect("a folder");
        let tokens = Tokens::default();
        let old = tokens.add(data.path(), "site", &[Scope::Read]).expect("made");
        let new = tokens.add(data.path(), "site", &[Scope::Read]).expect("made");
        assert!(tokens.authorize(&asks(&old), Scope::Read).is_err());
        assert!(tokens.authorize(&asks(&new), Scope::Read).is_ok());
    }

    #[test]
    fn what_another_process_adds_and_takes_away_counts_after_a_reload() {
        let data = tempfile::tempdir().expect("a folder");
        let running = Tokens::open(data.path()).expect("read");
        let one = Tokens::default().add(data.path(), "one", &[Scope::Read]).expect("made");
        let two = Tokens::default().add(data.path(), "two", &[Scope::Read]).expect("made");
        assert!(running.authorize(&asks(&one), Scope::Read).is_err());
        running.reload(data.path()).expect("read");
        assert!(running.authorize(&asks(&one), Scope::Read).is_ok());
        assert!(Tokens::default().revoke(data.path(), "one").expect("revoked"));
        assert!(!Tokens::default().revoke(data.path(), "one").expect("nothing to revoke"));
        running.reload(data.path()).expect("read");
        assert!(running.authorize(&asks(&one), Scope::Read).is_err());
        assert!(running.authorize(&asks(&two), Scope::Read).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().expect("a folder");
        Tokens::default().add(data.path(), "site", &[Scope::Read]).expect("made");
        for name in [FILE, LOCK] {
            let mode =
                fs_err::metadata(data.path().join(name)).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
