//! What does the user know beyond the log? Field names, lists, databases of addresses, what people said.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, ensure};
use clap::Args;
use seawall_core::{campaign::review::Reviews, selector::Lists};
use seawall_engine::{detect::Knowledge, output::FileDigest, places::Places};

/// Longest file of text that is read: room for 10 million domains.
const BYTES_MAX: u64 = 512 << 20;

/// Files beside the events; the same as of `seawall detect`.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Names of fields in the input (TOML: ours = "theirs")
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// Folder of lists, as of `seawall detect`
    #[arg(long, value_name = "DIR")]
    lists: Option<PathBuf>,
    /// Countries of addresses, for events that have none (`.mmdb`)
    #[arg(long, value_name = "FILE")]
    country_mmdb: Option<PathBuf>,
    /// Networks of addresses, for events that have none (`.mmdb`)
    #[arg(long, value_name = "FILE")]
    asn_mmdb: Option<PathBuf>,
    /// What people said of campaigns of earlier runs, as `seawall review export` writes it
    #[arg(long, value_name = "FILE")]
    reviews: Option<PathBuf>,
}

impl Files {
    /// Reads what detection needs of them.
    pub(crate) fn read(&self) -> anyhow::Result<Knowledge> {
        let mut lists = Lists::default();
        for path in self.list_paths()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let summary = lists.add(&name, &text_of(&path)?);
            let summary = summary.map_err(|error| anyhow!("{}: {error}", path.display()))?;
            if summary.bad_lines > 0 {
                crate::note(&format!("{name}: {} lines that are no entry", summary.bad_lines));
            }
        }
        let places = Places::open(self.country_mmdb.as_deref(), self.asn_mmdb.as_deref())?;
        let parsed = self.reviews.as_deref().map(|path| {
            Reviews::parse(&text_of(path)?).map_err(|error| anyhow!("{}: {error}", path.display()))
        });
        Ok(Knowledge { lists, places, reviews: parsed.transpose()?.unwrap_or_default() })
    }

    /// The same as the manifest has it, in the order that it has it in.
    pub(crate) fn digests(&self) -> anyhow::Result<Vec<FileDigest>> {
        let single = [&self.map, &self.country_mmdb, &self.asn_mmdb, &self.reviews];
        let single = single.into_iter().flatten().cloned();
        let paths = single.chain(self.list_paths()?);
        paths.map(|path| Ok(FileDigest::of_file(&path)?)).collect()
    }

    /// Names of the files for the manifest.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        let files = [
            ("map", &self.map),
            ("lists", &self.lists),
            ("country_mmdb", &self.country_mmdb),
            ("asn_mmdb", &self.asn_mmdb),
            ("reviews", &self.reviews),
        ];
        files.into_iter().filter_map(|(key, path)| {
            Some((key, path.as_ref()?.file_name()?.to_string_lossy().into_owned()))
        })
    }

    /// The lists of the folder, in the order of their names.
    fn list_paths(&self) -> anyhow::Result<Vec<PathBuf>> {
        let Some(folder) = &self.lists else { return Ok(Vec::new()) };
        let mut paths = Vec::new();
        for entry in fs_err::read_dir(folder)? {
            paths.push(entry?.path());
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
        Ok(paths)
    }
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = fs_err::File::open(path)?.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    ensure!(read as u64 <= BYTES_MAX, "{}: longer than {} MiB", path.display(), BYTES_MAX >> 20);
    Ok(text)
}
