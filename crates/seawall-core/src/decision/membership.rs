//! How much can a value, or the lack of one, say of an account?

use super::snapshot::{ProfileKind, ProfileValue, Snapshot};
use crate::campaign::{
    evidence::{CAMPAIGN_BITS_MAX, KIND_BITS_MAX, kind_bits},
    membership::{Background, OUTSIDER_DISCOUNT, PeerView, STRATUM_BITS},
};

/// Most bits that one kind may say of an account.
pub(super) fn bits_max(snapshot: &Snapshot) -> f64 {
    if snapshot.single_family { CAMPAIGN_BITS_MAX } else { KIND_BITS_MAX }
}

/// A value of a kind among members.
pub fn value_of(kind: &ProfileKind, value: u64) -> Option<&ProfileValue> {
    let found = kind.values.binary_search_by_key(&value, |entry| entry.value);
    found.ok().map(|index| &kind.values[index])
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
