//! One round of weighing: what the accounts that are still in a group say of each other.

use seawall_core::{
    campaign::{
        evidence::{BINDING_BITS, KNOWN_MIN, kind_bits, mixing_share},
        membership::{Evidence, PeerView},
    },
    selector::Role,
};

use super::{
    Belonging, KindProfile, Profile, REPEATED, counts_repeatedly,
    gathered::{ABSENT, Gathered, GatheredKind, OWN},
    group_bits_max, of_several, prior_bits,
};
use crate::{
    count::evidence_kinds,
    detect::{peers::Background, scene::Scene},
};

/// A group's profile while it is being made.
pub(crate) struct Round<'g> {
    gathered: &'g Gathered,
    /// Indices of the accounts that are in, ascending.
    accounts: Vec<u32>,
    kinds: Vec<KindRound>,
    prior_bits: f64,
    /// Most bits that one kind may say of an account.
    bits_max: f64,
    /// Most bits that one kind may say of all of them.
    group_bits_max: f64,
    background: Background,
}

/// What the accounts have of one kind.
#[derive(Default)]
struct KindRound {
    share: f64,
    known: u32,
    /// Accounts in each cell, each value, and each comparison group (of those with any value).
    in_cell: Vec<u32>,
    with_value: Vec<u32>,
    known_in: Vec<u32>,
    /// For kinds with many values: likelihood ratio of each account's, as [`of_several`] makes it.
    account_ratios: Vec<f64>,
    /// Bits of each cell's value.
    cell_bits: Vec<f64>,
    /// Bits of an account whose value no other has.
    unshared_bits: f64,
}

impl<'g> Round<'g> {
    /// Weighs the given accounts (indices into the gathered rows) against each other.
    pub(crate) fn new(
        scene: &Scene<'_>,
        gathered: &'g Gathered,
        accounts: Vec<u32>,
        background: Background,
    ) -> Self {
        let bits_max = scene.kind_bits_max();
        let group_bits_max = group_bits_max(accounts.len() as u32, scene);
        let mut kinds: Vec<KindRound> = Vec::with_capacity(gathered.kinds.len());
        for kind in &gathered.kinds {
            let mut round = KindRound::default();
            if !kind.entries.is_empty() {
                round.count(kind, gathered, &accounts);
                round.settle(scene, kind, &accounts, background);
            }
            kinds.push(round);
        }
        let prior_bits = prior_bits(accounts.len() as u32, scene);
        Self { gathered, accounts, kinds, prior_bits, bits_max, group_bits_max, background }
    }

    /// Whether any account could be bound at all, each family's best value taken together: what
    /// [`Belonging::is_bound`] asks, of nobody in particular.
    pub(crate) fn may_bind(&self, dormant: bool, single_family: bool) -> bool {
        let mut most = Belonging::default();
        for (kind, info) in evidence_kinds().filter(|(_, info)| info.role == Role::Link) {
            let index = usize::from(kind.0);
            let round = &self.kinds[index];
            if round.most_bits(self.bits_max) > BINDING_BITS {
                most.binding |= 1 << info.family as u16;
                most.binding |= if counts_repeatedly(info) { REPEATED } else { 0 };
                let widest = round.with_value.iter().max().copied().unwrap_or(0);
                most.widest = most.widest.max(widest);
            }
        }
        most.is_bound(dormant, single_family)
    }

    /// The row and the evidence of each account that is in.
    pub(crate) fn members(&self) -> Vec<(u32, Belonging)> {
        self.accounts
            .iter()
            .map(|account| (self.gathered.rows[*account as usize], self.belonging(*account)))
            .collect()
    }

    /// The indices of the accounts that are in, in the order of [`Self::members`].
    pub(crate) fn accounts(&self) -> &[u32] {
        &self.accounts
    }

    fn belonging(&self, account: u32) -> Belonging {
        let mut evidence = Evidence::default();
        for (kind, info) in evidence_kinds() {
            let index = usize::from(kind.0);
            let round = &self.kinds[index];
            if round.share == 0.0 {
                continue;
            }
            let own = &self.gathered.kinds[index];
            let Some(bits) = round.bits_of(own, account, self.bits_max) else { continue };
            evidence.add(kind, info, round.share, bits, || {
                let cells = own.entries_of(account).iter();
                let with_value = |cell: &u32| Some(own.cells.get(*cell as usize)?.value);
                let counts =
                    cells.filter_map(with_value).map(|value| round.with_value[value as usize]);
                counts.max().unwrap_or(0)
            });
            if counts_repeatedly(info) && bits > BINDING_BITS {
                let cells = own.entries_of(account).iter();
                let each = cells.filter_map(|cell| round.cell_bits.get(*cell as usize).copied());
                evidence.add_repeated(kind, info, each);
            }
        }
        evidence.into_belonging(self.prior_bits)
    }

    /// Mean bits of each kind over the accounts.
    pub(crate) fn kind_bits(&self) -> Vec<f64> {
        self.kinds
            .iter()
            .zip(&self.gathered.kinds)
            .map(|(round, own)| {
                if round.share == 0.0 {
                    return 0.0;
                }
                let sum: f64 = self
                    .accounts
                    .iter()
                    .filter_map(|account| round.bits_of(own, *account, self.bits_max))
                    .map(|bits| bits.min(self.group_bits_max))
                    .sum();
                sum / self.accounts.len() as f64
            })
            .collect()
    }

    /// What is kept of it.
    pub(crate) fn into_profile(self) -> Profile {
        let strata = &self.gathered.strata;
        let kinds = self
            .kinds
            .iter()
            .zip(&self.gathered.kinds)
            .map(|(round, own)| KindProfile {
                share: round.share,
                known: round.known,
                counts: nonzero(&round.with_value, |value| own.values[value]),
                by_stratum: nonzero(&round.in_cell, |cell| {
                    let cell = &own.cells[cell];
                    (own.values[cell.value as usize], strata[usize::from(cell.stratum)])
                }),
                known_by_stratum: nonzero(&round.known_in, |stratum| strata[stratum]),
            })
            .collect();
        Profile { kinds, members: self.accounts.len() as u32, background: self.background }
    }
}

/// The counts that are not zero, with their keys.
fn nonzero<K>(counts: &[u32], key: impl Fn(usize) -> K) -> Vec<(K, u32)> {
    counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(index, count)| (key(index), *count))
        .collect()
}

impl KindRound {
    fn count(&mut self, own: &GatheredKind, gathered: &Gathered, accounts: &[u32]) {
        self.in_cell = vec![0; own.cells.len()];
        self.with_value = vec![0; own.values.len()];
        self.known_in = vec![0; gathered.strata.len()];
        for account in accounts {
            let entries = own.entries_of(*account);
            if entries.first().is_none_or(|entry| *entry == ABSENT) {
                continue;
            }
            self.known += 1;
            self.known_in[usize::from(gathered.stratum_of[*account as usize])] += 1;
            for cell in entries.iter().filter(|entry| **entry != OWN) {
                self.in_cell[*cell as usize] += 1;
                self.with_value[own.cells[*cell as usize].value as usize] += 1;
            }
        }
    }

    /// The most that it may say of any account.
    fn most_bits(&self, bits_max: f64) -> f64 {
        let several = self.account_ratios.iter().copied().reduce(f64::max);
        match several.map(|ratio| kind_bits(self.share, ratio, bits_max)) {
            Some(bits) => bits,
            None => self.cell_bits.iter().copied().fold(0.0, f64::max),
        }
    }

    /// Bits of an account; `None` where it has no value.
    fn bits_of(&self, own: &GatheredKind, account: u32, bits_max: f64) -> Option<f64> {
        match *own.entries_of(account).first()? {
            ABSENT => None,
            _ if !own.offsets.is_empty() => {
                Some(kind_bits(self.share, self.account_ratios[account as usize], bits_max))
            }
            OWN => Some(self.unshared_bits),
            cell => Some(self.cell_bits[cell as usize]),
        }
    }

    /// Finds the mixing share, and the bits that follow from it.
    fn settle(
        &mut self,
        scene: &Scene<'_>,
        own: &GatheredKind,
        accounts: &[u32],
        background: Background,
    ) {
        let bits_max = scene.kind_bits_max();
        if (self.known as usize) < KNOWN_MIN {
            return;
        }
        let ratios: Vec<f64> = own
            .cells
            .iter()
            .enumerate()
            .map(|(index, cell)| {
                if self.in_cell[index] == 0 {
                    return 0.0;
                }
                let members = self.with_value[cell.value as usize];
                // Leave-one-out: the account itself is no evidence for itself.
                let within = f64::from(members - 1) / f64::from(self.known - 1);
                let stratum = usize::from(cell.stratum);
                let view = PeerView {
                    in_stratum: cell.peers,
                    present: own.present[stratum],
                    total: cell.peers_all,
                    present_all: own.present_all,
                };
                let members = [self.in_cell[index], self.known_in[stratum], members, self.known];
                within / view.share(background, members)
            })
            .collect();
        let weighted: Vec<(f64, u32)> = if own.offsets.is_empty() {
            ratios.iter().copied().zip(self.in_cell.iter().copied()).collect()
        } else {
            self.account_ratios = account_ratios(scene, own, &ratios);
            accounts.iter().map(|account| (self.account_ratios[*account as usize], 1)).collect()
        };
        let weighted: Vec<(f64, u32)> =
            weighted.into_iter().filter(|(ratio, count)| *ratio > 0.0 && *count > 0).collect();
        self.share = mixing_share(&weighted, self.known as usize);
        self.unshared_bits = kind_bits(self.share, 0.0, bits_max);
        self.cell_bits =
            ratios.iter().map(|ratio| kind_bits(self.share, *ratio, bits_max)).collect();
    }
}

/// Likelihood ratio of each account's values, from those of the cells.
fn account_ratios(scene: &Scene<'_>, own: &GatheredKind, ratios: &[f64]) -> Vec<f64> {
    own.offsets
        .windows(2)
        .map(|window| {
            let entries = &own.entries[window[0] as usize..window[1] as usize];
            let each = entries.iter().filter_map(|cell| ratios.get(*cell as usize).copied());
            of_several(scene, each, entries.len())
        })
        .collect()
}
