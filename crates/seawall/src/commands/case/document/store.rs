//! How does a document become a version in the case: linted, numbered, rendered, kept?

use seawall_core::case::{
    Record,
    disclosure::Profile,
    record::{CompanionRecord, Disclosure, DocumentRecord},
};
use seawall_documents::{
    pdf::{self, Pictures},
    redaction::Redacted,
};
use seawall_evidence::{
    canonical,
    custody::{Act, Action},
    document::{self, Block, Document, Finding, Span, Status, Text},
    hash::Digest,
    item::ItemKind,
    text::Id,
};

use super::{Knowledge, Words, recipients::is_key};
use crate::{
    case::{Desk, Intake, hash, to_core, value},
    console::Console,
    failure::{Exit, Failure},
};

/// What there is beside a document.
#[derive(Debug, Default)]
pub(in crate::commands::case) struct Extras {
    /// The files that go with it, sorted by the endings of their names.
    pub(in crate::commands::case) companions: Vec<File>,
    /// What the disclosure gate said of the items that it hands on.
    pub(in crate::commands::case) disclosure: Option<Disclosure>,
}

/// A file that goes with a document.
#[derive(Debug)]
pub(in crate::commands::case) struct File {
    /// Its name, which is that of the document with an ending of its own.
    pub(in crate::commands::case) name: String,
    pub(in crate::commands::case) extension: &'static str,
    pub(in crate::commands::case) media_type: &'static str,
    pub(in crate::commands::case) bytes: Vec<u8>,
}

/// A version that was kept.
pub(in crate::commands::case) struct Stored {
    pub(in crate::commands::case) id: String,
    pub(in crate::commands::case) version: u64,
    pub(in crate::commands::case) pages: u64,
    pub(in crate::commands::case) sha256: Digest,
    pub(in crate::commands::case) bytes: Vec<u8>,
}

/// Fills gaps with the answers of people.
pub(in crate::commands::case) fn answered(document: &mut Document, words: &Words) {
    for_each_text(document, &mut |text| {
        for span in &mut text.0 {
            if let Span::Blank { id, answer, .. } = span
                && let Some(given) = words.answers.get(id.as_str())
            {
                *answer = Some(given.clone());
            }
        }
    });
}

/// What keeps the document from being released.
pub(in crate::commands::case) fn checked(
    document: &Document,
    knowledge: &Knowledge,
) -> Vec<Finding> {
    let mut known = knowledge.known();
    // A document may speak of itself.
    known.references.entry(name(document)).or_default();
    document::lint(document, &known)
}

fn for_each_text(document: &mut Document, each: &mut dyn FnMut(&mut Text)) {
    for section in &mut document.blocks {
        for block in &mut section.blocks {
            match block {
                Block::Paragraph { text, .. } => each(text),
                Block::List { items, .. } => items.iter_mut().for_each(&mut *each),
                Block::Table(table) => table.rows.iter_mut().flatten().for_each(&mut *each),
                Block::Picture(_) => {}
                Block::Signature { lines } => lines.iter_mut().for_each(&mut *each),
            }
        }
    }
}

/// Numbers, renders and keeps a version; the acts that say so are added to `acts`.
pub(in crate::commands::case) fn store(
    desk: &mut Desk,
    mut redacted: Redacted,
    (profile, extras): (Profile, &Extras),
    findings: &mut [Finding],
    acts: &mut Vec<Act>,
    console: &mut Console,
) -> Result<Stored, Failure> {
    let pictures = Pictures::default();
    let mut one = [redacted.document.clone()];
    let id = name(&one[0]);
    pdf::number_pages(&mut one, &pictures, &prefix(desk, &id), 1)?;
    let [mut document] = one;
    let version = u64::from(document.version);
    let rendering = pdf::render(&document, &pictures)?;
    pdf::locate(findings, &rendering);
    redacted.locate(&rendering);
    told(&id, document.status, findings, console)?;
    let model = canonical::to_bytes(&document)?;
    let cites = cites(desk, &mut document);
    // What rests on personal data goes out only with the word of privacy as well.
    let personal = |id: &seawall_core::case::Id| {
        desk.state.items.get(id).is_some_and(|item| item.facts.personal_data)
    };
    let personal_data = is_key(&document) || cites.iter().any(personal);
    let mut put = |media_type: &str, what: &str, from: Vec<Id>, personal_data, content: &[u8]| {
        let source = format!("{what} of {id}, version {version}");
        let intake = Intake {
            personal_data,
            ..Intake::derived(ItemKind::Document, media_type, &source, from)
        };
        let (item, act) = desk.take(&intake, &mut &*content)?;
        acts.push(act);
        Ok::<_, Failure>(item)
    };
    let of_model = put("application/json", "the model", vec![], personal_data, &model)?;
    let of_rendering =
        put("application/pdf", "the rendering", vec![], personal_data, &rendering.bytes)?;
    let log = canonical::to_bytes(&redacted.entries)?;
    // It says where something was replaced, and never what.
    let of_log = put("application/json", "the redaction log", vec![], false, &log)?;
    let mut companions = Vec::new();
    for file in &extras.companions {
        let what = format!("the file {}", file.name);
        let from = vec![of_model.id.clone()];
        let item = put(file.media_type, &what, from, personal_data, &file.bytes)?;
        let extension = file.extension.parse()?;
        let (item, sha256) = (to_core(&item.id), hash(item.sha256));
        companions.push(CompanionRecord { extension, item, sha256 });
    }
    let made = (version, profile, redacted.entries.len());
    acts.push(redaction(desk, &id, made, of_log.sha256)?);
    let record = DocumentRecord {
        id: id.parse()?,
        version,
        model: to_core(&of_model.id),
        rendering: to_core(&of_rendering.id),
        sha256: hash(of_rendering.sha256),
        is_final: document.status == Status::Released,
        personal_data,
        cites,
        profile: (profile != Profile::Internal).then_some(profile),
        redactions: Some(to_core(&of_log.id)),
        companions,
        disclosure: extras.disclosure.clone(),
    };
    let said = if record.is_final { "a final version" } else { "a draft" };
    acts.push(desk.record(Id::new(&*id)?, &Record::Document(record), said)?);
    Ok(Stored {
        id,
        version,
        pages: rendering.pages,
        sha256: of_rendering.sha256,
        bytes: rendering.bytes,
    })
}

/// Tells what was found, and refuses a final version where anything was.
fn told(
    id: &str,
    status: Status,
    findings: &[Finding],
    console: &mut Console,
) -> Result<(), Failure> {
    for finding in findings {
        writeln!(console.data(), "{}", seawall_charts::text::visible(&finding.to_string(), 400))?;
    }
    if status == Status::Released && !findings.is_empty() {
        return Err(Failure::new(
            Exit::Findings,
            format!(
                "{id} cannot be final: {} findings\nhint: fill the gaps, and bind every number",
                findings.len()
            ),
        ));
    }
    Ok(())
}

/// The act that says for whom a version was made, and how much of it was replaced.
fn redaction(
    desk: &Desk,
    id: &str,
    (version, profile, entries): (u64, Profile, usize),
    log: Digest,
) -> Result<Act, Failure> {
    let profile = named(&profile)?;
    let what = format!("version {version}, made for {profile}: {entries} redactions");
    Ok(Act { object_sha256: Some(log), ..desk.act(Action::Redact, Id::new(id)?, &what)? })
}

/// A profile or a recipient as files name it.
pub(super) fn named(name: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::from_value(value(name)?)?)
}

/// The id of the document: its name without its version.
pub(super) fn name(document: &Document) -> String {
    let version = format!("-v{}", document.version);
    document.name().trim_end_matches(&version).to_owned()
}

/// Page numbers begin anew in each document, so that they bear its name.
fn prefix(desk: &Desk, id: &str) -> String {
    format!("{}-{id}", desk.file.id.as_str().to_uppercase())
}

/// The items that the document refers to.
fn cites(desk: &Desk, document: &mut Document) -> Vec<seawall_core::case::Id> {
    let mut cites = Vec::new();
    for_each_text(document, &mut |text| {
        for span in &text.0 {
            if let Span::Reference { id, .. } = span
                && let Ok(id) = id.parse()
                && desk.state.items.contains_key(&id)
            {
                cites.push(id);
            }
        }
    });
    cites.sort();
    cites.dedup();
    cites
}
