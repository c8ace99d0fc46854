//! Whole documents against the linter, and against the format.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::canonical;

fn source() -> Source {
    Source {
        figure: "F-001".to_owned(),
        label: "accounts created".to_owned(),
        query: "Q-001".to_owned(),
        datasets: vec![Digest::of("dataset")],
    }
}

fn known() -> Known {
    let item = KnownReference {
        names: BTreeSet::from(["sign-up log of March".to_owned()]),
        fields: BTreeMap::from([("size".to_owned(), "4,096".to_owned())]),
    };
    Known {
        figures: BTreeMap::from([(
            "F-001".to_owned(),
            KnownFigure { display: "1,204,551".to_owned(), bound: true, source: source() },
        )]),
        references: BTreeMap::from([("item-1".to_owned(), item)]),
    }
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        kind: Kind::D8,
        part: None,
        version: 1,
        title: Text::new("Custody report"),
        case: Case { id: "case-1".to_owned(), ..Case::default() },
        status: Status::Draft,
        dated: "2026-03-08T12:00:00.000000000Z".to_owned(),
        checkpoint: Some(PrintedCheckpoint { size: 42, root: Digest::of("root") }),
        bates: Some(Bates { prefix: "EXC".to_owned(), first: 1201, last: 1202 }),
        exhibit: None,
        blocks: vec![Section { id: "results".to_owned(), heading: Text::new("Results"), blocks }],
        sources: vec![source()],
    }
}

fn paragraph(text: Text) -> Vec<Block> {
    vec![Block::Paragraph { number: Some(7), text }]
}

fn problems(blocks: Vec<Block>) -> Vec<Problem> {
    lint(&document(blocks), &known()).into_iter().map(|finding| finding.problem).collect()
}

#[test]
fn a_document_whose_numbers_are_figures_passes() {
    let text = Text::new("The campaign has ")
        .figure("F-001", "1,204,551")
        .text(" accounts until ")
        .literal(LiteralKind::Date, "2026-03-08")
        .text(", by the ")
        .reference("item-1", "sign-up log of March")
        .text(" of ")
        .field("item-1", "size", "4,096")
        .text(" bytes. The shop says: ")
        .quoted("750 million in stock");
    assert_eq!(problems(paragraph(text)), []);
}

#[test]
fn a_bare_digit_blocks_release_and_is_located() {
    let mut text = Text::new("The campaign has 1,204,551 accounts.");
    text.0.insert(0, Span::Text { text: "So: ".to_owned() });
    let findings = lint(&document(paragraph(text)), &known());
    assert_eq!(
        findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["D8-v1, section `results`, block 1, number 7: a number that is no figure: \
          `So: The campaign has 1,204,551 accounts.`"]
    );
}

#[test]
fn a_number_is_found_wherever_text_is_shown() {
    let bad = || Text::new("7 things");
    let table = Table {
        caption: bad(),
        columns: vec![Column { heading: bad(), width: 1, numeric: false }],
        rows: vec![vec![bad()]],
    };
    let picture = Picture {
        sha256: Digest::of("picture"),
        media_type: MediaType::Svg,
        alternative: bad(),
        caption: bad(),
    };
    let mut document = document(vec![
        Block::Paragraph { number: None, text: bad() },
        Block::List { ordered: false, items: vec![bad(), bad()] },
        Block::Table(table),
        Block::Picture(picture),
        Block::Signature { lines: vec![bad()] },
        Block::Paragraph { number: None, text: Text::default().line("signature", "7 names") },
    ]);
    document.title = bad();
    document.case.court = vec![bad()];
    document.case.parties = vec![bad()];
    document.case.docket = vec![bad()];
    document.blocks[0].heading = bad();
    let findings = lint(&document, &known());
    assert_eq!(findings.len(), 15);
    assert!(findings.iter().all(|finding| matches!(finding.problem, Problem::BareNumber { .. })));
}

#[test]
fn a_number_does_not_hide_between_two_pieces_of_text() {
    let split = Text(vec![
        Span::Text { text: "seven mil".to_owned() },
        Span::Text { text: "lion".to_owned() },
    ]);
    assert_eq!(problems(paragraph(split)).len(), 1);
    let split = Text(vec![
        Span::Text { text: "a mil".to_owned() },
        Span::Text { text: "lion accounts".to_owned() },
    ]);
    assert_eq!(problems(paragraph(split)).len(), 1);
}

#[test]
fn a_figure_must_be_known_bound_shown_as_it_is_and_have_its_source() {
    let figure = |shown: &str| paragraph(Text::default().figure("F-001", shown));
    let wrong = Problem::WrongFigure {
        figure: "F-001".to_owned(),
        expected: "1,204,551".to_owned(),
        shown: "1,204,552".to_owned(),
    };
    assert_eq!(problems(figure("1,204,552")), [wrong]);
    let unknown = Problem::UnknownFigure { figure: "F-002".to_owned() };
    assert_eq!(problems(paragraph(Text::default().figure("F-002", "1"))), [unknown]);

    let mut unbound = known();
    unbound.figures.get_mut("F-001").unwrap().bound = false;
    let document = document(figure("1,204,551"));
    assert_eq!(
        lint(&document, &unbound)[0].problem,
        Problem::UnboundFigure { figure: "F-001".to_owned() }
    );
    for change in [
        |source: &mut Source| source.query.push('9'),
        |source: &mut Source| source.datasets.clear(),
        |source: &mut Source| source.label.push('s'),
    ] {
        let mut document = document.clone();
        change(&mut document.sources[0]);
        let findings = lint(&document, &known());
        assert_eq!(findings[0].problem, Problem::WrongSource { figure: "F-001".to_owned() });
        assert_eq!(findings[0].problem.figure(), Some("F-001"));
    }
}

#[test]
fn a_reference_must_resolve() {
    let cases = [
        (Text::default().reference("item-1", "item-1"), None),
        (
            Text::default().reference("item-2", "item-2"),
            Some(Problem::UnknownReference { id: "item-2".to_owned(), field: None }),
        ),
        (
            Text::default().reference("item-1", "750 million"),
            Some(Problem::WrongReference {
                id: "item-1".to_owned(),
                shown: "750 million".to_owned(),
            }),
        ),
        (
            Text::default().field("item-1", "size", "4,097"),
            Some(Problem::WrongReference { id: "item-1".to_owned(), shown: "4,097".to_owned() }),
        ),
        (
            Text::default().field("item-1", "age", "9"),
            Some(Problem::UnknownReference {
                id: "item-1".to_owned(),
                field: Some("age".to_owned()),
            }),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(paragraph(text)), Vec::from_iter(expected));
    }
}

#[test]
fn gaps_must_be_there_and_filled_unless_they_are_filled_by_hand() {
    let open = || Text::default().blank("experience", "experience");
    assert_eq!(
        problems(paragraph(open())),
        [Problem::OpenBlank { blank: "experience".to_owned() }]
    );
    let mut answered = open();
    let Span::Blank { answer, .. } = &mut answered.0[0] else { unreachable!("a gap") };
    *answer = Some("I have done this for 12 years.".to_owned());
    assert_eq!(problems(paragraph(answered.clone())), []);

    let mut declaration = document(paragraph(answered));
    declaration.kind = Kind::D1;
    let missing: Vec<Problem> =
        lint(&declaration, &known()).into_iter().map(|finding| finding.problem).collect();
    let expected = ["name", "role", "signature", "signature_date"]
        .map(|blank| Problem::MissingBlank { blank: blank.to_owned() });
    assert_eq!(missing, expected);
}

#[test]
fn rows_have_one_cell_a_column() {
    let table = Table {
        caption: Text::new("a"),
        columns: vec![Column { heading: Text::new("b"), width: 1, numeric: false }],
        rows: vec![vec![], vec![Text::new("c")]],
    };
    assert_eq!(problems(vec![Block::Table(table)]), [Problem::RaggedTable]);
}

#[test]
fn a_model_is_canonical_json_and_comes_back() {
    let mut document = document(paragraph(
        Text::new("a ").figure("F-001", "1").blank("name", "name").quoted("\u{202e}"),
    ));
    document.exhibit = Some(ExhibitMark { number: "Ex-4".to_owned(), kind: ExhibitKind::Summary });
    let bytes = canonical::to_bytes(&document).unwrap();
    assert_eq!(canonical::parse::<Document>(&bytes).unwrap(), document);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(r#"{"id":"F-001","shown":"1","span":"figure"}"#), "{text}");
    assert!(text.contains(r#""exhibit":{"kind":"summary_1006","number":"Ex-4"}"#), "{text}");
    for (known, unknown) in [
        (r#""span":"figure""#, r#""span":"figure","more":"x""#),
        (r#""block":"paragraph""#, r#""block":"paragraph","more":"x""#),
        (r#""status":"draft""#, r#""status":"draft","more":"x""#),
        (r#""span":"figure""#, r#""span":"number""#),
    ] {
        assert!(serde_json::from_str::<Document>(&text.replace(known, unknown)).is_err());
    }
}

#[test]
fn names_are_those_of_the_files() {
    let mut document = document(vec![]);
    assert_eq!(document.name(), "D8-v1");
    document.kind = Kind::D6;
    document.part = Some("902-13".to_owned());
    assert_eq!(document.name(), "D6-902-13-v1");
    document.kind = Kind::Exhibit;
    document.part = Some("Ex-4".to_owned());
    assert_eq!(document.name(), "Ex-4-v1");
    assert_eq!(document.bates.unwrap().shown(1201), "EXC-0001201");
}

#[test]
fn plain_text_has_everything_in_order() {
    let document = document(paragraph(Text::new("a ").figure("F-001", "1").blank("name", "name")));
    assert_eq!(document.plain_text(), "Custody report\n\nResults\n7. a 1[name]\n");
}

#[test]
fn a_private_letter_claims_no_power_of_the_state_in_whatever_words() {
    let cite = |words| Text::default().literal(LiteralKind::Citation, words);
    let mut answered = Text::default().blank("name", "who");
    let Span::Blank { answer, .. } = &mut answered.0[0] else { panic!("a gap") };
    *answer = Some("us, under section 2703 (f)".to_owned());
    for text in [
        cite("18 U.S.C. § 2703(f)"),
        Text::new("As ").then(cite("18 USC 2703")).text(" has it"),
        Text::default().quoted("pursuant to §2703(f)"),
        Text::default().literal(LiteralKind::Parameter, "2703(f)"),
        answered,
    ] {
        let blocks = vec![Block::List { ordered: false, items: vec![text.clone()] }];
        let letter = |kind| Document { kind, ..document(blocks.clone()) };
        let claims = |kind| {
            let findings = lint(&letter(kind), &known());
            findings.iter().filter(|finding| finding.problem == Problem::ClaimedPower).count()
        };
        assert_eq!(claims(Kind::D14), 1, "{text:?}");
        // What an agency is told of is another matter.
        assert_eq!(claims(Kind::D11), 0, "{text:?}");
    }
    let hash = Text::default().literal(LiteralKind::Identifier, "sha256:ab2703cd");
    let letter = Document { kind: Kind::D14, ..document(paragraph(hash)) };
    assert!(!lint(&letter, &known()).iter().any(|it| it.problem == Problem::ClaimedPower));
}
