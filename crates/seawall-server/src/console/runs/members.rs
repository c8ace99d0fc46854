//! Which accounts does a campaign have, and which campaigns has an account?

use std::{
    collections::BTreeMap,
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
    sync::{Mutex, PoisonError},
};

use seawall_core::{
    campaign::findings::FAMILIES,
    selector::{Family, account_hash, pseudonym},
};
use seawall_engine::output::Error;

/// Longest row that is read.
const ROW_BYTES_MAX: usize = 64 << 10;
/// What probabilities are written in: six decimals.
const MILLIONTHS: u32 = 1_000_000;
/// What bits are written in: three decimals.
const THOUSANDTHS: u32 = 1_000;

/// In which order are members shown?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they stand in the file.
    #[default]
    File,
    /// Those that belong least surely first.
    Doubtful,
    /// Those that belong most surely first.
    Sure,
    /// In an order that has nothing to do with them, always the same.
    Random,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Doubtful, Self::Sure, Self::Random, Self::File];

    /// Its word in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Doubtful => "doubtful",
            Self::Sure => "sure",
            Self::Random => "random",
        }
    }
}

/// A member as its row says.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The site's account id: personal.
    pub account: String,
    /// What it is called where nobody needs to know whose it is.
    pub pseudonym: String,
    /// Probability of membership.
    pub confidence: f64,
    /// Bits in all.
    pub bits: f64,
    /// Bits of the prior.
    pub prior_bits: f64,
    /// Family, bits, and the kind that gave them, those with any.
    pub families: Vec<(Family, f64, String)>,
}

/// Where a member's row stands, and what of it is asked of all members of a campaign.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: u64,
    /// Hash of the account id.
    hash: u64,
    /// Bits in thousandths, as the file has them.
    bits: i32,
    /// Probability of membership in millionths, as the file has it.
    confidence: u32,
}

/// A member without its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Its place within the campaign, in the order of the file.
    pub index: u32,
    /// Hash of the account id.
    pub hash: u64,
    /// Probability of membership, as its row says.
    pub confidence: f64,
    /// Bits in all, as its row says.
    pub bits: f64,
}

/// The members of a run.
#[derive(Debug)]
pub struct Members {
    /// By campaign, each in the order of the file.
    places: Vec<Place>,
    /// For each campaign, where its members begin in `places`.
    starts: Vec<usize>,
    /// Indices into `places` by hash of the account.
    by_hash: Vec<u32>,
    /// Members that are not in the index, since it has an end.
    pub left_out: u64,
    file: Mutex<fs_err::File>,
}

impl Members {
    /// Reads where all rows stand.
    pub(super) fn open(
        path: &Path,
        campaigns: &BTreeMap<String, usize>,
        members_max: u64,
    ) -> Result<Self, Error> {
        let malformed = |line: u64| Error::Malformed {
            path: path.to_owned(),
            reason: format!("line {line} cannot be read"),
        };
        let open = || {
            let opened = fs_err::File::open(path);
            opened.map_err(|source| Error::Read { path: path.to_owned(), source })
        };
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 20).from_reader(open()?);
        let mut record = csv::ByteRecord::new();
        let (mut placed, mut left_out) = (Vec::new(), 0);
        loop {
            let read = reader.read_byte_record(&mut record);
            if !read.map_err(|_| malformed(reader.position().line()))? {
                break;
            }
            let (offset, line) = record.position().map_or((0, 0), |at| (at.byte(), at.line()));
            if placed.len() as u64 >= members_max {
                left_out += 1;
                continue;
            }
            let text = |column: usize| {
                record.get(column).and_then(|field| std::str::from_utf8(field).ok())
            };
            let campaign =
                text(1).and_then(|id| campaigns.get(id)).ok_or_else(|| malformed(line))?;
            let number = |column: usize, of_one| {
                text(column).and_then(|number| fixed(number, of_one)).ok_or_else(|| malformed(line))
            };
            let confidence = u32::try_from(number(2, MILLIONTHS)?).map_err(|_| malformed(line))?;
            let bits = i32::try_from(number(3, THOUSANDTHS)?).map_err(|_| malformed(line))?;
            let account = text(0).ok_or_else(|| malformed(line))?;
            let campaign = u32::try_from(*campaign).map_err(|_| malformed(line))?;
            let place = Place { offset, hash: account_hash(account), bits, confidence };
            placed.push((campaign, place));
        }
        // Stable, so that the order of the file stays within a campaign.
        placed.sort_by_key(|(campaign, _)| *campaign);
        let mut starts = vec![0; campaigns.len() + 1];
        for (campaign, _) in &placed {
            starts[*campaign as usize + 1] += 1;
        }
        let places: Vec<Place> = placed.into_iter().map(|(_, place)| place).collect();
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut by_hash: Vec<u32> = (0..places.len() as u32).collect();
        by_hash.sort_unstable_by_key(|index| (places[*index as usize].hash, *index));
        Ok(Self { places, starts, by_hash, left_out, file: Mutex::new(open()?) })
    }

    /// Members in all.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Members of a campaign that are in the index.
    pub fn of(&self, campaign: usize) -> usize {
        self.starts.get(campaign + 1).map_or(0, |end| end - self.starts[campaign])
    }

    /// Members of a campaign, from `from` on, at most `limit`.
    pub fn page(
        &self,
        campaign: usize,
        order: Order,
        from: usize,
        limit: usize,
    ) -> Result<Vec<Row>, Error> {
        let own = self.places(campaign);
        let (from, to) = (from.min(own.len()), (from + limit).min(own.len()));
        let mut indices: Vec<u32> = (0..own.len() as u32).collect();
        let place = |index: &u32| own[*index as usize];
        // Only what is shown is put in order: a campaign may have a million members.
        let key = |index: &u32| -> (i64, u64, u32) {
            let place = place(index);
            match order {
                Order::File => (0, 0, *index),
                Order::Doubtful => (place.bits.into(), 0, *index),
                Order::Sure => (-i64::from(place.bits), 0, *index),
                Order::Random => (0, place.hash, *index),
            }
        };
        if order != Order::File {
            if to < indices.len() {
                indices.select_nth_unstable_by_key(to, key);
                indices.truncate(to);
            }
            if from < indices.len() {
                indices.select_nth_unstable_by_key(from, key);
            }
            indices[from..].sort_unstable_by_key(key);
        }
        indices.truncate(to);
        indices[from..].iter().map(|index| self.row(place(index).offset)).collect()
    }

    fn places(&self, campaign: usize) -> &[Place] {
        let Some(end) = self.starts.get(campaign + 1) else { return &[] };
        &self.places[self.starts[campaign]..*end]
    }

    /// Hands on every member of a campaign, in the order of the file.
    pub fn each(&self, campaign: usize, take: &mut dyn FnMut(Row)) -> Result<(), Error> {
        for place in self.places(campaign) {
            take(self.row(place.offset)?);
        }
        Ok(())
    }

    /// The same without reading a row.
    pub fn members(&self, campaign: usize) -> impl Iterator<Item = Member> {
        (0..).zip(self.places(campaign)).map(|(index, place)| Member {
            index,
            hash: place.hash,
            confidence: f64::from(place.confidence) / f64::from(MILLIONTHS),
            bits: f64::from(place.bits) / f64::from(THOUSANDTHS),
        })
    }

    /// The row of a member, by its place within the campaign.
    pub fn at(&self, campaign: usize, index: u32) -> Result<Row, Error> {
        let place = self.places(campaign).get(index as usize).ok_or_else(unreadable)?;
        self.row(place.offset)
    }

    /// Campaigns of an account, by its id or its pseudonym, with its row in each.
    pub fn find(&self, account: &str, limit: usize) -> Result<Vec<(usize, Row)>, Error> {
        let (low, high) = match parse(account) {
            Some(high_bits) => (high_bits << 24, high_bits << 24 | 0xff_ffff),
            None => (account_hash(account), account_hash(account)),
        };
        let hash = |index: &u32| self.places[*index as usize].hash;
        let first = self.by_hash.partition_point(|index| hash(index) < low);
        let own = self.by_hash[first..].iter().take_while(|index| hash(index) <= high).take(limit);
        own.map(|index| {
            let index = *index as usize;
            let campaign = self.starts.partition_point(|start| *start <= index) - 1;
            Ok((campaign, self.row(self.places[index].offset)?))
        })
        .collect()
    }

    /// Reads the row at a place of the file.
    fn row(&self, offset: u64) -> Result<Row, Error> {
        let read_failed = |source| Error::Read { path: "members.csv".into(), source };
        let mut bytes = Vec::with_capacity(512);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset)).map_err(read_failed)?;
        // Most rows are short; an account id may be as long as events allow.
        for limit in [512, ROW_BYTES_MAX as u64] {
            std::io::copy(&mut (&mut *file).take(limit), &mut bytes).map_err(read_failed)?;
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*bytes);
            let mut record = csv::StringRecord::new();
            let read = reader.read_record(&mut record).unwrap_or(false);
            let whole = reader.position().byte() < bytes.len() as u64 || bytes.ends_with(b"\n");
            if let Some(row) = (read && whole).then(|| parse_row(&record)).flatten() {
                return Ok(row);
            }
        }
        Err(unreadable())
    }
}

fn unreadable() -> Error {
    Error::Malformed { path: "members.csv".into(), reason: "a row cannot be read".to_owned() }
}

/// A decimal as so many parts of one; none where it is not exactly that, as no run writes it.
fn fixed(text: &str, of_one: u32) -> Option<i64> {
    let number: f64 = text.parse().ok()?;
    let parts = (number * f64::from(of_one)).round();
    // Zero has two signs.
    let is_exact = (parts / f64::from(of_one) + 0.0).total_cmp(&(number + 0.0)).is_eq();
    (is_exact && parts.abs() <= f64::from(u32::MAX)).then_some(parts as i64)
}

/// The upper 40 bits of the hash that a pseudonym holds.
fn parse(pseudonym: &str) -> Option<u64> {
    let digits = pseudonym.strip_prefix("a-").filter(|digits| digits.len() == 10)?;
    u64::from_str_radix(digits, 16).ok()
}

fn parse_row(record: &csv::StringRecord) -> Option<Row> {
    let number = |column: usize| record.get(column)?.parse::<f64>().ok();
    let account = record.get(0)?.to_owned();
    let mut families = Vec::new();
    for (index, family) in FAMILIES.into_iter().enumerate() {
        let kind = record.get(5 + FAMILIES.len() + index)?;
        if !kind.is_empty() {
            families.push((family, number(5 + index)?, kind.to_owned()));
        }
    }
    families.sort_by(|left, right| right.1.total_cmp(&left.1));
    Some(Row {
        pseudonym: pseudonym(account_hash(&account)),
        confidence: number(2)?,
        bits: number(3)?,
        prior_bits: number(4)?,
        account,
        families,
    })
}
