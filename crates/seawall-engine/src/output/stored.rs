//! What does a run that was written earlier say?

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write},
    path::{Path, PathBuf},
};

use seawall_core::campaign::findings::{Campaign, Findings, RunSummary};
use serde::{Deserialize, Serialize};

use super::{
    CAMPAIGNS, Error, FINDINGS, MEMBERS, Manifest, MemberRow, digest::DigestReader, members,
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

/// A run on disk. Every file that is read is checked against the manifest: a changed one is an error.
#[derive(Clone, Debug)]
pub struct StoredRun {
    directory: PathBuf,
    manifest: Manifest,
}

impl StoredRun {
    /// Opens the run in `directory`.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let manifest = Manifest::read(directory)?;
        Ok(Self { directory: directory.to_owned(), manifest })
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
        read: impl FnOnce(&mut DigestReader<fs_err::File>) -> Result<T, Error>,
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

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn reader(&self, name: &str) -> Result<DigestReader<fs_err::File>, Error> {
        let path = self.path(name);
        let file = fs_err::File::open(&path).map_err(|source| Error::read(&path, source))?;
        Ok(DigestReader::new(file))
    }

    /// Compares what was read with the manifest.
    fn check(&self, name: &str, reader: DigestReader<fs_err::File>) -> Result<(), Error> {
        let path = self.path(name);
        let found = reader.finish().map_err(|source| Error::read(&path, source))?;
        let stated = self.manifest.output(name).map(|output| output.sha256.as_str());
        if stated == Some(found.as_str()) { Ok(()) } else { Err(Error::Changed { path }) }
    }
}

/// Says where, never what: a value may be personal.
fn malformed(path: &Path, error: &serde_json::Error) -> Error {
    let reason = format!("line {}, column {}", error.line(), error.column());
    Error::Malformed { path: path.to_owned(), reason }
}
