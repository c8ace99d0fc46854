//! Which pages, channels or accounts is a platform told of, and how do they hang together?

use seawall_core::case::{
    Id,
    asset::OperatorKind,
    disclosure::{Profile, Recipient},
};
use seawall_documents::case as documents;

use super::{
    super::{
        Knowledge, Words,
        known::said,
        words::{PlatformWords, text, texts},
    },
    Drafted,
    captures::showing,
    choice::{Asked, chosen, ids, sorted},
    notices::web_address,
};
use crate::{
    case::{Desk, failure},
    failure::{Exit, Failure},
};

pub(super) fn platforms(
    desk: &mut Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Option<Profile>,
) -> Result<Vec<Drafted>, Failure> {
    if words.platforms.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            "no platform is told anything\nhint: say which in the words, under `platforms`",
        ));
    }
    let profile = profile.unwrap_or(Profile::Partner);
    words.platforms.iter().map(|said| platform(said, desk, knowledge, words, profile)).collect()
}

fn platform(
    told: &PlatformWords,
    desk: &mut Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Profile,
) -> Result<Drafted, Failure> {
    let asked = Asked { recipient: Recipient::Platform, ground: told.ground, profile };
    let mut captures = Vec::new();
    let mut objects = Vec::new();
    for object in &told.objects {
        let asset = knowledge.named_asset(&object.asset)?;
        let id: Id = asset.id.parse()?;
        is_theirs(desk, &id, told)?;
        let capture = match &object.capture {
            Some(item) => ids([item], knowledge)?.into_iter().next(),
            None => sorted(desk, asked, &showing(desk, &id)?)?.passed.into_iter().next(),
        };
        let capture = capture.ok_or_else(|| {
            Failure::new(
                Exit::NoInput,
                format!("nothing that may go to them shows `{}`", object.asset),
            )
        })?;
        objects.push(documents::PlatformObject {
            id: asset.name.clone(),
            url: web_address(&object.url)?,
            says: object.says.clone(),
            capture: knowledge.item(capture.as_str())?.1.clone(),
        });
        if !captures.contains(&capture) {
            captures.push(capture);
        }
    }
    let disclosure = chosen(desk, knowledge, asked, &captures)?;
    let links = told.links.iter().map(|link| {
        let name = |name: &str| knowledge.named_asset(name).map(|asset| asset.name.clone());
        Ok::<_, Failure>((name(&link.one)?, name(&link.other)?, text(&link.share, knowledge)?))
    });
    let figures = words.figures.get(&format!("platform.{}", told.part));
    let document = documents::platform_report(&documents::PlatformReport {
        matter: knowledge.matter(desk, words, 1)?,
        part: told.part.clone(),
        platform: said(&told.platform),
        clause: told.clause.clone(),
        objects,
        links: links.collect::<Result<_, _>>()?,
        figures: knowledge.some_figures(figures),
        asked: texts(&told.asked, knowledge)?,
    });
    Ok(Drafted { disclosure: Some(disclosure), ..document.into() })
}

/// A platform is told of what is on it.
fn is_theirs(desk: &Desk, asset: &Id, told: &PlatformWords) -> Result<(), Failure> {
    let known = desk.state.asset(asset).map_err(failure)?;
    let on_it = known.asset.operators.iter().any(|operator| {
        operator.kind == OperatorKind::Platform && operator.organisation == told.platform
    });
    if on_it {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Conflict,
        format!(
            "`{}` is not known to be on `{}`\nhint: `seawall case asset add`, with that platform among its operators",
            known.asset.identifier, told.platform
        ),
    ))
}
