//! How does an entry stand in a segment?

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::Entry;
use crate::Error;

/// The format that is written.
pub const FORMAT: u32 = 1;
/// Largest content of an entry.
pub const ENTRY_BYTES_MAX: usize = 4 << 20;
/// Bytes of a segment's header.
pub(super) const HEADER_BYTES: usize = 24;
/// Bytes of a frame before its content.
pub(super) const FRAME_BYTES: usize = 16;
const MAGIC: &[u8; 8] = b"SEAWALLJ";

/// The header of the segment whose first entry has the number `first`.
pub(crate) fn header(first: u64) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    bytes[16..].copy_from_slice(&first.to_le_bytes());
    bytes
}

/// Checks a header; its format where it is another one.
pub(super) fn check_header(bytes: &[u8; HEADER_BYTES], first: u64) -> Result<(), Error> {
    if *bytes == header(first) {
        return Ok(());
    }
    let format = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
    if bytes[..8] == *MAGIC && format != FORMAT {
        return Err(Error::Format { segment: first, format, known: FORMAT });
    }
    Err(Error::Damaged { segment: first, offset: 0, why: "not the header of this segment" })
}

fn check(sequence: u64, kind: u8, content: &[u8]) -> u64 {
    xxh3_64_with_seed(content, sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(kind))
}

/// Appends the frame of an entry.
pub(crate) fn push_frame(out: &mut Vec<u8>, sequence: u64, entry: &Entry) -> Result<(), Error> {
    let bytes = entry.content.len();
    if bytes > ENTRY_BYTES_MAX {
        return Err(Error::TooLarge { bytes, bytes_max: ENTRY_BYTES_MAX });
    }
    out.extend_from_slice(&(bytes as u32).to_le_bytes());
    out.extend_from_slice(&[entry.kind, 0, 0, 0]);
    out.extend_from_slice(&check(sequence, entry.kind, &entry.content).to_le_bytes());
    out.extend_from_slice(&entry.content);
    Ok(())
}

/// What a frame says of its content before it is read.
#[derive(Clone, Copy)]
pub(super) struct Preface {
    pub(super) bytes: usize,
    pub(super) kind: u8,
    check: u64,
}

impl Preface {
    /// Reads it; why not, where it is none.
    pub(super) fn parse(frame: &[u8; FRAME_BYTES]) -> Result<Self, &'static str> {
        let [a, b, c, d, kind, zeros @ .., _, _, _, _, _, _, _, _] = *frame;
        let bytes = u32::from_le_bytes([a, b, c, d]) as usize;
        if zeros != [0; 3] || bytes > ENTRY_BYTES_MAX {
            return Err("not the start of an entry");
        }
        let mut check = [0; 8];
        check.copy_from_slice(&frame[8..]);
        Ok(Self { bytes, kind, check: u64::from_le_bytes(check) })
    }

    /// Whether this is the content of the entry with that number.
    pub(super) fn fits(&self, sequence: u64, content: &[u8]) -> bool {
        check(sequence, self.kind, content) == self.check
    }
}
