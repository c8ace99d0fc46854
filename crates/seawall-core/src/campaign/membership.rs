//! How strongly does one account belong to a campaign?
//!
//! The one place where the values of an account become bits, whether a batch asks or a decision: each kind is
//! compared with how often peers have the value, an account's bits in a family are those of its best kind, and what
//! an account lacks in a family may count against it.

use serde::{Deserialize, Serialize};

use super::{
    evidence::{BINDING_BITS, CAMPAIGN_BITS_MAX, peer_share},
    findings::FAMILIES,
};
use crate::selector::{Family, Kind, KindId, Role};

/// Bits that an account needs to belong to a group, whether a pair of hot selectors or its likeness to the
/// others put it there: odds of ten to one.
pub const MEMBER_BITS: f64 = 3.3;
/// Binding families an account needs, where the input has several.
pub const BINDING_MIN: u32 = 2;
/// Accounts that may share a value and be a household: what binds a member must be shared more widely.
pub const HOUSEHOLD_MAX: u32 = 8;
/// Bits at or below which an account contradicts the group in a binding family, unless it shares something
/// else there, or acted with the group time and again.
const CONTRADICTION_BITS: f64 = -3.9;
/// Discount on a value's count among members for an account that is none: it may have been missed for
/// good reason.
pub const OUTSIDER_DISCOUNT: f64 = 0.3;
/// Set of families with the one member that stands for actions together with the group, time and again:
/// no family, but no single coincidence either.
pub const REPEATED: u16 = 1 << 15;
/// Actions at the same time as other members that are more than one coincidence.
pub const REPEATED_MIN: usize = 4;
/// Bits by which a value may bind more strongly within a comparison group than over all.
pub const STRATUM_BITS: f64 = 1.0;

/// Accounts by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Judged.
    pub judged: u32,
    /// Judged and in some group.
    pub grouped: u32,
    /// Trusted.
    pub trusted: u32,
}

/// Which accounts are a group's peers in the input itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Those in no group: parts of one operation in several groups do not hide each other.
    Ungrouped,
    /// All but the group's own members.
    Others,
}

/// How often peers have a value.
#[derive(Clone, Copy, Debug)]
pub struct PeerView {
    /// Of the account's comparison group, with the value.
    pub in_stratum: Counts,
    /// Of the account's comparison group, with any value of the kind.
    pub present: Counts,
    /// With the value.
    pub total: Counts,
    /// With any value of the kind.
    pub present_all: Counts,
}

impl PeerView {
    /// Share of comparable peers with the value: the larger of what the history and what the other
    /// accounts of the input say. `members` are the group's own, in the order of the fields.
    pub fn share(&self, background: Background, members: [u32; 4]) -> f64 {
        let counts = [self.in_stratum, self.present, self.total, self.present_all];
        let of = |count: fn(&Counts) -> u32| counts.map(|counts| f64::from(count(&counts)));
        let [value, total, value_all, total_all] = match background {
            Background::Ungrouped => of(|counts| counts.judged.saturating_sub(counts.grouped)),
            Background::Others => {
                let judged = of(|counts| counts.judged);
                std::array::from_fn(|index| judged[index] - f64::from(members[index]))
            }
        };
        let current = peer_share(value, total, value_all, total_all);
        if self.present_all.trusted == 0 {
            return current;
        }
        let [value, total, value_all, total_all] = of(|counts| counts.trusted);
        current.max(peer_share(value, total, value_all, total_all))
    }
}

/// One likelihood ratio from those of an account's values, of which there are `count`. One of many agrees
/// more easily than a single one does, and many that agree say more: the mean. Where accounts are seen
/// dealing with each other and nothing else, the one that agrees best must do.
pub fn of_several(single_family: bool, each: impl Iterator<Item = f64>, count: usize) -> f64 {
    if single_family { each.fold(0.0, f64::max) } else { each.sum::<f64>() / count.max(1) as f64 }
}

/// Whether an account's values of a kind, taken together, are more than one coincidence.
pub fn counts_repeatedly(info: &Kind) -> bool {
    info.name == "lockstep"
}

/// Bits of the prior: a group's share of all judged accounts.
pub fn prior_bits(members: u32, judged: u32) -> f64 {
    (f64::from(members.max(1)) / f64::from(judged.max(1))).log2()
}

/// One account's evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Belonging {
    /// Bits by family, in the order of [`FAMILIES`].
    pub family_bits: [f32; 11],
    /// Kind behind each family's bits.
    pub family_kinds: [u8; 11],
    /// Prior and families.
    pub bits: f32,
    /// Families that bind it, one bit each, and [`REPEATED`].
    pub binding: u16,
    /// Most members that share one of its binding values: few where it is a household's.
    pub widest: u32,
    /// It lacks what nearly every member has.
    pub contradicts: bool,
}

impl Belonging {
    /// Two binding families and none against; in a group whose accounts are made and left alone, one
    /// family and that (`silent`). Where the input has one binding family only, that one.
    pub fn is_bound(&self, silent: bool, single_family: bool) -> bool {
        let household = self.widest <= HOUSEHOLD_MAX && !single_family;
        let binding_min = if single_family { 1 } else { BINDING_MIN };
        !self.contradicts
            && !household
            && self.binding.count_ones() + u32::from(silent) >= binding_min
    }
}

/// The kinds of one account, added up.
#[derive(Default)]
pub struct Evidence {
    belonging: Belonging,
    positive: [f64; 11],
    negative: [f64; 11],
    binding: [f64; 11],
    opposing: [f64; 11],
}

impl Evidence {
    /// Adds a kind. `share`: of members that follow the group in this kind; `sharing`: members that share the
    /// account's value.
    pub fn add(
        &mut self,
        kind: KindId,
        info: &Kind,
        share: f64,
        bits: f64,
        sharing: impl FnOnce() -> u32,
    ) {
        let family = info.family as usize;
        if bits > self.positive[family] {
            self.positive[family] = bits;
            self.belonging.family_kinds[family] = kind.0;
        }
        self.negative[family] = self.negative[family].min(bits);
        if info.role == Role::Link {
            self.binding[family] = self.binding[family].max(bits);
            // In a group that is all alike, a lack says more than the least bits of a kind.
            let lacks = bits <= CONTRADICTION_BITS;
            let against = if lacks { (1.0 - share).log2().min(bits) } else { bits };
            self.opposing[family] = self.opposing[family].min(against);
            if bits > BINDING_BITS {
                self.belonging.widest = self.belonging.widest.max(sharing());
            }
        }
    }

    /// Several values of a kind, each a coincidence of its own: their bits add up, beyond what one kind may say
    /// but for this, since among very many accounts that much is said against each before anything is known of it.
    pub fn add_repeated(&mut self, kind: KindId, info: &Kind, each: impl Iterator<Item = f64>) {
        let (count, sum) = each
            .filter(|bits| *bits > BINDING_BITS)
            .fold((0, 0.0), |(count, sum), bits| (count + 1, sum + bits));
        if count >= REPEATED_MIN {
            self.add(kind, info, 0.0, f64::min(sum, CAMPAIGN_BITS_MAX), || 0);
            self.belonging.binding |= REPEATED;
        }
    }

    /// The account's evidence in all.
    pub fn into_belonging(mut self, prior_bits: f64) -> Belonging {
        let mut sum = prior_bits;
        let repeated = self.belonging.binding & REPEATED != 0;
        for (family, name) in FAMILIES.iter().enumerate() {
            let positive = self.positive[family];
            let lack = if repeated { 0.0 } else { lack(*name, self.opposing[family]) };
            let bits = if positive > 0.0 { positive + lack } else { self.negative[family] };
            self.belonging.family_bits[family] = bits as f32;
            self.belonging.binding |= u16::from(self.binding[family] > BINDING_BITS) << family;
            // What accounts do varies by itself; what they are made with does not.
            self.belonging.contradicts |= *name != Family::Action
                && !repeated
                && self.opposing[family] <= CONTRADICTION_BITS
                && self.binding[family] + lack <= 0.0;
            sum += bits;
        }
        self.belonging.bits = sum as f32;
        self.belonging
    }
}

/// What an account lacks in a family is taken from what it shares there: with devices, where one value
/// hardly ever stands for another. Names and addresses of one operation vary, and any will do.
fn lack(family: Family, opposing_bits: f64) -> f64 {
    if family == Family::Device && opposing_bits <= CONTRADICTION_BITS {
        opposing_bits
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::evidence::kind_bits;

    /// What an account belongs by that lacks the fingerprint all others have, and shares their user agent.
    fn without_the_fingerprint(share: f64, shared_bits: f64) -> Belonging {
        let mut evidence = Evidence::default();
        let mut add = |name: &str, share: f64, bits: f64| {
            let kind = KindId::from_name(name).expect("a kind");
            evidence.add(kind, kind.kind(), share, bits, || 100);
        };
        add("ja4", share, kind_bits(share, 0.0, 12.0));
        add("user_agent", 0.9, shared_bits);
        evidence.into_belonging(0.0)
    }

    #[test]
    fn a_lacking_device_is_taken_from_what_is_shared() {
        let belonging = without_the_fingerprint(0.95, 7.0);
        assert!(!belonging.contradicts);
        assert!((f64::from(belonging.bits) - (7.0 + 0.05_f64.log2())).abs() < 0.01);
    }

    #[test]
    fn the_more_alike_a_group_the_more_a_lack_tells() {
        assert!(without_the_fingerprint(0.995, 7.0).contradicts);
        assert!(!without_the_fingerprint(0.995, 9.0).contradicts);
    }

    /// Bits of an account of one in so many that acted with a campaign of three thousand so often, and shares nothing
    /// else with it.
    fn acting_together(times: usize, judged: u32) -> f32 {
        let mut evidence = Evidence::default();
        let lockstep = KindId::from_name("lockstep").expect("a kind");
        evidence.add_repeated(lockstep, lockstep.kind(), std::iter::repeat_n(9.0, times));
        evidence.into_belonging(prior_bits(3000, judged)).bits
    }

    #[test]
    fn acting_together_time_and_again_binds_among_however_many() {
        for judged in [500_000, 50_000_000, 375_000_000] {
            assert!(acting_together(3, judged) < 0.0, "a few times may be chance");
            assert!(f64::from(acting_together(14, judged)) > 0.0, "{judged}");
        }
        assert!(f64::from(acting_together(14, 50_000_000)) > MEMBER_BITS);
    }

    #[test]
    fn one_family_alone_does_not_bind() {
        assert!(!without_the_fingerprint(0.9, 9.0).is_bound(false, false));
        assert!(without_the_fingerprint(0.9, 9.0).is_bound(true, false));
    }
}
