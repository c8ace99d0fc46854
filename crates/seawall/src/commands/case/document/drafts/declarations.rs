//! What do the investigator and the engineer declare?

use seawall_documents::case as documents;
use seawall_evidence::{document::Text, figure::ladder::Step};

use super::super::{
    Knowledge, Words,
    known::{said, source_fields},
};
use crate::{
    case::{Desk, to_core},
    failure::Failure,
};

pub(super) fn investigator(
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

pub(super) fn technical(
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
