//! Which rows are looked at, when neither side may choose?

use std::collections::BTreeSet;

use crate::hash::{Digest, Hasher};

/// Most rows of one sample.
pub const SAMPLE_ROWS_MAX: u64 = 1_000_000;

/// Why a sample cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More rows are asked for than there are.
    #[error("a sample of {wanted} of {rows} rows")]
    TooFew {
        /// Rows of the sample.
        wanted: u64,
        /// Rows of the dataset.
        rows: u64,
    },
    /// More rows than a sample may have.
    #[error("a sample of {wanted} rows, more than {SAMPLE_ROWS_MAX}")]
    TooLarge {
        /// Rows of the sample.
        wanted: u64,
    },
    /// Two different pairs of docket number and nonce could give one seed.
    #[error("the docket number holds a zero byte")]
    Docket,
}

/// What a sample is drawn by: the docket number is the court's, the nonce the other side's, the root ours, and fixed
/// before we knew the nonce.
pub fn seed(docket: &str, nonce: &[u8], dataset_root: Digest) -> Result<Digest, Error> {
    if docket.contains('\0') {
        return Err(Error::Docket);
    }
    let mut hasher = Hasher::new();
    hasher.update(docket);
    hasher.update([0]);
    hasher.update(nonce);
    hasher.update([0]);
    hasher.update(dataset_root);
    Ok(hasher.finish())
}

/// The first `wanted` different rows that the seed draws of `rows`, in the order they are drawn.
pub fn draw(seed: Digest, rows: u64, wanted: u64) -> Result<Vec<u64>, Error> {
    if wanted > SAMPLE_ROWS_MAX {
        return Err(Error::TooLarge { wanted });
    }
    if wanted > rows {
        return Err(Error::TooFew { wanted, rows });
    }
    let (mut drawn, mut seen) = (Vec::new(), BTreeSet::new());
    for number in 0_u64.. {
        if drawn.len() as u64 == wanted {
            break;
        }
        let row = number_drawn(seed, number) % rows;
        if seen.insert(row) {
            drawn.push(row);
        }
    }
    Ok(drawn)
}

fn number_drawn(seed: Digest, number: u64) -> u64 {
    let mut hasher = Hasher::new();
    hasher.update(seed);
    hasher.update(number.to_be_bytes());
    let hash = hasher.finish();
    let (first, _) = hash.as_bytes().split_first_chunk().expect("a hash has more than eight bytes");
    u64::from_be_bytes(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's hashlib, from the words of the format:
    /// `s=sha256(b'1:23-cv-10685\0'+bytes(range(8))+b'\0'+sha256(b'root').digest()).digest()`, then
    /// `int.from_bytes(sha256(s+k.to_bytes(8,'big')).digest()[:8],'big')%20` for k from 0.
    #[test]
    fn draws_agree_with_python() {
        let seed = seed("1:23-cv-10685", &[0, 1, 2, 3, 4, 5, 6, 7], Digest::of("root")).unwrap();
        assert_eq!(
            seed.to_string(),
            "2dd6d5ec31dd684706a04dc569af09cda8bacac2d3e0cddfcb9de142f2e3cf24"
        );
        assert_eq!(draw(seed, 20, 10).unwrap(), [11, 1, 7, 18, 14, 16, 9, 4, 13, 8]);
    }

    #[test]
    fn impossible_samples_are_refused() {
        let any = Digest::of("seed");
        assert_eq!(draw(any, 0, 1), Err(Error::TooFew { wanted: 1, rows: 0 }));
        assert_eq!(draw(any, 10, 11), Err(Error::TooFew { wanted: 11, rows: 10 }));
        let mut all = draw(any, 1000, 1000).unwrap();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..1000));
        assert_eq!(draw(any, 0, 0), Ok(Vec::new()));
        assert_eq!(draw(any, 1, 1), Ok(vec![0]));
        assert!(draw(any, u64::MAX, SAMPLE_ROWS_MAX + 1).is_err());
        assert_eq!(seed("1\0", b"", any), Err(Error::Docket));
    }
}
