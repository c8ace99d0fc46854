//! How strongly does an account belong to a campaign of the snapshot?
//!
//! The batch's own functions over the counts that the snapshot keeps: an account that is no member gets the bits that
//! the batch would give it.

use super::{
    exposed::{Exposed, Loaded},
    snapshot::{ProfileKind, ProfileValue, Snapshot},
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

/// Most bits that one kind may say of an account.
fn bits_max(snapshot: &Snapshot) -> f64 {
    if snapshot.single_family { CAMPAIGN_BITS_MAX } else { KIND_BITS_MAX }
}

/// The entry of a key in ascending ones, or nothing.
fn of<T, V: Default>(sorted: &[T], key: u16, by: impl Fn(&T) -> (u16, V)) -> V {
    let found = sorted.binary_search_by_key(&key, |entry| by(entry).0);
    found.map_or(V::default(), |index| by(&sorted[index]).1)
}

/// A value of a kind among members.
pub fn value_of(kind: &ProfileKind, value: u64) -> Option<&ProfileValue> {
    let found = kind.values.binary_search_by_key(&value, |entry| entry.value);
    found.ok().map(|index| &kind.values[index])
}

/// Likelihood ratio of a value that an account has which is no member.
fn ratio(
    snapshot: &Snapshot,
    kind: &ProfileKind,
    value: &ProfileValue,
    stratum: Option<u16>,
) -> f64 {
    let within =
        (f64::from(value.members) - OUTSIDER_DISCOUNT).max(0.0) / f64::from(kind.known).max(1.0);
    let baseline = &snapshot.baselines[usize::from(kind.kind)];
    let (mut view, mut members) = (
        PeerView {
            in_stratum: Counts::default(),
            present: Counts::default(),
            total: value.total,
            present_all: baseline.present_all,
        },
        [0, 0, value.members, kind.known],
    );
    if let Some(stratum) = stratum {
        (members[0], view.in_stratum) = of(&value.strata, stratum, |(stratum, members, counts)| {
            (*stratum, (*members, *counts))
        });
        members[1] = of(&kind.known_by_stratum, stratum, |entry| *entry);
        view.present = baseline.present.get(usize::from(stratum)).copied().unwrap_or_default();
    }
    within / view.share(Background::Others, members)
}

/// Most bits that a value may say of an account that is no member, in any comparison group.
pub fn most_bits(snapshot: &Snapshot, kind: &ProfileKind, value: &ProfileValue) -> f64 {
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
pub fn strange_bits(snapshot: &Snapshot, kind: &ProfileKind) -> f64 {
    kind_bits(kind.share, 0.0, bits_max(snapshot))
}

/// All evidence on an account that is no member of the campaign.
pub fn belonging(loaded: &Loaded, number: u32, exposed: &Exposed) -> Belonging {
    let snapshot = &loaded.snapshot;
    let mut rest = loaded.values(number);
    let campaign = &snapshot.campaigns[number as usize];
    let bits_max = bits_max(snapshot);
    let mut evidence = Evidence::default();
    for (own, strange) in campaign.kinds.iter().zip(loaded.strange(number)) {
        let hashes;
        (hashes, rest) = rest.split_at(own.values.len());
        let kind = KindId(own.kind);
        let info = kind.kind();
        let values = exposed.of(kind);
        if values.is_empty() {
            continue;
        }
        let find = |value: &u64| hashes.binary_search(value).ok().map(|index| &own.values[index]);
        let shared = || values.iter().filter_map(|(_, value)| find(value));
        if shared().next().is_none() {
            evidence.add(kind, info, own.share, *strange, || 0);
            continue;
        }
        let ratios = || shared().map(|value| ratio(snapshot, own, value, exposed.stratum));
        let bits = kind_bits(
            own.share,
            of_several(snapshot.single_family, ratios(), values.len()),
            bits_max,
        );
        evidence.add(kind, info, own.share, bits, || {
            shared().map(|value| value.members).max().unwrap_or(0)
        });
        if counts_repeatedly(info) && bits > BINDING_BITS {
            let each = ratios().map(|ratio| kind_bits(own.share, ratio, bits_max));
            evidence.add_repeated(kind, info, each, bits_max);
        }
    }
    evidence.into_belonging(prior_bits(campaign.members, snapshot.judged))
}
