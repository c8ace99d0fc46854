//! An S3 of others on this machine, and a proxy before it that fails on purpose.

use std::{
    ffi::OsString,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdin, Command, Stdio},
    sync::Arc,
    thread,
};

use seawall_store::objects::{Bucket, Settings, Url};

pub(crate) const BUCKET: &str = "seawall-test";

/// Starts the server, prints its port, and ends with whoever started it.
const SERVER: &str = "
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
";

/// moto, with an empty bucket.
pub(crate) struct S3 {
    child: Child,
    _until: ChildStdin,
    pub(crate) port: u16,
}

impl S3 {
    /// `None`, and a word of it, where there is no Python with moto.
    #[expect(clippy::print_stderr, reason = "a skipped check says so")]
    pub(crate) fn start() -> Option<Self> {
        let python =
            std::env::var_os("SEAWALL_PYTHON").unwrap_or_else(|| OsString::from("python3"));
        let mut child = Command::new(&python)
            .args(["-c", SERVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let until = child.stdin.take().expect("piped");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        let Ok(port) = line.trim().parse() else {
            eprintln!("skipped: no Python with moto[server] (set SEAWALL_PYTHON)");
            let _ = child.wait();
            return None;
        };
        let s3 = Self { child, _until: until, port };
        let request = format!(
            "PUT /{BUCKET} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        assert!(exchange(port, request.as_bytes()).starts_with(b"HTTP/1.1 200"));
        Some(s3)
    }

    pub(crate) fn bucket(&self) -> Bucket {
        bucket(self.port)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the environment has for a server on that port.
pub(crate) fn variables(port: u16) -> Vec<(String, String)> {
    let pairs = [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_ACCESS_KEY_ID", "AKIATEST".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "hidden-secret".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// Little patience, so that tests need none.
pub(crate) fn settings(port: u16) -> Settings {
    Settings {
        retries_max: 3,
        wait_milliseconds_max: 20,
        read_seconds_max: 5,
        ..Settings::new(variables(port))
    }
}

pub(crate) fn bucket(port: u16) -> Bucket {
    let url = Url::parse(&format!("s3://{BUCKET}")).expect("a URL");
    Bucket::open(&url, &settings(port)).expect("opened")
}

/// A request as it came to the proxy.
pub(crate) struct Asked {
    /// `GET /bucket/key?query HTTP/1.1`.
    pub(crate) line: String,
    whole: Vec<u8>,
}

impl Asked {
    pub(crate) fn gets(&self, key: &str) -> bool {
        self.line.starts_with(&format!("GET /{BUCKET}/{key} "))
    }

    pub(crate) fn lists(&self) -> bool {
        self.line.starts_with("GET ") && self.line.contains("list-type=2")
    }
}

/// What the proxy does with a request.
pub(crate) enum Act {
    Pass,
    /// A status, and the code in its body.
    Refuse(u16, &'static str),
    /// The answer up to that many bytes of its body, and then nothing.
    Cut(usize),
    /// The request is passed on, and its answer is lost.
    Lose,
    /// A page of XML.
    Say(String),
    /// An answer with its head.
    Raw(String),
}

/// A proxy that asks of each request what to do with it; its port. It runs as long as the tests.
pub(crate) fn proxy(upstream: u16, act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let act = Arc::new(act);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, act) = (stream.expect("a connection"), Arc::clone(&act));
            thread::spawn(move || {
                let Some(asked) = request(&mut stream) else { return };
                let _ = answer(&mut stream, upstream, &asked, act(&asked));
            });
        }
    });
    port
}

fn answer(stream: &mut TcpStream, upstream: u16, asked: &Asked, act: Act) -> std::io::Result<()> {
    match act {
        Act::Pass => stream.write_all(&exchange(upstream, &asked.whole)),
        Act::Refuse(status, code) => {
            let body = format!(
                "<Error><Code>{code}</Code><AWSAccessKeyId>AKIATEST</AWSAccessKeyId></Error>"
            );
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} No\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
        }
        Act::Cut(bytes) => {
            let whole = exchange(upstream, &asked.whole);
            let end = whole.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(0) + 4;
            stream.write_all(&whole[..whole.len().min(end + bytes)])
        }
        Act::Lose => {
            exchange(upstream, &asked.whole);
            Ok(())
        }
        Act::Raw(answer) => stream.write_all(answer.as_bytes()),
        Act::Say(body) => {
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
        }
    }
}

/// Sends a request and returns the whole answer, after which the connection is closed.
#[expect(clippy::disallowed_methods, reason = "a server that the test has started")]
fn exchange(port: u16, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a server");
    stream.write_all(request).expect("sent");
    let mut whole = Vec::new();
    let _ = stream.read_to_end(&mut whole);
    whole
}

/// Reads a request, and asks for the connection to be closed after its answer.
fn request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = stream.read(&mut buffer).ok()?;
        bytes.extend(&buffer[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let lower = head.to_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |text| text.parse().expect("a number"));
            if bytes.len() >= end + 4 + length {
                let line = head.lines().next().unwrap_or_default().to_owned();
                let mut whole = head.into_bytes();
                whole.extend(b"\r\nConnection: close\r\n\r\n");
                whole.extend(&bytes[end + 4..]);
                return Some(Asked { line, whole });
            }
        }
        if count == 0 {
            return None;
        }
    }
}
