//! D12: what is a host or registrar asked to do, and on which proof? A letter, and the same as XARF.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use seawall_evidence::{
    canonical,
    document::{Block, Document, Kind, Text},
    hash::Digest,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    draft::Draft,
    known::{Asset, Item, Matter},
    words::{asset, date, hash, identifier, item, joined, text},
};

/// What the notice is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbuseNotice {
    /// The matter.
    pub matter: Matter,
    /// Which recipient, in the name of the document: `host-1`.
    pub part: String,
    /// Who is written to.
    pub recipient: Text,
    /// What it is about.
    pub asset: Asset,
    /// Its addresses.
    pub urls: Vec<String>,
    /// What was seen there.
    pub observed: Vec<Text>,
    /// Captures that show it.
    pub captures: Vec<Capture>,
    /// The clause of the recipient's own terms, in its words.
    pub clause: String,
    /// What is asked.
    pub asked: Vec<Text>,
    /// By when.
    pub reply_by: String,
    /// The same for machines.
    pub xarf: XarfReport,
}

/// A capture of what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The item.
    pub item: Item,
    /// When it was seen.
    pub seen_at: String,
    /// From where.
    pub vantage: Text,
}

/// What XARF needs besides: `content/fraud`, since it has no type for shops of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XarfReport {
    /// Who reports.
    pub reporter: Reporter,
    /// When it was seen last: RFC 3339 in UTC.
    pub seen_at: String,
    /// Wallets: currency as XARF names it (`bitcoin`), address.
    pub wallets: Vec<(String, String)>,
}

/// Who reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reporter {
    /// Name of the organisation.
    pub organisation: String,
    /// Its address for replies.
    pub contact: String,
    /// Its domain.
    pub domain: String,
}

/// The letter.
pub fn abuse_notice(input: &AbuseNotice) -> Document {
    let title = text("Notice of abuse: ").then(asset(&input.asset));
    let mut draft = Draft::new(&input.matter, Kind::D12, title).part(&input.part).without_caption();
    draft.section("about", "What this is about");
    draft.paragraph(text("To: ").then(input.recipient.clone()));
    draft.paragraph(
        text("From: ")
            .blank("name", "name and position")
            .text(", ")
            .blank("contact", "address for replies"),
    );
    draft.paragraph(
        text("We write about ")
            .then(asset(&input.asset))
            .text(", which you serve. What it is used for: ")
            .then(input.asset.role.clone())
            .text("."),
    );
    draft.list(input.urls.iter().map(|url| identifier(url)).collect());
    draft.section("observed", "What we observed");
    draft.list(input.observed.clone());
    let rows = input.captures.iter().map(|each| {
        vec![
            date(&each.seen_at),
            each.vantage.clone(),
            item(&each.item).text(", ").then(hash(&each.item.sha256)),
        ]
    });
    draft.table(
        "Captures, enclosed",
        &[("Seen", 3, false), ("From", 4, false), ("Capture and hash", 7, false)],
        rows.collect(),
    );
    draft.section("clause", "The term of yours that it violates");
    draft.paragraph(Text::default().quoted(&input.clause));
    draft.section("asked", "What we ask");
    draft.steps(input.asked.clone());
    draft.paragraph(text("Please reply by ").then(date(&input.reply_by)).text(", and say what was done and when. A reply is not taken as proof that it was done; we look again."));
    draft.finish()
}

/// Longest description, in characters.
const DESCRIPTION_CHARACTERS_MAX: usize = 1_000;

/// The same as XARF, version 4.2.0, type `content/fraud`: JSON. What was observed, and where, is taken from the letter
/// as its recipient may see it.
pub fn xarf(input: &AbuseNotice, letter: &Document) -> Value {
    let Reporter { organisation, contact, domain } = &input.xarf.reporter;
    let party = json!({ "org": organisation, "contact": contact, "domain": domain });
    let evidence: Vec<Value> =
        input.captures.iter().map(|capture| evidence(&capture.item)).collect();
    let wallets: Vec<Value> = input
        .xarf
        .wallets
        .iter()
        .map(|(currency, address)| json!({ "currency": currency, "address": address }))
        .collect();
    let description = listed(letter, "observed").join(" ");
    let mut report = json!({
        "xarf_version": "4.2.0",
        "timestamp": input.xarf.seen_at,
        "reporter": party,
        "sender": party,
        "source_identifier": input.asset.name,
        "category": "content",
        "type": "fraud",
        "fraud_type": "other",
        "evidence_source": "researcher_analysis",
        "description": description.chars().take(DESCRIPTION_CHARACTERS_MAX).collect::<String>(),
        "evidence": evidence,
    });
    let mut optional = |name: &str, value: Value, present: bool| {
        if present {
            report[name] = value;
        }
    };
    let shown = listed(letter, "about");
    let url = input.urls.iter().find(|url| shown.contains(url));
    optional("url", json!(url), url.is_some());
    optional("cryptocurrency_addresses", json!(wallets), !wallets.is_empty());
    optional("payment_methods", json!(["cryptocurrency"]), !wallets.is_empty());
    report["report_id"] = json!(report_id(letter, &report));
    report
}

/// What a list of the letter says, point by point.
fn listed(letter: &Document, section: &str) -> Vec<String> {
    let sections = letter.blocks.iter().filter(|known| known.id == section);
    let lists = sections.flat_map(|section| &section.blocks).filter_map(|block| match block {
        Block::List { items, .. } => Some(items),
        _ => None,
    });
    lists.flatten().map(Text::plain).collect()
}

/// XARF asks for a UUID of version 4, whose bits mean nothing. They are taken from a hash over case, letter, version
/// and report instead of from chance: the same letter has the same id however often it is made or sent, so that whoever
/// gets it twice can tell, and no other letter has it.
fn report_id(letter: &Document, report: &Value) -> String {
    let content = json!([letter.case.id, letter.name(), report]);
    let digest = Digest::of(canonical::to_bytes(&content).expect("texts and lists are JSON"));
    let (bits, _) = digest.as_bytes().split_first_chunk().expect("16 bytes of 32");
    uuid::Builder::from_random_bytes(*bits).into_uuid().to_string()
}

/// The capture by its hash. Its content goes with the letter, not into the report.
fn evidence(item: &Item) -> Value {
    #[derive(Serialize)]
    struct Pointer<'a> {
        item: &'a str,
        sha256: &'a Digest,
    }
    let pointer = serde_json::to_vec(&Pointer { item: &item.id, sha256: &item.sha256 });
    let pointer = pointer.expect("two texts are JSON");
    json!({
        "content_type": "application/json",
        "description": joined([item.title.clone(), text("pointer to the enclosed capture")], ": ").plain(),
        "payload": STANDARD.encode(&pointer),
        "hash": format!("sha256:{}", Digest::of(&pointer)),
    })
}
