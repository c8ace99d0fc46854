//! What do defendants and the public find at the address that the notice names? One page of HTML, and no script.

use maud::{DOCTYPE, html};

use super::service::Service;

const STYLE: &str = "body{font:1rem/1.5 serif;max-width:46rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.4rem;text-align:left;vertical-align:top}td.hash{font-family:monospace;overflow-wrap:anywhere}";

/// The page. Documents lie beside it under their names.
pub fn service_page(input: &Service) -> String {
    let line = |texts: &[seawall_evidence::document::Text]| {
        texts.iter().map(seawall_evidence::document::Text::plain).collect::<Vec<_>>()
    };
    let matter = &input.matter;
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
                @for text in line(&matter.court).iter().chain(&line(&matter.parties)).chain(&line(&matter.docket)) {
                    p { (text) }
                }
                @for paragraph in line(&input.email) {
                    p { (paragraph) }
                }
                h2 { "Documents" }
                @if input.published.is_empty() {
                    p { "None yet." }
                } @else {
                    table {
                        thead { tr { th scope="col" { "Document" } th scope="col" { "SHA-256" } } }
                        tbody {
                            @for each in &input.published {
                                tr {
                                    td { a href=(format!("{}.pdf", each.name)) { (each.title) } " (" (each.name) ")" }
                                    td.hash { (each.sha256) }
                                }
                            }
                        }
                    }
                    p { "To check a file, compute its SHA-256 and compare it with the one above." }
                }
                p { "This page: " (input.page) ". Made " (matter.dated) "." }
            }
        }
    }
    .into_string()
}
