//! Which files does the repository have, and what do they say?

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Text longer than this is data, and not checked.
const TEXT_BYTES_MAX: u64 = 1 << 20;

/// The files of a repository, by path from its root with forward slashes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// What each text file says.
    pub(super) texts: BTreeMap<String, String>,
    /// Every file and folder.
    pub(super) paths: BTreeSet<String>,
}

impl Tree {
    /// Reads the repository that this program was built from.
    pub(super) fn of_repository() -> anyhow::Result<Self> {
        let root = root();
        let ignored = ignored(&fs_err::read_to_string(root.join(".gitignore"))?);
        let mut tree = Self::default();
        tree.read_folder(&root, "", &ignored)?;
        Ok(tree)
    }

    fn read_folder(
        &mut self,
        folder: &Path,
        prefix: &str,
        ignored: &[String],
    ) -> anyhow::Result<()> {
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if name == ".git" || name == "target" || is_ignored(&path, ignored) {
                continue;
            }
            if kind.is_dir() {
                self.paths.insert(path.clone());
                self.read_folder(&entry.path(), &format!("{path}/"), ignored)?;
            } else if kind.is_file() {
                self.paths.insert(path.clone());
                if entry.metadata()?.len() <= TEXT_BYTES_MAX
                    && let Ok(text) = String::from_utf8(fs_err::read(entry.path())?)
                {
                    self.texts.insert(path, text);
                }
            }
        }
        Ok(())
    }

    /// Text files whose name ends in `.rs`.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.with_extension("rs")
    }

    /// Text files whose name ends in `.md`.
    pub(super) fn markdown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.with_extension("md")
    }

    fn with_extension(&self, extension: &str) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .filter(move |(path, _)| {
                Path::new(path).extension().is_some_and(|own| own == extension)
            })
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// A tree made by hand.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.texts.insert((*path).to_owned(), (*text).to_owned());
            for (at, _) in path.match_indices('/') {
                tree.paths.insert(path[..at].to_owned());
            }
            tree.paths.insert((*path).to_owned());
        }
        tree
    }
}

/// The folder that holds this crate's folder.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies inside the repository")
        .to_owned()
}

/// Entries of `.gitignore` that name something at the root.
fn ignored(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.trim().strip_prefix('/')).map(str::to_owned).collect()
}

fn is_ignored(path: &str, ignored: &[String]) -> bool {
    ignored.iter().any(|entry| match entry.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == entry.trim_end_matches('/'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_ignores_at_the_root_is_not_read() {
        let ignored = ignored("/target\n/target-*\n/demo/\n*.profraw\n");
        for path in ["target", "target-release", "demo"] {
            assert!(is_ignored(path, &ignored), "{path}");
        }
        for path in ["crates", "demonstration", "docs/demo"] {
            assert!(!is_ignored(path, &ignored), "{path}");
        }
    }
}
