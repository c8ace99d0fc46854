//! D15: why is an account restricted, and what can its holder do about it? What article 17(3) of Regulation (EU)
//! 2022/2065 asks a statement to say, in plain words.
//!
//! One text for all accounts of a measure: the account itself is a gap, filled for each when it is sent.

use seawall_evidence::document::{Document, Kind, Text};

use super::{
    draft::Draft,
    known::Matter,
    words::{date, rule, text},
};

/// What the statement is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementOfReasons {
    /// The matter.
    pub matter: Matter,
    /// The measure in the name of the document: `suspension`.
    pub part: String,
    /// What is restricted.
    pub restriction: Text,
    /// In which countries it takes effect.
    pub territory: Text,
    /// The first day of the restriction.
    pub from: String,
    /// The last; for good, where there is none.
    pub until: Option<String>,
    /// Facts and circumstances relied on.
    pub facts: Vec<Text>,
    /// What set the decision off.
    pub occasion: Occasion,
    /// What machines did in finding the account.
    pub detection: Text,
    /// What machines did in deciding.
    pub decision: Text,
    /// By what right.
    pub ground: DecisionGround,
    /// To whom a complaint goes.
    pub complaint: Text,
    /// The last day for it.
    pub complaint_until: String,
    /// The other ways to have the decision looked at: bodies for disputes, courts.
    pub redress: Vec<Text>,
}

/// What set a decision off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The platform looked by itself.
    OwnInvestigation,
    /// Somebody gave notice (article 16).
    Notice,
}

/// By what right an account is restricted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionGround {
    /// What the account did is held to be illegal.
    Law {
        /// The provision relied on.
        provision: Text,
        /// Why it is.
        explanation: Text,
    },
    /// It is held to be against the terms of the service.
    Terms {
        /// The clause relied on.
        clause: Text,
        /// Why it is.
        explanation: Text,
    },
}

/// The statement.
pub fn statement_of_reasons(input: &StatementOfReasons) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D15, text("Statement of reasons"))
        .part(&input.part)
        .without_caption();
    restriction(&mut draft, input);
    draft.section("facts", "What we rely on");
    draft.paragraph(match input.occasion {
        Occasion::OwnInvestigation => {
            "We looked into this by ourselves. Nobody gave us notice of your account."
        }
        Occasion::Notice => "We looked into this because we were given notice.",
    });
    draft.said_or_blank(&input.facts, "facts", "facts and circumstances relied on");
    draft.section("automation", "What machines did");
    draft.facts(
        "Automated means",
        vec![
            ("In finding the account", input.detection.clone()),
            ("In deciding", input.decision.clone()),
        ],
    );
    ground(&mut draft, &input.ground);
    redress(&mut draft, input);
    draft.finish()
}

fn restriction(draft: &mut Draft, input: &StatementOfReasons) {
    draft.section("restriction", "What we decided");
    draft.paragraph(
        text("Your account: ").blank("account", "the account, filled in when it is sent"),
    );
    let until = match &input.until {
        Some(day) => text("until ").then(date(day)),
        None => text("without an end that is set"),
    };
    draft.facts(
        "The decision",
        vec![
            ("What is restricted", input.restriction.clone()),
            ("From", date(&input.from)),
            ("How long", until),
            ("Where", input.territory.clone()),
        ],
    );
}

fn ground(draft: &mut Draft, ground: &DecisionGround) {
    draft.section("ground", "By what right");
    let (what, reference, explanation) = match ground {
        DecisionGround::Law { provision, explanation } => {
            ("We hold what the account was used for to be illegal, under ", provision, explanation)
        }
        DecisionGround::Terms { clause, explanation } => {
            ("We hold it to be against our terms, which say: ", clause, explanation)
        }
    };
    draft.paragraph(text(what).then(reference.clone()));
    draft.paragraph(explanation.clone());
}

fn redress(draft: &mut Draft, input: &StatementOfReasons) {
    draft.section("redress", "What you can do");
    draft.paragraph(
        text("You can complain to us, free of charge, until ")
            .then(date(&input.complaint_until))
            .text(" (")
            .then(rule("Regulation (EU) 2022/2065, article 20"))
            .text("): ")
            .then(input.complaint.clone()),
    );
    draft.paragraph("A person decides on it, and not machines alone. If we were wrong, the account is given back as it was.");
    draft.paragraph("You can also turn to others:");
    if input.redress.is_empty() {
        draft.paragraph(text("").blank("redress", "bodies for disputes out of court, and courts"));
    }
    draft.list(input.redress.clone());
    draft.paragraph(
        text("Who answers questions: ")
            .blank("contact", "name and address of the point of contact"),
    );
}
