//! Where are the keys of logs, cases and people, and can nobody else read them?

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use rand::rngs::StdRng;
use seawall_evidence::{note::Signer, vault::CaseKey};

use crate::failure::{Exit, Failure};

/// Longest key file.
const BYTES_MAX: u64 = 4_096;

/// The folder `keys` of a data directory: `log/CASE`, `case/CASE`, `people/NAME`.
pub(crate) struct KeyRing {
    folder: PathBuf,
}

impl KeyRing {
    pub(crate) fn new(data: &Path) -> Self {
        Self { folder: data.join("keys") }
    }

    /// The key that signs the log of a case.
    pub(crate) fn log_key(&self, case: &str) -> Result<Signer, Failure> {
        self.signer("log", case, "the key of the log")
    }

    /// The key that a person signs with.
    pub(crate) fn person_key(&self, person: &str) -> Result<Signer, Failure> {
        self.signer("people", person, "the key of the person")
    }

    /// The key that wraps the keys of objects.
    pub(crate) fn case_key(&self, case: &str) -> Result<CaseKey, Failure> {
        let text = self.read("case", case, "the key of the case")?;
        text.trim().parse().map_err(|error| self.broken("case", case, &error))
    }

    /// A new key of a log; one that is there already stays and is used.
    pub(crate) fn make_log_key(
        &self,
        case: &str,
        origin: &str,
        chance: &mut StdRng,
    ) -> Result<Signer, Failure> {
        self.make_signer("log", case, origin, chance)
    }

    /// A new key of a person; one that is there already stays and is used.
    pub(crate) fn make_person_key(
        &self,
        person: &str,
        chance: &mut StdRng,
    ) -> Result<Signer, Failure> {
        self.make_signer("people", person, person, chance)
    }

    /// A new key of a case. One that is there already is a conflict: its case would be in danger.
    pub(crate) fn make_case_key(
        &self,
        case: &str,
        chance: &mut StdRng,
    ) -> Result<CaseKey, Failure> {
        let key = CaseKey::generate(chance);
        self.write("case", case, &key.secret_text())?;
        Ok(key)
    }

    /// The key in a file that somebody keeps elsewhere.
    pub(crate) fn key_file(path: &Path) -> Result<Signer, Failure> {
        let text = read(path, "the key")?;
        Signer::from_secret_text(text.trim()).map_err(|error| broken(path, &error))
    }

    /// A new key of a person, in a file of its own that nobody else can read.
    pub(crate) fn make_key_file(
        path: &Path,
        person: &str,
        chance: &mut StdRng,
    ) -> Result<Signer, Failure> {
        let signer = Signer::generate(person, chance)?;
        write(path, &signer.secret_text())?;
        Ok(signer)
    }

    fn make_signer(
        &self,
        sort: &str,
        file: &str,
        name: &str,
        chance: &mut StdRng,
    ) -> Result<Signer, Failure> {
        if self.path(sort, file).try_exists()? {
            return self.signer(sort, file, "the key");
        }
        let signer = Signer::generate(name, chance)?;
        self.write(sort, file, &signer.secret_text())?;
        Ok(signer)
    }

    fn signer(&self, sort: &str, file: &str, what: &str) -> Result<Signer, Failure> {
        let text = self.read(sort, file, what)?;
        Signer::from_secret_text(text.trim()).map_err(|error| self.broken(sort, file, &error))
    }

    fn path(&self, sort: &str, file: &str) -> PathBuf {
        self.folder.join(sort).join(file)
    }

    fn read(&self, sort: &str, file: &str, what: &str) -> Result<String, Failure> {
        read(&self.path(sort, file), what)
    }

    fn write(&self, sort: &str, file: &str, text: &str) -> Result<(), Failure> {
        let path = self.path(sort, file);
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder)?;
        }
        write(&path, text)
    }

    fn broken(&self, sort: &str, file: &str, error: &dyn std::fmt::Display) -> Failure {
        broken(&self.path(sort, file), error)
    }
}

fn read(path: &Path, what: &str) -> Result<String, Failure> {
    if !path.try_exists()? {
        return Err(Failure::new(
            Exit::Permission,
            format!(
                "{what} is missing: `{}`\nhint: keys are made when a case is opened or a person added; restore it from your backup",
                path.display()
            ),
        ));
    }
    private(path)?;
    let mut text = String::new();
    fs_err::File::open(path)?.take(BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            Failure::new(
                Exit::Conflict,
                format!(
                    "there is a key already: `{}`\nhint: keys are never replaced",
                    path.display()
                ),
            )
        } else {
            error.into()
        }
    })?;
    writeln!(file, "{text}")?;
    Ok(file.sync_all()?)
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Integrity, format!("the key `{}` cannot be read: {error}", path.display()))
}

/// A key that others can read is no key.
#[cfg(unix)]
fn private(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs_err::metadata(path)?.permissions().mode() & 0o777;
    // The lower six bits are the rights of the group and of everyone.
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Permission,
        format!(
            "the key `{}` can be read by others (mode {mode:03o})\nhint: chmod 600 it, and ask who has read it",
            path.display()
        ),
    ))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), Failure> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[cfg(unix)]
    #[test]
    fn keys_are_for_one_pair_of_eyes() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().expect("a folder");
        let keys = KeyRing::new(data.path());
        let chance = &mut StdRng::seed_from_u64(1);
        assert_eq!(
            keys.person_key("ana").err().map(|failure| failure.exit()),
            Some(Exit::Permission)
        );
        let made = keys.make_person_key("ana", chance).expect("made");
        let again = keys.make_person_key("ana", chance).expect("kept");
        assert_eq!(made.secret_text(), again.secret_text());
        let path = data.path().join("keys/people/ana");
        let mode = fs_err::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("set");
        let refused = keys.person_key("ana").expect_err("refused");
        assert!(refused.texts().0[0].contains("640"));
    }

    #[test]
    fn the_key_of_a_case_is_never_replaced() {
        let data = tempfile::tempdir().expect("a folder");
        let keys = KeyRing::new(data.path());
        let chance = &mut StdRng::seed_from_u64(1);
        let made = keys.make_case_key("one", chance).expect("made");
        let again = keys.make_case_key("one", chance).expect_err("a conflict");
        assert_eq!(again.exit(), Exit::Conflict);
        assert_eq!(keys.case_key("one").expect("kept").secret_text(), made.secret_text());
    }
}
