//! `seawall case detection`: which accounts did the detector find, in what, and can anyone find them again?

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use seawall_core::case::{Record, record::RunRecord};
use seawall_engine::output::{AtHand, FILES, FileDigest, MANIFEST, Manifest};
use seawall_evidence::{
    custody::{Act, Action},
    hash::Digest,
    item::{ItemKind, Origin},
    run::{Input, Membership, Run},
    text::Id,
};

use crate::{
    case::{Acting, Answer, Desk, Intake, id, to_core, to_words},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    knowledge::Given,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall detect signups.ndjson.zst --out run
  seawall case detection seal run --events signups.ndjson.zst --as ana
  seawall case detection seal run --events signups.ndjson.zst --knowledge lists --knowledge asn.mmdb --as ana

The events and every file of the run come into the vault, each with its hash. Level 3 of
`seawall verify` detects again in the sealed events, and compares the members. Of the lists and
databases that were used the manifest of the run has the hashes: what is not named with
--knowledge must be at hand where level 3 is run.";

/// What a run must have for level 3: who is a member of what.
pub(in crate::commands) const MEMBERS: &str = "members.csv";

/// Seal a run of `seawall detect`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take a run and what it read into the case
    #[command(after_help = EXAMPLES)]
    Seal(Seal),
}

#[derive(Debug, Args)]
struct Seal {
    /// Folder or URL of the run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The files that the run read, in any order
    #[arg(long, required = true, value_name = "FILE")]
    events: Vec<PathBuf>,
    /// The field map, lists and databases that the run used, or folders of them, in any order [default: their hashes
    /// alone are sealed]
    #[arg(long, value_name = "PATH")]
    knowledge: Vec<PathBuf>,
    /// The events tell of persons
    #[arg(long)]
    personal_data: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let Command::Seal(seal) = &arguments.command;
    let at_hand = AtHand::new(&seal.run, &FILES)?;
    let folder = at_hand.folder();
    let manifest = Manifest::read(folder)?;
    let mut desk = Desk::open(acting, console)?;
    let mut progress = Progress::new(console.interactive);
    progress.stage("taking the run in");
    let mut acts = Vec::new();
    let inputs = take_events(&mut desk, seal, &manifest, &mut acts)?;
    let missing = take_knowledge(&mut desk, seal, &manifest, &mut acts)?;
    let mut outputs = Vec::new();
    for output in &manifest.outputs {
        let path = folder.join(&output.file);
        let intake = Intake {
            personal_data: seal.personal_data,
            ..Intake::derived(
                ItemKind::Run,
                media_type(&output.file),
                &format!("a run, file {}", output.file),
                inputs.clone(),
            )
        };
        let (item, act) = desk.take_file(&intake, &path)?;
        changed(item.sha256.to_string() == output.sha256, &path)?;
        acts.push(act);
        outputs.push(to_core(&item.id));
    }
    let intake =
        Intake::derived(ItemKind::Run, "application/json", "the manifest of a run", inputs.clone());
    let (of_program, act) = desk.take_file(&intake, &folder.join(MANIFEST))?;
    acts.push(act);
    outputs.push(to_core(&of_program.id));
    progress.finish();
    let run = desk.new_id("run");
    let kept = kept(&run, &manifest, of_program.sha256, &inputs, folder)?;
    let content = kept.to_bytes()?;
    let intake =
        Intake::derived(ItemKind::Run, "application/json", "what is kept of a run", inputs.clone());
    let (item, act) = desk.take(&intake, &mut content.as_slice())?;
    acts.push(act);
    let record = RunRecord {
        id: to_core(&run),
        manifest: to_core(&item.id),
        inputs: inputs.iter().map(to_core).collect(),
        outputs,
    };
    acts.push(desk.record(id(&record.id), &Record::Run(record), "a detection")?);
    let written = desk.write(acts)?;
    if !missing.is_empty() {
        console.hint(
            "level 3 wants the files that are not sealed: `seawall verify BUNDLE --level 3 --knowledge PATH`",
        )?;
    }
    Answer::new()
        .text("run", run)
        .with("campaigns", manifest.counts.campaigns)
        .with("members", kept.members)
        .text("membership_sha256", kept.membership_sha256)
        .text("manifest_sha256", kept.manifest_sha256)
        .with("sealed_by_hash_alone", missing)
        .say(written, seal.format, console)
}

/// Brings what the run used beside the events into the vault, as far as it was named; the files that were not. Their
/// hashes are sealed all the same: the manifest of the run has them.
fn take_knowledge(
    desk: &mut Desk,
    seal: &Seal,
    manifest: &Manifest,
    acts: &mut Vec<Act>,
) -> Result<Vec<String>, Failure> {
    let given = Given::new(&seal.knowledge)?;
    let mut missing = Vec::new();
    for file in &manifest.knowledge {
        let Some(path) = given.find(file)? else {
            missing.push(file.file.clone());
            continue;
        };
        let intake = Intake {
            action: Action::Acquire,
            origin: Origin::ThirdParty,
            method: "read from a file".to_owned(),
            reason: "what was detected with, beside the events".to_owned(),
            ..Intake::derived(
                ItemKind::File,
                "application/octet-stream",
                &format!("knowledge of a run, file {}", file.file),
                Vec::new(),
            )
        };
        let (item, act) = desk.take_file(&intake, path)?;
        changed(item.sha256.to_string() == file.sha256, path)?;
        acts.push(act);
    }
    if missing.len() < manifest.knowledge.len() || seal.knowledge.is_empty() {
        return Ok(missing);
    }
    Err(Failure::new(
        Exit::NoInput,
        format!(
            "none of what the run used is among the knowledge: {}\nhint: the very files; or leave --knowledge out, and their hashes are sealed",
            missing.join(", ")
        ),
    ))
}

/// Brings what the run read into the vault.
fn take_events(
    desk: &mut Desk,
    seal: &Seal,
    manifest: &Manifest,
    acts: &mut Vec<Act>,
) -> Result<Vec<Id>, Failure> {
    let mut inputs = Vec::new();
    for input in &manifest.inputs {
        let path = find(&seal.events, input)?;
        let intake = Intake {
            action: Action::Acquire,
            personal_data: seal.personal_data,
            method: "read from a file".to_owned(),
            reason: "the events that were detected in".to_owned(),
            ..Intake::derived(
                ItemKind::File,
                "application/octet-stream",
                &format!("events, file {}", input.file),
                Vec::new(),
            )
        };
        let (item, act) = desk.take_file(&intake, &path)?;
        changed(item.sha256.to_string() == input.sha256, &path)?;
        acts.push(act);
        inputs.push(item.id);
    }
    Ok(inputs)
}

/// What a bundle keeps of the run.
fn kept(
    run: &Id,
    manifest: &Manifest,
    manifest_sha256: Digest,
    inputs: &[Id],
    folder: &Path,
) -> Result<Run, Failure> {
    let membership = membership(&folder.join(MEMBERS))?;
    let inputs = manifest
        .inputs
        .iter()
        .zip(inputs)
        .map(|(input, item)| Ok(Input { item: item.clone(), sha256: input.sha256.parse()? }))
        .collect::<Result<_, Failure>>()?;
    Ok(Run {
        id: run.clone(),
        tool: to_words(&format!("seawall {}", manifest.version))?,
        configuration_sha256: Digest::of(serde_json::to_vec(&manifest.config)?),
        manifest_sha256,
        inputs,
        members: membership.members,
        membership_sha256: membership.sha256,
    })
}

/// Who is in which campaign, as the members file of a run says.
pub(in crate::commands) fn membership(path: &Path) -> Result<Membership, Failure> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut pairs = Vec::new();
    for row in reader.records() {
        let row = row?;
        let (Some(account), Some(campaign)) = (row.get(0), row.get(1)) else {
            return Err(Failure::new(
                Exit::Integrity,
                format!("`{}` has too few columns", path.display()),
            ));
        };
        pairs.push((account.to_owned(), campaign.to_owned()));
    }
    Ok(Membership::new(
        pairs.iter().map(|(account, campaign)| (account.as_str(), campaign.as_str())),
    )?)
}

fn find(given: &[PathBuf], input: &FileDigest) -> Result<PathBuf, Failure> {
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let wanted = name(&PathBuf::from(&input.file));
    given.iter().find(|path| name(path) == wanted).cloned().ok_or_else(|| {
        Failure::new(
            Exit::NoInput,
            format!(
                "the run read `{}`, which is not among the events\nhint: name it with --events",
                input.file
            ),
        )
    })
}

fn changed(same: bool, path: &Path) -> Result<(), Failure> {
    if same {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Integrity,
        format!("`{}` is not what the run says it is\nhint: detect again", path.display()),
    ))
}

fn media_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json") => "application/json",
        Some("ndjson") => "application/x-ndjson",
        Some("csv") => "text/csv",
        Some("parquet") => "application/vnd.apache.parquet",
        Some("html") => "text/html",
        _ => "application/octet-stream",
    }
}
