//! D12: what is a host or registrar asked to do, and on which proof? A letter, and the same as XARF.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use seawall_evidence::{
    document::{Document, Kind, Text},
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
    /// UUID, version 4.
    pub report_id: String,
    /// Organisation that reports, its address for replies, and its domain.
    pub reporter: [String; 3],
    /// What it is in a few words, at most a thousand characters.
    pub description: String,
    /// Wallets: currency as XARF names it (`bitcoin`), address.
    pub wallets: Vec<(String, String)>,
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
            .text(", which you serve. Its role is: ")
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
        &[("Seen", 3, false), ("From", 3, false), ("Capture and hash", 7, false)],
        rows.collect(),
    );
    draft.section("clause", "The term of yours that it violates");
    draft.paragraph(Text::default().quoted(&input.clause));
    draft.section("asked", "What we ask");
    draft.steps(input.asked.clone());
    draft.paragraph(text("Please reply by ").then(date(&input.reply_by)).text(", and say what was done and when. A reply is not taken as proof that it was done; we look again."));
    draft.finish()
}

/// The same as XARF, version 4.2.0, type `content/fraud`: JSON.
pub fn xarf(input: &AbuseNotice) -> Value {
    let [org, contact, domain] = &input.xarf.reporter;
    let party = json!({ "org": org, "contact": contact, "domain": domain });
    let evidence: Vec<Value> =
        input.captures.iter().map(|capture| evidence(&capture.item)).collect();
    let wallets: Vec<Value> = input
        .xarf
        .wallets
        .iter()
        .map(|(currency, address)| json!({ "currency": currency, "address": address }))
        .collect();
    let mut report = json!({
        "xarf_version": "4.2.0",
        "report_id": input.xarf.report_id,
        "timestamp": input.matter.dated,
        "reporter": party,
        "sender": party,
        "source_identifier": input.asset.name,
        "category": "content",
        "type": "fraud",
        "fraud_type": "other",
        "evidence_source": "researcher_analysis",
        "description": input.xarf.description.chars().take(1_000).collect::<String>(),
        "evidence": evidence,
    });
    let mut optional = |name: &str, value: Value, present: bool| {
        if present {
            report[name] = value;
        }
    };
    optional("url", json!(input.urls.first()), !input.urls.is_empty());
    optional("cryptocurrency_addresses", json!(wallets), !wallets.is_empty());
    optional("payment_methods", json!(["cryptocurrency"]), !wallets.is_empty());
    report
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
