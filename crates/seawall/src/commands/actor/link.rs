//! `seawall actor link`: what does a source say?

use clap::{Args, builder::PossibleValuesParser};
use jiff::Timestamp;
use seawall_core::actor::{
    Alternative, Assertion, Entry, Grade, Picture, Relation, Source, Stance, Target, Thing,
    ThingKind,
};
use seawall_intel::stix::own_id;

use super::{
    one,
    show::{CLAIM_COLUMNS, claim_row},
};
use crate::{
    case::Rows,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::Place,
};

const EXAMPLES: &str = "\
Examples:
  seawall actor link Storm-1152 owns hotmailbox.me --target-kind domain --source \"Court filing\" --grade A1 --by ana
  seawall actor link ID1 same_as ID2 --source \"own analysis\" --grade C3 --confidence 60 --by ana
  seawall actor link ID1 same_as ID2 --contradicts --source CERT --by bo
  seawall actor link ID1 sells_to ID2 --alternative \"a reseller\" --against \"payments go to one wallet\" --by ana

A source that speaks again replaces what it said before; that stays in the journal. `--target-kind` names a
thing that nobody has named before.";

/// Write down what a source says, or another explanation
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Of what: a name or an id
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// How it relates
    #[arg(value_name = "RELATION", value_parser = PossibleValuesParser::new(Relation::ALL.map(|(_, name)| name)))]
    relation: String,
    /// To what: a name, an id, or a text
    #[arg(value_name = "TARGET")]
    target: String,
    /// Who says so
    #[arg(long, value_name = "NAME", required_unless_present = "alternative")]
    source: Option<String>,
    /// Where it can be read
    #[arg(long, value_name = "URL", requires = "source")]
    reference: Vec<String>,
    /// What the source is worth, by the Admiralty code: B2
    #[arg(long, value_name = "GRADE", requires = "source")]
    grade: Option<Grade>,
    /// How sure the source is, 0 to 100
    #[arg(long, value_name = "N", requires = "source")]
    confidence: Option<u8>,
    /// When the source said so [default: now]
    #[arg(long, value_name = "TIME", requires = "source")]
    asserted_at: Option<Timestamp>,
    /// The source says that it is not so
    #[arg(long, requires = "source")]
    contradicts: bool,
    /// The source takes back what it said, for this reason
    #[arg(long, value_name = "REASON", requires = "source", conflicts_with = "contradicts")]
    withdraw: Option<String>,
    /// Another explanation of what is seen
    #[arg(long, value_name = "TEXT", requires = "against")]
    alternative: Option<String>,
    /// What speaks against that explanation
    #[arg(long, value_name = "TEXT", requires = "alternative")]
    against: Option<String>,
    /// What kind of thing the subject is, where it is new
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(ThingKind::ALL.map(|(_, name)| name)))]
    subject_kind: Option<String>,
    /// What kind of thing the target is, where it is new
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(ThingKind::ALL.map(|(_, name)| name)))]
    target_kind: Option<String>,
    /// Who writes it down
    #[arg(long, value_name = "PERSON")]
    by: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let picture = place.picture()?;
    let relation = Relation::ALL.into_iter().find(|(_, name)| *name == arguments.relation);
    let relation = relation.map(|(relation, _)| relation).expect("one of those that are offered");
    let source = arguments
        .source
        .clone()
        .map(|name| Source { name, references: arguments.reference.clone() });
    let mut entries = Vec::new();
    let mut named =
        |text: &str, kind: Option<&str>| thing(&picture, text, kind, source.as_ref(), &mut entries);
    let subject = named(&arguments.subject, arguments.subject_kind.as_deref())?;
    let target = if relation.is_of_text() {
        Target::Text(arguments.target.clone())
    } else {
        Target::Thing(named(&arguments.target, arguments.target_kind.as_deref())?)
    };
    if let Some(source) = source {
        entries.push(match &arguments.withdraw {
            Some(reason) => Entry::Withdraw {
                subject: subject.clone(),
                relation,
                target: target.clone(),
                source: source.name,
                reason: reason.clone(),
            },
            None => Entry::Assert {
                assertion: Assertion {
                    subject: subject.clone(),
                    relation,
                    target: target.clone(),
                    stance: if arguments.contradicts {
                        Stance::Contradicts
                    } else {
                        Stance::Supports
                    },
                    source,
                    grade: arguments.grade,
                    confidence: arguments.confidence,
                    asserted_at: arguments.asserted_at.map_or_else(|| place.now(), Ok)?,
                },
            },
        });
    }
    if let (Some(explanation), Some(against)) = (&arguments.alternative, &arguments.against) {
        let alternative =
            Alternative { explanation: explanation.clone(), against: against.clone() };
        let (subject, target) = (subject.clone(), target.clone());
        entries.push(Entry::Weigh { subject, relation, target, alternative });
    }
    let recorded = place.record(entries, &arguments.by)?;
    recorded.or_fail()?;
    let picture = &recorded.picture;
    let mut rows = Rows::new("seawall.actor.claims/v1", &CLAIM_COLUMNS);
    let said = picture
        .of_subject(&subject)
        .filter(|(key, _)| key.relation == relation && key.target == target);
    for (key, claim) in said {
        rows.push(claim_row(picture, key, claim));
    }
    rows.write(arguments.format, console)
}

/// The id of the thing that is meant; a new one is named by the source.
fn thing(
    picture: &Picture,
    text: &str,
    kind: Option<&str>,
    source: Option<&Source>,
    entries: &mut Vec<Entry>,
) -> Result<String, Failure> {
    let (Some(kind), true) = (kind, picture.find(text).is_empty()) else {
        return Ok(one(picture, text)?.id.clone());
    };
    let Some(source) = source else {
        return Err(Failure::new(
            Exit::Usage,
            "a new thing needs a source that names it\nhint: --source",
        ));
    };
    let kind = ThingKind::ALL.into_iter().find(|(_, name)| *name == kind).map(|(kind, _)| kind);
    let kind = kind.expect("one of those that are offered");
    let id = own_id("threat-actor", &format!("{}\n{text}", kind.name()));
    let id = format!("{}--{}", kind.name().replace('_', "-"), id.uuid());
    let thing = Thing { id: id.clone(), kind, name: text.to_owned(), description: None };
    entries.push(Entry::Thing { thing, source: source.clone() });
    Ok(id)
}
