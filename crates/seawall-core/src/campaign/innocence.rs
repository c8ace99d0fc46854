//! What innocent explanation would account for a cluster, and what evidence would be left?
//!
//! Each explanation excuses the families it would produce by itself, but only where its precondition
//! holds: an innocent story must also fit what is *not* concentrated. A campaign's score is what the
//! most favourable of them leaves over.

use super::{
    findings::{Explanation, FAMILIES},
    organisations::Together,
};
use crate::selector::Family;

/// Share of members that must come back for it to say something.
const ACTIVE_MIN: f64 = 0.05;
/// Share of peers that must come back for the lack of it to say something.
const PEERS_ACTIVE_MIN: f64 = 0.15;
/// Chance of so few members that come back, if they were like their peers, below which they are not. A large input has
/// thousands of small organisations, and some of them are quiet.
const CHANCE_MIN: f64 = 0.01;

/// What the explanations look at.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Accounts in the cluster.
    pub accounts: u64,
    /// Bits of the prior: the cluster's share of all judged accounts, as a negative number of bits.
    pub prior_bits: f64,
    /// Mean bits for each account by family, in the order of [`FAMILIES`], less what it takes to name the
    /// values; negative where peers share more.
    pub family_bits: [f64; 11],
    /// Mean bits of device ids alone, as against client software.
    pub device_id_bits: f64,
    /// Share of members, of those whose address is known, within the three commonest networks (/24, /56).
    pub top_networks_share: f64,
    /// Share of members in hosting or VPN ranges, by the user's lists.
    pub hosting_share: f64,
    /// Share of members, of those with a mail domain, that have the commonest one.
    pub top_domain_share: f64,
    /// Mail domains that two members or more have, public providers not counted.
    pub domains: u32,
    /// Share of members, of those with a mail domain, whose domain is no public provider.
    pub organisation_share: f64,
    /// Members that usually share a member's mail domain.
    pub domain_sharing: u32,
    /// How members' mail domains and addresses go together.
    pub together: Together,
    /// Whether members have mail domains at all.
    pub domains_known: bool,
    /// Whether the commonest mail domain is a provider open to all: at least one in a thousand peers has it.
    pub top_domain_is_provider: bool,
    /// Share of members whose mail domain the trusted history knows.
    pub known_domain_share: f64,
    /// Share of members whose names are numbers of one sequence.
    pub sequence_share: f64,
    /// For each family that binds the members, how many of them usually share its values: few where that is
    /// what a household or friends share; 0 for families that do not bind.
    pub family_sharing: [u32; 11],
    /// The most accounts that usually share a value among those that members act on: many where it is
    /// simply popular.
    pub action_sharing: u32,
    /// Share of members that signed up within the densest three days.
    pub burst_share: f64,
    /// Share of members with a login or action on a later day than their first; `None` where the input
    /// cannot tell.
    pub active_share: Option<f64>,
    /// The same share among peers.
    pub peers_active_share: f64,
}

impl Facts {
    fn bits(&self, family: Family) -> f64 {
        FAMILIES
            .iter()
            .position(|other| *other == family)
            .map_or(0.0, |index| self.family_bits[index])
    }

    /// Whether a family is what households and friends share: it binds no more accounts than they are, or is
    /// where they live.
    fn is_household(&self, family: Family) -> bool {
        family == Network || (1..=HOUSEHOLD_MAX).contains(&self.family_sharing[family as usize])
    }

    /// Members that usually share the value that binds them most narrowly.
    fn narrowest_sharing(&self) -> u32 {
        let binding = self.family_sharing.iter().copied().filter(|sharing| *sharing > 0);
        binding.min().unwrap_or(0)
    }

    /// One mail domain that is no public provider holds at least `share` of the members.
    fn has_institutional_domain(&self, share: f64) -> bool {
        self.domains_known && !self.top_domain_is_provider && self.top_domain_share >= share
    }

    fn is_single_site(&self) -> bool {
        self.top_networks_share >= 0.8 && self.hosting_share < 0.5
    }

    /// Device evidence that is client software, which many people share, and not devices themselves.
    fn is_client_software_only(&self) -> bool {
        self.device_id_bits < 1.0
    }

    /// Members come back about as often as their peers do, or so few fewer that it may be chance.
    fn is_active_as_peers(&self) -> bool {
        self.active_share.is_some_and(|share| {
            let (accounts, peers) = (self.accounts as f64, self.peers_active_share);
            let active = (share * accounts).round();
            share > ACTIVE_MIN && share >= 0.6 * peers
                || peers >= PEERS_ACTIVE_MIN && at_most(active, accounts, peers) >= CHANCE_MIN
        })
    }
}

/// Probability of at most `successes` among `trials` of the given chance each.
fn at_most(successes: f64, trials: f64, chance: f64) -> f64 {
    let mut term = (1.0 - chance).powf(trials);
    let mut sum = term;
    let mut number = 0.0;
    while number < successes {
        term *= (trials - number) / (number + 1.0) * chance / (1.0 - chance);
        sum += term;
        number += 1.0;
    }
    sum
}

struct Innocence {
    name: &'static str,
    excuses: &'static [Family],
    /// Whether it fits, and the numbers that say so.
    fits: fn(&Facts) -> (bool, String),
}

/// The explanation that nothing but chance brought the members together. It excuses no family; what it
/// takes away is the prior: how many accounts there were for chance to choose from.
const COINCIDENCE: &str = "coincidence";

/// The explanation that members are households and groups of friends. It excuses what so few share, and
/// nothing that is shared more widely: what several households have in common remains to be explained.
const HOUSEHOLDS: &str = "households and friends";
/// Accounts that a household or friends have.
const HOUSEHOLD_MAX: u32 = 8;

use Family::{Action, Device, Domain, Name, Network, Payment, Phone, Recovery, Referral, Timing};

const INNOCENCES: &[Innocence] = &[
    Innocence {
        name: COINCIDENCE,
        excuses: &[],
        fits: |facts| {
            (
                true,
                format!(
                    "always weighed: among as many accounts as were judged, chance alone makes up for {:.1} bits in a \
                     cluster of this size",
                    -facts.prior_bits
                ),
            )
        },
    },
    Innocence {
        name: "shared network",
        excuses: &[Network],
        fits: |facts| {
            (
                facts.hosting_share < 0.5,
                format!(
                    "{} of members in hosting or VPN ranges; must be under 50 %",
                    percent(facts.hosting_share)
                ),
            )
        },
    },
    Innocence {
        name: "institution",
        excuses: &[Network, Domain, Name, Recovery, Referral, Payment, Timing],
        fits: |facts| {
            let network = facts.bits(Network);
            let fits = facts.hosting_share < 0.5
                && (network >= 3.0 || facts.known_domain_share > 0.8)
                && facts.has_institutional_domain(0.5);
            (
                fits,
                format!(
                    "network {network:.1} bits (needs 3.0, or over 80 % of mail domains known: {}); commonest mail \
                     domain {}{} (needs 50 %, not a public provider)",
                    percent(facts.known_domain_share),
                    percent(facts.top_domain_share),
                    if facts.top_domain_is_provider { ", a public provider" } else { "" },
                ),
            )
        },
    },
    Innocence {
        name: "several organisations",
        excuses: &[Network, Domain, Name, Recovery, Referral, Payment, Timing],
        fits: |facts| {
            (
                facts.domains >= 20
                    && facts.domain_sharing <= 100
                    && facts.organisation_share >= 0.8,
                format!(
                    "{} of members at mail domains that are no public providers (needs 80 %), {} of them (needs 20), \
                     each usually of {} members (needs 100 or fewer)",
                    percent(facts.organisation_share),
                    facts.domains,
                    facts.domain_sharing
                ),
            )
        },
    },
    Innocence {
        name: "organisations at addresses of their own",
        excuses: &[Network, Domain, Name, Recovery, Referral, Payment, Timing],
        fits: |facts| {
            let Together { sharing, at_address, anywhere } = facts.together;
            (
                facts.hosting_share < 0.5
                    && facts.organisation_share >= 0.8
                    && sharing >= 0.5
                    && at_address >= f64::max(0.5, 2.0 * anywhere),
                format!(
                    "{} of members at mail domains that are no public providers (needs 80 %); {} share an address with \
                     other members (needs 50 %), whose mail domain is theirs in {} of cases (needs 50 %, and twice the \
                     {} of any two members); {} in hosting or VPN ranges (must be under 50 %)",
                    percent(facts.organisation_share),
                    percent(sharing),
                    percent(at_address),
                    percent(anywhere),
                    percent(facts.hosting_share),
                ),
            )
        },
    },
    Innocence {
        name: "café, laboratory or library",
        excuses: &[Network, Device, Referral, Timing],
        fits: |facts| {
            let network = facts.bits(Network);
            (
                network >= 3.0 && facts.is_single_site(),
                format!(
                    "network {network:.1} bits (needs 3.0); three commonest networks hold {} (needs 80 %)",
                    percent(facts.top_networks_share)
                ),
            )
        },
    },
    Innocence {
        name: "institution with its own devices",
        excuses: &[Network, Device, Domain, Name, Recovery, Referral, Payment, Timing],
        fits: |facts| {
            let network = facts.bits(Network);
            let named = facts.has_institutional_domain(0.5)
                || (!facts.domains_known && facts.bits(Name) < 3.0 && facts.sequence_share < 0.5);
            (
                network >= 5.0 && facts.is_single_site() && named,
                format!(
                    "network {network:.1} bits (needs 5.0); three commonest networks hold {} (needs 80 %); commonest \
                     mail domain {} (needs 50 %, not a public provider)",
                    percent(facts.top_networks_share),
                    percent(facts.top_domain_share)
                ),
            )
        },
    },
    Innocence {
        name: "remote organisations with managed clients",
        excuses: &[Network, Device, Domain, Name, Recovery, Referral, Payment, Timing],
        fits: |facts| {
            (
                facts.domains_known
                    && facts.organisation_share >= 0.8
                    && facts.sequence_share < 0.5
                    && facts.bits(Action) < 1.0
                    && facts.is_active_as_peers(),
                format!(
                    "{} of members at mail domains that are no public providers (needs 80 %); actions {:.1} bits (needs \
                     under 1.0); {}",
                    percent(facts.organisation_share),
                    facts.bits(Action),
                    activity(facts)
                ),
            )
        },
    },
    Innocence {
        name: HOUSEHOLDS,
        excuses: &[Network, Device, Domain, Name, Recovery, Phone, Referral, Payment],
        fits: |facts| {
            (
                facts.narrowest_sharing() <= HOUSEHOLD_MAX,
                format!(
                    "{} accounts usually share the value that binds them most narrowly (needs {HOUSEHOLD_MAX} or fewer; \
                     what more share is not excused)",
                    facts.narrowest_sharing()
                ),
            )
        },
    },
    Innocence {
        name: "viral event, press or campaign",
        excuses: &[Referral, Action, Network, Timing, Device],
        fits: |facts| {
            let referral = facts.bits(Referral);
            (
                referral >= 3.0 && facts.is_client_software_only(),
                format!(
                    "referral {referral:.1} bits (needs 3.0); device ids {:.1} bits (needs under 1.0)",
                    facts.device_id_bits
                ),
            )
        },
    },
    Innocence {
        name: "popular target",
        excuses: &[Action, Network, Timing],
        fits: |facts| {
            let action = facts.bits(Action);
            (
                action >= 3.0 && facts.action_sharing >= 50,
                format!(
                    "actions {action:.1} bits (needs 3.0); {} members usually act on the same (needs 50)",
                    facts.action_sharing
                ),
            )
        },
    },
    Innocence {
        name: "new client release or handset",
        excuses: &[Device, Network, Phone],
        fits: |facts| {
            (
                facts.is_client_software_only(),
                format!("device ids {:.1} bits (needs under 1.0)", facts.device_id_bits),
            )
        },
    },
    Innocence {
        name: "mail relay or new provider",
        excuses: &[Domain, Name, Recovery, Network],
        fits: |facts| {
            (
                facts.domains_known
                    && facts.top_domain_is_provider
                    && facts.top_domain_share >= 0.8,
                format!(
                    "commonest mail domain {}{} (needs 80 %, a public provider)",
                    percent(facts.top_domain_share),
                    if facts.top_domain_is_provider {
                        ", a public provider"
                    } else {
                        ", no public provider"
                    }
                ),
            )
        },
    },
];

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn activity(facts: &Facts) -> String {
    match facts.active_share {
        Some(share) => format!(
            "{} of members come back on a later day, {} of peers (needs 60 % of that, or, where {} of peers do, no \
             fewer than chance gives once in {:.0})",
            percent(share),
            percent(facts.peers_active_share),
            percent(PEERS_ACTIVE_MIN),
            1.0 / CHANCE_MIN
        ),
        None => "the input does not show what accounts do after signup (needed)".to_owned(),
    }
}

/// Weighs every explanation, the one that leaves least first.
///
/// Bits left are the sum of the positive bits of the families that it does not excuse.
pub fn weigh(facts: &Facts) -> Vec<Explanation> {
    let mut weighed: Vec<Explanation> = INNOCENCES
        .iter()
        .map(|innocence| {
            let (applies, reason) = (innocence.fits)(facts);
            let excuses: Vec<Family> = innocence
                .excuses
                .iter()
                .copied()
                .filter(|family| innocence.name != HOUSEHOLDS || facts.is_household(*family))
                .collect();
            let left: f64 = FAMILIES
                .iter()
                .zip(&facts.family_bits)
                .filter(|(family, _)| !excuses.contains(family))
                .map(|(_, bits)| bits.max(0.0))
                .sum();
            let left = if innocence.name == COINCIDENCE { left + facts.prior_bits } else { left };
            let left = left.max(0.0);
            Explanation {
                name: innocence.name.to_owned(),
                applies,
                reason,
                excuses,
                bits_left: applies.then_some(left),
            }
        })
        .collect();
    // Stable: among equals the order of the list, simplest story first.
    weighed.sort_by(|a, b| {
        a.bits_left.unwrap_or(f64::INFINITY).total_cmp(&b.bits_left.unwrap_or(f64::INFINITY))
    });
    weighed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accounts of which few share a card, and `sharing` the user agent.
    fn households(sharing: u32) -> Explanation {
        let mut facts = Facts { accounts: 20, prior_bits: -12.0, ..Facts::default() };
        facts.device_id_bits = 2.0;
        for (family, bits, sharing) in
            [(Network, 7.0, 0), (Payment, 8.0, 6), (Device, 5.0, sharing), (Name, 1.0, 0)]
        {
            facts.family_bits[family as usize] = bits;
            facts.family_sharing[family as usize] = sharing;
        }
        let named = |explanation: &Explanation| explanation.name == HOUSEHOLDS;
        weigh(&facts).into_iter().find(named).expect("an explanation")
    }

    #[test]
    fn households_excuse_what_so_few_share_and_nothing_else() {
        assert_eq!(households(6).bits_left, Some(1.0));
        assert_eq!(households(20).bits_left, Some(6.0));
        assert_eq!(households(20).excuses, [Network, Payment]);
    }

    #[test]
    fn a_small_organisation_may_be_quiet() {
        let excused = |accounts, active, peers_active_share| {
            let facts = Facts {
                accounts,
                domains_known: true,
                organisation_share: 1.0,
                active_share: Some(f64::from(active) / accounts as f64),
                peers_active_share,
                ..Facts::default()
            };
            let named = |explanation: &Explanation| {
                explanation.name == "remote organisations with managed clients"
            };
            weigh(&facts).into_iter().find(named).expect("an explanation").applies
        };
        // None of 13 comes back: two of a hundred such organisations have that. None of 30: one of ten thousand.
        assert!(excused(13, 0, 0.26) && !excused(30, 0, 0.26));
        assert!(excused(30, 3, 0.26) && !excused(1000, 100, 0.26) && excused(1000, 200, 0.26));
        // Where hardly anybody comes back, that these do not is no sign of people.
        assert!(!excused(13, 0, 0.08));
    }

    fn own_addresses(together: Together) -> bool {
        let facts = Facts { organisation_share: 1.0, together, ..Facts::default() };
        let named = |explanation: &Explanation| {
            explanation.name == "organisations at addresses of their own"
        };
        weigh(&facts).into_iter().find(named).expect("an explanation").applies
    }

    #[test]
    fn organisations_are_where_the_address_tells_the_mail_domain() {
        let large = Together { sharing: 0.99, at_address: 1.0, anywhere: 0.1 };
        assert!(own_addresses(large));
        // Fifteen domains and as many machines, whichever come together.
        assert!(!own_addresses(Together { at_address: 0.07, anywhere: 0.07, ..large }));
        // An address for each account, but for a few by chance.
        assert!(!own_addresses(Together { sharing: 0.05, ..large }));
        // One domain goes with every address.
        assert!(!own_addresses(Together { anywhere: 1.0, ..large }));
    }
}
