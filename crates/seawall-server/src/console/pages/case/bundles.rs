//! What left the case for others to check, and how does one take it along?

use std::{
    io::{self, Write},
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

use axum::{
    Form,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_charts::text::counted;
use seawall_core::case::{
    disclosure::{Ground, Profile, Recipient},
    people::{Power, right},
};
use seawall_evidence::custody::{Action, Entry};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{
    super::{
        away,
        cases::{keeper, told_to_audit},
    },
    Seen,
    evidence::word,
};
use crate::console::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    cases::BundleFor,
    parts,
    table::{self, Asked, Column},
};

/// Pieces of an archive that wait for a slow reader.
const PIECES_MAX: usize = 16;
/// Bytes of a piece.
const PIECE_BYTES: usize = 64 << 10;

/// What the entry of an export says.
#[derive(Deserialize)]
struct Said {
    to: String,
    profile: String,
    #[serde(default)]
    withheld: Vec<String>,
}

/// The bundles that left the case, the newest first.
fn exported(entries: &[Entry]) -> Vec<(&Entry, Said)> {
    let mut found: Vec<(&Entry, Said)> = entries
        .iter()
        .filter(|entry| {
            entry.action == Action::Export && entry.object.as_str().starts_with("bundle-")
        })
        .filter_map(|entry| Some((entry, entry.body().ok()?)))
        .collect();
    found.reverse();
    found
}

const COLUMNS: [Column; 5] = [
    Column::text("", "Bundle"),
    Column::text("", "To"),
    Column::text("", "By"),
    Column::text("", "Stayed behind"),
    Column::text("", ""),
];

pub(super) fn part(console: &Console, visitor: &Visitor, seen: &Seen) -> Markup {
    let all = exported(&seen.case.entries);
    let may = visitor.may(Capability::ChangeCases) && seen.me.is_some();
    let lies_here = |seq| keeper(console).is_ok_and(|cases| cases.bundle(seen.id(), seq).is_ok());
    let rows = html! { @for (entry, said) in &all {
        tr data-row {
            th scope="row" { code .id { (entry.object) } span .below { (parts::rfc3339(&entry.time.to_string())) ", entry " (entry.seq) } }
            td { (parts::name(&said.to.replace('-', " "))) span .below { (parts::name(&said.profile.replace('-', " "))) } }
            td { (parts::name(entry.actor.as_str())) }
            td { @if said.withheld.is_empty() { span .soft { "nothing" } } @else { details { summary { (counted(said.withheld.len() as u64, "item", "items")) } ul { @for own in said.withheld.iter().take(100) { li { (parts::sentence(own)) } } } } } }
            td { @if !lies_here(entry.seq) { span .soft { "not kept here" } } @else if may { a .button href={ "/cases/" (seen.id()) "/bundles/" (entry.seq) ".tar" } download={ (seen.id()) "-" (entry.object) ".tar" } { "Download" span .hidden { " " (entry.object) } } } @else { span .soft { "lies here" } } }
        }
    } };
    html! {
        p .soft { "A bundle is a BagIt bag that anybody can check without Seawall: " code { "python3 BUNDLE/data/verify.py BUNDLE" } ", or " code { "seawall verify BUNDLE" } ". What left is bound by the custody log." }
        @if all.is_empty() {
            (parts::empty("No bundle was exported yet", &html! { p { "It holds what was released, the log, seals and approvals, and what passes the disclosure gate for its recipient. " @if may { "Export one below." } @else { code { "seawall case bundle export" } " writes one." } } }))
        } @else {
            div .list { (table::table(&Asked::default(), "Bundles", &COLUMNS, ("", false), &rows)) }
            p .files { a href={ "/cases/" (seen.id()) "/bundles.csv" } download { "CSV" } }
        }
        (form(visitor, seen))
    }
}

fn form(visitor: &Visitor, seen: &Seen) -> Markup {
    if !visitor.may(Capability::ChangeCases) {
        return Markup::default();
    }
    let Some((_, role)) = &seen.me else { return Markup::default() };
    parts::block(
        "export",
        "Export a bundle",
        &html! {
            @if !right(*role, Power::ReadEvidence).acts() {
                p { "As " (role.name().replace('_', " ")) " you take nothing out of the case." }
            } @else {
                form method="post" action={ "/cases/" (seen.id()) "/bundles" } {
                    div .field { label for="to" { "To whom it goes" } select #to name="to" { @for own in Recipient::ALL { option value=(word(&own)) { (word(&own).replace('_', " ")) } } } }
                    div .field { label for="profile" { "How much is shown" } select #profile name="profile" { @for own in Profile::ALL.into_iter().filter(|own| *own != Profile::Internal) { option value=(word(&own)) { (word(&own).replace('_', " ")) } } } }
                    div .field { label for="ground" { "By what right " span .soft { "(as counsel has picked it)" } } select #ground name="ground" { option value="" { "none is claimed" } @for own in Ground::ALL { option value=(word(&own)) { (word(&own).replace('_', " ")) } } } }
                    label .tick for="without" { input #without type="checkbox" name="without_sealed" value="true"; "Leave sealed content behind: documents, figures and the log alone" }
                    p .soft { "It is written in clear, in " code { "bundles" } " of the data directory, until somebody deletes it." }
                    button .primary type="submit" { "Export" }
                }
            }
        },
    )
}

#[derive(Deserialize)]
pub(in crate::console) struct ExportForm {
    to: String,
    profile: String,
    #[serde(default)]
    ground: String,
    #[serde(default)]
    without_sealed: bool,
}

/// A word of a form.
fn of_word<T: DeserializeOwned>(word: &str) -> Result<T, Trouble> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| Trouble::Wrong("There is no such choice.".to_owned()))
}

pub(in crate::console) async fn export(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(typed): Form<ExportForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let by = seen.acting()?.to_owned();
    let to = BundleFor {
        recipient: of_word(&typed.to)?,
        ground: if typed.ground.is_empty() { None } else { Some(of_word(&typed.ground)?) },
        profile: of_word(&typed.profile)?,
        without_sealed: typed.without_sealed,
    };
    let (cases, case) = (keeper(&console)?, id.clone());
    let bundle = away(move || Ok(cases.export(&case, &by, &to)?)).await?;
    let what = format!("exported {} for {}, entry {}", bundle.id, typed.to, bundle.seq);
    told_to_audit(&console, &visitor, &id, &what).await?;
    Ok(Redirect::to(&format!("/cases/{id}?tab=bundles")).into_response())
}

/// Hands a bundle out as an archive.
pub(in crate::console) async fn take(
    State(console): State<Arc<Console>>,
    Path((id, bundle)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let nothing = Trouble::NotFound("There is no such bundle.");
    let seq: u64 = bundle
        .strip_suffix(".tar")
        .and_then(|seq| seq.parse().ok())
        .ok_or_else(|| nothing.clone())?;
    let told = exported(&seen.case.entries).into_iter().find(|(entry, _)| entry.seq == seq);
    let object = told.map(|(entry, _)| entry.object.to_string()).ok_or(nothing)?;
    seen.acting()?;
    let (cases, case) = (keeper(&console)?, id.clone());
    let folder = away(move || Ok(cases.bundle(&case, seq)?)).await?;
    told_to_audit(&console, &visitor, &id, &format!("took {object} along")).await?;
    let disposition = format!("attachment; filename=\"{id}-{object}.tar\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-tar")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, archive(folder, object)).into_response())
}

/// The files of a folder, in their order, as they are asked for.
fn archive(folder: PathBuf, name: String) -> Body {
    let (pieces, taken) = mpsc::channel::<io::Result<Bytes>>(PIECES_MAX);
    tokio::task::spawn_blocking(move || {
        let writer = io::BufWriter::with_capacity(PIECE_BYTES, Pieces(pieces.clone()));
        if let Err(error) = pack(&folder, &name, writer) {
            // Whoever reads learns that it is not whole.
            let _ = pieces.blocking_send(Err(error));
        }
    });
    Body::from_stream(ReceiverStream::new(taken))
}

fn pack(folder: &FilePath, name: &str, writer: impl Write) -> io::Result<()> {
    let mut archive = tar::Builder::new(writer);
    archive.mode(tar::HeaderMode::Deterministic);
    archive.follow_symlinks(false);
    let mut files = Vec::new();
    list(folder, &mut files)?;
    files.sort();
    for file in files {
        let within = file.strip_prefix(folder).map_err(io::Error::other)?;
        archive.append_path_with_name(&file, FilePath::new(name).join(within))?;
    }
    archive.into_inner()?.flush()
}

fn list(folder: &FilePath, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()? {
            kind if kind.is_dir() => list(&entry.path(), files)?,
            kind if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    Ok(())
}

/// Pieces for whoever reads the answer; where nobody does any more, it ends.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        self.0.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The same as rows.
pub(super) fn rows(case: &crate::console::cases::Case) -> seawall_charts::table::Table {
    use seawall_charts::table::{Cell, Table};
    let mut table =
        Table::new(&["bundle", "seq", "time", "to", "profile", "by", "withheld", "list_sha256"]);
    for (entry, said) in exported(&case.entries) {
        table.rows.push(vec![
            entry.object.as_str().into(),
            Cell::Count(entry.seq),
            entry.time.to_string().into(),
            said.to.into(),
            said.profile.into(),
            entry.actor.as_str().into(),
            said.withheld.join("; ").into(),
            entry.object_sha256.map_or(Cell::None, |sha256| sha256.to_string().into()),
        ]);
    }
    table
}
