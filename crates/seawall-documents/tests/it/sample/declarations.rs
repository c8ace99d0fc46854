//! What people swear to: their declarations, certificates and the summary.

use seawall_documents::case::{
    AccuracyTest, Certificates, Definition, HashedItem, Interval, InvestigatorDeclaration,
    MethodSheet, Outcome, Recall, RecordField, Rule702, SourceCompleteness, Summary, SummaryTable,
    TechnicalDeclaration,
};
use seawall_evidence::{document::Text, hash::Digest};

use super::{asset, date, exhibits, figure, figures, items, matter, parameter, purchases, say, t};

fn method_sheet() -> MethodSheet {
    MethodSheet {
        detector: t("shared rare selectors, scored after innocent explanations"),
        version: "0.1.0".to_owned(),
        configuration: Some(Digest::of("configuration")),
        inputs: vec![t("sign-up events"), t("trusted accounts of the years before")],
        features: vec![
            t("mail domains that hardly any trusted account has"),
            t("device prints shared by more accounts than expected"),
            t("names made by the same pattern"),
        ],
        threshold: t("evidence of at least ")
            .then(parameter("4 bits"))
            .text(" after every innocent explanation that applies"),
        validation: t(
            "a labelled random sample of the reported accounts, drawn by a seed that was fixed before",
        ),
        sample: Some([figure("F-008"), figure("F-009"), figure("F-010")]),
        precision: Some(Interval {
            estimate: figure("F-005"),
            low: figure("F-006"),
            high: figure("F-007"),
            confidence: "95 %".to_owned(),
        }),
        recall: Some(Recall::NotMeasurable(t(
            "nobody knows the fraudulent accounts that were not found",
        ))),
        failure_modes: vec![
            t("a campus that issues devices with the same print"),
            t("a mail provider that is new"),
        ],
        negative_control: Some((
            t("The values of each kind were shuffled among accounts of one country and client."),
            figure("F-011"),
        )),
        rule_702: Rule702 {
            helps: t("Nobody can see by eye which of millions of sign-ups belong together."
                .replace("millions of", "very many")
                .as_str()),
            data: t("The data are complete but for the gaps listed."),
            method: t(
                "The method compares counts with those expected by chance; it has been published and is tested on worlds whose truth is known.",
            ),
            application: t(
                "The configuration was fixed before the run, and the run can be repeated to the byte.",
            ),
        },
    }
}

pub(crate) fn technical() -> TechnicalDeclaration {
    let dataset = items()[0].clone();
    let rows = |field: &str, shown: &str| RecordField {
        id: dataset.id.clone(),
        field: field.to_owned(),
        shown: shown.to_owned(),
    };
    let definition = |word: &str, meaning: Text, id: &str| Definition {
        word: t(word),
        meaning,
        figure: Some(figure(id)),
    };
    TechnicalDeclaration {
        matter: matter(),
        sources: vec![SourceCompleteness {
            dataset: dataset.clone(),
            source: t("sign-up service"),
            from: "2026-03-01".to_owned(),
            to: "2026-03-15".to_owned(),
            received: rows("sources.signup.received", "64,200,120"),
            sealed: rows("sources.signup.sealed", "64,200,118"),
            gaps: vec![t("a restart on ").then(date("2026-03-04"))],
        }],
        definitions: vec![
            definition("attempted", t("a sign-up was begun"), "F-002"),
            definition("created", t("a sign-up was completed, and an account exists"), "F-001"),
            definition(
                "survived",
                t("created, and still active ").then(parameter("24 hours")).text(" later"),
                "F-003",
            ),
            definition("sold", t("created, and delivered in a test purchase"), "F-004"),
        ],
        plain_words: vec![
            t(
                "The detector looks for things that accounts have in common and that strangers hardly ever share. For each such value it compares how many accounts have it with how many would, if accounts were strangers.",
            ),
            t(
                "Before it reports a group, it tries every innocent explanation that it knows, such as a school or an office, and sets aside what that would explain.",
            ),
        ],
        method: method_sheet(),
        application: vec![
            say(t("Applied to the sealed events, it reported one campaign with "), "F-001")
                .text(" accounts."),
        ],
        results: vec![Outcome {
            caption: "Campaign".to_owned(),
            figures: figures(&["F-001", "F-002", "F-003", "F-015"]),
        }],
        limits: vec![
            t("The detector says nothing about who runs the operation."),
            t("It does not see accounts that share nothing."),
        ],
    }
}

pub(super) fn certificates_input() -> Certificates {
    Certificates {
        matter: matter(),
        business_records: items()[..1].to_vec(),
        regular_practice: vec![t(
            "The sign-up service writes an event for each attempt, as it happens, to detect abuse and to answer users.",
        )],
        system: t("Seawall"),
        system_version: "0.1.0".to_owned(),
        process: vec![
            t("Events are read in full and reduced to hashes of their selectors."),
            t("Counts are compared with those expected."),
            t("Groups are formed, explained away where possible, and reported."),
        ],
        accuracy: vec![AccuracyTest {
            what: t("queries over the frozen data"),
            against: t("another engine that runs the same SQL"),
            day: "2026-03-19".to_owned(),
            result: t("equal in every cell"),
        }],
        copies: items()
            .into_iter()
            .map(|item| HashedItem {
                verified: item.sha256,
                item,
                verified_at: "2026-03-20 08:00 UTC".to_owned(),
            })
            .collect(),
    }
}

pub(super) fn summary_input() -> Summary {
    Summary {
        matter: matter(),
        records: items()[..1].to_vec(),
        volume: figures(&["F-017"]),
        inconvenience: vec![t("Read out at a row a second, the records would take years.")],
        method: vec![t(
            "Count accounts by the week of their creation, once for the campaign and once for all others.",
        )],
        tables: vec![SummaryTable {
            caption: t("Accounts created"),
            columns: vec!["First week".to_owned(), "Second week".to_owned()],
            rows: vec![
                (t("campaign"), vec![Some(figure("F-018")), Some(figure("F-019"))]),
                (t("others"), vec![Some(figure("F-020")), None]),
            ],
        }],
    }
}

pub(super) fn investigator() -> InvestigatorDeclaration {
    InvestigatorDeclaration {
        matter: matter(),
        examined: items(),
        found: vec![
            say(
                say(
                    t("Between ")
                        .then(date("2026-03-01"))
                        .text(" and ")
                        .then(date("2026-03-15"))
                        .text(" our sign-up service saw "),
                    "F-002",
                )
                .text(
                    " attempts that share mail domains, devices and a pattern of names. They left ",
                ),
                "F-001",
            )
            .text(" accounts."),
            t("The storefront offers such accounts. Its operator wrote in a chat: ")
                .quoted("we make 750 million, no problem"),
        ],
        purchases: purchases(),
        purchase_results: figures(&["F-004", "F-014"]),
        assets: (1..=4).map(asset).collect(),
        harm: figures(&["F-015", "F-016"]),
        exhibits: exhibits(),
    }
}
