//! Which words do people bring to a document? A file of paragraphs and answers; numbers in it are figures by id.

mod measures;
mod outside;

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use seawall_core::case::Moment;
use seawall_documents::redaction::Pseudonym;
use seawall_evidence::document::{LiteralKind, Text};
use serde::Deserialize;

pub(in crate::commands::case) use self::measures::{
    CorrectionWords, ErratumWords, GroundWords, ImpactWords, MeasureWords, OccasionWords,
    ReasonsWords,
};
pub(in crate::commands::case) use self::outside::{
    EventWords, NoticeWords, PackageWords, PlatformWords, ReferralWords, ReporterWords,
};
use super::Knowledge;
use crate::{
    case::read_file,
    failure::{Exit, Failure},
};

/// Longest file.
const BYTES_MAX: u64 = 4 << 20;

/// What people say, by where it belongs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::commands::case) struct Words {
    /// The parties, as a caption has them.
    pub(in crate::commands::case) parties: Vec<String>,
    /// Paragraphs by the place they belong to: `found`, `limits` …
    pub(in crate::commands::case) paragraphs: BTreeMap<String, Vec<String>>,
    /// Ids of figures by the place they belong to: `harm`, `results` …
    pub(in crate::commands::case) figures: BTreeMap<String, Vec<String>>,
    /// Answers to gaps, by the id of the gap.
    pub(in crate::commands::case) answers: BTreeMap<String, String>,
    /// Who is spoken of by a pseudonym: accounts, victims, defendants.
    pub(in crate::commands::case) names: BTreeMap<Pseudonym, Vec<String>>,
    /// How defendants are told.
    pub(in crate::commands::case) service: ServiceWords,
    /// Whom the site asks to preserve what.
    pub(in crate::commands::case) preservation: Vec<PreservationWords>,
    /// Who reports, as machines are told.
    pub(in crate::commands::case) reporter: Option<ReporterWords>,
    /// What an authority is told.
    pub(in crate::commands::case) referral: Option<ReferralWords>,
    /// Whom the site tells of abuse.
    pub(in crate::commands::case) notices: Vec<NoticeWords>,
    /// What platforms are told.
    pub(in crate::commands::case) platforms: Vec<PlatformWords>,
    /// What partners get.
    pub(in crate::commands::case) packages: Vec<PackageWords>,
    /// What those are told whose account is restricted.
    pub(in crate::commands::case) reasons: Vec<ReasonsWords>,
    /// Whether it worked.
    pub(in crate::commands::case) impact: Option<ImpactWords>,
    /// Which figures were wrong.
    pub(in crate::commands::case) errata: Vec<ErratumWords>,
}

/// How defendants are told.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::commands::case) struct ServiceWords {
    /// Address of the page on which it is published.
    pub(in crate::commands::case) page: String,
    /// Where defendants can be reached.
    pub(in crate::commands::case) addresses: Vec<AddressWords>,
    /// What was tried.
    pub(in crate::commands::case) attempts: Vec<AttemptWords>,
}

/// An address that a defendant used.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct AddressWords {
    pub(in crate::commands::case) defendant: String,
    pub(in crate::commands::case) channel: String,
    pub(in crate::commands::case) address: String,
    /// Where the defendant used it.
    pub(in crate::commands::case) used: String,
    /// The item that shows so.
    pub(in crate::commands::case) item: String,
}

/// An attempt to serve.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct AttemptWords {
    pub(in crate::commands::case) defendant: String,
    pub(in crate::commands::case) channel: String,
    pub(in crate::commands::case) address: String,
    pub(in crate::commands::case) sent_at: Moment,
    /// What came of it.
    pub(in crate::commands::case) result: String,
    /// The item with the receipt.
    pub(in crate::commands::case) receipt: String,
}

/// A letter that asks to preserve.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands::case) struct PreservationWords {
    /// The recipient in the name of the document.
    pub(in crate::commands::case) part: String,
    pub(in crate::commands::case) recipient: String,
    /// Names or ids of assets.
    pub(in crate::commands::case) assets: Vec<String>,
    pub(in crate::commands::case) what: Vec<String>,
    pub(in crate::commands::case) from: Date,
    pub(in crate::commands::case) to: Date,
    pub(in crate::commands::case) why: Vec<String>,
    pub(in crate::commands::case) reply_by: Date,
}

impl Words {
    /// Reads the file; no file has no words.
    pub(in crate::commands::case) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = read_file(path, BYTES_MAX)?;
        serde_json::from_slice(&text)
            .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", path.display())))
    }

    /// The paragraphs of a place.
    pub(in crate::commands::case) fn paragraphs(
        &self,
        place: &str,
        knowledge: &Knowledge,
    ) -> Result<Vec<Text>, Failure> {
        texts(self.paragraphs.get(place).map_or(&[][..], Vec::as_slice), knowledge)
    }

    /// The one paragraph of a place; empty where there is none.
    pub(in crate::commands::case) fn paragraph(
        &self,
        place: &str,
        knowledge: &Knowledge,
    ) -> Result<Text, Failure> {
        Ok(self.paragraphs(place, knowledge)?.into_iter().next().unwrap_or_default())
    }
}

/// Lines of words, each with `{…}` in it as [`text`] has them.
pub(in crate::commands::case) fn texts(
    lines: &[String],
    knowledge: &Knowledge,
) -> Result<Vec<Text>, Failure> {
    lines.iter().map(|line| text(line, knowledge)).collect()
}

/// Words with `{…}` in them: `{F-001}` is a figure, `{asset:shop.example}` an asset, `{date:…}`, `{cite:…}`, `{id:…}`,
/// `{version:…}`, `{parameter:…}` and `{command:…}` are digits that count nothing, `{quote:…}` is somebody else's.
pub(in crate::commands::case) fn text(line: &str, knowledge: &Knowledge) -> Result<Text, Failure> {
    let mut text = Text::default();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let wrong = || Failure::new(Exit::Usage, format!("`{{` without `}}` in: {line}"));
        let (inside, after) = after.split_once('}').ok_or_else(wrong)?;
        text = piece(text.text(before), inside, knowledge)?;
        rest = after;
    }
    Ok(text.text(rest))
}

fn piece(text: Text, inside: &str, knowledge: &Knowledge) -> Result<Text, Failure> {
    let unknown = |what: &str| {
        Failure::new(Exit::NoInput, format!("there is no {what} `{inside}` in the case"))
    };
    let Some((sort, value)) = inside.split_once(':') else {
        let figure = knowledge.figure(inside).ok_or_else(|| unknown("figure"))?;
        return Ok(text.figure(&figure.id, &figure.display));
    };
    let kind = match sort {
        "asset" => {
            let asset = knowledge.asset(value).ok_or_else(|| unknown("asset"))?;
            return Ok(text.reference(&asset.id, &asset.name));
        }
        "quote" => return Ok(text.quoted(value)),
        "date" => LiteralKind::Date,
        "cite" => LiteralKind::Citation,
        "id" => LiteralKind::Identifier,
        "version" => LiteralKind::Version,
        "parameter" => LiteralKind::Parameter,
        "command" => LiteralKind::Command,
        _ => {
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "`{{{inside}}}` is neither a figure nor one of asset, date, cite, id, version, parameter, command, quote"
                ),
            ));
        }
    };
    Ok(text.literal(kind, value))
}
