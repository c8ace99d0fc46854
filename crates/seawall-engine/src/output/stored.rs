//! What does a run that was written earlier say?

use std::{
    io::{self, BufRead as _, BufReader, Read, Write},
    path::{Path, PathBuf},
};

use seawall_core::campaign::findings::{Campaign, Findings, RunSummary};
use seawall_store::objects::{Settings, Url};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::{
    CAMPAIGNS, Error, FINDINGS, MANIFEST, MEMBERS, Manifest, MemberRow, digest::DigestReader,
    members, place::Files,
};

/// Longest line of `campaigns.ndjson` and longest `findings.json` that are read.
const BYTES_MAX: u64 = 256 << 20;

/// `findings.json`: what the report needs beside the campaigns.
#[derive(Serialize)]
struct RestOut<'a> {
    run: &'a RunSummary,
    excused: &'a [Campaign],
}

/// The same, read back.
#[derive(Deserialize)]
struct Rest {
    run: RunSummary,
    excused: Vec<Campaign>,
}

pub(super) fn write_findings(mut out: impl Write, findings: &Findings) -> io::Result<()> {
    let rest = RestOut { run: &findings.run, excused: &findings.excused };
    serde_json::to_writer_pretty(&mut out, &rest)?;
    out.write_all(b"\n")
}

/// A run on disk or on object storage. Every file that is read is checked against the manifest: a changed one is an error.
#[derive(Clone, Debug)]
pub struct StoredRun {
    files: Files,
    manifest: Manifest,
}

impl StoredRun {
    /// Opens the run in `directory`, a folder or a URL.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Self::open_as(directory, None)
    }

    /// The same, with settings for object storage that are not those of the environment.
    pub fn open_with(directory: &Path, settings: &Settings) -> Result<Self, Error> {
        Self::open_as(directory, Some(settings))
    }

    fn open_as(directory: &Path, settings: Option<&Settings>) -> Result<Self, Error> {
        let (text, files) = Files::find(directory, settings)?;
        Ok(Self { manifest: Manifest::parse(directory, &text)?, files })
    }

    /// Its manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The rows of `account` in `members.csv`; none where it is no member.
    pub fn members(&self, account: &str) -> Result<Vec<MemberRow>, Error> {
        self.read_members(|reader| members::find(reader, account))
    }

    /// All rows of `members.csv`, in their order.
    pub fn each_member(&self, take: &mut dyn FnMut(MemberRow)) -> Result<(), Error> {
        self.read_members(|reader| members::each(reader, |_| true, take))
    }

    fn read_members<T>(
        &self,
        read: impl FnOnce(&mut DigestReader<Box<dyn Read>>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let path = self.path(MEMBERS);
        let mut reader = self.reader(MEMBERS)?;
        let found = read(&mut reader).map_err(|error| match error {
            Error::Malformed { reason, .. } => Error::Malformed { path: path.clone(), reason },
            error => error,
        });
        // A changed file explains a malformed one, so the digest is looked at first.
        self.check(MEMBERS, reader)?;
        found
    }

    /// All findings of the run.
    pub fn findings(&self) -> Result<Findings, Error> {
        let campaigns = self.campaigns(|_| true)?;
        let path = self.path(FINDINGS);
        let mut reader = self.reader(FINDINGS)?;
        let mut text = String::new();
        (&mut reader)
            .take(BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(|source| Error::read(&path, source))?;
        self.check(FINDINGS, reader)?;
        let rest: Rest = serde_json::from_str(&text).map_err(|error| malformed(&path, &error))?;
        Ok(Findings { run: rest.run, campaigns, excused: rest.excused })
    }

    /// The campaign of that id, where the run has it.
    pub fn campaign(&self, id: &str) -> Result<Option<Campaign>, Error> {
        Ok(self.campaigns(|campaign| campaign.campaign == id)?.into_iter().next())
    }

    fn campaigns(&self, keep: impl Fn(&Campaign) -> bool) -> Result<Vec<Campaign>, Error> {
        let path = self.path(CAMPAIGNS);
        let mut reader = BufReader::new(self.reader(CAMPAIGNS)?);
        let mut campaigns = Vec::new();
        let mut problem = None;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut reader).take(BYTES_MAX).read_until(b'\n', &mut line);
            if read.map_err(|source| Error::read(&path, source))? == 0 {
                break;
            }
            match serde_json::from_slice::<Campaign>(&line) {
                Ok(campaign) if keep(&campaign) => campaigns.push(campaign),
                Ok(_) => {}
                Err(error) => {
                    problem = Some(malformed(&path, &error));
                    break;
                }
            }
        }
        self.check(CAMPAIGNS, reader.into_inner())?;
        problem.map_or(Ok(campaigns), Err)
    }

    /// Where a file of it is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.files.path(name)
    }

    fn reader(&self, name: &str) -> Result<DigestReader<Box<dyn Read>>, Error> {
        Ok(DigestReader::new(self.files.open(name)?))
    }

    /// Compares what was read with the manifest.
    fn check(&self, name: &str, reader: DigestReader<Box<dyn Read>>) -> Result<(), Error> {
        let path = self.path(name);
        let found = reader.finish().map_err(|source| Error::read(&path, source))?;
        let stated = self.manifest.output(name).map(|output| output.sha256.as_str());
        if stated == Some(found.as_str()) { Ok(()) } else { Err(Error::Changed { path }) }
    }
}

/// Files of a run in a folder of this machine, for what reads files only.
#[derive(Debug)]
pub struct AtHand {
    folder: PathBuf,
    /// Deletes the copy.
    _copy: Option<TempDir>,
}

impl AtHand {
    /// The folder of the run itself; of one on object storage, the manifest and copies of the files of these `names`,
    /// checked against the manifest.
    pub fn new(directory: &Path, names: &[&str]) -> Result<Self, Error> {
        if !directory.to_str().is_some_and(Url::is_url) {
            return Ok(Self { folder: directory.to_owned(), _copy: None });
        }
        let (text, files) = Files::find(directory, None)?;
        let run = StoredRun { manifest: Manifest::parse(directory, &text)?, files };
        let copy = tempfile::Builder::new().prefix("seawall-run-").tempdir();
        let copy = copy.map_err(|source| Error::write(directory, None, source))?;
        let written = |path: &Path, source| Error::write(path, None, source);
        let path = copy.path().join(MANIFEST);
        fs_err::write(&path, &text).map_err(|source| written(&path, source))?;
        for name in names {
            let path = copy.path().join(name);
            let mut reader = run.reader(name)?;
            let mut file = fs_err::File::create(&path).map_err(|source| written(&path, source))?;
            io::copy(&mut reader, &mut file).map_err(|source| written(&path, source))?;
            run.check(name, reader)?;
        }
        Ok(Self { folder: copy.path().to_owned(), _copy: Some(copy) })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Says where, never what: a value may be personal.
fn malformed(path: &Path, error: &serde_json::Error) -> Error {
    let reason = format!("line {}, column {}", error.line(), error.column());
    Error::Malformed { path: path.to_owned(), reason }
}
