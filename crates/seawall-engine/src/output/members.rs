//! How does a member become a row of `members.csv`, and a row a member?

use std::io::{self, Read, Write};

use seawall_core::campaign::findings::{FAMILIES, Member};

use super::{Error, MEMBERS};

/// Columns before those of the families.
const COLUMNS: [&str; 5] = ["account", "campaign", "confidence", "bits", "prior_bits"];
/// Names of the families in columns, in the order of [`FAMILIES`].
const FAMILY_NAMES: [&str; 11] = [
    "network",
    "device",
    "domain",
    "name",
    "recovery",
    "phone",
    "challenge",
    "timing",
    "referral",
    "payment",
    "action",
];
const _: () = assert!(FAMILY_NAMES.len() == FAMILIES.len());

/// A row of `members.csv` and its line.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    /// Its line, from 1; the header is the first.
    pub line: u64,
    /// What it says.
    pub member: Member,
}

fn header() -> Vec<String> {
    COLUMNS
        .iter()
        .map(|&name| name.to_owned())
        .chain(FAMILY_NAMES.iter().map(|name| format!("{name}_bits")))
        .chain(FAMILY_NAMES.iter().map(|name| format!("{name}_kind")))
        .collect()
}

/// Writes the header and all members; returns how many.
pub(super) fn write<'a>(
    out: impl Write,
    members: impl IntoIterator<Item = &'a Member>,
) -> io::Result<u64> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(header()).map_err(to_io)?;
    let mut count = 0;
    for member in members {
        write_field(&mut writer, &member.account)?;
        write_field(&mut writer, &member.campaign)?;
        write_field(&mut writer, &format!("{:.6}", member.confidence))?;
        write_field(&mut writer, &bits(member.bits))?;
        write_field(&mut writer, &bits(member.prior_bits))?;
        for family in member.family_bits {
            write_field(&mut writer, &bits(family))?;
        }
        for kind in &member.family_kinds {
            write_field(&mut writer, kind)?;
        }
        writer.write_record(None::<&[u8]>).map_err(to_io)?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}

fn write_field(writer: &mut csv::Writer<impl Write>, field: &str) -> io::Result<()> {
    writer.write_field(field).map_err(to_io)
}

/// What the system said, as it said it: the library's own conversion hides that a disk is full.
fn to_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("a row has not as many fields as the header"),
    }
}

/// Three decimals, and no negative zero.
fn bits(value: f64) -> String {
    let text = format!("{value:.3}");
    if text == "-0.000" { "0.000".to_owned() } else { text }
}

/// Finds the rows of `account`, in the order of the file, by reading all of `input`.
pub(super) fn find(input: impl Read, account: &str) -> Result<Vec<MemberRow>, Error> {
    let mut found = Vec::new();
    each(input, |own| own == account, &mut |row| found.push(row))?;
    Ok(found)
}

/// Hands on the rows of the accounts that `wanted` says, in the order of the file.
pub(super) fn each(
    input: impl Read,
    wanted: impl Fn(&str) -> bool,
    take: &mut dyn FnMut(MemberRow),
) -> Result<(), Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(input);
    let mut record = csv::StringRecord::new();
    let mut first = true;
    while reader.read_record(&mut record).map_err(|error| from_csv(&error))? {
        if first {
            first = false;
            if !record.iter().eq(header()) {
                return Err(malformed("its header is not that of this version".to_owned()));
            }
            continue;
        }
        if record.get(0).is_some_and(&wanted) {
            let line = record.position().map_or(0, csv::Position::line);
            let member =
                parse(&record).ok_or_else(|| malformed(format!("line {line} is not a member")))?;
            take(MemberRow { line, member });
        }
    }
    if first {
        return Err(malformed("it is empty".to_owned()));
    }
    Ok(())
}

fn parse(record: &csv::StringRecord) -> Option<Member> {
    let number = |column: usize| -> Option<f64> {
        record.get(column)?.parse().ok().filter(|number: &f64| number.is_finite())
    };
    let mut member = Member {
        account: record.get(0)?.to_owned(),
        campaign: record.get(1)?.to_owned(),
        confidence: number(2)?,
        bits: number(3)?,
        prior_bits: number(4)?,
        family_bits: [0.0; 11],
        family_kinds: Default::default(),
    };
    for (index, slot) in member.family_bits.iter_mut().enumerate() {
        *slot = number(COLUMNS.len() + index)?;
    }
    for (index, slot) in member.family_kinds.iter_mut().enumerate() {
        record.get(COLUMNS.len() + FAMILIES.len() + index)?.clone_into(slot);
    }
    Some(member)
}

fn malformed(reason: String) -> Error {
    Error::Malformed { path: MEMBERS.into(), reason }
}

/// Says where, never what: a field may be personal.
fn from_csv(error: &csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    malformed(format!("line {line} cannot be read"))
}
