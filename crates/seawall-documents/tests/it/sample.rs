//! An invented case, of which there is one of each document.

use std::collections::{BTreeMap, BTreeSet};

use seawall_documents::{
    case::{
        AbuseNotice, Asset, AssetStatus, Attribution, Capture, CustodyReport, CustodyRow, Exhibit,
        ExhibitContent, Figure, Item, ItemHistory, Loss, Matter, Moment, PartnerPackage,
        PlatformObject, PlatformReport, Purchase, ReadMe, RecordField, Referral, Reporter,
        Schedule, StatusReport, Withheld, XarfReport, abuse_notice, certificates, custody_report,
        erratum, exhibit, exhibit_index, impact_report, investigator_declaration, order_annex,
        partner_package, platform_report, preservation_letter, pseudonym_key, read_me,
        redaction_log, referral, schedule, service, statement_of_reasons, status_report, summary,
        technical_declaration,
    },
    pdf::Pictures,
};
use seawall_evidence::{
    document::{
        Document, ExhibitKind, Known, KnownFigure, KnownReference, LiteralKind, MediaType, Picture,
        PrintedCheckpoint, Source, Text,
    },
    hash::Digest,
};

// By path, since the example draws the same documents from another folder.
#[path = "sample/declarations.rs"]
mod declarations;
#[path = "sample/measures.rs"]
mod measures;
#[path = "sample/orders.rs"]
mod orders;

pub(crate) use declarations::technical;
use declarations::{certificates_input, investigator, summary_input};
pub(crate) use orders::{annex, letter, notice_and_service};
use orders::{key, redactions, schedule_input};

fn t(words: &str) -> Text {
    Text::new(words)
}

fn parameter(words: &str) -> Text {
    Text::default().literal(LiteralKind::Parameter, words)
}

fn date(words: &str) -> Text {
    Text::default().literal(LiteralKind::Date, words)
}

/// The figures of the case.
const FIGURES: &[(&str, &str, &str)] = &[
    ("F-001", "accounts created by the campaign", "1,204,551"),
    ("F-002", "sign-ups attempted by the campaign", "3,871,020"),
    ("F-003", "accounts of the campaign that were still active a day later", "402,118"),
    ("F-004", "accounts of the campaign offered or sold, as far as test purchases show", "48"),
    ("F-005", "share of the reported accounts that are fraudulent", "99.1 %"),
    ("F-006", "lower bound of F-005", "98.4 %"),
    ("F-007", "upper bound of F-005", "99.6 %"),
    ("F-008", "accounts in the labelled sample", "1,200"),
    ("F-009", "people who labelled", "3"),
    ("F-010", "agreement of those who labelled", "0.91"),
    ("F-011", "campaigns found in shuffled data", "0"),
    ("F-012", "accounts delivered on the first purchase", "20"),
    ("F-013", "accounts delivered on the second purchase", "30"),
    ("F-014", "share of bought accounts that belong to the campaign", "96.0 %"),
    ("F-015", "challenges solved by the campaign", "2,940,337"),
    ("F-016", "cost of challenges and messages, in US dollars", "81,440"),
    ("F-017", "events summarised", "64,200,118"),
    ("F-018", "accounts created in the first week", "611,903"),
    ("F-019", "accounts created in the second week", "592,648"),
    ("F-020", "accounts of honest users in the same weeks", "8,402,551"),
];

pub(crate) fn figure(id: &str) -> Figure {
    let (id, label, display) =
        FIGURES.iter().find(|(known, ..)| *known == id).expect("a figure of the sample");
    Figure {
        id: (*id).to_owned(),
        label: (*label).to_owned(),
        display: (*display).to_owned(),
        query: format!("Q-{}", &id[2..]),
        datasets: vec![Digest::of("dataset")],
    }
}

fn figures(ids: &[&str]) -> Vec<Figure> {
    ids.iter().map(|id| figure(id)).collect()
}

fn say(text: Text, id: &str) -> Text {
    let figure = figure(id);
    text.figure(figure.id, figure.display)
}

pub(crate) fn matter() -> Matter {
    let identifier = |words: &str| Text::default().literal(LiteralKind::Identifier, words);
    Matter {
        id: "case-01JQ8W7C2N".to_owned(),
        court: vec![t("UNITED STATES DISTRICT COURT"), t("EASTERN DISTRICT OF EXAMPLE")],
        parties: vec![
            t("EXAMPLE MAIL CORPORATION,"),
            t("Plaintiff,"),
            t("v."),
            identifier("DOES 1-10,"),
            t("Defendants."),
        ],
        docket: vec![identifier("Case No. 1:26-cv-00042 (XYZ)")],
        dated: "2026-03-20T15:30:00.000000000Z".to_owned(),
        checkpoint: Some(PrintedCheckpoint { size: 184, root: Digest::of("log") }),
        version: 1,
        figures: FIGURES.iter().map(|(id, ..)| figure(id)).collect(),
    }
}

fn item(number: u32, title: &str, size: &str) -> Item {
    let id = format!("item-01JQ8W7C2N0000000000000{number:03}");
    Item {
        title: t(title),
        sha256: Digest::of(&id),
        size: RecordField { id: id.clone(), field: "size".to_owned(), shown: size.to_owned() },
        acquired_at: format!("2026-03-{:02} 10:0{} UTC", 8 + number % 10, number % 6),
        acquired_by: t("A. Analyst"),
        method: t("read from the log store through its export interface"),
        tool: t("seawall ").literal(LiteralKind::Version, "0.1.0"),
        source: t("sign-up service of the plaintiff"),
        id,
    }
}

fn items() -> Vec<Item> {
    vec![
        item(1, "Sign-up events of March, frozen", "9,214,004,118"),
        item(2, "Capture of the storefront's price list", "182,440"),
        item(3, "Chat with the seller", "8,119"),
        item(4, "Delivery of the first purchase", "1,024"),
        item(5, "Registration data of the storefront's domain", "4,811"),
    ]
}

fn asset(number: u32) -> Asset {
    let (name, unicode, kind, role): (&str, Option<&str>, _, _) = match number {
        1 => ("mailbazaar.example", None, "domain", "storefront"),
        2 => ("solver-api.example", None, "domain", "interface of the challenge solver"),
        3 => (
            "xn--mailbazr-5za.example",
            Some("mailbazár.example"),
            "domain",
            "storefront, second name",
        ),
        _ => ("198.51.100.23", None, "server", "host of the interface"),
    };
    Asset {
        id: format!("asset-01JQ8W7C2N{number:04}"),
        name: name.to_owned(),
        unicode_name: unicode.map(str::to_owned),
        kind: t(kind),
        role: t(role),
        proof: vec![("Ex-1".to_owned(), "Ex-1".to_owned()), ("Ex-3".to_owned(), "Ex-3".to_owned())],
        attribution: (number < 3).then(|| Attribution {
            confidence: t(if number == 1 { "high" } else { "moderate" }),
            grades: vec!["B2".to_owned(), "A1".to_owned()],
            alternatives: vec![(
                "a reseller who bought 500 accounts".to_owned(),
                "what it delivered was made on the day of the purchase".to_owned(),
            )],
        }),
    }
}

fn purchases() -> Vec<Purchase> {
    let purchase = |day: &str, offer: &str, id: &str, record: usize| Purchase {
        day: day.to_owned(),
        seller: asset(1),
        offer: offer.to_owned(),
        delivered: figure(id),
        record: items()[record].clone(),
    };
    vec![
        purchase(
            "2026-03-09",
            "Fresh mailbox, live 24-30 hrs, USD 0.002173, stock 142083",
            "F-012",
            3,
        ),
        purchase("2026-03-11", "TRUSTED mailbox #1 *best* $price$ <b>3 months</b>", "F-013", 3),
    ]
}

fn exhibits() -> Vec<Exhibit> {
    let exhibit = |number: &str, title: &str, kind, item: Option<Item>, figures: &[&str]| Exhibit {
        number: number.to_owned(),
        title: t(title),
        kind,
        pages: None,
        bates: None,
        item,
        figures: figures.iter().map(|&id| id.to_owned()).collect(),
        confidentiality: t("public"),
    };
    vec![
        exhibit(
            "Ex-1",
            "Storefront's price list",
            ExhibitKind::Record,
            Some(items()[1].clone()),
            &[],
        ),
        exhibit(
            "Ex-2",
            "Accounts created, by week",
            ExhibitKind::Summary,
            Some(items()[0].clone()),
            &["F-018", "F-019"],
        ),
        exhibit("Ex-3", "How the parts hang together", ExhibitKind::Aid, None, &[]),
    ]
}

/// A chart, as a picture.
const CHART: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 240"><rect width="640" height="240" fill="#ffffff"/><path d="M40 200H620M40 200V20" stroke="#555555" fill="none"/><polyline points="40,190 120,188 200,60 280,40 360,70 440,170 520,188 600,190" fill="none" stroke="#1f4e79" stroke-width="3"/><circle cx="320" cy="120" r="6" fill="#a33"/></svg>"##;

pub(crate) fn pictures() -> Pictures {
    BTreeMap::from([(Digest::of(CHART), CHART.as_bytes().to_vec())])
}

fn chart() -> ExhibitContent {
    ExhibitContent::Picture(Picture {
        sha256: Digest::of(CHART),
        media_type: MediaType::Svg,
        alternative: t("Line: sign-ups an hour rise steeply, stay high, and fall back."),
        caption: t("Sign-ups an hour. The scale is not drawn: this is an aid."),
    })
}

fn exhibit_documents() -> Vec<Document> {
    let exhibits = exhibits();
    let quoted = "MAILBAZAAR\nFresh mailbox ... USD 0.002173 ... stock 142083\n#eval(\"read('/etc/passwd')\") \u{202e}evil\u{202c} $ * _ ` <script>alert(1)</script>";
    vec![
        exhibit(&matter(), &exhibits[0], &[ExhibitContent::Quoted(quoted.to_owned())]),
        exhibit(
            &matter(),
            &exhibits[1],
            &[ExhibitContent::Figures(
                "Accounts created, by week".to_owned(),
                figures(&["F-018", "F-019", "F-020"]),
            )],
        ),
        exhibit(&matter(), &exhibits[2], &[chart()]),
    ]
}

pub(crate) fn schedule_sample() -> Schedule {
    schedule_input()
}

fn custody() -> CustodyReport {
    let row = |seq: u64, action: &str, reason: &str| CustodyRow {
        seq,
        time: format!("2026-03-{:02}T10:00:00.000000000Z", 8 + seq % 12),
        actor: t("A. Analyst"),
        role: t("analyst"),
        action: action.to_owned(),
        reason: t(reason),
    };
    let history = |item: Item, from: u64| ItemHistory {
        item,
        entries: vec![
            row(from, "acquire", "test purchase under the plan"),
            row(from + 1, "seal", "frozen for the filing"),
            row(from + 2, "view", "to draft the declaration"),
            row(from + 3, "verify", "before the filing"),
        ],
    };
    CustodyReport {
        matter: matter(),
        items: items()
            .into_iter()
            .zip([0, 10, 20, 30, 40])
            .map(|(item, from)| history(item, from))
            .collect(),
        justification: vec![t(
            "Events were frozen whole, since a selection would have to be justified.",
        )],
        gaps: vec![t("The clock of the capturing machine was checked only once.")],
    }
}

fn referral_input() -> Referral {
    Referral {
        matter: matter(),
        summary: vec![say(t("An operation sells mailboxes made in bulk, and tokens for challenges. We count "), "F-001").text(" accounts. The paragraphs below say how we know.")],
        subjects: vec![("Doe-1".to_owned(), t("handle of the seller in the chat, and a wallet")), ("Doe-2".to_owned(), t("support account of the storefront"))],
        timeline: vec![
            Moment { day: "2025-11-02".to_owned(), what: t("the storefront's name is registered") },
            Moment { day: "2026-03-09".to_owned(), what: t("first test purchase") },
        ],
        loss: Loss { figures: figures(&["F-015", "F-016"]), nexus: vec![t("Servers of the operation stand in the district.")] },
        identifiers: vec![(t("wallet"), "bc1qexampleexampleexampleexampleexample0".to_owned()), (t("handle"), "@mailbazaar_support".to_owned())],
        purchases: purchases(),
        infrastructure: (1..=2).map(|number| (asset(number), t("Example Hosting BV"), t("asked for by letter, not confirmed"))).collect(),
        ground: t("Handed over to an authority of the United States, to protect the rights and property of the site."),
        evidence: items(),
        withheld: vec![
            Withheld { what: t("content of mail in the bought accounts"), class: t("content"), why: t("no ground for a voluntary disclosure"), producible: true },
            Withheld { what: t("advice of counsel"), class: t("own record"), why: t("it is privileged"), producible: false },
        ],
        secrecy: vec![t("Sealed until served.")],
        complaint_form: vec![("Victim".to_owned(), t("Example Mail Corporation")), ("Web site".to_owned(), Text::default().reference(asset(1).id, asset(1).name))],
    }
}

pub(crate) fn notice() -> AbuseNotice {
    AbuseNotice {
        matter: matter(),
        part: "host".to_owned(),
        recipient: t("Example Hosting BV, abuse desk"),
        asset: asset(1),
        urls: vec!["https://mailbazaar.example/price".to_owned()],
        observed: vec![t(
            "The site sells mailboxes that were made by a program under invented names.",
        )],
        captures: vec![Capture {
            item: items()[1].clone(),
            seen_at: "2026-03-20 09:00 UTC".to_owned(),
            vantage: t("a connection in the Netherlands"),
        }],
        clause: "4.2 The customer must not use the services to sell access to accounts of others."
            .to_owned(),
        asked: vec![t("Stop serving the site."), t("Preserve its logs.")],
        reply_by: "2026-03-27".to_owned(),
        xarf: XarfReport {
            reporter: Reporter {
                organisation: "Example Mail Corporation".to_owned(),
                contact: "abuse@mail.example".to_owned(),
                domain: "mail.example".to_owned(),
            },
            seen_at: "2026-03-20T09:00:00Z".to_owned(),
            wallets: vec![(
                "bitcoin".to_owned(),
                "bc1qexampleexampleexampleexampleexample0".to_owned(),
            )],
        },
    }
}

fn platform() -> PlatformReport {
    PlatformReport {
        matter: matter(),
        part: "video".to_owned(),
        platform: t("Example Video"),
        clause: "Do not post content that promotes the sale of accounts.".to_owned(),
        objects: vec![PlatformObject {
            id: "channel-UC00001".to_owned(),
            url: "https://video.example/c/mailbazaar".to_owned(),
            says: "How to solve ANY challenge 2026".to_owned(),
            capture: items()[1].clone(),
        }],
        links: vec![(
            "channel-UC00001".to_owned(),
            "channel-UC00002".to_owned(),
            t("the same address in their descriptions"),
        )],
        figures: figures(&["F-001"]),
        asked: vec![t("Remove the channel."), t("Preserve its records.")],
    }
}

fn partner() -> PartnerPackage {
    PartnerPackage {
        matter: matter(),
        part: "carrier".to_owned(),
        recipient: t("Example Carrier"),
        marking: "TLP:AMBER".to_owned(),
        files: vec![("indicators.json".to_owned(), t("indicators, as STIX"), Digest::of("stix"))],
        confidence: vec![t("Mail domains: sure. Devices: likely.")],
        expires: "2026-09-20".to_owned(),
        recall: "recall-01JQ8W7C2N".to_owned(),
        terms: vec![t("Use it to protect your own service only.")],
    }
}

fn statuses() -> Vec<AssetStatus> {
    let status = |number: u32, verified: Option<&str>| AssetStatus {
        asset: asset(number),
        respondent: t("Example Registry, Inc."),
        ordered: Some("2026-03-21".to_owned()),
        served: Some("2026-03-22".to_owned()),
        claimed: Some("2026-03-23".to_owned()),
        verified: verified.map(str::to_owned),
        measurements: vec![
            t("registration data: server hold, on ")
                .then(date("2026-03-23 08:00 UTC"))
                .text(", from the Netherlands"),
            t("name servers: as ordered, the same day, from Japan"),
        ],
    };
    vec![status(1, Some("2026-03-24")), status(2, None)]
}

fn status() -> StatusReport {
    StatusReport {
        matter: matter(),
        assets: statuses(),
        open: vec![t("The interface still answers from a second host.")],
    }
}

fn instructions() -> ReadMe {
    ReadMe {
        matter: matter(),
        keys: vec![(t("Custody log of the case"), Digest::of("key").to_string())],
        missing: vec![t(
            "Sealed events: they are shown at the place and time that the notice names.",
        )],
    }
}

/// One of each document.
pub(crate) fn documents() -> Vec<Document> {
    let mut documents = vec![
        investigator_declaration(&investigator()),
        technical_declaration(&technical()),
        exhibit_index(&matter(), &exhibits()),
    ];
    documents.extend(exhibit_documents());
    documents.push(schedule(&schedule_input()));
    documents.push(order_annex(&annex()));
    documents.extend(certificates(&certificates_input()));
    documents.extend([
        summary(&summary_input()),
        custody_report(&custody()),
        redaction_log(&redactions()),
        pseudonym_key(&key()),
        service(&notice_and_service()),
        referral(&referral_input()),
        abuse_notice(&notice()),
        platform_report(&platform()),
        preservation_letter(&letter()),
        statement_of_reasons(&measures::reasons()),
        partner_package(&partner()),
        impact_report(&measures::impact()),
        erratum(&measures::correction()),
        status_report(&status()),
        read_me(&instructions()),
    ]);
    documents
}

/// What the case knows, for the linter.
pub(crate) fn known() -> Known {
    let figures = FIGURES.iter().map(|(id, label, display)| {
        let of = figure(id);
        let source = Source {
            figure: of.id,
            label: (*label).to_owned(),
            query: of.query,
            datasets: of.datasets,
        };
        ((*id).to_owned(), KnownFigure { display: (*display).to_owned(), bound: true, source })
    });
    let fields = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let named = |names: &[&str]| KnownReference {
        names: names.iter().map(|&name| name.to_owned()).collect(),
        fields: BTreeMap::new(),
    };
    let mut references: BTreeMap<String, KnownReference> = BTreeMap::new();
    for item in items() {
        let mut known = KnownReference {
            names: BTreeSet::new(),
            fields: fields(&[("size", &item.size.shown)]),
        };
        known.fields.extend(fields(&[
            ("sources.signup.received", "64,200,120"),
            ("sources.signup.sealed", "64,200,118"),
        ]));
        references.insert(item.id, known);
    }
    for number in 1..=4 {
        let asset = asset(number);
        let mut names = vec![asset.name.as_str()];
        names.extend(asset.unicode_name.as_deref());
        references.insert(asset.id.clone(), named(&names));
    }
    for (id, label, _) in FIGURES {
        references.insert(
            (*id).to_owned(),
            KnownReference { names: BTreeSet::new(), fields: fields(&[("label", label)]) },
        );
    }
    for exhibit in exhibits() {
        references.insert(exhibit.number, named(&[]));
    }
    references.insert("D2".to_owned(), named(&[]));
    Known { figures: figures.collect(), references }
}
