//! Where are the columns that others stand in for?

use std::{borrow::Cow, sync::Mutex};

use super::{in_parallel, run::Room};
use crate::{
    Error,
    aside::{Aside, Bulky as _, Kept},
    count::Column,
};

/// Columns that others stand in for.
pub(crate) struct Originals {
    aside: Aside,
    columns: Vec<Kept<Column>>,
}

impl Originals {
    /// Puts others in the place of all columns, of `count` accounts each: for the kinds of a lot, `places` says which of
    /// them each account is. Each kind is in one lot. `look` is shown each column before it goes; what it says of them
    /// comes in the order of kinds.
    pub(crate) fn replace<'r, T: Send>(
        columns: &mut Vec<Column>,
        lots: &[Vec<usize>],
        places: impl Fn(usize) -> Cow<'r, [u32]> + Sync,
        count: usize,
        look: impl Fn(usize, &Column) -> T + Sync,
        room: &Room,
        threads: usize,
    ) -> Result<(Self, Vec<T>), Error> {
        let aside = Aside::new(columns.iter().map(Column::bytes).sum(), room)?;
        let originals = std::mem::take(columns).into_iter();
        let originals: Vec<_> = originals.map(|own| Mutex::new(Some(own))).collect();
        let replaced = in_parallel(threads, lots.len(), |lot| {
            let places = places(lot);
            let one = |kind: &usize| {
                let column = originals[*kind].lock().expect("each is taken once").take();
                let column = column.expect("each is taken once");
                let seen = look(*kind, &column);
                // One kind after the other, so that hardly anything is in memory twice.
                Ok((*kind, (column.placed(&places, count), (aside.put(column)?, seen))))
            };
            lots[lot].iter().map(one).collect::<Result<Vec<_>, Error>>()
        });
        let mut all = Vec::with_capacity(originals.len());
        for lot in replaced {
            all.extend(lot?);
        }
        all.sort_unstable_by_key(|(kind, _)| *kind);
        let (kept, seen): (Vec<_>, Vec<_>);
        (*columns, (kept, seen)) = all.into_iter().map(|(_, own)| own).unzip();
        Ok((Self { aside, columns: kept }, seen))
    }

    /// Bytes that are on the disk.
    pub(crate) fn bytes(&self) -> u64 {
        self.aside.bytes()
    }

    /// Puts them back into their place.
    pub(crate) fn put_back(self, columns: &mut Vec<Column>) -> Result<(), Error> {
        columns.clear();
        let Self { aside, columns: kept } = self;
        *columns = kept.into_iter().map(|own| aside.take(own)).collect::<Result<_, _>>()?;
        Ok(())
    }
}
