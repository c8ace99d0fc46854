//! Is a group an operation, once every innocent explanation has been granted?

use std::collections::BTreeMap;

use seawall_core::{
    campaign::{
        evidence::{CAMPAIGN_BITS_MAX, MEMBER_BITS},
        findings::{Explanation, FAMILIES},
        innocence::{Facts, weigh},
    },
    selector::KindId,
};

use super::{
    groups::{self, Group},
    hot, in_parallel,
    pairs::SelectorGraph,
    profile::{Belonging, Peers, Profile, Standing},
    scene::Scene,
};
use crate::count::RARE;

/// Rounds of profile and membership.
const ROUNDS_MAX: usize = 3;
/// Binding families an account needs.
const BINDING_MIN: u8 = 2;
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
}

/// Everything a run found, before it is put into words.
pub(crate) struct Judgement {
    pub(crate) graph: SelectorGraph,
    pub(crate) peers: Peers,
    /// Highest score first.
    pub(crate) candidates: Vec<Candidate>,
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
    let mut candidates: Vec<Candidate> = in_parallel(scene.threads, groups.len(), |index| {
        refine(scene, &peers, &activity, &groups[index])
    })
    .into_iter()
    .flatten()
    .collect();
    candidates.sort_by(order);
    stage("looking for further members");
    expand(scene, &graph, &peers, &activity, &mut candidates, report_bits);
    candidates.sort_by(order);
    Judgement { graph, peers, candidates }
}

fn order(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    b.bits
        .total_cmp(&a.bits)
        .then(b.members.len().cmp(&a.members.len()))
        .then(a.members[0].0.cmp(&b.members[0].0))
}

/// Alternates profile and membership until they agree.
fn refine(
    scene: &Scene<'_>,
    peers: &Peers,
    activity: &Activity,
    group: &Group,
) -> Option<Candidate> {
    let mut rows = group.rows.clone();
    for _ in 0..ROUNDS_MAX {
        let profile = Profile::new(scene, peers, &rows);
        let kept: Vec<u32> = rows
            .iter()
            .copied()
            .filter(|row| {
                let belonging = profile.belonging(scene, peers, *row, Standing::Member);
                belonging.bits > 0.0 && belonging.binding >= BINDING_MIN
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
    Some(weighed(scene, peers, activity, group.nodes.clone(), &rows))
}

fn weighed(
    scene: &Scene<'_>,
    peers: &Peers,
    activity: &Activity,
    nodes: Vec<u32>,
    rows: &[u32],
) -> Candidate {
    let profile = Profile::new(scene, peers, rows);
    let members: Vec<(u32, Belonging)> = rows
        .iter()
        .map(|row| (*row, profile.belonging(scene, peers, *row, Standing::Member)))
        .collect();
    let kind_bits = profile.kind_bits(scene, peers, rows);
    let facts = facts(scene, peers, activity, &profile, &kind_bits, rows);
    let explanations = weigh(&facts);
    let bits = explanations.first().and_then(|explanation| explanation.bits_left).unwrap_or(0.0);
    let bits_unexcused = facts.family_bits.iter().map(|bits| bits.max(0.0)).sum();
    Candidate {
        nodes,
        members,
        profile,
        facts,
        kind_bits,
        explanations,
        bits: f64::min(bits, CAMPAIGN_BITS_MAX),
        bits_unexcused,
    }
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
    let mut facts = Facts { accounts: rows.len() as u64, ..Facts::default() };
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

/// Takes in accounts that carry a campaign's selectors and fit its profile, though no pair of hot
/// selectors put them there; then gives each account to the one campaign it fits best.
fn expand(
    scene: &Scene<'_>,
    graph: &SelectorGraph,
    peers: &Peers,
    activity: &Activity,
    candidates: &mut [Candidate],
    report_bits: f64,
) {
    let mut owner: BTreeMap<u32, usize> = BTreeMap::new();
    let mut of_node: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
    for (index, candidate) in candidates.iter().enumerate() {
        for (row, _) in &candidate.members {
            owner.entry(*row).or_insert(index);
        }
        if candidate.bits >= report_bits && candidate.members.len() >= EXPAND_MIN {
            for node in candidate.nodes.iter().filter(|node| graph.nodes[**node as usize].link) {
                of_node[*node as usize].push(index as u32);
            }
        }
    }
    let mut joining: Vec<Vec<(u32, Belonging)>> = candidates.iter().map(|_| Vec::new()).collect();
    for row in 0..scene.shared.len() as u32 {
        // Accounts of a group that is excused stay free to be claimed by one that is not.
        if owner.get(&row).is_some_and(|index| candidates[*index].bits >= report_bits) {
            continue;
        }
        let mut tried: Vec<u32> =
            graph.nodes_of(row).iter().flat_map(|node| &of_node[*node as usize]).copied().collect();
        tried.sort_unstable();
        tried.dedup();
        let mut best: Option<(f32, u32, Belonging)> = None;
        for index in tried {
            let belonging =
                candidates[index as usize].profile.belonging(scene, peers, row, Standing::Outsider);
            if f64::from(belonging.bits) >= MEMBER_BITS
                && belonging.binding >= BINDING_MIN
                && best.is_none_or(|(bits, _, _)| belonging.bits > bits)
            {
                best = Some((belonging.bits, index, belonging));
            }
        }
        if let Some((_, index, belonging)) = best {
            joining[index as usize].push((row, belonging));
        }
    }
    for (index, joining) in joining.into_iter().enumerate().filter(|entry| !entry.1.is_empty()) {
        let mut rows: Vec<u32> = candidates[index].members.iter().map(|member| member.0).collect();
        rows.extend(joining.iter().map(|member| member.0));
        rows.sort_unstable();
        let nodes = std::mem::take(&mut candidates[index].nodes);
        candidates[index] = weighed(scene, peers, activity, nodes, &rows);
    }
}

/// Ids of values that a kind's column knows to be shared.
pub(crate) fn is_shared(id: u32) -> bool {
    id != RARE && id != crate::count::ABSENT
}
