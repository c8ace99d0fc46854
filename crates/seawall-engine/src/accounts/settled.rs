//! Which kinds has an account's signup given already, so that its later events need not be asked?

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use seawall_core::selector::KindSet;

/// Bits of an account's hash that say its slot, and first kinds of the registry that are remembered: a slot
/// need not hold the bits that say where it is, so that one word holds hash and kinds.
const BITS: u32 = 21;
const LOW: u64 = (1 << BITS) - 1;

/// The signups that came by last, shared by all threads.
///
/// Of one kind, what a signup says stands against every other event, whichever is read first. So a value that
/// is left out because its kind is settled could not have been kept, and what is forgotten, or not seen yet by
/// another thread, costs time only. Slots are words, so that none can hold half of two accounts.
pub(crate) struct Settled {
    slots: Box<[AtomicU64]>,
}

impl Default for Settled {
    fn default() -> Self {
        Self { slots: (0..1 << BITS).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Settled {
    /// Notes the kinds that a signup of the account has values of.
    pub(crate) fn note(&self, account: u64, kinds: KindSet) {
        self.slot(account).store(account & !LOW | kinds.bits() & LOW, Relaxed);
    }

    /// Kinds that a signup of the account had values of, as far as that is known.
    pub(crate) fn kinds(&self, account: u64) -> KindSet {
        let word = self.slot(account).load(Relaxed);
        let same = word & !LOW == account & !LOW;
        if same { KindSet::from_bits(word & LOW) } else { KindSet::EMPTY }
    }

    fn slot(&self, account: u64) -> &AtomicU64 {
        &self.slots[(account & LOW) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_core::selector::KindId;

    #[test]
    fn only_what_an_account_has_shown_itself_is_settled() {
        let settled = Settled::default();
        let mut kinds = KindSet::EMPTY;
        kinds.insert(KindId(0));
        kinds.insert(KindId(20));
        let (account, in_same_slot) = (5 << BITS | 7, 6 << BITS | 7);
        assert_eq!(settled.kinds(account), KindSet::EMPTY);
        settled.note(account, kinds);
        assert_eq!(settled.kinds(account), kinds);
        assert_eq!(settled.kinds(in_same_slot), KindSet::EMPTY);
        settled.note(in_same_slot, KindSet::ALL);
        assert_eq!(settled.kinds(account), KindSet::EMPTY);
        assert_eq!(settled.kinds(in_same_slot).bits(), LOW);
    }
}
