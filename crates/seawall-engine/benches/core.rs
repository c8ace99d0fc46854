//! What does the core take, from hashed selectors to pairs of hot ones, in processor time and memory?
//!
//! `cargo bench -p seawall-engine --bench core -- [ROWS] [--parquet FILE]` makes signups with eight selectors each, as
//! they are kept once they have been read, and runs the steps of a detection on them that has no history. A fifth
//! are of farms with 1,000 to 1,000,000 accounts (half of all farms' at most). `--parquet` writes the same signups
//! for others to read: `core_others.py`.

use std::{io::Write as _, path::Path, sync::Arc};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, UInt64Array};
use fs_err::File;
use parquet::arrow::ArrowWriter;
use seawall_core::selector::KindId;
use seawall_engine::detect::{Core, Hashed};

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
    /// What its accounts share: devices, and some five of the other kinds. It has a number.
    fn share(&self, signup: u64, number: u64, numbers: &mut [u64; 8]) {
        let shares = |kind: u64| word(30 + kind, number) % 8 < 5;
        let of = |kind: u64, most: u64| word(40 + kind, signup) % most;
        let own = |value: u64| (number + 1) << 42 | value;
        if shares(0) {
            let address = of(0, self.accounts / 25 + 1);
            (numbers[0], numbers[1]) = (own(address), own(address / 16));
        }
        numbers[2] = own(of(2, self.accounts / 60 + 1));
        // Clients are some that people have too.
        if shares(3) {
            numbers[3] = heavy(word(50, number * 2 + of(3, 2)), 400);
        }
        if shares(4) {
            numbers[4] = own(of(4, self.accounts / 3000 + 1));
        }
        if shares(5) {
            numbers[5] = own(of(5, self.accounts / 100_000 + 2));
        }
        if shares(6) {
            numbers[6] = own(of(6, self.accounts / 100 + 1));
        }
        if shares(7) {
            numbers[7] = heavy(word(51, number * 2 + of(7, 2)), 5000);
        }
    }
}

struct World {
    rows: u64,
    /// Farms, in order of their first signups; those of nobody come after the last.
    farms: Vec<Farm>,
    farmed: u64,
    /// Second and number of each signup, in order of time.
    order: Vec<u64>,
}

impl World {
    fn new(rows: u64) -> Self {
        let mut world = Self { rows, farms: Vec::new(), farmed: rows / 5, order: Vec::new() };
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
        world.order = (0..rows).map(|signup| world.seconds(signup) << 32 | signup).collect();
        world.order.sort_unstable();
        world
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

    /// Hashes of a signup's values, 0 where it has none.
    fn values(&self, signup: u64) -> [u64; 8] {
        let mut numbers = self.ordinary(signup);
        if let Some((number, farm)) = self.farm(signup) {
            farm.share(signup, number, &mut numbers);
        }
        std::array::from_fn(|kind| match numbers[kind] {
            u64::MAX => 0,
            number => word(100 + kind as u64, number).max(1),
        })
    }

    /// What people have.
    fn ordinary(&self, signup: u64) -> [u64; 8] {
        const OWN: u64 = 1 << 40;
        let of = |stream| word(stream, signup);
        let (address, prefix) = if of(10) % 10 < 7 {
            (OWN + signup, OWN + uneven(of(11), self.rows / 40 + 10))
        } else {
            let address = heavy(of(12), self.rows / 20 + 10);
            (address, address / 4)
        };
        let household = of(13) % 20 == 0;
        [
            address,
            prefix,
            if household { of(14) % (self.rows / 40 + 1) } else { OWN + signup },
            heavy(of(15), 400),
            if of(16) % 100 < 27 { 0 } else { heavy(of(17), self.rows / 10 + 50) },
            heavy(of(18), self.rows / 20 + 50),
            if of(19) % 10 < 3 { u64::MAX } else { uneven(of(20), self.rows / 20 + 10) },
            heavy(of(21), 5000),
        ]
    }

    /// Position, second and values of signups in order of time, piece by piece.
    fn pieces(&self) -> impl Iterator<Item = impl Iterator<Item = (u64, u32, [u64; 8])>> {
        self.order.chunks(PIECE).enumerate().map(move |(piece, signups)| {
            (piece * PIECE..).zip(signups).map(|(row, signup)| {
                (row as u64, (signup >> 32) as u32, self.values(signup & 0xFFFF_FFFF))
            })
        })
    }

    /// The signups as they are kept. Hashes of accounts are in order, so that ties of time are as in the file.
    fn hashed(&self) -> Result<Hashed, seawall_engine::Error> {
        let kinds = KINDS.map(|name| KindId::from_name(name).expect("in the registry"));
        let apart = u64::MAX / self.rows;
        Hashed::new(self.pieces().map(|piece| {
            piece.map(move |(row, seconds, values)| {
                let values = kinds.into_iter().zip(values).filter(|(_, value)| *value != 0);
                (row * apart, seconds, values)
            })
        }))
    }

    fn write(&self, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let mut writer = None;
        for piece in self.pieces() {
            let rows: Vec<_> = piece.collect();
            let row: Int64Array = rows.iter().map(|row| row.0 as i64).collect();
            let seconds: Int64Array = rows.iter().map(|row| i64::from(row.1)).collect();
            let of_kind = |kind: usize| {
                let values: UInt64Array = rows.iter().map(|row| row.2[kind]).collect();
                Arc::new(values) as ArrayRef
            };
            let facts: [(&str, ArrayRef); 2] =
                [("row", Arc::new(row)), ("seconds", Arc::new(seconds))];
            let values = (0..8).map(|kind| (KINDS[kind], of_kind(kind)));
            let batch = RecordBatch::try_from_iter(facts.into_iter().chain(values))?;
            let writer = match &mut writer {
                Some(writer) => writer,
                none => {
                    none.insert(ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?)
                }
            };
            writer.write(&batch)?;
        }
        writer.map_or(Ok(()), |writer| writer.close().map(drop))?;
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rows = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let world = World::new(rows);
    let farms = world.farms.len();
    if let Some(at) = words.iter().position(|word| word == "--parquet") {
        world.write(Path::new(words.get(at + 1).ok_or("--parquet needs a file")?))?;
    }
    let hashed = world.hashed()?;
    drop(world);
    // Makes the peak what there is now.
    fs_err::write("/proc/self/clear_refs", "5")?;
    let before = peak_mebibytes();

    let mut output = std::io::stdout().lock();
    let mut stage = |name: &str, since: f64| {
        let seconds = processor_seconds() - since;
        writeln!(output, "{name}: {seconds:.2} s, {:.3} µs a signup", seconds * 1e6 / rows as f64)
    };
    let start = processor_seconds();
    let core = Core::group(hashed, THREADS)?;
    stage("grouping", start)?;
    let grouped = processor_seconds();
    let bursts = core.bursts();
    // Databases are asked for the same. The hot test has it too, so that the core takes it once.
    stage("burst test alone", grouped)?;
    let burst = processor_seconds();
    stage("grouping and burst test", start)?;
    let hot = core.hot();
    stage("hot test", burst)?;
    let nodes = hot.count();
    let tested = processor_seconds();
    let (links, supports) = core.pairs(hot)?;
    stage("pairs", tested)?;
    stage("core", start + (burst - grouped))?;
    for (kind, shared, bursting) in bursts {
        writeln!(output, "{kind}: {bursting} of {shared} shared values burst")?;
    }
    writeln!(
        output,
        "{rows} signups, {farms} farms: {nodes} hot selectors, {links} links, {supports} other pairs; \
         peak {:.0} MiB, of which {before:.0} are the signups",
        peak_mebibytes(),
    )?;
    Ok(())
}
