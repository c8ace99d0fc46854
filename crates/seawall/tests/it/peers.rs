//! Peers on this machine that a lookup meets: programs of others where there are any, and hostile ones.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// A request as it came: its first line, and its body.
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// A server over HTTP that answers each request by that function, on a port of its own, as long as the tests run.
pub(crate) fn serve(answer: impl Fn(&Asked, &mut TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            if let Some(asked) = request(&mut stream) {
                answer(&asked, &mut stream);
            }
        }
    });
    port
}

fn request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).ok()?;
        bytes.extend(&buffer[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |text| text.parse().expect("a number"));
            if bytes.len() >= end + 4 + length {
                let line = head.lines().next().unwrap_or_default().to_owned();
                return Some(Asked { line, head, body: bytes.split_off(end + 4) });
            }
        }
        if count == 0 {
            return None;
        }
    }
}

/// A whole reply.
pub(crate) fn reply(stream: &mut TcpStream, status: &str, media_type: &str, body: &[u8]) {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    // Whoever asked may have gone away: that is theirs to tell.
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
}

pub(crate) fn redirect(stream: &mut TcpStream, to: &str) {
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
}

/// A body that does not end, as fast as it is read.
pub(crate) fn endless(stream: &mut TcpStream, media_type: &str) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
    while stream.write_all(&[b' '; 8_192]).is_ok() {}
}

/// A body that comes byte by byte.
pub(crate) fn drip(stream: &mut TcpStream, media_type: &str) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
    while stream.write_all(b" ").is_ok() {
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "a peer that is slow on purpose")]
fn pause() {
    thread::sleep(Duration::from_millis(100));
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A program of somebody else that listens; it ends with the test.
pub(crate) struct Program(Child);

impl Program {
    /// Starts it, and waits until it takes connections at `port`.
    pub(crate) fn start(program: &str, arguments: &[&str], folder: &Path, port: u16) -> Self {
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let started = Self(child);
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return started;
            }
            pause();
        }
        panic!("{program} does not listen at {port}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a program is there. Says so where it is not.
#[expect(clippy::print_stderr, reason = "a skipped check says so")]
pub(crate) fn has(program: &str, arguments: &[&str]) -> bool {
    let there = Command::new(program).args(arguments).output().is_ok_and(|it| it.status.success());
    if !there {
        eprintln!("skipped: there is no `{program} {}` on this machine", arguments.join(" "));
    }
    there
}
