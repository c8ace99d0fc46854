//! What does one version of an object hold?

use std::ops::Range;

use bytes::Bytes;
use object_store::{Error as StoreError, GetOptions, ObjectMeta, UpdateVersion, path::Path};

use super::{Ahead, Bucket, Error, RUNTIME, Stream, Url, ahead::pieces};

/// Longest range that is kept in memory at a time.
const RANGE_BYTES_MAX: u64 = 256 << 20;

/// One version of an object: the one that was seen first. Every request for it states which version is meant, and an
/// answer of another one is an error.
#[derive(Clone, Debug)]
pub struct Object {
    bucket: Bucket,
    path: Path,
    bytes: u64,
    e_tag: String,
    /// The service's own number of the version, where it has one.
    version: Option<String>,
}

impl Object {
    /// `None` where the service does not say which version it is.
    pub(super) fn new(bucket: &Bucket, seen: ObjectMeta) -> Option<Self> {
        // Azure writes it without quotes in listings.
        let e_tag =
            seen.e_tag.map(|tag| if tag.ends_with('"') { tag } else { format!("\"{tag}\"") })?;
        let (path, bytes, version) = (seen.location, seen.size, seen.version);
        Some(Self { bucket: bucket.clone(), path, bytes, e_tag, version })
    }

    /// Where it is.
    pub fn url(&self) -> Url {
        self.bucket.url().with_key(self.path.as_ref())
    }

    /// Its name within the bucket.
    pub fn key(&self) -> &str {
        self.path.as_ref()
    }

    /// Its length in bytes.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The service's word for this version.
    pub fn e_tag(&self) -> &str {
        &self.e_tag
    }

    /// What makes a write fail where this version is no longer the newest.
    pub(super) fn update(&self) -> UpdateVersion {
        UpdateVersion { e_tag: Some(self.e_tag.clone()), version: self.version.clone() }
    }

    /// The bytes of a range. Waits for them; a long one is asked for in pieces, several at a time.
    pub fn range(&self, range: Range<u64>) -> Result<Bytes, Error> {
        let length = range.end.saturating_sub(range.start);
        if range.end > self.bytes || length > RANGE_BYTES_MAX {
            let why = "a part was asked for that it cannot have".to_owned();
            return Err(Error::Unavailable { url: self.url().to_string(), why });
        }
        let mut parts = Ahead::new(pieces(self, range));
        let mut first = parts.next().transpose()?.unwrap_or_default();
        if first.len() as u64 == length {
            return Ok(std::mem::take(&mut first));
        }
        let mut whole = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        whole.extend_from_slice(&first);
        for part in parts {
            whole.extend_from_slice(&part?);
        }
        Ok(whole.into())
    }

    /// Reads it from its first byte to its last, with several requests under way.
    pub fn stream(&self) -> Stream {
        Stream::new(Bytes::new(), Ahead::new(pieces(self, 0..self.bytes)))
    }

    /// Reads it from its first byte to its last, where the first ones are known.
    pub fn stream_after(&self, start: Bytes) -> Stream {
        let rest = pieces(self, start.len() as u64..self.bytes);
        Stream::new(start, Ahead::new(rest))
    }

    /// One request, made again where it fails for a moment, on the thread that calls.
    pub(super) fn fetch(&self, range: Range<u64>) -> Result<Bytes, Error> {
        let changed = || Error::Changed { url: self.url().to_string() };
        let failed = |error: StoreError| match error {
            StoreError::NotFound { .. } => changed(),
            error => Error::of(&error, &self.url()),
        };
        let options = GetOptions {
            if_match: Some(self.e_tag.clone()),
            range: Some(range.clone().into()),
            ..GetOptions::default()
        };
        RUNTIME.handle().block_on(async {
            let got = self.bucket.store().get_opts(&self.path, options).await.map_err(failed)?;
            // Not every server knows the condition.
            let same = Self::new(&self.bucket, got.meta.clone())
                .is_some_and(|seen| seen.e_tag == self.e_tag && seen.bytes == self.bytes);
            if !same || got.range != range {
                return Err(changed());
            }
            let bytes = got.bytes().await.map_err(failed)?;
            if bytes.len() as u64 == range.end - range.start { Ok(bytes) } else { Err(changed()) }
        })
    }
}
