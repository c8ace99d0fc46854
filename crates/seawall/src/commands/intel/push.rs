//! `seawall intel push`: what leaves over TAXII, and did it arrive?

use std::time::Duration;

use clap::Args;
use seawall_core::case::Id;
use seawall_intel::{
    stix::{Limits, Object, read_bundle},
    taxii::{Status, StatusWord},
};
use serde_json::json;

use crate::{
    case::Rows,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::{Found, Login, Place, Source, find},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel push share-0001 https://taxii.example/taxii2/ --collection Inbox --token-file token --by bo
  seawall intel push share-0001 cert --by bo

What leaves is what `seawall intel export` would write: nothing that was not approved. What the server says
became of each object is kept as a receipt. After a recall the same command takes it back.";

/// Bytes and objects of one envelope, unless the server takes less.
const ENVELOPE_BYTES: usize = 8 << 20;
const ENVELOPE_OBJECTS: usize = 500;
/// How often, and how long after one another, a status is asked for.
const POLLS: u32 = 30;
const POLL_EVERY: Duration = Duration::from_secs(2);

/// Give what was approved to a TAXII server, and keep its receipt
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What was approved
    #[arg(value_name = "ID")]
    id: String,
    /// URL, or the name of a pull
    #[arg(value_name = "URL|NAME")]
    to: String,
    /// Collection, by id, alias or title [default: the only one]
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    #[command(flatten)]
    login: Login,
    /// Who lets it leave
    #[arg(long, value_name = "PERSON")]
    by: Id,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut progress = Progress::new(console.interactive);
    progress.stage("asking what is there");
    let found = target(arguments, place)?;
    if !found.collection.can_write {
        let text = format!("the collection `{}` may not be added to", found.collection.id);
        return Err(Failure::new(Exit::Permission, text));
    }
    // Only now: an export that nobody could have received is none.
    let by = (place.now()?, arguments.by.clone());
    let files = place.shares().export(&arguments.id, false, by)?;
    let mut statuses = Vec::new();
    for envelope in envelopes(&files)? {
        progress.stage("giving it to the server");
        let url = format!("{}objects/", found.url);
        let told: Status = found.server.add(&url, envelope.as_bytes())?;
        let told = settled(&found, told, &mut progress)?;
        // What was told is kept before anything else can go wrong.
        let receipt = json!({
            "at": place.now()?, "by": arguments.by, "share": arguments.id,
            "collection": found.url, "status": told,
        });
        place.receipts().append(&[serde_json::to_string(&receipt)?])?;
        statuses.push(told);
    }
    progress.finish();
    answer(arguments, &found, &statuses, console)
}

fn target(arguments: &Arguments, place: &Place) -> Result<Found, Failure> {
    if arguments.to.contains("://") {
        let credentials = arguments.login.credentials()?;
        return find(&arguments.to, arguments.collection.as_deref(), &credentials);
    }
    let Some(Source { collection, login, .. }) = place.sources().get(&arguments.to)? else {
        let text = format!("nothing has the name `{}`\nhint: name its URL", arguments.to);
        return Err(Failure::new(Exit::NoInput, text));
    };
    find(&collection, None, &arguments.login.or(&login).credentials()?)
}

/// The objects of a bundle, in envelopes that servers take.
fn envelopes(files: &[(String, String)]) -> Result<Vec<String>, Failure> {
    let mut objects: Vec<Object> = Vec::new();
    for (name, content) in files {
        read_bundle(content.as_bytes(), name, Limits::default(), &mut |taken| {
            objects.extend(taken);
            Ok(())
        })?;
    }
    let (mut envelopes, mut texts, mut bytes) = (Vec::new(), Vec::<String>::new(), 0);
    let whole = |texts: &[String]| format!("{{\"objects\":[{}]}}", texts.join(","));
    for object in &objects {
        let text = serde_json::to_string(object)?;
        if texts.len() >= ENVELOPE_OBJECTS || bytes + text.len() > ENVELOPE_BYTES {
            envelopes.push(whole(&std::mem::take(&mut texts)));
            bytes = 0;
        }
        bytes += text.len();
        texts.push(text);
    }
    if !texts.is_empty() {
        envelopes.push(whole(&texts));
    }
    Ok(envelopes)
}

/// Asks for a status until nothing is pending any more, though not for ever.
fn settled(found: &Found, mut told: Status, progress: &mut Progress) -> Result<Status, Failure> {
    let root = found.url.split("/collections/").next().unwrap_or_default();
    for _ in 0..POLLS {
        if told.status == StatusWord::Complete {
            break;
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !told.id.bytes().all(plain) || told.id.len() > 100 {
            return Err(Failure::new(Exit::Failed, "the server gives a status whose id is none"));
        }
        progress.stage("waiting until the server has looked at all");
        wait(POLL_EVERY);
        told = found.server.resource(&format!("{root}/status/{}/", told.id))?;
    }
    Ok(told)
}

#[expect(clippy::disallowed_methods, reason = "between two questions; no result depends on it")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

fn answer(
    arguments: &Arguments,
    found: &Found,
    statuses: &[Status],
    console: &mut Console,
) -> Result<(), Failure> {
    let mut rows = Rows::new(
        "seawall.intel.push/v1",
        &["share", "collection", "status", "objects", "taken", "refused", "pending"],
    );
    for told in statuses {
        let word = if told.status == StatusWord::Complete { "complete" } else { "pending" };
        rows.push(vec![
            json!(arguments.id),
            json!(found.url),
            json!(word),
            json!(told.total_count),
            json!(told.success_count),
            json!(told.failure_count),
            json!(told.pending_count),
        ]);
    }
    rows.write(arguments.format, console)?;
    let refused: u64 = statuses.iter().map(|told| told.failure_count).sum();
    if refused > 0 {
        let text = format!("the server refused {refused} objects");
        return Err(Failure::new(Exit::Failed, text));
    }
    Ok(())
}
