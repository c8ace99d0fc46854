//! What follows a measure: the reasons for it, what it changed, what was told wrong.

use seawall_documents::case::{
    AffectedDocument, Correction, DecisionGround, Erratum, ImpactMeasure, ImpactReport, Occasion,
    StatementOfReasons,
};

use super::{date, figure, items, matter, say, statuses, t};

pub(super) fn reasons() -> StatementOfReasons {
    StatementOfReasons {
        matter: matter(),
        part: "suspension".to_owned(),
        restriction: t("The account cannot be used. What is in it is kept."),
        territory: t("everywhere"),
        from: "2026-04-01".to_owned(),
        until: None,
        facts: vec![
            t("The account was made by the same programs as ")
                .then(say(t(""), "F-001"))
                .text(" others."),
            t("It was offered for sale on ").then(date("2026-03-09")).text("."),
        ],
        occasion: Occasion::OwnInvestigation,
        detection: t("Programs found the account among others that share what made them."),
        decision: t("A person decided on the group, after looking at a sample of it."),
        ground: DecisionGround::Terms {
            clause: t("Accounts are made by people, for themselves."),
            explanation: t("An account that a program makes for sale is nobody's own."),
        },
        complaint: t("by the form that the notice links to"),
        complaint_until: "2026-10-01".to_owned(),
        redress: vec![t("A certified body for disputes."), t("The courts.")],
    }
}

pub(super) fn impact() -> ImpactReport {
    let measure = |before, after, interval| ImpactMeasure {
        before: figure(before),
        after: figure(after),
        interval,
    };
    ImpactReport {
        matter: matter(),
        registration: items()[3].clone(),
        hypothesis: vec![t("Fewer accounts are created by the campaign.")],
        from: "2026-03-01".to_owned(),
        to: "2026-04-30".to_owned(),
        interventions: vec![
            ("2026-04-01".to_owned(), t("The domains were taken over.")),
            ("2026-04-10".to_owned(), t("The challenge was changed for everyone.")),
        ],
        measures: vec![
            measure("F-018", "F-019", Some(t("from ").then(say(t(""), "F-006")))),
            measure("F-001", "F-003", None),
        ],
        model: vec![t("Compared with honest sign-ups of the same weekdays.")],
        placebo: vec![],
        sensitivity: vec![],
        other_causes: vec![t("A holiday fell into the window.")],
        displacement: vec![],
        assets: statuses(),
    }
}

pub(super) fn correction() -> Erratum {
    Erratum {
        matter: matter(),
        part: "first".to_owned(),
        corrections: vec![Correction {
            was: figure("F-001"),
            is: figure("F-003"),
            cause: t("Accounts given back on appeal were counted."),
            found: "2026-05-02".to_owned(),
        }],
        affected: vec![AffectedDocument {
            id: "D2".to_owned(),
            name: "D2-v1".to_owned(),
            recipient: t("court: the court"),
            released_at: "2026-03-21 10:00 UTC".to_owned(),
            figures: vec!["F-001".to_owned()],
        }],
        materiality: vec![],
        asked: vec![t("Please read the figure as corrected.")],
    }
}
