//! What was a run made from, and what is it made of?

use std::path::Path;

use seawall_core::campaign::findings::{Findings, Mode};
use serde::{Deserialize, Serialize};

use super::{Error, MANIFEST, Provenance, place::Files, sha256_file};

/// Rises when a reader of manifests has to change.
pub const MANIFEST_SCHEMA: u32 = 1;

/// What a run was made from and what it is made of. Equal runs have equal manifests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `seawall`: whose manifest this is.
    pub program: String,
    /// [`MANIFEST_SCHEMA`] of the writer.
    pub schema: u32,
    /// Version of the program.
    pub version: String,
    /// How "too many" was judged.
    pub mode: Mode,
    /// The settings that bear on the result.
    pub config: serde_json::Map<String, serde_json::Value>,
    /// What was found, in numbers.
    pub counts: Counts,
    /// The files that were read, in the order they were read.
    pub inputs: Vec<FileDigest>,
    /// The lists, databases and field maps that were used beside them.
    #[serde(default)]
    pub knowledge: Vec<FileDigest>,
    /// Every other file of the run, by name.
    pub outputs: Vec<FileDigest>,
}

/// What a run holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Events read.
    pub events: u64,
    /// Distinct accounts.
    pub accounts: u64,
    /// Entries in `rejects.ndjson`.
    pub rejects: u64,
    /// Campaigns reported.
    pub campaigns: u64,
    /// Rows of `members.csv`.
    pub members: u64,
    /// Clusters excused.
    pub excused: u64,
}

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// Its name: of an input as it was given, `-` for standard input.
    pub file: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes as they are stored, in lower-case hexadecimal.
    pub sha256: String,
}

impl FileDigest {
    /// Of a file, under its name without folders.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        let length = fs_err::metadata(path).map_err(|source| Error::read(path, source))?.len();
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { file, bytes: length, sha256: sha256_file(path)? })
    }
}

impl Manifest {
    pub(super) fn new(
        findings: &Findings,
        provenance: Provenance,
        rejects: u64,
        members: u64,
        outputs: Vec<FileDigest>,
    ) -> Self {
        let run = &findings.run;
        Self {
            program: "seawall".to_owned(),
            schema: MANIFEST_SCHEMA,
            version: run.version.clone(),
            mode: run.mode,
            config: provenance.config,
            counts: Counts {
                events: run.events,
                accounts: run.accounts,
                rejects,
                campaigns: findings.campaigns.len() as u64,
                members,
                excused: findings.excused.len() as u64,
            },
            inputs: provenance.inputs,
            knowledge: provenance.knowledge,
            outputs,
        }
    }

    /// Reads the manifest of the run in `directory`, a folder or a URL.
    pub fn read(directory: &Path) -> Result<Self, Error> {
        let (text, _) = Files::find(directory, None)?;
        Self::parse(directory, &text)
    }

    pub(super) fn parse(directory: &Path, text: &[u8]) -> Result<Self, Error> {
        let malformed =
            |reason: String| Error::Malformed { path: directory.join(MANIFEST), reason };
        let manifest: Self = serde_json::from_slice(text).map_err(|error| {
            malformed(format!("line {}, column {}", error.line(), error.column()))
        })?;
        if manifest.program != "seawall" {
            return Err(malformed("it is another program's manifest".to_owned()));
        }
        if manifest.schema > MANIFEST_SCHEMA {
            return Err(malformed(format!(
                "it has schema {}, and this version reads up to {MANIFEST_SCHEMA}",
                manifest.schema
            )));
        }
        Ok(manifest)
    }

    /// The digest that the run's own file `name` should have.
    pub fn output(&self, name: &str) -> Option<&FileDigest> {
        self.outputs.iter().find(|output| output.file == name)
    }
}
