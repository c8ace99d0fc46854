//! What does the case know that its documents may say?

use std::collections::{BTreeMap, BTreeSet};

use seawall_charts::text::count;
use seawall_core::case::{
    record::DocumentRecord,
    state::{ItemState, Machine as _},
};
use seawall_documents::case::{Asset, Attribution, Exhibit, Figure, Item, Matter, RecordField};
use seawall_evidence::{
    canonical,
    dataset::Manifest,
    document::{
        Document, ExhibitKind, Kind, Known, KnownFigure, KnownReference, LiteralKind,
        PrintedCheckpoint, Source, Text,
    },
    hash::Digest,
    item,
};

use super::{Words, words};
use crate::{
    case::{Desk, items, no_item, to_core},
    commands::case::figure,
    failure::{Exit, Failure},
};

/// All that documents may say, taken from the case once.
pub(in crate::commands::case) struct Knowledge {
    pub(in crate::commands::case) items: Vec<(item::Item, Item)>,
    pub(in crate::commands::case) figures: Vec<Figure>,
    pub(in crate::commands::case) assets: Vec<Asset>,
    pub(in crate::commands::case) exhibits: Vec<Exhibit>,
    pub(in crate::commands::case) datasets: Vec<Manifest>,
    documents: Vec<String>,
}

impl Knowledge {
    pub(in crate::commands::case) fn of(desk: &Desk) -> Result<Self, Failure> {
        let datasets = datasets(desk)?;
        let open = |item: &item::Item| {
            desk.state
                .items
                .get(&to_core(&item.id))
                .is_some_and(|it| it.state != ItemState::Disposed)
        };
        let items: Vec<(item::Item, Item)> = items(&desk.entries)
            .filter(open)
            .map(|item| (item.clone(), described(&item)))
            .collect();
        Ok(Self {
            figures: figures(desk, &datasets)?,
            assets: assets(desk),
            exhibits: exhibits(desk)?,
            datasets,
            documents: desk.state.documents.keys().map(|(id, _)| id.to_string()).collect(),
            items,
        })
    }

    pub(in crate::commands::case) fn figure(&self, id: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.id == id)
    }

    /// The figure of that id, bound to data.
    pub(in crate::commands::case) fn named_figure(&self, id: &str) -> Result<&Figure, Failure> {
        let unknown = || Failure::new(Exit::NoInput, format!("there is no bound figure `{id}`"));
        self.figure(id).ok_or_else(unknown)
    }

    /// The figures of these ids, in this order; those that are not there are left out.
    pub(in crate::commands::case) fn some_figures(&self, ids: Option<&Vec<String>>) -> Vec<Figure> {
        ids.into_iter().flatten().filter_map(|id| self.figure(id).cloned()).collect()
    }

    pub(in crate::commands::case) fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.name == name || asset.id == name)
    }

    /// The asset of that name or id.
    pub(in crate::commands::case) fn named_asset(&self, name: &str) -> Result<&Asset, Failure> {
        let unknown = || Failure::new(Exit::NoInput, format!("there is no asset `{name}`"));
        self.asset(name).ok_or_else(unknown)
    }

    /// The item of that id, as its record has it, and as documents show it.
    pub(in crate::commands::case) fn item(&self, id: &str) -> Result<&(item::Item, Item), Failure> {
        self.items.iter().find(|(item, _)| item.id.as_str() == id).ok_or_else(|| no_item(id))
    }

    /// Items that came from outside or are frozen data: what was examined, not what the program made of it.
    pub(in crate::commands::case) fn examined(&self) -> Vec<Item> {
        let outside = |item: &item::Item| {
            item.derived_from.is_empty() && item.kind != item::ItemKind::Document
        };
        self.items
            .iter()
            .filter(|(item, _)| outside(item) && !item.method.as_str().starts_with("computed"))
            .map(|(_, shown)| shown.clone())
            .collect()
    }

    /// What every document carries.
    pub(in crate::commands::case) fn matter(
        &self,
        desk: &Desk,
        words: &Words,
        version: u64,
    ) -> Result<Matter, Failure> {
        let docket = desk.state.profile.as_ref().and_then(|profile| profile.docket.as_ref());
        let checkpoint = desk.log.checkpoint().shown();
        Ok(Matter {
            id: desk.file.id.to_string(),
            court: docket.map(|docket| said(&docket.court)).into_iter().collect(),
            parties: words
                .parties
                .iter()
                .map(|line| words::text(line, self))
                .collect::<Result<_, _>>()?,
            docket: docket
                .map(|docket| Text::new("No. ").literal(LiteralKind::Identifier, &docket.number))
                .into_iter()
                .collect(),
            dated: desk.now.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            checkpoint: Some(PrintedCheckpoint { size: checkpoint.size, root: checkpoint.root }),
            version: u32::try_from(version)?,
            figures: self.figures.clone(),
        })
    }

    /// What a document is held against.
    pub(in crate::commands::case) fn known(&self) -> Known {
        let figures = self
            .figures
            .iter()
            .map(|figure| {
                let source = Source {
                    figure: figure.id.clone(),
                    label: figure.label.clone(),
                    query: figure.query.clone(),
                    datasets: figure.datasets.clone(),
                };
                let known = KnownFigure { display: figure.display.clone(), bound: true, source };
                (figure.id.clone(), known)
            })
            .collect();
        let mut references: BTreeMap<String, KnownReference> = BTreeMap::new();
        for (_, item) in &self.items {
            references.entry(item.id.clone()).or_default();
            note(&mut references, &item.size);
        }
        for manifest in &self.datasets {
            for source in &manifest.sources {
                for field in source_fields(manifest, source) {
                    note(&mut references, &field);
                }
            }
        }
        for figure in &self.figures {
            let label = RecordField {
                id: figure.id.clone(),
                field: "label".to_owned(),
                shown: figure.label.clone(),
            };
            note(&mut references, &label);
        }
        for asset in &self.assets {
            let names: BTreeSet<String> =
                std::iter::once(asset.name.clone()).chain(asset.unicode_name.clone()).collect();
            references.entry(asset.id.clone()).or_default().names.extend(names);
        }
        for exhibit in &self.exhibits {
            references.entry(exhibit.number.clone()).or_default();
            for field in exhibit.pages.iter().chain(&exhibit.bates) {
                note(&mut references, field);
            }
        }
        for id in &self.documents {
            references.entry(id.clone()).or_default();
        }
        Known { figures, references }
    }
}

fn note(references: &mut BTreeMap<String, KnownReference>, field: &RecordField) {
    let known = references.entry(field.id.clone()).or_default();
    known.fields.insert(field.field.clone(), field.shown.clone());
}

/// How much a source received, and how much of it is sealed, as shown.
pub(super) fn source_fields(
    manifest: &Manifest,
    source: &seawall_evidence::dataset::completeness::Source,
) -> [RecordField; 2] {
    let field = |name: &str, number: u64| RecordField {
        id: manifest.id.clone(),
        field: format!("{}.{name}", source.name),
        shown: count(number),
    };
    [field("received", source.received), field("sealed", source.sealed)]
}

/// Words from a record: quoted where there is a digit in them, for numbers in words are figures.
pub(super) fn said(words: &str) -> Text {
    if words.chars().any(char::is_numeric) {
        Text::default().quoted(words)
    } else {
        Text::new(words)
    }
}

pub(super) fn described(item: &item::Item) -> Item {
    let kind = serde_json::to_value(item.kind).ok();
    let kind = kind.and_then(|kind| kind.as_str().map(|kind| kind.replace('_', " ")));
    Item {
        id: item.id.to_string(),
        title: Text::new(kind.unwrap_or_default()),
        sha256: item.sha256,
        size: RecordField {
            id: item.id.to_string(),
            field: "size".to_owned(),
            shown: count(item.size),
        },
        acquired_at: to_the_minute(item.acquired_at.timestamp()),
        acquired_by: said(item.acquired_by.as_str()),
        method: said(item.method.as_str()),
        tool: Text::new(format!("{} ", item.tool))
            .literal(LiteralKind::Version, item.tool_version.as_str()),
        source: said(item.source.as_str()),
    }
}

/// A time as documents print it.
pub(super) fn to_the_minute(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn datasets(desk: &Desk) -> Result<Vec<Manifest>, Failure> {
    desk.state
        .datasets
        .values()
        .map(|dataset| {
            let item = desk.item(dataset.manifest.as_str())?;
            Ok(Manifest::parse(&desk.content(item.sha256)?)?)
        })
        .collect()
}

fn figures(desk: &Desk, datasets: &[Manifest]) -> Result<Vec<Figure>, Failure> {
    let roots = |ids: &[String]| -> Vec<Digest> {
        ids.iter()
            .filter_map(|id| datasets.iter().find(|manifest| manifest.id == *id))
            .map(|manifest| manifest.root)
            .collect()
    };
    Ok(figure::figures(&desk.state, &desk.vault)?
        .into_iter()
        .map(|figure| Figure {
            datasets: roots(&figure.datasets),
            id: figure.draft.id,
            label: figure.draft.label,
            display: figure.display,
            query: figure.draft.query,
        })
        .collect())
}

fn assets(desk: &Desk) -> Vec<Asset> {
    let in_words = |value: serde_json::Result<serde_json::Value>| {
        let value = value.ok();
        Text::new(
            value.and_then(|it| it.as_str().map(|it| it.replace('_', " "))).unwrap_or_default(),
        )
    };
    desk.state
        .assets
        .values()
        .map(|it| {
            let display = it.asset.display();
            Asset {
                id: it.asset.id.to_string(),
                unicode_name: (display != it.asset.identifier).then_some(display),
                name: it.asset.identifier.clone(),
                kind: in_words(serde_json::to_value(it.asset.asset_type)),
                role: in_words(serde_json::to_value(it.asset.role)),
                proof: it
                    .asset
                    .used_by_operation
                    .iter()
                    .map(|shown| (shown.item.to_string(), shown.item.to_string()))
                    .collect(),
                attribution: it.asset.attribution.as_ref().map(|said| Attribution {
                    confidence: in_words(serde_json::to_value(said.confidence)),
                    grades: it
                        .asset
                        .used_by_operation
                        .iter()
                        .filter_map(|shown| shown.grade.map(String::from))
                        .collect(),
                    alternatives: said
                        .alternatives
                        .iter()
                        .map(|it| (it.explanation.clone(), it.against.clone()))
                        .collect(),
                }),
            }
        })
        .collect()
}

/// The latest version of each exhibit, as its model says.
fn exhibits(desk: &Desk) -> Result<Vec<Exhibit>, Failure> {
    let mut latest: BTreeMap<&str, &DocumentRecord> = BTreeMap::new();
    for ((id, _), record) in &desk.state.documents {
        if Kind::of_id(id.as_str()) == Some(Kind::Exhibit) {
            latest.insert(id.as_str(), record);
        }
    }
    latest
        .values()
        .map(|record| {
            let model = desk.item(record.model.as_str())?;
            let model: Document = canonical::parse(&desk.content(model.sha256)?)?;
            let number = record.id.to_string();
            let field = |name: &str, shown: String| RecordField {
                id: number.clone(),
                field: name.to_owned(),
                shown,
            };
            let bates = model.bates.as_ref();
            Ok(Exhibit {
                title: model.title.clone(),
                kind: model.exhibit.as_ref().map_or(ExhibitKind::Record, |mark| mark.kind),
                pages: bates.map(|bates| field("pages", count(bates.last + 1 - bates.first))),
                bates: bates.map(|bates| {
                    field(
                        "bates",
                        format!("{} to {}", bates.shown(bates.first), bates.shown(bates.last)),
                    )
                }),
                item: None,
                figures: model.sources.iter().map(|source| source.figure.clone()).collect(),
                confidentiality: Text::new(if record.personal_data {
                    "filed under seal"
                } else {
                    "public"
                }),
                number: number.clone(),
            })
        })
        .collect()
}

/// The state of an asset in words, for reports.
pub(super) fn state_of(desk: &Desk, asset: &str) -> &'static str {
    let id = asset.parse().ok();
    id.and_then(|id| desk.state.assets.get(&id)).map_or("unknown", |it| it.state.name())
}
