//! What is kept of a labelled signup, and how does it come to a file?

use seawall_core::decision::{Answer, features::names};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::labels::Word;

const MAGIC: &[u8; 8] = b"SEAWALLE";
const FORMAT: u32 = 1;
/// Largest file of examples that is read.
pub const EXAMPLES_BYTES_MAX: usize = 8 << 30;

/// A labelled signup, as a decision saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Hash of the account.
    pub account: u64,
    /// When it signed up, in milliseconds since the Unix epoch.
    pub time: i64,
    /// Hashes of its country and client.
    pub stratum: [u64; 2],
    /// Country of its address, two letters.
    pub country: Option<[u8; 2]>,
    /// In the order of the program's features; NaN where there is no number.
    pub features: Vec<f32>,
    /// What is said of it.
    pub word: Word,
    /// Hash of its campaign, 0 where none is known.
    pub campaign: u64,
    /// The log and week that it is from.
    pub block: u64,
    /// What evidence alone answers: the policy without a model, and with budget left.
    pub evidence: Answer,
}

/// Labelled signups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Examples {
    /// Names of the features.
    pub features: Vec<String>,
    /// In canonical order.
    pub examples: Vec<Example>,
}

/// Why a file holds no examples that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExamplesError {
    /// Not a file of examples.
    #[error("not a file of examples\nhint: `seawall train examples` writes one")]
    NotExamples,
    /// It was changed or cut.
    #[error("the file of examples is damaged\nhint: make it again with `seawall train examples`")]
    Damaged,
    /// Made by a version whose features are other ones.
    #[error(
        "the examples have other features than this program\nhint: make them again with `seawall train examples`"
    )]
    Features,
}

impl Examples {
    /// Puts examples in their order, and one of each account of a block: the first.
    pub fn new(mut examples: Vec<Example>) -> Self {
        let key = |own: &Example| (own.time, own.account, own.block);
        examples.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| compare(a, b)));
        examples.dedup_by_key(|own| (own.account, own.block));
        Self { features: names(), examples }
    }

    /// All of several files together.
    pub fn join(all: impl IntoIterator<Item = Self>) -> Self {
        Self::new(all.into_iter().flat_map(|own| own.examples).collect())
    }

    /// The file: the same examples give the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        let mut bytes =
            postcard::to_extend(self, bytes).expect("examples are plain data in memory");
        let check = xxh3_128(&bytes).to_le_bytes();
        bytes.extend_from_slice(&check);
        bytes
    }

    /// Reads a file.
    pub fn decode(bytes: &[u8]) -> Result<Self, ExamplesError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ExamplesError::NotExamples)?;
        let rest = rest.strip_prefix(&FORMAT.to_le_bytes()).ok_or(ExamplesError::NotExamples)?;
        let (content, check) = rest.split_last_chunk().ok_or(ExamplesError::Damaged)?;
        if xxh3_128(&bytes[..bytes.len() - check.len()]) != u128::from_le_bytes(*check) {
            return Err(ExamplesError::Damaged);
        }
        let own: Self = postcard::from_bytes(content).map_err(|_| ExamplesError::Damaged)?;
        let fits = |example: &Example| example.features.len() == own.features.len();
        if own.features != names() || !own.examples.iter().all(fits) {
            return Err(ExamplesError::Features);
        }
        Ok(own)
    }
}

/// A total order of what is otherwise the same.
fn compare(a: &Example, b: &Example) -> std::cmp::Ordering {
    let rest = |own: &Example| (own.word, own.campaign, own.stratum, own.country, own.evidence);
    rest(a).cmp(&rest(b)).then_with(|| {
        let pairs = a.features.iter().zip(&b.features);
        pairs
            .map(|(a, b)| a.total_cmp(b))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    })
}
