//! How strongly does an account belong to a campaign of the snapshot?
//!
//! The batch's own functions over the counts that the snapshot keeps: an account that is no member gets the bits that
//! the batch would give it. What is asked of a campaign lies together: every decision holds an account against several of
//! thousands, and waits for each line of memory that it does not find near.

use super::{
    exposed::Exposed,
    snapshot::{CampaignProfile, ProfileKind, ProfileValue, Snapshot},
};
use crate::{
    campaign::{
        evidence::{BINDING_BITS, CAMPAIGN_BITS_MAX, KIND_BITS_MAX, kind_bits},
        membership::{
            Background, Belonging, Counts, Evidence, OUTSIDER_DISCOUNT, PeerView, STRATUM_BITS,
            counts_repeatedly, of_several, prior_bits,
        },
    },
    selector::KindId,
};

/// A campaign, laid out for asking.
#[derive(Debug)]
pub(super) struct Profile {
    /// In the order of the registry.
    kinds: Box<[OfKind]>,
    /// Hashes of all values, kind by kind, each ascending.
    hashes: Box<[u64]>,
    /// The same values.
    values: Box<[OfValue]>,
    /// Comparison groups of the values: members and all accounts that have it, value by value, each ascending.
    strata: Box<[(u16, u32, Counts)]>,
    /// Comparison groups of the kinds: members whose value is known, kind by kind, each ascending.
    known_by_stratum: Box<[(u16, u32)]>,
    prior_bits: f64,
}

/// What a campaign has of one kind. `…_end` are where its part ends, which begins where that of the one before ends.
#[derive(Debug)]
struct OfKind {
    kind: KindId,
    /// Members whose value is known.
    known: u32,
    /// Share of members that follow the campaign in this kind.
    share: f64,
    /// Bits of an account that has values of the kind, and none that members have.
    strange_bits: f64,
    values_end: u32,
    known_end: u32,
}

/// A value that several members have.
#[derive(Debug)]
struct OfValue {
    /// Members that have it.
    members: u32,
    /// All accounts that have it.
    total: Counts,
    strata_end: u32,
}

/// The entry of a key in ascending ones, or nothing.
fn of<T, V: Default>(sorted: &[T], key: u16, by: impl Fn(&T) -> (u16, V)) -> V {
    let found = sorted.binary_search_by_key(&key, |entry| by(entry).0);
    found.map_or(V::default(), |index| by(&sorted[index]).1)
}

/// The part of something that ends there, and began where the one before ended.
fn part(ends: impl Fn(usize) -> u32, index: usize) -> std::ops::Range<usize> {
    let start = index.checked_sub(1).map_or(0, &ends);
    start as usize..ends(index) as usize
}

impl Profile {
    /// Lays a campaign out.
    pub(super) fn new(snapshot: &Snapshot, campaign: &CampaignProfile) -> Self {
        let values = || campaign.kinds.iter().flat_map(|kind| &kind.values);
        let (mut strata_end, mut values_end, mut known_end) = (0, 0, 0);
        let of_value = |value: &ProfileValue| {
            strata_end += value.strata.len() as u32;
            OfValue { members: value.members, total: value.total, strata_end }
        };
        let of_kind = |own: &ProfileKind| {
            values_end += own.values.len() as u32;
            known_end += own.known_by_stratum.len() as u32;
            let (kind, known, share) = (KindId(own.kind), own.known, own.share);
            let strange_bits = strange_bits(snapshot, own);
            OfKind { kind, known, share, strange_bits, values_end, known_end }
        };
        let known = campaign.kinds.iter().flat_map(|kind| &kind.known_by_stratum);
        Self {
            hashes: values().map(|value| value.value).collect(),
            values: values().map(of_value).collect(),
            strata: values().flat_map(|value| &value.strata).copied().collect(),
            kinds: campaign.kinds.iter().map(of_kind).collect(),
            known_by_stratum: known.copied().collect(),
            prior_bits: prior_bits(campaign.members, snapshot.judged),
        }
    }

    /// All evidence on an account that is no member.
    pub(super) fn belonging(&self, snapshot: &Snapshot, exposed: &Exposed) -> Belonging {
        let bits_max = bits_max(snapshot);
        let mut evidence = Evidence::default();
        let mut rest = exposed.values.as_slice();
        for (index, own) in self.kinds.iter().enumerate() {
            let before = rest.iter().take_while(|value| value.0 < own.kind).count();
            let count = rest[before..].iter().take_while(|value| value.0 == own.kind).count();
            let shown = &rest[before..before + count];
            rest = &rest[before + count..];
            if shown.is_empty() {
                continue;
            }
            let info = own.kind.kind();
            let range = part(|index| self.kinds[index].values_end, index);
            let hashes = &self.hashes[range.clone()];
            let find = |value: &u64| hashes.binary_search(value).ok().map(|at| range.start + at);
            let shared = || shown.iter().filter_map(|(_, value)| find(value));
            if shared().next().is_none() {
                evidence.add(own.kind, info, own.share, own.strange_bits, || 0);
                continue;
            }
            let ratios =
                || shared().map(|value| self.ratio(snapshot, index, value, exposed.stratum));
            let ratio = of_several(snapshot.single_family, ratios(), shown.len());
            let bits = kind_bits(own.share, ratio, bits_max);
            evidence.add(own.kind, info, own.share, bits, || {
                shared().map(|value| self.values[value].members).max().unwrap_or(0)
            });
            if counts_repeatedly(info) && bits > BINDING_BITS {
                let each = ratios().map(|ratio| kind_bits(own.share, ratio, bits_max));
                evidence.add_repeated(own.kind, info, each);
            }
        }
        evidence.into_belonging(self.prior_bits)
    }

    /// Likelihood ratio of a value that an account has which is no member.
    fn ratio(&self, snapshot: &Snapshot, kind: usize, value: usize, stratum: Option<u16>) -> f64 {
        let (own, shared) = (&self.kinds[kind], &self.values[value]);
        let within = (f64::from(shared.members) - OUTSIDER_DISCOUNT).max(0.0)
            / f64::from(own.known).max(1.0);
        let baseline = &snapshot.baselines[usize::from(own.kind.0)];
        let (mut view, mut members) = (
            PeerView {
                in_stratum: Counts::default(),
                present: Counts::default(),
                total: shared.total,
                present_all: baseline.present_all,
            },
            [0, 0, shared.members, own.known],
        );
        if let Some(stratum) = stratum {
            let strata = &self.strata[part(|index| self.values[index].strata_end, value)];
            (members[0], view.in_stratum) =
                of(strata, stratum, |(stratum, members, counts)| (*stratum, (*members, *counts)));
            let known = &self.known_by_stratum[part(|index| self.kinds[index].known_end, kind)];
            members[1] = of(known, stratum, |entry| *entry);
            view.present = baseline.present.get(usize::from(stratum)).copied().unwrap_or_default();
        }
        within / view.share(Background::Others, members)
    }
}

/// Most bits that one kind may say of an account.
fn bits_max(snapshot: &Snapshot) -> f64 {
    if snapshot.single_family { CAMPAIGN_BITS_MAX } else { KIND_BITS_MAX }
}

/// A value of a kind among members.
pub(super) fn value_of(kind: &ProfileKind, value: u64) -> Option<&ProfileValue> {
    let found = kind.values.binary_search_by_key(&value, |entry| entry.value);
    found.ok().map(|index| &kind.values[index])
}

/// Most bits that a value may say of an account that is no member, in any comparison group.
pub(super) fn most_bits(snapshot: &Snapshot, kind: &ProfileKind, value: &ProfileValue) -> f64 {
    let all = snapshot.baselines[usize::from(kind.kind)].present_all;
    let view =
        PeerView { in_stratum: value.total, present: all, total: value.total, present_all: all };
    let members = [value.members, kind.known, value.members, kind.known];
    let within = (f64::from(value.members) - OUTSIDER_DISCOUNT) / f64::from(kind.known);
    let bits_max = bits_max(snapshot);
    let bits = kind_bits(kind.share, within / view.share(Background::Others, members), bits_max);
    f64::min(bits + STRATUM_BITS, bits_max)
}

/// Bits of an account that has values of a kind, and none that members of the campaign have.
fn strange_bits(snapshot: &Snapshot, kind: &ProfileKind) -> f64 {
    kind_bits(kind.share, 0.0, bits_max(snapshot))
}
