//! Who is ordered to do what, step by step? One annex for each respondent of the schedule.

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::case::{
    asset::{EndState, Operator, OperatorKind},
    schedule::Row,
};
use seawall_documents::case as documents;
use seawall_evidence::document::{LiteralKind, Text};

use super::{
    super::{Knowledge, Words, known::to_the_minute},
    schedule::{latest, operator},
};
use crate::{
    case::Desk,
    failure::{Exit, Failure},
};

pub(super) fn annexes(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<Vec<documents::OrderAnnex>, Failure> {
    let schedule = latest(desk)?;
    let mut names: BTreeMap<&str, &Operator> = BTreeMap::new();
    for operator in schedule.rows.iter().flat_map(|row| &row.respondents) {
        let known = names.entry(&operator.organisation).or_insert(operator);
        // One asset may tell where they take orders, and another not.
        if known.legal_contact.is_none() && operator.legal_contact.is_some() {
            *known = operator;
        }
    }
    let mut taken = BTreeSet::new();
    names
        .values()
        .map(|respondent| {
            let theirs = |row: &&Row| row.respondents.iter().any(|it| same(it, respondent));
            let rows = schedule.rows.iter().filter(theirs);
            Ok(documents::OrderAnnex {
                matter: knowledge.matter(desk, words, 1)?,
                part: part(&respondent.organisation, &mut taken),
                respondent: operator(respondent),
                assets: rows
                    .map(|row| ordered(row, respondent, knowledge))
                    .collect::<Result<_, _>>()?,
                time: words.paragraphs("order_time", knowledge)?,
                preserve: preserved(words, knowledge)?,
                confidentiality: words.paragraphs("order_confidentiality", knowledge)?,
            })
        })
        .collect()
}

fn same(one: &Operator, other: &Operator) -> bool {
    one.organisation == other.organisation
}

fn ordered(
    row: &Row,
    respondent: &Operator,
    knowledge: &Knowledge,
) -> Result<documents::OrderedAsset, Failure> {
    let unknown = || Failure::new(Exit::NoInput, format!("there is no asset `{}`", row.asset));
    let kinds: BTreeSet<OperatorKind> = row
        .respondents
        .iter()
        .filter(|operator| same(operator, respondent))
        .map(|operator| operator.kind)
        .collect();
    Ok(documents::OrderedAsset {
        number: u32::try_from(row.number)?,
        asset: knowledge.asset(row.asset.as_str()).ok_or_else(unknown)?.clone(),
        capacities: kinds.iter().map(|kind| Text::new(capacity(*kind))).collect(),
        steps: steps(&row.end_state, &kinds),
        snapshot: row.snapshot_sha256.as_str().parse()?,
        snapshot_at: to_the_minute(row.snapshot_at.timestamp()),
    })
}

/// What of the end state is for somebody in these capacities to bring about.
fn steps(wanted: &EndState, kinds: &BTreeSet<OperatorKind>) -> Vec<Text> {
    use OperatorKind::{Cdn, Host, Platform, Registrar, Registry};
    let any = |of: &[OperatorKind]| of.iter().any(|kind| kinds.contains(kind));
    let list = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
    let id = |text: Text, value: String| text.literal(LiteralKind::Identifier, value);
    let mut steps = Vec::new();
    if !wanted.name_servers.is_empty() && any(&[Registry, Registrar]) {
        let step = Text::new("Replace all name servers of the name by exactly these: ");
        steps.push(id(step, list(&wanted.name_servers)).text("."));
        steps.push(Text::new("Remove the DS records of the name, so that it resolves with them."));
    }
    for status in &wanted.statuses {
        // The registry sets what begins with `server`, the registrar what begins with `client` (RFC 5731, 2.3).
        let is_theirs = match status.split(' ').next() {
            Some("server") => any(&[Registry]),
            Some("client") => any(&[Registrar]),
            _ => any(&[Registry, Registrar]),
        };
        if is_theirs {
            let step = id(Text::new("Set the status "), epp(status));
            steps.push(
                id(step.text(", which registration data show as "), status.clone()).text("."),
            );
        }
    }
    if let Some(iana) = wanted.registrar_iana_id
        && any(&[Registry, Registrar])
    {
        let step = Text::new("Transfer the name, with its registration data, to the registrar ");
        steps.push(id(step, format!("IANA {iana}")).text("."));
    }
    if !wanted.addresses.is_empty() && any(&[Host, Cdn, Platform]) {
        let step = Text::new("Let it answer from these addresses only: ");
        steps.push(id(step, list(&wanted.addresses)).text("."));
    }
    if let Some(page) = &wanted.page_sha256
        && any(&[Host, Cdn, Platform])
    {
        let step = Text::new("Show, at its start page, the page with this hash and nothing else: ");
        steps.push(id(step, page.to_string()).text("."));
    }
    steps
}

/// As EPP writes a status that registration data show in words (RFC 8056): `serverTransferProhibited`.
fn epp(status: &str) -> String {
    let mut words = status.split(' ');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut all, word| {
        let mut letters = word.chars();
        all.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        all.push_str(letters.as_str());
        all
    })
}

pub(super) const fn capacity(kind: OperatorKind) -> &'static str {
    match kind {
        OperatorKind::Registry => "registry operator",
        OperatorKind::Registrar => "registrar",
        OperatorKind::Host => "host",
        OperatorKind::Cdn => "content network",
        OperatorKind::Platform => "platform",
        OperatorKind::PaymentProvider => "payment provider",
    }
}

fn preserved(words: &Words, knowledge: &Knowledge) -> Result<Vec<Text>, Failure> {
    let said = words.paragraphs("order_preserve", knowledge)?;
    if !said.is_empty() {
        return Ok(said);
    }
    Ok([
        "Who registered, rented or opened it, how that was paid, and every contact given.",
        "Changes made to it, by whom and from where.",
        "Logs of access to the account that it is managed by.",
    ]
    .map(Text::new)
    .to_vec())
}

/// Longest name, so that those of files stay short.
const PART_LETTERS_MAX: usize = 48;

/// A name for files of the organisation's: letters and digits, with `-` between. One that is taken counts on.
fn part(organisation: &str, taken: &mut BTreeSet<String>) -> String {
    let letters = |character: char| {
        if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { ' ' }
    };
    let plain: String = organisation.chars().map(letters).collect();
    let plain: String = plain.split_whitespace().collect::<Vec<_>>().join("-");
    let plain = if plain.is_empty() { "respondent".to_owned() } else { plain };
    let plain: String = plain.chars().take(PART_LETTERS_MAX).collect();
    let mut name = plain.clone();
    for number in 2_u32.. {
        if taken.insert(name.clone()) {
            break;
        }
        name = format!("{plain}-{number}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_asked_for_what_is_theirs_to_do() {
        let set = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let wanted = EndState {
            statuses: set(&["client hold", "server transfer prohibited"]),
            name_servers: set(&["ns1.court.example"]),
            addresses: set(&["203.0.113.9"]),
            registrar_iana_id: Some(9999),
            page_sha256: None,
        };
        let asked = |kind| {
            let steps = steps(&wanted, &BTreeSet::from([kind]));
            steps.iter().map(Text::plain).collect::<Vec<_>>().join("\n")
        };
        let registry = asked(OperatorKind::Registry);
        assert!(registry.contains("serverTransferProhibited") && !registry.contains("clientHold"));
        assert!(registry.contains("exactly these: ns1.court.example") && registry.contains("DS"));
        let registrar = asked(OperatorKind::Registrar);
        assert!(registrar.contains("clientHold") && !registrar.contains("serverTransfer"));
        assert!(registrar.contains("IANA 9999"), "{registrar}");
        assert_eq!(
            asked(OperatorKind::Host),
            "Let it answer from these addresses only: 203.0.113.9."
        );
        assert_eq!(asked(OperatorKind::PaymentProvider), "");
    }

    #[test]
    fn names_of_files_differ_where_organisations_do() {
        let mut taken = BTreeSet::new();
        let names = ["Registry of .com", "registry of COM", "登记处", "…"];
        assert_eq!(
            names.map(|name| part(name, &mut taken)),
            ["registry-of-com", "registry-of-com-2", "respondent", "respondent-2"]
        );
    }
}
