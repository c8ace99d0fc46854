//! Is a group an operation, once every innocent explanation has been granted?

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::{
    campaign::{
        evidence::{CAMPAIGN_BITS_MAX, MEMBER_BITS},
        findings::Explanation,
        innocence::{Facts, weigh},
    },
    cluster::latent_class::SPLIT_RATIO,
    selector::{Family, KindId, Role},
};

use super::{
    blocks::{TELLING_BITS, blocks},
    facts::{Activity, action_sharing, binding_families, comes_back, facts},
    groups::{self, Group},
    hot, in_parallel,
    pairs::SelectorGraph,
    peers::{Background, Peers},
    pools,
    profile::{Belonging, Gathered, Profile, Round},
    scene::Scene,
    ties::Ties,
};

use crate::count::evidence_kinds;

/// Rounds of profile and membership.
const ROUNDS_MAX: usize = 3;
/// Bits that an account which a pair of hot selectors put into a group needs to stay: odds of ten to one.
const CORE_BITS: f64 = 3.3;
/// Accounts through which a large group is looked at first.
const SAMPLE: usize = 1500;
/// Bits that the sample of a large group must leave for all of it to be weighed.
const SAMPLE_BITS_MIN: f64 = 1.0;
/// Bits with nothing excused from which a group may be part of an operation, though too small to be one
/// by itself.
const STRONG_BITS: f64 = 16.0;
/// Resolutions of the communities within a group, one after the other.
const RESOLUTIONS: [f64; 5] = [3.0, 10.0, 30.0, 100.0, 300.0];
/// Selectors of a group that is worth parting.
const PARTED_MIN: usize = 8;
/// Accounts that may share a value and be a household: what binds a member must be shared more widely.
const HOUSEHOLD_MAX: u32 = 8;
/// Binding families an account needs.
const BINDING_MIN: u32 = 2;
/// Bits from which a value is part of a pool of an operation's own.
const POOL_BITS: f64 = 6.0;
/// Candidates that are tried with each other for one value.
const UNITE_MAX: usize = 40;
/// Accounts a campaign needs before others are compared with it.
pub(crate) const EXPAND_MIN: usize = 20;

/// Accounts looked at in one go when others are compared with campaigns.
const ROWS_AT_ONCE: usize = 1 << 15;

/// A group with all evidence on it.
pub(crate) struct Candidate {
    pub(crate) nodes: Vec<u32>,
    /// Rows of its members, ascending, with the evidence on each.
    pub(crate) members: Vec<(u32, Belonging)>,
    pub(crate) profile: Profile,
    pub(crate) facts: Facts,
    /// Mean bits by kind.
    pub(crate) kind_bits: Vec<f64>,
    pub(crate) explanations: Vec<Explanation>,
    /// Bits against the most favourable innocent explanation.
    pub(crate) bits: f64,
    pub(crate) bits_unexcused: f64,
    /// Its accounts were made and left alone.
    pub(crate) dormant: bool,
}

/// Everything a run found, before it is put into words.
pub(crate) struct Judgement {
    pub(crate) graph: SelectorGraph,
    pub(crate) peers: Peers,
    /// Highest score first.
    pub(crate) candidates: Vec<Candidate>,
    /// The input has one binding family at most.
    pub(crate) single_family: bool,
}

/// Runs the whole path over a scene.
pub(crate) fn judge(
    scene: &Scene<'_>,
    report_bits: f64,
    stage: &mut dyn FnMut(&'static str),
) -> Judgement {
    stage("testing selectors");
    let nodes = hot::find(scene);
    stage("counting pairs");
    let graph = SelectorGraph::new(scene, nodes);
    stage("forming groups");
    let groups = groups::find(scene, &graph);
    stage("comparing with peers");
    let peers = Peers::count(scene, &groups);
    let groups = if scene.single_family { groups } else { pools::pool(scene, &peers, groups) };
    let activity = Activity::new(scene);
    let context = Context { scene, peers: &peers, activity: &activity };
    // Parts of one operation in several groups must not hide each other: first against accounts in no
    // group, and only what stands then is completed and held against everyone else.
    let first = context.look_within(&graph, groups, report_bits);
    let (mut strong, mut candidates): (Vec<Candidate>, Vec<Candidate>) =
        first.into_iter().partition(|candidate| {
            candidate.bits >= report_bits || candidate.bits_unexcused >= STRONG_BITS
        });
    strong.sort_by(order);
    stage("uniting parts");
    // One family alone tells no two operations apart, so parts of one cannot be told from two.
    let united = if scene.single_family { strong } else { context.unite(strong) };
    let (promising, rest): (Vec<Candidate>, Vec<Candidate>) =
        united.into_iter().partition(|candidate| candidate.bits >= report_bits);
    candidates.extend(rest);
    stage("looking for further members");
    let complete = context.expand(promising);
    // Those who joined brought values that were not counted among peers before.
    let known = candidates.iter().map(|candidate| Group {
        nodes: Vec::new(),
        rows: candidate.members.iter().map(|member| member.0).collect(),
    });
    let all: Vec<Group> = complete.iter().cloned().chain(known).collect();
    let peers = Peers::count(scene, &all);
    let context = Context { scene, peers: &peers, activity: &activity };
    candidates.extend(
        in_parallel(scene.threads, complete.len(), |index| {
            let Group { nodes, rows } = complete[index].clone();
            context.weigh_blocks(nodes, rows, Background::Others)
        })
        .into_iter()
        .flatten(),
    );
    candidates.sort_by(order);
    Judgement { graph, peers, candidates, single_family: scene.single_family }
}

fn order(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    b.bits
        .total_cmp(&a.bits)
        .then(b.members.len().cmp(&a.members.len()))
        .then(a.members[0].0.cmp(&b.members[0].0))
}

/// A value that tells a candidate.
#[derive(Clone, Copy)]
struct Telling {
    value: (KindId, u32),
    /// Members that have it.
    members: u32,
    bits: f64,
}

/// What candidates are weighed with.
struct Context<'a> {
    scene: &'a Scene<'a>,
    peers: &'a Peers,
    activity: &'a Activity,
}

impl Context<'_> {
    /// Looks at every group, and where one is nothing as a whole, at ever finer communities within it:
    /// chance links a good part of any large input into one, and operations with it.
    fn look_within(
        &self,
        graph: &SelectorGraph,
        groups: Vec<Group>,
        report_bits: f64,
    ) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        let mut groups = groups;
        for resolution in RESOLUTIONS {
            let seen = in_parallel(self.scene.threads, groups.len(), |index| {
                let found = self.first_look(&groups[index]);
                // What has an innocent explanation is one body, and explained as one.
                let nothing = found.iter().all(|candidate| {
                    candidate.bits_unexcused + candidate.facts.prior_bits < report_bits
                        || !self.stands(candidate)
                });
                let parts = if nothing && groups[index].nodes.len() >= PARTED_MIN {
                    groups::finer(graph, &groups[index], resolution)
                } else {
                    Vec::new()
                };
                (found, parts)
            });
            groups = Vec::new();
            for (found, mut parts) in seen {
                if parts.len() < 2 {
                    candidates.extend(found);
                    continue;
                }
                parts.retain(|part| part.rows.len() >= groups::ACCOUNTS_MIN);
                groups.extend(parts);
            }
        }
        candidates
    }

    /// Weighs a group against accounts in no group. A large one is looked at through a sample first: most
    /// are nothing, and that shows.
    fn first_look(&self, group: &Group) -> Vec<Candidate> {
        if group.rows.len() > 2 * SAMPLE {
            let step = group.rows.len().div_ceil(SAMPLE);
            let sample: Vec<u32> = group.rows.iter().copied().step_by(step).collect();
            let Some(seen) = self.refine(group.nodes.clone(), sample, Background::Ungrouped) else {
                return Vec::new();
            };
            // The prior of the sample is that of a smaller group.
            let prior = (group.rows.len() as f64 / SAMPLE as f64).log2();
            if seen.bits + prior < SAMPLE_BITS_MIN && seen.bits_unexcused < STRONG_BITS {
                return vec![seen];
            }
        }
        self.weigh_blocks(group.nodes.clone(), group.rows.clone(), Background::Ungrouped)
    }

    /// Weighs a group, and where it falls into blocks that nothing telling connects, each of them.
    fn weigh_blocks(
        &self,
        nodes: Vec<u32>,
        rows: Vec<u32>,
        background: Background,
    ) -> Vec<Candidate> {
        let Some(candidate) = self.refine(nodes, rows, background) else { return Vec::new() };
        if self.scene.single_family {
            return vec![candidate];
        }
        let rows: Vec<u32> = candidate.members.iter().map(|member| member.0).collect();
        let mut blocks = blocks(self.scene, self.peers, &candidate.profile, &rows);
        if blocks.len() == 1 {
            return vec![candidate];
        }
        blocks.retain(|block| block.len() >= groups::ACCOUNTS_MIN);
        blocks
            .into_iter()
            .filter_map(|rows| self.refine(candidate.nodes.clone(), rows, background))
            .collect()
    }

    /// Whether a candidate stands against all other accounts, where it is large. Where half of an input is
    /// in some group, too few are in none to tell what is usual; and a part so large hides no other.
    fn stands(&self, candidate: &Candidate) -> bool {
        if candidate.members.len() <= 2 * SAMPLE {
            return true;
        }
        let rows = candidate.members.iter().map(|member| member.0).collect();
        let seen = self.refine(candidate.nodes.clone(), rows, Background::Others);
        seen.is_some_and(|seen| seen.bits_unexcused + seen.facts.prior_bits >= SAMPLE_BITS_MIN)
    }

    /// Alternates profile and membership until they agree, then weighs what is left.
    fn refine(&self, nodes: Vec<u32>, rows: Vec<u32>, background: Background) -> Option<Candidate> {
        let dormant = self.activity.is_dormant(self.scene, &rows);
        let gathered = Gathered::new(self.scene, self.peers, rows);
        let mut accounts: Vec<u32> = (0..gathered.rows.len() as u32).collect();
        for number in 0.. {
            let round = Round::new(self.scene, &gathered, accounts, background);
            let members = round.members();
            let stays = |(row, belonging): &(u32, Belonging)| {
                f64::from(belonging.bits) >= CORE_BITS && self.is_bound(belonging, *row, dormant)
            };
            let kept: Vec<u32> = round
                .accounts()
                .iter()
                .zip(&members)
                .filter(|(_, member)| stays(member))
                .map(|(account, _)| *account)
                .collect();
            if kept.len() < groups::ACCOUNTS_MIN {
                return None;
            }
            if kept.len() == members.len() || number >= ROUNDS_MAX {
                return Some(self.weigh(nodes, round, members, dormant));
            }
            accounts = kept;
        }
        None
    }

    /// Two binding families and none against; in a group whose accounts are made and left alone, one
    /// family and that.
    fn is_bound(&self, belonging: &Belonging, row: u32, dormant: bool) -> bool {
        let silent = dormant && !comes_back(self.scene, row as usize);
        let household = belonging.widest <= HOUSEHOLD_MAX && !self.scene.single_family;
        !belonging.contradicts
            && !household
            && belonging.binding.count_ones() + u32::from(silent) >= binding_min(self.scene)
    }

    fn weigh(
        &self,
        nodes: Vec<u32>,
        round: Round<'_>,
        members: Vec<(u32, Belonging)>,
        dormant: bool,
    ) -> Candidate {
        let Self { scene, peers, activity } = *self;
        let rows: Vec<u32> = members.iter().map(|member| member.0).collect();
        let rows = rows.as_slice();
        let kind_bits = round.kind_bits();
        let profile = round.into_profile();
        let mut facts = facts(scene, peers, activity, &profile, &kind_bits, rows);
        let (binding, usual_sharing) = binding_families(scene, &profile, &kind_bits, &members);
        facts.usual_sharing = usual_sharing;
        facts.action_sharing = action_sharing(scene, &profile, &kind_bits, &members);
        let explanations = weigh(&facts);
        let left =
            explanations.first().and_then(|explanation| explanation.bits_left).unwrap_or(0.0);
        let bound = binding + u32::from(dormant) >= binding_min(scene);
        let bits_unexcused = facts.family_bits.iter().map(|bits| bits.max(0.0)).sum();
        Candidate {
            nodes,
            members,
            profile,
            facts,
            kind_bits,
            explanations,
            bits: if bound { f64::min(left, CAMPAIGN_BITS_MAX) } else { 0.0 },
            bits_unexcused,
            dormant,
        }
    }

    /// Unites candidates that share a telling value and that no two families tell apart, or that draw from
    /// the same pools in two families, whatever else tells them apart.
    fn unite(&self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let telling: Vec<Vec<Telling>> =
            candidates.iter().map(|candidate| self.telling(candidate)).collect();
        let mut holders: BTreeMap<(KindId, u32), Vec<usize>> = BTreeMap::new();
        for (index, telling) in telling.iter().enumerate() {
            for telling in telling {
                holders.entry(telling.value).or_default().push(index);
            }
        }
        let mut into: Vec<usize> = (0..candidates.len()).collect();
        let mut rows: Vec<Vec<u32>> = candidates
            .iter()
            .map(|candidate| candidate.members.iter().map(|member| member.0).collect())
            .collect();
        let mut tried: BTreeSet<(usize, usize)> = BTreeSet::new();
        for holders in holders.values() {
            for (position, first) in holders.iter().enumerate().take(UNITE_MAX) {
                for second in holders.iter().skip(position + 1).take(UNITE_MAX) {
                    let (a, b) = (resolve(&into, *first), resolve(&into, *second));
                    let (a, b) = (a.min(b), a.max(b));
                    if a == b {
                        continue;
                    }
                    let (less, more) =
                        if candidates[*first].members.len() < candidates[*second].members.len() {
                            (*first, *second)
                        } else {
                            (*second, *first)
                        };
                    let members = candidates[less].members.len();
                    if same_pools(&telling[less], &telling[more], members)
                        || tried.insert((a, b))
                            && groups::ratio(self.scene, &rows[a], &rows[b]) < SPLIT_RATIO
                    {
                        let moved = std::mem::take(&mut rows[b]);
                        rows[a].extend(moved);
                        rows[a].sort_unstable();
                        into[b] = a;
                    }
                }
            }
        }
        let mut parts: BTreeMap<usize, Vec<Candidate>> = BTreeMap::new();
        for (index, candidate) in candidates.into_iter().enumerate() {
            parts.entry(resolve(&into, index)).or_default().push(candidate);
        }
        let mut united: Vec<Candidate> = parts
            .into_values()
            .flat_map(|parts| {
                if parts.len() == 1 {
                    return parts;
                }
                let mut nodes: Vec<u32> =
                    parts.iter().flat_map(|part| part.nodes.iter().copied()).collect();
                nodes.sort_unstable();
                nodes.dedup();
                let mut rows: Vec<u32> = parts
                    .iter()
                    .flat_map(|part| part.members.iter().map(|member| member.0))
                    .collect();
                rows.sort_unstable();
                self.weigh_blocks(nodes, rows, Background::Ungrouped)
            })
            .collect();
        united.sort_by(order);
        united
    }

    /// Values that at least a hundredth of a candidate has and few others do, ascending.
    fn telling(&self, candidate: &Candidate) -> Vec<Telling> {
        let least = (candidate.members.len() as u32 / 100).max(5);
        let mut telling = Vec::new();
        for (kind, _) in evidence_kinds() {
            for (id, members) in candidate.profile.values(kind) {
                if members < least {
                    break;
                }
                let bits = candidate.profile.value_bits(self.peers, kind, id);
                if bits >= TELLING_BITS {
                    telling.push(Telling { value: (kind, id), members, bits });
                }
            }
        }
        telling.sort_unstable_by_key(|telling| telling.value);
        telling
    }

    /// Takes in accounts that fit a candidate's profile, though no pair of hot selectors put them there.
    /// Each goes to the one candidate that it fits best.
    fn expand(&self, candidates: Vec<Candidate>) -> Vec<Group> {
        let ties = Ties::new(self.scene, self.peers, &candidates);
        let mut owned = vec![false; self.scene.shared.len()];
        for (row, _) in candidates.iter().flat_map(|candidate| &candidate.members) {
            owned[*row as usize] = true;
        }
        let parts = owned.len().div_ceil(ROWS_AT_ONCE);
        let joining = in_parallel(self.scene.threads, parts, |part| {
            let rows = part * ROWS_AT_ONCE..((part + 1) * ROWS_AT_ONCE).min(owned.len());
            let mut tied: Vec<(u32, u16)> = Vec::new();
            rows.filter(|row| self.scene.subject[*row] && !owned[*row])
                .filter_map(|row| {
                    ties.of(self.scene, row, &mut tied);
                    Some((self.best_fit(&candidates, &tied, row as u32)?, row as u32))
                })
                .collect::<Vec<(u32, u32)>>()
        });
        let mut groups: Vec<Group> = candidates
            .into_iter()
            .map(|candidate| Group {
                rows: candidate.members.iter().map(|member| member.0).collect(),
                nodes: candidate.nodes,
            })
            .collect();
        for (index, row) in joining.into_iter().flatten() {
            groups[index as usize].rows.push(row);
        }
        for group in &mut groups {
            group.rows.sort_unstable();
        }
        groups
    }

    /// The candidate that an account fits best, if it fits any of those it is tied to.
    fn best_fit(&self, candidates: &[Candidate], tied: &[(u32, u16)], row: u32) -> Option<u32> {
        let mut best = (MEMBER_BITS as f32, None);
        for (index, families) in tied {
            let candidate = &candidates[*index as usize];
            let silent = candidate.dormant && !comes_back(self.scene, row as usize);
            if families.count_ones() + u32::from(silent) < binding_min(self.scene) {
                continue;
            }
            let belonging = candidate.profile.belonging(self.scene, self.peers, row);
            if belonging.bits > best.0 && self.is_bound(&belonging, row, candidate.dormant) {
                best = (belonging.bits, Some(*index));
            }
        }
        best.1
    }
}

/// Binding families that an account and a campaign need: all there are, where the input has but one.
fn binding_min(scene: &Scene<'_>) -> u32 {
    if scene.single_family { 1 } else { BINDING_MIN }
}

/// Whether most of a candidate's members have, in two binding families, values that hardly anyone has but
/// both candidates.
fn same_pools(less: &[Telling], more: &[Telling], members: usize) -> bool {
    let mut by_kind: BTreeMap<KindId, u32> = BTreeMap::new();
    let rare = |telling: &Telling| telling.bits >= POOL_BITS;
    for telling in less.iter().filter(|telling| rare(telling)) {
        let (kind, _) = telling.value;
        let Ok(at) = more.binary_search_by_key(&telling.value, |other| other.value) else {
            continue;
        };
        if kind.kind().role == Role::Link && rare(&more[at]) {
            *by_kind.entry(kind).or_default() += telling.members;
        }
    }
    let families: BTreeSet<Family> = by_kind
        .into_iter()
        .filter(|(_, count)| *count as usize * 2 >= members)
        .map(|(kind, _)| kind.kind().family)
        .collect();
    families.len() >= 2
}

fn resolve(into: &[usize], mut index: usize) -> usize {
    while into[index] != index {
        index = into[index];
    }
    index
}
