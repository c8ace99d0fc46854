//! What followed from the beginning of a journal, so that it need not be read again?
//!
//! A checkpoint is what somebody made of all entries before a position, in pieces. It lies in a place of its own, in a
//! segment that is named by the position and framed as the journal's are, and ends with a frame that says how many pieces
//! there are: one that was not written to its end is none. What the pieces mean, and whether they fit the journal, is for
//! those to know who make them.

use std::sync::Arc;

use crate::{
    Error,
    journal::{ENTRY_BYTES_MAX, Entry, Open, Step, header, push_frame},
    place::Place,
};

/// A piece.
const PIECE: u8 = 1;
/// The end: the number of pieces.
const END: u8 = 2;
/// Bytes that are written at a time.
const TOGETHER_BYTES: usize = 1 << 20;
/// Checkpoints that are kept: the newest, and one in case it is damaged.
const KEPT: usize = 2;
/// Largest piece.
pub const PIECE_BYTES_MAX: usize = ENTRY_BYTES_MAX;

/// The checkpoints of a journal.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    place: Arc<dyn Place>,
}

impl Checkpoints {
    /// Those at a place.
    pub fn new(place: Arc<dyn Place>) -> Self {
        Self { place }
    }

    /// Positions of all of them, the newest first, whole or not.
    pub fn positions(&self) -> Result<Vec<u64>, Error> {
        let mut positions = self.place.segments()?;
        positions.reverse();
        Ok(positions)
    }

    /// Writes one; when this returns it survives a loss of power, and older ones than the one before it are gone. Where
    /// it fails, whatever is there is not whole.
    pub fn write(&self, position: u64, pieces: impl Iterator<Item = Vec<u8>>) -> Result<(), Error> {
        let _lock = self.place.lock()?;
        let mut segment = self.place.create(position)?;
        segment.cut(0)?;
        let mut buffer = header(position).to_vec();
        let mut number = 0;
        for content in pieces {
            push_frame(&mut buffer, number, &Entry { kind: PIECE, content })?;
            number += 1;
            if buffer.len() >= TOGETHER_BYTES {
                segment.append(&buffer)?;
                buffer.clear();
            }
        }
        // The pieces are on the disk before the end is: what has an end is whole.
        segment.append(&buffer)?;
        segment.durable().sync()?;
        buffer.clear();
        push_frame(
            &mut buffer,
            number,
            &Entry { kind: END, content: number.to_le_bytes().to_vec() },
        )?;
        segment.append(&buffer)?;
        segment.durable().sync()?;
        for position in self.positions()?.into_iter().skip(KEPT) {
            self.place.remove(position)?;
        }
        Ok(())
    }

    /// Reads one, piece by piece.
    pub fn read(&self, position: u64) -> Result<Pieces, Error> {
        let mut open = Open::new(&*self.place, position)?;
        if !open.header()? {
            return Err(open.damaged("it ends within its header"));
        }
        Ok(Pieces { open, number: 0, ended: false })
    }

    /// Takes one out that is of no use, so that nothing is destroyed.
    pub fn put_aside(&self, position: u64) -> Result<(), Error> {
        self.place.put_aside(position)
    }
}

/// The pieces of a checkpoint. Nothing may be made of them before all have come: the last one may be an error.
pub struct Pieces {
    open: Open,
    number: u64,
    ended: bool,
}

impl Pieces {
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let step = self.open.step(self.number)?;
        match step {
            Step::Entry(Entry { kind: PIECE, content }) => {
                self.number += 1;
                Ok(Some(content))
            }
            Step::Entry(Entry { kind: END, content }) if content == self.number.to_le_bytes() => {
                Ok(None)
            }
            Step::Entry(_) => Err(self.open.damaged("not a piece of a checkpoint")),
            Step::End => Err(self.open.damaged("it was not written to its end")),
            Step::Bad(why) => Err(self.open.damaged(why)),
        }
    }
}

impl Iterator for Pieces {
    type Item = Result<Vec<u8>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_piece().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}
