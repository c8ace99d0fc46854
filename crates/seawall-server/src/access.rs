//! Who asks, and what may they?
//!
//! A token is 32 random bytes, shown once; what is kept is its SHA-256 with a name and scopes.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    path::{Path, PathBuf},
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
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Decide,
        Self::Events,
        Self::Label,
        Self::Read,
        Self::Metrics,
        Self::Admin,
        Self::TaxiiRead,
        Self::TaxiiWrite,
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

/// The tokens of a data directory.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    by_digest: BTreeMap<String, Kept>,
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
const FILE_BYTES_MAX: u64 = 4 << 20;

impl Tokens {
    /// Reads the tokens of a data directory; none where there are none yet.
    pub fn open(data: &Path) -> Result<Self, TokensError> {
        let path = data.join(FILE);
        let io = |source| TokensError::Io { path: path.clone(), source };
        let file = match fs_err::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(io(error)),
        };
        let mut text = String::new();
        file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
        let kept: Vec<Kept> =
            serde_json::from_str(&text).map_err(|_| TokensError::Malformed(path.clone()))?;
        Ok(Self { by_digest: kept.into_iter().map(|own| (own.sha256.clone(), own)).collect() })
    }

    /// Makes a token and keeps it; one of the same name is replaced. The token is shown this once.
    pub fn add(
        &mut self,
        data: &Path,
        name: &str,
        scopes: &[Scope],
    ) -> Result<String, TokensError> {
        let mut bytes = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(|_| TokensError::Chance)?;
        let token = format!("swt_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let sha256 = digest(&token);
        self.by_digest.retain(|_, own| own.name != name);
        let scopes = scopes.iter().copied().collect();
        self.by_digest.insert(sha256.clone(), Kept { name: name.to_owned(), scopes, sha256 });
        let path = data.join(FILE);
        let io = |source| TokensError::Io { path: path.clone(), source };
        let kept: Vec<&Kept> = self.by_digest.values().collect();
        let text = serde_json::to_string_pretty(&kept).unwrap_or_default() + "\n";
        fs_err::create_dir_all(data).map_err(io)?;
        let staged = data.join(format!("{FILE}.new"));
        fs_err::write(&staged, text).map_err(io)?;
        restrict(&staged).map_err(io)?;
        fs_err::rename(&staged, &path).map_err(io)?;
        Ok(token)
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.by_digest.is_empty()
    }

    /// What who asks may do: by a bearer token, or one that is the password of Basic (RFC 7617), whatever the name.
    pub fn scopes(&self, headers: &HeaderMap) -> Option<&BTreeSet<Scope>> {
        let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, credentials) = given.split_once(' ')?;
        let credentials = credentials.trim();
        let own = if scheme.eq_ignore_ascii_case("basic") {
            let pair = String::from_utf8(BASE64_STANDARD.decode(credentials).ok()?).ok()?;
            self.by_digest.get(&digest(pair.split_once(':')?.1))?
        } else if ["bearer", "token"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            // taxii2-client says `Token`.
            self.by_digest.get(&digest(credentials))?
        } else {
            return None;
        };
        Some(&own.scopes)
    }

    /// The name of who asks, if they may.
    pub fn authorize(&self, headers: &HeaderMap, scope: Scope) -> Result<&str, Problem> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given
            .and_then(|given| given.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let own = token.and_then(|(_, token)| self.by_digest.get(&digest(token.trim())));
        let Some(own) = own else {
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "A token is needed: `Authorization: Bearer …`",
            ));
        };
        if own.scopes.contains(&scope) {
            return Ok(&own.name);
        }
        let detail = format!("this token has no scope `{}`", scope.as_str());
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "The token is for something else")
            .detail(detail))
    }
}

fn digest(token: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(token.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Nobody else on the machine reads it.
fn restrict(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
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
        assert_eq!(tokens.authorize(&asks(&token), Scope::Decide).ok(), Some("site"));
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
        let mut tokens = Tokens::default();
        let old = tokens.add(data.path(), "site", &[Scope::Read]).expect("made");
        let new = tokens.add(data.path(), "site", &[Scope::Read]).expect("made");
        assert!(tokens.authorize(&asks(&old), Scope::Read).is_err());
        assert!(tokens.authorize(&asks(&new), Scope::Read).is_ok());
    }
}
