//! What does a run leave behind, and can it be trusted to be whole?
//!
//! A run is a folder of files. They are written under `.seawall-partial` inside it, brought to the
//! disk, and only then given their names, `manifest.json` last: whoever sees a manifest sees a whole
//! run. On object storage the same is true of where they are put. Nothing in the files depends on a clock, a path of this machine, or the number of threads.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use seawall_core::{
    campaign::findings::{Findings, Member},
    decision::snapshot::Snapshot,
    event::Reject,
};
use tempfile::TempDir;

mod digest;
mod error;
mod manifest;
mod members;
mod membership;
mod place;
mod stored;
mod upload;

pub use digest::sha256_file;
pub use error::Error;
pub use manifest::{Counts, FileDigest, MANIFEST_SCHEMA, Manifest};
pub use members::MemberRow;
pub use stored::{AtHand, StoredRun};

use digest::{Digest, DigestWriter};
use membership::Membership;
use seawall_store::{lock::LockedFile, objects::Settings};
use upload::Upload;

/// What says that a run is whole, and what it is made of.
pub const MANIFEST: &str = "manifest.json";
/// One campaign a line.
pub const CAMPAIGNS: &str = "campaigns.ndjson";
/// One account a row.
pub const MEMBERS: &str = "members.csv";
/// The columns `account` and `campaign` of [`MEMBERS`], to look many accounts up.
pub const MEMBERS_TABLE: &str = "members.parquet";
/// One selector of a campaign a line.
pub const SELECTORS: &str = "selectors.ndjson";
/// One reject a line.
pub const REJECTS: &str = "rejects.ndjson";
/// The report for people.
pub const REPORT: &str = "report.html";
/// What decisions need of the run.
pub const SNAPSHOT: &str = "snapshot.bin";
/// What the report needs beside the campaigns: the run itself and the excused clusters.
pub const FINDINGS: &str = "findings.json";

/// Every file of a run but the manifest, in the order the manifest lists them.
pub const FILES: [&str; 8] =
    [CAMPAIGNS, FINDINGS, MEMBERS, MEMBERS_TABLE, REJECTS, REPORT, SELECTORS, SNAPSHOT];
const PARTIAL: &str = ".seawall-partial";
const LOCK: &str = "lock";

/// What to do with a folder that holds something already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overwrite {
    /// Replace an earlier run of ours; refuse anything else.
    #[default]
    OwnRun,
    /// Put the files of the run among whatever is there.
    Force,
}

/// What a finished run was made from, beside its findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// The settings that bear on the result, by name.
    pub config: serde_json::Map<String, serde_json::Value>,
    /// The files that were read, in the order they were read.
    pub inputs: Vec<FileDigest>,
    /// The lists, databases and field maps that were used beside them.
    pub knowledge: Vec<FileDigest>,
}

/// A run being written. Dropping it before [`RunWriter::finish`] leaves nothing behind.
pub struct RunWriter {
    directory: PathBuf,
    /// Where the files are until they are whole.
    partial: PathBuf,
    to: Target,
    /// Held for as long as the run is written, so that no second one writes here.
    lock: Option<LockedFile>,
    rejects: DigestWriter,
    rejects_count: u64,
    finished: bool,
}

/// Where the files go once they are whole.
enum Target {
    /// To the folder itself, which was made or not.
    Folder { made: bool },
    /// To object storage, from a folder that is deleted with this.
    Objects { upload: Box<Upload>, _folder: TempDir },
}

impl RunWriter {
    /// Makes `directory`, a folder or a URL of object storage, ready for a run.
    pub fn create(directory: &Path, overwrite: Overwrite) -> Result<Self, Error> {
        Self::create_as(directory, overwrite, None)
    }

    /// The same, with settings for object storage that are not those of the environment.
    pub fn create_with(
        directory: &Path,
        overwrite: Overwrite,
        settings: &Settings,
    ) -> Result<Self, Error> {
        Self::create_as(directory, overwrite, Some(settings))
    }

    fn create_as(
        directory: &Path,
        overwrite: Overwrite,
        settings: Option<&Settings>,
    ) -> Result<Self, Error> {
        let Some(upload) = Upload::prepare(directory, overwrite, settings)? else {
            return Self::in_folder(directory, overwrite);
        };
        let folder = tempfile::Builder::new().prefix("seawall-run-").tempdir();
        let folder = folder.map_err(|source| Error::write(directory, None, source))?;
        let partial = folder.path().to_owned();
        let to = Target::Objects { upload: Box::new(upload), _folder: folder };
        Self::new(directory, partial, to, None)
    }

    fn new(
        directory: &Path,
        partial: PathBuf,
        to: Target,
        lock: Option<LockedFile>,
    ) -> Result<Self, Error> {
        let rejects = DigestWriter::create(partial.join(REJECTS))?;
        let directory = directory.to_owned();
        Ok(Self { directory, partial, to, lock, rejects, rejects_count: 0, finished: false })
    }

    fn in_folder(directory: &Path, overwrite: Overwrite) -> Result<Self, Error> {
        let made = prepare(directory, overwrite)?;
        let partial = directory.join(PARTIAL);
        let partial_made = fs_err::create_dir_all(&partial);
        partial_made.map_err(|source| Error::write(&partial, None, source))?;
        let lock_path = partial.join(LOCK);
        let lock = LockedFile::take(&lock_path)
            .map_err(|source| Error::write(&lock_path, None, source))?
            .ok_or_else(|| Error::Busy { directory: directory.to_owned() })?;
        Self::new(directory, partial, Target::Folder { made }, Some(lock))
    }

    /// Writes one reject to `rejects.ndjson`.
    pub fn reject(&mut self, reject: &Reject) -> Result<(), Error> {
        self.rejects_count += 1;
        write_line(&mut self.rejects, reject)
    }

    /// Rejects so far.
    pub const fn rejects(&self) -> u64 {
        self.rejects_count
    }

    /// Writes everything else, brings it to the disk, and gives the files their names.
    ///
    /// `members` come in the order in which they are to stand; `snapshot` and `report_html` are of the same findings.
    pub fn finish<'a>(
        mut self,
        findings: &Findings,
        members: impl IntoIterator<Item = &'a Member>,
        snapshot: &Snapshot,
        report_html: &str,
        provenance: Provenance,
    ) -> Result<Manifest, Error> {
        let mut digests = vec![
            self.file(CAMPAIGNS, |out| lines(out, &findings.campaigns))?,
            self.file(SELECTORS, |out| {
                lines(out, findings.campaigns.iter().flat_map(|campaign| &campaign.selectors))
            })?,
            self.file(FINDINGS, |out| stored::write_findings(out, findings))?,
            self.file(SNAPSHOT, |out| out.write_all(&snapshot.encode()))?,
        ];
        let (mut members_count, mut membership) = (0, Membership::default());
        digests.push(self.file(MEMBERS, |out| {
            let members = members.into_iter().inspect(|member| membership.push(member));
            members_count = members::write(out, members)?;
            Ok(())
        })?);
        digests.push(self.file(MEMBERS_TABLE, |out| membership.write(out))?);
        let report = self.partial.join(REPORT);
        let mut out = DigestWriter::create(report.clone())?;
        let needed = report_html.len() as u64;
        out.write_all(report_html.as_bytes())
            .map_err(|source| Error::write(&report, Some(needed), source))?;
        digests.push(out.finish(REPORT)?);
        let empty = DigestWriter::none(self.partial.join(REJECTS));
        digests.push(std::mem::replace(&mut self.rejects, empty).finish(REJECTS)?);
        digests.sort_by(|left, right| left.file.cmp(&right.file));
        let manifest =
            Manifest::new(findings, provenance, self.rejects_count, members_count, digests);
        self.file(MANIFEST, |out| {
            serde_json::to_writer_pretty(&mut *out, &manifest)?;
            out.write_all(b"\n")
        })?;
        self.publish()?;
        Ok(manifest)
    }

    fn file(
        &self,
        name: &str,
        fill: impl FnOnce(&mut DigestWriter) -> io::Result<()>,
    ) -> Result<FileDigest, Error> {
        let mut out = DigestWriter::create(self.partial.join(name))?;
        fill(&mut out).map_err(|source| Error::write(out.path(), None, source))?;
        out.finish(name)
    }

    /// The old manifest goes first and the new one comes last, so that a manifest never stands beside
    /// files of another run.
    fn publish(&mut self) -> Result<(), Error> {
        if let Target::Objects { upload, .. } = &mut self.to {
            return upload.publish(&self.directory, &self.partial);
        }
        let old = self.directory.join(MANIFEST);
        remove_file(&old)?;
        for name in FILES.into_iter().chain([MANIFEST]) {
            let to = self.directory.join(name);
            fs_err::rename(self.partial.join(name), &to)
                .map_err(|source| Error::write(&to, None, source))?;
        }
        sync_directory(&self.directory)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for RunWriter {
    fn drop(&mut self) {
        self.lock = None;
        // Nobody can be told here; what is left is inside `.seawall-partial` and replaced by the next run.
        let _ = fs_err::remove_dir_all(&self.partial);
        if matches!(self.to, Target::Folder { made: true }) && !self.finished {
            let _ = fs_err::remove_dir(&self.directory);
        }
    }
}

/// Checks that a run may be written to `directory`; returns whether it had to be made.
fn prepare(directory: &Path, overwrite: Overwrite) -> Result<bool, Error> {
    let entries = match fs_err::read_dir(directory) {
        Ok(entries) => entries,
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            fs_err::create_dir_all(directory)
                .map_err(|source| Error::write(directory, None, source))?;
            return Ok(true);
        }
        Err(source) if source.kind() == io::ErrorKind::NotADirectory => {
            return Err(Error::NotADirectory { path: directory.to_owned() });
        }
        Err(source) => return Err(Error::read(directory, source)),
    };
    let mut strange = None;
    let mut ours = false;
    for entry in entries {
        let name = entry.map_err(|source| Error::read(directory, source))?.file_name();
        // A partial folder is ours whatever became of its run.
        ours |= name == MANIFEST || name == PARTIAL;
        strange = Some(name);
    }
    let Some(name) = strange else { return Ok(false) };
    if overwrite == Overwrite::Force {
        return Ok(false);
    }
    let manifest = directory.join(MANIFEST);
    let exists = manifest.try_exists().map_err(|source| Error::read(&manifest, source))?;
    if ours && (!exists || Manifest::read(directory).is_ok()) {
        return Ok(false);
    }
    Err(Error::NotEmpty {
        directory: directory.to_owned(),
        example: name.to_string_lossy().into_owned(),
    })
}

fn remove_file(path: &Path) -> Result<(), Error> {
    match fs_err::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::write(path, None, source))
        }
        _ => Ok(()),
    }
}

/// Brings the names to the disk. Where folders cannot be opened as files the system does so itself.
fn sync_directory(directory: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        let opened = fs_err::File::open(directory).and_then(|opened| opened.sync_all());
        opened.map_err(|source| Error::write(directory, None, source))?;
    }
    Ok(())
}

fn lines<T: serde::Serialize>(
    out: &mut DigestWriter,
    items: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    for item in items {
        serde_json::to_writer(&mut *out, &item)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn write_line(out: &mut DigestWriter, item: &impl serde::Serialize) -> Result<(), Error> {
    lines(out, [item]).map_err(|source| Error::write(out.path(), None, source))
}

/// Lower-case hexadecimal.
fn hexadecimal(digest: &Digest) -> String {
    use std::fmt::Write as _;
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String accepts every write");
        text
    })
}

#[cfg(test)]
mod tests;
