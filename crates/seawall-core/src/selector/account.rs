//! What is an account called where its id is not to be seen?

use std::sync::LazyLock;

use super::{KindId, kind_seed, value_hash};

/// Hash of an account id: the one that the kind `counterparty` gives it as a target, so that an account and those that
/// act on it share a value.
pub fn account_hash(account: &str) -> u64 {
    static SEED: LazyLock<u64> = LazyLock::new(|| {
        KindId::from_name("counterparty").map_or(0, |kind| kind_seed(kind.kind()))
    });
    value_hash(*SEED, account)
}

/// The pseudonym of the account with that hash, for people: `a-` and 10 hexadecimal digits.
pub fn pseudonym(account_hash: u64) -> String {
    spelled_pseudonym(account_hash).map(char::from).iter().collect()
}

/// The same in ASCII, for who spells many.
pub fn spelled_pseudonym(account_hash: u64) -> [u8; 12] {
    let mut spelled = *b"a-0000000000";
    for (index, digit) in spelled[2..].iter_mut().enumerate() {
        *digit = b"0123456789abcdef"[(account_hash >> (60 - 4 * index)) as usize & 0xf];
    }
    spelled
}
