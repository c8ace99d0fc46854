//! What does it cost to freeze and to verify a dataset, beside hashing and reading the same bytes?
//!
//! `cargo bench -p seawall-evidence --bench dataset -- FOLDER ROWS` writes a Parquet file of so many made-up events into
//! FOLDER, unless it is there, and prints a table: wall time and processor time, on two threads and on one; the floor,
//! with its arithmetic; and what freezing and verifying take of it.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stdout, reason = "a bench prints a table")]
#![expect(clippy::unwrap_used, reason = "a bench stops at what is wrong")]

mod bundle;

use std::{
    collections::BTreeMap,
    io::Read as _,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use seawall_evidence::{
    dataset::{Part, Request, SaltKey, freeze, freeze::Claim, manifest::Window, verify},
    figure::{Answer, Answers},
    hash::Digest,
    query::{Comparison, Condition, Data, Limits, Measure, Of, Question, ask},
    storage::Folder,
    time::Time,
    verify::{Level, Options, verify as verify_bundle},
};

/// Rows of a row group, and of a batch that is written.
const GROUP_ROWS: u64 = 128 << 10;
/// What is hashed to see how fast this machine hashes now.
const HASHED_BYTES: usize = 1 << 30;
/// Milliseconds of 2023-12-01.
const START: i64 = 1_701_388_800_000;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|text| text != "--bench").collect();
    let folder = PathBuf::from(arguments.first().map_or("target/bench-dataset", |folder| folder));
    let rows: u64 = arguments.get(1).map_or(1_000_000, |rows| rows.parse().unwrap());
    fs_err::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("events-{rows}.parquet"));
    if !path.try_exists().unwrap() {
        write(&path, rows);
    }
    measure(&path, rows);
}

/// Prints the seconds that something took, and what it is called; its result, and its processor seconds.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> (T, f64) {
    let (start, start_processor) = (Instant::now(), processor_seconds());
    let result = work();
    let (wall, processor) = (start.elapsed().as_secs_f64(), processor_seconds() - start_processor);
    println!("| {what} | {wall:.2} | {processor:.2} |");
    (result, processor)
}

/// What this process has used so far (fields 14 and 15 of `/proc/self/stat`, in hundredths).
fn processor_seconds() -> f64 {
    let stat = fs_err::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<u32>().ok()).map(f64::from).sum::<f64>() / 100.0
}

fn measure(path: &Path, rows: u64) {
    let key = SaltKey::from_bytes([7; 32]);
    let bytes = path.metadata().unwrap().len();
    println!("{rows} rows, {bytes} bytes of Parquet, SHA extensions: {}", has_sha());
    println!("| what | seconds | processor seconds |\n|---|---|---|");
    let floor = floor(path, rows, &key);
    let request = request(path, rows);
    let mut manifest = None;
    for threads in [1, 2] {
        let threads = NonZeroUsize::new(threads).unwrap();
        let (frozen, seconds) = timed(&format!("freeze, threads: {threads}"), || {
            freeze(&request, &key, threads).unwrap()
        });
        println!("freeze, threads: {threads}: {:.2} of its floor", seconds / floor);
        manifest = Some(frozen);
    }
    let manifest = manifest.unwrap();
    let paths: BTreeMap<String, PathBuf> = [("events".to_owned(), path.to_owned())].into();
    let (differences, _) = timed("verify the dataset, threads: 2", || {
        verify(&manifest, &paths, &key, NonZeroUsize::new(2).unwrap()).unwrap()
    });
    assert!(differences.is_empty());
    let data = Data::new(&manifest, &paths);
    let mut answers = Answers::new();
    for (what, question) in questions() {
        let (asked, _) =
            timed(&format!("query: {what}"), || ask(&question, data, Limits::default()));
        let (query, aggregate) = asked.unwrap();
        assert!(!aggregate.lines().is_empty());
        answers.insert(question.id, Answer { query, aggregate });
    }
    println!("peak memory without the bundle: {}", peak_memory());
    let folder = tempfile::tempdir_in(path.parent().unwrap()).unwrap();
    let folder = folder.path().join("bundle");
    bundle::write(&folder, path, &manifest, &key, &answers);
    for level in [Level::Zero, Level::One, Level::Two] {
        let storage = Arc::new(Folder::new(&folder));
        let (report, seconds) = timed(&format!("verify the bundle, level {level:?}"), || {
            verify_bundle(storage, &Options::level(level)).unwrap()
        });
        assert_eq!(report.exit_code(), 0, "{report}");
        if level == Level::Two {
            println!("levels 0 to 2: {:.2} of their floor", seconds / floor);
        }
    }
    let state = manifest.to_bytes().unwrap().len();
    println!("manifest: {state} bytes, {:.6} of the Parquet", state as f64 / bytes as f64);
    println!("peak memory: {}", peak_memory());
}

/// Processor seconds that neither freezing nor verifying can go below: to read the file, to hash it, to hash its rows at
/// the same speed, and to decode it once. Nothing is counted for writing rows as JSON, and nothing for questions.
fn floor(path: &Path, rows: u64, key: &SaltKey) -> f64 {
    // Once before, so that it is the cache that is read from each time.
    let bytes = read(path);
    let (_, reading) = timed("read the file", || read(path));
    let content = vec![b'x'; HASHED_BYTES];
    let (_, hashing) = timed(&format!("SHA-256 of {HASHED_BYTES} bytes"), || Digest::of(&content));
    let bytes_a_second = HASHED_BYTES as f64 / hashing.max(0.01);
    let ((), decoding) = timed("decode all columns", || decode(path));
    let row_bytes = average_row_bytes(path, key);
    // Two blocks for the salt (HMAC, whose key is taken in already), two for a node; and the leaf: a mark, the salt,
    // the row, and nine bytes of padding at least.
    let blocks = 2 + 2 + (1 + 32 + row_bytes + 9).div_ceil(64);
    let hashed = rows as f64 * blocks as f64 * 64.0;
    let (of_file, of_rows) = (bytes as f64 / bytes_a_second, hashed / bytes_a_second);
    let floor = reading + of_file + of_rows + decoding;
    println!(
        "floor: read {reading:.2} + SHA-256 of the file {of_file:.2} + of rows {of_rows:.2} ({rows} rows of {row_bytes} \
         bytes, {blocks} blocks of 64 bytes each, at {:.2} GB/s) + decode {decoding:.2} = {floor:.2} processor seconds",
        bytes_a_second / 1e9,
    );
    floor
}

/// Decodes every column, as the library does it by itself.
fn decode(path: &Path) {
    let file = std::fs::File::open(path).unwrap();
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&file, options.clone()).unwrap();
    let viewed = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
        _ => Arc::clone(field),
    };
    let fields: Vec<Arc<Field>> = metadata.schema().fields().iter().map(viewed).collect();
    let options = options.with_schema(Arc::new(Schema::new(fields)));
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).unwrap();
    for batch in reader.with_batch_size(4096).build().unwrap() {
        std::hint::black_box(batch.unwrap());
    }
}

fn has_sha() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

fn read(path: &Path) -> u64 {
    let mut file = std::fs::File::open(path).unwrap();
    let mut buffer = vec![0; 1 << 20];
    let mut total = 0;
    loop {
        let read = file.read(&mut buffer).unwrap();
        if read == 0 {
            return total;
        }
        total += read as u64;
    }
}

/// Bytes of the canonical rows, on average over the first thousands.
fn average_row_bytes(path: &Path, key: &SaltKey) -> usize {
    let folder = path.parent().unwrap();
    let sample = folder.join("sample.parquet");
    write(&sample, 1000);
    let manifest = freeze(&request(&sample, 1000), key, NonZeroUsize::MIN).unwrap();
    let length = |index| {
        let shown =
            seawall_evidence::dataset::proof::prove(&manifest, |_| Some(&sample), key, index)
                .unwrap();
        serde_json::to_vec(&shown.row).unwrap().len()
    };
    let lengths: usize = (0..1000).step_by(100).map(length).sum();
    lengths / 10
}

fn request(path: &Path, rows: u64) -> Request {
    let at = |seconds| Time::from_unix_seconds(seconds).unwrap();
    Request {
        id: "item-bench".into(),
        window: Window {
            column: Some("time".into()),
            from: at(START / 1000),
            to: at(START / 1000 + 100_000_000),
        },
        sources: vec![Claim { name: "bench".into(), first: 1, last: rows, gaps: Vec::new() }],
        files: vec![Part { name: "events".into(), source: "bench".into(), path: path.to_owned() }],
    }
}

fn questions() -> [(&'static str, Question); 3] {
    let question = |id: &str, conditions, group_by: &[&str], of, column: Option<&str>| Question {
        id: id.into(),
        dataset: "item-bench".into(),
        conditions,
        group_by: group_by.iter().map(|name| (*name).to_owned()).collect(),
        measures: vec![Measure { name: "n".into(), of, column: column.map(Into::into) }],
    };
    let signups =
        Condition { column: "action".into(), is: Comparison::Equal, value: Some("signup".into()) };
    let [by_domain, by_action, durations] = ["Q-001", "Q-002", "Q-003"];
    [
        (
            "signups by mail domain",
            question(by_domain, vec![signups], &["email_domain"], Of::Count, None),
        ),
        (
            "distinct accounts by action",
            question(by_action, Vec::new(), &["action"], Of::CountDistinct, Some("account")),
        ),
        ("sum of durations", question(durations, Vec::new(), &[], Of::Sum, Some("duration"))),
    ]
}

fn peak_memory() -> String {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.map_or("not known here".to_owned(), |line| line["VmHWM:".len()..].trim().to_owned())
}

fn write(path: &Path, rows: u64) {
    let compression = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(GROUP_ROWS as usize))
        .build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch(0, 0).schema(), Some(properties)).unwrap();
    for start in (0..rows).step_by(GROUP_ROWS as usize) {
        writer.write(&batch(start, (start + GROUP_ROWS).min(rows))).unwrap();
    }
    writer.close().unwrap();
}

/// Scatters numbers, the same each time (`SplitMix64`).
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn batch(start: u64, end: u64) -> RecordBatch {
    let text = |of: &dyn Fn(u64) -> String| -> ArrayRef {
        Arc::new((start..end).map(|row| Some(of(row))).collect::<StringArray>())
    };
    let agent = |row: u64| {
        let version = 90 + scatter(row ^ 5) % 40;
        format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
        )
    };
    let address = |row: u64| {
        let [a, b, c, d, ..] = scatter(row ^ 4).to_le_bytes();
        format!("{a}.{b}.{c}.{d}")
    };
    let action = |row: u64| {
        ["signup", "login", "challenge", "action"][(scatter(row ^ 6) % 4) as usize].to_owned()
    };
    let time: TimestampMillisecondArray =
        (start..end).map(|row| Some(START + row as i64 * 7)).collect();
    let duration: Int32Array =
        (start..end).map(|row| Some((scatter(row ^ 9) % 10_000) as i32)).collect();
    let columns: [(&str, ArrayRef); 8] = [
        ("id", text(&|row| format!("{:016x}", scatter(row)))),
        ("time", Arc::new(time.with_timezone("UTC"))),
        ("account", text(&|row| format!("acc-{:010}", scatter(row ^ 1) % 3_000_000))),
        ("ip", text(&address)),
        ("user_agent", text(&agent)),
        ("email_domain", text(&|row| format!("mail-{}.example", scatter(row ^ 3) % 5_000))),
        ("action", text(&action)),
        ("duration", Arc::new(duration)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}
