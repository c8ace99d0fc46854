//! What do defendants and the public find at the address that the notice names? One page of HTML, and no script.
//!
//! It is made of the document about notice and service as its recipients may see it, so that it says no more.

use maud::{DOCTYPE, html};
use seawall_evidence::document::{Block, Document, Section, Text};

use super::service::{EMAIL, PUBLICATION, PublishedLine};

const STYLE: &str = "body{font:1rem/1.5 serif;max-width:46rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.4rem;text-align:left;vertical-align:top}td.hash{font-family:monospace;overflow-wrap:anywhere}";

/// The page. Documents lie beside it under their names.
pub fn service_page(service: &Document) -> String {
    let case = &service.case;
    let caption: Vec<String> =
        [&case.court, &case.parties, &case.docket].into_iter().flatten().map(Text::plain).collect();
    let email: Vec<String> = blocks(service, EMAIL).filter_map(paragraph).collect();
    let published: Vec<PublishedLine> = blocks(service, PUBLICATION)
        .flat_map(rows)
        .filter_map(|row| PublishedLine::of(row))
        .collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noarchive";
                title { "Notice of a legal proceeding" }
                style { (STYLE) }
            }
            body {
                h1 { "Notice of a legal proceeding" }
                @for line in caption.iter().chain(&email) {
                    p { (line) }
                }
                h2 { "Documents" }
                @if published.is_empty() {
                    p { "None yet." }
                } @else {
                    table {
                        thead { tr { th scope="col" { "Document" } th scope="col" { "SHA-256" } } }
                        tbody {
                            @for each in &published {
                                tr {
                                    td { a href=(each.file) { (each.title) } " (" (each.file) ")" }
                                    td.hash { (each.sha256) }
                                }
                            }
                        }
                    }
                    p { "To check a file, compute its SHA-256 and compare it with the one above." }
                }
                p { "Made " (service.dated) "." }
            }
        }
    }
    .into_string()
}

fn blocks<'a>(document: &'a Document, section: &'a str) -> impl Iterator<Item = &'a Block> {
    let named = move |known: &&Section| known.id == section;
    document.blocks.iter().filter(named).flat_map(|section| &section.blocks)
}

fn paragraph(block: &Block) -> Option<String> {
    match block {
        Block::Paragraph { text, .. } => Some(text.plain()),
        _ => None,
    }
}

fn rows(block: &Block) -> &[Vec<Text>] {
    match block {
        Block::Table(table) => &table.rows,
        _ => &[],
    }
}
