//! Which of tonight's campaigns is which of last night's?
//!
//! A detection finds groups of accounts and knows nothing of yesterday. A [`Lineage`] gives them ids that last: by the
//! members that a campaign shares with an earlier one, or, where it shares none, by the selectors that bind it. All
//! ties are broken by what the campaigns are, so that the order in which they are found does not matter.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Two campaigns are related where they share one in so many members of the smaller one.
const RELATED_SHARE: usize = 5;
/// Members that are remembered of a campaign that has ended: the smallest hashes, which are as good as any.
const ENDED_MEMBERS_MAX: usize = 1000;
/// Selectors that a campaign without common members must share with an earlier one to be the same, …
const SELECTORS_MIN: usize = 3;
/// … and one in so many of those of the shorter list.
const SELECTORS_SHARE: usize = 2;

/// A campaign as a detection found it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Hashes of its members, ascending, each once.
    pub members: Vec<u64>,
    /// Hashes of the selectors of links that bind it, ascending, each once.
    pub selectors: Vec<u64>,
    /// What people want it to be called: the id of an earlier one.
    pub called: Option<String>,
}

/// What happened to a campaign in a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was found for the first time.
    Born,
    /// It has more members than before.
    Grew,
    /// It has fewer members than before.
    Shrank,
    /// Earlier campaigns became part of it.
    MergedFrom,
    /// It was part of earlier campaigns.
    SplitFrom,
    /// It became part of another campaign, and ended.
    MergedInto,
    /// Part of it became campaigns of their own.
    SplitInto,
    /// It was not found any more.
    Ended,
    /// It had ended, and was found again by its members or selectors.
    Returned,
}

/// One line of a campaign's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// Number of the night, from 1.
    pub night: u32,
    /// The last event that was known by then, RFC 3339.
    pub at: String,
    /// What happened.
    pub what: What,
    /// The other campaigns that it happened with.
    pub campaigns: Vec<String>,
    /// Members afterwards.
    pub accounts: u64,
}

/// A campaign through the nights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its id for as long as it lasts; never that of another.
    pub campaign: String,
    /// Hashes of its members when it was last found, ascending; some of them once it has ended.
    pub members: Vec<u64>,
    /// Hashes of the selectors that bound it when it was last found, ascending.
    pub selectors: Vec<u64>,
    /// Whether it was found in the last night.
    pub alive: bool,
    /// What happened to it, in order.
    pub history: Vec<Happening>,
}

impl Line {
    /// The night it was born in.
    fn born(&self) -> u32 {
        self.history.first().map_or(0, |happening| happening.night)
    }
}

/// All campaigns that were ever found, in order of birth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    lines: Vec<Line>,
}

/// The id of a campaign, from the hashes of its members in ascending order: `c-` and 12 hexadecimal digits. `seed` is
/// 0 but where that id is another campaign's already.
pub fn campaign_id(members: &[u64], seed: u64) -> String {
    let bytes: Vec<u8> = members.iter().flat_map(|hash| hash.to_le_bytes()).collect();
    format!("c-{:012x}", xxh3_64_with_seed(&bytes, seed) >> 16)
}

impl Lineage {
    /// All campaigns, in order of birth.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The campaign of an id.
    pub fn line(&self, campaign: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.campaign == campaign)
    }

    /// Takes in what night `night` found, the last event being `at`; the id of each, in the order of `found`.
    pub fn add_night(&mut self, night: u32, at: &str, found: &[Found]) -> Vec<String> {
        let kin = Kin::new(&self.lines, found, true);
        let mut line_of = self.called(found);
        kin.continue_lines(&mut line_of);
        Kin::new(&self.lines, found, false).continue_lines(&mut line_of);
        by_selectors(&self.lines, found, &kin, &mut line_of);
        let before = self.lines.len();
        let tell = |what, campaigns, accounts| Happening {
            night,
            at: at.to_owned(),
            what,
            campaigns,
            accounts,
        };
        self.add_newborn(found, &mut line_of, &|accounts| tell(What::Born, Vec::new(), accounts));
        let ids: Vec<String> = line_of
            .iter()
            .map(|line| self.lines[line.expect("all have one")].campaign.clone())
            .collect();
        let mut happened = self.ends(before, &kin, &line_of, &ids);
        for (index, own) in found.iter().enumerate() {
            let number = line_of[index].expect("all have one");
            happened.extend(self.changes(number, own, number < before));
            if number >= before || !self.lines[number].alive {
                let parents = kin.lines_of(index).map(|line| self.lines[line].campaign.clone());
                let parents: BTreeSet<String> = parents.collect();
                for parent in kin.lines_of(index) {
                    happened.push((parent, What::SplitInto, ids[index].clone()));
                }
                happened
                    .extend(parents.into_iter().map(|parent| (number, What::SplitFrom, parent)));
            }
        }
        for (number, own) in line_of.iter().zip(found) {
            let line = &mut self.lines[number.expect("all have one")];
            (line.members, line.selectors) = (own.members.clone(), own.selectors.clone());
            line.alive = true;
        }
        self.write(happened, &tell);
        ids
    }

    /// The lines of those that people call by one, no line twice.
    fn called(&self, found: &[Found]) -> Vec<Option<usize>> {
        let mut taken = BTreeSet::new();
        let line = |own: &Found| {
            let called = own.called.as_ref()?;
            let line = self.lines.iter().position(|line| line.campaign == *called)?;
            taken.insert(line).then_some(line)
        };
        found.iter().map(line).collect()
    }

    /// Gives those without a line one of their own.
    fn add_newborn(
        &mut self,
        found: &[Found],
        line_of: &mut [Option<usize>],
        born: &dyn Fn(u64) -> Happening,
    ) {
        let mut used: BTreeSet<String> =
            self.lines.iter().map(|line| line.campaign.clone()).collect();
        let mut newborn: Vec<usize> =
            (0..found.len()).filter(|index| line_of[*index].is_none()).collect();
        newborn.sort_by(|a, b| order_of_found(&found[*a], &found[*b]));
        for index in newborn {
            let called = found[index].called.iter().cloned();
            let campaign = called
                .chain((0..=u64::MAX).map(|seed| campaign_id(&found[index].members, seed)))
                .find(|id| used.insert(id.clone()))
                .expect("one of all numbers gives an id that is free");
            line_of[index] = Some(self.lines.len());
            self.lines.push(Line {
                campaign,
                members: Vec::new(),
                selectors: Vec::new(),
                alive: true,
                history: vec![born(found[index].members.len() as u64)],
            });
        }
    }

    /// What becomes of the living that nobody of tonight continues.
    fn ends(
        &mut self,
        before: usize,
        kin: &Kin,
        line_of: &[Option<usize>],
        ids: &[String],
    ) -> Vec<(usize, What, String)> {
        let continued: BTreeSet<usize> = line_of.iter().flatten().copied().collect();
        let mut happened = Vec::new();
        for number in (0..before).filter(|number| !continued.contains(number)) {
            let line = &mut self.lines[number];
            if !line.alive {
                continue;
            }
            line.alive = false;
            line.members.truncate(ENDED_MEMBERS_MAX);
            match kin.heir_of(number) {
                Some(heir) => {
                    happened.push((number, What::MergedInto, ids[heir].clone()));
                    let heir = line_of[heir].expect("all have one");
                    happened.push((heir, What::MergedFrom, line.campaign.clone()));
                }
                None => happened.push((number, What::Ended, String::new())),
            }
        }
        happened
    }

    /// How a campaign that was there before has changed.
    fn changes(
        &self,
        number: usize,
        now: &Found,
        was_there: bool,
    ) -> Option<(usize, What, String)> {
        let line = &self.lines[number];
        let what = match (line.alive, line.members.len().cmp(&now.members.len())) {
            _ if !was_there => return None,
            (false, _) => What::Returned,
            (true, std::cmp::Ordering::Less) => What::Grew,
            (true, std::cmp::Ordering::Greater) => What::Shrank,
            (true, std::cmp::Ordering::Equal) => return None,
        };
        Some((number, what, String::new()))
    }

    /// Writes down what happened, each sort of thing of a campaign once, with all that it happened with.
    fn write(
        &mut self,
        happened: Vec<(usize, What, String)>,
        tell: &dyn Fn(What, Vec<String>, u64) -> Happening,
    ) {
        let mut told: BTreeMap<(usize, u8), (What, BTreeSet<String>)> = BTreeMap::new();
        for (number, what, other) in happened {
            let (_, others) =
                told.entry((number, what as u8)).or_insert_with(|| (what, BTreeSet::new()));
            if !other.is_empty() {
                others.insert(other);
            }
        }
        for ((number, _), (what, others)) in told {
            let line = &mut self.lines[number];
            let accounts = if line.alive { line.members.len() as u64 } else { 0 };
            line.history.push(tell(what, others.into_iter().collect(), accounts));
        }
    }
}

/// Which campaigns of tonight share members with which earlier ones.
struct Kin {
    /// (members in common, line, found) of all that are related: those that go together before all others first.
    pairs: Vec<(usize, usize, usize)>,
}

impl Kin {
    /// Of lines that are alive, or of those that have ended.
    fn new(lines: &[Line], found: &[Found], alive: bool) -> Self {
        let theirs = found.iter().map(|own| own.members.as_slice()).enumerate();
        let ours = lines.iter().enumerate().filter(|(_, line)| line.alive == alive);
        let shared = common(ours.map(|(number, line)| (number, line.members.as_slice())), theirs);
        let mut pairs: Vec<(usize, usize, usize)> = shared
            .into_iter()
            .map(|((line, index), shared)| (shared, line, index))
            .filter(|(shared, line, index)| {
                let smaller = lines[*line].members.len().min(found[*index].members.len());
                shared * RELATED_SHARE >= smaller
            })
            .collect();
        pairs.sort_by(|a, b| {
            let (one, other) = (&lines[a.1], &lines[b.1]);
            b.0.cmp(&a.0)
                .then_with(|| other.members.len().cmp(&one.members.len()))
                .then_with(|| order_of_lines(one, other))
                .then_with(|| order_of_found(&found[a.2], &found[b.2]))
        });
        Self { pairs }
    }

    /// Lets those of tonight that continue no line yet continue one of these, no line twice.
    fn continue_lines(&self, line_of: &mut [Option<usize>]) {
        let mut taken: BTreeSet<usize> = line_of.iter().flatten().copied().collect();
        for (_, line, index) in &self.pairs {
            if line_of[*index].is_none() && taken.insert(*line) {
                line_of[*index] = Some(*line);
            }
        }
    }

    /// Lines that one of tonight is related to.
    fn lines_of(&self, index: usize) -> impl Iterator<Item = usize> {
        self.pairs.iter().filter(move |pair| pair.2 == index).map(|pair| pair.1)
    }

    /// The one of tonight that has most of a line's members.
    fn heir_of(&self, line: usize) -> Option<usize> {
        self.pairs.iter().find(|pair| pair.1 == line).map(|pair| pair.2)
    }
}

/// How many hashes each of ours and each of theirs have in common, where they have any.
fn common<'a>(
    ours: impl Iterator<Item = (usize, &'a [u64])>,
    theirs: impl Iterator<Item = (usize, &'a [u64])>,
) -> BTreeMap<(usize, usize), usize> {
    let mut having: Vec<(u64, usize)> =
        theirs.flat_map(|(index, own)| own.iter().map(move |hash| (*hash, index))).collect();
    having.sort_unstable();
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (number, hash) in ours.flat_map(|(number, own)| own.iter().map(move |hash| (number, hash)))
    {
        let start = having.partition_point(|entry| entry.0 < *hash);
        for (_, index) in having[start..].iter().take_while(|entry| entry.0 == *hash) {
            *shared.entry((number, *index)).or_default() += 1;
        }
    }
    shared
}

/// The older first.
fn order_of_lines(a: &Line, b: &Line) -> std::cmp::Ordering {
    a.born().cmp(&b.born()).then_with(|| a.campaign.cmp(&b.campaign))
}

fn order_of_found(a: &Found, b: &Found) -> std::cmp::Ordering {
    a.members.cmp(&b.members).then_with(|| a.selectors.cmp(&b.selectors))
}

/// Continues lines by their selectors where nobody has members in common: an operation that went on with other
/// accounts, or came back.
fn by_selectors(lines: &[Line], found: &[Found], kin: &Kin, line_of: &mut [Option<usize>]) {
    let mut taken: BTreeSet<usize> = line_of.iter().flatten().copied().collect();
    // What has become part of another does not come back beside it.
    taken.extend(kin.pairs.iter().map(|pair| pair.1));
    let orphans: Vec<usize> = (0..found.len())
        .filter(|index| line_of[*index].is_none() && kin.lines_of(*index).next().is_none())
        .collect();
    let theirs = orphans.iter().map(|index| (*index, found[*index].selectors.as_slice()));
    let ours = lines.iter().enumerate().filter(|(number, _)| !taken.contains(number));
    let shared = common(ours.map(|(number, line)| (number, line.selectors.as_slice())), theirs);
    let mut pairs: Vec<(usize, usize, usize)> =
        shared.into_iter().map(|((line, index), shared)| (shared, line, index)).collect();
    pairs.retain(|(shared, line, index)| {
        let shorter = lines[*line].selectors.len().min(found[*index].selectors.len());
        *shared >= SELECTORS_MIN && shared * SELECTORS_SHARE >= shorter
    });
    pairs.sort_by(|a, b| {
        let (one, other) = (&lines[a.1], &lines[b.1]);
        b.0.cmp(&a.0)
            .then_with(|| other.alive.cmp(&one.alive))
            .then_with(|| order_of_lines(one, other))
            .then_with(|| order_of_found(&found[a.2], &found[b.2]))
    });
    for (_, number, index) in pairs {
        if line_of[index].is_none() && taken.insert(number) {
            line_of[index] = Some(number);
        }
    }
}

#[cfg(test)]
mod tests;
