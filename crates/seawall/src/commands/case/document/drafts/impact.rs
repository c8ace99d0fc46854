//! Did it work, as far as was registered before anything was done?

use jiff::tz::TimeZone;
use seawall_documents::case as documents;

use super::{
    super::{
        Knowledge, Words,
        words::{MeasureWords, text},
    },
    reports,
};
use crate::{
    case::Desk,
    failure::{Exit, Failure},
};

pub(super) fn impact(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::ImpactReport, Failure> {
    let said = words.impact.as_ref().ok_or_else(|| {
        Failure::new(
            Exit::NoInput,
            "nothing was measured\nhint: say what in the words, under `impact`, with what was registered before",
        )
    })?;
    let (record, registration) = knowledge.item(&said.registration)?;
    let first = said.interventions.iter().map(|each| each.day).min().ok_or_else(|| {
        Failure::new(Exit::NoInput, "nothing was done: `impact` has no `interventions`")
    })?;
    let registered = record.acquired_at.timestamp().to_zoned(TimeZone::UTC).date();
    if registered >= first {
        let text = format!(
            "{} was taken into the case on {registered}, and the first intervention was on {first}: what is measured must be registered before",
            registration.id
        );
        return Err(Failure::new(Exit::Conflict, text));
    }
    let outside = said.interventions.iter().find(|each| !(said.from..=said.to).contains(&each.day));
    if let Some(outside) = outside {
        let text = format!(
            "the intervention on {} is outside the window, {} to {}",
            outside.day, said.from, said.to
        );
        return Err(Failure::new(Exit::Usage, text));
    }
    let interventions = said
        .interventions
        .iter()
        .map(|each| Ok((each.day.to_string(), text(&each.what, knowledge)?)))
        .collect::<Result<_, Failure>>()?;
    let measures = said.measures.iter().map(|measure| measured(measure, knowledge));
    let place = |place: &str| words.paragraphs(place, knowledge);
    Ok(documents::ImpactReport {
        matter: knowledge.matter(desk, words, 1)?,
        registration: registration.clone(),
        hypothesis: place("hypothesis")?,
        from: said.from.to_string(),
        to: said.to.to_string(),
        interventions,
        measures: measures.collect::<Result<_, _>>()?,
        model: place("model")?,
        placebo: place("placebo")?,
        sensitivity: place("sensitivity")?,
        other_causes: place("other_causes")?,
        displacement: place("displacement")?,
        assets: reports::status(desk, knowledge, words)?.assets,
    })
}

fn measured(
    said: &MeasureWords,
    knowledge: &Knowledge,
) -> Result<documents::ImpactMeasure, Failure> {
    let interval = said.interval.as_ref().map(|words| text(words, knowledge));
    Ok(documents::ImpactMeasure {
        before: knowledge.named_figure(&said.before)?.clone(),
        after: knowledge.named_figure(&said.after)?.clone(),
        interval: interval.transpose()?,
    })
}
