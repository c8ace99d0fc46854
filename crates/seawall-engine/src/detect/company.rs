//! What company does each account keep: how widely is shared what it has?

use seawall_core::selector::{Family, KindId, Role};

use super::{
    concentration::{Look, Outlines, STRATUM_BITS},
    in_parallel,
    scene::Scene,
};
use crate::{Error, count::evidence_kinds};

/// Classes of how many accounts share a value.
const CLASSES: usize = 29;
/// Bits of a class, and classes in a word; the first has a comparison group in the place of a few.
const CLASS_BITS: usize = 5;
const IN_WORD: usize = u64::BITS as usize / CLASS_BITS;
const IN_STRATUM: usize = (STRATUM_BITS as usize).div_ceil(CLASS_BITS);

/// What each judged account shares, as cells: a binding kind and a class of how many share its value.
pub(super) struct Company {
    kinds: Vec<KindId>,
    /// The class of each kind, 0 where the account shares nothing that tells.
    pub(super) outlines: Outlines,
}

/// The cells in other families than one.
pub(super) struct Elsewhere {
    /// The places in the words of an account that are looked at.
    mask: Vec<u64>,
}

fn class(count: u32) -> u8 {
    if count < 3 { 1 } else { 2 + (count / 3).ilog2() as u8 }
}

/// Where the class of a kind is: word and shift.
fn place(kind: usize) -> (usize, usize) {
    let at = IN_STRATUM + kind;
    (at / IN_WORD, at % IN_WORD * CLASS_BITS)
}

impl Company {
    pub(super) fn new(scene: &Scene<'_>) -> Result<Self, Error> {
        let kinds: Vec<KindId> = evidence_kinds()
            .filter(|(kind, info)| {
                info.role == Role::Link && scene.shared.columns[usize::from(kind.0)].present > 0
            })
            .map(|(kind, _)| kind)
            .collect();
        let words = place(kinds.len().saturating_sub(1)).0 + 1;
        // For each kind and value its class, a byte, so that they stay in the cache; 0 where many have it.
        let classes = in_parallel(scene.threads, kinds.len(), |at| {
            let class_of =
                |count: &u32| if *count < scene.popular_min() { class(*count) } else { 0 };
            let counts = &scene.counts[usize::from(kinds[at].0)];
            counts.iter().map(class_of).collect::<Vec<u8>>()
        });
        let mut outlines = Outlines::new(scene, words);
        for (at, (kind, classes)) in kinds.iter().zip(&classes).enumerate() {
            let column = scene.shared.columns.brought(usize::from(kind.0))?;
            let (word, shift) = place(at);
            outlines.fill(scene.threads, |rows, places| {
                column.for_each_shared_among(rows.clone(), |row, id| {
                    let (row, class) = (row as usize, classes[id as usize - 1]);
                    if class != 0 && scene.subject.has(row) {
                        let own = &mut places[(row - rows.start) * words + word];
                        *own = widened(*own, shift, class);
                    }
                });
            });
        }
        Ok(Self { kinds, outlines })
    }

    /// Number of cells.
    pub(super) fn cells(&self) -> usize {
        self.kinds.len() * CLASSES
    }

    /// Family of a cell.
    pub(super) fn family(&self, cell: usize) -> Family {
        self.kinds[cell / CLASSES].kind().family
    }

    /// All cells, or those of other families than one.
    pub(super) fn elsewhere(&self, own: Option<Family>) -> Elsewhere {
        let mut mask = vec![0; place(self.kinds.len().saturating_sub(1)).0 + 1];
        for (at, kind) in self.kinds.iter().enumerate() {
            if Some(kind.kind().family) != own {
                let (word, shift) = place(at);
                mask[word] |= ((1 << CLASS_BITS) - 1) << shift;
            }
        }
        Elsewhere { mask }
    }
}

impl Look for Elsewhere {
    fn each_cell(&self, words: &[u64], mut each: impl FnMut(usize)) {
        for (word, (own, mask)) in words.iter().zip(&self.mask).enumerate() {
            let mut left = own & mask;
            while left != 0 {
                let slot = left.trailing_zeros() as usize / CLASS_BITS;
                let shift = slot * CLASS_BITS;
                let class = (left >> shift) as usize & ((1 << CLASS_BITS) - 1);
                each((word * IN_WORD + slot - IN_STRATUM) * CLASSES + class);
                left &= !(((1 << CLASS_BITS) - 1) << shift);
            }
        }
    }
}

/// A word whose class at `shift` is the wider of what it has there and another; what fewer than three share has none.
fn widened(word: u64, shift: usize, class: u8) -> u64 {
    let before = word >> shift & ((1 << CLASS_BITS) - 1);
    let wider = if class > 1 { u64::from(class).max(before) } else { before };
    word + ((wider - before) << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_place_of_its_own() {
        // No more than so many accounts share a value that is not popular: a twentieth of all there can be.
        assert!(usize::from(class(u32::MAX / 20)) < CLASSES && CLASSES <= 1 << CLASS_BITS);
        let kinds: Vec<KindId> = evidence_kinds()
            .filter(|(_, info)| info.role == Role::Link)
            .map(|(kind, _)| kind)
            .collect();
        let words = place(kinds.len() - 1).0 + 1;
        let company = Company { kinds, outlines: Outlines { each: words, words: Vec::new() } };
        let mut own = vec![0_u64; words];
        own[0] = u64::from(u16::MAX);
        let class_of = |kind: usize| 2 + kind % 26;
        for kind in (0..company.kinds.len()).filter(|kind| kind % 3 != 1) {
            let (word, shift) = place(kind);
            own[word] |= (class_of(kind) as u64) << shift;
        }
        for but in company.kinds.iter().map(|kind| Some(kind.kind().family)).chain([None]) {
            let mut found = Vec::new();
            company.elsewhere(but).each_cell(&own, |cell| found.push(cell));
            let wanted: Vec<usize> = (0..company.kinds.len())
                .filter(|kind| kind % 3 != 1 && Some(company.kinds[*kind].kind().family) != but)
                .map(|kind| kind * CLASSES + class_of(kind))
                .collect();
            assert_eq!(found, wanted);
            assert!(found.iter().all(|cell| Some(company.family(*cell)) != but));
        }
    }
}
