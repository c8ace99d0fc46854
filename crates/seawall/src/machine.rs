//! What has this machine to offer?

use std::{io::Read as _, path::Path};

use seawall_engine::detect::Room;

/// Memory that is taken for granted where the system does not say.
const MEMORY_BYTES: u64 = 4 << 30;

/// Memory that can be had without taking it from others, as Linux says; elsewhere nothing is said.
pub(crate) fn memory_bytes() -> Option<u64> {
    let mut text = String::new();
    let file = fs_err::File::open("/proc/meminfo").ok()?;
    file.take(1 << 16).read_to_string(&mut text).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// Room for a detection: three quarters of the memory, and nine tenths of the disk that a folder is on, or else temporary files.
pub(crate) fn room(spill: Option<&Path>) -> Room {
    let spill = spill.map_or_else(std::env::temp_dir, Path::to_owned);
    // A folder that is yet to be made lies on the disk of the one that it will be in.
    let there = spill.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    Room {
        memory_bytes: memory_bytes().unwrap_or(MEMORY_BYTES) / 4 * 3,
        spill_bytes: fs4::available_space(there).map_or(u64::MAX, |bytes| bytes / 10 * 9),
        spill,
    }
}
