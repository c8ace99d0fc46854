//! What does a partner get, under which terms, and until when?

use jiff::tz::TimeZone;
use seawall_core::case::disclosure::{Profile, Recipient};
use seawall_documents::case as documents;

use super::{
    super::{
        Knowledge, Words,
        words::{PackageWords, text, texts},
    },
    Drafted,
    choice::{Asked, chosen, ids},
};
use crate::{
    case::Desk,
    failure::{Exit, Failure},
};

pub(super) fn packages(
    desk: &mut Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Option<Profile>,
) -> Result<Vec<Drafted>, Failure> {
    if words.packages.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            "no partner gets anything\nhint: say who gets what in the words, under `packages`",
        ));
    }
    let profile = profile.unwrap_or(Profile::Partner);
    words.packages.iter().map(|said| package(said, desk, knowledge, words, profile)).collect()
}

fn package(
    said: &PackageWords,
    desk: &mut Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Profile,
) -> Result<Drafted, Failure> {
    if said.expires <= desk.now.timestamp().to_zoned(TimeZone::UTC).date() {
        return Err(Failure::new(
            Exit::Usage,
            format!("the package `{}` expires before it goes out", said.part),
        ));
    }
    let asked = Asked { recipient: Recipient::Partner, ground: said.ground, profile };
    let items = ids(said.files.iter().map(|file| &file.item), knowledge)?;
    let disclosure = chosen(desk, knowledge, asked, &items)?;
    let files = said.files.iter().map(|file| {
        let (item, _) = knowledge.item(&file.item)?;
        Ok::<_, Failure>((file.name.clone(), text(&file.holds, knowledge)?, item.sha256))
    });
    let document = documents::partner_package(&documents::PartnerPackage {
        matter: knowledge.matter(desk, words, 1)?,
        part: said.part.clone(),
        recipient: text(&said.recipient, knowledge)?,
        marking: said.marking.name().to_owned(),
        files: files.collect::<Result<_, _>>()?,
        confidence: texts(&said.confidence, knowledge)?,
        expires: said.expires.to_string(),
        // The same for every version: what is called back is what the partner holds, whichever it got.
        recall: format!("recall-{}-{}", desk.file.id, said.part),
        terms: texts(&said.terms, knowledge)?,
    });
    Ok(Drafted { disclosure: Some(disclosure), ..document.into() })
}
