//! How long may it take, and how much may come? A peer that drips or floods gets neither more.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// Until when something must be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// From now on.
    pub(crate) fn after(seconds: u64) -> Self {
        Self(now() + Duration::from_secs(seconds))
    }

    /// What is left of it.
    pub(crate) fn left(self) -> io::Result<Duration> {
        let left = self.0.saturating_duration_since(now());
        if left.is_zero() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"));
        }
        Ok(left)
    }
}

#[expect(clippy::disallowed_methods, reason = "bounds a wait; no result depends on it")]
fn now() -> Instant {
    Instant::now()
}

/// A connection that ends at a deadline, or once too much has come.
pub(super) struct Limited {
    stream: TcpStream,
    deadline: Deadline,
    bytes_left: u64,
}

impl Limited {
    pub(super) const fn new(stream: TcpStream, deadline: Deadline, bytes_max: u64) -> Self {
        Self { stream, deadline, bytes_left: bytes_max }
    }
}

/// A socket says "would block" where its time ran out: that is told in plain words.
fn plain(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            io::Error::new(io::ErrorKind::TimedOut, "no answer in time")
        }
        _ => error,
    }
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.deadline.left()?))?;
        let count = self.stream.read(buffer).map_err(plain)?;
        self.bytes_left = self
            .bytes_left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("more came than any honest peer sends"))?;
        Ok(count)
    }
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.deadline.left()?))?;
        self.stream.write(bytes).map_err(plain)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
