//! `seawall case bundle`: what leaves the case, so that others can check it?

use std::{io, path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use seawall_core::case::{disclosure::Ground, state::ItemState};
use seawall_documents::{
    case::{Matter, ReadMe, read_me as read_me_document},
    pdf,
};
use seawall_evidence::{
    bundle::{self, Contents, Info, Person, layout},
    canonical,
    custody::{Act, Action, SealBody},
    dataset::Manifest,
    document::Text,
    item::{Item, ItemKind},
    note::{Note, Verifier},
    storage::{Folder, RelativePath},
    text::{Actor, Id, Role},
    vault::Vault,
};
use serde_json::json;

use super::{
    document::{Knowledge, Words},
    figure,
    vault::{GroundName, ProfileName, RecipientName, gate_of},
};
use crate::{
    case::{Acting, Answer, Desk, Leaving, Written, items, read_seal, to_core, to_words, tool},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    progress::Progress,
};

mod documents;

const EXAMPLES: &str = "\
Examples:
  seawall case bundle export --out bundle --to court --profile court-sealed --as cora
  seawall verify bundle --level 3

Each sealed item passes the disclosure gate; what does not pass stays behind, and is listed. The bundle
is a BagIt bag: any tool for BagIt checks level 0, and so does the `verify.py` in it.";

/// Write a bundle for others to check
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the bundle
    #[command(after_help = EXAMPLES)]
    Export(Export),
}

#[derive(Debug, Args)]
struct Export {
    #[command(flatten)]
    asked: Asked,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// What bundle, for whom.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// Where to write it; nothing may be there
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// To whom it goes
    #[arg(long, value_enum)]
    pub(super) to: RecipientName,
    /// By what right, as counsel has picked it
    #[arg(long, value_enum)]
    pub(super) ground: Option<GroundName>,
    /// How much is shown
    #[arg(long, value_enum)]
    pub(super) profile: ProfileName,
    /// Who hands it on
    #[arg(long, value_name = "TEXT", default_value = ORGANIZATION)]
    pub(super) organization: String,
    /// Leave sealed content behind: documents, figures and the log alone
    #[arg(long)]
    pub(super) without_sealed: bool,
}

/// Who hands it on, where nobody says.
pub(super) const ORGANIZATION: &str = "the operator of the site";

/// A bundle that was written.
pub(super) struct Exported {
    pub(super) id: Id,
    pub(super) files: usize,
    /// Items that stayed behind, each with why.
    pub(super) withheld: Vec<String>,
    pub(super) written: Written,
}

impl Asked {
    /// Why the item may not lie in this bundle, if it may not.
    fn refused(&self, item: &Item) -> Option<Failure> {
        gate_of(item, self.to.into(), self.ground.map(Ground::from), self.profile.into()).1
    }
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let Command::Export(Export { asked, format }) = &arguments.command;
    free(asked)?;
    let mut desk = Desk::open(acting, console)?;
    let mut progress = Progress::new(console.interactive);
    let exported = export(&mut desk, asked, &mut |stage| progress.stage(stage));
    progress.finish();
    let Exported { id, files, withheld, written } = exported?;
    console.hint(format!("seawall verify {} --level 3", asked.out.display()))?;
    Answer::new()
        .text("bundle", id)
        .text("folder", asked.out.display())
        .with("files", files)
        .with("withheld", json!(withheld))
        .say(written, *format, console)
}

fn free(asked: &Asked) -> Result<(), Failure> {
    if !asked.out.try_exists()? {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Conflict,
        format!("`{}` is there already\nhint: name a new folder with --out", asked.out.display()),
    ))
}

/// Writes the bundle, and the entry that tells of it.
pub(super) fn export(
    desk: &mut Desk,
    asked: &Asked,
    stage: &mut dyn FnMut(&'static str),
) -> Result<Exported, Failure> {
    free(asked)?;
    let all: Vec<Item> = items(&desk.entries).collect();
    stage("gathering the bundle");
    let vault = Arc::clone(&desk.vault);
    let (contents, withheld) = contents(desk, &vault, &all, asked)?;
    let list = contents.list()?;
    let id = bundle::id(&list);
    let body = json!({
        "withheld": withheld, "to": named_of(&asked.to), "profile": named_of(&asked.profile),
    });
    let act = Act {
        object_sha256: Some(list.sha256()),
        body: Some(body),
        ..desk.act(Action::Export, id.clone(), "a bundle for others to check")?
    };
    let info = Info {
        case: desk.file.id.clone(),
        organization: to_words(&asked.organization)?,
        tool: tool(),
        exported_at: desk.now,
    };
    stage("writing the bundle");
    // The entry goes along in the bundle, and is acknowledged once the whole bundle is there.
    let leaving = Leaving::begin(desk, &asked.out, &id, list.sha256())?;
    let prepared = desk.prepare(vec![act])?;
    let partial = Folder::new(leaving.partial());
    if let Err(error) = bundle::write(&partial, &contents, &list, prepared.log.reader(), &info) {
        leaving.abandon()?;
        return Err(error.into());
    }
    let written = desk.acknowledge(prepared)?;
    leaving.finish()?;
    Ok(Exported { id, files: list.files().len(), withheld, written })
}

fn named_of(value: &impl clap::ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// The files of the bundle, and the items that stay behind, each with why.
fn contents<'a>(
    desk: &Desk,
    vault: &'a Vault,
    all: &[Item],
    export: &Asked,
) -> Result<(Contents<'a>, Vec<String>), Failure> {
    let mut contents = Contents::new(&desk.file, &people(desk)?)?;
    seals(desk, &mut contents)?;
    certificates(desk, all, &mut contents)?;
    figures(desk, &mut contents)?;
    records(desk, all, export, &mut contents)?;
    let elsewhere = documents::elsewhere(desk, all, export.profile.into());
    documents::documents(desk, all, &elsewhere, &mut contents)?;
    contents
        .add(path("data/case.jsonld")?, super::export::case_uco(&desk.file, all, &desk.state)?)?;
    let mut withheld = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for item in all {
        let known = desk.state.items.get(&to_core(&item.id)).map(|known| known.state);
        if known == Some(ItemState::Disposed) {
            withheld.push(format!("{}: disposed of", item.id));
            continue;
        }
        if let Some(why) = elsewhere.get(&to_core(&item.id)) {
            withheld.push(format!("{}: {why}", item.id));
            continue;
        }
        if export.without_sealed || known == Some(ItemState::Registered) {
            continue;
        }
        if let Some(refused) = export.refused(item) {
            withheld.push(format!("{}: {}", item.id, refused.texts().0.join("; ")));
        } else if seen.insert(item.sha256) {
            let sha256 = item.sha256;
            contents.add_large(layout::sealed(sha256), move || {
                let content = vault.open(sha256).map_err(io::Error::other)?;
                Ok(Box::new(content))
            })?;
        }
    }
    contents.add(path("data/README-FIRST.pdf")?, read_me(desk, &withheld)?)?;
    Ok((contents, withheld))
}

/// How to check the bundle, in plain words, and what is not in it.
fn read_me(desk: &Desk, withheld: &[String]) -> Result<Vec<u8>, Failure> {
    let words = Words::default();
    let mut keys = vec![(Text::new("the custody log"), desk.file.verifier()?.to_string())];
    for person in desk.state.people.values() {
        keys.push((Text::new(person.role.name().replace('_', " ")), person.public_key.clone()));
    }
    let matter = Knowledge::of(desk)?.matter(desk, &words, 1)?;
    // The list of the bundle comes before the entry that has its hash, and so before the checkpoint.
    let matter = Matter { checkpoint: None, ..matter };
    let missing = withheld.iter().map(|line| Text::default().quoted(line)).collect();
    let document = read_me_document(&ReadMe { matter, keys, missing });
    Ok(pdf::render(&document, &pdf::Pictures::default())?.bytes)
}

fn path(text: &str) -> Result<RelativePath, Failure> {
    Ok(RelativePath::new(text)?)
}

/// The people of the case, without whom approvals could not be checked.
fn people(desk: &Desk) -> Result<Vec<Person>, Failure> {
    desk.state
        .people
        .values()
        .map(|person| {
            let verifier: Verifier = person.public_key.parse()?;
            Ok(Person {
                name: Actor::new(person.id.as_str())?,
                role: Role::new(person.role.name())?,
                public_key: verifier.key(),
            })
        })
        .collect()
}

/// Each seal with its time-stamps, as its latest entry has them.
fn seals(desk: &Desk, contents: &mut Contents<'_>) -> Result<(), Failure> {
    let mut latest = std::collections::BTreeMap::new();
    for entry in &desk.entries {
        if entry.action == Action::Seal {
            let body: SealBody = entry.body()?;
            latest.insert(body.id.clone(), body);
        }
    }
    for body in latest.values() {
        let note = Note::parse(&desk.content(body.note_sha256)?)?;
        let stamps = body
            .time_stamps
            .iter()
            .map(|sha256| desk.content(*sha256))
            .collect::<Result<Vec<_>, _>>()?;
        contents.add_seal(&read_seal(&desk.vault, body.note_sha256)?, &note, &stamps)?;
    }
    Ok(())
}

/// The certificates that time-stamps are believed by, in the order they came in.
fn certificates(desk: &Desk, all: &[Item], contents: &mut Contents<'_>) -> Result<(), Failure> {
    let trusted = all.iter().filter(|item| item.kind == ItemKind::TrustedCertificate);
    for (item, number) in trusted.zip(1..) {
        let name = Id::new(format!("time-stamp-{number}"))?;
        contents.add_certificate(&name, desk.content(item.sha256)?)?;
    }
    Ok(())
}

/// Figures, and the queries and aggregates that they rest on.
fn figures(desk: &Desk, contents: &mut Contents<'_>) -> Result<(), Failure> {
    let figures = figure::figures(&desk.state, &desk.vault)?;
    if !figures.is_empty() {
        contents.add(path("data/figures/figures.json")?, canonical::to_bytes(&figures)?)?;
    }
    for (id, answer) in figure::answers_of(&desk.state, &desk.vault)? {
        contents.add(path(&format!("data/queries/{id}.json"))?, answer.query.to_bytes()?)?;
        let aggregate = answer.aggregate.as_bytes().to_vec();
        contents.add(path(&format!("data/aggregates/{id}.ndjson"))?, aggregate)?;
    }
    Ok(())
}

/// Manifests of datasets and of runs.
fn records(
    desk: &Desk,
    all: &[Item],
    export: &Asked,
    contents: &mut Contents<'_>,
) -> Result<(), Failure> {
    let content = |id: &seawall_core::case::Id| -> Result<Vec<u8>, Failure> {
        let item = all.iter().find(|item| to_core(&item.id) == *id);
        let item = item.ok_or_else(|| crate::case::no_item(id.as_str()))?;
        desk.content(item.sha256)
    };
    for dataset in desk.state.datasets.values() {
        let name = format!("data/datasets/{}.json", dataset.id);
        let manifest = content(&dataset.manifest)?;
        contents.add(path(&name)?, manifest.clone())?;
        if export.without_sealed {
            continue;
        }
        // Who gets every row may know how rows are hidden.
        let files_go = dataset.files.iter().all(|file| {
            let item = all.iter().find(|item| to_core(&item.id) == *file);
            item.is_some_and(|item| export.refused(item).is_none())
        });
        if files_go {
            let key = Manifest::parse(&manifest)?.salt_key;
            contents.add(layout::salt_key(key), content(&dataset.salt_key)?)?;
        }
    }
    for run in desk.state.runs.values() {
        contents.add(path(&format!("data/runs/{}.json", run.id))?, content(&run.manifest)?)?;
    }
    Ok(())
}
