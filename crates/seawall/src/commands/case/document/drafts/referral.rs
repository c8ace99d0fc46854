//! What is an authority told, what is handed to it, and what is withheld?

use seawall_core::case::{
    Id,
    asset::{AssetType, Operator},
    disclosure::{ContentClass, Ground, Profile, Recipient, Withheld},
    record::WithheldItem,
    state::{AssetState, ItemState},
};
use seawall_documents::case as documents;
use seawall_evidence::{
    canonical,
    document::{Block, Document, LiteralKind, Span, Text},
};

use super::{
    super::{
        Knowledge, Words,
        known::said,
        words::{ReferralWords, text},
    },
    Companion, Drafted,
    annexes::capacity,
    choice::{Asked, ids, sorted},
    timeline::timeline,
};
use crate::{
    case::{Desk, class, failure},
    failure::{Exit, Failure},
};

pub(super) fn referral(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
    profile: Option<Profile>,
) -> Result<Drafted, Failure> {
    let Some(told) = &words.referral else {
        return Err(Failure::new(
            Exit::NoInput,
            "to which authority?\nhint: say so in the words, under `referral`: recipient, and the ground that counsel picked",
        ));
    };
    if !told.recipient.is_authority() {
        return Err(Failure::new(
            Exit::Usage,
            "a referral goes to an authority\nhint: `law_enforcement_us` or `law_enforcement_eu`",
        ));
    }
    let profile = profile.unwrap_or(Profile::LawEnforcement);
    let asked = Asked { recipient: told.recipient, ground: told.ground, profile };
    let disclosure = sorted(desk, asked, &evidence(told, knowledge)?)?;
    let shown = |id: &Id| knowledge.item(id.as_str()).map(|(_, shown)| shown.clone());
    let subjects = told
        .subjects
        .iter()
        .map(|each| Ok::<_, Failure>((each.subject.clone(), text(&each.known_by, knowledge)?)));
    let input = documents::Referral {
        matter: knowledge.matter(desk, words, 1)?,
        summary: words.paragraphs("referral_summary", knowledge)?,
        subjects: subjects.collect::<Result<_, _>>()?,
        timeline: timeline(desk, knowledge, &told.timeline)?,
        loss: documents::Loss {
            figures: knowledge.some_figures(words.figures.get("loss")),
            nexus: words.paragraphs("referral_nexus", knowledge)?,
        },
        identifiers: identifiers(desk, knowledge),
        purchases: Vec::new(),
        infrastructure: infrastructure(desk, knowledge)?,
        ground: handed_over(told.recipient, told.ground),
        evidence: disclosure.passed.iter().map(shown).collect::<Result<_, _>>()?,
        withheld: disclosure
            .withheld
            .iter()
            .map(|each| withheld(each, knowledge))
            .collect::<Result<_, _>>()?,
        secrecy: words.paragraphs("referral_secrecy", knowledge)?,
        complaint_form: complaint_form(desk, knowledge),
    };
    Ok(Drafted {
        document: documents::referral(&input),
        companions: vec![Companion::Identifiers],
        disclosure: Some(disclosure),
    })
}

/// The items that were chosen, or else all that was examined.
fn evidence(told: &ReferralWords, knowledge: &Knowledge) -> Result<Vec<Id>, Failure> {
    if !told.evidence.is_empty() {
        return ids(&told.evidence, knowledge);
    }
    let examined: Vec<String> = knowledge.examined().into_iter().map(|item| item.id).collect();
    ids(&examined, knowledge)
}

fn withheld(each: &WithheldItem, knowledge: &Knowledge) -> Result<documents::Withheld, Failure> {
    let (item, shown) = knowledge.item(each.item.as_str())?;
    let why = failure_text(each.why);
    let privileged = matches!(each.why, Withheld::WorkProduct | Withheld::AttorneyClient);
    Ok(documents::Withheld {
        what: Text::default().reference(&shown.id, &shown.id).text(", ").then(shown.title.clone()),
        class: Text::new(class_title(class(item.content_class))),
        why: Text::new(why),
        producible: !privileged,
    })
}

/// Why, without the hint, which is for whoever drafts.
fn failure_text(why: Withheld) -> String {
    Failure::new(Exit::Permission, why).texts().0.join("; ")
}

const fn class_title(class: ContentClass) -> &'static str {
    match class {
        ContentClass::Content => "content: what people wrote",
        ContentClass::NonContent => "records of customers",
        ContentClass::OwnRecord => "own record of the site",
        ContentClass::Public => "public",
    }
}

/// To whom evidence goes, and by what right.
fn handed_over(recipient: Recipient, ground: Option<Ground>) -> Text {
    let whom = match recipient {
        Recipient::LawEnforcementEu => "an authority of a member state of the European Union",
        _ => "an authority of the United States",
    };
    let all = Text::new(format!("The items below are handed over to {whom}"));
    let Some(ground) = ground else {
        return all.text(". No legal ground was stated: what needs one is withheld.");
    };
    let (what, rule) = match ground {
        Ground::CourtOrder => ("an order of a court", None),
        Ground::Warrant => ("a search warrant", Some("18 U.S.C. § 2703(a)")),
        Ground::Subpoena => ("a subpoena", Some("18 U.S.C. § 2703(c)(2)")),
        Ground::ProviderProtection => (
            "the protection of the rights and property of the provider",
            Some("18 U.S.C. § 2702(b)(5), (c)(3)"),
        ),
        Ground::Emergency => ("danger to life or limb", Some("18 U.S.C. § 2702(b)(8), (c)(4)")),
        Ground::Consent => ("consent", Some("18 U.S.C. § 2702(b)(3), (c)(2)")),
        Ground::EuProductionOrder => {
            ("a European production order", Some("Regulation (EU) 2023/1543"))
        }
        Ground::LegitimateInterest => ("a legitimate interest", Some("Article 6(1)(f) GDPR")),
    };
    let all = all.text(format!(" on this ground, as counsel has picked it: {what}"));
    match rule {
        Some(rule) => all.text(" (").literal(LiteralKind::Citation, rule).text(")."),
        None => all.text("."),
    }
}

/// What names the operation, by type: every asset that was not taken back.
fn identifiers(desk: &Desk, knowledge: &Knowledge) -> Vec<(Text, String)> {
    let mut found: Vec<(String, String)> = assets(desk, knowledge)
        .into_iter()
        .map(|(_, _, asset)| (asset.kind.plain(), asset.name.clone()))
        .collect();
    found.sort();
    found.into_iter().map(|(kind, name)| (Text::new(kind), name)).collect()
}

/// The assets of the case by name, with what is known of each.
fn assets<'a>(
    desk: &'a Desk,
    knowledge: &'a Knowledge,
) -> Vec<(&'a Id, AssetType, &'a documents::Asset)> {
    let known =
        desk.state.assets.iter().filter(|(_, known)| known.state != AssetState::WithdrawnInError);
    let mut all: Vec<_> = known
        .filter_map(|(id, known)| Some((id, known.asset.asset_type, knowledge.asset(id.as_str())?)))
        .collect();
    all.sort_by(|(_, _, one), (_, _, other)| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    all
}

/// Assets that somebody runs, with whom, and whether they were asked to preserve.
fn infrastructure(
    desk: &Desk,
    knowledge: &Knowledge,
) -> Result<Vec<(documents::Asset, Text, Text)>, Failure> {
    let letters = letters(desk)?;
    let mut all = Vec::new();
    for (id, _, asset) in assets(desk, knowledge) {
        let operators = &desk.state.asset(id).map_err(failure)?.asset.operators;
        if operators.is_empty() {
            continue;
        }
        let asking: Vec<&str> = letters
            .iter()
            .filter(|letter| speaks_of(letter, &asset.id))
            .map(|letter| letter.1.as_str())
            .collect();
        let preserved = match asking.as_slice() {
            [] => Text::new("nobody was asked yet"),
            letters => letters.iter().fold(Text::new("asked for by letter"), |text, letter| {
                text.text(" ").reference(*letter, *letter)
            }),
        };
        all.push((asset.clone(), providers(operators), preserved));
    }
    Ok(all)
}

fn providers(operators: &[Operator]) -> Text {
    let mut text = Text::default();
    for (number, operator) in operators.iter().enumerate() {
        let between = if number == 0 { "" } else { ", " };
        text = text
            .text(between)
            .then(said(&operator.organisation))
            .text(format!(" ({})", capacity(operator.kind)));
    }
    text
}

/// Letters that ask to preserve, and that went out.
fn letters(desk: &Desk) -> Result<Vec<(Document, String)>, Failure> {
    let mut letters = Vec::new();
    for key in &desk.state.released {
        let Some(record) = desk.state.documents.get(key) else { continue };
        let model = desk.state.item(&record.model).map_err(failure)?;
        if !record.id.as_str().starts_with("D14-") || model.state == ItemState::Disposed {
            continue;
        }
        let model = canonical::parse(&desk.content(model.facts.sha256.as_str().parse()?)?)?;
        letters.push((model, record.id.to_string()));
    }
    Ok(letters)
}

fn speaks_of((letter, _): &(Document, String), asset: &str) -> bool {
    let blocks = letter.blocks.iter().flat_map(|section| &section.blocks);
    let mut spans = blocks.flat_map(Block::texts).flat_map(|text| &text.0);
    spans.any(|span| matches!(span, Span::Reference { id, .. } if id == asset))
}

/// The fields of the form of the Internet Crime Complaint Center, as far as the case knows what belongs there.
fn complaint_form(desk: &Desk, knowledge: &Knowledge) -> Vec<(String, Text)> {
    use AssetType::{
        App, CdnZone, Channel, Domain, HostIp, Mailbox, Package, PaymentAccount, Phone, Server,
        SocialAccount, Video, Wallet,
    };
    let of = |types: &[AssetType]| {
        let mut all = Text::default();
        for (_, sort, asset) in assets(desk, knowledge) {
            if !types.contains(&sort) {
                continue;
            }
            let between = if all.0.is_empty() { "" } else { ", " };
            all = all.text(between).reference(&asset.id, &asset.name);
        }
        if all.0.is_empty() { Text::new("none known") } else { all }
    };
    let transactions = "amount, date and way of each transaction, or none";
    [
        (
            "Who files, and for whom",
            Text::default().blank("complainant", "name, organisation, address"),
        ),
        ("Financial transactions", Text::default().blank("transactions", transactions)),
        ("Subject: web sites", of(&[Domain, CdnZone, App, Package])),
        ("Subject: addresses of machines", of(&[HostIp, Server])),
        ("Subject: e-mail addresses", of(&[Mailbox])),
        ("Subject: telephone numbers", of(&[Phone])),
        ("Subject: accounts and channels", of(&[SocialAccount, Channel, Video])),
        ("Subject: wallets and payment accounts", of(&[Wallet, PaymentAccount])),
        ("What happened", Text::new("as in the summary, the timeline and the figures above")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
