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
    format!("a-{:010x}", account_hash >> 24)
}
