//! What is kept in memory of a run?

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use seawall_core::campaign::findings::{Campaign, RunSummary, SelectorEvidence};
use seawall_engine::output::{CAMPAIGNS, Error, FINDINGS, MEMBERS, Manifest, sha256_file};
use serde::Deserialize;

use super::members::Members;

/// Longest line of `campaigns.ndjson`, and longest `findings.json`.
const BYTES_MAX: u64 = 64 << 20;
/// Members of a run that are taken into the index at most; it is 28 bytes each.
const MEMBERS_MAX: u64 = 40_000_000;
/// Steps of the small picture of a campaign's signups.
const STEPS: usize = 60;

/// A campaign in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Number of accounts.
    pub accounts: u64,
    /// Of these, accounts that the site trusts.
    pub trusted: u64,
    /// Bits for each account.
    pub bits: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// First event of a member, RFC 3339.
    pub first_seen: String,
    /// Last event of a member, RFC 3339.
    pub last_seen: String,
    /// Families with evidence.
    pub families: usize,
    /// Signups in equal steps over the whole run, few of them.
    pub signups: Vec<u64>,
    /// Of what binds it, what somebody else knows.
    pub known: Vec<SelectorEvidence>,
    /// Where its line stands in the file, and its bytes.
    line: (u64, u64),
}

/// A run that is shown.
#[derive(Debug)]
pub struct Run {
    /// The name of its folder.
    pub name: String,
    /// What was read and how it was judged.
    pub summary: RunSummary,
    /// Its campaigns, strongest first.
    pub campaigns: Vec<Brief>,
    /// Clusters that an innocent explanation accounts for.
    pub excused: Vec<Campaign>,
    /// Its members.
    pub members: Members,
    by_id: BTreeMap<String, usize>,
    /// Positions of the campaigns that a value binds; read when it is first asked for.
    bound: OnceLock<BTreeMap<String, Vec<usize>>>,
    file: Mutex<fs_err::File>,
}

#[derive(Deserialize)]
struct Rest {
    run: RunSummary,
    excused: Vec<Campaign>,
}

impl Run {
    /// Files that are read of a run, beside its manifest.
    pub const FILES: [&'static str; 3] = [CAMPAIGNS, FINDINGS, MEMBERS];

    /// Reads a run, and checks that its files are those of its manifest.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let manifest = Manifest::read(directory)?;
        for name in Self::FILES {
            let path = directory.join(name);
            let stated = manifest.output(name).map(|output| output.sha256.clone());
            if stated != Some(sha256_file(&path)?) {
                return Err(Error::Changed { path });
            }
        }
        let Rest { run: summary, excused } = rest(directory)?;
        let path = directory.join(CAMPAIGNS);
        let file = open(&path)?;
        let campaigns = briefs(&path)?;
        let by_id =
            campaigns.iter().enumerate().map(|(index, own)| (own.id.clone(), index)).collect();
        let members = Members::open(&directory.join(MEMBERS), &by_id, MEMBERS_MAX)?;
        let name = directory.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self {
            name: name.unwrap_or_else(|| "run".to_owned()),
            summary,
            campaigns,
            excused,
            members,
            by_id,
            bound: OnceLock::new(),
            file: Mutex::new(file),
        })
    }

    /// Place of a campaign in the list.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Positions of the campaigns that a value binds, as it is shown, without case.
    pub fn bound_by(&self, value: &str) -> Result<&[usize], Error> {
        Ok(self.bound()?.get(&value.to_lowercase()).map_or(&[], Vec::as_slice))
    }

    /// Positions of the campaigns whose id or name contains a text, or that a value binds which does; without case.
    pub fn containing(&self, text: &str) -> Result<BTreeSet<usize>, Error> {
        let text = text.to_lowercase();
        let called = self.campaigns.iter().enumerate().filter(|(_, own)| {
            own.id.to_lowercase().contains(&text) || own.name.to_lowercase().contains(&text)
        });
        let bound = self.bound()?.iter().filter(|(value, _)| value.contains(&text));
        Ok(called
            .map(|(position, _)| position)
            .chain(bound.flat_map(|(_, own)| own.iter().copied()))
            .collect())
    }

    fn bound(&self) -> Result<&BTreeMap<String, Vec<usize>>, Error> {
        if let Some(bound) = self.bound.get() {
            return Ok(bound);
        }
        let read = self.read_bound()?;
        Ok(self.bound.get_or_init(|| read))
    }

    fn read_bound(&self) -> Result<BTreeMap<String, Vec<usize>>, Error> {
        let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for position in 0..self.campaigns.len() {
            for selector in self.campaign(position)?.selectors {
                let positions = found.entry(selector.value.to_lowercase()).or_default();
                if positions.last() != Some(&position) {
                    positions.push(position);
                }
            }
        }
        Ok(found)
    }

    /// A campaign, whole, read from the file.
    pub fn campaign(&self, position: usize) -> Result<Campaign, Error> {
        let (offset, bytes) = self.campaigns[position].line;
        let mut line = vec![0; usize::try_from(bytes).unwrap_or(0)];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut line));
        read.map_err(|source| Error::Read { path: CAMPAIGNS.into(), source })?;
        drop(file);
        serde_json::from_slice(&line).map_err(|_| malformed(Path::new(CAMPAIGNS), "a campaign"))
    }
}

fn open(path: &Path) -> Result<fs_err::File, Error> {
    fs_err::File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

fn malformed(path: &Path, what: &str) -> Error {
    Error::Malformed { path: path.to_owned(), reason: format!("{what} cannot be read") }
}

fn rest(directory: &Path) -> Result<Rest, Error> {
    let path = directory.join(FINDINGS);
    let mut text = Vec::new();
    let read = std::io::copy(&mut open(&path)?.take(BYTES_MAX), &mut text);
    read.map_err(|source| Error::Read { path: path.clone(), source })?;
    serde_json::from_slice(&text).map_err(|_| malformed(&path, "the run"))
}

fn briefs(path: &Path) -> Result<Vec<Brief>, Error> {
    let mut reader = BufReader::with_capacity(1 << 20, open(path)?);
    let (mut briefs, mut offset, mut line) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        let read = (&mut reader).take(BYTES_MAX).read_until(b'\n', &mut line);
        let bytes = read.map_err(|source| Error::Read { path: path.to_owned(), source })? as u64;
        if bytes == 0 {
            return Ok(briefs);
        }
        let campaign = serde_json::from_slice(&line).map_err(|_| malformed(path, "a campaign"))?;
        briefs.push(brief(campaign, (offset, bytes)));
        offset += bytes;
    }
}

fn brief(campaign: Campaign, line: (u64, u64)) -> Brief {
    let counts = &campaign.signups_over_time.counts;
    let together = counts.len().div_ceil(STEPS).max(1);
    Brief {
        accounts: campaign.accounts,
        trusted: campaign.trusted,
        bits: campaign.bits,
        confidence: campaign.confidence,
        families: campaign.families.len(),
        signups: counts.chunks(together).map(|chunk| chunk.iter().sum()).collect(),
        id: campaign.campaign,
        name: campaign.name,
        first_seen: campaign.first_seen,
        last_seen: campaign.last_seen,
        known: campaign.selectors.into_iter().filter(|own| !own.known_by.is_empty()).collect(),
        line,
    }
}
