//! What do the documents of a case look like? Writes one of each, as model and as PDF, into a folder: `cargo run
//! -p seawall-documents --example case_documents -- FOLDER`.
#![expect(clippy::print_stdout, reason = "an example for the terminal")]

#[path = "../tests/it/sample.rs"]
mod sample;

use std::{fs::File, io::Write as _, path::PathBuf};

use seawall_documents::{case, pdf};
use seawall_evidence::{canonical, document::lint};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder =
        PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "case-documents".to_owned()));
    std::fs::create_dir_all(&folder)?;
    let write = |name: &str, bytes: &[u8]| File::create(folder.join(name))?.write_all(bytes);
    let (pictures, known) = (sample::pictures(), sample::known());
    let mut documents = sample::documents();
    pdf::number_pages(&mut documents, &pictures, "EXC", 1)?;
    for document in &documents {
        let rendering = pdf::render(document, &pictures)?;
        let mut findings = lint(document, &known);
        pdf::locate(&mut findings, &rendering);
        let name = document.name();
        println!("{name}: {} pages, {} bytes", rendering.pages, rendering.bytes.len());
        for finding in findings {
            println!("  {finding}");
        }
        write(&format!("{name}.pdf"), &rendering.bytes)?;
        write(&format!("{name}.json"), &canonical::to_bytes(document)?)?;
    }
    let schedule = sample::schedule_sample();
    write("D4-v1.csv", &case::schedule_csv(&schedule))?;
    write("D4-v1-rows.json", &case::schedule_json(&schedule)?)?;
    let notice = sample::notice();
    let report = case::xarf(&notice, &case::abuse_notice(&notice));
    write("D12-host-v1.xarf.json", &serde_json::to_vec_pretty(&report)?)?;
    Ok(())
}
