//! Is the custody log whole, signed, in order, and the same that it was before?

use super::{Options, Report, facts::Facts};
use crate::{
    bundle::{Bundle, layout},
    case_file::CaseFile,
    custody::{Action, Checkpoint, Entry, Error, LogReader, Order},
    storage,
};

/// Longest log that is checked: its leaves are kept in memory.
const ENTRIES_MAX: u64 = 20_000_000;

/// Most entries that are told one by one.
const TOLD_MAX: usize = 1000;

/// Checks the log, and says what it says. Nothing if there is none.
pub(super) fn check(
    bundle: &Bundle,
    options: &Options<'_>,
    report: &mut Report,
) -> Result<Option<Facts>, storage::Error> {
    let Some(mut facts) = case(bundle, options, report)? else { return Ok(None) };
    let log = LogReader::open(bundle.storage(), layout::log(), &facts.verifier);
    let log = match log {
        Err(Error::Storage(error)) if !matches!(error, storage::Error::TooLarge { .. }) => {
            return Err(error);
        }
        Err(error) => {
            report.fail("log.checkpoint", error);
            return Ok(None);
        }
        Ok(log) => log,
    };
    let Checkpoint { size, root, .. } = log.checkpoint();
    report.pass("log.checkpoint", format!("{size} entries, root {root}, key {}", facts.verifier));
    if *size > ENTRIES_MAX {
        report.fail("log.size", format!("more than {ENTRIES_MAX} entries"));
        return Ok(None);
    }
    entries(&log, &mut facts, report)?;
    older(&facts, options, report);
    let expected: std::collections::BTreeSet<_> = log.files().collect();
    for path in bundle.within(&layout::log()).filter(|path| !expected.contains(path)) {
        report.fail(format!("log:{path}"), "not part of a log of this size");
    }
    Ok(Some(facts))
}

fn case(
    bundle: &Bundle,
    options: &Options<'_>,
    report: &mut Report,
) -> Result<Option<Facts>, storage::Error> {
    let file = match bundle.read(&layout::case_file(), CaseFile::BYTES_MAX) {
        Err(storage::Error::TooLarge { .. }) => Some(Vec::new()),
        file => file?,
    };
    let Some(file) = file else {
        report.fail("case", "`case.json` is missing");
        return Ok(None);
    };
    let case = match CaseFile::parse(&file) {
        Ok(case) => case,
        Err(error) => {
            report.fail("case", format!("`case.json`: {error}"));
            return Ok(None);
        }
    };
    let verifier = match case.verifier() {
        Ok(verifier) => verifier,
        Err(error) => {
            report.fail("case", format!("`case.json`: {error}"));
            return Ok(None);
        }
    };
    match options.log_key {
        Some(key) if key != case.public_key => {
            report.differ("case.key", "the log has another key", key, case.public_key);
        }
        Some(key) => report.pass("case.key", format!("the log's key is the one known: {key}")),
        None => {}
    }
    Ok(Some(Facts::new(case, verifier)))
}

fn entries(log: &LogReader, facts: &mut Facts, report: &mut Report) -> Result<(), storage::Error> {
    let before = report.failures();
    let mut order = Order::default();
    let mut wrong = Vec::new();
    let problems = log.examine(&mut |seq, bytes| {
        facts.leaf(bytes);
        match order.check(seq, bytes) {
            Ok(entry) => wrong.extend(entry_check(&entry, facts)),
            Err(error) => wrong.push((seq, error.to_string())),
        }
    });
    for problem in problems.into_iter().take(TOLD_MAX) {
        match problem {
            Error::Storage(error) => return Err(error),
            Error::Root { expected, got, size } => {
                let what = format!("the root over the {size} entries is not the one signed");
                report.differ("log.root", what, expected, got);
            }
            Error::Changed { seq, expected, got } => {
                let what = "not the entry that was logged";
                report.differ(format!("log.entry:{seq}"), what, expected, got);
            }
            problem => report.fail("log.tree", problem),
        }
    }
    for (seq, reason) in wrong.into_iter().take(TOLD_MAX) {
        report.fail(format!("log.entry:{seq}"), reason);
    }
    if report.failures() == before {
        report
            .pass("log.root", format!("the {} entries give the root that is signed", facts.size()));
    }
    Ok(())
}

fn entry_check(entry: &Entry, facts: &mut Facts) -> Option<(u64, String)> {
    let opens = entry.action == Action::Open;
    let wrong = if (entry.seq == 0) != opens {
        Some("a log opens with `open`, once".to_owned())
    } else if opens && entry.body::<CaseFile>().is_ok_and(|case| case != facts.case) {
        Some("the case that was opened is not that of `case.json`".to_owned())
    } else {
        let checked = entry.check().and_then(|()| facts.entry(entry));
        checked.err().map(|error| error.to_string())
    };
    wrong.map(|reason| (entry.seq, reason))
}

fn older(facts: &Facts, options: &Options<'_>, report: &mut Report) {
    let Some(older) = options.older else { return };
    let older = match Checkpoint::open(older, &facts.verifier) {
        Ok(older) => older,
        Err(error) => {
            report.fail("log.older", format!("the older checkpoint: {error}"));
            return;
        }
    };
    let size = older.size;
    match facts.root_at(size) {
        None => report.differ(
            "log.older",
            "the log was cut off",
            format!("{size} entries or more"),
            facts.size(),
        ),
        Some(got) if got != older.root => {
            let what = format!("the first {size} entries are not those of the older checkpoint");
            report.differ("log.older", what, older.root, got);
        }
        Some(_) => {
            report.pass("log.older", format!("goes on from the checkpoint of {size} entries"));
        }
    }
}
