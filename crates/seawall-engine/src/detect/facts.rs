//! What do the innocent explanations look at?

use seawall_core::{
    campaign::{
        innocence::Facts,
        organisations::{Together, together},
    },
    selector::{Family, KindId, Role},
};

use super::{
    peers::Peers,
    profile::{Belonging, Profile},
    scene::Scene,
};
use crate::count::{ABSENT, RARE, evidence_kinds};

/// Mean bits that a binding family needs.
const FAMILY_BITS_MIN: f64 = 2.5;
/// Share of members that must follow a binding family.
const FOLLOWERS_MIN: f64 = 0.7;
/// Accounts a group needs for its silence to say something.
const DORMANT_MIN: usize = 30;
/// Share of all accounts that must come back for silence to say something.
const DORMANT_PEERS_MIN: f64 = 0.15;

/// Members that usually share what a member acts on, in the most telling kind of actions.
pub(crate) fn action_sharing(
    scene: &Scene<'_>,
    profile: &Profile,
    kind_bits: &[f64],
    members: &[(u32, Belonging)],
) -> u32 {
    let best = evidence_kinds()
        .filter(|(_, info)| info.family == Family::Action && info.role == Role::Link)
        .max_by(|a, b| kind_bits[usize::from(a.0.0)].total_cmp(&kind_bits[usize::from(b.0.0)]));
    best.map_or(0, |(kind, _)| usual_sharing(scene, profile, kind, rows_of(members)))
}

/// Members that usually share a member's value of a kind: half share fewer.
fn usual_sharing(
    scene: &Scene<'_>,
    profile: &Profile,
    kind: KindId,
    rows: impl Iterator<Item = u32>,
) -> u32 {
    let mut sharing: Vec<u32> =
        rows.map(|row| profile.sharing(scene, kind, row)).filter(|count| *count > 0).collect();
    sharing.sort_unstable();
    sharing.get(sharing.len() / 2).copied().unwrap_or(0)
}

fn rows_of(members: &[(u32, Belonging)]) -> impl Iterator<Item = u32> {
    members.iter().map(|member| member.0)
}

/// Binding families that set the members apart and that most of them follow: for each, how many accounts
/// usually share its values; 0 for the others.
pub(crate) fn binding_families(
    scene: &Scene<'_>,
    profile: &Profile,
    kind_bits: &[f64],
    members: &[(u32, Belonging)],
) -> [u32; 11] {
    let mut best: [Option<KindId>; 11] = [None; 11];
    for (kind, info) in evidence_kinds() {
        let bits = kind_bits[usize::from(kind.0)];
        let followers = || members.iter().filter(|m| m.1.binding >> info.family as u16 & 1 == 1);
        if info.role == Role::Link
            && bits >= FAMILY_BITS_MIN
            && followers().count() as f64 >= FOLLOWERS_MIN * members.len() as f64
        {
            let best = best[info.family as usize].get_or_insert(kind);
            if bits > kind_bits[usize::from(best.0)] {
                *best = kind;
            }
        }
    }
    best.map(|kind| kind.map_or(0, |kind| usual_sharing(scene, profile, kind, rows_of(members))))
}

/// Whether accounts come back after their first day.
pub(crate) struct Activity {
    known: bool,
    share: f64,
    /// Latest event of the input.
    end: u32,
}

impl Activity {
    pub(crate) fn new(scene: &Scene<'_>) -> Self {
        let accounts = &scene.shared.accounts;
        let active = scene.subject.rows().filter(|row| comes_back(scene, *row)).count();
        Self {
            known: accounts.deeds * 5 > accounts.len() as u64,
            share: active as f64 / f64::from(scene.subjects.max(1)),
            end: accounts.last_seen,
        }
    }

    /// Whether a group's accounts were made and left alone, where others of the input come back.
    pub(crate) fn is_dormant(&self, scene: &Scene<'_>, rows: &[u32]) -> bool {
        let accounts = &scene.shared.accounts;
        let had_time = rows
            .iter()
            .filter(|row| self.end - accounts.first_seen[**row as usize] > 3 * 86_400)
            .count();
        let active = rows.iter().filter(|row| comes_back(scene, **row as usize)).count();
        self.known
            && self.share >= DORMANT_PEERS_MIN
            && rows.len() >= DORMANT_MIN
            && had_time * 2 > rows.len()
            && (active as f64) < 0.1 * self.share * rows.len() as f64
    }
}

pub(crate) fn comes_back(scene: &Scene<'_>, row: usize) -> bool {
    scene.shared.accounts.came_back.has(row)
}

pub(crate) fn facts(
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
    for (kind, info) in evidence_kinds() {
        let family = info.family as usize;
        let bits = less_naming(scene, profile, kind, kind_bits[usize::from(kind.0)]);
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
        let values = profile.values(kind);
        let organisations =
            || values.iter().filter(|value| !is_provider(profile, peers, kind, value.0));
        facts.domains = organisations().filter(|value| value.1 >= 2).count() as u32;
        let known = f64::from(profile.known(kind).max(1));
        let providers = values.iter().map(|value| value.1).sum::<u32>()
            - organisations().map(|value| value.1).sum::<u32>();
        facts.organisation_share = 1.0 - f64::from(providers) / known;
        facts.domain_sharing = usual_sharing(scene, profile, kind, rows.iter().copied());
        facts.together = of("ip").map_or_else(Together::default, |address| {
            domains_by_address(scene, [address, kind], rows)
        });
        facts.top_domain_is_provider =
            values.first().is_some_and(|value| is_provider(profile, peers, kind, value.0));
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

/// How mail domains go with addresses, going by those that several accounts have.
fn domains_by_address(scene: &Scene<'_>, kinds: [KindId; 2], rows: &[u32]) -> Together {
    let [addresses, domains] = kinds.map(|kind| {
        let mut ids = Vec::new();
        scene.shared.columns[usize::from(kind.0)].first_ids(rows, &mut ids);
        ids
    });
    let is_shared = |id: u32| id != ABSENT && id != RARE;
    let pairs = addresses.into_iter().zip(domains);
    let mut pairs: Vec<(u32, u32)> =
        pairs.filter(|(address, domain)| is_shared(*address) && is_shared(*domain)).collect();
    together(&mut pairs, rows.len())
}

/// Whether a mail domain is open to all: at least one in a thousand peers has it.
fn is_provider(profile: &Profile, peers: &Peers, kind: KindId, id: u32) -> bool {
    let counts = profile.peers_with(peers, kind, id);
    counts.peers as f64 >= 0.001 * counts.peers_total as f64
}

/// Bits of a kind less what it takes to say which values are the group's, shared by its accounts: of
/// many values some will always occur together. A large operation names its pool for next to nothing; a
/// chain of households pays for each. (Description length, after Rissanen 1978.)
fn less_naming(scene: &Scene<'_>, profile: &Profile, kind: KindId, bits: f64) -> f64 {
    if bits <= 0.0 || scene.single_family {
        return bits;
    }
    let values = profile.values(kind).iter().filter(|value| value.1 >= 2).count().max(1) as f64;
    let all = scene.shared.columns[usize::from(kind.0)].hashes.len().max(1) as f64;
    let naming = values * ((all / values).max(1.0).log2() + std::f64::consts::LOG2_E);
    (bits - naming / f64::from(profile.members().max(1))).max(0.0)
}

/// Share of members' signups within their densest three days.
fn burst_share(scene: &Scene<'_>, rows: &[u32]) -> f64 {
    let accounts = &scene.shared.accounts;
    let mut signups: Vec<u32> = rows
        .iter()
        .filter(|row| accounts.signed_up.has(**row as usize))
        .map(|row| accounts.first_seen[*row as usize])
        .collect();
    signups.sort_unstable();
    let (mut start, mut most) = (0, 0);
    for end in 0..signups.len() {
        while signups[start] + 3 * 86_400 < signups[end] {
            start += 1;
        }
        most = most.max(end - start + 1);
    }
    most as f64 / signups.len().max(1) as f64
}
