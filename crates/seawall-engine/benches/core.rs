//! What does the core take, from hashed selectors to pairs of hot ones, in processor time, memory and disk?
//!
//! `cargo bench -p seawall-engine --bench core -- [ROWS] [--parquet FILE] [--memory BYTES] [--spill FOLDER]` makes signups
//! with eight selectors each, and runs the steps of a detection on them that has no history: kind by kind their hashes are
//! handed over, and the making of them is not counted. A fifth are of farms with 1,000 to 1,000,000 accounts (half of all
//! farms' at most). With little memory what is grouped waits in FOLDER. `--parquet` writes the same signups for others to
//! read: `core_others.py`.

use std::{
    io::{BufWriter, Write as _},
    ops::Range,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, UInt64Array};
use fs_err::File;
use parquet::arrow::ArrowWriter;
use seawall_core::selector::KindId;
use seawall_engine::detect::{Core, Room};

mod measure;

use measure::{mixed, peak_mebibytes, processor_seconds};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const KINDS: [&str; 8] = [
    "ip",
    "ip_prefix",
    "device_id",
    "ja4",
    "email_domain",
    "username_template",
    "phone_block",
    "user_agent",
];
const YEAR_SECONDS: u64 = 365 * 86_400;
/// Signups of a piece of the input.
const PIECE: usize = 128 << 10;
const THREADS: usize = 2;

/// A random word for each number of each stream.
fn word(stream: u64, number: u64) -> u64 {
    mixed(mixed(stream) ^ number)
}

/// From 0 up to 1.
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number from 1 to `most`, each half as likely as half of it (Zipf).
fn heavy(word: u64, most: u64) -> u64 {
    (most as f64).powf(unit(word)) as u64
}

/// A number below `most`, the lower the likelier, though not by so much.
fn uneven(word: u64, most: u64) -> u64 {
    (unit(word).powi(2) * most as f64) as u64
}

struct Farm {
    /// Number of its first signup.
    first: u64,
    accounts: u64,
    start: u64,
    seconds: u64,
}

impl Farm {
    /// What one of its accounts shares of a kind: devices, and some five of the other kinds. It has a number.
    fn shared(&self, signup: u64, number: u64, kind: usize) -> Option<u64> {
        // An address says its prefix.
        let drawn = if kind == 1 { 0 } else { kind as u64 };
        if drawn != 2 && word(30 + drawn, number) % 8 >= 5 {
            return None;
        }
        let of = |most: u64| word(40 + drawn, signup) % most;
        let own = |value: u64| (number + 1) << 42 | value;
        Some(match kind {
            0 => own(of(self.accounts / 25 + 1)),
            1 => own(of(self.accounts / 25 + 1) / 16),
            2 => own(of(self.accounts / 60 + 1)),
            // Clients are some that people have too.
            3 => heavy(word(50, number * 2 + of(2)), 400),
            4 => own(of(self.accounts / 3000 + 1)),
            5 => own(of(self.accounts / 100_000 + 2)),
            6 => own(of(self.accounts / 100 + 1)),
            _ => heavy(word(51, number * 2 + of(2)), 5000),
        })
    }
}

struct World {
    rows: u64,
    /// Farms, in order of their first signups; those of nobody come after the last.
    farms: Vec<Farm>,
    farmed: u64,
    /// Second and number of each signup, in order of time: 8 bytes each, on the disk.
    order: std::fs::File,
}

impl World {
    fn new(rows: u64) -> std::io::Result<Self> {
        let order = tempfile::tempfile()?;
        let mut world = Self { rows, farms: Vec::new(), farmed: rows / 5, order };
        let most = (world.farmed / 2).clamp(1000, 1_000_000) as f64;
        let mut first = 0;
        while first < world.farmed {
            let number = world.farms.len() as u64;
            // The first is the largest; as many accounts are in farms of each order of magnitude.
            let share = if number == 0 { 1.0 } else { unit(word(1, number)) };
            let accounts = 1.0 / (1.0 / 1000.0 - share * (1.0 / 1000.0 - 1.0 / most));
            let accounts = (accounts.round() as u64).min(world.farmed - first);
            // Six hours to sixty days.
            let seconds = (21_600.0 * 240.0_f64.powf(unit(word(2, number)))) as u64;
            let start = word(3, number) % (YEAR_SECONDS - seconds);
            world.farms.push(Farm { first, accounts, start, seconds });
            first += accounts;
        }
        let mut order: Vec<u64> =
            (0..rows).map(|signup| world.seconds(signup) << 32 | signup).collect();
        order.sort_unstable();
        let mut file = BufWriter::with_capacity(1 << 20, &world.order);
        for signup in order {
            file.write_all(&signup.to_le_bytes())?;
        }
        file.flush()?;
        drop(file);
        Ok(world)
    }

    /// Second and number of each of some signups, in order of time, a piece at a time.
    fn in_order(
        &self,
        mut rows: Range<usize>,
        mut each: impl FnMut(&[(u32, u64)]),
    ) -> std::io::Result<()> {
        let (mut bytes, mut signups) = (Vec::new(), Vec::new());
        while !rows.is_empty() {
            bytes.resize(rows.len().min(PIECE) * 8, 0);
            self.order.read_exact_at(&mut bytes, rows.start as u64 * 8)?;
            signups.clear();
            signups.extend(bytes.chunks_exact(8).map(|signup| {
                let signup = u64::from_le_bytes(signup.try_into().expect("eight bytes"));
                ((signup >> 32) as u32, signup & 0xFFFF_FFFF)
            }));
            each(&signups);
            rows.start += signups.len();
        }
        Ok(())
    }

    /// The farm of a signup, with its number.
    fn farm(&self, signup: u64) -> Option<(u64, &Farm)> {
        let number = self.farms.partition_point(|farm| farm.first <= signup).checked_sub(1)?;
        (signup < self.farmed).then(|| (number as u64, &self.farms[number]))
    }

    fn seconds(&self, signup: u64) -> u64 {
        let random = word(4, signup);
        match self.farm(signup) {
            Some((_, farm)) => farm.start + random % farm.seconds,
            None => random % YEAR_SECONDS,
        }
    }

    /// Hash of a signup's value of a kind, 0 where it has none.
    fn value(&self, signup: u64, kind: usize) -> u64 {
        let shared = self.farm(signup).and_then(|(number, farm)| farm.shared(signup, number, kind));
        match shared.unwrap_or_else(|| self.ordinary(signup, kind)) {
            u64::MAX => 0,
            number => word(100 + kind as u64, number).max(1),
        }
    }

    /// What people have of a kind.
    fn ordinary(&self, signup: u64, kind: usize) -> u64 {
        const OWN: u64 = 1 << 40;
        let of = |stream| word(stream, signup);
        let at_home = || of(10) % 10 < 7;
        let address = || heavy(of(12), self.rows / 20 + 10);
        match kind {
            0 if at_home() => OWN + signup,
            0 => address(),
            1 if at_home() => OWN + uneven(of(11), self.rows / 40 + 10),
            1 => address() / 4,
            2 if of(13) % 20 == 0 => of(14) % (self.rows / 40 + 1),
            2 => OWN + signup,
            3 => heavy(of(15), 400),
            4 if of(16) % 100 < 27 => 0,
            4 => heavy(of(17), self.rows / 10 + 50),
            5 => heavy(of(18), self.rows / 20 + 50),
            6 if of(19) % 10 < 3 => u64::MAX,
            6 => uneven(of(20), self.rows / 20 + 10),
            _ => heavy(of(21), 5000),
        }
    }

    /// Seconds of signups, in order.
    fn all_seconds(&self) -> std::io::Result<Vec<u32>> {
        let rows = self.rows as usize;
        let mut seconds = Vec::with_capacity(rows);
        self.in_order(0..rows, |signups| seconds.extend(signups.iter().map(|signup| signup.0)))?;
        Ok(seconds)
    }

    /// Values of a kind of signups in order of time; nothing where it is none of those that signups have. What making
    /// them takes is added to `nanoseconds`.
    fn values(&self, kind: KindId, nanoseconds: &AtomicU64) -> std::io::Result<Vec<u64>> {
        let Some(kind) = KINDS.iter().position(|name| *name == kind.kind().name) else {
            return Ok(Vec::new());
        };
        let mut values = vec![0; self.rows as usize];
        let part = values.len().div_ceil(THREADS).max(1);
        let make = |first: usize, mut values: &mut [u64]| {
            self.in_order(first..first + values.len(), |signups| {
                for (own, (_, signup)) in
                    values.split_off_mut(..signups.len()).expect("as many").iter_mut().zip(signups)
                {
                    *own = self.value(*signup, kind);
                }
            })?;
            nanoseconds.fetch_add(thread_nanoseconds(), Relaxed);
            std::io::Result::Ok(())
        };
        std::thread::scope(|scope| {
            let parts = (0..).step_by(part).zip(values.chunks_mut(part));
            let makers: Vec<_> =
                parts.map(|(first, values)| scope.spawn(move || make(first, values))).collect();
            makers.into_iter().try_for_each(|maker| maker.join().expect("makers do not panic"))
        })?;
        Ok(values)
    }

    fn write(&self, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let schema = self.batch(0, &[])?.schema();
        let mut writer = ArrowWriter::try_new(File::create(path)?, schema, None)?;
        let (mut first, mut written) = (0, Ok(()));
        self.in_order(0..self.rows as usize, |signups| {
            if written.is_ok() {
                written = self.batch(first, signups).and_then(|batch| Ok(writer.write(&batch)?));
                first += signups.len() as i64;
            }
        })?;
        written?;
        writer.close()?;
        Ok(())
    }

    fn batch(
        &self,
        first: i64,
        signups: &[(u32, u64)],
    ) -> Result<RecordBatch, Box<dyn std::error::Error>> {
        let row: Int64Array = (first..).take(signups.len()).collect::<Vec<i64>>().into();
        let seconds: Int64Array =
            signups.iter().map(|signup| i64::from(signup.0)).collect::<Vec<i64>>().into();
        let of_kind = |kind: usize| {
            let values = signups.iter().map(|(_, signup)| self.value(*signup, kind));
            Arc::new(UInt64Array::from_iter_values(values)) as ArrayRef
        };
        let facts: [(&str, ArrayRef); 2] = [("row", Arc::new(row)), ("seconds", Arc::new(seconds))];
        let values = (0..8).map(|kind| (KINDS[kind], of_kind(kind)));
        Ok(RecordBatch::try_from_iter(facts.into_iter().chain(values))?)
    }
}

/// Processor time of this thread so far.
fn thread_nanoseconds() -> u64 {
    let stat = fs_err::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// What follows a word of the command line.
fn after<'w>(words: &'w [String], word: &str) -> Option<&'w String> {
    words.get(words.iter().position(|own| own == word)? + 1)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rows = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let world = World::new(rows)?;
    let farms = world.farms.len();
    if let Some(path) = after(&words, "--parquet") {
        world.write(Path::new(path))?;
    }
    let memory_bytes = after(&words, "--memory").map_or(Ok(u64::MAX), |bytes| bytes.parse())?;
    let spill = after(&words, "--spill").map_or_else(std::env::temp_dir, PathBuf::from);
    let room = Room { memory_bytes, spill, spill_bytes: u64::MAX };
    let seconds = world.all_seconds()?;
    // Makes the peak what there is now.
    fs_err::write("/proc/self/clear_refs", "5")?;

    let mut output = std::io::stdout().lock();
    let mut stage = |name: &str, seconds: f64| {
        let peak = peak_mebibytes();
        writeln!(
            output,
            "{name}: {seconds:.2} s, {:.3} µs a signup; peak so far {peak:.0} MiB",
            seconds * 1e6 / rows as f64
        )
    };
    let making = AtomicU64::new(0);
    let values = |kind| {
        let folder = std::env::temp_dir();
        let failed = |source| seawall_engine::Error::Spill { folder, source };
        world.values(kind, &making).map_err(failed)
    };
    let start = processor_seconds();
    let core = Core::group(seconds, values, &room, THREADS)?;
    let grouping = processor_seconds() - start - making.load(Relaxed) as f64 / 1e9;
    stage("grouping", grouping)?;
    let grouped = processor_seconds();
    let bursts = core.bursts()?;
    // Databases are asked for the same. The hot test has it too, so that the core takes it once.
    let burst = processor_seconds();
    stage("burst test alone", burst - grouped)?;
    stage("grouping and burst test", grouping + burst - grouped)?;
    let hot = core.hot()?;
    let tested = processor_seconds();
    stage("hot test", tested - burst)?;
    let nodes = hot.count();
    let aside = core.bytes_aside();
    let (links, supports) = core.pairs(hot)?;
    let paired = processor_seconds();
    stage("pairs", paired - tested)?;
    stage("core", grouping + paired - burst)?;
    for (kind, shared, bursting) in bursts {
        writeln!(output, "{kind}: {bursting} of {shared} shared values burst")?;
    }
    writeln!(
        output,
        "{rows} signups, {farms} farms: {nodes} hot selectors, {links} links, {supports} other pairs; \
         {aside} bytes on the disk",
    )?;
    Ok(())
}
