//! What do the tests share? A world, what one machine finds in it, and processes of a cluster.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use seawall_engine::{
    detect::{DetectOptions, Detection, Knowledge, Room, detect},
    output::{FileDigest, Overwrite, Provenance, RunWriter},
    read::Source,
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};
use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_seawall-distributed");

/// A folder with a world, room for what hosts share, and a place for the run.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new(accounts: u64) -> Self {
        let world = Self { folder: tempfile::tempdir().expect("made") };
        let mut writer = EventWriter::create(&world.path("events.ndjson")).expect("created");
        let _ = generate(
            &WorldOptions::new(Preset::Standard, accounts, 7),
            &mut |event| {
                writer.write(event).expect("written");
                ControlFlow::Continue(())
            },
            &mut |_| (),
        );
        writer.finish().expect("written");
        fs_err::create_dir(world.path("shared")).expect("made");
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Folder for what an executor shuffles.
    pub(crate) fn work(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs_err::create_dir_all(&path).expect("made");
        path
    }

    /// Every file of the run that one machine makes of the world.
    pub(crate) fn expected(&self) -> BTreeMap<String, Vec<u8>> {
        let source = Source::open(&[self.text("events.ndjson")], None).expect("opened");
        let options = DetectOptions {
            report_bits: 4.0,
            threads: 2,
            reveal: false,
            knowledge: Knowledge::default(),
            room: Room { memory_bytes: 1 << 30, spill: std::env::temp_dir(), spill_bytes: 1 << 30 },
        };
        let out = self.path("expected");
        let mut writer = RunWriter::create(&out, Overwrite::OwnRun).expect("made");
        let reject = &mut |reject| writer.reject(&reject).expect("written");
        let found = detect(&source, &options, reject, &mut |_| ()).expect("found");
        let Detection { findings, members, snapshot, .. } = found;
        assert!(!findings.campaigns.is_empty(), "there is something to lose");
        let config = serde_json::json!({ "report_bits": 4.0, "reveal": false });
        let inputs = source.digests().expect("read").into_iter();
        let inputs = inputs.map(|input| FileDigest {
            file: input.source,
            bytes: input.bytes,
            sha256: input.sha256,
        });
        let provenance = Provenance {
            config: config.as_object().expect("an object").clone(),
            inputs: inputs.collect(),
            knowledge: Vec::new(),
        };
        let report = seawall_documents::report_html(&findings);
        writer.finish(&findings, &members, &snapshot, &report, provenance).expect("written");
        files(&out)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    /// What a detection is told, whatever it runs in.
    pub(crate) fn detect_arguments(&self, scheduler: &str, more: &[&str]) -> Vec<String> {
        let (events, out, shared) =
            (self.text("events.ndjson"), self.text("run"), self.text("shared"));
        let told = [
            "detect",
            &events,
            "--out",
            &out,
            "--scheduler",
            scheduler,
            "--shared",
            &shared,
            "--rows-least",
            "1",
            "--partitions",
            "6",
            "--threads",
            "2",
        ];
        told.iter().chain(more).map(|&text| text.to_owned()).collect()
    }

    /// Nothing of the questions is left, whatever became of them.
    pub(crate) fn assert_shared_is_empty(&self) {
        assert_eq!(files_in(&self.path("shared")), 0, "hashes are left in the shared folder");
    }
}

/// Name and content of each file of a folder.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs_err::read_dir(folder).expect("listed").map(|entry| entry.expect("read"));
    let files = entries.map(|entry| {
        let name = entry.file_name().into_string().expect("UTF-8");
        (name, fs_err::read(entry.path()).expect("read"))
    });
    files.collect()
}

/// Files anywhere within a folder.
pub(crate) fn files_in(folder: &Path) -> usize {
    let Ok(entries) = fs_err::read_dir(folder) else { return 0 };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

/// A process that ends with its owner, and what it says.
pub(crate) struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
    listener: Option<JoinHandle<()>>,
}

impl Process {
    /// Starts the program, behind other words of a command line if there are any.
    pub(crate) fn start(before: &[&str], arguments: &[String]) -> Self {
        let mut words = before.iter().copied().chain([PROGRAM]);
        let mut command = Command::new(words.next().expect("the program is one"));
        command.args(words).args(arguments).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let said = Arc::new(Mutex::new(String::new()));
        let from = child.stderr.take().expect("piped");
        let to = Arc::clone(&said);
        let listener = Some(thread::spawn(move || listen(from, &to)));
        Self { child, said, listener }
    }

    pub(crate) fn said(&self) -> String {
        self.said.lock().expect("no listener fails").clone()
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("it ends");
    }

    pub(crate) fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("asked")
    }

    /// Waits for its end, and says how it ended and what it said.
    pub(crate) fn end(&mut self, patience: Duration) -> (ExitStatus, String) {
        let ended = until(patience, || self.has_ended());
        let status = ended.unwrap_or_else(|| panic!("it does not end:\n{}", self.said()));
        self.listener.take().expect("once").join().expect("no listener fails");
        (status, self.said())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(from: ChildStderr, to: &Mutex<String>) {
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        let mut said = to.lock().expect("no listener fails");
        said.push_str(&line);
        said.push('\n');
    }
}

/// Asks again and again, until there is an answer or patience ends.
#[expect(clippy::disallowed_methods, reason = "what is waited for comes from another process")]
pub(crate) fn until<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        let answer = ask();
        if answer.is_some() || start.elapsed() > patience {
            return answer;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// A port that nobody listens on at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    listener.local_addr().expect("it has one").port()
}

/// Words of a command line.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
