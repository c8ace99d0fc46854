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
    groups, hot, in_parallel,
    pairs::SelectorGraph,
    profile::{Background, Belonging, Peers, Profile, Standing},
    scene::Scene,
};

/// Rounds of profile and membership.
const ROUNDS_MAX: usize = 3;
/// Bits that an account which a pair of hot selectors put into a group needs to stay: odds of ten to one.
const CORE_BITS: f64 = 3.3;
/// Binding families an account needs.
const BINDING_MIN: u8 = 2;
/// Mean bits that a binding family needs.
const FAMILY_BITS_MIN: f64 = 2.5;
/// Accounts a group needs for its silence to say something.
const DORMANT_MIN: usize = 30;
/// Share of all accounts that must come back for silence to say something.
const DORMANT_PEERS_MIN: f64 = 0.15;
/// Bits from which a value tells a candidate.
const TELLING_BITS: f64 = 3.0;
/// Candidates that are tried with each other for one value.
const UNITE_MAX: usize = 40;
/// Accounts a campaign needs before others are compared with it.
const EXPAND_MIN: usize = 20;

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
    let activity = Activity::new(scene);
    let context = Context { scene, peers: &peers, activity: &activity };
    // Parts of one operation in several groups must not hide each other: first against accounts in no
    // group, and only what stands then is completed and held against everyone else.
    let first: Vec<Candidate> = in_parallel(scene.threads, groups.len(), |index| {
        context.refine(
            groups[index].nodes.clone(),
            groups[index].rows.clone(),
            Background::Ungrouped,
        )
    })
    .into_iter()
    .flatten()
    .collect();
    let (mut promising, rest): (Vec<Candidate>, Vec<Candidate>) =
        first.into_iter().partition(|candidate| candidate.bits >= report_bits);
    promising.sort_by(order);
    stage("uniting parts");
    // One family alone tells no two operations apart, so parts of one cannot be told from two.
    let promising = if scene.single_family { promising } else { context.unite(promising) };
    stage("looking for further members");
    let complete = context.expand(&graph, promising);
    let rest = rest.into_iter().map(|candidate| {
        let rows = candidate.members.iter().map(|member| member.0).collect();
        (candidate.nodes, rows)
    });
    let all: Vec<(Vec<u32>, Vec<u32>)> = complete.into_iter().chain(rest).collect();
    let mut candidates: Vec<Candidate> = in_parallel(scene.threads, all.len(), |index| {
        let (nodes, rows) = &all[index];
        context.refine(nodes.clone(), rows.clone(), Background::Others)
    })
    .into_iter()
    .flatten()
    .collect();
    candidates.sort_by(order);
    Judgement { graph, peers, candidates, single_family: scene.single_family }
}

fn order(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    b.bits
        .total_cmp(&a.bits)
        .then(b.members.len().cmp(&a.members.len()))
        .then(a.members[0].0.cmp(&b.members[0].0))
}

/// What candidates are weighed with.
struct Context<'a> {
    scene: &'a Scene<'a>,
    peers: &'a Peers,
    activity: &'a Activity,
}

impl Context<'_> {
    /// Alternates profile and membership until they agree, then weighs what is left.
    fn refine(
        &self,
        nodes: Vec<u32>,
        mut rows: Vec<u32>,
        background: Background,
    ) -> Option<Candidate> {
        let dormant = self.activity.is_dormant(self.scene, &rows);
        for _ in 0..ROUNDS_MAX {
            let profile = Profile::new(self.scene, self.peers, &rows, background);
            let kept: Vec<u32> = rows
                .iter()
                .copied()
                .filter(|row| {
                    let belonging =
                        profile.belonging(self.scene, self.peers, *row, Standing::Member);
                    f64::from(belonging.bits) >= CORE_BITS
                        && self.is_bound(&belonging, *row, dormant)
                })
                .collect();
            if kept.len() < groups::ACCOUNTS_MIN {
                return None;
            }
            let settled = kept.len() == rows.len();
            rows = kept;
            if settled {
                break;
            }
        }
        Some(self.weigh(nodes, &rows, background, dormant))
    }

    /// Two binding families and none against; in a group whose accounts are made and left alone, one
    /// family and that.
    fn is_bound(&self, belonging: &Belonging, row: u32, dormant: bool) -> bool {
        let silent = dormant && !comes_back(self.scene, row as usize);
        !belonging.contradicts && belonging.binding + u8::from(silent) >= binding_min(self.scene)
    }

    fn weigh(
        &self,
        nodes: Vec<u32>,
        rows: &[u32],
        background: Background,
        dormant: bool,
    ) -> Candidate {
        let Self { scene, peers, activity } = *self;
        let profile = Profile::new(scene, peers, rows, background);
        let members: Vec<(u32, Belonging)> = rows
            .iter()
            .map(|row| (*row, profile.belonging(scene, peers, *row, Standing::Member)))
            .collect();
        let kind_bits = profile.kind_bits(scene, peers, rows);
        let mut facts = facts(scene, peers, activity, &profile, &kind_bits, rows);
        let (binding, usual_sharing) = binding_families(scene, &profile, &kind_bits, &members);
        facts.usual_sharing = usual_sharing;
        facts.action_sharing = action_sharing(scene, &profile, &kind_bits, &members);
        let explanations = weigh(&facts);
        let left =
            explanations.first().and_then(|explanation| explanation.bits_left).unwrap_or(0.0);
        let bound = binding + u32::from(dormant) >= u32::from(binding_min(scene));
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

    /// Unites candidates that share a telling value and that no two families tell apart.
    fn unite(&self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let mut holders: BTreeMap<(KindId, u32), Vec<usize>> = BTreeMap::new();
        for (index, candidate) in candidates.iter().enumerate() {
            for value in self.telling(candidate) {
                holders.entry(value).or_default().push(index);
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
                    if a != b
                        && tried.insert((a, b))
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
            .filter_map(|mut parts| {
                if parts.len() == 1 {
                    return parts.pop();
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
                self.refine(nodes, rows, Background::Ungrouped)
            })
            .collect();
        united.sort_by(order);
        united
    }

    /// Values that a good part of a candidate has and few others do.
    fn telling(&self, candidate: &Candidate) -> Vec<(KindId, u32)> {
        let least = (candidate.members.len() as u32 / 5).max(5);
        let stratum = self.scene.shared.strata[candidate.members[0].0 as usize];
        let mut telling = Vec::new();
        for (kind, _) in self.scene.shared.evidence_kinds() {
            for (id, members) in candidate.profile.values(kind) {
                if members < least {
                    break;
                }
                if candidate.profile.value_bits(self.peers, kind, id, stratum) >= TELLING_BITS {
                    telling.push((kind, id));
                }
            }
        }
        telling
    }

    /// Takes in accounts that carry a candidate's selectors and fit its profile, though no pair of hot
    /// selectors put them there. Each goes to the one candidate that it fits best.
    fn expand(
        &self,
        graph: &SelectorGraph,
        candidates: Vec<Candidate>,
    ) -> Vec<(Vec<u32>, Vec<u32>)> {
        let mut owned = vec![false; self.scene.shared.len()];
        let mut of_node: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
        for (index, candidate) in candidates.iter().enumerate() {
            for (row, _) in &candidate.members {
                owned[*row as usize] = true;
            }
            if candidate.members.len() >= EXPAND_MIN {
                for node in candidate.nodes.iter().filter(|node| graph.nodes[**node as usize].link)
                {
                    of_node[*node as usize].push(index as u32);
                }
            }
        }
        let mut joining: Vec<Vec<u32>> = candidates.iter().map(|_| Vec::new()).collect();
        let mut tried: Vec<u32> = Vec::new();
        for row in (0..self.scene.shared.len() as u32).filter(|row| !owned[*row as usize]) {
            tried.clear();
            tried.extend(graph.nodes_of(row).iter().flat_map(|node| &of_node[*node as usize]));
            tried.sort_unstable();
            tried.dedup();
            let mut best = (MEMBER_BITS as f32, None);
            for index in &tried {
                let candidate = &candidates[*index as usize];
                let belonging =
                    candidate.profile.belonging(self.scene, self.peers, row, Standing::Outsider);
                if belonging.bits > best.0 && self.is_bound(&belonging, row, candidate.dormant) {
                    best = (belonging.bits, Some(*index));
                }
            }
            if let Some(index) = best.1 {
                joining[index as usize].push(row);
            }
        }
        candidates
            .into_iter()
            .zip(joining)
            .map(|(candidate, joining)| {
                let mut rows: Vec<u32> = candidate.members.iter().map(|member| member.0).collect();
                rows.extend(joining);
                rows.sort_unstable();
                (candidate.nodes, rows)
            })
            .collect()
    }
}

/// Binding families that an account and a campaign need: all there are, where the input has but one.
fn binding_min(scene: &Scene<'_>) -> u8 {
    if scene.single_family { 1 } else { BINDING_MIN }
}

fn resolve(into: &[usize], mut index: usize) -> usize {
    while into[index] != index {
        index = into[index];
    }
    index
}

/// Members that usually share what a member acts on, in the most telling kind of actions.
fn action_sharing(
    scene: &Scene<'_>,
    profile: &Profile,
    kind_bits: &[f64],
    members: &[(u32, Belonging)],
) -> u32 {
    let best = scene
        .shared
        .evidence_kinds()
        .filter(|(_, info)| info.family == Family::Action && info.role == Role::Link)
        .max_by(|a, b| kind_bits[usize::from(a.0.0)].total_cmp(&kind_bits[usize::from(b.0.0)]));
    best.map_or(0, |(kind, _)| usual_sharing(scene, profile, kind, members))
}

/// Members that usually share a member's value of a kind: half share fewer.
fn usual_sharing(
    scene: &Scene<'_>,
    profile: &Profile,
    kind: KindId,
    members: &[(u32, Belonging)],
) -> u32 {
    let mut sharing: Vec<u32> = members
        .iter()
        .map(|member| profile.sharing(scene, kind, member.0))
        .filter(|count| *count > 0)
        .collect();
    sharing.sort_unstable();
    sharing.get(sharing.len() / 2).copied().unwrap_or(0)
}

/// Number of binding families that set the members apart, and how many accounts usually share their
/// values: the widest family counts.
fn binding_families(
    scene: &Scene<'_>,
    profile: &Profile,
    kind_bits: &[f64],
    members: &[(u32, Belonging)],
) -> (u32, u32) {
    let mut families: BTreeMap<usize, KindId> = BTreeMap::new();
    for (kind, info) in scene.shared.evidence_kinds() {
        let bits = kind_bits[usize::from(kind.0)];
        if info.role == Role::Link && bits >= FAMILY_BITS_MIN {
            let best = families.entry(info.family as usize).or_insert(kind);
            if bits > kind_bits[usize::from(best.0)] {
                *best = kind;
            }
        }
    }
    let usual = families.values().map(|kind| usual_sharing(scene, profile, *kind, members)).max();
    (families.len() as u32, usual.unwrap_or(0))
}

/// Whether accounts come back after their first day.
pub(crate) struct Activity {
    known: bool,
    share: f64,
}

impl Activity {
    fn new(scene: &Scene<'_>) -> Self {
        let accounts = &scene.shared.accounts;
        let events: u64 =
            accounts.logins.iter().chain(&accounts.actions).map(|count| u64::from(*count)).sum();
        let judged = (0..scene.shared.len()).filter(|row| scene.subject[*row]);
        let active = judged.filter(|row| comes_back(scene, *row)).count();
        Self {
            known: events * 5 > accounts.len() as u64,
            share: active as f64 / f64::from(scene.subjects.max(1)),
        }
    }

    /// Whether a group's accounts were made and left alone, where others of the input come back.
    fn is_dormant(&self, scene: &Scene<'_>, rows: &[u32]) -> bool {
        let accounts = &scene.shared.accounts;
        let end = accounts.last_seen.iter().max().copied().unwrap_or(0);
        let had_time = rows
            .iter()
            .filter(|row| end - accounts.first_seen[**row as usize] > 3 * 86_400)
            .count();
        let active = rows.iter().filter(|row| comes_back(scene, **row as usize)).count();
        self.known
            && self.share >= DORMANT_PEERS_MIN
            && rows.len() >= DORMANT_MIN
            && had_time * 2 > rows.len()
            && (active as f64) < 0.1 * self.share * rows.len() as f64
    }
}

fn comes_back(scene: &Scene<'_>, row: usize) -> bool {
    let accounts = &scene.shared.accounts;
    accounts.logins[row] + accounts.actions[row] > 0
        && accounts.last_seen[row] - accounts.first_seen[row] >= 86_400
}

fn facts(
    scene: &Scene<'_>,
    peers: &Peers,
    activity: &Activity,
    profile: &Profile,
    kind_bits: &[f64],
    rows: &[u32],
) -> Facts {
    let n = rows.len() as f64;
    let mut facts = Facts {
        accounts: rows.len() as u64,
        prior_bits: profile.prior_bits(scene),
        ..Facts::default()
    };
    let mut seen = [false; 11];
    for (kind, info) in scene.shared.evidence_kinds() {
        let family = info.family as usize;
        let bits = kind_bits[usize::from(kind.0)];
        if profile.known(kind) > 0 && (!seen[family] || bits > facts.family_bits[family]) {
            facts.family_bits[family] = bits;
            seen[family] = true;
        }
    }
    let of = |name: &str| KindId::from_name(name);
    let top_share = |name: &str, top: usize| {
        of(name).map_or(0.0, |kind| {
            let sum: u32 = profile.values(kind).iter().take(top).map(|value| value.1).sum();
            f64::from(sum) / f64::from(profile.known(kind).max(1))
        })
    };
    facts.device_id_bits = of("device_id").map_or(0.0, |kind| kind_bits[usize::from(kind.0)]);
    facts.top_networks_share = top_share("ip_prefix", 3);
    facts.hosting_share =
        of("network_class").map_or(0.0, |kind| f64::from(profile.known(kind)) / n);
    if let Some(kind) = of("email_domain") {
        facts.domains_known = f64::from(profile.known(kind)) > 0.5 * n;
        facts.top_domain_share = top_share("email_domain", 1);
        if let Some((id, _)) = profile.values(kind).first() {
            let counts = profile.peers_with(peers, kind, *id);
            facts.top_domain_is_provider = counts.peers as f64 >= 0.001 * counts.peers_total as f64;
        }
        if let Some(baseline) = &scene.baseline {
            let known: u32 = profile
                .values(kind)
                .iter()
                .filter(|value| baseline.counts[usize::from(kind.0)][value.0 as usize - 1] > 0)
                .map(|value| value.1)
                .sum();
            facts.known_domain_share = f64::from(known) / f64::from(profile.known(kind).max(1));
        }
    }
    facts.sequence_share = of("number_sequence").map_or(0.0, |kind| {
        let sum: u32 =
            profile.values(kind).iter().filter(|value| value.1 >= 5).map(|value| value.1).sum();
        f64::from(sum) / n
    });
    facts.burst_share = burst_share(scene, rows);
    if activity.known {
        facts.active_share =
            Some(rows.iter().filter(|row| comes_back(scene, **row as usize)).count() as f64 / n);
    }
    facts.peers_active_share = activity.share;
    facts
}

/// Share of members' signups within their densest three days.
fn burst_share(scene: &Scene<'_>, rows: &[u32]) -> f64 {
    let accounts = &scene.shared.accounts;
    let signups: Vec<u32> = rows
        .iter()
        .filter(|row| accounts.flags[**row as usize].signup)
        .map(|row| accounts.first_seen[*row as usize])
        .collect();
    let (mut start, mut most) = (0, 0);
    for end in 0..signups.len() {
        while signups[start] + 3 * 86_400 < signups[end] {
            start += 1;
        }
        most = most.max(end - start + 1);
    }
    most as f64 / signups.len().max(1) as f64
}
