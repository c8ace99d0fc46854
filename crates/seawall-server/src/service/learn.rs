//! What can be learned from decisions that were made and labelled?
//!
//! A record has all that was at hand when its decision was made, and names the snapshot of that moment: an example of it
//! cannot know what came later.

use std::{path::Path, sync::Arc};

use seawall_core::{
    decision::{exposed::Loaded, policy::Policy, record::Record},
    event::Event,
};
use seawall_engine::{
    read::{LineReader, Sink},
    train::{Example, Examples, Labels, Word, gather::of_record},
};
use seawall_store::{journal::Readers, place::Folder};

use super::{
    Error, LabelWord,
    data::Data,
    entry::{EVENT, EventEntry, KeptLabel, LABEL, RECORD},
};

/// Takes the site's word of trust.
struct Trust<'a>(&'a mut Labels);

impl Sink for Trust<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if event.trusted == Some(true) {
            self.0.add(event.account, Word::Trusted, None);
        }
    }
}

/// The labelled signups that a data directory has decisions about. `labels` are added to those that it has itself; of a
/// person's words the directory's count last. Reads only; a server may be running. `progress` is told entries done.
pub fn examples(
    data: &Path,
    labels: &mut Labels,
    progress: &mut dyn FnMut(u64),
) -> Result<Examples, Error> {
    let data = Data::new(data);
    let readers = Readers::open(Arc::new(Folder::new(data.journal())))?;
    let lines = LineReader::default();
    for entry in readers.from(0) {
        let (sequence, entry) = entry?;
        let broken = || Error::Entry { sequence };
        match entry.kind {
            EVENT => {
                let own = EventEntry::decode(&entry.content).ok_or_else(broken)?;
                lines.read("event", own.line, &mut Trust(labels));
            }
            LABEL => {
                let KeptLabel { label, .. } =
                    serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                match label.label {
                    LabelWord::Fraudulent => labels.add(&label.account, Word::Fraudulent, None),
                    LabelWord::Genuine => labels.add(&label.account, Word::Genuine, None),
                    LabelWord::Exonerated => labels.add(&label.account, Word::Exonerated, None),
                    LabelWord::Undecided => labels.withdraw(&label.account),
                }
            }
            _ => {}
        }
        if sequence % 4096 == 0 {
            progress(sequence);
        }
    }
    of_records(&data, &readers, labels, progress)
}

fn of_records(
    data: &Data,
    readers: &Readers,
    labels: &Labels,
    progress: &mut dyn FnMut(u64),
) -> Result<Examples, Error> {
    let policy = Policy::standard();
    let mut loaded: Option<Loaded> = None;
    let mut found: Vec<Example> = Vec::new();
    for entry in readers.from(0) {
        let (sequence, entry) = entry?;
        if sequence % 4096 == 0 {
            progress(sequence);
        }
        if entry.kind != RECORD {
            continue;
        }
        let record = Record::decode(&entry.content).map_err(|_| Error::Entry { sequence })?;
        let loaded = match loaded.take() {
            Some(own) if own.id == record.snapshot => loaded.insert(own),
            _ => loaded.insert(data.snapshot(&record.snapshot)?),
        };
        found.extend(of_record(loaded, &policy, &record, labels));
    }
    Ok(Examples::new(found))
}
