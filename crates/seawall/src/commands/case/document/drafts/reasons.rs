//! What are those told whose account is restricted?

use jiff::ToSpan as _;
use seawall_documents::case as documents;

use super::super::{
    Knowledge, Words,
    words::{GroundWords, OccasionWords, ReasonsWords, text, texts},
};
use crate::{
    case::Desk,
    failure::{Exit, Failure},
};

/// Regulation (EU) 2022/2065, article 20(1): complaints are taken for so long at least.
const COMPLAINT_MONTHS: i64 = 6;

pub(super) fn statements(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<Vec<documents::StatementOfReasons>, Failure> {
    if words.reasons.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            "nobody's account is restricted\nhint: say so in the words, under `reasons`",
        ));
    }
    words.reasons.iter().map(|said| statement(said, desk, knowledge, words)).collect()
}

fn statement(
    said: &ReasonsWords,
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::StatementOfReasons, Failure> {
    let least = said.from.checked_add(COMPLAINT_MONTHS.months())?;
    if said.complaint_until < least {
        let text = format!(
            "reasons `{}`: complaints end on {}, and the law wants at least six months\nhint: `complaint_until` is {least} or later",
            said.part, said.complaint_until
        );
        return Err(Failure::new(Exit::Usage, text));
    }
    if said.until.is_some_and(|until| until < said.from) {
        return Err(Failure::new(Exit::Usage, "the restriction ends before it begins"));
    }
    Ok(documents::StatementOfReasons {
        matter: knowledge.matter(desk, words, 1)?,
        part: said.part.clone(),
        restriction: text(&said.restriction, knowledge)?,
        territory: text(&said.territory, knowledge)?,
        from: said.from.to_string(),
        until: said.until.map(|day| day.to_string()),
        facts: texts(&said.facts, knowledge)?,
        occasion: match said.occasion {
            OccasionWords::OwnInvestigation => documents::Occasion::OwnInvestigation,
            OccasionWords::Notice => documents::Occasion::Notice,
        },
        detection: text(&said.detection, knowledge)?,
        decision: text(&said.decision, knowledge)?,
        ground: ground(&said.ground, knowledge)?,
        complaint: text(&said.complaint, knowledge)?,
        complaint_until: said.complaint_until.to_string(),
        redress: texts(&said.redress, knowledge)?,
    })
}

fn ground(said: &GroundWords, knowledge: &Knowledge) -> Result<documents::DecisionGround, Failure> {
    Ok(match said {
        GroundWords::Law { provision, explanation } => documents::DecisionGround::Law {
            provision: text(provision, knowledge)?,
            explanation: text(explanation, knowledge)?,
        },
        GroundWords::Terms { clause, explanation } => documents::DecisionGround::Terms {
            clause: text(clause, knowledge)?,
            explanation: text(explanation, knowledge)?,
        },
    })
}
