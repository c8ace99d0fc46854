//! Which files did a run use beside the events, and where are they?

use std::path::{Path, PathBuf};

use seawall_engine::output::{FileDigest, Manifest};

use crate::{
    failure::{Exit, Failure},
    pipeline::Request,
};

/// What such a file is to a detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Names of fields.
    Map,
    /// Countries of addresses.
    Countries,
    /// Networks of addresses.
    Networks,
    /// What people said of earlier campaigns.
    Reviews,
    /// A list, whose name says of what.
    List,
}

/// The files of a manifest's `knowledge`, each with what it was to the run: field map and databases first, as far as
/// the configuration names them, then the lists. [`crate::pipeline::detect`] writes them in that order.
pub(crate) fn uses(manifest: &Manifest) -> Vec<(&FileDigest, Use)> {
    let single = [
        ("map", Use::Map),
        ("country_mmdb", Use::Countries),
        ("asn_mmdb", Use::Networks),
        ("reviews", Use::Reviews),
    ];
    let single = single.into_iter().filter(|(key, _)| manifest.config.contains_key(*key));
    let uses = single.map(|(_, it)| it).chain(std::iter::repeat(Use::List));
    manifest.knowledge.iter().zip(uses).collect()
}

/// Files among which those of a run are looked for.
#[derive(Debug)]
pub(crate) struct Given(Vec<PathBuf>);

impl Given {
    /// The files that were named, and those in folders that were, in order.
    pub(crate) fn new(named: &[PathBuf]) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in named {
            if !fs_err::metadata(path)?.is_dir() {
                files.push(path.clone());
                continue;
            }
            let mut within = Vec::new();
            for entry in fs_err::read_dir(path)? {
                let entry = entry?.path();
                if entry.is_file() {
                    within.push(entry);
                }
            }
            within.sort();
            files.extend(within);
        }
        Ok(Self(files))
    }

    /// The file with that content, whatever it is called.
    pub(crate) fn find(&self, wanted: &FileDigest) -> Result<Option<&Path>, Failure> {
        for path in &self.0 {
            if fs_err::metadata(path)?.len() == wanted.bytes
                && FileDigest::of_file(path)?.sha256 == wanted.sha256
            {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }
}

/// Brings what a run used into a folder of its own, as a detection wants it. `open` writes the content of a file to a
/// path, and says whether there is one.
pub(crate) fn laid_out(
    manifest: &Manifest,
    folder: &Path,
    open: impl Fn(&FileDigest, &Path) -> Result<bool, Failure>,
) -> Result<Result<Request, Lacking>, Failure> {
    let mut request = Request::default();
    for (number, (file, used)) in uses(manifest).into_iter().enumerate() {
        // Of the name nothing but the last part is taken: it comes from a file that somebody else may have written.
        let name = Path::new(&file.file).file_name().ok_or_else(|| {
            Failure::new(Exit::Integrity, format!("`{}` is no name of a file", file.file))
        })?;
        let place = match used {
            Use::List => folder.join("lists"),
            _ => folder.join(format!("knowledge-{number}")),
        };
        fs_err::create_dir_all(&place)?;
        let path = place.join(name);
        if !open(file, &path)? {
            return Ok(Err(Lacking { file: file.file.clone(), sha256: file.sha256.clone() }));
        }
        match used {
            Use::Map => request.map = Some(path),
            Use::Countries => request.country_mmdb = Some(path),
            Use::Networks => request.asn_mmdb = Some(path),
            Use::Reviews => request.reviews = Some(path),
            Use::List => request.lists = Some(place),
        }
    }
    Ok(Ok(request))
}

/// A file that a run used, and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lacking {
    pub(crate) file: String,
    pub(crate) sha256: String,
}
