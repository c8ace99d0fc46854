//! Which document is it, and what of the case goes into it?

use clap::ValueEnum;
use seawall_core::case::{
    schedule::Schedule,
    state::{ItemState, Machine as _},
};
use seawall_documents::case as documents;
use seawall_evidence::{
    custody::Action,
    document::{Document, LiteralKind, Text},
    figure::ladder::Step,
    item::ItemKind,
};

use super::{
    Knowledge, Words,
    known::{said, source_fields, state_of},
};
use crate::{
    case::{Desk, to_core},
    commands::case::asset,
    failure::{Exit, Failure},
};

/// The documents that are written from the state of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub(in crate::commands::case) enum Which {
    /// Declaration of the investigator
    D1,
    /// Technical declaration
    D2,
    /// Index of exhibits
    D3,
    /// Schedule of assets, Appendix A
    D4,
    /// Certificates under FRE 902, and the notice of them
    D6,
    /// Summary under FRE 1006
    D7,
    /// Custody report
    D8,
    /// Report on the status of each asset
    D21,
}

/// The documents of that sort, as the case stands. Each has the version after its latest.
pub(super) fn documents(
    which: Which,
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<Vec<Document>, Failure> {
    let made = match which {
        Which::D1 => {
            vec![documents::investigator_declaration(&investigator(desk, knowledge, words)?)]
        }
        Which::D2 => vec![documents::technical_declaration(&technical(desk, knowledge, words)?)],
        Which::D3 => {
            vec![documents::exhibit_index(&knowledge.matter(desk, words, 1)?, &knowledge.exhibits)]
        }
        Which::D4 => vec![documents::schedule(&schedule(desk, knowledge, words)?)],
        Which::D6 => documents::certificates(&certificates(desk, knowledge, words)?).to_vec(),
        Which::D7 => vec![documents::summary(&summary(desk, knowledge, words)?)],
        Which::D8 => vec![documents::custody_report(&custody(desk, knowledge, words)?)],
        Which::D21 => vec![documents::status_report(&status(desk, knowledge, words)?)],
    };
    made.into_iter()
        .map(|mut document| {
            let id = super::store::name(&document).parse()?;
            let next = desk.state.latest_document(&id).map_or(1, |latest| latest.version + 1);
            document.version = u32::try_from(next)?;
            Ok(document)
        })
        .collect()
}

fn investigator(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::InvestigatorDeclaration, Failure> {
    Ok(documents::InvestigatorDeclaration {
        matter: knowledge.matter(desk, words, 1)?,
        examined: knowledge.examined(),
        found: words.paragraphs("found", knowledge)?,
        purchases: Vec::new(),
        purchase_results: knowledge.some_figures(words.figures.get("purchases")),
        assets: knowledge.assets.clone(),
        harm: knowledge.some_figures(words.figures.get("harm")),
        exhibits: knowledge.exhibits.clone(),
    })
}

fn technical(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::TechnicalDeclaration, Failure> {
    let mut sources = Vec::new();
    for manifest in &knowledge.datasets {
        let wanted = manifest.id.parse().ok().and_then(|id| desk.state.datasets.get(&id));
        let item = wanted.and_then(|record| {
            knowledge.items.iter().find(|(item, _)| to_core(&item.id) == record.manifest)
        });
        let Some((_, item)) = item else { continue };
        for source in &manifest.sources {
            let [received, sealed] = source_fields(manifest, source);
            let day = |time: seawall_evidence::time::Time| {
                time.timestamp().strftime("%Y-%m-%d").to_string()
            };
            sources.push(documents::SourceCompleteness {
                dataset: item.clone(),
                source: said(&source.name),
                from: day(manifest.window.from),
                to: day(manifest.window.to),
                received,
                sealed,
                gaps: source.gaps.iter().map(|gap| said(&gap.reason)).collect(),
            });
        }
    }
    let definitions = Step::ALL
        .iter()
        .map(|step| documents::Definition {
            word: Text::new(step.label()),
            meaning: Text::new(step.definition()),
            figure: knowledge.figures.iter().find(|figure| figure.label == step.label()).cloned(),
        })
        .collect();
    let outcome = |(place, ids): (&String, &Vec<String>)| {
        let caption = place.strip_prefix("results.")?.to_owned();
        Some(documents::Outcome { caption, figures: knowledge.some_figures(Some(ids)) })
    };
    Ok(documents::TechnicalDeclaration {
        matter: knowledge.matter(desk, words, 1)?,
        sources,
        definitions,
        plain_words: words.paragraphs("plain_words", knowledge)?,
        method: method(knowledge, words)?,
        application: words.paragraphs("application", knowledge)?,
        results: words.figures.iter().filter_map(outcome).collect(),
        limits: words.paragraphs("limits", knowledge)?,
    })
}

fn method(knowledge: &Knowledge, words: &Words) -> Result<documents::MethodSheet, Failure> {
    let interval = |place: &str| {
        let figures = knowledge.some_figures(words.figures.get(place));
        let [estimate, low, high] = <[documents::Figure; 3]>::try_from(figures).ok()?;
        Some(documents::Interval { estimate, low, high, confidence: "95 %".to_owned() })
    };
    let not_measurable = words.paragraph("recall_not_measurable", knowledge)?;
    let recall =
        interval("recall").map(|it| documents::Recall::Measured(Box::new(it))).or_else(|| {
            (!not_measurable.0.is_empty())
                .then_some(documents::Recall::NotMeasurable(not_measurable))
        });
    let control = words.paragraph("negative_control", knowledge)?;
    let control_figure =
        knowledge.some_figures(words.figures.get("negative_control")).into_iter().next();
    Ok(documents::MethodSheet {
        detector: Text::new("seawall detect"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: None,
        inputs: words.paragraphs("method.inputs", knowledge)?,
        features: words.paragraphs("method.features", knowledge)?,
        threshold: words.paragraph("method.threshold", knowledge)?,
        validation: words.paragraph("method.validation", knowledge)?,
        sample: <[documents::Figure; 3]>::try_from(
            knowledge.some_figures(words.figures.get("sample")),
        )
        .ok(),
        precision: interval("precision"),
        recall,
        failure_modes: words.paragraphs("method.failure_modes", knowledge)?,
        negative_control: control_figure.map(|figure| (control, figure)),
        rule_702: documents::Rule702 {
            helps: words.paragraph("rule_702.helps", knowledge)?,
            data: words.paragraph("rule_702.data", knowledge)?,
            method: words.paragraph("rule_702.method", knowledge)?,
            application: words.paragraph("rule_702.application", knowledge)?,
        },
    })
}

fn schedule(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Schedule, Failure> {
    let latest = asset::previous(desk)?.ok_or_else(|| {
        Failure::new(
            Exit::Conflict,
            "there is no schedule yet\nhint: `seawall case asset schedule`",
        )
    })?;
    let before = match desk.state.schedules.iter().rev().nth(1) {
        Some(record) => {
            let content = desk.content(record.sha256.as_str().parse()?)?;
            rows(&seawall_evidence::canonical::parse(&content)?, knowledge)?
        }
        None => Vec::new(),
    };
    Ok(documents::Schedule {
        matter: knowledge.matter(desk, words, 1)?,
        assets: rows(&latest, knowledge)?,
        previous: before,
    })
}

fn rows(
    schedule: &Schedule,
    knowledge: &Knowledge,
) -> Result<Vec<documents::ScheduledAsset>, Failure> {
    use seawall_core::case::asset::OperatorKind;
    let day = |at: Option<seawall_core::case::Moment>| at.map(|at| at.date().to_string());
    schedule
        .rows
        .iter()
        .map(|row| {
            let operator = |kinds: &[OperatorKind]| {
                let found =
                    row.respondents.iter().find(|operator| kinds.contains(&operator.kind))?;
                Some(documents::Operator {
                    organisation: said(&found.organisation),
                    address: said(found.country.as_deref().unwrap_or("unknown")),
                    iana: found.iana_id.map(|id| format!("IANA {id}")),
                    contact: found
                        .legal_contact
                        .clone()
                        .or_else(|| found.abuse_contact.clone())
                        .unwrap_or_else(|| "to be found".to_owned()),
                })
            };
            let respondents: Vec<&str> =
                row.respondents.iter().map(|operator| operator.organisation.as_str()).collect();
            let unknown =
                || Failure::new(Exit::NoInput, format!("there is no asset `{}`", row.asset));
            Ok(documents::ScheduledAsset {
                number: u32::try_from(row.number)?,
                asset: knowledge.asset(row.asset.as_str()).ok_or_else(unknown)?.clone(),
                top_level_domain: row.top_level.clone(),
                registry: operator(&[OperatorKind::Registry]),
                registrar: operator(&[OperatorKind::Registrar]),
                host: operator(&[OperatorKind::Host, OperatorKind::Cdn, OperatorKind::Platform]),
                created: day(row.created_at),
                expires: day(row.expires_at),
                name_servers: row.name_servers.clone(),
                statuses: row.statuses.clone(),
                collateral: said(&row.collateral),
                requested: requested(row),
                respondent: said(&respondents.join(", ")),
                snapshot: row.snapshot_sha256.as_str().parse()?,
                snapshot_at: row.snapshot_at.timestamp().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            })
        })
        .collect()
}

/// The end state in words.
fn requested(row: &seawall_core::case::schedule::Row) -> Vec<Text> {
    let wanted = &row.end_state;
    let list = |set: &std::collections::BTreeSet<String>| {
        set.iter().cloned().collect::<Vec<_>>().join(", ")
    };
    let mut texts = Vec::new();
    let mut ask = |what: &str, value: String| {
        if !value.is_empty() {
            texts.push(Text::new(format!("{what} ")).literal(LiteralKind::Identifier, value));
        }
    };
    ask("set the status", list(&wanted.statuses));
    ask("change the name servers to", list(&wanted.name_servers));
    ask("let it answer from", list(&wanted.addresses));
    ask(
        "transfer it to the registrar with the number",
        wanted.registrar_iana_id.map(|id| format!("IANA {id}")).unwrap_or_default(),
    );
    ask(
        "show the page with the hash",
        wanted.page_sha256.as_ref().map(ToString::to_string).unwrap_or_default(),
    );
    texts
}

fn certificates(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Certificates, Failure> {
    let examined = knowledge.examined();
    let own = |id: &str| {
        knowledge.items.iter().any(|(item, _)| {
            item.id.as_str() == id
                && item.content_class == seawall_evidence::item::ContentClass::OwnRecord
        })
    };
    let day = desk.now.timestamp().strftime("%Y-%m-%d").to_string();
    let mut copies = Vec::new();
    for item in &examined {
        // The hash now is taken now, from the content as it lies in the vault.
        let content = desk.vault.open(item.sha256)?;
        let (verified, _) = seawall_evidence::hash::Digest::of_reader(content)?;
        copies.push(documents::HashedItem {
            item: item.clone(),
            verified,
            verified_at: day.clone(),
        });
    }
    let accuracy = words
        .paragraphs("accuracy", knowledge)?
        .into_iter()
        .map(|result| documents::AccuracyTest {
            what: Text::new("the membership of the campaigns"),
            against: Text::new("a second detection in the sealed events"),
            day: day.clone(),
            result,
        })
        .collect();
    Ok(documents::Certificates {
        matter: knowledge.matter(desk, words, 1)?,
        business_records: examined.iter().filter(|item| own(&item.id)).cloned().collect(),
        regular_practice: words.paragraphs("regular_practice", knowledge)?,
        system: Text::new("seawall"),
        system_version: env!("CARGO_PKG_VERSION").to_owned(),
        process: words.paragraphs("process", knowledge)?,
        accuracy,
        copies,
    })
}

fn summary(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Summary, Failure> {
    let records = knowledge
        .items
        .iter()
        .filter(|(item, _)| item.kind == ItemKind::Dataset && item.dataset.is_none())
        .map(|(_, shown)| shown.clone())
        .collect();
    let row = |figure: &documents::Figure| (Text::new(&figure.label), vec![Some(figure.clone())]);
    let figures = knowledge.some_figures(words.figures.get("summary"));
    Ok(documents::Summary {
        matter: knowledge.matter(desk, words, 1)?,
        records,
        volume: knowledge.some_figures(words.figures.get("volume")),
        inconvenience: words.paragraphs("inconvenience", knowledge)?,
        method: words.paragraphs("summary_method", knowledge)?,
        tables: vec![documents::SummaryTable {
            caption: Text::new("What the records come to"),
            columns: vec!["Count".to_owned()],
            rows: figures.iter().map(row).collect(),
        }],
    })
}

fn custody(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::CustodyReport, Failure> {
    let entries = desk.log.reader().entries()?;
    let examined = knowledge.examined();
    let items = examined
        .iter()
        .map(|item| documents::ItemHistory {
            item: item.clone(),
            entries: entries
                .iter()
                .filter(|entry| entry.object.as_str() == item.id)
                .map(|entry| documents::CustodyRow {
                    seq: entry.seq,
                    time: entry.time.timestamp().strftime("%Y-%m-%d %H:%M UTC").to_string(),
                    actor: said(entry.actor.as_str()),
                    role: said(entry.role.as_str()),
                    action: entry.action.to_string(),
                    reason: Text::default().quoted(entry.reason.as_str()),
                })
                .collect(),
        })
        .collect();
    let disposed = desk.state.items.values().filter(|it| it.state == ItemState::Disposed).count();
    let mut gaps = words.paragraphs("gaps", knowledge)?;
    if disposed > 0 {
        gaps.push(Text::new(
            "Some items were disposed of; the log says which, when, and on what ground.",
        ));
    }
    let denied = entries.iter().any(|entry| entry.action == Action::Denied);
    if denied {
        gaps.push(Text::new(
            "The log holds refusals: somebody asked for what is not theirs to do.",
        ));
    }
    Ok(documents::CustodyReport {
        matter: knowledge.matter(desk, words, 1)?,
        items,
        justification: words.paragraphs("justification", knowledge)?,
        gaps,
    })
}

fn status(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::StatusReport, Failure> {
    use seawall_core::case::{Record, state::AssetState};
    let entries = desk.log.reader().entries()?;
    let reached = |asset: &str, state: AssetState| {
        entries.iter().filter(|entry| entry.action == Action::Record).find_map(|entry| match entry
            .body::<Record>()
            .ok()?
        {
            Record::AssetState(change) if change.asset.as_str() == asset && change.to == state => {
                Some(entry.time.timestamp().strftime("%Y-%m-%d").to_string())
            }
            _ => None,
        })
    };
    let assets = knowledge
        .assets
        .iter()
        .filter(|asset| state_of(desk, &asset.id) != AssetState::Identified.name())
        .map(|asset| {
            let id: seawall_core::case::Id = asset.id.parse()?;
            let known = desk.state.asset(&id).map_err(crate::case::failure)?;
            let respondents: Vec<&str> =
                known.asset.operators.iter().map(|it| it.organisation.as_str()).collect();
            let measurements = desk
                .state
                .observations_of(&id)
                .iter()
                .map(|seen| {
                    Text::new(format!("{} from ", seen.method.name()))
                        .literal(LiteralKind::Identifier, seen.vantage.as_str())
                        .text(", ")
                        .literal(LiteralKind::Date, seen.at.date().to_string())
                })
                .collect();
            Ok(documents::AssetStatus {
                asset: asset.clone(),
                respondent: said(&respondents.join(", ")),
                ordered: reached(&asset.id, AssetState::Ordered),
                served: reached(&asset.id, AssetState::Served),
                claimed: reached(&asset.id, AssetState::Executed),
                verified: reached(&asset.id, AssetState::Verified),
                measurements,
            })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(documents::StatusReport {
        matter: knowledge.matter(desk, words, 1)?,
        assets,
        open: words.paragraphs("open", knowledge)?,
    })
}
