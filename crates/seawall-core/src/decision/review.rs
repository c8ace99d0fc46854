//! Which provisional campaigns does an innocent explanation account for?
//!
//! A small batch over the accounts that came last: the members of each provisional campaign are held against the others
//! of their country and client, with the batch's formulas, and its innocent explanations are weighed. What they leave too
//! little of is excused: it challenges nobody, until a later review finds more. It is made every hour, and sooner where
//! a campaign has doubled: a crowd that an advertisement brings is not challenged for long.

use std::cell::LazyCell;

use hashbrown::{HashMap, HashSet};

use super::{
    known::{Account, Known},
    provisional::Provisional,
    snapshot::Snapshot,
};
use crate::{
    campaign::{
        evidence::{BINDING_BITS, KIND_BITS_MAX, KNOWN_MIN, kind_bits, mixing_share, peer_share},
        innocence::{Facts, weigh},
        membership::prior_bits,
    },
    selector::{Family, KindId, KindSet, Role, registry::KINDS},
};

/// Accounts that are looked at: the last to come.
const ACCOUNTS_MAX: usize = 8192;
/// Members that are weighed of a campaign: the last to come.
const WEIGHED_MAX: usize = 512;
/// Members that a campaign needs before explanations can be told apart.
pub(super) const MEMBERS_MIN: u32 = 16;
/// Bits for each account that the most favourable explanation must leave.
const BITS_MIN: f64 = 4.0;
/// Share of members that must follow a family for it to bind them.
const FOLLOWERS_MIN: f64 = 0.7;
/// Bits that a family needs to bind members.
const FAMILY_BITS_MIN: f64 = 2.5;
/// Share of peers from which a mail domain is open to all.
const PROVIDER_SHARE: f64 = 0.001;
/// Networks that count as the most used ones.
const TOP_NETWORKS: usize = 3;

/// An account that is looked at.
struct Looked<'a> {
    account: &'a Account,
    stratum: [u64; 2],
}

/// How many peers have each value that members share, and any of a kind, in all and by stratum.
#[derive(Default)]
struct Peers {
    all: Counts,
    strata: HashMap<[u64; 2], Counts>,
    /// Of each mail domain that members share, how many peers have it in each network.
    domains: HashMap<u64, HashMap<u64, u32>>,
}

/// Peers with each value, and with any of each kind.
struct Counts {
    values: HashMap<u64, u32>,
    present: [u32; KINDS.len()],
}

impl Default for Counts {
    fn default() -> Self {
        Self { values: HashMap::new(), present: [0; KINDS.len()] }
    }
}

impl Counts {
    /// How many have a value.
    fn with(&self, value: u64) -> f64 {
        f64::from(self.values.get(&value).copied().unwrap_or(0))
    }

    /// How many have any of a kind.
    fn known(&self, kind: KindId) -> f64 {
        f64::from(self.present[usize::from(kind.0)])
    }
}

/// Reviews all provisional campaigns, and marks those that are excused.
pub(super) fn review(provisional: &mut Provisional, known: &Known, snapshot: &Snapshot) {
    let (country, client) = (KindId::from_name("country"), KindId::from_name("client"));
    let mut members: HashMap<u32, Vec<Looked<'_>>> = HashMap::new();
    let mut others: Vec<Looked<'_>> = Vec::new();
    for account in known.latest(ACCOUNTS_MAX) {
        let one = |kind: Option<KindId>| account.one(kind?);
        let stratum = [country, client].map(|kind| one(kind).unwrap_or(0));
        let looked = Looked { account, stratum };
        match provisional.of(account.shown()) {
            Some(campaign) => members.entry(campaign).or_default().push(looked),
            None => others.push(looked),
        }
    }
    let judged = (others.len() + members.values().map(Vec::len).sum::<usize>()) as u32;
    let mut campaigns: Vec<u32> = members.keys().copied().collect();
    campaigns.sort_unstable();
    // In most hours no campaign has enough members, and then nobody has to be counted.
    let peers = LazyCell::new(|| {
        Peers::count(&members.values().flat_map(|own| shared(own)).collect(), &others)
    });
    for campaign in campaigns {
        let own = &members[&campaign];
        let enough = own.len() >= MEMBERS_MIN as usize && others.len() >= own.len();
        let excused = enough && {
            let weighed = &own[..own.len().min(WEIGHED_MAX)];
            is_excused(&facts(weighed, &peers, own.len(), judged, snapshot))
        };
        provisional.reviewed(campaign, excused);
    }
}

/// Whether the most favourable explanation leaves too little.
fn is_excused(facts: &Facts) -> bool {
    let left = weigh(facts).into_iter().filter_map(|own| own.bits_left);
    left.fold(f64::INFINITY, f64::min) < BITS_MIN
}

/// Values that several members have.
fn shared(members: &[Looked<'_>]) -> Vec<u64> {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for (_, value) in members.iter().flat_map(|member| member.account.shown()) {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(value, _)| value).collect()
}

/// Counts of a kind's values, the commonest first.
fn counted(members: &[Looked<'_>], kind: KindId) -> (Vec<(u64, u32)>, u32) {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    let mut known = 0;
    for member in members {
        let mut own = member.account.of_kind(kind).peekable();
        known += u32::from(own.peek().is_some());
        for value in own {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut counts: Vec<(u64, u32)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
    (counts, known)
}

impl Peers {
    fn count(shared: &HashSet<u64>, others: &[Looked<'_>]) -> Self {
        let mut peers = Self::default();
        let [domain, network] = ["email_domain", "ip_prefix"].map(KindId::from_name);
        for other in others {
            let one = |kind: Option<KindId>| other.account.one(kind?);
            if let Some(domain) = one(domain).filter(|value| shared.contains(value)) {
                let networks = peers.domains.entry(domain).or_default();
                *networks.entry(one(network).unwrap_or(0)).or_default() += 1;
            }
            let of_stratum = peers.strata.entry(other.stratum).or_default();
            let mut kinds = KindSet::EMPTY;
            for (kind, value) in other.account.shown() {
                kinds.insert(kind);
                if shared.contains(&value) {
                    for counts in [&mut peers.all, &mut *of_stratum] {
                        *counts.values.entry(value).or_default() += 1;
                    }
                }
            }
            for kind in kinds.kinds() {
                peers.all.present[usize::from(kind.0)] += 1;
                of_stratum.present[usize::from(kind.0)] += 1;
            }
        }
        peers
    }

    /// Share of a member's peers with a value: the larger of what the others show, and what is usual.
    fn share(&self, snapshot: &Snapshot, stratum: [u64; 2], kind: KindId, value: u64) -> f64 {
        let of_stratum = self.strata.get(&stratum);
        let current = peer_share(
            of_stratum.map_or(0.0, |own| own.with(value)),
            of_stratum.map_or(0.0, |own| own.known(kind)),
            self.all.with(value),
            self.all.known(kind),
        );
        match snapshot.rate(kind, value) {
            Some((rate, false)) => current.max(f64::from(rate.mean)),
            _ => current,
        }
    }

    /// Whether a mail domain is open to all: whoever is elsewhere than in the members' networks brings it as well. Who is
    /// there too is of the same institution, whatever ties members; and that it is usual is not enough, since an
    /// institution's is usual too once it has been seen.
    fn is_provider(
        &self,
        snapshot: &Snapshot,
        kind: KindId,
        value: u64,
        own: &HashSet<u64>,
    ) -> bool {
        let networks = self.domains.get(&value).into_iter().flatten();
        let elsewhere = networks.filter(|(network, _)| !own.contains(*network));
        let elsewhere = f64::from(elsewhere.map(|(_, accounts)| accounts).sum::<u32>());
        let all = self.all.known(kind).max(1.0);
        let is_usual = snapshot
            .rate(kind, value)
            .is_some_and(|(rate, is_unseen)| !is_unseen && f64::from(rate.mean) >= PROVIDER_SHARE);
        // Of one that is usual, chance brings half as many now and then. Of another, a handful proves nothing.
        let (needed, least) = if is_usual { (0.5, 1.0) } else { (1.0, 8.0) };
        elsewhere >= least && elsewhere >= needed * PROVIDER_SHARE * all
    }
}

/// A kind as members have it.
struct Weighed {
    kind: KindId,
    /// Mean bits for each member, and the same less what it takes to name the values.
    bits: f64,
    less_naming: f64,
    /// Members that it binds.
    followers: u32,
    /// Members that usually share a member's value: half share fewer.
    sharing: u32,
}

fn weigh_kind(
    members: &[Looked<'_>],
    peers: &Peers,
    snapshot: &Snapshot,
    kind: KindId,
) -> Option<Weighed> {
    let (counts, known) = counted(members, kind);
    if (known as usize) < KNOWN_MIN {
        return None;
    }
    let by_value: HashMap<u64, u32> = counts.iter().copied().collect();
    let rest = f64::from(known - 1).max(1.0);
    // For each member with the kind: of its values the mean ratio.
    let mut ratios: Vec<(f64, u32)> = Vec::new();
    let mut sharing: Vec<u32> = Vec::new();
    for member in members {
        let mut own: Vec<u64> = member.account.of_kind(kind).collect();
        if own.is_empty() {
            continue;
        }
        // Sums of what is no integer depend on their order.
        own.sort_unstable();
        let ratio = |value: &u64| match by_value[value] {
            1 => 0.0,
            count => {
                f64::from(count - 1) / rest / peers.share(snapshot, member.stratum, kind, *value)
            }
        };
        ratios.push((own.iter().map(ratio).sum::<f64>() / own.len() as f64, 1));
        sharing.push(own.iter().map(|value| by_value[value]).max().unwrap_or(0));
    }
    let share = mixing_share(&ratios, known as usize);
    let each: Vec<f64> =
        ratios.iter().map(|(ratio, _)| kind_bits(share, *ratio, KIND_BITS_MAX)).collect();
    let bits = each.iter().sum::<f64>() / members.len() as f64;
    let followers = each.iter().filter(|bits| **bits > BINDING_BITS).count() as u32;
    sharing.sort_unstable();
    let values = counts.iter().filter(|(_, count)| *count >= 2).count().max(1) as f64;
    let all = f64::from(snapshot.baselines[usize::from(kind.0)].values.max(1));
    let naming = values * ((all / values).max(1.0).log2() + std::f64::consts::LOG2_E);
    let less_naming =
        if bits > 0.0 { (bits - naming / members.len() as f64).max(0.0) } else { bits };
    let sharing = sharing.get(sharing.len() / 2).copied().unwrap_or(0);
    Some(Weighed { kind, bits, less_naming, followers, sharing })
}

/// What the explanations look at, as far as it can be known so early: whether accounts come back cannot. How mail domains go
/// with addresses is left to detections: so few members are of small organisations, or of one. The campaign has `all`
/// members among those that are looked at.
fn facts(
    members: &[Looked<'_>],
    peers: &Peers,
    all: usize,
    judged: u32,
    snapshot: &Snapshot,
) -> Facts {
    let count = members.len() as u32;
    let mut facts = Facts {
        accounts: u64::from(count),
        prior_bits: prior_bits(all as u32, judged),
        // Hashes do not tell whether names are numbers of one sequence.
        sequence_share: 1.0,
        ..Facts::default()
    };
    let kinds = (0..KINDS.len() as u8).map(KindId);
    let weighed: Vec<Weighed> = kinds
        .filter(|kind| kind.kind().role != Role::Stratum)
        .filter_map(|kind| weigh_kind(members, peers, snapshot, kind))
        .collect();
    let mut binding = [0.0_f64; 11];
    for own in &weighed {
        let info = own.kind.kind();
        let family = info.family as usize;
        facts.family_bits[family] = facts.family_bits[family].max(own.less_naming);
        let follows = f64::from(own.followers) >= FOLLOWERS_MIN * f64::from(count);
        let is_link = info.role == Role::Link;
        if is_link && own.bits >= FAMILY_BITS_MIN && follows && own.bits > binding[family] {
            binding[family] = own.bits;
            facts.family_sharing[family] = own.sharing;
        }
        if info.name == "device_id" {
            facts.device_id_bits = own.bits;
        }
        if is_link && info.family == Family::Action {
            facts.action_sharing = facts.action_sharing.max(own.sharing);
        }
    }
    facts.top_networks_share = KindId::from_name("ip_prefix").map_or(0.0, |kind| {
        let (counts, known) = counted(members, kind);
        let most: u32 = counts.iter().take(TOP_NETWORKS).map(|own| own.1).sum();
        f64::from(most) / f64::from(known.max(1))
    });
    facts.hosting_share = KindId::from_name("network_class")
        .map_or(0.0, |kind| f64::from(counted(members, kind).1) / f64::from(count));
    if let Some(kind) = KindId::from_name("email_domain") {
        domains(&mut facts, members, peers, snapshot, kind);
    }
    facts
}

/// What mail domains say.
fn domains(
    facts: &mut Facts,
    members: &[Looked<'_>],
    peers: &Peers,
    snapshot: &Snapshot,
    kind: KindId,
) {
    let (counts, known) = counted(members, kind);
    let all = f64::from(known.max(1));
    let networks = KindId::from_name("ip_prefix").map(|kind| counted(members, kind).0);
    let networks = networks.into_iter().flatten().filter(|own| own.1 >= 2);
    let networks: HashSet<u64> = networks.map(|own| own.0).collect();
    let is_provider = |value: u64| peers.is_provider(snapshot, kind, value, &networks);
    facts.domains_known = f64::from(known) > 0.5 * facts.accounts as f64;
    facts.top_domain_share = counts.first().map_or(0.0, |own| f64::from(own.1) / all);
    facts.top_domain_is_provider = counts.first().is_some_and(|own| is_provider(own.0));
    let organisations = || counts.iter().filter(|own| !is_provider(own.0));
    facts.domains = organisations().filter(|own| own.1 >= 2).count() as u32;
    facts.organisation_share = organisations().map(|own| f64::from(own.1)).sum::<f64>() / all;
    let by_value: HashMap<u64, u32> = counts.iter().copied().collect();
    let own = |member: &Looked<'_>| member.account.one(kind).map(|value| by_value[&value]);
    let mut sharing: Vec<u32> = members.iter().filter_map(own).collect();
    sharing.sort_unstable();
    facts.domain_sharing = sharing.get(sharing.len() / 2).copied().unwrap_or(0);
    let usual = counts.iter().filter(|own| matches!(snapshot.rate(kind, own.0), Some((_, false))));
    facts.known_domain_share = usual.map(|own| f64::from(own.1)).sum::<f64>() / all;
}
