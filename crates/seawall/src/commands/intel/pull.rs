//! `seawall intel pull`: what do others offer over TAXII?

use std::{collections::HashSet, io::Write as _, path::PathBuf, time::Duration};

use clap::Args;
use jiff::SignedDuration;
use seawall_evidence::hash::Digest;
use seawall_intel::{
    stix::Tlp,
    taxii::{Envelope, PageEnd, Paging, Place as At, Step},
};
use serde_json::{json, value::RawValue};

use super::import;
use crate::{
    case::Rows,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::{Login, Place, Source, find},
    lookup::taxii::{Credentials, Server, Status},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel pull https://taxii.example/taxii2/ --collection Indicators --token-file token --name cert
  seawall intel pull cert
  seawall intel pull cert --every 1h

The URL is that of a server, an API root or a collection. What comes is taken in as by `seawall intel import`;
where a pull was interrupted the next one goes on. Only the server that was named is asked: no redirection is
followed, and a server that leads in circles is left, with what came before.";

/// Objects after which what came is kept.
const SLICE_OBJECTS: usize = 5_000;
const SLICE_BYTES: usize = 16 << 20;

/// Take in what a TAXII server offers, and go on where the last pull ended
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// URL, or the name that an earlier pull was given
    #[arg(value_name = "URL|NAME")]
    from: String,
    /// Collection, by id, alias or title [default: the only one]
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// Name to pull it by the next time [default: host of the URL]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    login: Login,
    /// Pull again and again, as in 30m, 1h or 24h
    #[arg(long, value_name = "TIME", value_parser = every)]
    every: Option<Duration>,
    /// Begin again: what was pulled before changes nothing
    #[arg(long)]
    anew: bool,
    /// Who says it, where an object does not say so itself [default: the name]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Who writes claims about actors down
    #[arg(long, value_name = "PERSON", default_value = "import")]
    by: String,
    /// File for what could not be taken, with number and reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn every(text: &str) -> Result<Duration, String> {
    let span: SignedDuration = text.parse().map_err(|_| "as in 30m, 1h or 24h".to_owned())?;
    Duration::try_from(span)
        .ok()
        .filter(|span| span.as_secs() >= 1)
        .ok_or_else(|| "a second or longer".to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let Some(every) = arguments.every else { return once(arguments, place, console) };
    loop {
        // A server that is away today may be there tomorrow.
        if let Err(failure) = once(arguments, place, console) {
            console.failure(&failure);
        }
        console.flush()?;
        wait(every);
    }
}

#[expect(clippy::disallowed_methods, reason = "a schedule; no result depends on it")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

fn once(arguments: &Arguments, place: &Place, console: &mut Console) -> Result<(), Failure> {
    let mut progress = Progress::new(console.interactive);
    progress.stage("asking what is there");
    let (name, mut source) = source(arguments, place)?;
    if arguments.anew {
        source.place = At::default();
    }
    let credentials = source.login.credentials()?;
    let server = Server::of(&source.collection, &credentials)?;
    let mut pull = Pull {
        server,
        paging: Paging::new(latest(place)?),
        slice: Slice::new()?,
        pulled: Pulled::default(),
    };
    progress.stage("reading what is kept");
    let mut known = import::known(place)?;
    // What came before something went wrong is kept, and the next pull goes on behind it.
    let ended = loop {
        let ended = pull.fill(&mut source.place, &mut progress);
        progress.stage("keeping what came");
        let slice = std::mem::replace(&mut pull.slice, Slice::new()?);
        let keep = Keep { arguments, name: &name, place, known: &mut known };
        slice.keep(keep, &mut pull.pulled, console)?;
        place.sources().keep(&name, &source)?;
        match ended {
            Ok(false) => {}
            Ok(true) => break Ok(()),
            Err(failure) => break Err(failure),
        }
    };
    progress.finish();
    let Pulled { pages, objects, new, rejects } = pull.pulled;
    let mut rows = Rows::new(
        "seawall.intel.pull/v1",
        &["name", "pages", "objects", "new", "rejects", "added_after"],
    );
    let after = source.place.added_after.clone();
    rows.push(vec![
        json!(name),
        json!(pages),
        json!(objects),
        json!(new),
        json!(rejects),
        json!(after),
    ]);
    rows.write(arguments.format, console)?;
    ended
}

/// Dates of a server may be ahead of ours, though not by more than a day.
fn latest(place: &Place) -> Result<i64, Failure> {
    Ok(place.now()?.as_microsecond() + 24 * 3600 * 1_000_000)
}

/// The collection that is meant, and the name that it has here.
fn source(arguments: &Arguments, place: &Place) -> Result<(String, Source), Failure> {
    let from = &arguments.from;
    if !from.contains("://") {
        let Some(mut source) = place.sources().get(from)? else {
            let text = format!("nothing was pulled by the name `{from}`\nhint: name its URL");
            return Err(Failure::new(Exit::NoInput, text));
        };
        source.login = arguments.login.or(&source.login);
        return Ok((from.clone(), source));
    }
    let credentials: Credentials = arguments.login.credentials()?;
    let found = find(from, arguments.collection.as_deref(), &credentials)?;
    if !found.collection.can_read {
        let text = format!("the collection `{}` may not be read", found.collection.id);
        return Err(Failure::new(Exit::Permission, text));
    }
    let host = from.split('/').nth(2).unwrap_or_default().replace([':', '[', ']', '@'], "-");
    let name = arguments.name.clone().unwrap_or(host);
    let before = place.sources().get(&name)?.filter(|known| known.collection == found.url);
    let at = before.map(|known| known.place).unwrap_or_default();
    let source = Source { collection: found.url, login: arguments.login.clone(), place: at };
    Ok((name, source))
}

#[derive(Default)]
struct Pulled {
    pages: u64,
    objects: u64,
    new: u64,
    rejects: u64,
}

struct Pull {
    server: Server,
    paging: Paging,
    slice: Slice,
    pulled: Pulled,
}

impl Pull {
    /// Reads pages until a slice is full; whether that was all. `at` is where the next page begins.
    fn fill(&mut self, at: &mut At, progress: &mut Progress) -> Result<bool, Failure> {
        while self.slice.objects < SLICE_OBJECTS && self.slice.bytes < SLICE_BYTES {
            progress.stage(&format!("page {}", self.pulled.pages + 1));
            let page = match self.server.page(&url(self.server.named(), at)) {
                // A cursor may be too old by now.
                Err(error) if self.pulled.pages == 0 && at.next.is_some() && is_refusal(&error) => {
                    at.next = None;
                    continue;
                }
                page => page?,
            };
            self.pulled.pages += 1;
            let envelope: Envelope = serde_json::from_slice(&page.bytes)
                .map_err(|_| Failure::new(Exit::Failed, "a page is no envelope of TAXII 2.1"))?;
            drop(page.bytes);
            self.slice.add(&envelope.objects)?;
            let end = PageEnd {
                more: envelope.more,
                next: envelope.next.as_deref(),
                last: page.last.as_deref(),
            };
            match self.paging.page(at, end, envelope.objects.iter().map(|object| object.get()))? {
                Step::Next(next) => *at = next,
                Step::Done(next) => {
                    *at = next;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn is_refusal(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<Status>()).any(|it| it.0 < 500)
}

/// The URL of a page: all versions, since all are kept.
fn url(collection: &str, at: &At) -> String {
    let mut url = format!("{collection}objects/?match%5Bversion%5D=all");
    for (name, value) in [("added_after", at.date()), ("next", at.next.as_deref())] {
        if let Some(value) = value {
            url.extend(["&", name, "=", &encoded(value)]);
        }
    }
    url
}

/// Percent-encoding (RFC 3986, 2.1) of all but unreserved letters.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(encoded).collect()
}

/// Objects that wait to be kept, as a bundle in a file.
struct Slice {
    file: tempfile::NamedTempFile,
    objects: usize,
    bytes: usize,
}

impl Slice {
    fn new() -> Result<Self, Failure> {
        let mut file = tempfile::Builder::new().suffix(".json").tempfile()?;
        file.write_all(b"{\"objects\":[")?;
        Ok(Self { file, objects: 0, bytes: 0 })
    }

    fn add(&mut self, objects: &[Box<RawValue>]) -> Result<(), Failure> {
        let mut out = std::io::BufWriter::new(&mut self.file);
        for object in objects {
            if self.objects > 0 {
                out.write_all(b",\n")?;
            }
            out.write_all(object.get().as_bytes())?;
            self.objects += 1;
            self.bytes += object.get().len();
        }
        out.flush()?;
        Ok(())
    }

    /// Takes them in, as a file that was imported.
    fn keep(
        mut self,
        keep: Keep<'_>,
        pulled: &mut Pulled,
        console: &mut Console,
    ) -> Result<(), Failure> {
        if self.objects == 0 {
            return Ok(());
        }
        self.file.write_all(b"]}")?;
        self.file.flush()?;
        let Keep { arguments, name, place, known } = keep;
        let terms = import::Arguments {
            files: Vec::new(),
            source: arguments.source.clone().unwrap_or_else(|| name.to_owned()),
            tlp: Tlp::Amber,
            confidence: 50,
            days: 90,
            by: arguments.by.clone(),
            rejects: None,
            format: arguments.format,
        };
        let taken = import::take(self.file.path(), &terms, place, known)?;
        pulled.objects += self.objects as u64;
        pulled.new += taken.new;
        pulled.rejects += taken.read.rejects.len() as u64;
        if let Some(path) = &arguments.rejects {
            let mut out = fs_err::OpenOptions::new().create(true).append(true).open(path)?;
            for reject in &taken.read.rejects {
                writeln!(out, "{}", serde_json::to_string(reject)?)?;
            }
        }
        if !taken.read.entries.is_empty() {
            import::told(&place.record(taken.read.entries, &arguments.by)?, console)?;
        }
        Ok(())
    }
}

/// What keeping takes beside the objects.
struct Keep<'a> {
    arguments: &'a Arguments,
    name: &'a str,
    place: &'a Place,
    known: &'a mut HashSet<Digest>,
}
