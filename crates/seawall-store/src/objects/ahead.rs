//! How is read without waiting for one answer before the next request is made?

use std::{
    collections::VecDeque,
    io::{self, Read},
    ops::Range,
    sync::mpsc::{Receiver, sync_channel},
};

use bytes::{Buf as _, Bytes};

use super::{Error, Object, RUNTIME};

/// Bytes of one request.
pub const PIECE_BYTES: u64 = 4 << 20;
/// Requests of one reader under way; what they bring waits in memory.
const UNDER_WAY_MAX: usize = 8;

/// Parts of objects in the order they were wanted, while the next ones are under way.
pub struct Ahead<I> {
    wanted: I,
    under_way: VecDeque<Receiver<Result<Bytes, Error>>>,
}

impl<I: Iterator<Item = (Object, Range<u64>)>> Ahead<I> {
    /// Asks for the first parts at once.
    pub fn new(wanted: I) -> Self {
        let mut ahead = Self { wanted, under_way: VecDeque::with_capacity(UNDER_WAY_MAX) };
        ahead.ask();
        ahead
    }

    fn ask(&mut self) {
        while self.under_way.len() < UNDER_WAY_MAX {
            let Some((object, range)) = self.wanted.next() else { return };
            let (sender, receiver) = sync_channel(1);
            RUNTIME.spawn_blocking(move || {
                // Who no longer reads does not wait for it.
                let _ = sender.send(object.fetch(range));
            });
            self.under_way.push_back(receiver);
        }
    }
}

impl<I: Iterator<Item = (Object, Range<u64>)>> Iterator for Ahead<I> {
    type Item = Result<Bytes, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.under_way.pop_front()?;
        self.ask();
        Some(next.recv().expect("each request answers, and none panics"))
    }
}

/// A range in requests.
pub(super) fn pieces(
    object: &Object,
    range: Range<u64>,
) -> impl Iterator<Item = (Object, Range<u64>)> + Send + use<> {
    let object = object.clone();
    let step = usize::try_from(PIECE_BYTES).expect("a few MiB");
    range
        .clone()
        .step_by(step)
        .map(move |start| (object.clone(), start..range.end.min(start + PIECE_BYTES)))
}

/// An object as a stream.
pub struct Stream {
    part: Bytes,
    ahead: Ahead<Box<dyn Iterator<Item = (Object, Range<u64>)> + Send>>,
}

impl Stream {
    pub(super) fn new(
        start: Bytes,
        ahead: Ahead<impl Iterator<Item = (Object, Range<u64>)> + Send + 'static>,
    ) -> Self {
        let Ahead { wanted, under_way } = ahead;
        Self { part: start, ahead: Ahead { wanted: Box::new(wanted), under_way } }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() {
            match self.ahead.next() {
                Some(part) => self.part = part?,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.part.len());
        self.part.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}
