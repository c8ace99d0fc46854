//! What are the data of these tests? A few hundred made-up events, the same each time.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_array::{
    ArrayRef, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt64Array,
};
use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};
use seawall_evidence::{
    dataset::{
        Manifest, Part, Request, SaltKey, completeness::Gap, freeze, freeze::Claim,
        manifest::Window,
    },
    time::Time,
};

/// Microseconds of 2023-12-01.
const START: i64 = 1_701_388_800_000_000;
/// Rows of a row group.
pub(crate) const GROUP_ROWS: usize = 50;

pub(crate) const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();

pub(crate) fn time(nanoseconds: i64) -> Time {
    Time::new(jiff::Timestamp::from_nanosecond(nanoseconds.into()).unwrap())
}

/// A row of the made-up events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) account: Option<String>,
    pub(crate) time: i64,
    pub(crate) country: Option<&'static str>,
    pub(crate) amount: Option<i64>,
    pub(crate) port: Option<i32>,
    pub(crate) used: Option<bool>,
    pub(crate) serial: u64,
}

/// A small generator, so that the rows are the same on each machine (`SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn sometimes<T>(&mut self, value: T) -> Option<T> {
        (self.roll(7) > 0).then_some(value)
    }
}

/// Names that are awkward to write as JSON, as SQL, or to sort.
const ACCOUNTS: &[&str] = &[
    "ann",
    "Bob",
    "o'neil",
    "\"quoted\"",
    "back\\slash",
    "tab\there",
    "é",
    "\u{1f600}",
    "\u{fb33}",
    "",
    "line\nfeed",
    "\u{7f}",
    "zoë",
    "100%",
    "NULL",
];

pub(crate) fn rows(seed: u64, count: usize) -> Vec<Row> {
    let mut dice = Dice(seed);
    (0..count).map(|serial| row(&mut dice, serial as u64)).collect()
}

fn row(dice: &mut Dice, serial: u64) -> Row {
    let account = ACCOUNTS[dice.roll(ACCOUNTS.len() as u64) as usize];
    let account = format!("{account}{}", dice.roll(6));
    let country = ["VN", "DE", "US", "vn", ""][dice.roll(5) as usize];
    let amounts = [0, -1, 1, 250, (1 << 53) - 1, 1 << 53, -(1 << 53), i64::MAX, i64::MIN];
    let amount =
        if dice.roll(4) == 0 { amounts[dice.roll(9) as usize] } else { dice.roll(1000) as i64 };
    Row {
        account: dice.sometimes(account),
        time: START + dice.roll(86_400_000_000) as i64,
        country: dice.sometimes(country),
        amount: dice.sometimes(amount),
        port: {
            let port = dice.roll(65_536) as i32;
            dice.sometimes(port)
        },
        used: {
            let used = dice.roll(2) == 1;
            dice.sometimes(used)
        },
        serial,
    }
}

pub(crate) fn batch(rows: &[Row]) -> RecordBatch {
    let account: StringArray = rows.iter().map(|row| row.account.as_deref()).collect();
    let time: TimestampMicrosecondArray = rows.iter().map(|row| Some(row.time)).collect();
    let country: StringArray = rows.iter().map(|row| row.country).collect();
    let amount: Int64Array = rows.iter().map(|row| row.amount).collect();
    let port: Int32Array = rows.iter().map(|row| row.port).collect();
    let used: BooleanArray = rows.iter().map(|row| row.used).collect();
    let serial: UInt64Array = rows.iter().map(|row| Some(row.serial)).collect();
    let columns: [(&str, ArrayRef); 7] = [
        ("account", Arc::new(account)),
        ("time", Arc::new(time.with_timezone("UTC"))),
        ("country", Arc::new(country)),
        ("amount", Arc::new(amount)),
        ("port", Arc::new(port)),
        ("used", Arc::new(used)),
        ("serial", Arc::new(serial)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}

/// Writes rows as Parquet, a row group every [`GROUP_ROWS`].
pub(crate) fn write(path: &Path, rows: &[Row]) {
    write_batch(path, &batch(rows));
}

pub(crate) fn write_batch(path: &Path, batch: &RecordBatch) {
    let properties =
        WriterProperties::builder().set_max_row_group_row_count(Some(GROUP_ROWS)).build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// A frozen dataset of two sources in a folder of its own.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) rows: Vec<Row>,
    pub(crate) request: Request,
    pub(crate) key: SaltKey,
}

impl World {
    /// 230 rows: 130 of the source `edge-a`, which lost three, and 100 of `edge-b`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rows = rows(7, 230);
        let path = |name: &str| folder.path().join(name);
        write(&path("a.parquet"), &rows[..130]);
        write(&path("b.parquet"), &rows[130..]);
        let part = |name: &str, source: &str| Part {
            name: name.into(),
            source: source.into(),
            path: path(name),
        };
        let gap = Gap { first: 1050, last: 1052, reason: "disk full".into() };
        let request = Request {
            id: "item-01HDATASET".into(),
            window: Window {
                column: Some("time".into()),
                from: "2023-12-01T00:00:00.000000000Z".parse().unwrap(),
                to: time((START + 86_400_000_000) * 1000),
            },
            sources: vec![
                Claim { name: "edge-a".into(), first: 1000, last: 1132, gaps: vec![gap] },
                Claim { name: "edge-b".into(), first: 1, last: 100, gaps: Vec::new() },
            ],
            files: vec![part("a.parquet", "edge-a"), part("b.parquet", "edge-b")],
        };
        Self { folder, rows, request, key: SaltKey::from_bytes([42; 32]) }
    }

    pub(crate) fn freeze(&self) -> Manifest {
        freeze(&self.request, &self.key, TWO).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn paths(&self) -> BTreeMap<String, PathBuf> {
        self.request.files.iter().map(|part| (part.name.clone(), part.path.clone())).collect()
    }
}
