//! Which host or registrar is told of which abuse, on which proof?

use seawall_core::case::{
    Id,
    asset::{AssetType, DomainName, Operator},
    disclosure::{Profile, Recipient},
};
use seawall_documents::{case as documents, redaction::CONTACT};
use seawall_evidence::document::{LiteralKind, Text};

use super::{
    super::{
        Knowledge, Words,
        known::said,
        words::{NoticeWords, ReporterWords, texts},
    },
    Companion, Drafted,
    annexes::capacity,
    captures::{Seen, seen, showing},
    choice::{Asked, chosen, ids, sorted},
};
use crate::{
    case::{Desk, failure},
    failure::{Exit, Failure},
};

/// Most items of evidence that XARF takes.
const CAPTURES_MAX: usize = 50;

pub(super) fn notices(
    desk: &mut Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Option<Profile>,
) -> Result<Vec<Drafted>, Failure> {
    if words.notices.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            "nobody is told of abuse\nhint: say whom in the words, under `notices`",
        ));
    }
    let reporter = reporter(words)?;
    let profile = profile.unwrap_or(Profile::Partner);
    words
        .notices
        .iter()
        .map(|said| notice(said, desk, knowledge, words, (&reporter, profile)))
        .collect()
}

fn notice(
    said: &NoticeWords,
    desk: &mut Desk,
    knowledge: &Knowledge,
    words: &Words,
    (reporter, profile): (&documents::Reporter, Profile),
) -> Result<Drafted, Failure> {
    let asset = knowledge.named_asset(&said.asset)?;
    let id: Id = asset.id.parse()?;
    let asked = Asked { recipient: Recipient::Platform, ground: said.ground, profile };
    let disclosure = if said.captures.is_empty() {
        // Nobody chose those that stay: the log tells of them, and the letter does not.
        sorted(desk, asked, &showing(desk, &id)?)?
    } else {
        chosen(desk, knowledge, asked, &ids(&said.captures, knowledge)?)?
    };
    let captures: Vec<Seen> = disclosure
        .passed
        .iter()
        .map(|item| seen(desk, knowledge, item))
        .collect::<Result<_, Failure>>()?;
    let Some(last) = captures.iter().map(|seen| seen.at).max() else {
        return Err(Failure::new(
            Exit::NoInput,
            format!(
                "nothing that may go to them shows what `{}` is used for\nhint: name items under `captures`, or counsel states a `ground`",
                said.asset
            ),
        ));
    };
    if captures.len() > CAPTURES_MAX {
        return Err(Failure::new(
            Exit::Usage,
            format!("more than {CAPTURES_MAX} captures\nhint: choose some under `captures`"),
        ));
    }
    let notice = documents::AbuseNotice {
        matter: knowledge.matter(desk, words, 1)?,
        part: said.part.clone(),
        recipient: recipient(operator(said, desk, &id)?),
        asset: asset.clone(),
        urls: said.urls.iter().map(|url| web_address(url)).collect::<Result<_, _>>()?,
        observed: texts(&said.observed, knowledge)?,
        captures: captures.into_iter().map(|seen| seen.capture).collect(),
        clause: said.clause.clone(),
        asked: texts(&said.asked, knowledge)?,
        reply_by: said.reply_by.to_string(),
        xarf: documents::XarfReport {
            reporter: reporter.clone(),
            seen_at: last.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            wallets: wallets(said, desk, knowledge)?,
        },
    };
    Ok(Drafted {
        document: documents::abuse_notice(&notice),
        companions: vec![Companion::Report(Box::new(notice))],
        disclosure: Some(disclosure),
    })
}

/// Who reports. Machines are told the address that people read in the letter.
fn reporter(words: &Words) -> Result<documents::Reporter, Failure> {
    let Some(said) = &words.reporter else {
        return Err(Failure::new(
            Exit::NoInput,
            "who reports?\nhint: say so in the words, under `reporter`: organisation, contact, domain",
        ));
    };
    let ReporterWords { organisation, contact, domain } = said.clone();
    let domain: DomainName = domain.parse().map_err(|error| Failure::new(Exit::Usage, error))?;
    let in_letter = words.answers.get(CONTACT).is_none_or(|answer| answer.contains(&contact));
    if !contact.contains('@') || !in_letter {
        return Err(Failure::new(
            Exit::Usage,
            "the contact of the reporter is the e-mail address that the answer `contact` gives",
        ));
    }
    Ok(documents::Reporter { organisation, contact, domain: domain.ascii().to_owned() })
}

fn operator<'a>(said: &NoticeWords, desk: &'a Desk, asset: &Id) -> Result<&'a Operator, Failure> {
    let known = desk.state.asset(asset).map_err(failure)?;
    known.asset.operators.iter().find(|operator| operator.kind == said.operator).ok_or_else(|| {
        let what = capacity(said.operator);
        Failure::new(
            Exit::NoInput,
            format!("no {what} of `{}` is known\nhint: `seawall case asset add`", said.asset),
        )
    })
}

fn recipient(operator: &Operator) -> Text {
    let who = said(&operator.organisation).text(format!(", {}, ", capacity(operator.kind)));
    match &operator.abuse_contact {
        Some(contact) => who.literal(LiteralKind::Identifier, contact),
        None => who.blank("recipient_contact", "where they take reports of abuse"),
    }
}

/// An address that a browser opens.
pub(super) fn web_address(url: &str) -> Result<String, Failure> {
    let is_one = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
    if !is_one || url.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Err(Failure::new(Exit::Usage, format!("`{url}` is no address of a page")));
    }
    Ok(url.to_owned())
}

fn wallets(
    said: &NoticeWords,
    desk: &Desk,
    knowledge: &Knowledge,
) -> Result<Vec<(String, String)>, Failure> {
    said.wallets
        .iter()
        .map(|wallet| {
            let asset = knowledge.named_asset(&wallet.asset)?;
            let known = desk.state.asset(&asset.id.parse()?).map_err(failure)?;
            if known.asset.asset_type != AssetType::Wallet {
                return Err(Failure::new(Exit::Usage, format!("`{}` is no wallet", wallet.asset)));
            }
            Ok((wallet.currency.name().to_owned(), asset.name.clone()))
        })
        .collect()
}
