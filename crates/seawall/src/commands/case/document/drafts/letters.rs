//! Whom does the site ask to preserve what?

use seawall_documents::case as documents;

use super::super::{
    Knowledge, Words,
    words::{PreservationWords, text, texts},
};
use crate::{
    case::Desk,
    failure::{Exit, Failure},
};

pub(super) fn letters(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<Vec<documents::PreservationLetter>, Failure> {
    if words.preservation.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            "nobody is asked to preserve anything\nhint: say so in the words, under `preservation`",
        ));
    }
    words.preservation.iter().map(|said| letter(said, desk, knowledge, words)).collect()
}

fn letter(
    said: &PreservationWords,
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::PreservationLetter, Failure> {
    let asset = |name: &String| knowledge.named_asset(name).cloned();
    if said.to < said.from {
        return Err(Failure::new(Exit::Usage, "the window ends before it begins"));
    }
    Ok(documents::PreservationLetter {
        matter: knowledge.matter(desk, words, 1)?,
        part: said.part.clone(),
        recipient: text(&said.recipient, knowledge)?,
        assets: said.assets.iter().map(asset).collect::<Result<_, _>>()?,
        what: texts(&said.what, knowledge)?,
        from: said.from.to_string(),
        to: said.to.to_string(),
        why: texts(&said.why, knowledge)?,
        reply_by: said.reply_by.to_string(),
    })
}
